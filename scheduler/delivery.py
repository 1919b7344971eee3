"""The delivery of outbox rows: claim by lease, draw, send, stamp on proof.

Several lanes are served at once, the rows of a lane one after the other. A slow, failing or busy target holds
up nobody else.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import structlog

from cards.base import marked_second_copy
from cards.drawn import Drawings
from scheduler.edits import Edits, Refusals
from scheduler.resting import Resting
from storage.enums import OutboxKind
from storage.tables import Message, Outbox
from tasking.deliveries import (
    CardDelivery,
    NothingToSend,
    Unreachable,
    finish_or_prepare,
    look,
    note_updated,
    remember_posted,
)
from tasking.deliveries import Delivery as Wanted
from tasking.notices import Notice, notices
from tasking.outbox_steps import (
    Busy,
    LeaseLost,
    claim_both,
    claim_hand_overs,
    claim_rows,
    draw_again,
    hand_overs_due,
    hand_overs_under_way,
    keep_row,
    note_chat,
    park_row,
    put_row_back,
    replace_chat,
    seconds_to_next,
    stamp_row,
    target_of,
    writes_as,
)
from tasking.ports import (
    THREAD_MARK,
    CannotReach,
    Card,
    ConversationGone,
    DeliveryProblem,
    MessageGone,
    Messenger,
    Place,
    RecordsRow,
    RecordsSystem,
    Refused,
    RefusedForGood,
    Unanswered,
    Unclear,
)
from tasking.records import stamp_handed_over
from tasking.unit_of_work import DatabaseTrouble, UnitOfWork, Units, code_of

log = structlog.get_logger()

_AT_ONCE = 16
_BREATH = 0.05
_LONGEST_BREATH = 0.5
_LONGEST_SLEEP = 5.0
_SECOND_COPY_AFTER = 60.0
_LONGEST_WAIT = 300.0
_FIRST_UNREACHABLE_WAIT = 2.0
_UNREACHABLE_WAIT = 300.0
_PLACE_TRIES = 4
_NO_CONNECTION = "no_connection"
_NO_USE = (Refused, Unclear, Unanswered, CannotReach, MessageGone)
"""Answers that also a wrong address gives, or a gateway before nothing. Being asked to wait is not one."""
_PLACE_AGAIN_AFTER = 2.0
_MOST_REFUSALS = 20
"""With the back-off that is more than an hour: long enough for credentials to be mended."""
_HAND_OVERS_AT_ONCE = 4
_ELSEWHERE_AGAIN_AFTER = 0.25
_NOTED_WITHIN = 50.0
_NOTE_AGAIN_AFTER = 0.5


class Delivery:
    """Delivers what the outbox holds. `wake` tells it that a commit may have added rows."""

    def __init__(
        self,
        units: Units,
        messenger: Messenger,
        records: RecordsSystem,
        drawings: Drawings,
        *,
        opens_chats: bool = True,
        second_copy_after: float = _SECOND_COPY_AFTER,
    ) -> None:
        self._units = units
        self._messenger = messenger
        self._records = records
        self._drawings = drawings
        self._opens_chats = opens_chats
        self._second_copy_after = second_copy_after
        self._woken = asyncio.Event()
        self._updated = Resting()
        self._turns_used_up = Resting()
        self._refusals = Refusals()
        self._under_way: dict[asyncio.Task[None], Outbox] = {}
        self._stopping = False

    def wake(self) -> None:
        """A commit may have added rows: look soon. To be called on the event loop."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled; what is under way then is finished first."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                self._woken.clear()
                asked_at = loop.time()
                found = await self._serve_free_lanes()
                breath = _breath_after(loop.time() - asked_at)
                if not found:
                    await self._rest()
                await asyncio.sleep(breath)
        finally:
            self._stopping = True
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def drain(self) -> int:
        """Deliver until nothing is due (rows that back off are left); returns how many were tried."""
        tried = 0
        while rows := await self._units.write_quietly(lambda uow: claim_rows(uow, _AT_ONCE)):
            await asyncio.gather(*(self._deliver(row) for row in rows))
            tried += len(rows)
        return tried

    async def drain_records(self, done: Callable[[], None]) -> None:
        """Try every due hand-over once; calls `done` after each.

        Those that a running service is sending meanwhile are waited for: what becomes of them counts too.
        """
        tried: set[int | None] = set()
        while True:
            rows = await self._units.write_quietly(lambda uow: claim_hand_overs(uow, _AT_ONCE))
            fresh = [row for row in rows if row.id not in tried]
            for row in rows:
                await self._deliver(row)
                done()
            tried.update(row.id for row in rows)
            if fresh:
                continue
            if rows or not await self._units.read(hand_overs_under_way):
                return
            await asyncio.sleep(_ELSEWHERE_AGAIN_AFTER)

    async def records_waiting(self) -> int:
        """How many hand-overs are due and not done."""
        return await self._units.read(hand_overs_due)

    async def _serve_free_lanes(self) -> bool:
        handing_over = sum(row.kind == OutboxKind.HAND_OVER for row in self._under_way.values())
        free = _AT_ONCE - (len(self._under_way) - handing_over)
        claim = asyncio.create_task(self._claim(free, _HAND_OVERS_AT_ONCE - handing_over))
        try:
            return self._begin(await asyncio.shield(claim))
        except asyncio.CancelledError:
            # What is under lease already is served: nobody else would touch it for a minute.
            self._begin(await claim)
            raise

    async def _claim(self, cards: int, hand_overs: int) -> list[Outbox]:
        """Cards and hand-overs have places of their own: a slow records system holds up no card."""
        if cards <= 0 and hand_overs <= 0:
            return []
        try:
            busy = self._busy()
            return await self._units.write_quietly(lambda uow: claim_both(uow, cards, hand_overs, busy))
        except Exception as problem:
            log.error("delivery.claim_failed", problem=code_of(problem))
            await asyncio.sleep(1)
            return []

    def _busy(self) -> Busy:
        under_way = Counter(target_of(row) for row in self._under_way.values())
        del under_way[""]
        return Busy(self._updated.names(), self._turns_used_up.names(), under_way)

    def _begin(self, rows: list[Outbox]) -> bool:
        for row in rows:
            task = asyncio.create_task(self._deliver(row))
            self._under_way[task] = row
            task.add_done_callback(self._finished)
        return bool(rows)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._under_way.pop(task, None)
        self._woken.set()

    async def _rest(self) -> None:
        try:
            busy = self._busy()
            due_in = await self._units.read(lambda uow: seconds_to_next(uow, busy))
        except Exception as problem:
            log.error("delivery.database_away", problem=code_of(problem))
            due_in = 1.0
        rests = (self._updated.ends_in(), self._turns_used_up.ends_in())
        ends = (end for end in (due_in, *rests) if end is not None)
        wait = min(max(min(ends, default=_LONGEST_SLEEP), _BREATH), _LONGEST_SLEEP)
        try:
            # Not wait_for: before Python 3.12 it can lose a cancellation that comes with the wake.
            async with asyncio.timeout(wait):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _deliver(self, row: Outbox) -> None:
        try:
            await self._attempt(row)
        except DeliveryProblem as problem:
            await self._not_delivered(row, problem)
        except LeaseLost:
            await self._leave(row)
        except DatabaseTrouble as trouble:
            log.warning("delivery.database_away", row=row.id, kind=row.kind, problem=trouble.code)
            await self._put_back(row, trouble.code, self._back_off(row))
        except Exception as problem:
            log.error("delivery.failed", row=row.id, kind=row.kind, problem=code_of(problem))
            await self._put_back(row, "internal", self._back_off(row))

    async def _attempt(self, row: Outbox) -> None:
        wanted = await self._wanted(row)
        if isinstance(wanted, NothingToSend):
            return
        if isinstance(wanted, RecordsRow):
            await self._hand_over(row, wanted)
        elif isinstance(wanted, Unreachable):
            await self._open_chat(row, wanted)
        else:
            await self._send_card(row, wanted)

    async def _wanted(self, row: Outbox) -> Wanted:
        """What a card shows is only read. Where nothing is to be sent, that is looked at again and noted.

        A hand-over notes beforehand that it is leaving.
        """
        is_card = row.kind != OutboxKind.HAND_OVER
        wanted = await self._units.read(lambda uow: look(uow, row)) if is_card else None
        if wanted is None or isinstance(wanted, NothingToSend):
            wanted = await self._units.write_quietly(lambda uow: finish_or_prepare(uow, row))
        return wanted

    async def _send_card(self, row: Outbox, wanted: CardDelivery) -> None:
        card, summary = self._drawings.draw(wanted.view)
        if wanted.is_second_copy:
            card = marked_second_copy(card)
        if wanted.place is not None:
            await self._post(row, wanted.place, card, summary)
            return
        edits = await self._update_each(row, wanted, card, summary)
        gone = edits.gone()
        await self._note(row, lambda uow: note_updated(uow, row, wanted, gone, edits.left_behind))
        self._refusals.forget(row.id)
        rests = self._notice(row).rests
        if rests:
            self._updated.begin(row.lane, rests)

    def _notice(self, row: Outbox) -> Notice:
        return notices().of(row)

    async def _post(self, row: Outbox, place: Place, card: Card, summary: str) -> None:
        try:
            posted = await self._messenger.post(place, card, summary)
        except ConversationGone as problem:
            await self._place_does_not_answer(row, place, problem)
            return
        self._refusals.note_taken()
        await self._note(row, lambda uow: remember_posted(uow, row, posted, place))

    async def _place_does_not_answer(self, row: Outbox, place: Place, problem: ConversationGone) -> None:
        """Perhaps for seconds, so that it is tried again first; then a chat is made anew."""
        log.warning("delivery.no_such_place", row=row.id, code=problem.code, attempt=row.attempts)
        is_thread = THREAD_MARK in place.conversation_id
        silent_again = row.no_place > 0 and row.doubts >= place.addresses
        if not silent_again:
            # At another address than the one that is kept it says more of the address than of the place.
            await self._put_back_doubted(row, problem, _PLACE_AGAIN_AFTER, no_place=not place.is_trial)
        elif is_thread and row.no_place < _PLACE_TRIES:
            await self._put_back_doubted(row, problem, self._back_off(row))
        elif is_thread:
            # Nobody can read there any more; the board and the officer's own card go on.
            await self._stamp(row, "thread-gone")
        elif not (row.person_id and self._opens_chats and await self._make_chat_anew(row, place)):
            await self._put_back_doubted(row, problem, self._until_reachable(row), unreachable=True)

    async def _make_chat_anew(self, row: Outbox, place: Place) -> bool:
        """Forget the chat and open another; False where nothing says how. After some, at longer times."""
        person_id = row.person_id
        assert person_id is not None
        teams_id = await self._units.read(lambda uow: writes_as(uow, person_id))
        if teams_id is None:
            return False
        chat = await self._messenger.open_chat(teams_id, place.service_url, place.tenant_id)
        await self._units.write_quietly(lambda uow: replace_chat(uow, person_id, place, chat))
        goes_on = row.no_place < _PLACE_TRIES
        await self._put_back(
            row,
            "chat-opened",
            0.0 if goes_on else self._until_reachable(row),
            unreachable=not goes_on,
            no_place=True,
        )
        return True

    async def _update_each(self, row: Outbox, wanted: CardDelivery, card: Card, summary: str) -> Edits:
        """Edit every standing card while the row is ours."""
        notice = self._notice(row)
        edits = Edits(
            leaves_unreachable=notice.lost.goes_with_the_work,
            gives_up_places=row.no_place >= _PLACE_TRIES - 1 and not notice.stays_in_its_place,
        )
        withheld = [(place, message, *self._drawings.draw(left)) for place, message, left in wanted.withheld]
        shown = [(place, message, card, summary) for place, message in wanted.standing]
        for number, (place, message, drawn, preview) in enumerate([*withheld, *shown]):
            if number and edits.should_try(place):
                await self._units.write_quietly(lambda uow: keep_row(uow, row))
            if edits.should_try(place):
                problem = await self._problem_of_update(place, message, drawn, preview)
                edits.note(place, message, problem, hides=number < len(withheld))
        if edits.refusals and self._refusals.are_of_messages(row.id):
            log.warning("delivery.messages_refused", row=row.id, codes=edits.refusals)
            edits.give_up_refused()
        return edits

    async def _problem_of_update(
        self, place: Place, message: Message, card: Card, summary: str
    ) -> DeliveryProblem | None:
        try:
            await self._messenger.update(place, message.activity_id, card, summary)
        except ConversationGone as problem:
            return Unanswered(problem.code) if place.is_trial else problem
        except DeliveryProblem as problem:
            return problem
        self._refusals.note_taken()
        return None

    async def _hand_over(self, row: Outbox, wanted: RecordsRow) -> None:
        """After any attempt whose end is not known for certain, the key is looked up before another."""
        receipt = await self._records.find(wanted.key) if row.attempts > 1 or row.unclear else None
        receipt = receipt or await self._records.hand_over(wanted)
        proof, outcome_id = receipt, row.outcome_id
        assert outcome_id is not None
        await self._units.write(lambda uow: stamp_handed_over(uow, outcome_id, proof))
        await self._stamp(row, proof.item_id)

    async def _open_chat(self, row: Outbox, wanted: Unreachable) -> None:
        """Open the chat, so that the next attempt finds it; raises where that is not possible."""
        if not (self._opens_chats and wanted.teams_id and wanted.through and row.person_id):
            raise CannotReach(wanted.code)
        through, person_id = wanted.through, row.person_id
        place = await self._messenger.open_chat(wanted.teams_id, through.service_url, through.tenant_id)
        await self._units.write_quietly(lambda uow: note_chat(uow, person_id, place))
        await self._put_back(row, "chat-opened", 0.0)

    async def _not_delivered(self, row: Outbox, problem: DeliveryProblem) -> None:
        log.warning(
            "delivery.not_delivered", row=row.id, kind=row.kind, code=problem.code, attempt=row.attempts
        )
        if problem.retry_after is not None and target_of(row):
            self._turns_used_up.begin(target_of(row), problem.retry_after)
        unclear = isinstance(problem, Unclear)
        if _is_given_up(row, problem):
            self._refusals.forget(row.id)
            reason = problem.reason if isinstance(problem, RefusedForGood) else ""
            await self._note(row, lambda uow: park_row(uow, row, problem.code, reason))
        elif unclear and row.kind != OutboxKind.HAND_OVER:
            waits = self._second_copy_after if problem.retry_after is None else problem.retry_after
            await self._put_back(row, problem.code, waits, unclear=True, doubtful=_is_doubtful(problem))
        elif isinstance(problem, MessageGone) and THREAD_MARK in (row.conversation_id or ""):
            await self._stamp(row, "thread-gone")
        elif isinstance(problem, ConversationGone):
            await self._put_back_doubted(row, problem, self._until_reachable(row), unreachable=True)
        elif isinstance(problem, CannotReach):
            wait = self._until_reachable(row)
            await self._put_back(row, problem.code, wait, unreachable=True, doubtful=True)
        else:
            wait = problem.retry_after if problem.retry_after is not None else self._back_off(row)
            await self._put_back(row, problem.code, wait, unclear=unclear, doubtful=_is_doubtful(problem))

    @staticmethod
    def _back_off(row: Outbox) -> float:
        return min(2.0 ** min(row.attempts, 9), _LONGEST_WAIT) * random.uniform(0.8, 1.2)

    @staticmethod
    def _until_reachable(row: Outbox) -> float:
        """Seconds, few at first: an install that comes while this row is under way does not release it."""
        return min(_FIRST_UNREACHABLE_WAIT * 2.0 ** min(row.attempts - 1, 9), _UNREACHABLE_WAIT)

    async def _put_back_doubted(
        self, row: Outbox, problem: ConversationGone, wait: float, **why: bool
    ) -> None:
        await self._put_back(row, problem.code, wait, **{"no_place": True, "doubtful": True, **why})

    async def _put_back(self, row: Outbox, code: str, wait: float, **why: bool) -> None:
        """`why` as `put_row_back` takes it."""
        pause = timedelta(seconds=wait)
        await self._note(row, lambda uow: put_row_back(uow, row, code, pause, **why))

    async def _stamp(self, row: Outbox, proof: str) -> None:
        await self._note(row, lambda uow: stamp_row(uow, row, proof))

    async def _note(self, row: Outbox, step: Callable[[UnitOfWork], bool]) -> None:
        if await self._noted(step) is False:
            await self._leave(row)

    async def _leave(self, row: Outbox) -> None:
        """Somebody else has the row. An edit of ours that came late may have covered what they drew."""
        log.warning("delivery.lease_lost", row=row.id, kind=row.kind, attempt=row.attempts)
        if row.kind == OutboxKind.UPDATE_CARD:
            await self._noted(lambda uow: draw_again(uow, row))

    async def _noted(self, step: Callable[[UnitOfWork], bool]) -> bool | None:
        """Note what came of an attempt, again and again while the lease lasts.

        What was sent and never noted would be sent twice, so a database that is away for a moment is waited
        for. After that the lease runs out, and the row counts as unclear.
        """
        give_up_at = asyncio.get_running_loop().time() + _NOTED_WITHIN
        while True:
            try:
                return await self._units.write_quietly(step)
            except Exception as problem:
                log.error("delivery.not_noted", problem=code_of(problem))
                if self._stopping or asyncio.get_running_loop().time() > give_up_at:
                    return None
                await asyncio.sleep(_NOTE_AGAIN_AFTER)


def _is_given_up(row: Outbox, problem: DeliveryProblem) -> bool:
    """Refused for good, or for more than an hour.

    After an unclear attempt it may stand in the list and not be found yet: then one refusal says nothing.
    """
    if isinstance(problem, RefusedForGood) and not row.unclear:
        return True
    refused_again = isinstance(problem, Refused) and problem.code == row.last_error
    return refused_again and row.attempts >= _MOST_REFUSALS


def _is_doubtful(problem: DeliveryProblem) -> bool:
    """Whether another service URL may be the right one: nobody was heard, or what is there is no use."""
    return problem.code == _NO_CONNECTION or isinstance(problem, _NO_USE)


def _breath_after(waited: float) -> float:
    """Seconds until the next claim. The longer the last one waited behind people's taps, the longer."""
    return min(max(_BREATH, 20 * waited), _LONGEST_BREATH)
