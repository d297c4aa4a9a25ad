"""What a tally cell counts, by name: answers, sums over responses, times, checks of
ratings against facts, what prompts changed, and what was chosen besides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from survey.questionnaire.schema import (
    BLANK,
    CANNOT_JUDGE,
    NOT_APPLICABLE,
    NOT_ASKED,
)

from .terms import Counts, Sums

STATUSES: Final = ("complete", "partial", "break_off")
WITHOUT_LEVEL: Final = (NOT_APPLICABLE, CANNOT_JUDGE, BLANK, NOT_ASKED)
FULL: Final = "full"
CORE: Final = "core"


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The times of one page: n responses with one, Σ seconds, Σ seconds²."""

    n: int = 0
    s: int = 0
    ss: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What became of one prompt, in numbers of responses.

    `comparable`: the fact was known and the criterion had a level. `contrary`: the
    rating contradicted the fact when it was first given; `contrary_after`: it did so
    at the end too. `shown` of the contrary ones, and of these `kept` or `changed`; a
    contrary rating may stay without its prompt, because a page shows one at most.
    """

    comparable: int = 0
    contrary: int = 0
    contrary_after: int = 0
    shown: int = 0
    kept: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Sums over the responses in which a prompt changed an answer of the full set.

    Of each such response m are the valid answers, x the satisfied ones and v the
    levels above the lowest, added up; m0, x0 and v0 are the same before the prompts.
    Two letters are the sum of a product: `mx0` that of m·x0. `n` counts the responses.
    Of all other responses before and after are the same, and the sums of the full set
    hold them; `all_v`, `all_mv` and `all_vv` say of all responses what those leave
    out.
    """

    all_v: int = 0
    all_mv: int = 0
    all_vv: int = 0
    n: int = 0
    m: int = 0
    x: int = 0
    v: int = 0
    m0: int = 0
    x0: int = 0
    v0: int = 0
    mm: int = 0
    mx: int = 0
    xx: int = 0
    mv: int = 0
    vv: int = 0
    m0m0: int = 0
    m0x0: int = 0
    x0x0: int = 0
    m0v0: int = 0
    v0v0: int = 0
    mm0: int = 0
    mx0: int = 0
    xm0: int = 0
    xx0: int = 0
    mv0: int = 0
    vm0: int = 0
    vv0: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Responses with a level of one criterion and of the overall rating.

    `both`: satisfied with either; `criterion` and `overall`: with that one only;
    `neither`: with none of them.
    """

    both: int = 0
    criterion: int = 0
    overall: int = 0
    neither: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.both + self.criterion + self.overall + self.neither


SUMS: Final = tuple(one.name for one in fields(Sums))
TIMES: Final = tuple(one.name for one in fields(Times))
CHECKS: Final = tuple(one.name for one in fields(Checks))
SHIFT: Final = tuple(one.name for one in fields(Shift))
# In this order: satisfied or not with the criterion, then with the whole.
TOGETHER: Final = tuple(one.name for one in fields(Together))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The counters of one cell, or of any sum of cells, by name."""

    statuses: Mapping[str, int]
    counts: Mapping[str, Mapping[str, int]]
    sums: Mapping[str, Sums]
    times: Mapping[str, Times] = field(default_factory=dict)
    checks: Mapping[str, Checks] = field(default_factory=dict)
    shift: Shift = Shift()
    flagged: Mapping[str, int] = field(default_factory=dict)
    """Responses that break each careless rule; one may break several."""
    chosen: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Responses by question besides the ratings and by choice."""
    together: Mapping[str, Together] = field(default_factory=dict)
    """Of every criterion how it goes with the overall rating."""

    @property
    def counted(self) -> int:
        """Responses that enter the indices: complete and partial ones."""
        return self.statuses["complete"] + self.statuses["partial"]

    def levels(self, criterion: str) -> Counts:
        """Answers of one criterion per level code, all without a level under None."""
        counts = self.counts[criterion]
        levels: dict[int | None, int] = {
            int(value): count
            for value, count in counts.items()
            if value not in WITHOUT_LEVEL
        }
        levels[None] = sum(counts[value] for value in WITHOUT_LEVEL)
        return levels

    def faults(self) -> tuple[str, ...]:
        """What cannot be true of counters that were only ever added up.

        Returns:
            One sentence for each fault; nothing when the counters agree.
        """
        return tuple(
            fault
            for check in (
                *(_answers, _sums, _times, _checks, _shift, _flagged),
                *(_chosen, _together),
            )
            for fault in check(self)
        )


def _answers(tally: Tally) -> Iterator[str]:
    for code, counts in tally.counts.items():
        if sum(counts.values()) != tally.counted:
            yield (
                f"{code}: {sum(counts.values())} answers of {tally.counted} responses"
            )


def _sums(tally: Tally) -> Iterator[str]:
    for name, sums in tally.sums.items():
        if not (
            sums.x <= sums.m
            and sums.r <= min(sums.m, tally.counted)
            and sums.m <= sums.mm
            and sums.x <= sums.xx <= sums.mx <= sums.mm
        ):
            yield f"{name}: sums {sums} contradict each other"


def _times(tally: Tally) -> Iterator[str]:
    for page, times in tally.times.items():
        if not (
            times.n <= tally.counted
            and times.s <= times.ss
            # Cauchy and Schwarz: n times cannot have fewer squares than equal ones.
            and times.s**2 <= times.n * times.ss
        ):
            yield f"{page}: {times} of {tally.counted} responses"


def _checks(tally: Tally) -> Iterator[str]:
    for prompt, checks in tally.checks.items():
        if not (
            checks.contrary_after <= checks.contrary
            and checks.contrary <= checks.comparable <= tally.counted
            and checks.kept + checks.changed == checks.shown <= checks.contrary
        ):
            yield f"{prompt}: {checks} of {tally.counted} responses"


def _shift(tally: Tally) -> Iterator[str]:
    s, full = tally.shift, tally.sums[FULL]
    changed = sum(checks.changed for checks in tally.checks.values())
    if not (
        s.n <= min(changed, tally.counted)
        # Who looks again had a level before; afterwards perhaps none.
        and s.n <= s.m0
        and s.m <= s.m0
        and s.x <= s.m <= full.m
        and s.x0 <= s.m0
        and (s.mm <= full.mm and s.mx <= full.mx and s.xx <= full.xx)
        and (s.v <= s.all_v and s.mv <= s.all_mv and s.vv <= s.all_vv)
        and s.m0**2 <= s.n * s.m0m0
        and s.v0**2 <= s.n * s.v0v0
        and s.all_v <= s.all_vv
    ):
        yield f"prompts: {s} contradict each other or {full}"


def _flagged(tally: Tally) -> Iterator[str]:
    for rule, count in tally.flagged.items():
        if count > tally.counted:
            yield f"{rule}: {count} of {tally.counted} responses"


def _chosen(tally: Tally) -> Iterator[str]:
    for question, counts in tally.chosen.items():
        for choice, count in counts.items():
            if count > tally.counted:
                yield f"{question} {choice}: {count} of {tally.counted} responses"


def _together(tally: Tally) -> Iterator[str]:
    for code, pairs in tally.together.items():
        valid = sum(
            count for level, count in tally.levels(code).items() if level is not None
        )
        if pairs.n > valid:
            yield f"{code}: {pairs} of {valid} answers"
