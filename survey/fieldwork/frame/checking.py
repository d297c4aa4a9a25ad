"""Rows of finished dossiers, checked: what each supplies, in the form's own words, and
everything that is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import catalogue, web
from survey.config import EMAIL
from survey.fieldwork.frame import columns
from survey.fieldwork.frame.days import Days, NoDate
from survey.fieldwork.frame.heads import Data, bare
from survey.fieldwork.frame.rows import Row, refuse_doubles, refuse_long
from survey.models import CHANNELS, OUTCOMES, Procedure, Wave
from survey.questionnaire.schema import Fact

MOST_REMEMBERED: Final = 20_000
_CHANNEL_OF_FILING: Final = {
    "in_person": "in_person",
    "online": "online",
    "postal": "postal",
    "online_then_in_person": "mixed",
    "online_then_postal": "mixed",
    "mixed_other": "mixed",
}


class Checked(NamedTuple):
    """A dossier as it goes into the frame."""

    code: str
    procedure_id: int
    channel: str
    outcome: str
    facts: dict[str, str]
    phone: str | None = None
    email: str | None = None

    def line(self) -> str:
        """As a line of text, for a file between the check and the load."""
        return json.dumps(self, ensure_ascii=False, separators=(",", ":")) + "\n"

    @classmethod
    def of_line(cls, line: str) -> Checked:
        """What was written as a line."""
        return cls(*json.loads(line))


class _Unclear(ValueError):
    """A cell says nothing that is known; the message says what it may say."""


_Read = Callable[[str], str]


class Checker:
    """Checks the rows of one list for one wave, and remembers what it saw."""

    def __init__(self, session: Session, wave: Wave, days: Days, data: Data) -> None:
        """Look up what rows are compared with; `data` says what the file calls its
        columns."""
        questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
        asked = {fact.code: fact for fact in questionnaire.facts}
        self.days = days
        self._name_of = data.name
        self.unfinished = 0
        self._first: dict[str, int] = {}
        self._prefilled = frozenset(
            fact.code for fact in questionnaire.facts if fact.prefill
        )
        self._readers: dict[str, _Read] = {
            code: self._reader(code, asked.get(code)) for code in columns.FACTS
        }
        self._known: dict[tuple[str, str], str | _Unclear] = {}
        self._procedures = _procedures(session, wave)

    def check(self, row: Row) -> Checked | None:
        """What a row supplies; None when it has faults, or is not finished yet."""
        outcome = self._value(row, "F09")
        if outcome == "in_progress":
            # It comes with a later list; until then its other cells do not matter.
            row.faults.clear()
            self.unfinished += 1
            return None
        refuse_doubles(row, "code", self._first)
        refuse_long(row, code=60)
        procedure_id = self._procedure(row)
        facts = self._facts(row)
        if outcome not in OUTCOMES and row.get("F09"):
            row.refuse(
                _(
                    "cột “%(name)s” phải là Đã giải quyết, Từ chối, Trả lại, Rút hồ "
                    "sơ hoặc Đang giải quyết.",
                    name=self._name_of(columns.FACTS["F09"]),
                )
            )
        phone, email = _phone(row), _email(row)
        if row.faults or procedure_id is None or outcome is None:
            return None
        return Checked(
            code=row.get("code"),
            procedure_id=procedure_id,
            channel=_CHANNEL_OF_FILING.get(facts.get("F04", ""), CHANNELS[-1]),
            outcome=outcome,
            facts={
                code: value for code, value in facts.items() if code in self._prefilled
            },
            phone=phone,
            email=email,
        )

    def _procedure(self, row: Row) -> int | None:
        typed = row.get("procedure")
        if not typed:
            return None
        found = self._procedures.get(typed) or self._procedures.get(bare(typed))
        if found is None:
            row.refuse(
                _(
                    "đợt này không có thủ tục mang mã “%(code)s”; xin sửa mã hoặc nạp "
                    "thủ tục đó trước.",
                    code=typed[:60],
                )
            )
        return found

    def _facts(self, row: Row) -> dict[str, str]:
        """The facts that a row supplies, by code, as the form would say them."""
        facts = {}
        for code in columns.FACTS:
            value = self._value(row, code, told=code != "F09")
            if value is not None:
                facts[code] = value
        today = self.days.today.isoformat()
        received, ready = _day(facts, "F06"), _day(facts, "F08")
        if max(received, ready) > today:
            row.refuse(
                _("ngày tiếp nhận hoặc ngày có kết quả ở sau hôm nay; xin sửa lại.")
            )
        elif received and ready and ready < received:
            row.refuse(_("ngày có kết quả trước ngày tiếp nhận; xin sửa lại."))
        return facts

    def _value(self, row: Row, code: str, *, told: bool = False) -> str | None:
        """What a cell says, as the form would; None when it says nothing known."""
        typed = row.get(code)
        if not typed:
            return None
        # The same few words and days stand in tens of thousands of rows.
        found = self._known.get((code, typed))
        if found is None:
            try:
                found = self._readers[code](typed)
            except _Unclear as error:
                found = error
            if len(self._known) < MOST_REMEMBERED:
                self._known[code, typed] = found
        if isinstance(found, _Unclear):
            if told:
                row.refuse(str(found))
            return None
        return found or None

    def _reader(self, code: str, fact: Fact | None) -> _Read:
        """What turns the cells of a column into values of the form."""
        words = {
            bare(typed): value
            for typed, value in columns.SHORT_WORDS.get(code, {}).items()
            if fact is None or value in fact.codes
        }
        if fact is not None:
            for choice in fact.choices:
                for name in (choice.code, choice.label.vi, choice.label.en):
                    words[bare(name)] = choice.code
        elif code == "F09":
            words |= {bare(outcome): outcome for outcome in OUTCOMES}
        is_date = code in columns.DATES
        name = self._name_of(columns.FACTS[code])
        accepted = _accepted(code, fact)

        def read(typed: str) -> str:
            found = words.get(bare(typed))
            if found is not None or not bare(typed):
                return found or ""
            if is_date:
                return self._read_day(typed, name)
            if fact is None and code != "F09":
                return typed  # not asked, so not kept either
            raise _Unclear(
                _(
                    "cột “%(name)s” có giá trị chưa hiểu: “%(value)s”; xin ghi một "
                    "trong các giá trị: %(accepted)s.",
                    name=name,
                    value=typed[:40],
                    accepted=accepted,
                )
            )

        return read

    def _read_day(self, typed: str, name: str) -> str:
        try:
            return self.days.read(typed).isoformat()
        except NoDate as error:
            raise _Unclear(
                _words_of_no_date(error.reason, name=name, value=typed[:40])
            ) from None


def _accepted(code: str, fact: Fact | None) -> str:
    """One word for each value of a column: the office's own, else the form's."""
    language = web.language()
    short: dict[str, str] = {}
    if language != "en":
        for typed, value in columns.SHORT_WORDS.get(code, {}).items():
            short.setdefault(value, typed[:1].upper() + typed[1:])
    choices = fact.choices if fact else ()
    return "; ".join(
        short.get(choice.code) or choice.label.get(language) for choice in choices
    )


def _words_of_no_date(reason: str, **said: str) -> str:
    words = {
        "form": _(
            "cột “%(name)s” có giá trị chưa hiểu: “%(value)s”; xin ghi ngày như "
            "31/08/2026.",
            **said,
        ),
        "month": _(
            "cột “%(name)s”: không có tháng như trong “%(value)s”; xin ghi theo thứ tự "
            "ngày/tháng/năm.",
            **said,
        ),
        "day": _("cột “%(name)s”: không có ngày “%(value)s”; xin sửa lại.", **said),
        "year": _(
            "cột “%(name)s”: năm của “%(value)s” quá xa hiện nay; xin sửa lại.", **said
        ),
        "short": _(
            "cột “%(name)s”: năm trong “%(value)s” chỉ có hai chữ số nên không rõ; xin "
            "ghi đủ bốn chữ số.",
            **said,
        ),
    }
    return str(words[reason])


def _procedures(session: Session, wave: Wave) -> Mapping[str, int]:
    """The procedures of a wave by code, and by name where one alone has the name."""
    units = catalogue.subtree(session, [wave.unit_id])
    rows = session.execute(
        sa.select(Procedure.id, Procedure.code, Procedure.name).where(
            Procedure.unit_id.in_(units)
        )
    ).all()
    by_name: dict[str, set[int]] = {}
    for procedure_id, _code, name in rows:
        by_name.setdefault(bare(name), set()).add(procedure_id)
    found = {name: min(ids) for name, ids in by_name.items() if len(ids) == 1}
    return found | {code: procedure_id for procedure_id, code, _name in rows}


def _day(facts: Mapping[str, Any], code: str) -> str:
    """An ISO date of the facts; "" for none and for words that are no date."""
    value = str(facts.get(code, ""))
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return ""


def _phone(row: Row) -> str | None:
    typed = row.get("phone")
    if not bare(typed):
        return None
    # Of several numbers the first one is called.
    first = re.split(r"[;,/]| - ", typed)[0]
    digits = re.sub(r"[\s.()\-]", "", first)
    if re.fullmatch(r"[1-9]\d{8}", digits, re.ASCII):
        digits = f"0{digits}"  # a spreadsheet took it for a number
    if re.fullmatch(r"\+?\d{9,15}", digits, re.ASCII):
        return digits
    row.refuse(
        _("“%(value)s” không phải số điện thoại; xin sửa lại.", value=typed[:20])
    )
    return None


def _email(row: Row) -> str | None:
    typed = row.get("email")
    if not bare(typed):
        return None
    if len(typed) <= 200 and EMAIL.fullmatch(typed):
        return typed
    row.refuse(
        _("“%(value)s” không phải địa chỉ thư điện tử; xin sửa lại.", value=typed[:40])
    )
    return None
