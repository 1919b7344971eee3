"""The district's board: one message, edited in place. References and counts only."""

from collections.abc import Sequence

from microsoft_teams.cards.core import Column, ColumnSet, TextColor

from cards.base import CardElement, button, card, drawn, heading, marking, quiet, text
from cards.drawn import Drawn
from cards.escaping import escape
from cards.times import time_words
from cards.work.task_payloads import ShowList
from tasking.ports import Card
from tasking.views import BoardView

MOST_LINES = 8
_LABEL_WIDTH = "72px"


def board_card(view: BoardView) -> Card:
    """The board as its channel sees it: now, cover, today, orders, Athena."""
    title = f"REDLINE · {escape(view.district_name, 60)} · {time_words(view.now, view.now)}"
    body = [
        marking(),
        heading(title),
        _section("NOW", view.now_lines, "Nothing waiting", "Attention"),
        _section("COVER", view.cover_lines, "Every order has a visit to come"),
        _today(view),
        _section("ORDERS", view.order_lines, "All served, none ending soon"),
        _section("ATHENA", view.athena_lines, "Nothing waiting"),
    ]
    actions = [
        button(ShowList(district=view.district_id, list="unallocated"), "Allocate"),
        button(ShowList(district=view.district_id, list="to_do"), "To do"),
        button(ShowList(district=view.district_id, list="orders"), "Orders"),
    ]
    return card(body, actions, about="the board", full_width=True)


def _today(view: BoardView) -> CardElement:
    counts = f"{view.due_today} due: {view.seen_today} seen · {view.attempted_today} attempted"
    other = f" · {view.other_today} other" if view.other_today else ""
    lines: list[CardElement] = [text(f"{counts}{other} · {view.to_do_today} to do")]
    if view.overdue:
        lines.append(text(f"{view.overdue} overdue", bold=True, color="Attention"))
    return _row("TODAY", lines)


def _section(label: str, lines: Sequence[str], nothing: str, color: TextColor | None = None) -> CardElement:
    if not lines:
        return _row(label, [quiet(nothing)])
    shown = [text(escape(line, 160), color=color) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(text(f"and {len(lines) - MOST_LINES} more"))
    return _row(label, shown)


def _row(label: str, lines: Sequence[CardElement]) -> CardElement:
    name = drawn(Column(width=_LABEL_WIDTH, items=[]), items=[text(label, bold=True)])
    told = drawn(Column(width="stretch", items=[]), items=list(lines))
    return drawn(ColumnSet(columns=[], separator=True, spacing="Small"), columns=[name, told])


DRAWN = (Drawn(BoardView, board_card, lambda _view: "RedLine board"),)
