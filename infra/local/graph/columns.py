"""The columns of the records hand-off list."""

from dataclasses import dataclass
from typing import Any

SHORT = 255
STATES = ("Waiting", "Recorded", "Rejected", "Returned")


@dataclass(frozen=True)
class Column:
    """One column; one with choices takes no other value, one without `long` at most 255 characters."""

    name: str
    unique: bool = False
    indexed: bool = False
    choices: tuple[str, ...] = ()
    long: bool = False

    def described(self) -> dict[str, Any]:
        """The column as Graph describes it."""
        text = {"text": {"allowMultipleLines": self.long}}
        kind = {"choice": {"choices": list(self.choices)}} if self.choices else text
        return {"name": self.name, "enforceUniqueValues": self.unique, "indexed": self.indexed, **kind}


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
INDEXED = frozenset(column.name for column in COLUMNS if column.indexed)
_BY_NAME = {column.name: column for column in COLUMNS}


def fault_in(fields: dict[str, Any]) -> str | None:
    """Why the list cannot take these values; None where it can."""
    for name, value in fields.items():
        column = _BY_NAME.get(name)
        if column is None:
            return f"Field '{name}' is not recognized"
        if value is not None and not isinstance(value, str):
            return f"Field '{name}' takes text"
        if value and len(value) > SHORT and not column.long:
            return f"Field '{name}' takes at most {SHORT} characters"
        if column.choices and value not in column.choices:
            return f"Field '{name}' takes one of its choices"
    return None
