"""An attacker who reads every page and file of a year and works out what he can.

He knows of every combination of conditions whether anybody answered; he adds up and
subtracts whatever is shown, exactly: integers modulo a large prime, so that a sum
follows from others if and only if it lies in the space they span.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from survey.figures import periods
from survey.figures.closing import Row, Shape
from survey.figures.openings import Openings, Paths
from survey.figures.shown import within
from survey.indices import CORE, FULL, Layout, Thresholds

PRIME = 2_147_483_629
"""Below 2³¹, so that products of two numbers fit into 64 bits."""
ELEMENTS = {"A": ("A1", "A2"), "B": ("B1", "B2", "B3")}
CRITERIA = ("A1", "A2", "B1", "B2", "B3")
SHAPE = Shape(elements=ELEMENTS, core=frozenset({"A1", "A2", "B1"}))
LAYOUT = Layout(elements=ELEMENTS, core=SHAPE.core, levels=(1, 2, 3, 4, 5))
THRESHOLDS = Thresholds()
MEMBERS = {
    **{code: (code,) for code in CRITERIA},
    **ELEMENTS,
    FULL: CRITERIA,
    CORE: ("A1", "A2", "B1"),
}


def measure(total: int) -> Row:
    sizes, satisfied = LAYOUT.sizes(total, 4)
    return Row(
        sizes=sizes,
        paired=frozenset(
            code
            for code, high in satisfied.items()
            if 5 <= sizes[code] < 10 and 0 < high < sizes[code]
        ),
    )


@dataclass(frozen=True)
class Year:
    """Responses: of each its place on every axis, and its answers by criterion."""

    places: Sequence[Mapping[str, tuple]]
    answers: Sequence[Mapping[str, str]]

    @cached_property
    def packed(self) -> list[int]:
        return [LAYOUT.pack("complete", one, 4) for one in self.answers]

    def read(self, axes: tuple[str, ...]) -> dict[Paths, int]:
        found: dict[Paths, int] = {}
        for place, total in zip(self.places, self.packed, strict=True):
            paths = tuple(place[axis] for axis in axes)
            found[paths] = found.get(paths, 0) + total
        return found

    def openings(self) -> Openings:
        return Openings(SHAPE, THRESHOLDS, self.read, measure)

    def nodes(self, axis: str) -> list[tuple]:
        """Every place on an axis, the top first."""
        found = {()}
        for place in self.places:
            path = place[axis]
            found.update(path[: size + 1] for size in range(len(path)))
        return sorted(found, key=lambda one: (len(one), repr(one)))

    def selections(self, axes: Sequence[str]) -> Iterator[dict[str, tuple]]:
        for paths in product(*(self.nodes(axis) for axis in axes)):
            yield {a: p for a, p in zip(axes, paths, strict=True) if p}

    def inside(self, selection: Mapping[str, tuple]) -> np.ndarray:
        """Which responses a selection holds."""
        held = np.ones(len(self.places), dtype=bool)
        for axis, path in selection.items():
            held &= self._below(axis, path)
        return held

    def _below(self, axis: str, path: tuple) -> np.ndarray:
        key = axis, path
        cache = self.__dict__.setdefault("_held", {})
        if key not in cache:
            cache[key] = np.array(
                [place[axis][: len(path)] == path for place in self.places]
            )
        return cache[key]

    @cached_property
    def valid(self) -> dict[str, np.ndarray]:
        """Who answered each criterion."""
        return {
            code: np.array([one[code].isdigit() for one in self.answers])
            for code in CRITERIA
        }


UNITS = {
    "V": ("V",),
    "TM": ("P", "TM"),
    "NL": ("P", "NL"),
    "CN": ("P", "CN"),
    "KT": ("K", "KT"),
    "AT": ("K", "AT"),
}
PROCEDURES = {f"{unit}-{i}": (f"F{i}", f"{unit}-{i}") for unit in UNITS for i in (1, 2)}


def year(seed: int, count: int = 500) -> Year:
    """A year of some structure: large and small divisions, rare channels and criteria,
    some responses to procedures of another division."""
    chooser = random.Random(seed)  # noqa: S311
    units = list(UNITS)
    weights = [chooser.choice((1, 3, 10, 30)) for _ in units]
    shares = {code: chooser.choice((0.02, 0.1, 0.5, 0.95)) for code in CRITERIA}
    shares["A1"], stray = 0.97, chooser.choice((0, 0.01, 0.05))
    months = [f"2026-{month:02}" for month in range(1, 13)]
    busy = [chooser.choice((0.1, 1, 3)) for _ in months]
    places, answers = [], []
    for _ in range(count):
        (unit,) = chooser.choices(units, weights)
        home = chooser.choice(units) if chooser.random() < stray else unit
        procedure = f"{home}-{1 + (chooser.random() < 0.3)}"
        origin = chooser.choices(
            ("dossier", "counter", "kiosk", "paper"), (20, 10, 1, 2)
        )[0]
        channel = (
            chooser.choice(("in_person", "mixed"))
            if origin != "dossier"
            else chooser.choices(("online", "in_person", "postal"), (20, 5, 1))[0]
        )
        (month,) = chooser.choices(months, busy)
        places.append(
            {
                "unit": UNITS[unit],
                "procedure": PROCEDURES[procedure],
                "channel": (channel,),
                "origin": (
                    "verified" if origin == "dossier" else "unverified",
                    origin,
                ),
                "month": within(periods.around(month, 1)),
                "flagged": (chooser.random() < 0.06,),
            }
        )
        answers.append(
            {
                code: chooser.choice("12345") if chooser.random() < share else "blank"
                for code, share in shares.items()
            }
        )
    return Year(places, answers)


AXES = ("unit", "procedure", "channel", "origin", "month", "flagged")


@dataclass(frozen=True)
class Shown:
    """A figure that an attacker reads."""

    selection: Mapping[str, tuple]
    code: str


def read_all(year: Year, openings: Openings, axes: Sequence[str]) -> list[Shown]:
    """Every figure of every selection by these axes."""
    shown = []
    for selection in year.selections(axes):
        if not year.inside(selection).any():
            continue
        verdict = openings.verdict(selection)
        shown += [
            Shown(selection, code) for code in MEMBERS if code not in verdict.closed
        ]
    return shown


class Known:
    """The space that some sums span, modulo a prime."""

    def __init__(self, rows: np.ndarray) -> None:
        self.rows, self.pivots = reduced(rows)

    def tells(self, wanted: np.ndarray) -> np.ndarray:
        """Of each of some sums whether it follows."""
        left = wanted.astype(np.int64) % PRIME
        for row, pivot in zip(self.rows, self.pivots, strict=True):
            factor = left[:, pivot].copy()
            some = np.nonzero(factor)[0]
            if some.size:
                left[some] = (left[some] - factor[some, None] * row) % PRIME
        return ~left.any(axis=1)


def reduced(rows: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """The reduced row echelon form modulo the prime, and its pivots."""
    left = np.unique(rows.astype(np.int64), axis=0) % PRIME
    pivots: list[int] = []
    place = 0
    for column in range(left.shape[1]):
        below = np.nonzero(left[place:, column])[0]
        if not below.size:
            continue
        pick = place + below[0]
        left[[place, pick]] = left[[pick, place]]
        inverse = pow(int(left[place, column]), -1, PRIME)
        left[place] = left[place] * inverse % PRIME
        others = np.nonzero(left[:, column])[0]
        others = others[others != place]
        left[others] = (
            left[others] - left[others, column][:, None] * left[place]
        ) % PRIME
        pivots.append(column)
        place += 1
        if place == left.shape[0]:
            break
    return left[:place], pivots


class Cells:
    """What is not known to begin with: of each combination of places and each criterion
    the answers, where there are any."""

    def __init__(self, year: Year, axes: Sequence[str]) -> None:
        keys = [tuple(place[axis] for axis in axes) for place in year.places]
        groups = {key: i for i, key in enumerate(dict.fromkeys(keys))}
        self.year = year
        self.group = np.array([groups[key] for key in keys])
        people = np.zeros((len(groups), len(CRITERIA)), dtype=np.int64)
        for place, code in enumerate(CRITERIA):
            np.add.at(people[:, place], self.group, year.valid[code])
        self.has_any = people > 0
        self.n = people[self.has_any]

    def of(self, selection: Mapping[str, tuple], code: str) -> np.ndarray:
        """A figure as a sum of cells."""
        held = np.zeros(self.has_any.shape, dtype=np.int64)
        columns = [CRITERIA.index(one) for one in MEMBERS[code]]
        inside = np.unique(self.group[self.year.inside(selection)])
        held[np.ix_(inside, columns)] = 1
        return held[self.has_any]


def spanned(year: Year, openings: Openings, axes: Sequence[str]) -> list[str]:
    """Small groups that follow from all figures by these axes together."""
    cells = Cells(year, axes)
    shown = read_all(year, openings, axes)
    vectors = np.array([cells.of(one.selection, one.code) for one in shown])
    known = Known(vectors)
    names, targets = [], []
    for selection in year.selections(axes):
        for code in CRITERIA:
            wanted = cells.of(selection, code)
            if 0 < cells.n[wanted > 0].sum() < THRESHOLDS.index_from:
                names.append(f"{selection} {code}")
                targets.append(wanted)
    if not targets:
        return []
    tells = known.tells(np.array(targets))
    return [name for name, told in zip(names, tells, strict=True) if told]


def differenced(year: Year, openings: Openings, selections: list) -> list[str]:
    """Small groups that are the difference of two figures that are shown."""
    found = []
    verdicts = [openings.verdict(one).closed for one in selections]
    held = [year.inside(one) for one in selections]
    for code in CRITERIA:
        some = [i for i, closed in enumerate(verdicts) if code not in closed]
        matrix = np.array([held[i] & year.valid[code] for i in some], dtype=np.float32)
        if not len(matrix):
            continue
        sizes = matrix.sum(axis=1)
        both = matrix @ matrix.T
        left = sizes[:, None] - both
        # The one lies within the other, and few are left.
        inside = (both == sizes[None, :]) & (left > 0) & (left < THRESHOLDS.index_from)
        found += [
            f"{code}: {selections[some[i]]} without {selections[some[j]]}"
            for i, j in zip(*np.nonzero(inside), strict=True)
        ]
        found += [
            f"{code}: {selections[i]}"
            for i, size in zip(some, sizes, strict=True)
            if 0 < size < THRESHOLDS.index_from
        ]
    return found
