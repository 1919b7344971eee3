"""Saying no: one exception that a door turns into a polite card in one place."""

from tasking.views import TaskView


class Refusal(Exception):
    """Something that cannot be done as asked. Nothing was changed.

    `words` are one plain-English sentence, `hint` says how to do it right, `code` is for the log and the
    audit. `view` is the task as it stands now, where showing it is the best answer. `near` is the
    reader's own task that may have been meant, and `again` what was typed with its number, to be offered.
    """

    def __init__(
        self, code: str, words: str, hint: str = "", view: TaskView | None = None, near: str = ""
    ) -> None:
        super().__init__(code)
        self.code = code
        self.words = words
        self.hint = hint
        self.view = view
        self.near = near
        self.again = ""


class NotSetUp(Refusal):
    """The person is in no group that policy knows."""

    def __init__(self) -> None:
        super().__init__("not-set-up", "You are not set up for RedLine.")


class NoLongerYours(Refusal):
    """A task that the person had, and that is with somebody else now: one line, and nothing more of it."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            "no-longer-yours",
            f"{ref} is no longer with you. Nothing was recorded.",
            "Tell your sergeant. If it cannot wait: radio.",
        )


class SomebodyElses(Refusal):
    """A task that the person may know of, because it stands on a card of theirs: whose it is, and no more."""

    def __init__(self, ref: str, whose: str) -> None:
        super().__init__(
            "somebody-elses",
            f"{ref} is with {whose}, not with you. Nothing was recorded.",
            "Check the number on your own card. If it cannot wait: radio.",
        )


class Stale(Refusal):
    """Somebody else was first: the reader gets the fresh card and a line saying what happened."""

    def __init__(self, words: str, view: TaskView) -> None:
        super().__init__("stale", words, view=view)
