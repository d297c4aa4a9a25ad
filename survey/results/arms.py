"""Who is compared in the study of guidance, and what of them must stay untold.

The page of results shows all responses, the forms on paper among them. Who takes both
arms away from these reads the forms on paper; so these are one more group of which
nothing small may follow.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from survey.figures.counting import Arms
from survey.figures.openings import Openings, Paths
from survey.figures.shape import measure_of, shape_of
from survey.indices import Layout, Tally, Thresholds
from survey.questionnaire import Questionnaire


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
    questionnaire: Questionnaire,
    layout: Layout,
    arms: Arms,
    thresholds: Thresholds,
    on_pages: Collection[str] = (),
    on_paper_pages: Collection[str] = (),
) -> Groups:
    """Put the forms on paper where they belong, and close what would tell of few.

    Args:
        on_pages: what the pages of results close of all responses.
        on_paper_pages: what they close of those on paper.
    """
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
    apart = [] if takes_paper else [arms.on_paper]
    look = partial(_closed, questionnaire, thresholds, everything.counted > 0)
    kept = frozenset(on_pages).union(on_paper_pages if apart else ())

    return Groups(
        guided=guided,
        drawn=drawn,
        folded=folded,
        both=both,
        takes_paper=takes_paper,
        tells_numbers=not any(
            0 < one.counted < thresholds.hide_below for one in (drawn, folded, paper)
        ),
        # Where paper stays out, it follows from all responses and both arms.
        closed=kept | look([arms.guided + added, arms.folded, *apart]),
        closed_of_both=kept | look([arms.guided + added + arms.folded, *apart]),
    )


def _closed(
    questionnaire: Questionnaire,
    thresholds: Thresholds,
    has_any: bool,
    parts: Sequence[int],
) -> frozenset[str]:
    """What must not be told of any of several parts of a wave."""
    if not has_any:
        return frozenset()
    measure = measure_of(questionnaire, thresholds)
    numbered: dict[Paths, int] = {
        ((str(place),),): total for place, total in enumerate(parts) if total
    }

    def read(axes: tuple[str, ...]) -> dict[Paths, int]:
        return numbered if axes else {(): sum(parts)}

    openings = Openings(shape_of(questionnaire), thresholds, read, measure)
    verdicts = [openings.verdict({"part": path}) for (path,) in numbered]
    return openings.verdict({}).closed.union(*(one.closed for one in verdicts))
