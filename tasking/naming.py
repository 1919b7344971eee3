"""How people are called where names must not stand: rank and collar number."""

from storage.tables import Person


def called(person: Person | None) -> str:
    """`PC 9187`, or `nobody` where there is nobody."""
    return f"{person.rank} {person.collar_number}" if person else "nobody"
