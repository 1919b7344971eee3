"""`$batch`: several requests in one, answered in no promised order."""

from typing import Any

import aiohttp
from aiohttp import web

from infra.local.graph.errors import Refusal

MOST_PARTS = 20


class BatchRoutes:
    """Sends every part through this server's own front door."""

    def routes(self) -> list[web.RouteDef]:
        """The endpoint."""
        return [web.post("/v1.0/$batch", self._batch)]

    async def _batch(self, request: web.Request) -> web.Response:
        parts = await _parts(request)
        authorization = {k: v for k, v in request.headers.items() if k == "Authorization"}
        base = str(request.url.origin())
        async with aiohttp.ClientSession(base, headers=authorization) as session:
            answers = [await _answer(session, part) for part in parts]
        return web.json_response({"responses": answers[::-1]})  # Graph promises no order either


async def _parts(request: web.Request) -> list[dict[str, Any]]:
    body = await request.json()
    parts = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(parts, list) or not 0 < len(parts) <= MOST_PARTS:
        raise Refusal(400, "invalidRequest", f"A batch has 1 to {MOST_PARTS} requests.")
    return parts


async def _answer(session: aiohttp.ClientSession, part: dict[str, Any]) -> dict[str, Any]:
    async with session.request(
        part["method"], f"/v1.0{part['url']}", json=part.get("body"), headers=part.get("headers")
    ) as response:
        has_json = response.content_type == "application/json"
        body = await response.json() if has_json else None
        return {"id": part["id"], "status": response.status, "headers": dict(response.headers), "body": body}
