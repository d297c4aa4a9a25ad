"""The figures of a report from one tally: what may be shown of each group, and its
indices with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Literal

from survey.exports import Figure, words
from survey.figures.closing import Row, Table
from survey.figures.openings import Verdict
from survey.figures.shape import shape_of, whole_size
from survey.indices import (
    CORE,
    FORMULAS,
    FULL,
    POOLINGS,
    Counts,
    Display,
    Groups,
    Interval,
    Tally,
    Thresholds,
    display,
    pooled,
    ratio_interval,
    two_groups,
    wilson,
    words_for,
)
from survey.questionnaire.schema import Criterion, Element, Questionnaire

WITH_INDEX = frozenset({Display.INDEX, Display.RANK})
COVER = "cover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The rows of a report: elements with their criteria, the whole, the core set."""

    rows: tuple[Figure, ...]
    core: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Criteria summed up: an element, all criteria, or the core set."""

    level: Literal["element", "overall"]
    code: str
    title: str
    criteria: tuple[str, ...]


class Reckoner:
    """Works out every figure of one tally of one questionnaire."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        tally: Tally,
        *,
        thresholds: Thresholds,
        formula: str,
        language: str,
        verdict: Verdict | None = None,
    ) -> None:
        """Look at a tally.

        Args:
            verdict: what must not be shown of it; by default what keeps small groups
                from following out of the sums of these figures alone.
        """
        self.questionnaire = questionnaire
        self.tally = tally
        self.thresholds = thresholds
        self.formula = formula
        self.language = language
        # With so few responses even the reasons for not answering are a person's.
        self.is_quiet = 0 < tally.counted < thresholds.hide_below
        self.displays = {
            criterion.code: display(self._n(criterion.code), thresholds)
            for criterion in questionnaire.criteria
        }
        self.verdict = verdict or self._alone()

    def figures(self) -> Figures:
        """All rows, those that must be hidden without their numbers."""
        rows: list[Figure] = []
        for element in self.questionnaire.elements:
            group = _Group(
                level="element",
                code=element.code,
                title=element.title.get(self.language),
                criteria=_codes(element),
            )
            rows.append(self._sum(group))
            rows += (self._criterion(criterion) for criterion in element.criteria)
        sets = self.questionnaire.sets
        rows.append(self._set(FULL, words.FULL_SET.get(self.language), sets["full"]))
        if set(sets["core"]) == set(sets["full"]):
            return Figures(rows=tuple(rows), core=None)
        core = self._set(CORE, words.CORE_SET.get(self.language), sets["core"])
        return Figures(rows=tuple(rows), core=core)

    def _n(self, code: str) -> int:
        return self._valid(self.tally.levels(code))

    @staticmethod
    def _valid(counts: Counts) -> int:
        return sum(count for level, count in counts.items() if level is not None)

    # -- what is hidden ---------------------------------------------------------

    def _alone(self) -> Verdict:
        row = Row(
            sizes={
                **{code: self._n(code) for code in self.displays},
                **{code: sums.r for code, sums in self.tally.sums.items()},
                FULL: whole_size(
                    self.tally.sums[FULL].r, self.tally.counted, self.thresholds
                ),
            },
            paired=frozenset(
                code
                for code, shown in self.displays.items()
                if shown is Display.COUNTS and self._groups(code)
            ),
        )
        Table(
            shape=shape_of(self.questionnaire),
            rows=[row],
            above=None,
            hide_below=self.thresholds.hide_below,
            index_from=self.thresholds.index_from,
        ).settle()
        return Verdict(frozenset(row.closed), frozenset(row.told))

    def _groups(self, code: str) -> Groups | None:
        return two_groups(self.tally.levels(code), self.questionnaire.scale)

    # -- one row ----------------------------------------------------------------

    def _criterion(self, criterion: Criterion) -> Figure:
        shown = self.displays[criterion.code]
        figure = Figure(
            level="criterion",
            code=criterion.code,
            title=criterion.title.get(self.language),
            display=shown.value,
            words=self._words(shown),
            counts={},
            indices={},
        )
        if criterion.code in self.verdict.closed:
            return self._closed(figure, shown)
        if self.is_quiet:
            return figure
        levels = self.tally.levels(criterion.code)
        counts = self.tally.counts[criterion.code]
        figure = replace(
            figure,
            n=self._valid(levels),
            not_applicable=self._not_applicable(counts, self.tally.counted),
            cannot_judge=counts["cannot_judge"],
        )
        if shown is Display.NONE:
            return replace(figure, counts=counts)
        interval = wilson(self._satisfied(levels), self._valid(levels))
        return self._with_index(replace(figure, counts=counts), levels, interval)

    def _closed(self, figure: Figure, shown: Display) -> Figure:
        """A figure without its numbers; two groups of them where these may be told."""
        if shown in WITH_INDEX:
            return replace(figure, display=COVER, words=words.COVER.get(self.language))
        groups = self._groups(figure.code) if shown is Display.COUNTS else None
        if groups is None or figure.code not in self.verdict.told:
            return figure
        return replace(
            figure,
            n=groups.satisfied + groups.others,
            groups=(groups.satisfied, groups.others),
        )

    def _sum(self, group: _Group) -> Figure:
        sums = self.tally.sums[group.code]
        shown = display(sums.r, self.thresholds)
        if shown in WITH_INDEX and not any(
            self.displays[code] in WITH_INDEX for code in group.criteria
        ):
            shown = Display.COUNTS
        figure = Figure(
            level=group.level,
            code=group.code,
            title=group.title,
            display=shown.value,
            words=self._words(shown),
            counts={},
            indices={},
        )
        if group.code in self.verdict.closed and shown in WITH_INDEX:
            return replace(figure, display=COVER, words=words.COVER.get(self.language))
        if self.is_quiet or (shown not in WITH_INDEX and sums.r):
            return figure
        # The responses behind it, never its answers: one response gives several.
        figure = replace(figure, n=sums.r)
        if not sums.r:
            return figure
        counts = self._pooled_counts(group.criteria)
        levels = pooled([self.tally.levels(code) for code in group.criteria])
        asked = self.tally.counted * len(group.criteria)
        figure = replace(
            figure,
            answers=sums.m,
            counts=counts,
            not_applicable=self._not_applicable(counts, asked),
            cannot_judge=counts["cannot_judge"],
        )
        figure = self._with_index(figure, levels, ratio_interval(sums))
        if not any(self._is_hidden(code) for code in group.criteria):
            figure = replace(figure, sums=asdict(sums))
        return self._with_mean(figure, group.criteria)

    def _is_hidden(self, code: str) -> bool:
        """Whether a criterion's answers do not stand in the report level by level."""
        return code in self.verdict.closed

    def _set(self, name: str, title: str, criteria: tuple[str, ...]) -> Figure:
        group = _Group(level="overall", code=name, title=title, criteria=criteria)
        return self._sum(group)

    def _with_index(
        self, figure: Figure, levels: Counts, interval: Interval | None
    ) -> Figure:
        scale = self.questionnaire.scale
        estimates = {
            name: formula.function(levels, scale).value
            for name, formula in FORMULAS.items()
        }
        return replace(
            figure,
            indices={k: v for k, v in estimates.items() if v is not None},
            low=None if interval is None else interval.low,
            high=None if interval is None else interval.high,
        )

    def _with_mean(self, figure: Figure, criteria: tuple[str, ...]) -> Figure:
        """Add the mean of the criteria that show an index, and of no other.

        A hidden one would follow from a mean it is part of.
        """
        several = [
            self.tally.levels(code)
            for code in criteria
            if self.displays[code] in WITH_INDEX and code not in self.verdict.closed
        ]
        mean = POOLINGS["pool_by_criteria"].function(
            several, self.questionnaire.scale, FORMULAS[self.formula].function
        )
        return replace(figure, mean=mean.value, mean_of=len(several))

    def _words(self, shown: Display) -> str | None:
        found = words_for(shown, self.thresholds)
        return None if found is None else found.get(self.language)

    def _satisfied(self, levels: Counts) -> int:
        from_level = self.questionnaire.scale.satisfied_from
        return sum(
            count
            for level, count in levels.items()
            if level is not None and level >= from_level
        )

    def _pooled_counts(self, criteria: tuple[str, ...]) -> dict[str, int]:
        total: dict[str, int] = {}
        for code in criteria:
            for value, count in self.tally.counts[code].items():
                total[value] = total.get(value, 0) + count
        return total

    @staticmethod
    def _not_applicable(counts: Mapping[str, int], asked: int) -> Fraction | None:
        without = counts["not_applicable"] + counts["not_asked"]
        return Fraction(100 * without, asked) if asked else None


def _codes(element: Element) -> tuple[str, ...]:
    return tuple(criterion.code for criterion in element.criteria)
