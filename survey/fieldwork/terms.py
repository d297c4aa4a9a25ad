"""Words of fieldwork: how kinds and states are called on screen, and its refusal."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from survey.models import BEFORE_OPENING as BEFORE_OPENING


class FieldworkError(Exception):
    """Something cannot be done; the message says why, `field` what to mend."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


WAVE_STATES = {
    "draft": _l("Chưa mở"),
    "rehearsal": _l("Đang diễn tập"),
    "open": _l("Đang mở"),
    "closed": _l("Đã đóng"),
}
LINK_KINDS = {
    "dossier": _l("Hồ sơ"),
    "counter": _l("Quầy, áp phích"),
    "kiosk": _l("Máy tại chỗ"),
}
LINK_STATES = {
    "active": _l("Còn dùng được"),
    "spent": _l("Đã trả lời"),
    "revoked": _l("Đã thu hồi"),
    "replaced": _l("Đã thay mã mới"),
    "issued": _l("Đã phát"),
    "expired": _l("Hết hạn"),
}
PAPER_STATES = {
    "once": _l("Chờ nhập lần hai"),
    "twice": _l("Chờ đối chiếu"),
    "counted": _l("Đã tính"),
}
WEEKDAYS = (
    _l("Thứ Hai"),
    _l("Thứ Ba"),
    _l("Thứ Tư"),
    _l("Thứ Năm"),
    _l("Thứ Sáu"),
    _l("Thứ Bảy"),
    _l("Chủ nhật"),
)
STATE_COLOURS = {
    "draft": "grey",
    "rehearsal": "yellow",
    "open": "green",
    "closed": "blue",
    "active": "green",
    "spent": "blue",
    "revoked": "grey",
    "replaced": "grey",
    "issued": "green",
    "expired": "grey",
    "once": "yellow",
    "twice": "orange",
    "counted": "green",
}
