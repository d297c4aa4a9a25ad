"""The themes of an office: a starter set, and what it makes of it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.models import Theme

STARTERS: Final = (
    ("thong_tin", "Thông tin về thủ tục", "Information about the procedure", "A"),
    ("truc_tuyen", "Nộp hồ sơ trực tuyến", "Filing online", "A"),
    ("buu_chinh", "Bưu chính công ích", "Public postal service", "A"),
    ("noi_tiep_nhan", "Nơi tiếp nhận, trang thiết bị", "Counter and equipment", "A"),
    ("giay_to", "Giấy tờ, biểu mẫu", "Papers and forms", "B"),
    ("bo_sung", "Yêu cầu bổ sung", "Requests to supplement", "B"),
    ("phi", "Phí, lệ phí, thanh toán", "Fees and payment", "B"),
    ("thai_do", "Thái độ, giao tiếp", "Manner of officials", "C"),
    ("huong_dan", "Hướng dẫn lập hồ sơ", "Guidance on preparing the dossier", "C"),
    ("kiem_tra", "Kiểm tra thực tế", "On-site inspection", "C"),
    ("thoi_gian", "Thời gian giải quyết, trễ hẹn", "Time taken, delays", "D"),
    ("ket_qua", "Nội dung kết quả", "Content of the result", "D"),
    ("gop_y", "Xử lý góp ý, phản ánh", "Handling of comments", "E"),
    ("khen", "Lời khen", "Praise", None),
    ("khac", "Khác", "Other", None),
)
"""Code, Vietnamese and English name, element; offered until the office has its own."""


def listed(session: Session, *, is_active: bool | None = None) -> list[Theme]:
    """The themes, those of elements first, in the order in which they were made."""
    query = sa.select(Theme)
    if is_active is not None:
        query = query.where(Theme.is_active == is_active)
    return list(
        session.scalars(
            query.order_by(Theme.element.is_(None), Theme.element, Theme.id)
        )
    )


def begin(session: Session) -> int:
    """Put the starter set into an empty list; how many were put."""
    if session.scalar(sa.select(sa.func.count()).select_from(Theme)):
        return 0
    for code, vi, en, element in STARTERS:
        session.add(Theme(code=code, name_vi=vi, name_en=en, element=element))
    session.flush()
    return len(STARTERS)


def keep(
    session: Session,
    theme: Theme | None,
    *,
    name_vi: str,
    name_en: str,
    element: str | None,
    is_active: bool,
) -> Theme:
    """Make a theme, or change one; its code never changes.

    Args:
        name_en: the Vietnamese name stands in where it is empty.
    """
    if theme is None:
        number = (session.scalar(sa.select(sa.func.max(Theme.id))) or 0) + 1
        theme = Theme(code=f"chu_de_{number}")
        session.add(theme)
    theme.name_vi, theme.name_en = name_vi, name_en or name_vi
    theme.element, theme.is_active = element, is_active
    session.flush()
    return theme
