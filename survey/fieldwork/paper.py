"""Forms on paper: typed in by two people who do not see each other's entry, compared,
settled, and counted once. Then what was typed is erased."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload

from survey import catalogue, clock, responses
from survey.fieldwork.paper_cells import (
    CONSENT,
    GIVEN_CONSENT,
    Cell,
    Value,
    cells_of,
    same,
)
from survey.fieldwork.terms import FieldworkError
from survey.models import Account, PaperForm, Procedure, Wave
from survey.questionnaire import Questionnaire, derived, prompts, routing
from survey.questionnaire.schema import BLANK, NOT_ASKED

MOST_OF_NUMBER: Final = 40
GIVEN: Final = "given"
"""Stands in a response for a date that the form held, as for a form on screen."""
HEAD: Final = ("unit", "received", "language")
"""What both people type of the sheet itself, compared like an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One form as one person typed it; `values` by code, blank ones left out."""

    unit: str
    received: str
    language: str
    values: Mapping[str, Value]

    def as_dict(self) -> dict[str, Any]:
        """As it is kept until the form is counted."""
        head = {name: getattr(self, name) for name in HEAD}
        return {**head, "values": dict(self.values)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Entry:
        """An entry as it was kept."""
        return cls(**kept)

    def get(self, code: str) -> Value:
        """What was typed for the sheet or a question; "" for nothing."""
        if code in HEAD:
            return str(getattr(self, code))
        return self.values.get(code, "")

    def put(self, code: str, value: Value) -> Entry:
        """The same entry with another value."""
        if code in HEAD:
            head: dict[str, Any] = {code: str(value)}
            return replace(self, **head)
        values = {**self.values, code: value}
        return replace(self, values={k: v for k, v in values.items() if v})


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """An entry as the facts route it: what would be stored."""

    facts: Mapping[str, str]
    settled: Mapping[str, str]
    ruled_out: tuple[str, ...]
    """Questions that were answered although the facts rule them out."""


def listed(wave: Wave, units: Collection[int] | None) -> sa.Select[PaperForm]:
    """Select the paper forms of a wave, of all its units or of some."""
    found = sa.select(PaperForm).where(PaperForm.wave_id == wave.id)
    return found if units is None else found.where(PaperForm.unit_id.in_(units))


def counts_by_state(
    session: Session, wave: Wave, units: Collection[int] | None
) -> dict[str, int]:
    """How many paper forms of a wave are in which state."""
    found = listed(wave, units).with_only_columns(PaperForm.state, sa.func.count())
    return dict(session.execute(found.group_by(PaperForm.state)).all())


def locked(
    session: Session, wave: Wave, units: Collection[int] | None, form_id: int
) -> PaperForm | None:
    """One form, for this transaction alone until it ends."""
    found = listed(wave, units).where(PaperForm.id == form_id)
    return session.scalar(
        found.with_for_update(of=PaperForm).execution_options(populate_existing=True)
    )


def enter_first(
    session: Session, wave: Wave, *, number: str, entry: Entry, account_id: int
) -> PaperForm:
    """Keep the first entry of a form; the same sent again changes nothing.

    Raises:
        FieldworkError: the wave takes no forms, the number is taken, consent was not
            given, or nothing is rated.
    """
    _check_open(wave)
    q = catalogue.questionnaire(session, wave.questionnaire_id)
    _check_number(number)
    if not _has_consent(entry):
        raise FieldworkError(
            _(
                "Phiếu không có dấu đồng ý tham gia thì không được tính, kể cả khi đã "
                "trả lời. Xin không nhập phiếu này; coi như doanh nghiệp từ chối. Nếu "
                "trên phiếu có dấu, xin gõ c."
            ),
            CONSENT,
        )
    _check_rated(q, entry)
    known = session.scalar(
        sa.select(PaperForm).where(
            PaperForm.wave_id == wave.id, PaperForm.number == number
        )
    )
    if known is not None:
        if (
            known.state == "once"
            and known.first_by == account_id
            and Entry.of(known.first) == entry
        ):
            return known
        raise FieldworkError(
            _(
                "Phiếu số này đã được nhập. Để nhập lần hai, xin mở từ danh sách phiếu "
                "giấy; nếu là phiếu khác, xin kiểm tra lại số phiếu."
            ),
            "number",
        )
    form = PaperForm(
        wave_id=wave.id,
        number=number,
        unit_id=int(entry.unit),
        month=entry.received[:7],
        first=entry.as_dict(),
        first_by=account_id,
    )
    session.add(form)
    session.flush()
    return form


def check_second(form: PaperForm, account_id: int) -> None:
    """Refuse a second entry that is not due, or by the person of the first.

    Raises:
        FieldworkError: says why.
    """
    if form.first_by == account_id:
        raise FieldworkError(
            _("Lần hai phải do người khác nhập, để hai lần nhập độc lập với nhau.")
        )
    if form.state != "once":
        raise FieldworkError(_("Phiếu này đã được nhập đủ hai lần."))


def enter_second(
    session: Session,
    wave: Wave,
    form: PaperForm,
    entry: Entry,
    *,
    account_id: int,
    now: datetime,
) -> bool:
    """Keep the second entry and count the form if both agree; whether it was counted.

    Raises:
        FieldworkError: the same person, another state, or the wave takes no forms.
    """
    _check_open(wave)
    check_second(form, account_id)
    q = catalogue.questionnaire(session, wave.questionnaire_id)
    _check_rated(q, entry)
    form.state, form.second, form.second_by = "twice", entry.as_dict(), account_id
    session.flush()
    first = Entry.of(form.first)
    if mismatches(q, form) or routed(session, q, first).ruled_out:
        return False
    _count(session, wave, form, first, now=now)
    return True


def mismatches(q: Questionnaire, form: PaperForm) -> list[str]:
    """What the two entries of a form say differently, in the printed order."""
    first, second = Entry.of(form.first), Entry.of(form.second)
    head = [name for name in HEAD if first.get(name) != second.get(name)]
    return head + [
        cell.code
        for cell in cells_of(q)
        if not same(cell, first.get(cell.code), second.get(cell.code))
    ]


def routed(session: Session, q: Questionnaire, entry: Entry) -> Routed:
    """What would be stored of an entry, and what its facts rule out."""
    given = {
        fact.code: str(entry.values[fact.code])
        for fact in q.facts
        if fact.code in entry.values
    }
    current = routing.current(
        q,
        given,
        procedure=_procedure_facts(session, given.get("F01")),
        calendar=catalogue.calendar(session),
        answer_date=date.fromisoformat(entry.received),
    )
    answers = {one.code: str(entry.get(one.code)) for one in q.criteria}
    settled = routing.settle(q, routing.shown(q, current.values), answers)
    return Routed(
        facts=current.values,
        settled=settled,
        ruled_out=(
            *(code for code in given if code not in current.facts),
            *(code for code in settled if _is_lost(q, answers[code], settled[code])),
        ),
    )


def _is_lost(q: Questionnaire, answer: str, settled: str) -> bool:
    """Whether a rating is not stored, or a tick at "not applicable" not as such."""
    if answer in q.scale.values:
        return settled == NOT_ASKED
    return bool(answer) and settled == BLANK


def settle(
    session: Session,
    wave: Wave,
    form: PaperForm,
    entry: Entry,
    *,
    confirmed: Collection[str],
    now: datetime,
) -> tuple[str, ...]:
    """Count a form whose two entries differed, as it was settled.

    Args:
        entry: what both agreed on, and what was chosen where they did not.
        confirmed: questions of which a person has seen that they will not be stored
            as answered, because the facts rule them out.
    Returns:
        Questions that still have to be seen so; the form is counted when it is empty.
    Raises:
        FieldworkError: another state, no consent, nothing rated, or the wave takes
            no forms.
    """
    _check_open(wave)
    if form.state != "twice":
        raise FieldworkError(_("Phiếu này không còn chỗ nào phải đối chiếu."))
    if not _has_consent(entry):
        raise FieldworkError(
            _(
                "Phiếu không có dấu đồng ý tham gia thì không được tính; coi như doanh "
                "nghiệp từ chối. Xin bỏ lần nhập hai ở cuối trang, rồi người nhập lần "
                "một hoặc quản trị xóa phiếu khỏi danh sách."
            ),
            CONSENT,
        )
    q = catalogue.questionnaire(session, wave.questionnaire_id)
    open_ones = tuple(
        code for code in routed(session, q, entry).ruled_out if code not in confirmed
    )
    if not open_ones:
        _count(session, wave, form, entry, now=now)
    return open_ones


def drop_second(session: Session, form: PaperForm) -> None:
    """Take a second entry back, for example one of another sheet.

    Raises:
        FieldworkError: there is none, or the form is counted.
    """
    if form.state != "twice":
        raise FieldworkError(_("Phiếu này không còn chỗ nào phải đối chiếu."))
    form.state, form.second, form.second_by = "once", {}, None
    session.flush()


def delete(session: Session, form: PaperForm, *, account_id: int, role: str) -> None:
    """Take away a form typed in once, by who typed it or an administrator.

    Raises:
        FieldworkError: it was entered twice or counted, or by another person.
    """
    if form.state != "once":
        raise FieldworkError(
            _("Phiếu đã nhập hai lần hoặc đã tính thì không xóa được.")
        )
    if form.first_by != account_id and role != "admin":
        raise FieldworkError(
            _("Chỉ người đã nhập hoặc quản trị xóa được lần nhập này.")
        )
    session.delete(form)
    session.flush()


def _check_open(wave: Wave) -> None:
    if wave.state != "open":
        raise FieldworkError(
            _("Chỉ nhập được phiếu giấy khi đợt khảo sát đang mở."),
        )


def _check_number(number: str) -> None:
    if not number or len(number) > MOST_OF_NUMBER or not number.isprintable():
        raise FieldworkError(
            _("Xin gõ số phiếu, tối đa %(n)s ký tự.", n=MOST_OF_NUMBER), "number"
        )


def _has_consent(entry: Entry) -> bool:
    return entry.get(CONSENT) == GIVEN_CONSENT


def _check_rated(q: Questionnaire, entry: Entry) -> None:
    if not any(entry.get(one.code) for one in q.criteria):
        raise FieldworkError(
            _("Phiếu chưa có câu đánh giá nào nên không nhập."), q.criteria[0].code
        )


def _procedure_facts(
    session: Session, code: str | None
) -> derived.ProcedureFacts | None:
    found = _procedure(session, code)
    if found is None:
        return None
    return derived.ProcedureFacts(
        published_days=found.working_days if found.days_verified else None,
        is_immediate=found.is_immediate,
    )


def _procedure(session: Session, code: str | None) -> Procedure | None:
    if code is None:
        return None
    return session.scalar(sa.select(Procedure).where(Procedure.code == code))


def _count(
    session: Session, wave: Wave, form: PaperForm, entry: Entry, *, now: datetime
) -> None:
    """Store the response and erase what was typed, in the transaction under way."""
    q = catalogue.questionnaire(session, wave.questionnaire_id)
    found = routed(session, q, entry)
    if set(found.settled.values()) <= {BLANK, NOT_ASKED}:
        raise FieldworkError(
            _("Thực tế của hồ sơ loại trừ mọi câu đã đánh giá; phiếu không tính được.")
        )
    unit_id, procedure_id = _owner(session, int(entry.unit), found.facts.get("F01"))
    generals = _generals(q, entry)
    comment = str(generals.pop("G3", "")) or None
    place = responses.Place(
        wave_id=wave.id,
        unit_id=unit_id,
        procedure_id=procedure_id,
        origin="paper",
        month=entry.received[:7],
        # Of a receipt that nobody holds: nothing joins the response to the sheet.
        receipt_hash=hashlib.sha256(secrets.token_bytes(32)).hexdigest(),
        is_sample=wave.is_sample,
    )
    ratings = {**found.settled, **_rated(generals)}
    responses.store(
        session.connection(),
        q,
        place,
        responses.Form(
            settled=found.settled,
            facts={**_without_dates(q, found.facts), "corrected": []},
            generals=generals,
            comment=comment,
            # On paper nothing is asked again: every contradiction is "not shown".
            prompts=prompts.records(q, found.facts, ratings, {}),
            language=entry.language,
        ),
        careless=wave.careless,
    )
    form.state, form.counted_on = "counted", clock.local(now).date()
    form.unit_id, form.month = int(entry.unit), entry.received[:7]
    form.first, form.second = {}, {}
    session.flush()


def _owner(
    session: Session, unit_id: int, procedure_code: str | None
) -> tuple[int, int | None]:
    """Whose response it is: the unit of the sheet, or within it the unit in charge."""
    procedure = _procedure(session, procedure_code)
    if procedure is None:
        return unit_id, None
    is_within = procedure.unit_id in catalogue.subtree(session, [unit_id])
    return (procedure.unit_id if is_within else unit_id), procedure.id


def _generals(q: Questionnaire, entry: Entry) -> dict[str, Any]:
    return {
        one.code: entry.values[one.code]
        for one in q.generals
        if one.code in entry.values
    }


def _rated(generals: Mapping[str, Any]) -> dict[str, str]:
    return {code: one for code, one in generals.items() if isinstance(one, str)}


def _without_dates(q: Questionnaire, facts: Mapping[str, str]) -> dict[str, str]:
    # A date would point to the dossier; the derived facts hold what counts of it.
    dated = {fact.code for fact in q.facts if fact.type == "date"}
    return {
        name: GIVEN if name in dated and derived.day(value) else value
        for name, value in facts.items()
    }


def people(session: Session, forms: Collection[PaperForm]) -> dict[int, str]:
    """The accounts that entered these forms, by id."""
    ids = {one for form in forms for one in (form.first_by, form.second_by) if one}
    found = sa.select(Account.id, Account.email).where(Account.id.in_(ids))
    return dict(session.execute(found).all())


WITH_UNIT: Final = joinedload(PaperForm.unit)


def cell_of(q: Questionnaire, code: str) -> Cell | None:
    """The cell of a question; None for what is typed of the sheet itself."""
    return next((cell for cell in cells_of(q) if cell.code == code), None)
