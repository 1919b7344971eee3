"""Whether an assignment would send somebody to a protected person, in whatever words it is typed.

Such a visit can put a victim in danger (`domain.md`, VisitKind): it must never become an ordinary visit.
"""

import re
from dataclasses import replace

from bot.commands.danger import normalised
from bot.commands.model import ActionWork, Assign, VisitWork
from bot.commands.whose import PERSON, SHE
from storage.enums import VisitKind

_WHO = (
    rf"(?:{PERSON}|{SHE}|mum and kids|the kids mum|claimant|applicant|witness|(?:person|lady|woman"
    rf"|female|who|whom) .{0, 20}protect\w*|lady|woman|female|they|theyre|them)"
)
_HOME = (
    rf"(?:{PERSON}|her|hers)(?: (?:new|home|current))*(?: (?:address|house|home|place|flat|door|mums"
    rf"|work|school))"
)
_MEET = (
    r"(?:knock\w*|visit\w*|see|seeing|speak\w*|spk|spoke|talk\w*|chat\w*|check\w*|pop|nip|swing|call"
    r"|calls|calling|ring\w*|phone"
    r"|text\w*|message|welfare|wellbeing|well being|safe and well|sit with|reassur\w*|updat\w*|catch up"
    r"|meet\w*|statement|contact\w*|door|drop"
    r"|look in|attend\w*|go|going|take|get|find out|ask\w*|make sure|tell|let|explain\w*|hand|give"
    r"|deliver\w*|offer\w*|support\w*|safeguard\w*"
    r"|vist|vis|interview\w*|cuppa|face to face|f2f|see how|patrol plan|warn\w*|follow up|touch base|serve)"
)
_AVOIDED = re.compile(
    rf"\b(?:do not|dont|not to|never|no|without|avoid|nothing to|not"
    rf"|stay away from)(?: \w+){{0,4}} {_WHO}\b(?: (?:address|house|home|at all))*"
)
_ABOUT_HIM = re.compile(rf"\b(?:he|hes|him|his|subject|perp)\b(?: \w+){{0,5}} (?:{_HOME}|{_WHO})\b")
_CONTACT = re.compile(rf"\b{_MEET}\b(?: \w+){{0,6}}? {_WHO}\b|\b{_WHO}\b(?: \w+){{0,3}} {_MEET}\b")
_ADDRESS = re.compile(
    rf"\b(?:excluded (?:address|addr)|address check|addr check|drive ?by|drive past|(?:past|outside|by"
    rf"|near) (?:{_HOME}|hers))\b"
)
_MENTION = re.compile(rf"\b(?:{_WHO}|{_HOME})\b")
QUESTION = "Is this to see the protected person, or only to check an address?"
CHOICES = ("contact visit", "address check", "visit")


def with_contact_seen(command: Assign, typed: str) -> Assign:
    """The assignment as a contact with a protected person where its words say so, or with the question."""
    if command.work == VisitWork(VisitKind.PROTECTED_PERSON_CONTACT):
        return command
    words = _AVOIDED.sub("~", re.sub(r"[\ue000-\uf8ff]", " ", normalised(typed)))
    if _MENTION.search(words) is None:
        return command
    is_address = _ADDRESS.search(words) is not None
    if _CONTACT.search(_ABOUT_HIM.sub("~", words)) and not is_address:
        return _as_contact(command)
    if command.work == VisitWork(VisitKind.EXCLUDED_ADDRESS_CHECK):
        return command
    return replace(command, question=QUESTION, choices=CHOICES)


def _as_contact(command: Assign) -> Assign:
    title = command.work.title if isinstance(command.work, ActionWork) else None
    note = " ".join(part for part in (title, command.note) if part) or None
    return replace(command, work=VisitWork(VisitKind.PROTECTED_PERSON_CONTACT), note=note)
