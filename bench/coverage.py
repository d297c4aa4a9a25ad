"""How often intervals hold the truth: nominally 95 times in 100, by simulation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import fmean
from typing import Final, TypeAlias
from zlib import crc32

import numpy

from bench.figures import Book
from survey.indices import (
    Interval,
    LevelSums,
    Sums,
    pooled_difference,
    post_stratify,
    ratio_interval,
    share_difference,
    weighted,
    wilson,
)

SIZES: Final = (10, 20, 30, 50, 100, 300, 1000, 2000)
SHARES: Final = (0.5, 0.7, 0.8, 0.9, 0.95)
CORRELATIONS: Final = (0.1, 0.3, 0.5, 0.7)
ANSWERS: Final = ((3, 5), (8, 16), (12, 24))
"""Answers of one response: to an element, the core set, all criteria."""
LEVELS: Final = (
    (0.02, 0.03, 0.10, 0.45, 0.40),
    (0.10, 0.10, 0.20, 0.35, 0.25),
    (0.005, 0.005, 0.02, 0.27, 0.70),
)
NOMINAL: Final = 95.0
OFF: Final = 2.0
TRIALS, QUICK = 500, 60
SEED: Final = 20260701

Draw: TypeAlias = numpy.random.Generator
Trial: TypeAlias = Callable[[Draw, int], bool | None]
"""One sample of a size: whether its interval holds the truth; None without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One truth from which samples are drawn."""

    name: str
    trial: Trial


def coverage(case: Case, size: int, trials: int) -> float:
    """Percent of the intervals of many samples that hold the truth, always the same."""
    # Each truth has luck of its own, so that a mean over truths is one of many samples.
    draw = numpy.random.default_rng([SEED, size, crc32(case.name.encode())])
    held = [one for _ in range(trials) if (one := case.trial(draw, size)) is not None]
    return 100 * fmean(held)


def _holds(interval: Interval | None, truth: float) -> bool | None:
    if interval is None:
        return None
    return float(interval.low) - 1e-9 <= truth <= float(interval.high) + 1e-9


def responses(
    draw: Draw, size: int, share: float, correlation: float, answers: tuple[int, int]
) -> Sums:
    """The sums of responses whose own shares scatter as a beta distribution.

    Then any two answers of a response have just this correlation.
    """
    m = draw.integers(answers[0], answers[1] + 1, size=size)
    sharpness = (1 - correlation) / correlation
    own = draw.beta(share * sharpness, (1 - share) * sharpness, size=size)
    x = draw.binomial(m, own)
    return Sums(
        r=size,
        m=int(m.sum()),
        x=int(x.sum()),
        mm=int((m * m).sum()),
        mx=int((m * x).sum()),
        xx=int((x * x).sum()),
    )


def _levels(
    draw: Draw, size: int, shares: tuple[float, ...], repeat: float, most: int
) -> LevelSums:
    """Responses that repeat a level of their own in this part of their answers."""
    m = draw.integers(max(1, most // 2), most + 1, size=size)
    own = draw.choice(len(shares), p=shares, size=(size, 1))
    free = draw.choice(len(shares), p=shares, size=(size, most))
    levels = numpy.where(draw.random((size, most)) < repeat, own, free)
    levels = levels * (numpy.arange(most) < m[:, None])
    v = levels.sum(axis=1)
    return LevelSums(
        r=size,
        m=int(m.sum()),
        v=int(v.sum()),
        mm=int((m * m).sum()),
        mv=int((m * v).sum()),
        vv=int((v * v).sum()),
        ss=int((levels * levels).sum()),
        top=len(shares) - 1,
    )


def _single(share: float, draw: Draw, size: int) -> bool | None:
    return _holds(wilson(int(draw.binomial(size, share)), size), 100 * share)


def _two_single(share: float, draw: Draw, size: int) -> bool | None:
    other = share - 0.1
    found = share_difference(
        (int(draw.binomial(size, share)), size), (int(draw.binomial(size, other)), size)
    )
    return _holds(found.interval, 10)


def _clusters(
    share: float, correlation: float, answers: tuple[int, int], draw: Draw, size: int
) -> bool | None:
    sums = responses(draw, size, share, correlation, answers)
    return _holds(ratio_interval(sums), 100 * share)


def _two_clusters(
    share: float, correlation: float, answers: tuple[int, int], draw: Draw, size: int
) -> bool | None:
    one, two = (
        responses(draw, size, p, correlation, answers) for p in (share, share - 0.1)
    )
    return _holds(pooled_difference(one, two).interval, 10)


def _mean(
    shares: tuple[float, ...], repeat: float, most: int, draw: Draw, size: int
) -> bool | None:
    truth = sum(k * p for k, p in enumerate(shares)) / (len(shares) - 1)
    return _holds(
        ratio_interval(_levels(draw, size, shares, repeat, most)), 100 * truth
    )


def _weighted(share: float, correlation: float, draw: Draw, size: int) -> bool | None:
    """Two strata of which the smaller one answers more, and is less satisfied."""
    frame, sizes = {"a": 700, "b": 300}, {"a": size // 2, "b": size - size // 2}
    truths = {"a": share, "b": share - 0.1}
    parts = {
        key: responses(draw, n, truths[key], correlation, (12, 24))
        for key, n in sizes.items()
    }
    found = weighted(parts, post_stratify(frame, sizes, least=1))
    return _holds(found.interval, 70 * truths["a"] + 30 * truths["b"])


def cases() -> dict[str, list[Case]]:
    """Every kind of interval and the truths it is tried on."""
    clustered = [(p, rho, m) for rho in CORRELATIONS for m in ANSWERS for p in SHARES]
    return {
        "wilson": [
            Case(name=f"share {p}", trial=partial(_single, p)) for p in SHARES
        ],
        "ratio_interval": [
            Case(name=f"share {p}, correlation {rho}, {m[0]}-{m[1]} answers",
                 trial=partial(_clusters, p, rho, m))
            for p, rho, m in clustered
        ],
        "mean": [
            Case(name=f"levels {i}, repeat {repeat}, up to {most} answers",
                 trial=partial(_mean, shares, repeat, most))
            for i, shares in enumerate(LEVELS)
            for repeat, most in ((0.0, 1), (0.4, 5), (0.4, 24), (0.7, 24))
        ],
        "weighted": [
            Case(name=f"share {p}, correlation {rho}", trial=partial(_weighted, p, rho))
            for p in SHARES[:-1]
            for rho in (0.1, 0.5)
        ],
        "share_difference": [
            Case(name=f"share {p}", trial=partial(_two_single, p)) for p in SHARES
        ],
        "pooled_difference": [
            Case(name=f"share {p}, correlation {rho}, {m[0]}-{m[1]} answers",
                 trial=partial(_two_clusters, p, rho, m))
            for p, rho, m in clustered
            if m != (8, 16)
        ],
    }  # fmt: skip


def _found(trials: int) -> Iterator[tuple[str, int, list[tuple[float, str]]]]:
    for kind, several in cases().items():
        for size in SIZES:
            yield (
                kind,
                size,
                sorted((coverage(case, size, trials), case.name) for case in several),
            )


def measure(book: Book) -> None:
    """Print how far the coverage of every interval is from 95 %, at every size.

    The mean over truths is held within 2 points; the truths that are covered least and
    most stand beside it.
    """
    trials = book.choose(TRIALS, QUICK)
    book.title(f"Coverage of 95 % intervals, {trials:,} samples of each truth")
    for kind, size, found in _found(trials):
        mean = fmean(share for share, _ in found)
        (least, worst), (most, _) = found[0], found[-1]
        book.add(
            f"{kind}, {size:,} responses: off 95 %",
            abs(mean - NOMINAL),
            "%",
            limit=OFF,
            note=f"{mean:.1f} %; truths {least:.1f} … {most:.1f}, least: {worst}",
        )
