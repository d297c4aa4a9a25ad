"""What is wrong with a definition, in words that an officer can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from survey.questionnaire.schema import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: in which file, at which item (A1, F04, P2 …), in which field."""

    source: str
    item: str
    field: str
    problem: Text

    def words(self, language: str) -> str:
        """The whole fault on one line."""
        place = ": ".join(part for part in (self.source, self.item, self.field) if part)
        return f"{place}: {self.problem.get(language)}"

    def __str__(self) -> str:
        return self.words("vi")


class QuestionnaireError(ValueError):
    """A definition that cannot be used; carries every fault found, in file order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Faults:
    """The faults of one file, collected while it is read."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[Fault] = []

    def add(self, item: str, field: str, vi: str, en: str) -> None:
        """Note one fault and go on."""
        self.found.append(
            Fault(
                source=self.source,
                item=item,
                field=field,
                problem=Text(vi=vi, en=en),
            )
        )

    def raise_if_any(self) -> None:
        """Refuse the file when something was wrong with it."""
        if self.found:
            raise QuestionnaireError(self.found)
