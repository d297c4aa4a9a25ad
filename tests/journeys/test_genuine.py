"""A business that doubts a code asks before it answers, with and without scripts."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from survey import codes
from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Hall
from tests.journeys.test_pages import RULES

pytestmark = pytest.mark.browser
with_and_without_scripts = pytest.mark.parametrize(
    "scripts", [True, False], ids=["scripts", "no scripts"]
)


def ask(page: Page, typed: str) -> None:
    page.get_by_label("Mã hoặc địa chỉ cần kiểm tra").fill(typed)
    page.get_by_role("button", name="Kiểm tra").click()


@with_and_without_scripts
def test_a_genuine_code_leads_on_to_the_form(
    hall: Hall, open_page: OPEN_PAGE, scripts: bool
) -> None:
    address = hall.dossier()
    token = address.rpartition("/")[2]
    page = open_page(360, scripts=scripts)
    page.goto(hall.address)
    page.get_by_role("main").get_by_role("link", name="Mã này có thật không?").click()
    ask(page, codes.grouped(token).lower())

    expect(page.locator("#result")).to_have_text("Mã thật, đang nhận phiếu")
    expect(page.locator("main")).to_contain_text("Phòng Quản lý Thương mại")
    assert token not in page.url, "no code stays in the address"
    page.get_by_role("button", name="English").click()
    assert page.locator("#code").input_value() == codes.grouped(token).lower()
    expect(page.locator("#result")).to_be_visible()
    page.locator("main a.govuk-button").click()
    assert page.url == f"{address}"
    page.locator("#consent").check(force=True)
    people.press(page)
    assert people.page_name(page) == "thong-tin"


@with_and_without_scripts
def test_a_sticker_with_a_foreign_address_is_a_warning(
    hall: Hall, open_page: OPEN_PAGE, scripts: bool
) -> None:
    token = hall.dossier().rpartition("/")[2]
    page = open_page(360, scripts=scripts)
    page.goto(f"{hall.address}/p/{codes.new_token()}")
    page.get_by_role("main").get_by_role("link", name="Mã này có thật không?").click()
    ask(page, f"{hall.address}@khaosat-example.com/p/{token}")

    box = page.get_by_role("region", name="Cảnh báo: đây không phải địa chỉ")
    expect(box).to_contain_text("Xin không trả lời")
    rows = page.locator("main dl")
    expect(rows).to_contain_text("khaosat-example.com")
    expect(rows).to_contain_text(f"{hall.address}/p/")
    expect(page.locator("main a.govuk-button")).to_have_count(0)


def test_a_slip_is_shown_at_the_field_and_every_answer_is_clean(
    hall: Hall, open_page: OPEN_PAGE
) -> None:
    page = open_page(360)
    page.goto(f"{hall.address}/kiem-tra-ma")
    axe, faults = Axe().axe_script, []
    slip = "2222-2O22-2222-2222-2222"
    long_host = f"https://{'rat-dai-' * 12}example.com/p/{codes.new_token()}"
    for typed in ("", slip, codes.new_token(), long_host, hall.counter()):
        if typed:
            ask(page, typed)
        page.evaluate(axe)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            found = page.evaluate("options => axe.run(options)", RULES)["violations"]
            faults += [f"{typed} at {width}: {one['id']}" for one in found]
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{typed}: {wide} px at {width}"
        if typed == slip:
            link = page.locator("#error-summary a")
            expect(link).to_contain_text("nhóm thứ 2 (2O22) có O")
            link.click()
            expect(page.locator("#code")).to_be_focused()
    assert faults == []
