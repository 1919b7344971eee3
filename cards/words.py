"""The words for the enumerations, in UK English; never "compliant" and never "safe"."""

from cards.escaping import escape
from storage.enums import (
    SENT_BACK,
    DisruptionType,
    OrderStatus,
    OrderType,
    OutcomeState,
    Rank,
    RecordsRoute,
    TaskKind,
    TaskState,
    VisitKind,
)
from storage.tables import Outcome, Person, ProtectiveOrder, Task
from tasking.naming import number_or_name
from tasking.orders.powers import power_on_breach
from tasking.work.outcome_rules import was_given_up
from tasking.work.outcome_table import declared

RADIO_FIRST = "Radio first. Nobody watches RedLine."
NOT_RECORDED = f"{RADIO_FIRST} This was NOT recorded."
CANNOT_SAVE = "RedLine cannot save just now."
NOT_SAVED = f"NOT recorded. {CANNOT_SAVE} Radio if it is urgent; try again in a minute."
BREACH_NOT_SAVED = f"{NOT_RECORDED} {CANNOT_SAVE} Try again in a minute."
_LOOK_FIRST = (
    "RedLine cannot say whether it was recorded: look at the task in a minute, before you do it again."
)
UNCLEAR = f"{_LOOK_FIRST} Radio if it is urgent."
BREACH_UNCLEAR = f"{RADIO_FIRST} {_LOOK_FIRST}"
NOT_ON_ATHENA = "NOT on Athena: key it by hand"
NEUTRAL_HINT = "Say what you saw and heard. No opinions."

_VISITS = {
    VisitKind.PERPETRATOR_CHECK: "Order check",
    VisitKind.EXCLUDED_ADDRESS_CHECK: "Excluded address check",
    VisitKind.PROTECTED_PERSON_CONTACT: "Protected person contact",
}
_DISRUPTIONS = {
    DisruptionType.ARREST: "Arrest",
    DisruptionType.WARRANT: "Warrant",
    DisruptionType.BAIL_CHECK: "Bail check",
    DisruptionType.CURFEW_CHECK: "Curfew check",
    DisruptionType.CIVIL_ORDER: "Civil order",
    DisruptionType.ASB_POWER: "ASB power",
    DisruptionType.CLOSURE: "Closure",
    DisruptionType.ANPR_MARKER: "ANPR marker",
    DisruptionType.VEHICLE: "Vehicle",
    DisruptionType.LICENSING: "Licensing",
    DisruptionType.FIREARMS_LICENCE: "Firearms licence",
    DisruptionType.HOUSING: "Housing",
    DisruptionType.BENEFITS_REFERRAL: "Benefits referral",
    DisruptionType.PROBATION_RECALL_REQUEST: "Probation recall request",
    DisruptionType.INTELLIGENCE: "Intelligence",
    DisruptionType.DVDS: "Disclosure scheme (DVDS)",
    DisruptionType.SAFEGUARDING_REFERRAL: "Safeguarding referral",
    DisruptionType.PERPETRATOR_PROGRAMME: "Perpetrator programme",
    DisruptionType.OTHER: "Other disruption",
}
_STATES = {
    TaskState.UNALLOCATED: "Unallocated",
    TaskState.ASSIGNED: "Assigned, not yet accepted",
    TaskState.ACCEPTED: "Accepted",
    TaskState.DONE: "Done",
    TaskState.CANCELLED: "Cancelled",
}
_STATUSES = {
    OrderStatus.DRAFT: "Draft",
    OrderStatus.AUTHORISED: "Authorised",
    OrderStatus.SERVED: "Served",
    OrderStatus.HEARING_LISTED: "Hearing listed",
    OrderStatus.ADJOURNED: "Adjourned",
    OrderStatus.IN_FORCE: "In force",
    OrderStatus.EXPIRED: "Expired",
    OrderStatus.REFUSED: "Refused",
    OrderStatus.WITHDRAWN: "Withdrawn",
    OrderStatus.DISCHARGED: "Discharged",
}
_ORDER_TYPES = {
    OrderType.NMO: "Non-molestation order",
    OrderType.OCCUPATION_ORDER: "Occupation order",
    OrderType.RESTRAINING_ORDER: "Restraining order",
    OrderType.CLOSURE_NOTICE: "Closure notice",
    OrderType.CLOSURE_ORDER: "Closure order",
    OrderType.ASB_INJUNCTION: "ASB injunction",
    OrderType.UNDERTAKING: "Undertaking",
    OrderType.PRE_CHARGE_BAIL: "Pre-charge bail",
    OrderType.COURT_BAIL: "Court bail",
}
_RECORDS = {
    OutcomeState.AWAITING_SIGNATURE: "Waits for a second signature, then RedLine sends it: don't re-key",
    OutcomeState.TO_HAND_OVER: "RedLine sends this to Athena: don't re-key",
    OutcomeState.HANDED_OVER: "RedLine sent this to the Athena desk: don't re-key",
    OutcomeState.WITHDRAWN: "Taken back: nothing goes to Athena",
}


def outcome_words(code: str) -> str:
    """ "Seen, nothing to suggest a breach"."""
    return declared(code).words


def disruption_words(kind: DisruptionType) -> str:
    """ "ANPR marker"."""
    return _DISRUPTIONS[kind]


def kind_words(task: Task) -> str:
    """What sort of task it is: "Order check", "Warrant", "Action"."""
    if task.kind is TaskKind.COMPLIANCE_VISIT:
        return _VISITS[task.visit_kind or VisitKind.PERPETRATOR_CHECK]
    if task.kind is TaskKind.DISRUPTION_ACTION:
        return _DISRUPTIONS[task.disruption_type or DisruptionType.OTHER]
    return "Action"


def state_words(state: TaskState) -> str:
    """ "Assigned, not yet accepted"."""
    return _STATES[state]


def status_words(status: OrderStatus) -> str:
    """ "Hearing listed"."""
    return _STATUSES[status]


def order_type_words(kind: OrderType) -> str:
    """ "Non-molestation order"; officers say the others by their letters."""
    return _ORDER_TYPES.get(kind, kind.value)


def person_words(person: Person) -> str:
    """ "PC 1187": rank and collar number; a name only where the directory has no number."""
    rank = "Staff" if person.rank is Rank.STAFF else person.rank.value
    return f"{rank} {escape(number_or_name(person), 60)}"


def arrest_words(order: ProtectiveOrder) -> str:
    """What an officer may do about a breach of this order."""
    return power_on_breach(order.order_type).words


def entry_words(order: ProtectiveOrder) -> str:
    """What an officer may do about entering: never more than the law gives, never "no power"."""
    return power_on_breach(order.order_type).entry


def records_words(outcome: Outcome, desk_hours: str = "") -> str:
    """Where an outcome stands on its way to Athena, and who keys it."""
    if outcome.athena_ref:
        return f"Recorded on Athena: {escape(outcome.athena_ref, 60)}"
    if outcome.state in SENT_BACK:
        return _sent_back(outcome)
    if outcome.state is OutcomeState.RECORDED:
        return "Recorded on Athena"
    if was_given_up(outcome):
        return NOT_ON_ATHENA
    if outcome.route is RecordsRoute.KEYED_BY_HAND and outcome.state is not OutcomeState.WITHDRAWN:
        return "Put this on Athena yourself"
    words = _RECORDS.get(outcome.state, "Recorded on Athena")
    waits = outcome.state is OutcomeState.HANDED_OVER and desk_hours
    return f"{words}. The desk works {escape(desk_hours, 80)}" if waits else words


def _sent_back(outcome: Outcome) -> str:
    verb = "rejected" if outcome.state is OutcomeState.REJECTED else "returned"
    reason = escape(outcome.desk_reason, 300) or "no reason given"
    return f"The Athena desk {verb} this: {reason}"


def ordinal(number: int) -> str:
    """ "2nd"."""
    last = number % 10 if number % 100 not in (11, 12, 13) else 0
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"
