"""What a sheet adds up to in each step, what is at stake without documents, and what
is missing to the next class. Exact; points are rounded only where they are printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from sqlalchemy.orm import Session

from survey import indices
from survey.indices import Grade, Grades, Step
from survey.models import ScoreEvidence, ScoreLine, ScoreSheet
from survey.scorecard import evidence, lines, rules, sheets
from survey.scorecard.explained import enough
from survey.scorecard.rules import Rule

Stage = Literal["self", "first", "final"]
STAGES: Final[tuple[Stage, ...]] = ("self", "first", "final")
STAGE_OF: Final[Mapping[str, Stage]] = {
    "self": "self",
    "submitted": "self",
    "explaining": "first",
    "second": "final",
    "published": "final",
}
"""Which points count as the sheet's own while it is in a state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """The points of a criterion that no document proves yet."""

    now: Fraction
    """All that is lost if none is ever handed in."""
    by_second: Fraction
    """What is lost even if one is handed in for the second appraisal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line with what belongs to it; of a group, the sums of its criteria."""

    line: ScoreLine
    depth: int
    maximum: Fraction
    """Of criteria that apply."""
    points: Mapping[Stage, Fraction | None]
    """None while a criterion, or all of a group, has none; in a group the criteria
    without count 0."""
    documents: tuple[ScoreEvidence, ...] = ()
    previous: ScoreLine | None = None
    stake: Stake | None = None

    @property
    def is_group(self) -> bool:
        """Whether it only holds criteria together."""
        return self.line.maximum is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The sheet as a whole at one stage."""

    given: int
    """How many criteria have points at this stage."""
    missing: int
    """How many that apply have none yet; they count 0, so the whole is provisional."""
    earned: Fraction
    maximum: Fraction
    index: Fraction | None
    """Percent of the applicable maximum; None when nothing applies."""
    grade: Grade | None
    above: Step | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """A sheet reckoned up."""

    sheet: ScoreSheet
    rows: tuple[Row, ...]
    totals: Mapping[Stage, Total]
    grades: Grades | None

    @property
    def stage(self) -> Stage:
        """The stage whose points count now."""
        return STAGE_OF[self.sheet.state]

    @property
    def total(self) -> Total:
        """The whole at the stage that counts now."""
        return self.totals[self.stage]

    @property
    def criteria(self) -> tuple[Row, ...]:
        """The lines that are scored."""
        return tuple(row for row in self.rows if not row.is_group)

    @property
    def without_documents(self) -> tuple[Row, ...]:
        """The criteria with points at stake, the most first."""
        at_stake = [row for row in self.rows if row.stake is not None]
        return tuple(sorted(at_stake, key=lambda row: -(_stake(row).now)))

    @property
    def stake(self) -> Stake:
        """All points at stake."""
        some = [_stake(row) for row in self.without_documents]
        return Stake(
            now=sum((one.now for one in some), Fraction(0)),
            by_second=sum((one.by_second for one in some), Fraction(0)),
        )


def _stake(row: Row) -> Stake:
    if row.stake is None:
        raise LookupError(row.line.code)
    return row.stake


def reckon(
    session: Session, sheet: ScoreSheet, *, before: ScoreSheet | None = None
) -> Reckoned:
    """Add a sheet up.

    Args:
        before: the sheet of the year before, to set each criterion beside what it was.
    """
    all_lines = sheets.lines_of(session, sheet)
    documents = evidence.of_lines(session, all_lines)
    earlier = (
        {line.code: line for line in sheets.lines_of(session, before)} if before else {}
    )
    known = {line.code: line for line in all_lines}
    points = {line.id: points_of(sheet, line) for line in all_lines}
    rows = []
    for line in all_lines:
        some = [line]
        if line.maximum is None:
            some = [
                one for one in lines.below(line, all_lines) if one.maximum is not None
            ]
        rows.append(
            Row(
                line=line,
                depth=_depth(line, known),
                maximum=_maximum(some),
                points=_points(line, some, points),
                documents=tuple(documents[line.id]),
                previous=earlier.get(line.code),
                stake=_at_stake(sheet, line, documents[line.id]),
            )
        )
    grades = sheets.grades_of(sheet)
    applying = [
        line for line in all_lines if line.maximum is not None and line.is_applicable
    ]
    return Reckoned(
        sheet=sheet,
        rows=tuple(rows),
        totals={
            stage: _total(
                [points[line.id][stage] for line in applying], applying, grades
            )
            for stage in STAGES
        },
        grades=grades,
    )


def _depth(line: ScoreLine, known: Mapping[str, ScoreLine]) -> int:
    depth = 0
    parent = lines.parent_of(line.code, known)
    while parent is not None:
        depth += 1
        parent = lines.parent_of(parent.code, known)
    return depth


def _maximum(some: Sequence[ScoreLine]) -> Fraction:
    return sum(
        (Fraction(line.maximum or 0) for line in some if line.is_applicable),
        Fraction(0),
    )


def _points(
    line: ScoreLine,
    some: Sequence[ScoreLine],
    points: Mapping[int, Mapping[Stage, Fraction | None]],
) -> Mapping[Stage, Fraction | None]:
    if line.maximum is not None:
        return points[line.id]
    return {stage: _sum([points[one.id][stage] for one in some]) for stage in STAGES}


def _sum(some: Sequence[Fraction | None]) -> Fraction | None:
    given = [one for one in some if one is not None]
    return sum(given, Fraction(0)) if given else None


def points_of(sheet: ScoreSheet, line: ScoreLine) -> dict[Stage, Fraction | None]:
    """The points of a criterion at each stage; None while there are none.

    Without points of the second appraisal those of the first stand.

    Source: `indices.second_appraisal`, with the factor and the mode of the sheet.
    """
    if not line.is_applicable:
        return dict.fromkeys(STAGES, None)
    own, first, second = (
        None if one is None else Fraction(one)
        for one in (line.self_points, line.first_points, line.second_points)
    )
    final = first
    if second is not None:
        final = after_second(sheet, first or Fraction(0), second)
    return {"self": own, "first": first, "final": final}


def after_second(sheet: ScoreSheet, first: Fraction, second: Fraction) -> Fraction:
    """What a criterion is worth after the second appraisal of this sheet."""
    return indices.second_appraisal(
        first, second, mode=sheet.second_mode, factor=sheet.second_factor
    )


def _at_stake(
    sheet: ScoreSheet, line: ScoreLine, documents: Sequence[ScoreEvidence]
) -> Stake | None:
    """The points of a criterion without a document that is there and not too old."""
    if line.maximum is None or not line.is_applicable:
        return None
    if any(one.state == "present" for one in documents):
        return None
    if sheet.state in ("second", "published"):
        return None  # nothing can be added any more
    hoped = Fraction(line.maximum if line.self_points is None else line.self_points)
    if not hoped:
        return None
    return Stake(now=hoped, by_second=hoped - after_second(sheet, Fraction(0), hoped))


def _total(
    points: Sequence[Fraction | None],
    applying: Sequence[ScoreLine],
    grades: Grades | None,
) -> Total:
    given = sum(one is not None for one in points)
    earned = _sum(points) or Fraction(0)
    whole = total_of(earned, _maximum(applying), grades)
    return replace(whole, given=given, missing=len(points) - given)


def total_of(earned: Fraction, maximum: Fraction, grades: Grades | None) -> Total:
    """Points against the applicable maximum, with the class they reach.

    Source: `indices.index_over_applicable`, `indices.grade_of`.
    """
    index = indices.index_over_applicable(earned, maximum)
    has_grade = grades is not None and index is not None
    return Total(
        given=0,
        missing=0,
        earned=earned,
        maximum=maximum,
        index=index,
        grade=indices.grade_of(index, grades) if has_grade else None,  # type: ignore[arg-type]
        above=indices.next_grade(index, grades) if has_grade else None,  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What one criterion must reach for the sheet to come into the class above."""

    row: Row
    rule: Rule
    points: Decimal | None
    """Points needed of it, of two decimals; None when even its maximum is too few."""
    value: Decimal | None
    """The index needed for them, of two decimals and surely enough."""


def needed(reckoned: Reckoned) -> tuple[Needed, ...]:
    """For every criterion whose points follow from a value, what it alone must reach
    for the class above; nothing in the highest class or without classes.

    Source: the threshold of the class × applicable maximum / 100, less the points of
    the other criteria, turned round by the rule.
    """
    total = reckoned.total
    if total.above is None:
        return ()
    wanted = total.above.grade.least * total.maximum / 100
    found = []
    for row in reckoned.criteria:
        if not row.line.is_applicable or row.line.rule is None:
            continue
        rule = rules.of(row.line.rule)
        if not rule.takes_value:
            continue
        others = total.earned - (row.points[reckoned.stage] or 0)
        # Rounded up first: what a rule gives is rounded to two decimals, too.
        points = enough(wanted - others)
        value = rule.value_for(points)
        found.append(
            Needed(
                row=row,
                rule=rule,
                points=None if value is None else points,
                value=None if value is None else enough(value),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A sheet in which one criterion has another value."""

    row: Row
    points: Decimal
    total: Total
    change: Fraction
    """Points of the sheet, more or fewer than now."""


def what_if(reckoned: Reckoned, row: Row, value: Fraction) -> WhatIf:
    """The sheet if the rule of a criterion took this value; nothing is kept.

    Raises:
        ScorecardError: a value outside 0..100.
        TypeError: the criterion has no rule that takes a value.
    """
    if row.line.rule is None:
        raise TypeError(row.line.code)
    points = rules.of(row.line.rule).points(value)
    now = reckoned.total
    change = Fraction(points) - (row.points[reckoned.stage] or 0)
    return WhatIf(
        row=row,
        points=points,
        total=replace(
            total_of(now.earned + change, now.maximum, reckoned.grades),
            given=now.given,
            missing=now.missing - (row.points[reckoned.stage] is None),
        ),
        change=change,
    )
