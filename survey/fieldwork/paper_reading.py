"""A page of typed cells: read, said back in words, and turned into an entry."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import catalogue, clock
from survey.accounts.forms import clean
from survey.exports import paper_marks
from survey.exports.paper import condition_text
from survey.fieldwork.paper import HEAD, Entry
from survey.fieldwork.paper_cells import (
    Cell,
    CellError,
    Value,
    cells_of,
    level_words,
    meaning,
    read,
    read_date,
    same,
    typed_text,
)
from survey.formats import date_text, sort_key
from survey.models import LANGUAGES, PaperForm, Procedure, Unit, Wave
from survey.questionnaire import Questionnaire
from survey.questionnaire.conditions import NOT_SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cell as a page shows it."""

    code: str
    title: str
    kind: str
    typed: str
    echo: str
    error: str
    marks: str = ""
    """JSON: the words of each mark, for the echo while typing; "" for a criterion."""
    only: str = ""
    """JSON: marks of other cells under which this one is asked; "" for always. Of a
    criterion only where typed facts decide; derived ones are left to the routing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the cells of a page, what it says, and what is wrong with it."""

    raw: Mapping[str, str]
    values: Mapping[str, Value] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def entry(self) -> Entry:
        """The entry, if nothing is wrong."""
        head = {name: str(self.values[name]) for name in HEAD}
        kept = {k: v for k, v in self.values.items() if k not in HEAD and v}
        return Entry(**head, values=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a person who types forms of one wave needs to know."""

    q: Questionnaire
    language: str
    units: Mapping[str, str]
    """Names by id, those for which the account may enter forms."""
    procedures: Mapping[str, str]
    """Names by code."""
    opens_on: date
    last_on: date
    """The last day of the wave, or today if that comes first."""
    is_running: bool
    """Whether the last day of the wave is not over yet."""

    @classmethod
    def of(
        cls, session: Session, wave: Wave, units: list[tuple[Unit, int]], language: str
    ) -> Desk:
        """The desk of a wave for an account that may enter forms of some units."""
        reach = catalogue.subtree(session, [wave.unit_id])
        found = session.scalars(
            sa.select(Procedure).where(Procedure.unit_id.in_(reach))
        ).all()
        return cls(
            q=catalogue.questionnaire(session, wave.questionnaire_id),
            language=language,
            units={
                str(unit.id): "\N{EM SPACE}" * depth + unit.name
                for unit, depth in units
            },
            procedures={
                one.code: one.name
                for one in sorted(found, key=lambda one: sort_key(one.name))
            },
            opens_on=wave.opens_on,
            last_on=min(wave.closes_on, clock.today()),
            is_running=clock.today() <= wave.closes_on,
        )

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells in the printed order."""
        return cells_of(self.q)

    @property
    def levels(self) -> str:
        """JSON: the words of every key of a criterion."""
        return _json(level_words(self.q.scale, self.language))

    @property
    def names(self) -> tuple[str, ...]:
        """What is typed, in order: of the sheet itself, then every question."""
        return (*HEAD, *(cell.code for cell in self.cells))

    def take(self, form: Mapping[str, str]) -> Typed:
        """Read a whole page; every fault is told at once, beside its cell."""
        raw = {name: form.get(name, "") for name in self.names}
        values: dict[str, Value] = {}
        errors: dict[str, str] = {}
        for name in self.names:
            try:
                values[name] = self.read(name, raw[name])
            except CellError as error:
                errors[name] = str(error)
        return Typed(raw=raw, values=values, errors=errors)

    def read(self, name: str, typed: str) -> Value:
        """What a cell, or a field of the sheet itself, says.

        Raises:
            CellError: it says nothing that it can hold.
        """
        cell = self.cell(name)
        if cell is not None:
            return read(cell, typed, self.procedures)
        words = clean(typed)
        if name == "received":
            return self._read_received(words)
        if name == "unit" and words not in self.units:
            raise CellError(_("Xin chọn một đơn vị trong danh sách."))
        if name == "language" and words not in LANGUAGES:
            raise CellError(_("Xin chọn ngôn ngữ của phiếu."))
        return str(words)

    def _read_received(self, words: str) -> str:
        day = read_date(words)
        if not self.opens_on <= day <= self.last_on:
            raise CellError(self._wrong_day(day))
        return day.isoformat()

    def _wrong_day(self, day: date) -> str:
        opens, last = (
            date_text(one, self.language) for one in (self.opens_on, self.last_on)
        )
        if self.last_on < self.opens_on:
            return str(
                _(
                    "Đợt nhận phiếu từ ngày %(a)s; từ ngày đó mới nhập được phiếu "
                    "giấy.",
                    a=opens,
                )
            )
        if day < self.opens_on:
            return str(
                _(
                    "Đợt mở sau ngày này, nên phiếu nhận khi đó không thuộc đợt. Ngày "
                    "nhận phiếu phải từ ngày mở đợt %(a)s trở đi.",
                    a=opens,
                )
            )
        if self.is_running:
            return str(
                _(
                    "Ngày này chưa tới. Ngày nhận phiếu phải từ ngày mở đợt %(a)s đến "
                    "hôm nay %(b)s.",
                    a=opens,
                    b=last,
                )
            )
        return str(
            _(
                "Ngày nhận phiếu phải từ ngày mở đợt %(a)s đến ngày cuối cùng của đợt "
                "%(b)s.",
                a=opens,
                b=last,
            )
        )

    def cell(self, name: str) -> Cell | None:
        """The cell of a question; None for what is typed of the sheet itself."""
        return next((cell for cell in self.cells if cell.code == name), None)

    def is_same(self, name: str, one: Entry, other: Entry) -> bool:
        """Whether two entries agree on a cell."""
        cell = self.cell(name)
        if cell is None:
            return one.get(name) == other.get(name)
        return same(cell, one.get(name), other.get(name))

    def title(self, name: str) -> str:
        """What a cell is called."""
        cell = self.cell(name)
        if cell is not None:
            return cell.title.get(self.language)
        titles: dict[str, str] = {
            "unit": _("Đơn vị"),
            "received": _("Ngày nhận phiếu"),
            "language": _("Ngôn ngữ của phiếu"),
        }
        return titles[name]

    def question(self, name: str) -> str:
        """The whole question of a cell, as it is printed; else what it is called."""
        q = self.q
        texts = {one.code: one.text for one in q.facts}
        texts |= {one.code: one.text for one in q.criteria}
        texts |= {one.code: one.text for one in q.generals}
        if name in texts:
            return q.filled(texts[name], self.language)
        return self.title(name)

    def only_if(self, name: str) -> str:
        """When a cell's question is asked, in words; "" for always."""
        cell = self.cell(name)
        if cell is None or cell.only is None or cell.only.is_always:
            return ""
        return condition_text(self.q, cell.only, self.language)

    def words(self, name: str, value: Value) -> str:
        """A value in words; a blank one says so."""
        if not value:
            return str(_("(để trống)"))
        cell = self.cell(name)
        if cell is not None:
            words = meaning(cell, value, self.language, self.procedures)
            mark = typed_text(cell, value)
            return (
                words
                if mark in ("", words) or cell.kind == "date"
                else (f"{mark} – {words}")
            )
        if name == "received":
            return date_text(date.fromisoformat(str(value)), self.language)
        if name == "unit":
            return self.units.get(str(value), str(value)).strip()
        return str(_("Tiếng Anh") if value == "en" else _("Tiếng Việt"))

    def rows(self, typed: Typed) -> list[Row]:
        """The cells of a page with what stands in them."""
        return [self._row(cell, typed) for cell in self.cells]

    def _row(self, cell: Cell, typed: Typed) -> Row:
        value = typed.values.get(cell.code, "")
        marks = {
            mark: choice.label.get(self.language) for mark, choice in cell.marks.items()
        }
        if cell.kind == "scale":
            marks = {
                str(level.code): level.label.get(self.language)
                for level in cell.scale.levels
            }
        if cell.kind == "procedure":
            marks |= {code.lower(): name for code, name in self.procedures.items()}
        is_said = bool(value) and cell.kind != "text"
        return Row(
            code=cell.code,
            title=cell.title.get(self.language),
            kind=cell.kind,
            typed=typed.raw.get(cell.code, ""),
            echo=meaning(cell, value, self.language, self.procedures)
            if is_said
            else "",
            error=typed.errors.get(cell.code, ""),
            marks=_json(marks) if marks else "",
            only=self._only(cell),
        )

    def _only(self, cell: Cell) -> str:
        if cell.only is None:
            return ""
        facts = {fact.code: fact for fact in self.q.facts}
        # Who is not sure is still asked for a rating, as on screen.
        also = {NOT_SURE} if cell.kind == "level" else set()
        tests = {
            test.name: [
                mark
                for mark, choice in paper_marks.marked(facts[test.name].choices).items()
                if choice.code in test.values | also
            ]
            for test in cell.only.tests
            if test.name in facts
        }
        return _json(tests) if tests else ""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Something to settle: both entries in words, and what was decided so far."""

    name: str
    title: str
    first: str
    second: str
    is_same: bool
    is_ruled_out: bool
    """The facts rule the answer out: it will be stored as not asked."""
    only_if: str
    """When the question is asked, in words; "" for always."""
    chosen: str
    retyped: str
    is_confirmed: bool
    may_be_typed: bool


def points(
    desk: Desk,
    form: PaperForm,
    asked: Collection[str],
    ruled_out: Collection[str],
    posted: Mapping[str, str],
) -> list[Point]:
    """What is to be settled of a form, in the printed order.

    Args:
        asked, ruled_out: names of cells.
        posted: what was decided so far: `s-CODE` a side, `t-CODE` a cell typed again,
            `c-CODE` that an answer stands on paper although the facts rule it out.
    """
    first, second = Entry.of(form.first), Entry.of(form.second)
    return [
        Point(
            name=name,
            title=desk.question(name),
            first=desk.words(name, first.get(name)),
            second=desk.words(name, second.get(name)),
            is_same=desk.is_same(name, first, second),
            is_ruled_out=name in ruled_out,
            only_if=desk.only_if(name),
            chosen=posted.get(f"s-{name}", ""),
            retyped=posted.get(f"t-{name}", ""),
            is_confirmed=f"c-{name}" in posted,
            may_be_typed=name not in ("unit", "language"),
        )
        for name in desk.names
        if name in asked
    ]
