"""Waves: made, opened, closed, and how far they have come."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import catalogue, clock, tallies
from survey.fieldwork import method, rehearsal
from survey.fieldwork.terms import BEFORE_OPENING, FieldworkError
from survey.formats import nfc
from survey.indices import Dispositions, Estimate, response_rate_2
from survey.models import FORMULAS, Draft, Link, PublishedQuestionnaire, Unit, Wave

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
    title = nfc(title).strip()
    if not title or len(title) > 200:
        raise FieldworkError(_("Tên đợt dài từ 1 đến 200 ký tự."), "title")
    for fault in plan_faults(
        session, wave_id=wave_id, opens_on=opens_on, closes_on=closes_on
    ):
        raise fault
    if formula not in FORMULAS:
        raise FieldworkError(
            _("Không có công thức này. Xin chọn trong danh sách."), "formula"
        )
    if session.get(PublishedQuestionnaire, questionnaire_id) is None:
        raise FieldworkError(
            _("Phiếu này chưa được công bố. Xin chọn trong danh sách."),
            "questionnaire",
        )
    if session.get(Unit, unit_id) is None:
        raise FieldworkError(
            _("Không có đơn vị này. Xin chọn trong danh sách."), "unit"
        )
    wave = Wave(
        id=wave_id or suggested_id(session, title),
        title=title,
        questionnaire_id=questionnaire_id,
        unit_id=unit_id,
        opens_on=opens_on,
        closes_on=closes_on,
        formula=formula,
        **method.checked(folded_percent, careless),
    )
    session.add(wave)
    session.flush()
    return wave


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
        raise FieldworkError(_("Đợt đã đóng không mở lại được; xin tạo đợt mới."))
    return rehearsal.Filled()


def close_wave(session: Session, wave: Wave) -> None:
    """Take no more answers; closing a closed wave changes nothing.

    Raises:
        FieldworkError: the wave was never opened.
    """
    if wave.state == "closed":
        return
    if wave.state in BEFORE_OPENING:
        raise FieldworkError(_("Đợt chưa mở nên không cần đóng."))
    wave.state = "closed"
    session.flush()


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a wave has come."""

    started: int
    """Forms begun and not sent yet."""
    complete: int
    partial: int
    break_off: int
    rate: Estimate
    """Of the dossier links handed out, the percent answered; value None without any."""

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

    def statuses(origin: str | None = None) -> dict[str, int]:
        chosen = tallies.Selection(unit_ids=unit_ids, origin=origin)
        return dict(layout.unpack(tallies.total(session, wave.id, chosen)).statuses)

    mine = [Link.wave_id == wave.id]
    if unit_ids is not None:
        mine.append(Link.unit_id.in_(unit_ids))
    started = session.scalar(
        sa.select(sa.func.count()).select_from(Draft).join(Link).where(*mine)
    )
    invited = session.scalar(
        sa.select(sa.func.count())
        .select_from(Link)
        .where(*mine, Link.kind == "dossier", Link.state != "revoked")
    )
    sent, answered = statuses(), statuses("dossier")
    rate = response_rate_2(
        Dispositions(
            complete=answered["complete"],
            partial=answered["partial"],
            refusal=answered["break_off"],
            unknown=max(0, (invited or 0) - sum(answered.values())),
        )
    )
    return Progress(started=started or 0, rate=rate, **sent)


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
