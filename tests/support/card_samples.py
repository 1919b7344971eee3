"""Sample views and a card of every sort, drawn from plainly fictional people and orders."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from cards.answers import (
    help_card,
    message_card,
    not_set_up_card,
    typed_again_card,
    wrong_channel_card,
)
from cards.reports import board_card
from cards.watch import brake_notice, not_served_notice
from cards.work.again import OfficersForm, form_again
from cards.work.breach import breach_check_card
from cards.work.briefing import briefing_card, order_copy_card
from cards.work.company import it_may_be_them_card, who_was_it_card
from cards.work.confirmation import confirmation_card
from cards.work.decision import decision_card
from cards.work.done import correction_card
from cards.work.forms import assign_form, cancel_form, extend_form, reassign_form
from cards.work.held import (
    call_notice,
    cry_card,
    held_card,
    held_notice,
    more_card,
    recorded_line_card,
)
from cards.work.lists import (
    order_list_card,
    reminder_card,
    supervision_card,
    task_list_card,
)
from cards.work.more_payloads import AddNote, CantDo, MoreTime, RecordOther
from cards.work.notices import (
    breach_notice,
    given_back_notice,
    more_time_request_card,
    no_longer_shown_card,
    no_longer_yours_card,
    sent_back_notice,
    unallocated_notice,
)
from cards.work.officer import officer_card, taken_back_card
from cards.work.putting_down import alarm_change_card, put_down_check_card
from cards.work.result_payloads import CheckBreach, RecordOutcome
from cards.work.results import result_notice
from storage.enums import (
    ConditionType,
    DisruptionType,
    HeldAnswer,
    OrderStatus,
    OrderType,
    OutcomeCode,
    OutcomeState,
    Rank,
    RecordsRoute,
    TaskKind,
    TaskState,
    VisitKind,
)
from storage.tables import (
    CallForHelp,
    HeldMessage,
    OrderCondition,
    Outcome,
    Person,
    ProtectiveOrder,
    Subject,
    Task,
)
from tasking.permissions import Act
from tasking.ports import Card
from tasking.views import (
    AlarmChangeView,
    AssignFormView,
    BoardView,
    BrakeView,
    BriefingView,
    CallView,
    Choice,
    CorrectedAlarm,
    DecisionView,
    DueTask,
    HeldNoticeView,
    HelpLine,
    HelpView,
    OrderCopyView,
    OrderLine,
    OrderListView,
    PutDownView,
    ReadBackView,
    Remark,
    ReminderView,
    SupervisorFormView,
    TaskLine,
    TaskListView,
    TaskView,
)

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
DUE = datetime(2026, 3, 12, 22, 0, tzinfo=UTC)
ALL_ACTS = frozenset(Act)
OFFICER_ID = "00000000-0000-4000-8000-000000001187"

CANARY_NAME = "J. EXAMPLE"
CANARY_ADDRESS = "14 Mill Lane"
CANARY_NOTE = "Ring twice, rear door"
CANARY_WORDING = "must not enter any place where the invented person lives"
CANARY_BRIEFING = "Once threatened an imaginary neighbour"
CANARY_OFFICER = "Casey Constable"
CANARIES = (
    CANARY_NAME,
    CANARY_ADDRESS,
    CANARY_NOTE,
    CANARY_WORDING,
    CANARY_BRIEFING,
    CANARY_OFFICER,
    "Knife",
    "No contact",
)
_BOARD_LINES = ("now_lines", "cover_lines", "order_lines", "athena_lines")
HOSTILE = (
    "**bold** _it_ `code` [tap](https://evil.example/x) <at>Everyone</at> www.evil.example "
    "{{DATE(2026-01-01)}} &lt;at&gt; \u202egnp.exe\u202c \x07bell # x " + "W" * 10_000
)


def person(collar: str = "1187", rank: Rank = Rank.PC) -> Person:
    return Person(entra_id=OFFICER_ID, display_name=CANARY_OFFICER, collar_number=collar, rank=rank)


def subject(**changes: Any) -> Subject:
    return Subject(
        **{
            "number": 7,
            "ref": "S-07",
            "district_id": "north",
            "card_name": CANARY_NAME,
            "address_line": f"{CANARY_ADDRESS}, rear door",
            "warnings": ["Knife", "dog", "DOUBLE-CREW"],
            "briefing": f"{CANARY_BRIEFING}.\nWorks nights at the made-up bakery.",
            **changes,
        }
    )


def order(**changes: Any) -> ProtectiveOrder:
    return ProtectiveOrder(
        **{
            "ref": "DVPO-3",
            "order_type": OrderType.DVPO,
            "district_id": "north",
            "subject_id": UUID(int=7),
            "status": OrderStatus.IN_FORCE,
            "made_on": date(2026, 3, 10),
            "served_at": datetime(2026, 3, 10, 16, 0, tzinfo=UTC),
            "last_day": date(2026, 4, 6),
            "document_key": "orders/dvpo-3.pdf",
            **changes,
        }
    )


def conditions(wording: str = f"The respondent {CANARY_WORDING}.") -> tuple[OrderCondition, ...]:
    short = {
        ConditionType.NO_CONTACT: "No contact",
        ConditionType.NOT_ENTER: "no entry",
        ConditionType.DISTANCE: "100 m",
    }
    return tuple(
        OrderCondition(
            order_id=UUID(int=3), position=at, condition_type=kind, exact_wording=wording, short_form=words
        )
        for at, (kind, words) in enumerate(short.items())
    )


def task(**changes: Any) -> Task:
    return Task(
        **{
            "number": 1042,
            "ref": "T-1042",
            "district_id": "north",
            "kind": TaskKind.COMPLIANCE_VISIT,
            "visit_kind": VisitKind.PERPETRATOR_CHECK,
            "state": TaskState.ASSIGNED,
            "owner_id": OFFICER_ID,
            "supervisor_id": "00000000-0000-4000-8000-000000000088",
            "due_at": DUE,
            "created_at": NOW,
            "state_changed_at": NOW,
            **changes,
        }
    )


def contact_visit(**changes: Any) -> Task:
    return task(visit_kind=VisitKind.PROTECTED_PERSON_CONTACT, **changes)


def disruption(kind: DisruptionType = DisruptionType.WARRANT, **changes: Any) -> Task:
    return task(kind=TaskKind.DISRUPTION_ACTION, visit_kind=None, disruption_type=kind, **changes)


def action(**changes: Any) -> Task:
    words = {"title": "Take the spare key back to the made-up bakery", **changes}
    return task(kind=TaskKind.GENERAL_ACTION, visit_kind=None, **words)


def outcome(**changes: Any) -> Outcome:
    return Outcome(
        **{
            "id": UUID(int=99),
            "task_id": UUID(int=42),
            "district_id": "north",
            "code": OutcomeCode.NO_ANSWER,
            "happened_at": NOW,
            "recorded_at": NOW,
            "officer_id": OFFICER_ID,
            "state": OutcomeState.TO_HAND_OVER,
            "route": RecordsRoute.REDLINE_SENDS,
            "hand_over_after": NOW + timedelta(minutes=10),
            **changes,
        }
    )


def view(**changes: Any) -> TaskView:
    """A visit in the officer's hands, with everything around it filled in."""
    return TaskView(
        **{
            "task": task(),
            "now": NOW,
            "owner": person(),
            "supervisor": person("88", Rank.PS),
            "subject": subject(),
            "order": order(),
            "conditions": conditions(),
            "lead_officer": person(),
            "last_visit": outcome(happened_at=datetime(2026, 3, 11, 15, 10, tzinfo=UTC)),
            "attempts_in_a_row": 2,
            "may": ALL_ACTS,
            "desk_hours": "Mon–Fri 08:00–18:00",
            **changes,
        }
    )


def done_view(of: Task | None = None, **changes: Any) -> TaskView:
    """The same once an outcome is in."""
    finished = of or task(state=TaskState.DONE, version=3)
    return view(**{"task": finished, "outcome": outcome(), "recorded_by": person(), **changes})


def read_back(**changes: Any) -> ReadBackView:
    return ReadBackView(
        **{
            "view": view(),
            "code": OutcomeCode.BREACH_SUSPECTED,
            "happened_at": NOW,
            "note": "Seen through the window of the invented address.",
            "answers": {"is_she_safe": "Yes, spoken to by phone", "where_is_he": "Left on foot"},
            **changes,
        }
    )


def company(**changes: Any) -> ReadBackView:
    """Seen with a partner who could be the protected person."""
    answers = {"answer_1": "At the door", "answer_2": "Partner"}
    return ReadBackView(
        **{
            "view": view(),
            "code": OutcomeCode.SEEN_NO_CONCERN,
            "happened_at": NOW,
            "note": "",
            "answers": answers,
            **changes,
        }
    )


def corrected_alarm(**changes: Any) -> CorrectedAlarm:
    """A breach that a sergeant put down."""
    return CorrectedAlarm(
        **{
            "before": outcome(code=OutcomeCode.BREACH_SUSPECTED),
            "by": person("9110", Rank.PS),
            "correction": outcome(reason="Wrong task"),
            "now_code": OutcomeCode.NO_ANSWER,
            **changes,
        }
    )


def put_down(**changes: Any) -> PutDownView:
    breach = outcome(code=OutcomeCode.BREACH_SUSPECTED)
    return PutDownView(
        **{
            "view": done_view(outcome=breach),
            "before": breach,
            "before_by": "PC 1187",
            "code": OutcomeCode.NO_ANSWER,
            "happened_at": NOW,
            "told": ("PC 1187", "the channel"),
            **changes,
        }
    )


def alarm_change(**changes: Any) -> AlarmChangeView:
    return AlarmChangeView(
        **{
            "ref": "T-1042",
            "order_ref": "DVPO-3",
            "before_code": OutcomeCode.BREACH_SUSPECTED,
            "by": "PS 9110",
            "now_code": OutcomeCode.NO_ANSWER,
            "reason": "Wrong task",
            "stands_again": False,
            "at": NOW,
            "now": NOW,
            **changes,
        }
    )


def board(**changes: Any) -> BoardView:
    return BoardView(
        **{
            "district_id": "north",
            "district_name": "North team",
            "now": NOW,
            "now_lines": ("Breach DVPO-9: duty sergeant deciding, 40 min", "T-1049 unallocated, due 20:00"),
            "cover_lines": ("DVPO-12: no visit to come",),
            "due_today": 6,
            "seen_today": 3,
            "attempted_today": 1,
            "other_today": 0,
            "to_do_today": 2,
            "overdue": 1,
            "order_lines": ("DVPO-11 not served", "DVPN-4 unlisted, last court Fri 13"),
            "athena_lines": ("2 over 24 h",),
            **changes,
        }
    )


def task_line(number: int, **changes: Any) -> TaskLine:
    return TaskLine(
        **{
            "ref": f"T-{number}",
            "kind": TaskKind.COMPLIANCE_VISIT,
            "kind_words": "Order check",
            "subject_ref": "S-07",
            "order_ref": "DVPO-3",
            "officer": "1187",
            "due_at": DUE,
            "state": TaskState.ASSIGNED,
            "is_overdue": False,
            **changes,
        }
    )


def task_list(count: int = 3, **changes: Any) -> TaskListView:
    lines = tuple(task_line(1042 + at) for at in range(count))
    return TaskListView(**{"heading": "Your tasks", "lines": lines, "now": NOW, "total": count, **changes})


def order_list(count: int = 3) -> OrderListView:
    lines = tuple(
        OrderLine(f"DVPO-{at + 1}", "S-07", "In force", "last day Mon 6 Apr", at != 1, at != 2)
        for at in range(count)
    )
    return OrderListView("North team", lines, NOW)


def reminder(*tasks: TaskView) -> ReminderView:
    late = tasks or tuple(
        view(task=made(ref=f"T-{1042 + at}", due_at=NOW - timedelta(hours=1)))
        for at, made in enumerate((task, disruption, action))
    )
    return ReminderView(late, NOW)


def assign_view(**changes: Any) -> AssignFormView:
    return AssignFormView(
        **{
            "officers": (Choice("id-1", "PC 1187 Casey Constable"), Choice("id-2", "PC 1204 Robin Ranger")),
            "targets": (Choice("DVPO-3", "DVPO-3 · S-07"), Choice("S-02", "S-02")),
            "default_date": "2026-03-13",
            "default_time": "18:00",
            "in_channel": True,
            **changes,
        }
    )


def supervisor_view(**changes: Any) -> SupervisorFormView:
    return SupervisorFormView(
        **{
            "view": view(),
            "officers": assign_view().officers,
            "default_date": "2026-03-13",
            "default_time": "18:00",
            **changes,
        }
    )


def briefing(**changes: Any) -> BriefingView:
    recent = (
        outcome(happened_at=NOW - timedelta(days=1)),
        outcome(
            code=OutcomeCode.SEEN_NO_CONCERN,
            happened_at=NOW - timedelta(days=2),
            answers={"answer_1": "At the door", "answer_2": "Alone"},
        ),
    )
    noted = task(note=CANARY_NOTE)
    remarks = (Remark(NOW - timedelta(hours=1), "PC 1187", "Van outside, no lights"),)
    told = {"open_tasks": ("T-1050",), "recent": recent, "remarks": remarks}
    return BriefingView(**{"view": view(task=noted), **told, **changes})


def help_view(**changes: Any) -> HelpView:
    lines = (
        HelpLine("Record an outcome", "1042 no answer 2115"),
        HelpLine("Give somebody a task", "@RedLine /assign @Casey Constable visit DVPO-3 by tomorrow 18:00"),
    )
    return HelpView(**{"lines": lines, "in_channel": False, "topics": ("Results", "Lists"), **changes})


def order_copy() -> OrderCopyView:
    return OrderCopyView("DVPO-3", "T-1042", "DVPO-3 (fictional).pdf", "https://files.example/dvpo-3?once=1")


def hostile_view(text: str = HOSTILE, **changes: Any) -> TaskView:
    """Every text from people is as bad as it can be."""
    return view(
        **{
            "task": task(title=text, note=text),
            "owner": person(text),
            "subject": subject(card_name=text, address_line=text, warnings=[text] * 3, briefing=text),
            "conditions": conditions(text),
            "related_refs": ("T-1050",) * 9,
            **changes,
        }
    )


def decision(action: str = "cancel", **changes: Any) -> DecisionView:
    return DecisionView(
        **{"ref": "T-1042", "action": action, "due_at": DUE, "reason": "Unsafe alone", "now": NOW, **changes}
    )


def held(**changes: Any) -> HeldMessage:
    return HeldMessage(
        **{
            "id": UUID(int=77),
            "message_key": "key",
            "task_id": UUID(int=42),
            "district_id": "north",
            "person_id": OFFICER_ID,
            "code": OutcomeCode.NO_ANSWER,
            "happened_at": NOW,
            "note": "shouting inside",
            "conversation_id": "chat-1",
            "at": NOW,
            **changes,
        }
    )


def call(**changes: Any) -> CallForHelp:
    values = {"id": UUID(int=66), "message_key": "key", "person_id": OFFICER_ID, "district_id": "north"}
    return CallForHelp(**{**values, "at": NOW, **changes})


def held_notice_view(*messages: HeldMessage) -> HeldNoticeView:
    return HeldNoticeView(view(), messages or (held(),), {OFFICER_ID: person()})


def brake_view(**changes: Any) -> BrakeView:
    values = {
        "district_id": "north",
        "district": "North team",
        "now": NOW,
        "since": NOW - timedelta(hours=1),
        "missing": 5,
        "accepted": 12,
        "due": (DueTask("T-1042", NOW + timedelta(hours=3)),),
        "due_count": 3,
        "may_confirm": True,
    }
    return BrakeView(**{**values, **changes})


def call_view(**changes: Any) -> CallView:
    return CallView(**{"call": call(), "writer": person(), "now": NOW, "ref": "T-1042", **changes})


def typed_view(**changes: Any) -> TaskView:
    """A result that was typed with words beside it."""
    typed = outcome(message_key="key", note="dog barking")
    return done_view(**{"outcome": typed, "can_undo": True, **changes})


def danger_samples() -> dict[str, Card]:
    """What follows words of danger, and what a typed result may have been."""
    answered = held(answered_at=NOW, answered_as=HeldAnswer.AS_TYPED, told_at=NOW)
    return {
        **{f"answer-held-{name}": held_card(view(task=made()), held()) for name, made in _OPEN.items()},
        "answer-held-without-result": held_card(view(), held(code=None)),
        "channel-held": held_card(view(), held(), in_channel=True),
        "officer-held": officer_card(view(held=held())),
        "held-notice": held_notice(held_notice_view()),
        "held-notice-answered": held_notice(held_notice_view(answered)),
        "result-notice": result_notice(
            done_view(outcome=outcome(code=OutcomeCode.SEEN_OTHER_CONCERN, note="a concern"))
        ),
        "result-notice-over": result_notice(done_view()),
        "answer-call": cry_card(call()),
        "brake-notice": brake_notice(brake_view()),
        "brake-notice-of-a-sergeant": brake_notice(brake_view(may_confirm=False, due=(), due_count=0)),
        "brake-notice-over": brake_notice(brake_view(since=None, confirmed_by="INSP 9400")),
        "call-notice": call_notice(call_view()),
        "call-notice-of-somebody": call_notice(call_view(writer=None, ref=None)),
        "officer-typed": officer_card(typed_view()),
        "officer-more-than-that": more_card(typed_view()),
        "channel-recorded": recorded_line_card(typed_view(), "T-1042: recorded."),
    }


def longest_cards(text: str) -> dict[str, Card]:
    """The cards that hold most text from people, with `text` in every place."""
    answers = {"is_she_safe": text, "where_is_he": text}
    many = tuple(Choice(f"id-{at}-{'0' * 30}", f"PC {at} {text}") for at in range(300))
    typed = {"note": text, "title": text, "reason": text}
    recent = (outcome(note=text, answers=answers),) * 9
    asked = hostile_view(text, task=task(note=text, asked_until=DUE + timedelta(days=1)))
    sent_back = outcome(state=OutcomeState.REJECTED, desk_reason=text, note=text)
    return {
        "officer-hostile": officer_card(hostile_view(text), text),
        "officer-done-hostile": officer_card(done_view(outcome=sent_back), text),
        "officer-breach-check-hostile": breach_check_card(read_back(note=text, answers=answers)),
        "officer-briefing-hostile": briefing_card(briefing(view=hostile_view(text), recent=recent)),
        "officer-reminder-hostile": reminder_card(reminder(*(hostile_view(text),) * 30)),
        **{
            f"officer-again-{name}-hostile": form_again(hostile_view(text), tap, text)
            for name, tap in forms_again(text[:24]).items()
        },
        "officer-put-down-check-hostile": put_down_check_card(
            put_down(note=text, problem=text, why_text=text, told=(text,) * 5)
        ),
        "officer-alarm-put-down-hostile": alarm_change_card(alarm_change(reason=text)),
        "officer-held-hostile": officer_card(hostile_view(text, held=held(note=text)), text),
        "answer-held-hostile": held_card(hostile_view(text), held(note=text)),
        "officer-decision-hostile": decision_card(decision(reason=text)),
        "form-assign-hostile": assign_form(assign_view(officers=many, targets=many, typed=typed)),
        "form-cancel-hostile": cancel_form(supervisor_view(typed=typed, problem=text)),
        "more-time-hostile": more_time_request_card(asked, text),
        "answer-message-hostile": message_card(text, text),
        "answer-typed-again-hostile": typed_again_card(text, text, text[:1000], NOW),
        "answer-help-hostile": help_card(help_view(lines=(HelpLine(text, text),) * 40)),
        "channel-confirmation-hostile": confirmation_card(hostile_view(text), text),
        "channel-board-hostile": board_card(board(**dict.fromkeys(_BOARD_LINES, (text,) * 30))),
        "channel-tasks-hostile": task_list_card(task_list(60, heading=text)),
    }


_OPEN = {
    "visit": task,
    "contact_visit": contact_visit,
    "disruption": disruption,
    "action": action,
}
_SENT_BACK = {"state": OutcomeState.REJECTED, "desk_reason": "Which address was visited?"}


def officer_samples() -> dict[str, Card]:
    """The officer's card, in every kind and state."""
    return {
        **{f"officer-{name}": officer_card(view(task=made())) for name, made in _OPEN.items()},
        **{f"officer-{name}": officer_card(shown) for name, shown in _open_variants().items()},
        **{f"officer-done-{name}": officer_card(shown) for name, shown in _done_variants().items()},
        "officer-stale-tap": officer_card(
            view(), "PS 88 changed the due time at 14:02. Nothing was recorded"
        ),
        "officer-no-permission": officer_card(view(may=frozenset())),
        "officer-cancelled": officer_card(view(task=task(state=TaskState.CANCELLED))),
        "officer-unallocated": officer_card(view(task=task(state=TaskState.UNALLOCATED))),
        "officer-taken-back": taken_back_card(view()),
        "officer-breach-check": breach_check_card(read_back()),
        "officer-arrest-check": breach_check_card(read_back(**_AN_ARREST)),
        "officer-who-was-it": who_was_it_card(company()),
        "officer-it-may-be-them": it_may_be_them_card(company(), "today 14:05", "Who with? Partner"),
        "officer-briefing": briefing_card(briefing()),
        "officer-order-copy": order_copy_card(order_copy()),
        "officer-reminder": reminder_card(reminder()),
        "officer-reminder-done": reminder_card(ReminderView((), NOW)),
        "officer-decision": decision_card(decision()),
        "officer-decision-without-reason": decision_card(decision("refuse-more-time", reason="")),
        "officer-put-down-check": put_down_check_card(put_down()),
        "officer-put-down-check-again": put_down_check_card(put_down(problem="Say why", why_text="Both")),
        "officer-alarm-put-down": alarm_change_card(alarm_change()),
        "officer-alarm-stands-again": alarm_change_card(alarm_change(stands_again=True)),
        "officer-correction": correction_card(done_view(can_correct=True)),
        **{f"officer-again-{name}": form_again(view(), tap, "When?") for name, tap in forms_again().items()},
        "supervisor-given-back": given_back_notice(
            view(task=task(state=TaskState.UNALLOCATED, owner_id=None)), "At court until six"
        ),
    }


_AN_ARREST: dict[str, Any] = {
    "code": OutcomeCode.ARRESTED,
    "answers": {
        "is_she_safe": "Yes",
        "where_is_he": "In custody",
        "conditions": "No contact, no entry",
        "children": "No",
        "video": "Yes",
        "arrest_at": NOW.isoformat(),
    },
}


def forms_again(text: str = "At the door") -> dict[str, OfficersForm]:
    """Forms of an officer that could not be taken as they were filled in."""
    of = {"task": "T-1042", "v": 1}
    seen = {"code": OutcomeCode.SEEN_NO_CONCERN, "when": "other", "when_other": "teatime"}
    return {
        "seen": RecordOutcome(**of, **seen, answer_1=text, answer_2="Family", note=text),
        "breach": CheckBreach(**of, is_she_safe=text, where_is_he=text, breach_note=text),
        "other": RecordOther(**of, other_note=text, other_when="60"),
        "cant-do": CantDo(**of, cant_text=text),
        "more-time": MoreTime(**of, more_until="teatime", more_reason=text),
        "note": AddNote(**of, note_text=text),
    }


def _open_variants() -> dict[str, TaskView]:
    return {
        "accepted": view(task=task(state=TaskState.ACCEPTED)),
        "overdue": view(task=task(due_at=NOW - timedelta(hours=2))),
        "with-note": view(task=task(note=CANARY_NOTE), related_refs=("T-1050",)),
        "second-copy": view(is_second_copy=True),
        "asked-for-time": view(task=task(asked_until=DUE + timedelta(days=1))),
        "not-served": view(order=order(served_at=None, status=OrderStatus.AUTHORISED)),
        "order-ended": view(order=order(last_day=NOW.date() - timedelta(days=1))),
        "order-over": view(order=order(status=OrderStatus.DISCHARGED)),
        "bare-action": view(task=action(), subject=None, order=None, conditions=(), last_visit=None),
        "intelligence": view(task=disruption(DisruptionType.INTELLIGENCE, note=CANARY_NOTE)),
    }


def _done_variants() -> dict[str, TaskView]:
    until = NOW + timedelta(minutes=10)
    by_hand = outcome(route=RecordsRoute.KEYED_BY_HAND, state=OutcomeState.KEYED_BY_HAND)
    earlier = NOW - timedelta(minutes=30)
    sent_back_contact = contact_visit(state=TaskState.DONE)
    seen = outcome(code=OutcomeCode.SEEN_NO_CONCERN, note="At the door", **_SENT_BACK)
    return {
        "undo": done_view(can_undo=True, undo_until=until),
        "late": done_view(outcome=outcome(happened_at=earlier), is_second_copy=True),
        "by-hand": done_view(outcome=by_hand, can_undo=True, undo_until=until),
        "handed-over": done_view(outcome=outcome(state=OutcomeState.HANDED_OVER)),
        "recorded": done_view(outcome=outcome(state=OutcomeState.RECORDED, athena_ref="36/21858/19")),
        "rejected": done_view(outcome=outcome(**_SENT_BACK)),
        "rejected-seen": done_view(outcome=seen),
        "returned-contact": done_view(
            sent_back_contact, outcome=outcome(code=OutcomeCode.NO_REPLY, state=OutcomeState.RETURNED)
        ),
        "breach": done_view(outcome=outcome(code=OutcomeCode.BREACH_SUSPECTED)),
        "to-correct": done_view(outcome=outcome(state=OutcomeState.HANDED_OVER), can_correct=True),
    }


def channel_samples() -> dict[str, Card]:
    """The cards that everyone in a channel reads."""
    noted = task(note=CANARY_NOTE)
    breach = outcome(code=OutcomeCode.BREACH_SUSPECTED, note=CANARY_NOTE)
    nobody = task(state=TaskState.UNALLOCATED, owner_id=None, note=CANARY_NOTE)
    return {
        "channel-confirmation": confirmation_card(view(task=noted)),
        "channel-confirmation-warning": confirmation_card(view(task=noted), "A channel is read by all."),
        "channel-confirmation-undelivered": confirmation_card(view(undelivered="BotNotInConversationRoster")),
        "channel-confirmation-overdue": confirmation_card(view(task=task(due_at=NOW - timedelta(hours=2)))),
        "channel-confirmation-asked": confirmation_card(view(task=task(asked_until=DUE + timedelta(days=1)))),
        "channel-confirmation-action": confirmation_card(view(task=action(note=CANARY_NOTE), order=None)),
        "channel-confirmation-done": confirmation_card(done_view()),
        "channel-confirmation-rejected": confirmation_card(done_view(outcome=outcome(**_SENT_BACK))),
        "channel-unallocated": unallocated_notice(view(task=nobody, owner=None)),
        "channel-unallocated-settled": unallocated_notice(view(task=noted)),
        "channel-breach": breach_notice(done_view(outcome=breach)),
        "channel-breach-corrected": breach_notice(done_view(corrected_alarm=corrected_alarm())),
        "channel-alarm-stands-again": alarm_change_card(alarm_change(stands_again=True, reason="")),
        "channel-breach-taken-back": breach_notice(view(task=noted)),
        "channel-not-served": not_served_notice(order(served_at=None), NOW),
        "channel-served-since": not_served_notice(order(), NOW),
        "channel-board": board_card(board()),
        "channel-board-quiet": board_card(
            board(now_lines=(), cover_lines=(), order_lines=(), athena_lines=(), overdue=0)
        ),
        "channel-tasks": task_list_card(task_list()),
        "channel-tasks-none": task_list_card(task_list(0)),
        "channel-orders": order_list_card(order_list()),
        "channel-orders-many": order_list_card(order_list(90)),
        "channel-wrong": wrong_channel_card(),
        "channel-no-longer-shown": no_longer_shown_card(view(task=noted)),
    }


def supervisor_samples() -> dict[str, Card]:
    """What only its supervisor sees."""
    typed = {"officer": "id-2", "reason": "Sick or leave: back on Monday", "note": "kept"}
    return {
        "form-assign": assign_form(assign_view()),
        "form-assign-refused": assign_form(
            assign_view(typed={"officer": "id-2", "kind": "action"}, problem="That time is past")
        ),
        "form-reassign": reassign_form(supervisor_view()),
        "form-reassign-refused": reassign_form(supervisor_view(typed=typed, problem="PC 1204 is on leave")),
        "form-allocate": reassign_form(supervisor_view(view=view(owner=None))),
        "form-extend": extend_form(supervisor_view()),
        "form-cancel": cancel_form(supervisor_view()),
        "more-time-request": more_time_request_card(
            view(task=task(asked_until=DUE + timedelta(days=1))), "Sent to an urgent job"
        ),
        "supervisor-answers-for": supervision_card(task_list(3)),
        "supervisor-answers-for-many": supervision_card(task_list(300)),
        "supervisor-sent-back": sent_back_notice(done_view(outcome=outcome(**_SENT_BACK))),
        "supervisor-sent-back-corrected": sent_back_notice(done_view()),
        "supervisor-no-longer-yours": no_longer_yours_card(view(task=task(note=CANARY_NOTE))),
        "more-time-decided": more_time_request_card(view(), "Sent to an urgent job"),
    }


def answer_samples() -> dict[str, Card]:
    """Plain answers."""
    return {
        "answer-message": message_card("T-9999 is not known.", "Did you mean T-1042?", "T-1042"),
        "answer-typed-again": typed_again_card(
            "RedLine has nothing under that reference.", "Did you mean T-1042?", "1042 no answer 2115", NOW
        ),
        "answer-message-plain": message_card("Nothing was changed."),
        "answer-help": help_card(help_view()),
        "answer-not-set-up": not_set_up_card("your sergeant"),
    }


def hostile_samples() -> dict[str, Card]:
    """The longest texts, with everything in them that a card could take for more than text."""
    return longest_cards(HOSTILE)


GROUPS: tuple[Callable[[], dict[str, Card]], ...] = (
    officer_samples,
    channel_samples,
    danger_samples,
    supervisor_samples,
    answer_samples,
    hostile_samples,
)


def all_samples() -> dict[str, Card]:
    """Every sort of card the service can produce, by name; names begin with who reads them."""
    return {name: card for group in GROUPS for name, card in group().items()}
