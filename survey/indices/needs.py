"""Which criterion's guidance needs work: where most cannot judge, most contradict the
facts, most keep what contradicts them, and where a word takes longest."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from survey.questionnaire.schema import CANNOT_JUDGE, NOT_ASKED, Text

from .careless import seconds_per_word
from .differences import Moments
from .intervals import FEWEST_RESPONSES, decimal_of, t_quantile, wilson
from .tally import Tally
from .terms import IndicesError, Interval

REASONS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "cannot_judge": Text(
            vi="nhiều doanh nghiệp không đủ thông tin để đánh giá",
            en="many cannot judge",
        ),
        "contrary": Text(
            vi="nhiều đánh giá trái với thực tế", en="many ratings contradict the facts"
        ),
        "kept": Text(
            vi="nhiều doanh nghiệp giữ nguyên khi được nhắc đối chiếu",
            en="many keep their rating when prompted",
        ),
        "time": Text(
            vi="đọc và trả lời lâu so với số chữ", en="it takes long for its words"
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One place in the ranking of one reason.

    `code` is a criterion (or G1), and for the time the page of an element. `value` is a
    share in percent of `n`, and for the time seconds per word over n responses.
    """

    reason: str
    code: str
    prompt: str | None = None
    value: Fraction
    n: int
    interval: Interval


def needs_work(
    tally: Tally,
    *,
    prompts: Mapping[str, str],
    words: Mapping[str, int],
    fewest: int = FEWEST_RESPONSES,
) -> Mapping[str, tuple[Need, ...]]:
    """Rank the criteria by each reason to look at their guidance again.

    Args:
        tally: of the respondents who saw the guidance.
        prompts: of every prompt its criterion (or G1), as `Layout.prompts`.
        words: the words of each timed page as mostly shown; pages without are left out.
        fewest: answers below which nothing is ranked.
    Returns:
        For every key of REASONS the worst first: by the lower bound of the 95 %
        interval, because a high share of few answers says little; nothing at 0.
    Raises:
        IndicesError: a prompt that the tally does not have.
    Source: issue 3 part 5; Wilson's interval of a share, Student's of a mean.
    """
    if not prompts.keys() >= tally.checks.keys():
        raise IndicesError(f"{sorted(tally.checks)} are not among {sorted(prompts)}")
    found = [
        *_judging(tally, fewest),
        *_facing_facts(tally, prompts, fewest),
        *_reading(tally, words, fewest),
    ]
    return {
        reason: tuple(
            sorted(
                (need for need in found if need.reason == reason and need.value),
                key=lambda need: (-need.interval.low, -need.value, need.code),
            )
        )
        for reason in REASONS
    }


def _judging(tally: Tally, fewest: int) -> list[Need]:
    asked = {
        code: sum(counts.values()) - counts[NOT_ASKED]
        for code, counts in tally.counts.items()
    }
    return [
        _share("cannot_judge", code, None, tally.counts[code][CANNOT_JUDGE], n)
        for code, n in asked.items()
        if n >= max(fewest, 1)
    ]


def _facing_facts(tally: Tally, prompts: Mapping[str, str], fewest: int) -> list[Need]:
    found = []
    for prompt, checks in tally.checks.items():
        code = prompts[prompt]
        for reason, k, n in (
            ("contrary", checks.contrary, checks.comparable),
            ("kept", checks.kept, checks.shown),
        ):
            if n >= max(fewest, 1):
                found.append(_share(reason, code, prompt, k, n))
    return found


def _reading(tally: Tally, words: Mapping[str, int], fewest: int) -> list[Need]:
    found = []
    for page, times in tally.times.items():
        shown = words.get(page, 0)
        if times.n < max(fewest, FEWEST_RESPONSES) or not shown:
            continue
        group = Moments(n=times.n, s=times.s, ss=times.ss)
        error = (group.variance or Fraction(0)) / group.n
        half = t_quantile(group.n - 1) * decimal_of(error).sqrt() / shown
        value = seconds_per_word(times.s, shown * times.n)
        if value is None:
            continue
        centre = decimal_of(value)
        found.append(
            Need(
                reason="time",
                code=page,
                value=value,
                n=times.n,
                interval=Interval(max(centre - half, centre * 0), centre + half),
            )
        )
    return found


def _share(reason: str, code: str, prompt: str | None, k: int, n: int) -> Need:
    interval = wilson(k, n)
    if interval is None:
        raise IndicesError(f"{code}: {k} of {n}")
    return Need(
        reason=reason,
        code=code,
        prompt=prompt,
        value=Fraction(100 * k, n),
        n=n,
        interval=interval,
    )
