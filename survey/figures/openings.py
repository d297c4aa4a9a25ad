"""What may be shown of any selection, the same for whoever asks and by whatever page or
file: decided from the counts alone, the coarser selections first.

A selection names a place on some axes, each a tree: units; fields and their procedures;
channels; kinds of origins and origins; years, halves, quarters and months; flagged or
not. Selections that lie right below the same places stand in one table with the sums
over each axis; what is closed of a selection is closed of everything within it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, TypeAlias

from survey.figures.closing import GROUND, Edge, Row, Shape, Table, bridges, light_cut
from survey.indices import Thresholds

Path: TypeAlias = tuple[Any, ...]
"""A place on an axis: what leads to it from the top, which is ()."""
Place: TypeAlias = Mapping[str, Path]
"""A selection: its place on every axis that it says something of."""
Paths: TypeAlias = tuple[Path, ...]
Read: TypeAlias = Callable[[tuple[str, ...]], Mapping[Paths, int]]
"""The counters of every combination of places at the ends of some axes."""
Measure: TypeAlias = Callable[[int], Row]
"""A row, with nothing closed yet, of some counters."""

LOOK_AHEAD: Final = 3
"""Of how many axes tables are read only to see whether a selection of fewer is safe."""
MOST_AXES: Final = 3
"""Of more conditions at once nothing is shown: such groups are small, and there are too
many tables in which they stand."""
ORDER: Final = ("unit", "month", "procedure", "channel", "origin", "flagged")
"""The axes, the one first of which less is hidden for the others' sake."""
ITSELF: Final = 0
"""The place, below a unit, of what belongs to none of the units below it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What must not be shown of a selection, by code; `told` in two groups only."""

    closed: frozenset[str]
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crossed:
    """The parts of a selection by two axes at once, of which only sums are known."""

    axes: tuple[str, ...]
    place: int
    """The axis of the rows to be decided."""
    first: int
    """The axis that comes first."""
    up: Paths
    inside: Path
    """Below which place the rows lie."""
    several: Mapping[Path, Row]
    cells: Mapping[tuple[Path, Path], Row]

    def edges(
        self, code: str, fixed: Mapping[tuple[int, Path], Hashable]
    ) -> Iterator[Edge]:
        """The cells, joined to what is known of their sums."""
        for (column, path), cell in self.cells.items():
            n, one = cell.sizes[code], fixed[self.first, column]
            row = self.several.get(path)
            is_known = row is not None and code not in row.hidden
            other = ("", path) if is_known else fixed[self.place, path]
            if n and one != other:
                yield Edge(one, other, n, (column, path), code)


class Openings:
    """The verdicts on the selections of one wave, each worked out once."""

    def __init__(
        self, shape: Shape, thresholds: Thresholds, read: Read, measure: Measure
    ) -> None:
        self.shape = shape
        self.thresholds = thresholds
        self._read = read
        self._measure = measure
        self._cells: dict[tuple[str, ...], Mapping[Paths, int]] = {}
        self._rows: dict[tuple[tuple[str, ...], Paths], Row | None] = {}
        self._indices: dict[Any, Mapping[Paths, list[tuple[Paths, int]]]] = {}
        self._blocks: dict[tuple[tuple[str, ...], Paths], dict[Paths, Row]] = {}

    # -- verdicts ---------------------------------------------------------------

    def verdict(self, place: Place) -> Verdict:
        """What must stay closed of a selection."""
        axes = tuple(sorted(axis for axis, path in place.items() if path))
        if len(axes) > MOST_AXES:
            return Verdict(frozenset(self.shape.codes))
        row = self._row(axes, tuple(place[axis] for axis in axes))
        if row is None:
            return Verdict(frozenset())
        return Verdict(frozenset(row.closed), frozenset(row.told))

    def _row(self, axes: tuple[str, ...], paths: Paths) -> Row | None:
        """The row of a selection; None where it has no responses."""
        key = axes, paths
        if key in self._rows:
            return self._rows[key]
        if () in paths:
            kept = [(a, path) for a, path in zip(axes, paths, strict=True) if path]
            row = self._row(tuple(a for a, _ in kept), tuple(p for _, p in kept))
        else:
            row = self._block(axes, tuple(path[:-1] for path in paths)).get(paths)
        self._rows[key] = row
        return row

    def _block(self, axes: tuple[str, ...], parents: Paths) -> dict[Paths, Row]:
        key = axes, parents
        if key not in self._blocks:
            self._blocks[key] = self._settled(axes, parents)
        return self._blocks[key]

    def _settled(self, axes: tuple[str, ...], parents: Paths) -> dict[Paths, Row]:
        """All selections right below some places, one on each axis, decided together.

        Every selection that is a sum of them along one axis was decided before.
        """
        rows = {
            paths: self._measure(total)
            for paths, total in self._totals(axes, parents).items()
        }
        if not axes:
            for row in rows.values():
                (row.known,) = self._settle([row], None)
            return rows
        lines = [self._lines(axes, rows, place) for place in range(len(axes))]
        for above, members in (one for line in lines for one in line):
            for row in members:
                row.closed |= above.closed
        families: dict[Any, dict[Paths, set[str]]] = {}
        before = -1, -1
        while (now := _count(rows)) != before:
            before = now
            told = [
                self._settle_line(rows, line, families, at)
                for at, line in enumerate(lines)
            ]
            for pair in combinations(range(len(axes)), 2):
                self._across(axes, rows, pair, families)
            for place in range(len(axes)):
                self._ahead(axes, rows, place)
        for paths, row in rows.items():
            row.told = set.intersection(*(one[paths] for one in told))
        return rows

    def _settle_line(
        self,
        rows: Mapping[Paths, Row],
        line: Sequence[tuple[Row, list[Row]]],
        families: dict[Any, dict[Paths, set[str]]],
        at: int,
    ) -> dict[Paths, set[str]]:
        """Settle the rows along one axis; what may be told of each in two groups."""
        _learn(rows, families, at)
        found = {}
        for above, members in line:
            for row, known in zip(members, self._settle(members, above), strict=True):
                found[id(row)] = known
        families[at] = {paths: found[id(row)] for paths, row in rows.items()}
        _learn(rows, families, None)
        return {paths: set(row.told) for paths, row in rows.items()}

    def _lines(
        self, axes: tuple[str, ...], rows: Mapping[Paths, Row], place: int
    ) -> list[tuple[Row, list[Row]]]:
        """The rows that add up along one axis, and what they add up to."""
        found: dict[Paths, list[Row]] = defaultdict(list)
        for paths, row in rows.items():
            up = _up(paths, place)
            found[up].append(row)
        lines = []
        for up, members in found.items():
            above = self._row(axes, up)
            if above is not None:
                lines.append((above, members))
        return lines

    def _settle(self, rows: Sequence[Row], above: Row | None) -> list[set[str]]:
        if above is not None and len(rows) == 1:
            # Nothing but the whole by another name.
            rows[0].closed |= above.closed
            rows[0].told = set(above.told)
            return [above.known | (rows[0].closed - above.closed)]
        table = Table(
            shape=self.shape,
            rows=rows,
            above=None if above is None else above.hidden,
            told=() if above is None else above.told,
            hide_below=self.thresholds.hide_below,
            index_from=self.thresholds.index_from,
        )
        table.settle()
        return table.follows()

    def _across(
        self,
        axes: tuple[str, ...],
        rows: Mapping[Paths, Row],
        pair: tuple[int, int],
        families: dict[Any, dict[Paths, set[str]]],
    ) -> None:
        """Look at two axes crossed, of every code, with the sums over either."""
        _learn(rows, families, pair)
        known: dict[Paths, set[str]] = {paths: set() for paths in rows}
        slices: dict[Paths, list[tuple[Paths, Row]]] = defaultdict(list)
        for paths, row in rows.items():
            rest = tuple(path for place, path in enumerate(paths) if place not in pair)
            slices[rest].append((paths, row))
        for several in slices.values():
            for code in self.shape.codes:
                if any(code in row.closed for _, row in several):
                    for edge in self._close_across(axes, several, pair, code):
                        known[edge.row].add(code)
        families[pair] = known
        _learn(rows, families, None)

    def _close_across(
        self,
        axes: tuple[str, ...],
        several: Sequence[tuple[Paths, Row]],
        pair: tuple[int, int],
        code: str,
    ) -> list[Edge]:
        """Close a code everywhere if little of it follows; what follows of it then."""
        edges = self._edges(axes, several, pair, code)
        if light_cut(edges, self.thresholds.index_from):
            for _, row in several:
                if row.sizes[code]:
                    row.close(self.shape, code)
            edges = self._edges(axes, several, pair, code)
        return bridges(edges)

    def _edges(
        self,
        axes: tuple[str, ...],
        several: Sequence[tuple[Paths, Row]],
        pair: tuple[int, int],
        code: str,
    ) -> list[Edge]:
        ends: dict[tuple[int, Path], Hashable] = {}
        edges = []
        for paths, row in several:
            n = row.sizes[code]
            if not n or code not in row.hidden:
                continue
            for place, away in (pair, pair[::-1]):
                if (place, paths[place]) not in ends:
                    end = self._end(axes, _up(paths, away), place, code)
                    ends[place, paths[place]] = end
            one, other = (ends[place, paths[place]] for place in pair)
            if one != other:
                edges.append(Edge(one, other, n, paths, code))
        return edges

    def _end(
        self, axes: tuple[str, ...], paths: Paths, place: int, code: str
    ) -> Hashable:
        """What is known of a sum along one axis: itself, or that of all that are hidden
        beside it, or nothing."""
        while not self._is_open(axes, paths, code):
            if not paths[place]:
                return GROUND
            paths = _up(paths, place)
        return place, paths[place]

    def _is_open(self, axes: tuple[str, ...], paths: Paths, code: str) -> bool:
        row = self._row(axes, paths)
        return row is not None and code not in row.hidden

    def _ahead(
        self, axes: tuple[str, ...], rows: Mapping[Paths, Row], place: int
    ) -> None:
        """Look at what lies below these rows on an axis that comes first, before any of
        it is shown: few may follow from sums over either axis alone.

        That is so where nearly all of a row belongs to one place of the other axis.
        """
        first = ORDER.index(axes[place]) if axes[place] in ORDER else 0
        for axis in ORDER[:first]:
            if axis in axes:
                self._ahead_within(axes, rows, place, axes.index(axis))
            elif len(axes) < LOOK_AHEAD:
                wider = tuple(sorted((*axes, axis)))
                at = wider.index(axis)
                self._ahead_within(
                    wider,
                    {(*p[:at], (), *p[at:]): row for p, row in rows.items()},
                    wider.index(axes[place]),
                    at,
                )

    def _ahead_within(
        self, axes: tuple[str, ...], rows: Mapping[Paths, Row], place: int, first: int
    ) -> None:
        slices: dict[Paths, dict[Path, Row]] = defaultdict(dict)
        for paths, row in rows.items():
            slices[_up(paths, place)][paths[place]] = row
        for up, several in slices.items():
            if all(row.hidden.issuperset(self.shape.codes) for row in several.values()):
                continue
            for depth in range(len(up[place]), -1, -1):
                wider = (*up[:place], up[place][:depth], *up[place + 1 :])
                table = _Crossed(
                    axes=axes,
                    place=place,
                    first=first,
                    up=wider,
                    inside=up[place],
                    several=several,
                    cells=self._crossed(axes, place, first, wider, len(up[place]) + 1),
                )
                if len({one for one, _ in table.cells}) > 1:
                    self._close_ahead(table)

    def _crossed(
        self, axes: tuple[str, ...], place: int, first: int, up: Paths, depth: int
    ) -> dict[tuple[Path, Path], Row]:
        """What lies in a selection, by the ends of one axis and so deep on another."""
        index = self._index(axes, tuple(len(path) for path in up))
        cells: dict[tuple[Path, Path], int] = defaultdict(int)
        for paths, total in index.get(up, ()):
            cells[paths[first], _cut(paths[place], depth)] += total
        return {key: self._measure(total) for key, total in cells.items()}

    def _index(
        self, axes: tuple[str, ...], depths: tuple[int, ...]
    ) -> Mapping[Paths, list[tuple[Paths, int]]]:
        """All cells by the places so deep in which they lie."""
        key = axes, depths
        if key not in self._indices:
            found: dict[Paths, list[tuple[Paths, int]]] = defaultdict(list)
            for paths, total in self._all(axes).items():
                found[tuple(map(_cut, paths, depths))].append((paths, total))
            self._indices[key] = found
        return self._indices[key]

    def _close_ahead(self, table: _Crossed) -> None:
        """Close the smallest of several rows while few follow from them and the heads
        of the columns in which they are crossed."""
        for code in self.shape.codes:
            if all(code in row.hidden for row in table.several.values()):
                continue
            fixed = self._ends_of(table, code)
            while cut := light_cut(
                list(table.edges(code, fixed)), self.thresholds.index_from
            ):
                # Those on the side cut off first, then all others.
                ordered = sorted(
                    (
                        (("", path) not in cut.inside, row.sizes[code], repr(path), row)
                        for path, row in table.several.items()
                        if row.sizes[code] and code not in row.hidden
                    ),
                    key=lambda one: one[:3],
                )
                if not any(row.hush(self.shape, code) for *_, row in ordered):
                    break

    def _ends_of(self, table: _Crossed, code: str) -> dict[tuple[int, Path], Hashable]:
        """What is known of the sums of a crossed table, but for its own rows: of these
        what they are a part of."""
        axes, up, place, first = table.axes, table.up, table.place, table.first
        found: dict[tuple[int, Path], Hashable] = {}
        for column, path in table.cells:
            if (first, column) not in found:
                head = (*up[:first], column, *up[first + 1 :])
                found[first, column] = self._end(axes, head, first, code)
            if (place, path) not in found:
                # Tables beside this one are decided in their order.
                is_before = repr(path[:-1]) < repr(table.inside)
                known = path if is_before else path[: len(table.inside)]
                row = (*up[:place], known, *up[place + 1 :])
                found[place, path] = self._end(axes, row, place, code)
        return found

    # -- numbers ----------------------------------------------------------------

    def _totals(self, axes: tuple[str, ...], parents: Paths) -> dict[Paths, int]:
        """The counters of every selection right below these places, in fixed order."""
        found: dict[Paths, int] = defaultdict(int)
        for paths, total in self._all(axes).items():
            below = [
                _step(path, parent) for path, parent in zip(paths, parents, strict=True)
            ]
            if None not in below:
                found[tuple(one or () for one in below)] += total
        return dict(sorted(found.items(), key=lambda one: repr(one[0])))

    def _all(self, axes: tuple[str, ...]) -> Mapping[Paths, int]:
        if axes not in self._cells:
            self._cells[axes] = self._read(axes)
        return self._cells[axes]


def _step(path: Path, parent: Path) -> Path | None:
    """The place right below another in which a third one lies."""
    if path[: len(parent)] != parent:
        return None
    return path[: len(parent) + 1] if len(path) > len(parent) else (*path, ITSELF)


def _learn(
    rows: Mapping[Paths, Row],
    families: Mapping[Any, Mapping[Paths, set[str]]],
    but: Any,
) -> None:
    """Let every row know what follows of it by all families of sums but one."""
    for paths, row in rows.items():
        row.known = set().union(
            *(known[paths] for family, known in families.items() if family != but)
        )


def _count(rows: Mapping[Paths, Row]) -> tuple[int, int]:
    return (
        sum(len(row.closed) for row in rows.values()),
        sum(len(row.known) for row in rows.values()),
    )


def _up(paths: Paths, place: int) -> Paths:
    """The selection of which another is a part along one axis."""
    return (*paths[:place], paths[place][:-1], *paths[place + 1 :])


def _cut(path: Path, depth: int) -> Path:
    """The place so deep in which another lies, or what is its own there."""
    return path[:depth] if len(path) >= depth else (*path, ITSELF)
