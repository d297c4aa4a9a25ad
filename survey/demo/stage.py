"""The sample office: its units, procedures and open wave, put up and taken away."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import codes
from survey.demo.scores import remove_score_sheets
from survey.indices.careless import Rules
from survey.models import (
    Account,
    Action,
    ActionEvent,
    ActionFile,
    Batch,
    Closing,
    CommentCoding,
    CommentEvent,
    Contact,
    Dossier,
    Draft,
    Draw,
    Funnel,
    Invitation,
    Job,
    Keyhole,
    Link,
    LinkEvent,
    Message,
    PaperForm,
    PeriodicReport,
    Procedure,
    Reach,
    Reopening,
    ReportPiece,
    Response,
    ScoreEvent,
    ScoreSheet,
    SentReport,
    SignIn,
    Subtotal,
    Tally,
    Unit,
    Wave,
    WaveDocument,
    Wording,
)

WAVE = "mau-dn"
QUESTIONNAIRE = "dn-2026-1"
ACCOUNT = "quan-tri@mau.example"
MONTHS_BEFORE = 5
FOLDED_PERCENT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A sample unit or procedure that stays, and which real nouns hold on to it."""

    code: str
    name: str
    used_by: tuple[str, ...]
    """Names of tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What taking the sample away took away, and what real data still hold on to."""

    rows: Mapping[str, int]
    """How many rows went, by the table that a person would ask about."""
    kept_units: tuple[Kept, ...]
    kept_procedures: tuple[Kept, ...]
    kept_account: bool
    """The sample account entered real forms on paper: it stays, and may not sign in."""

    @property
    def responses(self) -> int:
        """How many responses went."""
        return self.rows[Response.__tablename__]


def furnish(session: Session, *, today: date) -> Wave:
    """Put the sample office up; what stands already is left as it is."""
    content = tomllib.loads(
        (resources.files(__package__) / "office.toml").read_text("utf-8")
    )
    units = _units(session, content["unit"])
    _procedures(session, content["procedure"], units)
    wave = session.get(Wave, WAVE)
    if wave is None:
        first = _months_before(today, MONTHS_BEFORE)
        wave = Wave(
            id=WAVE,
            title="Dữ liệu mẫu: khảo sát doanh nghiệp",
            questionnaire_id=QUESTIONNAIRE,
            unit_id=units["SCT"].id,
            opens_on=first,
            closes_on=_months_before(today, -2) - timedelta(days=1),
            state="open",
            folded_percent=FOLDED_PERCENT,
            careless=Rules().as_dict(),
            is_sample=True,
        )
        session.add(wave)
        session.flush()
    return wave


def _months_before(day: date, months: int) -> date:
    """The first day of the month so many months before."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _units(session: Session, rows: list[dict[str, Any]]) -> dict[str, Unit]:
    units = {unit.code: unit for unit in session.scalars(sa.select(Unit))}
    for row in rows:
        if row["code"] in units:
            continue
        unit = Unit(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            parent=units[row["parent"]] if "parent" in row else None,
            is_sample=True,
        )
        session.add(unit)
        units[unit.code] = unit
    session.flush()
    return units


def _procedures(
    session: Session, rows: list[dict[str, Any]], units: dict[str, Unit]
) -> None:
    known = set(session.scalars(sa.select(Procedure.code)))
    for row in rows:
        if row["code"] in known:
            continue
        session.add(
            Procedure(
                code=row["code"],
                name=row["name"],
                field=row["field"],
                unit=units[row["unit"]],
                working_days=row.get("days"),
                days_verified=False,
                online_level=row["online"],
                is_sample=True,
            )
        )
    session.flush()


def counter_link(session: Session, wave: Wave, *, today: date) -> str:
    """The token of the wave's sample poster, made when there is none."""
    token = session.scalar(
        sa.select(Link.token)
        .where(
            Link.wave_id == wave.id,
            Link.kind == "counter",
            Link.state == "active",
            Link.is_sample,
        )
        .order_by(Link.id)
        .limit(1)
    )
    if token is not None:
        return token
    token = codes.new_token()
    session.add(
        Link(
            wave_id=wave.id,
            kind="counter",
            token_hash=codes.hashed(token),
            token=token,
            unit_id=wave.unit_id,
            made_on=today,
            note="Áp phích mẫu tại Bộ phận Một cửa",
            is_sample=True,
        )
    )
    session.flush()
    return token


def remove(session: Session) -> Removed:
    """Take every sample row away, and nothing else.

    A sample unit or procedure that real data have begun to use stays, and keeps its
    mark: nobody has said that its name and days are true. Loading a list that names
    it says so.
    """
    waves = sa.select(Wave.id).where(Wave.is_sample).scalar_subquery()
    links = sa.select(Link.id).where(Link.wave_id.in_(waves)).scalar_subquery()
    before = _counts(session)
    remove_score_sheets(session)
    session.execute(sa.delete(Draft).where(Draft.link_id.in_(links)))
    session.execute(sa.delete(Keyhole).where(Keyhole.link_id.in_(links)))
    dossiers = sa.select(Dossier.id).where(Dossier.wave_id.in_(waves))
    session.execute(sa.delete(Reach).where(Reach.dossier_id.in_(dossiers)))
    session.execute(sa.delete(Response).where(Response.wave_id.in_(waves)))
    closings = sa.select(Closing.id).where(Closing.wave_id.in_(waves))
    session.execute(sa.delete(Reopening).where(Reopening.closing_id.in_(closings)))
    for noun in _OF_WAVES:
        session.execute(sa.delete(noun).where(noun.wave_id.in_(waves)))
    session.execute(sa.delete(PeriodicReport).where(PeriodicReport.is_sample))
    session.execute(sa.delete(Wave).where(Wave.is_sample))
    kept_account = _remove_account(session)
    _remove_unused(session, Procedure, _USES_OF_PROCEDURES)
    # From the leaves up: with every round others have nothing below them any more.
    while _remove_unused(session, Unit, _USES_OF_UNITS):
        pass
    after = _counts(session)
    session.expire_all()
    return Removed(
        rows={name: count - after[name] for name, count in before.items()},
        kept_units=_kept(session, Unit, _USES_OF_UNITS),
        kept_procedures=_kept(session, Procedure, _USES_OF_PROCEDURES),
        kept_account=kept_account,
    )


_OF_WAVES: tuple[Any, ...] = (
    Tally, Subtotal, Invitation, Funnel, Contact, PaperForm, Message, LinkEvent, Link,
    Batch, Draw, Dossier, Job, Wording, ReportPiece, Action, Closing, WaveDocument,
    CommentEvent, CommentCoding,
)  # fmt: skip
_TOLD = (
    ScoreSheet, Response, Draft, Contact, PaperForm, Link, Dossier, Wave, Procedure,
    Unit, Account, Action, PeriodicReport,
)  # fmt: skip


def _counts(session: Session) -> dict[str, int]:
    """How many rows every table has whose loss a person would notice."""
    return {
        noun.__tablename__: session.scalar(sa.select(sa.func.count()).select_from(noun))
        or 0
        for noun in _TOLD
    }


_BELOW = sa.orm.aliased(Unit, name="below")
_USES_OF_PROCEDURES = (
    Link.procedure_id,
    Dossier.procedure_id,
    Response.procedure_id,
    Tally.procedure_id,
    Invitation.procedure_id,
)
_USES_OF_UNITS = (
    Procedure.unit_id,
    Wave.unit_id,
    Link.unit_id,
    Response.unit_id,
    Tally.unit_id,
    Subtotal.unit_id,
    Invitation.unit_id,
    Funnel.unit_id,
    PaperForm.unit_id,
    Contact.unit_id,
    Account.unit_id,
    ScoreSheet.unit_id,
    Action.unit_id,
    _BELOW.parent_id,
)

_USES_OF_ACCOUNTS: tuple[Any, ...] = (
    PaperForm.first_by,
    PaperForm.second_by,
    Batch.made_by,
    LinkEvent.account_id,
    Draw.drawn_by,
    Message.made_by,
    Wording.changed_by,
    Job.account_id,
    ScoreEvent.account_id,
    ActionEvent.account_id,
    ActionFile.added_by,
    SentReport.entered_by,
    Closing.closed_by,
    Reopening.asked_by,
    Reopening.answered_by,
    WaveDocument.added_by,
    CommentEvent.account_id,
)


def _remove_account(session: Session) -> bool:
    """Remove the sample account; whether it must stay because it did real work."""
    account = session.scalar(sa.select(Account).where(Account.email == ACCOUNT))
    if account is None:
        return False
    session.execute(sa.delete(SignIn).where(SignIn.account_id == account.id))
    has_worked = any(
        session.scalar(sa.select(sa.exists().where(column == account.id)))
        for column in _USES_OF_ACCOUNTS
    )
    if not has_worked:
        session.delete(account)
    else:
        account.is_active = False
    session.flush()
    return has_worked


def _remove_unused(session: Session, noun: Any, uses: tuple[Any, ...]) -> int:
    """Remove what nothing uses; how many rows went."""
    is_used = sa.or_(*(sa.exists().where(use == noun.id) for use in uses))
    gone = session.execute(
        sa.delete(noun).where(noun.is_sample, ~is_used),
        execution_options={"synchronize_session": False},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _kept(session: Session, noun: Any, uses: tuple[Any, ...]) -> tuple[Kept, ...]:
    """The sample rows that are still there, each with what uses it."""
    asked = [
        sa.exists().where(use == noun.id).label(f"u{n}") for n, use in enumerate(uses)
    ]
    rows = session.execute(
        sa.select(noun.code, noun.name, *asked)
        .where(noun.is_sample)
        .order_by(noun.code)
    )
    tables = [use.class_.__tablename__ for use in uses]
    return tuple(
        Kept(
            code=code,
            name=name,
            used_by=tuple(
                table for table, is_used in zip(tables, used, strict=True) if is_used
            ),
        )
        for code, name, *used in rows
    )
