"""How people are called where names must not stand: rank and collar number."""

from storage.tables import Person


def number_or_name(person: Person) -> str:
    """`9187`; the name of somebody for whom the directory has no collar number."""
    return person.collar_number or person.display_name


def called(person: Person | None) -> str:
    """`PC 9187`, or `nobody` where there is nobody."""
    return f"{person.rank} {number_or_name(person)}" if person else "nobody"
