"""A figure and the limit it is held against, printed as soon as it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured value; without a limit it stands beside another for comparison."""

    name: str
    value: float
    unit: str = ""
    limit: float | None = None
    note: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the value is above its limit; every limit is an upper one."""
        return self.limit is not None and self.value > self.limit

    def line(self) -> str:
        """Name, value, limit, verdict, in columns."""
        value = f"{_short(self.value)} {self.unit}".strip()
        limit, verdict = "", ""
        if self.limit is not None:
            limit = f"<= {_short(self.limit)} {self.unit}".strip()
            verdict = "OVER" if self.is_over else "ok"
        return f"{self.name:<58} {value:>14}  {limit:<14} {verdict:<4}  {self.note}"


@dataclass
class Book:
    """The figures of one run."""

    is_quick: bool = False
    figures: list[Figure] = field(default_factory=list)

    def title(self, text: str) -> None:
        """Begin a part."""
        print(f"\n{text}", flush=True)

    def say(self, text: str) -> None:
        """Tell what takes a while."""
        print(f"  … {text}", flush=True)

    def add(
        self,
        name: str,
        value: float,
        unit: str = "",
        *,
        limit: float | None = None,
        note: str = "",
    ) -> None:
        """Take a figure down and print it."""
        figure = Figure(name=name, value=value, unit=unit, limit=limit, note=note)
        self.figures.append(figure)
        print(f"  {figure.line()}".rstrip(), flush=True)

    def choose(self, usual: int, quick: int) -> int:
        """How many, in a whole run or a quick one."""
        return quick if self.is_quick else usual

    @property
    def over(self) -> list[Figure]:
        """The figures above their limits."""
        return [figure for figure in self.figures if figure.is_over]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that this percent of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]


def _short(value: float) -> str:
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
