"""A questionnaire and its counters, as `closing` sees them."""

from __future__ import annotations

from collections.abc import Callable

from survey import tallies
from survey.figures.closing import Row, Shape
from survey.indices import FULL, Thresholds, statuses_in
from survey.questionnaire.schema import Questionnaire


def shape_of(questionnaire: Questionnaire) -> Shape:
    """The criteria of a questionnaire by element, and its core set."""
    return Shape(
        elements={
            element.code: tuple(one.code for one in element.criteria)
            for element in questionnaire.elements
        },
        core=frozenset(questionnaire.sets["core"]),
    )


def measure_of(
    questionnaire: Questionnaire, thresholds: Thresholds
) -> Callable[[int], Row]:
    """Makes of counters a row with nothing closed."""
    layout = tallies.layout_of(questionnaire)
    satisfied_from = questionnaire.scale.satisfied_from

    def measure(total: int) -> Row:
        sizes, satisfied = layout.sizes(total, satisfied_from)
        complete, partial, _ = statuses_in(total)
        sizes[FULL] = whole_size(sizes[FULL], complete + partial, thresholds)
        return Row(
            sizes=sizes,
            paired=frozenset(
                code
                for code, high in satisfied.items()
                if thresholds.hide_below <= sizes[code] < thresholds.index_from
                and 0 < high < sizes[code]
            ),
        )

    return measure


def whole_size(answering: int, counted: int, thresholds: Thresholds) -> int:
    """How large a selection is for hiding: who rated nothing has reasons, which must
    not become known of few either."""
    return answering if 0 < answering < thresholds.index_from else counted
