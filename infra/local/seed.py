"""Fills an empty local database with plainly fictional subjects, orders and people, once."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from sqlalchemy import func, select

from infra.local.people import CONSTABLE, GROUPS, PEOPLE, SERGEANT
from storage.enums import ConditionType, OrderStatus, OrderType
from storage.rows import add, table_of
from storage.tables import OrderCondition, ProtectiveOrder, Subject, SubjectAccess
from tasking.people.directory import store_snapshot
from tasking.ports import DirectoryPerson, DirectorySnapshot
from tasking.unit_of_work import UnitOfWork
from tasking.when.local_time import LONDON, london

_NAMESPACE = UUID("00000000-0000-4000-8000-00000000feed")


def seed(uow: UnitOfWork) -> bool:
    """Add the fictional district unless something is there already; returns whether anything was added."""
    if uow.connection.execute(select(func.count()).select_from(table_of(Subject))).scalar_one():
        return False
    store_snapshot(uow, directory_snapshot())
    add(uow.connection, *_subjects())
    add(uow.connection, SubjectAccess(subject_id=_id("S-04"), entra_id=SERGEANT.entra_id))
    orders = _orders(uow.now)
    add(uow.connection, *orders)
    for order in orders:
        add(uow.connection, *_conditions(order))
    return True


def directory_snapshot() -> DirectorySnapshot:
    """The fictional people as the directory would give them."""
    people = [
        DirectoryPerson(p.entra_id, p.name, p.collar_number, True)
        for p in PEOPLE
        if any(p in members for _, members in GROUPS.values())
    ]
    members = {group: frozenset(p.entra_id for p in members) for group, (_, members) in GROUPS.items()}
    return DirectorySnapshot(people, members)


def _id(name: str) -> UUID:
    return uuid5(_NAMESPACE, name)


def _subjects() -> list[Subject]:
    return [
        Subject(
            id=_id("S-01"),
            number=1,
            ref="S-01",
            district_id="north",
            card_name="J. EXAMPLE",
            address_line="14 Imaginary Lane, rear door",
            warnings=["Knife", "dog", "DOUBLE-CREW"],
            briefing="Fictional. Denied entry twice last month. Dog is loose in the yard. Park out of sight.",
            lead_officer_id=CONSTABLE.entra_id,
        ),
        Subject(
            id=_id("S-02"),
            number=2,
            ref="S-02",
            district_id="north",
            card_name="K. SPECIMEN",
            address_line="2 Pretend Court, flat 3",
            warnings=["Self-harm marker"],
            briefing="Fictional. Usually in after 18:00. Works nights at weekends.",
            lead_officer_id=CONSTABLE.entra_id,
        ),
        Subject(
            id=_id("S-03"),
            number=3,
            ref="S-03",
            district_id="south",
            card_name="L. PLACEHOLDER",
            address_line="9 Notional Road",
            warnings=[],
            briefing="Fictional. Lives with his brother.",
        ),
        Subject(
            id=_id("S-04"),
            number=4,
            ref="S-04",
            district_id="north",
            card_name="M. RESERVED",
            address_line="1 Undisclosed Street",
            warnings=["DOUBLE-CREW"],
            briefing="Fictional. Restricted: named people only.",
            restricted=True,
        ),
    ]


def _orders(now: datetime) -> list[ProtectiveOrder]:
    today = london(now).date()
    return [
        ProtectiveOrder(
            id=_id("DVPO-3"),
            ref="DVPO-3",
            order_type=OrderType.DVPO,
            district_id="north",
            subject_id=_id("S-01"),
            status=OrderStatus.IN_FORCE,
            made_on=today - timedelta(days=6),
            served_at=_at(today - timedelta(days=6), 15),
            served_how="In person, at court",
            last_day=today + timedelta(days=21),
            document_key="orders/DVPO-3.pdf",
        ),
        ProtectiveOrder(
            id=_id("DVPN-4"),
            ref="DVPN-4",
            order_type=OrderType.DVPN,
            district_id="north",
            subject_id=_id("S-02"),
            status=OrderStatus.AUTHORISED,
            document_key="orders/DVPN-4.pdf",
        ),
        ProtectiveOrder(
            id=_id("NMO-2"),
            ref="NMO-2",
            order_type=OrderType.NMO,
            district_id="south",
            subject_id=_id("S-03"),
            status=OrderStatus.IN_FORCE,
            made_on=today - timedelta(days=30),
            served_at=_at(today - timedelta(days=29), 11),
            served_how="By a process server",
            last_day=today + timedelta(days=150),
        ),
    ]


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), LONDON).astimezone(UTC)


def _conditions(order: ProtectiveOrder) -> list[OrderCondition]:
    rows = (
        (
            ConditionType.NO_CONTACT,
            "No contact",
            "must not contact the protected person by any means",
        ),
        (ConditionType.NOT_ENTER, "no entry", "must not enter the premises named in the schedule"),
        (ConditionType.DISTANCE, "100 m", "must not come within 100 metres of those premises"),
    )
    return [
        OrderCondition(
            id=_id(f"{order.ref}-{position}"),
            order_id=order.id,
            position=position,
            condition_type=kind,
            short_form=short,
            exact_wording=f"The respondent {wording}. (Invented wording.)",
        )
        for position, (kind, short, wording) in enumerate(rows, start=1)
    ]
