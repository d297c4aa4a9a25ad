"""Forms of fieldwork."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from survey import formats, web, workdays
from survey.accounts.forms import SelectChoice, StaffForm, clean, one_line
from survey.indices.rules import THRESHOLDS, Rules


class WholeNumber(IntegerField):
    """A whole number as people write it: 1.200, 1 200, 50%."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take it without the marks between thousands and the sign of percent."""
        if valuelist:
            bare = str(valuelist[0]).strip().removesuffix("%").rstrip()
            if _GROUPED.fullmatch(bare):
                bare = re.sub(r"\D", "", bare)
            valuelist = [bare]
        super().process_formdata(valuelist)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else formats.integer(self.data, web.language())


# One mark throughout, in groups of three.
_GROUPED = re.compile(r"\d{1,3}([.,\s])\d{3}(\1\d{3})*")


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
    form.folded_percent = WholeNumber(
        _l("Bao nhiêu phần trăm người trả lời thấy hướng dẫn thu gọn"),
        default=0,
        validators=[NumberRange(0, 100, _l("Xin nhập số từ 0 đến 100."))],
    )
    for name, usual in Rules().as_dict().items():
        least, most = THRESHOLDS[name].least, THRESHOLDS[name].most
        words = _l("Xin nhập số từ %(least)s đến %(most)s.", least=least, most=most)
        field = WholeNumber(default=usual, validators=[NumberRange(least, most, words)])
        setattr(form, name, field)


_let_choose(WaveForm)
_let_choose(MethodForm)


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
