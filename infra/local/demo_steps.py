"""The main job as a demo plays it: each step does something as a person would, and checks what they see."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from infra.local.demo_stage import Card, DemoStage, chat_of, find_button, lines_of, link_of, words_of
from infra.local.people import CONSTABLE, NORTH_CHANNEL, SERGEANT
from infra.local.teams_kept import Message

MOST_LINES = 8
REFERENCE = "36/21858/19"
REASON = "Which door did you try?"


class Unexpected(Exception):
    """What a person saw is not what they should have seen; the message says which."""


Step = tuple[str, Callable[[], Awaitable[str]]]


class MainJob:
    """Steps 1 to 5, to be played in order on one stage. `at` (aware) is its clock at the start."""

    def __init__(self, stage: DemoStage, at: datetime, patience: float) -> None:
        """`patience` is how long, in seconds, to wait for a card before calling it missing."""
        self._stage = stage
        self._at = at
        self._patience = patience
        self._thread = ""
        self._form: Card = {}
        self._done: Card = {}

    def steps(self) -> list[Step]:
        """What each step is, and what plays it; playing it returns what was seen, or raises."""
        return [
            ("1 Sergeant posts @RedLine /assign @Casey visit DVPO-3 by tomorrow 18:00", self.assign),
            ("1 Constable's chat", self.card_arrives),
            ("1 North team's board", self.board_is_drawn),
            ("2 Sergeant posts @RedLine /assign alone", self.ask_for_form),
            ("2 Sergeant fills the form in", self.fill_form_in),
            ("2 Sergeant types /assign @Casey … in their own chat, without @RedLine", self.assign_in_chat),
            ("3 Constable taps No answer", self.no_answer),
            ("3 Constable taps Undo", self.undo),
            ("3 Constable taps Brief me", self.brief),
            ("3 Constable taps Copy of order, opens the link", self.copy_of_order),
            ("3 Constable reports a breach on T-1043", self.breach),
            ("3 Constable taps More, Can't do on T-1044: unsafe alone", self.cannot_do),
            ("4 Constable types 1042 no answer 2115", self.typed),
            ("5 The undo window passes (eleven minutes later)", self.hand_over),
            ("5 The records desk records T-1043", self.desk_records),
            ("5 The records desk rejects T-1042", self.desk_rejects),
            ("5 Constable corrects T-1042", self.correct),
            ("5 Sergeant assigns T-1045; its due time passes (tomorrow 18:03)", self.overdue),
            ("5 The correction has been handed over", self.correction_handed_over),
        ]

    # --- 1 ---

    async def assign(self) -> str:
        """A visit is assigned in the channel."""
        command = "/assign @ visit DVPO-3 by tomorrow 18:00 note: gate is stiff"
        self._thread = await self._stage.says_in_channel(SERGEANT, command, CONSTABLE)
        card = (await self._message(self._thread, "T-1042")).card
        expect(card, "T-1042 · Order check · DVPO-3", "PC 9187 · by ", "Assigned", "Everybody in a channel")
        expect_not(card, "gate is stiff")
        return f"the thread answers {lines_of(card)[1]} · {lines_of(card)[2]}"

    async def card_arrives(self) -> str:
        """The officer's card comes to their own chat."""
        message = await self._in_chat("T-1042")
        lines = lines_of(message.card)
        expect(message.card, "J. EXAMPLE (S-01)", "DOUBLE-CREW", "gate is stiff", "BREACH: radio")
        if len(lines) > MOST_LINES:
            raise Unexpected(f"the card has {len(lines)} lines")
        if "EXAMPLE" in message.summary:
            raise Unexpected("the lock screen shows a name")
        return f"the card is there, {len(lines)} lines; on the lock screen: {message.summary}"

    async def board_is_drawn(self) -> str:
        """The district's board counts the visit."""
        board = await self._board("Every order has a visit to come")
        return words_of(board).splitlines()[1]

    # --- 2 ---

    async def ask_for_form(self) -> str:
        """The command alone is answered by a form."""
        self._thread = await self._stage.says_in_channel(SERGEANT, "/assign")
        self._form = (await self._message(self._thread, "")).card
        expect(self._form, "Give somebody a task", "PC 9187", "DVPO-3 (S-01)")
        expect_not(self._form, "9687")
        return "a form in the thread, with the officers of the district"

    async def fill_form_in(self) -> str:
        """The form does the same as the typed command."""
        chosen = {"officer": CONSTABLE.entra_id, "kind": "visit", "target": "DVPO-3"}
        due = {"due_date": f"{self._at + timedelta(days=1):%Y-%m-%d}", "due_time": "17:00"}
        card = await self._stage.taps(SERGEANT, self._form, "Assign", self._thread, **chosen, **due)
        expect(card, "T-1043 · Order check · DVPO-3", "17:00")
        await self._in_chat("T-1043")
        return "the form becomes the confirmation, and T-1043 is in the constable's chat"

    async def assign_in_chat(self) -> str:
        """In a chat of one's own no mention of RedLine is needed."""
        await self._stage.says(SERGEANT, "/assign @ visit DVPO-3 by tomorrow 18:00", CONSTABLE)
        expect((await self._message(chat_of(SERGEANT), "T-1044")).card, "Assigned")
        await self._in_chat("T-1044")
        return "confirmed there, and T-1044 is in the constable's chat"

    # --- 3 ---

    async def no_answer(self) -> str:
        """The usual outcome is one tap."""
        card = (await self._in_chat("T-1042")).card
        self._done = await self._stage.taps(CONSTABLE, card, "No answer")
        expect(self._done, "No answer", "don't re-key", "Undo (until ")
        return str(find_button(self._done, "Undo")["title"]) + "; RedLine sends this: don't re-key"

    async def undo(self) -> str:
        """It can be taken back."""
        card = await self._stage.taps(CONSTABLE, self._done, "Undo")
        expect(card, "The task is open again", "J. EXAMPLE (S-01)")
        return words_of(card).splitlines()[0]

    async def brief(self) -> str:
        """The briefing is for the tapper alone, and opening it accepts the task."""
        card = (await self._in_chat("T-1042", "Brief me")).card
        brief = await self._stage.taps(CONSTABLE, card, "Brief me")
        expect(brief, "for you alone", "must not contact the protected person", "Dog is loose", "was logged")
        await self._eventually(
            lambda: "Accepted" in self._words_about("T-1042"), "the sergeant sees Accepted"
        )
        return "conditions and briefing, for them alone; the sergeant's thread says Accepted"

    async def copy_of_order(self) -> str:
        """The copy of the order is a link for the tapper alone."""
        card = (await self._in_chat("T-1042", "Copy of order")).card
        copy = await self._stage.taps(CONSTABLE, card, "Copy of order")
        expect(copy, "Copy of DVPO-3", "for you alone")
        status = await self._stage.opens(link_of(copy))
        if status != 200:
            raise Unexpected(f"the link answered {status}")
        return "DVPO-3.pdf opens"

    async def breach(self) -> str:
        """A breach is checked, recorded, posted and handed over at once."""
        card = (await self._in_chat("T-1043")).card
        expect(card, "Radio first. Nobody watches RedLine.")
        answers = {"is_she_safe": "Yes, spoken to", "where_is_he": "Left on foot"}
        check = await self._stage.taps(CONSTABLE, card, "Check answers", **answers)
        expect(check, "Nothing is recorded yet", "Left on foot")
        done = await self._stage.taps(CONSTABLE, check, "Record and tell the sergeant")
        expect(done, "Breach suspected")
        await self._message(NORTH_CHANNEL, "T-1043", "Breach suspected – DVPO-3")
        await self._eventually(
            lambda: bool(self._stage.rows_of("T-1043")), "the breach is on the records list"
        )
        return "read back, then recorded; posted in the channel; on the records list at once"

    async def cannot_do(self) -> str:
        """Work that cannot be done goes back to the sergeant, with a reason."""
        card = (await self._in_chat("T-1044")).card
        back = await self._stage.taps(CONSTABLE, card, "Give it back", cant_reason="Unsafe alone")
        expect(back, "back with the sergeant")
        await self._message(NORTH_CHANNEL, "T-1044", "T-1044 has nobody")
        return "it is back with the sergeant; the channel: T-1044 has nobody"

    # --- 4 ---

    async def typed(self) -> str:
        """A typed message does the same as the tap."""
        await self._stage.says(CONSTABLE, "1042 no answer 2115")
        card = (await self._in_chat("T-1042", "21:15")).card
        expect(card, "No answer", "don't re-key", "Undo (until ")
        return " · ".join(lines_of(card)[1:3])

    # --- 5 ---

    async def hand_over(self) -> str:
        """The outcome goes to the records list when it can no longer be taken back."""
        if self._stage.rows_of("T-1042"):
            raise Unexpected("T-1042 was handed over within the undo window")
        await self._stage.restart_at(self._at + timedelta(minutes=11))
        await self._eventually(lambda: bool(self._stage.rows_of("T-1042")), "T-1042 is on the records list")
        fields = self._stage.rows_of("T-1042")[0].fields
        if (fields["Code"], fields["OfficerId"], fields["State"]) != ("NO_ANSWER", "9187", "Waiting"):
            raise Unexpected("the row on the records list is not what the constable recorded")
        await self._in_chat("T-1042", "RedLine sent this to the Athena desk")
        return "on the records list; the card: RedLine sent this to the Athena desk"

    async def desk_records(self) -> str:
        """The reference that the desk gives comes back to the card."""
        await self._stage.desk("T-1043", action="record", reference=REFERENCE)
        await self._in_chat("T-1043", REFERENCE)
        return f"the constable's card shows {REFERENCE}"

    async def desk_rejects(self) -> str:
        """A rejected outcome comes back to its officer."""
        await self._stage.desk("T-1042", action="reject", reason=REASON)
        await self._in_chat("T-1042", f"rejected this: {REASON}")
        return f"the constable's card comes back: {REASON}"

    async def correct(self) -> str:
        """The correction is a new outcome."""
        card = (await self._in_chat("T-1042", REASON)).card
        corrected = await self._stage.taps(CONSTABLE, card, "No answer")
        expect(corrected, "No answer", "Undo (until ")
        return "No answer, now; it can be undone like the first"

    async def overdue(self) -> str:
        """Overdue work is reminded of, and shows on the board."""
        await self._stage.says(SERGEANT, "/assign @ visit DVPO-3 by tomorrow 18:00", CONSTABLE)
        await self._in_chat("T-1045")
        due = (self._at + timedelta(days=1)).replace(hour=18, minute=0)
        await self._stage.restart_at(due + timedelta(minutes=3))
        reminder = await self._reminder("T-1045")
        expect(reminder.card, "OVERDUE since")
        await self._board("overdue")
        return f"a reminder in the constable's chat ({reminder.summary}); the board shows it overdue"

    async def correction_handed_over(self) -> str:
        """The correction is a new row that names the one it corrects."""
        await self._eventually(lambda: len(self._stage.rows_of("T-1042")) == 2, "the correction is a new row")
        new, old = self._stage.rows_of("T-1042")
        if new.fields["CorrectsKey"] != old.fields["RedLineKey"]:
            raise Unexpected("the correction does not name the row it corrects")
        return "a second row, which names the first"

    # --- what people see ---

    async def _message(self, place: str, task: str, words: str = "") -> Message:
        """The latest message in a chat, a thread or a channel about a task that reads `words`."""
        return await self._found(
            lambda message: place in (message.conversation_id, message.channel_id), task, words
        )

    async def _in_chat(self, task: str, words: str = "") -> Message:
        """The constable's latest card about a task."""
        return await self._message(chat_of(CONSTABLE), task, words)

    async def _reminder(self, task: str) -> Message:
        """The reminder that names a task; its lock screen line names none."""
        return await self._message(chat_of(CONSTABLE), "RedLine: ", task)

    async def _board(self, words: str) -> Card:
        return (await self._found(lambda message: message.summary == "RedLine board", "", words)).card

    async def _found(self, fits: Callable[[Message], bool], task: str, words: str) -> Message:
        def found() -> list[Message]:
            fitting = (message for message in self._stage.teams.messages if fits(message))
            return [m for m in fitting if task in m.summary and words in words_of(m.card)]

        await self._eventually(lambda: bool(found()), f"a card about {task or 'this'} reads {words!r}")
        return found()[-1]

    def _words_about(self, task: str) -> str:
        in_channel = self._stage.teams.in_channel(NORTH_CHANNEL)
        return "\n".join(words_of(message.card) for message in in_channel if task in message.summary)

    async def _eventually(self, holds: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(self._patience):
                while not holds():  # noqa: ASYNC110 - half of it is on the records list, which tells nobody
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise Unexpected(f"not within {self._patience:g} s: {what}") from None


def expect(card: Card, *words: str) -> None:
    """Raise `Unexpected` unless all of these can be read on the card."""
    for each in words:
        if each not in words_of(card):
            raise Unexpected(f"the card does not read {each!r}")


def expect_not(card: Card, words: str) -> None:
    """Raise `Unexpected` where this can be read on the card."""
    if words in words_of(card):
        raise Unexpected(f"the card reads {words!r}")
