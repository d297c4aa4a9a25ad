"""The whole way on real input: QR code, answers, indices, downloads that agree."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from fractions import Fraction

import openpyxl
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Page

from survey import clock
from tests import opened
from tests.journeys import people, recount
from tests.journeys.conftest import OPEN_PAGE, Office
from tests.respond.respondent import ON_PAPER, Respondent

RATINGS = [
    {"A1": "5", "B2": "4", "D1": "2"},
    {"A1": "3", "B2": "cannot_judge", "D1": "1"},
    {"A1": "not_applicable", "B2": "5", "D1": "3"},
]
ROUNDS = 5  # enough answers for an index of each criterion


def _open_wave(page: Page, office: Office) -> str:
    page.goto(f"{office.address}/dot-khao-sat/moi")
    page.get_by_label("Tên đợt khảo sát").fill("Khảo sát thử tháng này")
    page.get_by_label("Mã đợt").fill("thu-thang-nay")
    page.locator("input[name=questionnaire][value='dn-2026-1']").check(force=True)
    page.get_by_label("Cơ quan, đơn vị được khảo sát").select_option(
        _value(page, "unit", "Sở Công Thương")
    )
    today = clock.today()
    page.get_by_label("Ngày bắt đầu nhận phiếu").fill(today.isoformat())
    page.get_by_label("Ngày cuối cùng nhận phiếu").fill(
        (today + timedelta(days=30)).isoformat()
    )
    page.locator("input[name=formula][value=satisfied_share]").check(force=True)
    page.locator("main button.govuk-button").click()
    page.goto(f"{office.address}/dot-khao-sat/thu-thang-nay/mo")
    page.locator("main form button.govuk-button").first.click()
    return "thu-thang-nay"


def _value(page: Page, name: str, words: str) -> str:
    """The value of the option with these words, however deep it stands in the tree."""
    for option in page.locator(f"select[name={name}] option").all():
        if option.inner_text().strip() == words:
            return option.get_attribute("value") or ""
    raise AssertionError(f"{words} is not offered")


def _make_link(page: Page, office: Office, wave: str) -> bytes:
    """Make a counter link of the department; the PNG of its QR code."""
    page.goto(f"{office.address}/dot-khao-sat/{wave}/duong-dan/tao")
    page.get_by_label(re.compile(r"^\s*Sở Công Thương\s*$")).check(force=True)
    page.locator("main button.govuk-button").first.click()
    page.goto(f"{office.address}/dot-khao-sat/{wave}/duong-dan")
    href = page.locator("main a[href*='/duong-dan/']").evaluate_all(
        "links => links.map(a => a.getAttribute('href'))"
        ".find(h => /\\/duong-dan\\/\\d+$/.test(h))"
    )
    answer = page.request.get(f"{office.address}{href}/ma.png")
    assert answer.ok
    return answer.body()


def _decoded(png: bytes) -> str:
    found = zxingcpp.read_barcode(Image.open(io.BytesIO(png)).convert("L"))
    assert found is not None
    return found.text


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [False, True], ids=["no scripts", "scripts"])
def test_a_business_answers_by_qr_code_and_the_office_downloads_the_same_figures(
    office: Office, open_page: OPEN_PAGE, app: Flask, scripts: bool
) -> None:
    desk = open_page(1280, scripts=scripts)
    people.sign_in(desk, office)
    wave = _open_wave(desk, office)
    address = _decoded(_make_link(desk, office, wave))
    assert address.startswith(f"{office.address}/p/")

    results = f"{office.address}/ket-qua/{wave}"
    desk.goto(results)
    assert "Chưa có phiếu nào" in desk.content()

    receipt = people.answer(
        open_page(360, scripts=scripts),
        address,
        facts=ON_PAPER,
        ratings=RATINGS[0],
        rating="4",
    )
    assert re.fullmatch(r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}", receipt)
    token = address.rpartition("/")[2]
    for ratings in (RATINGS * ROUNDS)[1:]:
        business = Respondent(app.test_client())
        business.answer(token, ON_PAPER, lambda code, r=ratings: r.get(code, "4"))
        assert business.press(send="yes").receipt

    desk.reload()
    assert "Chưa có phiếu nào" not in desk.content()
    raw = desk.request.get(f"{results}/tai-ve.csv?kind=raw").body()
    report = desk.request.get(f"{results}/tai-ve.json").json()
    sheet = desk.request.get(f"{results}/tai-ve.xlsx").body()
    text = repr(opened.rows(desk.request.get(f"{results}/tai-ve.csv").body()))
    _agree(desk.locator("main").inner_text(), raw, report, sheet, text)


def _agree(screen: str, raw: bytes, report: dict, sheet: bytes, text: str) -> None:
    rows = recount.rows_of(raw)
    assert len(rows) == len(RATINGS) * ROUNDS
    cells = {
        str(cell.value)
        for page in openpyxl.load_workbook(io.BytesIO(sheet)).worksheets
        for line in page.iter_rows()
        for cell in line
        if cell.value is not None
    }
    figures = {(row["level"], row["code"]): row for row in report["rows"]}
    for code in ("A1", "B2", "D1"):
        base, share = recount.index_of(rows, [code])
        low, high = recount.wilson_of(rows, code)
        figure = figures["criterion", code]
        assert figure["n"] == base
        assert share is not None
        assert Fraction(figure["value"]) == pytest.approx(float(share), abs=0.005)
        assert float(figure["low"]) == pytest.approx(low, abs=0.006)
        assert float(figure["high"]) == pytest.approx(high, abs=0.006)
        shown = figure["value"].replace(".", ",")
        assert shown in screen
        assert figure["value"] in text
        assert any(_same(cell, figure["value"]) for cell in cells)
    codes = [code for (level, code) in figures if level == "criterion"]
    base, share = recount.index_of(rows, codes)
    assert share is not None
    overall = next(row for row in report["rows"] if row["level"] == "overall")
    assert float(overall["value"]) == pytest.approx(float(share), abs=0.005)
    assert overall["value"].replace(".", ",") in screen


def _same(cell: str, value: str) -> bool:
    try:
        return abs(float(cell.replace(",", ".")) - float(value)) < 0.005
    except ValueError:
        return False
