"""Forms of papers."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from survey.accounts.forms import StaffForm, clean
from survey.letterheads import MOST_LETTERS


def clean_lines(text: Any) -> Any:
    """Several typed lines as they are stored: each clean, none empty at either end."""
    if not isinstance(text, str):
        return text
    return "\n".join(clean(line) for line in text.splitlines()).strip("\n")


def _line(label: Any, missing: Any, most: int) -> StringField:
    too_long = _l("Xin rút ngắn còn tối đa %(n)s ký tự.", n=most)
    return StringField(
        label,
        filters=[clean],
        # Of what is left when blanks are gone: a blank is no name.
        validators=[DataRequired(missing), Length(max=most, message=too_long)],
    )


def _lines(label: Any, most: int) -> TextAreaField:
    too_long = _l("Xin rút ngắn còn tối đa %(n)s ký tự.", n=most)
    return TextAreaField(
        label, filters=[clean_lines], validators=[Length(max=most, message=too_long)]
    )


class LetterheadForm(StaffForm):
    """Who issues the papers."""

    superior = _line(_l("Cơ quan chủ quản"), _l("Xin nhập tên cơ quan chủ quản."), 200)
    agency = _line(_l("Cơ quan ban hành"), _l("Xin nhập tên cơ quan ban hành."), 200)
    place = _line(_l("Địa danh"), _l("Xin nhập địa danh."), 80)
    number = _line(_l("Số và ký hiệu"), _l("Xin nhập mẫu số, ký hiệu."), 60)
    signer = _line(_l("Chức vụ người ký"), _l("Xin nhập chức vụ người ký."), 120)
    recipients = _lines(_l("Nơi nhận"), 1000)


LETTERHEAD = ("superior", "agency", "place", "number", "signer", "recipients")
"""The fields of a letterhead, by the names of its columns."""


class LogoForm(StaffForm):
    """The picture over the name of the office."""

    logo = FileField(
        _l("Tệp PNG"), validators=[FileRequired(_l("Xin chọn một tệp PNG."))]
    )


class BasisForm(StaffForm):
    """One more legal basis."""

    basis = _line(_l("Căn cứ mới"), _l("Xin nhập căn cứ."), 500)


class TextForm(StaffForm):
    """The pieces of text of a wave's report."""

    purpose = _lines(_l("Mục đích"), MOST_LETTERS)
    legal = SelectMultipleField(_l("Căn cứ"), validate_choice=True)
    causes = _lines(_l("Nguyên nhân"), MOST_LETTERS)
    proposals = _lines(_l("Đề xuất, kiến nghị"), MOST_LETTERS)

    def texts(self) -> dict[str, str]:
        """What was typed and chosen, by the name of the piece."""
        typed = {one: self.text(one) for one in ("purpose", "causes", "proposals")}
        return {**typed, "legal": "\n".join(self.legal.data or ())}
