"""Facts and priorities: for whom, of which selection, and what their pages say."""

from __future__ import annotations

import csv
import io
import random

import html5lib
import pytest

from survey import catalogue
from survey.models import Wave
from tests import cast
from tests.figures import crowd

WAVE = "/ket-qua/dn-quy-3"
FACTS, PRIORITIES = f"{WAVE}/thuc-te", f"{WAVE}/uu-tien"


@pytest.fixture
def crowded(session, world) -> None:
    q = catalogue.questionnaire(session, "dn-2026-1")
    chooser = random.Random(3)  # noqa: S311 - sample data
    places = [(world.trade, world.petrol), (world.energy, world.power)]
    made = crowd.rows(q, world.wave, 500, places=places, chooser=chooser)
    crowd.enter(session, crowd.telling(q, made, chooser=chooser, drivers={"B2": 0.55}))


def strict(answer) -> str:
    assert answer.status_code == 200
    html5lib.HTMLParser(strict=True).parse(answer.text)
    return answer.text


@pytest.mark.parametrize("address", [FACTS, PRIORITIES])
def test_an_empty_wave_says_what_to_do_next(client, session, world, address):
    cast.sign_in(client, session, "analyst")
    page = strict(client.get(address))

    assert "Nếu đang lọc, xin chọn phạm vi rộng hơn" in page or "chưa đủ phiếu" in page


def test_facts_and_the_way_to_them_are_on_the_page(client, session, world, crowded):
    cast.sign_in(client, session, "analyst")
    assert FACTS in client.get(WAVE).text
    page = strict(client.get(f"{FACTS}?don-vi=TM"))

    assert "Trễ bao nhiêu ngày làm việc" in page
    assert "Lý do không dùng bưu chính công ích" in page
    assert "Khoản chi ngoài quy định (" not in page
    assert f"{PRIORITIES}?don-vi=TM" in page
    assert "kind=facts" in page
    assert "Khoản chi ngoài quy định (" in client.get(FACTS).text


def test_priorities_say_why_who_and_what_is_behind(client, session, world, crowded):
    cast.sign_in(client, session, "admin")
    page = strict(client.get(PRIORITIES))

    assert "Ưu tiên 1: B2." in page
    assert "không chứng minh nguyên nhân" in page
    assert "Trách nhiệm:" in page
    assert "<svg" in page
    assert "bang-uu-tien" in page


def test_a_division_reads_facts_and_priorities_of_its_own_only(
    client, session, world, crowded
):
    cast.sign_in(client, session, "analyst", world.trade)
    for address in (FACTS, PRIORITIES):
        page = strict(client.get(address))
        assert "Phòng Quản lý Năng lượng" not in page
        assert client.get(f"{address}?don-vi=NL").status_code == 404
    assert "Khoản chi ngoài quy định (" not in client.get(FACTS).text
    sent = client.get(f"{WAVE}/tai-ve.csv?kind=facts").get_data()
    rows = csv.reader(io.StringIO(sent.decode("utf-8-sig")), delimiter=";")
    assert "F18" not in {row[1] for row in rows}


def test_a_rehearsal_is_marked_on_both(client, session, world):
    session.get_one(Wave, world.wave).state = "rehearsal"
    session.commit()
    cast.sign_in(client, session, "analyst")
    for address in (FACTS, PRIORITIES):
        assert "Diễn tập" in strict(client.get(address))
