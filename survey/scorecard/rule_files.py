"""Score rules as TOML: read whole or not at all, and written so that they read back."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from flask_babel import gettext as _

from survey.accounts.forms import clean
from survey.formats import round_half_up
from survey.scorecard import rules
from survey.scorecard.rules import Rule
from survey.scorecard.terms import ScorecardError

_KEYS: Final = {
    "code": str,
    "title": str,
    "kind": str,
    "measure": str,
    "source": str,
    "rounds_first": bool,
    "is_sample": bool,
    "valid_from": date,
    "valid_to": date,
}


def read(text: str) -> list[Rule]:
    """The rules of a file.

    Raises:
        ScorecardError: the file is no TOML, or a rule is faulty: its place is named.
    """
    try:
        found = tomllib.loads(text, parse_float=_decimal)
    except (tomllib.TOMLDecodeError, InvalidOperation) as error:
        raise ScorecardError(
            _("Tệp không đúng TOML: %(why)s", why=str(error)), "file"
        ) from None
    tables = found.pop("rule", None)
    if found or not isinstance(tables, list) or not tables:
        raise ScorecardError(_("Tệp phải gồm các bảng [[rule]] và chỉ thế."), "file")
    made: dict[str, Rule] = {}
    for place, table in enumerate(tables, start=1):
        try:
            rule = _rule(table)
        except ScorecardError as error:
            raise ScorecardError(
                _(
                    "Quy tắc thứ %(place)s, mục %(field)s: %(why)s",
                    place=place,
                    field=error.field or "–",
                    why=str(error),
                ),
                "file",
            ) from None
        if rule.code in made:
            raise ScorecardError(
                _("Mã %(code)s có hai lần trong tệp.", code=rule.code), "file"
            )
        made[rule.code] = rule
    return list(made.values())


def _decimal(text: str) -> Decimal:
    return Decimal(text)


def _rule(table: Any) -> Rule:
    if not isinstance(table, Mapping):
        raise ScorecardError(_("Đây không phải một bảng."))
    parts: dict[str, Any] = {"code": "", "title": "", "kind": ""}
    for key, value in table.items():
        if key == "maximum":
            parts[key] = _number(value, key)
        elif key == "steps":
            parts[key] = _steps(value)
        elif key in _KEYS and _is_a(value, _KEYS[key]):
            parts[key] = clean(value)
        else:
            raise ScorecardError(_("Mục này không có, hoặc sai kiểu."), key)
    return rules.made(**parts)


def _is_a(value: Any, kind: type) -> bool:
    # A moment is a date to Python, and True is a number.
    return isinstance(value, kind) and not isinstance(value, datetime)


def _number(value: Any, key: str) -> Decimal:
    if isinstance(value, str):
        try:
            value = Decimal(value)
        except InvalidOperation:
            value = None
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if not is_number or not Decimal(value).is_finite():
        raise ScorecardError(_("Xin nhập một số, ví dụ 9.12."), key)
    if abs(value) > 1000 or Decimal(value) != round_half_up(Decimal(value)):
        raise ScorecardError(_("Xin nhập tối đa hai chữ số thập phân."), key)
    return round_half_up(Decimal(value))


def _steps(value: Any) -> tuple[tuple[Decimal, Decimal], ...]:
    is_list = isinstance(value, list) and all(
        isinstance(one, list) and len(one) == 2 for one in value
    )
    if not is_list:
        raise ScorecardError(_("Mỗi mốc là một cặp [chỉ số thấp nhất, điểm]."), "steps")
    return tuple((_number(a, "steps"), _number(b, "steps")) for a, b in value)


def written(some: Iterable[Rule]) -> str:
    """Rules as a file that `read` takes; empty for none."""
    return "\n".join(_table(one) for one in some)


def _table(rule: Rule) -> str:
    lines = [
        "[[rule]]",
        f"code = {_text(rule.code)}",
        f"title = {_text(rule.title)}",
        f"kind = {_text(rule.kind)}",
        f"measure = {_text(rule.measure)}",
    ]
    if rule.maximum is not None:
        lines.append(f"maximum = {rule.maximum}")
    if rule.steps:
        pairs = ", ".join(f"[{least}, {points}]" for least, points in rule.steps)
        lines.append(f"steps = [{pairs}]")
    if rule.rounds_first:
        lines.append("rounds_first = true")
    lines.append(f"source = {_text(rule.source)}")
    for name in ("valid_from", "valid_to"):
        day = getattr(rule, name)
        if day is not None:
            lines.append(f"{name} = {day.isoformat()}")
    if rule.is_sample:
        lines.append("is_sample = true")
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    # A basic string of TOML is one of JSON; clean texts hold no control character.
    return json.dumps(value, ensure_ascii=False)
