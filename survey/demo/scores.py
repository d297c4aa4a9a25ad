"""The sample score sheets: of this year, half done, and of last year, published."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import scorecard
from survey.models import ScoreLine, ScoreRule, ScoreSheet, Unit, Wave

CRITERIA: Final = """\
1; Công tác chỉ đạo, điều hành
1.1; Kế hoạch cải cách hành chính năm; 1,5
1.2; Báo cáo định kỳ đúng hạn; 1
1.3; Kiểm tra cải cách hành chính nội bộ; 2
2; Cải cách thủ tục hành chính
2.1; Công khai thủ tục hành chính; 2
2.2; Tỷ lệ hồ sơ giải quyết đúng hạn; ; mau-dung-han
2.3; Tiếp nhận, xử lý phản ánh, kiến nghị; 1,5
3; Tác động của cải cách hành chính
3.1; Mức độ hài lòng của doanh nghiệp; ; mau-hai-long
"""
GRADES: Final = [["Tốt", "80"], ["Khá", "65"], ["Trung bình", "50"], ["Yếu", "0"]]
SOURCE: Final = "mốc mẫu, không phải quy định"
POINTS: Final = {"1.1": "1.5", "1.2": "0.75", "1.3": "1", "2.1": "2", "2.3": "1.5"}
VALUES: Final = {"2.2": "96.4", "3.1": "84.21"}


def score_sheets(session: Session, wave: Wave, *, today: date, now: datetime) -> None:
    """Put the sample sheets up; what stands already is left as it is."""
    unit = wave.unit
    text = (resources.files(__package__) / "scores.toml").read_text("utf-8")
    if session.scalar(sa.select(sa.exists().where(ScoreSheet.unit_id == unit.id))):
        return
    scorecard.load_rules(session, scorecard.read_rules(text), now=now)
    last = _sheet(session, unit, today.year - 1, now)
    for line in scorecard.lines_of(session, last):
        _score(session, last, line, now)
    scorecard.move_on(session, last, by=None, now=now)
    for line in scorecard.lines_of(session, last):
        if line.self_points is not None:
            given, why = line.self_points, ""
            if line.code == "1.3":
                given, why = Decimal("0.50"), "Thiếu biên bản kiểm tra quý III."
            scorecard.appraise(session, last, line, given, why, by=None, now=now)
    for _ in range(3):
        scorecard.move_on(session, last, by=None, now=now)

    this = _sheet(session, unit, today.year, now)
    lines = {line.code: line for line in scorecard.lines_of(session, this)}
    for code in ("1.1", "1.2", "2.1", "2.2"):
        _score(session, this, lines[code], now)
    documents = (
        ("1.1", "Kế hoạch cải cách hành chính năm", "/cham-diem/"),
        ("2.1", "Danh mục thủ tục hành chính công khai", "/quan-tri/danh-muc"),
        ("1.2", "Báo cáo cải cách hành chính quý III", ""),
    )
    for code, summary, link in documents:
        document = scorecard.Document(summary=f"Mẫu: {summary}", link=link)
        scorecard.put_document(
            session, this, lines[code], None, document, None, by=None, now=now
        )


def _sheet(session: Session, unit: Unit, year: int, now: datetime) -> ScoreSheet:
    sheet = scorecard.create(session, unit, year, is_sample=True, by=None, now=now)
    settings = {
        "submit_by": date(year, 12, 20),
        "explain_by": date(year + 1, 1, 31),
        "second_factor": sheet.second_factor,
        "grades": GRADES,
        "grades_source": SOURCE,
    }
    scorecard.change_settings(session, sheet, settings, by=None, now=now)
    scorecard.paste(session, sheet, CRITERIA, by=None, now=now)
    return sheet


def _score(session: Session, sheet: ScoreSheet, line: ScoreLine, now: datetime) -> None:
    if line.code in POINTS:
        points = Decimal(POINTS[line.code])
        scorecard.score(session, sheet, line, points=points, by=None, now=now)
    elif line.code in VALUES:
        value = Fraction(VALUES[line.code])
        scorecard.score(session, sheet, line, value=value, by=None, now=now)


def remove_score_sheets(session: Session) -> None:
    """Take the sample sheets away, and the sample rules that no real line has."""
    session.execute(sa.delete(ScoreSheet).where(ScoreSheet.is_sample))
    is_used = sa.exists().where(ScoreLine.rule_id == ScoreRule.id)
    session.execute(
        sa.delete(ScoreRule).where(ScoreRule.is_sample, ~is_used),
        execution_options={"synchronize_session": False},
    )
