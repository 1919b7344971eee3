"""The district's board."""

from cards.reports import MOST_LINES, board_card
from tests.support.card_reading import button, lines, of_type, titles
from tests.support.card_samples import board


def test_it_reads_as_the_practice_asked() -> None:
    assert lines(board_card(board())) == [
        "OFFICIAL-SENSITIVE",
        "REDLINE · North team · Thu 12 Mar 14:05",
        "NOW",
        "Breach DVPO-9: duty sergeant deciding, 40 min",
        "T-1049 unallocated, due 20:00",
        "COVER",
        "DVPO-12: no visit to come",
        "TODAY",
        "6 due: 3 seen · 1 attempted · 2 to do",
        "1 overdue",
        "ORDERS",
        "DVPO-11 not served",
        "DVPN-4 unlisted, last court Fri 13",
        "ATHENA",
        "2 over 24 h",
    ]


def test_its_sections_stand_in_line() -> None:
    labels = [columns["columns"][0]["width"] for columns in of_type(board_card(board()), "ColumnSet")]
    assert len(labels) == 5
    assert len(set(labels)) == 1


def test_a_quiet_district_reads_calmly() -> None:
    quiet = board(now_lines=(), cover_lines=(), order_lines=(), athena_lines=(), overdue=0)
    shown = lines(board_card(quiet))
    assert "Every order has a visit to come" in shown
    assert not any("overdue" in text for text in shown)


def test_its_buttons_open_the_lists_of_its_district() -> None:
    card = board_card(board())
    assert titles(card) == ["Allocate", "To do", "Orders"]
    assert [button(card, title)["data"] for title in titles(card)] == [
        {"district": "north", "list": name} for name in ("unallocated", "to_do", "orders")
    ]


def test_a_long_section_is_counted_rather_than_listed() -> None:
    many = tuple(f"T-{number} unallocated" for number in range(1, 21))
    shown = lines(board_card(board(now_lines=many)))
    assert f"T-{MOST_LINES} unallocated" in shown
    assert f"T-{MOST_LINES + 1} unallocated" not in shown
    assert "and 12 more" in shown


def test_it_uses_the_width_of_a_desk() -> None:
    assert board_card(board())["msteams"] == {"width": "full"}
