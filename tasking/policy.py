"""Policy is data: what a force decides for itself, read once at start from one commented TOML file."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from storage.enums import OrderType, Rank, RecordsRoute, Role, Skill, TaskKind
from tasking.house import Brought

_A_YEAR = 366 * 24
"""Hours."""


class PolicyError(Exception):
    """The policy file cannot be used; the message says where and why, in one line."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DistrictPolicy(_Section):
    """A district, its Teams team and the channel where its board stands."""

    id: str
    name: str
    team_id: str
    board_channel_id: str
    channel_ids: tuple[str, ...] = ()
    """Further channels of the team in which commands are taken."""

    @property
    def listed_channels(self) -> tuple[str, ...]:
        """Every channel in which RedLine works for this district, the board's first."""
        return (self.board_channel_id, *self.channel_ids)


class GroupPolicy(_Section):
    """What membership of an Entra group means."""

    group_id: str
    role: Role
    district: str


class PersonPolicy(_Section):
    """What the directory does not say of a person."""

    entra_id: str
    rank: Rank = Rank.PC
    skills: tuple[Skill, ...] = ()


class VisitPolicy(_Section):
    """How often the conditions of an order type are checked. No national frequency is published."""

    first_within_hours: int = Field(gt=0, le=_A_YEAR)
    every_hours: int = Field(gt=0, le=_A_YEAR)


_CODES = Brought("outcomes", lambda listed: {each.code for each in listed})


def _known_code(code: str) -> str:
    if code not in _CODES():
        raise ValueError("no task ends that way")
    return code


Code = Annotated[str, AfterValidator(_known_code)]
"""Of a result that a room declares."""


class RecordsPolicy(_Section):
    """What RedLine sends to the records system and what is keyed by hand."""

    default: RecordsRoute = RecordsRoute.REDLINE_SENDS
    by_code: dict[Code, RecordsRoute] = {}
    by_kind: dict[TaskKind, RecordsRoute] = {}
    desk_hours: str = "Mon–Fri 08:00–18:00"

    def route(self, kind: TaskKind, code: str) -> RecordsRoute:
        """Who puts this outcome on the records system: the code decides, then the kind of task."""
        return self.by_code.get(code) or self.usual_route(kind)

    def usual_route(self, kind: TaskKind) -> RecordsRoute:
        """Who does it at this kind of task, while nobody knows with what it ends."""
        return self.by_kind.get(kind) or self.default


class DirectoryPolicy(_Section):
    """When people who are missing from the directory are too many to be leavers."""

    brake_share: float = Field(default=0.2, gt=0, lt=1)
    """More than this share of a district's people."""
    brake_at_least: int = Field(default=3, ge=1)
    """People. Fewer are leavers, whatever the share."""
    duty_inspector: str = ""
    """Entra id of who hears after four hours; empty: the lead inspector of every district."""


class Policy(_Section):
    """The whole policy file."""

    undo_minutes: int = Field(default=10, ge=1, le=60)
    reminder_repeat_hours: int = Field(default=24, ge=1, le=_A_YEAR)
    held_minutes: int = Field(default=10, ge=1, le=60)
    """How long a message with words of danger waits for its officer before the supervisor is told."""
    default_due_hours: int = Field(default=24, ge=1, le=_A_YEAR)
    set_up_contact: str = "your sergeant"
    records: RecordsPolicy = RecordsPolicy()
    directory: DirectoryPolicy = DirectoryPolicy()
    districts: tuple[DistrictPolicy, ...]
    groups: tuple[GroupPolicy, ...]
    people: tuple[PersonPolicy, ...] = ()
    visits: dict[OrderType, VisitPolicy] = {}
    powers_approved_on: date | None = None
    """The day on which the force's legal services approved `tasking/orders/powers.py`."""
    danger_words: dict[str, tuple[str, ...]] = {}
    """Group of danger words -> words that the force adds to it (`bot/reading/danger_words.toml`)."""

    @model_validator(mode="after")
    def _districts_are_known(self) -> "Policy":
        known = {d.id for d in self.districts}
        unknown = sorted({g.district for g in self.groups} - known)
        if unknown:
            raise ValueError(f"groups name unknown districts: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def _nothing_is_said_twice(self) -> "Policy":
        given = {
            "district": [d.id for d in self.districts],
            "channel": [channel for d in self.districts for channel in {*d.listed_channels}],
            "person": [person.entra_id for person in self.people],
        }
        for what, ids in given.items():
            if len(set(ids)) < len(ids):
                raise ValueError(f"a {what} is listed twice")
        return self

    @property
    def undo_window(self) -> timedelta:
        """How long an outcome can be taken back before it is handed over."""
        return timedelta(minutes=self.undo_minutes)

    @property
    def held_for(self) -> timedelta:
        """How long a held message waits for its officer before the supervisor is told."""
        return timedelta(minutes=self.held_minutes)

    def district(self, district_id: str) -> DistrictPolicy:
        """The district with this id; raises KeyError where there is none."""
        return {district.id: district for district in self.districts}[district_id]

    def board_channel(self, district_id: str) -> str | None:
        """The channel of a district's board, or None for a district that policy no longer lists."""
        return next((d.board_channel_id for d in self.districts if d.id == district_id), None)

    def district_of_channel(self, channel_id: str) -> DistrictPolicy | None:
        """The district that lists this channel, or None: commands there are refused politely."""
        return next(
            (d for d in self.districts if channel_id == d.board_channel_id or channel_id in d.channel_ids),
            None,
        )

    def rank_of(self, entra_id: str) -> Rank:
        """The person's rank; PC where policy says nothing."""
        return next((p.rank for p in self.people if p.entra_id == entra_id), Rank.PC)


def load_policy(path: Path) -> Policy:
    """Read the policy file; raises `PolicyError` with one clear line where it cannot be used."""
    try:
        return Policy.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as problem:
        raise PolicyError(f"policy file {path} cannot be read: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise PolicyError(f"policy file {path} is not UTF-8 text") from problem
    except tomllib.TOMLDecodeError as problem:
        raise PolicyError(f"policy file {path} is not TOML: {problem}") from problem
    except RecursionError as problem:
        raise PolicyError(f"policy file {path} is nested too deeply") from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise PolicyError(f"policy file {path}, {where}: {first['msg']}") from problem
    except ValueError as problem:  # a path that can be none, or a number of thousands of figures
        raise PolicyError(f"policy file {path} cannot be read: {problem}") from problem
