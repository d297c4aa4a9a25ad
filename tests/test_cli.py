"""What the operator types: setting up, accounts, waves, links, results, tidying."""

from __future__ import annotations

import csv
import io
import json
import stat
import tomllib
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import accounts, codes, tallies
from survey.cli import survey as command
from survey.models import (
    Account,
    Link,
    Procedure,
    PublishedQuestionnaire,
    Response,
    Tally,
    Unit,
    Wave,
)
from survey.questionnaire import packaged
from tests import cast
from tests.terminal import Terminal

PASSWORD = "bốn con ngựa ô chạy trên cát"


def subcommands(
    group: click.Group, path: tuple[str, ...] = ()
) -> list[tuple[str, ...]]:
    found = [path]
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            found += subcommands(one, (*path, name))
        else:
            found.append((*path, name))
    return found


@pytest.mark.parametrize("path", subcommands(command), ids=" ".join)
def test_every_command_explains_itself_in_both_languages(
    terminal: Terminal, path: tuple[str, ...]
) -> None:
    said = terminal(*path, "--help")

    assert said.code == 0
    assert said.err == ""
    assert "Usage: survey" in said.out
    assert " / " in said.out


def test_the_fixed_interface_has_every_command() -> None:
    names = {" ".join(path) for path in subcommands(command)}

    assert names >= {
        "init", "serve", "demo", "doctor", "tidy",
        "db upgrade", "db check", "db backup", "db restore",
        "account add", "questionnaire check", "questionnaire publish",
        "questionnaire show", "units load", "procedures load", "dossiers load",
        "wave open", "wave close", "wave list", "links make",
        "tally check", "tally rebuild", "results export", "work",
    }  # fmt: skip


def test_init_publishes_the_packaged_questionnaires_and_can_be_repeated(
    terminal: Terminal, session: Session
) -> None:
    assert terminal("init").code == 0
    assert terminal("init").code == 0

    ids = set(session.scalars(sa.select(PublishedQuestionnaire.id)))
    assert ids == set(packaged())


def test_init_makes_a_private_folder_and_a_private_secret(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = tmp_path / "fresh"
    monkeypatch.setenv("SURVEY_INSTANCE", str(instance))
    monkeypatch.setenv("SURVEY_SECRET_KEY", "")

    assert terminal("init").code == 0
    first = (instance / "secret").read_text()
    assert terminal("init").code == 0

    assert stat.S_IMODE(instance.stat().st_mode) == 0o700
    assert stat.S_IMODE((instance / "secret").stat().st_mode) == 0o600
    assert (instance / "secret").read_text() == first
    assert len(first) >= 32


def test_init_closes_a_folder_that_came_open_with_the_source_tree(
    terminal: Terminal, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)

    assert terminal("init").code == 0
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


def test_the_first_start_loads_a_sample_and_says_what_to_open(
    terminal: Terminal, session: Session, tmp_path: Path
) -> None:
    said = terminal("init", "--sample")
    kept = (tmp_path / "tai-khoan-mau.txt").read_text().split("\n")

    assert said.code == 0
    token = said.out.partition("/p/")[2].split()[0]
    assert codes.explain(token) == "ok"
    assert "http://127.0.0.1:8000/dang-nhap" in said.out
    assert kept[0] in said.out
    assert kept[1] in said.out
    mode = stat.S_IMODE((tmp_path / "tai-khoan-mau.txt").stat().st_mode)
    assert mode == 0o600
    assert session.scalar(sa.select(sa.func.count()).select_from(Response)) == 600
    assert session.scalars(sa.select(Wave.state)).all() == ["open"]


def test_a_second_start_adds_nothing_and_shows_the_same_poster(
    terminal: Terminal, session: Session
) -> None:
    first = terminal("init", "--sample")
    second = terminal("init", "--sample")

    assert second.out.strip().splitlines()[0] in first.out
    assert session.scalar(sa.select(sa.func.count()).select_from(Response)) == 600
    assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1


def test_the_sample_never_mixes_with_a_wave_that_is_there(
    terminal: Terminal, session: Session, world: cast.World
) -> None:
    assert terminal("init", "--sample").code == 0

    assert session.scalar(sa.select(sa.func.count()).select_from(Response)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 0


def test_a_start_asks_for_an_account_only_while_there_is_none(
    terminal: Terminal, world: cast.World
) -> None:
    add = ("account", "add", "lan@khanhhoa.gov.vn", "--role", "admin")
    asked = "make an account: .venv/bin/survey account add"
    assert asked in terminal("init", "--sample").out

    terminal(*add, "--password-stdin", stdin=f"{PASSWORD}\n")

    assert "make an account" not in terminal("init", "--sample").out


def test_demo_adds_as_many_responses_as_asked_and_none_when_none(
    terminal: Terminal, session: Session
) -> None:
    assert terminal("demo", "--responses", 0, "--seed", 3).code == 0
    assert terminal("demo", "--responses", 12, "--seed", 3).code == 0

    assert session.scalar(sa.select(sa.func.count()).select_from(Response)) == 12
    assert terminal("tally", "check").code == 0


def test_demo_is_taken_away_in_one_command(
    terminal: Terminal, session: Session, tmp_path: Path
) -> None:
    terminal("init", "--sample")
    said = terminal("demo", "--remove")

    assert said.code == 0
    for words in (
        "600 phiếu trả lời", "1 đợt khảo sát", "10 đơn vị", "1 tài khoản", "hồ sơ",
        "mã QR", "thủ tục",
    ):  # fmt: skip
        assert words in said.out
    for noun in (Response, Tally, Link, Wave, Procedure, Unit, Account):
        assert session.scalar(sa.select(sa.func.count()).select_from(noun)) == 0
    assert not (tmp_path / "tai-khoan-mau.txt").exists()


def test_an_account_is_made_with_the_password_from_standard_input(
    terminal: Terminal, session: Session, world: cast.World
) -> None:
    said = terminal(
        "account", "add", "lan@khanhhoa.gov.vn", "--role", "analyst",
        "--unit", "TM", "--password-stdin", stdin=f"{PASSWORD}\n",
    )  # fmt: skip

    session.rollback()
    made = accounts.find_account(session, "lan@khanhhoa.gov.vn")
    assert said.code == 0
    assert made is not None
    assert (made.role, made.unit_id, made.is_active) == ("analyst", world.trade, True)
    assert PASSWORD not in made.password_hash


def test_an_account_is_listed_disabled_and_let_in_again(terminal: Terminal) -> None:
    for name in ("mot", "hai"):
        terminal(
            "account", "add", f"{name}@khanhhoa.gov.vn", "--role", "admin",
            "--password-stdin", stdin=f"{PASSWORD}\n",
        )  # fmt: skip
    terminal("account", "disable", "hai@khanhhoa.gov.vn")

    assert terminal("account", "list").lines == [
        "hai@khanhhoa.gov.vn\tadmin\t-\tdisabled",
        "mot@khanhhoa.gov.vn\tadmin\t-\tactive",
    ]
    assert terminal("account", "disable", "mot@khanhhoa.gov.vn").code == 2
    terminal("account", "enable", "hai@khanhhoa.gov.vn")
    assert "disabled" not in terminal("account", "list").out


def test_a_forgotten_password_is_replaced_from_the_machine(
    terminal: Terminal, session: Session
) -> None:
    made = cast.account(session, "admin")
    said = terminal(
        "account", "password", made.email, "--password-stdin", stdin=f"{PASSWORD}\n"
    )

    now = accounts.find_account(session, made.email)
    assert said.code == 0
    assert now is not None
    assert now.password_hash != made.password_hash


def test_a_wave_is_opened_listed_first_by_its_id_and_closed(
    terminal: Terminal, world: cast.World
) -> None:
    opened = terminal(
        "wave", "open", "quy-4", "--title", "Quý IV", "--questionnaire", "loi-2026-1",
        "--unit", "TM", "--opens", "2026-10-01", "--closes", "31/12/2099",
    )  # fmt: skip
    listed = [line.split("\t") for line in terminal("wave", "list").lines]

    assert opened.lines[-1] == "quy-4"
    assert ["quy-4", "open", "2026-10-01", "2099-12-31"] in [one[:4] for one in listed]
    assert terminal("wave", "close", "quy-4").code == 0
    assert terminal("wave", "open", "quy-4").code == 2


def test_a_wave_needs_nothing_said_but_can_be_opened_for_the_whole_office(
    terminal: Terminal, session: Session, world: cast.World
) -> None:
    wave_id = terminal("wave", "open").lines[-1]
    session.rollback()
    wave = session.get(Wave, wave_id)

    assert wave is not None
    assert (wave.unit_id, wave.state) == (world.department, "open")


def test_links_are_made_with_the_public_address_and_written_as_csv(
    terminal: Terminal,
    session: Session,
    world: cast.World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SURVEY_PUBLIC_URL", "https://khaosat.example.gov.vn")
    target = tmp_path / "links.csv"
    said = terminal(
        "links", "make", "--wave", world.wave, "--kind", "counter", "--unit", "TM",
        "--procedure", "2.000648", "--count", 2, "--csv", target,
    )  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(target.read_text("utf-8"), newline="")))
    session.rollback()

    assert said.code == 0
    assert list(rows[0]) == ["link", "url", "kind", "unit", "procedure", "dossier"]
    assert [row["unit"] for row in rows] == ["TM", "TM"]
    for row in rows:
        head, _, token = row["url"].rpartition("/")
        link = session.get(Link, int(row["link"]))
        assert head == "https://khaosat.example.gov.vn/p"
        assert link is not None
        assert link.token_hash == codes.hashed(token)


def test_codes_that_are_shown_once_are_never_written_over(
    terminal: Terminal, session: Session, world: cast.World, tmp_path: Path
) -> None:
    target = tmp_path / "links.csv"
    make = ("links", "make", "--wave", world.wave, "--kind", "dossier", "--count", 1)
    first = terminal(*make, "--csv", target)
    kept = target.read_bytes()
    second = terminal(*make, "--csv", target)
    session.rollback()

    assert first.code == 0
    assert second.code == 2
    assert target.read_bytes() == kept
    assert len(session.scalars(sa.select(Link)).all()) == 1


def test_an_office_with_its_own_account_is_given_no_sample(
    terminal: Terminal, session: Session
) -> None:
    terminal("init")
    terminal(
        "account", "add", "lan@khanhhoa.gov.vn", "--role", "admin", "--password-stdin",
        stdin="một mật khẩu dài của riêng mình\n",
    )  # fmt: skip
    said = terminal("init", "--sample")
    session.rollback()

    assert said.code == 0
    assert session.scalars(sa.select(Wave)).all() == []


def test_the_token_of_a_dossier_is_in_the_csv_and_nowhere_else(
    terminal: Terminal, session: Session, world: cast.World
) -> None:
    said = terminal(
        "links", "make", "--wave", world.wave, "--kind", "dossier", "--count", 3
    )
    rows = list(csv.DictReader(io.StringIO(said.out, newline="")))
    session.rollback()
    links = session.scalars(sa.select(Link)).all()

    assert len(rows) == len(links) == 3
    assert [link.token for link in links] == [None] * 3
    assert len({row["url"] for row in rows}) == 3


def test_imported_dossiers_get_their_links_first(
    terminal: Terminal, world: cast.World, tmp_path: Path
) -> None:
    table = tmp_path / "ho-so.csv"
    table.write_text(
        "Mã hồ sơ;Mã thủ tục;Tình trạng\nH1;2.000648;granted\nH2;2.000648;refused\n",
        encoding="utf-8-sig",
    )
    loaded = terminal("dossiers", "load", table, "--wave", world.wave)
    said = terminal("links", "make", "--wave", world.wave, "--kind", "dossier")
    rows = list(csv.DictReader(io.StringIO(said.out, newline="")))

    assert loaded.code == 0, loaded.err
    assert [row["dossier"] for row in rows] == ["H1", "H2"]
    # Nothing is left to make a link for, and blank ones are made when asked for only.
    make = ("links", "make", "--wave", world.wave, "--kind", "dossier")
    refused, blank = terminal(*make), terminal(*make, "--count", 2)
    assert (refused.code, refused.out) == (2, "")
    assert "--count" in refused.err
    assert blank.out.count("\r\n") == 3


def test_units_and_procedures_are_loaded_from_tables(
    terminal: Terminal, session: Session, tmp_path: Path
) -> None:
    units, procedures = tmp_path / "u.csv", tmp_path / "p.csv"
    units.write_text("Mã,Tên,Cấp\nSCT,Sở Công Thương,Sở\n", encoding="utf-8")
    procedures.write_text("Mã,Tên,Mã đơn vị\n2.000004,Khuyến mại,SCT\n", "utf-8")

    assert terminal("units", "load", units).code == 0
    assert terminal("procedures", "load", procedures).code == 0
    assert session.scalars(sa.select(Procedure.code)).all() == ["2.000004"]


@pytest.mark.parametrize("bad", ["A9,Phòng,Phòng,XX", ",Phòng,Phòng,", "A9,,Phòng,"])
def test_a_table_with_one_bad_row_is_refused_whole_and_the_row_named(
    terminal: Terminal, session: Session, tmp_path: Path, bad: str
) -> None:
    table = tmp_path / "u.csv"
    table.write_text(f"Mã,Tên,Cấp,Mã cấp trên\nA1,Sở,Sở,\n{bad}\n", "utf-8")
    said = terminal("units", "load", table)

    assert said.code == 2
    assert "3" in said.err
    assert session.scalar(sa.select(sa.func.count()).select_from(Unit)) == 0


def test_a_wrong_tally_is_found_and_mended(
    terminal: Terminal, session: Session
) -> None:
    terminal("demo", "--responses", 30)
    session.execute(sa.delete(Tally).where(Tally.channel == "online"))
    session.commit()

    found = terminal("tally", "check")
    mended = terminal("tally", "rebuild")

    assert found.code == 1
    assert "mau-dn" in found.out
    assert mended.code == 0
    assert terminal("tally", "check").code == 0
    wave = session.get(Wave, "mau-dn")
    assert wave is not None
    assert tallies.differences(session, wave) == []


@pytest.mark.parametrize(
    ("file_format", "kind"),
    [("csv", "report"), ("xlsx", "report"), ("csv", "raw"), ("xlsx", "raw")],
)
def test_results_are_written_into_a_file_of_their_owner_alone(
    terminal: Terminal, tmp_path: Path, file_format: str, kind: str
) -> None:
    terminal("demo", "--responses", 15)
    target = tmp_path / f"ket-qua.{file_format}"
    said = terminal(
        "results", "export", "--wave", "mau-dn", "--format", file_format,
        "--kind", kind, "-o", target,
    )  # fmt: skip

    assert said.code == 0, said.err
    begin = b"PK" if file_format == "xlsx" else b"\xef\xbb\xbf"
    assert target.read_bytes().startswith(begin)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [one for one in tmp_path.iterdir() if one.name.startswith(".ket")] == []


def test_the_json_report_names_wave_and_formula(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal("demo", "--responses", 40)
    target = tmp_path / "r.json"
    terminal("results", "export", "--wave", "mau-dn", "--format", "json", "-o", target)
    report = json.loads(target.read_text(encoding="utf-8"))

    assert report["wave"] == "mau-dn"
    assert report["formula"] == "satisfied_share"
    assert {row["level"] for row in report["rows"]} >= {"criterion", "element"}


def test_a_questionnaire_is_checked_published_and_shown_unchanged(
    terminal: Terminal, tmp_path: Path
) -> None:
    text = packaged()["loi-2026-1"]
    file = tmp_path / "loi.toml"
    file.write_text(text, encoding="utf-8")

    assert terminal("questionnaire", "check", file).code == 0
    assert terminal("questionnaire", "publish", file).code == 0
    assert tomllib.loads(terminal("questionnaire", "show", "loi-2026-1").out)
    assert "loi-2026-1" in terminal("questionnaire", "show").out


def test_a_published_questionnaire_cannot_be_published_otherwise(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal("init")
    file = tmp_path / "loi.toml"
    file.write_text(packaged()["loi-2026-1"] + "\n# khác\n", encoding="utf-8")
    said = terminal("questionnaire", "publish", file)

    assert said.code == 2
    assert "loi-2026-1" in said.err
