"""Whom we have met of late, and where: only to save reading it again at every tap."""

from datetime import datetime, timedelta

from bot.turns import Turn

_LIMIT = 10_000
_REMEMBERED_FOR = timedelta(minutes=10)
"""Another replica may have met a later service URL: so now and then everybody is met anew."""


class Met:
    """The service URL under which each conversation came last, and the people who came under it."""

    def __init__(self) -> None:
        self._met: dict[str, tuple[str, set[str | None]]] = {}
        self._since: datetime | None = None

    def knows(self, turn: Turn, now: datetime) -> bool:
        """Whether meeting this turn's person there would tell nothing new. `now` is aware."""
        if self._since is None or not timedelta() <= now - self._since < _REMEMBERED_FOR:
            self._met.clear()
            self._since = now
        url, people = self._met.get(turn.place.conversation_id, ("", set()))
        return url == turn.place.service_url and turn.entra_id in people

    def note(self, turn: Turn) -> None:
        """They were met, and what that told is committed."""
        if len(self._met) >= _LIMIT:
            self._met.clear()
        url, people = self._met.get(turn.place.conversation_id, ("", set()))
        if url != turn.place.service_url:
            people = set()
        people.add(turn.entra_id)
        self._met[turn.place.conversation_id] = (turn.place.service_url, people)
