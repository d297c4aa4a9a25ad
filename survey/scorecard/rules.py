"""A score rule: from a figure to points, and back to the figure that is needed.

All arithmetic is that of `indices`; here it is chosen by the rule's kind. A value is in
percent, exact; points are rounded once, half up, to two decimals, because a line of the
sheet is a number that people add up by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from flask_babel import gettext as _

from survey import indices
from survey.formats import round_half_up
from survey.models import RULE_KINDS, RULE_MEASURES, ScoreRule
from survey.scorecard.terms import ScorecardError, written

STEPPED: Final = ("bands", "thresholds")
BY_VALUE: Final = ("linear", *STEPPED)
"""Kinds that turn a value into points."""
MOST: Final = Decimal(100)
MOST_STEPS: Final = 20
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
Steps = tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One version of a rule as a value, checked when it is made.

    Raises:
        ScorecardError: a part that is not there or cannot be, with the field's name.
    """

    code: str
    title: str
    kind: str
    measure: str = "survey"
    maximum: Decimal | None = None
    steps: Steps = ()
    """Least value and points, the highest first."""
    rounds_first: bool = False
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    is_sample: bool = False

    def __post_init__(self) -> None:
        _check_words(self)
        _check_numbers(self)

    @property
    def takes_value(self) -> bool:
        """Whether points follow from a value, and are never typed."""
        return self.kind in BY_VALUE

    def seen(self, value: Fraction) -> Fraction:
        """The value as the rule takes it: as it is, or rounded to two decimals.

        Raises:
            ScorecardError: it lies outside 0..100.
        """
        if not 0 <= value <= 100:
            raise ScorecardError(_("Xin nhập số từ 0 đến 100."), "value")
        return Fraction(round_half_up(value)) if self.rounds_first else value

    def points(self, value: Fraction) -> Decimal:
        """The points for a value, rounded half up to two decimals.

        Args:
            value: in 0..100, exact.
        Raises:
            ScorecardError: a value outside 0..100.
            TypeError: a rule of a kind that takes no value.
        Source: `indices.sipas_points`, `indices.banded_points`.
        """
        taken = self.seen(value)
        if self.kind == "linear" and self.maximum is not None:
            return round_half_up(indices.sipas_points(taken, self.maximum))
        return round_half_up(indices.banded_points(taken, self._bands()))

    def value_for(self, points: Fraction | Decimal) -> Fraction | None:
        """The least value that gives so many points; None when none does.

        Source: `points`, turned round, before rounding.
        """
        wanted = Fraction(points)
        if wanted <= 0:
            return Fraction(0)
        if self.kind == "linear" and self.maximum is not None:
            return indices.index_for_points(wanted, self.maximum)
        enough = [one.least for one in self._bands().bands if one.points >= wanted]
        return min(enough, default=None)

    def next_step(self, value: Fraction) -> tuple[Fraction, Decimal] | None:
        """The value from which a rule in steps gives more, and how much it gives.

        Returns:
            None at the most points, and for a rule without steps.
        """
        if self.kind not in STEPPED:
            return None
        found = indices.next_band(self.seen(value), self._bands())
        return None if found is None else (found.least, round_half_up(found.points))

    @property
    def per_percent(self) -> Fraction | None:
        """Points for one point of percent more; None where they come in steps."""
        if self.kind != "linear" or self.maximum is None:
            return None
        return Fraction(self.maximum) / 100

    def _bands(self) -> indices.Bands:
        if self.kind not in STEPPED:
            raise TypeError(f"a rule of the kind {self.kind} takes no value")
        return indices.Bands.of(self.steps)


def _check_words(rule: Rule) -> None:
    if not _CODE.fullmatch(rule.code):
        raise ScorecardError(
            _("Mã gồm chữ thường không dấu, số và dấu gạch ngang, tối đa 40 ký tự."),
            "code",
        )
    if not 1 <= len(rule.title) <= 200:
        raise ScorecardError(_("Xin nhập tên quy tắc, tối đa 200 ký tự."), "title")
    if len(rule.source) > 300:
        raise ScorecardError(_("Xin rút ngắn còn tối đa 300 ký tự."), "source")
    if rule.kind not in RULE_KINDS:
        raise ScorecardError(_("Xin chọn cách tính điểm."), "kind")
    if rule.measure not in RULE_MEASURES:
        raise ScorecardError(_("Xin chọn số liệu đầu vào."), "measure")
    first, last = rule.valid_from, rule.valid_to
    if first is not None and last is not None and last < first:
        raise ScorecardError(
            _("Ngày hết hiệu lực không được trước ngày có hiệu lực."), "valid_to"
        )


def _check_numbers(rule: Rule) -> None:
    if rule.maximum is not None and not 0 < rule.maximum <= MOST:
        raise ScorecardError(
            _("Điểm tối đa phải lớn hơn 0 và không quá 100."), "maximum"
        )
    if rule.kind == "linear" and rule.maximum is None:
        raise ScorecardError(_("Xin nhập điểm tối đa."), "maximum")
    if rule.kind in STEPPED:
        _check_steps(rule)
    elif rule.steps:
        raise ScorecardError(
            _("Chỉ quy tắc theo bậc hoặc theo ngưỡng mới có các mốc."), "steps"
        )


def _check_steps(rule: Rule) -> None:
    if not 1 <= len(rule.steps) <= MOST_STEPS:
        raise ScorecardError(
            _("Xin nhập từ 1 đến %(most)s mốc.", most=MOST_STEPS), "steps"
        )
    least = [one for one, _points in rule.steps]
    if len(set(least)) < len(least):
        raise ScorecardError(_("Hai mốc trùng nhau. Xin sửa một mốc."), "steps")
    try:
        bands = indices.Bands.of(rule.steps)
    except indices.IndicesError:
        raise ScorecardError(
            _("Mốc phải từ 0 đến 100, và mốc cao hơn không được ít điểm hơn."), "steps"
        ) from None
    if rule.kind == "bands" and min(least) != 0:
        raise ScorecardError(
            _("Các bậc phải phủ kín từ 0: xin thêm bậc bắt đầu từ 0."), "steps"
        )
    if not 0 < bands.maximum <= MOST:
        raise ScorecardError(
            _("Điểm của mốc cao nhất phải lớn hơn 0 và không quá 100."), "steps"
        )
    if rule.maximum != round_half_up(bands.maximum):
        raise ScorecardError(
            _(
                "Điểm tối đa phải bằng điểm của mốc cao nhất (%(points)s).",
                points=written(bands.maximum),
            ),
            "maximum",
        )


def made(**parts: object) -> Rule:
    """A rule from its parts: steps are put in order, and their most points are the
    maximum where none is given.

    Raises:
        ScorecardError: as `Rule`.
    """
    steps: Steps = tuple(sorted(parts.pop("steps", ()), reverse=True))  # type: ignore[call-overload]
    maximum = parts.pop("maximum", None)
    kind = parts.get("kind")
    if kind in STEPPED and steps and maximum is None:
        maximum = steps[0][1]
    if kind == "not_applicable":
        maximum = None
    return Rule(steps=steps, maximum=maximum, **parts)  # type: ignore[arg-type]


def of(row: ScoreRule) -> Rule:
    """The value of a stored version."""
    return Rule(
        code=row.code,
        title=row.title,
        kind=row.kind,
        measure=row.measure,
        maximum=row.maximum,
        steps=tuple((Decimal(a), Decimal(b)) for a, b in row.steps),
        rounds_first=row.rounds_first,
        source=row.source,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        is_sample=row.is_sample,
    )


def is_valid_in(rule: Rule, year: int) -> bool:
    """Whether a rule is in force on some day of a year."""
    first, last = rule.valid_from, rule.valid_to
    return (first is None or first.year <= year) and (last is None or last.year >= year)
