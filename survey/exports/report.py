"""What is handed over, before it is a file: one report, read alike by the screen and by
every format, so that no two figures can disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

LevelOfFigure = Literal["criterion", "element", "overall"]
LevelOfRow = Literal["all", "unit", "procedure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unflagged:
    """What a figure is without the responses that show signs of careless answering."""

    n: int
    indices: Mapping[str, Fraction]
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One row of results. What may not be shown is not in it, so no format can leak it.

    Values are unrounded, in percent. `display` says how much may be shown: "none",
    "hidden", "counts", "index", "rank", or "cover" for a row that is hidden so that a
    small group cannot be had by subtraction. `words` stand in place of the index.
    """

    level: LevelOfFigure
    code: str
    title: str
    display: str
    words: str | None = None
    n: int | None = None
    """Valid answers of a criterion; responses with a valid answer of an element."""
    answers: int | None = None
    """Valid answers behind an element or the whole, pooled over criteria."""
    counts: Mapping[str, int]
    """Answers per level code and per reason for having none; empty when hidden."""
    groups: tuple[int, int] | None = None
    """Of a group too small for an index: satisfied answers, and all others."""
    not_applicable: Fraction | None = None
    """Percent of `not_applicable` and `not_asked` among the responses counted."""
    cannot_judge: int | None = None
    indices: Mapping[str, Fraction]
    """By name of the formula; empty when there is none or it is hidden."""
    low: Decimal | None = None
    high: Decimal | None = None
    """The 95 % interval of the share of satisfied answers."""
    sums: Mapping[str, int] = field(default_factory=dict)
    """Of an element or a set its sums over responses (r, m, x, mm, mx, xx), on which
    the interval rests; empty where one of its criteria is hidden."""
    mean: Fraction | None = None
    """The plain mean of the headline index of the criteria that show one."""
    mean_of: int | None = None
    """How many criteria that mean is of."""
    unflagged: Unflagged | None = None
    """None where it may not be shown beside the figure itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A name and what belongs to it: a filter and its value, a term and its meaning."""

    name: str
    text: str
    note: str = ""

    @property
    def full(self) -> str:
        """The text with its note."""
        return f"{self.text} ({self.note})" if self.note else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of the scale, its words, and whether it counts as satisfied."""

    code: int
    label: str
    is_satisfied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionRow:
    """What became of the invited dossiers of all units, of a unit, or of a procedure.

    What may not be shown is not in it: then `counts` are empty and `words` say why.
    """

    level: LevelOfRow
    code: str
    name: str
    invited: int | None
    counts: Mapping[str, int]
    """By disposition: complete, partial, refusal, non_contact, other, unknown."""
    rr1: Fraction | None
    rr2: Fraction | None
    """AAPOR's response rates in percent."""
    words: str | None = None
    is_behind: bool = False
    """Whether RR2 lies below that of the other units by more than chance."""

    @property
    def answered(self) -> int | None:
        """Complete and partial ones."""
        if not self.counts:
            return None
        return self.counts["complete"] + self.counts["partial"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChoice:
    """One answer to a question. What may not be shown is not in it: then the count is
    None and `words` say why."""

    code: str
    label: str
    count: int | None
    share: Fraction | None
    """Percent of the n of its question, unrounded."""
    low: Decimal | None
    high: Decimal | None
    """The 95 % interval of the share."""
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactQuestion:
    """A question about the dossier, and how it was answered.

    `n` are the responses that answered it with anything but "not sure"; None where not
    even that may be shown. `words` stand in place of the choices.
    """

    part: str
    """Code of the part of the page."""
    part_title: str
    code: str
    title: str
    n: int | None
    not_sure: int | None
    choices: tuple[FactChoice, ...]
    words: str | None = None
    is_several: bool = False
    """Whether a response may give several answers, so that shares exceed 100."""

    def choice(self, code: str) -> FactChoice | None:
        """The choice of a code; None where it is not shown."""
        return next((one for one in self.choices if one.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The results of one wave for one selection, in one language."""

    wave: str
    title: str
    agency: str
    language: str
    questionnaire: str
    sha256: str
    formula: str
    formula_title: str
    generated_on: date | None
    is_sample: bool
    is_rehearsal: bool = False
    """Of a wave that has not opened yet: staff tried it, and nothing counts."""
    selection: tuple[Entry, ...]
    participation: tuple[Entry, ...]
    """How many answered, in words and numbers ready to print."""
    response_rate: Fraction | None = None
    """AAPOR RR2 in percent, where there is a frame and it may be shown."""
    dispositions: tuple[DispositionRow, ...] = ()
    """What became of the dossiers invited: all, then each unit with its procedures;
    nothing where there is no frame or it may not be shown."""
    levels: tuple[Level, ...]
    rows: tuple[Figure, ...]
    """Each element followed by its criteria; the whole at the end."""
    core: Figure | None
    """The core set, apart; None where the questionnaire is no more than it."""
    core_criteria: tuple[str, ...]
    facts: tuple[FactQuestion, ...] = ()
    """What is told of the dossiers; only where it was asked for."""
    flags: tuple[Entry, ...] = ()
    """How many responses show signs of careless answering: in all, and by rule."""
    flags_hidden: str | None = None
    """Why no figure can be compared with what it is without them."""
    method: tuple[Entry, ...]

    @property
    def overall(self) -> Figure:
        """The figure of all criteria together."""
        return self.rows[-1]

    def value(self, figure: Figure) -> Fraction | None:
        """The headline index of a figure."""
        return figure.indices.get(self.formula)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, the core set last."""
        return self.rows if self.core is None else (*self.rows, self.core)

    def value_without_flagged(self, figure: Figure) -> Fraction | None:
        """The headline index of a figure without the flagged responses."""
        if figure.unflagged is None:
            return None
        return figure.unflagged.indices.get(self.formula)

    def moved(self, figure: Figure) -> Fraction | None:
        """By how many points the headline index moves when they are left out."""
        value, without = self.value(figure), self.value_without_flagged(figure)
        return None if value is None or without is None else without - value

    def interval(self, figure: Figure) -> tuple[Decimal, Decimal] | None:
        """The interval of the headline index; only a share has one."""
        if self.formula != "satisfied_share":
            return None
        if figure.low is None or figure.high is None:
            return None
        return figure.low, figure.high
