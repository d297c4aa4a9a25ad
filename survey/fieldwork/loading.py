"""Lists of units and procedures, taken whole or not at all: a code that is known is
changed, a new one added, none deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey.fieldwork.frame import columns
from survey.fieldwork.frame.days import date_of
from survey.fieldwork.frame.heads import Column
from survey.fieldwork.frame.loading import Loaded
from survey.fieldwork.frame.rows import (
    Row,
    read,
    refuse_doubles,
    refuse_long,
    stop_at_faults,
)
from survey.models import Procedure, Unit


def load_units(session: Session, content: bytes) -> Loaded:
    """Take a list of units.

    Raises:
        LoadError: with every fault; nothing was taken.
    """
    rows, notices = _read(content, columns.UNITS)
    known = {unit.code: unit for unit in session.scalars(sa.select(Unit))}
    parents = {code: _parent_code(unit) for code, unit in known.items()}
    parents |= {row.get("code"): row.get("parent") for row in rows}
    for row in rows:
        _check_unit(row, parents)
    stop_at_faults(rows)
    loaded = _counted(rows, known, notices)
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
    refuse_long(row, code=40, name=200)
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
    rows, notices = _read(content, columns.PROCEDURES)
    units = {unit.code: unit.id for unit in session.scalars(sa.select(Unit))}
    known = {one.code: one for one in session.scalars(sa.select(Procedure))}
    for row in rows:
        _check_procedure(row, units)
    stop_at_faults(rows)
    loaded = _counted(rows, known, notices)
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
    refuse_long(row, code=40, name=300, field=120, fee=200)
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


def _date(row: Row, name: str) -> date | None:
    text = row.get(name)
    found = date_of(text) if text else None
    if text and found is None:
        row.refuse(_("“%(text)s” không phải ngày, ví dụ 31/08/2026.", text=text[:20]))
    return found


def _read(
    content: bytes, columns_of_list: Sequence[Column]
) -> tuple[list[Row], list[str]]:
    rows, notices = read(content, columns_of_list)
    first: dict[str, int] = {}
    for row in rows:
        refuse_doubles(row, "code", first)
    return rows, notices


def _counted(
    rows: Sequence[Row], known: Mapping[str, object], notices: Sequence[str]
) -> Loaded:
    changed = sum(row.get("code") in known for row in rows)
    return Loaded(added=len(rows) - changed, changed=changed, notices=tuple(notices))


LOADERS: Mapping[str, tuple[Sequence[Column], Callable[[Session, bytes], Loaded]]] = {
    "don-vi": (columns.UNITS, load_units),
    "thu-tuc": (columns.PROCEDURES, load_procedures),
}
"""What an administrator may upload, by the name in the address."""
