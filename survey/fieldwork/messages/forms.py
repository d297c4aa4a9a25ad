"""Forms of messages."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from survey.accounts.forms import SelectChoice, StaffForm, clean
from survey.fieldwork.messages.wording import MOST, purpose
from survey.formats import nfc

TITLES: Final = {
    "sms": _l("Tin nhắn ngắn mời"),
    "subject": _l("Tiêu đề thư mời"),
    "body": _l("Nội dung đầy đủ mời (Zalo, thư điện tử)"),
    "reminder_sms": _l("Tin nhắn ngắn nhắc"),
    "reminder_subject": _l("Tiêu đề thư nhắc"),
    "reminder_body": _l("Nội dung đầy đủ nhắc (Zalo, thư điện tử)"),
}
"""The texts of a wave, in the order in which they are shown."""
KINDS: Final = {"invitation": _l("Lời mời"), "reminder": _l("Lời nhắc")}
FORMATS: Final = {
    "xlsx": _l("Excel (.xlsx): xem, gửi tay, ghép với danh sách của cơ quan"),
    "csv": _l("CSV: nạp vào phần mềm gửi tin"),
}


class TextsForm(StaffForm):
    """What the messages of a wave say."""


def _paragraphs(text: Any) -> Any:
    """A typed text as it is stored: NFC, one kind of line break, no blank ends."""
    if not isinstance(text, str):
        return text
    text = nfc(text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(s for s in text if s >= " " or s == "\n").strip()


for _name, _title in TITLES.items():
    _most = MOST[purpose(_name)]
    _kind = StringField if purpose(_name) == "subject" else TextAreaField
    setattr(
        TextsForm,
        _name,
        _kind(
            _title,
            filters=[_paragraphs if purpose(_name) == "body" else clean],
            validators=[
                InputRequired(_l("Xin nhập nội dung này.")),
                Length(
                    max=_most,
                    message=_l("Xin rút ngắn còn tối đa %(n)s ký tự.", n=_most),
                ),
            ],
        ),
    )


def _format_field() -> RadioField:
    return RadioField(
        _l("Loại tệp"),
        choices=[SelectChoice(one, words) for one, words in FORMATS.items()],
        default="xlsx",
        validators=[InputRequired(_l("Xin chọn loại tệp."))],
    )


class KindForm(StaffForm):
    """What goes out to the businesses of a batch, and as which file."""

    kind = RadioField(
        _l("Gửi gì"),
        choices=[SelectChoice(kind, words) for kind, words in KINDS.items()],
        default="invitation",
        validators=[InputRequired(_l("Xin chọn lời mời hoặc lời nhắc."))],
    )
    format = _format_field()


class ReminderForm(StaffForm):
    """The file of invitations, as it was made here or as the office went on with it."""

    file = FileField(
        _l("Tệp lời mời đã tải trước đây (.xlsx hoặc .csv)"),
        validators=[FileRequired(_l("Xin chọn tệp."))],
    )
    format = _format_field()


class BounceForm(StaffForm):
    """Whom no message reached."""

    names = TextAreaField(
        _l("Mã hồ sơ, thư điện tử hoặc điện thoại, mỗi dòng một mục"),
        filters=[_paragraphs],
    )
    report = FileField(_l("Hoặc thư báo không giao được (.eml)"))
