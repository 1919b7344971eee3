"""What can go wrong at the stand-in for Teams' connector, when it is asked to."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from infra.local.teams_kept import Received


@dataclass
class Fault:
    """What goes wrong, for which requests, and how often still (`times`; None: for good)."""

    status: int | None = None
    code: str = ""
    message: str = "a fault that was asked for"
    retry_after: str | float | None = None
    body: str | None = None
    delay: float = 0.0
    hang: bool = False
    drop: bool = False
    after: bool = False
    without_id: bool = False
    method: str | None = None
    conversation_id: str | None = None
    message_id: str | None = None
    times: int | None = 1

    def fits(self, request: Received) -> bool:
        """Whether it is for this request, and not used up."""
        right_method = self.method in (None, request.method)
        right_message = self.message_id in (None, request.path.rpartition("/")[2])
        right_place = self.conversation_id in (None, request.conversation_id)
        return self.times != 0 and right_method and right_message and right_place

    def answer(self) -> web.Response:
        """The answer that it puts in place of the real one."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if self.body is not None:
            return web.Response(status=self.status or 200, text=self.body, headers=headers)
        return error_answer(self.status or 500, self.code or "ServiceError", self.message, headers)


class Faults:
    """The faults that are waiting for a request."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, **fault: Any) -> Fault:
        """Let something go wrong; the arguments are the fields of Fault."""
        added = Fault(**fault)
        self.waiting.append(added)
        return added

    def clear(self) -> None:
        """End all faults."""
        self.waiting.clear()

    def take(self, request: Received) -> Fault:
        """The fault for this request; one without any effect where there is none."""
        fault = next((waiting for waiting in self.waiting if waiting.fits(request)), None)
        if fault is None:
            return Fault()
        if fault.times is not None:
            fault.times -= 1
        return fault


def error_answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    """An error as the connector words it."""
    return web.json_response({"error": {"code": code, "message": message}}, status=status, headers=headers)
