"""Bad input on the command line: one line on stderr, exit code 2, nothing changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey.models import Account, Link
from tests import cast
from tests.terminal import Said, Terminal

VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.I)


def is_one_line(said: Said) -> bool:
    return (
        said.code == 2
        and said.err.startswith("survey: ")
        and said.err.count("\n") == 1
        and "Traceback" not in said.err
        and in_both_languages(said.err)
    )


def in_both_languages(line: str) -> bool:
    """Vietnamese before a slash, and after it words without its letters."""
    vietnamese, slash, english = line.rpartition(" / ")
    return bool(
        slash and VIETNAMESE.search(vietnamese) and not VIETNAMESE.search(english)
    )


@pytest.mark.parametrize(
    "typed",
    [
        "nonsense",
        "wave",
        "wave close no-such",
        "wave close",
        "wave open x --opens yesterday",
        "wave open BAD_ID",
        "wave open x --unit XX",
        "wave open x --questionnaire none",
        "wave open x --opens 2026-09-01 --closes 2026-08-01",
        "wave open x --opens 2020-01-01 --closes 2020-02-01",
        "links make --wave no-such --kind counter",
        "links make --wave dn-quy-3 --kind poster",
        "links make --wave dn-quy-3 --kind counter --unit XX",
        "links make --wave dn-quy-3 --kind counter --procedure 9.999999",
        "links make --wave dn-quy-3 --kind counter --count 0",
        "links make --wave dn-quy-3 --kind dossier",
        "links make --wave dn-quy-3 --kind dossier --procedure 2.000648",
        "results export --wave dn-quy-3 --format xlsx --kind codes -o x.xlsx",
        "links make --wave dn-quy-3 --kind counter --csv no/such/folder/x.csv",
        "results export --wave no-such --format csv -o x.csv",
        "results export --wave dn-quy-3 --format odt -o x.odt",
        "results export --wave dn-quy-3 --format json --kind raw -o x.json",
        "results export --wave dn-quy-3 --format csv -o no/such/folder/x.csv",
        "tally check --wave no-such",
        "questionnaire show no-such",
        "questionnaire check no-such.toml",
        "units load no-such.csv",
        "dossiers load no-such.csv --wave dn-quy-3",
        "account add not-an-address --role admin",
        "account add a@khanhhoa.gov.vn --role boss",
        "account disable nobody@khanhhoa.gov.vn",
        "db restore no-such.sqlite",
        "demo --responses -1",
        "demo --seed x",
        "serve --port 99999",
    ],
)
def test_a_wrong_command_is_told_in_one_line(
    terminal: Terminal,
    world: cast.World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    typed: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    said = terminal(*typed.split())

    if typed == "wave":  # a group alone shows its help
        assert said.code == 2 or said.out
        return
    assert is_one_line(said), said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SURVEY_DATABASE_URL", "mysql://u@h/d"),
        ("SURVEY_DATABASE_URL", "not an address"),
        ("SURVEY_DATABASE_URL", "postgresql+psycopg://u@127.0.0.1:1/d"),
        ("SURVEY_PUBLIC_URL", "khaosat"),
        ("SURVEY_SECRET_KEY", "short"),
        ("SURVEY_TRUSTED_PROXIES", "one"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    assert is_one_line(terminal("wave", "list"))


def test_a_database_without_migrations_is_named_with_the_remedy(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SURVEY_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite'}")
    for typed in ("wave list", "tally check", "serve", "demo", "db backup x.sqlite"):
        said = terminal(*typed.split())

        assert is_one_line(said), said
        assert "survey init" in said.err


def test_an_installation_that_was_never_made_is_named_with_the_remedy(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SURVEY_DATABASE_URL", "")
    monkeypatch.setenv("SURVEY_INSTANCE", str(tmp_path / "none"))
    said = terminal("wave", "list")

    assert is_one_line(said)
    assert "survey init" in said.err


@pytest.mark.parametrize("kind", ["units", "procedures"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        "Mã;Tên\nA;Phòng Thương mại\n".encode("cp1258", errors="replace"),
        b"PK\x03\x04 not a workbook",
    ],
    ids=["empty", "binary", "windows-1258", "half a workbook"],
)
def test_a_file_that_is_no_table_is_refused(
    terminal: Terminal, tmp_path: Path, kind: str, content: bytes
) -> None:
    file = tmp_path / "table.csv"
    file.write_bytes(content)
    said = terminal(kind, "load", file)

    assert is_one_line(said), said


def test_every_fault_of_a_list_stands_on_its_own_line_in_both_languages(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "don-vi.csv"
    file.write_text(
        "Mã;Tên;Cấp;Mã cấp trên\nA1;Sở A;Tổng cục;\n;Sở B;Sở;KHONG-CO\n", "utf-8"
    )
    said = terminal("units", "load", file)
    lines = said.err.splitlines()

    assert said.code == 2
    assert lines[0] == (
        "survey: Dòng 2: cột “Cấp” phải là Tỉnh, Sở hoặc Phòng. / "
        "Row 2: the column “Level” must be Province, Department or Division."
    )
    assert len(lines) == 3
    assert all(line.count(" / Row ") == 1 for line in lines)


def test_every_fault_of_a_questionnaire_stands_on_its_own_line(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "phieu.toml"
    file.write_text('id = "x-1"\nminutes = "many"\n', encoding="utf-8")
    said = terminal("questionnaire", "check", file)
    lines = said.err.splitlines()

    assert said.code == 2
    assert len(lines) > 3
    assert all(line.startswith("survey: phieu.toml: ") for line in lines)
    assert all(in_both_languages(line) for line in lines), lines


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[[[", b"id = 1"])
def test_a_questionnaire_that_cannot_be_read_is_told_without_a_traceback(
    terminal: Terminal, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "phieu.toml"
    file.write_bytes(content)
    said = terminal("questionnaire", "publish", file)

    assert said.code == 2
    assert "Traceback" not in said.err
    assert all(" / " in line for line in said.err.splitlines()), said.err


@pytest.mark.parametrize(
    "password", ["", "ngắn", "aaaaaaaaaaaaaaaaaa", "password123456"]
)
def test_a_weak_password_makes_no_account(
    terminal: Terminal, session: Session, password: str
) -> None:
    said = terminal(
        "account", "add", "a@khanhhoa.gov.vn", "--role", "admin", "--password-stdin",
        stdin=f"{password}\n",
    )  # fmt: skip

    assert is_one_line(said)
    assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 0


def test_no_password_given_is_not_waited_for(terminal: Terminal) -> None:
    said = terminal("account", "add", "a@khanhhoa.gov.vn", "--role", "admin")

    assert is_one_line(said)
    assert "--password-stdin" in said.err


def test_links_whose_file_cannot_be_written_are_not_made(
    terminal: Terminal, session: Session, world: cast.World, tmp_path: Path
) -> None:
    said = terminal(
        "links", "make", "--wave", world.wave, "--kind", "dossier", "--count", 2,
        "--csv", tmp_path,
    )  # fmt: skip

    assert is_one_line(said)
    assert session.scalar(sa.select(sa.func.count()).select_from(Link)) == 0


def test_a_fault_of_ours_is_not_dressed_up_as_one_of_the_operator(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("survey.cli.collecting.reading", break_down)

    with pytest.raises(ZeroDivisionError):
        terminal("wave", "list")


@pytest.mark.parametrize(
    "arguments",
    [("questionnaire", "show"), ("wave", "list"), ("db", "check"), ("tidy",)],
    ids=" ".join,
)
def test_a_command_in_the_wrong_folder_names_it_and_leaves_nothing_there(
    terminal: Terminal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    folder = tmp_path / "somewhere"
    folder.mkdir()
    monkeypatch.setenv("SURVEY_INSTANCE", str(folder))
    monkeypatch.delenv("SURVEY_DATABASE_URL")
    monkeypatch.delenv("SURVEY_SECRET_KEY")

    said = terminal(*arguments)

    assert said.code == 2
    assert str(folder) in said.err
    assert "survey init" in said.err
    assert list(folder.iterdir()) == []
    assert "chưa có cơ sở dữ liệu" in terminal("doctor").out
