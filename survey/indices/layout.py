"""How a tally cell keeps all its counters in one integer, so that adding a response
is one addition and adding cells is one SUM in the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from survey.questionnaire.schema import (
    BLANK,
    CANNOT_JUDGE,
    NOT_APPLICABLE,
    NOT_ASKED,
)

from .terms import Counts, IndicesError, Sums

STATUSES: Final = ("complete", "partial", "break_off")
WITHOUT_LEVEL: Final = (NOT_APPLICABLE, CANNOT_JUDGE, BLANK, NOT_ASKED)
SUMS: Final = ("r", "m", "x", "mm", "mx", "xx")
FULL: Final = "full"
CORE: Final = "core"

FIELD_BYTES: Final = 5  # 40 bits
# The top bit of every field stays free. No count comes near 2³⁹, so a set bit is
# either a field about to run over into its neighbour, or one that went below zero
# and borrowed from it: both are refused instead of being read as counts.
FIELD_LIMIT: Final = 1 << (8 * FIELD_BYTES - 1)

Blob: TypeAlias = bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The counters of one cell, or of any sum of cells, by name."""

    statuses: Mapping[str, int]
    counts: Mapping[str, Mapping[str, int]]
    sums: Mapping[str, Sums]

    @property
    def counted(self) -> int:
        """Responses that enter the indices: complete and partial ones."""
        return self.statuses["complete"] + self.statuses["partial"]

    def levels(self, criterion: str) -> Counts:
        """Answers of one criterion per level code, all without a level under None."""
        counts = self.counts[criterion]
        levels: dict[int | None, int] = {
            int(value): count
            for value, count in counts.items()
            if value not in WITHOUT_LEVEL
        }
        levels[None] = sum(counts[value] for value in WITHOUT_LEVEL)
        return levels

    def faults(self) -> tuple[str, ...]:
        """What cannot be true of counters that were only ever added up.

        Returns:
            One sentence for each fault; nothing when the counters agree.
        """
        found = [
            f"{code}: {sum(counts.values())} answers of {self.counted} responses"
            for code, counts in self.counts.items()
            if sum(counts.values()) != self.counted
        ]
        found += [
            f"{name}: sums {sums} contradict each other"
            for name, sums in self.sums.items()
            if not (sums.x <= sums.m and sums.r <= min(sums.m, self.counted))
            or not (sums.m <= sums.mm and sums.x <= sums.xx <= sums.mx <= sums.mm)
        ]
        return tuple(found)


class Layout:
    """Where each counter of one questionnaire stands inside the integer.

    Field i holds the bits 40·i … 40·i+39: first the statuses, then for every
    criterion its levels and the four values without a level, then the six sums of
    every element, of the full set and of the core set. The order is that of the
    questionnaire, which never changes once it is published.
    """

    __slots__ = (
        "_cells",
        "_guards",
        "_parts",
        "_rows",
        "_statuses",
        "_units",
        "criteria",
        "elements",
        "levels",
        "width",
    )

    def __init__(
        self,
        *,
        elements: Mapping[str, Sequence[str]],
        core: Collection[str],
        levels: Sequence[int],
    ) -> None:
        """Lay out the counters of a questionnaire.

        Args:
            elements: criteria codes of every element, in the questionnaire's order.
            core: codes of the criteria in the core set; may be empty.
            levels: the level codes of the scale, for example 1 to 5, or 0 to 10.
        Raises:
            IndicesError: nothing to count, a code stands twice or names a set, or
                the core set has a criterion that no element has.
        """
        self.elements = tuple(elements)
        self.criteria = tuple(code for codes in elements.values() for code in codes)
        self.levels = tuple(levels)
        self._refuse_codes(core)

        parts = (*self.elements, FULL, CORE)
        values = (*(str(level) for level in self.levels), *WITHOUT_LEVEL)
        names = (
            *(("status", status) for status in STATUSES),
            *((code, value) for code in self.criteria for value in values),
            *((part, name) for part in parts for name in SUMS),
        )
        self.width = FIELD_BYTES * len(names)
        self._guards = sum(FIELD_LIMIT << _shift(i) for i in range(len(names)))
        units = {name: 1 << _shift(i) for i, name in enumerate(names)}

        self._statuses = {status: units["status", status] for status in STATUSES}
        element_of = {
            code: i for i, codes in enumerate(elements.values()) for code in codes
        }
        chosen = frozenset(core)
        self._rows = tuple(
            (
                code,
                element_of[code],
                code in chosen,
                {value: units[code, value] for value in values},
            )
            for code in self.criteria
        )
        self._parts = parts
        self._units = tuple(tuple(units[p, name] for name in SUMS) for p in parts)
        # The sums that one response with (m, x) adds to a set, kept once made: a
        # set of k criteria has only (k+1)(k+2)/2 of them.
        self._cells: tuple[dict[tuple[int, int], int], ...] = tuple({} for _ in parts)

    def pack(self, status: str, values: Mapping[str, str], satisfied_from: int) -> int:
        """What one response adds to its cell.

        Args:
            status: "complete", "partial" or "break_off"; a break-off is counted as
                such and its answers are left out of every index.
            values: for every criterion of the questionnaire and no other a level
                ("1"…"5"), "not_applicable", "cannot_judge", "blank" or "not_asked".
            satisfied_from: the lowest level that counts as satisfied.
        Returns:
            A total whose counters are this one response's.
        Raises:
            IndicesError: unknown status or value, or a criterion missing or unknown.
        Source: domain.md section 3 rules 2, 6 and 7; questionnaire.md 6.5.
        """
        if status not in self._statuses:
            raise IndicesError(f"unknown status {status!r}")
        total = self._statuses[status]
        if status == "break_off":
            return total
        if len(values) != len(self._rows):
            raise IndicesError(
                f"{len(values)} values for {len(self._rows)} criteria: "
                f"{sorted(set(values) ^ set(self.criteria))} differ"
            )

        parts = len(self._parts)
        valid, satisfied = [0] * parts, [0] * parts
        for code, element, is_core, units in self._rows:
            try:
                value = values[code]
                total += units[value]
            except KeyError:
                raise IndicesError(
                    f"{code}: no such value as {values.get(code)!r}"
                ) from None
            if value in WITHOUT_LEVEL:
                continue
            x = int(value) >= satisfied_from
            for part in (element, -2, -1) if is_core else (element, -2):
                valid[part] += 1
                satisfied[part] += x

        for part, cells in enumerate(self._cells):
            m_x = valid[part], satisfied[part]
            cell = cells.get(m_x)
            if cell is None:
                cell = cells[m_x] = self._cell(part, *m_x)
            total += cell
        return total

    def unpack(self, total: int) -> Tally:
        """The counters that a total holds, by name.

        Args:
            total: a sum of what `pack` returned, in this layout; 0 for no response.
        Returns:
            All counters, 0 where nothing was counted.
        Raises:
            IndicesError: the total is negative or wider than the layout, or one of
                its fields ran over or below zero.
        """
        raw = self._checked(total).to_bytes(self.width, "little")
        fields = iter(
            [
                int.from_bytes(raw[i : i + FIELD_BYTES], "little")
                for i in range(0, self.width, FIELD_BYTES)
            ]
        )
        return Tally(
            statuses=dict(zip(STATUSES, fields, strict=False)),
            counts={
                code: dict(zip(units, fields, strict=False))
                for code, _, _, units in self._rows
            },
            sums={
                part: Sums(**dict(zip(SUMS, fields, strict=False)))
                for part in self._parts
            },
        )

    def bytes(self, total: int) -> Blob:
        """A total as a big-endian BLOB of fixed width, for a database without wide
        integers.

        Raises:
            IndicesError: as `unpack`.
        """
        return self._checked(total).to_bytes(self.width, "big")

    def from_bytes(self, blob: Blob) -> int:
        """The total that `bytes` wrote.

        Raises:
            IndicesError: the BLOB has another width, so it is of another
                questionnaire; or as `unpack`.
        """
        if len(blob) != self.width:
            raise IndicesError(f"{len(blob)} bytes, this layout has {self.width}")
        return self._checked(int.from_bytes(blob, "big"))

    def _checked(self, total: int) -> int:
        if total < 0:
            raise IndicesError("a total of counters is never negative")
        if total.bit_length() > 8 * self.width:
            raise IndicesError("the total is wider than this layout")
        if total & self._guards:
            raise IndicesError("a counter ran over its field or below zero")
        return total

    def _cell(self, part: int, m: int, x: int) -> int:
        sums = (int(m > 0), m, x, m * m, m * x, x * x)
        return sum(n * unit for n, unit in zip(sums, self._units[part], strict=True))

    def _refuse_codes(self, core: Collection[str]) -> None:
        if not self.criteria or not self.levels:
            raise IndicesError("a layout needs criteria and levels")
        for kind, codes in (
            ("criterion", self.criteria),
            ("element or set", (*self.elements, FULL, CORE)),
            ("level", self.levels),
        ):
            if len(set(codes)) != len(codes):
                raise IndicesError(f"a {kind} code stands twice in {codes}")
        if unknown := set(core).difference(self.criteria):
            raise IndicesError(f"{sorted(unknown)} of the core set: no such criteria")


def _shift(field: int) -> int:
    return 8 * FIELD_BYTES * field
