"""A stateless echo bot on the Teams SDK: `teams_sdk_echo.py PORT`, with `quiet` for no access log."""

import asyncio
import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from microsoft_teams.api.models.adaptive_card import AdaptiveCardActionCardResponse
from microsoft_teams.apps import App
from microsoft_teams.apps.http import FastAPIAdapter
from microsoft_teams.cards import AdaptiveCard, TextBlock


def server(app: FastAPI) -> uvicorn.Server:
    """The server as the SDK makes it itself, but on loopback."""
    logs = "quiet" not in sys.argv
    config = uvicorn.Config(
        app, host="127.0.0.1", port=int(sys.argv[1]), log_level="info" if logs else "warning", access_log=logs
    )
    return uvicorn.Server(config)


async def echo(_: Any) -> AdaptiveCardActionCardResponse:
    """Answer every tap with the same card."""
    card = AdaptiveCard(version="1.5", body=[TextBlock(text="Echo", wrap=True)])
    return AdaptiveCardActionCardResponse(value=card)


if __name__ == "__main__":
    bot = App(skip_auth=True, http_server_adapter=FastAPIAdapter(server_factory=server))
    bot.on_card_action(echo)
    asyncio.run(bot.start(int(sys.argv[1])))
