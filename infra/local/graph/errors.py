"""Refusals in the shape of Graph's errors."""

from aiohttp import web
from aiohttp.typedefs import Handler


class Refusal(Exception):
    """A request that Graph would refuse."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def not_found(what: str, code: str = "itemNotFound") -> Refusal:
    """The refusal for something that is not there."""
    return Refusal(404, code, f"The {what} could not be found.")


def error_response(status: int, code: str, message: str) -> web.Response:
    """Graph's error body."""
    return web.json_response({"error": {"code": code, "message": message}}, status=status)


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn a `Refusal` into Graph's answer."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return error_response(refusal.status, refusal.code, refusal.message)
