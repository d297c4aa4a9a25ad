"""Which figures of a table must stay closed, so that no small group follows from those
that are shown, from their sums, or from any combination of them.

A table has parts of one selection as its rows (its divisions, say) and criteria as its
columns. Known are the cells that are open, and sums: of a row over the criteria of an
element, over all, over the core set; and of a column over all rows, which is the figure
of the selection itself.

Take the closed cells as the edges of a graph: a cell joins the sum known of its row to
the sum known of its column. Whatever follows from sums over closed cells is a weighing
of them by the difference of two potentials, so the cells it is about are the edges cut
between some points of the graph and the others. So nothing follows about few exactly
when no cut is made of few answers only. That is what is looked for here, and more is
closed until it is so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, NamedTuple

from survey.indices import CORE, FULL

Sizes = Mapping[str, int]
"""By code: answers of a criterion, responses behind an element or set."""

GROUND: Final = ("", -1)
"""Where nothing is known of a sum."""


class Edge(NamedTuple):
    """A closed cell."""

    one: Hashable
    other: Hashable
    n: int
    row: Any
    """Cells of one row are answers of the same people: of these the most count."""
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The criteria of a questionnaire by element, and its core set."""

    elements: Mapping[str, tuple[str, ...]]
    core: frozenset[str]

    @property
    def codes(self) -> tuple[str, ...]:
        """Everything that has a figure, sums first."""
        return (FULL, CORE, *self.elements, *self.criteria)

    @property
    def criteria(self) -> tuple[str, ...]:
        """All criteria."""
        return tuple(code for codes in self.elements.values() for code in codes)

    def below(self, code: str) -> tuple[str, ...]:
        """What says less once this is closed: the code and all it is a sum of."""
        if code == FULL:
            return self.codes
        return (code, *self.elements.get(code, ()))

    def element_of(self, criterion: str) -> str:
        """The element of a criterion."""
        return next(
            code for code, criteria in self.elements.items() if criterion in criteria
        )


@dataclass(slots=True, kw_only=True)
class Row:
    """One part of a selection."""

    sizes: Sizes
    paired: frozenset[str] = frozenset()
    """Small criteria whose answers may be shown in two groups."""
    closed: set[str] = field(default_factory=set)
    """Codes without any figure, but for the two groups of `told`."""
    told: set[str] = field(default_factory=set)
    """Closed criteria shown in two groups."""
    known: set[str] = field(default_factory=set)
    """Closed figures, of many, that follow from others nevertheless: they protect
    nothing."""

    @property
    def hidden(self) -> set[str]:
        """What an attacker cannot work out either."""
        return self.closed - self.known

    def close(self, shape: Shape, code: str) -> None:
        """Close a figure and all that lie within it."""
        self.closed.update(shape.below(code))
        if code in (FULL, *shape.elements):
            self.closed.add(code)

    def hush(self, shape: Shape, code: str) -> bool:
        """Close a figure, or, where it is closed but known, the next sum by which it
        can be known; whether there was anything left to close."""
        element = code if code in shape.elements else None
        if code in shape.criteria:
            element = shape.element_of(code)
        for more in (code, CORE, element, FULL):
            if more is not None and not self.closed.issuperset(shape.below(more)):
                self.close(shape, more)
                self.known.clear()  # to be worked out anew
                return True
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows whose sum is the selection that they are parts of.

    `above`: the codes hidden in that selection, `told` those of them shown in two
    groups; None where nothing of it is known.
    """

    shape: Shape
    rows: Sequence[Row]
    above: Collection[str] | None
    told: Collection[str] = ()
    hide_below: int
    index_from: int

    def settle(self) -> None:
        """Close what must be closed of every row, beginning with what is small.

        What is closed already stays closed. Rows and codes are taken in a fixed order,
        the smallest first, so that the same numbers always close the same figures.
        """
        for row in self.rows:
            self._close_small(row)
        if self.above is not None:
            for code in self.shape.codes:
                self._close_beside(code)
        self._close_within()
        self._close_until_safe()
        self._tell()

    # -- first choices, mostly enough -----------------------------------------------

    def _close_small(self, row: Row) -> None:
        shape, sizes = self.shape, row.sizes
        for code in self.above or ():
            row.closed.add(code)
        for code in shape.codes:
            if 0 < sizes[code] < self.index_from:
                row.close(shape, code)
        for element, criteria in shape.elements.items():
            if all(sizes[code] < self.index_from for code in criteria):
                row.closed.add(element)
        if any(
            0 < max(sizes[code] for code in criteria) < self.index_from
            for criteria in shape.elements.values()
        ):
            self._close_for_element(row)

    def _close_for_element(self, row: Row) -> None:
        """Close more of a row with an element that few answered, which would follow
        from the sum over all: another element with one of its criteria, or, where
        other rows would give these away, the row."""
        if self.above is not None:
            row.close(self.shape, FULL)
            return
        row.closed.add(CORE)
        shown = [code for code in self.shape.elements if code not in row.closed]
        if FULL in row.closed or not shown:
            row.closed.add(FULL)
            return
        element = min(shown, key=lambda code: (row.sizes[code], code))
        large = [
            code
            for code in self.shape.elements[element]
            if row.sizes[code] >= self.index_from
        ]
        row.closed |= {element, min(large, key=lambda code: (row.sizes[code], code))}

    def _close_beside(self, code: str) -> None:
        """Close rows beside closed ones, until few do not follow from all together."""
        if code in (self.above or ()):
            return
        sized = [row for row in self.rows if row.sizes[code]]
        shut = [row for row in sized if code in row.closed]
        others = sorted(
            (row for row in sized if code not in row.closed),
            key=lambda row: row.sizes[code],
        )
        while shut and others:
            total = sum(row.sizes[code] for row in shut)
            if len(shut) > 1 and total >= self.index_from:
                break
            row = others.pop(0)
            row.close(self.shape, code)
            shut.append(row)

    def _close_within(self) -> None:
        """Close a criterion beside small ones of an element whose sum is known; in all
        rows the same, or it would follow from the others."""
        while (code := self._beside_small()) is not None:
            for row in self.rows:
                if row.sizes[code]:
                    row.closed.add(code)

    def _beside_small(self) -> str | None:
        """The smallest criterion to be closed because of small ones in some row; where
        there is none of its kind, the core set, which tells the kinds apart."""
        for row in self.rows:
            for element, criteria in self.shape.elements.items():
                if element in row.closed and FULL in row.closed:
                    continue
                for kind in self._kinds(row, criteria):
                    shut = [row.sizes[code] for code in kind if code in row.closed]
                    if not 0 < max(shut, default=0) < self.index_from:
                        continue
                    left = [
                        code
                        for code in kind
                        if row.sizes[code] and code not in row.closed
                    ]
                    if left:
                        return min(left, key=lambda code: (self._total(code), code))
                    if CORE not in row.closed:
                        return CORE
        return None

    def _kinds(self, row: Row, criteria: Sequence[str]) -> list[list[str]]:
        """Criteria by whether they are of the core set, if that can be known."""
        if CORE in row.closed:
            return [list(criteria)]
        core = self.shape.core
        return [
            [code for code in criteria if code in core],
            [code for code in criteria if code not in core],
        ]

    def _total(self, code: str) -> int:
        return sum(row.sizes[code] for row in self.rows)

    # -- the rule itself ------------------------------------------------------------

    def _close_until_safe(self) -> None:
        """Close more until no cut is made of few answers: first the criteria of the
        element that it is about, then that element, then everything."""
        while code := self.leak(self.index_from):
            element = self.shape.element_of(code)
            steps: tuple[Iterable[str], ...] = (
                (CORE,),
                self.shape.elements[element],
                (element,),
                self.shape.codes,
            )
            if not any(self._widen(step) for step in steps):
                return
            self._close_within()

    def _widen(self, codes: Iterable[str]) -> bool:
        """Close these codes in all rows; whether any was open."""
        codes = set(codes)
        was_open = False
        for row in self.rows:
            more = {code for code in codes if row.sizes[code]} - row.closed
            was_open = was_open or bool(more)
            row.closed |= more
        return was_open

    def _tell(self) -> None:
        """Show small criteria in two groups where these tell of no fewer."""
        for row in self.rows:
            row.told = row.closed & row.paired
            if self.above is not None:
                # Nothing of a part is told that is not told of the whole.
                row.told -= set(self.above).difference(self.told)
            if FULL in row.closed and row.sizes[FULL] < self.hide_below:
                row.told = set()
        while code := self.leak(self.hide_below, tells=True):
            element = self.shape.element_of(code)
            criteria = set(self.shape.elements[element])
            if not any(row.told & criteria for row in self.rows):
                criteria = set(self.shape.codes)
            if not any(row.told & criteria for row in self.rows):
                return
            for row in self.rows:
                row.told -= criteria

    def follows(self) -> list[set[str]]:
        """Of every row what follows although it is closed: what is an edge by itself
        between two parts of the graph, and sums of which every part is known."""
        found: list[set[str]] = [set() for _ in self.rows]
        for edge in bridges(list(self._edges(tells=False))):
            found[edge.row].add(edge.code)
        for row, known in zip(self.rows, found, strict=True):
            hidden = row.hidden - known
            for code, criteria in (
                *self.shape.elements.items(),
                (FULL, self.shape.criteria),
                (CORE, self.shape.core),
            ):
                if code in hidden and not hidden & {
                    one for one in criteria if row.sizes[one]
                }:
                    known.add(code)
        return found

    def leak(self, least: int, *, tells: bool = False) -> str | None:
        """A criterion of which fewer answers than `least` follow; None if none does.

        Args:
            tells: whether what is told in two groups is taken as known.
        """
        cut = light_cut(list(self._edges(tells)), least)
        return cut.edges[0].code if cut else None

    def _edges(self, tells: bool) -> Iterator[Edge]:
        criteria = self.shape.criteria
        element = {
            code: name for name, codes in self.shape.elements.items() for code in codes
        }
        everything = frozenset(self.shape.codes)
        above = everything if self.above is None else self.above
        columns = {
            code: ("", code)
            if code not in above or (tells and code in self.told)
            else self._known("", above, element, code)
            for code in criteria
        }
        for place, row in enumerate(self.rows):
            hidden = row.hidden
            for code in criteria:
                n = row.sizes[code]
                if n and code in hidden and not (tells and code in row.told):
                    one = self._known(place, hidden, element, code)
                    other = columns[code]
                    if one != other:
                        yield Edge(one, other, n, place, code)

    def _known(
        self,
        place: Hashable,
        closed: Collection[str],
        element: Mapping[str, str],
        code: str,
    ) -> Hashable:
        """Which known sum a closed criterion is a part of."""
        is_core = code in self.shape.core if CORE not in closed else None
        if element[code] not in closed:
            return (place, element[code], is_core)
        if FULL not in closed or is_core:
            return (place, FULL, is_core)
        return GROUND


class Cut(NamedTuple):
    """Edges between some points of a graph and the others, the smallest first."""

    edges: Sequence[Edge]
    inside: frozenset[Hashable]
    """The points on one side."""


def light_cut(edges: Sequence[Edge], least: int) -> Cut | None:
    """Find a cut of a graph that is made of fewer answers than `least`.

    Returns:
        None where every cut has as many answers or no edge at all.
    """
    points = _Points()
    for edge in edges:
        if edge.n >= least:
            points.join(edge.one, edge.other)
    light = _merged(edges, points)
    side = _around_one(light, least) or _between_several(light, least)
    if not side:
        return None
    ends = {end for edge in edges for end in (edge.one, edge.other)}
    crossing = [edge for edge in light if (edge.one in side) != (edge.other in side)]
    return Cut(
        sorted(crossing, key=lambda edge: edge.n),
        frozenset(end for end in ends if points.of(end) in side),
    )


class _Points:
    """Points of a graph, of which some were joined."""

    def __init__(self) -> None:
        self.parent: dict[Hashable, Hashable] = {}

    def of(self, point: Hashable) -> Hashable:
        """The point that stands for all that were joined with this one."""
        while (above := self.parent.get(point, point)) != point:
            self.parent[point] = self.parent.get(above, above)
            point = above
        return point

    def join(self, one: Hashable, other: Hashable) -> None:
        """Make two points one."""
        self.parent[self.of(one)] = self.of(other)


def _merged(edges: Iterable[Edge], points: _Points) -> list[Edge]:
    """The edges that are left between points; of a row's between the same two one."""
    kept: dict[tuple[Hashable, frozenset[Hashable]], Edge] = {}
    for edge in edges:
        one, other = points.of(edge.one), points.of(edge.other)
        if one == other:
            continue
        key = edge.row, frozenset((one, other))
        before = kept.get(key)
        if before is None or before.n < edge.n:
            kept[key] = edge._replace(one=one, other=other)
    return list(kept.values())


def _around_one(light: Sequence[Edge], least: int) -> set[Hashable]:
    """The one point on one side of a light cut, if there is such."""
    around: dict[Hashable, dict[Hashable, int]] = defaultdict(dict)
    for edge in light:
        for point in (edge.one, edge.other):
            rows = around[point]
            rows[edge.row] = max(rows.get(edge.row, 0), edge.n)
    for point, rows in around.items():
        if sum(rows.values()) < least:
            return {point}
    return set()


def _between_several(light: Sequence[Edge], least: int) -> set[Hashable]:
    """The points on one side of a light cut, by Stoer and Wagner's search.

    The answers of a row are shared out among its edges, so that a cut never seems
    heavier than the people behind it.
    """
    several: dict[Hashable, int] = defaultdict(int)
    for edge in light:
        several[edge.row] += 1
    weights: dict[Hashable, dict[Hashable, Fraction]] = defaultdict(dict)
    for edge in light:
        share = Fraction(edge.n, several[edge.row])
        for one, other in ((edge.one, edge.other), (edge.other, edge.one)):
            weights[one][other] = weights[one].get(other, Fraction(0)) + share
    members = {point: {point} for point in weights}
    while len(weights) > 1:
        start = next(iter(weights))
        order = _reached(weights, start)
        if len(order) == 1:
            # Nothing leads out of it: a part of the graph by itself.
            del weights[start]
            continue
        last = order[-1]
        if sum(weights[last].values()) < least:
            return members[last]
        _unite(weights, members, order[-2], last)
    return set()


def _reached(
    weights: Mapping[Hashable, Mapping[Hashable, Fraction]], start: Hashable
) -> list[Hashable]:
    """The points from the start on, each time the one bound closest to those before."""
    order, bound = [start], dict(weights[start])
    seen = {start}
    while bound:
        point = max(bound, key=lambda one: bound[one])
        del bound[point]
        order.append(point)
        seen.add(point)
        for other, weight in weights[point].items():
            if other not in seen:
                bound[other] = bound.get(other, Fraction(0)) + weight
    return order


def _unite(
    weights: dict[Hashable, dict[Hashable, Fraction]],
    members: dict[Hashable, set[Hashable]],
    kept: Hashable,
    gone: Hashable,
) -> None:
    for other, weight in weights.pop(gone).items():
        del weights[other][gone]
        if other != kept:
            weights[kept][other] = weights[kept].get(other, Fraction(0)) + weight
            weights[other][kept] = weights[kept][other]
    members[kept] |= members.pop(gone)


def bridges(edges: Sequence[Edge]) -> list[Edge]:
    """The edges that are the only way between two parts of a graph."""
    at: dict[Hashable, list[int]] = defaultdict(list)
    for place, edge in enumerate(edges):
        at[edge.one].append(place)
        at[edge.other].append(place)
    seen: dict[Hashable, int] = {}
    found: list[Edge] = []
    for start in at:
        if start in seen:
            continue
        seen[start] = len(seen)
        low = {start: seen[start]}
        way: list[tuple[Hashable, int, Iterator[int]]] = [(start, -1, iter(at[start]))]
        while way:
            point, came, left = way[-1]
            place = next(left, -1)
            if place < 0:
                way.pop()
                if way:
                    before = way[-1][0]
                    low[before] = min(low[before], low[point])
                    if low[point] > seen[before]:
                        found.append(edges[came])
                continue
            if place == came:
                continue
            edge = edges[place]
            other = edge.other if edge.one == point else edge.one
            if other in seen:
                low[point] = min(low[point], seen[other])
            else:
                seen[other] = low[other] = len(seen)
                way.append((other, place, iter(at[other])))
    return found
