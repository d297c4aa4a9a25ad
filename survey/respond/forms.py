"""What a page of the form accepts: one value a question, of those it offers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.fields.core import Field
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from survey import formats, web
from survey.questionnaire.schema import (
    CANNOT_JUDGE,
    NOT_APPLICABLE,
    Element,
    Fact,
    General,
    Questionnaire,
)

# A comment is text: of the control characters only the line break is kept, and nothing
# that no XML file, such as a workbook, can hold.
_CONTROLS = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
# A telephone number or an e-mail address somewhere in what was written.
_REACHES = re.compile(r"(?:\d[ .()\-]*){8,}|\S+@\S+\.\S+")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 1, 1)


def tidy(text: str) -> str:
    """Text as it is stored: NFC, line breaks as one, no control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _CONTROLS.sub("", formats.nfc(text)).strip()


class OneOf(Field):
    """At most one of the values that the question offers; "" for none."""

    allowed: Collection[str] = ()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the one value sent; a page that sends several has been altered."""
        values = {value.strip() for value in valuelist} - {""}
        self.data = values.pop() if len(values) == 1 else ""
        if values:
            raise ValidationError(_("Chỉ chọn một ý cho câu này."))

    def pre_validate(self, form: Any) -> None:
        """Refuse a value that the question does not offer."""
        if self.data and self.data not in self.allowed:
            raise ValidationError(_("Ý đã chọn không có trong câu này. Xin chọn lại."))


class FactDate(OneOf):
    """A date, in ISO form or day first as a person writes it, or one of the choices."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the date or the choice; both at once contradict each other."""
        values = {value.strip() for value in valuelist} - {""}
        if len(values) > 1:
            # The date, which stands before the choices.
            self.data = next(value.strip() for value in valuelist if value.strip())
            raise ValidationError(
                _("Xin ghi ngày hoặc chọn một ý bên dưới, không làm cả hai.")
            )
        self.data = values.pop() if values else ""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is neither a date of this century nor a choice."""
        if not self.data or self.data in self.allowed:
            return
        day = _read_date(self.data)
        if day is None:
            raise ValidationError(
                _("Xin ghi ngày theo dạng ngày/tháng/năm, ví dụ 21/8/2026.")
            )
        if not EARLIEST <= day < LATEST:
            raise ValidationError(
                _("Năm chưa đúng. Xin ghi đủ bốn chữ số, ví dụ 2026.")
            )
        self.data = day.isoformat()


def _read_date(text: str) -> date | None:
    written = _DAY_FIRST.fullmatch(text)
    try:
        if written:
            day, month, year = (int(number) for number in written.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        return None


class SeveralOf(Field):
    """Up to `most` of the values offered; the exclusive one stands alone."""

    allowed: Collection[str] = ()
    most = 0
    limit = ""
    exclusive: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take each value once."""
        self.data = [value for value in dict.fromkeys(valuelist) if value]

    def pre_validate(self, form: Any) -> None:
        """Refuse unknown values, too many, and the exclusive one among others."""
        chosen = self.data or []
        if any(value not in self.allowed for value in chosen):
            raise ValidationError(_("Ý đã chọn không có trong câu này. Xin chọn lại."))
        if self.exclusive in chosen and len(chosen) > 1:
            raise ValidationError(
                _("“Không có việc nào” không đi cùng ý khác. Xin bỏ bớt một bên.")
            )
        if self.most and len(chosen) > self.most:
            # In the words in which the question says so.
            raise ValidationError(
                self.limit or _("Xin chọn tối đa %(most)s việc.", most=self.most)
            )


class Comment(Field):
    """Free text up to a length, counted after NFC with a line break as one."""

    most = 0

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first text."""
        self.data = tidy(valuelist[0]) if valuelist else ""

    def _value(self) -> str:
        return self.data or ""

    def pre_validate(self, form: Any) -> None:
        """Refuse a text that is too long, saying by how much."""
        length = len(self.data or "")
        if length > self.most:
            raise ValidationError(
                _(
                    "Ý kiến dài %(length)s ký tự, tối đa %(most)s. Xin rút ngắn.",
                    length=length,
                    most=self.most,
                )
            )


def _form(
    fields: Iterable[tuple[str, type[Field]]], typed: MultiDict[str, str]
) -> BaseForm:
    # Without a class of its own: which fields a page has depends on its dossier, and
    # making a class costs more than all the rest of the page.
    unbound: list[Any] = [(code, kind()) for code, kind in fields]
    form = BaseForm(unbound)
    form.process(typed)
    return form


def _offer(form: BaseForm, code: str, offered: Collection[str]) -> None:
    field: Any = form[code]
    field.allowed = offered


def facts_form(
    facts: Sequence[Fact], typed: MultiDict[str, str], procedures: Collection[str]
) -> BaseForm:
    """The facts of a page; `procedures` are the codes that F01 offers."""
    fields = [(fact.code, FactDate if fact.type == "date" else OneOf) for fact in facts]
    form = _form(fields, typed)
    for fact in facts:
        offered = set(fact.codes)
        if fact.type == "procedure":
            offered |= set(procedures)
        _offer(form, fact.code, offered)
    return form


def element_form(
    questionnaire: Questionnaire,
    element: Element,
    shown: Mapping[str, Any],
    typed: MultiDict[str, str],
) -> BaseForm:
    """The criteria of an element that are shown, each with what it offers."""
    codes = [one.code for one in element.criteria if shown[one.code].is_shown]
    form = _form([(code, OneOf) for code in codes], typed)
    for code in codes:
        offered = {*questionnaire.scale.values, CANNOT_JUDGE}
        if shown[code].offers_not_applicable:
            offered.add(NOT_APPLICABLE)
        _offer(form, code, offered)
    return form


def generals_form(questionnaire: Questionnaire, typed: MultiDict[str, str]) -> BaseForm:
    """The general questions."""
    kinds: dict[str, type[Field]] = {
        "scale": OneOf, "single": OneOf, "multi": SeveralOf, "text": Comment
    }  # fmt: skip
    generals = questionnaire.generals
    form = _form([(one.code, kinds[one.type]) for one in generals], typed)
    for one in generals:
        _limit(form[one.code], one, questionnaire)
    return form


def _limit(field: Any, general: General, questionnaire: Questionnaire) -> None:
    field.allowed = {choice.code for choice in general.choices}
    field.most = general.max or 0
    if general.type == "multi" and general.hint:
        field.limit = questionnaire.filled(general.hint, web.language())
    if general.type == "scale":
        field.allowed = questionnaire.scale.values
    if general.exclusive_last:
        field.exclusive = general.choices[-1].code


class ContactForm(Form):
    """Whom to call back, and how."""

    name = Comment()
    reach = Comment()

    def validate(self, extra_validators: Any = None) -> bool:
        """Both are needed to call somebody back."""
        self.name.most, self.reach.most = 120, 200
        is_valid = super().validate(extra_validators)
        for field, missing in (
            (self.name, _("Xin ghi họ tên, hoặc bỏ qua trang.")),
            (self.reach, _("Xin ghi cách liên hệ, hoặc bỏ qua trang.")),
        ):
            if not field.data:
                field.errors = (missing,)
                is_valid = False
        if self.reach.data and not _REACHES.search(self.reach.data):
            self.reach.errors = (
                _("Xin ghi số điện thoại (ít nhất 8 chữ số) hoặc địa chỉ thư điện tử."),
            )
            is_valid = False
        return is_valid
