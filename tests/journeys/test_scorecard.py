"""The office scores itself in a browser: a rule, a sheet, points, documents, print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from survey.models import Wave
from tests import cast
from tests.figures import crowd
from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Office
from tests.journeys.test_pages import Inspector
from tests.scorecard.office import PDF

pytestmark = pytest.mark.browser
DONE = ".govuk-notification-banner--success"
LIST = """\
1\tCông tác chỉ đạo, điều hành
1.1\tKế hoạch cải cách hành chính năm\t1,5
3\tTác động của cải cách hành chính
3.1\tMức độ hài lòng của doanh nghiệp\t\thai-long"""


def press(page: Page, name: str, role: str = "button") -> None:
    page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]


def make_a_rule(page: Page, office: Office) -> None:
    page.goto(f"{office.address}/cham-diem/quy-tac/moi")
    page.get_by_label("Mã quy tắc", exact=True).fill("hai-long")
    page.get_by_label("Tên quy tắc").fill("Mức độ hài lòng")
    page.get_by_label("Tuyến tính: chỉ số × điểm tối đa / 100").check(force=True)
    press(page, "Lưu quy tắc")  # without a maximum: refused, what was typed is kept
    expect(page.locator("#maximum-error")).to_contain_text("Xin nhập điểm tối đa")
    page.get_by_label("Điểm tối đa", exact=True).fill("10")
    press(page, "Lưu quy tắc")
    expect(page.locator("main")).to_contain_text("quy tắc do cơ quan cấu hình")


def begin_a_sheet(page: Page, office: Office) -> str:
    page.goto(f"{office.address}/cham-diem/moi")
    press(page, "Lập phiếu tự chấm")
    expect(page.locator("main")).to_contain_text("Phiếu chưa có tiêu chí")
    sheet = page.url
    press(page, "Dán nhiều tiêu chí", "link")
    page.get_by_label("Danh sách tiêu chí").fill(LIST)
    press(page, "Thêm các tiêu chí")
    expect(page.locator(DONE)).to_contain_text("Đã thêm 4 dòng")
    press(page, "Thiết lập của phiếu", "link")
    for place, (name, least) in enumerate((("Tốt", "80"), ("Yếu", "0"))):
        page.locator("[name=grade_name]").nth(place).fill(name)
        page.locator("[name=grade_least]").nth(place).fill(least)
    press(page, "Lưu thiết lập")
    return sheet


@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_rule_to_the_handed_in_sheet(
    office: Office,
    open_page: OPEN_PAGE,
    session: Session,
    world: cast.World,
    tmp_path: Path,
    *,
    width: int,
) -> None:
    """On a telephone with scripts and on a desk without; every page looked at once."""
    crowd.fill(session, world.wave, 60, [(world.trade, world.petrol)])
    session.get_one(Wave, world.wave).state = "closed"
    session.commit()
    (tmp_path / "pages").mkdir()
    inspector = Inspector(tmp_path / "pages")
    page = open_page(width, scripts=width == 360)
    people.sign_in(page, office)
    make_a_rule(page, office)
    sheet = begin_a_sheet(page, office)

    # Points of the survey, with what they rest on.
    page.get_by_role("link", name="3.1 Mức độ hài lòng của doanh nghiệp").first.click()
    line = page.url
    press(page, "Tính từ đợt khảo sát", "link")
    choose = f"{page.url}?dot={world.wave}"
    page.get_by_label("Đợt khảo sát").select_option(world.wave)
    press(page, "Xem chỉ số")
    page.get_by_role("button", name=re.compile("Ghi [0-9,]+ điểm")).first.click()
    expect(page.locator(DONE)).to_contain_text("điểm từ chỉ số")
    expect(page.locator("main")).to_contain_text("SHA-256 của số liệu")
    expect(page.locator("main")).to_contain_text("Thiếu tài liệu kiểm chứng")

    # A document proposed by what the points rest on, and a file.
    press(page, "Thêm tài liệu", "link")
    document = page.url
    expect(page.get_by_label("Hoặc một trang của phần mềm")).to_have_value(
        f"/ket-qua/{world.wave}"
    )
    press(page, "Lưu tài liệu")
    expect(page.locator("main")).not_to_contain_text("Thiếu tài liệu kiểm chứng")
    page.goto(sheet)
    page.get_by_role("link", name="1.1 Kế hoạch cải cách").first.click()
    page.get_by_label("Điểm tự chấm", exact=True).fill("1,5")
    press(page, "Ghi điểm tự chấm")
    press(page, "Thêm tài liệu", "link")
    page.get_by_label("Trích yếu", exact=True).fill("Kế hoạch năm")
    file = tmp_path / "Kế hoạch.pdf"
    file.write_bytes(PDF)
    page.get_by_label("Tệp", exact=True).set_input_files(file)
    press(page, "Lưu tài liệu")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Kế hoạch.pdf").click()
    assert Path(waiting.value.path()).read_bytes() == PDF

    # What another index would bring.
    page.goto(f"{sheet}/thu")
    page.get_by_label("Chỉ số (%)").fill("91,17")
    press(page, "Tính thử")
    expect(page.locator("main")).to_contain_text("9,12")

    if width == 360:
        rules = f"{office.address}/cham-diem/quy-tac"
        for name, address in (
            ("sheets", f"{office.address}/cham-diem/"), ("sheet", sheet),
            ("line", line), ("document", document), ("wave", choose),
            ("what-if", f"{sheet}/thu?tieu-chi=3.1&chi-so=91,17"),
            ("settings", f"{sheet}/sua"), ("history", f"{sheet}/lich-su"),
            ("print", f"{sheet}/in"), ("move-on", f"{sheet}/chuyen"),
            ("national", f"{sheet}/nhom-766"), ("paste", f"{sheet}/tieu-chi/nhieu"),
            ("new-line", f"{sheet}/tieu-chi/moi"),
            ("new", f"{office.address}/cham-diem/moi"), ("rules", f"{rules}/"),
            ("rule", f"{rules}/1"), ("edit-rule", f"{rules}/1/sua"),
        ):  # fmt: skip
            page.goto(address)
            inspector.look(page, name)
        assert inspector.faults == []
        assert inspector.validate() == []
    else:
        page.goto(f"{sheet}/in")
        page.emulate_media(media="print")
        expect(page.get_by_role("button", name="In trang này")).to_be_hidden()
        expect(page.locator("#criteria")).to_be_visible()
        page.emulate_media(media="screen")

    page.goto(sheet)
    press(page, "Chuyển bước", "link")
    press(page, "Chuyển sang: Thẩm định lần 1")
    expect(page.locator(DONE)).to_contain_text("Thẩm định lần 1")
    page.goto(line)
    expect(page.get_by_role("button", name="Ghi điểm tự chấm")).to_have_count(0)
