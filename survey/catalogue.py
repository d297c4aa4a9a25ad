"""What every room looks up: published questionnaires, the unit tree, the calendar."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import workdays
from survey.db import AnyConnection, Statement
from survey.models import Holiday, PublishedQuestionnaire, Unit
from survey.questionnaire import Questionnaire, digest, load, packaged


class CatalogueError(Exception):
    """Something cannot be put on, or found on, the shelf; the message says why."""


_loaded: dict[str, Questionnaire] = {}


def publish(
    session: Session, text: str, *, source: str, now: datetime
) -> PublishedQuestionnaire:
    """Freeze a questionnaire; publishing the same text again changes nothing.

    Raises:
        QuestionnaireError: the text has faults.
        CatalogueError: its id is taken by another text.
    """
    sha256 = digest(text)
    if sha256 not in _loaded:
        _loaded[sha256] = load(text, source)
    questionnaire = _loaded[sha256]
    kept = session.get(PublishedQuestionnaire, questionnaire.id)
    if kept is None:
        kept = PublishedQuestionnaire(
            id=questionnaire.id, text=text, sha256=sha256, published_at=now
        )
        session.add(kept)
        session.flush()
    elif kept.sha256 != sha256:
        raise CatalogueError(
            f"{source}: phiên bản {questionnaire.id} đã được công bố với nội dung "
            "khác; nội dung đã công bố không đổi được, hãy đặt id mới / was published "
            "with another text, which cannot change: give it a new id"
        )
    return kept


def publish_packaged(session: Session, *, now: datetime) -> list[str]:
    """Publish the questionnaires that come with the program; their ids.

    An id that is published keeps its text, even if the program comes with another one
    since: forms were answered in those words.
    """
    kept = set(session.scalars(sa.select(PublishedQuestionnaire.id)))
    texts = packaged()
    for name, text in texts.items():
        # Reading a questionnaire takes time, which a start without news can save.
        if name not in kept:
            publish(session, text, source=name, now=now)
    return sorted(texts)


def overtaken(session: Session) -> list[str]:
    """Ids published with another text than the one that comes with the program now."""
    kept = session.execute(
        sa.select(PublishedQuestionnaire.id, PublishedQuestionnaire.sha256)
    )
    texts = packaged()
    return sorted(
        name for name, sha256 in kept if name in texts and sha256 != digest(texts[name])
    )


def questionnaire(
    session: Session | AnyConnection,
    questionnaire_id: str,
    *,
    sha256: str | None = None,
) -> Questionnaire:
    """The published questionnaire of this id, read once per process and text.

    Args:
        sha256: its digest if the caller already knows it; saves a query.
    Raises:
        CatalogueError: no such questionnaire is published.
    """
    connection = session.connection() if isinstance(session, Session) else session
    values = {"questionnaire_id": questionnaire_id}
    if sha256 is None:
        found = _DIGEST.one_or_none(connection, values)
        if found is None:
            raise CatalogueError(
                f"chưa có phiếu khảo sát nào mang mã {questionnaire_id!r} / no such "
                "questionnaire"
            )
        sha256 = str(found[0])
    if sha256 not in _loaded:
        ((text,),) = _TEXT.all(connection, values)
        _loaded[sha256] = load(text, questionnaire_id)
    return _loaded[sha256]


_PUBLISHED = PublishedQuestionnaire.__table__.c
_IS_ASKED_FOR = _PUBLISHED.id == sa.bindparam("questionnaire_id")
_DIGEST = Statement(sa.select(_PUBLISHED.sha256).where(_IS_ASKED_FOR))
_TEXT = Statement(sa.select(_PUBLISHED.text).where(_IS_ASKED_FOR))


def subtree(session: Session, unit_ids: Collection[int]) -> list[int]:
    """These units and every unit below them, by id."""
    tree = (
        sa.select(Unit.id).where(Unit.id.in_(unit_ids)).cte("subtree", recursive=True)
    )
    tree = tree.union(sa.select(Unit.id).where(Unit.parent_id == tree.c.id))
    return sorted(session.scalars(sa.select(tree.c.id)))


def calendar(session: Session | AnyConnection) -> workdays.Calendar:
    """The office's calendar; the packaged public holidays until it keeps its own."""
    connection = session.connection() if isinstance(session, Session) else session
    days = _DAYS.all(connection, {})
    if not days:
        return workdays.packaged()
    return workdays.Calendar(
        holidays=frozenset(day for day, is_working in days if not is_working),
        swapped_working_days=frozenset(day for day, is_working in days if is_working),
    )


_DAYS = Statement(sa.select(Holiday.__table__.c.day, Holiday.__table__.c.is_working))
