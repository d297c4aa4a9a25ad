"""What came back: told by code, address, telephone or the server's own report, and
taken back with one press."""

from __future__ import annotations

import io

import pytest
import time_machine

from tests import cast
from tests.fieldwork import office
from tests.fieldwork.messages import post

REPORT = """\
From: MAILER-DAEMON@mail.example.vn
To: khaosat@example.gov.vn
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

This is the mail system.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.vn

Final-Recipient: rfc822; h2@example.com
Action: {action}
Status: {status}

Final-Recipient: rfc822; h1@example.com
Action: delayed
Status: 4.4.1

--x--
"""


@pytest.fixture(autouse=True)
def made(app, session, world, client):
    with time_machine.travel(cast.NOW):
        post.dossiers(session, world, 4)
        post.batch(app, session, world)
        cast.sign_in(client, session, "fieldworker")
        yield


def tell(client, world, names="", report=None):
    more = {"report": (io.BytesIO(report), "thu.eml")} if report else {}
    return office.post(
        client, post.page(world, "gui-loi-moi", "khong-den"), follow=True,
        names=names, **more,
    )  # fmt: skip


def test_codes_addresses_and_telephones_are_known_and_the_unknown_are_told(
    session, world, client
):
    post.answered(session, "H4")
    names = "h1\r\nH2@Example.com; +84 905 000 003\nH4\nkhong-co@example.com"
    told = tell(client, world, names).text

    assert post.undelivered(session) == {"H1", "H2", "H3"}
    assert "Đã đánh dấu 3 hồ sơ không đến được." in told
    assert "1 hồ sơ không đánh dấu vì không còn mã đang chờ trả lời." in told
    assert "Không tìm thấy 1 mục, ví dụ: khong-co@example.com." in told
    assert "3 hồ sơ đã được đánh dấu trước đó" in tell(client, world, names).text


def test_the_report_of_a_mail_server_tells_whom_it_did_not_reach(
    session, world, client
):
    delayed = REPORT.format(action="delayed", status="4.2.2").encode()
    refused = tell(client, world, report=delayed)
    assert refused.status_code == 422
    assert "chỉ báo chậm" in refused.text
    assert post.undelivered(session) == set()

    failed = REPORT.format(action="failed", status="5.1.1").encode()
    assert tell(client, world, report=failed).status_code == 200
    assert post.undelivered(session) == {"H2"}


def test_a_letter_that_was_sent_and_came_back_is_counted_as_bounced(
    app, session, world, client, settings
):
    with app.app_context():
        post.queue(app, session, world, settings, 1)
    post.send(app, session, settings)
    tell(client, world, "H2")

    assert post.states(session) == {
        "H1": "sent", "H2": "bounced", "H3": "sent", "H4": "sent"
    }  # fmt: skip


def test_a_slip_is_taken_back_with_one_press(session, world, client):
    page = tell(client, world, "H1\nH2").text
    at = page.partition('name="at" value="')[2].partition('"')[0]
    undone = office.post(
        client, post.page(world, "gui-loi-moi", "hoan-tac"), follow=True, at=at
    )

    assert "Đã bỏ đánh dấu 2 hồ sơ." in undone.text
    assert post.undelivered(session) == set()


def test_nothing_named_is_told_beside_the_field(world, client):
    answer = tell(client, world, " ")

    assert answer.status_code == 422
    assert "Xin nhập ít nhất một mục" in answer.text
