"""How the field's words are stored: as text, the same on both databases, read also where it is not known."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator

LONGEST = 40


class Word(TypeDecorator[str]):
    """One of these words. A word of a later version, which runs beside this one, is read as it stands.

    Who reads it compares it with words that they know, or leaves the row to somebody who knows it.
    """

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__(LONGEST)
        self.words = words
        self._by_text: dict[str | None, str | None] = {word.value: word for word in words}

    def __repr__(self) -> str:
        return f"String({LONGEST})"

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """What is stored; raises ValueError for what is no word of this version."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """The word, or its text where this version has none like it."""
        return self.read(value)

    def read(self, text: str | None) -> str | None:
        """The same without a dialect."""
        return self._by_text.get(text, text)
