"""The rules an office keeps, version by version: what stood in a sheet that was handed
in never changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey.models import ScoreLine, ScoreRule
from survey.scorecard import rules
from survey.scorecard.rules import Rule
from survey.scorecard.terms import ScorecardError


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What loading rules did, by code."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    versioned: tuple[str, ...]
    """Changed rules whose old version had been handed in: it stays beside."""
    same: tuple[str, ...]


def latest(session: Session) -> list[ScoreRule]:
    """The newest version of every rule, by code."""
    newest = sa.select(
        ScoreRule.code, sa.func.max(ScoreRule.version).label("version")
    ).group_by(ScoreRule.code)
    found = newest.subquery()
    query = (
        sa.select(ScoreRule)
        .join(
            found,
            (ScoreRule.code == found.c.code) & (ScoreRule.version == found.c.version),
        )
        .order_by(ScoreRule.code)
    )
    return list(session.scalars(query))


def versions(session: Session, code: str) -> list[ScoreRule]:
    """Every version of a rule, the newest first."""
    query = sa.select(ScoreRule).where(ScoreRule.code == code)
    return list(session.scalars(query.order_by(ScoreRule.version.desc())))


def add(session: Session, rule: Rule, *, now: datetime) -> ScoreRule:
    """Keep a new rule.

    Raises:
        ScorecardError: its code is taken.
    """
    if versions(session, rule.code):
        raise ScorecardError(
            _("Mã này đã có. Xin mở quy tắc đó để sửa, hoặc chọn mã khác."), "code"
        )
    return _put(session, rule, version=1, now=now)


def change(session: Session, row: ScoreRule, rule: Rule, *, now: datetime) -> ScoreRule:
    """Make the newest version of a rule read so; the version that then is the newest.

    A frozen version stays as it is, and a new one stands beside it.

    Raises:
        ScorecardError: this is not the newest version, or the code is another.
    """
    newest = versions(session, row.code)[0]
    if newest.id != row.id:
        raise ScorecardError(_("Đây là phiên bản cũ. Xin sửa phiên bản mới nhất."))
    if rule.code != row.code:
        raise ScorecardError(_("Mã của quy tắc không đổi được."), "code")
    if rule == rules.of(row):
        return row
    if row.frozen_at is not None:
        return _put(session, rule, version=row.version + 1, now=now)
    if rule.maximum != row.maximum or rule.kind != row.kind:
        _refuse_in_use(session, row)
    _write(row, rule)
    session.flush()
    return row


def _refuse_in_use(session: Session, row: ScoreRule) -> None:
    """What lines were checked against must not change under them."""
    used = session.scalar(
        sa.select(ScoreLine.code).where(ScoreLine.rule_id == row.id).limit(1)
    )
    if used is not None:
        raise ScorecardError(
            _(
                "Tiêu chí %(code)s đang dùng quy tắc này: cách tính và điểm tối đa "
                "không đổi được. Xin bỏ quy tắc khỏi tiêu chí trước, hoặc thêm quy "
                "tắc mới.",
                code=used,
            ),
            "maximum",
        )


def remove(session: Session, row: ScoreRule) -> None:
    """Remove a version that no line has.

    Raises:
        ScorecardError: a line has it, or it was handed in.
    """
    is_used = session.scalar(sa.select(sa.exists().where(ScoreLine.rule_id == row.id)))
    if is_used or row.frozen_at is not None:
        raise ScorecardError(
            _("Quy tắc đã dùng trong phiếu tự chấm nên không xóa được.")
        )
    session.delete(row)
    session.flush()


def load(session: Session, some: Iterable[Rule], *, now: datetime) -> Loaded:
    """Keep the rules of a file: new ones are added, others read as the file says.

    Raises:
        ScorecardError: one of them cannot be changed.
    """
    told: dict[str, list[str]] = {
        name: [] for name in ("added", "changed", "versioned", "same")
    }
    for rule in some:
        known = versions(session, rule.code)
        if not known:
            _put(session, rule, version=1, now=now)
            told["added"].append(rule.code)
            continue
        if rules.of(known[0]) == rule:
            told["same"].append(rule.code)
            continue
        row = change(session, known[0], rule, now=now)
        told["changed" if row is known[0] else "versioned"].append(rule.code)
    return Loaded(**{name: tuple(codes) for name, codes in told.items()})


def freeze(session: Session, some: Iterable[int], *, now: datetime) -> None:
    """Let these versions never change again: a sheet with them is handed in."""
    session.execute(
        sa.update(ScoreRule)
        .where(ScoreRule.id.in_(list(some)), ScoreRule.frozen_at.is_(None))
        .values(frozen_at=now)
    )


def _put(session: Session, rule: Rule, *, version: int, now: datetime) -> ScoreRule:
    row = ScoreRule(code=rule.code, version=version, made_at=now)
    _write(row, rule)
    session.add(row)
    session.flush()
    return row


def _write(row: ScoreRule, rule: Rule) -> None:
    row.title = rule.title
    row.kind = rule.kind
    row.measure = rule.measure
    row.maximum = rule.maximum
    row.steps = [[str(least), str(points)] for least, points in rule.steps]
    row.rounds_first = rule.rounds_first
    row.source = rule.source
    row.valid_from = rule.valid_from
    row.valid_to = rule.valid_to
    row.is_sample = rule.is_sample
