"""The words for kinds of work: "visit", "address check", "anpr marker", "disrupt …", "action …"."""

import re
from dataclasses import dataclass

from bot.reading.model import ActionWork, DisruptionWork, VisitWork, Work
from storage.enums import DisruptionType, VisitKind

_VISITS = {
    VisitKind.EXCLUDED_ADDRESS_CHECK: (
        r"(?:excluded\s+)?addr(?:ess)?\s+(?:check|visit)"
        r"|(?:check|visit)\s+(?:the\s+)?excluded\s+addr(?:ess)?"
    ),
    VisitKind.PROTECTED_PERSON_CONTACT: r"(?:contact|protected\s+person)\s+(?:visit|check|contact)",
    VisitKind.PERPETRATOR_CHECK: r"(?:(?:perpetrator|perp|compliance)\s+)?(?:visit|check)",
}
_PLAIN_DISRUPTIONS = {
    DisruptionType.ANPR_MARKER: r"anpr(?:\s+marker)?",
    DisruptionType.BAIL_CHECK: r"bail\s+check",
    DisruptionType.CURFEW_CHECK: r"curfew\s+check",
    DisruptionType.CIVIL_ORDER: r"civil\s+order",
    DisruptionType.ASB_POWER: r"asb\s+powers?",
    DisruptionType.FIREARMS_LICENCE: r"firearms?\s+licen[cs]e",
    DisruptionType.BENEFITS_REFERRAL: r"benefits?\s+referral",
    DisruptionType.PROBATION_RECALL_REQUEST: r"(?:probation\s+)?recall\s+request|probation\s+recall",
    DisruptionType.SAFEGUARDING_REFERRAL: r"safeguarding\s+referral",
    DisruptionType.PERPETRATOR_PROGRAMME: r"perpetrator\s+program(?:me)?",
    DisruptionType.DVDS: r"dvds|clare['’]?s\s+law",
    DisruptionType.WARRANT: r"(?:execute\s+)?warrant",
}
_AFTER_DISRUPT = {
    DisruptionType.ARREST: r"arrest(?:\s+attempt)?",
    DisruptionType.ASB_POWER: r"asb",
    DisruptionType.CLOSURE: r"closure",
    DisruptionType.VEHICLE: r"vehicle",
    DisruptionType.LICENSING: r"licensing",
    DisruptionType.FIREARMS_LICENCE: r"firearms?",
    DisruptionType.HOUSING: r"housing",
    DisruptionType.BENEFITS_REFERRAL: r"benefits?",
    DisruptionType.PROBATION_RECALL_REQUEST: r"recall|probation",
    DisruptionType.INTELLIGENCE: r"intelligence|intel",
    DisruptionType.SAFEGUARDING_REFERRAL: r"safeguarding",
    DisruptionType.PERPETRATOR_PROGRAMME: r"program(?:me)?",
    DisruptionType.CURFEW_CHECK: r"curfew",
    DisruptionType.BAIL_CHECK: r"bail",
    DisruptionType.OTHER: r"other",
}
_DISRUPT = re.compile(r"\bdisrupt(?:ion)?\b[\s:,–-]*", re.IGNORECASE)
_ACTION = re.compile(r"\b(?:general\s+)?action\b[\s:,–-]*", re.IGNORECASE)


@dataclass(frozen=True)
class FoundWork:
    """The first words for work in a text, and what stands before and after them."""

    work: Work
    before: str
    after: str


def find_work(text: str) -> FoundWork | None:
    """The first kind of work that a text names; what follows "action" is its title."""
    found = [match for match in (_ACTION.search(text), _DISRUPT.search(text), _PLAIN.search(text)) if match]
    if not found:
        return None
    first = min(found, key=lambda match: match.start())
    before, after = text[: first.start()], text[first.end() :]
    if first.re is _ACTION:
        return FoundWork(ActionWork(None), before, after)
    if first.re is _DISRUPT:
        return _disruption(before, after)
    return FoundWork(_plain_work(first), before, after)


def _disruption(before: str, after: str) -> FoundWork:
    named = _NAMED.search(after)
    if named is None:
        return FoundWork(DisruptionWork(None), before, after)
    kind = DisruptionType(named.lastgroup or "")
    return FoundWork(DisruptionWork(kind), before, f"{after[: named.start()]} {after[named.end() :]}")


def _plain_work(found: re.Match[str]) -> Work:
    name = found.lastgroup or ""
    return (
        VisitWork(VisitKind(name)) if name in VisitKind.__members__ else DisruptionWork(DisruptionType(name))
    )


def _one_pattern(words: dict[str, str]) -> re.Pattern[str]:
    choices = "|".join(f"(?P<{name}>{pattern})" for name, pattern in words.items())
    return re.compile(rf"\b(?:{choices})\b", re.IGNORECASE)


def _merged(first: dict[DisruptionType, str], then: dict[DisruptionType, str]) -> dict[str, str]:
    kinds = list(dict.fromkeys([*first, *then]))
    return {kind.name: "|".join(words[kind] for words in (first, then) if kind in words) for kind in kinds}


_PLAIN = _one_pattern(
    {kind.name: words for kinds in (_PLAIN_DISRUPTIONS, _VISITS) for kind, words in kinds.items()}
)
_NAMED = _one_pattern(_merged(_PLAIN_DISRUPTIONS, _AFTER_DISRUPT))
