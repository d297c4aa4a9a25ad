"""How a wave asks and how it looks at answers: the share of respondents for whom the
guidance is folded away, and the thresholds of careless answers.

Both are chosen before anybody answers. Once the wave is open they stay as they are: who
could change them then could choose the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import web
from survey.fieldwork.terms import BEFORE_OPENING, FieldworkError
from survey.indices.rules import CarelessError, Rules
from survey.models import Wave


class MethodFixed(FieldworkError):
    """The wave is open or closed: how it asks and counts does not change any more."""


def rules_of(wave: Wave) -> Rules:
    """The thresholds of a wave."""
    return Rules.from_dict(wave.careless) if wave.careless else Rules()


def checked(folded_percent: int, careless: Mapping[str, Any] | None) -> dict[str, Any]:
    """These settings as the columns of a wave; the usual thresholds without any.

    Raises:
        FieldworkError: a share or a threshold is out of bounds.
    """
    if not 0 <= folded_percent <= 100:
        raise FieldworkError(_("Xin nhập tỷ lệ từ 0 đến 100."), "folded_percent")
    try:
        rules = Rules.from_dict(careless) if careless else Rules()
    except CarelessError as error:
        raise FieldworkError(error.text.get(web.language()), error.name) from error
    return {"folded_percent": folded_percent, "careless": rules.as_dict()}


def change(
    session: Session,
    wave: Wave,
    *,
    folded_percent: int,
    careless: Mapping[str, Any] | None,
) -> None:
    """Choose otherwise before the wave opens.

    Raises:
        MethodFixed: it is open, even if only since a moment.
        FieldworkError: a share or a threshold is out of bounds.
    """
    changed = session.execute(
        sa.update(Wave)
        .where(Wave.id == wave.id, Wave.state.in_(BEFORE_OPENING))
        .values(checked(folded_percent, careless))
        .returning(Wave.id),
        execution_options={"synchronize_session": False},
    ).first()
    session.refresh(wave)
    if changed is None:
        raise MethodFixed(
            _(
                "Đợt đã mở nên tỷ lệ hướng dẫn thu gọn và các ngưỡng xét phiếu không "
                "đổi được nữa."
            )
        )
