"""The records desk: a page on which one plays the people who put outcomes on Athena."""

from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from infra.local.graph.data import LocalGraphData
from infra.local.graph.desk_page import Typed, desk_page
from infra.local.graph.errors import not_found
from infra.local.graph.store import Changed, Item, Store

_HERE = Path(__file__).parent
_POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'"
LONGEST = {"reference": 64, "reason": 255}


@dataclass(frozen=True)
class Decision:
    """What a button does: the state it sets, the field it needs and what to say where that is empty."""

    state: str
    needs: str
    missing: str


DECISIONS = {
    "record": Decision("Recorded", "reference", "Enter the Athena reference"),
    "reject": Decision("Rejected", "reason", "Enter the reason for rejecting this"),
    "return": Decision("Returned", "reason", "Enter the reason for returning this"),
}


class Desk:
    """The page and its buttons."""

    def __init__(self, data: LocalGraphData, store: Store) -> None:
        self._data = data
        self._store = store

    def routes(self) -> list[web.RouteDef]:
        """The endpoints."""
        return [
            web.get("/desk", self._show),
            web.post("/desk/{item}", self._decide),
            web.get("/desk/desk.css", _style),
            web.get("/desk/desk.js", _script),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        done = request.query.get("done", "")
        return self._page(done=self._store.get(int(done)) if done.isdigit() else None)

    async def _decide(self, request: web.Request) -> web.Response:
        item = self._item(request)
        form = {name: str(value).strip() for name, value in (await request.post()).items()}
        decision = DECISIONS.get(form.get("action", ""))
        if decision is None:
            raise web.HTTPBadRequest(text="This is none of the desk's buttons.")
        message = _fault_in(form, decision)
        if not message and not self._record(item, form, decision):
            message = "This row has changed meanwhile. Check it and try again"
        if message:
            typed = Typed(item.id, decision.needs, message, form.get("reference", ""), form.get("reason", ""))
            return self._page(typed=typed)
        raise web.HTTPSeeOther(f"/desk?done={item.id}#row-{item.id}")

    def _record(self, item: Item, form: dict[str, str], decision: Decision) -> bool:
        fields: dict[str, str | None] = {"State": decision.state, "AthenaRef": None, "Reason": None}
        fields["AthenaRef" if decision.needs == "reference" else "Reason"] = form[decision.needs]
        try:
            return self._store.change(item.id, fields, form.get("version")) is not None
        except Changed:
            return False

    def _item(self, request: web.Request) -> Item:
        item_id = request.match_info["item"]
        item = self._store.get(int(item_id)) if item_id.isdigit() else None
        if item is None:
            raise not_found("row")
        return item

    def _page(self, typed: Typed | None = None, done: Item | None = None) -> web.Response:
        return web.Response(
            text=desk_page(self._store.all(), self._data, typed, done),
            status=422 if typed else 200,
            content_type="text/html",
            headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"},
        )


def _fault_in(form: dict[str, str], decision: Decision) -> str:
    value = form.get(decision.needs, "")
    if not value:
        return decision.missing
    longest = LONGEST[decision.needs]
    return f"Enter at most {longest} characters" if len(value) > longest else ""


async def _style(_: web.Request) -> web.FileResponse:
    return web.FileResponse(_HERE / "desk.css")


async def _script(_: web.Request) -> web.FileResponse:
    return web.FileResponse(_HERE / "desk.js")
