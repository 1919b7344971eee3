"""`tasks`, `task T-1042`, `help`, `board`: commands that only read."""

import re

from bot.reading.model import Board, ConfirmDirectory, Help, ShowTask, Tasks, TaskScope
from bot.reading.task_verbs import task_at_start
from bot.reading.words import Words, take_people, take_reference
from tasking.references import kinds_with_tasks

_TASKS = re.compile(
    r"(?:(?:show|list|see)\s+(?:me\s+)?)?(?P<mine>my\s+)?(?:tasks|jobs)\b[\s:,–-]*"
    r"|(?:what(?:\s+is|['’]?s)?\s+|whats\s+|anything\s+|show\s+)?(?=overdue\b)"
    r"|what(?:\s+(?:has|have|does|do|is)|['’]?s)\s+(?=[\ue000-\uf8ff])",
    re.IGNORECASE,
)
_TASK = re.compile(r"(?:(?:show|task)\b[\s:,–-]*)+", re.IGNORECASE)
_SCOPES = (
    (TaskScope.MINE, re.compile(r"\bmine\b", re.I)),
    (TaskScope.OVERDUE, re.compile(r"\boverdue\b", re.I)),
)
_FILLER = re.compile(
    r"\b(?:of|for|by|all|everyone|please|got|have|on|to do|outstanding|is|are)\b|[@?]", re.IGNORECASE
)
_HELP = re.compile(r"help\b|\?+$", re.IGNORECASE)
_DIRECTORY = re.compile(
    r"(?:accept|confirm)\s+(?:the\s+)?directory\W*$|directory\s+(?:accept|confirm)\w*\W*$", re.IGNORECASE
)
_BOARD = re.compile(r"(?:show\s+)?(?:the\s+)?board\W*$", re.IGNORECASE)


def read_tasks(words: Words) -> Tasks | None:
    """`tasks`, with mine or overdue, a person, a subject or somebody's order."""
    verb = _TASKS.match(words.text)
    if verb is None:
        return None
    scope, rest = _take_scope(words.of(words.text[verb.end() :]))
    person, rest = take_people(rest)
    subject, rest = take_reference(rest, wanted=kinds_with_tasks())
    typed = rest.of(_FILLER.sub(" ", rest.text)).free_text()
    return Tasks(
        scope=TaskScope.MINE if verb["mine"] else scope,
        person=person.mention if person else None,
        subject=subject,
        typed_name=None if person else typed,
    )


def _take_scope(words: Words) -> tuple[TaskScope | None, Words]:
    for scope, pattern in _SCOPES:
        if found := pattern.search(words.text):
            return scope, words.without(found.start(), found.end())
    return None, words


def read_show_task(words: Words) -> ShowTask | None:
    """`task T-1042`, `show 1042`, or the reference alone."""
    verb = _TASK.match(words.text)
    task, rest = task_at_start(words.text[verb.end() if verb else 0 :])
    if rest.strip(" .,;:!?\n") or not (verb or task):
        return None
    return ShowTask(task)


def read_help(words: Words) -> Help | None:
    """`help`, whatever follows."""
    return Help() if _HELP.match(words.text) else None


def read_directory(words: Words) -> ConfirmDirectory | None:
    """`directory accept`"""
    return ConfirmDirectory() if _DIRECTORY.match(words.text) else None


def read_board(words: Words) -> Board | None:
    """`board`"""
    return Board() if _BOARD.match(words.text) else None
