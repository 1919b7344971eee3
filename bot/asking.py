"""What every handler is given: who asks, where, and the people mentioned; and how it reads times."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.declared import Doors
from bot.reading.mentions import Mention
from bot.turns import People, Turn
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.when.form_times import form_clock, form_day, form_due
from tasking.when.local_time import AmbiguousLocalTime, NoSuchLocalTime, to_utc
from tasking.when.typed_times import UnclearTime
from tasking.when.uk_dates import read_due, read_happened
from tasking.work.find import Reader

_MINUTES_AGO = ("30", "60")


@dataclass(frozen=True)
class Asking:
    """A person's request in its surroundings."""

    reader: Reader
    turn: Turn
    doors: Doors
    people: People = field(default_factory=People)
    fetched: Any = None
    """What the button or the command has fetched first."""

    def entra_id_of(self, mention: Mention) -> str:
        """The person mentioned; raises `Refusal` for one whom neither rows nor roster know."""
        found = self.people.by_teams_id.get(mention.teams_id)
        if found is None:
            raise Refusal(
                "mention-unknown",
                "RedLine does not know that person yet.",
                "Ask them to open RedLine in Teams once, then try again.",
            )
        return found


def due_time(text: str | None, uow: UnitOfWork) -> datetime:
    """A typed due time; raises `Refusal` with the question to answer where it is unclear or past."""
    try:
        return read_due(text or "", uow.now)
    except UnclearTime as problem:
        raise Refusal("unclear-time", problem.question) from problem


def due_on(date_text: str, time_text: str, uow: UnitOfWork) -> datetime:
    """The due time of a form's date and time inputs (Europe/London); raises `Refusal` where it is none."""
    day, clock = form_day(date_text), form_clock(time_text)
    if day is None or clock is None:
        return _due_as_typed(date_text, time_text, uow)
    try:
        return to_utc(datetime.combine(day, clock))
    except (AmbiguousLocalTime, NoSuchLocalTime) as problem:
        raise Refusal("unclear-time", "The clocks change at that time.", "Choose another hour.") from problem


def _due_as_typed(date_text: str, time_text: str, uow: UnitOfWork) -> datetime:
    try:
        due = form_due(date_text, time_text, uow.now)
    except UnclearTime as problem:
        raise Refusal("unclear-time", problem.question) from problem
    if due is None:
        raise Refusal("no-time", "By when?", "Choose a date and a time.")
    return due


def happened_time(text: str | None, uow: UnitOfWork) -> datetime:
    """A typed time of something that happened; nothing typed is now. Raises `Refusal` where unclear."""
    if not text:
        return uow.now
    try:
        return read_happened(text, uow.now)
    except UnclearTime as problem:
        raise Refusal("unclear-time", problem.question) from problem


def chosen_time(choice: str, other: str, uow: UnitOfWork) -> datetime:
    """The time of a visit as chosen on the card: now, 30 or 60 minutes ago, or typed.

    A time that is typed counts beside "Now", which nobody chose on purpose; beside another choice it is asked
    about.
    """
    typed = other.strip()
    if choice == "other" and not typed:
        raise Refusal("no-time", "When was it?", "Type the time, for example 21:15.")
    if typed and choice in _MINUTES_AGO:
        raise Refusal("two-times", "One time is chosen and another one is typed.", "Keep one of the two.")
    if typed:
        return happened_time(typed, uow)
    return happened_time(f"{choice} min ago" if choice in _MINUTES_AGO else "", uow)
