"""E-mail: to each business its own link, once, again when the server is busy, never in
the open, and settled one way or the other."""

from __future__ import annotations

import dataclasses
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.orm import Session

from survey import codes, jobs
from survey.db import db
from survey.fieldwork import FieldworkError, retention
from survey.fieldwork.messages import mail, reminders
from survey.models import Batch, Dossier, Link, Message, Reach, Unit, Wording
from tests import cast
from tests.fieldwork import office
from tests.fieldwork.messages import post
from tests.fieldwork.messages.mail_server import CERTIFICATE

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen():
    with time_machine.travel(cast.NOW):
        yield


@pytest.fixture
def queued(app, session, world, settings):
    """Three businesses whose invitations wait; the id of their batch."""
    post.dossiers(session, world, 3)
    made = post.batch(app, session, world)
    assert post.queue(app, session, world, settings, made).queued == 3
    return made


def token_in(letter) -> str:
    return letter.get_content().partition("/p/")[2].split()[0]


def test_each_business_gets_its_own_link_in_a_plain_letter(
    app, session, settings, queued, post_office
):
    done = post.send(app, session, settings)

    assert (done.sent, done.failed, done.waiting) == (3, 0, 0)
    assert post_office.recipients == [f"h{n}@example.com" for n in (1, 2, 3)]
    for to, letter in post_office.letters:
        code = to.partition("@")[0].upper()
        hashed = codes.hashed(token_in(letter))
        of_link = sa.select(Dossier.code).join(Link).where(Link.token_hash == hashed)
        assert office.rows(session, of_link) == [(code,)]
        assert letter["Subject"] == f"Mời đánh giá việc giải quyết hồ sơ {code}"
        assert letter["From"].addresses[0].display_name == settings.agency_vi
        assert letter["To"] == to
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter.get_content_type() == "text/plain"
        assert "mọi mức đánh giá đều được ghi nhận như nhau" in letter.get_content()


def test_no_table_ever_holds_a_token_and_the_key_goes_when_nothing_waits(
    app, session, settings, queued, post_office
):
    later = cast.NOW + timedelta(hours=30)
    post_office.refuse = lambda verb, to: "451 busy" if "h3" in to else None
    post.send(app, session, settings)
    post.send(app, session, settings, later)
    assert office.rows(session, sa.select(Batch.key.is_not(None))) == [(True,)]

    post_office.refuse = lambda verb, to: None
    post.send(app, session, settings, later + timedelta(hours=1))

    assert set(post.states(session).values()) == {"sent"}
    assert office.rows(session, sa.select(Batch.key, Batch.key_until)) == [(None, None)]
    stored = repr(office.rows(session, sa.select(*Message.__table__.columns)))
    assert not any(token_in(letter) in stored for _to, letter in post_office.letters)


def test_a_busy_server_is_asked_again_later_and_later_with_the_same_letter(
    app, session, settings, queued, post_office
):
    post_office.refuse = lambda verb, to: "451 later" if (verb, to[:2]) == (
        ".", "h2"
    ) else None  # fmt: skip
    first = post.send(app, session, settings)
    again = post.send(app, session, settings, cast.NOW + 4 * MINUTE)
    second = post.send(app, session, settings, cast.NOW + 6 * MINUTE)
    too_soon = post.send(app, session, settings, cast.NOW + 20 * MINUTE)
    post_office.refuse = lambda verb, to: None
    third = post.send(app, session, settings, cast.NOW + 22 * MINUTE)

    assert [one.later for one in (first, again, second)] == [1, 0, 1]
    assert (too_soon.sent, too_soon.later, third.sent) == (0, 0, 1)
    assert sorted(post_office.recipients) == [f"h{n}@example.com" for n in (1, 2, 3)]
    assert post.states(session)["H2"] == "sent"


def test_after_the_last_try_a_message_has_failed_and_reached_nobody(
    app, session, settings, queued, post_office
):
    post_office.refuse = lambda verb, to: "452 full" if "h1@" in to else None
    now = cast.NOW
    for delay in (*mail.DELAYS, MINUTE):
        post.send(app, session, settings, now)
        now += delay

    assert post.states(session) == {"H1": "failed", "H2": "sent", "H3": "sent"}
    assert post.undelivered(session) == {"H1"}


@pytest.mark.parametrize(
    ("verb", "answer", "state"),
    [("RCPT", "550 5.1.1 no such user", "bounced"), (".", "554 spam", "failed")],
)
def test_what_the_server_refuses_for_good_is_not_tried_again(
    app, session, settings, queued, post_office, verb, answer, state
):
    post_office.refuse = lambda said, to: (
        f"{answer} <h2@example.com>" if said == verb and "h2@" in to else None
    )
    done = post.send(app, session, settings)

    assert (done.sent, done.failed) == (2, 1)
    assert post.states(session) == {"H1": "sent", "H2": state, "H3": "sent"}
    assert post.undelivered(session) == {"H2"}
    faults = office.rows(session, sa.select(Message.fault).where(Message.fault != ""))
    assert faults == [(f"{answer} …",)], "no address stands in a fault"


def test_a_server_that_is_away_costs_no_message_a_try(app, session, settings, queued):
    away = dataclasses.replace(settings, smtp_port=1)
    done = post.send(app, session, away)

    assert done.sent == 0
    assert "ConnectionRefusedError" in done.fault
    tries = sa.select(Message.tries, Message.state).distinct()
    assert office.rows(session, tries) == [(0, "queued")]
    assert post.send(app, session, settings, cast.NOW + 4 * MINUTE).sent == 0
    assert post.send(app, session, settings, cast.NOW + 6 * MINUTE).sent == 3


def test_a_sender_that_is_refused_is_the_offices_fault_and_no_business_is_marked(
    app, session, settings, queued, post_office
):
    post_office.refuse = lambda verb, _to: "553 not you" if verb == "MAIL" else None
    done = post.send(app, session, settings)

    assert done.fault == "553 not you"
    assert set(post.states(session).values()) == {"queued"}
    assert post.undelivered(session) == set()


def test_nothing_is_said_in_the_open_where_secrecy_is_asked_for(
    app, session, settings, queued, post_office
):
    secret = dataclasses.replace(settings, smtp_tls="starttls")
    done = post.send(app, session, secret)

    assert done.sent == 0
    assert done.fault
    assert {said.split()[0].upper() for said in post_office.said} <= {"EHLO", "QUIT"}


def test_a_certificate_nobody_vouches_for_is_refused_and_a_vouched_one_taken(
    app, session, settings, queued, post_office, monkeypatch
):
    post_office.is_secret = True
    secret = dataclasses.replace(settings, smtp_tls="starttls")
    refused = post.send(app, session, secret)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    taken = post.send(app, session, secret, cast.NOW + 6 * MINUTE)

    assert (refused.sent, taken.sent) == (0, 3)
    assert "CERTIFICATE_VERIFY_FAILED" in refused.fault


def test_no_name_and_no_address_adds_a_line_to_a_header(
    app, session, world, settings, post_office
):
    post.dossiers(session, world, 2)
    session.execute(
        sa.update(Unit).values(name="Phòng\r\nBcc: thief@example.com\r\n\r\nx")
    )
    evil = "h1@example.com\r\nBcc: thief@example.com"
    of_first = sa.select(Dossier.id).where(Dossier.code == "H1").scalar_subquery()
    session.execute(
        sa.update(Reach).where(Reach.dossier_id == of_first).values(email=evil)
    )
    session.execute(
        sa.update(Dossier)
        .where(Dossier.code == "H2")
        .values(code="H2\r\nBcc: thief@example.com")
    )
    session.commit()
    made = post.batch(app, session, world)
    queued = post.queue(app, session, world, settings, made)
    post.send(app, session, settings)

    assert (queued.queued, queued.without_address) == (1, 1)
    ((to, letter),) = post_office.letters
    assert to == "h2@example.com"
    assert letter["Bcc"] is None
    assert letter["Subject"].endswith("H2 Bcc: thief@example.com")


def test_two_hundred_letters_go_out_once_each_though_two_send_at_once(
    app, session, world, settings, post_office
):
    post.dossiers(session, world, 200)
    # Headers in ASCII: Python takes most of the time to encode others.
    settings = dataclasses.replace(settings, agency_vi="So Cong Thuong")
    own = {"subject": "Danh gia {ma}"}
    session.add(Wording(wave_id=world.wave, texts=own, changed_at=cast.NOW))
    made = post.batch(app, session, world)
    post.queue(app, session, world, settings, made)
    assert post.queue(app, session, world, settings, made).before == 200
    with app.app_context():
        engine = db.engine
    done, faults = [], []

    def run():
        try:
            with Session(engine) as own:
                done.append(post.send(app, own, settings).sent)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert sum(done) == 200
    assert len(set(post_office.recipients)) == len(post_office.recipients) == 200


def test_a_sender_that_dies_before_it_writes_down_what_it_sent_sends_again_once(
    app, session, settings, queued, post_office, monkeypatch
):
    settle = mail._settle

    def die(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(mail, "_settle", die)
    with pytest.raises(KeyboardInterrupt):
        post.send(app, session, settings)
    monkeypatch.setattr(mail, "_settle", settle)
    post.send(app, session, settings, cast.NOW + MINUTE)
    assert post_office.recipients == [f"h{n}@example.com" for n in (1, 2, 3)]
    post.send(app, session, settings, cast.NOW + 2 * mail.LEASE)

    assert post_office.recipients[3:] == ["h1@example.com"]
    ids = [letter["Message-ID"] for to, letter in post_office.letters if "h1" in to]
    assert len(set(ids)) == 1


def test_who_has_answered_meanwhile_gets_no_letter_and_leaves_no_trace(
    app, session, settings, queued, post_office
):
    post.answered(session, "H2")
    done = post.send(app, session, settings)

    assert (done.sent, done.dropped) == (2, 1)
    assert "h2@example.com" not in post_office.recipients
    assert post.states(session) == {"H1": "sent", "H3": "sent"}


def test_without_the_key_nothing_can_be_sent_and_that_is_said(
    app, session, world, settings, queued, client
):
    session.execute(sa.update(Batch).values(key=None, key_until=None))
    session.commit()
    done = post.send(app, session, settings)
    cast.sign_in(client, session, "fieldworker")
    page = client.get(post.page(world, "gui-loi-moi")).text

    assert done.failed == 3
    assert "Mã của lô đã bị xóa trước khi gửi được; xin tạo mã mới. (3)" in page


def test_a_minute_has_no_more_letters_than_it_may_have(
    app, session, world, settings, post_office
):
    post.dossiers(session, world, 5)
    post.queue(app, session, world, settings, post.batch(app, session, world))
    slow = dataclasses.replace(settings, mail_per_minute=2)
    done = [
        post.send(app, session, slow, cast.NOW + timedelta(seconds=seconds))
        for seconds in (0, 30, 61, 122)
    ]

    assert [one.sent for one in done] == [2, 0, 2, 1]
    assert [one.waiting for one in done] == [3, 3, 1, 0]


def test_from_the_page_to_the_letter_and_back_to_the_page(
    app, session, world, client, post_office
):
    post.dossiers(session, world, 2)
    made = post.batch(app, session, world)
    cast.sign_in(client, session, "fieldworker")
    path = post.page(world, "lo", made)
    assert "Gửi thư cho 2 hồ sơ" in client.get(f"{path}/tin-nhan").text
    told = office.post(client, f"{path}/gui-thu", follow=True, kind="invitation")
    jobs.run_all(app)

    assert "Đã xếp hàng 2 thư để gửi." in told.text
    assert post_office.recipients == ["h1@example.com", "h2@example.com"]
    page = client.get(post.page(world, "gui-loi-moi")).text
    assert "Thư điện tử mời: 2" in page
    assert "Đã gửi" in page


def test_a_wave_that_is_not_open_writes_to_nobody(app, session, world, settings):
    post.dossiers(session, world, 1)
    made = post.batch(app, session, world)
    session.execute(sa.text("UPDATE waves SET state = 'draft'"))
    session.commit()

    with pytest.raises(FieldworkError):
        post.queue(app, session, world, settings, made)


def test_a_secret_that_was_changed_sends_no_link_that_opens_nothing(
    app, session, world, settings, queued, post_office, client
):
    session.execute(sa.update(Batch).values(key="0" * 32))
    session.commit()
    done = post.send(app, session, settings)
    cast.sign_in(client, session, "fieldworker")
    file = post.file_of(client, world, queued)

    assert (done.sent, done.failed, post_office.letters) == (0, 3, [])
    assert post.undelivered(session) == set(), "nobody was written to"
    assert file.status_code == 422


def test_a_timer_sends_and_an_operator_sees_how_it_stands(
    session, world, settings, queued, post_office, terminal, monkeypatch
):
    nothing = terminal("mail", "send")
    for name in ("secret_key", "public_url", "smtp_host", "smtp_tls", "smtp_from"):
        monkeypatch.setenv(f"SURVEY_{name.upper()}", getattr(settings, name))
    monkeypatch.setenv("SURVEY_MAIL_PER_MINUTE", "600000")
    monkeypatch.setenv("SURVEY_SMTP_PORT", "1")
    away = terminal("mail", "send")
    why = terminal("mail", "status")
    monkeypatch.setenv("SURVEY_SMTP_PORT", str(post_office.port))
    session.execute(sa.update(Message).values(next_at=cast.NOW))
    session.commit()
    sent = terminal("mail", "send", "--all")

    assert nothing.code == 2
    assert "SURVEY_SMTP_HOST" in nothing.err
    assert away.code == 2
    assert "ConnectionRefusedError" in away.err
    assert why.lines[0] == f"{world.wave}\tqueued\t3"
    assert "\tfault\t3\t" in why.lines[1]
    assert (sent.code, sent.out.split(",")[0]) == (0, "Đã gửi / sent 3")
    assert terminal("mail", "status").lines == [f"{world.wave}\tsent\t3"]
    assert len(post_office.letters) == 3


def test_what_was_sent_is_forgotten_when_the_wave_takes_no_more_forms(
    app, session, world, settings, queued
):
    post.send(app, session, settings)
    later = cast.NOW + timedelta(days=60)
    with app.app_context():
        retention.erase(session, late_days=2, now=later, today=later.date())
        session.commit()

    assert office.count(session, Message) == office.count(session, Reach) == 0


def test_who_was_reminded_in_a_file_may_get_the_letter_and_others_stay_reminded(
    app, session, world, settings, client, post_office
):
    post.dossiers(session, world, 2)
    made = post.batch(app, session, world)
    last = sa.select(sa.func.max(Reach.dossier_id)).scalar_subquery()
    session.execute(sa.update(Reach).where(Reach.dossier_id == last).values(email=None))
    session.execute(sa.update(Batch).values(note=reminders.RENEWED))
    session.commit()
    cast.sign_in(client, session, "fieldworker")
    post.file_of(client, world, made, "reminder")
    assert set(post.states(session).values()) == {"filed"}
    post.queue(app, session, world, settings, made, kind="reminder")
    post.send(app, session, settings)

    assert post.states(session) == {"H1": "sent", "H2": "filed"}
    ((_to, letter),) = post_office.letters
    assert letter["Subject"].startswith("Nhắc: ")
