import pytest

from cards.words import (
    arrest_words,
    disruption_words,
    kind_words,
    order_type_words,
    ordinal,
    outcome_words,
    person_words,
    records_words,
    state_words,
    status_words,
)
from cards.work.questions import answered, questions_of
from storage.enums import (
    DisruptionType,
    OrderStatus,
    OrderType,
    OutcomeCode,
    OutcomeState,
    Rank,
    RecordsRoute,
    TaskState,
    VisitKind,
)
from tests.support.card_samples import action, contact_visit, disruption, order, outcome, person, task


@pytest.mark.parametrize("code", OutcomeCode)
def test_every_outcome_has_words_that_promise_nothing(code: OutcomeCode) -> None:
    words = outcome_words(code).lower()
    assert words
    assert "compliant" not in words
    assert "safe" not in words


def test_seen_says_only_what_was_seen() -> None:
    assert outcome_words(OutcomeCode.SEEN_NO_CONCERN) == "Seen, nothing to suggest a breach"


@pytest.mark.parametrize("code", OutcomeCode)
def test_no_outcome_asks_more_than_two_questions(code: OutcomeCode) -> None:
    assert len(questions_of(code)) <= 2


def test_every_state_type_and_status_has_words() -> None:
    assert all(state_words(state) for state in TaskState)
    assert all(status_words(status) for status in OrderStatus)
    assert all(order_type_words(kind) for kind in OrderType)
    assert all(disruption_words(kind) for kind in DisruptionType)
    assert order_type_words(OrderType.DVPO) == "DVPO"


def test_a_task_is_named_by_what_it_asks() -> None:
    assert kind_words(task()) == "Order check"
    assert kind_words(task(visit_kind=VisitKind.EXCLUDED_ADDRESS_CHECK)) == "Excluded address check"
    assert kind_words(contact_visit()) == "Protected person contact"
    assert kind_words(disruption(DisruptionType.ANPR_MARKER)) == "ANPR marker"
    assert kind_words(action()) == "Action"


def test_a_person_is_a_rank_and_a_collar_number() -> None:
    assert person_words(person()) == "PC 1187"
    assert person_words(person("A12", Rank.STAFF)) == "Staff A12"


def test_a_person_without_a_collar_number_is_named() -> None:
    nameless = person("")
    nameless.display_name = "A. *EXAMPLE*"
    assert person_words(nameless) == r"PC A. \*EXAMPLE\*"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (OrderType.DVPO, "arrest s.28(9) CSA 2010; civil: no charge, no police bail"),
        (
            OrderType.UNDERTAKING,
            "no power for the undertaking itself; consider the offence that the facts show",
        ),
        (OrderType.COURT_BAIL, "arrest s.7(3) Bail Act 1976; the breach itself is no offence"),
        (OrderType.SHPO, "an offence: arrest s.24 PACE if necessary, s.354 Sentencing Act 2020"),
    ],
)
def test_the_power_to_arrest_depends_on_the_order(kind: OrderType, words: str) -> None:
    assert arrest_words(order(order_type=kind)) == words


def test_an_outcome_that_redline_sends_is_not_to_be_re_keyed() -> None:
    assert records_words(outcome()) == "RedLine sends this to Athena: don't re-key"


def test_the_desk_hours_stand_where_the_desk_is_waited_for() -> None:
    waiting = outcome(state=OutcomeState.HANDED_OVER)
    assert records_words(waiting, "Mon–Fri 08:00–18:00").endswith("The desk works Mon–Fri 08:00–18:00")
    assert "works" not in records_words(outcome(), "Mon–Fri 08:00–18:00")


def test_an_outcome_keyed_by_hand_says_so_until_its_reference_is_there() -> None:
    by_hand = {"route": RecordsRoute.KEYED_BY_HAND, "state": OutcomeState.KEYED_BY_HAND}
    assert records_words(outcome(**by_hand)) == "Put this on Athena yourself"
    assert records_words(outcome(**by_hand, athena_ref="36/1/26")) == "Recorded on Athena: 36/1/26"


def test_an_outcome_that_redline_gave_up_promises_nothing() -> None:
    given_up = {"route": RecordsRoute.REDLINE_SENDS, "state": OutcomeState.KEYED_BY_HAND}
    assert records_words(outcome(**given_up), "Mon–Fri") == "NOT on Athena: key it by hand"
    assert records_words(outcome(**given_up, athena_ref="36/1/26")) == "Recorded on Athena: 36/1/26"


def test_the_reference_of_the_records_system_is_shown() -> None:
    recorded = outcome(state=OutcomeState.RECORDED, athena_ref="36/21858/19")
    assert records_words(recorded) == "Recorded on Athena: 36/21858/19"
    assert records_words(outcome(state=OutcomeState.RECORDED)) == "Recorded on Athena"


@pytest.mark.parametrize(("state", "verb"), [("REJECTED", "rejected"), ("RETURNED", "returned")])
def test_what_the_desk_sent_back_comes_with_its_reason(state: str, verb: str) -> None:
    sent_back = outcome(state=OutcomeState(state), desk_reason="Which *address*?")
    assert records_words(sent_back) == rf"The Athena desk {verb} this: Which \*address\*?"
    silent = outcome(state=OutcomeState(state))
    assert records_words(silent) == f"The Athena desk {verb} this: no reason given"


@pytest.mark.parametrize("state", OutcomeState)
def test_every_way_of_an_outcome_has_words(state: OutcomeState) -> None:
    assert records_words(outcome(state=state))


def test_nothing_goes_to_athena_once_an_outcome_is_taken_back() -> None:
    by_hand = outcome(route=RecordsRoute.KEYED_BY_HAND, state=OutcomeState.WITHDRAWN)
    assert records_words(by_hand) == "Taken back: nothing goes to Athena"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (22, "22nd"),
        (113, "113th"),
    ],
)
def test_numbers_are_counted_as_people_say_them(number: int, words: str) -> None:
    assert ordinal(number) == words


def test_answers_are_read_back_with_their_questions() -> None:
    answers = {"answer_1": "At *the* door", "answer_2": "", "other": "Yes"}
    said = answered(OutcomeCode.SEEN_NO_CONCERN, answers)
    assert said == [r"Where? At \*the\* door", "Answer: Yes"]


def test_the_answers_about_a_breach_have_their_own_questions() -> None:
    answers = {"is_she_safe": "Yes", "where_is_he": "Gone"}
    assert answered(OutcomeCode.BREACH_SUSPECTED, answers) == [
        "Protected person safe? Yes",
        "Where is the subject? Gone",
    ]
