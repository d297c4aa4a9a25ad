"""The pages of a closed wave: its seal, its reopening by two, and a receipt's proof."""

from __future__ import annotations

import json
import re

import pytest
import sqlalchemy as sa
import time_machine

from survey import closings, jobs, seals
from survey.models import Job, Response, Wave
from survey.respond import drafts
from tests import cast
from tests.figures import crowd

PLACE = "/dot-khao-sat/dn-quy-3/kiem-chung"
REASON = "Còn ba phiếu giấy của phòng Thương mại chưa nhập"
RECEIPT = "2222-2222-2222-2222"


def post(client, path, **data):
    return client.post(
        path, data={"csrf_token": cast.csrf(client), **data}, follow_redirects=True
    )


@pytest.fixture(autouse=True)
def _then():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def admin(client, session, world):
    crowd.fill(session, world.wave, 12, [(world.trade, world.petrol)])
    one = session.scalars(sa.select(Response)).first()
    one.receipt_hash = drafts.receipt_hash(RECEIPT)
    session.commit()
    return cast.sign_in(client, session, "admin")


def close(client, app):
    answer = post(client, "/dot-khao-sat/dn-quy-3/dong")
    assert "đang được niêm phong" in answer.text
    jobs.run_all(app)
    return client.get(PLACE).text


def test_closing_a_wave_seals_it_and_the_seal_can_be_taken_home(
    app, client, session, admin
):
    assert "Đợt chưa đóng" in client.get(PLACE).text
    page = close(client, app)
    closing = closings.latest(session, "dn-quy-3")
    assert closing.sha256 in page
    answer = client.get(f"{PLACE}/ban-niem-phong-1.json")
    assert seals.digest(answer.data) == closing.sha256
    assert json.loads(answer.data)["answers"]["rows"] == 12
    assert client.get(f"{PLACE}/ban-niem-phong-2.json").status_code == 404


def test_a_second_click_on_close_makes_one_closing_and_one_seal(
    app, client, session, admin
):
    close(client, app)
    post(client, "/dot-khao-sat/dn-quy-3/dong")
    session.rollback()
    assert closings.latest(session, "dn-quy-3").number == 1
    kinds = session.scalars(sa.select(Job.kind)).all()
    assert kinds == [closings.SEAL]


def test_two_administrators_open_it_again_and_every_visitor_reads_why(
    app, client, session, admin
):
    close(client, app)
    short = post(client, f"{PLACE}/mo-lai", reason="vì", closes_on="2026-10-15")
    assert short.status_code == 422
    assert "từ 10 đến 500 ký tự" in short.text
    page = post(client, f"{PLACE}/mo-lai", reason=REASON, closes_on="2026-10-15").text
    assert "Một quản trị viên khác phải đồng ý" in page
    mine = post(client, f"{PLACE}/mo-lai/1", answer="agree").text
    assert "không được tự đồng ý" in mine
    other = cast.account(session, "admin", email="khac@example.gov.vn")
    cast.enter_as(client, session, other)
    page = post(client, f"{PLACE}/mo-lai/1", answer="agree").text
    assert "đã được mở lại" in page
    assert REASON in page
    session.rollback()
    assert session.get_one(Wave, "dn-quy-3").state == "open"
    assert client.post(f"{PLACE}/mo-lai/9").status_code in (400, 404)


def test_who_asked_may_take_the_wish_back(app, client, session, admin):
    close(client, app)
    post(client, f"{PLACE}/mo-lai", reason=REASON, closes_on="2026-10-15")
    assert "Đã rút đề nghị" in post(client, f"{PLACE}/mo-lai/1", answer="refuse").text
    session.rollback()
    assert session.get_one(Wave, "dn-quy-3").state == "closed"


def test_a_business_sees_that_its_receipt_is_counted_and_no_rating(
    app, client, session, admin
):
    page = post(client, "/xac-minh", receipt=RECEIPT).text
    assert "Phiếu đã được tính" in page
    assert "Xem bằng chứng" not in page
    early = post(client, "/xac-minh/bang-chung", receipt=RECEIPT)
    assert early.status_code == 404
    close(client, app)
    assert "Xem bằng chứng" in post(client, "/xac-minh", receipt=RECEIPT).text
    page = post(client, "/xac-minh/bang-chung", receipt=RECEIPT).text
    closing = closings.latest(session, "dn-quy-3")
    assert closing.receipts_root in page
    rows = re.findall(r"bên (trái|phải).*?([0-9a-f]{64})", page, re.DOTALL)
    sides = {"trái": "left", "phải": "right"}
    steps = [seals.Step(sides[side], other) for side, other in rows]
    found = seals.leads_to(drafts.receipt_hash(RECEIPT), steps)
    assert found == closing.receipts_root
    assert "dạng XXXX" in post(client, "/xac-minh/bang-chung", receipt="x").text


def test_a_division_sees_nothing_of_the_whole(app, client, session, world, admin):
    close(client, app)
    cast.sign_in(client, session, "analyst", world.trade)
    assert client.get(PLACE).status_code == 404
