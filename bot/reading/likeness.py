"""How like messages of danger the words beside a harmless result are: a second reader beside the word list.

The words of danger are what somebody thought of. Of messages by a writer whose lines nobody had read they
missed a quarter; likeness finds some of those (decision 12 says how many). Its weights, one for each word and
each pair of words, are learned from the tables in `tests/bot/reading/messages` by `make likeness`, which says
what it measured.
"""

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.reading.danger import normalised
from tasking.work.outcome_table import Fits

FILE = Path(__file__).parent / "likeness.json"
READ_KINDS = frozenset({Fits.ORDER_CHECK, Fits.CONTACT})
"""The tables hold too few actions and disruptions to learn from."""
_FIGURES = re.compile(r"[0-9]+")


def is_like_danger(code: str, words: str, kind: Fits | None) -> bool:
    """Whether these words beside a result of this kind of task are like those of danger."""
    if kind not in READ_KINDS or not words.strip():
        return False
    learned = _learned()
    marks = marks_of(code, words, kind)
    weight = sum(learned["weights"].get(mark, 0.0) for mark in marks)
    return bool(weight / len(marks) ** 0.5 > learned["threshold"])


def marks_of(code: str, words: str, kind: Fits) -> frozenset[str]:
    """What is weighed: each word, each pair of words, the result, the kind of task. Figures are one word."""
    read = ["^", *_FIGURES.sub("#", normalised(words)).split(), "$"]
    pairs = (f"{first} {second}" for first, second in pairwise(read))
    return frozenset((*read, *pairs, f"={code}", f"={kind}"))


@cache
def _learned() -> dict[str, Any]:
    learned: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return learned
