"""What an officer does with their own task besides closing it: accept, note, give back, ask for time."""

from datetime import datetime

from storage.enums import SENT_BACK, AuditOperation, OutcomeState, Rank, RecordsRoute, TaskState
from storage.ids import new_id
from storage.rows import add_values
from storage.tables import TaskBundle, TaskNote
from tasking.lifecycle import OPEN
from tasking.people.actors import require
from tasking.permissions import Act, Actor
from tasking.plain_text import meant
from tasking.refusals import Refusal
from tasking.unit_of_work import UnitOfWork
from tasking.when.local_time import short_day_time
from tasking.work.assign import check_due, target_of
from tasking.work.changes import change_task, check_version, finish_change, refuse_stale
from tasking.work.find import Reader, find_task
from tasking.work.given_back import post_given_back
from tasking.work.more_time import post_more_time
from tasking.work.own_card import update_own_card
from tasking.work.showing import reload
from tasking.work.unallocated import post_unallocated
from tasking.work.words_sent import check_note_fits, takes_notes_along

_TEXT_LIMIT = 4000


def accept(uow: UnitOfWork, reader: Reader, ref: str) -> TaskBundle:
    """Take the task on. Accepting twice changes nothing; raises `Refusal` or `Stale` where it cannot be."""
    bundle = _own_open_task(uow, reader, ref, Act.ACCEPT, None)
    if bundle.task.state == TaskState.ACCEPTED:
        return bundle
    return take_on(uow, reader, bundle, "accept")


def take_on(
    uow: UnitOfWork, reader: Reader, bundle: TaskBundle, action: str, *, officers_card: bool = True
) -> TaskBundle:
    """The owner accepts an assigned task; `officers_card` is False while they are reading on that card."""
    changed = change_task(
        uow, reader, bundle, state=TaskState.ACCEPTED, accepted_at=uow.now, state_changed_at=uow.now
    )
    finish_change(uow, reader, bundle.task, changed, action, officers_card=officers_card)
    return reload(uow, changed.id)


def add_note(uow: UnitOfWork, reader: Reader, ref: str, text: str) -> TaskBundle:
    """Add a note to a task, at any time. The words stay in the note's own row."""
    bundle = find_task(uow, reader, ref)
    task = bundle.task
    require(reader.actor, Act.ADD_NOTE, task.district_id, task.owner_id, f"You cannot add to {task.ref}.")
    words = _required(text, "no-note", "There was nothing in that note.", "Type it after the word note.")
    check_note_fits(uow, bundle, words)
    add_values(
        uow.connection,
        TaskNote,
        {
            "id": new_id(),
            "task_id": task.id,
            "district_id": task.district_id,
            "at": uow.now,
            "author_id": reader.actor.entra_id,
            "text": words,
        },
    )
    uow.audit(AuditOperation.COLLECTION, "add-note", reader.actor.entra_id, task=task)
    return bundle


def where_a_note_goes(uow: UnitOfWork, bundle: TaskBundle) -> str:
    """What becomes of a note added now: the result takes it along, unless it has left already."""
    outcome = bundle.outcome
    if outcome is None and _is_keyed_by_hand(uow, bundle):
        return "Put it on Athena yourself, with the result."
    if outcome is not None and outcome.state == OutcomeState.KEYED_BY_HAND:
        return "Put it on Athena yourself."
    if outcome is not None and outcome.state in SENT_BACK:
        return "It goes to Athena with the correction."
    if takes_notes_along(outcome):
        return "It goes to Athena with the result."
    return "The result has left for Athena without it: put it there yourself."


def _is_keyed_by_hand(uow: UnitOfWork, bundle: TaskBundle) -> bool:
    """Whether the result of an open task will be, whatever it is."""
    is_restricted = bundle.subject is not None and bundle.subject.restricted
    usual = uow.policy.records.usual_route(bundle.task.kind)
    return is_restricted or usual == RecordsRoute.KEYED_BY_HAND


def give_back(
    uow: UnitOfWork, reader: Reader, ref: str, reason: str, version: int | None = None
) -> TaskBundle:
    """The officer cannot do it: the task is unallocated again, and the channel hears of it."""
    bundle = _own_open_task(uow, reader, ref, Act.CANT_DO, version)
    words = _required(
        reason, "no-reason", "Say why you can’t do it.", "For example: 1042 can't do, at court until six"
    )
    return _unallocate(uow, reader, bundle, "cant-do", words)


def give_back_for(uow: UnitOfWork, bundle: TaskBundle, job: str, reason: str) -> TaskBundle:
    """A job gives back a task whose officer can work on it no more."""
    return _unallocate(uow, Reader(Actor(job, "", Rank.STAFF)), bundle, "officer-left", reason)


def _unallocate(uow: UnitOfWork, reader: Reader, bundle: TaskBundle, action: str, reason: str) -> TaskBundle:
    changed = change_task(
        uow,
        reader,
        bundle,
        state=TaskState.UNALLOCATED,
        owner_id=None,
        accepted_at=None,
        asked_until=None,
        state_changed_at=uow.now,
    )
    finish_change(uow, reader, bundle.task, changed, action, reason=reason)
    uow.effects(post_given_back(changed, uow.now))
    if bundle.task.owner_id:
        uow.effects(update_own_card(changed, bundle.task.owner_id, uow.now))
    announce_unallocated(uow, reload(uow, changed.id))
    return reload(uow, changed.id)


def announce_unallocated(uow: UnitOfWork, bundle: TaskBundle) -> None:
    """A new post in the district's channel, where it has one, unless the subject is restricted."""
    channel = uow.policy.board_channel(bundle.task.district_id)
    if channel and (bundle.subject is None or not bundle.subject.restricted):
        uow.effects(post_unallocated(bundle.task, channel, uow.now))


def ask_more_time(
    uow: UnitOfWork, reader: Reader, ref: str, until: datetime, reason: str, version: int | None = None
) -> TaskBundle:
    """Ask the supervisor for a later due time; the due time stands until they say yes."""
    bundle = _own_open_task(uow, reader, ref, Act.ASK_MORE_TIME, version)
    words = _required(reason, "no-reason", "Say why you need more time.", "A few words are enough.")
    if until <= bundle.task.due_at:
        due = short_day_time(bundle.task.due_at, uow.now)
        raise Refusal("not-later", f"{bundle.task.ref} is already due {due}.", "Ask for a later time.")
    check_due(uow, target_of(bundle), until)
    changed = change_task(uow, reader, bundle, asked_until=until)
    finish_change(uow, reader, bundle.task, changed, "ask-more-time", reason=words)
    uow.effects(post_more_time(changed, uow.now))
    return reload(uow, changed.id)


def _own_open_task(uow: UnitOfWork, reader: Reader, ref: str, act: str, version: int | None) -> TaskBundle:
    bundle = find_task(uow, reader, ref)
    task = bundle.task
    if task.state not in OPEN:
        refuse_stale(uow, reader, bundle)
    require(reader.actor, act, task.district_id, task.owner_id, f"{task.ref} is not yours.")
    check_version(uow, reader, bundle, version)
    return bundle


def _required(text: str, code: str, words: str, hint: str) -> str:
    clean = meant(text)
    if not clean:
        raise Refusal(code, words, hint)
    if len(clean) > _TEXT_LIMIT:
        raise Refusal("text-too-long", "That is too long.", f"Keep it under {_TEXT_LIMIT} characters.")
    return clean
