"""One index of every part of a selection: bars, a table, ranks, in the order asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from survey.exports import Figure, Level, words
from survey.figures import Portion
from survey.formats import integer, number
from survey.indices import Interval
from survey.indices.many import Group, Place, ranking
from survey.questionnaire.schema import Text
from survey.results import charts
from survey.results.charts import INTERVAL, NOTHING, IndexBar
from survey.results.screen import Grid, Row

BY_NAME: Final = "ten"
BY_VALUE: Final = "chi-so"
_RANK: Final = Text(vi="Hạng", en="Rank")
_NOT_RANKED: Final = Text(vi="không xếp hạng", en="not ranked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where a part leads: to its own results, and to the explanation of its figure."""

    results: Callable[[Portion], str | None]
    explanation: Callable[[Portion], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A part with the figure that is looked at, and its place among the others."""

    portion: Portion
    figure: Figure
    place: Place


def members(
    portions: Sequence[Portion], code: str, formula: str, *, rank_from: int, order: str
) -> tuple[Member, ...]:
    """The parts that have this figure, in the order asked.

    Args:
        portions: in the order of their names.
        order: BY_NAME, or BY_VALUE: the highest index first, those without one last.
    """
    found = [
        (portion, figure)
        for portion in portions
        if (figure := portion.figures.figure(code)) is not None
    ]
    places = {
        place.key: place
        for place in ranking(
            [
                Group(
                    key=portion.key,
                    value=figure.indices.get(formula),
                    n=figure.n if figure.display == "rank" and figure.n else 0,
                    interval=_interval(figure, formula),
                )
                for portion, figure in found
            ],
            rank_from=rank_from,
        )
    }
    every = [
        Member(portion=portion, figure=figure, place=places[portion.key])
        for portion, figure in found
    ]
    if order == BY_VALUE:
        every.sort(key=lambda one: _down(one.figure.indices.get(formula)))
    return tuple(every)


def _down(value: object) -> tuple[bool, object]:
    return (value is None, 0 if value is None else -value)  # type: ignore[operator]


def _interval(figure: Figure, formula: str) -> Interval | None:
    bounds = charts.interval_of(figure, formula)
    return None if bounds is None else Interval(*bounds)


class PartsScreen:
    """The bars and the table of some parts."""

    def __init__(
        self,
        some: Sequence[Member],
        *,
        head: str,
        formula: str,
        levels: Sequence[Level],
        language: str,
        links: Links,
        id: str = "bar",
    ) -> None:
        self.some = some
        self.head = head
        self.formula = formula
        self.levels = levels
        self.language = language
        self.links = links
        self.id = id

    @property
    def bars(self) -> tuple[IndexBar, ...]:
        """A bar for every part."""
        return tuple(
            charts.index_bar(
                one.figure,
                self.formula,
                self.levels,
                self.language,
                id=f"{self.id}-{place}",
                label=one.portion.name,
                url=self.links.explanation(one.portion),
            )
            for place, one in enumerate(self.some)
        )

    @property
    def grid(self) -> Grid:
        """The same as a table."""
        lang = self.language
        names = [words.FORMULAS[name].get(lang) for name in words.FORMULAS]
        return Grid(
            head=(
                self.head,
                words.N.get(lang),
                f"{names[0]} (%)",
                INTERVAL.get(lang),
                *(f"{name} (%)" for name in names[1:]),
                words.NOT_APPLICABLE.get(lang),
                _RANK.get(lang),
            ),
            places=4,
            rows=tuple(map(self._row, self.some)),
            notes=1,
        )

    def _row(self, one: Member) -> Row:
        figure, lang = one.figure, self.language
        values = [figure.indices.get(name) for name in words.FORMULAS]
        share, *others = (
            NOTHING if value is None else number(value, lang) for value in values
        )
        bounds = charts.bounds_text(charts.share_bounds(figure), lang)
        not_applicable = figure.not_applicable
        return Row(
            label=one.portion.name,
            n=NOTHING if figure.n is None else integer(figure.n, lang),
            figures=(share, bounds, *others) if figure.indices else (),
            words=(
                None if figure.indices else charts.in_place(figure, self.levels, lang)
            ),
            rest=(NOTHING if not_applicable is None else number(not_applicable, lang),),
            notes=(self._rank(one.place),),
            url=self.links.explanation(one.portion),
            label_url=self.links.results(one.portion),
        )

    def _rank(self, place: Place) -> str:
        if place.rank is None:
            return _NOT_RANKED.get(self.language)
        if place.words is None:
            return str(place.rank)
        return f"{place.rank}; {place.words.get(self.language)}"
