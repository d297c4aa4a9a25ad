"""Messages of the rooms in both languages at once, for a person at a terminal.

The rooms speak the language of whoever reads a page. A command has no such reader: its
line says the same thing twice, as every line of this command does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.support import NullTranslations
from flask import g
from flask_babel import Domain, force_locale, get_translations


class Told(str):
    """A Vietnamese text that knows its English one."""

    __slots__ = ("english",)
    english: str

    def __new__(cls, text: str, english: str) -> Told:
        """Keep both texts."""
        told = super().__new__(cls, text)
        told.english = english
        return told

    def __str__(self) -> str:
        return self  # str() of a message would lose its English

    def __mod__(self, values: Any) -> Told:
        return Told(super().__mod__(values), self.english % _in_english(values))

    @property
    def both(self) -> str:
        """Vietnamese first, English second."""
        return f"{self[:]} / {self.english}"


def _in_english(values: Any) -> Any:
    if not isinstance(values, Mapping):
        return values
    return {name: getattr(one, "english", one) for name, one in values.items()}


class _Both(NullTranslations):
    """A catalogue whose every text carries its English one along."""

    def __init__(self, english: Any) -> None:
        super().__init__()
        self.english = english

    def ugettext(self, message: str) -> Told:
        """The message itself, and the English of it."""
        return Told(message, self.english.ugettext(message))


class _BothDomain(Domain):  # type: ignore[misc]
    """Where the messages of a command come from."""

    def __init__(self, english: Any) -> None:
        super().__init__()
        self.catalogue = _Both(english)

    def get_translations(self) -> _Both:
        """The same catalogue whatever the language."""
        return self.catalogue


def speak_both() -> None:
    """Let the messages of this application context carry both languages."""
    g.language = "vi"
    with force_locale("en"):
        english = get_translations()
    _BothDomain(english).as_default()
