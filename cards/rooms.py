"""What each room draws, and what all share: the floor's part of the house."""

from cards import answers, replaced, reports, watch
from cards.work import confirmation, decision, held, lists, notices, officer, putting_down, results

DRAWN = (
    *answers.DRAWN,
    *replaced.DRAWN,
    *officer.DRAWN,
    *confirmation.DRAWN,
    *notices.DRAWN,
    *decision.DRAWN,
    *held.DRAWN,
    *results.DRAWN,
    *putting_down.DRAWN,
    *lists.DRAWN,
    *watch.DRAWN,
    *reports.DRAWN,
)
