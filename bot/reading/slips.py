"""Slips of the finger in words of danger: two letters changed round, one left out or one doubled."""

from collections.abc import Iterable, Iterator

_SHORTEST = 5
_SHORTEST_TO_LOSE_A_LETTER = 7
_ORDINARY = frozenset(
    [
        "chase",
        "chased",
        "field",
        "filed",
        "board",
        "broad",
        "tired",
        "trial",
        "trail",
        "quite",
        "quiet",
        "from",
        "form",
        "united",
        "angle",
        "angel",
        "bread",
        "beard",
        "diary",
        "dairy",
        "unties",
        "struck",
        "truck",
        "fined",
        "finds",
        "stab",
        "tabs",
        "causal",
        "lair",
        "liar",
        "scared",
        "sacred",
        "cared",
        "crying",
        "staged",
        "starved",
        "parked",
        "pardon",
        "breach",
        "beach",
        "reach",
        "threat",
        "treat",
        "theatre",
        "treats",
        "through",
        "wonder",
        "wander",
        "sister",
        "sitter",
        "smoker",
        "shower",
        "shows",
        "shouts",
        "choice",
        "coke",
        "choked",
        "joking",
        "joined",
        "armed",
        "harmed",
        "farmed",
        "calm",
        "firer",
        "fired",
        "hiring",
        "strange",
        "storage",
        "range",
        "change",
        "arrange",
        "orange",
        "manager",
        "danger",
        "ranger",
        "stranger",
        "missing",
        "mission",
        "mussing",
    ]
)


def slips_of(words: Iterable[str]) -> dict[str, str]:
    """Each misspelling of a word with the word; never one that is an ordinary word itself."""
    known = set(words)
    slips: dict[str, str] = {}
    for word in sorted(known):
        for slip in _slips(word):
            if slip not in known and slip not in _ORDINARY:
                slips.setdefault(slip, word)
    return slips


def _slips(word: str) -> Iterator[str]:
    if len(word) < _SHORTEST:
        return
    for place in range(len(word) - 1):
        if word[place] != word[place + 1]:
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if len(word) >= _SHORTEST_TO_LOSE_A_LETTER:
        for place in range(1, len(word)):
            yield word[:place] + word[place + 1 :]
            yield word[:place] + word[place] + word[place:]
