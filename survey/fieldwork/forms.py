"""Forms of fieldwork."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from survey import workdays
from survey.accounts.forms import SelectChoice, StaffForm, clean, one_line
from survey.fieldwork.links import MOST_AT_ONCE
from survey.fieldwork.terms import LINK_KINDS, LINK_STATES
from survey.indices.rules import THRESHOLDS, Rules

_KEY = Regexp(r"[0-9a-f]{32}\Z", message=_l("Xin tải lại trang rồi thử lại."))


class _WithMethod(StaffForm):
    """A form in which it is chosen how a wave asks and looks at answers."""

    def speak(self, language: str) -> None:
        """Name the thresholds in the reader's language."""
        for name, threshold in THRESHOLDS.items():
            self[name].label.text = threshold.title.get(language)


class WaveForm(_WithMethod):
    """A wave that is to be made."""

    title = one_line(_l("Tên đợt khảo sát"), _l("Xin nhập tên đợt khảo sát."), 200)
    wave_id = StringField(_l("Mã đợt"), filters=[clean])
    questionnaire = RadioField(
        _l("Phiếu khảo sát"), validators=[InputRequired(_l("Xin chọn phiếu."))]
    )
    unit = SelectField(_l("Cơ quan, đơn vị được khảo sát"))
    opens_on = DateField(
        _l("Ngày bắt đầu nhận phiếu"),
        validators=[InputRequired(_l("Xin nhập ngày bắt đầu."))],
    )
    closes_on = DateField(
        _l("Ngày cuối cùng nhận phiếu"),
        validators=[InputRequired(_l("Xin nhập ngày cuối cùng."))],
    )
    formula = RadioField(
        _l("Chỉ số chính của đợt"), validators=[InputRequired(_l("Xin chọn chỉ số."))]
    )


class MethodForm(_WithMethod):
    """How a wave that was made before asks and looks at answers."""


def _let_choose(form: type[_WithMethod]) -> None:
    """Give a form these fields, as its last; one that is not sent keeps its default."""
    form.folded_percent = IntegerField(
        _l("Bao nhiêu phần trăm người trả lời thấy hướng dẫn được gập lại"),
        default=0,
        validators=[NumberRange(0, 100, _l("Xin nhập số từ 0 đến 100."))],
    )
    for name, usual in Rules().as_dict().items():
        least, most = THRESHOLDS[name].least, THRESHOLDS[name].most
        words = _l("Xin nhập số từ %(least)s đến %(most)s.", least=least, most=most)
        field = IntegerField(
            default=usual, validators=[NumberRange(least, most, words)]
        )
        setattr(form, name, field)


_let_choose(WaveForm)
_let_choose(MethodForm)


class CounterForm(StaffForm):
    """Links that hang at a counter: one for each unit or procedure chosen."""

    kind = RadioField(
        _l("Dùng ở đâu"),
        choices=[
            SelectChoice("counter", _l("Áp phích, thẻ đặt tại quầy")),
            SelectChoice("kiosk", _l("Máy tính bảng, máy tính đặt tại chỗ")),
        ],
        default="counter",
        validators=[InputRequired(_l("Xin chọn nơi dùng."))],
    )
    units = SelectMultipleField(_l("Mã theo đơn vị"))
    procedures = SelectMultipleField(_l("Mã theo thủ tục"))
    note = StringField(
        _l("Ghi chú nơi đặt (không bắt buộc)"),
        filters=[clean],
        validators=[
            Length(max=200, message=_l("Xin rút ngắn ghi chú còn tối đa 200 ký tự."))
        ],
    )
    key = HiddenField(validators=[_KEY])


class DossierForm(StaffForm):
    """Links that are used once: for dossiers of the frame, or a number of them."""

    source = RadioField(
        _l("Tạo mã cho"),
        choices=[
            SelectChoice("frame", _l("Hồ sơ trong danh sách chưa có mã")),
            SelectChoice("number", _l("Hồ sơ ngoài danh sách")),
        ],
        default="number",
        validators=[InputRequired(_l("Xin chọn cách tạo."))],
    )
    count = IntegerField(
        _l("Số mã"),
        validators=[
            InputRequired(_l("Xin nhập số mã.")),
            NumberRange(
                1,
                MOST_AT_ONCE,
                _l("Xin nhập số từ 1 đến %(most)s.", most=MOST_AT_ONCE),
            ),
        ],
    )
    place = SelectField(_l("Đơn vị hoặc thủ tục"))
    key = HiddenField(validators=[_KEY])


class FilterForm(StaffForm):
    """Which links are listed."""

    class Meta(StaffForm.Meta):
        csrf = False  # it only reads

    kind = SelectField(
        _l("Loại"),
        choices=[
            SelectChoice("", _l("Tất cả")),
            *(SelectChoice(kind, name) for kind, name in LINK_KINDS.items()),
        ],
        default="",
        validators=[Optional()],
    )
    state = SelectField(
        _l("Trạng thái"),
        choices=[
            SelectChoice("", _l("Tất cả")),
            *(SelectChoice(state, name) for state, name in LINK_STATES.items()),
        ],
        default="",
        validators=[Optional()],
    )


class FindForm(StaffForm):
    """A code, an address or a dossier that a person holds in hand."""

    typed = StringField(
        _l("Tìm theo mã trên thẻ hoặc mã hồ sơ"),
        filters=[clean],
        validators=[InputRequired(_l("Xin nhập mã cần tìm."))],
    )


class HolidayForm(StaffForm):
    """A day, or a range of days, that the calendar is to have."""

    kind = RadioField(
        _l("Loại ngày"),
        choices=[
            SelectChoice("off", _l("Ngày nghỉ")),
            SelectChoice("working", _l("Ngày làm bù")),
        ],
        default="off",
        validators=[InputRequired(_l("Xin chọn loại ngày."))],
    )
    first = DateField(
        _l("Ngày, hoặc ngày đầu của khoảng"),
        validators=[InputRequired(_l("Xin nhập ngày."))],
    )
    last = DateField(
        _l("Ngày cuối của khoảng (không bắt buộc)"), validators=[Optional()]
    )
    name = one_line(
        _l("Tên"), _l("Xin nhập tên, tối đa 120 ký tự."), workdays.MOST_SYMBOLS
    )


class UploadForm(StaffForm):
    """A list from a spreadsheet."""

    file = FileField(
        _l("Tệp CSV (UTF-8) hoặc Excel (.xlsx)"),
        validators=[FileRequired(_l("Xin chọn tệp."))],
    )
