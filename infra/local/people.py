"""The plainly fictional people and places of a local run: two districts, eight people, nobody real."""

from dataclasses import dataclass

TENANT = "00000000-0000-4000-8000-00000000f0f0"
BOT_ID = "28:redline-local"
BOT_NAME = "RedLine"

NORTH_TEAM = "19:fictional-north-team@thread.tacv2"
NORTH_CHANNEL = "19:fictional-north-redline@thread.tacv2"
SOUTH_TEAM = "19:fictional-south-team@thread.tacv2"
SOUTH_CHANNEL = "19:fictional-south-redline@thread.tacv2"


@dataclass(frozen=True)
class FictionalPerson:
    """Somebody invented, with the ids that Entra and Teams would give them."""

    number: int
    name: str
    collar_number: str

    @property
    def entra_id(self) -> str:
        """Their Entra object id."""
        return f"00000000-0000-4000-8000-{self.number:012d}"

    @property
    def teams_id(self) -> str:
        """Their Teams id."""
        return f"29:fictional-{self.number}"


SERGEANT = FictionalPerson(1, "Sam Sergeant (fictional)", "9001")
CONSTABLE = FictionalPerson(2, "Casey Constable (fictional)", "9187")
SECOND_CONSTABLE = FictionalPerson(3, "Robin Rota (fictional)", "9188")
INSPECTOR = FictionalPerson(4, "Indra Inspector (fictional)", "9400")
ANALYST = FictionalPerson(5, "Alex Analyst (fictional)", "S9500")
SOUTH_SERGEANT = FictionalPerson(6, "Toni Tasker (fictional)", "9601")
SOUTH_CONSTABLE = FictionalPerson(7, "Pat Patrol (fictional)", "9687")
OUTSIDER = FictionalPerson(8, "Ola Outsider (fictional)", "9999")

PEOPLE = (
    SERGEANT,
    CONSTABLE,
    SECOND_CONSTABLE,
    INSPECTOR,
    ANALYST,
    SOUTH_SERGEANT,
    SOUTH_CONSTABLE,
    OUTSIDER,
)


def group_id(letter_and_digit: str) -> str:
    """An Entra group id of the local policy: `a1` is the North team's officers."""
    return f"00000000-0000-4000-8000-0000000000{letter_and_digit}"


GROUPS: dict[str, tuple[str, tuple[FictionalPerson, ...]]] = {
    group_id("a1"): ("RedLine North officers", (CONSTABLE, SECOND_CONSTABLE)),
    group_id("a2"): ("RedLine North supervisors", (SERGEANT,)),
    group_id("a3"): ("RedLine North lead inspector", (INSPECTOR,)),
    group_id("a4"): ("RedLine North analysts", (ANALYST,)),
    group_id("b1"): ("RedLine South officers", (SOUTH_CONSTABLE,)),
    group_id("b2"): ("RedLine South supervisors", (SOUTH_SERGEANT,)),
}
"""Group id -> name and members. Ola Outsider is in none: for trying what somebody sees who is not set up."""
