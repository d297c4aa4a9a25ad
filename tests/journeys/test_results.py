"""The office reads results in a browser: from a figure to its explanation, from page to
page with the same filters, two selections side by side, and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from tests import cast
from tests.figures import crowd
from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Office
from tests.journeys.test_pages import Inspector

HIDDEN_ON_PAPER = ("nav.tabs", "form.filters", "form.sides", "nav.contents")


@pytest.fixture
def answered(session: Session, world: cast.World) -> None:
    places = [(world.trade, world.petrol), (world.energy, world.power)]
    crowd.fill(session, world.wave, 260, places)


def choose(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"select[name='{name.replace('_', '-')}']").select_option(value)
    page.locator("main form button.govuk-button").first.click()


def unfold(page: Page) -> None:
    """Open the filters where a script folded them on a telephone."""
    folded = page.locator("details.scope:not([open]) > summary")
    if folded.count():
        folded.click()


@pytest.mark.browser
@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize(
    ("width", "scripts"),
    [(360, False), (1280, True)],
    ids=["telephone, no scripts", "desk, scripts"],
)
def test_the_office_walks_from_a_figure_to_its_explanation_and_on(
    office: Office, open_page: OPEN_PAGE, world: cast.World, width: int, scripts: bool
) -> None:
    page = open_page(width, scripts=scripts)
    people.sign_in(page, office)
    base = f"{office.address}/ket-qua/{world.wave}"
    page.goto(f"{base}?don-vi=TM")
    shown = page.locator("#bang-A tbody tr").first.locator("a.figure").nth(1)
    value = shown.inner_text()
    shown.click()
    assert value in page.locator("h1").inner_text()
    assert f"= {value}%" in page.locator("main").inner_text()
    assert "don-vi=TM" in page.url
    assert "so=A1" in page.url

    page.locator("nav.tabs").get_by_role("link", name="Từng tiêu chí").click()
    unfold(page)
    choose(page, so="A1")
    assert f"{value}%" in page.locator("dl.figures").inner_text()

    page.locator("nav.tabs").get_by_role("link", name="Diễn biến").click()
    unfold(page)
    choose(page, so="B", buoc="quy")
    assert "Diễn biến: B." in page.locator("h1").inner_text()
    assert page.locator("svg.chart-trend circle").count() >= 1

    page.locator("nav.tabs").get_by_role("link", name="Theo đơn vị").click()
    page.get_by_role("link", name="Thủ tục", exact=True).click()
    assert "don-vi=TM" in page.url
    assert page.locator("#bang tbody tr").count() == 1

    page.locator("nav.tabs").get_by_role("link", name="So sánh").click()
    choose(page, a_don_vi="TM", b_don_vi="NL")
    before = page.locator("#bang tbody tr").first.locator("td").nth(2).inner_text()
    page.get_by_role("link", name="Đổi chỗ A và B").click()
    after = page.locator("#bang tbody tr").first.locator("td").nth(2).inner_text()
    assert before.strip("+−") == after.strip("+−")
    choose(page, b_don_vi="SCT")
    assert "có phiếu chung" in page.locator("main").inner_text()


@pytest.mark.browser
@pytest.mark.usefixtures("answered")
def test_every_page_of_results_is_clean_and_prints_without_its_controls(
    office: Office,
    open_page: OPEN_PAGE,
    session: Session,
    world: cast.World,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    inspector = Inspector(folder)
    page = open_page(1280)
    people.sign_in(page, office)
    base = f"{office.address}/ket-qua/{world.wave}"
    for name, path in {
        "overview": "",
        "units": "/theo/don-vi",
        "procedures": "/theo/thu-tuc?xep=chi-so&so=A1",
        "trend": "/dien-bien",
        "comparison": "/so-sanh?a-don-vi=TM&b-don-vi=NL",
        "criterion": "/tieu-chi?so=B2",
        "explained": "/giai-thich?so=A1",
        "explained whole": "/giai-thich",
        "method": "/cach-tinh",
    }.items():
        page.goto(base + path)
        inspector.look(page, name.replace(" ", "-"))
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 794, "height": 1123})  # A4
        for control in HIDDEN_ON_PAPER:
            for one in page.locator(control).all():
                assert not one.is_visible(), (name, control)
        assert page.locator("h1").is_visible()
        page.emulate_media(media="screen")
    assert inspector.faults == []
    assert inspector.validate() == []
