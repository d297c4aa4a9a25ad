"""The registry of codes at a desk: made, handed out, found, replaced, followed."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect

from survey import codes
from tests import cast
from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Office
from tests.journeys.test_pages import Inspector, inspector

__all__ = ["inspector"]
pytestmark = pytest.mark.browser


def make(page: Page, wave: str, count: int) -> str:
    """Make dossiers' codes at the desk; the address of their batch."""
    page.goto(f"{wave}/duong-dan")
    page.get_by_role("link", name="Tạo mã cho hồ sơ").click()
    page.get_by_label("Hồ sơ ngoài danh sách").check()
    page.get_by_label("Số mã").fill(str(count))
    page.get_by_label("Đơn vị hoặc thủ tục").select_option(
        label="Cấp GCN cửa hàng đủ điều kiện bán lẻ xăng dầu (2.000648)"
    )
    page.get_by_role("button", name="Tạo mã").click()
    expect(page.locator("h1")).to_have_text(re.compile(rf"Lô \d+: {count} mã"))
    return page.url


def handed_out(page: Page) -> list[str]:
    """The addresses in the list of the batch on the screen."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Tải danh sách (CSV)").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    return [row["url"] for row in csv.DictReader(io.StringIO(text))]


def give_reason(page: Page, reason: str, button: str) -> None:
    page.get_by_label("Lý do").fill(reason)
    page.get_by_role("button", name=button).click()


def figure(page: Page, name: str) -> str:
    return page.locator("dl.figures div", has_text=name).locator("b").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_codes_go_from_the_desk_to_a_business_and_back_into_the_figures(
    office: Office,
    open_page: OPEN_PAGE,
    world: cast.World,
    inspector: Inspector,
    scripts: bool,
) -> None:
    desk = open_page(1280, scripts=scripts)
    people.sign_in(desk, office)
    wave = f"{office.address}/dot-khao-sat/{world.wave}"
    batch = make(desk, wave, 6)
    first, lost, *_rest = handed_out(desk)

    # A business answers; another has lost its letter half way through the form.
    people.answer(open_page(360, scripts=scripts), first, ratings={"A1": "4"})
    half = open_page(360, scripts=scripts)
    people.begin(half, lost)
    people.tell(half, people.LATE)

    # At the desk its code is read out, in small letters and with blanks.
    desk.goto(f"{wave}/duong-dan")
    search = desk.get_by_label("Tìm theo mã trên thẻ hoặc mã hồ sơ")
    token = lost.rpartition("/")[2]
    search.fill("O" + token[1:])
    desk.get_by_role("button", name="Tìm mã").click()
    expect(desk.locator("#error-summary")).to_contain_text("không có chữ O, số 0")
    expect(search).to_have_value("O" + token[1:])
    search.fill(codes.grouped(token).lower().replace("-", " "))
    desk.get_by_role("button", name="Tìm mã").click()
    expect(desk.locator("h1")).to_have_text("Mã số 2")

    desk.get_by_role("link", name="Thay mã mới").click()
    desk.get_by_role("button", name="Thay mã mới").click()
    expect(desk.locator("#error-summary")).to_contain_text("Xin ghi lý do")
    give_reason(desk, "Doanh nghiệp làm mất thư", "Thay mã mới")
    expect(desk.locator("h1")).to_have_text(re.compile(r"Lô \d+: 1 mã"))
    (fresh,) = handed_out(desk)
    half.goto(lost)
    expect(half.locator("h1")).to_have_text("Mã này đã được thay bằng mã mới")
    half.goto(fresh)
    assert people.page_name(half) == "A", "what was told is still there"

    # The letters are out: nobody sees the codes again.
    desk.goto(batch)
    desk.get_by_role("link", name="Tôi đã in xong").click()
    desk.get_by_role("button", name="Khóa lô").click()
    expect(desk.locator("main")).to_contain_text("Lô đã khóa")
    assert (figure(desk, "Đã gửi"), figure(desk, "Còn hiệu lực")) == ("1", "5")
    expect(desk.locator("#log")).to_contain_text("Khóa lô")

    desk.goto(f"{wave}/theo-doi?theo=thu-tuc")
    expect(desk.locator("#funnel tbody")).to_contain_text("1 (16,7%)")
    # What became of the six: one sent a form with a single rating, which is too little
    # to count as an answer; of five nobody knows.
    desk.goto(f"{wave}/ty-le-tra-loi")
    became = desk.locator("#theo-don-vi tfoot tr > *").all_inner_texts()
    assert became[1:8] == ["6", "0", "0", "1", "0", "0", "5"]
    if not scripts:
        return
    for path in (
        *("", "/duong-dan", "/lo", "/lo/1", "/duong-dan/2", "/duong-dan/tao-ho-so"),
        *("/theo-doi", "/theo-doi?theo=lo", "/lo/1/thu-hoi", "/lo/1/han-dung"),
        "/duong-dan/tao",
    ):
        desk.goto(wave + path)
        inspector.look(desk, "registry" + re.sub(r"\W", "-", path))
    assert inspector.faults == []
    assert inspector.validate() == []
