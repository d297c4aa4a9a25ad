"""The blueprint of comments, and who may do what there."""

from __future__ import annotations

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts, web
from survey.comments.coding import CommentsError, NotFoundError
from survey.db import db
from survey.models import Wave

bp = Blueprint("comments", __name__, url_prefix="/y-kien")


def reads_whole(wave: Wave) -> bool:
    """Whether the account reads the whole wave: not only a part that is rated."""
    reach = accounts.scope(db.session)
    return reach is None or wave.unit_id in reach


def whole_wave(wave_id: str) -> Wave:
    """A wave of which this account reads everything; a 403 for others.

    Comments are written about divisions: none of theirs reads them unmasked.
    """
    found = accounts.wave_in_reach(db.session, wave_id)
    if not reads_whole(found):
        abort(403)
    return found


@bp.errorhandler(CommentsError)
def refused(error: CommentsError) -> ResponseReturnValue:
    """The page that says what cannot be done."""
    return web.refusal(
        404 if isinstance(error, NotFoundError) else 422,
        _("Không làm được"),
        str(error),
        link=(_("Mở kết quả"), url_for("results.waves")),
    )
