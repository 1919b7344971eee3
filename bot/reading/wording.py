"""All the words of a message: its text, a photo's caption, and what it quotes.

What is quoted was said by somebody else, or earlier: it is no command, and counts where it tells of danger.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.reading.danger import looked_at, sounds_dangerous
from bot.reading.mentions import plain_texts

_MOST_ATTACHMENTS = 10
_MOST_LOOKED_AT = 8000
_BLOCK = re.compile(r"<(?P<end>/)?blockquote\b[^<>]*>", re.IGNORECASE)
_QUOTED_LINE = re.compile(r"[^\S\n]*(?:>|&gt;)")


def words_of(activity: Mapping[str, Any], bot_id: str) -> str:
    """What is to be read. Words that are quoted, or that only an attachment holds, count where they alarm.

    Teams sends the text again as HTML beside it, with a quoted message as a block in that alone; other
    clients send it in the text, as a block or with ">" before its lines.
    """
    own, quoted = _apart(activity.get("text"))
    attached = [_apart(each) for each in _attached(activity)]
    texts = [own, quoted, *(each for pair in attached for each in pair)]
    own, quoted, *others = plain_texts(dict(activity), bot_id, texts)
    if not own:
        own, others = "\n".join(filter(None, others[::2])), others[1::2]
    known = {line.casefold() for line in own.split("\n")}
    lines = [line for text in (quoted, *others) for line in text.split("\n")]
    unknown = [line for line in lines if line and line.casefold() not in known]
    alarming = [line for line in looked_at(unknown, _MOST_LOOKED_AT) if sounds_dangerous(line)]
    return "\n".join(filter(None, [own, *alarming]))


def _apart(text: object) -> tuple[str, str]:
    """A text without what it quotes, and what it quotes; one that is nothing else stands as it is."""
    if not isinstance(text, str):
        return "", ""
    own: list[str] = []
    quoted: list[str] = []
    depth = position = 0
    for tag in _BLOCK.finditer(text):
        (quoted if depth else own).append(text[position : tag.start()])
        depth, position = max(0, depth + (-1 if tag["end"] else 1)), tag.end()
    (quoted if depth else own).append(text[position:])
    lines = "\n".join(own).split("\n")
    said = [line for line in lines if not _QUOTED_LINE.match(line)]
    if not any(line.strip() for line in said):
        return "\n".join(lines), "\n".join(quoted)
    return "\n".join(said), "\n".join([*quoted, *(line for line in lines if _QUOTED_LINE.match(line))])


def _attached(activity: Mapping[str, Any]) -> list[object]:
    listed = activity.get("attachments")
    attachments = [each for each in (listed if isinstance(listed, list) else []) if isinstance(each, dict)]
    return [
        each.get("content")
        for each in attachments[:_MOST_ATTACHMENTS]
        if str(each.get("contentType", "")).startswith("text/")
    ]
