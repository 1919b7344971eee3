"""Commands on one task, the reference before or after the verb: `1042 undo`, `cancel T-1042 because …`."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.commands.assigning import named_assignee
from bot.commands.model import (
    Accept,
    AddNote,
    AthenaReference,
    Brief,
    Cancel,
    CannotDo,
    Command,
    CopyOfOrder,
    Extend,
    MoreTime,
    Reassign,
    Undo,
)
from bot.commands.outcomes import OUTCOMES, TypedOutcome, read_outcome
from bot.commands.words import Words, due_at_start, reason, split_reason, take_people
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
_APOSTROPHE = r"['’‘‛ʼ`´′＇]"


@dataclass(frozen=True)
class TaskVerb:
    """A verb as typed, and what makes a command of the task and the words after it."""

    pattern: re.Pattern[str]
    read: Callable[[str | None, Words], Command]


def read_task_verb(words: Words) -> Command | None:
    """A command on one task; the task is None if no reference was typed."""
    task, rest = task_at_start(words.text)
    if task:
        return _read_after(words.of(rest), lambda after: (task, after))
    return _read_after(words, _task_next)


def task_at_start(text: str) -> tuple[str | None, str]:
    """The task that a text begins with, and the words after it."""
    found = _TASK_FIRST.match(text)
    return (normalise_reference(found["task"]), text[found.end() :]) if found else (None, text)


def _task_next(text: str) -> tuple[str | None, str]:
    found = _TASK_NEXT.match(text)
    return (normalise_reference(found["task"]), text[found.end() :]) if found else (None, text)


def _read_after(words: Words, find_task: Callable[[str], tuple[str | None, str]]) -> Command | None:
    for verb in TASK_VERBS:
        if found := verb.pattern.match(words.text):
            task, rest = find_task(words.text[found.end() :])
            return verb.read(task, words.of(rest.lstrip(_BESIDE).rstrip()))
    return None


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


def _outcome_verb(outcome: TypedOutcome) -> TaskVerb:
    return _verb(outcome.pattern, lambda task, words: read_outcome(outcome, task, words))


TASK_VERBS: tuple[TaskVerb, ...] = (
    _verb(r"re-?assign", _reassign),
    _verb(r"extend", _extend),
    _verb(r"(?:need\s+)?more\s+time(?:\s+please)?", _more_time),
    _verb(r"cancel", lambda task, words: Cancel(task, reason(words))),
    _verb(
        rf"(?:i\s+)?(?:can{_APOSTROPHE}?t|can\s*not)\s+do(?:\s+(?:it|this))?",
        lambda task, words: CannotDo(task, reason(words)),
    ),
    _verb(r"undo", lambda task, words: Undo(task)),
    _verb(r"accept(?:ed)?", lambda task, words: Accept(task)),
    _verb(r"brief(?:\s+me|ing)?", lambda task, words: Brief(task)),
    _verb(r"copy(?:\s+of(?:\s+the)?\s+order)?", lambda task, words: CopyOfOrder(task)),
    _verb(r"(?:add\s+)?note", lambda task, words: AddNote(task, words.free_text())),
    _verb(r"(?:athena\s+)?ref(?:erence)?|athena", _athena_reference),
    *(_outcome_verb(outcome) for outcome in OUTCOMES),
)
