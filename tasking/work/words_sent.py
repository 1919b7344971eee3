"""The words of a result as they go to the records system: its own, its answers, and the notes beside it."""

from storage.enums import OutcomeState
from storage.tables import Outcome, TaskBundle
from storage.work import queries
from tasking.plain_text import counted
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.work.questions import with_questions

MOST_OF_A_RESULT = 20_000
"""Characters of a result's own words: its note, its answers and why it was corrected."""
_MOST_OF_A_ROW = 60_000
"""The records list takes 63,999 characters in one row; the marks that keep text from being live need some."""


def words_of(uow: UnitOfWork, outcome: Outcome) -> str:
    """The officer's words, the answers, and the notes added to the task since the outcome before."""
    before = queries.outcome_by_id(uow.connection, outcome.corrects_id) if outcome.corrects_id else None
    notes = [
        note.text
        for note in queries.notes_of(uow.connection, outcome.task_id)
        if before is None or note.at > before.recorded_at
    ]
    why = f"Why it was corrected: {outcome.reason}" if outcome.reason else ""
    lines = [outcome.note, why, *with_questions(outcome.code, outcome.answers), *notes]
    return "\n".join(line for line in lines if line)


def takes_notes_along(outcome: Outcome | None) -> bool:
    """Whether a note that is added now goes to the records system with the result."""
    if outcome is None:
        return True
    return outcome.state == OutcomeState.TO_HAND_OVER and outcome.leaving_at is None


def check_note_fits(uow: UnitOfWork, bundle: TaskBundle, words: str) -> None:
    """Raise a `Refusal` where all the notes and the result would no longer fit into one row of the list."""
    outcome = bundle.outcome
    if not takes_notes_along(outcome):
        return
    notes = "\n".join(note.text for note in queries.notes_of(uow.connection, bundle.task.id))
    before = counted(words_of(uow, outcome)) if outcome else counted(notes) + MOST_OF_A_RESULT
    if before + counted(words) + 2 > _MOST_OF_A_ROW:
        raise Refusal(
            "notes-too-long",
            "NOT recorded: with all its notes this would no longer fit into one entry on Athena.",
            "Put it on Athena yourself, or say it in fewer words.",
        )
