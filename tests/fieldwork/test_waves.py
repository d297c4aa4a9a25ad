"""Waves: planned, opened, closed, by whom, and what their page says."""

from __future__ import annotations

import re
import unicodedata

import pytest
import sqlalchemy as sa
import time_machine

from survey import catalogue, tallies
from survey.fieldwork import waves
from survey.models import Draft, Link, Wave
from tests import cast
from tests.fieldwork.office import add_wave, count, post, rows

GOOD = {
    "title": "Khảo sát quý III năm 2026",
    "wave_id": "",
    "questionnaire": "loi-2026-1",
    "opens_on": "2026-07-01",
    "closes_on": "2026-09-30",
    "formula": "mean_percent",
}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def fieldworker(client, session):
    return cast.sign_in(client, session, "fieldworker")


def plan(client, world, **change):
    data = {**GOOD, "unit": str(world.department), **change}
    return post(client, "/dot-khao-sat/moi", **data)


def wave_of(session, wave_id):
    columns = (Wave.title, Wave.state, Wave.formula, Wave.unit_id)
    return rows(session, sa.select(*columns).where(Wave.id == wave_id))[0]


def test_an_office_without_waves_is_told_what_to_do(client, session, fieldworker):
    page = client.get("/dot-khao-sat/").text
    assert "Chưa có đợt khảo sát nào" in page
    assert 'href="/dot-khao-sat/moi"' in page


def test_a_wave_is_planned_opened_and_closed(client, session, world, fieldworker):
    answer = plan(client, world)
    assert answer.location == "/dot-khao-sat/khao-sat-quy-iii-nam-2026"
    wave_id = "khao-sat-quy-iii-nam-2026"
    assert wave_of(session, wave_id) == (
        "Khảo sát quý III năm 2026",
        "draft",
        "mean_percent",
        world.department,
    )

    asked = client.get(f"/dot-khao-sat/{wave_id}/mo")
    assert "Mở đợt khảo sát này?" in asked.text
    assert wave_of(session, wave_id).state == "draft"
    post(client, f"/dot-khao-sat/{wave_id}/mo")
    assert wave_of(session, wave_id).state == "open"

    asked = client.get(f"/dot-khao-sat/{wave_id}/dong")
    assert "Đóng là niêm phong" in asked.text
    assert wave_of(session, wave_id).state == "open"
    post(client, f"/dot-khao-sat/{wave_id}/dong")
    assert wave_of(session, wave_id).state == "closed"

    page = post(client, f"/dot-khao-sat/{wave_id}/mo", follow=True).text
    assert "chỉ mở lại được từ trang “Hồ sơ kiểm chứng”" in page
    assert wave_of(session, wave_id).state == "closed"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": ""}, "Xin nhập tên đợt khảo sát."),
        ({"title": "x" * 201}, "tối đa 200 ký tự"),
        ({"wave_id": "Quý 3"}, "Mã đợt gồm chữ thường không dấu"),
        ({"wave_id": "a" * 41}, "Mã đợt gồm chữ thường không dấu"),
        ({"wave_id": "moi"}, "Mã đợt này đã được dùng. Xin đặt mã khác."),
        ({"wave_id": "dn-quy-3"}, "Mã đợt này đã được dùng. Xin đặt mã khác."),
        ({"questionnaire": "khac"}, "Xin chọn một mục trong danh sách."),
        ({"unit": "99999"}, "Xin chọn một mục trong danh sách."),
        ({"unit": "1; DROP TABLE waves"}, "Xin chọn một mục trong danh sách."),
        ({"opens_on": "31/02/2026"}, "Xin nhập ngày có thật"),
        ({"closes_on": "2026-06-30"}, "không được trước ngày bắt đầu. Xin chọn lại."),
        ({"formula": "tốt nhất"}, "Xin chọn một mục trong danh sách."),
    ],
)
def test_a_bad_wave_is_refused_and_what_was_typed_stays(
    client, session, world, fieldworker, change, message
):
    answer = plan(client, world, **change)
    assert answer.status_code == 422
    assert message in answer.text
    if "title" not in change:
        assert 'value="Khảo sát quý III năm 2026"' in answer.text
    assert count(session, Wave) == 2


def test_a_form_says_everything_that_is_wrong_in_the_order_of_its_fields(
    client, session, world, fieldworker
):
    wrong = {
        "title": "",
        "wave_id": "Quý 3",
        "questionnaire": "",
        "unit": "",
        "closes_on": "2026-06-30",
        "formula": "x",
    }
    page = plan(client, world, **wrong).text
    summary = page.split('id="error-summary"')[1].split("</ul>")[0]
    told = [
        target.removesuffix("-0") for target in re.findall('href="#([^"]+)', summary)
    ]
    assert told == list(wrong)


def test_the_unit_proposed_is_the_department_not_the_province_above_it(
    client, session, world, fieldworker
):
    page = client.get("/dot-khao-sat/moi").text
    assert re.findall(r'<option value="(\d+)" selected', page) == [
        str(world.department)
    ]


def test_an_account_of_one_division_is_proposed_that_division(client, session, world):
    cast.sign_in(client, session, "fieldworker", world.trade)
    page = client.get("/dot-khao-sat/moi").text
    assert re.findall(r'<option value="(\d+)"', page) == [str(world.trade)]


def test_a_title_in_decomposed_unicode_is_stored_composed(
    client, session, world, fieldworker
):
    typed = unicodedata.normalize("NFD", "Đợt khảo sát Nhà máy\0 điện")
    plan(client, world, title=typed, wave_id="nfd")
    assert wave_of(session, "nfd").title == "Đợt khảo sát Nhà máy  điện"


def test_two_waves_of_one_title_get_two_ids(client, session, world, fieldworker):
    assert plan(client, world).location.endswith("/khao-sat-quy-iii-nam-2026")
    assert plan(client, world).location.endswith("/khao-sat-quy-iii-nam-2026-2")


@pytest.mark.parametrize(
    ("title", "wave_id"),
    [
        ("Đợt 1", "dot-1"),
        ("Khảo sát mức độ hài lòng của doanh nghiệp quý IV năm 2026",
         "doanh-nghiep-quy-iv-2026"),
        ("調査", "dot"),
        ("Mới", "moi-2"),
        ("x" * 60, "dot"),
    ],
)  # fmt: skip
def test_an_id_is_suggested_from_the_title(session, title, wave_id):
    assert waves.suggested_id(session, title) == wave_id


def test_a_wave_whose_last_day_is_over_cannot_be_opened(
    client, session, world, fieldworker
):
    plan(client, world, wave_id="cu", closes_on="2026-08-26")
    page = post(client, "/dot-khao-sat/cu/mo", follow=True).text
    assert "Ngày cuối cùng đã qua" in page
    assert wave_of(session, "cu").state == "draft"


def test_markup_in_names_is_shown_as_text(client, session, world, fieldworker):
    session.execute(sa.text("UPDATE units SET name = '<script>alert(1)</script>'"))
    session.commit()
    plan(client, world, wave_id="x", title="<img src=x onerror=alert(2)>")
    for path in ("/dot-khao-sat/", "/dot-khao-sat/x", "/dot-khao-sat/moi"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client.get("/dot-khao-sat/x").text


def test_a_division_sees_the_wave_that_covers_it_but_cannot_open_or_close_it(
    client, session, world
):
    cast.sign_in(client, session, "fieldworker", world.trade)
    assert client.get(f"/dot-khao-sat/{world.wave}").status_code == 200
    for act in ("mo", "dong", "ho-so"):
        path = f"/dot-khao-sat/{world.wave}/{act}"
        assert client.get(path).status_code == 404
        assert post(client, path).status_code == 404
    assert wave_of(session, world.wave).state == "open"


def test_a_division_neither_sees_nor_plans_waves_of_another(client, session, world):
    add_wave(session, world, "cua-nang-luong", world.energy)
    cast.sign_in(client, session, "fieldworker", world.trade)
    assert "cua-nang-luong" not in client.get("/dot-khao-sat/").text
    assert client.get("/dot-khao-sat/cua-nang-luong").status_code == 404
    for unit in (world.energy, world.department):
        assert plan(client, world, unit=str(unit)).status_code == 422


def test_forms_begun_are_counted_for_the_units_within_reach(
    app, client, session, world, fieldworker
):
    for unit in (world.trade, world.energy):
        cast.link(session, world.wave, unit)
    for link_id in session.scalars(sa.select(Link.id)).all():
        session.add(
            Draft(
                key=f"k{link_id}",
                link_id=link_id,
                language="vi",
                next_page="gioi-thieu",
                touched_at=cast.NOW,
            )
        )
    session.commit()
    assert started_on(client, world.wave) == "2"
    near = app.test_client()
    cast.sign_in(near, session, "fieldworker", world.trade)
    assert started_on(near, world.wave) == "1"


def started_on(client, wave):
    page = client.get(f"/dot-khao-sat/{wave}").text
    return page.split("Phiếu đang làm</dt><dd><b>")[1].split("<")[0]


def test_the_response_rate_counts_answered_dossier_links(
    client, session, world, fieldworker
):
    for _ in range(4):
        cast.link(session, world.wave, world.trade, kind="dossier")
    asked = catalogue.questionnaire(session, "dn-2026-1")
    answers = {one.code: "4" for one in asked.criteria}
    cell = tallies.Cell(
        world.wave,
        world.trade,
        world.petrol,
        "online",
        "dossier",
        "2026-08",
        False,
        "guided",
    )
    tallies.add(session, cell, tallies.counts_of(asked, "complete", answers))
    session.commit()
    page = client.get(f"/dot-khao-sat/{world.wave}").text
    assert "25,00%" in page
    assert "trên 4 mã QR hồ sơ đã phát" in page
