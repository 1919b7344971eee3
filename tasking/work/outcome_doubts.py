"""Words beside a result that deny it ("seen nobody", "done nothing"): they are asked about, never filed."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Doubt:
    """What to ask somebody whose words deny the result, and the result that they may have meant, if one."""

    question: str
    instead: str = ""


_ANYTHING_ELSE = Doubt("Was it something else?")
_NO_ANSWER = Doubt("Was there no answer?", "no answer")
_NO_REPLY = Doubt("Was there no reply?", "no reply")
_NOT_DONE = Doubt("Was nothing done?", "not possible")

_LEAD = r"\W*(?:(?:but|actually|there\s+was|was)\s+)?"
_END = r"(?=\W*$|\s*[.,;:?!\n]|\s+-)"
_NO = rf"(?:no|not|nope|never|wrong){_END}|not\s+(?:yet|really|true)\b"
_NOBODY = (
    r"(?:nobody|no[\s-]?one|no\s+body|no\s+(?:people|persons?|occupants?|answer|reply|response)|neither)\b"
    r"(?!\s+(?:else|with|other)\b)"
    rf"|(?:nothing|none)(?:{_END}|\s+(?:seen|there|at)\b|\s+of\s+(?:him|her|them)\b)"
    r"|no\s+(?:signs?|trace)\s+of\s+(?:him|her|them|life|any(?:one|body)|(?:the\s+)?(?:subject|occupants?))\b"
    r"(?!\s+else\b)"
    rf"|not\s+(?:(?:at\s+)?home|at\s+the\s+address|there|here|seen|in{_END})"
)
_NOT_SPOKEN = rf"{_NO}|(?:to\s+)?(?:{_NOBODY.replace('him|', '')})"
"""There "no sign of him" is good news: he is the subject."""
_NOTHING = (
    rf"(?:nothing|none)(?:{_END}|\s+(?:done|yet|so\s+far|at\s+all|of\s+(?:it|this|that|them))\b)|not\s+done\b"
)
_ANSWERED = rf"(?:(?:s?he|they)\s+)?(?:did\s+)?(?:answer(?:ed)?|repl(?:y|ied))\b|seen{_END}"


@dataclass(frozen=True)
class Denial:
    """Words that deny a result: after its time, or right after the result itself."""

    pattern: re.Pattern[str]
    doubt: Doubt
    is_right_after: bool = False


def _doubt(words: str, doubt: Doubt) -> Denial:
    return Denial(re.compile(rf"{_LEAD}(?:{words})", re.IGNORECASE), doubt)


def _anywhere(words: str, doubt: Doubt) -> Denial:
    return Denial(re.compile(rf"(?s:.*?)(?:{words})", re.IGNORECASE), doubt)


def _right_after(words: str, doubt: Doubt) -> Denial:
    """With nothing but a space between: "seen his mum", not "seen, his mum present" nor "seen 2115 x"."""
    return Denial(re.compile(rf"\s*(?:{words})", re.IGNORECASE), doubt, is_right_after=True)


_IN_PERSON = Doubt("Was the subject seen in person?")
_NOT_SURE = (
    r"\?\s*$|\bmaybe\b|\bi\s+think\b|\b(?:not|un)\s?sure\b|\bpossibly\b|\bperhaps\b|\bor\s+not\b"
    r"|\b(?:might|may|could)\s+(?:have\s+|of\s+|be|been)|\bnot\s+him\b|\bwasn['’]?t\s+him\b"
)
_SOMEBODY_ELSE = (
    r"(?:only\s+)?(?:(?:his|her|the|a|their)\s+)?(?:mum|mam|mother|brother|bro|sister|neighbours?|mate|flatmate"
    r"|housemate|landlord|caretaker|car|van|bike|dog|lights?|curtains?|twin|cousin|uncle|aunt\w*|nan|gran|grandad"
    r"|lodger|post|emails?|messages?|msg|texts?|update|letter)\b|by\s+(?!me\b|us\b|pc\b|ps\b)\w+"
    r"|(?:this|thx|ta|thanks|ur|your|neg\w*|nil|x|jk)\b"
)
_IN_A_PLACE_ONLY = (
    r"(?:in\s+(?:custody|hospital|prison)\s+)?"
    r"(?:suite|car\s?park|visit|grounds|waiting|reception|guard|staff)\b"
)

SEEN = (
    _doubt(rf"{_NO}|{_NOBODY}", _NO_ANSWER),
    _anywhere(_NOT_SURE, _IN_PERSON),
    _right_after(_SOMEBODY_ELSE, _IN_PERSON),
)
DECEASED = (_right_after(r"(?:quiet|end|on|right|slow|easy|line|battery|phone|down|out)\b", _ANYTHING_ELSE),)
NO_ACCESS = (_right_after(r"(?:touch|contact|till?|until|before|yet)\b", _ANYTHING_ELSE),)
NOT_LIVING_HERE = (
    _right_after(r"(?:of\s+)?the\s+way\b|from\s+(?:the\s+)?(?:window|door)\b", _ANYTHING_ELSE),
)
SPOKE_ALONE = (
    _doubt(r"(?:some\s+|with\s+)?concerns?\b", Doubt("Were there concerns?", "concerns")),
    _doubt(r"not\s+alone\b", Doubt("Was somebody with them?", "spoke not alone")),
    _doubt(_NOT_SPOKEN, _NO_REPLY),
)
SPOKE_NOT_ALONE = (_doubt(_NOT_SPOKEN, _NO_REPLY),)
NO_ANSWER = (
    _doubt(_ANSWERED, Doubt("Did somebody answer?", "seen")),
    _anywhere(
        r"\?\s*$|\bseen\s+(?:in|at|[0-9])\b|\b(?:then|later|but)\s+seen\b|\b(?:he|she|they)\s+opened\b|\bcame\s+(?:out|down)\b",
        Doubt("Did somebody answer?", "seen"),
    ),
    _right_after(
        r"from\s+(?!(?:him|her|subject|the\s+(?:address|house|flat|door|subject))\b)", _ANYTHING_ELSE
    ),
)
NO_REPLY = (_doubt(_ANSWERED, Doubt("Did you speak to them?", "spoke alone")),)
IN_CUSTODY = (
    _doubt(r"no\s+longer\b", _ANYTHING_ELSE),
    _right_after(_IN_A_PLACE_ONLY, _ANYTHING_ELSE),
)
DONE = (_doubt(rf"{_NO}|{_NOTHING}", _NOT_DONE),)
ACHIEVED = (_doubt(rf"{_NO}|{_NOTHING}", Doubt("Did it have no effect?", "no effect")),)
ANY_RESULT = (
    _doubt(_NO, _ANYTHING_ELSE),
    _right_after(r"\?", _ANYTHING_ELSE),
    _anywhere(
        r"\b(?:ignore|scrap|disregard|delete)\s+(?:that|this|it)\b|\bmy\s+mistake\b|\bnot\s+[0-9]{4}\b"
        r"|\bsorry\s+(?:wrong|meant|i\s+meant|[0-9])|\bwrong\s+(?:task|number|one|job)\b",
        Doubt("Was that for another task?"),
    ),
    _anywhere(
        r"\b(?:same|ditto|also|likewise)\b[^.\n]{0,20}\b[0-9]{4}\b",
        Doubt("Was that about another task too? Type one message for each."),
    ),
)
