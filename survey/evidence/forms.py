"""Forms of the evidence room."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from survey.accounts.forms import SelectChoice, StaffForm, clean, one_line
from survey.evidence.documents import KINDS

MOST_SUMMARY: Final = 500


class ReopeningForm(StaffForm):
    """The wish that a closed wave be opened again."""

    reason = TextAreaField(
        _l("Lý do mở lại"),
        filters=[clean],
        validators=[InputRequired(_l("Xin nêu lý do."))],
    )
    closes_on = DateField(
        _l("Nhận phiếu đến hết ngày"),
        validators=[InputRequired(_l("Xin chọn ngày cuối cùng mới."))],
    )


class AnswerForm(StaffForm):
    """What is answered to that wish."""

    answer = RadioField(
        _l("Trả lời đề nghị"),
        choices=[
            SelectChoice("agree", _l("Đồng ý mở lại")),
            SelectChoice("refuse", _l("Không đồng ý")),
        ],
        validators=[InputRequired(_l("Xin chọn một câu trả lời."))],
        validate_choice=True,
    )


class DocumentForm(StaffForm):
    """A paper of the office that belongs to a wave."""

    kind = SelectField(
        _l("Loại"),
        choices=[SelectChoice(name, title) for name, title in KINDS.items()],
        validators=[InputRequired(_l("Xin chọn loại tài liệu."))],
    )
    number = one_line(_l("Số, ký hiệu"), _l("Xin nhập số, ký hiệu."), 60)
    issued_on = DateField(
        _l("Ngày ban hành"),
        validators=[InputRequired(_l("Xin nhập ngày ban hành."))],
    )
    issuer = one_line(_l("Cơ quan ban hành"), _l("Xin nhập cơ quan ban hành."), 200)
    summary = one_line(_l("Trích yếu"), _l("Xin nhập trích yếu."), MOST_SUMMARY)
    file = FileField(_l("Tệp"), validators=[FileRequired(_l("Xin chọn tệp."))])
