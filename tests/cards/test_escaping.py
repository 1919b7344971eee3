import pytest

from cards.escaping import BREAK, cut, escape, kept, paragraphs, plain
from tasking.plain_text import clean


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**bold**", r"\*\*bold\*\*"),
        ("_it_", r"\_it\_"),
        ("`code`", r"\`code\`"),
        ("~~gone~~", r"\~\~gone\~\~"),
        (r"a\b", r"a\\b"),
        ("[tap](x)", rf"\[tap\]{BREAK}(x)"),
        ("<at>All</at>", f"<{BREAK}at>All<{BREAK}/at>"),
        ("&lt;at&gt;", f"&{BREAK}lt;at&{BREAK}gt;"),
        ("https://e.example", f"https:{BREAK}//e.{BREAK}example"),
        ("www.evil.example", f"www.{BREAK}evil.{BREAK}example"),
        ("mailto:a@b.example", f"mailto:{BREAK}a@b.{BREAK}example"),
        ("{{DATE(2026)}}", f"{{{BREAK}{{DATE(2026)}}}}"),
    ],
)
def test_what_a_card_would_act_on_is_made_harmless(typed: str, shown: str) -> None:
    assert escape(typed) == shown


@pytest.mark.parametrize("start", ["- ", "+ ", "> ", "# ", "1. ", "12) "])
def test_a_line_never_turns_into_a_list_a_quote_or_a_heading(start: str) -> None:
    mark = start.strip()
    assert escape(f"{start}x") == f"{mark[:-1]}\\{mark[-1]} x"


@pytest.mark.parametrize(
    "ordinary",
    [
        "J. EXAMPLE (S-07) · 14 Mill Lane, rear door",
        "T-1042 by 22:00",
        "36/21858/19",
        "He said: no & left at 21.15",
        "5 < 6",
        "Ünal, Zoë, O'Neill – it's £5",
    ],
)
def test_ordinary_words_stay_as_they_are(ordinary: str) -> None:
    assert escape(ordinary) == ordinary


def test_control_and_bidirectional_characters_disappear() -> None:
    assert escape("a\u202egnp\u2066\x07\x00\u200b\ufeffb") == "agnpb"


def test_lines_become_one_line() -> None:
    assert escape(" one\r\n\ttwo\u2028three\u00a0four ") == "one two three four"


def test_a_half_character_is_dropped_rather_than_breaking_the_card() -> None:
    assert escape("a\ud800b").encode() == b"ab"


def test_a_very_long_word_gets_places_to_break() -> None:
    pieces = escape("W" * 100).split(BREAK)
    assert "".join(pieces) == "W" * 100
    assert max(len(piece) for piece in pieces) <= 18


def test_a_cut_text_says_so_and_never_splits_a_character() -> None:
    shown = cut("é" * 100, 101)
    assert shown.endswith("… (shortened)")
    assert len(shown.encode()) <= 101
    assert set(shown.removesuffix("… (shortened)")) == {"é"}


def test_a_short_field_is_cut_with_a_mere_ellipsis() -> None:
    assert cut("abcdefghij", 8) == "abcde…"


def test_a_text_that_fits_is_not_cut() -> None:
    assert cut("abcdefgh", 8) == "abcdefgh"


@pytest.mark.parametrize("mark", ["*", "\\", '"', ":a"])
def test_a_text_of_nothing_but_marks_cannot_outgrow_its_room(mark: str) -> None:
    shown = escape(mark * 5000, 1000)
    assert len(shown.encode()) + shown.count("\\") + shown.count('"') <= 1600


def test_titles_of_buttons_and_choices_are_plain() -> None:
    assert plain("  PC\n*1187*  ") == "PC *1187*"


def test_what_was_typed_keeps_its_lines_in_its_input() -> None:
    assert kept("one  \ntwo\x07\n", 100) == "one\ntwo"
    assert kept("abcdef", 3) == "abc"


def test_a_briefing_keeps_its_paragraphs() -> None:
    assert paragraphs("one\n\n*two*\n", 100) == ["one", r"\*two\*"]


def test_a_briefing_of_too_many_lines_says_so() -> None:
    shown = paragraphs("x\n" * 50, 1000, most=3)
    assert shown == ["x", "x", "x", "… (shortened)"]


def test_cleaning_keeps_letters_of_every_language() -> None:
    assert clean("Zażółć 你好 é") == "Zażółć 你好 é"
