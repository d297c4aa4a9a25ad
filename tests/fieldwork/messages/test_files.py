"""Files of messages: a working link for each, nothing for the rated units, reminders
only for those who have not answered."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine

from survey.fieldwork import links
from survey.fieldwork.terms import FieldworkError
from survey.models import Batch, Link, LinkEvent, Message, Wording
from tests import cast
from tests.fieldwork import office
from tests.fieldwork.messages import post
from tests.fieldwork.messages.conftest import SITE

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(cast.NOW) as traveller:
        yield traveller


@pytest.fixture
def made(app, session, world, client):
    """Three businesses, their links, and a signed-in member of the department."""
    post.dossiers(session, world, 3)
    cast.sign_in(client, session, "fieldworker", world.department)
    return post.batch(app, session, world)


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_every_row_has_a_link_that_opens_and_a_text_that_fits(
    session, world, client, made, suffix
):
    answer = post.file_of(client, world, made, suffix=suffix)
    rows = post.rows_of(answer)

    assert (
        f"dn-quy-3-lo-{made}-loi-moi.{suffix}" in answer.headers["Content-Disposition"]
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert [row["Mã hồ sơ"] for row in rows] == ["H1", "H2", "H3"]
    assert rows[0]["Điện thoại"] == "0905000001"
    for row in rows:
        link = row["Đường dẫn"]
        assert link in row["Tin nhắn ngắn (SMS)"]
        assert link in row["Nội dung đầy đủ (Zalo, thư điện tử)"]
        assert int(row["Số ký tự"]) == len(row["Tin nhắn ngắn (SMS)"]) < 160
        opened = client.get(link.removeprefix(SITE), follow_redirects=True)
        assert "Phòng Quản lý Thương mại" in opened.text


def test_a_file_is_written_down_with_who_made_it_and_of_how_many(
    session, world, client, made
):
    post.file_of(client, world, made)
    page = client.get(post.page(world, "gui-loi-moi")).text

    event = office.rows(session, sa.select(LinkEvent.reason).where(
        LinkEvent.action == "exported"
    ))  # fmt: skip
    assert event == [("Tệp lời mời: 3",)]
    assert f"fieldworker-{world.department}@example.gov.vn" in page
    assert "Tệp lời mời: 3" in page


def test_a_list_of_the_codes_is_named_in_the_log(session, world, client, made):
    office.post(client, post.page(world, "lo", made, "danh-sach.csv"))
    page = client.get(post.page(world, "gui-loi-moi")).text

    assert "Danh sách mã và đường dẫn của lô" in page


def test_nobody_is_reminded_of_what_was_not_sent_or_not_long_ago(
    app, session, world, client, made, settings
):
    session.execute(sa.update(Batch).values(key_until=cast.NOW + 2 * WEEK))
    session.commit()
    page = client.get(post.page(world, "lo", made, "tin-nhan")).text
    unsent = post.file_of(client, world, made, "reminder")
    post.rows_of(post.file_of(client, world, made))
    early = post.file_of(client, world, made, "reminder")
    with pytest.raises(FieldworkError, match="Chưa nhắc được"):
        post.queue(app, session, world, settings, made, kind="reminder")
    with time_machine.travel(cast.NOW + WEEK):
        cast.sign_in(client, session, "admin", world.department)
        assert len(post.rows_of(post.file_of(client, world, made, "reminder"))) == 3

    assert 'value="invitation" checked' in page
    assert unsent.status_code == early.status_code == 422
    assert "lô này chưa tải tệp lời mời, chưa gửi thư, chưa in" in unsent.text
    assert "đi ngày 27/08/2026, phải chờ 7 ngày. Từ ngày 03/09/2026" in early.text


def test_codes_replaced_for_another_reason_are_sent_as_invitations(
    app, session, world, client, made
):
    with app.test_request_context(method="POST"):
        old = session.scalars(sa.select(Link)).all()
        new = links.replace_links(session, old, reason="Mất tệp", now=cast.NOW).id
        session.commit()
    page = client.get(post.page(world, "lo", new, "tin-nhan")).text

    assert 'value="invitation" checked' in page
    assert post.file_of(client, world, new, "reminder").status_code == 422


def test_answered_and_revoked_links_are_in_no_file(session, world, client, made):
    post.answered(session, "H1")
    session.execute(sa.update(Link).where(Link.place == 1).values(state="revoked"))
    session.commit()

    rows = post.rows_of(post.file_of(client, world, made))
    assert [row["Mã hồ sơ"] for row in rows] == ["H3"]


def test_without_its_key_a_batch_gives_no_file_and_says_what_to_do(
    session, world, client, made
):
    session.execute(sa.update(Batch).values(key=None, key_until=None))
    session.commit()
    answer = post.file_of(client, world, made)

    assert answer.status_code == 422
    assert "Xin tạo mã mới cho những hồ sơ chưa trả lời" in answer.text


def test_nothing_of_this_is_for_accounts_of_the_rated_units(
    session, world, client, made, app
):
    own = app.test_client()
    cast.sign_in(own, session, "fieldworker", world.trade)
    page = own.get(post.page(world, "gui-loi-moi"))
    of_batch = own.get(post.page(world, "lo", made, "tin-nhan"))

    for shown in (page.text, of_batch.text):
        assert "do đầu mối khảo sát của Sở Công Thương thực hiện" in shown
        assert "Đến hạn nhắc" not in shown
    for address in (
        ("lo", made, "tin-nhan"), ("lo", made, "gui-thu"), ("gui-loi-moi", "tao-ma"),
        ("gui-loi-moi", "tep-nhac"), ("gui-loi-moi", "ma-moi"),
        ("gui-loi-moi", "khong-den"), ("gui-loi-moi", "noi-dung"),
    ):  # fmt: skip
        assert office.post(own, post.page(world, *address)).status_code == 403, address


def test_a_batch_of_another_wave_is_not_there(session, world, client, made):
    other = office.add_wave(session, world, "khac", world.department)
    path = f"/dot-khao-sat/{other}/lo/{made}/tin-nhan"

    assert client.get(path).status_code == 404
    assert office.post(client, path, kind="invitation", format="csv").status_code == 404


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_the_file_of_reminders_holds_the_same_links_but_not_who_answered(
    session, world, client, made, clock, suffix
):
    file = post.file_of(client, world, made, suffix=suffix)
    invited = {row["Mã hồ sơ"]: row["Đường dẫn"] for row in post.rows_of(file)}
    early = post.remind(client, world, file.data, suffix)
    post.answered(session, "H2")
    clock.move_to(cast.NOW + WEEK)
    cast.sign_in(client, session, "admin")
    reminded = post.rows_of(post.remind(client, world, file.data, suffix))
    lost = post.rows_of(post.remind(client, world, file.data, suffix))
    clock.shift(timedelta(hours=25))
    cast.sign_in(client, session, "admin", world.department)
    once_more = post.remind(client, world, file.data, suffix)

    assert "chưa đủ số ngày kể từ khi mời" in early.text
    assert {row["Mã hồ sơ"]: row["Đường dẫn"] for row in reminded} == {
        code: link for code, link in invited.items() if code != "H2"
    }
    assert all(" nhac danh gia " in row["Tin nhắn ngắn (SMS)"] for row in reminded)
    assert lost == reminded, "for a day the file can be made again"
    assert once_more.status_code == 422
    assert "2 đã được nhắc một lần" in once_more.text
    assert "1 đã trả lời" in once_more.text
    assert office.count(session, Message, Message.state == "filed") == 2


def test_what_the_office_merged_into_its_file_is_kept(
    session, world, client, made, clock
):
    file = post.file_of(client, world, made)
    book = openpyxl.load_workbook(io.BytesIO(file.data))
    sheet = book.worksheets[0]
    sheet["B2"] = "0258 3822 228"
    sheet.insert_rows(1)
    sheet["A1"] = "Danh sách của Văn phòng"
    sheet.insert_cols(1)
    target = io.BytesIO()
    book.save(target)
    clock.move_to(cast.NOW + WEEK)
    cast.sign_in(client, session, "admin")

    rows = post.rows_of(post.remind(client, world, target.getvalue()))
    assert [row["Điện thoại"] for row in rows] == [
        "02583822228",
        "0905000002",
        "0905000003",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Xin chọn tệp"),
        (b"a,b\n1,2\n", "Không thấy mã nào trong tệp"),
        (b"PK\x03\x04 no zip", "Không đọc được tệp Excel"),
        (b"link\n7F3K9M2CDFHJKMNPRTVW\n", "Không thấy mã nào trong tệp"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_beside_its_field(
    world, client, made, content, words
):
    answer = post.remind(client, world, content, "csv")

    assert answer.status_code == 422
    assert words in answer.text


def test_texts_of_the_office_go_into_its_files_and_can_be_undone(
    session, world, client, made
):
    path = post.page(world, "gui-loi-moi", "noi-dung")
    page = client.get(path).text
    texts = {
        "sms": "SCT kính mời: {link} cảm ơn", "subject": "Thư mời {ma}",
        "body": "Xin mở {link} trước {han}", "reminder_sms": "Nhắc: {link}",
        "reminder_subject": "Nhắc", "reminder_body": "Nhắc {link}",
    }  # fmt: skip
    assert "trên 159 ký tự" in page
    assert f"Không đủ chỗ nên bỏ: Kiem tra {SITE.removeprefix('http://')}" in page
    for name, wrong, words in (
        ("sms", "Mời {ten}: {link}", "Không có ô {ten}"),
        ("sms", "Mời " + "rất dài " * 20 + "{link}", "ký tự, quá 159"),
        ("body", "Mời", "Thiếu {link}"),
    ):
        answer = office.post(client, path, do="save", **{**texts, name: wrong})
        assert answer.status_code == 422
        assert words in answer.text
    assert office.post(client, path, do="show", **texts).status_code == 200
    assert office.count(session, Wording) == 0
    assert office.post(client, path, do="save", **texts).status_code == 303

    (row, *_rest) = post.rows_of(post.file_of(client, world, made))
    assert row["Tin nhắn ngắn (SMS)"] == f"SCT kinh moi: {row['Đường dẫn']} cam on"
    assert row["Tiêu đề thư"] == "Thư mời H1"
    assert row["Nội dung đầy đủ (Zalo, thư điện tử)"].endswith("trước 17/09/2026")
