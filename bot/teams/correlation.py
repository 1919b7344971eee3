"""A correlation id for every request, in its log lines and its answer; a failure becomes one line."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import structlog
from aiohttp import web

from bot.teams.door import CORRELATION_HEADER
from tasking.unit_of_work import DatabaseTrouble

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def correlated(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Bind a fresh id (one sent by the client is never trusted); 503 where nothing can be saved, else 500.

    The log says what kind of failure it was and where, never what the exception's message says.
    """
    correlation_id = uuid4().hex
    with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
        try:
            response = await handler(request)
        except web.HTTPException as answer:
            answer.headers[CORRELATION_HEADER] = correlation_id
            raise
        except DatabaseTrouble as trouble:
            log.error("request.not_saved", code=trouble.code)
            response = web.json_response({"error": "cannot-save"}, status=503)
        except Exception as problem:
            log.error("request.failed", problem=type(problem).__name__, where=_place_of(problem))
            response = web.json_response({"error": "internal"}, status=500)
    response.headers.setdefault(CORRELATION_HEADER, correlation_id)
    return response


def _place_of(problem: BaseException) -> str:
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}" if trace else ""
