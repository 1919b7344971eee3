"""More than one command in a message: none of them is carried out, since all but the first would be lost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.reading.added import NOTHING, Added
from bot.reading.alarms import reports_trouble
from bot.reading.danger import sounds_dangerous
from bot.reading.model import Several
from bot.reading.task_verbs import Head, TaskVerb, head_of, verb_at
from bot.reading.words import Words, due_at_start, happened_at_start
from tasking.work.outcome_table import breaches

# A bare number of three digits is never a task here: "and 200 people" is a note.
_TASK = r"(?:task\s+)?#?(?P<task>t[\s‐‑–-]*[0-9]{1,7}|[0-9]{4,7})(?![\w’']|[:.][0-9])"
_FIRST = re.compile(_TASK, re.IGNORECASE)
_JOINED = re.compile(r"and|plus|[&+]", re.IGNORECASE)
_NEXT = re.compile(rf"(?P<join>\s*(?:,?\s*\b(?:and|plus)\b|[&/+])\s*|[\s,;:–—-]*){_TASK}", re.IGNORECASE)
_LIST_ENDS = re.compile(r"\s*(?:$|[\n,;.]|(?:because|reason|to|until|till|by)\b)", re.IGNORECASE)
_CLOCK = re.compile(r"[\s,;:–—-]*(?:at\s+)?[0-9]{1,2}[:.]?[0-9]{2}\b", re.IGNORECASE)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9]")
_GAP = re.compile(r"[\s,;:.&/+\\@–—-]+(?:(?:and|then|also|plus)\b[\s,;:.&/+\\@–—-]*)*", re.IGNORECASE)
_PARTS = re.compile(r"[\n,;&/+a-z]|\.\s|\s[–—-]+\s", re.IGNORECASE)
_SLASH = re.compile(r"\s/$")
_NEW_WORK = re.compile(r"(?:assign|allocate)\b", re.IGNORECASE)
_CLOSE_BY = 30
Verbs = tuple[TaskVerb, ...]
"""Those that the rooms add."""
_NO_TASK = re.compile(r"(?:assign|allocate|(?:my\s+)?tasks?|board|help)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Part:
    """One of the commands: as it would be typed by itself, without its time and note."""

    typed: str
    code: str | None = None


def several_commands(words: Words, added: Added = NOTHING) -> Several | None:
    """What a message holds if it is more than one command, or several tasks where one is taken."""
    text, verbs = words.text, added.verbs
    read_as = (_tasks_before_verb(text, verbs), _commands(words, added), _tasks_after_verb(text, verbs))
    parts = next((parts for parts in read_as if len(parts) > 1), None)
    if parts is None:
        return None
    is_breach = any(part.code in breaches() for part in parts)
    alarm = is_breach or reports_trouble(words.text) or sounds_dangerous(words.text)
    return Several(tuple(dict.fromkeys(part.typed for part in parts)), alarm)


# --- several tasks, one verb -----------------------------------------------------------------------


def _tasks_before_verb(text: str, verbs: Verbs) -> list[_Part]:
    """ "1042 and 1043 no answer"; in "1042 2115 no answer" the second may be a time."""
    tasks = _chain(text)
    found = verb_at(text, _verb_start(text, tasks[-1].end()), verbs) if tasks else None
    if found is None or not any(each["join"].strip() or not _is_time(each["task"]) for each in tasks[1:]):
        return []
    verb, typed = found
    return [_Part(f"{_digits(each)} {typed[0]}", verb.code) for each in tasks]


def _tasks_after_verb(text: str, verbs: Verbs) -> list[_Part]:
    """ "no answer 1042 and 1043", "1042 undo, 1043"."""
    head = head_of(text, verbs)
    if head is None:
        return []
    more = (head.is_task_first and _chain(_after_time(head))) or _chain(text, head.end)
    if not any(_is_another_task(head, each) for each in more):
        return []
    own = [_part(head)] if head.task else []
    return [*own, *(_Part(f"{_digits(each)} {head.verb_typed}", head.verb.code) for each in more)]


def _chain(text: str, start: int = 0) -> list[re.Match[str]]:
    links: list[re.Match[str]] = []
    while link := _NEXT.match(text, links[-1].end() if links else start):
        links.append(link)
    return links


def _is_another_task(head: Head, link: re.Match[str]) -> bool:
    """A number right after "1042 no answer" is a time; one after "cancel 1042" can only be a task."""
    if _JOINED.search(link["join"]) or ("/" in link["join"] and not head.verb.takes_number):
        return True
    if head.verb.takes_number or not _LIST_ENDS.match(link.string, link.end()):
        return False
    is_listed = not head.is_task_first and link["join"].strip() != ""
    return (
        is_listed
        or _is_before_due_time(head, link.string[link.end() :])
        or not head.verb.takes_time
        or link["task"][0] in "tT"
    )


def _verb_start(text: str, start: int) -> int:
    return start + len(text[start:]) - len(text[start:].lstrip(" ,;:.–—-\n"))


# --- several commands ------------------------------------------------------------------------------


def _commands(words: Words, added: Added) -> list[_Part]:
    head, other = head_of(words.text, added.verbs), _alone(words.text, added)
    if head is not None:
        in_its_line = head_of(words.text.split("\n", 1)[0], added.verbs) or head
        return [_part(in_its_line), *_later(words, head.verb_end, head, added)]
    return [_Part(other[0]), *_later(words, other.end(), None, added)] if other else []


def _alone(text: str, added: Added) -> re.Match[str] | None:
    return _NO_TASK.match(text) or added.alone_at_start(text)


def _later(words: Words, start: int, first: Head | None, added: Added) -> Iterator[_Part]:
    """The commands after the first. One that is about no task yet may say a lot: only other lines count."""
    following = _right_after(first, added.verbs) if first else None
    while following:
        yield _part(following)
        following = _task_first(following.rest, added.verbs) or _right_after(following, added.verbs)
    for gap in _GAP.finditer(words.text, start):
        apart = "\n" in gap[0] or _SLASH.search(gap[0])
        if apart or (first and _PARTS.search(gap[0])):
            yield from _command_at(words.of(words.text[gap.end() :]), gap[0], first, added)


def _right_after(first: Head, verbs: Verbs) -> Head | None:
    """ "1042 accept 1043 accept"; in "1042 seen 2115 at the door" what follows first is a time."""
    if first.verb.is_free_text or first.verb.takes_number:
        return None
    head = _task_first(first.rest, verbs)
    is_task = head and (head.verb is first.verb or head.task_typed[0] in "tT" or _are_close(first, head))
    if head and (is_task or not first.verb.takes_time):
        return head
    return _task_first(_after_time(first).lstrip(), verbs)


def _are_close(first: Head, then: Head) -> bool:
    """ "1042 no ans 1043 seen him": tasks of one list have numbers next to each other."""
    if not (first.task and then.task):
        return False
    numbers = [int(each.rpartition("-")[2]) for each in (first.task, then.task)]
    return 0 < abs(numbers[0] - numbers[1]) <= _CLOSE_BY


def _task_first(text: str, verbs: Verbs) -> Head | None:
    return head_of(text, verbs) if _FIRST.match(text) else None


def _command_at(words: Words, gap: str, first: Head | None, added: Added) -> Iterator[_Part]:
    head = head_of(words.text, added.verbs)
    if head and (_SLASH.search(gap) or _is_of_task(head, words.text, first)):
        yield _part(head)
    elif other := _alone(words.text, added):
        line = words.of(words.text.split("\n", 1)[0])
        if _SLASH.search(gap) or ("\n" in gap and _NEW_WORK.match(words.text) and line.people()):
            yield _Part(other[0])


def _is_of_task(head: Head, text: str, first: Head | None) -> bool:
    """Whether a verb stands beside a task's number; after "seen" a number may be a time: "seen 2130"."""
    if _FIRST.match(text):
        return True
    if head.is_task_first or not _FIRST.fullmatch(head.task_typed):
        return False
    by_verb = first is not None and first.task is not None and not first.is_task_first
    may_be_time = head.verb.takes_time and head.verb.code not in breaches() and _is_time(head.task_typed)
    has_its_time = _CLOCK.match(head.rest) is not None or _is_before_due_time(head, head.rest)
    return by_verb or not may_be_time or has_its_time


def _is_before_due_time(head: Head, after: str) -> bool:
    """ "extend 1043 to fri 9am": the number before a due time is not one itself."""
    asks_for_time = head.verb.takes_time and head.verb.code is None and not head.verb.is_free_text
    return asks_for_time and due_at_start(after)[0] is not None


def _after_time(head: Head) -> str:
    return happened_at_start(head.rest)[1] if head.verb.takes_time else ""


def _is_time(typed: str) -> bool:
    return _TIME.fullmatch(typed) is not None


def _part(head: Head) -> _Part:
    number = f"{head.task.removeprefix('T-')} " if head.task else ""
    return _Part(f"{number}{head.verb_typed}", head.verb.code)


def _digits(task: re.Match[str]) -> str:
    return re.sub(r"\D", "", task["task"])
