"""Small readers that the commands share: people, times, references and reasons inside typed words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.reading.mentions import Mention, mention_index
from bot.reading.model import Assignee
from tasking.references import FoundReference, find_references
from tasking.when.time_phrases import TimePhrase, find_phrases, phrase_at_start

# Punctuation that people put between the parts of a command, and that belongs to none of them.
_LOOSE = " \t\r\n\xa0,;:.–—-"
_AND_SOMEBODY = re.compile(r"\s*(?:,?\s*\band\b|&|\+)\s*@?[A-Z][a-z]+\b")
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:not|except|never|expires?|expiring|ends?|ending|works?|working|every\s+\w+|daily)\s*$",
    re.IGNORECASE,
)
"""Before a time that is no due time: kept with it, so that it is asked about."""
_REASON = re.compile(r"\b(?:because|reason)\b\s*[:–-]?", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """Typed words with the people that their placeholders stand for.

    `untagged` is the one person mentioned where the text has lost the tag: ids are trusted, not the text.
    """

    text: str
    mentions: Sequence[Mention] = ()
    untagged: Mention | None = None

    def of(self, text: str) -> "Words":
        """Other words with the same people."""
        return replace(self, text=text)

    def without(self, start: int, end: int) -> "Words":
        """The words before and after a part, in one line."""
        return self.of(f"{self.text[:start].rstrip()} {self.text[end:].lstrip()}".strip())

    def free_text(self) -> str | None:
        """A note, title or reason as it was typed, people shown by name; None if there are no words."""
        shown = "".join(self._shown(character) for character in self.text)
        return shown.strip(" \t\r\n\xa0,;:–—") or None

    def _shown(self, character: str) -> str:
        mention = self._mention(character)
        return f"@{mention.name}" if mention else character

    def _mention(self, character: str) -> Mention | None:
        index = mention_index(character)
        return self.mentions[index] if index is not None and index < len(self.mentions) else None

    def stands_for(self, character: str, person: Mention) -> bool:
        """Whether a character is a placeholder of this person."""
        mention = self._mention(character)
        return mention is not None and mention.teams_id == person.teams_id

    def people(self) -> list[tuple[int, Mention]]:
        """Everyone mentioned in these words, with the position."""
        found = ((position, self._mention(character)) for position, character in enumerate(self.text))
        return [(position, mention) for position, mention in found if mention]


def take_people(words: Words) -> tuple[Assignee | None, Words]:
    """The first person mentioned and the words without; a name that Teams split in two is one person."""
    people = words.people()
    if not people:
        return (Assignee(mention=words.untagged) if words.untagged else None), words
    position, first = people[0]
    before = re.sub(r"\b(?:to|for)\s*$", "", words.text[:position], flags=re.IGNORECASE)
    after = "".join(each for each in words.text[position:] if not words.stands_for(each, first))
    beside = re.match(r"(?:\s|,|&|and\b)*(\S?)", after, re.IGNORECASE)
    several = beside is not None and bool(words.of(beside[1]).people())
    several = several or _AND_SOMEBODY.match(after) is not None
    return Assignee(mention=first, several=several), words.of(f"{before.rstrip()} {after.lstrip()}".strip())


def take_reference(words: Words, wanted: str | tuple[str, ...] = "") -> tuple[str | None, Words]:
    """The first reference (that begins as wanted) and the words without it and a "for" or "on" before it."""
    found = first_reference(words.text, wanted)
    if found is None:
        return None, words
    before = re.sub(r"\b(?:for|on|re|about|of|at)\s*$", "", words.text[: found.start], flags=re.IGNORECASE)
    return found.reference, words.of(before + words.text[found.end :]).without(len(before), len(before))


def first_reference(text: str, wanted: str | tuple[str, ...] = "") -> FoundReference | None:
    """The first reference in a text, or the first that begins as wanted: "S-" subjects."""
    return next((each for each in find_references(text) if each.reference.startswith(wanted)), None)


def due_at_start(text: str) -> tuple[str | None, str]:
    """A due time that the words begin with, without the "to" or "by" before it, and the words after it."""
    lead = re.match(r"[^\S\n]*(?:to\b[^\S\n]*)?", text, re.IGNORECASE)
    skipped = text[lead.end() :] if lead else text
    phrase = _phrase_in_line(skipped)
    if phrase is None or not (phrase.is_complete or _ends_clause(skipped[phrase.end :])):
        return None, text
    return skipped[phrase.start : phrase.end], skipped[phrase.end :]


def happened_at_start(text: str) -> tuple[str | None, str]:
    """The time of an event that the words begin with, and the words after it.

    A bare day, "now" or "10 min" counts only where the clause ends: "now lives elsewhere" is not a time.
    """
    phrase = _phrase_in_line(text)
    if phrase is None or phrase.prefix not in ("", "at", "on", "@"):
        return None, text
    rest = text[phrase.end :]
    is_sure = phrase.is_complete and not (phrase.span and not phrase.span.direction)
    return (text[phrase.start : phrase.end], rest) if is_sure or _ends_clause(rest) else (None, text)


def _phrase_in_line(text: str) -> TimePhrase | None:
    """Never across a line break: what stands in the next line may be the number of another task."""
    return phrase_at_start(text.split("\n", 1)[0])


def _ends_clause(rest: str) -> bool:
    return re.match(r"\s*(?:$|[,.;:\n–—-]|because\b|reason\b|note\b)", rest, re.IGNORECASE) is not None


def take_due(words: Words) -> tuple[str | None, Words]:
    """The due time of a task and the words without it.

    Where several times are typed they are taken with all that stands between, so that reading them asks.
    """
    phrases = [each for each in find_phrases(words.text) if _is_due(each, words.text)]
    if not phrases:
        return _unread_deadline(words)
    first = next((each for each in phrases if each.is_deadline), phrases[0])
    end = phrases[-1].end
    if of_something := _OF_SOMETHING_ELSE.search(words.text, 0, first.prefix_start):
        return words.text[of_something.start() : end], words.without(of_something.start(), end)
    return words.text[first.start : end], words.without(first.prefix_start, end)


def take_title_due(words: Words) -> tuple[str | None, Words]:
    """The due time of an action with a free title: only after "by" or "before", or at the very end."""
    phrases = list(find_phrases(words.text))
    deadline = next((each for each in phrases if each.is_deadline and _is_due(each, words.text)), None)
    last = phrases[-1] if phrases else None
    if deadline is None and last and last.is_complete and not words.text[last.end :].strip(_LOOSE):
        deadline = last
    if deadline is None or last is None:
        return None, words
    return words.text[deadline.start : last.end], words.without(deadline.prefix_start, last.end)


def _is_due(phrase: TimePhrase, text: str) -> bool:
    bare_hour = phrase.prefix != "" and _ends_clause(text[phrase.end :])
    return not phrase.is_now and (phrase.is_complete or phrase.day is not None or bare_hour)


def _unread_deadline(words: Words) -> tuple[str | None, Words]:
    """ "by teatime": kept as the due text, so that the question is about that."""
    found = re.search(r"\bby\s+(?P<when>\S.*)$", words.text, re.IGNORECASE | re.DOTALL)
    return (found["when"].strip(), words.of(words.text[: found.start()].strip())) if found else (None, words)


def split_reason(text: str) -> tuple[str, str | None]:
    """The words before "because" or "reason:", and those after (None if there is no such word)."""
    found = _REASON.search(text)
    return (text[: found.start()].rstrip(_LOOSE), text[found.end() :]) if found else (text, None)


def reason(words: Words) -> str | None:
    """All of the words as a reason, without the "because" before it."""
    text = words.text.lstrip(_LOOSE)
    lead = _REASON.match(text)
    return words.of((text[lead.end() :] if lead else text).strip(_LOOSE)).free_text()
