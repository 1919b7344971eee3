"""What a task is called in a list or on a board."""

from storage.enums import DisruptionType, TaskKind, VisitKind
from storage.tables import Task

_VISITS = {
    VisitKind.PERPETRATOR_CHECK: "Order check",
    VisitKind.EXCLUDED_ADDRESS_CHECK: "Excluded address check",
    VisitKind.PROTECTED_PERSON_CONTACT: "Protected person contact",
}
_DISRUPTION = {
    DisruptionType.ASB_POWER: "ASB power",
    DisruptionType.ANPR_MARKER: "ANPR marker",
    DisruptionType.DVDS: "DVDS",
    DisruptionType.FIREARMS_LICENCE: "Firearms licence",
}


def words_for_kind(task: Task) -> str:
    """The kind of a task in plain words, without the free words of a general action."""
    if task.kind == TaskKind.COMPLIANCE_VISIT:
        return _VISITS[task.visit_kind or VisitKind.PERPETRATOR_CHECK]
    if task.kind == TaskKind.DISRUPTION_ACTION and task.disruption_type:
        named = _DISRUPTION.get(task.disruption_type)
        return named or task.disruption_type.replace("_", " ").capitalize()
    return "Action"
