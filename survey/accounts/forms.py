"""Forms of the staff, and what every form of theirs shares: clean text, our words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms import SelectChoice as SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import EqualTo, InputRequired, Length

from survey.accounts.access import ROLE_NAMES
from survey.formats import nfc

# What WTForms says by itself, which it cannot say in Vietnamese.
_BUILT_IN = {
    "Not a valid choice.": _l("Xin chọn một mục trong danh sách."),
    "Invalid Choice: could not coerce.": _l("Xin chọn một mục trong danh sách."),
    "Not a valid integer value.": _l("Xin nhập một số nguyên."),
    "Not a valid date value.": _l("Xin nhập ngày có thật, ví dụ 2026-08-31."),
    "This field is required.": _l("Xin điền ô này."),
}


class _Words:
    def gettext(self, string: str) -> str:
        return str(_BUILT_IN.get(string, string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        text = singular if n == 1 else plural
        return str(_BUILT_IN.get(text, _l("Xin chọn trong danh sách.")))


class StaffForm(FlaskForm):  # type: ignore[misc]
    """A form whose messages are ours."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: Any) -> _Words:
            return _Words()

    def text(self, name: str) -> str:
        """What was typed into a field of text; empty when nothing was."""
        return self[name].data or ""

    def tell(self, name: str | None, message: str) -> None:
        """Put a refusal beside its field, or above the form if it has none."""
        if name is not None and name in self:
            self[name].errors = [message]
        else:
            self.form_errors.append(message)


def clean(text: Any) -> Any:
    """A typed line as it is stored: NFC, without control characters or outer blanks."""
    if not isinstance(text, str):
        return text
    return "".join(s if s >= " " and s != "\x7f" else " " for s in nfc(text)).strip()


def one_line(label: Any, missing: Any, most: int, **more: Any) -> StringField:
    """A required line of text of at most `most` characters."""
    return StringField(
        label,
        filters=[clean],
        validators=[
            InputRequired(missing),
            Length(
                max=most, message=_l("Xin rút ngắn còn tối đa %(n)s ký tự.", n=most)
            ),
        ],
        **more,
    )


class SignInForm(StaffForm):
    """Who, and the password."""

    email = one_line(_l("Thư điện tử"), _l("Xin nhập thư điện tử."), 200)
    password = PasswordField(
        _l("Mật khẩu"), validators=[InputRequired(_l("Xin nhập mật khẩu."))]
    )
    next = HiddenField()


class AccountForm(StaffForm):
    """A new account."""

    email = one_line(_l("Thư điện tử"), _l("Xin nhập thư điện tử."), 200)
    role = RadioField(
        _l("Vai trò"),
        validators=[InputRequired(_l("Xin chọn vai trò."))],
        choices=[SelectChoice(role, name) for role, name in ROLE_NAMES.items()],
    )
    unit = SelectField(_l("Phạm vi"), validate_choice=True)
    new_password = PasswordField(
        _l("Mật khẩu ban đầu"), validators=[InputRequired(_l("Xin nhập mật khẩu."))]
    )


class NewPasswordForm(StaffForm):
    """A password that an administrator gives to another."""

    new_password = PasswordField(
        _l("Mật khẩu mới"), validators=[InputRequired(_l("Xin nhập mật khẩu mới."))]
    )


class OwnPasswordForm(StaffForm):
    """One's own password, changed."""

    current_password = PasswordField(
        _l("Mật khẩu đang dùng"),
        validators=[InputRequired(_l("Xin nhập mật khẩu đang dùng."))],
    )
    new_password = PasswordField(
        _l("Mật khẩu mới"), validators=[InputRequired(_l("Xin nhập mật khẩu mới."))]
    )
    new_password_again = PasswordField(
        _l("Nhập lại mật khẩu mới"),
        validators=[
            EqualTo(
                "new_password",
                message=_l("Hai lần nhập mật khẩu chưa khớp. Xin nhập lại cả hai."),
            )
        ],
    )
