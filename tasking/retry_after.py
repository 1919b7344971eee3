"""When another service says that it may be asked again: the Retry-After of an HTTP answer."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 3600.0
"""Seconds: a longer wait is a mistake, and would leave a delivery asleep for a shift."""
_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait by an answer's headers, at most an hour; None where they say nothing of use.

    A date is read against the answer's own Date: another machine's clock says nothing by ours. Only without
    one `now` (aware) counts.
    """
    text = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), LONGEST_WAIT)
    until, there = _moment(text), _moment(headers.get("Date", ""))
    if until is None:
        return None
    return min(max((until - (there or now)).total_seconds(), 0.0), LONGEST_WAIT)


def _moment(http_date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(http_date)
    except (ValueError, OverflowError):  # a year of twenty figures
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
