"""Clocks for tests."""


class ManualClock:
    """Seconds that pass only when somebody says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds
