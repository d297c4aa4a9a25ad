"""What became of every dossier that was invited, and how many of them answered."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import astuple, dataclass
from fractions import Fraction
from typing import TypeVar

from .differences import Difference, share_difference
from .terms import Estimate, IndicesError

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is counted of the invited dossiers of a place, before each has one fate.

    `links` were handed out and not revoked; `complete`, `partial` and `break_off`
    came by them; `undelivered` came back and were not answered all the same; of
    `started` forms `finished` were sent.
    """

    links: int = 0
    complete: int = 0
    partial: int = 0
    break_off: int = 0
    undelivered: int = 0
    started: int = 0
    finished: int = 0

    def __add__(self, other: Asked) -> Asked:
        """What is counted of both places."""
        return Asked(
            links=self.links + other.links,
            complete=self.complete + other.complete,
            partial=self.partial + other.partial,
            break_off=self.break_off + other.break_off,
            undelivered=self.undelivered + other.undelivered,
            started=self.started + other.started,
            finished=self.finished + other.finished,
        )

    @property
    def sent(self) -> int:
        """Forms that came in, however far they were filled in."""
        return self.complete + self.partial + self.break_off

    @property
    def left(self) -> int:
        """Invited dossiers of which nothing came in; negative if too much did."""
        return self.links - self.sent

    @property
    def unsent(self) -> int:
        """Forms that were begun and not sent, never more than could be.

        Forms begun again, or behind a link revoked since, are in it too: it is the
        most that there can be, and moves no rate, because all others are in the
        denominator of both whatever became of them.
        """
        free = self.left - min(self.undelivered, max(self.left, 0))
        return max(0, min(self.started - self.finished, free))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispositions:
    """What became of every invited dossier; a break-off counts as a refusal."""

    complete: int = 0
    partial: int = 0
    refusal: int = 0
    non_contact: int = 0
    other: int = 0
    unknown: int = 0

    def __post_init__(self) -> None:
        if min(astuple(self)) < 0:
            raise IndicesError(f"{self} counts below zero")

    def __add__(self, other: Dispositions) -> Dispositions:
        """What became of the dossiers of both places."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Dispositions(
            **dict(zip(DISPOSITIONS, (one + two for one, two in pairs), strict=True))
        )

    @property
    def invited(self) -> int:
        """All of them together, the denominator of both rates."""
        return sum(astuple(self))

    @property
    def answered(self) -> int:
        """Complete and partial ones, the numerator of RR2."""
        return self.complete + self.partial


DISPOSITIONS = ("complete", "partial", "refusal", "non_contact", "other", "unknown")
"""The names of the dispositions, in AAPOR's order: I, P, R, NC, O, U."""


def disposed(asked: Asked, *, is_over: bool) -> Dispositions | None:
    """One fate for each invited dossier of a place.

    Args:
        is_over: no form can be sent any more: one that was begun is a break-off now;
            before, nobody knows yet.
    Returns:
        The dispositions, which add up to `asked.links`; None when more came in than
        were invited, so that who was invited is not known.
    Source: domain.md M11, AAPOR; which count belongs where is our own choice: "other"
        stays empty, as no contact is noted that is neither an answer nor a refusal.
    """
    if asked.left < 0:
        return None
    non_contact = min(asked.undelivered, asked.left)
    begun = asked.unsent if is_over else 0
    return Dispositions(
        complete=asked.complete,
        partial=asked.partial,
        refusal=asked.break_off + begun,
        non_contact=non_contact,
        unknown=asked.left - non_contact - begun,
    )


def response_rate_1(dispositions: Dispositions) -> Estimate:
    """Percent of the invited who answered completely: I / (I+P+R+NC+O+U).

    Returns:
        The rate in 0..100 and the number invited; nobody invited: value None.
    Source: domain.md M11, AAPOR RR1.
    """
    return _rate(dispositions.complete, dispositions)


def response_rate_2(dispositions: Dispositions) -> Estimate:
    """Percent of the invited who answered at least partly: (I+P) / (I+P+R+NC+O+U).

    Returns:
        The rate in 0..100 and the number invited; nobody invited: value None.
    Source: domain.md M11, AAPOR RR2.
    """
    return _rate(dispositions.answered, dispositions)


def _rate(answered: int, dispositions: Dispositions) -> Estimate:
    invited = dispositions.invited
    if invited == 0:
        return Estimate(None, 0)
    return Estimate(Fraction(100 * answered, invited), invited)


def against_the_rest(part: Dispositions, whole: Dispositions) -> Difference:
    """RR2 of a part against that of all others of the whole, with its interval.

    Raises:
        IndicesError: the part is no part of the whole.
    """
    others = whole.answered - part.answered, whole.invited - part.invited
    return share_difference((part.answered, part.invited), others)


def hidden_with(counts: Mapping[_Key, int], least: int) -> set[_Key]:
    """Which parts of a sum that is shown must not be shown: the small ones, and as
    many others as it takes so that the sum of the hidden is not small either.

    Args:
        counts: responses by part.
        least: the fewest that may be shown; a part with none is no small group.
    """
    hidden = {key for key, count in counts.items() if 0 < count < least}
    if not hidden:
        return hidden
    covers = sorted(
        (key for key, count in counts.items() if count >= least), key=counts.__getitem__
    )
    total = sum(counts[key] for key in hidden)
    for key in covers:
        if len(hidden) > 1 and total >= least:
            break
        hidden.add(key)
        total += counts[key]
    return hidden
