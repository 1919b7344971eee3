"""Entra groups and users, as the directory that the use cases know."""

from collections.abc import Collection

from graph.client import GraphClient, Json
from graph.pages import pages, rows_of
from graph.problems import UNREADABLE
from graph.sdk import GraphUserRequestBuilder, HeadersCollection, RequestConfiguration, RequestInformation
from tasking.plain_text import clean
from tasking.ports import DirectoryPerson, DirectorySnapshot, NotSent, Refused

GROUP_MISSING = "graph-group-missing"
_NO_SUCH_GROUP = "Request_ResourceNotFound"
USERS_HIDDEN = "graph-users-hidden"
EXTENSIONS = "onPremisesExtensionAttributes"
PAGE_SIZE = 999


class GraphDirectory:
    """`Directory` over Entra groups; needs GroupMember.Read.All and User.Read.All."""

    def __init__(self, client: GraphClient, collar_number_in: str = "employeeId") -> None:
        """`collar_number_in`: a property of users, or `extensionAttribute1` to `15`."""
        self._client = client
        self._attribute = collar_number_in

    async def snapshot(self, group_ids: Collection[str]) -> DirectorySnapshot:
        """Everybody in these groups, transitively; all of it or a `DeliveryProblem`, never a part.

        A group that the directory says it does not have is named as gone, and the others are read. That is a
        404 for the group itself with the directory's code for it: any other is trouble like every refusal.
        """
        users: dict[str, Json] = {}
        members: dict[str, frozenset[str]] = {}
        gone: set[str] = set()
        for group_id in sorted(set(group_ids)):
            found = await self._members_if_there(group_id)
            if found is None:
                gone.add(group_id)
                continue
            users |= found
            members[group_id] = frozenset(found)
        _check_accounts_are_told(users)
        people = [_person(user, self._attribute) for user in users.values()]
        return DirectorySnapshot(people, members, frozenset(gone))

    async def _members_if_there(self, group_id: str) -> dict[str, Json] | None:
        try:
            return await self._members(group_id)
        except Refused as refusal:
            if refusal.code != GROUP_MISSING:
                raise
            return None

    async def _members(self, group_id: str) -> dict[str, Json]:
        first = self._request(group_id)
        return {
            _id_of(user): user
            async for page in pages(self._client, first, GROUP_MISSING, _eventual(), _NO_SUCH_GROUP)
            for user in rows_of(page)
        }

    def _request(self, group_id: str) -> RequestInformation:
        query = GraphUserRequestBuilder.GraphUserRequestBuilderGetQueryParameters(
            count=True,
            select=["id", "displayName", _selected(self._attribute), "accountEnabled"],
            top=PAGE_SIZE,
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


def _selected(attribute: str) -> str:
    return EXTENSIONS if attribute.startswith("extensionAttribute") else attribute


def _collar_number(user: Json, attribute: str) -> str:
    """Empty where the directory has none: nothing is put in its place."""
    selected = _selected(attribute)
    value = user.get(selected)
    if selected == EXTENSIONS:
        value = value.get(attribute) if isinstance(value, dict) else None
    is_one = isinstance(value, str | int) and not isinstance(value, bool)
    return clean(str(value)) if is_one else ""


def _id_of(user: Json) -> str:
    if not user.get("id"):
        raise NotSent(UNREADABLE)
    if user.get("displayName") is None:  # what Graph answers without User.Read.All: ids and nothing else
        raise Refused(USERS_HIDDEN)
    return str(user["id"])


def _check_accounts_are_told(users: dict[str, Json]) -> None:
    """With User.ReadBasic.All there are names too: nobody's account is closed because it may not be read."""
    if users and not any(isinstance(user.get("accountEnabled"), bool) for user in users.values()):
        raise Refused(USERS_HIDDEN)


def _person(user: Json, attribute: str) -> DirectoryPerson:
    return DirectoryPerson(
        entra_id=_id_of(user),
        display_name=str(user["displayName"]),
        collar_number=_collar_number(user, attribute),
        active=user.get("accountEnabled") is True,
    )
