"""Prints: made in a browser, read by a decoder, opened by a telephone."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser, Page, expect

from survey.exports import prints
from tests.exports import said
from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Office

pytestmark = pytest.mark.browser
DPI = 150


def decoded(path: Path) -> list[str]:
    """The texts of the codes on the first page of a file."""
    command = ["pdftoppm", "-r", str(DPI), "-gray", "-singlefile", "-png", str(path)]
    done = subprocess.run(command, capture_output=True, check=True)
    with Image.open(io.BytesIO(done.stdout)) as picture:
        return [one.text for one in zxingcpp.read_barcodes(picture)]


def taken(page: Page, button: str, folder: Path) -> Path:
    """The file that a press of a button hands out."""
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile(button)).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def open_by_telephone(telephone: Page, address: str) -> None:
    """From the scanned address to the first question in two taps."""
    telephone.goto(address)
    telephone.locator("#consent").check(force=True)
    people.press(telephone)
    expect(telephone.locator("fieldset, .govuk-form-group").first).to_be_visible()
    assert people.page_name(telephone) == "thong-tin"
    assert people.asked(telephone)


def test_a_poster_and_a_sheet_of_cards_lead_to_the_first_question_in_two_taps(
    office: Office, open_page: OPEN_PAGE, tmp_path: Path
) -> None:
    page = open_page(1280, scripts=False)
    wave = f"{office.address}/dot-khao-sat/dn-quy-3"
    people.sign_in(page, office)
    page.goto(f"{wave}/duong-dan/tao")
    for unit in ("Phòng Quản lý Thương mại", "Phòng Quản lý Năng lượng"):
        page.get_by_label(unit, exact=True).check(force=True)
    page.locator("main form button.govuk-button").last.click()
    page.goto(f"{wave}/the")
    expect(page.locator(".print__picture img")).to_have_count(5)
    for picture in page.locator(".print__picture img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).not_to_have_js_property("naturalWidth", 0)

    posters = taken(page, r"Tải PDF\s+Áp phích A4", tmp_path)
    cards = taken(page, r"Tải PDF\s+Thẻ, 8 thẻ", tmp_path)
    (poster,) = decoded(posters)
    assert len(decoded(cards)) == 2
    assert poster in decoded(cards)
    open_by_telephone(open_page(360), poster)

    page.goto(f"{wave}/duong-dan/tao-ho-so")
    page.locator("input[name=source][value=number]").check(force=True)
    page.get_by_label("Số mã").fill("3")
    page.locator("main form button.govuk-button").last.click()
    page.wait_for_url("**/lo/*")
    sheet = taken(page, r"In PDF\s+Thẻ nhỏ", tmp_path)
    addresses = decoded(sheet)
    assert len(addresses) == 3
    open_by_telephone(open_page(360), addresses[0])


def test_an_svg_looks_in_a_browser_as_its_pdf_does(
    browser: Browser, tmp_path: Path
) -> None:
    scale = DPI / 96
    context = browser.new_context(device_scale_factor=scale)
    page = context.new_page()
    for kind, draw in prints.SINGLE.items():
        drawn = draw(said.asker(), said.said())
        (tmp_path / f"{kind}.svg").write_text(prints.svg(drawn, title=kind), "utf-8")
        page.goto((tmp_path / f"{kind}.svg").as_uri())
        content = page.locator("svg").screenshot()
        path = said.write(tmp_path, kind)
        command = ["pdftoppm", "-r", str(DPI), "-gray", "-singlefile", "-png", path]
        done = subprocess.run(command, capture_output=True, check=True)
        with (
            Image.open(io.BytesIO(content)) as svg,
            Image.open(io.BytesIO(done.stdout)) as pdf,
        ):
            paper = pdf.convert("L")
            seen = svg.convert("L").resize(paper.size)
            # Edges are smoothed in another way; letters elsewhere would be more.
            soft = [one.filter(ImageFilter.GaussianBlur(4)) for one in (seen, paper)]
            _least, most = ImageChops.difference(*soft).getextrema()
            found = [one.text for one in zxingcpp.read_barcodes(seen)]
        assert found == [said.said().url], kind
        assert most < 40, kind
    context.close()
