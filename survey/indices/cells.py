"""How much of a small group may be shown, so that no single answer can be read off."""

from dataclasses import dataclass
from enum import StrEnum

from survey.questionnaire.schema import Scale, Text

from .terms import Counts, IndicesError, valid_counts


class Display(StrEnum):
    """What is shown of a group, from nothing to everything."""

    NONE = "none"  # nobody answered: no index, not 0
    HIDDEN = "hidden"  # only that there are a few
    COUNTS = "counts"  # two groups of counts, no percentage, interval or rank
    INDEX = "index"  # the index with its interval
    RANK = "rank"  # and it may be ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From how many responses on more is shown; our rule, each number a setting."""

    hide_below: int = 5
    index_from: int = 10
    rank_from: int = 30

    def __post_init__(self) -> None:
        if not 1 <= self.hide_below <= self.index_from <= self.rank_from:
            raise IndicesError(f"{self} do not rise from 1")


@dataclass(frozen=True, slots=True)
class Groups:
    """The counts of a small group: satisfied answers, and all other valid ones."""

    satisfied: int
    others: int


def display(n: int, thresholds: Thresholds) -> Display:
    """What may be shown of a group.

    Args:
        n: valid answers of a criterion; of an element or set the responses with at
            least one valid answer (`Sums.r`), never the pooled answers.
        thresholds: of the wave; inside an open wave they only rise.
    Raises:
        IndicesError: n is negative.
    Source: domain.md section 10, and section 3 rule 6.
    """
    if n < 0:
        raise IndicesError(f"{n} answers")
    if n == 0:
        return Display.NONE
    if n < thresholds.hide_below:
        return Display.HIDDEN
    if n < thresholds.index_from:
        return Display.COUNTS
    return Display.INDEX if n < thresholds.rank_from else Display.RANK


def two_groups(counts: Counts, scale: Scale) -> Groups | None:
    """The counts to show of a group whose display is COUNTS.

    Args:
        counts: number of answers per level code; answers without a level under None.
    Returns:
        Both groups; None when all answers fall in one of them, because then the
        answer of each respondent is known: show only the words of COUNTS.
    Raises:
        IndicesError: a code is not on the scale, or a count is negative.
    Source: domain.md section 10.
    """
    valid = valid_counts(counts, scale)
    satisfied = sum(n for code, n in valid.items() if code >= scale.satisfied_from)
    others = sum(valid.values()) - satisfied
    return Groups(satisfied, others) if satisfied and others else None


def words_for(shown: Display, thresholds: Thresholds) -> Text | None:
    """What stands in the place of an index, or None where the index itself stands."""
    below = thresholds.hide_below
    words = {
        Display.NONE: Text(vi="không phát sinh", en="no answers"),
        Display.HIDDEN: Text(
            vi=f"dưới {below} phiếu", en=f"fewer than {below} responses"
        ),
        Display.COUNTS: Text(vi="chưa đủ để so sánh", en="too few to compare"),
    }
    return words.get(shown)
