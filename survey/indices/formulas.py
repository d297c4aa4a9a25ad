"""The three indices of one set of counts, and the two ways to pool several sets."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final, TypeAlias

from survey.questionnaire.schema import Scale, Text

from .terms import Counts, Estimate, IndicesError, valid_counts

Index: TypeAlias = Callable[[Counts, Scale], Estimate]


def satisfied_share(counts: Counts, scale: Scale) -> Estimate:
    """Percent of valid answers at or above `scale.satisfied_from`.

    Args:
        counts: number of answers per level code; answers without a level under None.
    Returns:
        The share in 0..100 and its base. No valid answer: value None, base 0, never
        0 %.
    Raises:
        IndicesError: a code is not on the scale, or a count is negative.
    Source: domain.md section 3, formula A.
    """
    valid = valid_counts(counts, scale)
    base = sum(valid.values())
    if base == 0:
        return Estimate(None, 0)
    satisfied = sum(n for code, n in valid.items() if code >= scale.satisfied_from)
    return Estimate(Fraction(100 * satisfied, base), base)


def mean_percent(counts: Counts, scale: Scale) -> Estimate:
    """The mean level in percent of the highest level.

    Args:
        counts: number of answers per level code; answers without a level under None.
    Returns:
        100 × mean / highest code, so 20..100 on levels 1 to 5, and its base. No valid
        answer: value None, base 0.
    Raises:
        IndicesError: a code is not on the scale, a count is negative, or the highest
            code is not above 0.
    Source: domain.md section 3, formula B.
    """
    highest = max(scale.codes, default=0)
    if highest <= 0:
        raise IndicesError("mean_percent needs a highest level above 0")
    mean, base = _mean(counts, scale)
    return Estimate(None if mean is None else 100 * mean / highest, base)


def normalised_mean(counts: Counts, scale: Scale) -> Estimate:
    """The mean level on the way from the lowest level to the highest, in percent.

    Args:
        counts: number of answers per level code; answers without a level under None.
    Returns:
        100 × (mean − lowest) / (highest − lowest) in 0..100 and its base. No valid
        answer: value None, base 0.
    Raises:
        IndicesError: a code is not on the scale, a count is negative, or the scale
            has fewer than two levels.
    Source: domain.md section 3, formula C.
    """
    if len(set(scale.codes)) < 2:
        raise IndicesError("normalised_mean needs two levels or more")
    lowest, highest = min(scale.codes), max(scale.codes)
    mean, base = _mean(counts, scale)
    if mean is None:
        return Estimate(None, base)
    return Estimate(100 * (mean - lowest) / (highest - lowest), base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula a wave can have: the name it stores, what people read, the function."""

    name: str
    title: Text
    words: Text
    function: Index


FORMULAS: Final[Mapping[str, Formula]] = MappingProxyType(
    {
        formula.name: formula
        for formula in (
            Formula(
                name="satisfied_share",
                title=Text(vi="tỷ lệ hài lòng", en="satisfied share"),
                words=Text(
                    vi="100 × số câu trả lời từ mức Hài lòng trở lên "
                    "/ số câu trả lời có mức",
                    en="100 × answers at Satisfied or above / answers with a level",
                ),
                function=satisfied_share,
            ),
            Formula(
                name="mean_percent",
                title=Text(vi="điểm trung bình quy đổi", en="mean score in percent"),
                words=Text(
                    vi="100 × mức trung bình / mức cao nhất",
                    en="100 × mean level / highest level",
                ),
                function=mean_percent,
            ),
            Formula(
                name="normalised_mean",
                title=Text(vi="điểm trung bình chuẩn hóa", en="normalised mean score"),
                words=Text(
                    vi="100 × (mức trung bình − mức thấp nhất) "
                    "/ (mức cao nhất − mức thấp nhất)",
                    en="100 × (mean level − lowest level) "
                    "/ (highest level − lowest level)",
                ),
                function=normalised_mean,
            ),
        )
    }
)


def pooled(several: Collection[Counts]) -> dict[int | None, int]:
    """The counts of several criteria, added level by level."""
    total: dict[int | None, int] = {}
    for counts in several:
        for code, count in counts.items():
            total[code] = total.get(code, 0) + count
    return total


def pool_by_answers(
    several: Collection[Counts], scale: Scale, index: Index
) -> Estimate:
    """The index of all answers together: sum of numerators over sum of denominators.

    Returns:
        The index, and the number of pooled valid answers as its base; value None
        without any. Responses are fewer: suppression goes by `Sums.r`.
    Raises:
        IndicesError: as the index.
    Source: domain.md section 3 rule 3.
    """
    return index(pooled(several), scale)


def pool_by_criteria(
    several: Collection[Counts], scale: Scale, index: Index
) -> Estimate:
    """The plain mean of the criteria's indices, whatever their numbers of answers.

    Returns:
        The mean over the criteria that have an index, and the number of their valid
        answers as base; value None when no criterion has one.
    Raises:
        IndicesError: as the index.
    Source: domain.md section 3 rule 3.
    """
    estimates = [index(counts, scale) for counts in several]
    values = [e.value for e in estimates if e.value is not None]
    if not values:
        return Estimate(None, 0)
    base = sum(e.base for e in estimates)
    return Estimate(sum(values, Fraction(0)) / len(values), base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """A way to pool criteria: its name, what people read, the function."""

    name: str
    title: Text
    words: Text
    function: Callable[[Collection[Counts], Scale, Index], Estimate]


POOLINGS: Final[Mapping[str, Pooling]] = MappingProxyType(
    {
        pooling.name: pooling
        for pooling in (
            Pooling(
                name="pool_by_answers",
                title=Text(vi="gộp theo câu trả lời", en="pooled by answers"),
                words=Text(
                    vi="tính trên tất cả câu trả lời có mức của các tiêu chí",
                    en="over all answers with a level to the criteria",
                ),
                function=pool_by_answers,
            ),
            Pooling(
                name="pool_by_criteria",
                title=Text(vi="trung bình các tiêu chí", en="mean of criteria"),
                words=Text(
                    vi="trung bình cộng chỉ số của các tiêu chí có câu trả lời",
                    en="plain mean of the indices of the criteria that have answers",
                ),
                function=pool_by_criteria,
            ),
        )
    }
)


def _mean(counts: Counts, scale: Scale) -> tuple[Fraction | None, int]:
    valid = valid_counts(counts, scale)
    base = sum(valid.values())
    if base == 0:
        return None, 0
    return Fraction(sum(code * n for code, n in valid.items()), base), base
