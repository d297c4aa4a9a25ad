"""Who is compared in the study of guidance, and what of them must stay untold.

The page of results shows all responses, the forms on paper among them. Who takes both
arms away from these reads the forms on paper; so these are one more group of which
nothing small may follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from survey.figures.counting import Arms
from survey.figures.hiding import Hidden
from survey.figures.reckoner import Reckoner
from survey.figures.sensitivity import closed_in
from survey.indices import CORE, FULL, Layout, Tally, Thresholds
from survey.questionnaire import Questionnaire

_FORMULA: Final = "satisfied_share"
"""What may be shown depends on numbers of responses, never on the formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The arms of a wave as they are compared.

    Few forms on paper (below `index_from`) stand in the guided arm: whoever fills one
    in reads the guidance, and apart they would follow by subtraction. From there on
    they stay out, because no lot put them into an arm.
    """

    guided: Tally
    drawn: Tally
    """The guided arm without paper."""
    folded: Tally
    both: Tally
    """All that are compared."""
    takes_paper: bool
    """Whether forms on paper stand in the guided arm."""
    tells_numbers: bool
    """Whether the sizes of the arms, or of all drawn by lot, give no small number
    away."""
    closed: frozenset[str]
    """Criteria, elements and sets of which nothing is said of one arm."""
    closed_of_both: frozenset[str]
    """The same of both arms together."""

    @property
    def fewest(self) -> int:
        """Responses of the smaller arm, those that came by lot."""
        return min(self.drawn.counted, self.folded.counted)


def groups_of(
    questionnaire: Questionnaire, layout: Layout, arms: Arms, thresholds: Thresholds
) -> Groups:
    """Put the forms on paper where they belong, and close what would tell of few."""
    paper = layout.unpack(arms.on_paper)
    takes_paper = 0 < paper.counted < thresholds.index_from
    added = arms.on_paper if takes_paper else 0
    guided, drawn, folded, both, everything = map(
        layout.unpack,
        (
            arms.guided + added,
            arms.guided,
            arms.folded,
            arms.guided + added + arms.folded,
            arms.guided + arms.folded + arms.on_paper,
        ),
    )
    apart = () if takes_paper else (paper,)

    def closed(*compared: Tally) -> frozenset[str]:
        pages = (everything, *apart)
        return frozenset(_closed(questionnaire, pages, compared, thresholds))

    return Groups(
        guided=guided,
        drawn=drawn,
        folded=folded,
        both=both,
        takes_paper=takes_paper,
        tells_numbers=not any(
            0 < one.counted < thresholds.hide_below for one in (drawn, folded, paper)
        ),
        # Paper can be read apart by the filter for origin, in part from `hide_below`
        # on; so the guided without it are a group of their own.
        closed=closed(guided, drawn, folded),
        closed_of_both=closed(both),
    )


def _closed(
    questionnaire: Questionnaire,
    pages: tuple[Tally, ...],
    compared: tuple[Tally, ...],
    thresholds: Thresholds,
) -> Iterator[str]:
    def look(tally: Tally, hidden: Hidden | None) -> Reckoner:
        return Reckoner(
            questionnaire,
            tally,
            thresholds=thresholds,
            formula=_FORMULA,
            language="vi",
            hidden=hidden,
        )

    # A group without responses would leave no criterion to hide with a small one.
    looks = [look(one, Hidden()) for one in (*pages, *compared) if one.counted]
    if any(one.is_quiet for one in looks):
        # Of so few even the reasons for not answering stay untold.
        yield from (one.code for one in questionnaire.criteria)
        yield from (one.code for one in questionnaire.elements)
        yield from (FULL, CORE)
        return
    yield from closed_in(looks) if looks else ()
    # What another page hides with a small group must not be read here.
    for one in pages:
        hidden = look(one, None).hidden
        yield from hidden.criteria
        yield from hidden.elements
        yield from (FULL,) if hidden.overall else ()
        yield from (CORE,) if hidden.core else ()
