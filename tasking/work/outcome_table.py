"""Every result that a task can end with, declared once: what it is called, asks, means and may follow from.

Source: `domain.md`, enumerations. Cards, typed words, rules and counts read what the rooms list, by code.
"""

from dataclasses import dataclass
from enum import StrEnum

from storage.enums import OutcomeCode, TaskKind, VisitKind
from tasking.house import Brought
from tasking.work import outcome_doubts as doubts
from tasking.work.outcome_doubts import Denial

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
    in the same shift (a breach has its own way, `tasking/work/outcomes.py`), and `to_do` what they are asked.
    """

    code: str
    words: str
    nature: Nature
    fits: frozenset[Fits]
    questions: tuple[Question, ...] = ()
    typed: tuple[Typed, ...] = ()
    met: bool = False
    tells: frozenset[Tells] = frozenset()
    to_do: str = "Speak to the officer in this shift and decide what is needed"
    doubts: tuple[Denial, ...] = ()
    """Words beside it, as typed, that deny it."""
    elsewhere: str = ""
    """The code of the same result at another kind of task."""
    explained: str = ""
    """A pattern of words that only say more of it, though they sound like danger."""
    keeps_numbers: bool = True
    """Whether a telephone number in its words is kept."""

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
OF_A_BREACH = (Question("Protected person safe?"), Question("Where is the subject?"))
"""What the form of a breach asks, whichever breach it is."""


def _asks(*words: str) -> tuple[Question, ...]:
    return tuple(Question(each) for each in words)


_WHY_IN_CUSTODY = (
    r"\b(?:arrested|remanded|charged|convicted|sentenced|recalled|nicked)\b"
    r"(?![^,.;\n]*\b(?:hers?|shes?|vics?|victims?|ips?|ex|wife|partner|breach\w*|dvp[on]|order|here|tonight|now|us|me)\b)"
    r"[^,.;\n]*|\bhospital\b"
)
"""That is no danger now, unless it was for this."""
_POWER = _asks("Power or lawful basis used?")


def _typed(*patterns: str) -> tuple[Typed, ...]:
    return tuple(Typed(pattern) for pattern in patterns)


# In the order in which cards offer them.
OUTCOMES: tuple[Declared, ...] = (
    Declared(
        OutcomeCode.SEEN_NO_CONCERN,
        "Seen, nothing to suggest a breach",
        Nature.CHECKED,
        _CHECK,
        (Question("Where?"), WHO_WITH),
        _typed(r"seen(?:,?\s+no\s+concerns?)?"),
        met=True,
        doubts=doubts.SEEN,
    ),
    Declared(
        OutcomeCode.SPOKE_ALONE_NO_CONCERNS,
        "Spoke alone, no concerns raised",
        Nature.CHECKED,
        _CONTACT,
        (Question("Children seen?", (*_YES_NO, "No children there")),),
        _typed(r"spoke\s+alone(?:,?\s+no\s+concerns?)?"),
        met=True,
        doubts=doubts.SPOKE_ALONE,
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
        doubts=doubts.SPOKE_NOT_ALONE,
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
        elsewhere=OutcomeCode.SEEN_OTHER_CONCERN,
    ),
    Declared(
        OutcomeCode.NO_ANSWER,
        "No answer",
        Nature.ATTEMPT,
        _CHECK,
        _asks("Sign of anyone?"),
        _typed(r"no[\s-]+(?:answer|ans)", r"n/?a", r"(?:nobody|no[\s-]?one)\s+(?:in|home)"),
        doubts=doubts.NO_ANSWER,
        elsewhere=OutcomeCode.NO_REPLY,
    ),
    Declared(
        OutcomeCode.NO_REPLY,
        "No reply",
        Nature.ATTEMPT,
        _CONTACT,
        (),
        _typed(r"no\s+reply"),
        doubts=doubts.NO_REPLY,
        elsewhere=OutcomeCode.NO_ANSWER,
    ),
    Declared(
        OutcomeCode.BREACH_SUSPECTED,
        "Breach suspected",
        Nature.BREACH,
        _VISIT,
        OF_A_BREACH,
        _typed(r"breach(?:ed)?(?:\s+suspected)?"),
        met=True,
    ),
    Declared(
        OutcomeCode.ARRESTED, "Arrested", Nature.BREACH, _CHECK, OF_A_BREACH, _typed(r"arrested"), met=True
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
        elsewhere=OutcomeCode.CONCERNS,
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
        doubts=doubts.NO_ACCESS,
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
        doubts=doubts.NOT_LIVING_HERE,
        elsewhere=OutcomeCode.MOVED_OR_NEW_NUMBER,
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
        doubts=doubts.IN_CUSTODY,
        explained=_WHY_IN_CUSTODY,
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
        elsewhere=OutcomeCode.NOT_LIVING_HERE,
        to_do="Correct Athena. The number is not kept here: ask the officer",
        keeps_numbers=False,
    ),
    Declared(
        OutcomeCode.DECEASED,
        "Deceased",
        Nature.CHANGE,
        _CHECK,
        _asks("Who says?"),
        _typed(r"deceased", r"(?:has\s+)?died", r"(?:is\s+)?dead"),
        tells=frozenset({Tells.SUPERVISOR}),
        doubts=doubts.DECEASED,
        to_do="Speak to the officer, then close what is open about this person",
    ),
    Declared(
        OutcomeCode.NOT_ATTEMPTED,
        "Not attempted",
        Nature.CHANGE,
        _VISIT,
        (Question("Why not?", ("Sent elsewhere", "Unsafe alone", "No time", "Conflict: I know them")),),
        _typed(r"not\s+attempted", rf"did(?:\s+not|n{_APOSTROPHE}t)\s+attempt"),
    ),
    Declared(
        OutcomeCode.ACHIEVED,
        "Achieved",
        Nature.WORK,
        _DISRUPTION,
        _POWER,
        _typed(r"achieved"),
        doubts=doubts.ACHIEVED,
        elsewhere=OutcomeCode.DONE,
    ),
    Declared(
        OutcomeCode.PARTIAL,
        "Partly achieved",
        Nature.WORK,
        _DISRUPTION,
        _POWER,
        _typed(r"partial(?:ly\s+achieved)?", r"part(?:ly)?\s+achieved"),
        doubts=doubts.ACHIEVED,
        elsewhere=OutcomeCode.PARTLY_DONE,
    ),
    Declared(OutcomeCode.NO_EFFECT, "No effect", Nature.WORK, _DISRUPTION, _POWER, _typed(r"no\s+effect")),
    Declared(
        OutcomeCode.DONE,
        "Done",
        Nature.WORK,
        _ACTION,
        (),
        _typed(r"done", r"completed?"),
        doubts=doubts.DONE,
        elsewhere=OutcomeCode.ACHIEVED,
    ),
    Declared(
        OutcomeCode.PARTLY_DONE,
        "Partly done",
        Nature.WORK,
        _ACTION,
        _asks("What is left?"),
        _typed(r"part(?:ly|ially)?\s+done"),
        doubts=doubts.DONE,
        elsewhere=OutcomeCode.PARTIAL,
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


class _Results:
    """The results of a house, as the rules ask for them."""

    def __init__(self, listed: tuple[Declared, ...]) -> None:
        self.by_code = {each.code: each for each in listed}
        self.met = frozenset(each.code for each in listed if each.met)
        self.fitting = {kind: tuple(each.code for each in listed if kind in each.fits) for kind in Fits}
        self.of = {kind: frozenset(each.code for each in listed if each.nature is kind) for kind in Nature}


_RESULTS = Brought("outcomes", _Results)


def declared(code: str) -> Declared:
    """What is declared about a result; one that only another version knows goes by its code."""
    return _RESULTS().by_code.get(code) or Declared(code, code, Nature.CHANGE, frozenset())


def codes() -> tuple[str, ...]:
    """The codes of every result, in the order in which cards offer them."""
    return tuple(_RESULTS().by_code)


def fitting(kind: Fits) -> tuple[str, ...]:
    """The results that a task of this kind can end with, in the same order."""
    return _RESULTS().fitting[kind]


def breaches() -> frozenset[str]:
    """A condition of an order was broken, or somebody was arrested for it."""
    return _RESULTS().of[Nature.BREACH]


def known_breach(code: str) -> str:
    """The code; raises `ValueError` for one of anything but a breach."""
    if code not in breaches():
        raise ValueError("not a breach")
    return code


def concerns() -> frozenset[str]:
    """Somebody must hear of it in the same shift."""
    return _RESULTS().of[Nature.CONCERN]


def attempts() -> frozenset[str]:
    """Nobody was met, or nobody who would talk: never counted as a check done."""
    return _RESULTS().of[Nature.ATTEMPT]


def checks_done() -> frozenset[str]:
    """The person was met. Every other result of a visit leaves the check undone."""
    return _RESULTS().met


def kind_of_task(kind: TaskKind, visit_kind: VisitKind | None) -> Fits:
    """Which results a task can end with."""
    if kind is TaskKind.DISRUPTION_ACTION:
        return Fits.DISRUPTION
    if kind is TaskKind.GENERAL_ACTION:
        return Fits.ACTION
    return Fits.CONTACT if visit_kind is VisitKind.PROTECTED_PERSON_CONTACT else Fits.ORDER_CHECK
