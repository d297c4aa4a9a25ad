"""Careless answers: what a response shows of care, and which rules of its wave it
breaks. Nothing here deletes: an index is printed with and without what is flagged."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby, pairwise
from statistics import median
from typing import Any, Final, NamedTuple

from survey.questionnaire.schema import BLANK, NOT_APPLICABLE, NOT_ASKED

from .rules import (
    CONTRARY,
    DUPLICATE,
    ERRATIC,
    FAST,
    RULES,
    STRAIGHT_LINE,
    THRESHOLDS,
    CarelessError,
    Rules,
    explained,
)
from .tally import WITHOUT_LEVEL
from .terms import IndicesError

__all__ = [
    "CONTRARY",
    "DUPLICATE",
    "ERRATIC",
    "FAST",
    "FLAGS",
    "RULES",
    "STRAIGHT_LINE",
    "THRESHOLDS",
    "CarelessError",
    "Contradictions",
    "Form",
    "Rules",
    "contradictions",
    "explained",
    "flags",
    "is_erratic",
    "is_straight_line",
    "jump",
    "longest_run",
    "pace",
    "pattern_of",
    "scatter",
    "seconds_per_word",
    "spread",
]

FLAGS: Final = tuple(RULES)
_UNANSWERED: Final = frozenset({"", BLANK, NOT_ASKED, NOT_APPLICABLE})


class Contradictions(NamedTuple):
    """How many ratings contradict a fact at the end, how many could, and whether some
    are high and others low."""

    contrary: int
    comparable: int
    is_both_ways: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One response as the rules see it.

    Args:
        elements: codes of the criteria by element, in the order asked.
        levels: the level codes of the scale.
        answers: stored value by criterion.
        seconds, words: by page what it took and how many words it really showed; a
            page without either is not judged by its time. The page of an element has
            the element's code, and no other page is looked at.
        prompts: as `Response.prompts`.
        equals: how many responses of the wave had the same `pattern_of` before.
    """

    elements: Mapping[str, Sequence[str]]
    levels: Sequence[int]
    answers: Mapping[str, str]
    seconds: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    prompts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    equals: int = 0

    @property
    def ratings(self) -> tuple[tuple[int, ...], ...]:
        """The levels given in each element, in the order asked; others left out."""
        return tuple(
            tuple(
                int(value)
                for code in codes
                if (value := self.answers.get(code, "")) and value not in WITHOUT_LEVEL
            )
            for codes in self.elements.values()
        )

    @property
    def range(self) -> int:
        """From the lowest level to the highest."""
        return max(self.levels) - min(self.levels)


def longest_run(levels: Sequence[int]) -> int:
    """The most equal answers one after the other; 0 without any answer."""
    return max((len(list(same)) for _, same in groupby(levels)), default=0)


def spread(levels: Sequence[int]) -> Fraction | None:
    """The variance of one person's levels; None without any answer."""
    n = len(levels)
    if n == 0:
        return None
    return Fraction(n * sum(x * x for x in levels) - sum(levels) ** 2, n * n)


def jump(ratings: Sequence[Sequence[int]]) -> Fraction | None:
    """The mean distance of an answer from the one before it in the same element.

    Questions of one element ask about one side of the service, so the answers of
    somebody who reads them lie closer together than those of somebody who does not.

    Returns:
        In levels; None where no element has two answers.
    """
    steps = [abs(b - a) for element in ratings for a, b in pairwise(element)]
    return Fraction(sum(steps), len(steps)) if steps else None


def scatter(levels: Sequence[int]) -> Fraction | None:
    """The share of answers outside the two levels a person uses most, in 0..1.

    Who is sharply split by what happened uses two levels however far apart, and who
    is content two neighbours; answers given at random use all.
    """
    if not levels:
        return None
    most = sum(count for _, count in Counter(levels).most_common(2))
    return Fraction(len(levels) - most, len(levels))


def seconds_per_word(seconds: int, words: int) -> Fraction | None:
    """The time for one word of a page as it was really shown; None for no words."""
    if seconds < 0 or words < 0:
        raise IndicesError(f"{seconds} s for {words} words")
    return Fraction(seconds, words) if words else None


def pace(form: Form, rules: Rules) -> Fraction | None:
    """The time taken in percent of the usual time, on the typical page of an element.

    The usual time of a page is that of its words and of its answers, because routes
    and arms differ. The median over the pages, so that neither an interruption hides
    haste nor one quick page makes it.

    Returns:
        100 for the usual time; None where no page has a time, as on paper.
    Source: domain.md M8; two parts because a page with folded guidance has few words
        and as many decisions.
    """
    paces = []
    for page, codes in form.elements.items():
        answered = sum(form.answers.get(code, "") not in _UNANSWERED for code in codes)
        words = form.words.get(page, 0)
        usual = words * rules.ms_per_word + answered * rules.ms_per_answer
        if page in form.seconds and words and answered and usual:
            paces.append(Fraction(100_000 * form.seconds[page], usual))
    return median(paces) if paces else None


def contradictions(prompts: Mapping[str, Mapping[str, Any]]) -> Contradictions:
    """Ratings against facts, as they stand at the end.

    Source: domain.md M6. Some high and others low is what no mood explains: a business
    that is content, or angry, with everything contradicts facts one way only.
    """
    still = [entry for entry in prompts.values() if entry.get("still") is True]
    return Contradictions(
        contrary=len(still),
        comparable=len(prompts),
        is_both_ways=len({entry.get("direction") for entry in still}) > 1,
    )


def pattern_of(answers: Mapping[str, str], rules: Rules | None = None) -> str | None:
    """A short hash of all answers, the same whenever they are the same.

    Args:
        answers: stored value by criterion.
        rules: of the wave; the usual ones when not given.
    Returns:
        16 hex digits; None where equal answers would mean nothing, because many
        content businesses give them: fewer than `pattern_levels` different levels, or
        fewer than `pattern_others` answers beside the most frequent level.
    """
    need = rules or Rules()
    counts = Counter(v for v in answers.values() if v not in WITHOUT_LEVEL)
    others = counts.total() - max(counts.values(), default=0)
    if len(counts) < need.pattern_levels or others < need.pattern_others:
        return None
    written = ";".join(f"{code}={answers[code]}" for code in sorted(answers))
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def flags(rules: Rules, form: Form) -> tuple[str, ...]:
    """The names of the rules that a response breaks, in the order of FLAGS."""
    taken = pace(form, rules)
    contrary, _, is_both_ways = contradictions(form.prompts)
    is_short = taken is not None and taken < rules.short_percent
    broken = {
        STRAIGHT_LINE: is_straight_line(rules, form)
        and (is_short or contrary >= rules.line_contrary_from),
        FAST: taken is not None and taken < rules.fast_percent,
        ERRATIC: is_erratic(rules, form),
        CONTRARY: is_both_ways and contrary >= rules.contrary_from,
        DUPLICATE: form.equals >= rules.duplicate_from,
    }
    return tuple(name for name in FLAGS if broken[name])


def is_straight_line(rules: Rules, form: Form) -> bool:
    """Whether all answers, or nearly all, are one run of the same level.

    Not yet a fault: businesses that are content with everything answer so.
    """
    levels = [level for element in form.ratings for level in element]
    return len(levels) >= rules.fewest_ratings and (
        100 * longest_run(levels) >= rules.run_percent * len(levels)
    )


def is_erratic(rules: Rules, form: Form) -> bool:
    """Whether the answers look like those of somebody who did not read the questions.

    All three: spread wide, jumping within elements, and scattered over the levels. One
    alone is honest: a business sharply split by what happened spreads widest.
    """
    ratings = form.ratings
    levels = [level for element in ratings for level in element]
    variance, step, other = spread(levels), jump(ratings), scatter(levels)
    if variance is None or step is None or other is None:
        return False
    return (
        len(levels) >= rules.fewest_ratings
        and 10_000 * variance >= (rules.spread_percent * form.range) ** 2
        and 100 * step >= rules.jump_percent * form.range
        and 100 * other >= rules.scatter_percent
    )
