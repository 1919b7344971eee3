"""Learns the weights of `bot.reading.likeness` from the tables of typed messages: `make likeness`.

Every block of lines is also read by weights that were learned without it. So the threshold is set where one
ordinary line in fifty that was not learned from is over it, and what is said of the catch is no echo.
"""

import json
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from bot.reading import parse_command
from bot.reading.likeness import FILE, READ_KINDS, marks_of
from bot.reading.model import Doubted, Outcome
from bot.reading.settling import code_for
from tasking.work.outcome_table import Fits

TABLES = Path(__file__).parents[1] / "tests" / "bot" / "messages"
KINDS = {"visit": Fits.ORDER_CHECK, "protected-person": Fits.CONTACT}
FALSE_ALARMS = 0.02
_BLOCKS = 8
_SEEN_AT_LEAST = 2
_STRENGTH = 10.0

Marks = frozenset[str]


def main() -> None:
    """Learn, write the file, and say what was measured."""
    danger, ordinary = read_table("danger"), read_table("ordinary")
    scores = [_held_out(danger, ordinary, block) for block in range(_BLOCKS)]
    quiet = sorted(score for _, of_ordinary in scores for score in of_ordinary)
    threshold = quiet[int(len(quiet) * (1 - FALSE_ALARMS))]
    caught = sum(score > threshold for of_danger, _ in scores for score in of_danger)
    weights, base = _learn(danger, ordinary)
    learned = {
        "tables": fingerprint(),
        "threshold": round(threshold - base, 3),
        "weights": {
            mark: round(weight, 2) for mark, weight in sorted(weights.items()) if abs(weight) >= 0.05
        },
    }
    FILE.write_text(json.dumps(learned, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"Of {len(danger)} lines with danger that were not learned from, {caught} are over the threshold;")
    print(f"of {len(ordinary)} ordinary ones, {sum(score > threshold for score in quiet)}.")


def fingerprint() -> str:
    """Of both tables: the weights are those of other lines where it differs."""
    texts = (TABLES / f"{name}.tsv" for name in ("danger", "ordinary"))
    return sha256(b"".join(text.read_bytes() for text in texts)).hexdigest()


def read_table(name: str) -> list[Marks]:
    """The marks of every line of a table that names a result of a kind of task that is read."""
    lines = (TABLES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    found = (_marks(*line.split("\t")) for line in lines)
    return [marks for marks in found if marks is not None]


def _marks(kind_name: str, text: str) -> Marks | None:
    kind, command = KINDS.get(kind_name), parse_command(text)
    if kind not in READ_KINDS or not isinstance(command, Outcome | Doubted) or command.code is None:
        return None
    return marks_of(code_for(command.code, kind), command.beside, kind)


def _held_out(danger: list[Marks], ordinary: list[Marks], block: int) -> tuple[list[float], list[float]]:
    """The scores of a block of both tables by weights that were learned without it."""
    weights, base = _learn(_without(danger, block), _without(ordinary, block))
    of_danger, of_ordinary = (
        [_score(marks, weights, base) for marks in _block(table, block)] for table in (danger, ordinary)
    )
    return of_danger, of_ordinary


def _block(table: list[Marks], block: int) -> list[Marks]:
    """Neighbours are by one writer: they are left out together."""
    return table[len(table) * block // _BLOCKS : len(table) * (block + 1) // _BLOCKS]


def _without(table: list[Marks], block: int) -> list[Marks]:
    return table[: len(table) * block // _BLOCKS] + table[len(table) * (block + 1) // _BLOCKS :]


def _score(marks: Marks, weights: dict[str, float], base: float) -> float:
    weight = sum(weights.get(mark, 0.0) for mark in marks)
    return float(base + weight / len(marks) ** 0.5)


def _learn(danger: Sequence[Marks], ordinary: Sequence[Marks]) -> tuple[dict[str, float], float]:
    """The weight of each mark that stands in two lines or more, and what is added to every line."""
    lines = [*danger, *ordinary]
    seen = Counter(mark for marks in lines for mark in marks)
    rows = [{mark: len(marks) ** -0.5 for mark in marks if seen[mark] >= _SEEN_AT_LEAST} for marks in lines]
    names = DictVectorizer(sort=True)
    model = LogisticRegression(C=_STRENGTH, max_iter=5000)
    model.fit(names.fit_transform(rows), [1] * len(danger) + [0] * len(ordinary))
    weights = zip(names.get_feature_names_out(), model.coef_[0], strict=True)
    return {str(name): float(weight) for name, weight in weights}, float(model.intercept_[0])


if __name__ == "__main__":
    main()
