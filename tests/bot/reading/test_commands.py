"""What a typed command becomes."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.reading import parse_command
from bot.reading.mentions import Mention, placeholder
from bot.reading.model import (
    Accept,
    ActionWork,
    AddNote,
    Assign,
    Assignee,
    AssignForm,
    AthenaReference,
    Board,
    Brief,
    Cancel,
    CannotDo,
    Command,
    CopyOfOrder,
    CryForHelp,
    DisruptionWork,
    Doubted,
    Extend,
    Help,
    MoreTime,
    Outcome,
    Reassign,
    Several,
    ShowTask,
    Tasks,
    TaskScope,
    TooLong,
    Undo,
    Unknown,
    VisitWork,
)
from storage.enums import DisruptionType, OutcomeCode, VisitKind
from tasking.when.time_parts import DAY_WORDS

JO = Mention("29:jo", "aad-jo", "Jo Example")
SAM = Mention("29:sam", None, "Sam Sample")
AT_JO, AT_SAM = placeholder(0), placeholder(1)
TO_JO = Assignee(mention=JO)
CHECK = VisitWork(VisitKind.PERPETRATOR_CHECK)
ADDRESS = VisitWork(VisitKind.EXCLUDED_ADDRESS_CHECK)
CONTACT = VisitWork(VisitKind.PROTECTED_PERSON_CONTACT)


plain_words = st.lists(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGé", min_size=1, max_size=8), min_size=1)


def disrupt(kind: DisruptionType | None) -> DisruptionWork:
    return DisruptionWork(kind)


ASSIGNING: list[tuple[str, Command]] = [
    ("assign", AssignForm()),
    ("/Assign", AssignForm()),
    ("  / ASSIGN \n", AssignForm()),
    (
        f"/assign {AT_JO} visit DVPO-3 by tomorrow 18:00",
        Assign(TO_JO, CHECK, "DVPO-3", "tomorrow 18:00"),
    ),
    (
        f"assign {AT_JO} visit DVPO-3 by tomorrow 18:00 note: dog at the rear",
        Assign(TO_JO, CHECK, "DVPO-3", "tomorrow 18:00", "dog at the rear"),
    ),
    (
        f"assign {AT_JO}\nvisit\nDVPO-3\nby tomorrow 18:00\nNote: two lines\nhere",
        Assign(TO_JO, CHECK, "DVPO-3", "tomorrow 18:00", "two lines\nhere"),
    ),
    (f"ASSIGN {AT_JO} CHECK dvpo 3 BY FRI, 9AM", Assign(TO_JO, CHECK, "DVPO-3", "FRI, 9AM")),
    (f"assign {AT_JO} perpetrator check S-7 in 4h", Assign(TO_JO, CHECK, "S-07", "in 4h")),
    (f"assign {AT_JO} compliance visit S07 at 22:00", Assign(TO_JO, CHECK, "S-07", "22:00")),
    (f"assign {AT_JO} address check S-07 tomorrow 18:00", Assign(TO_JO, ADDRESS, "S-07", "tomorrow 18:00")),
    (f"assign {AT_JO} contact visit DVPO-3 24/12 14:00", Assign(TO_JO, CONTACT, "DVPO-3", "24/12 14:00")),
    (f"assign {AT_JO} visit dvpo 3 fri 9am", Assign(TO_JO, CHECK, "DVPO-3", "fri 9am")),
    (f"assign visit DVPO-3 to {AT_JO} by 22:00", Assign(TO_JO, CHECK, "DVPO-3", "22:00")),
    (f"assign {AT_JO} visit DVPO-3", Assign(TO_JO, CHECK, "DVPO-3")),
    (f"assign {AT_JO} visit", Assign(TO_JO, CHECK)),
    (f"assign {AT_JO}", Assign(TO_JO)),
    (f"assign {AT_JO} DVPO-3 by fri 9am", Assign(TO_JO, None, "DVPO-3", "fri 9am")),
    (f"assign {AT_JO} visit DVPO-3 by 12/24", Assign(TO_JO, CHECK, "DVPO-3", "12/24")),
    (f"assign {AT_JO} visit DVPO-3 by teatime", Assign(TO_JO, CHECK, "DVPO-3", "teatime")),
    (f"assign {AT_JO} visit DVPO-3 by 9am or fri 10am", Assign(TO_JO, CHECK, "DVPO-3", "9am or fri 10am")),
    (f"assign {AT_JO} visit DVPO-3 by 6", Assign(TO_JO, CHECK, "DVPO-3", "6")),
    (f"assign {AT_JO} please visit DVPO-3", Assign(TO_JO, CHECK, "DVPO-3")),
    (
        f"assign {AT_JO} visit DVPO-3 by 22:00, take a colleague",
        Assign(TO_JO, CHECK, "DVPO-3", "22:00", "take a colleague"),
    ),
    (
        f"assign {AT_JO} visit DVPO-3 by 22:00 with {AT_SAM}",
        Assign(TO_JO, CHECK, "DVPO-3", "22:00", "with @Sam Sample"),
    ),
    (
        f"assign {AT_JO} and {AT_SAM} visit DVPO-3",
        Assign(Assignee(mention=JO, several=True), CHECK, "DVPO-3", None, "and @Sam Sample"),
    ),
    (f"assign visit DVPO-3 note: ask {AT_JO}", Assign(None, CHECK, "DVPO-3", None, "ask @Jo Example")),
    (
        "assign unallocated visit DVPO-3 by tonight 22:00",
        Assign(Assignee(unallocated=True), CHECK, "DVPO-3", "tonight 22:00"),
    ),
    ("assign nobody visit DVPO-3", Assign(Assignee(unallocated=True), CHECK, "DVPO-3")),
    ("assign to no one: visit DVPO-3", Assign(Assignee(unallocated=True), CHECK, "DVPO-3")),
    ("assign me visit DVPO-3", Assign(Assignee(me=True), CHECK, "DVPO-3")),
    ("assign Pat Invented visit DVPO-3", Assign(Assignee(typed_name="Pat Invented"), CHECK, "DVPO-3")),
    ("assign @Pat visit DVPO-3", Assign(Assignee(typed_name="Pat"), CHECK, "DVPO-3")),
    (
        f"assign {AT_JO} disrupt vehicle S-07 by fri 9am",
        Assign(TO_JO, disrupt(DisruptionType.VEHICLE), "S-07", "fri 9am"),
    ),
    (f"assign {AT_JO} anpr marker for S-07", Assign(TO_JO, disrupt(DisruptionType.ANPR_MARKER), "S-07")),
    (f"assign {AT_JO} disrupt: ANPR S-07", Assign(TO_JO, disrupt(DisruptionType.ANPR_MARKER), "S-07")),
    (f"assign {AT_JO} bail check S-07", Assign(TO_JO, disrupt(DisruptionType.BAIL_CHECK), "S-07")),
    (f"assign {AT_JO} curfew check S-07", Assign(TO_JO, disrupt(DisruptionType.CURFEW_CHECK), "S-07")),
    (
        f"assign {AT_JO} firearms license S-07",
        Assign(TO_JO, disrupt(DisruptionType.FIREARMS_LICENCE), "S-07"),
    ),
    (f"assign {AT_JO} disrupt intel S-07", Assign(TO_JO, disrupt(DisruptionType.INTELLIGENCE), "S-07")),
    (
        f"assign {AT_JO} disrupt housing with the council for S-07 by 1800hrs",
        Assign(TO_JO, disrupt(DisruptionType.HOUSING), "S-07", "1800hrs", "with the council"),
    ),
    (f"assign {AT_JO} disrupt somehow S-07", Assign(TO_JO, disrupt(None), "S-07", None, "somehow")),
    (
        f"assign {AT_JO} action ring the housing officer about S-07's tenancy by fri 9am",
        Assign(TO_JO, ActionWork("ring the housing officer about S-07's tenancy"), "S-07", "fri 9am"),
    ),
    (
        f"assign {AT_JO} action visit 14 Mill Lane on Friday for papers S-07",
        Assign(TO_JO, ActionWork("visit 14 Mill Lane on Friday for papers"), "S-07"),
    ),
    (
        f"assign {AT_JO} action: collect the file tomorrow 10:00 note: desk 2",
        Assign(TO_JO, ActionWork("collect the file"), None, "tomorrow 10:00", "desk 2"),
    ),
    (f"assign {AT_JO} action", Assign(TO_JO, ActionWork(None))),
]

LISTING: list[tuple[str, Command]] = [
    ("tasks", Tasks()),
    ("/tasks", Tasks()),
    ("my tasks", Tasks(TaskScope.MINE)),
    ("tasks mine", Tasks(TaskScope.MINE)),
    ("/TASKS Overdue", Tasks(TaskScope.OVERDUE)),
    (f"tasks of {AT_JO}", Tasks(person=JO)),
    (f"tasks {AT_SAM}", Tasks(person=SAM)),
    (f"tasks overdue of {AT_JO}", Tasks(TaskScope.OVERDUE, JO)),
    ("tasks of S-7", Tasks(subject="S-07")),
    ("tasks s07", Tasks(subject="S-07")),
    ("tasks DVPO-3", Tasks(subject="DVPO-3")),
    ("tasks about dvpo 3", Tasks(subject="DVPO-3")),
    ("tasks of Pat", Tasks(typed_name="Pat")),
    ("task T-1042", ShowTask("T-1042")),
    ("/task 1042", ShowTask("T-1042")),
    ("1042", ShowTask("T-1042")),
    ("t 1042?", ShowTask("T-1042")),
    ("task", ShowTask(None)),
    ("help", Help()),
    ("?", Help()),
    ("/help please", Help()),
    ("RedLine help", Help()),
    ("board", Board()),
    ("@RedLine /board", Board()),
]

CHANGES: list[tuple[str, Command]] = [
    (f"reassign T-1042 to {AT_JO} because on leave", Reassign("T-1042", TO_JO, "on leave")),
    (f"reassign 1042 {AT_JO} reason: sick", Reassign("T-1042", TO_JO, "sick")),
    (f"/reassign t1042 {AT_JO}, sick", Reassign("T-1042", TO_JO, "sick")),
    (f"1042 reassign {AT_JO}", Reassign("T-1042", TO_JO)),
    (
        "reassign T-1042 to Pat Invented because on leave",
        Reassign("T-1042", Assignee(typed_name="Pat Invented"), "on leave"),
    ),
    (
        "reassign T-1042 to nobody because on leave",
        Reassign("T-1042", Assignee(unallocated=True), "on leave"),
    ),
    ("reassign", Reassign()),
    ("extend T-1042 to fri 9am because at court", Extend("T-1042", "fri 9am", "at court")),
    ("extend 1042 until 18:00, he is at court", Extend("T-1042", "18:00", "he is at court")),
    ("extend T-1042 tomorrow 18:00 reason: court", Extend("T-1042", "tomorrow 18:00", "court")),
    ("extend T-1042 to teatime because he works", Extend("T-1042", "teatime", "he works")),
    ("extend T-1042 to teatime", Extend("T-1042", "teatime")),
    ("extend T-1042 he is at court", Extend("T-1042", None, "he is at court")),
    ("1042 extend in 2 days", Extend("T-1042", "in 2 days")),
    ("cancel T-1042 because duplicate", Cancel("T-1042", "duplicate")),
    ("cancel T-1042 reason: duplicate", Cancel("T-1042", "duplicate")),
    ("/cancel 1042 duplicate of 1041", Cancel("T-1042", "duplicate of 1041")),
    ("cancel", Cancel()),
    ("1042 undo", Undo("T-1042")),
    ("UNDO 1042", Undo("T-1042")),
    ("undo", Undo(None)),
    ("1042 accept", Accept("T-1042")),
    ("accept T-1042", Accept("T-1042")),
    ("1042 brief", Brief("T-1042")),
    ("brief me 1042", Brief("T-1042")),
    ("1042 copy", CopyOfOrder("T-1042")),
    ("1042 copy of the order", CopyOfOrder("T-1042")),
    ("1042 note: dog in the yard. Ring first", AddNote("T-1042", "dog in the yard. Ring first")),
    ("note 1042 dog", AddNote("T-1042", "dog")),
    ("1042 more time fri 9am at court", MoreTime("T-1042", "fri 9am", "at court")),
    (
        "1042 more time until tomorrow 18:00: short of staff",
        MoreTime("T-1042", "tomorrow 18:00", "short of staff"),
    ),
    ("1042 more time 4h held at scene", MoreTime("T-1042", "4h", "held at scene")),
    ("1042 more time", MoreTime("T-1042")),
    ("1042 ref 36/21858/19", AthenaReference("T-1042", "36/21858/19")),
    ("ref 1042 36/21858/19", AthenaReference("T-1042", "36/21858/19")),
    ("1042 athena 36/21858/19", AthenaReference("T-1042", "36/21858/19")),
]


def outcome(
    code: OutcomeCode, happened: str | None = None, note: str | None = None, confirmed: bool = False
) -> Outcome:
    return Outcome("T-1042", code, happened, note, confirmed)


OUTCOMES: list[tuple[str, Command]] = [
    ("1042 no answer 2115", outcome(OutcomeCode.NO_ANSWER, "2115")),
    ("1042 21:15 no answer", outcome(OutcomeCode.NO_ANSWER, "21:15")),
    ("1042 at 21:15, no answer, lights on", outcome(OutcomeCode.NO_ANSWER, "21:15", "lights on")),
    ("1042 yesterday 2130 seen", outcome(OutcomeCode.SEEN_NO_CONCERN, "yesterday 2130")),
    ("1042 21:15 no answer 22:10", Unknown("no answer", "T-1042", typed="21:15 no answer 22:10")),
    ("1042 no answer", outcome(OutcomeCode.NO_ANSWER)),
    ("T-1042: No answer", outcome(OutcomeCode.NO_ANSWER)),
    ("no answer 1042 2115", outcome(OutcomeCode.NO_ANSWER, "2115")),
    ("no answer 21:15", Outcome(None, OutcomeCode.NO_ANSWER, "21:15")),
    ("1042 no answer 2115: lights on", outcome(OutcomeCode.NO_ANSWER, "2115", "lights on")),
    ("1042 no answer 2115 lights on", outcome(OutcomeCode.NO_ANSWER, "2115", "lights on")),
    ("1042 no answer, dog barking, 2115", outcome(OutcomeCode.NO_ANSWER, "2115", "dog barking")),
    ("1042 no answer now", outcome(OutcomeCode.NO_ANSWER, "now")),
    ("1042 no answer now lives away", outcome(OutcomeCode.NO_ANSWER, None, "now lives away")),
    ("1042 no answer 30 min ago", outcome(OutcomeCode.NO_ANSWER, "30 min ago")),
    ("1042 no answer yesterday 2130", outcome(OutcomeCode.NO_ANSWER, "yesterday 2130")),
    ("1042 no answer last night 2230", outcome(OutcomeCode.NO_ANSWER, "last night 2230")),
    ("1042 no answer yesterday", outcome(OutcomeCode.NO_ANSWER, "yesterday")),
    (
        "1042 no answer at 9.15pm, lights on. He left at 1800",
        outcome(OutcomeCode.NO_ANSWER, "9.15pm", "lights on. He left at 1800"),
    ),
    (
        "1042 no answer, neighbour says he left at 1800",
        outcome(OutcomeCode.NO_ANSWER, None, "neighbour says he left at 1800"),
    ),
    ("1042 seen 2115 at the door, alone", outcome(OutcomeCode.SEEN_NO_CONCERN, "2115", "at the door, alone")),
    ("1042 seen", outcome(OutcomeCode.SEEN_NO_CONCERN)),
    ("1042 seen, no concerns", outcome(OutcomeCode.SEEN_NO_CONCERN)),
    ("1042 seen sat in car", outcome(OutcomeCode.SEEN_NO_CONCERN, None, "sat in car")),
    ("1042 seen for 10 min outside", outcome(OutcomeCode.SEEN_NO_CONCERN, None, "for 10 min outside")),
    ("1042 seen 2 children there", outcome(OutcomeCode.SEEN_NO_CONCERN, None, "2 children there")),
    (
        "1042 seen, nothing to suggest a breach",
        outcome(OutcomeCode.SEEN_NO_CONCERN, None, "nothing to suggest a breach"),
    ),
    ("1042 seen, not in breach", outcome(OutcomeCode.SEEN_NO_CONCERN, None, "not in breach")),
    ("1042 NA 2115", outcome(OutcomeCode.NO_ANSWER, "2115")),
    ("1042 nobody in", outcome(OutcomeCode.NO_ANSWER)),
    ("1042 no-answer", outcome(OutcomeCode.NO_ANSWER)),
    ("999", CryForHelp()),
    ("help me", CryForHelp(maybe_menu=True)),
    ("he has a knife", Unknown(alarm=True)),
    ("1042 would not engage", outcome(OutcomeCode.WOULD_NOT_ENGAGE)),
    ("1042 wouldn’t engage 2115", outcome(OutcomeCode.WOULD_NOT_ENGAGE, "2115")),
    (
        "1042 not living here, mother says he left in May",
        outcome(OutcomeCode.NOT_LIVING_HERE, None, "mother says he left in May"),
    ),
    (
        "1042 in custody at Exampleton",
        outcome(OutcomeCode.IN_CUSTODY_PRISON_HOSPITAL, None, "in custody at Exampleton"),
    ),
    (
        "1042 in hospital until 24/12",
        outcome(OutcomeCode.IN_CUSTODY_PRISON_HOSPITAL, None, "in hospital until 24/12"),
    ),
    ("1042 in prison", outcome(OutcomeCode.IN_CUSTODY_PRISON_HOSPITAL, None, "in prison")),
    ("1042 arrested 2130 custody ref EX/1", outcome(OutcomeCode.ARRESTED, "2130", "custody ref EX/1")),
    ("1042 not attempted, sent elsewhere", outcome(OutcomeCode.NOT_ATTEMPTED, None, "sent elsewhere")),
    ("1042 breach", outcome(OutcomeCode.BREACH_SUSPECTED)),
    ("1042 breach 2115 he is inside", outcome(OutcomeCode.BREACH_SUSPECTED, "2115", "he is inside")),
    (
        "1042 breach yes 2115 he is inside",
        outcome(OutcomeCode.BREACH_SUSPECTED, "2115", "he is inside", True),
    ),
    ("1042 breach 2115 confirmed: inside", outcome(OutcomeCode.BREACH_SUSPECTED, "2115", "inside", True)),
    (
        "1042 breach confirmed by a neighbour",
        outcome(OutcomeCode.BREACH_SUSPECTED, None, "confirmed by a neighbour"),
    ),
    (
        "1042 spoke alone 2115 children seen",
        outcome(OutcomeCode.SPOKE_ALONE_NO_CONCERNS, "2115", "children seen"),
    ),
    ("1042 spoke not alone", outcome(OutcomeCode.SPOKE_NOT_ALONE)),
    ("1042 concerns referred", outcome(OutcomeCode.CONCERNS, None, "referred")),
    ("1042 no reply", outcome(OutcomeCode.NO_REPLY)),
    ("1042 asked us not to come until may", outcome(OutcomeCode.ASKED_US_NOT_TO_COME, None, "until may")),
    ("1042 done", outcome(OutcomeCode.DONE)),
    ("1042 done 1h ago left a card", outcome(OutcomeCode.DONE, "1h ago", "left a card")),
    ("1042 partly done left a card", outcome(OutcomeCode.PARTLY_DONE, None, "left a card")),
    ("1042 not possible: locked", outcome(OutcomeCode.NOT_POSSIBLE, None, "locked")),
    ("1042 no effect", outcome(OutcomeCode.NO_EFFECT)),
    ("1042 achieved", outcome(OutcomeCode.ACHIEVED)),
]


def doubted(question: str, instead: str = "") -> Doubted:
    return Doubted("T-1042", question, instead)


WAS_THERE_NO_ANSWER = doubted("Was there no answer?", "no answer")
IN_THE_SAME_LINE = doubted("Was it at 2115? Put the time in the same line.")

DENIED: list[tuple[str, Command]] = [
    ("1042 seen no one at the address", WAS_THERE_NO_ANSWER),
    ("1042 seen nobody", WAS_THERE_NO_ANSWER),
    ("1042 seen no", WAS_THERE_NO_ANSWER),
    ("1042 seen 2115 - nobody there", WAS_THERE_NO_ANSWER),
    ("1042 seen nothing", WAS_THERE_NO_ANSWER),
    ("1042 seen no sign of him", WAS_THERE_NO_ANSWER),
    ("1042 seen, not at home", WAS_THERE_NO_ANSWER),
    ("1042 done nothing", doubted("Was nothing done?", "not possible")),
    ("1042 done? Not yet", doubted("Was nothing done?", "not possible")),
    ("1042 achieved nothing", doubted("Did it have no effect?", "no effect")),
    ("1042 no answer, he answered late", doubted("Did somebody answer?", "seen")),
    ("1042 no answer seen", doubted("Did somebody answer?", "seen")),
    ("1042 spoke alone, concerns about him", doubted("Were there concerns?", "concerns")),
    ("1042 spoke alone to nobody", doubted("Was there no reply?", "no reply")),
    ("1042 in custody no longer", doubted("Was it something else?")),
    ("1042 would not engage, no", doubted("Was it something else?")),
    ("1042 no answer\n2115", IN_THE_SAME_LINE),
    ("1042 no answer\n2115 lights on", IN_THE_SAME_LINE),
    ("1042 no answer, lights on\nat 2115", IN_THE_SAME_LINE),
    ("no answer 1042\n2115", IN_THE_SAME_LINE),
]

NOT_DENIED: list[tuple[str, Command]] = [
    ("1042 seen, nobody else there", outcome(OutcomeCode.SEEN_NO_CONCERN, None, "nobody else there")),
    ("1042 seen, no one with him", outcome(OutcomeCode.SEEN_NO_CONCERN, None, "no one with him")),
    ("1042 seen no breach", outcome(OutcomeCode.SEEN_NO_CONCERN, None, "no breach")),
    ("1042 seen no sign of a breach", outcome(OutcomeCode.SEEN_NO_CONCERN, None, "no sign of a breach")),
    ("1042 seen nothing untoward", outcome(OutcomeCode.SEEN_NO_CONCERN, None, "nothing untoward")),
    ("1042 seen, isn’t in breach", outcome(OutcomeCode.SEEN_NO_CONCERN, None, "isn’t in breach")),
    (
        "1042 seen, nothing to suggest he is in breach",
        outcome(OutcomeCode.SEEN_NO_CONCERN, None, "nothing to suggest he is in breach"),
    ),
    ("1042 done, nothing found", outcome(OutcomeCode.DONE, None, "nothing found")),
    ("1042 no answer, no sign of him", outcome(OutcomeCode.NO_ANSWER, None, "no sign of him")),
    (
        "1042 not living here, no longer in touch",
        outcome(OutcomeCode.NOT_LIVING_HERE, None, "no longer in touch"),
    ),
    ("1042 no answer\nlights on at 2115", outcome(OutcomeCode.NO_ANSWER, None, "lights on at 2115")),
    ("1042 no answer 2115\nback at\n2130", outcome(OutcomeCode.NO_ANSWER, "2115", "back at\n2130")),
    ("1042 more time\n1043 at court", MoreTime("T-1042", None, "1043 at court")),
]

CONFIRMED_OR_NOT: list[tuple[str, Command]] = [
    ("1042 breach yes?", outcome(OutcomeCode.BREACH_SUSPECTED, None, "yes?")),
    ("1042 breach yes 2115?", outcome(OutcomeCode.BREACH_SUSPECTED, "2115", "?")),
    ("1042 breach yes/no", outcome(OutcomeCode.BREACH_SUSPECTED, None, "yes/no")),
    ("1042 breach confirmed no", outcome(OutcomeCode.BREACH_SUSPECTED, None, "confirmed no")),
    ("1042 breach confirmed, not sure", outcome(OutcomeCode.BREACH_SUSPECTED, None, "confirmed, not sure")),
    ("1042 arrested yes? 2115", outcome(OutcomeCode.ARRESTED, None, "yes? 2115")),
    ("1042 breach yes, no injuries", outcome(OutcomeCode.BREACH_SUSPECTED, None, "no injuries", True)),
    (
        "1042 breach yes\n2115 he is inside",
        outcome(OutcomeCode.BREACH_SUSPECTED, None, "2115 he is inside", True),
    ),
]

NO_ANSWERS = ("1042 no answer", "1043 no answer")

SEVERAL: list[tuple[str, tuple[str, ...]]] = [
    ("1042 no answer 2115\n1043 seen 2130 at the door", ("1042 no answer", "1043 seen")),
    ("1042\nno answer 2115\n1043\nseen", ("1042 no answer", "1043 seen")),
    ("no answer\n1043 seen", ("no answer", "1043 seen")),
    ("1042 no answer 2115, 1043 seen", ("1042 no answer", "1043 seen")),
    ("1042 no answer; T-9 seen", ("1042 no answer", "9 seen")),
    ("1042 no answer 2115. 1043 No answer 2120.", ("1042 no answer", "1043 No answer")),
    ("1042 no answer - 1043 in custody", ("1042 no answer", "1043 in custody")),
    ("1042 no answer and then 1043 seen", ("1042 no answer", "1043 seen")),
    ("1042 no answer/1043 seen", ("1042 no answer", "1043 seen")),
    ("1042 no answer 2115 1043 seen", ("1042 no answer", "1043 seen")),
    ("1042 no answer 1043 no answer", NO_ANSWERS),
    ("1042 no answer T-1043 seen", ("1042 no answer", "1043 seen")),
    ("no answer 1042 2115\nseen 1043 2130", ("1042 no answer", "1043 seen")),
    ("1042 no answer\nseen 1043 at 2130", ("1042 no answer", "1043 seen")),
    ("1042 no answer\n1042 undo", ("1042 no answer", "1042 undo")),
    ("no answer 1042 and 1043", NO_ANSWERS),
    ("no answer 1042, 1043", NO_ANSWERS),
    ("no answer 1042/1043", NO_ANSWERS),
    ("no answer T-1042 T-1043", NO_ANSWERS),
    ("no answer 1042, 1043 & 1044", (*NO_ANSWERS, "1044 no answer")),
    ("1042 no answer 2115 and 1043", NO_ANSWERS),
    ("1042 and 1043 no answer", NO_ANSWERS),
    ("1042, 1043 no answer", NO_ANSWERS),
    ("T-1042 T-1043 no answer", NO_ANSWERS),
    ("1042 accept\n1043 accept", ("1042 accept", "1043 accept")),
    ("1042 accept 1043 accept", ("1042 accept", "1043 accept")),
    ("accept 1042 1043", ("1042 accept", "1043 accept")),
    ("1042 undo\n1043 undo", ("1042 undo", "1043 undo")),
    ("1042 undo, 1043", ("1042 undo", "1043 undo")),
    ("1042 can't do at court\n1043 can't do at court", ("1042 can't do", "1043 can't do")),
    ("1042 more time fri 9am court\n1043 more time fri 9am court", ("1042 more time", "1043 more time")),
    ("cancel 1042 because withdrawn\ncancel 1043 because withdrawn", ("1042 cancel", "1043 cancel")),
    ("cancel 1042, 1043 because withdrawn", ("1042 cancel", "1043 cancel")),
    ("extend 1042 to fri 18:00 because court\nextend 1043 to fri 18:00", ("1042 extend", "1043 extend")),
    ("extend 1042, 1043 to fri 18:00 because court", ("1042 extend", "1043 extend")),
    ("1042 note van outside\nundo 1043", ("1042 note", "1043 undo")),
    ("1042 ref 36/21858/19\n1043 ref 36/21859/19", ("1042 ref", "1043 ref")),
    ("ref 1042 and 1043 36/21858/19", ("1042 ref", "1043 ref")),
    (f"reassign 1042 and 1043 to {AT_JO} because on leave", ("1042 reassign", "1043 reassign")),
    (f"assign {AT_JO} visit DVPO-3 by fri 9am\n1042 cancel", ("assign", "1042 cancel")),
    (f"assign {AT_JO} visit DVPO-3\nassign {AT_SAM} visit DVPN-4", ("assign",)),
    (f"/assign {AT_JO} visit DVPO-3 /assign {AT_SAM} visit DVPN-4", ("assign",)),
    ("1042 no answer\n/tasks", ("1042 no answer", "tasks")),
    ("tasks\n1042 no answer", ("tasks", "1042 no answer")),
]

SEVERAL_AND_TROUBLE: list[tuple[str, tuple[str, ...]]] = [
    ("1042 no answer 2115\n1043 breach yes he is inside with her", ("1042 no answer", "1043 breach")),
    ("1042 no answer\n1043 breach yes he is inside", ("1042 no answer", "1043 breach")),
    ("1042 no answer\nbreach 1043 yes", ("1042 no answer", "1043 breach")),
    ("1042 note van outside\n1043 breach yes", ("1042 note", "1043 breach")),
    ("breach 1042 and 1043 yes", ("1042 breach", "1043 breach")),
    ("1042 and 1043 arrested", ("1042 arrested", "1043 arrested")),
    ("help\n1043 breach yes", ("help", "1043 breach")),
    ("1042 no answer\n1043 seen, he has a knife", ("1042 no answer", "1043 seen")),
    ("1042 seen, in breach\n1043 no answer", ("1042 seen", "1043 no answer")),
]

ONE: list[tuple[str, Command]] = [
    ("1042 note same car as at T-1050", AddNote("T-1042", "same car as at T-1050")),
    ("1042 note T-1050 has the same car", AddNote("T-1042", "T-1050 has the same car")),
    (
        "1042 note blue van\nas at T-1050, seen twice\n2115 it left",
        AddNote("T-1042", "blue van\nas at T-1050, seen twice\n2115 it left"),
    ),
    ("1042 note to do:\n1 done\n2 seen", AddNote("T-1042", "to do:\n1 done\n2 seen")),
    ("1042 note 2115 seen leaving", AddNote("T-1042", "2115 seen leaving")),
    ("note 1042, 2115 dog barking", AddNote("T-1042", "2115 dog barking")),
    (
        "1042 no answer 2115\nseen 2130 leaving by the back",
        outcome(OutcomeCode.NO_ANSWER, "2115", "seen 2130 leaving by the back"),
    ),
    (
        "1042 no answer 2115 seen through the window",
        outcome(OutcomeCode.NO_ANSWER, "2115", "seen through the window"),
    ),
    (
        "1042 no answer, he left at 1800 seen by a neighbour",
        outcome(OutcomeCode.NO_ANSWER, None, "he left at 1800 seen by a neighbour"),
    ),
    ("1042 seen 2115 to the rear", outcome(OutcomeCode.SEEN_NO_CONCERN, "2115", "to the rear")),
    ("1042 seen 2115 until 2130", outcome(OutcomeCode.SEEN_NO_CONCERN, "2115", "until 2130")),
    (
        "1042 no answer 2115\nseen 2130 to the rear",
        outcome(OutcomeCode.NO_ANSWER, "2115", "seen 2130 to the rear"),
    ),
    ("1042 more time 2115 to finish", MoreTime("T-1042", "2115", "to finish")),
    ("1042 seen and 2 children", outcome(OutcomeCode.SEEN_NO_CONCERN, None, "and 2 children")),
    ("cancel 1042 because 1041 and 1043 cover it", Cancel("T-1042", "1041 and 1043 cover it")),
    ("1042 cancel T-1041 covers it", Cancel("T-1042", "T-1041 covers it")),
    ("extend 1042 1800 because court", Extend("T-1042", "1800", "court")),
    ("1042 ref 2023/1234", AthenaReference("T-1042", "2023/1234")),
    ("ref 1042 2023/1234", AthenaReference("T-1042", "2023/1234")),
    ("1042 2115 no answer", Doubted("T-1042", "Was it at 2115? Put the time after the result.")),
    (
        f"assign {AT_JO} visit DVPO-3\nby tomorrow 18:00\nnote: two lines\nvan seen there and 1042 done",
        Assign(TO_JO, CHECK, "DVPO-3", "tomorrow 18:00", "two lines\nvan seen there and 1042 done"),
    ),
    (
        f"assign {AT_JO} action chase 1042 done and 1043 done\nby fri 9am",
        Assign(TO_JO, ActionWork("chase 1042 done and 1043 done"), None, "fri 9am"),
    ),
]

UNKNOWN: list[tuple[str, Command]] = [
    ("", Unknown()),
    ("hello there", Unknown()),
    ("asign somebody", Unknown("assign")),
    ("1042 no anwser", Unknown("no answer", "T-1042")),
    ("1042 sen 2115", Unknown("seen", "T-1042")),
    ("1042 not seen", Unknown(None, "T-1042")),
    ("1042 undoing", Unknown("undo", "T-1042")),
]


@pytest.mark.parametrize(("typed", "command"), ASSIGNING + LISTING + CHANGES + OUTCOMES + UNKNOWN)
def test_a_typed_command_is_read(typed: str, command: Command) -> None:
    assert parse_command(typed, [JO, SAM]) == command


@pytest.mark.parametrize(("typed", "command"), DENIED)
def test_a_result_that_its_own_words_deny_is_asked_about(typed: str, command: Command) -> None:
    assert parse_command(typed) == command


@pytest.mark.parametrize(("typed", "command"), NOT_DENIED)
def test_words_that_deny_something_else_are_a_note(typed: str, command: Command) -> None:
    assert parse_command(typed) == command


@pytest.mark.parametrize(("typed", "command"), CONFIRMED_OR_NOT)
def test_only_a_clear_yes_skips_the_check_of_a_breach(typed: str, command: Command) -> None:
    assert parse_command(typed) == command


@pytest.mark.parametrize(("typed", "parts"), SEVERAL)
def test_a_message_that_holds_more_than_one_command_is_none(typed: str, parts: tuple[str, ...]) -> None:
    assert parse_command(typed, [JO, SAM]) == Several(parts)


@pytest.mark.parametrize(("typed", "parts"), SEVERAL_AND_TROUBLE)
def test_trouble_in_any_of_several_commands_is_an_alarm(typed: str, parts: tuple[str, ...]) -> None:
    assert parse_command(typed) == Several(parts, alarm=True)


def test_a_breach_that_is_denied_is_no_alarm_among_several_commands() -> None:
    parts = ("1042 seen", "1043 no answer")
    assert parse_command("1042 seen, nothing to suggest a breach\n1043 no answer") == Several(parts)


@pytest.mark.parametrize(("typed", "command"), ONE)
def test_prose_with_numbers_times_and_other_tasks_is_one_command(typed: str, command: Command) -> None:
    assert parse_command(typed, [JO, SAM]) == command


@given(plain_words, st.sampled_from(["\n", ", ", "; ", " and ", ". ", " / ", " - "]))
def test_no_words_between_two_commands_hide_the_second(words: list[str], gap: str) -> None:
    typed = f"1042 no answer 2115 {' '.join(words)}{gap}1043 breach yes"
    command = parse_command(typed)
    assert isinstance(command, Several)
    assert command.alarm


def test_four_thousand_characters_are_read_and_one_more_is_too_long() -> None:
    note = "x" * (4000 - len("1042 note "))
    assert parse_command(f"1042 note {note}") == AddNote("T-1042", note)
    assert parse_command(f"1042 note {note}x") == TooLong()


def test_people_mentioned_do_not_make_a_message_longer() -> None:
    typed = f"1042 note {AT_JO * 10}"
    assert isinstance(parse_command(typed.ljust(4010, "x"), [JO]), AddNote)


@pytest.mark.parametrize("trouble", ["help me", "1042 seen, he has a knife", "1042 breach yes"])
def test_a_long_message_that_sounds_like_trouble_is_an_alarm(trouble: str) -> None:
    assert parse_command(trouble + " x" * 4000) == TooLong(alarm=True)


def test_of_a_long_message_its_beginning_and_its_end_are_read_for_trouble() -> None:
    assert parse_command("x " * 2000 + "then he stabbed her") == TooLong(alarm=True)
    assert parse_command("x " * 2500 + "breach" + " x" * 2500) == TooLong()


@pytest.mark.parametrize("apostrophe", [*"'’‘‛ʼ`´′＇", ""])
def test_cannot_do_is_read_with_every_apostrophe_a_phone_types(apostrophe: str) -> None:
    assert parse_command(f"1042 can{apostrophe}t do at court") == CannotDo("T-1042", "at court")


def test_cannot_do_is_read_in_full_words_too() -> None:
    assert parse_command("1042 cannot do it: at court") == CannotDo("T-1042", "at court")


def test_a_name_that_teams_split_in_two_mentions_is_one_person() -> None:
    twice = [JO, Mention("29:jo", "aad-jo", "Example")]
    assert parse_command(f"assign {AT_JO} {AT_SAM} visit DVPO-3", twice) == Assign(TO_JO, CHECK, "DVPO-3")


def test_one_person_whose_tag_the_text_has_lost_is_still_meant() -> None:
    assert parse_command("assign Someone visit DVPO-3", [JO]) == Assign(TO_JO, CHECK, "DVPO-3")


def test_two_people_without_tags_are_not_guessed_between() -> None:
    typed = Assignee(typed_name="Someone")
    assert parse_command("assign Someone visit DVPO-3", [JO, SAM]) == Assign(typed, CHECK, "DVPO-3")


def test_a_typed_name_is_never_a_person() -> None:
    command = parse_command("assign Jo Example visit DVPO-3", [])
    assert isinstance(command, Assign)
    assert command.assignee == Assignee(typed_name="Jo Example")


def test_a_placeholder_without_its_mention_is_harmless() -> None:
    command = parse_command(f"assign {placeholder(7)} visit DVPO-3", [JO])
    assert isinstance(command, Assign)
    assert command.assignee is None or command.assignee.mention is None


@given(st.text(), st.lists(st.sampled_from([JO, SAM]), max_size=3))
def test_no_text_makes_the_parser_raise(text: str, mentions: list[Mention]) -> None:
    parse_command(text, mentions)


_TRICKY = (
    "by fri 9am 24/12 note: S-07 visit disrupt action 2115 because in 4h tomorrow ſun ım 12.30 now yes , : -"
)


@given(
    st.sampled_from(
        ["assign", "tasks", "extend T-1", "1042 seen", "1042 breach", "1042 more time", "reassign 1"]
    ),
    st.lists(st.sampled_from([AT_JO, "\n", "dvpo 3", "2 days", *_TRICKY.split()])),
)
def test_no_mixture_of_command_words_makes_the_parser_raise(verb: str, words: list[str]) -> None:
    parse_command(f"{verb} {' '.join(words)}", [JO])


@given(plain_words)
def test_a_note_to_the_officer_keeps_every_word(words: list[str]) -> None:
    command = parse_command(f"assign {AT_JO} visit DVPO-3 by fri 9am note: {' '.join(words)}", [JO])
    assert isinstance(command, Assign)
    assert (command.note or "").split() == words


@given(plain_words)
def test_a_note_on_a_task_keeps_every_word(words: list[str]) -> None:
    command = parse_command(f"1042 note {' '.join(words)}", [])
    assert isinstance(command, AddNote)
    assert (command.note or "").split() == words


@example("no answer", ["m", "on", "duty"])
@example("no answer", ["until"])
@given(st.sampled_from(["no answer", "seen", "would not engage", "not attempted", "done"]), plain_words)
def test_the_words_after_an_outcome_and_its_time_are_all_in_the_note(verb: str, words: list[str]) -> None:
    assume(words[0].casefold() not in "am pm h hr hrs hours gmt bst on fri sat sun".split())  # noqa: SIM905
    assume(not re.match(rf"(?:{DAY_WORDS})", words[0], re.IGNORECASE))
    assume(not re.search("breach|arrest|assault|scream|stabbed", " ".join(words), re.IGNORECASE))
    assume(not re.match("no|not|never|wrong|seen|answer|repl", words[0], re.IGNORECASE))
    command = parse_command(f"1042 {verb} 2115 {' '.join(words)}", [])
    assert isinstance(command, Outcome)
    assert command.happened_text == "2115"
    assert re.findall(r"\w+", command.note or "") == words


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "long",
    [
        "1042 seen " + "at 9 on the 4 " * 4000,
        "1042 seen " + "not breached " * 4000,
        "1042 seen " + "no " * 9000 + "breached",
        "assign x" + "," * 30000 + "y",
        "assign x" + " \n" * 20000 + "y note",
        "extend 1042 x" + "-" * 30000 + "because",
        "reassign " + "to " * 20000,
        "assign " + AT_JO * 5000,
        "1/1/" * 9000,
    ],
)
def test_a_long_message_does_not_hang_the_parser(long: str) -> None:
    assert parse_command(long, [JO]) == parse_command(long, [JO])
