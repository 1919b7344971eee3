"""People talking to the bot: activities in, cards out, without HTTP or Teams."""

from itertools import count
from typing import Any, cast

import orjson

from bot.activities import Activities, Reply
from bot.answering import Answering
from bot.declared import Doors, Sources
from bot.teams.arrivals import Arrivals
from bot.teams.roster import TeamsRoster
from bot.unsaved import Unsaved
from cards.payloads import Payload
from infra.local.people import BOT_ID, FictionalPerson
from storage.enums import OutboxKind
from storage.rows import table_of
from storage.tables import SeenActivity
from tasking.ports import Card
from tests.support.buttons import DOORS
from tests.support.fakes import FakeDocuments, FakeMessenger, FakeRoster
from tests.support.notice_names import CardPurpose
from tests.support.units import SERVICE_URL, TENANT, Force

ADAPTIVE = "application/vnd.microsoft.card.adaptive"


class Talking:
    """The bot's handling of activities over the seeded force, with doubles of roster and documents."""

    def __init__(self, force: Force, doors: Doors = DOORS) -> None:
        self.force = force
        self.roster = FakeRoster()
        self.documents = FakeDocuments()
        self.messenger = FakeMessenger()
        units = force.units
        self.activities = Activities(
            units.policy,
            Answering(units),
            Arrivals(units, cast(TeamsRoster, self.roster)),
            Sources(units, self.documents),
            Unsaved(self.messenger),
            doors,
        )
        self._numbers = count(1)

    def activity(
        self, person: FictionalPerson | None, kind: str, *, channel: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """An activity as Teams sends it, in the person's chat or in a thread of a channel."""
        number = person.number if person else 0
        sender = {"id": person.teams_id, "aadObjectId": person.entra_id} if person else {}
        chat = {"id": f"chat-{number}", "conversationType": "personal"}
        thread = {"id": f"{channel};messageid=1", "conversationType": "channel"}
        return {
            "type": kind,
            "id": f"activity-{next(self._numbers)}",
            "serviceUrl": SERVICE_URL,
            "from": sender,
            "recipient": {"id": BOT_ID},
            "conversation": thread if channel else chat,
            "channelData": {"tenant": {"id": TENANT}},
            **more,
        }

    def tapping(
        self, person: FictionalPerson | None, tap: Payload, *, channel: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """The invoke of a button; the form's inputs come merged into its data."""
        data = tap.model_dump(mode="json", exclude_none=True)
        value = {"action": {"type": "Action.Execute", "verb": tap.verb, "data": data}, "trigger": "manual"}
        return self.activity(
            person, "invoke", channel=channel, name="adaptiveCard/action", value=value, **more
        )

    async def tap(
        self, person: FictionalPerson | None, tap: Payload, *, channel: str | None = None, **more: Any
    ) -> Card:
        """Tap a button; returns the card that answers the tap."""
        body = orjson.loads((await self.receive(self.tapping(person, tap, channel=channel, **more))).body)
        assert body["type"] == ADAPTIVE, body
        card: Card = body["value"]
        return card

    async def type(
        self,
        person: FictionalPerson | None,
        text: str,
        *mentioned: FictionalPerson,
        channel: str | None = None,
    ) -> Card | None:
        """Type a message; returns the answer that is to be posted, or None where effects speak."""
        before = len(await self.answers())
        reply = await self.receive(self.typing(person, text, *mentioned, channel=channel))
        assert (reply.status, reply.body) == (202, b"")
        answers = await self.answers()
        return answers[-1] if len(answers) > before else None

    def typing(
        self,
        person: FictionalPerson | None,
        text: str,
        *mentioned: FictionalPerson,
        channel: str | None = None,
    ) -> dict[str, Any]:
        """A typed message; `@1`, `@2` in the text are the people mentioned."""
        entities = []
        for place, somebody in enumerate(mentioned, start=1):
            if f"@{place}" not in text:
                continue
            tag = f"<at>{somebody.name}</at>"
            text = text.replace(f"@{place}", tag)
            entities.append(
                {
                    "type": "mention",
                    "text": tag,
                    "mentioned": {"id": somebody.teams_id, "name": somebody.name},
                }
            )
        return self.activity(person, "message", channel=channel, text=text, entities=entities)

    async def receive(self, activity: dict[str, Any]) -> Reply:
        """Hand an activity to the bot as it is."""
        return await self.activities.receive(activity)

    async def answers(self) -> list[Card]:
        """The answers to typed commands that wait to be posted, oldest first."""
        rows = await self.force.outbox(kind=OutboxKind.POST_CARD, purpose=CardPurpose.ANSWER)
        found = []
        for row in rows:
            seen = await self.force.rows(SeenActivity, table_of(SeenActivity).c.key == row.answer_key)
            assert seen[0].answer
            found.append(orjson.loads(seen[0].answer))
        return found
