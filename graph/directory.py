"""Entra groups and users, as the directory that the use cases know."""

from collections.abc import Collection

from graph.client import GraphClient, Json
from graph.pages import pages, rows_of
from graph.problems import UNREADABLE
from graph.sdk import GraphUserRequestBuilder, HeadersCollection, RequestConfiguration, RequestInformation
from tasking.ports import DirectoryPerson, DirectorySnapshot, NotSent, Refused

GROUP_MISSING = "graph-group-missing"
USERS_HIDDEN = "graph-users-hidden"
NO_COLLAR_NUMBER = "no collar number"
PAGE_SIZE = 999


class GraphDirectory:
    """`Directory` over Entra groups; needs GroupMember.Read.All and User.Read.All."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    async def snapshot(self, group_ids: Collection[str]) -> DirectorySnapshot:
        """Everybody in these groups, transitively; all of it or a `DeliveryProblem`, never a part."""
        people: dict[str, DirectoryPerson] = {}
        members: dict[str, frozenset[str]] = {}
        for group_id in sorted(set(group_ids)):
            found = await self._members(group_id)
            people.update({person.entra_id: person for person in found})
            members[group_id] = frozenset(person.entra_id for person in found)
        return DirectorySnapshot(list(people.values()), members)

    async def _members(self, group_id: str) -> list[DirectoryPerson]:
        first = self._request(group_id)
        return [
            _person(user)
            async for page in pages(self._client, first, GROUP_MISSING, _eventual())
            for user in rows_of(page)
        ]

    def _request(self, group_id: str) -> RequestInformation:
        query = GraphUserRequestBuilder.GraphUserRequestBuilderGetQueryParameters(
            count=True, select=["id", "displayName", "employeeId", "accountEnabled"], top=PAGE_SIZE
        )
        members = self._client.sdk.groups.by_group_id(group_id).transitive_members.graph_user
        return members.to_get_request_information(
            RequestConfiguration(headers=_eventual(), query_parameters=query)
        )


def _eventual() -> HeadersCollection:
    """The header that Graph demands (with $count) for a cast to users."""
    headers = HeadersCollection()
    headers.add("ConsistencyLevel", "eventual")
    return headers


def _person(user: Json) -> DirectoryPerson:
    if not user.get("id"):
        raise NotSent(UNREADABLE)
    if user.get("displayName") is None:  # what Graph answers without User.Read.All: ids and nothing else
        raise Refused(USERS_HIDDEN)
    return DirectoryPerson(
        entra_id=str(user["id"]),
        display_name=str(user["displayName"]),
        collar_number=str(user.get("employeeId") or "").strip() or NO_COLLAR_NUMBER,
        active=user.get("accountEnabled") is True,
    )
