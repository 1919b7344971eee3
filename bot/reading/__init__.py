"""Typed commands: text in, one frozen dataclass out. Pure: no clock, no database, no names looked up."""

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches

from bot.reading.added import NOTHING, Added
from bot.reading.alarms import is_cry, mentions_trouble
from bot.reading.assigning import read_assign
from bot.reading.danger import danger_words, sounds_dangerous
from bot.reading.listing import (
    read_board,
    read_directory,
    read_help,
    read_show_task,
    read_tasks,
)
from bot.reading.mentions import Mention, mention_index, without_mentions
from bot.reading.model import Assign, Command, CryForHelp, TooLong, Unknown
from bot.reading.settling import cry_for_help
from bot.reading.several import several_commands
from bot.reading.task_verbs import read_task_verb, task_at_start
from bot.reading.time_first import read_time_first
from bot.reading.words import Words

_QUOTES = "\"'“”‘’«»„`*_"
_OPENED = {"(": ")", "[": "]", "{": "}"}
_BEFORE = rf"\s/\\@,:~•·▪◦({{\[–—+{_QUOTES}-"
_LEAD = re.compile(rf"[{_BEFORE}]*(?:redline\b[{_BEFORE}]*)?", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^[ \t]*(?:[•·▪◦*–—-]+|\(?[0-9]{1,2}[.)])[ \t]+(?=(?:task\s+)?#?(?:t[\s-]*)?[0-9]{4,7}\b)",
    re.IGNORECASE | re.MULTILINE,
)
"""A list of commands as people type it: "1. 1042 no answer"."""
_LONGEST = 4000
_MOST_PEOPLE = 200
"""Who is mentioned takes nothing from what may be said beside them, within reason."""
_EMERGENCY_NUMBERS = ("T-999", "T-112")
_COMMAND_WORDS = ("assign", "tasks", "task", "reassign", "extend", "cancel", "help", "board")
_TASK_WORDS = (
    *("no answer", "no reply", "seen", "would not engage", "not living here", "in custody", "arrested"),
    *("not attempted", "breach", "done", "partly done", "not possible", "no effect", "achieved", "undo"),
    *("accept", "brief", "copy", "note", "can't do", "more time", "ref", "reassign", "extend", "cancel"),
)

# The first reader that understands the words decides.
READERS: tuple[Callable[[Words], Command | None], ...] = (
    read_help,
    read_board,
    read_directory,
    read_assign,
    read_tasks,
    read_show_task,
    read_task_verb,
    read_time_first,
)


def parse_command(text: str, mentions: Sequence[Mention] = (), added: Added = NOTHING) -> Command:
    """The command in a message, with or without a slash, in any case. Never raises.

    `text` is `mentions.plain_text`, `mentions` is `mentions.mentioned_people` of the same activity.
    What the rooms add is read where nothing else was, and not before words of danger.
    """
    if len(text) > _LONGEST + _MOST_PEOPLE or len(without_mentions(text)) > _LONGEST:
        begins, ends = text[_lead_length(text) :][:_LONGEST], text[-_LONGEST:]
        return TooLong(alarm=_sounds_like_trouble(begins) or _sounds_like_trouble(ends))
    words = Words(_bare(text), mentions, _untagged(text, mentions))
    readers = (
        lambda words: several_commands(words, added),
        _cry,
        *READERS,
        lambda words: read_task_verb(words, added.verbs),
        added.read_alone,
    )
    found = (reader(words) for reader in readers)
    return next((command for command in found if command is not None), None) or _unknown(words, added)


def _bare(text: str) -> str:
    """The message without what people put round a command: bullets, numbers of a list, brackets, quotes."""
    listed = _NUMBERED.sub("", text)
    lead = listed[: _lead_length(listed)]
    bare = listed[len(lead) :].strip().rstrip(f" .…{_QUOTES}\n")
    closers = "".join(_OPENED[each] for each in lead if each in _OPENED)
    return bare[: -len(closers)].rstrip() if closers and bare.endswith(closers[::-1]) else bare


def _cry(words: Words) -> CryForHelp | None:
    """Only where no task stands first: with one, its kind decides what the words mean.

    Nor in an order that says who and what: "take backup with you" is for its officer.
    """
    task, _ = task_at_start(words.text)
    if task and task not in _EMERGENCY_NUMBERS:
        return None
    cry = cry_for_help(words.text, danger_words())
    return None if cry and _is_an_order(words) else cry


def _is_an_order(words: Words) -> bool:
    order = read_assign(words)
    return isinstance(order, Assign) and bool(order.assignee and order.work)


def _sounds_like_trouble(text: str) -> bool:
    return sounds_dangerous(text) or is_cry(text) or mentions_trouble(text)


def _lead_length(text: str) -> int:
    lead = _LEAD.match(text)
    return lead.end() if lead else 0


def _untagged(text: str, mentions: Sequence[Mention]) -> Mention | None:
    tagged = any(mention_index(character) is not None for character in text)
    return mentions[0] if not tagged and len({mention.teams_id for mention in mentions}) == 1 else None


def _unknown(words: Words, added: Added) -> Unknown:
    task, rest = task_at_start(words.text)
    typed = rest.casefold().split()[:3]
    known = (*(() if task else _COMMAND_WORDS), *_TASK_WORDS, *added.examples)
    starts = (" ".join(typed[:count]) for count in (3, 2, 1))
    guesses = (get_close_matches(start, known, n=1, cutoff=0.7) for start in starts if start != "not")
    guess = next((found[0] for found in guesses if found), None)
    return Unknown(guess, task, alarm=mentions_trouble(words.text), typed=words.of(rest).free_text() or "")
