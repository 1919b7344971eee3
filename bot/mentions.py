"""Who is mentioned in a parsed activity, and what its text says once the markup is gone.

People are the ids of the mention entities. Names in the text or in an entity are only shown, never looked up.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# A mention stands in the plain text as one private-use character, so that no typed name can be taken for one.
_FIRST_PLACEHOLDER = 0xE000
_MOST_MENTIONS = 1000
_PLACEHOLDERS = re.compile(f"[{chr(_FIRST_PLACEHOLDER)}-{chr(_FIRST_PLACEHOLDER + _MOST_MENTIONS - 1)}]+")
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
    text = activity.get("text")
    if not isinstance(text, str):
        return ""
    entities = list(_entities(activity))
    unused = list(entities)
    pieces, position = [], 0
    for tag in _AT_TAG.finditer(text):
        entity = _take_entity(_plain(tag[1]), unused, entities)
        pieces += [
            _plain(text[position : tag.start()], keep_edges=True),
            _stand_in(tag[1], entity, entities, bot_id),
        ]
        position = tag.end()
    return _tidy("".join([*pieces, _plain(text[position:], keep_edges=True)]))


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


def _take_entity(shown: str, unused: list[_Entity], entities: list[_Entity]) -> _Entity | None:
    """The entity whose tag this is: each serves one tag, and a nameless one the first tag that nobody claims.

    A spare tag repeats an entity only if its id is beyond doubt.
    """
    claims = [entity for entity in unused if _is_shown_as(entity, shown)]
    nameless = [entity for entity in unused if not (entity.tagged_name or entity.name)]
    for entity in claims + nameless:
        unused.remove(entity)
        return entity
    again = [entity for entity in entities if _is_shown_as(entity, shown)]
    return again[0] if len({entity.teams_id for entity in again}) == 1 else None


def _is_shown_as(entity: _Entity, shown: str) -> bool:
    return shown != "" and shown in (entity.tagged_name, entity.name)


def _stand_in(shown: str, entity: _Entity | None, entities: list[_Entity], bot_id: str) -> str:
    if entity is None:
        return _plain(shown, keep_edges=True)
    if entity.teams_id == bot_id:
        return " "
    people = [each for each in entities if each.teams_id != bot_id]
    place = next(index for index, each in enumerate(people) if each is entity)
    return placeholder(place)


def _plain(markup: str, keep_edges: bool = False) -> str:
    text = html.unescape(_TAGS.sub("", _BREAKS.sub("\n", markup)))
    visible = "".join(_visible(character) for character in text.replace("\r\n", "\n").replace("\r", "\n"))
    return visible if keep_edges else _tidy(visible)


def _visible(character: str) -> str:
    """White space as a plain one; control, zero-width, bidi, private-use and stray characters as nothing."""
    if character in "\n\v\f\x85\u2028\u2029":
        return "\n"
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs") else character


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
