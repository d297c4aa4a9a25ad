"""A selection split on a page: parts, order, ranks, pages; and one criterion's page."""

from __future__ import annotations

import re

import pytest

from survey.models import Procedure, Unit, Wave
from survey.results.views_parts import AT_ONCE
from tests import cast
from tests.figures import crowd
from tests.results.rooms import PAGE
from tests.results.test_explanation import vietnamese, words_of
from tests.results.test_figures import levels, printed, raw, share
from tests.results.test_trend import rated


@pytest.fixture
def places(world):
    return [(world.trade, world.petrol), (world.energy, world.power)]


@pytest.mark.parametrize(
    ("dimension", "filters"),
    [
        ("don-vi", {"don-vi": "TM"}),
        ("thu-tuc", {"thu-tuc": "2.001249"}),
        ("linh-vuc", {"linh-vuc": "Điện"}),
        ("kenh", {"kenh": "online"}),
        ("nguon", {"nguon": "counter"}),
    ],
)
def test_a_part_shows_what_its_own_filter_counts(
    client, session, world, places, dimension, filters
):
    crowd.fill(session, world.wave, 200, places)
    cast.sign_in(client, session, "analyst")
    page = client.get(f"{PAGE}/theo/{dimension}?so=A1").text
    rows = [row for row in raw(client, **filters) if row["status"] != "break_off"]
    values = levels(rows, ["A1"])
    assert f" {len(values)} {vietnamese(printed(share(values)))} " in words_of(page)
    links = re.findall(r'href="(/ket-qua/dn-quy-3\?[^"]+)"', page)
    assert any(next(iter(filters)) in link for link in links)
    for link in re.findall(r'href="(/ket-qua/[^"]+/giai-thich[^"]+)"', page):
        assert client.get(link.replace("&amp;", "&")).status_code == 200


def test_parts_stand_by_name_or_by_index_and_only_sure_ranks_are_bare(
    client, session, world
):
    wave = session.get_one(Wave, world.wave)
    rated(session, wave, [(world.trade, world.petrol)], "2026-07", 60, high=0.4)
    rated(session, wave, [(world.energy, world.power)], "2026-07", 60, high=0.9, seed=2)
    cast.sign_in(client, session, "analyst")
    by_name = words_of(client.get(f"{PAGE}/theo/don-vi").text).partition("Số liệu")[2]
    assert by_name.index("Năng lượng") < by_name.index("Thương mại")
    by_value = words_of(client.get(f"{PAGE}/theo/don-vi?xep=chi-so&so=A1").text)
    by_value = by_value.partition("Số liệu")[2]
    assert by_value.index("Năng lượng") < by_value.index("Thương mại")
    assert "không khác biệt" not in by_value


def test_overlapping_intervals_are_no_difference(client, session, world):
    wave = session.get_one(Wave, world.wave)
    rated(session, wave, [(world.trade, world.petrol)], "2026-07", 40, high=0.8)
    rated(session, wave, [(world.energy, world.power)], "2026-07", 40, high=0.8, seed=2)
    cast.sign_in(client, session, "analyst")
    text = words_of(client.get(f"{PAGE}/theo/don-vi").text)
    assert text.count("không khác biệt với 1 nhóm (hạng 1 đến 2)") == 2


def test_groups_below_thirty_are_not_ranked(client, session, world):
    wave = session.get_one(Wave, world.wave)
    rated(session, wave, [(world.trade, world.petrol)], "2026-07", 29)
    rated(session, wave, [(world.energy, world.power)], "2026-07", 40, seed=2)
    cast.sign_in(client, session, "analyst")
    text = words_of(client.get(f"{PAGE}/theo/don-vi").text).partition("Số liệu")[2]
    assert text.count("không xếp hạng") == 1


def test_very_many_procedures_come_a_page_at_a_time_or_all(client, session, world):
    procedures = [
        Procedure(
            code=f"9.{number:06}",
            name=f"Thủ tục có tên rất dài thứ {number} " + "và dài nữa " * 8,
            unit_id=world.trade,
            field="Điện",
        )
        for number in range(AT_ONCE + 5)
    ]
    session.add_all(procedures)
    session.commit()
    places = [(world.trade, one.id) for one in procedures]
    crowd.fill(session, world.wave, 700, places)
    cast.sign_in(client, session, "analyst")
    base = f"{PAGE}/theo/thu-tuc"
    first, second = (client.get(f"{base}?trang={one}").text for one in (1, 2))
    assert first.count('<th scope="row"') == AT_ONCE
    assert second.count('<th scope="row"') == 5
    assert client.get(f"{base}?tat-ca=1").text.count('<th scope="row"') == AT_ONCE + 5
    for odd in ("0", "-1", "x", "99", "%D9%A1"):
        assert client.get(f"{base}?trang={odd}").status_code == 200


def test_a_division_sees_no_parts_of_another(client, session, world, places):
    crowd.fill(session, world.wave, 100, places)
    cast.sign_in(client, session, "analyst", world.trade)
    for address in ("theo/don-vi", "theo/thu-tuc", "tieu-chi", "dien-bien", "so-sanh"):
        page = client.get(f"{PAGE}/{address}").text
        assert "Năng lượng" not in page, address
        assert "2.001249" not in page, address


def test_the_page_of_a_criterion_has_its_text_guidance_and_figures(
    client, session, world, places
):
    crowd.fill(session, world.wave, 200, places)
    cast.sign_in(client, session, "analyst")
    rows = [row for row in raw(client) if row["status"] != "break_off"]
    text = words_of(client.get(f"{PAGE}/tieu-chi?so=B2").text)
    values = levels(rows, ["B2"])
    assert f"{vietnamese(printed(share(values)))}%" in text
    for words in ("Cân nhắc", "Không tính đến", "Tra cứu", "Diễn biến theo tháng"):
        assert words in text
    cells = [row["B2"] for row in rows]
    assert f"Không đủ thông tin {cells.count('cannot_judge')} phiếu" in text
    assert client.get(f"{PAGE}/tieu-chi?so=full").status_code == 404


@pytest.mark.parametrize("count", [0, 3, 7, 12])
def test_every_page_stands_with_few_responses(client, session, world, places, count):
    if count:
        crowd.fill(session, world.wave, count, places[:1])
    wave = session.get_one(Wave, world.wave)
    wave.title = "Đợt có tên rất dài " * 8
    wave.state = "rehearsal" if count == 7 else "open"
    session.commit()
    cast.sign_in(client, session, "analyst")
    for address in (
        *("", "/theo/don-vi", "/theo/thu-tuc", "/dien-bien", "/tieu-chi"),
        *("/so-sanh?a-thang=2026-07&b-thang=2026-08", "/do-nhay", "/giai-thich"),
    ):
        answer = client.get(f"{PAGE}{address}")
        assert answer.status_code == 200, address
        if count < 5:
            assert "100,00%" not in answer.text, address
        if count == 7:
            assert "Diễn tập – không tính" in answer.text


def test_the_unit_itself_has_no_filter_that_means_it_alone(client, session, world):
    wave = session.get_one(Wave, world.wave)
    rated(session, wave, [(world.department, None)], "2026-07", 30)
    rated(session, wave, [(world.trade, world.petrol)], "2026-07", 30, seed=2)
    cast.sign_in(client, session, "analyst")
    page = client.get(f"{PAGE}/theo/don-vi").text
    name = session.get_one(Unit, world.department).name
    assert f"{name} (không thuộc đơn vị nào bên dưới)" in words_of(page)
    assert "don-vi=SCT" not in page
