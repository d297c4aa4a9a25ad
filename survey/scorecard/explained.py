"""A rule in sentences: its steps, what happens exactly at a boundary, and examples."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from flask_babel import gettext as _

from survey import web
from survey.formats import round_half_up
from survey.indices import Grade
from survey.scorecard.rules import STEPPED, Rule
from survey.scorecard.terms import KINDS, written

EXAMPLES: Final = tuple(Fraction(one) for one in (100, 95, 90, 85, 80, 70, 60, 50, 0))
_A_LITTLE: Final = Decimal("0.01")


def steps(rule: Rule) -> list[str]:
    """What a value gives, a sentence for each step, the highest first."""
    if rule.kind == "linear":
        return [
            _(
                "Điểm = chỉ số × %(maximum)s / 100, làm tròn đến hai chữ số.",
                maximum=written(rule.maximum or 0),
            )
        ]
    if rule.kind not in STEPPED:
        return [str(KINDS[rule.kind])]
    told = []
    above: Decimal | None = None
    for least, points in rule.steps:
        told.append(_step(least, above, points))
        above = least
    if above:
        told.append(_step(None, above, Decimal(0)))
    return told


def _step(least: Decimal | None, above: Decimal | None, points: Decimal) -> str:
    values = {
        "least": written(least or 0),
        "above": written(above or 0),
        "points": written(points),
    }
    if least is None:
        told = _("Dưới %(above)s: %(points)s điểm", **values)
    elif above is None:
        told = _("Từ %(least)s trở lên: %(points)s điểm", **values)
    else:
        told = _("Từ %(least)s đến dưới %(above)s: %(points)s điểm", **values)
    return str(told)


def boundaries(rule: Rule) -> list[str]:
    """What exactly a boundary gives, what lies just below, and how it is rounded."""
    if rule.kind not in STEPPED:
        return []
    told = []
    for least, points in rule.steps:
        if least == 0:
            continue
        below = least - _A_LITTLE
        told.append(
            _(
                "Đúng %(least)s được %(points)s điểm; %(below)s được %(fewer)s điểm.",
                least=written(least),
                points=written(points),
                below=written(below),
                fewer=written(rule.points(Fraction(below))),
            )
        )
    told.append(
        _(
            "Chỉ số được làm tròn đến hai chữ số trước khi so với mốc: 79,996 thành "
            "80,00 và đạt mốc 80."
        )
        if rule.rounds_first
        else _(
            "Chỉ số được so với mốc khi chưa làm tròn: 79,996 in ra là 80,00 nhưng "
            "chưa đạt mốc 80."
        )
    )
    return told


def examples(
    rule: Rule, values: Sequence[Fraction] = EXAMPLES
) -> list[tuple[str, str]]:
    """Pairs of a value and its points, as they are written."""
    if not rule.takes_value:
        return []
    return [(written(one), written(rule.points(one))) for one in values]


def enough(value: Fraction) -> Decimal:
    """A value of two decimals that is surely not below an exact one: what is said to
    be needed must be enough when it is reached as it is printed."""
    shown = round_half_up(value)
    return shown if shown >= value else shown + _A_LITTLE


def grade_words(grade: Grade, above: Grade | None) -> str:
    """A class with the scores that belong to it."""
    name = grade.title.get(web.language())
    if above is None:
        told = _("%(name)s: từ %(least)s", name=name, least=written(grade.least))
    elif grade.least == 0:
        told = _("%(name)s: dưới %(above)s", name=name, above=written(above.least))
    else:
        told = _(
            "%(name)s: từ %(least)s đến dưới %(above)s",
            name=name,
            least=written(grade.least),
            above=written(above.least),
        )
    return str(told)
