"""How a tally cell keeps all its counters in one integer, so that adding a response
is one addition and adding cells is one SUM in the database."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from .choices import G1, Choices
from .entries import (
    FIELD_BITS,
    FIELD_BYTES,
    check_counts,
    joined,
    level_before,
    shift_counts,
    time_counts,
)
from .tally import (
    CHECKS,
    CORE,
    FULL,
    SHIFT,
    STATUSES,
    SUMS,
    TIMES,
    TOGETHER,
    WITHOUT_LEVEL,
    Checks,
    Shift,
    Tally,
    Times,
    Together,
)
from .terms import IndicesError, Sums

# The top bit of every field stays free. No count comes near 2³⁹, so a set bit is
# either a field about to run over into its neighbour, or one that went below zero
# and borrowed from it: both are refused instead of being read as counts.
FIELD_LIMIT: Final = 1 << (FIELD_BITS - 1)
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})

Blob: TypeAlias = bytes


class Layout:
    """Where each counter of one questionnaire stands inside the integer.

    Field i holds the bits 40·i … 40·i+39: first the statuses, then for every
    criterion its levels and the four values without a level, then the six sums of
    every element, of the full set and of the core set. Then, where there are such,
    the three of every timed page, the six of every prompt, those of `Shift`, which a
    questionnaire without prompts has not, and one of every careless rule. Last come
    those of `Choices`; what is new is put at the end, where it moves nothing. The order
    is that of the questionnaire, which never changes once it is published.
    """

    __slots__ = (
        "_cells",
        "_choices",
        "_choices_at",
        "_flags",
        "_guards",
        "_lowest",
        "_pages",
        "_parts",
        "_prompts",
        "_rows",
        "_shift",
        "_shifts",
        "_statuses",
        "_tail",
        "_units",
        "_values",
        "criteria",
        "elements",
        "flags",
        "levels",
        "pages",
        "prompts",
        "width",
    )

    def __init__(
        self,
        *,
        elements: Mapping[str, Sequence[str]],
        core: Collection[str],
        levels: Sequence[int],
        pages: Sequence[str] = (),
        prompts: Mapping[str, str] = _NOTHING,
        flags: Sequence[str] = (),
        choices: Mapping[str, Sequence[str]] = _NOTHING,
    ) -> None:
        """Lay out the counters of a questionnaire.

        Args:
            elements: criteria codes of every element, in the questionnaire's order.
            core: codes of the criteria in the core set; may be empty.
            levels: the level codes of the scale, for example 1 to 5, or 0 to 10.
            pages: the timed pages, in order.
            prompts: of every prompt, in order, its criterion, or "G1".
            flags: names of the careless rules, in order.
            choices: of every question besides the ratings, in order, the choices that
                are counted.
        Raises:
            IndicesError: nothing to count, a code stands twice or names a set, or
                the core set or a prompt has a criterion that no element has.
        """
        self.elements = tuple(elements)
        self.criteria = tuple(code for codes in elements.values() for code in codes)
        self.levels = tuple(levels)
        self.pages = tuple(pages)
        self.prompts = dict(prompts)
        self.flags = tuple(flags)
        self._choices = Choices(choices, self.criteria)
        self._refuse_codes(core)

        self._parts = (*self.elements, FULL, CORE)
        values = (*(str(level) for level in self.levels), *WITHOUT_LEVEL)
        names = [
            *(("status", status) for status in STATUSES),
            *((code, value) for code in self.criteria for value in values),
            *((part, name) for part in self._parts for name in SUMS),
        ]
        units = {name: 1 << (FIELD_BITS * i) for i, name in enumerate(names)}
        self._tail = FIELD_BITS * len(names)
        fields = len(names) + self._lay_tail()
        self.width = FIELD_BYTES * fields
        self._guards = joined([FIELD_LIMIT] * fields)

        self._lowest = min(self.levels)
        self._values = {str(level): level for level in self.levels}
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
                {v: (units[code, v], self._values.get(v)) for v in values},
            )
            for code in self.criteria
        )
        self._units = tuple(tuple(units[p, name] for name in SUMS) for p in self._parts)
        # The sums that one response with (m, x) adds to a set, kept once made: a
        # set of k criteria has only (k+1)(k+2)/2 of them. `_shifts` the same of m
        # and v, which a set of k criteria on five levels has 2·k·(k+1) of.
        self._cells: tuple[dict[tuple[int, int], int], ...] = tuple(
            {} for _ in self._parts
        )
        self._shifts: dict[tuple[int, int], int] = {}

    def pack(
        self,
        status: str,
        values: Mapping[str, str],
        satisfied_from: int,
        *,
        seconds: Mapping[str, int] = _NOTHING,
        prompts: Mapping[str, Mapping[str, Any]] = _NOTHING,
        flags: Collection[str] = (),
        chosen: Mapping[str, Any] = _NOTHING,
    ) -> int:
        """What one response adds to its cell.

        Args:
            status: "complete", "partial" or "break_off"; a break-off is counted as
                such, and nothing else of it is counted anywhere.
            values: for every criterion of the questionnaire and no other a level
                ("1"…"5"), "not_applicable", "cannot_judge", "blank" or "not_asked".
            satisfied_from: the lowest level that counts as satisfied.
            seconds: whole seconds by page; a page without a time is absent.
            prompts: of every prompt that could be compared what became of it:
                `outcome`, and unless that is "agrees" `from`, `to` and `still`.
            flags: names of the careless rules that the response breaks.
            chosen: what was chosen besides the ratings, as `Choices.pack` takes it.
        Returns:
            A total whose counters are this one response's.
        Raises:
            IndicesError: unknown status, value, page, prompt, outcome or flag, a
                criterion missing or unknown, or a time that is no time.
        Source: domain.md section 3 rules 2, 6 and 7, M6; questionnaire.md 6.5.
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
        valid, satisfied, levels = [0] * parts, [0] * parts, 0
        for code, element, is_core, marks in self._rows:
            try:
                unit, level = marks[values[code]]
            except KeyError:
                raise IndicesError(
                    f"{code}: no such value as {values.get(code)!r}"
                ) from None
            total += unit
            if level is None:
                continue
            levels += level
            is_satisfied = level >= satisfied_from
            for part in (element, -2, -1) if is_core else (element, -2):
                valid[part] += 1
                satisfied[part] += is_satisfied

        total += self._sums(valid, satisfied)
        m, x = valid[-2], satisfied[-2]
        after = m, x, levels - m * self._lowest
        tail = self._times(seconds)
        tail += self._checks(prompts, values, after, satisfied_from)
        tail += self._flagged(flags)
        ones = self._choices.pack(chosen, values, self._values, satisfied_from)
        tail += ones << self._choices_at
        return total + (tail << self._tail)

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
            statuses=_named(STATUSES, fields),
            counts={code: _named(marks, fields) for code, _, _, marks in self._rows},
            sums={part: Sums(**_named(SUMS, fields)) for part in self._parts},
            times={page: Times(**_named(TIMES, fields)) for page in self.pages},
            checks={code: Checks(**_named(CHECKS, fields)) for code in self.prompts},
            shift=Shift(**_named(SHIFT, fields)) if self.prompts else Shift(),
            flagged=_named(self.flags, fields),
            chosen=self._choices.named(fields),
            together={
                code: Together(**_named(TOGETHER, fields))
                for code in self._choices.compared
            },
        )

    def sizes(
        self, total: int, satisfied_from: int
    ) -> tuple[dict[str, int], dict[str, int]]:
        """How many answers a total holds, without reading everything else of it.

        Args:
            total: as `unpack` takes it; it is not looked at for faults.
            satisfied_from: the lowest level that counts as satisfied.
        Returns:
            By code the valid answers of every criterion, and the responses behind
            every element and set; and of every criterion the satisfied answers.
        """
        wide = FIELD_BITS * (len(self.levels) + len(WITHOUT_LEVEL))
        left = total >> (FIELD_BITS * len(STATUSES))
        # A number modulo 2⁴⁰ - 1 is the sum of its fields of 40 bits, while that is
        # smaller: no count comes near.
        every = (1 << FIELD_BITS) - 1
        with_level = (1 << (FIELD_BITS * len(self.levels))) - 1
        others = FIELD_BITS * sum(level < satisfied_from for level in self.levels)
        valid: dict[str, int] = {}
        satisfied: dict[str, int] = {}
        for place, code in enumerate(self.criteria):
            levels = left >> (wide * place) & with_level
            valid[code] = levels % every
            satisfied[code] = (levels >> others) % every
        left >>= wide * len(self.criteria)
        step = FIELD_BITS * len(SUMS)
        for place, part in enumerate(self._parts):
            valid[part] = left >> (step * place) & every
        return valid, satisfied

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

    def _sums(self, valid: Sequence[int], satisfied: Sequence[int]) -> int:
        total = 0
        for part, cells in enumerate(self._cells):
            m_x = valid[part], satisfied[part]
            cell = cells.get(m_x)
            if cell is None:
                cell = cells[m_x] = self._cell(part, *m_x)
            total += cell
        return total

    def _cell(self, part: int, m: int, x: int) -> int:
        sums = (int(m > 0), m, x, m * m, m * x, x * x)
        return sum(n * unit for n, unit in zip(sums, self._units[part], strict=True))

    def _lay_tail(self) -> int:
        """Say where in the tail each part of it begins; how many fields it has."""
        width = len(TIMES) * len(self.pages)
        self._pages = {
            page: FIELD_BITS * len(TIMES) * i for i, page in enumerate(self.pages)
        }
        self._prompts = {
            code: FIELD_BITS * (width + len(CHECKS) * i)
            for i, code in enumerate(self.prompts)
        }
        width += len(CHECKS) * len(self.prompts)
        self._shift = FIELD_BITS * width
        width += len(SHIFT) if self.prompts else 0
        self._flags = {
            flag: 1 << (FIELD_BITS * (width + i)) for i, flag in enumerate(self.flags)
        }
        width += len(self.flags)
        self._choices_at = FIELD_BITS * width
        return width + self._choices.fields

    def _times(self, seconds: Mapping[str, int]) -> int:
        tail = 0
        for page, taken in seconds.items():
            if page not in self._pages:
                raise IndicesError(f"{page!r} is no timed page")
            tail += time_counts(page, taken) << self._pages[page]
        return tail

    def _flagged(self, flags: Collection[str]) -> int:
        if unknown := set(flags).difference(self.flags):
            raise IndicesError(f"{sorted(unknown)}: no such rules")
        return sum(self._flags[flag] for flag in set(flags))

    def _checks(
        self,
        prompts: Mapping[str, Mapping[str, Any]],
        values: Mapping[str, str],
        after: tuple[int, int, int],
        satisfied_from: int,
    ) -> int:
        """The counters of the prompts and of the shift.

        Args:
            after: m, x and v of the full set.
        """
        if not prompts.keys() <= self._prompts.keys():
            raise IndicesError(f"no such prompts among {sorted(prompts)}")
        tail = 0
        given_up: dict[str, int] = {}
        for code, shift in self._prompts.items() if prompts else ():
            entry = prompts.get(code)
            if entry is None:
                continue
            tail += check_counts(code, entry) << shift
            criterion = self.prompts[code]
            was = level_before(code, entry, self._values, values.get(criterion))
            if was is not None and criterion in values:
                given_up.setdefault(criterion, was)
        before = self._before(given_up, values, after, satisfied_from)
        return tail + (self._shift_of(after, before) << self._shift)

    def _before(
        self,
        given_up: Mapping[str, int],
        values: Mapping[str, str],
        after: tuple[int, int, int],
        satisfied_from: int,
    ) -> tuple[int, int, int] | None:
        """m, x and v before the prompts; None where they changed nothing."""
        if not given_up:
            return None
        m, x, v = after
        for code, was in given_up.items():
            now = self._values.get(values[code])
            if now is not None:
                m, x, v = m - 1, x - (now >= satisfied_from), v - now + self._lowest
            m, x, v = m + 1, x + (was >= satisfied_from), v + was - self._lowest
        return m, x, v

    def _shift_of(
        self, after: tuple[int, int, int], before: tuple[int, int, int] | None
    ) -> int:
        if before is not None:
            return shift_counts(after, before)
        if not self.prompts:
            return 0
        key = after[0], after[2]
        kept = self._shifts.get(key)
        if kept is None:
            kept = self._shifts[key] = shift_counts(after, None)
        return kept

    def _refuse_codes(self, core: Collection[str]) -> None:
        if not self.criteria or not self.levels:
            raise IndicesError("a layout needs criteria and levels")
        compared = [code for code in self.prompts.values() if code != G1]
        for kind, codes in (
            ("criterion", self.criteria),
            ("element or set", (*self.elements, FULL, CORE)),
            ("level", self.levels),
            ("page", self.pages),
            ("flag", self.flags),
        ):
            if len(set(codes)) != len(codes):
                raise IndicesError(f"a {kind} code stands twice in {codes}")
        for kind, asked in (("the core set", core), ("the prompts", compared)):
            if unknown := set(asked).difference(self.criteria):
                raise IndicesError(f"{sorted(unknown)} of {kind}: no such criteria")


def statuses_in(total: int) -> tuple[int, ...]:
    """How many responses of each of STATUSES a total holds, whatever its layout.

    They stand first in every layout: so they can be had without its questionnaire.
    """
    lowest = (1 << FIELD_BITS) - 1
    return tuple(total >> (FIELD_BITS * i) & lowest for i in range(len(STATUSES)))


def _named(names: Collection[str], fields: Iterator[int]) -> dict[str, int]:
    return dict(zip(names, islice(fields, len(names)), strict=True))
