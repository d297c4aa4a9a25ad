"""Two selections side by side: both figures, what lies between them, and whether that
is clear although many are compared at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from survey import catalogue, tallies
from survey.exports import Figure, Report
from survey.figures import filters as address
from survey.figures.build import report
from survey.figures.counting import count
from survey.figures.filters import Filters
from survey.indices import CORE, FULL, Difference, Sums
from survey.indices import Tally as Counters
from survey.indices.differences import pooled_difference
from survey.indices.many import Adjusted, holm
from survey.models import Wave
from survey.questionnaire.schema import Questionnaire
from survey.tallies import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two: a wave, and which part of it."""

    wave: Wave
    filters: Filters


class NotComparable(Exception):
    """Two selections between which a difference would say nothing.

    `reason` is "same", "overlap" or "questionnaire".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One figure of both, and their difference, the first minus the second."""

    first: Figure
    second: Figure
    difference: Adjusted
    """Of the satisfied share. Its `alone` is the difference by itself."""
    among: int
    """How many differences it was judged among."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Both reports, and every figure that both have."""

    first: Report
    second: Report
    pairs: tuple[Pair, ...]
    core: Pair | None


_NOTHING: Final = Sums()


def compared(
    session: Session,
    first: Side,
    second: Side,
    *,
    language: str,
    agency: str,
    reach: Collection[int] | None = None,
    late_days: int = 0,
) -> Comparison:
    """Compare two selections of one wave, or of two waves.

    A difference stands on what is shown of both sides: of a hidden figure there is
    none. Criteria are judged together, and so are elements (Holm); the whole and the
    core set are one comparison each.

    Raises:
        NotComparable: they are the same, share responses (then the difference between
            them would be that of the rest, which may be a few), or were asked other
            questions. Of two questionnaires with the same core set that set alone is
            compared.
    """
    _refuse_overlap(session, first, second, reach)
    asked = [_asked(session, side.wave) for side in (first, second)]
    is_same = asked[0].id == asked[1].id
    if not is_same and not _have_same_core(*asked):
        raise NotComparable("questionnaire")

    made, counters = [], []
    for side, questionnaire in zip((first, second), asked, strict=True):
        chosen = address.selection(session, side.filters, reach=reach)
        counted = count(session, side.wave, chosen)
        made.append(
            report(
                session,
                side.wave,
                side.filters,
                language=language,
                agency=agency,
                reach=reach,
                counted=counted,
                late_days=late_days,
            )
        )
        counters.append(tallies.layout_of(questionnaire).unpack(counted.total))
    sides = [_Counted(*one) for one in zip(made, counters, asked, strict=True)]
    pairs = _pairs(sides[0], sides[1]) if is_same else ()
    core = [side.core() for side in sides]
    both = (core[0], core[1]) if core[0] and core[1] else None
    return Comparison(
        first=made[0],
        second=made[1],
        pairs=pairs,
        core=_judged([both], *sides)[0] if both else None,
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """A report with the counters behind it."""

    report: Report
    tally: Counters
    questionnaire: Questionnaire

    def core(self) -> Figure | None:
        """The figure of the core set, which may be all there is."""
        sets = self.questionnaire.sets
        if set(sets[CORE]) == set(sets[FULL]):
            return self.report.overall
        return self.report.core

    def sums(self, figure: Figure) -> Sums:
        """The sums over responses of what is shown; none of what is hidden."""
        if not figure.indices:
            return _NOTHING
        if figure.level != "criterion":
            return self.tally.sums[figure.code]
        scale = self.questionnaire.scale
        levels = {
            level: n
            for level, n in self.tally.levels(figure.code).items()
            if level is not None
        }
        n = sum(levels.values())
        x = sum(one for level, one in levels.items() if level >= scale.satisfied_from)
        # One answer in each response.
        return Sums(r=n, m=n, x=x, mm=n, mx=x, xx=x)


def _pairs(first: _Counted, second: _Counted) -> tuple[Pair, ...]:
    every = [*zip(first.report.rows, second.report.rows, strict=True)]
    found: dict[str, Pair] = {}
    for level in ("criterion", "element", "overall"):
        some = [pair for pair in every if pair[0].level == level]
        for pair in _judged(some, first, second):
            found[pair.first.code] = pair
    return tuple(found[one.code] for one, _ in every)


def _judged(
    pairs: Sequence[tuple[Figure, Figure]], first: _Counted, second: _Counted
) -> list[Pair]:
    differences = holm(
        [partial(pooled_difference, first.sums(a), second.sums(b)) for a, b in pairs]
    )
    among = sum(one.alone.interval is not None for one in differences)
    return [
        Pair(first=a, second=b, difference=_as_shown(one, a, b), among=among)
        for (a, b), one in zip(pairs, differences, strict=True)
    ]


def _as_shown(found: Adjusted, first: Figure, second: Figure) -> Adjusted:
    """Without a difference where one of the two is hidden."""
    if first.indices and second.indices:
        return found
    nothing = Difference(first=None, second=None, first_n=0, second_n=0, interval=None)
    return Adjusted(alone=nothing, among=nothing)


def _asked(session: Session, wave: Wave) -> Questionnaire:
    kept = wave.questionnaire
    return catalogue.questionnaire(session, kept.id, sha256=kept.sha256)


def _have_same_core(first: Questionnaire, second: Questionnaire) -> bool:
    return (
        set(first.sets[CORE]) == set(second.sets[CORE])
        and first.scale.codes == second.scale.codes
        and first.scale.satisfied_from == second.scale.satisfied_from
    )


def _refuse_overlap(
    session: Session, first: Side, second: Side, reach: Collection[int] | None
) -> None:
    if first.wave.id != second.wave.id:
        return
    if first.filters.address == second.filters.address:
        raise NotComparable("same")
    chosen = [
        address.selection(session, side.filters, reach=reach)
        for side in (first, second)
    ]
    if not _are_apart(*chosen):
        raise NotComparable("overlap")


def _are_apart(first: Selection, second: Selection) -> bool:
    """Whether no response can belong to both."""
    return (
        _share_none(first.unit_ids, second.unit_ids)
        or _share_none(first.procedure_ids, second.procedure_ids)
        or _share_none(_one(first.channel), _one(second.channel))
        or _share_none(_origins(first), _origins(second))
        or _months(first)[1] < _months(second)[0]
        or _months(second)[1] < _months(first)[0]
    )


def _share_none(
    first: Collection[object] | None, second: Collection[object] | None
) -> bool:
    return (
        first is not None and second is not None and not set(first).intersection(second)
    )


def _one(value: str | None) -> list[str] | None:
    return None if value is None else [value]


def _origins(chosen: Selection) -> Collection[str] | None:
    return chosen.origins if chosen.origins is not None else _one(chosen.origin)


def _months(chosen: Selection) -> tuple[str, str]:
    """The first and the last month; the ends of time where all are asked for."""
    return (
        chosen.month or chosen.first_month or "",
        chosen.month or chosen.last_month or "9999-99",
    )
