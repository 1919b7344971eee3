"""How Graph's answers and failures become delivery problems; codes hold no personal data."""

from collections.abc import Mapping
from datetime import UTC, datetime

import httpx

from tasking.ports import DeliveryProblem, NotSent, Refused, Unclear
from tasking.retry_after import retry_after_seconds

BAD_REQUEST = "graph-bad-request"
CONFLICT = "graph-conflict"
GONE = "graph-gone"
NOT_FOUND = "graph-not-found"
UNREADABLE = "graph-unreadable"
FOREIGN_LINK = "graph-foreign-link"
TOKEN = "graph-token"

_NOT_SENT = {412: "graph-changed", 429: "graph-throttled", 502: "graph-bad-gateway"}
_REFUSED = {400: BAD_REQUEST, 401: TOKEN, 403: "graph-forbidden", 409: CONFLICT, 410: GONE}
_UNCLEAR = {500: "graph-server-error", 503: "graph-busy", 504: "graph-gateway-timeout"}
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def unclear(code: str, changes: bool, retry_after: float | None = None) -> DeliveryProblem:
    """What an unclear end means: a request that changes nothing may simply be asked again."""
    return Unclear(code, retry_after) if changes else NotSent(code, retry_after)


def problem_of_status(
    status: int, headers: Mapping[str, str], changes: bool, missing: str
) -> DeliveryProblem:
    """The problem behind an HTTP status.

    `changes`: the request would have changed something at Graph. `missing`: the code for a 404.
    """
    retry_after = retry_after_seconds(headers, datetime.now(UTC))
    if status in _NOT_SENT:
        return NotSent(_NOT_SENT[status], retry_after)
    if status == 503 and retry_after is not None:
        return NotSent(_UNCLEAR[status], retry_after)
    if status == 404:
        return Refused(missing)
    if 400 <= status < 500 and status != 408:
        return Refused(_REFUSED.get(status, f"graph-{status}"))
    return unclear(_UNCLEAR.get(status, f"graph-{status}"), changes, retry_after)


def problem_of_exception(error: httpx.HTTPError | TimeoutError, changes: bool) -> DeliveryProblem:
    """The problem behind a failed exchange, by whether the request can have reached Graph."""
    if isinstance(error, _NEVER_LEFT):
        return NotSent("graph-unreachable")
    if isinstance(error, (TimeoutError, httpx.TimeoutException)):
        return unclear("graph-timeout", changes)
    return unclear("graph-dropped", changes)
