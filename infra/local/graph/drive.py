"""The library of order copies: each is an invented PDF, opened by a link that soon expires."""

import secrets
import time
from urllib.parse import quote

from aiohttp import web

from infra.local.graph.data import LocalGraphData, OrderDocument
from infra.local.graph.errors import not_found
from infra.local.graph.pdf import one_page

LINK_LIFETIME = 3600.0
"""Seconds, as with Graph's own pre-authenticated links."""


class DriveRoutes:
    """Documents by their path, and the links that open them."""

    def __init__(self, data: LocalGraphData) -> None:
        self._data = data
        self._links: dict[str, tuple[float, OrderDocument]] = {}

    def routes(self) -> list[web.RouteDef]:
        """The endpoints; a link needs no token, like Graph's."""
        return [
            web.get("/v1.0/sites/{site}/drive/root:/{path:.+}", self._item),
            web.get("/_download/{secret}", self._download),
        ]

    async def _item(self, request: web.Request) -> web.Response:
        document = self._document(request.match_info["path"])
        if document is None or request.match_info["site"] != self._data.site_id:
            raise not_found("document")
        secret = secrets.token_urlsafe(24)
        self._links[secret] = (time.monotonic() + LINK_LIFETIME, document)
        return web.json_response(
            {
                "id": f"document-{quote(document.path, safe='')}",
                "name": _name(document),
                "file": {"mimeType": "application/pdf"},
                "@microsoft.graph.downloadUrl": str(request.url.origin().with_path(f"/_download/{secret}")),
            }
        )

    async def _download(self, request: web.Request) -> web.Response:
        expiry, document = self._links.get(request.match_info["secret"], (0.0, None))
        if document is None or time.monotonic() > expiry:
            raise not_found("link")
        disposition = f"inline; filename*=UTF-8''{quote(_name(document))}"
        return web.Response(
            body=one_page(document.title, document.lines),
            content_type="application/pdf",
            headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
        )

    def _document(self, path: str) -> OrderDocument | None:
        return next((document for document in self._data.documents if document.path == path), None)


def _name(document: OrderDocument) -> str:
    return document.path.rsplit("/", 1)[-1]
