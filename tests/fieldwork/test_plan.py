"""A wave that is not open yet: planned otherwise, or taken away, and by whom."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
import time_machine

from survey.models import Wave, Wording
from tests import cast
from tests.fieldwork.office import add_wave, count, post, rows

PLAN = {
    "title": "Khảo sát quý IV năm 2026",
    "questionnaire": "dn-2026-1",
    "opens_on": "2026-10-01",
    "closes_on": "2026-12-15",
    "formula": "mean_percent",
}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def fieldworker(client, session):
    return cast.sign_in(client, session, "fieldworker")


@pytest.fixture
def planned(session, world, fieldworker):
    return add_wave(session, world, "nhap", world.department, state="draft")


def plan_in(session, wave_id="nhap"):
    columns = (
        Wave.title,
        Wave.questionnaire_id,
        Wave.unit_id,
        Wave.opens_on,
        Wave.closes_on,
        Wave.formula,
    )
    found = rows(session, sa.select(*columns).where(Wave.id == wave_id))
    return tuple(map(str, found[0])) if found else None


def test_everything_about_a_planned_wave_can_be_changed(
    client, session, world, planned
):
    page = client.get("/dot-khao-sat/nhap").text
    assert 'href="/dot-khao-sat/nhap/sua"' in page
    asked = client.get("/dot-khao-sat/nhap/sua").text
    assert 'value="Đợt nhap"' in asked
    assert 'value="2026-07-01"' in asked

    answer = post(client, "/dot-khao-sat/nhap/sua", **PLAN, unit=str(world.trade))
    assert answer.location == "/dot-khao-sat/nhap"
    assert plan_in(session) == (
        PLAN["title"], "dn-2026-1", str(world.trade), "2026-10-01", "2026-12-15",
        "mean_percent",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": ""}, "Tên đợt khảo sát: Xin nhập tên đợt khảo sát."),
        ({"closes_on": "2026-09-30"}, "không được trước ngày bắt đầu"),
        ({"questionnaire": "khac"}, "Phiếu khảo sát: Xin chọn một mục"),
    ],
)
def test_a_bad_plan_is_refused_beside_its_field_and_changes_nothing(
    client, session, world, planned, change, message
):
    before = plan_in(session)
    data = {**PLAN, "unit": str(world.department), **change}
    answer = post(client, "/dot-khao-sat/nhap/sua", **data)
    assert answer.status_code == 422
    assert message in answer.text
    assert plan_in(session) == before


def test_once_links_hang_on_it_only_title_and_days_are_changed(
    client, session, world, planned
):
    cast.link(session, "nhap", world.department)
    asked = client.get("/dot-khao-sat/nhap/sua").text
    assert "chỉ sửa được tên và ngày" in asked
    assert 'name="questionnaire"' not in asked

    # What a page of before would send is not taken either.
    post(client, "/dot-khao-sat/nhap/sua", **PLAN, unit=str(world.trade))
    assert plan_in(session) == (
        PLAN["title"], "loi-2026-1", str(world.department), "2026-10-01",
        "2026-12-15", "satisfied_share",
    )  # fmt: skip


@pytest.mark.parametrize("state", ["open", "closed"])
def test_an_open_wave_is_neither_changed_nor_deleted(
    client, session, world, fieldworker, state
):
    add_wave(session, world, "mo-roi", world.department, state=state)
    before = plan_in(session, "mo-roi")
    page = client.get("/dot-khao-sat/mo-roi").text
    assert "/mo-roi/sua" not in page
    assert "/mo-roi/xoa" not in page
    data = {**PLAN, "unit": str(world.department)}
    answer = post(client, "/dot-khao-sat/mo-roi/sua", follow=True, **data)
    assert "không đổi được nữa" in answer.text
    assert (
        "không đổi được nữa"
        in post(client, "/dot-khao-sat/mo-roi/xoa", follow=True).text
    )
    assert plan_in(session, "mo-roi") == before


def test_a_planned_wave_on_which_nothing_hangs_is_deleted_after_a_question(
    client, session, world, planned
):
    session.add(Wording(wave_id="nhap", texts={}, changed_at=cast.NOW))
    session.commit()
    assert "/nhap/xoa" in client.get("/dot-khao-sat/nhap").text
    assert "Xóa đợt khảo sát này?" in client.get("/dot-khao-sat/nhap/xoa").text
    assert plan_in(session) is not None

    answer = post(client, "/dot-khao-sat/nhap/xoa", follow=True)
    assert "Đã xóa đợt “Đợt nhap”." in answer.text
    assert plan_in(session) is None
    assert count(session, Wave) == 2


@pytest.mark.parametrize("has_link", [True, False])
def test_a_wave_with_links_or_in_rehearsal_is_not_deleted(
    client, session, world, fieldworker, has_link
):
    state = "draft" if has_link else "rehearsal"
    add_wave(session, world, "nhap", world.department, state=state)
    if has_link:
        cast.link(session, "nhap", world.department)
    assert '/nhap/xoa"' not in client.get("/dot-khao-sat/nhap").text
    answer = post(client, "/dot-khao-sat/nhap/xoa", follow=True)
    assert "Chỉ xóa được đợt chưa mở" in answer.text
    assert plan_in(session) is not None


@pytest.mark.parametrize("page", ["sua", "xoa"])
def test_a_division_does_not_touch_a_wave_of_the_department(
    client, session, world, page
):
    add_wave(session, world, "nhap", world.department, state="draft")
    cast.sign_in(client, session, "fieldworker", world.trade)
    assert client.get(f"/dot-khao-sat/nhap/{page}").status_code == 404
    assert post(client, f"/dot-khao-sat/nhap/{page}", **PLAN).status_code == 404
    assert plan_in(session) is not None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("50%", 50), (" 50 % ", 50), ("7", 7), ("", None), ("5,5", None)],
)
def test_a_share_is_taken_with_its_sign(client, session, world, planned, typed, kept):
    answer = post(client, "/dot-khao-sat/nhap/cach-hoi", folded_percent=typed)
    assert (answer.status_code == 303) is (kept is not None)
    found = rows(session, sa.select(Wave.folded_percent).where(Wave.id == "nhap"))
    assert found[0][0] == (kept or 0)


@pytest.mark.parametrize("typed", ["1.300", "1 300", "1,300", "1300"])
def test_a_threshold_is_taken_as_the_page_writes_it(
    client, session, world, planned, typed
):
    page = client.get("/dot-khao-sat/nhap/cach-hoi").text
    assert 'value="1.200"' in page
    answer = post(
        client,
        "/dot-khao-sat/nhap/cach-hoi",
        folded_percent="0",
        ms_per_answer=typed,
    )
    assert answer.status_code == 303
    ((found,),) = rows(session, sa.select(Wave.careless).where(Wave.id == "nhap"))
    assert found["ms_per_answer"] == 1300
