"""Lists of an office in, as its programs save them, until who is invited is drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Office

pytestmark = pytest.mark.browser
DONE = ".govuk-notification-banner--success"
SAMPLES = Path(__file__).parents[1] / "fieldwork" / "samples"


def hand_in(page: Page, path: Path) -> None:
    page.get_by_label("Tệp CSV hoặc XLSX").set_input_files(path)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Xem trước: {path.name}")


def check(page: Page) -> None:
    page.get_by_role("button", name="Kiểm tra toàn bộ tệp").click()


def load(page: Page, words: str) -> None:
    page.get_by_role("button", name="Nạp danh sách").click()
    expect(page.locator(DONE)).to_contain_text(words)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_lists_are_taken_their_bad_rows_mended_and_a_sample_drawn(
    office: Office, open_page: OPEN_PAGE, tmp_path: Path, *, scripts: bool
) -> None:
    page = open_page(360 if scripts else 1280, scripts=scripts)
    people.sign_in(page, office)
    page.goto(f"{office.address}/dot-khao-sat/dn-quy-3/ho-so")

    # A workbook as LibreOffice saves it, with titles, merged heads and a sum.
    hand_in(page, SAMPLES / "libreoffice.xlsx")
    expect(page.locator("#shown")).to_contain_text("Bị từ chối giải quyết")
    expect(page.get_by_text("Không đọc các cột sau")).to_contain_text("Tên tổ chức")
    expect(page.locator("#place_F08")).to_have_value("10")
    check(page)
    load(page, "Hồ sơ mới: 10")

    # A CSV file as Excel in Vietnamese saves it, in which seven rows are wrong.
    hand_in(page, SAMPLES / "co-dong-sai.csv")
    check(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Có dòng sai, chưa nạp gì"
    )
    expect(page.locator("main")).to_contain_text("Dòng 5: cột “Ngày trả kết quả”")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải các dòng sai kèm lý do").click()
    told = Path(waiting.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(told) == 8

    # Mended: what was told to be wrong is put right, row by row.
    right = (SAMPLES / "excel-tieng-viet.csv").read_text("utf-8-sig").splitlines()
    lines = (SAMPLES / "co-dong-sai.csv").read_text("utf-8-sig").splitlines()
    for line in told[1:]:
        number = int(line.partition(";")[0])
        lines[number - 1] = right[number - 1]
    mended = tmp_path / "da-sua.csv"
    mended.write_text("\r\n".join(lines), "utf-8-sig", newline="")
    page.get_by_role("link", name="Chọn tệp đã sửa").click()
    hand_in(page, mended)
    check(page)
    load(page, "Hồ sơ mới: 10")

    # The draw: everyone is proposed, a sample chosen, and repeated.
    page.get_by_role("link", name="Chọn hồ sơ được mời, xem tiến độ").click()
    expect(page.locator("main")).to_contain_text("Danh sách có 20 hồ sơ, dưới 250")
    page.get_by_label("Chọn ngẫu nhiên một số hồ sơ").check(force=True)
    page.get_by_label("Số hồ sơ được chọn").fill("8")
    page.get_by_label("Chuỗi khởi tạo ngẫu nhiên").fill("xo-so-2026")
    page.get_by_role("button", name="Chọn hồ sơ").click()
    expect(page.locator(DONE)).to_contain_text("Đã chọn 8 hồ sơ trên 20 hồ sơ")
    page.get_by_role("link", name="Kiểm lại: chọn lần nữa và so sánh").click()
    expect(page.locator(f"{DONE}, main").first).to_contain_text(
        "ra đúng 8 hồ sơ như đã chọn"
    )
    page.goto(f"{office.address}/dot-khao-sat/dn-quy-3/duong-dan/tao-ho-so")
    expect(page.locator("main")).to_contain_text(re.compile(r"\b8\b"))
