"""A bot of a few lines: it remembers what it hears, answers taps, and sends what a test tells it to."""

import asyncio
from typing import Any

import aiohttp
from aiohttp import web

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
MESSAGE_TYPE = "application/vnd.microsoft.activity.message"


def execute(title: str, verb: str) -> dict[str, Any]:
    return {"type": "Action.Execute", "title": title, "verb": verb, "data": {"task": "T-1042"}}


def card(text: str, *actions: dict[str, Any], inputs: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    body = [{"type": "TextBlock", "text": text, "wrap": True}, *inputs]
    return {"type": "AdaptiveCard", "version": "1.5", "body": body, "actions": list(actions)}


def message_with(content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "attachments": [{"contentType": CARD_TYPE, "content": content}]}


class ThrowawayBot:
    """Remembers what it hears, and sends what a test tells it to send."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.arrived = asyncio.Condition()
        self.endpoint = ""

    async def receive(self, request: web.Request) -> web.Response:
        activity = await request.json()
        async with self.arrived:
            self.heard.append(activity)
            self.arrived.notify_all()
        return self.answer(activity) if activity["type"] == "invoke" else web.Response(status=202)

    def answer(self, activity: dict[str, Any]) -> web.Response:
        verb = activity["value"]["action"]["verb"]
        if verb == "whisper":
            return web.json_response({"statusCode": 200, "type": MESSAGE_TYPE, "value": "For you alone"})
        return web.json_response({"statusCode": 200, "type": CARD_TYPE, "value": card(f"After {verb}")})

    async def hears(self, kind: str, **wanted: str) -> dict[str, Any]:
        """The latest activity of that type (and sender), waited for."""

        def matches() -> list[dict[str, Any]]:
            sender = wanted.get("sender")
            return [a for a in self.heard if a["type"] == kind and sender in (None, a["from"]["id"])]

        async with asyncio.timeout(20), self.arrived:
            await self.arrived.wait_for(matches)
            return matches()[-1]

    def forget(self) -> None:
        self.heard.clear()

    async def send(self, service_url: str, conversation: str, activity: dict[str, Any]) -> str:
        return await self._call("POST", f"{service_url}/v3/conversations/{conversation}/activities", activity)

    async def update(
        self, service_url: str, conversation: str, message: str, activity: dict[str, Any]
    ) -> str:
        url = f"{service_url}/v3/conversations/{conversation}/activities/{message}"
        return await self._call("PUT", url, activity)

    async def roster(self, service_url: str, conversation: str) -> dict[str, str]:
        url = f"{service_url}/v3/conversations/{conversation}/pagedmembers"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            return {member["id"]: member["aadObjectId"] for member in (await answer.json())["members"]}

    async def _call(self, method: str, url: str, activity: dict[str, Any]) -> str:
        async with aiohttp.ClientSession() as http, http.request(method, url, json=activity) as answer:
            return str((await answer.json())["id"])
