"""Posts and updates cards in Teams; what each failure means is told by the `DeliveryProblem` raised."""

from typing import Any

from botbuilder.schema import Activity, Attachment, ChannelAccount, ConversationParameters

from bot.teams.connector import Connector
from bot.teams.pace import Pace
from bot.teams.send_problems import post_problem, raised_as, repeatable_problem, update_problem
from tasking.ports import THREAD_MARK, Card, NotSent, Place, Posted, Unclear

CARD_CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"


class BotMessenger:
    """The `Messenger` of the use cases, over Teams' connector service.

    Every method keeps to the pace that Teams allows, and raises a `DeliveryProblem` when it fails.
    """

    def __init__(self, connector: Connector, *, app_id: str, pace: Pace) -> None:
        self._connector = connector
        self._bot = ChannelAccount(id=f"28:{app_id}")
        self._pace = pace

    async def post(self, place: Place, card: Card, summary: str) -> Posted:
        """Post a card into a chat or thread; into a channel it starts a new thread."""
        conversations = self._connector.conversations(place.service_url)
        await self._pace.wait_turn(place.conversation_id)
        message = _message(card, summary)
        with raised_as(post_problem):
            if place.is_channel:
                thread = await conversations.create_conversation(self._new_thread(place, message))
                return _posted_thread(thread)
            answer = await conversations.send_to_conversation(place.conversation_id, message)
        return _posted(place.conversation_id, answer and answer.id)

    async def update(self, place: Place, activity_id: str, card: Card, summary: str) -> None:
        """Replace a card that the bot posted; raises `MessageGone` where it is no longer there."""
        conversations = self._connector.conversations(place.service_url)
        await self._pace.wait_turn(place.conversation_id)
        message = _message(card, summary)
        message.id = activity_id
        with raised_as(update_problem):
            await conversations.update_activity(place.conversation_id, activity_id, message)

    async def open_chat(self, person_teams_id: str, service_url: str, tenant_id: str) -> Place:
        """Open (or find) the personal chat with somebody for whom the app is installed."""
        conversations = self._connector.conversations(service_url)
        await self._pace.wait_turn(person_teams_id)
        with raised_as(repeatable_problem):
            chat = await conversations.create_conversation(self._new_chat(person_teams_id, tenant_id))
        if not (chat and chat.id):
            raise NotSent("no_conversation_id")
        return Place(chat.id, service_url, tenant_id)

    def _new_thread(self, place: Place, message: Activity) -> ConversationParameters:
        return ConversationParameters(
            is_group=True,
            bot=self._bot,
            channel_data={"channel": {"id": place.conversation_id}, "tenant": {"id": place.tenant_id}},
            activity=message,
        )

    def _new_chat(self, person_teams_id: str, tenant_id: str) -> ConversationParameters:
        # botbuilder would write its own tenant field as `tenantID`, which Teams does not read.
        return ConversationParameters(
            is_group=False,
            bot=self._bot,
            members=[ChannelAccount(id=person_teams_id)],
            channel_data={"tenant": {"id": tenant_id}},
        )


def _message(card: Card, summary: str) -> Activity:
    """A card alone: with a text beside it, Teams would make two messages of it and return no id."""
    attachment = Attachment(content_type=CARD_CONTENT_TYPE, content=card)
    return Activity(type="message", summary=summary, attachments=[attachment])


def _posted(conversation_id: str | None, activity_id: str | None) -> Posted:
    if not conversation_id or not activity_id:
        raise Unclear("no_message_id")
    return Posted(conversation_id, activity_id)


def _posted_thread(thread: Any) -> Posted:
    """A thread is named after its first message, whose id Teams may leave out beside it."""
    conversation_id = (thread and thread.id) or ""
    _, _, first_message = conversation_id.partition(THREAD_MARK)
    return _posted(conversation_id, (thread and thread.activity_id) or first_message)
