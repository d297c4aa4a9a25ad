"""What was chosen besides the ratings, as fields of `layout`: the choices of facts and
general questions, and how each criterion goes with the overall rating."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from .entries import FIELD_BYTES
from .tally import TOGETHER
from .terms import IndicesError

G1: Final = "G1"
"""The general question that rates the whole."""


class Choices:
    """Where the counters of choices stand, behind all others of a layout.

    First, question by question, one counter for each choice; then, where a general
    question gives a rating of the whole, the four of `Together` for every criterion.
    One response adds 1 to each of them at most once.
    """

    __slots__ = ("_criteria", "_questions", "_together", "fields", "questions")

    def __init__(
        self, questions: Mapping[str, Sequence[str]], criteria: Sequence[str]
    ) -> None:
        """Lay out the counters.

        Args:
            questions: the choices that are counted, by the code of their question.
            criteria: all criteria, in order.
        Raises:
            IndicesError: a choice stands twice.
        """
        self.questions = {code: tuple(known) for code, known in questions.items()}
        self._questions: dict[str, dict[str, int]] = {}
        at = 0
        for code, known in self.questions.items():
            if len(set(known)) != len(known):
                raise IndicesError(f"{code}: a choice stands twice in {known}")
            self._questions[code] = {
                choice: FIELD_BYTES * (at + i) for i, choice in enumerate(known)
            }
            at += len(known)
        self._criteria = tuple(criteria) if G1 in self.questions else ()
        step = FIELD_BYTES * len(TOGETHER)
        self._together = {
            code: FIELD_BYTES * at + step * i for i, code in enumerate(self._criteria)
        }
        self.fields = at + len(TOGETHER) * len(self._criteria)

    @property
    def compared(self) -> tuple[str, ...]:
        """The criteria that are compared with the overall rating."""
        return self._criteria

    def pack(
        self,
        chosen: Mapping[str, Any],
        values: Mapping[str, str],
        levels: Mapping[str, int],
        satisfied_from: int,
    ) -> int:
        """What one response adds.

        Args:
            chosen: by question one choice, or a list of several; what is not among
                the counted choices (a date, a free text) is counted nowhere.
            values: for every criterion its stored value.
            levels: the levels of the scale by their stored value.
        """
        if not self.fields:
            return 0
        ones = bytearray(FIELD_BYTES * self.fields)
        for code, places in self._questions.items():
            given = chosen.get(code)
            if given is None:
                continue
            for choice in given if isinstance(given, list | tuple) else (given,):
                place = places.get(choice)
                if place is not None:
                    ones[place] = 1
        whole = levels.get(chosen.get(G1, ""))
        if whole is not None:
            # In the order of `Together`: the whole moves by one, the criterion by two.
            of_whole = 0 if whole >= satisfied_from else FIELD_BYTES
            for code, place in self._together.items():
                level = levels.get(values[code])
                if level is not None:
                    of_this = 0 if level >= satisfied_from else 2 * FIELD_BYTES
                    ones[place + of_this + of_whole] = 1
        return int.from_bytes(ones, "little")

    def named(self, fields: Iterator[int]) -> dict[str, dict[str, int]]:
        """The next fields as counts by question and choice."""
        return {
            code: {choice: next(fields) for choice in known}
            for code, known in self.questions.items()
        }
