"""The columns of the records hand-off list."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SHORT = 255
LONG = 63_999
STATES = ("Waiting", "Recorded", "Rejected", "Returned")


@dataclass(frozen=True)
class Column:
    """One column; one with choices takes no other value.

    One with `long` takes 63,999 characters, any other 255, or `most` where that is fewer: as SharePoint
    counts them, in UTF-16.
    """

    name: str
    unique: bool = False
    indexed: bool = False
    choices: tuple[str, ...] = ()
    long: bool = False
    most: int | None = None
    is_number: bool = False
    rich: bool = False
    required: bool = False

    @property
    def room(self) -> int:
        """The longest text that it takes."""
        return min(self.most or LONG, LONG if self.long else SHORT)

    def described(self) -> dict[str, Any]:
        """The column as Graph describes it."""
        return {
            "name": self.name,
            "displayName": self.name,
            "enforceUniqueValues": self.unique,
            "indexed": self.indexed,
            "readOnly": False,
            "required": self.required,
            **self._facet(),
        }

    def _facet(self) -> dict[str, Any]:
        if self.is_number:
            return {"number": {"decimalPlaces": "automatic"}}
        if self.choices:
            return {"choice": {"allowTextEntry": False, "choices": list(self.choices)}}
        style = {"textType": "richText" if self.rich else "plain"} if self.long else {}
        return {"text": {"allowMultipleLines": self.long, "maxLength": self.room, **style}}

    def fault_in(self, value: Any) -> str | None:
        """Why it cannot take this value."""
        if value is not None and not isinstance(value, str):
            return f"Field '{self.name}' takes text"
        if value and self.is_number and not value.isdigit():
            return f"Field '{self.name}' takes a number"
        if value and len(value.encode("utf-16-le", "surrogatepass")) // 2 > self.room:
            return f"Field '{self.name}' takes at most {self.room} characters"
        if self.choices and value not in self.choices:
            return f"Field '{self.name}' takes one of its choices"
        return None


COLUMNS = (
    Column("RedLineKey", unique=True, indexed=True),
    *(
        Column(name)
        for name in (
            "CorrectsKey",
            "TaskRef",
            "SubjectRef",
            "OrderRef",
            "Kind",
            "Code",
            "HappenedAt",
            "RecordedAt",
        )
    ),
    Column("OfficerId"),
    Column("Note", long=True),
    Column("State", indexed=True, choices=STATES),
    Column("AthenaRef"),
    Column("Reason", long=True),
)


class Columns:
    """The columns of one list. They can be changed while it runs, as somebody in SharePoint would."""

    def __init__(self, columns: Iterable[Column] = COLUMNS) -> None:
        self._by_name = {column.name: column for column in columns}

    def described(self) -> list[dict[str, Any]]:
        """All of them as Graph describes them."""
        return [column.described() for column in self._by_name.values()]

    def put(self, column: Column) -> None:
        """Add a column, or have it in the place of the one with its name."""
        self._by_name[column.name] = column

    def drop(self, name: str) -> None:
        """Delete a column, with all that it held."""
        del self._by_name[name]

    def has(self, name: str) -> bool:
        """Whether there is such a column."""
        return name in self._by_name

    def is_indexed(self, name: str) -> bool:
        """Whether rows can be looked up by it."""
        return name in self._by_name and self._by_name[name].indexed

    def fault_in(self, fields: dict[str, Any]) -> str | None:
        """Why the list cannot take these values; None where it can."""
        for name, value in fields.items():
            column = self._by_name.get(name)
            fault = column.fault_in(value) if column else f"Field '{name}' is not recognized"
            if fault:
                return fault
        return None
