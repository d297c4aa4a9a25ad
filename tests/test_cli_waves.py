"""Rehearsals and the calendar from the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue
from survey.models import Draft, Holiday, Link, Wave
from tests import cast
from tests.terminal import Terminal


def state_of(session: Session, wave_id: str) -> str:
    session.rollback()
    return session.get_one(Wave, wave_id).state


def drafted(session: Session, world: cast.World) -> None:
    cast.link(session, world.wave, world.trade)
    link = session.scalars(sa.select(Link)).one()
    session.add(
        Draft(
            key="k",
            link_id=link.id,
            language="vi",
            next_page="A",
            touched_at=cast.NOW,
        )
    )
    session.execute(sa.update(Wave).values(state="draft", closes_on=date(2030, 12, 31)))
    session.commit()


def test_a_wave_is_rehearsed_emptied_and_opened_by_commands(
    terminal: Terminal, session: Session, world: cast.World
) -> None:
    drafted(session, world)
    assert terminal("wave", "rehearse", world.wave).code == 0
    assert state_of(session, world.wave) == "rehearsal"

    emptied = terminal("wave", "rehearse", world.wave, "--empty")
    assert "1 phiếu dở dang / drafts" in emptied.out
    assert state_of(session, world.wave) == "rehearsal"

    opened = terminal("wave", "open", world.wave)
    assert (opened.code, opened.lines) == (0, [world.wave])
    assert state_of(session, world.wave) == "open"
    refused = terminal("wave", "rehearse", world.wave)
    assert (refused.code, refused.err.count("\n")) == (2, 1)


def test_opening_says_what_it_removed_beside_the_id(
    terminal: Terminal, session: Session, world: cast.World
) -> None:
    drafted(session, world)
    terminal("wave", "rehearse", world.wave)
    opened = terminal("wave", "open", world.wave)
    assert opened.lines == [world.wave]
    assert "1 phiếu dở dang / drafts" in opened.err


@pytest.mark.parametrize(
    ("address", "warnings"),
    [
        ("http://127.0.0.1:8000", 1),
        ("http://localhost", 1),
        ("https://khaosat.example.gov.vn", 0),
    ],
)
def test_links_that_open_on_this_machine_only_are_warned_of(
    terminal: Terminal,
    world: cast.World,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    warnings: int,
) -> None:
    monkeypatch.setenv("SURVEY_PUBLIC_URL", address)
    made = terminal("links", "make", "--wave", world.wave, "--kind", "counter")
    assert (made.code, address in made.out) == (0, True)
    assert made.err.count("SURVEY_PUBLIC_URL") == 2 * warnings
    assert made.err.count("\n") == 1 + warnings


def test_a_rehearsal_ended_is_a_draft_again(
    terminal: Terminal, session: Session, world: cast.World
) -> None:
    drafted(session, world)
    terminal("wave", "rehearse", world.wave)
    assert terminal("wave", "rehearse", world.wave, "--end").code == 0
    assert state_of(session, world.wave) == "draft"
    assert session.scalars(sa.select(Draft)).all() == []


def test_the_calendar_is_shown_and_loaded_year_by_year(
    terminal: Terminal, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "lich.toml"
    file.write_text(
        '[2027.holidays]\n2027-09-02 = "Quốc khánh"\n'
        '[2027.swapped_working_days]\n2027-08-28 = "Làm bù"\n',
        encoding="utf-8",
    )
    before = terminal("calendar", "show", 2026)
    loaded = terminal("calendar", "load", file, "--yes")
    assert loaded.code == 0, loaded.err
    assert terminal("calendar", "show", 2026).out == before.out
    assert terminal("calendar", "show", 2027).lines == [
        "2027-08-28\tlàm bù / worked\tLàm bù",
        "2027-09-02\tnghỉ / off\tQuốc khánh",
    ]
    assert catalogue.calendar(session).is_working(date(2027, 8, 28))


def test_a_calendar_that_contradicts_itself_is_told_in_one_line(
    terminal: Terminal, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "lich.toml"
    file.write_text("[2027]\nswapped_working_days = [2027-09-02]\n", "utf-8")
    said = terminal("calendar", "load", file)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "không phải thứ Bảy, Chủ nhật / is not at a weekend" in said.err
    assert session.scalars(sa.select(Holiday)).all() == []


def test_a_year_does_not_lose_days_by_a_file_unless_that_is_said(
    terminal: Terminal, tmp_path: Path
) -> None:
    assert terminal("init").code == 0
    file = tmp_path / "lich.toml"
    file.write_text('[2026.holidays]\n2026-09-02 = "Quốc khánh"\n', encoding="utf-8")
    before = terminal("calendar", "show", 2026).lines
    assert len(before) > 1

    said = terminal("calendar", "load", file)
    assert said.code == 2
    assert f"2026: thay {len(before)} ngày bằng 1 ngày" in said.err
    assert terminal("calendar", "show", 2026).lines == before

    assert (
        f"2026 ({len(before)} → 1)" in terminal("calendar", "load", file, "--yes").out
    )
    assert len(terminal("calendar", "show", 2026).lines) == 1
