"""Checked dossiers put into the frame of a wave, whole lists in one transaction.

Of each dossier only what the wave's questionnaire asks is kept, and nothing of its
owner but, when a person asked for it, where it can be written to.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock
from survey.db import in_chunks
from survey.fieldwork.frame import columns, heads, rows
from survey.fieldwork.frame.checking import Checked, Checker
from survey.fieldwork.frame.days import Days
from survey.fieldwork.frame.faults import LoadError
from survey.fieldwork.frame.sheets import open_book
from survey.fieldwork.terms import FieldworkError
from survey.models import Dossier, Link, Reach, Wave

AT_ONCE: Final = 1000
_DOSSIERS: Any = Dossier.__table__
_REACHES: Any = Reach.__table__
_PLACES: Final = ("procedure_id", "channel")
_PLAIN: Final = (*_PLACES, "outcome")
_FIELDS: Final = (*_PLAIN, "facts")

Progress = Callable[[int], None]
"""Told how many rows are done."""


@dataclass(frozen=True)
class Loaded:
    """What a list did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    """Of the known ones those whose procedure and channel stay as they were, because
    they were drawn or invited with them."""
    unfinished: int = 0
    """Rows of dossiers that are not finished, which are not taken."""
    is_undrawn: bool = False
    """Whether the draw must be done again: what it was made from has changed."""
    notices: tuple[str, ...] = ()
    """What to know of how the file was read."""


def require_open(wave: Wave) -> None:
    """Let nothing into the frame of a wave that is over.

    Raises:
        FieldworkError: it is.
    """
    if wave.state == "closed":
        raise FieldworkError(
            _("Đợt đã đóng, không nạp thêm hồ sơ được. Xin tạo đợt mới.")
        )


def load_dossiers(session: Session, wave: Wave, content: bytes) -> Loaded:
    """Take the dossiers of a file whose heads are known.

    Raises:
        FieldworkError: the wave is closed.
        LoadError: with every fault; nothing was taken.
    """
    require_open(wave)
    book = open_book(content)
    table = heads.find_table(book, columns.DOSSIERS)
    places = table.known(columns.DOSSIERS)
    if faults := heads.missing(table, columns.DOSSIERS, places):
        raise LoadError(faults)
    data = rows.data_of(table, columns.DOSSIERS, places)
    days = Days(today=clock.today(), epoch=book.epoch)
    checker = Checker(session, wave, days, data)
    faults = []
    # Between the check and the load the rows wait in a file: there may be very many.
    with tempfile.SpooledTemporaryFile(
        max_size=1 << 20, mode="w+", encoding="utf-8", newline="\n"
    ) as kept:
        for row in rows.rows_of(data, columns.DOSSIERS):
            checked = checker.check(row)
            faults += row.faults
            if checked is not None and not faults:
                kept.write(checked.line())
        if faults:
            raise LoadError(faults)
        kept.seek(0)
        loaded = load_checked(session, wave, map(Checked.of_line, kept))
    return replace(
        loaded,
        unfinished=checker.unfinished,
        notices=(*rows.notices(book, data.passed), *days_told(checker.days)),
    )


def days_told(days: Days) -> list[str]:
    """What had to be assumed about the dates of a list, in sentences."""
    told = []
    if days.short is not None:
        text, day = days.short
        told.append(
            _(
                "Năm viết hai chữ số được hiểu là năm 20…: %(text)s → %(day)s.",
                text=text,
                day=f"{day:%d/%m/%Y}",
            )
        )
    if days.serial is not None:
        text, day = days.serial
        told.append(
            _(
                "Ngày ở dạng số được hiểu là số ngày của Excel: %(text)s → %(day)s.",
                text=text,
                day=f"{day:%d/%m/%Y}",
            )
        )
    return told


def load_checked(
    session: Session,
    wave: Wave,
    checked: Iterable[Checked],
    *,
    progress: Progress = lambda done: None,
) -> Loaded:
    """Put dossiers into the frame: new ones are added, known ones brought up to date.

    A dossier that has a link, or was drawn when links were made, keeps its procedure
    and channel: it was invited as that. Whether it was answered makes no difference,
    and cannot be told from what happens.

    Raises:
        FieldworkError: the wave is closed.
    """
    # One list of a wave after the other, and none beside a draw.
    lock_frame(session, wave)
    require_open(wave)
    frame = _Frame(session, wave)
    done = 0
    for chunk in in_chunks(checked, AT_ONCE):
        frame.take(chunk)
        done += len(chunk)
        progress(done)
    return frame.finish()


def compared(session: Session, wave: Wave, checked: Iterable[Checked]) -> Loaded:
    """What loading these dossiers would do; nothing is written."""
    frame = _Frame(session, wave, is_trial=True)
    for chunk in in_chunks(checked, AT_ONCE):
        frame.take(chunk)
    return frame.finish()


class _Known(NamedTuple):
    """A dossier of the frame, as it was before the list came."""

    id: int
    procedure_id: int
    channel: str
    outcome: str
    facts: str
    """As JSON: tens of thousands of these are held."""
    is_drawn: bool | None

    def differs(self, values: Mapping[str, Any]) -> bool:
        """Whether anything else is said of it now."""
        return (
            any(values[name] != getattr(self, name) for name in _PLAIN)
            # The order of the facts does not matter, and is nearly always the same.
            or (
                _json(values["facts"]) != self.facts
                and values["facts"] != json.loads(self.facts)
            )
        )


class _Frame:
    """The frame of a wave while a list goes into it."""

    def __init__(self, session: Session, wave: Wave, *, is_trial: bool = False) -> None:
        self.session = session
        self.wave_id = wave.id
        self.is_trial = is_trial
        self.known = dict(self._read_known())
        self.invited = set(session.scalars(invited_ids(wave)))
        self.reached = dict(self._read_reached())
        self.loaded = Loaded()

    def take(self, chunk: Collection[Checked]) -> None:
        """Add or change so many dossiers."""
        new = [one for one in chunk if one.code not in self.known]
        changes, moved, kept = [], False, 0
        for one in chunk:
            old = self.known.get(one.code)
            if old is None:
                continue
            values = {name: getattr(one, name) for name in _FIELDS}
            is_moved = any(values[name] != getattr(old, name) for name in _PLACES)
            if is_moved and self._is_fixed(old):
                kept += 1
                values |= {"procedure_id": old.procedure_id, "channel": old.channel}
            elif is_moved and old.is_drawn is not None:
                moved = True
            if old.differs(values):
                changes.append({"of_id": old.id, **values})
        if not self.is_trial:
            self._write(new, changes)
        changed = {change["of_id"] for change in changes} | self._reach(chunk)
        self.loaded = replace(
            self.loaded,
            added=self.loaded.added + len(new),
            changed=self.loaded.changed + len(changed),
            unchanged=self.loaded.unchanged + len(chunk) - len(new) - len(changed),
            kept=self.loaded.kept + kept,
            is_undrawn=self.loaded.is_undrawn or moved,
        )

    def finish(self) -> Loaded:
        """What became of it all."""
        if not self.is_trial:
            if self.loaded.is_undrawn:
                undraw(self.session, self.wave_id)
            self.session.expire_all()
        return self.loaded

    def _read_known(self) -> Iterator[tuple[str, _Known]]:
        columns_read = (
            Dossier.code,
            Dossier.id,
            Dossier.procedure_id,
            Dossier.channel,
            Dossier.outcome,
            sa.cast(Dossier.facts, sa.Text),
            Dossier.is_drawn,
        )
        rows_read = self.session.execute(
            sa.select(*columns_read).where(Dossier.wave_id == self.wave_id),
            execution_options={"yield_per": AT_ONCE},
        )
        return ((row[0], _Known(*row[1:])) for row in rows_read)

    def _read_reached(self) -> Iterator[tuple[int, tuple[str | None, str | None]]]:
        rows_read = self.session.execute(
            sa.select(Reach.dossier_id, Reach.phone, Reach.email)
            .join(Dossier, Dossier.id == Reach.dossier_id)
            .where(Dossier.wave_id == self.wave_id),
            execution_options={"yield_per": AT_ONCE},
        )
        return ((row.dossier_id, (row.phone, row.email)) for row in rows_read)

    def _is_fixed(self, old: _Known) -> bool:
        is_drawn = old.is_drawn is not None
        return old.id in self.invited or (bool(self.invited) and is_drawn)

    def _write(
        self, new: Collection[Checked], changes: Collection[Mapping[str, Any]]
    ) -> None:
        if new:
            self.session.execute(
                sa.insert(_DOSSIERS),
                [
                    {
                        "wave_id": self.wave_id,
                        "code": one.code,
                        "is_sample": False,
                        **{name: getattr(one, name) for name in _FIELDS},
                    }
                    for one in new
                ],
            )
        if changes:
            self.session.execute(
                sa.update(_DOSSIERS)
                .where(_DOSSIERS.c.id == sa.bindparam("of_id"))
                .values({name: sa.bindparam(name) for name in _FIELDS}),
                list(changes),
            )

    def _reach(self, chunk: Collection[Checked]) -> set[int]:
        """Keep where businesses can be written to; the known dossiers this changed."""
        told = {
            one.code: (one.phone, one.email) for one in chunk if one.phone or one.email
        }
        ids = {code: self.known[code].id for code in told if code in self.known}
        other = {
            ids[code]: told[code]
            for code in ids
            if self.reached.get(ids[code]) != told[code]
        }
        if told and not self.is_trial:
            self._write_reaches(other, told.keys() - ids.keys(), told)
        return set(other)

    def _write_reaches(
        self,
        other: Mapping[int, tuple[str | None, str | None]],
        new: Collection[str],
        told: Mapping[str, tuple[str | None, str | None]],
    ) -> None:
        # Few at once: a prepared query looks through all of them for every row.
        for codes in in_chunks(sorted(new), 100):
            found = self.session.execute(
                sa.select(Dossier.code, Dossier.id).where(
                    Dossier.wave_id == self.wave_id, Dossier.code.in_(codes)
                )
            )
            other = {**other, **{row.id: told[row.code] for row in found}}
        if not other:
            return
        if gone := [{"of_id": of_id} for of_id in other if of_id in self.reached]:
            self.session.execute(
                sa.delete(_REACHES).where(
                    _REACHES.c.dossier_id == sa.bindparam("of_id")
                ),
                gone,
            )
        self.session.execute(
            sa.insert(_REACHES),
            [
                {"dossier_id": of_id, "phone": phone, "email": email}
                for of_id, (phone, email) in other.items()
            ],
        )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def invited_ids(wave: Wave) -> sa.Select[Any]:
    """Select the dossiers of a frame that have a link that stands, by id."""
    return sa.select(Link.dossier_id).where(
        Link.wave_id == wave.id,
        Link.kind == "dossier",
        Link.state == "active",
        Link.dossier_id.is_not(None),
    )


def lock_frame(session: Session, wave: Wave) -> None:
    """Let nobody else load, draw or make links in this wave until the commit; a form
    that is being sent need not wait."""
    session.execute(
        sa.select(Wave.id).where(Wave.id == wave.id).with_for_update(key_share=True)
    )
    session.refresh(wave)


def has_links(session: Session, wave: Wave) -> bool:
    """Whether a dossier of the frame was given a link that stands."""
    return session.scalar(invited_ids(wave).limit(1)) is not None


def undraw(session: Session, wave_id: str) -> None:
    """Take a draw back: nobody is chosen, and nobody left out, any more."""
    session.execute(
        sa.update(_DOSSIERS)
        .where(_DOSSIERS.c.wave_id == wave_id, _DOSSIERS.c.draw_id.is_not(None))
        .values(is_drawn=None, draw_id=None)
    )
