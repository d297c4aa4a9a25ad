"""A questionnaire and its counters, as `closing` sees them."""

from __future__ import annotations

from collections.abc import Callable

from survey import tallies
from survey.figures.closing import Row, Shape
from survey.indices import Thresholds
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
