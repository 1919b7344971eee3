"""The records desk as HTML; everything that came from somebody is escaped."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from infra.local.graph.data import LocalGraphData
from infra.local.graph.store import Item

LONDON = ZoneInfo("Europe/London")
NOTHING = "–"


@dataclass(frozen=True)
class Typed:
    """What was typed into a row's form that could not be taken, and why."""

    item_id: int
    field: str
    message: str
    reference: str
    reason: str


def desk_page(rows: list[Item], data: LocalGraphData, typed: Typed | None, done: Item | None) -> str:
    """The whole page, newest row first."""
    waiting = sum(1 for row in rows if row.fields.get("State") == "Waiting")
    articles = "\n".join(_row(row, rows, data, typed) for row in rows)
    return f"""<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Records desk – fictional training data</title>
<link rel="stylesheet" href="/desk/desk.css">
<script src="/desk/desk.js" defer></script>
</head>
<body>
<header>
<h1>Records desk</h1>
<p class="fiction">Fictional training data: nobody on this page exists.</p>
<p id="count" role="status">{waiting} waiting, {len(rows)} in all</p>
</header>
<main>
{_message(typed, done)}
<div id="rows">
{articles or '<p id="empty">Nothing has been handed over yet.</p>'}
</div>
</main>
</body>
</html>
"""


def _message(typed: Typed | None, done: Item | None) -> str:
    if typed:
        link = f"#{typed.field}-{typed.item_id}"
        return f'<p class="problem" role="alert"><a href="{link}">{escape(typed.message)}</a></p>'
    if done:
        outcome = f"{_text(done, 'TaskRef')}: {_decision(done)}"
        return f'<p class="done" role="status">{outcome}</p>'
    return ""


def _row(item: Item, rows: list[Item], data: LocalGraphData, typed: Typed | None) -> str:
    mine = typed if typed and typed.item_id == item.id else None
    state = _text(item, "State")
    kept = " data-typed" if mine else ""
    return f"""<article id="row-{item.id}" data-version="{item.version}" class="{state.lower()}"{kept}>
<div class="facts">
<h2>{_text(item, "TaskRef")} <span class="state">{state}</span></h2>
{_facts(item, rows, data)}
</div>
{_forms(item, mine)}
</article>"""


def _facts(item: Item, rows: list[Item], data: LocalGraphData) -> str:
    facts = [
        ("Kind", _words(item, "Kind")),
        ("Code", _words(item, "Code")),
        ("Happened", _when(item, "HappenedAt")),
        ("Entered", _when(item, "RecordedAt")),
        ("Officer", _officer(item, data)),
        ("Subject", _text(item, "SubjectRef")),
        ("Order", _text(item, "OrderRef")),
        ("Corrects", _corrected(item, rows)),
        ("Note", _text(item, "Note")),
        ("Decision", _decision(item) if item.fields.get("State") != "Waiting" else NOTHING),
    ]
    always = ("Note",)
    lines = [
        f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts if value != NOTHING or name in always
    ]
    return f"<dl>{''.join(lines)}</dl>"


def _forms(item: Item, typed: Typed | None) -> str:
    forms = _record_form(item, typed) + _refuse_form(item, typed)
    if item.fields.get("State") == "Waiting" or typed:
        return f'<div class="forms">{forms}</div>'
    return f'<details><summary>Change this</summary><div class="forms">{forms}</div></details>'


def _record_form(item: Item, typed: Typed | None) -> str:
    field = _field(item, "reference", "Athena reference", typed)
    return _form(item, f'{field}<p class="buttons"><button name="action" value="record">Record</button></p>')


def _refuse_form(item: Item, typed: Typed | None) -> str:
    buttons = (
        '<button class="quiet" name="action" value="reject">Reject</button>'
        '<button class="quiet" name="action" value="return">Return</button>'
    )
    return _form(item, f'{_field(item, "reason", "Reason", typed)}<p class="buttons">{buttons}</p>')


def _form(item: Item, inside: str) -> str:
    version = f'<input type="hidden" name="version" value="{escape(item.etag)}">'
    return f'<form method="post" action="/desk/{item.id}">{version}{inside}</form>'


def _field(item: Item, name: str, label: str, typed: Typed | None) -> str:
    field_id = f"{name}-{item.id}"
    value = escape(getattr(typed, name)) if typed else ""
    wrong = typed is not None and typed.field == name
    problem = (
        f'<span class="wrong" id="{field_id}-problem">{escape(typed.message)}</span>'
        if typed and wrong
        else ""
    )
    described = f' aria-invalid="true" aria-describedby="{field_id}-problem"' if wrong else ""
    return (
        f'<label for="{field_id}">{label}</label>{problem}'
        f'<input type="text" id="{field_id}" name="{name}" value="{value}" autocomplete="off"{described}>'
    )


def _decision(item: Item) -> str:
    state = _text(item, "State")
    if state == "Recorded":
        return f"Recorded as {_text(item, 'AthenaRef')}"
    return f"{state}: {_text(item, 'Reason')}"


def _officer(item: Item, data: LocalGraphData) -> str:
    person = data.person(item.fields.get("OfficerId") or "")
    if person is None:
        return _text(item, "OfficerId")
    return escape(", ".join(each for each in (person.collar_number, person.display_name) if each))


def _corrected(item: Item, rows: list[Item]) -> str:
    key = item.fields.get("CorrectsKey")
    earlier = next((row for row in rows if key and row.fields.get("RedLineKey") == key), None)
    if earlier is None:
        return escape(key) if key else NOTHING
    return f'<a href="#row-{earlier.id}">{_text(earlier, "TaskRef")}, {_words(earlier, "Code")}</a>'


def _when(item: Item, name: str) -> str:
    value = item.fields.get(name) or ""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return _text(item, name)
    if moment.tzinfo is None:
        return _text(item, name)
    return f'<time datetime="{escape(value)}">{moment.astimezone(LONDON):%a %d %b %Y %H:%M}</time>'


def _words(item: Item, name: str) -> str:
    return _text(item, name).replace("_", " ").capitalize()


def _text(item: Item, name: str) -> str:
    return escape(item.fields.get(name) or "") or NOTHING
