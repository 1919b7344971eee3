"""Who is mentioned in a parsed activity, and what its text says once the markup is gone.

People are the ids of the mention entities. Names in the text or in an entity are only shown, never looked up.
"""

import html
import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

# A mention stands in the plain text as one private-use character, so that no typed name can be taken for one.
_FIRST_PLACEHOLDER = 0xE000
_MOST_MENTIONS = 1000
_PLACEHOLDERS = re.compile(f"[{chr(_FIRST_PLACEHOLDER)}-{chr(_FIRST_PLACEHOLDER + _MOST_MENTIONS - 1)}]+")
_MOST_REMEMBERED = 2000
# Python reads no number of thousands of digits, and there is no such character.
_NO_CHARACTER = re.compile(r"&#[xX]?[0-9a-fA-F]{20,};?")
_AT_TAG = re.compile(r"<at\b[^<>]*>([^<]*)</at>", re.IGNORECASE)
_BREAKS = re.compile(r"</?(?:br|p|div|li|ul|ol|tr|table|h[1-6]|blockquote|pre)\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(
    r"</?(?:at|a|b|i|u|s|em|strong|span|font|code|strike|sub|sup|td|th|tbody|img|attachment|emoji)\b[^<>]*>",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mention:
    """A person mentioned in a message; `name` is for showing a note as it was typed, never for identity."""

    teams_id: str
    aad_object_id: str | None = None
    name: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class _Entity:
    teams_id: str
    aad_object_id: str | None
    name: str
    tagged_name: str


def mentioned_people(activity: dict[str, Any], bot_id: str) -> list[Mention]:
    """Everyone but the bot among the mention entities, in order; malformed entities are passed over."""
    return [
        Mention(entity.teams_id, entity.aad_object_id, entity.tagged_name or entity.name)
        for entity in _entities(activity)
        if entity.teams_id != bot_id
    ]


def plain_text(activity: dict[str, Any], bot_id: str) -> str:
    """The message without markup, invisible characters and the bot's own mention.

    Every other mention becomes `placeholder(i)`, where i is its place in `mentioned_people`.
    """
    return plain_texts(activity, bot_id, [activity.get("text")])[0]


def plain_texts(activity: dict[str, Any], bot_id: str, texts: Sequence[object]) -> list[str]:
    """Like `plain_text`, for other texts of the same activity: what is attached to it."""
    entities = list(_entities(activity))
    return [_read(text, _Tags(entities, bot_id)) if isinstance(text, str) else "" for text in texts]


def placeholder(index: int) -> str:
    """The character that stands for the mention at `index` in `mentioned_people`."""
    return chr(_FIRST_PLACEHOLDER + index)


def mention_index(character: str) -> int | None:
    """The index that a placeholder stands for, or None for any other character."""
    index = ord(character) - _FIRST_PLACEHOLDER
    return index if 0 <= index < _MOST_MENTIONS else None


def without_mentions(text: str) -> str:
    """The text without the characters that stand for people."""
    return _PLACEHOLDERS.sub("", text)


def _entities(activity: dict[str, Any]) -> Iterator[_Entity]:
    listed = activity.get("entities")
    for raw in (listed if isinstance(listed, list) else [])[:_MOST_MENTIONS]:
        entity = _entity(raw)
        if entity:
            yield entity


def _entity(raw: object) -> _Entity | None:
    if not isinstance(raw, dict) or raw.get("type") != "mention":
        return None
    person = raw.get("mentioned")
    teams_id = _string(person, "id")
    if not teams_id:
        return None
    tagged = _AT_TAG.search(_string(raw, "text"))
    tagged_name = _plain(tagged[1] if tagged else _string(raw, "text"))
    return _Entity(
        teams_id, _string(person, "aadObjectId") or None, _plain(_string(person, "name")), tagged_name
    )


def _string(holder: object, key: str) -> str:
    value = holder.get(key) if isinstance(holder, dict) else None
    return value if isinstance(value, str) else ""


class _Tags:
    """Which entity each tag in a text stands for. A message may hold a thousand of both."""

    def __init__(self, entities: Sequence[_Entity], bot_id: str) -> None:
        self._bot_id = bot_id
        named: dict[str, list[_Entity]] = defaultdict(list)
        for entity in entities:
            for name in {entity.tagged_name, entity.name} - {""}:
                named[name].append(entity)
        self._claims = {name: deque(claims) for name, claims in named.items()}
        self._nameless = deque(each for each in entities if not (each.tagged_name or each.name))
        self._repeated = {name: _one_of(claims) for name, claims in named.items()}
        self._used: set[int] = set()
        people = [each for each in entities if each.teams_id != bot_id]
        self._places = {id(entity): place for place, entity in enumerate(people)}

    def stand_in(self, shown: str) -> str:
        """What a tag becomes in the plain text: a person's placeholder, nothing for the bot, or its words."""
        entity = self._take(_plain(shown))
        if entity is None:
            return _plain(shown, keep_edges=True)
        return " " if entity.teams_id == self._bot_id else placeholder(self._places[id(entity)])

    def _take(self, shown: str) -> _Entity | None:
        """Each entity serves one tag, and a nameless one the first tag that nobody claims.

        A spare tag repeats an entity only if its id is beyond doubt.
        """
        for waiting in (self._claims.get(shown), self._nameless):
            while waiting:
                entity = waiting.popleft()
                if id(entity) not in self._used:
                    self._used.add(id(entity))
                    return entity
        return self._repeated.get(shown)


def _one_of(claims: Sequence[_Entity]) -> _Entity | None:
    return claims[0] if len({entity.teams_id for entity in claims}) == 1 else None


def _read(text: str, tags: _Tags) -> str:
    pieces, position = [], 0
    for tag in _AT_TAG.finditer(text):
        pieces += [_plain(text[position : tag.start()], keep_edges=True), tags.stand_in(tag[1])]
        position = tag.end()
    return _tidy("".join([*pieces, _plain(text[position:], keep_edges=True)]))


def _plain(markup: str, keep_edges: bool = False) -> str:
    text = html.unescape(_NO_CHARACTER.sub("", _TAGS.sub("", _BREAKS.sub("\n", markup))))
    visible = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SHOWN)
    return visible if keep_edges else _tidy(visible)


def _visible(character: str) -> str:
    """White space as a plain one; control, zero-width, bidi, private-use and stray characters as nothing."""
    if character in "\n\v\f\x85\u2028\u2029":
        return "\n"
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs") else character


class _Shown(dict[int, str]):
    """What each character becomes, worked out once for those that people use."""

    def __missing__(self, code: int) -> str:
        shown = _visible(chr(code))
        if len(self) < _MOST_REMEMBERED:
            self[code] = shown
        return shown


_SHOWN = _Shown()


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
