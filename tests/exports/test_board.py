"""The working group's sheet: sixty divisions on one page, legible and escaped."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from survey.exports import pdf
from survey.exports.board import MOST_ON_A_PAGE, Board, DueLine, Line, board_html

LONG = "Trung tâm Khuyến công và Xúc tiến thương mại"


def board(divisions: int, language: str = "vi", **more: object) -> Board:
    lines = tuple(
        Line(
            code=f"P{n:02}",
            name=f"{LONG} {n}",
            index="100,00%",
            has_index=n % 3 > 0,
            interval="77,60% – 100,00%",
            n="12.345",
            shape="▼",
            change="chưa đủ dữ liệu",
            change_text="",
            verdict="lower",
            rate="100%",
            reached="1.234/1.234",
            is_behind=True,
            open=12,
            overdue=10,
        )
        for n in range(divisions)
    )
    due = DueLine(
        name="Báo cáo công tác kiểm soát thủ tục hành chính, cơ chế một cửa (tháng)",
        period="tháng 12/2026",
        due="21/12/2026",
        state="quá hạn chưa gửi",
    )
    given = {
        "title": "Tổ công tác: quý IV/2026",
        "agency": "Sở Công Thương tỉnh Khánh Hòa",
        "wave": "Khảo sát doanh nghiệp",
        "formula": "Tỷ lệ hài lòng",
        "made_on": "01/12/2026",
        "marks": ("DỮ LIỆU MẪU – không phải kết quả khảo sát thật",),
        "summary": ("60 phòng", "▼ giảm thật: 60"),
        "lines": lines,
        "dues": (due,) * 9,
        "notes": ("Ghi chú dài. " * 20, "Ghi chú dài. " * 20),
        "language": language,
    }
    return Board(**{**given, **more})  # type: ignore[arg-type]


def pages(made: Board, folder: Path) -> list[str]:
    path = folder / "board.pdf"
    path.write_bytes(pdf.pdf(board_html(made)))
    done = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\f")[:-1]


@pytest.mark.parametrize("divisions", [0, 1, 26, MOST_ON_A_PAGE])
def test_up_to_sixty_divisions_stand_on_one_page(tmp_path, divisions):
    found = pages(board(divisions), tmp_path)
    assert len(found) == 1
    for n in range(divisions):
        assert f"P{n:02} " in found[0]
    assert "và 4 báo cáo khác" in found[0]
    assert ("Chưa có phòng nào." in found[0]) == (divisions == 0)


def test_more_divisions_begin_another_page(tmp_path):
    found = pages(board(MOST_ON_A_PAGE + 1, "en"), tmp_path)
    assert len(found) == 2
    assert "P60 " in found[1]
    assert "Division" in found[1]


def test_what_a_person_typed_is_no_markup():
    made = board(1, title="<b>x</b>", wave="<script>")
    assert "<b>x</b>" not in board_html(made)
    assert "<script>" not in board_html(made)
