"""Lists of units, procedures and dossiers, taken whole or not at all.

The columns are described in `columns.py`; a code that is already known is changed, a
new one added, none deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import catalogue, web
from survey.fieldwork import columns
from survey.fieldwork.rows import Column, Fault, LoadError, Row, date_of, read
from survey.fieldwork.terms import FieldworkError
from survey.models import CHANNELS, OUTCOMES, Dossier, Procedure, Unit, Wave
from survey.questionnaire.schema import Fact, Questionnaire

Noun = TypeVar("Noun")

_CHANNEL_OF_FILING = {
    "in_person": "in_person",
    "online": "online",
    "postal": "postal",
    "online_then_in_person": "mixed",
    "online_then_postal": "mixed",
    "mixed_other": "mixed",
}


@dataclass(frozen=True)
class Loaded:
    """What a list did."""

    added: int
    changed: int


def load_units(session: Session, content: bytes) -> Loaded:
    """Take a list of units.

    Raises:
        LoadError: with every fault; nothing was taken.
    """
    rows = _unique(read(content, columns.UNITS), "code")
    known = {unit.code: unit for unit in session.scalars(sa.select(Unit))}
    parents = {code: _parent_code(unit) for code, unit in known.items()}
    parents |= {row.get("code"): row.get("parent") for row in rows}
    for row in rows:
        _check_unit(row, parents)
    _stop_at_faults(rows)
    loaded = Loaded(*_counts(rows, known))
    for row in rows:
        unit = known.setdefault(row.get("code"), Unit(code=row.get("code")))
        unit.name = row.get("name")
        unit.is_sample = False  # real now, so `survey demo --remove` leaves it
        unit.kind = columns.UNIT_KINDS[row.get("kind").casefold()]
        unit.valid_from = date_of(row.get("valid_from"))
        unit.valid_to = date_of(row.get("valid_to"))
    for row in rows:
        known[row.get("code")].parent = known.get(row.get("parent"))
    session.add_all(known[row.get("code")] for row in rows)
    session.flush()
    return loaded


def _parent_code(unit: Unit) -> str:
    return unit.parent.code if unit.parent else ""


def _check_unit(row: Row, parents: Mapping[str, str]) -> None:
    _check_length(row, code=40, name=200)
    if row.get("kind").casefold() not in columns.UNIT_KINDS:
        row.refuse(_("cột “Cấp” phải là Tỉnh, Sở hoặc Phòng."))
    first, last = _date(row, "valid_from"), _date(row, "valid_to")
    if first and last and last <= first:
        row.refuse(_("ngày hết hiệu lực phải sau ngày có hiệu lực; xin sửa lại."))
    seen = {row.get("code")}
    above = row.get("parent")
    while above:
        if above in seen:
            row.refuse(
                _("đơn vị không thể là cấp trên của chính mình; xin sửa mã cấp trên.")
            )
            return
        if above not in parents:
            row.refuse(
                _(
                    "không có đơn vị cấp trên mang mã “%(code)s”; xin sửa mã hoặc thêm "
                    "đơn vị đó.",
                    code=above,
                )
            )
            return
        seen.add(above)
        above = parents[above]


def load_procedures(session: Session, content: bytes) -> Loaded:
    """Take a list of procedures.

    Raises:
        LoadError: with every fault; nothing was taken.
    """
    rows = _unique(read(content, columns.PROCEDURES), "code")
    units = {unit.code: unit.id for unit in session.scalars(sa.select(Unit))}
    known = {one.code: one for one in session.scalars(sa.select(Procedure))}
    for row in rows:
        _check_procedure(row, units)
    _stop_at_faults(rows)
    loaded = Loaded(*_counts(rows, known))
    for row in rows:
        code = row.get("code")
        procedure = known.setdefault(code, Procedure(code=code))
        procedure.name = row.get("name")
        procedure.is_sample = False
        procedure.field = row.get("field") or None
        procedure.unit_id = units[row.get("unit")]
        days = row.get("working_days")
        procedure.working_days = int(days) if days else None
        procedure.days_verified = columns.YES_NO[row.get("days_verified").casefold()]
        procedure.is_immediate = columns.YES_NO[row.get("is_immediate").casefold()]
        procedure.online_level = columns.ONLINE[row.get("online_level").casefold()]
        procedure.fee = row.get("fee") or None
        session.add(procedure)
    session.flush()
    return loaded


def _check_procedure(row: Row, units: Mapping[str, int]) -> None:
    _check_length(row, code=40, name=300, field=120, fee=200)
    if row.get("unit") and row.get("unit") not in units:
        row.refuse(
            _(
                "không có đơn vị mang mã “%(code)s”; xin sửa mã hoặc nạp đơn vị đó "
                "trước.",
                code=row.get("unit"),
            )
        )
    days = row.get("working_days")
    if days and not (days.isascii() and days.isdigit() and 0 < int(days) < 1000):
        row.refuse(_("số ngày làm việc phải là số nguyên từ 1 đến 999."))
    for name, title in (
        ("days_verified", _("Đã kiểm chứng")),
        ("is_immediate", _("Giải quyết ngay")),
    ):
        if row.get(name).casefold() not in columns.YES_NO:
            row.refuse(_("cột “%(name)s” phải là Có hoặc Không.", name=title))
    if row.get("online_level").casefold() not in columns.ONLINE:
        row.refuse(_("cột “Mức trực tuyến” phải là Không, Một phần hoặc Toàn trình."))


def load_dossiers(session: Session, wave: Wave, content: bytes) -> Loaded:
    """Take the dossiers of a wave: its sampling frame.

    Of each dossier only what the wave's questionnaire asks is kept, and nothing of
    its owner.

    Raises:
        FieldworkError: the wave is closed.
        LoadError: with every fault; nothing was taken.
    """
    if wave.state == "closed":
        raise FieldworkError(
            _("Đợt đã đóng, không nạp thêm hồ sơ được. Xin tạo đợt mới.")
        )
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    rows = _unique(read(content, columns.DOSSIERS), "code")
    units = catalogue.subtree(session, [wave.unit_id])
    procedures = dict(
        session.execute(
            sa.select(Procedure.code, Procedure.id).where(Procedure.unit_id.in_(units))
        ).all()
    )
    known = {
        one.code: one
        for one in session.scalars(sa.select(Dossier).where(Dossier.wave_id == wave.id))
    }
    facts = [_dossier_facts(row, questionnaire, procedures) for row in rows]
    _stop_at_faults(rows)
    loaded = Loaded(*_counts(rows, known))
    for row, of_row in zip(rows, facts, strict=True):
        code = row.get("code")
        dossier = known.get(code) or Dossier(wave_id=wave.id, code=code)
        dossier.procedure_id = procedures[row.get("procedure")]
        dossier.channel = _CHANNEL_OF_FILING.get(of_row.get("F04", ""), CHANNELS[-1])
        dossier.outcome = of_row["F09"]
        dossier.facts = {
            name: value
            for name, value in of_row.items()
            if any(fact.code == name and fact.prefill for fact in questionnaire.facts)
        }
        session.add(dossier)
    session.flush()
    return loaded


def _dossier_facts(
    row: Row, questionnaire: Questionnaire, procedures: Mapping[str, int]
) -> dict[str, str]:
    """The facts a row supplies, by code, as the form would say them."""
    _check_length(row, code=60)
    if row.get("procedure") and row.get("procedure") not in procedures:
        row.refuse(
            _(
                "đợt này không có thủ tục mang mã “%(code)s”; xin sửa mã hoặc nạp thủ "
                "tục đó trước.",
                code=row.get("procedure"),
            )
        )
    known = {fact.code: fact for fact in questionnaire.facts}
    facts: dict[str, str] = {}
    for code, column in columns.FACTS.items():
        typed = row.get(code)
        if not typed:
            continue
        value = (
            _value_of(known[code], typed)
            if code in known
            else columns.value_without_fact(code, typed)
        )
        if value is None and code != "F09":  # told below, with what it may be
            row.refuse(
                _(
                    "cột “%(name)s” có giá trị chưa hiểu: “%(value)s”; xin sửa lại.",
                    name=column.head(web.language()),
                    value=typed[:40],
                )
            )
        elif value is not None:
            facts[code] = value
    if facts.get("F09") not in OUTCOMES and row.get("F09"):
        row.refuse(
            _(
                "cột “Tình trạng” phải là Đã giải quyết, Từ chối, Trả lại, Rút hồ sơ "
                "hoặc Đang giải quyết."
            )
        )
    received, ready = (date_of(facts.get(code, "")) for code in ("F06", "F08"))
    if received and ready and ready < received:
        row.refuse(_("ngày có kết quả trước ngày tiếp nhận; xin sửa lại."))
    return facts


def _value_of(fact: Fact, typed: str) -> str | None:
    """A cell as the form would say it: a choice by its code or words, or a date."""
    for choice in fact.choices:
        words = (choice.code, choice.label.vi, choice.label.en)
        if typed.casefold() in (word.casefold() for word in words):
            return choice.code
    short = columns.SHORT_WORDS.get(fact.code, {}).get(typed.casefold())
    if short in fact.codes:
        return short
    if fact.type == "date":
        on = date_of(typed)
        return on.isoformat() if on else None
    return None


def _unique(rows: list[Row], name: str) -> list[Row]:
    first: dict[str, int] = {}
    for row in rows:
        value = row.get(name)
        if value and first.setdefault(value, row.number) != row.number:
            row.refuse(
                _(
                    "mã “%(code)s” đã có ở dòng %(row)s; xin giữ lại một dòng.",
                    code=value,
                    row=first[value],
                )
            )
    return rows


def _check_length(row: Row, **most: int) -> None:
    for name, length in most.items():
        if len(row.get(name)) > length:
            row.refuse(
                _("“%(text)s…” dài quá %(n)s ký tự.", text=row.get(name)[:20], n=length)
            )


def _date(row: Row, name: str) -> date | None:
    text = row.get(name)
    found = date_of(text) if text else None
    if text and found is None:
        row.refuse(_("“%(text)s” không phải ngày, ví dụ 31/08/2026.", text=text[:20]))
    return found


def _stop_at_faults(rows: Sequence[Row]) -> None:
    faults: list[Fault] = [fault for row in rows for fault in row.faults]
    if faults:
        raise LoadError(faults)


def _counts(rows: Sequence[Row], known: Mapping[str, Noun]) -> tuple[int, int]:
    changed = sum(row.get("code") in known for row in rows)
    return len(rows) - changed, changed


LOADERS: Mapping[str, tuple[Sequence[Column], Callable[[Session, bytes], Loaded]]] = {
    "don-vi": (columns.UNITS, load_units),
    "thu-tuc": (columns.PROCEDURES, load_procedures),
}
"""What an administrator may upload, by the name in the address."""
