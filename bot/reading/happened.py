"""When it happened, from the words beside a typed result: read, asked about, or (nothing typed) now."""

import re
from datetime import datetime, timedelta
from itertools import pairwise

from bot.reading.model import Outcome
from tasking.when.time_parts import DayWord, InDays, Weekday
from tasking.when.time_phrases import TimePhrase, find_phrases
from tasking.when.typed_times import UnclearTime
from tasking.when.uk_dates import read_happened

_CLOSE_BY = 30
_QUESTION = "When was it? Type the time in figures, for example 21:15."
_LOOKS_LIKE_A_TIME = re.compile(
    r"(?<![\w/£#-])(?:[0-9]{1,2}[:.][0-9]{2}(?![0-9.]*[km])|[0-9]{4}\s?(?:hrs?|hours|h|z)\b"
    r"|[0-9]{1,2}\s?[ap]\.?m\b|[0-9]{1,2}h[0-9]{2}\b|[0-9]{3}(?=\s*$)|o['’]?clock\b"
    r"|(?:tea|lunch|dinner|breakfast|supper)\s?time\b|first\s+thing\b|just\s+gone\s+\w+"
    r"|(?:before|prior\s+to|after)\s+(?:my\s+)?(?:shift|briefing|parade|refs)\b|rest\s+day\b"
    r"|night\s+before\s+last\b|day\s+before\s+yesterday\b|(?:the\s+)?other\s+(?:night|nite|day|evening)\b"
    r"|last\s+(?:week|nite|month)\b"
    r"|(?:mon|tues?|weds?|thurs?|fri|sat|sun)(?:\w*day)?\s+(?:eve|evening|nite|night|morn|morning|aft|afternoon)\b"
    r"|(?:half|quarter|\d+|five|ten|twenty)\s+(?:past|to)\s+\w+|half\s+(?:one|two|three|four|five|six"
    r"|seven|eight|nine|ten"
    r"|eleven|twelve)\b|[0-9]{1,4}\s?ish\b|[0-9]{4}\s?[-–/]\s?[0-9]{4}\b|(?<=at )[0-9]{3,4}\b"
    r"|(?:just\s+)?(?:before|after|around|about)\s+(?:midnight|midday|noon)|(?:at|about"
    r"|around)\s+[0-9]{1,2}(?=\s*(?:$|[,.;]))"
    r"|c[0-9]{4}\b|[0-2][0-9]{2}o\b|[li][0-9]{3}\b|[0-9]{1,2}:[0-9]\b"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty\s+\w+)"
    r"\s+(?:[ap]\.?m|thirty|fifteen|forty|fifty|twenty|ten)\b"
    r"|(?:mins?|minutes?|hrs?|hours?)(?:\s+or\s+so)?\s+(?:ago|back)\b|arvo\b|start\s+of\s+(?:lates|earlies|nights)\b"
    r"|between\s+[0-9]{1,2}\s+and\s+[0-9]{1,2}\b|this\s+(?:morning|morn|aft|afternoon|eve|evening)\b"
    r"|earlier(?:\s+on)?\b"
    r"|(?:start|end|beginning)\s+of\s+(?:my\s+)?shift\b|\w+\s+(?:of\s+)?(?:mins?|minutes?|hrs?"
    r"|hours?)\s+ago\b"
    r"|(?:yest|yesterday|last)\s+(?:eve|evening|night|aft|morn)\b|[0-2][0-9]\s[0-5][0-9](?=\s*(?:$"
    r"|[,.;]))|[0-2][l|o][0-5][0-9])",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;\n]|\.\s|\s[-–—]+\s")
_JOINS = re.compile(r"\s*(?:[,&/+;]|and|then|also|plus|\s|again|-)*\s*", re.IGNORECASE)
_BARE = re.compile(r"[0-9]{4}")
_LEADS_TO_TIME = re.compile(
    r"at|about|approx|around|circa|c|roughly|tried|tries|knocked|knocks|attended|attend|arrived|arr|visited"
    r"|called|checked|attempted|attempts?|again|and|answer|ans|reply|na|n/a|seen|spoke|alone|there|in"
    r"|here|outside|by|today|time|timed|on|@|&|\+|then|from|between",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:at|about|approx|approximately|around|circa|c|roughly|by|on|from|for)\s*$", re.IGNORECASE
)
_LEADING = r"(?:\s+(?:at|about|approx|around|by|on|for|the|is))*\s*$"
_OTHERS = re.compile(
    r"\b(?:no|number|num|nr|room|unit|plot|collar|pc|ps|sgt|ref|reference|log|cad|inc|incident|crime"
    r"|until|til|till|since|before|after|works?|worked|shifts?|nights?|back|due|finish\w*|starts?|starting"
    r"|returns?|returning|appointment|appt|bus|train|flight|hearing|curfew|year|years|born|dob|house|reg|tel|ext"
    r"|code|channel|tg|page|bail|opens?|closes?|closed|kick off|match|gym|pick up|meeting|tomorrow|tmrw|mon"
    r"|tue|wed|thu|fri|sat|sun|again|retry|try|revisit|next|later|expires?|expired|ends?|than|costs?|aged?|will|up"
    rf"|school run|and){_LEADING}",
    re.IGNORECASE,
)
"""What stands before a number or a time that is not the visit's."""
_MAY_BE_OTHERS = re.compile(
    r"\b(?:flat|home|court|order|bed|out|(?<!card )(?<!message )(?<!vm )left|leaves|leaving|gone|went|from"
    r"|working|shop|pub|school|tea|lunch|break|sleep\w*|asleep)"
    rf"{_LEADING}",
    re.IGNORECASE,
)
"""What stands before a time that may be somebody else's: alone in a message it is asked about."""
_ANOTHER_DAY = re.compile(
    r"\b(?:y/day|prev(?:ious)?\s+(?:day|night|shift)|\w+\s+(?:days?|nights?)\s+ago|day\s+(?:b4|before)"
    r"|night\s+before|last\s+set|[0-3]?[0-9]-[01]?[0-9](?:-[0-9]+)?(?![0-9-])"
    r"|(?:the\s+)?other\s+(?:day|night))\b",
    re.IGNORECASE,
)
_OLDEST = timedelta(days=7)
_TOO_OLD = "That is more than seven days ago. Type the day and the time, for example yesterday 21:15."


def when(command: Outcome, at: datetime) -> tuple[datetime | None, str | None]:
    """The aware time of a typed result and None, or None and the question to ask; nothing typed is `at`."""
    beside = command.beside
    own = [each for each in find_phrases(beside) if _may_be_its_time(each, beside)]
    if _ANOTHER_DAY.search(beside):
        return None, _QUESTION
    if command.happened_text:
        if _are_several(beside):
            return None, _QUESTION
        return _read_or_ask(command.happened_text, command.task, at)
    if any(_is_amid_words(each, beside) for each in own):
        return None, _QUESTION
    if any(isinstance(each.day, Weekday | InDays) for each in own):
        return None, _QUESTION
    times = sorted({beside[each.start : each.end] for each in own})
    if len(times) == 1:
        return _read_or_ask(times[0], command.task, at)
    if (
        times
        or _may_be_somebody_elses(beside)
        or any(
            _is_its_own(beside[: each.start()])
            for each in _LOOKS_LIKE_A_TIME.finditer(beside)
            if not _is_read(each, beside)
        )
    ):
        return None, _QUESTION
    return at, None


def _are_several(text: str) -> bool:
    """ "2115 and 2140": two times of the same thing, joined by nothing else."""
    times = [each for each in find_phrases(text) if each.is_complete and not each.is_deadline]
    return any(
        _JOINS.fullmatch(text[first.end : second.prefix_start]) is not None
        for first, second in pairwise(times)
        if text[first.start : first.end] != text[second.start : second.end]
    )


def _is_amid_words(phrase: TimePhrase, text: str) -> bool:
    """Four bare figures with words of their clause on both sides may be a number plate: "bmw 1014 here"."""
    if phrase.prefix or phrase.day or not _BARE.fullmatch(text[phrase.start : phrase.end]):
        return False
    before = _CLAUSE.split(text[: phrase.start])[-1].split()
    after = _CLAUSE.split(text[phrase.end :], maxsplit=1)[0].strip()
    return bool(before and after) and not any(_LEADS_TO_TIME.fullmatch(word) for word in before)


def _read_or_ask(text: str, task: str | None, at: datetime) -> tuple[datetime | None, str | None]:
    """Four figures close to the task's own number may be another task."""
    if (
        task
        and re.fullmatch(r"[0-9]{4}", text)
        and abs(int(text) - int(task.rpartition("-")[2])) <= _CLOSE_BY
    ):
        return (
            None,
            f"Is {text} a time or another task? Type the time as {text[:2]}:{text[2:]}, "
            "and a message for each task.",
        )
    return _read(text, at)


def _read(text: str, at: datetime) -> tuple[datetime | None, str | None]:
    try:
        happened_at = read_happened(text, at)
    except UnclearTime as problem:
        return None, problem.question
    return (None, _TOO_OLD) if at - happened_at > _OLDEST else (happened_at, None)


def _may_be_its_time(phrase: TimePhrase, text: str) -> bool:
    is_time = (
        phrase.is_complete
        and not phrase.is_deadline
        and (phrase.span is None or phrase.span.direction == "ago")
    )
    return is_time and _is_its_own(text[: phrase.prefix_start])


def _is_its_own(before: str) -> bool:
    """Whether a time is the visit's: not that of a shift, a court or somebody's way home."""
    clause = _ABOUT.sub("", _CLAUSE.split(before)[-1])
    return _OTHERS.search(clause) is None and _MAY_BE_OTHERS.search(clause) is None


def _may_be_somebody_elses(text: str) -> bool:
    """Whether a time may be the visit's or that of something it was typed after: "gone for tea 1820"."""
    for each in find_phrases(text):
        clause = _ABOUT.sub("", _CLAUSE.split(text[: each.prefix_start])[-1])
        is_past_day = each.day is None or each.day in (DayWord.TODAY, DayWord.YESTERDAY, DayWord.LAST_NIGHT)
        is_time = each.is_complete and is_past_day and not (each.is_deadline or each.prefix)
        if is_time and _MAY_BE_OTHERS.search(clause) and not _OTHERS.search(clause):
            return True
    return False


def _is_read(found: re.Match[str], text: str) -> bool:
    return any(each.start <= found.start() < each.end for each in find_phrases(text) if each.is_complete)
