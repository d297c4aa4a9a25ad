"""Forms of the scorecard. Numbers of points are texts here: 9,12 as people type it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask import request
from flask_babel import gettext as _
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
from survey.formats import nfc
from survey.scorecard.terms import KINDS, MEASURES, ScorecardError, read_number

STEP_ROWS: Final = 8
GRADE_ROWS: Final = 6
COUNTS: Final = ("reactions", "on_time", "content", "dossiers", "late", "disliked")


def optional_line(label: Any, most: int, **more: Any) -> StringField:
    """A line of text that may be empty."""
    return StringField(
        label,
        filters=[clean],
        validators=[
            Length(max=most, message=_l("Xin rút ngắn còn tối đa %(n)s ký tự.", n=most))
        ],
        **more,
    )


def paragraph(label: Any, most: int) -> TextAreaField:
    """Several lines of text, that may be empty."""
    return TextAreaField(
        label,
        filters=[_clean_lines],
        validators=[
            Length(max=most, message=_l("Xin rút ngắn còn tối đa %(n)s ký tự.", n=most))
        ],
    )


def _clean_lines(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    return "\n".join(clean(line) for line in nfc(text).splitlines()).strip()


class NumberedForm(StaffForm):
    """A form with numbers of two decimals."""

    def decimal(self, name: str) -> Decimal | None:
        """The number typed into a field; None for an empty one.

        Raises:
            ScorecardError: it is none; the error names the field.
        """
        text = self.text(name)
        return read_number(text, name) if text.strip() else None

    def pairs(self, first: str, second: str) -> list[tuple[str, str]]:
        """Two columns of a small table as they were typed, without empty rows.

        Args:
            first, second: names of the fields, which stand in the form many times.
        """
        return [
            pair
            for pair in zip(self.column(first), self.column(second), strict=False)
            if any(pair)
        ]

    def column(self, name: str) -> list[str]:
        """What was typed into fields of one name."""
        return [clean(one) for one in request.form.getlist(name)]


class RuleForm(NumberedForm):
    """A score rule; its steps stand in a table of their own."""

    code = one_line(_l("Mã quy tắc"), _l("Xin nhập mã."), 40)
    title = one_line(_l("Tên quy tắc"), _l("Xin nhập tên."), 200)
    kind = RadioField(
        _l("Cách tính điểm"),
        choices=[SelectChoice(name, words) for name, words in KINDS.items()],
        validators=[InputRequired(_l("Xin chọn cách tính điểm."))],
    )
    measure = RadioField(
        _l("Số liệu đầu vào"),
        choices=[SelectChoice(name, words) for name, words in MEASURES.items()],
        default="survey",
        validators=[InputRequired(_l("Xin chọn số liệu đầu vào."))],
    )
    maximum = optional_line(_l("Điểm tối đa"), 20)
    rounds_first = BooleanField(
        _l("Làm tròn chỉ số đến hai chữ số trước khi tính điểm")
    )
    source = optional_line(_l("Căn cứ pháp lý"), 300)
    valid_from = DateField(_l("Có hiệu lực từ"), validators=[Optional()])
    valid_to = DateField(_l("Hết hiệu lực sau ngày"), validators=[Optional()])
    steps = HiddenField(_l("Các mốc"))


class SheetForm(StaffForm):
    """A new sheet."""

    unit = SelectField(_l("Cơ quan"))
    year = IntegerField(
        _l("Năm"),
        validators=[
            InputRequired(_l("Xin nhập năm.")),
            NumberRange(2000, 2100, _l("Xin nhập năm từ 2000 đến 2100.")),
        ],
    )
    copied = SelectField(_l("Chép tiêu chí từ"))


class SettingsForm(NumberedForm):
    """Deadlines, the second appraisal, the classes."""

    submit_by = DateField(_l("Hạn nộp tự đánh giá"), validators=[Optional()])
    explain_by = DateField(
        _l("Hạn giải trình, bổ sung tài liệu"), validators=[Optional()]
    )
    second_factor = one_line(
        _l("Hệ số của điểm bổ sung ở lần 2"), _l("Xin nhập hệ số."), 10
    )
    second_mode = RadioField(
        _l("Cách áp dụng hệ số"), validators=[InputRequired(_l("Xin chọn."))]
    )
    second_source = optional_line(_l("Căn cứ của hệ số"), 300)
    grades = HiddenField(_l("Xếp loại"))
    grades_source = optional_line(_l("Căn cứ của xếp loại"), 300)
    shows_historic = BooleanField(
        _l("Kèm phiếu 18 điểm của giai đoạn trước (đến 30/6/2025) để đối chiếu")
    )


class LineForm(NumberedForm):
    """A criterion or a group of criteria."""

    code = one_line(_l("Mã tiêu chí"), _l("Xin nhập mã."), 20)
    title = one_line(_l("Tên tiêu chí"), _l("Xin nhập tên."), 300)
    maximum = optional_line(_l("Điểm tối đa"), 20)
    rule = SelectField(_l("Quy tắc chấm điểm"))


class PasteForm(StaffForm):
    """Many criteria at once."""

    listing = paragraph(_l("Danh sách tiêu chí"), 100_000)


class ReasonForm(StaffForm):
    """A reason, as long as a few sentences."""

    reason = paragraph(_l("Lý do"), 500)


class ScoreForm(NumberedForm):
    """The own points of a criterion: typed, or a value its rule takes."""

    points = optional_line(_l("Điểm tự chấm"), 20)
    value = optional_line(_l("Chỉ số, phần trăm"), 20)
    note = paragraph(_l("Diễn giải cách chấm"), 500)


class AppraisalForm(NumberedForm):
    """Points of an appraisal with their reason."""

    points = one_line(_l("Điểm thẩm định"), _l("Xin nhập điểm."), 20)
    reason = paragraph(_l("Lý do"), 500)


class ExplanationForm(StaffForm):
    """What the agency says to the first appraisal."""

    words = paragraph(_l("Nội dung giải trình"), 4000)


class DocumentForm(StaffForm):
    """A document behind a criterion."""

    summary = one_line(_l("Trích yếu"), _l("Xin nhập trích yếu."), 500)
    number = optional_line(_l("Số, ký hiệu"), 60)
    issued_on = DateField(_l("Ngày ban hành"), validators=[Optional()])
    issuer = optional_line(_l("Cơ quan ban hành"), 200)
    file = FileField(_l("Tệp"))
    link = optional_line(_l("Hoặc một trang của phần mềm"), 300)
    is_stale = BooleanField(_l("Tài liệu này đã cũ, cần bản mới"))


def _count(label: Any) -> IntegerField:
    words = _l("Xin nhập số nguyên từ 0.")
    return IntegerField(
        label,
        validators=[InputRequired(words), NumberRange(0, 10_000_000, words)],
    )


class NationalForm(StaffForm):
    """Counts that the national portal publishes."""

    reactions = _count(_l("Số phản ánh, kiến nghị"))
    on_time = _count(_l("Trong đó xử lý đúng hạn"))
    content = _count(_l("Trong đó người gửi hài lòng"))
    dossiers = _count(_l("Tổng số hồ sơ"))
    late = _count(_l("Hồ sơ quá hạn"))
    disliked = _count(_l("Hồ sơ có phản ánh, kiến nghị hoặc “không hài lòng”"))
    source = one_line(
        _l("Nơi lấy số và ngày lấy"), _l("Xin nêu nơi lấy số và ngày lấy."), 300
    )


def grades_typed(pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Classes as they were typed, the highest first.

    Raises:
        ScorecardError: a name or a threshold is missing or too long.
    """
    found: list[tuple[Decimal, str]] = []
    for name, least in pairs:
        if not name or not least or len(name) > 40:
            raise ScorecardError(
                _("Mỗi loại cần tên (tối đa 40 ký tự) và mốc thấp nhất."), "grades"
            )
        found.append((read_number(least, "grades"), name))
    found.sort(key=lambda one: -one[0])
    return [[name, str(least)] for least, name in found]


def steps_typed(
    pairs: Sequence[tuple[str, str]],
) -> tuple[tuple[Decimal, Decimal], ...]:
    """Steps of a rule as they were typed.

    Raises:
        ScorecardError: half a step, or no numbers.
    """
    if any(not least or not points for least, points in pairs):
        raise ScorecardError(_("Mỗi mốc cần chỉ số thấp nhất và điểm."), "steps")
    return tuple(
        (read_number(least, "steps"), read_number(points, "steps"))
        for least, points in pairs
    )


def day_or_none(value: Any) -> date | None:
    """The day in a field of a form."""
    return value if isinstance(value, date) else None
