"""Words of messages on screen."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from survey.fieldwork.links.log import ACTIONS
from survey.fieldwork.messages import mail
from survey.models import LinkEvent, Wave

STATES: Final = {
    "queued": _l("Đang chờ gửi"),
    "sent": _l("Đã gửi"),
    "failed": _l("Không gửi được"),
    "bounced": _l("Bị trả lại"),
    "filed": _l("Nhắc bằng tệp"),
}
_FAULTS: Final = {
    mail.NO_KEY: _l("Mã của lô đã bị xóa trước khi gửi được; xin tạo mã mới."),
    mail.NO_ADDRESS: _l("Địa chỉ đã bị xóa."),
    mail.NO_TEXT: _l("Mẫu thư hoặc địa chỉ không dùng được; xin sửa rồi tạo mã mới."),
}


def fault_words(fault: str) -> str:
    """Why a message was not sent: our words, or the mail server's own."""
    if fault in _FAULTS:
        return str(_FAULTS[fault])
    return str(_("Máy chủ thư báo: %(words)s", words=fault))


def event_words(event: LinkEvent) -> str:
    """What was made: as the log says it, or else what leaves no words there."""
    if event.reason:
        return event.reason
    if event.action == "exported":
        return str(_("Danh sách mã và đường dẫn của lô"))
    return str(ACTIONS[event.action])


def mail_title(wave: Wave) -> str:
    """What the work of sending is called."""
    return str(_("Gửi thư điện tử: %(wave)s", wave=wave.title))
