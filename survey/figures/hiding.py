"""Which figures of one report must be left out, so that no small group can be had by
subtracting what is shown from a sum over it.

Sums on a report are: each element over its criteria, all criteria, and the core set. A
criterion with a few answers would follow from its element's sum and the other criteria;
so a second one, its cover, is hidden with it. Differences between filters and periods
are not looked at here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from survey.indices import CORE, FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A criterion as hiding sees it."""

    code: str
    is_core: bool
    n: int
    """Valid answers."""
    is_small: bool
    """Has answers, and they must not become known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An element as hiding sees it."""

    code: str
    parts: tuple[Part, ...]
    is_shown: bool
    """Has enough answers for its sums to be shown."""
    is_small: bool
    """Has answers, and their sum must not become known."""
    answers: int
    """Valid answers to all its criteria."""

    @property
    def has_small(self) -> bool:
        """Whether one of its criteria is small."""
        return any(part.is_small for part in self.parts)


@dataclass(slots=True)
class Hidden:
    """What is hidden beyond the small groups themselves."""

    criteria: set[str] = field(default_factory=set)
    elements: set[str] = field(default_factory=set)
    core: bool = False
    overall: bool = False

    @property
    def codes(self) -> frozenset[str]:
        """All of it by code."""
        sets = {FULL: self.overall, CORE: self.core}
        return frozenset(
            self.criteria | self.elements | {code for code, one in sets.items() if one}
        )

    def more(self, codes: Collection[str], criteria: Collection[str]) -> Hidden:
        """This and some more, which may be codes of criteria, elements or sets."""
        return Hidden(
            criteria=self.criteria.union(codes).intersection(criteria),
            elements=self.elements.union(codes).difference(criteria, (FULL, CORE)),
            core=self.core or CORE in codes,
            overall=self.overall or FULL in codes,
        )


def covers(wholes: Sequence[Whole], *, overall_is_shown: bool) -> Hidden:
    """Choose what to hide with the small groups of a report.

    Within an element a small criterion is covered by the criterion with the fewest
    answers that could be shown, if possible of the same kind (core or not): then the
    sum over the core set gives nothing away either; else that sum is hidden. An
    element that consists of small criteria only would follow from the sum over all
    criteria; if it is small itself, another element is hidden with it.
    """
    hidden = Hidden()
    for whole in wholes:
        if whole.has_small and (whole.is_shown or overall_is_shown):
            _cover_criteria(whole, hidden)
    if overall_is_shown:
        _cover_elements(wholes, hidden)
    return hidden


def joined(several: Sequence[Sequence[Whole]]) -> list[Whole]:
    """Reports over the same criteria as one, when they can be had from one another.

    Who reads an index with and without some responses reads one of these alone: what
    must not become known of any of the three must not be shown of the others. Only
    what is large in each may cover; what is empty in one says nothing there.
    """
    return [
        Whole(
            code=same[0].code,
            parts=tuple(
                Part(
                    code=parts[0].code,
                    is_core=parts[0].is_core,
                    n=min(part.n for part in parts),
                    is_small=any(part.is_small for part in parts),
                )
                for parts in zip(*(whole.parts for whole in same), strict=True)
            ),
            is_shown=all(whole.is_shown for whole in same),
            is_small=any(whole.is_small for whole in same),
            answers=min(whole.answers for whole in same),
        )
        for same in zip(*several, strict=True)
    ]


def together(
    parts: Sequence[Mapping[str, int]], closed: Sequence[Collection[str]], least: int
) -> list[frozenset[str]]:
    """What to hide of parts whose sum is known.

    Args:
        parts: of every part its answers by code.
        closed: of every part the codes that are hidden in it already.
        least: fewer answers than this must not follow.
    Returns:
        Of every part all codes to hide: of a code none, or at least two parts that
        have as many answers together, the smallest ones.
    """
    hidden = [set(codes) for codes in closed]
    for code in parts[0] if parts else ():
        sized = sorted((part[code], place) for place, part in enumerate(parts))
        sized = [(n, place) for n, place in sized if n]
        few = [(n, place) for n, place in sized if n < least or code in closed[place]]
        others = [one for one in sized if one not in few]
        while few and others and (len(few) < 2 or sum(n for n, _ in few) < least):
            few.append(others.pop(0))
        for _, place in few:
            hidden[place].add(code)
    return [frozenset(codes) for codes in hidden]


def _cover_criteria(whole: Whole, hidden: Hidden) -> None:
    for is_core in (True, False):
        kind = [part for part in whole.parts if part.is_core == is_core]
        if not any(part.is_small for part in kind):
            continue
        cover = _fewest(kind)
        if cover is not None:
            hidden.criteria.add(cover.code)
            continue
        # Only the other kind may have a cover; the two kinds are then told apart by
        # the sum over the core set.
        hidden.core = True
        other = [part for part in whole.parts if part.is_core != is_core]
        cover = _fewest(other)
        if cover is not None and not hidden.criteria & {one.code for one in other}:
            hidden.criteria.add(cover.code)


def _cover_elements(wholes: Sequence[Whole], hidden: Hidden) -> None:
    bare = [
        whole
        for whole in wholes
        if whole.has_small
        and not whole.is_shown
        and whole.is_small
        and not hidden.criteria & {part.code for part in whole.parts}
    ]
    if not bare:
        return
    hidden.core = True
    shown = [whole for whole in wholes if whole.is_shown]
    if not shown:
        hidden.overall = True
        return
    cover = min(
        shown,
        key=lambda one: (
            not hidden.criteria & {part.code for part in one.parts},
            one.answers,
        ),
    )
    hidden.elements.add(cover.code)
    if not hidden.criteria & {part.code for part in cover.parts}:
        part = _fewest(cover.parts)
        if part is not None:
            hidden.criteria.add(part.code)


def _fewest(parts: Iterable[Part]) -> Part | None:
    usable = [part for part in parts if part.n > 0 and not part.is_small]
    return min(usable, key=lambda part: part.n, default=None)
