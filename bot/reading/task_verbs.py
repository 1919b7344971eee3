"""Commands on one task, the reference before or after the verb: `1042 undo`, `cancel T-1042 because …`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.reading.assigning import named_assignee
from bot.reading.danger import sounds_dangerous
from bot.reading.model import (
    Accept,
    AddNote,
    AthenaReference,
    Brief,
    Cancel,
    CannotDo,
    Command,
    CopyOfOrder,
    Correct,
    Extend,
    MoreTime,
    Reassign,
    Several,
    Undo,
    Unknown,
)
from bot.reading.outcomes import TypedOutcome, read_outcome, typed_outcomes
from bot.reading.words import Words, due_at_start, reason, split_reason, take_people
from tasking.house import Brought
from tasking.references import normalise_reference

_TASK_FIRST = re.compile(
    r"\s*(?:task\s+)?(?P<task>#?(?:t[\s‐‑–-]*)?[0-9]{1,7})(?![\w’']|[:/.][0-9])[\s,;:.–—-]*", re.IGNORECASE
)
# A line break stays with the words after it: no time is taken from the next line.
_BESIDE = " \t\r\xa0"
# After a verb a short bare number is more often a count ("2 children") than a task.
_TASK_NEXT = re.compile(
    r"[\s,;:–—-]*(?:task\s+)?(?P<task>#?(?:t[\s‐‑–-]*[0-9]{1,7}|[0-9]{3,7}))(?![\w’']|[:/.][0-9])"
    rf"[{_BESIDE},;:.–—-]*",
    re.IGNORECASE,
)
_WITHOUT_WORDS = (Accept, AthenaReference, Brief, CopyOfOrder, Correct, Undo)
_TAKE_NO_RESULT = (Accept, Brief, CopyOfOrder, Undo)
_JOINED = re.compile(r"[\s,;:.&+–—-]*(?:(?:and|then|also|plus)\b\s*)*", re.IGNORECASE)
_OR_ANOTHER = re.compile(r"\s*(?:or|not|nor)\s+#?(?:t[\s-]?)?(?P<task>[0-9]{3,7})\b", re.IGNORECASE)
_APOSTROPHE = r"['’‘‛ʼ`´′＇]"


@dataclass(frozen=True)
class TaskVerb:
    """A verb as typed, and what makes a command of the task and the words after it.

    What may follow it: the time of an outcome or a due time, a number of another kind, or any words at all.
    """

    pattern: re.Pattern[str]
    read: Callable[[str | None, Words], Command]
    code: str | None = None
    takes_time: bool = False
    takes_number: bool = False
    is_free_text: bool = False
    is_added: bool = False
    """By a room: words of danger and results beside it go first."""


@dataclass(frozen=True)
class Head:
    """The verb and the task that a text begins with, in either order, and the words after both."""

    verb: TaskVerb
    verb_typed: str
    verb_end: int
    task: str | None
    task_typed: str
    is_task_first: bool
    end: int
    rest: str


def read_task_verb(words: Words, added: Sequence[TaskVerb] = ()) -> Command | None:
    """A command on one task; the task is None if no reference was typed.

    Beside a verb that takes no words, words of danger are what the message is about.
    """
    head = head_of(words.text, added)
    if head is None:
        return None
    command = head.verb.read(head.task, words.of(head.rest))
    if parts := _with_a_result(head, command) or _with_another_task(head):
        return Several(parts, alarm=sounds_dangerous(head.rest))
    is_bare = head.verb.is_added or isinstance(command, _WITHOUT_WORDS)
    if is_bare and sounds_dangerous(head.rest):
        return Unknown(None, head.task, alarm=True, typed=words.of(head.rest).free_text() or "")
    return command


def _with_a_result(head: Head, command: Command) -> tuple[str, ...]:
    """ "1042 accept and no answer 2115": the result must not go unheard."""
    joined = _JOINED.match(head.rest)
    found = verb_at(head.rest, joined.end() if joined else 0)
    takes_none = head.verb.is_added or isinstance(command, _TAKE_NO_RESULT)
    if found is None or found[0].code is None or not takes_none:
        return ()
    number = f"{head.task.removeprefix('T-')} " if head.task else ""
    return f"{number}{head.verb_typed}", f"{number}{found[1][0]}"


def _with_another_task(head: Head) -> tuple[str, ...]:
    """ "cancel 1042 or 1043", "extend 1042 not 1043"."""
    other = _OR_ANOTHER.match(head.rest)
    if head.verb.code is not None or head.verb.is_free_text or head.task is None or other is None:
        return ()
    return tuple(f"{head.verb_typed} {number}" for number in (head.task.removeprefix("T-"), other["task"]))


def head_of(text: str, added: Sequence[TaskVerb] = ()) -> Head | None:
    """The verb that a text begins with, before or after its task; None if there is no such verb."""
    before = _TASK_FIRST.match(text)
    found = verb_at(text, before.end() if before else 0, added)
    if found is None:
        return None
    verb, typed = found
    task = before or _TASK_NEXT.match(text, typed.end())
    return Head(
        verb=verb,
        verb_typed=typed[0],
        verb_end=typed.end(),
        task=normalise_reference(task["task"]) if task else None,
        task_typed=task["task"].lstrip("#") if task else "",
        is_task_first=before is not None,
        end=max(typed.end(), task.end("task") if task else 0),
        rest=text[max(typed.end(), task.end() if task else 0) :].lstrip(_BESIDE).rstrip(),
    )


def verb_at(text: str, start: int, added: Sequence[TaskVerb] = ()) -> tuple[TaskVerb, re.Match[str]] | None:
    """The verb at a place in a text, and how it was typed: the longest that fits ("seen elsewhere").

    A verb that a room adds never takes the place of one that was there before.
    """
    built_in = (*TASK_VERBS, *_outcome_verbs())
    return _longest_of(built_in, text, start) or _longest_of(added, text, start)


def _longest_of(verbs: Sequence[TaskVerb], text: str, start: int) -> tuple[TaskVerb, re.Match[str]] | None:
    tried = ((verb, verb.pattern.match(text, start)) for verb in verbs)
    return max(
        ((verb, typed) for verb, typed in tried if typed), key=lambda each: each[1].end(), default=None
    )


def task_at_start(text: str) -> tuple[str | None, str]:
    """The task that a text begins with, and the words after it."""
    found = _TASK_FIRST.match(text)
    return (normalise_reference(found["task"]), text[found.end() :]) if found else (None, text)


def _reassign(task: str | None, words: Words) -> Reassign:
    person, rest = take_people(words)
    if person:
        return Reassign(task, person, reason(rest))
    name, why = split_reason(words.text)
    name = re.sub(r"^to\b", "", name.strip(), flags=re.IGNORECASE).strip(" ,;:.@")
    return Reassign(task, named_assignee(name) if name else None, words.of(why).free_text() if why else None)


def _extend(task: str | None, words: Words) -> Extend:
    return Extend(task, *_time_and_reason(words))


def _more_time(task: str | None, words: Words) -> MoreTime:
    return MoreTime(task, *_time_and_reason(words))


def _time_and_reason(words: Words) -> tuple[str | None, str | None]:
    due_text, rest = due_at_start(words.text)
    if due_text:
        return due_text, reason(words.of(rest))
    unread, why = split_reason(words.text)
    to = re.match(r"(?:to|until|till|by)\b\s*", unread, re.IGNORECASE)
    if to:
        return unread[to.end() :].strip() or None, words.of(why or "").free_text()
    return None, reason(words)


def _athena_reference(task: str | None, words: Words) -> AthenaReference:
    return AthenaReference(task, words.free_text())


def _verb(pattern: str, read: Callable[[str | None, Words], Command]) -> TaskVerb:
    return TaskVerb(re.compile(rf"(?:{pattern})(?![\w’'])", re.IGNORECASE), read)


def added_verb(pattern: str, read: Callable[[str | None, Words], Any]) -> TaskVerb:
    """A verb of a room."""
    return replace(_verb(pattern, read), is_added=True)


def _outcome_verb(outcome: TypedOutcome) -> TaskVerb:
    verb = _verb(outcome.pattern, lambda task, words: read_outcome(outcome, task, words))
    return replace(verb, code=outcome.code, takes_time=True)


TASK_VERBS: tuple[TaskVerb, ...] = (
    _verb(r"re-?assign", _reassign),
    replace(_verb(r"extend", _extend), takes_time=True),
    replace(_verb(r"(?:need\s+)?more\s+time(?:\s+please)?", _more_time), takes_time=True),
    _verb(r"cancel", lambda task, words: Cancel(task, reason(words))),
    _verb(
        rf"(?:i\s+)?(?:can{_APOSTROPHE}?t|can\s*not)\s+do(?:\s+(?:it|this))?",
        lambda task, words: CannotDo(task, reason(words)),
    ),
    _verb(r"undo", lambda task, words: Undo(task)),
    _verb(r"correct(?:\s+it|ion)?", lambda task, words: Correct(task)),
    _verb(r"accept(?:ed)?", lambda task, words: Accept(task)),
    _verb(r"brief(?:\s+me|ing)?", lambda task, words: Brief(task)),
    _verb(r"copy(?:\s+of(?:\s+the)?\s+order)?", lambda task, words: CopyOfOrder(task)),
    replace(
        _verb(r"(?:add\s+)?note", lambda task, words: AddNote(task, words.free_text())),
        takes_time=True,
        is_free_text=True,
    ),
    replace(_verb(r"(?:athena\s+)?ref(?:erence)?|athena", _athena_reference), takes_number=True),
)
_outcome_verbs = Brought("outcomes", lambda _: tuple(map(_outcome_verb, typed_outcomes())))
