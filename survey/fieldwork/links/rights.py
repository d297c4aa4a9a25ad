"""Who may do something with codes: never the rated unit with those of dossiers.

Whoever holds the unanswered code of a dossier can answer in the business's place, and
whoever takes codes back can keep a business from answering. So both are for accounts
that see the whole wave.
"""

from __future__ import annotations

import sqlalchemy as sa

from survey import accounts
from survey.db import db
from survey.fieldwork.views_waves import WRITERS, own_units
from survey.models import Batch, Link, Wave


def may_handle_dossiers(wave: Wave) -> bool:
    """Whether the account may make, hand out and take back codes of dossiers."""
    return accounts.current().role in WRITERS and own_units(wave) is None


def may_act(wave: Wave, of: Link | Batch) -> bool:
    """Whether the account may do something with a link, or with all of a batch."""
    if of.kind == "dossier":
        return may_handle_dossiers(wave)
    if accounts.current().role not in WRITERS:
        return False
    units = own_units(wave)
    if units is None or isinstance(of, Link):
        return True
    foreign = sa.exists().where(Link.batch_id == of.id, Link.unit_id.not_in(units))
    return not db.session.scalar(sa.select(foreign))
