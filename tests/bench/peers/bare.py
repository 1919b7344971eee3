"""Plain aiohttp with a fixed answer: no bot at all. It shows what the load generator itself can do."""

import sys

from aiohttp import web

CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [{"type": "TextBlock", "text": "Echo", "wrap": True}],
}


async def messages(request: web.Request) -> web.Response:
    """Parse the activity and answer a card."""
    await request.json()
    answer = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": CARD}
    return web.json_response(answer)


if __name__ == "__main__":
    app = web.Application()
    app.router.add_post("/api/messages", messages)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
