"""Whose door it is: the protected person in a harmless result, or the subject where she was visited.

The danger is often in no violent word ("seen at hers"). A mention counts unless it is plainly harmless:
denied, reminded of, somebody else who was named first ("his mum said he's with her sister"), or a colleague.
"""

import re

PERSON = (
    r"(?:vics?|victims?|ips?|aggd|aggrieveds?|complainants?|pp|protected person|injured party|survivor|ex"
    r"|exs|exes"
    r"|ex (?:wife|wifes|partner|partners|girlfriend|gf|missus)|wife|wifes|missus|misses|girlfriends?|gf"
    r"|gfs|partners?"
    r"|fiancee?|baby ?mother|babymum|baby mum|baby mama|bird|other half|mrs|misus|mother of his|kids mum"
    r"|childrens mum|mum of his|old lady)"
)
_SHED = r"shed(?= (?:been|be|had|have|gone|said|told|left|like|got|just|only|rather|already|never))"
SHE = rf"(?:she|shes|{_SHED}|shell|her|hers|herself)"
_SOMEBODY_ELSE = re.compile(
    r"\b(?:(?:his|the|an?|a|my|our|sub(?:ject|j)?s|hes|next door|elderly|old|older|young|duty|same"
    r"|another|nice|named|lone)"
    r" )*(?:mum|mums|mam|mams|mom|mother|mothers|sister|sisters|sis|nan|nans|nana|gran|grandma"
    r"|grandmother|aunt|auntie"
    r"|aunty|aunties|neighbours?|nbr|neighbor|landlady|landladys|daughter in law|niece|cousin"
    r"|receptionist|manager|manageress|warden|concierge"
    r"|staff|worker|officer|nurse|carer|cleaner|solicitor|lodger|tenant|housemate|flatmate|flat mate"
    r"|house mate|lady|woman"
    r"|female neighbour|housing|probation|boss|colleague|foster|friend|friends|mate|mates|barmaid"
    r"|secretary|daughter|pc|ps|sgt|sarge|inspector|insp|wpc|secretary|pharmacist|gp|doctor|dr|keyworker"
    r"|key worker|teacher|occupant|occupier|dog|bitch|cat|step ?mum|stepmum|mother in law|in laws?)\b"
)
_ABSENT = re.compile(
    r"\b(?:no|not|never|nothing|without|nor|hasnt|havent|hadnt|didnt|doesnt|isnt|wasnt|wont|wouldnt|dont"
    r"|denie[sd]|deny|denying)"
    r"(?: (?:sign|signs|trace|of|any|contact|contacted|with|seen|heard|from|spoken|been|in|touch|to|the"
    r"|his|a|near|mention|mentioned|ask"
    r"|asked|about|try|tried|go|going|gone|attend|attended|approach|approached|messag\w+|text\w*|ring"
    r"|rung|phoned?|call\w*|present|there|here|allowed|evidence|female|"
    r"property|items|belongings|further|new|visit|visited|speak|see|hear|and|or|intention|intends|want"
    r"|wants|wish|issues?|concerns?|re|around|living|knows?|know|where|met|having|had|made|make|side"
    r"|vehicle|car|calls?|texts?|messages?|attempt\w*|at|address|involve\w*|since|live|lives)){0,7}"
    rf"(?:(?<!issues)(?<!issue)(?<!concerns)(?<!concern)(?<!problems)(?<!problem) {SHE}| {PERSON})"
    rf"(?: (?:address|house|home|place|sign|or|and|kids|children|there|here|present|at"
    rf"|since|family|property|street|road))*\b"
)
_REMINDED = re.compile(
    r"\b(?:reminded|remind|reminder|advised|warned|told|knows|aware|understands|understood|explained"
    r"|reiterated|confirmed|accepts|agreed|agrees|stated|says|said|states)"
    rf"(?: \w+){{0,8}} (?:not to|no contact|not allowed|cant|cannot|must not|mustnt|stay away|keep away"
    rf"|non contact|isnt to|is not to|to stay|to keep|to leave|wont|will not)(?: \w+){{0,5}}"
    rf" (?:{PERSON}|{SHE})\b"
)
_ABSENT_AFTER = re.compile(
    rf"\b(?:{PERSON}|shes?|her) (?:is |was |has |are )?(?:not|isnt|wasnt|hasnt|never)"
    r" (?:present|there|here|seen|in|at|with|about|around|been|home|spoken|contacted|on scene|moved)\b"
)
_ORDINARY = re.compile(
    r"\b(?:ex (?:army|forces|raf|navy|military|council|police|work\w*|colleague|employer|landlord|tenant)"
    r"|business partner\w*|dance partner|work partner|partner agenc\w+|my partner|partner pc|crew partner"
    r"|pc \w+ and partner|training partner|(?:civil )?partners? from (?:housing|probation)|ip (?:address"
    r"|camera)|her maj\w+|mrs \w+ (?:next door|opposite|at number|at no|from|at \d+)"
    r"|conditions? (?:re|about|around) (?:vic|victim|ip|ex|her)|order (?:re|about) (?:vic|victim|ip|ex"
    r"|her)|no contact (?:condition|clause|order|term)\w*|her majesty\w*"
    r"|neighbours?(?: at (?:no )?\d+| her at \d+)?)\b"
)
_HE = (
    r"(?:he|hes|hed|him|his|himself|subject|subj|suspect|susp|perp|ex|exs|ex husband|ex partner"
    r"|ex boyfriend|husband|hubby|boyfriend|bf|partner)"
)
_SOME_OTHER_MAN = re.compile(
    r"\b(?:(?:her|the|a|an|my|our|their|new|next door|older|elderly) )*(?:dad|father|brother|brothers|son"
    r"|sons|uncle|grandad|grandfather|neighbour|nephew|landlord|solicitor|officer|pc|sgt|worker|idva"
    r"|locksmith|postman|plumber|engineer|housing|lad|little boy|boy|baby|dog|cat|mate|friend"
    r"|support worker|builder|staff)\b"
)
_HE_IS_AWAY = re.compile(
    r"\b(?:no|not|never|nothing|without|nor|none|hasnt|havent|hadnt|didnt|doesnt|isnt|wasnt|dont|aint)"
    r"(?: (?:sign|signs|trace|of|any|contact|contacted|with|seen|heard|from|been|in|touch|to|the|her|a"
    r"|near|further|more|sight|word|there|about|around|on|spoken|visits?|"
    r"calls?|texts?|messages?|issues?|problems?|bother|trouble|attempt\w*|approach\w*|concerns?|since|had"
    r"|has|have|or|made|by|breach\w*|whatsapps?|attempted|tried|incidents?|involving|mention\w*"
    r"|reported)){0,8}"
    rf"(?<!concerns)(?<!concern)(?<!issues)(?<!issue)(?<!problems)(?<!problem)(?<!bother)"
    rf"(?<!trouble) {_HE}\b(?: (?:sign|or|and|at all"
    rf"|since \w+|in \w+|there|here|for \w+ \w+|himself|family))*"
)
_KNOWN_ONLY_OF_HIM = re.compile(
    r"\b(?:he|hes|hed) (?:has |had |is |was |still |keeps? |kept |even |then |also |just )*"
    r"(?:rang|ringing|rings|phoned|phoning|texts?|texted|texting|messag\w+|stayed|stays|staying over"
    r"|turned up|turns up|been round|came round|comes round|followed|follows|got a key|a key|has a key"
    r"|came to (?:the|her) (?:school|nursery|work|house|door|window)|promised|sent|wants her back)\b"
)
"""What is said of the subject alone, whoever was named before: a baby does not ring."""
_NOTHING_FROM_HIM = re.compile(rf"\b(?:not heard|nothing|no word|no contact) from {_HE}(?: or \w+ \w+)?")
_AWAY_AFTER = re.compile(
    rf"\b{_HE} (?:is |was |has |still |currently |remains )*(?:not|hasnt|isnt|wasnt|never|stayed away"
    rf"|staying away|kept away|keeping away|left alone|in prison|in custody|remand\w*|inside|on remand"
    rf"|locked up|serving|complying|doesnt|does not|recall\w*|abroad)"
    r"(?: (?:been|contacted|there|here|seen|present|know|in|touch|contact|about|around|near|to|the|turned"
    r"|up|address|new|where|tried|approached|come|made|her|any|at|her|bothered|rung|texted|away|out"
    r"|until))*\b"
)


def without_plain_denials(words: str) -> str:
    """The words without what plainly says that there was nothing: denied, or reminded of."""
    left = words
    for harmless in (_ORDINARY, _REMINDED, _ABSENT, _ABSENT_AFTER):
        left = harmless.sub("~", left)
    return left


def mentions_protected_person(words: str) -> bool:
    """Whether a harmless result of an order check mentions the protected person or her home (normalised)."""
    left = without_plain_denials(words)
    if re.search(rf"\b{PERSON}\b", left) or any(_BACK_WITH.search(clause) for clause in words.split(" |")):
        return True
    found = re.search(rf"\b{SHE}\b", left)
    if found is None:
        return _unknown_woman(left)
    somebody = _SOMEBODY_ELSE.search(words)
    if somebody is None or words.find(found[0]) < somebody.start():
        return True
    return _HERS.search(left) is not None or _HER_WITH_HIM.search(left) is not None


_HER_WITH_HIM = re.compile(
    r"\bher (?:upstairs|downstairs|inside|there|in bed|in the (?:bedroom|bath|shower|car|flat|house))\b"
    r"|\bshes? (?:was |is )?(?:in (?:his|the) (?:bed|bedroom|car|van|shower)|in bed with|with him)\b"
)
_HERS = re.compile(
    r"\b(?:at|from|to|outside|near|leaving|left|inside|round|by|in) hers\b|\bhers\b(?= (?:now|tonight"
    r"|again|last))"
)


_BACK_WITH = re.compile(
    r"\b(?:gone|went|moved|moving|going|round|living|staying) (?:back )?(?:to|at|with|in with|in at)"
    r" (?!(?:mum|mam|mom|dad|nan|gran|grandma|grandad|sister|brother|uncle|aunt|mate|friend|cousin|son|parent"
    r"|boot|sainsbury|tesco|morrison|mcdonald|ladbroke|lad|wetherspoon|neighbour|family|gp|doctor|dentist"
    r"|solicitor|bos|relative|colleague|work|sport|footy|pub|shop|dart|bingo|cour|hostel|hi)s?\b)[a-z]{3,}s$"
)
"""Somebody of whom only a name is known: "gone back to donnas"."""


def _unknown_woman(words: str) -> bool:
    return (
        re.search(
            r"\b(?:female|woman|womans|womens|females|lady|ladies|girl|ladys|bra|handbag"
            r"|heels)\b(?! (?:next door|neighbour|opposite|officer|at (?:no |number )?\d+|from"
            r"|upstairs neighbour|in (?:flat|number)))",
            re.sub(
                r"\b(?:elderly|old|older|little|neighbour\w*|cleaning|dinner|young) (?:female|woman|lady"
                r"|girl)\b",
                "~",
                words,
            ),
        )
        is not None
    )


def mentions_subject_at_contact(words: str) -> bool:
    """Whether a harmless result of a contact with a protected person mentions the subject (normalised)."""
    left = _AWAY_AFTER.sub("~", _HE_IS_AWAY.sub("~", _NOTHING_FROM_HIM.sub("~", words)))
    found = re.search(rf"\b{_HE}\b", left)
    if found is None:
        return re.search(r"\b(?:male|man|mans|bloke|fella|males|geezer)\b", left) is not None
    if re.search(r"\b(?:subject|subj|suspect|susp|perp|ex|exs|husband|hubby|boyfriend|bf|partner)\b", left):
        return True
    somebody = _SOME_OTHER_MAN.search(words)
    if somebody is None or words.find(found[0]) < somebody.start():
        return True
    return _KNOWN_ONLY_OF_HIM.search(left) is not None
