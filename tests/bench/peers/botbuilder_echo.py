"""A stateless echo bot on botbuilder: `botbuilder_echo.py PORT`, with `cured` for its retry policy's cure."""

import sys
from typing import Any

from aiohttp import web
from botbuilder.core import TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import Activity, AdaptiveCardInvokeResponse, AdaptiveCardInvokeValue

CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [{"type": "TextBlock", "text": "Echo", "wrap": True}],
}


class Unauthenticated:
    """An empty app id switches botbuilder's authentication off: an advantage that this echo may have."""

    APP_ID = ""
    APP_PASSWORD = ""
    APP_TYPE = "MultiTenant"
    APP_TENANTID = ""


class Echo(TeamsActivityHandler):  # type: ignore[misc]
    """Answers every tap with the same card."""

    async def on_adaptive_card_invoke(
        self, turn_context: TurnContext, invoke_value: AdaptiveCardInvokeValue
    ) -> AdaptiveCardInvokeResponse:
        """Answer one tap."""
        return AdaptiveCardInvokeResponse(
            status_code=200, type="application/vnd.microsoft.card.adaptive", value=CARD
        )


def cure() -> None:
    """Give the retry policy a set to look status codes up in: it concatenates lists at every turn."""
    from msrest.universal_http.requests import ClientRetryPolicy

    policy: Any = ClientRetryPolicy
    policy.safe_codes = frozenset(policy.safe_codes)


def application() -> web.Application:
    """The endpoint as botbuilder's samples have it; its own `process` cannot answer a tap."""
    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(Unauthenticated))
    bot = Echo()

    async def messages(request: web.Request) -> web.Response:
        activity = Activity().deserialize(await request.json())
        answer = await adapter.process_activity("", activity, bot.on_turn)
        return web.json_response(answer.body, status=answer.status)

    app = web.Application()
    app.router.add_post("/api/messages", messages)
    return app


if __name__ == "__main__":
    if "cured" in sys.argv:
        cure()
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
