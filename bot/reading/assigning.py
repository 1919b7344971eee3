"""`assign`: the form, or a whole task in one line."""

import re

from bot.reading.contact import with_contact_seen
from bot.reading.model import ActionWork, Assign, Assignee, AssignForm
from bot.reading.words import (
    Words,
    first_reference,
    take_due,
    take_people,
    take_reference,
    take_title_due,
)
from bot.reading.work_words import FoundWork, find_work
from tasking.references import kinds_with_tasks

_ASSIGN = re.compile(r"(?:assign|allocate)\b[\s:,–-]*", re.IGNORECASE)
_NOTE = re.compile(r"\bnotes?\s?:", re.IGNORECASE)
_NOBODY = re.compile(r"unallocated|unassigned|nobody|no[\s-]?one|anyone", re.IGNORECASE)
_ME = re.compile(r"me|myself", re.IGNORECASE)
_ONE_EACH = "A task is about one order or subject. The others need a message each."
_COURTESY = re.compile(r"\b(?:please|pls|to|for|a|an|the)\b", re.IGNORECASE)


def read_assign(words: Words) -> AssignForm | Assign | None:
    """`assign` alone, or with any of: person, kind of work, reference, due time, note."""
    verb = _ASSIGN.match(words.text)
    if verb is None:
        return None
    rest = words.of(words.text[verb.end() :].strip())
    if not rest.text:
        return AssignForm()
    head, note = _split_note(rest)
    person, head = take_people(head)
    found = find_work(head.text)
    if found and isinstance(found.work, ActionWork):
        return with_contact_seen(_action(head, person, found, note), rest.text)
    return with_contact_seen(_visit_or_disruption(head, person, note), rest.text)


def _split_note(words: Words) -> tuple[Words, str | None]:
    found = _NOTE.search(words.text)
    if found is None:
        return words, None
    return words.of(words.text[: found.start()].rstrip(" ,;.–-\n")), words.of(
        words.text[found.end() :]
    ).free_text()


def _action(head: Words, person: Assignee | None, found: FoundWork, note: str | None) -> Assign:
    due_text, title = take_title_due(head.of(found.after))
    reference, title = _title_reference(title)
    return Assign(
        assignee=_assignee(person, found.before),
        work=ActionWork(title.free_text()),
        reference=reference,
        due_text=due_text,
        note=_joined(_extra_words(person, head.of(found.before)), note),
    )


def _title_reference(title: Words) -> tuple[str | None, Words]:
    """A reference at the end belongs to no sentence; one inside stays in the title as well."""
    found = first_reference(title.text)
    if found is None:
        return None, title
    at_the_end = not title.text[found.end :].strip(" ,;:.")
    return take_reference(title) if at_the_end else (found.reference, title)


def _visit_or_disruption(head: Words, person: Assignee | None, note: str | None) -> Assign:
    reference, head = take_reference(head)
    due_text, head = take_due(head)
    more = first_reference(head.text, kinds_with_tasks())
    found = find_work(head.text)
    before, after = (found.before, found.after) if found else (head.text, "")
    extra = _joined(_extra_words(person, head.of(before)), head.of(after).free_text())
    return Assign(
        assignee=_assignee(person, before),
        work=found.work if found else None,
        reference=reference,
        due_text=due_text,
        note=_joined(extra, note),
        question=_ONE_EACH if reference and more and more.reference != reference else None,
    )


def _assignee(person: Assignee | None, typed: str) -> Assignee | None:
    name = " ".join(_COURTESY.sub(" ", typed).split()).strip(" ,;:.@–-")
    if person or not name:
        return person
    return named_assignee(name)


def named_assignee(name: str) -> Assignee:
    """Nobody, the asker, or a typed name that must become a mention first."""
    if _NOBODY.fullmatch(name):
        return Assignee(unallocated=True)
    return Assignee(me=True) if _ME.fullmatch(name) else Assignee(typed_name=name)


def _extra_words(person: Assignee | None, before: Words) -> str | None:
    """Words between a mention and the work are a note; without a mention they are the typed name."""
    if person is None or before.untagged or not _COURTESY.sub("", before.text).strip():
        return None
    return before.free_text()


def _joined(*parts: str | None) -> str | None:
    return " ".join(part for part in parts if part) or None
