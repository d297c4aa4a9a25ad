"""How one figure came about: its formula with the numbers put in, what was left out and
why, its interval, and the fingerprint of what it was computed from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final
from urllib.parse import urlencode

from survey.exports import Entry, Figure, Report, words
from survey.formats import decimal_text, integer, number, percent
from survey.indices import (
    FORMULAS,
    WITHOUT_LEVEL,
    Z_95,
    Sums,
    design_effect,
    steadied_effect,
)
from survey.indices.intervals import FEWEST_RESPONSES, effective_answers
from survey.questionnaire.schema import Text
from survey.results import explanation_words as say
from survey.results.charts import bounds_text, share_bounds, titled

CANON: Final = "khao-sat-chi-so/1"
"""Names the form of the text that is hashed; another form gets another number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One formula: its name, the rule in words and in symbols, the numbers, the end."""

    name: str
    words: str
    numbers: str
    result: str
    is_headline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Answers or responses that are in no denominator: what, how many, why."""

    name: str
    count: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that a page says of one figure."""

    figure: Figure
    title: str
    value: str
    """The headline index, or what stands in its place."""
    hidden: str | None
    """Why there is no index; the parts below are then empty."""
    counts: tuple[tuple[str, str, str], ...]
    """Of each level its words, its answers and their share."""
    base: str
    left_out: tuple[LeftOut, ...]
    steps: tuple[Step, ...]
    interval: tuple[Step, ...]
    interval_text: str
    facts: tuple[Entry, ...]
    canon: str | None
    """The text that is hashed; None where nothing of the figure may be shown."""
    sha256: str | None


class Explainer:
    """Explains figures of one report."""

    def __init__(self, report: Report, *, unit: str, filters: Mapping[str, str]):
        """Look at a report.

        Args:
            unit: code of the unit that the report is about.
            filters: as they stand in the address.
        """
        self.report = report
        self.language = report.language
        self.scope = {**filters, "don-vi": unit}

    def explain(self, figure: Figure) -> Explanation:
        """Say all that may be said of a figure."""
        value = self.report.value(figure)
        levels = self._levels(figure)
        canon = self.canon(figure) if figure.indices else None
        return Explanation(
            figure=figure,
            title=titled(figure),
            value=(
                figure.words or "–" if value is None else percent(value, self.language)
            ),
            hidden=None if figure.indices else self._why_hidden(figure),
            counts=tuple(self._counts(levels)),
            base=integer(sum(levels.values()), self.language) if levels else "",
            left_out=tuple(self._left_out(figure)),
            steps=tuple(self._steps(figure, levels)) if levels else (),
            interval=tuple(self._interval(figure, levels)),
            interval_text=bounds_text(share_bounds(figure), self.language),
            facts=tuple(self._facts(figure)),
            canon=canon,
            sha256=None if canon is None else fingerprint(canon),
        )

    # -- counts -----------------------------------------------------------------

    def _levels(self, figure: Figure) -> dict[int, int]:
        if not figure.indices:
            return {}
        return {
            level.code: figure.counts[str(level.code)] for level in self.report.levels
        }

    def _counts(self, levels: Mapping[int, int]) -> Iterator[tuple[str, str, str]]:
        total = sum(levels.values())
        for level in self.report.levels if levels else ():
            count = levels[level.code]
            yield (
                f"{level.code}. {level.label}",
                integer(count, self.language),
                percent(Fraction(100 * count, total), self.language),
            )

    def _left_out(self, figure: Figure) -> Iterator[LeftOut]:
        for reason in WITHOUT_LEVEL if figure.counts else ():
            yield LeftOut(
                name=words.WITHOUT_LEVEL[reason].get(self.language),
                count=integer(figure.counts.get(reason, 0), self.language),
                why=say.REASONS[reason].get(self.language),
            )

    # -- the three indices ------------------------------------------------------

    def _steps(self, figure: Figure, levels: Mapping[int, int]) -> Iterator[Step]:
        put_in = {
            "satisfied_share": self._share,
            "mean_percent": self._mean,
            "normalised_mean": self._normalised,
        }
        for name, formula in FORMULAS.items():
            value = figure.indices.get(name)
            if value is None:
                continue
            yield Step(
                name=f"{words.FORMULAS[name].get(self.language)} ({name})",
                words=formula.words.get(self.language),
                numbers=put_in[name](levels),
                result=percent(value, self.language),
                is_headline=name == self.report.formula,
            )
        if figure.mean is not None and figure.mean_of is not None:
            yield Step(
                name=words.MEAN.get(self.language),
                words=say.MEAN_OF_CRITERIA.get(self.language).format(
                    count=figure.mean_of
                ),
                numbers="",
                result=percent(figure.mean, self.language),
            )

    def _share(self, levels: Mapping[int, int]) -> str:
        chosen = [one.code for one in self.report.levels if one.is_satisfied]
        symbols = " + ".join(f"n{code}" for code in chosen)
        numbers = " + ".join(self._int(levels[code]) for code in chosen)
        total, satisfied = sum(levels.values()), sum(levels[code] for code in chosen)
        return (
            f"100 × ({symbols}) / n = 100 × ({numbers}) / {self._int(total)} = "
            f"100 × {self._int(satisfied)} / {self._int(total)}"
        )

    def _sum_of_levels(self, levels: Mapping[int, int]) -> tuple[str, str]:
        parts = " + ".join(f"{code}×{self._int(n)}" for code, n in levels.items())
        total = self._int(sum(code * n for code, n in levels.items()))
        return parts, f"{total} / {self._int(sum(levels.values()))}"

    def _mean(self, levels: Mapping[int, int]) -> str:
        parts, mean = self._sum_of_levels(levels)
        return f"m = ({parts}) / n = {mean}; 100 × m / {max(levels)}"

    def _normalised(self, levels: Mapping[int, int]) -> str:
        _, mean = self._sum_of_levels(levels)
        low, high = min(levels), max(levels)
        return f"m = {mean}; 100 × (m − {low}) / ({high} − {low})"

    # -- the interval -----------------------------------------------------------

    def _interval(self, figure: Figure, levels: Mapping[int, int]) -> Iterator[Step]:
        bounds = share_bounds(figure)
        if bounds is None:
            return
        if figure.level == "criterion":
            n = Decimal(sum(levels.values()))
            yield self._wilson(levels, say.N_IS_ANSWERS, n, bounds)
            return
        if not figure.sums:
            yield Step(
                name=say.CLUSTERS.get(self.language),
                words=say.CLUSTERS_HIDDEN.get(self.language),
                numbers="",
                result="",
            )
            return
        sums = Sums(**figure.sums)
        if sums.r < FEWEST_RESPONSES:
            return
        effective = effective_answers(sums)
        yield self._clusters(sums)
        yield self._effect(sums, effective)
        yield self._wilson(levels, say.N_IS_EFFECTIVE, effective, bounds)

    def _clusters(self, sums: Sums) -> Step:
        return Step(
            name=say.CLUSTERS.get(self.language),
            words=say.CLUSTERS_WHY.get(self.language),
            numbers=(
                f"r = {self._int(sums.r)}; Σm = {self._int(sums.m)}; "
                f"Σx = {self._int(sums.x)}; Σm² = {self._int(sums.mm)}; "
                f"Σmx = {self._int(sums.mx)}; Σx² = {self._int(sums.xx)}"
            ),
            result="",
        )

    def _effect(self, sums: Sums, effective: Decimal) -> Step:
        effect, steadied = design_effect(sums), steadied_effect(sums)
        if effect is None or steadied is None:
            return Step(
                name=say.EFFECT.get(self.language),
                words=say.EFFECT_NONE.get(self.language),
                numbers=f"n* = r = {self._int(sums.r)}",
                result="",
            )
        return Step(
            name=say.EFFECT.get(self.language),
            words=say.EFFECT_WORDS.get(self.language),
            numbers=(
                f"d = {number(effect, self.language, 4)}; "
                f"d' = {number(steadied, self.language, 4)}; "
                f"n* = {number(effective, self.language)}"
            ),
            result="",
        )

    def _wilson(
        self,
        levels: Mapping[int, int],
        n_words: Text,
        n: Decimal,
        bounds: tuple[Decimal, Decimal],
    ) -> Step:
        low, high = bounds
        chosen = sum(levels[one.code] for one in self.report.levels if one.is_satisfied)
        total = sum(levels.values())
        share = Fraction(chosen, total)
        return Step(
            name=say.WILSON.get(self.language),
            words=say.WILSON_WORDS.get(self.language).format(
                n=n_words.get(self.language)
            ),
            numbers=(
                f"p = {self._int(chosen)} / {self._int(total)} = "
                f"{number(share, self.language, 4)}; n = {self._n(n)}; "
                f"z = {number(Z_95, self.language, 6)}; "
                + say.CENTRE.get(self.language).format(
                    centre=number((low + high) / 2, self.language),
                    half=number((high - low) / 2, self.language),
                )
            ),
            result=bounds_text(bounds, self.language),
        )

    # -- where it comes from ----------------------------------------------------

    def _facts(self, figure: Figure) -> Iterator[Entry]:
        report, lang = self.report, self.language
        value = report.value(figure)
        if value is not None:
            yield Entry(
                name=say.EXACT.get(lang),
                text=f"{value.numerator} / {value.denominator}",
                note=say.ROUNDED.get(lang).format(value=number(value, lang)),
            )
        yield Entry(name=words.WAVE.get(lang), text=f"{report.title} ({report.wave})")
        yield Entry(
            name=words.SELECTION.get(lang),
            text="; ".join(f"{one.name}: {one.text}" for one in report.selection),
        )
        yield Entry(
            name=words.QUESTIONNAIRE.get(lang),
            text=report.questionnaire,
            note=f"SHA-256 {report.sha256}",
        )
        yield Entry(
            name=words.FORMULA.get(lang),
            text=f"{report.formula_title} ({report.formula})",
        )

    def _why_hidden(self, figure: Figure) -> str:
        text = say.HIDDEN[figure.display].get(self.language)
        if figure.groups is None:
            return text
        satisfied, others = figure.groups
        groups = say.GROUPS.get(self.language).format(
            satisfied=satisfied, others=others
        )
        return f"{text} {groups}"

    def canon(self, figure: Figure) -> str:
        """The text of which the fingerprint is taken: one item a line, LF after each.

        Only what the page shows is in it: a fingerprint of hidden counts could be
        undone by trying the few counts there can be.
        """
        report = self.report
        lines = [
            CANON,
            f"wave={report.wave}",
            f"questionnaire={report.questionnaire}",
            f"questionnaire-sha256={report.sha256}",
            f"scope={urlencode(sorted(self.scope.items()))}",
            f"figure={figure.code}",
            *(f"{value}={count}" for value, count in figure.counts.items()),
            *(f"{name}={value}" for name, value in figure.sums.items()),
            *(
                f"{name}={decimal_text(value)}"
                for name, value in figure.indices.items()
            ),
        ]
        return "".join(f"{line}\n" for line in lines)

    def _int(self, value: int) -> str:
        return integer(value, self.language)

    def _n(self, value: Decimal) -> str:
        is_whole = value == value.to_integral_value()
        return number(value, self.language, 0 if is_whole else 2)


def fingerprint(canon: str) -> str:
    """The SHA-256 of a canonical text."""
    return hashlib.sha256(canon.encode()).hexdigest()
