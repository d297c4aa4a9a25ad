"""Words of fieldwork: how kinds and states are called on screen, and its refusal."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l


class FieldworkError(Exception):
    """Something cannot be done; the message says why, `field` what to mend."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


WAVE_STATES = {
    "draft": _l("Chưa mở"),
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
}
STATE_COLOURS = {
    "draft": "grey",
    "open": "green",
    "closed": "blue",
    "active": "green",
    "spent": "blue",
    "revoked": "grey",
}
