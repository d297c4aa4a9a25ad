"""The paper form is handed out: by the command, on the wave's page, or a reason why
not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import time_machine

from survey import printing
from survey.exports import pdf
from tests import cast
from tests.terminal import Terminal


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(cast.NOW):
        yield


@pytest.fixture
def lame(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without Pango."""
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    printing.paper_pdf.cache_clear()


def text_of(content: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"],
        input=content,
        capture_output=True,
        check=True,
    )
    return " ".join(done.stdout.decode().split())


def test_staff_download_the_form_of_a_wave(client, session, world):
    cast.sign_in(client, session, "fieldworker")
    page = client.get(f"/dot-khao-sat/{world.wave}").text
    assert f'href="/dot-khao-sat/{world.wave}/phieu-giay"' in page
    base = f"/dot-khao-sat/{world.wave}/phieu-giay"
    assert f'href="{base}.pdf"' in client.get(base).text

    answer = client.get(f"{base}.pdf")

    assert answer.mimetype == "application/pdf"
    assert "phieu-giay-vi.pdf" in answer.headers["Content-Disposition"]
    text = text_of(answer.data)
    assert "Khảo sát quý III năm 2026 (dn-2026-1)" in text
    assert "hạn trả lời 30/09/2026" in text
    assert "SỞ CÔNG THƯƠNG TỈNH KHÁNH HÒA" in text
    assert client.get(f"{base}.pdf?ngon-ngu=fr").status_code == 404


def test_where_no_pdf_can_be_made_staff_are_told_and_work_goes_on(
    client, session, world, lame
):
    cast.sign_in(client, session, "fieldworker")

    answer = client.get(f"/dot-khao-sat/{world.wave}/phieu-giay.pdf")
    page = client.get(answer.location).text

    assert answer.status_code == 303
    assert "chưa tạo được tệp PDF" in page
    assert "Nhập phiếu" in page


def test_the_command_writes_the_form_in_either_language(
    terminal: Terminal, world: cast.World, tmp_path: Path
) -> None:
    path = tmp_path / "form.pdf"
    said = terminal(
        "questionnaire", "paper", "loi-2026-1", "-o", path,
        "--language", "en", "--wave", world.short_wave, "--number", "0042",
    )  # fmt: skip

    assert said.code == 0, said.err
    text = text_of(path.read_bytes())
    assert "SOCIALIST REPUBLIC OF VIET NAM" in text
    assert "answer by 30 Sep 2026" in text
    assert "Form no.: 0042" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("không-có",), "không-có"),
        (("loi-2026-1", "--wave", "dn-quy-3"), "đợt dn-quy-3 dùng phiếu dn-2026-1"),
        (("loi-2026-1", "--wave", "gì"), "gì"),
        (("loi-2026-1", "--number", "x" * 21), "số phiếu tối đa 20 ký tự"),
    ],
)
def test_the_command_says_what_is_wrong_in_one_line(
    terminal: Terminal, world: cast.World, tmp_path: Path, words, told
) -> None:
    path = tmp_path / "form.pdf"

    said = terminal("questionnaire", "paper", *words, "-o", path)

    assert said.code == 2
    assert told in said.err
    assert said.err.count("\n") == 1
    assert not path.exists()


def test_a_machine_without_pango_says_what_to_install(
    terminal: Terminal, world: cast.World, tmp_path: Path, lame: None
) -> None:
    said = terminal("questionnaire", "paper", "loi-2026-1", "-o", tmp_path / "x.pdf")
    found = terminal("doctor")

    assert said.code == 2
    assert pdf.INSTALL in said.err
    line = next(one for one in found.lines if "phiếu giấy" in one)
    assert line.startswith("[lưu ý")
    assert pdf.INSTALL in line


def test_the_doctor_says_that_paper_forms_can_be_made(
    terminal: Terminal, world: cast.World
) -> None:
    line = next(one for one in terminal("doctor").lines if "phiếu giấy" in one)

    assert line.startswith("[OK]")
