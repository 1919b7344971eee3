"""Every result that a task can end with, declared once: what it is called, asks, means and may follow from.

Source: `domain.md`, enumerations. Cards, typed words, rules and counts all read this table.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from storage.enums import OutcomeCode, TaskKind, VisitKind

_APOSTROPHE = r"['’‘‛ʼ`´′＇]?"


class Nature(StrEnum):
    """What a result says of danger; everything but a concern or a breach is harmless."""

    CHECKED = "CHECKED"
    """The person was met, and nothing suggests danger."""
    ATTEMPT = "ATTEMPT"
    """Somebody tried and met nobody, or nobody who would talk: never counted as a check done."""
    CHANGE = "CHANGE"
    """Something else was learned, or nothing was tried."""
    WORK = "WORK"
    """What came of an action or a disruption."""
    CONCERN = "CONCERN"
    """Somebody must hear of it in the same shift."""
    BREACH = "BREACH"
    """A condition of an order was broken, or somebody was arrested for it."""


class Tells(StrEnum):
    """Who must hear of a result in the same shift."""

    SUPERVISOR = "SUPERVISOR"
    SAFEGUARDING = "SAFEGUARDING"


class Fits(StrEnum):
    """The kinds of task that a result can end."""

    ORDER_CHECK = "ORDER_CHECK"
    """A visit to the subject or to an excluded address."""
    CONTACT = "CONTACT"
    """A visit to a protected person."""
    DISRUPTION = "DISRUPTION"
    ACTION = "ACTION"


@dataclass(frozen=True)
class Typed:
    """One way to type a result: a pattern (case does not matter).

    `in_note` are the words that belong in the note too, because the result alone does not say them.
    """

    pattern: str
    in_note: str | None = None


@dataclass(frozen=True)
class Question:
    """What is asked after a result. `choices` are the answers to choose from; without any it is free text."""

    words: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declared:
    """A result. `questions` are at most two, asked on the card and answered in the record.

    `met` says that the person was met, so that the visit counts as a check done; `tells` who must hear of it
    in the same shift (a breach has its own way, `tasking/work/outcomes.py`).
    """

    code: OutcomeCode
    words: str
    nature: Nature
    fits: frozenset[Fits]
    questions: tuple[Question, ...] = ()
    typed: tuple[Typed, ...] = ()
    met: bool = False
    tells: frozenset[Tells] = frozenset()

    @property
    def is_harmless(self) -> bool:
        """Whether words of danger beside it would contradict it."""
        return self.nature not in (Nature.CONCERN, Nature.BREACH)


_CHECK = frozenset({Fits.ORDER_CHECK})
_CONTACT = frozenset({Fits.CONTACT})
_VISIT = _CHECK | _CONTACT
_BOTH = frozenset({Tells.SUPERVISOR, Tells.SAFEGUARDING})
_DISRUPTION = frozenset({Fits.DISRUPTION})
_ACTION = frozenset({Fits.ACTION})
_YES_NO = ("Yes", "No")
WHO_WITH = Question("Who with?", ("Alone", "Partner", "Family", "Children", "Other adult"))
_BREACH = (Question("Protected person safe?"), Question("Where is the subject?"))


def _asks(*words: str) -> tuple[Question, ...]:
    return tuple(Question(each) for each in words)


_POWER = _asks("Power or lawful basis used?")


def _typed(*patterns: str) -> tuple[Typed, ...]:
    return tuple(Typed(pattern) for pattern in patterns)


# In the order in which cards offer them.
OUTCOME_TABLE: tuple[Declared, ...] = (
    Declared(
        OutcomeCode.SEEN_NO_CONCERN,
        "Seen, nothing to suggest a breach",
        Nature.CHECKED,
        _CHECK,
        (Question("Where?"), WHO_WITH),
        _typed(r"seen(?:,?\s+no\s+concerns?)?"),
        met=True,
    ),
    Declared(
        OutcomeCode.SPOKE_ALONE_NO_CONCERNS,
        "Spoke alone, no concerns raised",
        Nature.CHECKED,
        _CONTACT,
        (Question("Children seen?", (*_YES_NO, "No children there")),),
        _typed(r"spoke\s+alone(?:,?\s+no\s+concerns?)?"),
        met=True,
    ),
    Declared(
        OutcomeCode.SPOKE_NOT_ALONE,
        "Spoke, but not alone",
        Nature.CONCERN,
        _CONTACT,
        _asks("Who was there?"),
        _typed(r"spoke(?:,)?\s+(?:but\s+)?not\s+alone"),
        met=True,
        tells=_BOTH,
    ),
    Declared(
        OutcomeCode.CONCERNS,
        "Concerns",
        Nature.CONCERN,
        _CONTACT,
        _asks("What?", "Referred to?"),
        _typed(r"concerns"),
        met=True,
        tells=_BOTH,
    ),
    Declared(
        OutcomeCode.NO_ANSWER,
        "No answer",
        Nature.ATTEMPT,
        _CHECK,
        _asks("Sign of anyone?"),
        _typed(r"no[\s-]+(?:answer|ans)", r"n/?a", r"(?:nobody|no[\s-]?one)\s+(?:in|home)"),
    ),
    Declared(OutcomeCode.NO_REPLY, "No reply", Nature.ATTEMPT, _CONTACT, (), _typed(r"no\s+reply")),
    Declared(
        OutcomeCode.BREACH_SUSPECTED,
        "Breach suspected",
        Nature.BREACH,
        _VISIT,
        _BREACH,
        _typed(r"breach(?:ed)?(?:\s+suspected)?"),
        met=True,
    ),
    Declared(
        OutcomeCode.ARRESTED,
        "Arrested",
        Nature.BREACH,
        _CHECK,
        _BREACH,
        _typed(r"arrested"),
        met=True,
    ),
    Declared(
        OutcomeCode.SEEN_OTHER_CONCERN,
        "Seen, another concern",
        Nature.CONCERN,
        _CHECK,
        _asks("What is the concern?", "Who is at risk?"),
        _typed(r"(?:seen,?\s+)?(?:an)?other\s+concern", r"seen,?\s+(?:with\s+)?concerns?"),
        met=True,
        tells=_BOTH,
    ),
    Declared(
        OutcomeCode.WOULD_NOT_ENGAGE,
        "Would not engage",
        Nature.ATTEMPT,
        _CHECK,
        (),
        _typed(
            rf"(?:would\s+not|wouldn{_APOSTROPHE}t|refused\s+to|won{_APOSTROPHE}t)\s+engage",
        ),
    ),
    Declared(
        OutcomeCode.SAID_TO_BE_OUT,
        "Said to be out",
        Nature.ATTEMPT,
        _CHECK,
        _asks("Who says?"),
        _typed(r"said\s+to\s+be\s+out", r"(?:he(?:\s+i|['’])?s\s+)?out\s+according\s+to"),
    ),
    Declared(
        OutcomeCode.NO_ACCESS,
        "No access",
        Nature.ATTEMPT,
        _CHECK,
        (),
        _typed(r"no\s+access", rf"(?:could\s+not|couldn{_APOSTROPHE}t|cant|can{_APOSTROPHE}t)\s+get\s+in"),
    ),
    Declared(
        OutcomeCode.SEEN_ELSEWHERE,
        "Seen elsewhere",
        Nature.CHECKED,
        _CHECK,
        (Question("Where?"), WHO_WITH),
        _typed(r"seen\s+elsewhere"),
        met=True,
    ),
    Declared(
        OutcomeCode.NOT_LIVING_HERE,
        "Not living here",
        Nature.CHANGE,
        _CHECK,
        _asks("Who says?", "Where now?"),
        _typed(
            rf"(?:not|no\s+longer|doesn{_APOSTROPHE}t)\s+(?:living|lives?)\s+(?:t?here)",
            r"moved\s+(?:out|away)",
        ),
    ),
    Declared(
        OutcomeCode.IN_CUSTODY_PRISON_HOSPITAL,
        "In custody, prison or hospital",
        Nature.CHANGE,
        _CHECK,
        _asks("Where?", "Until?"),
        (
            Typed(r"in\s+custody", "in custody"),
            Typed(r"in\s+prison", "in prison"),
            Typed(r"in\s+hospital", "in hospital"),
        ),
    ),
    Declared(
        OutcomeCode.ASKED_US_NOT_TO_COME,
        "Asked us not to come",
        Nature.CHANGE,
        _CONTACT,
        _asks("Until?"),
        _typed(r"asked\s+us\s+not\s+to\s+come"),
    ),
    Declared(
        OutcomeCode.MOVED_OR_NEW_NUMBER,
        "Moved or new number",
        Nature.CHANGE,
        _CONTACT,
        (),
        _typed(r"(?:has\s+)?moved(?:\s+(?:house|away|out))?", r"(?:has\s+(?:a\s+)?)?new\s+number"),
        tells=frozenset({Tells.SAFEGUARDING}),
    ),
    Declared(
        OutcomeCode.DECEASED,
        "Deceased",
        Nature.CHANGE,
        _CHECK,
        _asks("Who says?"),
        _typed(r"deceased", r"(?:has\s+)?died", r"(?:is\s+)?dead"),
        tells=frozenset({Tells.SUPERVISOR}),
    ),
    Declared(
        OutcomeCode.NOT_ATTEMPTED,
        "Not attempted",
        Nature.CHANGE,
        _VISIT,
        (Question("Why not?", ("Sent elsewhere", "Unsafe alone", "No time", "Conflict: I know them")),),
        _typed(r"not\s+attempted", rf"did(?:\s+not|n{_APOSTROPHE}t)\s+attempt"),
    ),
    Declared(OutcomeCode.ACHIEVED, "Achieved", Nature.WORK, _DISRUPTION, _POWER, _typed(r"achieved")),
    Declared(
        OutcomeCode.PARTIAL,
        "Partly achieved",
        Nature.WORK,
        _DISRUPTION,
        _POWER,
        _typed(r"partial(?:ly\s+achieved)?", r"part(?:ly)?\s+achieved"),
    ),
    Declared(OutcomeCode.NO_EFFECT, "No effect", Nature.WORK, _DISRUPTION, _POWER, _typed(r"no\s+effect")),
    Declared(OutcomeCode.DONE, "Done", Nature.WORK, _ACTION, (), _typed(r"done", r"completed?")),
    Declared(
        OutcomeCode.PARTLY_DONE,
        "Partly done",
        Nature.WORK,
        _ACTION,
        _asks("What is left?"),
        _typed(r"part(?:ly|ially)?\s+done"),
    ),
    Declared(
        OutcomeCode.NOT_POSSIBLE,
        "Not possible",
        Nature.WORK,
        _DISRUPTION | _ACTION,
        _asks("Why not?"),
        _typed(r"not\s+possible"),
    ),
)
_BY_CODE = {each.code: each for each in OUTCOME_TABLE}
ATTEMPTS = frozenset(each.code for each in OUTCOME_TABLE if each.nature is Nature.ATTEMPT)
"""Nobody was met, or nobody who would talk: never counted as a check done."""
CHECKS_DONE = frozenset(each.code for each in OUTCOME_TABLE if each.met)
"""The person was met. Every other result of a visit leaves the check undone."""
CONCERNS = frozenset(each.code for each in OUTCOME_TABLE if each.nature is Nature.CONCERN)
"""Somebody must hear of it in the same shift."""


def declared(code: OutcomeCode) -> Declared:
    """What is declared about a result."""
    return _BY_CODE[code]


@cache
def fitting(kind: Fits) -> tuple[OutcomeCode, ...]:
    """The results that a task of this kind can end with, in the order in which cards offer them."""
    return tuple(each.code for each in OUTCOME_TABLE if kind in each.fits)


def kind_of_task(kind: TaskKind, visit_kind: VisitKind | None) -> Fits:
    """Which results a task can end with."""
    if kind is TaskKind.DISRUPTION_ACTION:
        return Fits.DISRUPTION
    if kind is TaskKind.GENERAL_ACTION:
        return Fits.ACTION
    return Fits.CONTACT if visit_kind is VisitKind.PROTECTED_PERSON_CONTACT else Fits.ORDER_CHECK
