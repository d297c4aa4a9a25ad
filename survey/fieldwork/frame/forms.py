"""Forms of the frame: which column of theirs is which field of ours, and the draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from survey.accounts.forms import SelectChoice, StaffForm, clean
from survey.fieldwork.frame import columns, draws
from survey.fieldwork.frame.heads import MOST_HEADS, Table
from survey.fieldwork.frame.sheets import PROBED
from survey.fieldwork.frame.work import Choice

NONE: Final = ""
_ALL: Final = (*columns.DOSSIERS, *columns.REACHES)


class MappingForm(StaffForm):
    """How a file is to be read; a select for each field of ours."""

    sheet = SelectField(_l("Trang tính"), validators=[Optional()])
    row = IntegerField(
        _l("Dòng tiêu đề của bảng"),
        validators=[
            InputRequired(_l("Xin nhập số dòng có tên các cột.")),
            NumberRange(1, PROBED, _l("Xin nhập số từ 1 đến %(most)s.", most=PROBED)),
        ],
    )
    heads = HiddenField()
    """Of the table for which the places were chosen."""
    with_reaches = BooleanField(_l("Đọc số điện thoại, thư điện tử để gửi lời mời"))

    def offer(self, table: Table, language: str) -> None:
        """Offer the sheets and columns of a file."""
        self.sheet.choices = [
            SelectChoice(name, name or _("(tệp CSV)")) for name in table.book.names
        ]
        theirs = [
            SelectChoice(str(place), f"{letters(place)} – {head}")
            for place, head in enumerate(table.heads[:MOST_HEADS])
            if head
        ]
        for column in _ALL:
            field = self[_name(column.field)]
            field.label.text = column.head(language)
            field.choices = [SelectChoice(NONE, _("– Không có trong tệp –")), *theirs]

    def fill(self, choice: Choice, table: Table) -> None:
        """Show a choice."""
        self.sheet.data = table.sheet
        self.row.data = table.row
        self.heads.data = table.heads_sha256
        self.with_reaches.data = choice.with_reaches
        for column in _ALL:
            place = choice.places.get(column.field)
            self[_name(column.field)].data = NONE if place is None else str(place)

    def chosen(self, table: Table) -> Choice:
        """What was chosen."""
        read = (*columns.DOSSIERS, *(columns.REACHES if self.with_reaches.data else ()))
        typed = {column.field: self.text(_name(column.field)) for column in read}
        return Choice(
            sheet=table.sheet,
            row=table.row,
            places={name: int(place) for name, place in typed.items() if place},
            with_reaches=bool(self.with_reaches.data),
        )

    def tell_faults(self, choice: Choice) -> bool:
        """Put what is wrong with a choice beside its fields; whether anything is."""
        used: dict[int, str] = {}
        for column in choice.columns:
            name = _name(column.field)
            place = choice.places.get(column.field)
            if place is None and column.is_required:
                self.tell(name, _("Xin chọn cột của tệp cho mục này."))
            elif place is not None and used.setdefault(place, name) != name:
                self.tell(name, _("Cột này đã chọn cho mục khác; xin chọn cột khác."))
        return bool(self.errors)

    def parts(self) -> Mapping[str, list[Any]]:
        """The selects of the page, in three groups."""
        required = [column for column in columns.DOSSIERS if column.is_required]
        others = [column for column in columns.DOSSIERS if not column.is_required]
        return {
            name: [self[_name(column.field)] for column in group]
            for name, group in (
                ("required", required),
                ("others", others),
                ("reaches", columns.REACHES),
            )
        }


def _name(field: str) -> str:
    return f"place_{field}"


for _column in _ALL:
    setattr(MappingForm, _name(_column.field), SelectField(default=NONE))


def letters(place: int) -> str:
    """A column as a spreadsheet calls it: A, B, … Z, AA."""
    name, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


class DrawForm(StaffForm):
    """Who is invited: everyone, or so many drawn with a seed."""

    mode = RadioField(
        _l("Mời những hồ sơ nào"),
        choices=[
            SelectChoice("census", _l("Mời tất cả hồ sơ trong danh sách")),
            SelectChoice("sample", _l("Chọn ngẫu nhiên một số hồ sơ")),
        ],
        validators=[InputRequired(_l("Xin chọn một cách."))],
    )
    size = IntegerField(_l("Số hồ sơ được chọn"), validators=[Optional()])
    seed = StringField(
        _l("Chuỗi khởi tạo ngẫu nhiên (không bắt buộc)"),
        filters=[clean, lambda typed: typed and draws.seed_text(typed)],
        validators=[Optional()],
    )
    again = BooleanField(_l("Bỏ lần chọn trước, chọn lại từ đầu"))
