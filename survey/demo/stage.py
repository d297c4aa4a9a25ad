"""The sample office: its units, procedures and open wave, put up and taken away."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import codes
from survey.models import (
    Account,
    Contact,
    Dossier,
    Draft,
    Link,
    Procedure,
    Response,
    SignIn,
    Tally,
    Unit,
    Wave,
)

WAVE = "mau-dn"
QUESTIONNAIRE = "dn-2026-1"
ACCOUNT = "quan-tri@mau.example"
MONTHS_BEFORE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What taking the sample away took away, and what real data still hold on to."""

    responses: int
    kept_units: int
    kept_procedures: int


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

    A sample unit or procedure that real data have begun to use stays, no longer
    marked as sample: it is theirs now.
    """
    waves = sa.select(Wave.id).where(Wave.is_sample).scalar_subquery()
    links = sa.select(Link.id).where(Link.wave_id.in_(waves)).scalar_subquery()
    session.execute(sa.delete(Draft).where(Draft.link_id.in_(links)))
    removed = session.execute(sa.delete(Response).where(Response.wave_id.in_(waves)))
    for noun in (Tally, Contact, Link, Dossier):
        session.execute(sa.delete(noun).where(noun.wave_id.in_(waves)))
    session.execute(sa.delete(Wave).where(Wave.is_sample))
    account = sa.select(Account.id).where(Account.email == ACCOUNT).scalar_subquery()
    session.execute(sa.delete(SignIn).where(SignIn.account_id.in_(account)))
    session.execute(sa.delete(Account).where(Account.email == ACCOUNT))
    kept_procedures = _remove_unused(
        session,
        Procedure,
        (
            Link.procedure_id,
            Dossier.procedure_id,
            Response.procedure_id,
            Tally.procedure_id,
        ),
    )
    kept_units = _remove_units(session)
    session.flush()
    return Removed(
        responses=removed.rowcount,  # type: ignore[attr-defined]
        kept_units=kept_units,
        kept_procedures=kept_procedures,
    )


def _remove_unused(session: Session, noun: Any, uses: tuple[Any, ...]) -> int:
    is_used = sa.or_(*(sa.exists().where(use == noun.id) for use in uses))
    session.execute(
        sa.delete(noun).where(noun.is_sample, ~is_used),
        execution_options={"synchronize_session": False},
    )
    kept = session.execute(
        sa.update(noun).where(noun.is_sample).values(is_sample=False),
        execution_options={"synchronize_session": False},
    )
    return int(kept.rowcount)  # type: ignore[attr-defined]


def _remove_units(session: Session) -> int:
    """Remove unused sample units from the leaves up; how many had to stay."""
    child = sa.orm.aliased(Unit)
    uses = (
        Procedure.unit_id,
        Wave.unit_id,
        Link.unit_id,
        Response.unit_id,
        Tally.unit_id,
        Contact.unit_id,
        Account.unit_id,
        child.parent_id,
    )
    is_used = sa.or_(*(sa.exists().where(use == Unit.id) for use in uses))
    while True:
        leaves = session.scalars(
            sa.select(Unit.id).where(Unit.is_sample, ~is_used)
        ).all()
        if not leaves:
            break
        session.execute(
            sa.delete(Unit).where(Unit.id.in_(leaves)),
            execution_options={"synchronize_session": False},
        )
    kept = session.execute(
        sa.update(Unit).where(Unit.is_sample).values(is_sample=False),
        execution_options={"synchronize_session": False},
    )
    return int(kept.rowcount)  # type: ignore[attr-defined]
