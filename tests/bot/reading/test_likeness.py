"""The second reader: what is alike in its words to messages of danger is held where no word of danger is."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from bot.reading import parse_command
from bot.reading.danger import danger_words
from bot.reading.likeness import FILE, is_like_danger, marks_of
from bot.reading.model import Endangered, Outcome
from bot.reading.settling import settle
from storage.enums import OutcomeCode
from tasking.work.outcome_table import Fits
from tests.bot.reading.test_danger_words import KINDS, NOW, ORDINARY

TABLES = Path(__file__).parent / "messages"
SEEN = OutcomeCode.SEEN_NO_CONCERN


def test_its_weights_were_learned_from_the_tables_as_they_are() -> None:
    texts = [(TABLES / f"{name}.tsv").read_bytes() for name in ("danger", "ordinary")]
    learned = json.loads(FILE.read_text(encoding="utf-8"))["tables"]
    assert learned == sha256(b"".join(texts)).hexdigest(), "run make likeness"


def test_words_figures_pairs_result_and_kind_are_weighed() -> None:
    marks = marks_of(SEEN, "At door, 21.15", Fits.ORDER_CHECK)
    assert marks == {
        *("^", "at", "door", "|", "#", "$", "=SEEN_NO_CONCERN", "=ORDER_CHECK"),
        *("^ at", "at door", "door |", "| #", "# |", "# $"),
    }


@pytest.mark.parametrize(
    "text", ["1042 seen, asked me whereabouts she stays these days", "1042 seen round hers"]
)
def test_what_is_like_danger_is_held(text: str) -> None:
    assert isinstance(settle(parse_command(text), NOW, Fits.ORDER_CHECK, danger_words()), Endangered)


@pytest.mark.parametrize("words", ["", "  ", "2115", "at door", "all quiet"])
def test_few_and_plain_words_are_not(words: str) -> None:
    assert not is_like_danger(OutcomeCode.NO_ANSWER, words, Fits.ORDER_CHECK)


@pytest.mark.parametrize("kind", [Fits.ACTION, Fits.DISRUPTION, None])
def test_it_reads_only_what_it_has_learned_of(kind: Fits | None) -> None:
    assert not is_like_danger(OutcomeCode.DONE, "she says he was here last night, scared of him", kind)
    assert is_like_danger(SEEN, "she says he was here last night, scared of him", Fits.ORDER_CHECK)


def test_beside_the_word_list_it_holds_few_ordinary_lines_more() -> None:
    alike = 0
    for kind, text in ORDINARY:
        command = settle(parse_command(text), NOW, KINDS[kind], danger_words())
        alike += isinstance(command, Endangered) and command.groups == ("like_danger",)
    assert alike * 50 <= len(ORDINARY)


def test_what_is_asked_about_anyway_is_not_held_for_its_likeness() -> None:
    assert not isinstance(
        settle(parse_command("1042 no ans sat nite"), NOW, Fits.ORDER_CHECK, danger_words()),
        Endangered | Outcome,
    )
