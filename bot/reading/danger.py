"""Words of danger in what people type. The words are data (`danger_words.toml`); this finds them.

Calm and safe pull against each other: a denial counts only in the forms that the data allows, and what only
sounds like danger ("fire door") is listed. `tests/bot/danger/` holds the tables that both are judged by.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from unicodedata import combining, normalize

from bot.reading.slips import slips_of
from bot.reading.whose import (
    mentions_protected_person,
    mentions_subject_at_contact,
    without_plain_denials,
)
from tasking.work.outcome_table import Fits

_FILE = Path(__file__).parent / "danger_words.toml"
_APOSTROPHES = re.compile(r"['’‘‛ʼ`´′＇]")
_STOPS = re.compile(r"[^\w\s]+|_|\n")
_SPELT_OUT = re.compile(r"\b(?:[a-z][.*_-]){3,}[a-z]\b")
_FIGURES = re.compile(r"(?<=[a-z])[01345]+(?=[a-z])")
_AS_LETTERS = str.maketrans("01345", "oieas")
"""Figures in the middle of a word stand for letters: "kn1fe", "bl00d"."""
_CODE = re.compile(r"\b(10)[/-]([0-9]{1,2})\b(?![/:])")
_CLAUSE = re.compile(
    r"\||\b(?:and|but|then|yet|though|although|when|because|cos|so|until|till|while|as|if)\b"
)
_FILLER = (
    r"(?:any|sign|signs|trace|of|evidence|further|new|visible|obvious|apparent|reports?|mention|sounds?"
    r"|seen|heard"
    r"|more|other|actual|current|recent|physical|immediate|known|outward|present|noted|or|nor|a|an|the|to"
    r"|be|been"
    r"|being|by|see|hear|appear|seem|look|looking|there|is|was|were|have|has|had|in|at all|any kind of"
    r"|form of"
    r"|intent|thoughts?|plans?|ideation|talk|suggestion|suggest|indication|concerns?|concern|re|about"
    r"|issues?|around"
    r"|weapons?|threats?|injur(?:y|ies)|distress|disturbance|kids|children|drugs|drink|alcohol|damage"
    r"|violence|noise"
    r"|shouting|marks?|bruis(?:es|ing)|blood|knives|fire|smoke|anyone|anything|suspicious|nothing|no|him"
    r"|her|they)"
)
_DENIALS = {
    "no": re.compile(rf"\b(?:no|without|nothing|nil|zero|neither|nor|none)(?: {_FILLER}){{0,6}} ?$"),
    "not": re.compile(
        r"\b(?:no|without|nothing|nil|zero|neither|nor|none|not|never|didnt|doesnt|isnt|wasnt|werent|arent"
        rf"|hasnt|havent|hadnt|denie[ds]|deny|denying|cant|couldnt)(?: {_FILLER}){{0,6}} ?$"
    ),
}
_UNSURE = re.compile(r"\b(?:not sure|unsure|cant (?:rule|be sure|tell)|dont know|not only|unknown)\b[\w ]*$")
_FOR_NOW = re.compile(
    r"^ ?(?:\w+ ){0,3}(?:this time|yet|so far|anymore|any more|tonight|until|apart from|except|other than"
    r"|bar the"
    r"|just (?:his|her|arms?|legs?|face|the))\b"
)

_COST_OF_A_TEXT = 8
_REACH = 400
_MOST_AT_FIRST = 8000
_MOST_AT_LAST = 1000
"""Characters. What people may type is half as long (`parse_command`); a sign for a knife becomes a word."""


class UnknownDangerGroup(ValueError):
    """The policy adds words to a group that there is not; the message says which."""


@dataclass(frozen=True)
class Group:
    """Words of one kind of danger: what denies them, and beside which results they count."""

    name: str
    pattern: re.Pattern[str]
    denied: str
    results: frozenset[Fits]


class DangerWords:
    """The words of the file, with what a force has added in its policy."""

    def __init__(self, added: Mapping[str, Sequence[str]]) -> None:
        data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
        names = {name: f"(?:{'|'.join(words).replace('*', STEM)})" for name, words in data["names"].items()}
        groups = data["groups"]
        unknown = sorted(set(added) - set(groups))
        if unknown:
            raise UnknownDangerGroup(f"danger_words in the policy name unknown groups: {', '.join(unknown)}")
        self._groups = tuple(
            Group(
                name,
                _one_pattern([*group["words"], *added.get(name, ())], names),
                group["denied"],
                frozenset(Fits(result.upper()) for result in group.get("results", Fits)),
            )
            for name, group in groups.items()
        )
        self._slips = slips_of(data["slips"]["words"].split()) | data["said"]
        self._pictures = data["pictures"]
        self._harmless = _one_pattern(data["harmless"]["words"], names)

    def found(self, text: str, kind: Fits | None = None) -> tuple[str, ...]:
        """The groups of danger words in a text that nothing denies; `kind` is the kind of its task."""
        words = self._read(text)
        groups = self._groups_in(words, kind)
        if kind is Fits.ORDER_CHECK and mentions_protected_person(words):
            groups.append("protected_person")
        if kind is Fits.CONTACT and mentions_subject_at_contact(words):
            groups.append("subject_at_contact")
        return tuple(groups)

    def any_in(self, text: str) -> bool:
        """Whether any group stands in a text, or whose door it is, whatever it is about."""
        words = self._read(text)
        return bool(self._groups_in(words, None)) or mentions_protected_person(words)

    def _read(self, text: str) -> str:
        told = _ends_of(normalised(self._told(_ends_of(text))))
        return self._harmless.sub("~", self._mended(told))

    def _groups_in(self, words: str, kind: Fits | None) -> list[str]:
        unsaid = without_plain_denials(words)
        return [
            group.name
            for group in self._groups
            if (kind is None or kind in group.results)
            and _stands(group, words if len(group.results) == len(Fits) else unsaid)
        ]

    def _told(self, text: str) -> str:
        told = text.casefold()
        for sign, words in self._pictures.items():
            told = told.replace(sign, f" {words} ")
        return told

    def _mended(self, words: str) -> str:
        return " ".join(self._slips.get(word, word) for word in words.split(" "))


STEM = r"\w*"


def normalised(text: str) -> str:
    """Small letters and single spaces; punctuation and line breaks become "|", apostrophes go."""
    letters = "".join(each for each in normalize("NFKD", text) if not combining(each))
    spelt = _SPELT_OUT.sub(lambda word: re.sub(r"[^a-z]", "", word[0]), letters.casefold())
    read = _FIGURES.sub(lambda figures: figures[0].translate(_AS_LETTERS), spelt)
    plain = _CODE.sub(r"\1 \2", _APOSTROPHES.sub("", read))
    return " ".join(_STOPS.sub(" | ", plain).split())


def sounds_dangerous(text: str) -> bool:
    """Whether any words of danger stand in a text, whatever it is about (shipped words only).

    Whose door it is counts too: nobody knows yet that it is a visit to her.
    """
    return danger_words().any_in(text)


def looked_at(texts: Iterable[str], most: int) -> Iterator[str]:
    """The texts as far as they are looked through for danger: so many characters, short ones cost more."""
    left = most
    for text in texts:
        if left <= 0:
            return
        yield text
        left -= len(text) + _COST_OF_A_TEXT


@cache
def danger_words() -> DangerWords:
    """The words as shipped."""
    return DangerWords({})


@lru_cache(maxsize=4)
def words_with(added: tuple[tuple[str, tuple[str, ...]], ...]) -> DangerWords:
    """The words as shipped with those that a force adds."""
    return DangerWords(dict(added)) if added else danger_words()


def _stands(group: Group, words: str) -> bool:
    return any(not _is_denied(group, words, found) for found in group.pattern.finditer(words))


def _is_denied(group: Group, words: str, found: re.Match[str]) -> bool:
    denial = _DENIALS.get(group.denied)
    if denial is None or _FOR_NOW.match(words[found.end() :]):
        return False
    clause = _CLAUSE.split(_just_before(words, found.start()))[-1]
    return denial.search(clause) is not None and _UNSURE.search(clause) is None


def _just_before(words: str, end: int) -> str:
    """The words before a place, as far back as a denial may reach."""
    if end <= _REACH:
        return words[:end]
    return words[end - _REACH : end].partition(" ")[2]


def _ends_of(text: str) -> str:
    """A text as far as it is looked through: where it is very long, its beginning and its end."""
    if len(text) <= _MOST_AT_FIRST + _MOST_AT_LAST:
        return text
    return f"{text[:_MOST_AT_FIRST]}\n{text[-_MOST_AT_LAST:]}"


def _one_pattern(lines: Sequence[str], names: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_expression(line.strip(), names) for line in lines)})\b")


def _expression(line: str, names: Mapping[str, str]) -> str:
    """A line of the file as a regular expression over normalised words."""
    optional = re.sub(r"\[(\w+)\]( ?)", r"(?:\1\2)?", line)
    gaps = optional.replace(" .. ", r" (?:\w+ ){0,3}")
    stems = re.sub(r"(?<=[\w)])\*", lambda _: STEM, gaps)
    alone = re.sub(r"(?<= )\*(?=$| )", lambda _: r"\w+", stems)
    return re.sub(r"\{(\w+)\}", lambda name: names[name[1]], alone)
