"""Copies of orders in the SharePoint library, as the documents that the use cases know."""

from urllib.parse import quote, urlsplit

from graph.client import GraphClient
from graph.problems import UNREADABLE
from graph.sdk import DriveItemItemRequestBuilder
from tasking.ports import DocumentLink, NotSent, Refused
from tasking.settings_rules import is_encrypted_or_here

DOCUMENT_MISSING = "graph-document-missing"
DOCUMENT_KEY = "graph-document-key"
UNSAFE_LINK = "graph-unsafe-link"


class GraphDocuments:
    """`Documents` over the site's library; a document's key is its path there.

    The link is the item's pre-authenticated download URL, not a sharing link. Reading it takes a read
    grant only, it ends by itself within the hour, and it leaves nothing behind: `createLink` would need
    a write grant and would open the order to the whole organisation until somebody removed the link.
    """

    def __init__(self, client: GraphClient, site_id: str) -> None:
        self._client = client
        self._root = f"{client.base_url}/sites/{quote(site_id, safe=',')}/drive/root:"

    async def link(self, document_key: str) -> DocumentLink:
        """A link that opens the document, for whoever asked just now: pass it on to nobody else."""
        url = f"{self._root}/{_path(document_key)}"
        request = DriveItemItemRequestBuilder(
            self._client.sdk.request_adapter, url
        ).to_get_request_information()
        item = await self._client.read(request, DOCUMENT_MISSING)
        name, link = item.get("name"), item.get("@microsoft.graph.downloadUrl")
        if not isinstance(name, str) or not isinstance(link, str):
            raise NotSent(UNREADABLE)
        if not _is_safe(link):
            raise Refused(UNSAFE_LINK)
        return DocumentLink(name, link)


def _path(document_key: str) -> str:
    parts = document_key.strip("/").split("/")
    if any(part.strip() in ("", ".", "..") for part in parts):
        raise Refused(DOCUMENT_KEY)
    return "/".join(quote(part, safe="") for part in parts)


def _is_safe(link: str) -> bool:
    return is_encrypted_or_here(urlsplit(link))
