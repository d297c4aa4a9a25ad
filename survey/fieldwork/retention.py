"""What is kept no longer than it serves: keys of batches, and what dossiers say about a
business once nobody can answer for it any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.fieldwork import links
from survey.models import Dossier, Message, Reach, Wave

EMPTY = "{}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """How much was erased."""

    keys: int
    facts: int
    reaches: int
    messages: int


def erase(session: Session, *, late_days: int, now: datetime, today: date) -> Erased:
    """Erase what has served: keys past their time, facts and addresses of waves that
    take no more forms.

    Args:
        late_days: how long after the last day a form begun in time is still taken.
    """
    over = sa.select(Wave.id).where(
        (Wave.state == "closed") | (Wave.closes_on < today - timedelta(days=late_days))
    )
    return Erased(
        keys=links.forget_keys(session, now),
        facts=_changed(
            session,
            sa.update(Dossier)
            .where(Dossier.wave_id.in_(over), sa.cast(Dossier.facts, sa.Text) != EMPTY)
            .values(facts={}),
        ),
        reaches=_changed(
            session,
            sa.delete(Reach).where(
                Reach.dossier_id.in_(
                    sa.select(Dossier.id).where(Dossier.wave_id.in_(over))
                )
            ),
        ),
        # Who was reminded had not answered yet: not to be known for longer than needed.
        messages=_changed(session, sa.delete(Message).where(Message.wave_id.in_(over))),
    )


def _changed(session: Session, statement: Any) -> int:
    result: Any = session.execute(
        statement, execution_options={"synchronize_session": False}
    )
    return int(result.rowcount)
