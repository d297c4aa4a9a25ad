"""A report in the words and places of a page: every number finished, so that templates
need no arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from survey.exports import Entry, Figure, Report, words
from survey.formats import integer, number, percent
from survey.questionnaire.schema import Text
from survey.results import charts
from survey.results.charts import INTERVAL, NOTHING, Bar, Explain, IndexBar

_LEVEL: Final = Text(vi="Mức {code}", en="Level {code}")
_WHOLE: Final = Text(vi="Cả yếu tố", en="The whole element")
_MEAN: Final = Text(vi="{value} ({count} tiêu chí)", en="{value} ({count} criteria)")
_ALL_RESPONSES: Final = Text(vi="{name} (%), tất cả phiếu", en="{name} (%), all")
_OVERVIEW: Final = Text(vi="Chỉ số theo yếu tố", en="Indices by element")
_CORE: Final = Text(vi="Bộ cốt lõi", en="Core set")
_NO_RESPONSES: Final = Text(vi="chưa có phiếu", en="no responses yet")
_OVERALL: Final = Text(vi="{name} chung", en="{name}, overall")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table: what heads it, n, the figures or words for them, the rest."""

    label: str
    n: str
    figures: tuple[str, ...]
    words: str | None
    rest: tuple[str, ...]
    url: str | None = None
    """Where the figures of the row are explained."""
    label_url: str | None = None
    """Where what heads the row has a page of its own."""
    notes: tuple[str, ...] = ()
    """What is said of the row in words, in the last columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of a page; all columns but the first and those of notes hold numbers."""

    head: tuple[str, ...]
    places: int
    """How many columns the figures have, which words may stand in place of."""
    rows: tuple[Row, ...]
    foot: Row | None = None
    notes: int = 0
    """How many columns at the end hold words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """An element on the page: its chart and its table."""

    code: str
    title: str
    bars: tuple[Bar, ...]
    """Nothing where not one bar could be drawn: the table says why."""
    grid: Grid


class Screen:
    """The page of one report."""

    def __init__(self, report: Report, explain: Explain | None = None) -> None:
        self.report = report
        self.language = report.language
        self.explain = explain

    @property
    def headline(self) -> Entry:
        """The headline index of all criteria, with its interval and its n."""
        figure = self.report.overall
        value = self.report.value(figure)
        name = _OVERALL.get(self.language).format(name=self.report.formula_title)
        if value is None:
            return Entry(
                name=name,
                text=charts.in_place(figure, self.report.levels, self.language),
                note=charts.n_text(figure, self.language)
                if figure.n
                else _NO_RESPONSES.get(self.language),
            )
        parts = [charts.n_text(figure, self.language)]
        bounds = self.report.interval(figure)
        if bounds is not None:
            interval = charts.bounds_text(bounds, self.language)
            parts.insert(0, f"{INTERVAL.get(self.language)}: {interval}")
        return Entry(
            name=name,
            text=percent(value, self.language),
            note="; ".join(part for part in parts if part),
        )

    @property
    def headline_url(self) -> str | None:
        """Where the headline is explained."""
        return self._url(self.report.overall)

    @property
    def boxes(self) -> tuple[Entry, ...]:
        """The figures at the head of the page."""
        return (self.headline, *self.report.participation)

    @property
    def contents(self) -> list[tuple[str, str]]:
        """The parts of the page that the figures fill: what they hold, and where."""
        if self.is_empty:
            return []
        parts = [(_OVERVIEW.get(self.language), "tong-hop")]
        parts += [
            (f"{one.code}. {one.title}", f"yeu-to-{one.code}") for one in self.sections
        ]
        if self.report.core is not None:
            parts.append((_CORE.get(self.language), "cot-loi"))
        return parts

    @property
    def levels(self) -> list[tuple[int, str]]:
        """Code and words of every level, for the key of the charts."""
        return [(level.code, level.label) for level in self.report.levels]

    @property
    def is_empty(self) -> bool:
        """Whether nobody has answered yet."""
        return self.report.overall.n == 0 and not any(
            row.cannot_judge for row in self.report.rows
        )

    @property
    def overview(self) -> Grid:
        """Every element and the whole, without the distributions."""
        rows = [row for row in self.report.rows if row.level != "criterion"]
        return self._sums(rows[:-1], rows[-1])

    @property
    def core(self) -> Grid | None:
        """The core set, in a table of its own."""
        core = self.report.core
        return None if core is None else self._sums([core])

    @property
    def has_flagged(self) -> bool:
        """Whether any figure can be read without the flagged responses."""
        return any(figure.unflagged for figure in self.report.figures)

    @property
    def sensitivity(self) -> tuple[Grid, Grid]:
        """With and without the flagged responses: the sums, and the criteria."""
        figures = self.report.figures
        criteria = [one for one in figures if one.level == "criterion"]
        sums = [one for one in figures if one.level != "criterion"]
        return self._compared(sums), self._compared(criteria)

    def _compared(self, rows: Sequence[Figure]) -> Grid:
        lang = self.language
        without = words.WITHOUT_FLAGGED.get(lang)
        return Grid(
            head=(
                words.LEVELS[rows[0].level].get(lang),
                words.N.get(lang),
                _ALL_RESPONSES.get(lang).format(name=self.report.formula_title),
                f"{words.N.get(lang)}, {without}",
                *(
                    f"{name.get(lang)} (%), {without}"
                    for name in words.FORMULAS.values()
                ),
                words.MOVED.get(lang),
            ),
            places=3 + len(words.FORMULAS),
            rows=tuple(map(self._compared_row, rows)),
        )

    def _compared_row(self, figure: Figure) -> Row:
        without, value = figure.unflagged, self.report.value(figure)
        label = figure.title
        if figure.level != "overall":
            label = f"{figure.code}. {label}"
        n = self._integer(figure.n)
        if without is None or value is None:
            place = words.NOT_COMPARED.get(self.language)
            if value is None:
                place = figure.words or NOTHING
            return Row(label=label, n=n, figures=(), words=place, rest=())
        return Row(
            label=label,
            n=n,
            figures=(
                self._number(value),
                self._integer(without.n),
                *(self._number(without.indices.get(name)) for name in words.FORMULAS),
                self._moved(figure),
            ),
            words=None,
            rest=(),
        )

    def _moved(self, figure: Figure) -> str:
        moved = self.report.moved(figure)
        return NOTHING if moved is None else charts.signed(moved, self.language)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The elements in order."""
        return tuple(self._section(rows) for rows in self._elements())

    def _elements(self) -> Iterator[list[Figure]]:
        rows: list[Figure] = []
        for row in self.report.rows:
            if row.level != "criterion" and rows:
                yield rows
                rows = []
            rows.append(row)

    def _section(self, rows: Sequence[Figure]) -> Section:
        element, *criteria = rows
        lang = self.language
        heads = (words.LEVELS["criterion"], words.N)
        return Section(
            code=element.code,
            title=element.title,
            bars=self._bars(rows),
            grid=Grid(
                head=(
                    *(text.get(lang) for text in heads),
                    *self._index_heads(),
                    *(_LEVEL.get(lang).format(code=code) for code, _ in self.levels),
                    words.NOT_APPLICABLE.get(lang),
                    words.CANNOT_JUDGE.get(lang),
                ),
                places=4 + len(self.levels),
                rows=tuple(self._full_row(row) for row in criteria),
                foot=self._full_row(element, _WHOLE.get(lang)),
            ),
        )

    def _sums(self, rows: Sequence[Figure], foot: Figure | None = None) -> Grid:
        lang = self.language
        first = words.LEVELS["element"] if foot else words.SET
        return Grid(
            head=(
                first.get(lang),
                words.N.get(lang),
                *self._index_heads(),
                words.MEAN.get(lang),
                words.ANSWERS.get(lang),
                words.NOT_APPLICABLE.get(lang),
            ),
            places=5,
            rows=tuple(self._sum_row(row) for row in rows),
            foot=None if foot is None else self._sum_row(foot),
        )

    def _index_heads(self) -> tuple[str, ...]:
        lang = self.language
        share, mean, normalised = (words.FORMULAS[name] for name in words.FORMULAS)
        return (
            f"{share.get(lang)} (%)",
            INTERVAL.get(lang),
            f"{mean.get(lang)} (%)",
            f"{normalised.get(lang)} (%)",
        )

    def _full_row(self, figure: Figure, label: str | None = None) -> Row:
        counts = (figure.counts.get(str(code)) for code, _ in self.levels)
        return self._row(
            label or f"{figure.code}. {figure.title}",
            figure,
            tuple(self._integer(count) for count in counts),
            (
                self._number(figure.not_applicable),
                self._integer(figure.cannot_judge),
            ),
        )

    def _sum_row(self, figure: Figure) -> Row:
        is_element = figure.level == "element"
        mean = NOTHING
        if figure.mean is not None:
            value = number(figure.mean, self.language)
            mean = _MEAN.get(self.language).format(value=value, count=figure.mean_of)
        return self._row(
            f"{figure.code}. {figure.title}" if is_element else figure.title,
            figure,
            (mean,),
            (self._integer(figure.answers), self._number(figure.not_applicable)),
        )

    def _row(
        self, label: str, figure: Figure, more: tuple[str, ...], rest: tuple[str, ...]
    ) -> Row:
        has_index = bool(figure.indices)
        return Row(
            label=label,
            n=self._integer(figure.n),
            figures=(*self._indices(figure), *more) if has_index else (),
            words=(
                None
                if has_index
                else charts.in_place(figure, self.report.levels, self.language)
            ),
            rest=rest,
            url=self._url(figure),
        )

    def _indices(self, figure: Figure) -> tuple[str, ...]:
        share, mean, normalised = (
            self._number(figure.indices.get(name)) for name in words.FORMULAS
        )
        interval = charts.bounds_text(charts.share_bounds(figure), self.language)
        return share, interval, mean, normalised

    def _integer(self, value: int | None) -> str:
        return NOTHING if value is None else integer(value, self.language)

    def _number(self, value: Fraction | None) -> str:
        return NOTHING if value is None else number(value, self.language)

    # -- charts -----------------------------------------------------------------

    @property
    def index_bars(self) -> tuple[IndexBar, ...]:
        """The headline index of every element and of the whole."""
        return tuple(
            charts.index_bar(
                row,
                self.report.formula,
                self.report.levels,
                self.language,
                id=f"index-{row.code}",
                code="" if row.level == "overall" else row.code,
                label=row.title,
                url=self._url(row),
            )
            for row in self.report.rows
            if row.level != "criterion"
        )

    def _bars(self, rows: Sequence[Figure]) -> tuple[Bar, ...]:
        levels = self.report.levels
        if not charts.has_shades(levels) or not any(row.indices for row in rows):
            return ()
        return tuple(
            charts.distribution(
                row,
                levels,
                self.language,
                id=f"bar-{row.code}",
                label=_WHOLE.get(self.language) if row.level == "element" else None,
                url=self._url(row),
            )
            for row in rows
        )

    def _url(self, figure: Figure) -> str | None:
        return None if self.explain is None else self.explain(figure)
