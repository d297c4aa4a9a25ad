"""What the operator types about questionnaires: check, translated, show."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from survey.cli import reading_times
from survey.questionnaire import digest, load, packaged, places
from tests.terminal import Terminal

LOI = packaged()["loi-2026-1"]
TWO_THINGS = LOI.replace(
    "số tiền phí, lệ phí đã thu so với", "số tiền và chứng từ so với"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "phieu.toml"


def test_a_questionnaire_without_warnings_is_said_to_have_none(
    terminal: Terminal, file: Path
) -> None:
    file.write_text(LOI, encoding="utf-8")
    said = terminal("questionnaire", "check", file, "--strict")

    assert (said.code, said.err) == (0, "")
    assert said.lines[0].startswith("loi-2026-1: 16 tiêu chí / criteria")
    accepted = len(load(LOI, "x").accepted)
    assert said.lines[-1].startswith("0 cảnh báo / warnings, ")
    assert int(said.lines[-1].split(", ")[1].split()[0]) >= accepted


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", "hỏi hai điều trong một câu"), ("en", "asks two things at once")],
)
def test_a_warning_names_file_place_and_rule_and_stops_nothing(
    terminal: Terminal, file: Path, language: str, words: str
) -> None:
    file.write_text(TWO_THINGS, encoding="utf-8")
    said = terminal("questionnaire", "check", file, "--language", language)

    assert said.code == 0
    [line] = [one for one in said.lines if ": double: " in one]
    assert line.startswith("phieu.toml: B4.text.vi: double: ")
    assert words in line
    assert said.lines[-1].startswith("2 cảnh báo / warnings")  # and its English


def test_a_warning_is_told_in_both_languages_unless_one_is_asked_for(
    terminal: Terminal, file: Path
) -> None:
    file.write_text(TWO_THINGS, encoding="utf-8")
    [line] = [
        one
        for one in terminal("questionnaire", "check", file).lines
        if ": double: " in one
    ]
    assert "hỏi hai điều" in line
    assert line.endswith(
        " / asks two things at once; make two questions of it or drop one"
    )


def test_a_strict_check_refuses_a_warning(terminal: Terminal, file: Path) -> None:
    file.write_text(TWO_THINGS, encoding="utf-8")
    assert terminal("questionnaire", "check", file, "--strict").code == 2


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "còn thiếu"), ("en", "is missing")]
)
def test_a_fault_is_an_error_in_the_language_asked_for(
    terminal: Terminal, file: Path, language: str, words: str
) -> None:
    file.write_text(LOI.replace("minutes = 12\n", ""), encoding="utf-8")
    said = terminal("questionnaire", "check", file, "--language", language)

    assert (said.code, said.out) == (2, "")
    assert said.err == f"survey: phieu.toml: minutes: {words}\n"


def test_translations_are_renewed_where_they_were_named(
    terminal: Terminal, file: Path
) -> None:
    text = TWO_THINGS.replace("Đã tìm mà không thấy", "Đã tìm nhưng không thấy")
    file.write_text(text, encoding="utf-8")
    said = terminal("questionnaire", "translated", file, "B4.text")
    assert said.lines == ["Đã ghi nhận / renewed: 1", "B4.text"]
    written = file.read_text(encoding="utf-8")
    assert places.stale(load(written, "x")) == ("E1.anchor.1",)

    said = terminal("questionnaire", "translated", file)
    assert said.lines == ["Đã ghi nhận / renewed: 1", "E1.anchor.1"]
    written = file.read_text(encoding="utf-8")
    assert places.stale(load(written, "x")) == ()
    # Nothing else was touched.
    head, section, _ = text.partition("[translated]\n")
    assert written.startswith(head + section)


def test_a_place_that_is_not_there_is_refused(terminal: Terminal, file: Path) -> None:
    file.write_text(LOI, encoding="utf-8")
    said = terminal("questionnaire", "translated", file, "B4.txt")

    assert said.code == 2
    assert "B4.txt" in said.err
    assert file.read_text(encoding="utf-8") == LOI


def test_a_questionnaire_is_shown_below_its_reading_times_which_are_comments(
    terminal: Terminal,
) -> None:
    assert terminal("init").code == 0
    said = terminal("questionnaire", "show", "dn-2026-1")

    text = packaged()["dn-2026-1"]
    assert tomllib.loads(said.out) == tomllib.loads(text)
    assert said.out.endswith(f"\n\n{text}")
    times = said.out.removesuffix(f"\n\n{text}").splitlines()
    assert len(times) <= 20
    assert all(line.startswith("#") for line in times)
    assert "promised: 15 phút" in times[0]
    assert "limit: 10" in times[1]
    rows = {line[2:20].strip(): line[20:].split() for line in times}
    pages = ["gioi-thieu", "thong-tin", "A", "B", "C", "D", "E", "chung"]
    columns = zip(*(map(int, rows[page]) for page in pages), strict=True)
    assert [sum(column) for column in columns] == [*map(int, rows["từ / words"])]
    assert rows["phút / minutes"] == [
        f"{int(words) / 200:.1f}".replace(".", ",") for words in rows["từ / words"]
    ]


@pytest.mark.parametrize("name", sorted(packaged()))
def test_a_form_promises_the_minutes_that_an_ordinary_dossier_takes(name: str) -> None:
    """With the guidance in sight, in Vietnamese, each text read once; to a minute."""
    found = load(packaged()[name], name)
    assert abs(found.minutes - reading_times.ordinary_minutes(found)) < 1


def test_an_installation_keeps_the_text_under_which_an_id_was_published(
    terminal: Terminal,
) -> None:
    """The program may come with another text since: the old one goes on in use."""
    assert terminal("db", "upgrade").code == 0
    file_text = LOI.replace("minutes = 12\n", "minutes = 4\n")
    path = Path(os.environ["SURVEY_INSTANCE"]) / "loi.toml"
    path.write_text(file_text, encoding="utf-8")
    assert terminal("questionnaire", "publish", path).code == 0

    said = terminal("init")

    assert (said.code, said.err) == (0, "")
    assert "  loi-2026-1: giữ nguyên văn đã công bố" in said.out
    assert "  dn-2026-1:" not in said.out
    kept = terminal("questionnaire", "show", "loi-2026-1", "--only-text").out
    assert kept == file_text
    assert terminal("demo", "--responses", 0).code == 0


def test_only_the_text_is_shown_on_request_and_is_what_was_published(
    terminal: Terminal,
) -> None:
    assert terminal("init").code == 0
    said = terminal("questionnaire", "show", "loi-2026-1", "--only-text")
    assert digest(said.out) == digest(LOI)
