"""`app.py understand`: what RedLine would make of a message, as JSON, without doing any of it.

It goes the way a real message goes (`parse_command`, then `settle`), with no database and no settings: every
task named is the asker's, open, and of the kind given.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.reading import model as c
from bot.reading import parse_command
from bot.reading.danger import danger_words
from bot.reading.mentions import Mention, placeholder
from bot.reading.settling import settle
from storage.enums import Role
from tasking.permissions import Act, may_by_role
from tasking.when.local_time import LONDON, london
from tasking.when.typed_times import UnclearTime
from tasking.when.uk_dates import read_due
from tasking.work.outcome_table import Fits, breaches, declared


class As(StrEnum):
    """Who types."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    CHAIR = "chair"


class Kind(StrEnum):
    """What kind of task is named."""

    VISIT = "visit"
    PROTECTED_PERSON = "protected-person"
    ACTION = "action"
    DISRUPTION = "disruption"


_ROLES = {As.OFFICER: Role.NEIGHBOURHOOD_OFFICER, As.SUPERVISOR: Role.SUPERVISOR, As.CHAIR: Role.CHAIR}
_KINDS = {
    Kind.VISIT: Fits.ORDER_CHECK,
    Kind.PROTECTED_PERSON: Fits.CONTACT,
    Kind.ACTION: Fits.ACTION,
    Kind.DISRUPTION: Fits.DISRUPTION,
}
_ACTS: dict[type[Any], Act] = {
    c.Assign: Act.ASSIGN,
    c.AssignForm: Act.ASSIGN,
    c.Reassign: Act.REASSIGN,
    c.Extend: Act.EXTEND,
    c.Cancel: Act.CANCEL,
}
_NAMES: dict[type[Any], str] = {
    c.AssignForm: "assign",
    c.Outcome: "outcome",
    c.Doubted: "outcome",
    c.Endangered: "held",
    c.CryForHelp: "call_for_help",
    c.AddNote: "note",
    c.CannotDo: "cannot_do",
    c.MoreTime: "more_time",
    c.CopyOfOrder: "copy_of_order",
    c.ShowTask: "show_task",
    c.AthenaReference: "athena_reference",
    c.TooLong: "too_long",
}


@dataclass(frozen=True)
class Understood:
    """What was understood; times carry the offset of Europe/London."""

    command: str
    task: str | None = None
    code: str | None = None
    visit_kind: str | None = None
    happened_at: datetime | None = None
    due_at: datetime | None = None
    note: str | None = None
    radio_first: bool = False
    records: bool = False
    """Whether this message alone would record a result or make a task."""
    asks: str | None = None
    choices: tuple[str, ...] = ()
    parts: tuple["Understood", ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            **self.__dict__,
            "happened_at": _iso(self.happened_at),
            "due_at": _iso(self.due_at),
            "choices": list(self.choices),
            "parts": [part.as_json() for part in self.parts],
        }


def understand(text: str, mentions: list[Mention], at: datetime, kind: Fits, role: Role) -> Understood:
    """What would be made of a message typed at this aware time about tasks of this kind."""
    command = settle(parse_command(text, mentions), at, kind, danger_words())
    act = _ACTS.get(type(command))
    if act and not may_by_role(role, act):
        alarms = _tells_of_danger(getattr(command, "reason", None))
        asks = "Only a supervisor can do that."
        return Understood(_name(command), _task(command), radio_first=alarms, asks=asks)
    read = _READERS.get(type(command))
    if read:
        return read(command, at, kind)
    if isinstance(command, c.Several):
        parts = tuple(understand(part, mentions, at, kind, role) for part in command.parts)
        asks = "That message asks for more than one thing. Type one message for each task."
        return Understood("several", radio_first=command.alarm, asks=asks, parts=parts)
    return Understood(_name(command), _task(command), note=getattr(command, "note", None))


def _outcome(command: c.Outcome, _at: datetime, kind: Fits) -> Understood:
    is_breach = command.code in breaches()
    fits = kind in declared(command.code).fits
    asks = (
        None if fits else f"{declared(command.code).words} is no result of this kind of task. What happened?"
    )
    if fits and is_breach and not command.confirmed:
        asks = "Check your answers, then record the breach."
    return Understood(
        "outcome",
        command.task,
        command.code,
        happened_at=command.happened_at,
        note=command.note,
        radio_first=is_breach or _is_alarming(command, kind),
        records=asks is None and command.task is not None,
        asks=asks if command.task or asks else "Which task?",
        choices=("record and tell the sergeant",) if fits and is_breach and not command.confirmed else (),
    )


def _doubted(command: c.Doubted, _at: datetime, _kind: Fits) -> Understood:
    choices = (command.instead,) if command.instead else ()
    return Understood("outcome", command.task, asks=command.question, choices=choices)


def _held(command: c.Endangered, _at: datetime, kind: Fits) -> Understood:
    last = "record it as typed" if command.code else "add it as a note"
    concern = ("another concern",) if kind in (Fits.ORDER_CHECK, Fits.CONTACT) else ()
    return Understood(
        "held",
        command.task,
        command.code,
        happened_at=command.happened_at,
        note=command.note,
        radio_first=True,
        asks="Radio first. This was NOT recorded. What was it?",
        choices=("breach", *concern, last),
    )


def _cry(command: c.CryForHelp, _at: datetime, _kind: Fits) -> Understood:
    return Understood("call_for_help", command.task, radio_first=True, choices=("how RedLine works",))


def _unknown(command: c.Unknown, _at: datetime, _kind: Fits) -> Understood:
    guess = (command.text_guess,) if command.text_guess else ()
    return Understood(
        "unknown",
        command.task,
        note=command.typed or None,
        radio_first=command.alarm,
        asks="RedLine did not understand that.",
        choices=guess,
    )


def _assign(command: c.Assign, at: datetime, _kind: Fits) -> Understood:
    due_at, unclear = _due(command.due_text, at)
    work = command.work
    visit = work.kind if isinstance(work, c.VisitWork) else None
    asks = command.question or _missing(command) or unclear
    return Understood(
        "assign",
        visit_kind=visit,
        due_at=due_at,
        note=command.note,
        records=asks is None,
        asks=asks,
        choices=command.choices,
    )


def _missing(command: c.Assign) -> str | None:
    who = command.assignee
    if who is None or not (who.mention or who.me or who.unallocated):
        return "Who should do it? Please @mention the officer."
    if who.several:
        return "One officer leads a task. @mention one officer."
    if command.work is None:
        return "What is to be done?"
    if command.reference is None and not isinstance(command.work, c.ActionWork):
        return "Which order or subject is it about?"
    return None


def _changed_time(command: c.Extend | c.MoreTime, at: datetime, _kind: Fits) -> Understood:
    due_at, unclear = _due(command.due_text, at)
    return Understood(
        _name(command),
        command.task,
        due_at=due_at,
        note=command.reason,
        radio_first=_tells_of_danger(command.reason),
        asks=unclear,
    )


def _with_reason(command: c.CannotDo | c.Cancel | c.Reassign, _at: datetime, _kind: Fits) -> Understood:
    return Understood(
        _name(command), command.task, note=command.reason, radio_first=_tells_of_danger(command.reason)
    )


def _is_alarming(command: c.Outcome, kind: Fits) -> bool:
    """A concern is recorded with whatever stands beside it, and the radio comes first all the same."""
    return not declared(command.code).is_harmless and bool(danger_words().found(command.beside, kind))


def _tells_of_danger(words: str | None) -> bool:
    return bool(danger_words().found(words or ""))


def _due(text: str | None, at: datetime) -> tuple[datetime | None, str | None]:
    try:
        return read_due(text or "", at), None
    except UnclearTime as problem:
        return None, problem.question


_READERS: dict[type[Any], Callable[[Any, datetime, Fits], Understood]] = {
    c.Outcome: _outcome,
    c.Doubted: _doubted,
    c.Endangered: _held,
    c.CryForHelp: _cry,
    c.Unknown: _unknown,
    c.Assign: _assign,
    c.Extend: _changed_time,
    c.MoreTime: _changed_time,
    c.CannotDo: _with_reason,
    c.Cancel: _with_reason,
    c.Reassign: _with_reason,
}


def _name(command: object) -> str:
    return _NAMES.get(type(command), type(command).__name__.casefold())


def _task(command: object) -> str | None:
    return getattr(command, "task", None)


def _iso(moment: datetime | None) -> str | None:
    return london(moment).isoformat() if moment else None


def answer(message: str, role: str, kind: str, at: datetime | None, mention: list[str]) -> tuple[int, str]:
    """The command: its exit code, and the JSON."""
    text, mentions = _mentioned(message, mention)
    understood = understand(text, mentions, at or datetime.now(UTC), _KINDS[Kind(kind)], _ROLES[As(role)])
    return 0, json.dumps(understood.as_json(), ensure_ascii=False)


def _mentioned(message: str, names: list[str]) -> tuple[str, list[Mention]]:
    text, mentions = message, []
    for index, name in enumerate(names):
        bare = name.removeprefix("@")
        text = text.replace(f"@{bare}", placeholder(index))
        mentions.append(Mention(f"29:{index}", None, bare))
    return text, mentions


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError("give a time like 2026-11-26T22:00+00:00") from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


OPTIONS: dict[str, dict[str, Any]] = {
    "message": {},
    "--as": {"dest": "role", "choices": [each.value for each in As], "default": As.OFFICER},
    "--kind": {"choices": [each.value for each in Kind], "default": Kind.VISIT},
    "--at": {"type": _moment, "help": "ISO 8601 with offset; left out: now"},
    "--mention": {"action": "append", "default": [], "help": "a name that is a real mention"},
}
"""What the command is given."""
