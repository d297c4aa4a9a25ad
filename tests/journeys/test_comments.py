"""An office reads what is behind its figures: facts, what to mend first, and comments,
coded by keyboard alone; a division reads what was released to it."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from survey import catalogue
from survey.comments import theme_list
from tests import cast
from tests.figures import crowd
from tests.journeys import people
from tests.journeys.conftest import OPEN_PAGE, Office
from tests.journeys.test_pages import Inspector, inspector

__all__ = ["inspector"]


@pytest.mark.browser
def test_facts_priorities_and_comments_from_the_queue_to_the_division(
    office: Office,
    open_page: OPEN_PAGE,
    session: Session,
    world: cast.World,
    inspector: Inspector,
) -> None:
    q = catalogue.questionnaire(session, "dn-2026-1")
    chooser = random.Random(8)  # noqa: S311 - sample data
    made = list(
        crowd.telling(
            q,
            crowd.rows(
                q, world.wave, 150, places=[(world.trade, None)], chooser=chooser
            ),
            chooser=chooser,
            drivers={"B1": 0.6},
        )
    )
    for row in made[:2]:
        row["comment"] = "Chị Hạnh bảo gọi 0905123456 mới xong"
    crowd.enter(session, made)
    theme_list.begin(session)
    session.commit()
    page = open_page(1280)
    page.goto(f"{office.address}/dang-nhap")
    people.sign_in(page, office)

    page.goto(f"{office.address}/ket-qua/{world.wave}")
    page.get_by_role("link", name="Cần cải thiện trước").click()
    expect(page.get_by_role("heading", name="Ưu tiên 1: B1.")).to_be_visible()
    inspector.look(page, "priorities")
    page.get_by_role("link", name="Thực tế của đợt").first.click()
    expect(page.get_by_role("figure", name="Trễ bao nhiêu ngày")).to_be_visible()
    inspector.look(page, "facts")

    page.get_by_role("link", name="Ý kiến", exact=True).click()
    expect(page.get_by_text("Đã phân loại 0 trên 2 ý kiến")).to_be_visible()
    page.get_by_role("link", name="Phân loại ý kiến tiếp theo").click()
    expect(page.locator("blockquote")).to_have_text(
        "Chị [tên] bảo gọi [số điện thoại] mới xong"
    )
    inspector.look(page, "coding")
    page.get_by_label("C. Thái độ, giao tiếp").focus()
    page.keyboard.press("Space")
    page.get_by_label("Cho đơn vị liên quan đọc").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã phân loại 1 trên 2 ý kiến")).to_be_visible()
    page.get_by_role("button", name="Xem nguyên văn").press("Enter")
    expect(page.get_by_text("bảo gọi 0905123456 mới")).to_be_visible()
    page.get_by_label("Giữ lại, không công bố").check()
    page.get_by_role("button", name="Lưu và sang ý kiến tiếp").click()
    expect(page.get_by_text("Không còn ý kiến nào chờ phân loại")).to_be_visible()
    inspector.look(page, "comments")

    assert inspector.faults == []
    assert inspector.validate() == []
