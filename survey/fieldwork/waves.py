"""Waves: made, opened, closed, and how far they have come."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import catalogue, clock, tallies
from survey.fieldwork import method, rehearsal
from survey.fieldwork.terms import BEFORE_OPENING, FieldworkError
from survey.formats import nfc
from survey.models import (
    FORMULAS,
    Batch,
    Contact,
    Dossier,
    Draft,
    Draw,
    Job,
    Link,
    Message,
    PaperForm,
    PublishedQuestionnaire,
    ReportPiece,
    Response,
    Unit,
    Wave,
    Wording,
)

MAX_ID: Final = 40
ID_PATTERN: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
# Pages that stand where a wave's page would.
TAKEN_IDS: Final = frozenset({"moi"})
# The first to go from an id that would be too long.
_FILLERS: Final = frozenset(
    ("khao", "sat", "muc", "do", "hai", "long", "danh", "gia", "nam", "cua", "ve")
)


def suggested_id(session: Session, title: str) -> str:
    """A free id made of a title: "Khảo sát quý III năm 2026", khao-sat-quy-iii-…"""
    plain = unicodedata.normalize("NFD", title.casefold().replace("đ", "d"))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    if len("-".join(words)) > MAX_ID - 4:
        words = [word for word in words if word not in _FILLERS]
    stem = ""
    for word in words:
        longer = f"{stem}-{word}" if stem else word
        if len(longer) > MAX_ID - 4:
            break
        stem = longer
    stem = stem or "dot"
    number, found = 1, stem
    while found in TAKEN_IDS or session.get(Wave, found) is not None:
        number += 1
        found = f"{stem}-{number}"
    return found


def create_wave(
    session: Session,
    *,
    title: str,
    questionnaire_id: str,
    unit_id: int,
    opens_on: date,
    closes_on: date,
    formula: str = "satisfied_share",
    wave_id: str | None = None,
    folded_percent: int = 0,
    careless: Mapping[str, Any] | None = None,
) -> Wave:
    """Plan a wave; it takes no answers before it is opened.

    Args:
        unit_id: the wave covers this unit and those below.
        wave_id: small letters, digits and single dashes; made of the title if absent.
        folded_percent: of a hundred respondents so many see the guidance folded.
        careless: thresholds by name, as `Rules`; the usual ones if absent.
    Raises:
        FieldworkError: a value is malformed, taken or unknown.
    """
    for fault in plan_faults(
        session, wave_id=wave_id, opens_on=opens_on, closes_on=closes_on
    ):
        raise fault
    plan = Plan(
        title=nfc(title).strip(),
        questionnaire_id=questionnaire_id,
        unit_id=unit_id,
        opens_on=opens_on,
        closes_on=closes_on,
        formula=formula,
    )
    _check(session, plan)
    wave = Wave(
        id=wave_id or suggested_id(session, plan.title),
        **asdict(plan),
        **method.checked(folded_percent, careless),
    )
    session.add(wave)
    session.flush()
    return wave


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What can be said of a wave before it opens; columns of it."""

    title: str
    questionnaire_id: str
    unit_id: int
    opens_on: date
    closes_on: date
    formula: str


def _check(session: Session, plan: Plan) -> None:
    """Refuse what is malformed or unknown."""
    if not plan.title or len(plan.title) > 200:
        raise FieldworkError(_("Tên đợt dài từ 1 đến 200 ký tự."), "title")
    if plan.formula not in FORMULAS:
        raise FieldworkError(
            _("Không có công thức này. Xin chọn trong danh sách."), "formula"
        )
    if session.get(PublishedQuestionnaire, plan.questionnaire_id) is None:
        raise FieldworkError(
            _("Phiếu này chưa được công bố. Xin chọn trong danh sách."),
            "questionnaire",
        )
    if session.get(Unit, plan.unit_id) is None:
        raise FieldworkError(
            _("Không có đơn vị này. Xin chọn trong danh sách."), "unit"
        )


def plan_of(wave: Wave) -> Plan:
    """A wave as it is planned."""
    return Plan(**{field.name: getattr(wave, field.name) for field in fields(Plan)})


def is_bare(session: Session, wave: Wave) -> bool:
    """Whether nothing hangs on a wave yet: no dossier, no link, nothing drawn, printed
    or entered."""
    return not any(
        session.scalar(sa.select(sa.exists().where(noun.wave_id == wave.id)))
        for noun in _HANGING
    )


_HANGING: tuple[Any, ...] = (
    Dossier, Link, Batch, Draw, PaperForm, Response, Contact, Message,
)  # fmt: skip


def change_plan(session: Session, wave: Wave, plan: Plan) -> None:
    """Plan a wave otherwise before it opens; with dossiers or links only its title and
    its days.

    Raises:
        FieldworkError: it is open, even if only since a moment; a value is malformed
            or unknown; or something hangs on what is to be changed.
    """
    _lock_planned(session, wave)
    _check(session, plan)
    for fault in plan_faults(
        session, wave_id=None, opens_on=plan.opens_on, closes_on=plan.closes_on
    ):
        raise fault
    kept = plan_of(wave)
    fixed = replace(
        plan, title=kept.title, opens_on=kept.opens_on, closes_on=kept.closes_on
    )
    if fixed != kept and not is_bare(session, wave):
        raise FieldworkError(
            _(
                "Đợt đã có hồ sơ hoặc mã nên phiếu, đơn vị và chỉ số chính không đổi "
                "được nữa; chỉ đổi được tên và ngày."
            )
        )
    for name, value in asdict(plan).items():
        setattr(wave, name, value)
    session.flush()


def delete_wave(session: Session, wave: Wave) -> None:
    """Take a planned wave away on which nothing hangs.

    Raises:
        FieldworkError: it is open, or something hangs on it.
    """
    _lock_planned(session, wave)
    if wave.state != "draft" or not is_bare(session, wave):
        raise FieldworkError(
            _(
                "Chỉ xóa được đợt chưa mở, chưa diễn tập, chưa có hồ sơ và mã nào. "
                "Đợt này được giữ nguyên."
            )
        )
    session.execute(sa.delete(Wording).where(Wording.wave_id == wave.id))
    session.execute(sa.delete(ReportPiece).where(ReportPiece.wave_id == wave.id))
    session.execute(sa.update(Job).where(Job.wave_id == wave.id).values(wave_id=None))
    session.delete(wave)
    session.flush()


def _lock_planned(session: Session, wave: Wave) -> None:
    """Hold a wave that is not open, so that nobody opens it nor adds to it."""
    session.refresh(wave, with_for_update=True)
    if wave.state not in BEFORE_OPENING:
        raise FieldworkError(
            _("Đợt đã mở nên tên, phiếu và thời gian không đổi được nữa.")
        )


def plan_faults(
    session: Session,
    *,
    wave_id: str | None,
    opens_on: date | None,
    closes_on: date | None,
) -> Iterator[FieldworkError]:
    """What a form's fields cannot find by themselves, in the order of the fields."""
    if wave_id and (len(wave_id) > MAX_ID or not ID_PATTERN.fullmatch(wave_id)):
        yield FieldworkError(
            _(
                "Mã đợt gồm chữ thường không dấu, chữ số và gạch nối, tối đa %(most)s "
                "ký tự, ví dụ dn-2026-quy-3.",
                most=MAX_ID,
            ),
            "wave_id",
        )
    elif wave_id and (wave_id in TAKEN_IDS or session.get(Wave, wave_id) is not None):
        yield FieldworkError(_("Mã đợt này đã được dùng. Xin đặt mã khác."), "wave_id")
    if opens_on and closes_on and closes_on < opens_on:
        yield FieldworkError(
            _("Ngày cuối cùng không được trước ngày bắt đầu. Xin chọn lại."),
            "closes_on",
        )


def open_wave(session: Session, wave: Wave, *, now: datetime) -> rehearsal.Filled:
    """Let a planned wave take answers; opening an open wave changes nothing.

    Everything that a rehearsal left is removed with it, and its links are as new.

    Returns:
        What was removed.
    Raises:
        FieldworkError: the wave is closed, or its last day is over.
    """
    if wave.state == "open":
        return rehearsal.Filled()
    if wave.closes_on < clock.local(now).date() and wave.state != "closed":
        raise FieldworkError(_("Ngày cuối cùng đã qua; xin tạo đợt mới."))
    if rehearsal.turned(session, wave, BEFORE_OPENING, "open"):
        # Written down, so that a later version of the program judges no other way.
        wave.careless = method.rules_of(wave).as_dict()
        session.flush()
        return rehearsal.clear(session, wave)
    if wave.state == "closed":
        raise FieldworkError(
            _("Đợt đã đóng chỉ mở lại được từ trang “Hồ sơ kiểm chứng”.")
        )
    return rehearsal.Filled()


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a wave has come."""

    started: int
    """Forms begun and not sent yet."""
    complete: int
    partial: int
    break_off: int

    @property
    def finished(self) -> int:
        """Forms sent."""
        return self.complete + self.partial + self.break_off


def progress(
    session: Session, wave: Wave, unit_ids: Collection[int] | None
) -> Progress:
    """The counts of a wave, all of it or of some units."""
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    layout = tallies.layout_of(questionnaire)
    mine = [Link.wave_id == wave.id]
    if unit_ids is not None:
        mine.append(Link.unit_id.in_(unit_ids))
    started = session.scalar(
        sa.select(sa.func.count())
        .select_from(Draft)
        .join(Link, Link.id == Draft.link_id)
        .where(*mine)
    )
    chosen = tallies.Selection(unit_ids=unit_ids)
    sent = layout.unpack(tallies.total(session, wave.id, chosen)).statuses
    return Progress(started=started or 0, **sent)


@dataclass(frozen=True, kw_only=True)
class UnitCount:
    """Forms sent about one unit."""

    name: str
    finished: int


def counts_by_unit(
    session: Session, wave: Wave, unit_ids: Collection[int] | None
) -> list[UnitCount]:
    """Forms sent about each unit, most first."""
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    layout = tallies.layout_of(questionnaire)
    sums = tallies.totals_by(
        session, wave.id, tallies.Selection(unit_ids=unit_ids), "unit_id"
    )
    names = dict(
        session.execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(sums))).all()
    )
    counts = [
        UnitCount(
            name=names[unit_id], finished=sum(layout.unpack(packed).statuses.values())
        )
        for unit_id, packed in sums.items()
    ]
    return sorted(counts, key=lambda count: (-count.finished, count.name))
