"""Text that people typed, made harmless: cards read Markdown, mentions, links and text functions."""

import re

from tasking.plain_text import clean

BREAK = "\u200b"
"""A place where a line may break, invisible otherwise; it also takes the life out of tags and links."""

_LONGEST_WORD = 18
_SAYS_SO = 60
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD}}}(?=\S)")
_LIVE = re.compile(
    r"[\\`*_\[\]~]"  # Markdown
    r"|<(?=\S)|&(?=[#\w])|\{(?=\{)"  # tags, entities, text functions
    r"|(?<=[^\W\d_]):(?=\S)|(?<=\w)\.(?=[^\W\d_])"  # links with a scheme, bare domains
)
_LIVE_AT_START = re.compile(r"[-+>#=](?=\s|$)|\d{1,9}[.)](?=\s|$)")


def kept(text: str, limit: int) -> str:
    """What somebody typed, to stand in the same input again: lines are kept, at most `limit` characters."""
    return "\n".join(clean(line) for line in text.splitlines())[:limit]


def cut(text: str, limit: int) -> str:
    """The text, or its beginning with "…" where it is longer than `limit` bytes; longer texts say so."""
    raw = text.encode(errors="ignore")
    if len(raw) <= limit:
        return text
    ending = "… (shortened)" if limit >= _SAYS_SO else "…"
    room = limit - len(ending.encode())
    return raw[:room].decode(errors="ignore").rstrip() + ending


def plain(text: str, limit: int = 80) -> str:
    """For titles and choices, which no card reads as Markdown: one clean line, cut to `limit` bytes."""
    return cut(clean(text), limit)


def escape(text: str, limit: int = 1000) -> str:
    """For a TextBlock: one clean line, cut to `limit` bytes, shown letter for letter and never live."""
    line = plain(text, limit)
    escaped = _escaped(line)
    if len(line) * 8 > limit and _weight(escaped) * 2 > limit * 3:
        return _escaped(plain(text, limit // 3))  # little else than marks: they would outgrow the card
    return escaped


def _weight(escaped: str) -> int:
    return len(escaped.encode()) + escaped.count("\\") + escaped.count('"')


def _escaped(line: str) -> str:
    if len(line) > _LONGEST_WORD:
        line = _LONG_WORD.sub(rf"\g<0>{BREAK}", line)
    return _escape_start(_LIVE.sub(_dead, line))


def paragraphs(text: str, limit: int, most: int = 12) -> list[str]:
    """A longer text as escaped lines: at most `limit` bytes and `most` lines; it says where it was cut."""
    lines = [line for line in cut(text, limit).splitlines() if line.strip()]
    shown = [escape(line, limit) for line in lines[:most]]
    return shown if len(lines) <= most else [*shown, "… (shortened)"]


def _dead(found: re.Match[str]) -> str:
    mark = found[0]
    if mark == "]" and found.string[found.end() : found.end() + 1] == "(":
        return rf"\]{BREAK}"
    return f"{mark}{BREAK}" if mark in "<&{:." else f"\\{mark}"


def _escape_start(line: str) -> str:
    found = _LIVE_AT_START.match(line)
    if not found:
        return line
    return f"{line[: found.end() - 1]}\\{line[found.end() - 1 :]}"
