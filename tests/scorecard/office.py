"""What the tests of the scorecard share: a sheet, rules, a closed wave, posting."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.models import (
    ScoreEvidence,
    ScoreFile,
    ScoreLine,
    ScoreRule,
    ScoreSheet,
    Unit,
    Wave,
)
from survey.scorecard import lines, rulebook, rules, sheets
from tests import cast

NOW = datetime(2026, 8, 27, 3, 0, tzinfo=UTC)
GRADES = [["Tốt", "80"], ["Khá", "65"], ["Trung bình", "50"], ["Yếu", "0"]]
WHO: dict[str, Any] = {"by": None, "now": NOW}
CRITERIA = """\
1; Công tác chỉ đạo, điều hành
1.1; Kế hoạch cải cách hành chính; 1,5
1.2; Báo cáo định kỳ; 2
3; Tác động của cải cách hành chính
3.1; Mức độ hài lòng; ; hai-long
"""
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n"


def linear(maximum: str = "10", **more: Any) -> rules.Rule:
    """The rule of the tests: linear, from the index of a survey."""
    parts: dict[str, Any] = {
        "code": "hai-long",
        "title": "Mức độ hài lòng của doanh nghiệp",
        "kind": "linear",
        "measure": "survey",
        "maximum": Decimal(maximum),
    }
    return rules.made(**{**parts, **more})


def steps(*pairs: tuple[str, str], kind: str = "thresholds", **more: Any) -> rules.Rule:
    """A rule in steps, from pairs of a least value and its points."""
    parts: dict[str, Any] = {
        "code": "theo-bac",
        "title": "Theo bậc",
        "kind": kind,
        "measure": "other",
        "steps": tuple((Decimal(a), Decimal(b)) for a, b in pairs),
    }
    return rules.made(**{**parts, **more})


def made_sheet(
    session: Session,
    world: cast.World,
    *,
    year: int = 2026,
    criteria: str = CRITERIA,
    rule: rules.Rule | None = None,
) -> ScoreSheet:
    """A sheet of the department with criteria and classes; needs an app's context."""
    rule = rule or linear()
    if not rulebook.versions(session, rule.code):
        rulebook.add(session, rule, now=NOW)
    unit = session.get_one(Unit, world.department)
    sheet = sheets.create(session, unit, year, **WHO)
    sheet.grades = GRADES
    lines.paste(session, sheet, criteria, **WHO)
    session.commit()
    return sheet


def line_of(session: Session, sheet: ScoreSheet, code: str) -> ScoreLine:
    """One line of a sheet."""
    return session.scalars(
        sa.select(ScoreLine).where(
            ScoreLine.sheet_id == sheet.id, ScoreLine.code == code
        )
    ).one()


def score_all(session: Session, sheet: ScoreSheet, **given: str) -> None:
    """Give every criterion points: those named (`c1_1="1"`), else its maximum."""
    for line in sheets.lines_of(session, sheet):
        if line.maximum is None or not line.is_applicable:
            continue
        typed = given.get("c" + line.code.replace(".", "_"))
        if line.rule is not None:
            value = Fraction(typed or "84.21")
            lines.score(session, sheet, line, value=value, **WHO)
        else:
            points = Decimal(typed) if typed else line.maximum
            lines.score(session, sheet, line, points=points, **WHO)


def accept_all(session: Session, sheet: ScoreSheet) -> None:
    """Hand the sheet in and let the first appraisal give what was asked."""
    sheets.move_on(session, sheet, **WHO)
    lines.accept(session, sheet, **WHO)


def close(session: Session, wave_id: str) -> None:
    """Close a wave."""
    session.execute(sa.update(Wave).where(Wave.id == wave_id).values(state="closed"))
    session.commit()


def newest_rule(session: Session, code: str = "hai-long") -> ScoreRule:
    """The newest version of a rule."""
    return rulebook.versions(session, code)[0]


def post(client: FlaskClient, path: str, **data: Any) -> Any:
    """Post a form with a token."""
    return client.post(path, data={"csrf_token": cast.csrf(client), **data})


def stand(session: Session, world: cast.World) -> None:
    """One of everything, each with the id 1, for whoever only opens pages."""
    rule = ScoreRule(
        code="hai-long",
        version=1,
        title="Hài lòng",
        kind="linear",
        measure="survey",
        maximum=Decimal(10),
        made_at=NOW,
    )
    session.add(rule)
    session.flush()
    sheet = ScoreSheet(
        unit_id=world.department, year=2026, shows_historic=True, made_at=NOW
    )
    session.add(sheet)
    session.flush()
    line = ScoreLine(
        sheet_id=sheet.id,
        code="1",
        title="Mức độ hài lòng",
        maximum=Decimal(10),
        rule_id=rule.id,
    )
    session.add(line)
    session.flush()
    row = ScoreEvidence(line_id=line.id, summary="Một", state="present", has_file=True)
    session.add(row)
    session.flush()
    file = ScoreFile(
        evidence_id=row.id,
        name="a.pdf",
        kind="pdf",
        size=len(PDF),
        sha256="0" * 64,
        content=PDF,
    )
    session.add(file)
    session.flush()
