"""What became of a figure: the difference to an earlier one, and whether it is real."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import partial
from typing import Final

from survey.actions.terms import VERDICTS
from survey.exports import Figure
from survey.formats import number
from survey.indices import Z_95, Difference, Estimate, Interval, known_difference
from survey.indices.intervals import DIGITS, decimal_of
from survey.indices.many import holm
from survey.questionnaire.schema import Text

_POINTS: Final = Text(
    vi="{value} điểm (từ {low} đến {high})",
    en="{value} points ({low} to {high})",
)
_VALUE: Final = Text(vi="{value} điểm", en="{value} points")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A figure that may be shown: its headline index, n, and interval if it has one."""

    value: Fraction | None
    n: int
    interval: Interval | None

    @classmethod
    def of(cls, figure: Figure | None, formula: str) -> Known:
        """What a figure shows; of one that is hidden, or missing, nothing."""
        if figure is None or formula not in figure.indices or figure.n is None:
            return cls(value=None, n=0, interval=None)
        bounds = None
        # Only the share of satisfied answers has an interval.
        if formula == "satisfied_share" and None not in (figure.low, figure.high):
            bounds = Interval(figure.low, figure.high)  # type: ignore[arg-type]
        return cls(value=figure.indices[formula], n=figure.n, interval=bounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A difference in words: what a page and a print say of it."""

    difference: Difference
    language: str

    @property
    def verdict(self) -> str:
        """A key of `terms.VERDICTS`."""
        return self.difference.verdict

    @property
    def words(self) -> str:
        """The verdict as people read it."""
        return str(VERDICTS[self.verdict][0])

    @property
    def shape(self) -> str:
        """A sign that tells the verdict without colour."""
        return VERDICTS[self.verdict][1]

    @property
    def text(self) -> str:
        """By how much, with its interval; "" where there are no two figures."""
        value, interval = self.difference.value, self.difference.interval
        if value is None:
            return ""
        low = high = ""
        if interval is not None:
            low, high = (
                _signed(Fraction(bound), self.language)
                for bound in (interval.low, interval.high)
            )
        text = _VALUE if interval is None else _POINTS
        return text.get(self.language).format(
            value=_signed(value, self.language), low=low, high=high
        )


def change(now: Known, before: Known, language: str) -> Change:
    """What lies between an earlier figure and a later one of other respondents."""
    return Change(
        difference=known_difference(
            Estimate(now.value, now.n),
            Estimate(before.value, before.n),
            (now.interval, before.interval),
        ),
        language=language,
    )


def among(changes: Mapping[str, Change]) -> dict[str, Change]:
    """Many changes judged at once, so that at most one time in twenty any is called
    real by chance alone; each with the wider interval by which it was judged.

    Source: Holm's procedure, `indices.many.holm`. Of a figure only its 95 % interval is
    known: at another quantile z its arms are taken as z/1,96 as long, which is exact
    for the normal interval and near for Wilson's.
    """
    judged = holm([partial(_at, one.difference) for one in changes.values()])
    return {
        key: replace(one, difference=found.among)
        for (key, one), found in zip(changes.items(), judged, strict=True)
    }


def _at(difference: Difference, z: Decimal) -> Difference:
    interval, value = difference.interval, difference.value
    if interval is None or value is None:
        return difference
    with localcontext() as context:
        context.prec = DIGITS
        centre, factor = decimal_of(value), z / Z_95
        wider = Interval(
            centre - (centre - interval.low) * factor,
            centre + (interval.high - centre) * factor,
        )
    return replace(difference, interval=wider)


def _signed(value: Fraction, language: str) -> str:
    sign = "+" if value > 0 else ""
    if value < 0:
        sign, value = "\N{MINUS SIGN}", -value
    return f"{sign}{number(value, language)}"
