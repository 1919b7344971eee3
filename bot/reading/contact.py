"""Whether an assignment would send somebody to a protected person, in whatever words it is typed.

Such a visit can put a victim in danger (`domain.md`, VisitKind): it must never become an ordinary visit.
"""

import re
from dataclasses import replace

from bot.reading.danger import normalised
from bot.reading.model import ActionWork, Assign, VisitWork, Work
from bot.reading.whose import PERSON, SHE
from storage.enums import OrderType, VisitKind

_WHO = (
    rf"(?:{PERSON}|i \| p|ap|v[ia]c?[kt]+[a-z]*m[a-z]*|{SHE}|mum and kids|the kids mum|claimant|applicant"
    r"|witness|(?:person|lady|woman|female|who|whom) .{0,20}protect\w*|lady|woman|female|they|theyre|them)"
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
_WELFARE = re.compile(r"\b(?:welfare|well ?being|reassurance|reassure|safe and well)\b")
_CHILDREN = r"(?:the |her |their |his )?(?:kids?|children|family|baby|bairns?|little ones?|sons?|daughters?)"
_SPEAK = (
    r"(?:speak|talk|chat|knock\w*|see|ask|tell|call (?:in )?on|pop in|look in|check (?:up )?on|say hello)"
)
_SOMEBODY = re.compile(
    r"\b(?:visit|see|seeing|speak (?:to|with)|talk (?:to|with)|chat (?:to|with)|check (?:up )?on"
    r"|check in (?:with|on)"
    r"|call (?:in )?on|(?:pop|look|drop) in (?:on|to see)|knock (?:on|for)|meet|update|statement from)"
    rf" (?:(?P<children>{_CHILDREN})\b|(?P<who>[a-z]{{3,}})\b)"
)
_FOR_HER = re.compile(
    r"\b(?:cocoon\w*|dash|safety plan\w*|target hard\w*|tecsos|panic (?:alarm|button)|care ?call|idva"
    r"|dvds|clares? law|claires? law)\b"
)
"""What is done with a protected person and nobody else."""
_NAMED = re.compile(
    r"\b(?:with|to|from|off|see|get|ask|tell|ring|call|phone|text|visit|let|update|collect|meet|for|note:)\s+"
    r"(?:[A-Z]\.?\s)?(?P<name>[A-Z][a-z]{2,})\b"
    r"(?!\s+(?:Road|Rd|Street|St|Lane|Ln|Avenue|Ave|Close|Drive|Way|Court|Park|Place|House|Green|Hill|Row"
    r"|Station|Hospital|School|Council|Housing|Probation))"
)
_AT_HER_DOOR = re.compile(rf"\b{_SPEAK}\b(?! (?:if|whether|him|neighbours?)\b)")
_NOBODYS_NAME = frozenset(
    """
    him himself his hes subject subj sub perp perpetrator suspect nominal the them this that his and
    also dvpo dvpn dvpns dvpos order orders undertaking task for from with without before after
    until till due today tomorrow tonight tmrw tomoz asap urgent please pls note notes mon monday
    tue tues tuesday wed weds wednesday thu thur thurs thursday fri friday sat saturday sun sunday
    jan feb mar apr may jun jul aug sep sept oct nov dec at home work address addresses addr
    excluded bail curfew new old flat house property premises place hospital hotel prison custody
    court station probation housing landlord landlady agent council neighbour neighbours manager
    staff employer boss gym pub shop school college office solicitor brother sister mum mam mother
    dad father nan gran uncle aunt mate friend friends again late lates early earlies nights morning
    afternoon evening night weekend weekly daily unannounced second third repeat follow next any
    anybody anyone someone what when where whether who why how our your their its once twice double
    two three four officers officer sergeant inspector sgt insp crew colleague team unit all both
    each every day days week hours mins under over near nearby outside inside local
    """.split()  # noqa: SIM905
) | {order.value.casefold() for order in OrderType}
"""Words after "visit" that are no name, or plainly somebody else's."""
_MENTION = re.compile(rf"\b(?:{_WHO}|{_HOME})\b")
QUESTION = "Is this to see the protected person, or only to check an address?"
CHOICES = ("contact visit", "address check", "visit")


def with_contact_seen(command: Assign, typed: str) -> Assign:
    """The assignment as a contact with a protected person where its words say so, or with the question."""
    if command.work == VisitWork(VisitKind.PROTECTED_PERSON_CONTACT):
        return command
    words = _AVOIDED.sub("~", re.sub(r"[\ue000-\uf8ff]", " ", normalised(typed)))
    is_of_address = command.work == VisitWork(VisitKind.EXCLUDED_ADDRESS_CHECK)
    asked = replace(command, question=QUESTION, choices=CHOICES)
    if _MENTION.search(words) is None:
        may_be = is_of_address and _AT_HER_DOOR.search(words) is not None
        return asked if may_be or _may_be_somebody(words, typed, command.work) else command
    is_address = _ADDRESS.search(words) is not None
    if _CONTACT.search(_ABOUT_HIM.sub("~", words)) and not is_address:
        return _as_contact(command)
    if is_of_address and _AT_HER_DOOR.search(words) is None:
        return command
    return asked


def _may_be_somebody(words: str, typed: str, work: Work | None) -> bool:
    """Whether they are to see somebody of whom nothing says that it is the subject: "visit kelly"."""
    is_visit = isinstance(work, VisitWork)
    if _WELFARE.search(words) or (is_visit and _FOR_HER.search(words)):
        return True
    if any(found["name"].casefold() not in _NOBODYS_NAME for found in _NAMED.finditer(typed)):
        return True
    return any(found["children"] or found["who"] not in _NOBODYS_NAME for found in _SOMEBODY.finditer(words))


def _as_contact(command: Assign) -> Assign:
    title = command.work.title if isinstance(command.work, ActionWork) else None
    note = " ".join(part for part in (title, command.note) if part) or None
    return replace(command, work=VisitWork(VisitKind.PROTECTED_PERSON_CONTACT), note=note)
