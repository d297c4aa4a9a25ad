"""Backups: consistent while in use, verified, and never put over data unasked."""

from __future__ import annotations

import stat
from pathlib import Path

import pysqlite3
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.cli import copies
from survey.models import Account, Response, Tally
from tests import cast
from tests.terminal import Terminal


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def count(session: Session, noun: type) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(noun)) or 0


def test_what_was_backed_up_comes_back(
    terminal: Terminal, session: Session, tmp_path: Path
) -> None:
    terminal("demo", "--responses", 25)
    copy = tmp_path / "copy"
    assert terminal("db", "backup", copy).code == 0
    terminal("demo", "--responses", 10)
    session.execute(sa.delete(Tally))
    session.commit()
    session.get_bind().dispose()  # type: ignore[union-attr]

    said = terminal("db", "restore", copy, "--yes")

    assert said.code == 0, said.err
    assert count(session, Response) == 25
    session.rollback()
    assert terminal("tally", "check").code == 0
    assert terminal("db", "check").code == 0


def test_a_copy_is_readable_by_its_owner_alone(
    terminal: Terminal, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    terminal("db", "backup", copy)

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_copy_is_taken_while_somebody_writes(
    terminal: Terminal, session: Session, tmp_path: Path
) -> None:
    cast.account(session, "admin")
    session.add(
        Account(
            email="b@example.gov.vn",
            role="admin",
            password_hash="x",
            made_at=cast.NOW,
        )
    )
    session.flush()  # not committed: it must not be in the copy
    said = terminal("db", "backup", tmp_path / "copy")
    session.rollback()

    assert said.code == 0, said.err
    session.get_bind().dispose()  # type: ignore[union-attr]
    assert terminal("db", "restore", tmp_path / "copy", "--yes").code == 0
    assert count(session, Account) == 1


def test_no_file_is_overwritten_unasked(terminal: Terminal, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_text("mine")
    said = terminal("db", "backup", copy)

    assert said.code == 2
    assert "--yes" in said.err
    assert copy.read_text() == "mine"
    assert terminal("db", "backup", copy, "--yes").code == 0


def test_data_are_not_replaced_unasked(
    terminal: Terminal, session: Session, tmp_path: Path
) -> None:
    terminal("db", "backup", tmp_path / "copy")
    cast.account(session, "admin")
    said = terminal("db", "restore", tmp_path / "copy")

    assert said.code == 2
    assert "--yes" in said.err
    assert count(session, Account) == 1


@pytest.mark.parametrize("damage", ["cut", "other", "empty"])
def test_a_damaged_copy_replaces_nothing(
    terminal: Terminal, session: Session, tmp_path: Path, damage: str
) -> None:
    terminal("demo", "--responses", 30)
    copy = tmp_path / "copy"
    terminal("db", "backup", copy)
    whole = copy.read_bytes()
    copy.write_bytes(
        {"cut": whole[: len(whole) // 2], "other": b"not a copy", "empty": b""}[damage]
    )
    said = terminal("db", "restore", copy, "--yes")

    assert said.code == 2
    assert said.err.count("\n") == 1, said.err
    assert count(session, Response) == 30


def test_a_database_in_use_is_not_replaced(
    terminal: Terminal, session: Session, tmp_path: Path
) -> None:
    terminal("db", "backup", tmp_path / "copy")
    count(session, Account)  # an open connection
    said = terminal("db", "restore", tmp_path / "copy", "--yes")

    assert said.code == 2
    assert said.err.splitlines()[-1].startswith("survey: ")
    assert "Traceback" not in said.err


def test_a_copy_is_one_whole_file(
    terminal: Terminal, session: Session, tmp_path: Path
) -> None:
    terminal("demo", "--responses", 20)
    copy = tmp_path / "copy"
    terminal("db", "backup", copy)

    assert [one.name for one in tmp_path.glob("*copy*")] == ["copy"]
    if is_sqlite(session):
        connection = pysqlite3.connect(f"file:{copy}?mode=ro", uri=True)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        connection.close()


def test_without_the_programs_of_postgresql_the_remedy_is_named(
    terminal: Terminal,
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copies.shutil, "which", lambda _: None)
    said = terminal("db", "backup", tmp_path / "copy")

    if not is_sqlite(session):
        assert said.code == 2
        assert "postgresql-client" in said.err
        assert not (tmp_path / "copy").exists()
