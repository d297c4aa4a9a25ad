"""The condition notation of a questionnaire: memberships, all together, three-valued.

`F04 in {in_person, postal} and late in {yes}`; there is no "or" and no "not": what
needs more thought is a derived fact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

BLANK = frozenset({"", "blank", "not_asked"})
NOT_SURE = "not_sure"

_TEST = re.compile(r"(?P<name>[A-Za-z]\w*)\s+in\s+\{(?P<values>[^{}]*)\}", re.ASCII)
_VALUE = re.compile(r"\w+", re.ASCII)
_AND = re.compile(r"\s+and\s+")


class ConditionError(ValueError):
    """A condition that does not follow the notation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One membership: the value of `name` is one of `values`."""

    name: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A conjunction of memberships, parsed once and evaluated often."""

    text: str
    tests: tuple[Membership, ...]
    is_never: bool = False

    @property
    def is_always(self) -> bool:
        """Whether it holds whatever the values are."""
        return not self.tests and not self.is_never

    @property
    def names(self) -> frozenset[str]:
        """The facts, derived facts and criteria it looks at."""
        return frozenset(test.name for test in self.tests)

    def evaluate(self, values: Mapping[str, str]) -> bool | None:
        """Tell whether the condition holds.

        Args:
            values: stored values by name; an absent, blank or not asked one is unknown.
        Returns:
            False if any test is false, else None if any is unknown, else True.
        Source: questionnaire.md, 0.1, three values.
        """
        if self.is_never:
            return False
        holds: bool | None = True
        for test in self.tests:
            value = values.get(test.name)
            if value in test.values:
                continue
            # A listed not_sure was caught above: asked for by name, it is an answer.
            if value is None or value == NOT_SURE or value in BLANK:
                holds = None
            else:
                return False
        return holds

    def __str__(self) -> str:
        return self.text


ALWAYS = Condition(text="always", tests=())
NEVER = Condition(text="never", tests=(), is_never=True)


def parse(text: str) -> Condition:
    """Read one condition.

    Raises:
        ConditionError: the text is not `always`, `never` or memberships joined by
            `and`; a set is empty, repeats a value or holds a blank.
    """
    words = text.strip()
    if words == "always":
        return ALWAYS
    if words == "never":
        return NEVER
    tests = tuple(_membership(part) for part in _AND.split(words))
    names = [test.name for test in tests]
    if len(set(names)) < len(names):
        raise ConditionError(f"one name is tested twice: {words}")
    return Condition(text=words, tests=tests)


def _membership(part: str) -> Membership:
    match = _TEST.fullmatch(part.strip())
    if match is None:
        raise ConditionError(f"expected NAME in {{VALUE, …}}, found: {part}")
    values = [value.strip() for value in match["values"].split(",")]
    for value in values:
        if _VALUE.fullmatch(value) is None or value in BLANK:
            raise ConditionError(f"not a value: {value!r} in {part}")
    if len(set(values)) < len(values):
        raise ConditionError(f"one value stands twice: {part}")
    return Membership(name=match["name"], values=frozenset(values))
