"""The office's papers of a wave, the list of what is missing, and the file made from
its page."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
import time_machine

from survey import filetypes, jobs
from survey.evidence import verify
from survey.models import Job, WaveDocument
from tests import cast
from tests.figures import crowd

PLACE = "/dot-khao-sat/dn-quy-3/kiem-chung"
PLAN = {
    "kind": "plan",
    "number": "15/KH-SCT",
    "issued_on": "2026-06-20",
    "issuer": "Sở Công Thương",
    "summary": "Kế hoạch khảo sát <b>quý III</b>",
}


@pytest.fixture(autouse=True)
def _then():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def admin(client, session, world):
    crowd.fill(session, world.wave, 30, [(world.trade, world.petrol)])
    return cast.sign_in(client, session, "admin")


def post(client, path, content=None, follow=True, **data):
    fields = {"csrf_token": cast.csrf(client), **data}
    if content is not None:
        fields["file"] = (io.BytesIO(content), "kế hoạch.pdf")
    return client.post(path, data=fields, follow_redirects=follow)


def test_a_plan_is_kept_listed_handed_back_and_taken_away(client, session, admin):
    before = client.get(PLACE).text
    assert "Còn thiếu" in before
    assert "Chưa có tài liệu nào" in before
    page = post(client, f"{PLACE}/tai-lieu", b"%PDF-1.7 plan", **PLAN).text
    assert "15/KH-SCT" in page
    assert "&lt;b&gt;quý III&lt;/b&gt;" in page
    again = post(client, f"{PLACE}/tai-lieu", b"%PDF-1.7 plan", **PLAN)
    assert again.status_code == 422
    assert "đã có trong hồ sơ" in again.text
    assert "15/KH-SCT" in again.text
    file = client.get(f"{PLACE}/tai-lieu/1")
    assert file.mimetype == "application/pdf"
    assert "attachment" in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    post(client, f"{PLACE}/tai-lieu/1/xoa")
    assert session.scalars(sa.select(WaveDocument)).all() == []
    assert client.get(f"{PLACE}/tai-lieu/1").status_code == 404


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"<html>", "Chỉ nhận tệp PDF"),
        (b"", "Tệp này trống"),
        (b"%PDF-" + b"x" * 100, "lớn hơn 10 MB"),
    ],
)
def test_a_file_of_another_kind_empty_or_too_large_is_refused(
    client, session, admin, monkeypatch, content, word
):
    monkeypatch.setattr(filetypes, "MOST_BYTES", 100)
    answer = post(client, f"{PLACE}/tai-lieu", content, **PLAN)
    assert answer.status_code == 422
    assert word in answer.text
    assert session.scalars(sa.select(WaveDocument)).all() == []


def test_a_form_without_its_parts_says_what_is_missing(client, admin):
    answer = post(client, f"{PLACE}/tai-lieu", kind="plan")
    assert answer.status_code == 422
    for word in ("số, ký hiệu", "ngày ban hành", "trích yếu", "chọn tệp"):
        assert word in answer.text


def test_the_file_is_made_by_a_job_fetched_and_intact(app, client, session, admin):
    early = post(client, f"{PLACE}/tao").text
    assert "chưa tạo được hồ sơ" in early
    post(client, f"{PLACE}/tai-lieu", b"%PDF-1.7 plan", **PLAN)
    post(client, "/dot-khao-sat/dn-quy-3/dong")
    jobs.run_all(app)
    started = post(client, f"{PLACE}/tao", follow=False)
    jobs.run_all(app)
    page = client.get(started.location).text
    assert "Đã tạo xong hồ sơ kiểm chứng" in page
    link = re.search(r'href="([^"]+\.zip)"', page)
    with client.get(link[1]) as answer:
        data = answer.data
    report = verify.verify(data)
    assert report.faults == []
    files = verify.unpack(data)
    assert files["1-wave/papers/plan-1.pdf"][0] == b"%PDF-1.7 plan"
    assert "15/KH-SCT" in files["1-wave/papers.csv"][0].decode()
    kinds = session.scalars(sa.select(Job.kind).order_by(Job.made_at)).all()
    assert kinds.count("evidence-make") == 1


def test_a_signed_report_of_an_open_wave_is_out_of_date(client, session, admin):
    post(client, f"{PLACE}/tai-lieu", b"%PDF-1.7 bc", **{**PLAN, "kind": "report"})
    assert "Cần làm lại" in client.get(PLACE).text
