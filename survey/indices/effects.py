"""Whether guidance works: respondents who saw it against those for whom it was folded,
and what the prompts moved, each difference with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final, NamedTuple

from survey.questionnaire.schema import (
    CANNOT_JUDGE,
    NOT_APPLICABLE,
    NOT_ASKED,
    Scale,
    Text,
)

from .differences import (
    Difference,
    Moments,
    mean_difference,
    moments_of,
    pooled_difference,
    share_difference,
    spread_difference,
)
from .intervals import FEWEST_RESPONSES, decimal_of, t_quantile
from .tally import FULL, Tally, Times
from .terms import IndicesError, Interval, valid_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing compared: its name, title, unit and the method of its interval.

    `unit` is "level" (levels of the scale), "percent" (percentage points) or "second".
    """

    name: str
    title: Text
    unit: str
    method: Text


_NEWCOMBE: Final = Text(
    vi="khoảng tin cậy 95% Newcombe của hiệu hai tỷ lệ",
    en="95% Newcombe interval of the difference of two shares",
)
_WELCH: Final = Text(
    vi="khoảng tin cậy 95% Welch của hiệu hai trung bình",
    en="95% Welch interval of the difference of two means",
)
MEASURES: Final[Mapping[str, Measure]] = MappingProxyType(
    {
        name: Measure(name=name, title=Text(vi=vi, en=en), unit=unit, method=method)
        for name, vi, en, unit, method in (
            ("mean", "mức trung bình", "mean level", "level", _WELCH),
            ("satisfied", "tỷ lệ hài lòng", "satisfied share", "percent", _NEWCOMBE),
            (
                "spread",
                "độ lệch chuẩn",
                "standard deviation",
                "level",
                Text(
                    vi="khoảng tin cậy 95% của hiệu, ghép từ hai khoảng Bonett",
                    en="95% interval of the difference, from two Bonett intervals",
                ),
            ),
            (
                "not_applicable",
                "tỷ lệ Không áp dụng",
                "share not applicable",
                "percent",
                _NEWCOMBE,
            ),
            (
                "cannot_judge",
                "tỷ lệ Không đủ thông tin",
                "share without enough information",
                "percent",
                _NEWCOMBE,
            ),
            (
                "contrary",
                "tỷ lệ trái với thực tế",
                "share contrary to the facts",
                "percent",
                _NEWCOMBE,
            ),
            ("time", "thời gian mỗi trang", "time per page", "second", _WELCH),
            (
                "pooled",
                "tỷ lệ hài lòng, mọi tiêu chí",
                "satisfied share, all criteria",
                "percent",
                Text(
                    vi="khoảng tin cậy 95% của hiệu, mỗi phiếu là một cụm câu trả lời",
                    en="95% interval of the difference, each response a cluster",
                ),
            ),
        )
    }
)
OF_CRITERIA: Final = ("mean", "satisfied", "spread", "not_applicable", "cannot_judge")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The guided arm against the folded one; every value is guided minus folded.

    `criteria` holds for every criterion its OF_CRITERIA, `contrary` for every prompt
    the share of comparable ratings that contradicted the fact before the prompt, `time`
    for every page the mean time, and `pooled` the satisfied share of all criteria.
    """

    criteria: Mapping[str, Mapping[str, Difference]]
    contrary: Mapping[str, Difference]
    time: Mapping[str, Difference]
    pooled: Difference

    @property
    def intervals(self) -> int:
        """How many differences have an interval; one in twenty excludes 0 by chance
        where guidance does nothing."""
        every = [
            self.pooled,
            *self.contrary.values(),
            *self.time.values(),
            *(one for row in self.criteria.values() for one in row.values()),
        ]
        return sum(one.interval is not None for one in every)

    @property
    def by_chance(self) -> Fraction:
        """How many intervals would exclude 0 if guidance did nothing."""
        return Fraction(self.intervals, 20)


def compare(guided: Tally, folded: Tally, scale: Scale) -> Comparison:
    """What seeing the guidance changes.

    Respondents are put into an arm by chance, so the groups are independent and a
    criterion has at most one answer of each response.

    Args:
        guided, folded: the tallies of the two arms, in one layout.
        scale: of the questionnaire.
    Raises:
        IndicesError: the tallies are of different layouts, or not of this scale.
    Source: issue 3 part 5; methods as in `differences`.
    """
    if (
        guided.counts.keys() != folded.counts.keys()
        or guided.checks.keys() != folded.checks.keys()
        or guided.times.keys() != folded.times.keys()
    ):
        raise IndicesError("the two arms are not of one questionnaire")
    return Comparison(
        criteria={
            code: _criterion(code, guided, folded, scale) for code in guided.counts
        },
        contrary={
            code: share_difference(
                (one.contrary, one.comparable),
                (folded.checks[code].contrary, folded.checks[code].comparable),
            )
            for code, one in guided.checks.items()
        },
        time={
            page: mean_difference(_moments(one), _moments(folded.times[page]))
            for page, one in guided.times.items()
        },
        pooled=pooled_difference(guided.sums[FULL], folded.sums[FULL]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NetShift:
    """What the prompts moved: an index before and after them.

    `value` is after minus before; `changed` the responses in which a prompt changed an
    answer of the index. Without an answer `before`, `after` and `value` are None;
    `interval` is None when fewer than FEWEST_RESPONSES responses changed.
    """

    before: Fraction | None
    after: Fraction | None
    changed: int
    interval: Interval | None

    @property
    def value(self) -> Fraction | None:
        """After minus before, in points of the index."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def shift_by_prompts(tally: Tally, scale: Scale, formula: str) -> NetShift:
    """How far the prompts moved an index of the full set.

    Both indices are ratios over the same responses, so their difference has the
    variance of the sum of what each response adds to it:
    d = (y − R·m)/Σm − (y0 − R0·m0)/Σm0, v = r/(r−1) · Σd², with y the numerator of a
    response, m its valid answers and 0 for before. All but the few responses that a
    prompt changed add next to nothing, so the degrees of freedom are those of the
    changed ones.

    Args:
        tally: of any cells together.
        scale: of the questionnaire.
        formula: a name in FORMULAS; answers are pooled, whatever the wave's pooling.
    Raises:
        IndicesError: no such formula, or a scale that it does not have.
    Source: linearised difference of two ratios, Cochran, Sampling Techniques, 3rd ed.
        1977, sections 6.4 and 6.14; domain.md M6: the index before and after prompts.
    """
    if formula not in ("satisfied_share", "mean_percent", "normalised_mean"):
        raise IndicesError(f"there is no formula {formula!r}")
    sums = (_satisfied if formula == "satisfied_share" else _levels)(tally)
    changed, responses = tally.shift.n, tally.sums[FULL].r
    if not sums.after.m or not sums.before.m:
        return NetShift(before=None, after=None, changed=changed, interval=None)
    after = Fraction(sums.after.y, sums.after.m)
    before = Fraction(sums.before.y, sums.before.m)
    times, plus = _points(scale, formula)
    interval = None
    if changed >= FEWEST_RESPONSES and responses > 1:
        squares = sums.squares(after, before)
        variance = times**2 * Fraction(responses, responses - 1) * squares
        half = t_quantile(changed - 1) * decimal_of(variance).sqrt()
        centre = decimal_of(times * (after - before))
        interval = Interval(centre - half, centre + half)
    return NetShift(
        before=times * (before + plus),
        after=times * (after + plus),
        changed=changed,
        interval=interval,
    )


class _Side(NamedTuple):
    """Σm, Σy, Σm², Σmy, Σy² of all responses."""

    m: int
    y: int
    mm: int
    my: int
    yy: int


class _Paired(NamedTuple):
    """The sums at the end, before the prompts, and of products across."""

    after: _Side
    before: _Side
    mm: int
    my: int  # m at the end, y before
    ym: int
    yy: int

    def squares(self, after: Fraction, before: Fraction) -> Fraction:
        """Σd² over all responses, `after` and `before` the two ratios."""
        a, b, m, m0 = self.after, self.before, self.after.m, self.before.m
        own = (a.yy - 2 * after * a.my + after**2 * a.mm) / m**2
        old = (b.yy - 2 * before * b.my + before**2 * b.mm) / m0**2
        across = self.yy - before * self.ym - after * self.my + after * before * self.mm
        return own + old - 2 * across / (m * m0)


def _satisfied(tally: Tally) -> _Paired:
    s, full = tally.shift, tally.sums[FULL]
    # Of the responses that no prompt changed, before and after are the same.
    m, x = full.m - s.m, full.x - s.x
    mm, mx, xx = full.mm - s.mm, full.mx - s.mx, full.xx - s.xx
    return _Paired(
        after=_Side(full.m, full.x, full.mm, full.mx, full.xx),
        before=_Side(m + s.m0, x + s.x0, mm + s.m0m0, mx + s.m0x0, xx + s.x0x0),
        mm=mm + s.mm0,
        my=mx + s.mx0,
        ym=mx + s.xm0,
        yy=xx + s.xx0,
    )


def _levels(tally: Tally) -> _Paired:
    s, full = tally.shift, tally.sums[FULL]
    m, v = full.m - s.m, s.all_v - s.v
    mm, mv, vv = full.mm - s.mm, s.all_mv - s.mv, s.all_vv - s.vv
    return _Paired(
        after=_Side(full.m, s.all_v, full.mm, s.all_mv, s.all_vv),
        before=_Side(m + s.m0, v + s.v0, mm + s.m0m0, mv + s.m0v0, vv + s.v0v0),
        mm=mm + s.mm0,
        my=mv + s.mv0,
        ym=mv + s.vm0,
        yy=vv + s.vv0,
    )


def _points(scale: Scale, formula: str) -> tuple[Fraction, Fraction]:
    """An index from a ratio: 100 of what, after how many levels are added.

    Levels are counted from the lowest one.
    """
    lowest, highest = min(scale.codes), max(scale.codes)
    whole = {
        "satisfied_share": 1,
        "mean_percent": highest,
        "normalised_mean": highest - lowest,
    }[formula]
    if whole <= 0:
        raise IndicesError(f"{formula} has no meaning on levels {scale.codes}")
    return Fraction(100, whole), Fraction(lowest if formula == "mean_percent" else 0)


def _criterion(
    code: str, guided: Tally, folded: Tally, scale: Scale
) -> dict[str, Difference]:
    arms = (guided, folded)
    one, two = (valid_counts(arm.levels(code), scale) for arm in arms)
    return {
        "mean": mean_difference(moments_of(one), moments_of(two)),
        "satisfied": share_difference(
            _satisfied_of(one, scale), _satisfied_of(two, scale)
        ),
        "spread": spread_difference(one, two, scale),
        **{
            word: share_difference(
                _asked_share(guided, code, word), _asked_share(folded, code, word)
            )
            for word in (NOT_APPLICABLE, CANNOT_JUDGE)
        },
    }


def _moments(times: Times) -> Moments:
    return Moments(n=times.n, s=times.s, ss=times.ss)


def _satisfied_of(levels: Mapping[int, int], scale: Scale) -> tuple[int, int]:
    high = sum(n for level, n in levels.items() if level >= scale.satisfied_from)
    return high, sum(levels.values())


def _asked_share(tally: Tally, code: str, word: str) -> tuple[int, int]:
    """How many gave this word, of those who were asked."""
    counts = tally.counts[code]
    return counts[word], sum(counts.values()) - counts[NOT_ASKED]
