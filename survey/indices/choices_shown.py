"""Which choices of a fact must not be counted in sight, so that no small group of
businesses can be read off, nor be had by subtraction."""

from collections.abc import Collection, Mapping

from .cells import Thresholds


def hidden_choices(
    counts: Mapping[str, int],
    thresholds: Thresholds,
    *,
    wider: Collection[Mapping[str, int]] = (),
) -> frozenset[str]:
    """The choices of one question to hide.

    A choice with a few responses is hidden. What is hidden of a question follows, taken
    together, from its n and the choices that are shown: so further choices, those with
    the fewest responses, are hidden with it until at least two choices and a whole
    group are. A choice is small too when the responses that made it outside this
    selection but inside a wider one, which is shown as well, are a few.

    Args:
        counts: responses by choice; each response made exactly one of them.
        thresholds: of the wave.
        wider: the counts of selections that hold this one, by the same choices.
    Returns:
        Codes of `counts`; empty choices are never hidden. Those of a question with too
        few responses for any share are not looked at: hide it as a whole.
    Source: domain.md section 10; our rule.
    """
    few = thresholds.hide_below

    def is_small(count: int) -> bool:
        return 0 < count < few

    hidden = {
        code
        for code, count in counts.items()
        if is_small(count) or any(is_small(more.get(code, 0) - count) for more in wider)
    }
    hidden = {code for code in hidden if counts[code]}
    others = sorted(
        (code for code, count in counts.items() if count and code not in hidden),
        key=lambda code: counts[code],
    )
    while hidden and others:
        together = sum(counts[code] for code in hidden)
        if len(hidden) > 1 and together >= few:
            break
        hidden.add(others.pop(0))
    return frozenset(hidden)


def small_choices(counts: Mapping[str, int], thresholds: Thresholds) -> frozenset[str]:
    """The choices to hide where a response may make several: there is no sum to
    subtract from, so the small ones alone."""
    few = thresholds.hide_below
    return frozenset(code for code, count in counts.items() if 0 < count < few)
