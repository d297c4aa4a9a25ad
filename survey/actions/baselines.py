"""The figure an action starts from, written down when it was set, and what became of
it in the quarters since.

Only quarters that began after the last month counted at the start are compared: their
respondents are others, as a difference between two groups asks for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.actions import readings
from survey.actions.changes import Change, Known, change
from survey.actions.periods import Period, period_at, period_named
from survey.exports import Figure, words
from survey.figures import Filters, report
from survey.formats import integer, percent
from survey.indices import Interval
from survey.models import Action, Unit, Wave

COMPARABLE: Final = ("open", "closed")
"""Waves of which anything counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A figure as a page shows it: index, interval and n, or words in their place."""

    value: str
    interval: str
    n: str

    @classmethod
    def of(cls, known: Known, language: str, instead: str = "") -> Shown:
        """What is known of a figure, in words; `instead` where it has no index."""
        if known.value is None:
            return cls(value=instead, interval="", n="")
        interval = ""
        if known.interval is not None:
            low, high = known.interval.low, known.interval.high
            interval = f"{percent(low, language)} – {percent(high, language)}"
        return cls(
            value=percent(known.value, language),
            interval=interval,
            n=integer(known.n, language),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What the figure was in one later quarter, and how it changed."""

    name: str
    shown: Shown
    change: Change


def take(
    session: Session,
    wave: Wave,
    unit: Unit,
    criterion: str,
    *,
    agency: str,
    reach: Collection[int] | None,
    today: date,
) -> dict[str, str]:
    """Write down what the figure of a criterion is, as far as it may be shown.

    Of a wave that is over, all of it. Of one that goes on, the last quarter that is
    over, or else the last month: a figure that still grows would, beside what it has
    become, tell how the few who came between have answered.
    """
    if wave.state == "closed" or wave.closes_on < today:
        made = report(
            session, wave, Filters(unit=unit), language="vi", agency=agency, reach=reach
        )
        figure = next((one for one in made.rows if one.code == criterion), None)
        return text_of(figure, wave.formula, period=None, through=wave.closes_on)
    for by in ("quarter", "month"):
        found = readings.over_time(
            session, [wave], unit, by, language="vi", reach=reach
        )
        for portion in reversed(found):
            period = period_named(portion.key)
            if period is not None and period.last_on < today:
                figure = readings.row(portion.figures, criterion)
                return text_of(
                    figure, wave.formula, period=period, through=period.last_on
                )
    return text_of(None, wave.formula, period=None, through=today)


def text_of(
    figure: Figure | None, formula: str, *, period: Period | None, through: date
) -> dict[str, str]:
    """A figure as texts: what may not be shown is not in it.

    Args:
        period: what it was counted over; None for the whole wave.
        through: the last day that is counted in it.
    """
    known = Known.of(figure, formula)
    kept = {"formula": formula, "through": through.isoformat()}
    if period is not None:
        kept |= {"kind": period.kind, "period": period.key}
    if known.value is None:
        return kept | {"display": figure.display if figure else "none"}
    kept |= {"display": "index", "value": str(known.value), "n": str(known.n)}
    if known.interval is not None:
        kept |= {"low": str(known.interval.low), "high": str(known.interval.high)}
    return kept


def period_words(action: Action, language: str) -> str:
    """What the figure was counted over: a period of the wave, or all of it."""
    kept = action.baseline
    period = period_at(kept.get("kind", "monthly"), kept.get("period", ""))
    if period is None:
        return action.wave.title
    return f"{period.name(language)}, {action.wave.title}"


def known_of(baseline: Mapping[str, str]) -> Known:
    """The figure behind the texts, exactly as it was."""
    if "value" not in baseline:
        return Known(value=None, n=0, interval=None)
    bounds = None
    if "low" in baseline:
        bounds = Interval(Decimal(baseline["low"]), Decimal(baseline["high"]))
    return Known(
        value=Fraction(baseline["value"]), n=int(baseline["n"]), interval=bounds
    )


def formula_words(baseline: Mapping[str, str], language: str) -> str:
    """Which index it is."""
    return words.FORMULAS[baseline["formula"]].get(language)


def comparable_waves(session: Session, wave: Wave) -> list[Wave]:
    """The waves whose figures may be laid beside those of a wave: the same form, the
    same index, about the same unit; itself among them, the earliest first."""
    query = sa.select(Wave).where(
        Wave.questionnaire_id == wave.questionnaire_id,
        Wave.formula == wave.formula,
        Wave.unit_id == wave.unit_id,
        Wave.is_sample == wave.is_sample,
        Wave.state.in_(COMPARABLE),
    )
    return list(session.scalars(query.order_by(Wave.opens_on, Wave.id)))


def since(
    session: Session,
    action: Action,
    *,
    language: str,
    reach: Collection[int] | None,
) -> list[Later]:
    """What became of the figure of an action, quarter by quarter."""
    through = date.fromisoformat(action.baseline["through"])
    quarters = readings.over_time(
        session,
        comparable_waves(session, action.wave),
        action.unit,
        "quarter",
        language=language,
        reach=reach,
    )
    before = known_of(action.baseline)
    found = []
    for quarter in quarters:
        period = period_named(quarter.key)
        if period is None or period.first_on <= through:
            continue
        figure = readings.row(quarter.figures, action.criterion)
        now = Known.of(figure, action.wave.formula)
        found.append(
            Later(
                name=quarter.name,
                shown=Shown.of(now, language, (figure.words or "") if figure else ""),
                change=change(now, before, language),
            )
        )
    return found
