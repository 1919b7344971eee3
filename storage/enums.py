"""The field's own words: every enumeration that rows, rules and cards share (`domain.md`)."""

from enum import StrEnum


class OrderType(StrEnum):
    """Protective orders and notices; people see the value in a reference (`DVPO-3`)."""

    DVPN = "DVPN"
    DVPO = "DVPO"
    DAPN = "DAPN"
    DAPO = "DAPO"
    NMO = "NMO"
    OCCUPATION_ORDER = "OCCUPATION_ORDER"
    RESTRAINING_ORDER = "RESTRAINING_ORDER"
    SPO = "SPO"
    SHPO = "SHPO"
    SRO = "SRO"
    VOO = "VOO"
    CBO = "CBO"
    STPO = "STPO"
    STRO = "STRO"
    FMPO = "FMPO"
    FGMPO = "FGMPO"
    CPN = "CPN"
    CLOSURE_NOTICE = "CLOSURE_NOTICE"
    CLOSURE_ORDER = "CLOSURE_ORDER"
    ASB_INJUNCTION = "ASB_INJUNCTION"
    UNDERTAKING = "UNDERTAKING"
    PRE_CHARGE_BAIL = "PRE_CHARGE_BAIL"
    COURT_BAIL = "COURT_BAIL"


class OrderStatus(StrEnum):
    """Where an order stands, from draft to its end."""

    DRAFT = "DRAFT"
    AUTHORISED = "AUTHORISED"
    SERVED = "SERVED"
    HEARING_LISTED = "HEARING_LISTED"
    ADJOURNED = "ADJOURNED"
    IN_FORCE = "IN_FORCE"
    EXPIRED = "EXPIRED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    DISCHARGED = "DISCHARGED"


class ConditionType(StrEnum):
    """What an order forbids or requires."""

    NO_MOLESTATION = "NO_MOLESTATION"
    NO_CONTACT = "NO_CONTACT"
    NO_EVICTION = "NO_EVICTION"
    NOT_ENTER = "NOT_ENTER"
    LEAVE_PREMISES = "LEAVE_PREMISES"
    DISTANCE = "DISTANCE"
    RESIDE = "RESIDE"
    NOTIFY = "NOTIFY"
    PROGRAMME = "PROGRAMME"
    TAG = "TAG"


class TaskKind(StrEnum):
    """What a task asks an officer to do."""

    COMPLIANCE_VISIT = "COMPLIANCE_VISIT"
    DISRUPTION_ACTION = "DISRUPTION_ACTION"
    GENERAL_ACTION = "GENERAL_ACTION"


class VisitKind(StrEnum):
    """Whom a compliance visit sees; the last two can put a victim in danger and need a safe-contact plan."""

    PERPETRATOR_CHECK = "PERPETRATOR_CHECK"
    EXCLUDED_ADDRESS_CHECK = "EXCLUDED_ADDRESS_CHECK"
    PROTECTED_PERSON_CONTACT = "PROTECTED_PERSON_CONTACT"


class DisruptionType(StrEnum):
    """Lawful disruption of a subject."""

    ARREST = "ARREST"
    WARRANT = "WARRANT"
    BAIL_CHECK = "BAIL_CHECK"
    CURFEW_CHECK = "CURFEW_CHECK"
    CIVIL_ORDER = "CIVIL_ORDER"
    ASB_POWER = "ASB_POWER"
    CLOSURE = "CLOSURE"
    ANPR_MARKER = "ANPR_MARKER"
    VEHICLE = "VEHICLE"
    LICENSING = "LICENSING"
    FIREARMS_LICENCE = "FIREARMS_LICENCE"
    HOUSING = "HOUSING"
    BENEFITS_REFERRAL = "BENEFITS_REFERRAL"
    PROBATION_RECALL_REQUEST = "PROBATION_RECALL_REQUEST"
    INTELLIGENCE = "INTELLIGENCE"
    DVDS = "DVDS"
    SAFEGUARDING_REFERRAL = "SAFEGUARDING_REFERRAL"
    PERPETRATOR_PROGRAMME = "PERPETRATOR_PROGRAMME"
    OTHER = "OTHER"


class TaskState(StrEnum):
    """The lifecycle of a task; overdue is derived from `due_at`, never stored."""

    UNALLOCATED = "UNALLOCATED"
    ASSIGNED = "ASSIGNED"
    ACCEPTED = "ACCEPTED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


OPEN_STATES = (TaskState.UNALLOCATED, TaskState.ASSIGNED, TaskState.ACCEPTED)
"""Of a task that is to be done."""


class OutcomeState(StrEnum):
    """The way of an outcome to the records system."""

    AWAITING_SIGNATURE = "AWAITING_SIGNATURE"
    TO_HAND_OVER = "TO_HAND_OVER"
    HANDED_OVER = "HANDED_OVER"
    RECORDED = "RECORDED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    WITHDRAWN = "WITHDRAWN"
    KEYED_BY_HAND = "KEYED_BY_HAND"


SENT_BACK = (OutcomeState.REJECTED, OutcomeState.RETURNED)
"""Of an outcome that the records desk sent back."""


class OutcomeCode(StrEnum):
    """The results that `tasking.work.outcome_table` declares. Rows hold the text: a room may bring others."""

    SEEN_NO_CONCERN = "SEEN_NO_CONCERN"
    NO_ANSWER = "NO_ANSWER"
    WOULD_NOT_ENGAGE = "WOULD_NOT_ENGAGE"
    BREACH_SUSPECTED = "BREACH_SUSPECTED"
    ARRESTED = "ARRESTED"
    NOT_LIVING_HERE = "NOT_LIVING_HERE"
    IN_CUSTODY_PRISON_HOSPITAL = "IN_CUSTODY_PRISON_HOSPITAL"
    SEEN_OTHER_CONCERN = "SEEN_OTHER_CONCERN"
    SAID_TO_BE_OUT = "SAID_TO_BE_OUT"
    NO_ACCESS = "NO_ACCESS"
    SEEN_ELSEWHERE = "SEEN_ELSEWHERE"
    DECEASED = "DECEASED"
    NOT_ATTEMPTED = "NOT_ATTEMPTED"
    SPOKE_ALONE_NO_CONCERNS = "SPOKE_ALONE_NO_CONCERNS"
    SPOKE_NOT_ALONE = "SPOKE_NOT_ALONE"
    CONCERNS = "CONCERNS"
    NO_REPLY = "NO_REPLY"
    ASKED_US_NOT_TO_COME = "ASKED_US_NOT_TO_COME"
    MOVED_OR_NEW_NUMBER = "MOVED_OR_NEW_NUMBER"
    ACHIEVED = "ACHIEVED"
    PARTIAL = "PARTIAL"
    NO_EFFECT = "NO_EFFECT"
    NOT_POSSIBLE = "NOT_POSSIBLE"
    DONE = "DONE"
    PARTLY_DONE = "PARTLY_DONE"


class HeldAnswer(StrEnum):
    """What its officer said of a message that was held for its words of danger."""

    BREACH = "BREACH"
    CONCERN = "CONCERN"
    AS_TYPED = "AS_TYPED"
    NOTE = "NOTE"
    RECORDED_MEANWHILE = "RECORDED_MEANWHILE"


class RecordsRoute(StrEnum):
    """Who puts an outcome on the records system, by policy."""

    REDLINE_SENDS = "REDLINE_SENDS"
    KEYED_BY_HAND = "KEYED_BY_HAND"


class RecordsState(StrEnum):
    """The State column of the records list, as the records desk sees and sets it."""

    WAITING = "Waiting"
    RECORDED = "Recorded"
    REJECTED = "Rejected"
    RETURNED = "Returned"


class Rank(StrEnum):
    """Police ranks, and STAFF for those without one."""

    PC = "PC"
    PS = "PS"
    INSP = "INSP"
    CHINSP = "CHINSP"
    SUPT = "SUPT"
    CHSUPT = "CHSUPT"
    STAFF = "STAFF"


class Skill(StrEnum):
    """What an officer brings (the practice's advice on building the team)."""

    CIVIL_ORDERS = "CIVIL_ORDERS"
    ASB_POWERS = "ASB_POWERS"
    INVESTIGATION = "INVESTIGATION"
    TACTICS = "TACTICS"
    PROBLEM_SOLVING = "PROBLEM_SOLVING"


class Role(StrEnum):
    """What a person may do in a district; drawn from Entra groups through policy."""

    NEIGHBOURHOOD_OFFICER = "NEIGHBOURHOOD_OFFICER"
    SUPERVISOR = "SUPERVISOR"
    LEAD_INSPECTOR = "LEAD_INSPECTOR"
    CHAIR = "CHAIR"
    ANALYST = "ANALYST"
    SAFEGUARDING = "SAFEGUARDING"
    DISTRICT_CRIME = "DISTRICT_CRIME"
    LEGAL = "LEGAL"
    PARTNER = "PARTNER"
    AUDITOR = "AUDITOR"
    ADMIN = "ADMIN"


class RiskLevel(StrEnum):
    """DASH / DARA level; separate from the RFG score."""

    STANDARD = "STANDARD"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class AuditOperation(StrEnum):
    """Kinds of processing that must be logged: Data Protection Act 2018 s.62."""

    COLLECTION = "COLLECTION"
    ALTERATION = "ALTERATION"
    CONSULTATION = "CONSULTATION"
    DISCLOSURE = "DISCLOSURE"
    COMBINATION = "COMBINATION"
    ERASURE = "ERASURE"


class OutboxKind(StrEnum):
    """Every outward effect: a card posted, a card updated, an outcome handed over."""

    POST_CARD = "POST_CARD"
    UPDATE_CARD = "UPDATE_CARD"
    HAND_OVER = "HAND_OVER"


class OutboxState(StrEnum):
    """Where an outward effect stands; PARKED ones wait for a person."""

    WAITING = "WAITING"
    SENDING = "SENDING"
    DONE = "DONE"
    PARKED = "PARKED"


class ConversationKind(StrEnum):
    """Where a card can be posted."""

    PERSONAL = "PERSONAL"
    CHANNEL = "CHANNEL"
