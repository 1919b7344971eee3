"""Reading a collection that Graph hands out page by page."""

from collections.abc import AsyncIterator

from graph.client import GraphClient, Json
from graph.problems import FOREIGN_LINK, NOT_FOUND, UNREADABLE
from graph.sdk import HeadersCollection, Method, RequestInformation
from tasking.ports import NotSent, Refused


async def pages(
    client: GraphClient,
    first: RequestInformation,
    missing: str,
    headers: HeadersCollection | None = None,
    said_as: str = "",
) -> AsyncIterator[Json]:
    """Every page from the first to the last; raises a `DeliveryProblem` when one cannot be read.

    `headers` go out with every page after the first: a link does not carry them. `said_as`: only a 404 of the
    first page with this error code is `missing`.
    """
    page = await client.read(first, missing, said_as)
    yield page
    seen: set[str] = set()
    while link := page.get("@odata.nextLink"):
        if link in seen:  # a link that leads back to itself would never end
            raise NotSent(UNREADABLE)
        seen.add(link)
        page = await client.read(request_for_link(client, link, headers), NOT_FOUND if said_as else missing)
        yield page


def request_for_link(
    client: GraphClient, link: str, headers: HeadersCollection | None = None
) -> RequestInformation:
    """A GET for a link that Graph gave us; raises `Refused` where it leads elsewhere."""
    if not client.is_ours(link):
        raise Refused(FOREIGN_LINK)
    request = RequestInformation(Method.GET)
    request.url = link
    if headers:
        request.headers.add_all(headers)
    request.headers.try_add("Accept", "application/json")
    return request


def rows_of(page: Json) -> list[Json]:
    """The rows of a page; raises `NotSent` where it holds none that can be read."""
    rows = page.get("value")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise NotSent(UNREADABLE)
    return rows
