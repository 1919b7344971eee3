"""Pages of a collection, linked the way Graph links them."""

from typing import Any

from aiohttp import web

from infra.local.graph.errors import Refusal


def page_size(request: web.Request, largest: int) -> int:
    """How many rows a page holds: what $top asks for, but never more than the server gives."""
    asked = request.query.get("$top", str(largest))
    if not asked.isdigit() or int(asked) < 1:
        raise Refusal(400, "invalidRequest", "$top is a number from 1.")
    return min(int(asked), largest)


def page_of(request: web.Request, rows: list[dict[str, Any]], largest: int) -> dict[str, Any]:
    """The page that $skiptoken asks for, with a link to the next one."""
    start = request.query.get("$skiptoken", "0")
    if not start.isdigit():
        raise Refusal(400, "invalidRequest", "This $skiptoken is none of ours.")
    end = int(start) + page_size(request, largest)
    page: dict[str, Any] = {"value": rows[int(start) : end]}
    if end < len(rows):
        page["@odata.nextLink"] = link(request, {"$skiptoken": str(end)})
    return page


def link(request: web.Request, changed: dict[str, str]) -> str:
    """This request's address with other query parameters."""
    return str(request.url.update_query(changed))
