"""The figures of a report from one tally: what may be shown of each group, and its
indices with their intervals."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Literal

from survey.exports import Figure, words
from survey.figures.hiding import Hidden, Part, Whole, covers
from survey.indices import (
    CORE,
    FORMULAS,
    FULL,
    POOLINGS,
    Counts,
    Display,
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
TOO_FEW = frozenset({Display.HIDDEN, Display.COUNTS})
COVER = "cover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The rows of a report: elements with their criteria, the whole, the core set."""

    rows: tuple[Figure, ...]
    core: Figure | None

    def figure(self, code: str) -> Figure | None:
        """The figure of a criterion, an element or a set, if it is among them."""
        every = self.rows if self.core is None else (*self.rows, self.core)
        return next((one for one in every if one.code == code), None)


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
        hidden: Hidden | None = None,
    ) -> None:
        """Look at a tally.

        Args:
            hidden: what is hidden beyond small groups; by default what keeps them
                from following out of the sums of this report.
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
        self.hidden = self._hidden() if hidden is None else hidden

    def figures(self, codes: Collection[str] | None = None) -> Figures:
        """All rows, those that must be hidden without their numbers.

        Args:
            codes: of criteria, elements and sets where only these rows are wanted,
                which saves most of the time; what is hidden does not depend on it.
        """

        def is_wanted(code: str) -> bool:
            return codes is None or code in codes

        rows: list[Figure] = []
        for element in self.questionnaire.elements:
            group = _Group(
                level="element",
                code=element.code,
                title=element.title.get(self.language),
                criteria=_codes(element),
            )
            if is_wanted(element.code):
                rows.append(self._sum(group, self._shows_element(element)))
            rows += (
                self._criterion(criterion)
                for criterion in element.criteria
                if is_wanted(criterion.code)
            )
        sets = self.questionnaire.sets
        if is_wanted(FULL):
            title = words.FULL_SET.get(self.language)
            rows.append(self._set(FULL, title, sets["full"]))
        core = None
        if is_wanted(CORE) and set(sets["core"]) != set(sets["full"]):
            core = self._set(CORE, words.CORE_SET.get(self.language), sets["core"])
        return Figures(rows=tuple(rows), core=core)

    def _n(self, code: str) -> int:
        return self._valid(self.tally.levels(code))

    @staticmethod
    def _valid(counts: Counts) -> int:
        return sum(count for level, count in counts.items() if level is not None)

    def sizes(self) -> dict[str, int]:
        """Answers of each criterion, responses behind each element and set, by code."""
        return {code: self._n(code) for code in self.tally.counts} | {
            code: sums.r for code, sums in self.tally.sums.items()
        }

    def without(self, codes: Collection[str]) -> Reckoner:
        """The same with more figures hidden."""
        return Reckoner(
            self.questionnaire,
            self.tally,
            thresholds=self.thresholds,
            formula=self.formula,
            language=self.language,
            hidden=self.hidden.more(codes, self.displays),
        )

    # -- what is hidden ---------------------------------------------------------

    def shows_set(self, name: str) -> bool:
        """Whether the full or the core set has enough responses for an index."""
        return display(self.tally.sums[name].r, self.thresholds) in WITH_INDEX

    def strictly(self) -> list[Whole]:
        """The elements for hiding where more than two groups of counts would show.

        What is empty counts as shown: there is nothing to hide.
        """
        core = self.questionnaire.sets["core"]
        return [
            Whole(
                code=element.code,
                parts=tuple(
                    Part(
                        code=code,
                        is_core=code in core,
                        n=self._n(code),
                        is_small=self.displays[code] in TOO_FEW,
                    )
                    for code in _codes(element)
                ),
                is_shown=self._shows_element(element) or not sums.r,
                is_small=display(sums.r, self.thresholds) in TOO_FEW,
                answers=sums.m,
            )
            for element in self.questionnaire.elements
            for sums in [self.tally.sums[element.code]]
        ]

    def _is_small(self, n: int, counts: Counts) -> bool:
        """Whether a sum over this group, once known, would give answers away."""
        shown = display(n, self.thresholds)
        if shown is Display.COUNTS:
            return two_groups(counts, self.questionnaire.scale) is None
        return shown is Display.HIDDEN

    def _shows_element(self, element: Element) -> bool:
        return display(
            self.tally.sums[element.code].r, self.thresholds
        ) in WITH_INDEX and any(
            self.displays[code] in WITH_INDEX for code in _codes(element)
        )

    def _hidden(self) -> Hidden:
        return covers(
            [self._whole(element) for element in self.questionnaire.elements],
            overall_is_shown=self.shows_set(FULL),
        )

    def _whole(self, element: Element) -> Whole:
        core = self.questionnaire.sets["core"]
        several = [self.tally.levels(code) for code in _codes(element)]
        return Whole(
            code=element.code,
            parts=tuple(
                Part(
                    code=criterion.code,
                    is_core=criterion.code in core,
                    n=self._valid(counts),
                    is_small=self._is_small(self._valid(counts), counts),
                )
                for criterion, counts in zip(element.criteria, several, strict=True)
            ),
            is_shown=self._shows_element(element),
            is_small=self._is_small(self.tally.sums[element.code].r, pooled(several)),
            answers=self.tally.sums[element.code].m,
        )

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
        if criterion.code in self.hidden.criteria:
            return replace(figure, display=COVER, words=words.COVER.get(self.language))
        if shown is Display.HIDDEN or self.is_quiet:
            return figure
        levels = self.tally.levels(criterion.code)
        counts = self.tally.counts[criterion.code]
        figure = replace(
            figure,
            n=self._valid(levels),
            not_applicable=self._not_applicable(counts, self.tally.counted),
            cannot_judge=counts["cannot_judge"],
        )
        if shown is Display.COUNTS:
            groups = two_groups(levels, self.questionnaire.scale)
            if groups is None:
                return figure
            return replace(figure, groups=(groups.satisfied, groups.others))
        if shown is Display.NONE:
            return replace(figure, counts=counts)
        interval = wilson(self._satisfied(levels), self._valid(levels))
        return self._with_index(replace(figure, counts=counts), levels, interval)

    def _sum(self, group: _Group, is_shown: bool, is_cover: bool = False) -> Figure:
        sums = self.tally.sums[group.code]
        shown = display(sums.r, self.thresholds)
        if shown in WITH_INDEX and not is_shown:
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
        if is_cover or group.code in self.hidden.elements:
            return replace(figure, display=COVER, words=words.COVER.get(self.language))
        if shown is Display.HIDDEN or self.is_quiet:
            return figure
        # The responses behind it, never its answers: one response gives several.
        figure = replace(figure, n=sums.r)
        if shown not in WITH_INDEX:
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
        return code in self.hidden.criteria or self.displays[code] in TOO_FEW

    def _set(self, name: str, title: str, criteria: tuple[str, ...]) -> Figure:
        group = _Group(level="overall", code=name, title=title, criteria=criteria)
        is_cover = self.hidden.overall if name == FULL else self.hidden.core
        shown = self.shows_set(name)
        return self._sum(group, shown, is_cover and shown)

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
            if self.displays[code] in WITH_INDEX and code not in self.hidden.criteria
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
