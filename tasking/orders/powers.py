"""What an officer may do about a breach, and about entering, in one line for each type of order.

Source: `domain.md`, "Powers on a breach" and "Entry". The force's own legal services approve this table
before it goes live; `check-config` says so until the policy gives the day (`powers_approved_on`).
"""

from dataclasses import dataclass, replace
from datetime import date

from storage.enums import OrderType
from tasking.policy import Policy

TABLE_DATE = date(2026, 11, 26)
"""When the table was last written."""
_OFFENCE = "an offence: arrest s.24 PACE if necessary"
_CIVIL = "civil: no charge, no police bail"
_ENTRY = "No entry just to check. Life or limb: s.17(1)(e) PACE"
_UNSERVED = "NOT SERVED, radio before you act. There may be no power of arrest"
_UNSERVED_NMO = (
    "NOT SERVED, radio before you act. Does the subject know of it? If so, a breach is an offence, "
    "s.42A(2) FLA 1996"
)
_ENTRY_FOR_OFFENCE = f"{_ENTRY}. To arrest for an indictable offence: s.17(1)(b)"
_ENTRY_FOR_BAIL = f"{_ENTRY}. To arrest for the bail: s.17"


@dataclass(frozen=True)
class Power:
    """The words for one type of order; `section` is where they come from."""

    words: str
    section: str
    entry: str = _ENTRY
    unserved: str = _UNSERVED
    """What a breach means before the order is served."""


def _offence(section: str) -> Power:
    return Power(f"{_OFFENCE}, {section}", section, _ENTRY_FOR_OFFENCE)


POWERS: dict[OrderType, Power] = {
    OrderType.DVPN: Power(f"arrest s.25(1)(b) CSA 2010; {_CIVIL}", "Crime and Security Act 2010 s.25(1)(b)"),
    OrderType.DVPO: Power(f"arrest s.28(9) CSA 2010; {_CIVIL}", "Crime and Security Act 2010 s.28(9)"),
    OrderType.DAPN: Power("arrest s.26 DA Act 2021", "Domestic Abuse Act 2021 s.26"),
    OrderType.DAPO: _offence("s.39 DA Act 2021"),
    OrderType.NMO: replace(_offence("s.42A FLA 1996"), unserved=_UNSERVED_NMO),
    OrderType.RESTRAINING_ORDER: _offence("s.363 Sentencing Act 2020"),
    OrderType.SPO: _offence("s.8 SPA 2019"),
    OrderType.SHPO: _offence("s.354 Sentencing Act 2020"),
    OrderType.CBO: _offence("s.339 Sentencing Act 2020"),
    OrderType.OCCUPATION_ORDER: Power(
        "with a power of arrest attached: arrest s.47(6) FLA 1996", "Family Law Act 1996 s.47(6)"
    ),
    OrderType.ASB_INJUNCTION: Power(
        "with a power of arrest attached: arrest s.9 ASBCPA 2014, tell the applicant", "ASBCPA 2014 s.9"
    ),
    OrderType.PRE_CHARGE_BAIL: Power(
        "arrest s.46A(1A) PACE; the breach itself is no offence", "PACE 1984 s.46A(1A)", _ENTRY_FOR_BAIL
    ),
    OrderType.COURT_BAIL: Power(
        "arrest s.7(3) Bail Act 1976; the breach itself is no offence",
        "Bail Act 1976 s.7(3)",
        _ENTRY_FOR_BAIL,
    ),
    OrderType.UNDERTAKING: Power(
        "no power for the undertaking itself; consider the offence that the facts show",
        "Family Law Act 1996 s.46",
    ),
}
_ANY_OTHER = Power(_OFFENCE, "PACE 1984 s.24", _ENTRY_FOR_OFFENCE)


def power_on_breach(kind: OrderType) -> Power:
    """What may be done about a breach of an order of this type; without a row, it is a criminal offence."""
    return POWERS.get(kind, _ANY_OTHER)


def powers_reminder(policy: Policy) -> str:
    """What `check-config` says until the force has approved the table as it was last written."""
    approved = policy.powers_approved_on
    if approved and approved >= TABLE_DATE:
        return ""
    return (
        f"The lines about powers and entry (of {TABLE_DATE:%d %B %Y}) wait for your legal services: "
        "set powers_approved_on in the policy once they are approved."
    )
