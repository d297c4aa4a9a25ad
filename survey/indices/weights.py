"""Post-stratification: what each response counts so that procedures and channels weigh
as they do among all dossiers; refused where too few answered."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Generic, TypeVar

from survey.questionnaire.schema import Text

from .draws import Stratum
from .intervals import effective_interval
from .terms import IndicesError, Interval, LevelSums, Sums

CAP: Final = Fraction(3)
LEAST: Final = 10
KEPT_IN_WORDS: Final = 5

POST_STRATIFIED: Final = Text(
    vi="có trọng số: mỗi nhóm thủ tục × kênh nộp tính theo tỷ trọng hồ sơ của nhóm, "
    "trọng số tối đa {cap}",
    en="weighted: each procedure × channel counts by its part of all dossiers, no "
    "weight above {cap}",
)
COLLAPSED: Final = Text(
    vi="nhóm dưới {least} phiếu được gộp: trước hết các kênh của cùng thủ tục, rồi các "
    "thủ tục còn thiếu thành một nhóm chung",
    en="groups below {least} responses were joined: first the channels of a procedure, "
    "then the procedures that still were too small into one group",
)

_Key = TypeVar("_Key", bound=Hashable)


class WeightsError(IndicesError):
    """There can be no weights; `text` says why to a person, `strata` where."""

    def __init__(self, text: Text, strata: tuple[Hashable, ...] = ()) -> None:
        super().__init__(text.en)
        self.text = text
        self.strata = strata


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights(Generic[_Key]):
    """The weight of a response by stratum, and what weighting costs."""

    by: Mapping[_Key, Fraction]
    capped: tuple[_Key, ...]
    """Strata whose weight would have been above the cap."""
    n: int
    """Responses."""
    effect: Fraction
    """Kish's design effect of unequal weights, n·Σw²/(Σw)², at least 1."""

    @property
    def effective(self) -> Fraction:
        """As many responses of equal weight would tell as much."""
        return self.n / self.effect


def post_stratify(
    frame: Mapping[_Key, int],
    answered: Mapping[_Key, int],
    *,
    cap: Fraction = CAP,
    least: int = LEAST,
) -> Weights[_Key]:
    """The weight of each stratum, w = (N_h/N) / (n_h/n), at most the cap.

    Weights above the cap are cut and nothing is spread over the others: a share is a
    quotient in which only the proportions of weights matter.

    Args:
        frame: finished dossiers per stratum; those with none may be absent.
        answered: responses per stratum.
        cap: the greatest weight, at least 1.
        least: how many responses each stratum with dossiers must have.
    Returns:
        Weights of the strata with dossiers.
    Raises:
        WeightsError: no dossiers at all, a stratum of the frame with fewer than `least`
            responses, or responses where there are no dossiers; `strata` names them.
        IndicesError: negative numbers, a cap below 1, or `least` below 1.
    Source: domain.md M14; design effect: Kish, Journal of Official Statistics 8 (1992)
        183-200.
    """
    strata = [key for key, size in frame.items() if size]
    _refuse(frame, answered, cap, least)
    if not strata:
        raise WeightsError(
            Text(
                vi="Không tính được trọng số: chưa có danh sách hồ sơ của kỳ này.",
                en="There can be no weights: no dossiers are known of this period.",
            )
        )
    small = tuple(key for key in strata if answered.get(key, 0) < least)
    if small:
        raise WeightsError(_too_small(len(small), len(strata), least), small)
    total, n = sum(frame.values()), sum(answered.values())
    full = {key: Fraction(frame[key] * n, total * answered[key]) for key in strata}
    by = {key: min(weight, cap) for key, weight in full.items()}
    effect = _kish({key: answered[key] for key in strata}, by)
    return Weights(
        by=by,
        capped=tuple(key for key, weight in full.items() if weight > cap),
        n=n,
        effect=effect,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """A weighted index in percent, the responses behind it, and its interval."""

    value: Fraction | None
    n: int
    interval: Interval | None


def weighted(
    parts: Mapping[_Key, Sums | LevelSums], weights: Weights[_Key]
) -> Weighted:
    """A share, or normalised mean, with every stratum at its weight.

    p = Σ w·x / Σ w·m over responses. The interval is `ratio_interval` around p, on an
    effective number of answers divided by the design effect of the weights among the
    responses that are in it. What stratification gains is left out: so it is rather too
    wide than too narrow.

    Args:
        parts: the sums of one criterion, element or set per stratum.
        weights: of these strata.
    Returns:
        In 0..100, unrounded; value None without a valid answer, interval None as
        `ratio_interval`.
    Raises:
        IndicesError: a stratum without a weight, sums of two scales, or as
            `ratio_interval`.
    Source: domain.md M14 and section 3 rule 7; Kish 1992.
    """
    every = {key: LevelSums.of(sums) for key, sums in parts.items() if sums.r}
    if unknown := [key for key in every if key not in weights.by]:
        raise IndicesError(f"{unknown} have no weight")
    if not every:
        return Weighted(value=None, n=0, interval=None)
    several = [*every.values()]
    whole = sum(several[1:], several[0])
    by = weights.by
    answers = sum((by[key] * one.m for key, one in every.items()), Fraction(0))
    levels = sum((by[key] * one.v for key, one in every.items()), Fraction(0))
    share = levels / (answers * whole.top)
    effect = _kish({key: one.r for key, one in every.items()}, by)
    interval = effective_interval(whole, share=share, weighting=effect)
    return Weighted(value=100 * share, n=whole.r, interval=interval)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Strata joined until none is too small.

    `into` says of every stratum in which it is now; a joined one has "" for what it no
    longer tells apart: the channel, or the procedure too.
    """

    into: Mapping[Stratum, Stratum]
    frame: Mapping[Stratum, int]
    answered: Mapping[Stratum, int]

    @property
    def joined(self) -> tuple[Stratum, ...]:
        """Strata that are no longer their own, in order."""
        return tuple(sorted(key for key, whole in self.into.items() if key != whole))


def collapse_channels_then_procedures(
    frame: Mapping[Stratum, int],
    answered: Mapping[Stratum, int],
    *,
    least: int = LEAST,
) -> Joined:
    """Join strata with fewer than `least` responses, by this rule and no other.

    First, where one channel of a procedure is too small, all its channels become one
    stratum. Then the procedures that still are too small become one stratum together.
    If that is too small as well, `post_stratify` refuses it.

    Args:
        frame, answered, least: as `post_stratify`.
    Returns:
        Which stratum went where, and the new numbers of dossiers and responses.
    Raises:
        IndicesError: as `post_stratify`, of numbers that cannot be.
    Source: our rule, for domain.md M14 (n_h ≥ 10).
    """
    _refuse(frame, answered, CAP, least)
    strata = sorted(key for key, size in frame.items() if size)
    procedures: defaultdict[str, list[Stratum]] = defaultdict(list)
    for key in strata:
        procedures[key.procedure].append(key)

    into: dict[Stratum, Stratum] = {}
    for procedure, keys in procedures.items():
        sizes = [answered.get(key, 0) for key in keys]
        for key in keys:
            if min(sizes) >= least:
                into[key] = key
            elif sum(sizes) >= least:
                into[key] = Stratum(procedure, "")
            else:
                into[key] = Stratum("", "")
    return Joined(into=into, frame=_added(frame, into), answered=_added(answered, into))


def _kish(numbers: Mapping[_Key, int], by: Mapping[_Key, Fraction]) -> Fraction:
    """n·Σw²/(Σw)² over responses, of how many there are in each stratum."""
    once = sum((by[key] * n for key, n in numbers.items()), Fraction(0))
    squares = sum((by[key] ** 2 * n for key, n in numbers.items()), Fraction(0))
    return sum(numbers.values()) * squares / once**2


def _added(
    numbers: Mapping[Stratum, int], into: Mapping[Stratum, Stratum]
) -> dict[Stratum, int]:
    total: dict[Stratum, int] = dict.fromkeys(into.values(), 0)
    for key, whole in into.items():
        total[whole] += numbers.get(key, 0)
    return total


def _refuse(
    frame: Mapping[_Key, int], answered: Mapping[_Key, int], cap: Fraction, least: int
) -> None:
    if cap < 1 or least < 1:
        raise IndicesError(f"a cap of {cap}, {least} responses at least")
    for numbers in (frame, answered):
        for key, number in numbers.items():
            if number < 0:
                raise IndicesError(f"{number} in {key}")
    outside = tuple(key for key, n in answered.items() if n and not frame.get(key))
    if outside:
        raise WeightsError(
            Text(
                vi=f"Không tính được trọng số: {len(outside)} nhóm thủ tục × kênh nộp "
                "có phiếu nhưng không có hồ sơ nào trong danh sách.",
                en=f"There can be no weights: {len(outside)} groups of procedure × "
                "channel have responses and no dossier in the list.",
            ),
            outside,
        )


def _too_small(small: int, strata: int, least: int) -> Text:
    return Text(
        vi=f"Không tính được trọng số: {small} trên {strata} nhóm thủ tục × kênh nộp "
        f"có dưới {least} phiếu.",
        en=f"There can be no weights: {small} of {strata} groups of procedure × "
        f"channel have fewer than {least} responses.",
    )
