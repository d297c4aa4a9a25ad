"""How long an invented business stays on a page: it reads, decides, is called away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from survey.demo import habits
from survey.questionnaire.schema import PAGE_FACTS, PAGE_GENERAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How one person goes through a form: seconds for each word in sight, read or not,
    beside criteria and elsewhere, and for each answer."""

    per_word: float
    per_word_elsewhere: float
    per_decision: float


def pace(random: Random, *, kind: str, arm: str) -> Pace:
    """The pace of one person: fast and slow readers, thorough and cursory ones."""
    per_word = habits.PER_WORD * random.lognormvariate(0, 0.2)
    if kind == habits.CAREFUL:
        thorough = random.random()
        return Pace(
            per_word=per_word * _between(habits.WORDS_READ[arm], thorough),
            per_word_elsewhere=per_word
            * _between(habits.WORDS_READ_ELSEWHERE, thorough),
            per_decision=habits.PER_DECISION * random.lognormvariate(0, 0.35),
        )
    # Half of who answers one level or any level looks at the questions a little.
    if kind in (habits.STRAIGHT_LINE, habits.RANDOM) and random.random() < 0.5:
        per_word *= _between(habits.WORDS_GLANCED_AT, random.random())
    else:
        per_word = 0
    return Pace(
        per_word=per_word,
        per_word_elsewhere=per_word,
        per_decision=_between(habits.PER_DECISION_UNREAD, random.random()),
    )


def _between(bounds: tuple[float, float], share: float) -> float:
    least, most = bounds
    return least + share * (most - least)


def seconds(
    random: Random,
    own: Pace,
    words: Mapping[str, int],
    decisions: Mapping[str, int],
    extra: Mapping[str, float],
) -> dict[str, int]:
    """Whole seconds by page, as the product measures and bounds them.

    Args:
        words: in sight, by page.
        decisions: questions answered, by page.
        extra: seconds of looking again and of writing, by page.
    """
    taken = {}
    for page, count in words.items():
        is_elsewhere = page in (PAGE_FACTS, PAGE_GENERAL)
        per_word = own.per_word_elsewhere if is_elsewhere else own.per_word
        needed = count * per_word + decisions.get(page, 0) * own.per_decision
        needed = needed * random.lognormvariate(0, 0.25) + random.uniform(1, 3)
        needed += extra.get(page, 0)
        if random.random() < habits.INTERRUPTED:
            needed += random.expovariate(1 / habits.INTERRUPTION)
        taken[page] = min(habits.LONGEST, round(needed))
    return taken
