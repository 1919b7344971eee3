"""Finding what somebody named, among what they may see. What they may not see looks the same as nothing."""

from dataclasses import dataclass

from storage import messages
from storage.tables import ProtectiveOrder, Subject, TaskBundle
from storage.work import queries
from storage.work.own_cards import OFFICERS_CARD
from tasking.lifecycle import OPEN
from tasking.naming import called
from tasking.permissions import Act, Actor, may
from tasking.references import nearest, normalise_reference, spelled_alike
from tasking.refusals import NoLongerYours, Refusal, SomebodyElses
from tasking.unit_of_work import UnitOfWork

_MOST_KNOWN = 200


@dataclass(frozen=True)
class Reader:
    """Who looks, and where: in a channel everybody reads along, so nothing restricted is shown."""

    actor: Actor
    in_channel: bool = False
    channel_district: str | None = None
    """In a channel nothing of another district is shown, whoever asks."""

    def may(self, act: str, district_id: str, owner_id: str | None) -> bool:
        """Whether the reader may do this here to a task of that district and owner."""
        if self.is_elsewhere(district_id):
            return False
        return may(self.actor, act, district_id, owner_id)

    def is_elsewhere(self, district_id: str) -> bool:
        """Whether this is a channel of another district: what its readers may not see is not shown there."""
        return self.in_channel and district_id != self.channel_district

    def districts_where(self, act: str) -> list[str]:
        """The districts in which the reader may do something here to other people's work."""
        return [district for district in self.actor.districts_where(act) if self.may(act, district, None)]

    @property
    def named_as(self) -> str | None:
        """Under which id restricted subjects are looked up; None in a channel."""
        return None if self.in_channel else self.actor.entra_id


@dataclass(frozen=True)
class Target:
    """What a task is about: a subject, and the order that is checked."""

    district_id: str
    subject: Subject
    order: ProtectiveOrder | None


def find_task(uow: UnitOfWork, reader: Reader, ref: str) -> TaskBundle:
    """The task with this reference; raises `Refusal` with the nearest one where the reader sees none."""
    known = normalise_reference(ref)
    bundle = queries.bundle_by_ref(uow.connection, known) if known else None
    if bundle is not None and (can_see(uow, reader, bundle) or _may_only_record(uow, reader, bundle)):
        return bundle
    if bundle is not None and _had_it(uow, reader, bundle):
        raise NoLongerYours(bundle.task.ref)
    if bundle is not None and _stands_on_a_card(uow, reader, bundle):
        raise SomebodyElses(bundle.task.ref, called(bundle.owner) if bundle.owner else "nobody yet")
    raise not_found(uow, reader, ref)


def _may_only_record(uow: UnitOfWork, reader: Reader, bundle: TaskBundle) -> bool:
    """Somebody who sees nothing for now may record on their own task; the answer shows nothing of it."""
    task = bundle.task
    is_theirs = reader.actor.only_records and reader.may(Act.RECORD_OUTCOME, task.district_id, task.owner_id)
    return is_theirs and may_see_subject(uow, reader, bundle.subject)


def _stands_on_a_card(uow: UnitOfWork, reader: Reader, bundle: TaskBundle) -> bool:
    """Whether a card of the reader's own names it: another open task about the subject of one of theirs."""
    task = bundle.task
    in_district = task.district_id in reader.actor.roles and task.state in OPEN
    if reader.in_channel or not in_district or not may_see_subject(uow, reader, bundle.subject):
        return False
    if bundle.subject is None:
        return False
    own = queries.owned_by(reader.actor.entra_id)
    about = queries.about_subject(bundle.subject.id)
    return bool(queries.bundles_where(uow.connection, own, about, queries.is_open(), limit=1))


def _had_it(uow: UnitOfWork, reader: Reader, bundle: TaskBundle) -> bool:
    """Whether a card about it stands in the reader's own chat."""
    person_id = reader.actor.entra_id
    if reader.in_channel or not may_see_subject(uow, reader, bundle.subject):
        return False
    task_id = bundle.task.id
    return bool(messages.standing(uow.connection, OFFICERS_CARD, task_id=task_id, person_id=person_id))


def can_see(uow: UnitOfWork, reader: Reader, bundle: TaskBundle) -> bool:
    """Whether the reader may know that this task exists."""
    task = bundle.task
    visible = reader.may(Act.SEE_TASK, task.district_id, task.owner_id)
    return visible and may_see_subject(uow, reader, bundle.subject)


def could_see_as_officer(uow: UnitOfWork, reader: Reader, bundle: TaskBundle) -> bool:
    """Whether the reader might have this task, by role and subject, whoever has it now."""
    visible = reader.may(Act.SEE_TASK, bundle.task.district_id, reader.actor.entra_id)
    return visible and may_see_subject(uow, reader, bundle.subject)


def can_see_order(uow: UnitOfWork, reader: Reader, order: ProtectiveOrder, subject: Subject | None) -> bool:
    """Whether the reader may know of this order, as on the list of orders."""
    visible = reader.may(Act.SEE_BOARD, order.district_id, None)
    return visible and may_see_subject(uow, reader, subject)


def find_target(uow: UnitOfWork, reader: Reader, ref: str) -> Target:
    """The order or subject with this reference; raises `Refusal` where the reader sees none."""
    known = normalise_reference(ref) or ref
    order = queries.order_by_ref(uow.connection, known)
    subject = (
        queries.subject_by_id(uow.connection, order.subject_id)
        if order
        else queries.subject_by_ref(uow.connection, known)
    )
    if subject is None or not may_see_subject(uow, reader, subject):
        raise not_found(uow, reader, ref)
    district_id = order.district_id if order else subject.district_id
    if may(reader.actor, Act.SEE_TASK, district_id, None):
        check_channel(reader, order.ref if order else subject.ref, district_id)
    else:
        raise not_found(uow, reader, ref)
    return Target(district_id, subject, order)


def check_channel(reader: Reader, what: str, district_id: str) -> None:
    """A channel takes only what is its district's own, also from somebody who works in both."""
    if reader.is_elsewhere(district_id):
        raise Refusal(
            "other-district",
            f"{what} belongs to another district than this channel.",
            "Use its own channel, or your chat with RedLine.",
        )


def not_found(uow: UnitOfWork, reader: Reader, ref: str) -> Refusal:
    """The same words for what is not there and for what the reader may not see.

    A task is offered only from the reader's own open ones: a guess never leads to somebody else's work.
    """
    wanted = normalise_reference(ref) or ref
    own = own_open_references(uow, reader)
    close = nearest(wanted, own if wanted.startswith("T-") else known_references(uow, reader, wanted))
    hint = f"Did you mean {close}?" if close else "Type /tasks to see your own list."
    near = close if close in own else ""
    return Refusal("not-found", "RedLine has nothing under that reference.", hint, near=near or "")


def own_open_references(uow: UnitOfWork, reader: Reader) -> list[str]:
    """The reader's own open tasks that may be named where they ask."""
    own = queries.owned_by(reader.actor.entra_id)
    found = queries.bundles_where(uow.connection, own, queries.is_open(), queries.visible_to(reader.named_as))
    return [
        bundle.task.ref
        for bundle in found
        if reader.may(Act.SEE_TASK, bundle.task.district_id, bundle.task.owner_id)
    ]


def known_references(uow: UnitOfWork, reader: Reader, like: str = "") -> list[str]:
    """References that the reader may see, for suggestions: of what is open, and of what is spelled alike.

    As many as a suggestion needs, and not all that there ever were.
    """
    districts, named_as = reader.districts_where(Act.SEE_TASK), reader.named_as
    is_open, visible = queries.is_open(), queries.visible_to(named_as)
    theirs = queries.bundles_where(uow.connection, queries.in_districts(districts), is_open, visible)
    orders = queries.orders_of_districts(uow.connection, districts, named_as, _MOST_KNOWN)
    subjects = queries.subjects_of_districts(uow.connection, districts, named_as, _MOST_KNOWN)
    alike = queries.references_among(uow.connection, spelled_alike(like), districts, named_as)
    found = {order.ref for order, _ in orders} | {subject.ref for subject in subjects} | set(alike)
    return sorted(found | {bundle.task.ref for bundle in theirs} | set(own_open_references(uow, reader)))


def may_see_subject(uow: UnitOfWork, reader: Reader, subject: Subject | None) -> bool:
    """Whether the reader may know of this subject: not restricted, or they are named and read alone."""
    if subject is None or not subject.restricted:
        return True
    return reader.named_as is not None and queries.has_access(uow.connection, subject.id, reader.named_as)
