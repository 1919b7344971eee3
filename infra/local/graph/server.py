"""The local Graph as one small server on loopback."""

from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from infra.local.graph.batch import BatchRoutes
from infra.local.graph.columns import Columns
from infra.local.graph.data import LocalGraphData
from infra.local.graph.desk import Desk
from infra.local.graph.directory import DirectoryRoutes
from infra.local.graph.drive import DriveRoutes
from infra.local.graph.errors import error_response, refusals
from infra.local.graph.faults import API, Faults
from infra.local.graph.lists import ListRoutes
from infra.local.graph.store import Store

HOST = "127.0.0.1"


class LocalGraph:
    """Serves the data it is given; keeps the rows of the records list in `database` (None: in memory).

    With `require_token` a request without a bearer token is answered 401. `page_size` is the most rows
    that a page holds.
    """

    def __init__(
        self,
        data: LocalGraphData,
        database: Path | None = None,
        require_token: bool = False,
        page_size: int = 100,
    ) -> None:
        self.data = data
        self.store = Store(database)
        self.columns = Columns()
        self.faults = Faults()
        self._require_token = require_token
        self._page_size = page_size
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The address to set as REDLINE_GRAPH_URL."""
        return f"http://{HOST}:{self._port}{API}"

    @property
    def desk_url(self) -> str:
        """The page on which one plays the records desk."""
        return f"http://{HOST}:{self._port}/desk"

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1, on a free port where `port` is 0; raises `OSError` for one in use."""
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and close the file."""
        if self._runner:
            await self._runner.cleanup()
        self.store.close()

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self.faults.middleware, self._token, refusals])
        app.add_routes(self.faults.routes())
        app.router.add_post("/_expire", self._expire)
        app.add_routes(DirectoryRoutes(self.data, self._page_size).routes())
        app.add_routes(ListRoutes(self.data, self.store, self.columns, self._page_size).routes())
        app.add_routes(DriveRoutes(self.data).routes())
        app.add_routes(BatchRoutes().routes())
        app.add_routes(Desk(self.data, self.store).routes())
        return app

    @web.middleware
    async def _token(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        sent = request.headers.get("Authorization", "")
        if self._require_token and request.path.startswith(API) and len(sent) <= len("Bearer "):
            return error_response(401, "InvalidAuthenticationToken", "Access token is empty.")
        return await handler(request)

    async def _expire(self, _: web.Request) -> web.Response:
        self.store.expire_tokens()
        return web.Response(status=204)
