"""The last step of reading: what a command means for this kind of task at this time. Pure.

Afterwards nothing is left to decide: a handler only carries out what was understood.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import cast

from bot.reading.danger import DangerWords
from bot.reading.happened import when
from bot.reading.likeness import is_like_danger
from bot.reading.model import (
    AddNote,
    Command,
    CryForHelp,
    Doubted,
    Endangered,
    Outcome,
    Unknown,
)
from storage.enums import OutcomeCode
from tasking.work.outcome_table import Fits, declared

_HELP = re.compile(r"\W*h+e+l+p+\b[\s:,–-]*", re.IGNORECASE)
_SHOUTED = re.compile(r"\W*HELP+\W*")
_EMERGENCY = re.compile(r"\W*(?:999|112)\b(?![:.][0-9])")
_HELP_TOPIC = re.compile(
    r"(?:(?:with|on|about|for)\s+)?(?:assign\w*|tasks?|board|results?|outcomes?|extend|cancel|reassign"
    r"|breach|notes?"
    r"|times?|dates?|redline|commands?|orders?|athena|records?|undo|corrections?|please|pls)?\W*",
    re.IGNORECASE,
)


def settle(command: Command, at: datetime, kind: Fits | None, danger: DangerWords) -> Command:
    """The command with its code and time settled, or the question or the alarm that comes instead.

    `at` is aware; `kind` is the kind of the task that the command names, None where that is not known.
    """
    match command:
        case Outcome():
            return _settled_outcome(command, at, kind, danger)
        case Doubted() if command.code and (groups := _danger_beside(command, kind, danger)):
            return Endangered(command.task, code_for(command.code, kind), None, command.beside, groups)
        case Unknown():
            return _unknown(command, danger, kind)
        case AddNote() if command.task and danger.found(command.note or "", kind):
            groups = danger.found(command.note or "", kind)
            return Endangered(command.task, None, at, command.note or "", groups)
    return command


def code_for(code: str, kind: Fits | None) -> OutcomeCode:
    """The result as this kind of task calls it; the same code where no other word fits."""
    typed = declared(code)
    is_other = kind is not None and kind not in typed.fits and kind in declared(typed.elsewhere).fits
    return cast(OutcomeCode, typed.elsewhere if is_other else code)


def cry_for_help(text: str, danger: DangerWords) -> CryForHelp | None:
    """A plain call for help in words that are no command; "help me" may have meant the menu."""
    if _EMERGENCY.match(text):
        return CryForHelp()
    asked = _HELP.match(text)
    if _SHOUTED.fullmatch(text):
        return CryForHelp(maybe_menu=True)
    if asked and _HELP_TOPIC.fullmatch(text, asked.end()):
        return None
    if asked:
        return CryForHelp(maybe_menu=True)
    is_call = {"calls_for_help", "officer_in_trouble"} & set(danger.found(text))
    return CryForHelp() if is_call else None


def _settled_outcome(command: Outcome, at: datetime, kind: Fits | None, danger: DangerWords) -> Command:
    code = code_for(command.code, kind)
    happened_at, question = when(command, at)
    groups = _danger_beside(command, kind, danger)
    if groups:
        return Endangered(command.task, code, happened_at or at, command.note or "", groups)
    if question:
        return Doubted(command.task, question)
    if alike := alarming_beside(code, command.beside, kind, danger):
        return Endangered(command.task, code, happened_at or at, command.note or "", alike)
    timed = command.happened_text is not None or happened_at != at
    return replace(command, code=code, happened_at=happened_at, timed=timed)


def danger_beside(code: str, words: str, kind: Fits | None, danger: DangerWords) -> tuple[str, ...]:
    """The groups of danger words beside a harmless result; none beside one that is an alarm itself."""
    if not declared(code).is_harmless:
        return ()
    explained = declared(code).explained
    unsaid = re.sub(explained, "", words, flags=re.IGNORECASE) if explained else words
    return danger.found(unsaid, kind)


def alarming_beside(code: str, words: str, kind: Fits | None, danger: DangerWords) -> tuple[str, ...]:
    """The same, and where no word of danger stands there, whether all of them are like those of danger.

    For what would be recorded otherwise; what is asked about anyway needs no second reader.
    """
    if found := danger_beside(code, words, kind, danger):
        return found
    is_alike = declared(code).is_harmless and is_like_danger(code, words, kind)
    return ("like_danger",) if is_alike else ()


def _danger_beside(command: Outcome | Doubted, kind: Fits | None, danger: DangerWords) -> tuple[str, ...]:
    if command.code is None:
        return ()
    return danger_beside(code_for(command.code, kind), command.beside, kind, danger)


def _unknown(command: Unknown, danger: DangerWords, kind: Fits | None) -> Command:
    groups = danger.found(command.typed, kind)
    if not groups:
        return command
    if command.task is None or {"calls_for_help", "officer_in_trouble"} & set(groups):
        return CryForHelp(command.task)
    return Endangered(command.task, None, None, command.typed, groups)
