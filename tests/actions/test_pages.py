"""The pages of a division and of its actions, as who may see them finds them."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine

from survey.models import (
    Account,
    Action,
    ActionFile,
    CommentCoding,
    Response,
    SentReport,
)
from tests import cast
from tests.actions.plans import DOCX, PDF, TODAY, TYPED, post, set_action
from tests.actions.test_reports import add
from tests.figures import crowd

LATER = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(cast.NOW, tick=False):
        yield


def fill(session, world, count=60, **more):
    crowd.fill(session, world.wave, count, [(world.trade, world.petrol)], **more)
    session.rollback()


def test_a_division_reads_the_comments_released_to_it_and_no_other(
    client, session, world
):
    places = [(world.trade, world.petrol), (world.energy, world.power)]
    crowd.fill(session, world.wave, 80, places)
    said = {
        world.trade: ("Hẹn lại [đã che]", "unit"),
        world.energy: ("Việc của phòng khác", "unit"),
    }
    for unit_id, (text, state) in said.items():
        found = session.scalars(sa.select(Response).where(Response.unit_id == unit_id))
        one = found.first()
        session.add(
            CommentCoding(
                response_id=one.id, wave_id=world.wave, text=text, state=state
            )
        )
    session.commit()
    cast.sign_in(client, session, "analyst", world.trade)
    page = client.get(f"/phong/{world.trade}").text
    assert "Hẹn lại [đã che]" in page
    assert "Việc của phòng khác" not in page


@pytest.fixture
def action(session, world) -> int:
    who = cast.account(session, "admin", email="nguoi.dat@example.gov.vn")
    return set_action(session, world, who.id).id


def test_a_division_head_is_led_to_his_own_page_and_sees_no_other(
    client, session, world
):
    fill(session, world)
    cast.sign_in(client, session, "analyst", world.trade)
    answer = client.get("/phong/")
    assert answer.headers["Location"] == f"/phong/{world.trade}"
    page = client.get(f"/phong/{world.trade}").text
    for words in (
        "Phòng Quản lý Thương mại",
        "Tiêu chí cần cải thiện trước",
        "Quý III/2026",
        "Tỷ lệ hài lòng: bộ cốt lõi",
        "Đặt việc mới",
    ):
        assert words in page
    assert client.get(f"/phong/{world.energy}").status_code == 404
    assert client.get(f"/phong/{world.department}").status_code == 404
    assert client.get(f"/phong/{world.trade}?dot=khong-co").status_code == 404
    assert client.get("/to-cong-tac/").headers["Location"] == "/to-cong-tac/bao-cao"
    assert client.get("/to-cong-tac/in.pdf").status_code == 403


def test_a_division_without_answers_is_told_what_comes_next(client, session, world):
    cast.sign_in(client, session, "analyst", world.energy)
    page = client.get(f"/phong/{world.energy}").text
    assert "Chưa có phiếu nào về phòng" in page
    assert "Chưa đặt việc nào" in page


@pytest.mark.parametrize("count", [3, 7])
def test_a_small_group_has_no_index_on_its_page(client, session, world, count):
    fill(session, world, count)
    cast.sign_in(client, session, "analyst", world.trade)
    page = client.get(f"/phong/{world.trade}").text
    main = page.partition("<main")[2]
    assert "%" not in re.sub(r"95%|<[^>]*>", "", main)
    assert "Chưa tiêu chí nào đủ phiếu" in page


def test_an_action_is_set_on_the_figure_of_the_day_and_followed_up(
    client, session, world
):
    fill(session, world, months=("2026-07", "2026-08"))
    cast.sign_in(client, session, "analyst", world.trade)
    set_at = f"/phong/{world.trade}/viec?dot={world.wave}"
    form = client.get(f"{set_at}&tieu-chi=B2").text
    assert '<option value="B2" selected>' in form
    answer = post(client, set_at, **TYPED)
    assert answer.status_code == 303
    kept = session.query(Action).one()
    # The wave goes on and no quarter of it is over: July is the last whole month.
    assert kept.baseline["through"] == "2026-07-31"
    assert kept.baseline["period"] == "2026-07"
    assert int(kept.baseline["n"]) > 10
    assert kept.task == "Mỗi thủ tục một trang.\nĐăng trên Cổng."
    before = kept.baseline["value"]
    wave = kept.wave
    session.rollback()
    page = client.get(answer.headers["Location"]).text
    assert "Chưa có quý nào sau khi đặt việc có kết quả" in page

    # The wave goes on into the next quarter, where nearly all are satisfied.
    wave.closes_on = LATER.date()
    session.add(wave)
    session.commit()
    fill(session, world, 200, months=("2026-10",), seed=2)
    with time_machine.travel(LATER, tick=False):
        cast.sign_in(client, session, "auditor")
        page = client.get(answer.headers["Location"]).text
    assert "Quý IV/2026" in page
    assert "chưa thấy khác" in page
    assert session.query(Action).one().baseline["value"] == before


def test_a_wrong_form_keeps_what_was_typed(client, session, world):
    cast.sign_in(client, session, "admin")
    answer = post(
        client,
        f"/phong/{world.trade}/viec",
        **{**TYPED, "owner": "", "due_on": "2026-08-26", "criterion": "Z9"},
    )
    assert answer.status_code == 422
    assert "Xin ghi tên hoặc chức danh" in answer.text
    assert "Xin chọn một mục trong danh sách" in answer.text
    assert 'value="Soạn tờ hướng dẫn"' in answer.text
    assert "Đăng trên Cổng." in answer.text
    answer = post(
        client, f"/phong/{world.trade}/viec", **{**TYPED, "due_on": "2026-08-26"}
    )
    assert "Thời hạn phải từ hôm nay trở đi" in answer.text
    answer = post(client, f"/phong/{world.trade}/viec", **{**TYPED, "owner": " \u200a"})
    assert "tối đa 120 ký tự" in answer.text
    assert session.query(Action).count() == 0


def test_what_was_typed_is_shown_as_text(client, session, world, action):
    cast.sign_in(client, session, "admin")
    page = f"/viec-cai-thien/{action}"
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', client.get(f"{page}/sua").text)
    nasty = "<script>alert(1)</script>{{7*7}}"
    fields = {**TYPED, "title": nasty, "task": nasty, "owner": nasty}
    answer = post(client, f"{page}/sua", **fields, seen=seen[1])
    assert answer.status_code == 303
    text = client.get(page).text
    assert "<script>alert" not in text
    assert "{{7*7}}" in text
    assert "&lt;script&gt;" in client.get(f"/phong/{world.trade}").text
    assert post(client, f"{page}/sua", **fields, seen="x").status_code == 422


def test_the_state_is_turned_and_taken_back_on_the_page(client, session, action):
    cast.sign_in(client, session, "admin", None)
    page = f"/viec-cai-thien/{action}"
    answer = post(client, f"{page}/trang-thai", state="dropped", reason=" ")
    assert answer.status_code == 422
    assert "Xin ghi lý do dừng việc" in answer.text
    answer = post(
        client, f"{page}/trang-thai", state="dropped", reason="Phòng khác làm"
    )
    assert answer.status_code == 303
    assert "Phòng khác làm" in client.get(page).text
    post(client, f"{page}/hoan-tac")
    assert session.query(Action).one().state == "planned"


@pytest.fixture(params=["auditor", "analyst", "energy"])
def outsider(request, client, session, world) -> Account:
    if request.param == "energy":
        return cast.sign_in(client, session, "analyst", world.energy)
    return cast.sign_in(client, session, request.param)


def test_others_change_nothing(client, session, world, action, outsider):
    is_energy = outsider.unit_id is not None
    page = f"/viec-cai-thien/{action}"
    assert client.get(page).status_code == (404 if is_energy else 200)
    expected = (403, 404)
    for address, fields in (
        (f"/phong/{world.trade}/viec", TYPED),
        (f"{page}/sua", {**TYPED, "seen": "1"}),
        (f"{page}/trang-thai", {"state": "done"}),
        (f"{page}/tep", {"file": (io.BytesIO(PDF), "a.pdf")}),
        (f"{page}/tep/1/go", {}),
        (f"{page}/hoan-tac", {}),
    ):
        assert post(client, address, **fields).status_code in expected, address
    session.rollback()
    assert session.query(Action).one().state == "planned"
    assert session.query(ActionFile).count() == 0


def upload(client, page, content, name):
    """Send a file as a browser does; Werkzeug's own way leaves large ones open."""
    parts = [
        f'--xx\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        f"{cast.csrf(client)}\r\n".encode(),
        f'--xx\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode(),
        content,
        b"\r\n--xx--\r\n",
    ]
    return client.post(
        f"{page}/tep",
        data=b"".join(parts),
        content_type="multipart/form-data; boundary=xx",
    )


def test_a_file_goes_in_and_comes_out_as_an_attachment(client, session, world, action):
    cast.sign_in(client, session, "analyst", world.trade)
    page = f"/viec-cai-thien/{action}"
    # The name lies about what it is; the content decides.
    assert upload(client, page, DOCX, "Tờ trình.pdf").status_code == 303
    for content, name in ((b"<html>", "a.pdf"), (b"", ""), (DOCX, "again.docx")):
        assert upload(client, page, content, name).status_code == 422
    out = client.get(f"{page}/tep/1")
    assert out.data == DOCX
    assert out.content_type.endswith("wordprocessingml.document")
    assert out.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        out.headers["Content-Disposition"]
        == f"attachment; filename=minh-chung-{action}-1.docx"
    )
    shown = client.get(page).text
    assert "Tờ trình.pdf" in shown
    assert hashlib.sha256(DOCX).hexdigest()[:16] in shown

    post(client, f"{page}/tep/1/go")
    assert client.get(f"{page}/tep/1").status_code == 404
    assert "Gỡ tệp minh chứng" in client.get(page).text
    post(client, f"{page}/hoan-tac")
    assert client.get(f"{page}/tep/1").status_code == 200


def test_a_large_file_is_refused_in_words(client, session, world, action):
    cast.sign_in(client, session, "admin")
    page = f"/viec-cai-thien/{action}"
    answer = upload(client, page, PDF + bytes(10 * 1024 * 1024), "a.pdf")
    assert answer.status_code == 422
    assert "lớn hơn 10 MB" in answer.text
    assert (
        upload(client, page, PDF + bytes(9 * 1024 * 1024), "a.pdf").status_code == 303
    )


def test_a_file_of_another_action_is_not_there(client, session, world, action):
    cast.sign_in(client, session, "admin")
    account = session.query(Account).first().id
    other = set_action(session, world, account, unit_id=world.energy).id
    session.rollback()
    upload(client, f"/viec-cai-thien/{other}", PDF, "a.pdf")
    assert client.get(f"/viec-cai-thien/{action}/tep/1").status_code == 404
    assert client.get(f"/viec-cai-thien/{other}/tep/1").status_code == 200


REPORT = {
    "name": "Báo cáo CCHC quý",
    "kind": "quarterly",
    "cut_day": "14",
    "due_day": "20",
    "due_months": "0",
    "day_off_rule": "next",
    "recipients": "Sở Nội vụ",
    "legal_basis": "NĐ 09/2019/NĐ-CP",
    "starts_on": "2026-07-01",
}


def test_reports_are_kept_and_what_was_sent_is_noted(client, session, world):
    cast.sign_in(client, session, "admin")
    reports = "/to-cong-tac/bao-cao"
    assert "Chưa có báo cáo định kỳ nào" in client.get(reports).text
    wrong = {**REPORT, "due_day": "13", "recipients": ""}
    assert post(client, f"{reports}/them", **wrong).status_code == 422
    assert post(client, f"{reports}/them", **REPORT).status_code == 303
    assert post(client, f"{reports}/them", **REPORT).status_code == 422
    page = client.get(reports).text
    assert "21/09/2026" in page
    assert "20/09/2026 là Chủ nhật, ngày nghỉ" in page
    assert "cần cơ quan xác nhận" in page

    period = f"{reports}/1/ky/2026-09"
    assert post(client, period, sent_on="2026-08-28").status_code == 422
    done = post(client, period, sent_on="2026-08-27", document="12/BC-SCT")
    assert done.status_code == 303
    page = client.get(reports).text
    assert "sớm hạn" in page
    assert "12/BC-SCT" in page
    assert client.get(f"{reports}/1/ky/2026-08").status_code == 404
    post(client, f"{period}/bo")
    assert session.query(SentReport).count() == 0
    session.rollback()

    changed = {**REPORT, "day_off_rule": "before", "is_confirmed": "y"}
    assert post(client, f"{reports}/1", **changed).status_code == 303
    page = client.get(reports).text
    assert "18/09/2026" in page
    assert "cần cơ quan xác nhận" not in page
    post(client, f"{reports}/1/dung")
    assert "ngừng theo dõi" in client.get(reports).text
    post(client, f"{reports}/nap")
    assert "Báo cáo công tác cải cách hành chính (năm)" in client.get(reports).text


def test_a_division_reads_the_calendar_and_notes_nothing(client, session, world):
    add(session)
    session.commit()
    cast.sign_in(client, session, "analyst", world.trade)
    page = client.get("/to-cong-tac/bao-cao").text
    assert "Báo cáo monthly" in page
    assert "Ghi đã gửi" not in page
    period = "/to-cong-tac/bao-cao/1/ky/2026-08"
    assert client.get(period).status_code == 403
    assert post(client, period, sent_on=TODAY.isoformat()).status_code == 403
    cast.sign_in(client, session, "admin", world.trade)
    assert client.get("/to-cong-tac/bao-cao/1").status_code == 403
