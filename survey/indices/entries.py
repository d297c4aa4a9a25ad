"""What the times and the prompts of one response add to a tally cell, as fields of
`layout`; the shapes are those of `Response.seconds` and `Response.prompts`."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from survey.questionnaire.prompts import AGREES, CHANGED, KEPT, OUTCOMES

from .tally import CHECKS, SHIFT, WITHOUT_LEVEL
from .terms import IndicesError

FIELD_BYTES: Final = 5  # 40 bits
FIELD_BITS: Final = 8 * FIELD_BYTES
# Squares must stay below 2³⁹: 42,000 responses may take this long on the same page,
# and a million and a half ten minutes.
MOST_SECONDS: Final = 900


def joined(counts: Iterable[int]) -> int:
    """Counts side by side, the first in the lowest field."""
    total = 0
    for i, count in enumerate(counts):
        total |= count << (FIELD_BITS * i)
    return total


def _checks_of(outcome: str, *, still: bool) -> int:
    shown = outcome in (KEPT, CHANGED)
    counts = dict.fromkeys(CHECKS, 0) | {
        "comparable": 1,
        "contrary": int(outcome != AGREES),
        "contrary_after": int(still),
        "shown": int(shown),
    }
    if shown:
        counts[outcome] = 1
    return joined(counts.values())


_AGREES: Final = _checks_of(AGREES, still=False)
_CONTRARY: Final = {
    (outcome, still): _checks_of(outcome, still=still)
    for outcome in OUTCOMES
    if outcome != AGREES
    for still in (False, True)
}


def time_counts(page: str, seconds: Any) -> int:
    """The counters n, s and ss of one time.

    Raises:
        IndicesError: not whole seconds in 0..MOST_SECONDS.
    """
    if type(seconds) is not int or not 0 <= seconds <= MOST_SECONDS:
        raise IndicesError(f"{page}: {seconds!r} is no time in 0..{MOST_SECONDS} s")
    return 1 | seconds << FIELD_BITS | seconds * seconds << 2 * FIELD_BITS


def check_counts(prompt: str, entry: Mapping[str, Any]) -> int:
    """The counters of one prompt's entry.

    Raises:
        IndicesError: no such outcome, or a contrary rating without its `still`.
    """
    outcome = entry.get("outcome")
    if outcome == AGREES:
        return _AGREES
    still = entry.get("still")
    if type(still) is bool and (counts := _CONTRARY.get((str(outcome), still))):
        return counts
    raise IndicesError(f"{prompt}: {outcome!r} with {still!r} is no outcome")


def level_before(
    prompt: str, entry: Mapping[str, Any], levels: Mapping[str, int], final: str | None
) -> int | None:
    """The level that the prompt made the business give up.

    Args:
        levels: the levels of the scale by their stored value.
        final: the stored value of the prompt's criterion; None for a general question.
    Returns:
        None when no prompt changed the answer.
    Raises:
        IndicesError: `from` is not a level, or `to` is neither a level nor one of the
            four words or not what is stored.
    """
    if entry["outcome"] == AGREES:
        return None
    was, then = str(entry.get("from")), str(entry.get("to"))
    if was not in levels or (then not in levels and then not in WITHOUT_LEVEL):
        raise IndicesError(f"{prompt}: no change from {was!r} to {then!r}")
    if final is not None and then != final:
        raise IndicesError(f"{prompt}: {then!r} at the end, stored is {final!r}")
    return levels[was] if entry["outcome"] == CHANGED and was != then else None


def shift_counts(
    after: tuple[int, int, int], before: tuple[int, int, int] | None
) -> int:
    """The counters of a response's shift, in the order of `Shift`.

    Args:
        after, before: m, x and v of the full set at the end, and before any prompt;
            None when no prompt changed an answer of it.
    """
    m, x, v = after
    everywhere = (v, m * v, v * v)
    if before is None:
        return joined(everywhere)
    named = {"m": m, "x": x, "v": v}
    named |= dict(zip(("m0", "x0", "v0"), before, strict=True))
    return joined((*everywhere, 1, *(_product(name, named) for name in SHIFT[4:])))


def _product(name: str, named: Mapping[str, int]) -> int:
    """The value of a counter from its name: "m0" is a sum, "mx0" one of products."""
    if name in named:
        return named[name]
    first = name[:2] if name[:2] in named else name[:1]
    return named[first] * named[name[len(first) :]]
