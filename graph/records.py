"""The records hand-off list in SharePoint, as the records system that the use cases know."""

from collections.abc import Collection
from datetime import UTC, datetime

from graph.client import GraphClient, Json
from graph.list_text import line_for_list, line_from_list, note_for_list, note_from_list
from graph.pages import pages, request_for_link, rows_of
from graph.problems import BAD_REQUEST, CONFLICT, GONE, UNREADABLE
from graph.records_columns import COLUMN_MISSING, Fault, fault_for, faults_of, missing_columns
from graph.sdk import (
    ColumnsRequestBuilder,
    DeltaRequestBuilder,
    ItemsRequestBuilder,
    Method,
    RequestConfiguration,
    RequestInformation,
)
from storage.enums import RecordsState
from tasking.ports import (
    DeliveryProblem,
    NotSent,
    RecordsAnswer,
    RecordsAnswers,
    RecordsReceipt,
    RecordsRow,
    Refused,
    RefusedForGood,
    Unclear,
)

LIST_MISSING = "graph-list-missing"
PAGE_SIZE = 200

_OF_THE_ROW = (BAD_REQUEST, CONFLICT, "graph-413", "graph-422")
"""Refusals of this very row; all others meet every row and may pass."""
_SAID_BY: dict[str, tuple[str, ...]] = {
    RecordsState.RECORDED: ("AthenaRef",),
    RecordsState.REJECTED: ("Reason",),
    RecordsState.RETURNED: ("Reason",),
}
_ANSWER_FIELDS = "fields($select=RedLineKey,State,AthenaRef,Reason)"


class GraphRecords:
    """`RecordsSystem` over one SharePoint list, whose RedLineKey column is unique and indexed."""

    def __init__(self, client: GraphClient, site_id: str, list_id: str) -> None:
        self._client = client
        self._list = f"{site_id}/{list_id}"
        self._items: ItemsRequestBuilder = (
            client.sdk.sites.by_site_id(site_id).lists.by_list_id(list_id).items
        )
        self._list_columns: ColumnsRequestBuilder = (
            client.sdk.sites.by_site_id(site_id).lists.by_list_id(list_id).columns
        )

    async def hand_over(self, row: RecordsRow) -> RecordsReceipt:
        """Add one row; where the list already has its key, the receipt is the row that stands there."""
        fields = fields_of(row)
        try:
            item = await self._client.change(self._add(), {"fields": fields}, LIST_MISSING)
        except Refused as refusal:
            if refusal.code not in _OF_THE_ROW:
                raise
            return await self._already_there(fields, refusal)
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

    async def faults(self) -> list[str]:
        """What is wrong with the list, a line each; empty where it takes all that RedLine writes."""
        return [fault.line for fault in faults_of(await self._columns())]

    async def _already_there(self, fields: dict[str, str], refusal: Refused) -> RecordsReceipt:
        """A key that is taken is ours; else the row is refused for good, and the columns may say why."""
        receipt = await self.find(fields["RedLineKey"])
        if receipt is not None:
            return receipt
        if refusal.code == CONFLICT:  # something has this key, and cannot be found yet
            raise refusal
        fault = await self._why(fields)
        if fault is None:
            raise RefusedForGood(refusal.code, "the records list refused it") from refusal
        raise RefusedForGood(fault.code, fault.line) from refusal

    async def _why(self, fields: dict[str, str]) -> Fault | None:
        """What the columns say; the refusal stands also where they cannot be read."""
        try:
            return fault_for(await self._columns(), fields)
        except DeliveryProblem:
            return None

    async def _columns(self) -> list[Json]:
        request = self._list_columns.to_get_request_information()
        found = [rows_of(page) async for page in pages(self._client, request, LIST_MISSING)]
        return [column for page in found for column in page]

    async def _changes(self, first: RequestInformation) -> RecordsAnswers:
        rows: dict[str, Json] = {}
        page: Json = {}
        async for page in pages(self._client, first, LIST_MISSING):
            rows |= {_item_id(row): row for row in rows_of(page)}
        link = page.get("@odata.deltaLink")
        if not isinstance(link, str):
            raise NotSent(UNREADABLE)
        await self._check_columns(_gaps_in(rows.values()))
        answers = [answer for item_id, row in rows.items() if (answer := _answer(item_id, row))]
        return RecordsAnswers(answers, f"{self._list} {link}")

    async def _check_columns(self, gaps: set[str]) -> None:
        """A value that is not there yet is no fault. A column that is gone is: its answers would be lost."""
        gone = sorted(gaps & set(missing_columns(await self._columns()))) if gaps else []
        if gone:
            raise Refused(f"{COLUMN_MISSING}-{'-'.join(gone)}")

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
        "SubjectRef": row.subject_ref and line_for_list(row.subject_ref),
        "OrderRef": row.order_ref and line_for_list(row.order_ref),
        "Kind": row.kind,
        "Code": row.code,
        "HappenedAt": _utc(row.happened_at),
        "RecordedAt": _utc(row.recorded_at),
        "OfficerId": line_for_list(row.officer_id),
        "Note": note_for_list(row.note),
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
        athena_ref=line_from_list(fields.get("AthenaRef")) or None,
        reason=note_from_list(fields.get("Reason")),
    )


def _gaps_in(rows: Collection[Json]) -> set[str]:
    """What these rows should say by their state and none of them does: RedLine writes State into each."""
    fields = [row["fields"] for row in rows if "deleted" not in row and isinstance(row.get("fields"), dict)]
    wanted = {name for each in fields for name in _wanted_of(each)}
    return wanted - {name for each in fields for name, value in each.items() if value}


def _wanted_of(fields: Json) -> tuple[str, ...]:
    return ("RedLineKey", "State", *_SAID_BY.get(str(fields.get("State")), ()))


def _state(value: object) -> RecordsState:
    """The desk's decision; anything that is not one of its words decides nothing yet."""
    return next((state for state in RecordsState if state == value), RecordsState.WAITING)
