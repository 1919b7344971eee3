"""Groups and users, as far as RedLine asks for them."""

from typing import Any

from aiohttp import web

from infra.local.graph.data import LocalGraphData, Person
from infra.local.graph.errors import Refusal, not_found
from infra.local.graph.paging import page_of


class DirectoryRoutes:
    """The members of groups, through groups inside groups."""

    def __init__(self, data: LocalGraphData, page_size: int) -> None:
        self._data = data
        self._page_size = page_size

    def routes(self) -> list[web.RouteDef]:
        """The endpoints."""
        return [
            web.get("/v1.0/groups/{group}/transitiveMembers/microsoft.graph.user", self._members),
            web.get("/v1.0/groups/{group}/transitiveMembers/graph.user", self._members),
            web.get("/v1.0/users/{user}", self._user),
        ]

    async def _members(self, request: web.Request) -> web.Response:
        if request.headers.get("ConsistencyLevel") != "eventual" or request.query.get("$count") != "true":
            raise Refusal(
                400, "Request_UnsupportedQuery", "A cast needs ConsistencyLevel: eventual and $count."
            )
        people = self._data.members_of(request.match_info["group"])
        if people is None:
            raise not_found("group", "Request_ResourceNotFound")
        return web.json_response(
            page_of(request, [_shown(person, request) for person in people], self._page_size)
        )

    async def _user(self, request: web.Request) -> web.Response:
        person = self._data.person(request.match_info["user"])
        if person is None:
            raise not_found("user")
        return web.json_response(_shown(person, request))


def _shown(person: Person, request: web.Request) -> dict[str, Any]:
    everything = {
        "id": person.id,
        "displayName": person.display_name,
        "employeeId": person.collar_number,
        "accountEnabled": person.active,
        "onPremisesExtensionAttributes": {f"extensionAttribute{n}": None for n in range(1, 16)}
        | person.extensions,
        "mailNickname": None,
        "onPremisesSamAccountName": None,
    } | person.more
    wanted = request.query.get("$select", "id,displayName").split(",")
    if unknown := [name for name in wanted if name not in everything]:
        what = f"Could not find a property named '{unknown[0]}' on type 'microsoft.graph.user'."
        raise Refusal(400, "Request_BadRequest", what)
    return {name: value for name, value in everything.items() if name in wanted}
