"""What an invented business is asked once more, and what it then does, as the form logs
it: a rating beside a fact, at most one question on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

from survey.demo import habits
from survey.indices import G1
from survey.questionnaire import Questionnaire, in_place, records
from survey.questionnaire.derived import all_rated
from survey.questionnaire.prompts import PAGE_LIMIT, levels_of
from survey.questionnaire.schema import BLANK, PAGE_GENERAL, Prompt, placeholders

SHOWN = "shown"
_OF_ALL = ("all_rated_low", "all_rated_high")

Note: TypeAlias = dict[str, str]
Key: TypeAlias = tuple[str | bool | None, ...]
Keys: TypeAlias = Mapping[str, Key]
"""By prompt what the facts say of it: equal keys, equal questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One direction of a prompt whose fact is known."""

    direction: str
    levels: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A prompt and the names it rests on."""

    code: str
    criterion: str
    page: str
    tested: tuple[str, ...]
    named: tuple[str, ...]
    """In its words only: what they are does not matter, but that they are known."""

    def key(self, values: Mapping[str, str]) -> Key:
        """What these facts say of it."""
        tested = [values.get(name) for name in self.tested]
        return (*tested, *[name in values for name in self.named])


class SecondLooks:
    """The prompts of one questionnaire, each worked out once for the same facts."""

    def __init__(self, q: Questionnaire) -> None:
        self.q = q
        pages = {one.code: one.element for one in q.criteria} | {G1: PAGE_GENERAL}
        ordered = sorted(q.prompts, key=lambda one: int(one.code[1:]))
        self._prompts = [_asked(one, pages[one.criterion]) for one in ordered]
        self._g1 = [one for one in self._prompts if one.criterion == G1]
        self._others = [one for one in self._prompts if one.criterion != G1]
        self._levels = frozenset(
            str(level)
            for one in q.prompts
            for side in (one.high, one.low)
            for level in levels_of(side, one.criterion)
        )
        self._sides: dict[tuple[str, Key], tuple[_Side, ...]] = {}
        self._entries: dict[tuple[str, Key, str, Key | None], Any] = {}

    def ask(
        self,
        random: Random,
        values: Mapping[str, str],
        chosen: dict[str, str],
        logged: dict[str, Note],
        *,
        is_careful: bool,
    ) -> None:
        """Ask on the pages of the criteria; note in `logged` what the form notes.

        Args:
            chosen: the ratings, changed where a careful business thinks again.
        """
        self._ask(self._others, random, values, chosen, logged, is_careful)

    def ask_g1(
        self,
        random: Random,
        values: Mapping[str, str],
        chosen: dict[str, str],
        logged: dict[str, Note],
        *,
        is_careful: bool,
    ) -> None:
        """The same on the page of the general question, which looks at all ratings.

        Args:
            values: with those of `of_all`.
        """
        self._ask(self._g1, random, values, chosen, logged, is_careful)

    def of_all(self, levels: Mapping[str, int]) -> dict[str, str]:
        """What only the ratings together tell, as prompts read it."""
        scale = self.q.scale
        both = all_rated(levels, scale.low), all_rated(levels, scale.high)
        return dict(zip(_OF_ALL, both, strict=True))

    def pages(self, logged: Mapping[str, Note]) -> list[str]:
        """The pages that asked, each once."""
        return [
            one.page
            for one in self._prompts
            if logged.get(one.code, {}).get("outcome") == SHOWN
        ]

    def records(
        self,
        values: Mapping[str, str],
        ratings: Mapping[str, str],
        logged: Mapping[str, Note],
    ) -> dict[str, dict[str, Any]]:
        """What the response keeps; as `questionnaire.records`, remembered.

        An entry follows from its facts, the rating at the end and its note alone.

        Args:
            values: with those of `of_all`.
        """
        found = {}
        for one in self._prompts:
            code, final = one.code, ratings.get(one.criterion) or BLANK
            note = logged.get(code)
            if note is None and final not in self.q.scale.values:
                continue
            noted = None if note is None else tuple(note.values())
            known = code, one.key(values), final, noted
            if known not in self._entries:
                entry = records(self.q, values, ratings, logged).get(code)
                self._entries[known] = entry
            entry = self._entries[known]
            if entry is not None:
                found[code] = entry
        return found

    def _ask(
        self,
        prompts: list[_Asked],
        random: Random,
        values: Mapping[str, str],
        chosen: dict[str, str],
        logged: dict[str, Note],
        is_careful: bool,
    ) -> None:
        pages: set[str] = set()
        for one in prompts:
            level = chosen.get(one.criterion, "")
            if level not in self._levels:
                continue
            for side in self._known(one, values):
                if level not in side.levels:
                    continue
                is_first = one.page not in pages
                pages.add(one.page)
                logged[one.code] = {
                    "direction": side.direction,
                    "from": level,
                    "outcome": SHOWN if is_first else PAGE_LIMIT,
                }
                if is_first and is_careful and random.random() < habits.LOOKS_AGAIN:
                    chosen[one.criterion] = _nearer(random, level, side.direction)

    def _known(self, one: _Asked, values: Mapping[str, str]) -> tuple[_Side, ...]:
        known = one.code, one.key(values)
        sides = self._sides.get(known)
        if sides is None:
            sides = self._sides[known] = tuple(
                _Side(
                    direction=found.direction, levels=frozenset(map(str, found.levels))
                )
                for found in in_place(self.q, [one.criterion], values)
                if found.code == one.code
            )
        return sides


def _asked(prompt: Prompt, page: str) -> _Asked:
    tested = prompt.high.names | prompt.low.names
    named: frozenset[str] = frozenset()
    for wording in (*prompt.fact_high, *prompt.fact_low):
        tested |= wording.when.names
        named |= placeholders(wording.text.vi)
    tested -= {prompt.criterion}
    return _Asked(
        code=prompt.code,
        criterion=prompt.criterion,
        page=page,
        tested=tuple(sorted(tested)),
        named=tuple(sorted(named - tested)),
    )


def _nearer(random: Random, level: str, direction: str) -> str:
    """A rating after a second look: nearer to the fact, or none at all."""
    step = habits.draw(random, habits.LEVELS_NEARER)
    if not step.isdecimal():
        return step
    return str(int(level) + (-int(step) if direction == "high" else int(step)))
