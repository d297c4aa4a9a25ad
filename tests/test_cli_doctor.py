"""The doctor finds what is wrong with an installation and says what to do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Contact, Job, PublishedQuestionnaire, Tally
from tests import cast
from tests.terminal import Terminal


@pytest.fixture
def healthy(
    terminal: Terminal,
    session: Session,
    world: cast.World,
    monkeypatch: pytest.MonkeyPatch,
) -> Terminal:
    """An installation without a fault."""
    monkeypatch.setenv("SURVEY_PUBLIC_URL", "https://khaosat.example.gov.vn")
    monkeypatch.setenv("SURVEY_TRUSTED_PROXIES", "1")
    cast.account(session, "admin")
    session.rollback()
    return terminal


def finding(said: str, words: str) -> str:
    return next(line for line in said.splitlines() if words in line)


def test_a_healthy_installation_passes(healthy: Terminal) -> None:
    said = healthy("doctor")

    assert said.code == 0, said.out
    assert "[cần xử lý / fault]" not in said.out
    assert said.out.count("[OK]") >= 12


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SURVEY_PUBLIC_URL", "http://khaosat.example.gov.vn", "không mã hóa"),
        ("SURVEY_TRUSTED_PROXIES", "0", "SURVEY_TRUSTED_PROXIES=1"),
    ],
)
def test_an_unsafe_address_is_a_fault(
    healthy: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    words: str,
) -> None:
    monkeypatch.setenv(name, value)
    said = healthy("doctor")

    assert said.code == 1
    assert finding(said.out, words).startswith("[cần xử lý / fault]")


def test_a_secret_that_others_can_read_is_a_fault(
    healthy: Terminal, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x" * 40)
    secret.chmod(0o644)
    said = healthy("doctor")

    assert said.code == 1
    assert f"chmod 600 {secret}" in said.out


def test_a_folder_that_others_can_write_is_a_fault(
    healthy: Terminal, tmp_path: Path
) -> None:
    tmp_path.chmod(0o777)
    said = healthy("doctor")
    tmp_path.chmod(0o700)

    assert said.code == 1
    assert "chmod go-w" in said.out


def test_a_wrong_tally_is_a_fault(healthy: Terminal, session: Session) -> None:
    healthy("demo", "--responses", 20)
    session.execute(sa.delete(Tally))
    session.commit()
    said = healthy("doctor")

    assert said.code == 1
    assert finding(said.out, "bảng đếm").endswith("survey tally rebuild")


def test_sample_data_in_public_are_a_fault(healthy: Terminal) -> None:
    healthy("demo", "--responses", 0)

    assert finding(healthy("doctor").out, "dữ liệu mẫu").startswith(
        "[cần xử lý / fault]"
    )


def test_no_administrator_is_a_fault(healthy: Terminal, session: Session) -> None:
    session.execute(sa.text("DELETE FROM accounts"))
    session.commit()

    assert "survey account add" in healthy("doctor").out


def test_contacts_kept_too_long_are_a_fault(
    healthy: Terminal, session: Session, world: cast.World
) -> None:
    session.add(
        Contact(
            id="late",
            wave_id=world.wave,
            unit_id=world.trade,
            name="Lê",
            reach="0905",
            delete_on=clock.today() - timedelta(days=4),
        )
    )
    session.commit()

    assert finding(healthy("doctor").out, "quá hạn lưu").startswith(
        "[cần xử lý / fault]"
    )
    healthy("tidy")
    assert healthy("doctor").code == 0


def test_long_work_that_is_stuck_is_a_fault(
    healthy: Terminal, session: Session
) -> None:
    now = clock.now()
    for job_id, minutes in (("a" * 32, 11), ("b" * 32, 1)):
        session.add(
            Job(
                id=job_id,
                kind="none",
                title="Một việc dài",
                made_at=now - timedelta(minutes=minutes),
                delete_at=now + timedelta(days=1),
            )
        )
    session.commit()
    line = finding(healthy("doctor").out, "bị kẹt")

    assert line.startswith("[cần xử lý / fault] 1 việc dài")
    assert "survey work" in line
    # It is done, here in vain, by whoever comes by.
    assert "taken up: 2" in healthy("tidy").out
    assert healthy("doctor").code == 0


def test_a_folder_of_long_work_that_others_read_is_a_fault(
    healthy: Terminal, tmp_path: Path
) -> None:
    (tmp_path / "jobs").mkdir(mode=0o755)
    assert f"chmod 700 {tmp_path / 'jobs'}" in healthy("doctor").out


def test_no_questionnaire_is_a_fault(terminal: Terminal, session: Session) -> None:
    assert session.scalar(sa.select(PublishedQuestionnaire.id)) is None
    session.rollback()
    said = terminal("doctor")

    assert said.code == 1
    assert "chưa công bố bộ phiếu nào" in said.out


def test_a_database_that_is_away_is_a_fault_and_no_traceback(
    healthy: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_DATABASE_URL", "postgresql+psycopg://u@127.0.0.1:1/d")
    said = healthy("doctor")

    assert said.code == 1
    assert finding(said.out, "cơ sở dữ liệu").startswith("[cần xử lý / fault]")


def test_a_database_without_migrations_is_a_fault(
    healthy: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SURVEY_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite'}")

    assert "survey db upgrade" in healthy("doctor").out


def test_an_installation_that_was_never_made_is_told_what_to_run(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SURVEY_INSTANCE", str(tmp_path / "none"))
    said = terminal("doctor")

    assert said.code == 1
    assert finding(said.out, "chưa có thư mục").endswith("survey init")
