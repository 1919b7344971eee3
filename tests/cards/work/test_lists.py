"""Lists whose rows open, and the reminder."""

from datetime import timedelta

from cards.work.lists import (
    MOST_REMINDED,
    MOST_TASKS,
    order_list_card,
    reminder_card,
    supervision_card,
    task_list_card,
)
from storage.enums import OutcomeCode, TaskState
from tasking.views import TaskListView
from tasking.work.due import SupervisionView
from tests.support.card_reading import all_words, buttons, lines, of_type, titles
from tests.support.card_samples import (
    NOW,
    contact_visit,
    disruption,
    done_view,
    order_list,
    reminder,
    task,
    task_line,
    task_list,
    view,
)
from tests.support.drawing import DRAWINGS


def listed(**changes: object) -> list[str]:
    lines_ = (task_line(1042, **changes),)
    return lines(task_list_card(TaskListView("Your tasks", lines_, NOW, 1)))[2:]


def test_a_row_says_what_for_whom_and_by_when() -> None:
    assert listed() == [
        "T-1042 · Order check · DVPO-3",
        "1187 · due today 22:00 · Assigned, not yet accepted",
    ]


def test_a_row_without_an_order_names_the_subject() -> None:
    assert listed(order_ref=None)[0] == "T-1042 · Order check · S-07"
    assert listed(order_ref=None, subject_ref=None)[0] == "T-1042 · Order check"


def test_a_row_that_nobody_has_says_so() -> None:
    shown = listed(officer=None, state=TaskState.UNALLOCATED)
    assert shown[1] == "nobody · due today 22:00 · Unallocated"


def test_an_overdue_row_says_since_when() -> None:
    late = listed(is_overdue=True, due_at=NOW - timedelta(days=1))
    assert "OVERDUE since yesterday 14:05" in late[1]


def test_a_finished_row_says_what_came_of_it() -> None:
    shown = listed(state=TaskState.DONE, outcome_code=OutcomeCode.NO_ANSWER)
    assert shown[1] == "1187 · No answer · Done"


def test_the_whole_row_is_the_button() -> None:
    card = task_list_card(task_list())
    rows = [row["selectAction"] for row in of_type(card, "Container") if "selectAction" in row]
    assert [row["data"]["task"] for row in rows] == ["T-1042", "T-1043", "T-1044"]
    assert {row["verb"] for row in rows} == {"show_task"}


def test_a_row_of_which_the_reader_may_see_no_more_is_no_button() -> None:
    card = task_list_card(task_list(lines=(task_line(1042), task_line(1043, may_open=False)), total=2))
    rows = of_type(card, "Container")
    assert ["selectAction" in row for row in rows] == [True, False]
    assert "T-1043" in all_words(card)


def test_a_long_list_says_how_many_more_there_are() -> None:
    card = task_list_card(task_list(60))
    assert len(buttons(card)) == MOST_TASKS
    assert lines(card)[-1].startswith("and 40 more")


def test_the_rest_that_was_not_even_read_is_counted_too() -> None:
    assert lines(task_list_card(task_list(3, total=10)))[-1].startswith("and 7 more")


def test_an_empty_list_says_none() -> None:
    assert lines(task_list_card(task_list(0)))[-1] == "None"
    assert lines(order_list_card(order_list(0)))[-1] == "No order in force or on its way"


def test_the_orders_show_their_alarms() -> None:
    assert lines(order_list_card(order_list()))[2:] == [
        "DVPO-1 · S-07",
        "In force · last day Mon 6 Apr",
        "DVPO-2 · S-07",
        "In force · last day Mon 6 Apr",
        "NOT SERVED",
        "DVPO-3 · S-07",
        "In force · last day Mon 6 Apr",
        "NO VISIT TO COME",
    ]


def test_a_long_list_of_orders_says_how_many_more_there_are() -> None:
    assert lines(order_list_card(order_list(90)))[-1] == "and 50 more"


def test_a_reminder_holds_everything_due_on_one_card() -> None:
    late = NOW - timedelta(hours=1)
    card = reminder_card(reminder(view(task=task(due_at=late)), view(task=contact_visit(due_at=late))))
    assert lines(card)[1:] == [
        "2 tasks past the due time",
        "T-1042 · Order check · S-07",
        "OVERDUE since Thu 12 Mar 13:05",
        "T-1042 · Protected person contact · S-07",
        "OVERDUE since Thu 12 Mar 13:05",
    ]
    assert titles(card) == ["No answer", "Open", "No reply", "Open"]


def test_one_late_task_is_one_task() -> None:
    assert lines(reminder_card(reminder(view())))[1] == "1 task past the due time"


def test_a_task_without_a_one_tap_outcome_is_opened() -> None:
    assert titles(reminder_card(reminder(view(task=disruption())))) == ["Open"]


def test_a_reader_who_may_not_record_can_still_open() -> None:
    assert titles(reminder_card(reminder(view(may=frozenset())))) == ["Open"]


def test_a_task_that_was_done_meanwhile_has_no_buttons_left() -> None:
    card = reminder_card(reminder(done_view()))
    assert lines(card)[-1] == "T-1042 · Order check · S-07: done"
    assert titles(card) == []


def test_a_reminder_of_very_many_counts_the_rest() -> None:
    card = reminder_card(reminder(*(view(),) * 20))
    assert titles(card).count("Open") == MOST_REMINDED
    assert lines(card)[-1] == "and 12 more: send /tasks"


def test_who_answers_from_now_on_sees_every_task_and_opens_it_by_its_row() -> None:
    sent_back = task_line(1043, state=TaskState.DONE, is_sent_back=True)
    card = supervision_card(task_list(2, lines=(task_line(1042), sent_back)))
    assert lines(card)[1:] == [
        "You now answer for 2 tasks",
        "Who did before has left",
        "T-1042 · Order check · DVPO-3",
        "1187 · due today 22:00 · Assigned, not yet accepted",
        "T-1043 · Order check · DVPO-3",
        "1187 · sent back by the Athena desk · Done",
    ]
    assert [each["data"]["task"] for each in buttons(card)] == ["T-1042", "T-1043"]
    assert lines(supervision_card(task_list(1)))[1] == "You now answer for 1 task"


def test_very_many_tasks_to_answer_for_are_named_all_the_same() -> None:
    card = supervision_card(task_list(25))
    assert lines(card)[-1] == "and T-1062, T-1063, T-1064, T-1065, T-1066"
    assert lines(supervision_card(task_list(300)))[-1].endswith("T-1261 and 80 more")


def test_its_preview_is_a_count() -> None:
    one, three = (DRAWINGS.draw(SupervisionView(task_list(count)))[1] for count in (1, 3))
    assert (one, three) == ("RedLine: 1 task to answer for", "RedLine: 3 tasks to answer for")
