"""Forms of this room."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from survey.accounts.forms import SelectChoice, StaffForm, clean, one_line
from survey.actions.improvements import MOST_TASK
from survey.actions.terms import DAY_OFF_RULES, REPORT_KINDS, STATES
from survey.formats import nfc

_DAY = _l("Xin nhập ngày từ 1 đến 31; 31 là ngày cuối tháng.")


def _lines(text: Any) -> Any:
    """A typed text of several lines: NFC, without other control characters."""
    if not isinstance(text, str):
        return text
    kept = nfc(text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(s if s >= " " or s == "\n" else " " for s in kept).strip()


class _ActionForm(StaffForm):
    """What an action says of itself."""

    title = one_line(
        _l("Tên việc"),
        _l("Xin nhập tên việc."),
        200,
        description=_l("Ví dụ: Soạn tờ hướng dẫn thành phần hồ sơ kèm ví dụ đã điền"),
    )
    task = TextAreaField(
        _l("Sẽ làm gì"),
        filters=[_lines],
        validators=[
            InputRequired(_l("Xin ghi việc sẽ làm.")),
            Length(
                max=MOST_TASK,
                message=_l("Xin rút ngắn còn tối đa %(n)s ký tự.", n=MOST_TASK),
            ),
        ],
    )
    owner = one_line(
        _l("Người phụ trách"),
        _l("Xin ghi tên hoặc chức danh người phụ trách."),
        120,
        description=_l("Tên hoặc chức danh của cán bộ, công chức."),
    )
    due_on = DateField(
        _l("Thời hạn"), validators=[InputRequired(_l("Xin nhập thời hạn."))]
    )


class NewActionForm(_ActionForm):
    """An action that is to be set."""

    criterion = SelectField(_l("Tiêu chí cần cải thiện"))


class EditActionForm(_ActionForm):
    """An action that is to be changed."""

    seen = HiddenField()


class StateForm(StaffForm):
    """How far an action is."""

    state = RadioField(
        _l("Trạng thái"),
        choices=[SelectChoice(name, words) for name, (words, _c) in STATES.items()],
        validators=[InputRequired(_l("Xin chọn một trạng thái."))],
    )
    reason = StringField(
        _l("Lý do dừng (chỉ khi chọn “Dừng”)"),
        filters=[clean],
        validators=[
            Length(max=300, message=_l("Xin rút ngắn còn tối đa %(n)s ký tự.", n=300))
        ],
    )
    done_on = DateField(
        _l("Ngày xong (chỉ khi chọn “Đã xong”; bỏ trống là hôm nay)"),
        validators=[Optional()],
    )


class FileForm(StaffForm):
    """A file of evidence."""

    file = FileField(_l("Tệp PDF, Word, Excel, JPG hoặc PNG, tối đa 10 MB"))


class ReportForm(StaffForm):
    """A periodic report."""

    name = one_line(_l("Tên báo cáo"), _l("Xin nhập tên báo cáo."), 200)
    kind = RadioField(
        _l("Kỳ báo cáo"),
        choices=[SelectChoice(name, words) for name, words in REPORT_KINDS.items()],
        validators=[InputRequired(_l("Xin chọn kỳ báo cáo."))],
    )
    cut_day = IntegerField(
        _l("Ngày chốt số liệu"),
        default=14,
        description=_l("Trong tháng cuối của kỳ; 31 là ngày cuối tháng."),
        validators=[InputRequired(_DAY), NumberRange(1, 31, _DAY)],
    )
    due_day = IntegerField(
        _l("Ngày phải gửi"),
        default=20,
        description=_l("31 là ngày cuối tháng."),
        validators=[InputRequired(_DAY), NumberRange(1, 31, _DAY)],
    )
    due_months = SelectField(
        _l("Tháng phải gửi"),
        coerce=int,
        default=0,
        choices=[
            SelectChoice(0, _l("Tháng cuối của kỳ")),
            SelectChoice(1, _l("Tháng sau kỳ")),
            SelectChoice(2, _l("Hai tháng sau kỳ")),
            SelectChoice(3, _l("Ba tháng sau kỳ")),
        ],
    )
    day_off_rule = RadioField(
        _l("Khi ngày phải gửi là ngày nghỉ"),
        choices=[SelectChoice(name, words) for name, words in DAY_OFF_RULES.items()],
        default="next",
        validators=[InputRequired(_l("Xin chọn một quy tắc."))],
    )
    recipients = one_line(_l("Nơi nhận"), _l("Xin nhập nơi nhận."), 300)
    legal_basis = one_line(_l("Căn cứ"), _l("Xin nhập căn cứ."), 300)
    is_confirmed = BooleanField(_l("Cơ quan đã xác nhận ngày và căn cứ này"))
    starts_on = DateField(
        _l("Theo dõi từ ngày"),
        description=_l("Kỳ kết thúc trước ngày này không bị nhắc."),
        validators=[InputRequired(_l("Xin nhập ngày."))],
    )


class SentForm(StaffForm):
    """That a report was sent."""

    sent_on = DateField(
        _l("Ngày gửi"), validators=[InputRequired(_l("Xin nhập ngày gửi."))]
    )
    document = StringField(
        _l("Số văn bản (không bắt buộc)"),
        filters=[clean],
        validators=[
            Length(max=60, message=_l("Xin rút ngắn còn tối đa %(n)s ký tự.", n=60))
        ],
    )
