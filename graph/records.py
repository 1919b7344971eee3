"""The records hand-off list in SharePoint, as the records system that the use cases know."""

from datetime import UTC, datetime

from graph.client import GraphClient, Json
from graph.pages import pages, request_for_link, rows_of
from graph.problems import BAD_REQUEST, CONFLICT, GONE, UNREADABLE
from graph.sdk import (
    DeltaRequestBuilder,
    ItemsRequestBuilder,
    Method,
    RequestConfiguration,
    RequestInformation,
)
from storage.enums import RecordsState
from tasking.ports import NotSent, RecordsAnswer, RecordsAnswers, RecordsReceipt, RecordsRow, Refused, Unclear

LIST_MISSING = "graph-list-missing"
PAGE_SIZE = 200

_ANSWER_FIELDS = "fields($select=RedLineKey,State,AthenaRef,Reason)"


class GraphRecords:
    """`RecordsSystem` over one SharePoint list, whose RedLineKey column is unique and indexed."""

    def __init__(self, client: GraphClient, site_id: str, list_id: str) -> None:
        self._client = client
        self._list = f"{site_id}/{list_id}"
        self._items: ItemsRequestBuilder = (
            client.sdk.sites.by_site_id(site_id).lists.by_list_id(list_id).items
        )

    async def hand_over(self, row: RecordsRow) -> RecordsReceipt:
        """Add one row; where the list already has its key, the receipt is the row that stands there."""
        try:
            item = await self._client.change(self._add(), {"fields": fields_of(row)}, LIST_MISSING)
        except Refused as refusal:
            if refusal.code not in (BAD_REQUEST, CONFLICT):
                raise
            return await self._already_there(row.key, refusal)
        receipt = _receipt(item)
        if receipt is None:
            raise Unclear(UNREADABLE)
        return receipt

    async def find(self, key: str) -> RecordsReceipt | None:
        """The row with this RedLineKey, or None if the list surely has none."""
        rows = rows_of(await self._client.read(self._search(key), LIST_MISSING))
        if not rows:
            return None
        receipt = _receipt(rows[0])
        if receipt is None:
            raise NotSent(UNREADABLE)
        return receipt

    async def answers(self, bookmark: str | None) -> RecordsAnswers:
        """Every row that changed since the bookmark; all rows where it is None, too old or foreign."""
        link = self._link_of(bookmark or "")
        if link is not None:
            try:
                return await self._changes(request_for_link(self._client, link))
            except Refused as refusal:
                if refusal.code not in (GONE, BAD_REQUEST):  # too old, or no longer understood
                    raise
        return await self._changes(self._everything())

    async def _already_there(self, key: str, refusal: Refused) -> RecordsReceipt:
        receipt = await self.find(key)
        if receipt is None:
            raise refusal
        return receipt

    async def _changes(self, first: RequestInformation) -> RecordsAnswers:
        answers: dict[str, RecordsAnswer | None] = {}
        page: Json = {}
        async for page in pages(self._client, first, LIST_MISSING):
            for row in rows_of(page):
                item_id = _item_id(row)
                answers[item_id] = _answer(item_id, row)
        link = page.get("@odata.deltaLink")
        if not isinstance(link, str):
            raise NotSent(UNREADABLE)
        return RecordsAnswers([answer for answer in answers.values() if answer], f"{self._list} {link}")

    def _link_of(self, bookmark: str) -> str | None:
        """The link in a bookmark of this list; one of a list that was configured before leads elsewhere."""
        of_list, _, link = bookmark.partition(" ")
        return link if of_list == self._list and self._client.is_ours(link) else None

    def _add(self) -> RequestInformation:
        request = RequestInformation(Method.POST, self._items.url_template, dict(self._items.path_parameters))
        request.headers.try_add("Accept", "application/json")
        return request

    def _search(self, key: str) -> RequestInformation:
        quoted = key.replace("'", "''")
        query = ItemsRequestBuilder.ItemsRequestBuilderGetQueryParameters(
            filter=f"fields/RedLineKey eq '{quoted}'", expand=["fields($select=RedLineKey)"]
        )
        return self._items.to_get_request_information(RequestConfiguration(query_parameters=query))

    def _everything(self) -> RequestInformation:
        query = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters(
            expand=[_ANSWER_FIELDS], top=PAGE_SIZE
        )
        return self._items.delta.to_get_request_information(RequestConfiguration(query_parameters=query))


def fields_of(row: RecordsRow) -> dict[str, str]:
    """The list's columns for a row; what the row does not have is left out."""
    fields = {
        "RedLineKey": row.key,
        "CorrectsKey": row.corrects_key,
        "TaskRef": row.task_ref,
        "SubjectRef": row.subject_ref,
        "OrderRef": row.order_ref,
        "Kind": row.kind,
        "Code": row.code,
        "HappenedAt": _utc(row.happened_at),
        "RecordedAt": _utc(row.recorded_at),
        "OfficerId": row.officer_id,
        "Note": row.note,
        "State": RecordsState.WAITING.value,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a naive time has no place in the records list")
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _receipt(item: Json) -> RecordsReceipt | None:
    item_id = item.get("id")
    return RecordsReceipt(str(item_id), item.get("eTag")) if item_id else None


def _item_id(row: Json) -> str:
    if not row.get("id"):
        raise NotSent(UNREADABLE)
    return str(row["id"])


def _answer(item_id: str, row: Json) -> RecordsAnswer | None:
    """What a row says; None for a deleted row and for one that is not ours (it has no key)."""
    fields = row.get("fields")
    if "deleted" in row or not isinstance(fields, dict) or not fields.get("RedLineKey"):
        return None
    return RecordsAnswer(
        key=str(fields["RedLineKey"]),
        item_id=item_id,
        state=_state(fields.get("State")),
        athena_ref=str(fields.get("AthenaRef") or "").strip() or None,
        reason=str(fields.get("Reason") or "").strip(),
    )


def _state(value: object) -> RecordsState:
    """The desk's decision; anything that is not one of its words decides nothing yet."""
    return next((state for state in RecordsState if state == value), RecordsState.WAITING)
