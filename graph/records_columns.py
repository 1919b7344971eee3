"""What RedLine needs of each column of the records list, and what is wrong with the list that there is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph.client import Json
from graph.list_text import ONE_LINE, SEVERAL_LINES
from storage.enums import RecordsState, TaskKind
from tasking.plain_text import counted
from tasking.work.outcome_table import codes

COLUMN_MISSING = "graph-column-missing"
COLUMN_TYPE = "graph-column-type"
COLUMN_SHORT = "graph-column-short"

_NOT_OF_TEXT = (
    "boolean",
    "calculated",
    "contentApprovalStatus",
    "currency",
    "geolocation",
    "hyperlinkOrPicture",
    "lookup",
    "number",
    "personOrGroup",
    "term",
    "thumbnail",
)


class Kind(StrEnum):
    """What a column holds."""

    LINE = "one line of text"
    LINES = "several lines of plain text"
    MOMENT = "a date and time, or one line of text"
    WORD = "a choice, or one line of text"


@dataclass(frozen=True)
class Needed:
    """A column as RedLine needs it. `length` is the longest text, `words` all that is ever written there."""

    name: str
    kind: Kind = Kind.LINE
    length: int = 60
    words: Callable[[], tuple[str, ...]] | None = None
    is_key: bool = False
    may_be_empty: bool = False
    is_theirs: bool = False
    """The desk writes it, RedLine reads it."""


NEEDED = (
    Needed("RedLineKey", length=36, is_key=True),
    Needed("CorrectsKey", length=36, may_be_empty=True),
    Needed("TaskRef"),
    Needed("SubjectRef", may_be_empty=True),
    Needed("OrderRef", may_be_empty=True),
    Needed("Kind", Kind.WORD, words=lambda: tuple(TaskKind)),
    Needed("Code", Kind.WORD, words=codes),
    Needed("HappenedAt", Kind.MOMENT),
    Needed("RecordedAt", Kind.MOMENT),
    Needed("OfficerId"),
    Needed("Note", Kind.LINES, length=SEVERAL_LINES, may_be_empty=True),
    Needed("State", Kind.WORD, words=lambda: tuple(RecordsState)),
    Needed("AthenaRef", may_be_empty=True, is_theirs=True),
    Needed("Reason", Kind.LINES, may_be_empty=True, is_theirs=True),
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a column: a code, and a line for whoever keeps the list."""

    column: str
    code: str
    line: str


def faults_of(columns: Sequence[Json]) -> list[Fault]:
    """Everything that is wrong with a list that has these columns, in the order of `NEEDED`."""
    there = {str(column.get("name")): column for column in columns}
    return [fault for needed in NEEDED for fault in _faults(needed, there.get(needed.name), columns)]


def fault_for(columns: Sequence[Json], fields: Mapping[str, str]) -> Fault | None:
    """Why the list does not take a row with these fields, as far as its columns show it."""
    there = {str(column.get("name")): column for column in columns}
    for needed in NEEDED:
        value = fields.get(needed.name)
        if value is None:
            continue
        column = there.get(needed.name)
        if column is None:
            return _missing(needed, columns)
        if (fault := _type_fault(needed, column)) is not None:
            return fault
        if needed.words and (fault := _words_fault(needed, column, (value,))) is not None:
            return fault
        if counted(value) > _room_of(column):
            return _short(needed, column)
    return None


def missing_columns(columns: Sequence[Json]) -> list[str]:
    """The columns that the list does not have, by their internal names."""
    there = {column.get("name") for column in columns}
    return [needed.name for needed in NEEDED if needed.name not in there]


def _faults(needed: Needed, column: Json | None, columns: Sequence[Json]) -> Iterator[Fault]:
    if column is None:
        yield _missing(needed, columns)
        return
    if (fault := _type_fault(needed, column)) is not None:
        yield fault
        return
    if _room_of(column) < needed.length:
        yield _short(needed, column)
    if needed.words and (fault := _words_fault(needed, column, needed.words())) is not None:
        yield fault
    yield from _index_faults(needed, column)


def _missing(needed: Needed, columns: Sequence[Json]) -> Fault:
    """A renamed column keeps its internal name; one that was made anew has another."""
    alike = [column for column in columns if column.get("displayName") == needed.name]
    seen = f" (what is shown as {needed.name} is {alike[0].get('name')} inside)" if alike else ""
    return Fault(needed.name, COLUMN_MISSING, f"the records list has no column {needed.name}{seen}")


def _type_fault(needed: Needed, column: Json) -> Fault | None:
    def fault(what: str) -> Fault:
        line = f"column {needed.name} of the records list {what}: it must be {needed.kind}"
        return Fault(needed.name, COLUMN_TYPE, line)

    wrong = next((facet for facet in _NOT_OF_TEXT if isinstance(column.get(facet), dict)), None)
    if wrong is not None:
        return fault(f"is of another type ({wrong})")
    moment = column.get("dateTime")
    if isinstance(moment, dict) and needed.kind is not Kind.MOMENT:
        return fault("holds a date")
    if isinstance(moment, dict) and moment.get("format") == "dateOnly":
        return fault("holds a date without a time")
    choice = column.get("choice")
    if isinstance(choice, dict) and not needed.words:
        return fault("is a choice")
    if isinstance(choice, dict) and choice.get("displayAs") == "checkBoxes":
        return fault("takes several choices at once")
    if column.get("readOnly") is True and not needed.is_theirs:
        return fault("cannot be written")
    if _text_of(column).get("textType") == "richText":
        return fault("holds rich text")
    return None


def _words_fault(needed: Needed, column: Json, words: Sequence[str]) -> Fault | None:
    choice = column.get("choice")
    if not isinstance(choice, dict) or choice.get("allowTextEntry") is True:
        return None
    left_out = [word for word in words if word not in (choice.get("choices") or ())]
    if not left_out:
        return None
    line = f"column {needed.name} of the records list lacks the choice {', '.join(left_out)}"
    return Fault(needed.name, COLUMN_TYPE, line)


def _room_of(column: Json) -> int:
    """The longest text that a column takes, as SharePoint counts."""
    if not isinstance(column.get("text"), dict):
        return SEVERAL_LINES
    text = _text_of(column)
    most = SEVERAL_LINES if text.get("allowMultipleLines") is True else ONE_LINE
    room = text.get("maxLength")
    return min(room, most) if isinstance(room, int) and room > 0 else most


def _text_of(column: Json) -> Json:
    text = column.get("text")
    return text if isinstance(text, dict) else {}


def _short(needed: Needed, column: Json) -> Fault:
    line = (
        f"column {needed.name} of the records list takes {_room_of(column)} characters, "
        f"RedLine writes up to {needed.length}"
    )
    return Fault(needed.name, COLUMN_SHORT, line)


def _index_faults(needed: Needed, column: Json) -> Iterator[Fault]:
    def fault(code: str, what: str) -> Fault:
        return Fault(needed.name, code, f"column {needed.name} of the records list {what}")

    is_unique = column.get("enforceUniqueValues") is True
    if needed.is_key and column.get("indexed") is not True:
        yield fault("graph-column-index", "has no index: RedLine looks rows up by it")
    if needed.is_key and not is_unique:
        yield fault("graph-column-unique", "does not enforce unique values: a row could stand twice")
    if is_unique and not needed.is_key:
        yield fault("graph-column-unique", "enforces unique values: a second row would be refused")
    if column.get("required") is True and needed.may_be_empty:
        yield fault("graph-column-required", "must be filled in: RedLine may leave it empty")
