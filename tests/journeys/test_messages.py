"""From the file of messages to the answer, and to a file of reminders without it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey import clock
from survey.models import Link
from tests import cast
from tests.fieldwork.messages import post
from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Office

pytestmark = pytest.mark.browser


def downloaded(page: Page, press: Callable[[], None]) -> Path:
    with page.expect_download() as download:
        press()
    return Path(download.value.path())


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_who_answered_by_the_link_of_the_file_is_not_reminded(
    office: Office,
    world: cast.World,
    session: Session,
    open_page: OPEN_PAGE,
    tmp_path: Path,
    scripts: bool,
) -> None:
    result_on = clock.today() - timedelta(days=10)
    post.dossiers(session, world, 3, result_on=result_on)
    page = open_page(360, scripts=scripts)
    people.sign_in(page, office)
    page.goto(f"{office.address}/dot-khao-sat/{world.wave}/gui-loi-moi")
    page.get_by_role("button", name="Tạo mã mời cho 3 hồ sơ").click()
    page.get_by_label("CSV").check(force=True)
    file = downloaded(page, page.get_by_role("button", name="Tải tệp").click)
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [row["Mã hồ sơ"] for row in rows] == ["H1", "H2", "H3"]

    business = open_page(360, scripts=scripts)
    people.answer(business, rows[1]["Đường dẫn"], ratings={"A1": "4"})
    session.execute(sa.update(Link).values(made_on=clock.today() - timedelta(days=8)))
    session.commit()

    page.goto(f"{office.address}/dot-khao-sat/{world.wave}/gui-loi-moi")
    expect(page.locator(".figures")).to_contain_text("Đến hạn nhắc")
    kept = tmp_path / "loi-moi.csv"
    kept.write_bytes(file.read_bytes())
    page.get_by_label("Tệp lời mời đã tải trước đây").set_input_files(kept)
    reminders = downloaded(page, page.get_by_role("button", name="Nhận tệp nhắc").click)
    sheet = openpyxl.load_workbook(io.BytesIO(reminders.read_bytes())).worksheets[0]
    head, *found = sheet.iter_rows(values_only=True)
    links = {row[head.index("Mã hồ sơ")]: row[head.index("Đường dẫn")] for row in found}

    assert links == {"H1": rows[0]["Đường dẫn"], "H3": rows[2]["Đường dẫn"]}
    again = open_page(360, scripts=scripts)
    again.goto(links["H3"])
    expect(again.locator("#consent")).to_be_attached()
