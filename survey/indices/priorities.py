"""What to mend first: how much the overall rating goes with each criterion, against how
satisfied businesses are with it. An association between answers, not a cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import localcontext
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from survey.questionnaire.schema import Text

from .cells import Thresholds
from .differences import Difference, share_difference
from .intervals import DIGITS, decimal_of, wilson
from .tally import Together
from .terms import IndicesError, Interval

FIRST: Final = "first"
CONSIDER: Final = "consider"
KEEP: Final = "keep"
UNCLEAR: Final = "unclear"
TOO_FEW: Final = "too_few"

KINDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        FIRST: Text(vi="ưu tiên cải thiện", en="mend first"),
        CONSIDER: Text(vi="nên xem xét", en="to consider"),
        KEEP: Text(vi="giữ vững", en="keep up"),
        UNCLEAR: Text(
            vi="chưa thấy gắn với hài lòng chung",
            en="not seen to go with overall satisfaction",
        ),
        TOO_FEW: Text(vi="chưa đủ phiếu", en="too few responses"),
    }
)
"""What a criterion is to be done about, the most urgent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A criterion as it stands in a selection: k satisfied of n valid answers."""

    code: str
    k: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one criterion stands between importance and score.

    `importance`: percent satisfied on the whole among those satisfied with the
    criterion, minus the same among the others. `gain`: by how many points the overall
    satisfaction lies below that of those satisfied with the criterion; were the
    association a cause, this is what could be won. None where there are too few.
    """

    code: str
    kind: str
    n: int
    score: Fraction | None = None
    score_interval: Interval | None = None
    importance: Difference | None = None
    gain: Fraction | None = None
    gain_interval: Interval | None = None

    @property
    def is_ranked(self) -> bool:
        """Whether it is one of those to do something about, in their order."""
        return self.kind in (FIRST, CONSIDER)

    def is_apart(self, other: Standing) -> bool:
        """Whether the order of the two is more than chance: their gains do not
        overlap."""
        if self.gain_interval is None or other.gain_interval is None:
            return False
        return not self.gain_interval.overlaps(other.gain_interval)


def importance(pairs: Together, thresholds: Thresholds) -> Difference | None:
    """How much overall satisfaction goes with satisfaction with one criterion.

    Args:
        pairs: responses by satisfaction with the criterion and with the whole.
    Returns:
        Percent satisfied on the whole among those satisfied with the criterion, minus
        the same among all others, with Newcombe's interval. None below `rank_from`
        responses, or where one of the two groups has no index of its own.
    Source: Newcombe 1998, as `differences.share_difference`; thresholds of domain.md
        section 10; our rule.
    """
    satisfied = pairs.both + pairs.criterion
    others = pairs.overall + pairs.neither
    if pairs.n < thresholds.rank_from or min(satisfied, others) < thresholds.index_from:
        return None
    return share_difference((pairs.both, satisfied), (pairs.overall, others))


def priorities(
    rated: Sequence[Rated],
    pairs: Mapping[str, Together],
    thresholds: Thresholds,
    *,
    reference: Fraction,
) -> tuple[Standing, ...]:
    """Put criteria in the order in which to mend them.

    A criterion is important when the interval of its importance lies above 0, and low
    (high) when the interval of its satisfied share lies below (above) the reference.
    Important and low comes first; important and neither low nor high is to consider;
    important and high is to keep up. Within these, and only there, the gain decides:
    importance × (100 − score) / 100.

    Args:
        rated: of the selection looked at; only criteria whose index may be shown.
        pairs: of the whole wave, by criterion: in a part of it they would be too few.
        thresholds: of the wave; below `rank_from` answers nothing is ranked.
        reference: the satisfied share in 0..100 to which scores are compared.
    Returns:
        All criteria: those to mend in order, then the others in order of their kind,
        each as the questionnaire has them. Intervals are those of each criterion on
        its own, at 95 %, not adjusted for looking at many.
    Raises:
        IndicesError: the reference is not in 0..100.
    Source: importance-performance analysis (Martilla and James, Journal of Marketing
        41 (1977) 77-79) with intervals; our rule.
    """
    if not 0 <= reference <= 100:
        raise IndicesError(f"a reference of {reference} %")
    standings = [
        _standing(one, pairs.get(one.code, Together()), thresholds, reference)
        for one in rated
    ]
    order = list(KINDS)
    return tuple(
        sorted(
            standings,
            key=lambda one: (
                order.index(one.kind),
                -(one.gain or 0) if one.is_ranked else 0,
            ),
        )
    )


def _standing(
    rated: Rated, pairs: Together, thresholds: Thresholds, reference: Fraction
) -> Standing:
    if rated.n < thresholds.rank_from:
        return Standing(code=rated.code, kind=TOO_FEW, n=rated.n)
    score = Fraction(100 * rated.k, rated.n)
    bounds = wilson(rated.k, rated.n)
    weight = importance(pairs, thresholds)
    value = None if weight is None else weight.value
    if bounds is None or weight is None or weight.interval is None or value is None:
        return Standing(
            code=rated.code,
            kind=TOO_FEW,
            n=rated.n,
            score=score,
            score_interval=bounds,
        )
    return Standing(
        code=rated.code,
        kind=_kind(weight.interval, bounds, reference),
        n=rated.n,
        score=score,
        score_interval=bounds,
        importance=weight,
        gain=value * (100 - score) / 100,
        gain_interval=_gain_interval(weight.interval, bounds),
    )


def _kind(weight: Interval, score: Interval, reference: Fraction) -> str:
    if weight.low <= 0:
        return UNCLEAR
    at = decimal_of(reference)
    if score.high < at:
        return FIRST
    return KEEP if score.low > at else CONSIDER


def _gain_interval(weight: Interval, score: Interval) -> Interval:
    """From the least importance at the best score to the most at the worst: wider than
    95 %, since both are rarely at their ends at once."""
    with localcontext() as context:
        context.prec = DIGITS
        low, high = (100 - score.high) / 100, (100 - score.low) / 100
        ends = [end * room for end in (weight.low, weight.high) for room in (low, high)]
        return Interval(min(ends), max(ends))
