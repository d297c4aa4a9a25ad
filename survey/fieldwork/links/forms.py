"""Forms of links: made, filtered, found, and dealt with for a reason."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import (
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from survey import pins
from survey.accounts.forms import SelectChoice, StaffForm, clean
from survey.fieldwork.links.log import MOST_IN_REASON
from survey.fieldwork.links.making import MOST_AT_ONCE
from survey.fieldwork.terms import LINK_KINDS, LINK_STATES

PIN = Regexp(r"[0-9]{4,8}\Z", message=_l("Mã PIN gồm 4 đến 8 chữ số."))
_KEY = Regexp(r"[0-9a-f]{32}\Z", message=_l("Xin tải lại trang rồi thử lại."))
FILTERED_STATES = ("active", "spent", "revoked", "replaced")


def not_easy(form: Any, field: Any) -> None:
    """Refuse a PIN that a passer-by would try."""
    if field.data and pins.is_easy(field.data):
        raise ValidationError(_("Mã PIN này dễ đoán. Xin chọn các chữ số khác nhau."))


def _counter() -> StringField:
    return StringField(
        _l("Nơi đặt (không bắt buộc)"),
        filters=[clean],
        validators=[
            Length(max=80, message=_l("Xin rút ngắn nơi đặt còn tối đa 80 ký tự."))
        ],
    )


def _note() -> StringField:
    return StringField(
        _l("Ghi chú (không bắt buộc)"),
        filters=[clean],
        validators=[
            Length(max=200, message=_l("Xin rút ngắn ghi chú còn tối đa 200 ký tự."))
        ],
    )


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
    counter = _counter()
    pin = StringField(
        _l("Mã PIN của máy tại chỗ (không bắt buộc)"),
        filters=[clean],
        validators=[Optional(), PIN, not_easy],
    )
    note = _note()
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
                1, MOST_AT_ONCE, _l("Xin nhập số từ 1 đến %(most)s.", most="100.000")
            ),
        ],
    )
    place = SelectField(_l("Đơn vị hoặc thủ tục"))
    note = _note()
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
            *(SelectChoice(state, LINK_STATES[state]) for state in FILTERED_STATES),
        ],
        default="",
        validators=[Optional()],
    )
    place = SelectField(_l("Đơn vị, thủ tục"), default="", validators=[Optional()])
    batch = IntegerField(_l("Lô mã số"), validators=[Optional(), NumberRange(1)])


class FindForm(StaffForm):
    """A code, an address or a dossier that a person holds in hand."""

    typed = StringField(
        _l("Tìm theo mã trên thẻ hoặc mã hồ sơ"),
        filters=[clean],
        validators=[InputRequired(_l("Xin nhập mã cần tìm."))],
    )


class ReasonForm(StaffForm):
    """Something that is done with a link or a batch, and why."""

    reason = StringField(
        _l("Lý do"),
        filters=[clean],
        validators=[
            InputRequired(_l("Xin ghi lý do; một câu ngắn là đủ.")),
            Length(
                max=MOST_IN_REASON,
                message=_l("Xin rút ngắn lý do còn tối đa 300 ký tự."),
            ),
        ],
    )


class ExtendForm(ReasonForm):
    """Until when a link, or the links of a batch, are to open."""

    valid_to = DateField(
        _l("Ngày cuối cùng dùng được"), validators=[InputRequired(_l("Xin nhập ngày."))]
    )


class EditForm(ReasonForm):
    """Where a link hangs, and what is noted of it."""

    counter = _counter()
    note = _note()


class FunnelForm(StaffForm):
    """Of which links the way from made to finished is shown, and by what."""

    class Meta(StaffForm.Meta):
        csrf = False  # it only reads

    theo = SelectField(
        _l("Xem theo"),
        choices=[
            SelectChoice("lo", _l("Lô mã")),
            SelectChoice("don-vi", _l("Đơn vị")),
            SelectChoice("thu-tuc", _l("Thủ tục")),
            SelectChoice("ngay", _l("Ngày")),
        ],
        default="don-vi",
        validators=[Optional()],
    )
    loai = SelectField(
        _l("Loại mã"),
        choices=[
            SelectChoice("dossier", _l("Mã hồ sơ, dùng một lần")),
            SelectChoice("wall", _l("Mã tại quầy và máy tại chỗ")),
        ],
        default="dossier",
        validators=[Optional()],
    )
    place = SelectField(_l("Đơn vị, thủ tục"), default="", validators=[Optional()])
