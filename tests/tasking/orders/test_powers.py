"""The lines about powers and entry: one for each type of order, and none that is not true."""

from datetime import timedelta

import pytest

from storage.enums import OrderType
from tasking.orders.powers import POWERS, TABLE_DATE, power_on_breach, powers_reminder
from tasking.policy import Policy


@pytest.mark.parametrize("kind", OrderType)
def test_every_type_has_a_line_a_section_and_a_line_about_entry(kind: OrderType) -> None:
    power = power_on_breach(kind)
    assert power.words
    assert power.section
    assert power.entry.startswith("No entry just to check. Life or limb: s.17(1)(e) PACE")


@pytest.mark.parametrize("kind", OrderType)
def test_no_line_denies_a_power_that_there_is(kind: OrderType) -> None:
    power = power_on_breach(kind)
    assert "no power of entry" not in power.entry.casefold()
    assert "no arrest" not in power.words.casefold()


def test_a_civil_breach_says_that_there_is_no_charge() -> None:
    assert all("no charge, no police bail" in POWERS[kind].words for kind in (OrderType.DVPN, OrderType.DVPO))


def test_bail_gives_entry_to_arrest() -> None:
    assert "s.17" in POWERS[OrderType.PRE_CHARGE_BAIL].entry.split("PACE", 1)[1]


def test_the_force_is_reminded_until_it_has_approved_the_table_as_it_is() -> None:
    policy = Policy(districts=(), groups=())
    before = policy.model_copy(update={"powers_approved_on": TABLE_DATE - timedelta(days=1)})
    approved = policy.model_copy(update={"powers_approved_on": TABLE_DATE})
    assert "wait for your legal services" in powers_reminder(policy)
    assert "wait for your legal services" in powers_reminder(before)
    assert powers_reminder(approved) == ""
