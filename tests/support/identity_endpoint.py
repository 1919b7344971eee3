"""A stand-in for the identity endpoint that App Service gives a service with a managed identity."""

import time
from types import TracebackType

from aiohttp import web

SECRET_HEADER = "fictional-header"


class IdentityEndpoint:
    """Hands out invented tokens on loopback and remembers what it was asked for.

    Set `status` to something other than 200 to make every request fail, `lifetime` (seconds) for how
    long the tokens last.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        """The resource of each request, oldest first."""
        self.client_ids: list[str | None] = []
        self.status = 200
        self.lifetime = 86_400
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def env(self) -> dict[str, str]:
        """The environment that makes `ManagedIdentityCredential` come here."""
        return {
            "IDENTITY_ENDPOINT": f"http://127.0.0.1:{self._port}/msi/token",
            "IDENTITY_HEADER": SECRET_HEADER,
        }

    @property
    def tokens(self) -> int:
        """How many tokens were asked for."""
        return len(self.calls)

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        app = web.Application()
        app.router.add_get("/msi/token", self._token)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> "IdentityEndpoint":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _token(self, request: web.Request) -> web.Response:
        if request.headers.get("X-IDENTITY-HEADER") != SECRET_HEADER:
            return web.json_response({"statusCode": 401, "message": "Not the right header."}, status=401)
        self.calls.append(request.query["resource"])
        self.client_ids.append(request.query.get("client_id"))
        if self.status != 200:
            return web.json_response({"statusCode": self.status, "message": "No token."}, status=self.status)
        return web.json_response(
            {
                "access_token": f"fictional-token-{len(self.calls)}",
                "expires_on": str(int(time.time()) + self.lifetime),
                "resource": request.query["resource"],
                "token_type": "Bearer",
            }
        )
