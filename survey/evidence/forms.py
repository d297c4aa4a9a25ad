"""Forms of the evidence room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import InputRequired

from survey.accounts.forms import SelectChoice, StaffForm, clean


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
