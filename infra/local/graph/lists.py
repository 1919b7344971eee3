"""The records hand-off list: its columns, its rows, and what changed in it."""

import re
from typing import Any

from aiohttp import web

from infra.local.graph.columns import Columns
from infra.local.graph.data import LocalGraphData
from infra.local.graph.errors import Refusal, not_found
from infra.local.graph.paging import link, page_of, page_size
from infra.local.graph.store import Changed, DuplicateKey, Item, Store

_LIST = "/v1.0/sites/{site}/lists/{list}"
_FILTER = re.compile(r"fields/(\w+) eq '((?:[^']|'')*)'")
_EXPAND = re.compile(r"fields(?:\(\$select=([\w,]+)\))?")


class ListRoutes:
    """The list's endpoints over its store."""

    def __init__(self, data: LocalGraphData, store: Store, columns: Columns, page_size: int) -> None:
        self._data = data
        self._store = store
        self._columns = columns
        self._page_size = page_size

    def routes(self) -> list[web.RouteDef]:
        """The endpoints."""
        items = f"{_LIST}/items"
        return [
            web.get(_LIST, self._list),
            web.get(f"{_LIST}/columns", self._described),
            web.get(f"{items}/delta", self._delta),
            web.get(f"{items}/delta()", self._delta),
            web.get(items, self._search),
            web.post(items, self._add),
            web.get(f"{items}/{{item}}", self._get),
            web.patch(f"{items}/{{item}}", self._change),
            web.patch(f"{items}/{{item}}/fields", self._change),
            web.delete(f"{items}/{{item}}", self._remove),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        self._check(request)
        return web.json_response({"id": self._data.list_id, "displayName": "Records hand-off"})

    async def _described(self, request: web.Request) -> web.Response:
        self._check(request)
        return web.json_response({"value": self._columns.described()})

    async def _search(self, request: web.Request) -> web.Response:
        self._check(request)
        found = self._matching(self._store.all(), request.query.get("$filter"))
        rows = [self._shown(item, request) for item in sorted(found, key=lambda item: item.id)]
        return web.json_response(page_of(request, rows, self._page_size))

    async def _add(self, request: web.Request) -> web.Response:
        self._check(request)
        fields = await self._fields(request, inside="fields")
        try:
            item = self._store.add({"State": "Waiting", **fields})
        except DuplicateKey:
            raise _duplicate() from None
        return _answer(item, status=201)

    async def _get(self, request: web.Request) -> web.Response:
        item = self._store.get(self._item_id(request))
        if item is None:
            raise not_found("item")
        return web.json_response(self._shown(item, request), headers={"ETag": item.etag})

    async def _change(self, request: web.Request) -> web.Response:
        item_id = self._item_id(request)
        fields = await self._fields(request, inside="" if request.path.endswith("/fields") else "fields")
        try:
            item = self._store.change(item_id, fields, request.headers.get("If-Match"))
        except DuplicateKey:
            raise _duplicate() from None
        except Changed:
            raise _changed() from None
        if item is None:
            raise not_found("item")
        return _answer(item)

    async def _remove(self, request: web.Request) -> web.Response:
        try:
            removed = self._store.remove(self._item_id(request), request.headers.get("If-Match"))
        except Changed:
            raise _changed() from None
        if not removed:
            raise not_found("item")
        return web.Response(status=204)

    async def _delta(self, request: web.Request) -> web.Response:
        self._check(request)
        generation = self._store.counter("generation")
        since = _change_in(request.query.get("token"), generation)
        size = page_size(request, self._page_size)
        items = self._store.changed_since(since, size + 1)
        more, items = len(items) > size, items[:size]
        token = f"{generation}.{items[-1].change if items else since}"
        next_link = link(request, {"token": token})
        return web.json_response(
            {
                "value": [self._shown(item, request) for item in items],
                "@odata.nextLink" if more else "@odata.deltaLink": next_link,
            }
        )

    async def _fields(self, request: web.Request, inside: str) -> dict[str, str | None]:
        try:
            body = await request.json()
            fields = body[inside] if inside else body
            fault = self._columns.fault_in(fields)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refusal(400, "invalidRequest", "The body is not a list item.") from None
        if fault:
            raise Refusal(400, "invalidRequest", fault)
        return dict(fields)

    def _matching(self, items: list[Item], query: str | None) -> list[Item]:
        if not query:
            return items
        match = _FILTER.fullmatch(query)
        if not match or not self._columns.is_indexed(match[1]):
            raise Refusal(
                400, "invalidRequest", "Only an indexed field can be compared: fields/Name eq 'value'."
            )
        wanted = match[2].replace("''", "'")
        return [item for item in items if item.fields.get(match[1]) == wanted]

    def _shown(self, item: Item, request: web.Request) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": str(item.id), "eTag": item.etag}
        if item.deleted:
            return {**shown, "deleted": {"state": "deleted"}}
        expand = _EXPAND.fullmatch(request.query.get("$expand", ""))
        if expand:
            shown["fields"] = self._selected(item, expand[1])
        return {**shown, "createdDateTime": item.created}

    def _selected(self, item: Item, names: str | None) -> dict[str, str | None]:
        """Graph leaves out what is empty and what has no column alike."""
        there = {name: value for name, value in item.fields.items() if self._columns.has(name)}
        return there if names is None else {name: there[name] for name in names.split(",") if name in there}

    def _check(self, request: web.Request) -> None:
        if request.match_info["site"] != self._data.site_id:
            raise not_found("site")
        if request.match_info["list"] != self._data.list_id:
            raise not_found("list")

    def _item_id(self, request: web.Request) -> int:
        self._check(request)
        item_id = request.match_info["item"]
        if not item_id.isdigit():
            raise not_found("item")
        return int(item_id)


def _answer(item: Item, status: int = 200) -> web.Response:
    body = {"id": str(item.id), "eTag": item.etag, "createdDateTime": item.created, "fields": item.fields}
    return web.json_response(body, status=status, headers={"ETag": item.etag})


def _change_in(token: str | None, generation: int) -> int:
    if not token:
        return 0
    made, _, change = token.partition(".")
    if not change.isdigit():
        raise Refusal(400, "invalidRequest", "This delta token is none of ours.")
    if made != str(generation):
        raise Refusal(410, "resyncChangesApplyDifferences", "This delta token is too old.")
    return int(change)


def _duplicate() -> Refusal:
    return Refusal(
        409, "nameAlreadyExists", "One or more fields with unique constraints already has the value."
    )


def _changed() -> Refusal:
    return Refusal(412, "preconditionFailed", "The item is no longer as it was read.")
