"""A division head reads his page, says what he will do and hands in evidence; the
working group sees it on one screen and one sheet, and keeps the calendar of reports."""

from __future__ import annotations

import random
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from survey import accounts, catalogue, clock
from survey.actions.periods import period_of
from survey.models import Wave
from tests import cast
from tests.actions.plans import PDF
from tests.figures import crowd
from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, PASSWORD, Office
from tests.journeys.test_pages import Inspector

HEAD = "truong.phong@khanhhoa.gov.vn"


@pytest.fixture
def answered(session: Session, world: cast.World) -> None:
    """Answers of the last quarter and of this month, and the head's account."""
    today = clock.today()
    wave = session.get_one(Wave, world.wave)
    before = period_of("quarterly", today).moved(-1)
    wave.opens_on, wave.closes_on = before.first_on, today + timedelta(days=30)
    questionnaire = catalogue.questionnaire(session, wave.questionnaire_id)
    made = crowd.rows(
        questionnaire,
        world.wave,
        160,
        places=[(world.trade, world.petrol), (world.energy, world.power)],
        chooser=random.Random(1),  # noqa: S311
        months=(before.key, f"{today:%Y-%m}"),
    )
    crowd.enter(session, made)
    accounts.add_account(
        session,
        HEAD,
        role="analyst",
        password=PASSWORD,
        unit_id=world.trade,
        now=clock.now(),
    )
    session.commit()


def printed(page: Page, folder: Path) -> str:
    """The text of a page as it is printed."""
    path = folder / "printed.pdf"
    page.pdf(path=path, format="A4")
    done = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_a_division_head_sets_an_action_and_hands_in_evidence(
    office: Office, answered: None, open_page: OPEN_PAGE, tmp_path: Path, scripts: bool
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    inspector = Inspector(folder) if scripts else None

    def look(page: Page, name: str) -> None:
        if inspector:
            inspector.look(page, name)

    page = open_page(360, scripts=scripts)
    people.sign_in(page, replace(office, email=HEAD))
    page.goto(f"{office.address}/phong/")
    page.get_by_role("heading", name="Phòng Quản lý Thương mại", level=1).wait_for()
    look(page, "division")
    if scripts:
        text = printed(page, tmp_path)
        assert "Tiêu chí cần cải thiện trước" in text
        assert "Đổi mật khẩu" not in text

    page.get_by_role("link", name="Đặt việc cho tiêu chí này").first.click()
    page.get_by_role("button", name="Đặt việc").click()
    page.locator("#error-summary").wait_for()
    look(page, "set-error")
    page.get_by_label("Tên việc").fill("Soạn tờ hướng dẫn")
    page.get_by_label("Sẽ làm gì").fill("Mỗi thủ tục một trang.\nĐể tại quầy.")
    page.get_by_label("Người phụ trách").fill("Trưởng phòng")
    due = clock.today() + timedelta(days=20)
    page.get_by_label("Thời hạn").fill(due.isoformat())
    page.get_by_role("button", name="Đặt việc").click()
    page.get_by_text("Đã đặt việc").wait_for()
    assert "quý" in page.locator("section[aria-labelledby=chi-so]").inner_text()

    page.get_by_label("Đang làm").check()
    page.get_by_role("button", name="Ghi trạng thái").click()
    page.get_by_text("Đã ghi trạng thái").wait_for()
    page.locator("input[type=file]").set_input_files(
        {"name": "Tờ hướng dẫn.pdf", "mimeType": "text/html", "buffer": PDF}
    )
    page.get_by_role("button", name="Thêm tệp").click()
    page.get_by_role("link", name="Tờ hướng dẫn.pdf").wait_for()
    look(page, "action")
    with page.expect_download() as started:
        page.get_by_role("link", name="Tờ hướng dẫn.pdf").click()
    assert Path(started.value.path()).read_bytes() == PDF
    assert started.value.suggested_filename == "minh-chung-1-1.pdf"
    page.get_by_role("button", name="Gỡ").click()
    page.get_by_text("Chưa có tệp nào").wait_for()
    page.get_by_role("button", name="Hoàn tác").click()
    page.get_by_role("link", name="Tờ hướng dẫn.pdf").wait_for()
    page.get_by_role("link", name="Sửa nội dung").click()
    look(page, "edit")
    if inspector:
        assert inspector.faults == []
        assert inspector.validate() == []


@pytest.mark.browser
def test_the_working_group_sees_everyone_and_keeps_the_calendar(
    office: Office, answered: None, open_page: OPEN_PAGE, tmp_path: Path
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    inspector = Inspector(folder)
    page = open_page(1280)
    people.sign_in(page, office)
    page.goto(f"{office.address}/to-cong-tac/")
    assert page.locator(".board tbody tr").count() == 2
    inspector.look(page, "group")
    assert "Khoảng 95%" in printed(page, tmp_path)
    page.get_by_role("link", name="Phòng Quản lý Năng lượng").click()
    page.get_by_role("heading", name="Phòng Quản lý Năng lượng", level=1).wait_for()
    page.goto(f"{office.address}/phong/")
    inspector.look(page, "divisions")

    page.goto(f"{office.address}/to-cong-tac/bao-cao")
    inspector.look(page, "reports-empty")
    page.get_by_role("button", name="Nạp lịch có sẵn").click()
    page.get_by_text("Đã thêm 4 báo cáo").wait_for()
    inspector.look(page, "reports")
    # The year that has just begun has none that could be sent yet at times; one period
    # of the monthly report always is.
    month = clock.today().strftime("%Y-%m")
    number = page.get_by_role("link", name="Sửa – Báo cáo công tác kiểm soát").first
    report = (number.get_attribute("href") or "").rsplit("/", 1)[-1]
    page.goto(f"{office.address}/to-cong-tac/bao-cao/{report}/ky/{month}")
    inspector.look(page, "sent")
    page.get_by_label("Số văn bản").fill("12/BC-SCT")
    page.get_by_label("Ngày gửi").fill(clock.today().isoformat())
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("12/BC-SCT").first.wait_for()
    page.goto(f"{office.address}/to-cong-tac/bao-cao/{report}")
    inspector.look(page, "report")

    page.goto(f"{office.address}/to-cong-tac/bao-cao")
    page.get_by_role("button", name="Tạo địa chỉ lịch").click()
    address = page.locator("code.address").inner_text()
    with urlopen(address, timeout=10) as answer:
        assert answer.read().startswith(b"BEGIN:VCALENDAR\r\n")
    assert inspector.faults == []
    assert inspector.validate() == []
