"""Forms of the coding of comments."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length

from survey.accounts.forms import SelectChoice, StaffForm, clean
from survey.formats import nfc

_SHORT = Length(max=120, message=_l("Xin rút ngắn còn tối đa 120 ký tự."))


class CodingForm(StaffForm):
    """What is decided of one comment."""

    themes = SelectMultipleField(_l("Chủ đề"), coerce=int)
    hide = TextAreaField(
        _l("Che thêm"),
        description=_l(
            "Mỗi dòng một từ hoặc cụm từ như trong ý kiến; mọi chỗ có đều được che."
        ),
        filters=[lambda text: nfc(text or "")],
        validators=[Length(max=1200, message=_l("Xin rút ngắn phần che thêm."))],
    )
    show = SelectMultipleField(_l("Bỏ che (chỗ che nhầm, không chỉ ra ai)"), coerce=int)
    state = RadioField(
        _l("Công bố"),
        validators=[InputRequired(_l("Xin chọn công bố hay giữ lại."))],
        choices=[
            SelectChoice("unit", _l("Cho đơn vị liên quan đọc")),
            SelectChoice("office", _l("Cho mọi đơn vị đọc")),
            SelectChoice("withheld", _l("Giữ lại, không công bố")),
        ],
    )


class ThemeForm(StaffForm):
    """One theme of the list."""

    name_vi = StringField(
        _l("Tên chủ đề"),
        filters=[clean],
        # Of what is left after cleaning: a name of blanks is none.
        validators=[DataRequired(_l("Xin nhập tên chủ đề.")), _SHORT],
    )
    name_en = StringField(
        _l("Tên tiếng Anh (không bắt buộc)"),
        filters=[clean],
        validators=[_SHORT],
    )
    element = SelectField(_l("Thuộc yếu tố"), validate_choice=True)
    is_active = BooleanField(_l("Dùng khi phân loại"), default=True)
