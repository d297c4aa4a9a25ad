"""Two selections side by side, in the words of a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from survey.exports import Figure, Level
from survey.figures.comparisons import Comparison, Pair
from survey.formats import integer, percent
from survey.indices.differences import WORDS
from survey.questionnaire.schema import Text
from survey.results import charts
from survey.results.charts import NOTHING, IndexBar, signed

_CELL: Final = Text(vi="{value} ({bounds}; {n})", en="{value} ({bounds}; {n})")
_ALONE: Final = Text(
    vi="{word}; riêng cặp này thì {alone}, nhưng không còn rõ khi so {among} cặp "
    "cùng lúc",
    en="{word}; {alone} by itself, but not clear when {among} pairs are compared "
    "at once",
)
_HIGHER: Final = Text(
    vi="{first} cao hơn {second}: {a} so với {b}, hơn {value} điểm (khoảng tin cậy "
    "95%: {low} đến {high}). Khác nhau thật, vượt mức dao động ngẫu nhiên.",
    en="{first} is higher than {second}: {a} against {b}, by {value} points (95% "
    "interval: {low} to {high}). A real difference, beyond chance.",
)
_LOWER: Final = Text(
    vi="{first} thấp hơn {second}: {a} so với {b}, kém {value} điểm (khoảng tin cậy "
    "95%: {low} đến {high}). Khác nhau thật, vượt mức dao động ngẫu nhiên.",
    en="{first} is lower than {second}: {a} against {b}, by {value} points (95% "
    "interval: {low} to {high}). A real difference, beyond chance.",
)
_UNCLEAR: Final = Text(
    vi="Chưa thấy khác nhau giữa {first} và {second}: {a} so với {b}, chênh lệch "
    "{value} điểm (khoảng tin cậy 95%: {low} đến {high}) vẫn có thể do ngẫu nhiên.",
    en="No difference seen between {first} and {second}: {a} against {b}; {value} "
    "points (95% interval: {low} to {high}) may still be chance.",
)
_UNKNOWN: Final = Text(
    vi="Chưa đủ dữ liệu để so sánh {first} với {second}.",
    en="Not enough data to compare {first} with {second}.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the table: both figures, their difference, and what to think of it."""

    label: str
    first: str
    second: str
    first_url: str
    second_url: str
    value: str
    interval: str
    finding: str
    is_clear: bool
    is_sum: bool


class ComparisonScreen:
    """The page of one comparison."""

    def __init__(
        self,
        found: Comparison,
        *,
        levels: Sequence[Level],
        language: str,
        names: tuple[str, str],
        scopes: tuple[str, str],
        explain: tuple[Callable[[Figure], str], Callable[[Figure], str]],
    ) -> None:
        self.found = found
        self.levels = levels
        self.language = language
        self.names = names
        self.scopes = scopes
        self.explain = explain

    @property
    def main(self) -> Pair | None:
        """The pair of the whole; of two questionnaires that of the core set."""
        return self.found.pairs[-1] if self.found.pairs else self.found.core

    @property
    def sentence(self) -> str:
        """What the comparison says on the whole."""
        pair = self.main
        first, second = self.names
        if pair is None:
            return self._say(_UNKNOWN, first=first, second=second)
        alone, verdict = pair.difference.alone, pair.difference.verdict
        if alone.value is None or alone.interval is None:
            return self._say(_UNKNOWN, first=first, second=second)
        texts = {"higher": _HIGHER, "lower": _LOWER}
        value = alone.value if verdict == "unclear" else abs(alone.value)
        shown = signed(value, self.language)
        return self._say(
            texts.get(verdict, _UNCLEAR),
            first=first,
            second=second,
            a=self._percent(pair.first),
            b=self._percent(pair.second),
            value=shown if verdict == "unclear" else shown.lstrip("+"),
            low=signed(alone.interval.low, self.language),
            high=signed(alone.interval.high, self.language),
        )

    @property
    def bars(self) -> tuple[tuple[str, tuple[IndexBar, IndexBar]], ...]:
        """Bars of elements and the whole, both sides of each next to each other."""
        pairs = [one for one in self.found.pairs if one.first.level != "criterion"]
        if not pairs and self.found.core is not None:
            pairs = [self.found.core]
        return tuple(
            (
                charts.titled(pair.first),
                (self._bar(pair.first, 0), self._bar(pair.second, 1)),
            )
            for pair in pairs
        )

    @property
    def lines(self) -> tuple[Line, ...]:
        """A row for every figure."""
        return tuple(map(self._line, self.found.pairs))

    @property
    def core(self) -> tuple[Line, ...]:
        """The core set, apart; nothing where it is all there is."""
        core = self.found.core
        if core is None or core.first.code == core.second.code == "full":
            return () if self.found.pairs else self._alone(core)
        return (self._line(core),)

    def _alone(self, core: Pair | None) -> tuple[Line, ...]:
        return () if core is None else (self._line(core),)

    def _bar(self, figure: Figure, side: int) -> IndexBar:
        return charts.index_bar(
            figure,
            "satisfied_share",
            self.levels,
            self.language,
            id=f"bar-{figure.code}-{'ab'[side]}",
            code="AB"[side],
            label=self.scopes[side],
            url=self.explain[side](figure),
        )

    def _line(self, pair: Pair) -> Line:
        alone = pair.difference.alone
        interval = NOTHING
        if alone.interval is not None:
            low, high = alone.interval.low, alone.interval.high
            interval = f"{signed(low, self.language)}; {signed(high, self.language)}"
        return Line(
            label=charts.titled(pair.first),
            first=self._cell(pair.first),
            second=self._cell(pair.second),
            first_url=self.explain[0](pair.first),
            second_url=self.explain[1](pair.second),
            value=(
                NOTHING if alone.value is None else signed(alone.value, self.language)
            ),
            interval=interval,
            finding=self._finding(pair),
            is_clear=pair.difference.is_clear,
            is_sum=pair.first.level != "criterion",
        )

    def _finding(self, pair: Pair) -> str:
        word = WORDS[pair.difference.verdict].get(self.language)
        alone = pair.difference.alone
        if not alone.is_clear or pair.difference.is_clear:
            return word
        return self._say(
            _ALONE,
            word=word,
            alone=alone.word.get(self.language),
            among=integer(pair.among, self.language),
        )

    def _cell(self, figure: Figure) -> str:
        if not figure.indices:
            return charts.in_place(figure, self.levels, self.language)
        return self._say(
            _CELL,
            value=self._percent(figure),
            bounds=charts.bounds_text(charts.share_bounds(figure), self.language),
            n=charts.n_text(figure, self.language),
        )

    def _percent(self, figure: Figure) -> str:
        value = figure.indices.get("satisfied_share")
        return NOTHING if value is None else percent(value, self.language)

    def _say(self, text: Text, **values: str) -> str:
        return text.get(self.language).format(**values)
