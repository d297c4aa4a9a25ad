"""A visit: what stands behind a link right now, read in one query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from survey import catalogue, clock, codes
from survey.db import AnyConnection, Statement
from survey.models import (
    Draft,
    Keyhole,
    Link,
    Procedure,
    PublishedQuestionnaire,
    Unit,
    Wave,
)
from survey.questionnaire.schema import Questionnaire


class VisitError(Exception):
    """A link does not lead to a form that can be filled in now."""


class UnknownLink(VisitError):
    """No link has this token."""


class UsedLink(VisitError):
    """The form of this dossier was sent already."""


class ClosedLink(VisitError):
    """The link was revoked, or its wave is not open today."""


class ReplacedLink(ClosedLink):
    """A newer code was given in the place of this one."""


# Named tuples: as unchangeable as frozen dataclasses, and made four times as fast.
class DraftState(NamedTuple):
    """An unfinished form as it stands."""

    id: int
    key: str
    language: str
    facts: Mapping[str, str]
    supplied: Mapping[str, str]
    answers: Mapping[str, Any]
    next_page: str
    answered_on: date | None
    arm: str
    checks: Mapping[str, Any]
    touched_at: datetime


class Visit(NamedTuple):
    """A link that is open today, its wave, and the draft behind it if there is one.

    `last_on`: the last day on which this link opens, which its wave may outlast.
    """

    token: str
    link_id: int
    kind: str
    wave_id: str
    wave_title: str
    opens_on: date
    closes_on: date
    last_on: date
    unit_id: int
    unit_name: str
    procedure_id: int | None
    procedure_code: str | None
    procedure_name: str | None
    dossier_id: int | None
    batch_id: int | None
    is_sample: bool
    is_rehearsal: bool
    folded_percent: int
    careless: Mapping[str, Any]
    questionnaire: Questionnaire
    sha256: str
    draft: DraftState | None

    @property
    def is_sole(self) -> bool:
        """Whether the link takes one form only."""
        return self.kind == "dossier"


# Plain tables instead of entities: this query runs at every page of every form.
_LINK, _KEYHOLE, _WAVE, _TEXT, _UNIT, _PROCEDURE, _DRAFT = (
    noun.metadata.tables[noun.__tablename__]
    for noun in (Link, Keyhole, Wave, PublishedQuestionnaire, Unit, Procedure, Draft)
)
_TOKEN: sa.BindParameter[str] = sa.bindparam("token_hash")
_KEY: sa.BindParameter[str] = sa.bindparam("key")
_OWN_DRAFT = sa.and_(
    _DRAFT.c.link_id == _LINK.c.id,
    sa.or_(_DRAFT.c.sole_link_id == _LINK.c.id, _DRAFT.c.key == _KEY),
)
_VISIT = Statement(
    sa.select(
        _LINK.c.id,
        _LINK.c.kind,
        _LINK.c.state,
        _LINK.c.valid_to,
        _LINK.c.batch_id,
        _KEYHOLE.c.link_id,
        _LINK.c.unit_id,
        _LINK.c.procedure_id,
        _LINK.c.dossier_id,
        _WAVE.c.id,
        _WAVE.c.title,
        _WAVE.c.state,
        _WAVE.c.opens_on,
        _WAVE.c.closes_on,
        _WAVE.c.is_sample,
        _WAVE.c.folded_percent,
        _WAVE.c.careless,
        _WAVE.c.questionnaire_id,
        _TEXT.c.sha256,
        _UNIT.c.name,
        _PROCEDURE.c.code,
        _PROCEDURE.c.name,
        _DRAFT.c.id,
        _DRAFT.c.key,
        _DRAFT.c.language,
        _DRAFT.c.facts,
        _DRAFT.c.supplied,
        _DRAFT.c.answers,
        _DRAFT.c.next_page,
        _DRAFT.c.answered_on,
        _DRAFT.c.arm,
        _DRAFT.c.checks,
        _DRAFT.c.touched_at,
    )
    .select_from(_LINK)
    .join(_WAVE, _WAVE.c.id == _LINK.c.wave_id)
    .join(_TEXT, _TEXT.c.id == _WAVE.c.questionnaire_id)
    .join(_UNIT, _UNIT.c.id == _LINK.c.unit_id)
    .outerjoin(_PROCEDURE, _PROCEDURE.c.id == _LINK.c.procedure_id)
    .outerjoin(_KEYHOLE, _KEYHOLE.c.link_id == _LINK.c.id)
    .outerjoin(_DRAFT, _OWN_DRAFT)
    .where(_LINK.c.token_hash == _TOKEN)
)
_LOCK = Statement(
    sa.select(_DRAFT.c.id)
    .join(_LINK, _OWN_DRAFT)
    .where(_LINK.c.token_hash == _TOKEN)
    .with_for_update(of=_DRAFT)
)


_KIND = Statement(
    sa.select(_LINK.c.id, _LINK.c.kind).where(_LINK.c.token_hash == _TOKEN)
)


def kiosk_of(connection: AnyConnection, token: str) -> int:
    """The link of a kiosk, whether or not it is open.

    Raises:
        UnknownLink: no kiosk has this token.
    """
    found = _KIND.one_or_none(connection, {"token_hash": codes.hashed(token)})
    if found is None or found[1] != "kiosk":
        raise UnknownLink
    return int(found[0])


def lock(connection: AnyConnection, token: str, key: str) -> None:
    """Wait until no other request changes the draft behind this link.

    On SQLite a request that may write holds the database's only write lock already.
    """
    if connection.dialect.name == "postgresql":
        _LOCK.run(connection, {"token_hash": codes.hashed(token), "key": key})


def visit(
    connection: AnyConnection,
    token: str,
    key: str,
    *,
    now: datetime,
    draft_days: int,
    late_days: int,
) -> Visit:
    """What stands behind a link.

    Args:
        connection: not a session, whose bookkeeping would cost more than the query.
        key: of the draft this browser has begun, or ""; a dossier's draft is found
            without it, so that another phone goes on where the first one stopped.
        late_days: how long after the last day a form begun in time is still taken.
    Raises:
        UnknownLink, UsedLink, ClosedLink, ReplacedLink: there is no form to fill in.
    """
    row = _VISIT.one_or_none(
        connection, {"token_hash": codes.hashed(token), "key": key}
    )
    if row is None:
        raise UnknownLink
    (
        link_id, kind, state, valid_to, batch_id, keyhole,
        unit_id, procedure_id, dossier_id,
        wave_id, wave_title, wave_state, opens_on, closes_on, is_sample,
        folded_percent, careless,
        questionnaire_id, sha256, unit_name, procedure_code, procedure_name,
        draft_id, draft_key, language, facts, supplied, answers, next_page,
        answered_on, arm, checks, touched_at,
    ) = row  # fmt: skip
    if kind == "dossier" and state == "active" and keyhole is None:
        raise UsedLink
    is_kept = draft_id is not None and touched_at > now - timedelta(days=draft_days)
    last_on = min(valid_to or closes_on, closes_on)
    last = last_on + timedelta(days=late_days if is_kept else 0)
    is_open = wave_state == "open" and opens_on <= clock.local(now).date() <= last
    is_open = is_open or wave_state == "rehearsal"
    if state == "replaced" and is_open:
        raise ReplacedLink
    if state != "active" or not is_open:
        raise ClosedLink
    draft = None
    if is_kept:
        draft = DraftState(
            id=draft_id,
            key=draft_key,
            language=language,
            facts=facts,
            supplied=supplied,
            answers=answers,
            next_page=next_page,
            answered_on=answered_on,
            arm=arm,
            checks=checks,
            touched_at=touched_at,
        )
    return Visit(
        token=token,
        link_id=link_id,
        kind=kind,
        wave_id=wave_id,
        wave_title=wave_title,
        opens_on=opens_on,
        closes_on=closes_on,
        last_on=last_on,
        unit_id=unit_id,
        unit_name=unit_name,
        procedure_id=procedure_id,
        procedure_code=procedure_code,
        procedure_name=procedure_name,
        dossier_id=dossier_id,
        batch_id=batch_id,
        is_sample=is_sample,
        is_rehearsal=wave_state == "rehearsal",
        folded_percent=folded_percent,
        careless=careless,
        questionnaire=catalogue.questionnaire(
            connection, questionnaire_id, sha256=sha256
        ),
        sha256=sha256,
        draft=draft,
    )
