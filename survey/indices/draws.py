"""Who is asked when not everyone is: a stratified draw that anyone can repeat who has
the list and the seed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import NamedTuple

from .terms import IndicesError


class Stratum(NamedTuple):
    """What is drawn from together: the dossiers of a procedure filed one way."""

    procedure: str
    channel: str


class Framed(NamedTuple):
    """A dossier of the frame, as far as a draw looks at it."""

    code: str
    procedure: str
    channel: str

    @property
    def stratum(self) -> Stratum:
        """The stratum it belongs to."""
        return Stratum(self.procedure, self.channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The outcome of a draw."""

    codes: frozenset[str]
    frame: Mapping[Stratum, int]
    """Dossiers of the frame per stratum, in the order of the strata."""
    sizes: Mapping[Stratum, int]
    """How many of them were chosen."""


def rank(seed: str, code: str) -> str:
    """The place of a dossier in its stratum: SHA-256 of "seed:code", as hexadecimal.

    Ordered by these texts the dossiers stand as if shuffled, and everyone who has the
    seed shuffles them alike.
    """
    return sha256(f"{seed}:{code}".encode()).hexdigest()


def allocation(frame: Mapping[Stratum, int], size: int) -> dict[Stratum, int]:
    """How many to draw from each stratum: in proportion, by largest remainder.

    Each stratum gets the whole part of size·N_h/N; what is left goes one by one to the
    largest remainders. A stratum that would get none then takes one from the stratum
    that stands highest above its share, as long as one can spare it. Among equals the
    larger stratum comes first, then the one whose procedure and channel sort first.

    Args:
        frame: dossiers per stratum, none below 0.
        size: how many to draw in all.
    Returns:
        A number for every stratum; together `size`, none above its stratum.
    Raises:
        IndicesError: a count below 0, or a size below 0 or above the frame.
    """
    total = sum(frame.values())
    if min(frame.values(), default=0) < 0 or not 0 <= size <= total:
        raise IndicesError(f"{size} out of {dict(frame)}")
    shares = {
        stratum: Fraction(size * count, total) if total else Fraction(0)
        for stratum, count in frame.items()
    }
    sizes = {stratum: int(share) for stratum, share in shares.items()}

    def first_above(stratum: Stratum) -> tuple[Fraction, int, Stratum]:
        return sizes[stratum] - shares[stratum], -frame[stratum], stratum

    for stratum in sorted(frame, key=first_above)[: size - sum(sizes.values())]:
        sizes[stratum] += 1
    bare = [one for one, count in frame.items() if count and not sizes[one]]
    for stratum in sorted(bare, key=lambda one: (-frame[one], one)):
        able = [one for one in sizes if sizes[one] > 1]
        if not able:
            break
        giver = min(able, key=lambda one: (shares[one] - sizes[one], -frame[one], one))
        sizes[giver] -= 1
        sizes[stratum] = 1
    return sizes


def draw(seed: str, size: int, frame: Iterable[Framed]) -> Drawn:
    """Choose dossiers at random, stratified by procedure and channel.

    From each stratum those are chosen whose `rank` comes first; dossiers of equal rank,
    which nobody has ever seen, would stand by their codes.

    Args:
        seed: any text; the same seed, size and frame give the same dossiers, in
            whatever order the frame comes.
        size: how many, 0 to all.
        frame: each code once.
    Raises:
        IndicesError: the size is not possible, or a code comes twice.
    """
    strata: dict[Stratum, list[str]] = {}
    for one in frame:
        strata.setdefault(one.stratum, []).append(one.code)
    counts = {stratum: len(strata[stratum]) for stratum in sorted(strata)}
    repeated = Counter(code for codes in strata.values() for code in codes)
    if len(repeated) != sum(counts.values()):
        raise IndicesError(f"{repeated.most_common(1)[0][0]} comes twice")
    sizes = allocation(counts, size)
    chosen: set[str] = set()
    for stratum, codes in strata.items():
        codes.sort(key=lambda code: (rank(seed, code), code))
        chosen.update(codes[: sizes[stratum]])
    return Drawn(codes=frozenset(chosen), frame=counts, sizes=sizes)


def frame_digest(frame: Iterable[Framed]) -> str:
    """SHA-256 of a frame: a line "code TAB procedure TAB channel" each, sorted by code.

    Two frames that differ in a dossier, or in what it is, differ here.
    """
    lines = sorted("\t".join(one) + "\n" for one in frame)
    return sha256("".join(lines).encode()).hexdigest()
