"""The pages of long work: whoever started it sees how far it is, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import g

from survey import clock, jobs
from survey.accounts.access import Visitor
from survey.jobs import queue, views
from survey.models import Job
from tests import cast
from tests.fieldwork.office import post
from tests.jobs import acts


@pytest.fixture
def owner(client, session, world):
    return cast.sign_in(client, session, "fieldworker", world.trade)


def start(app, session, account, kind="test-mark", **more):
    """Queue a job as a view does, for this account."""
    values = {"title": "In thẻ cho 5.000 hồ sơ", "now": clock.now(), **more}
    with app.test_request_context("/"):
        g.visitor = Visitor("", account)
        job_id = jobs.enqueue(session, kind, {"total": 20}, **values).id
    session.commit()
    return job_id


def change(session, job_id, **values):
    session.execute(sa.update(Job).where(Job.id == job_id).values(**values))
    session.commit()


def test_a_waiting_job_reloads_by_itself_without_a_script(app, client, session, owner):
    job_id = start(app, session, owner)

    page = client.get(f"/viec/{job_id}").text

    assert '<noscript><meta http-equiv="refresh"' in page
    assert "Đang chờ đến lượt" in page
    assert 'role="status" aria-live="polite"' in page


def test_a_job_at_work_shows_how_far_it_is(app, client, session, owner):
    job_id = start(app, session, owner)
    now = clock.now()
    change(session, job_id, state="running", beat_at=now, done=1250, total=5000)

    page = client.get(f"/viec/{job_id}").text

    assert "Đã làm 1.250 trên 5.000 (25%)" in page
    assert '<progress id="progress" max="100" value="25">25%</progress>' in page
    assert "dừng giữa chừng" not in page
    change(session, job_id, beat_at=now - queue.STALE - timedelta(seconds=1))
    assert "dừng giữa chừng" in client.get(f"/viec/{job_id}").text


def test_a_job_that_is_done_shows_its_words_and_its_files(
    app, client, session, owner, world
):
    job_id = start(app, session, owner, wave_id=world.wave)
    jobs.run_all(app)

    page = client.get(f"/viec/{job_id}").text

    assert "refresh" not in page
    assert "Đã để lại dấu" in page
    assert "Số dòng" in page
    assert f'href="/dot-khao-sat/{world.wave}"' in page
    assert "(5 byte)" in page
    answer = client.get(f"/viec/{job_id}/tep/ket-qua.csv", buffered=True)
    assert answer.data == b"a;b\r\n"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == "attachment; filename=ket-qua.csv"
    for name in ("..%2F..%2Fsecret", "given", "ket-qua.csv%00", "khac.csv"):
        assert client.get(f"/viec/{job_id}/tep/{name}").status_code == 404


def test_no_file_is_given_before_the_work_is_done(app, client, session, owner):
    job_id = start(app, session, owner)
    place = jobs.folder(app.config["SURVEY"], job_id)
    place.mkdir(parents=True)
    (place / "ket-qua.csv").write_text("a;")
    assert client.get(f"/viec/{job_id}/tep/ket-qua.csv").status_code == 404


def test_what_is_past_its_time_is_gone_also_before_it_is_deleted(
    app, client, session, owner
):
    job_id = start(app, session, owner, keep=timedelta(hours=2))
    jobs.run_all(app)
    with time_machine.travel(clock.now() + timedelta(hours=2, minutes=1), tick=False):
        cast.enter_as(client, session, owner)
        for address in (f"/viec/{job_id}", f"/viec/{job_id}/tep/ket-qua.csv"):
            assert client.get(address).status_code == 410
        assert job_id not in client.get("/viec/").text


def test_cancelling_asks_nothing_and_a_cancelled_job_can_begin_again(
    app, client, session, owner
):
    job_id = start(app, session, owner)

    page = post(client, f"/viec/{job_id}/huy", follow=True).text
    assert "Việc đã bị hủy" in page
    assert jobs.run_all(app) == 0
    assert (
        "đã kết thúc trước khi hủy"
        in post(client, f"/viec/{job_id}/huy", follow=True).text
    )

    assert "Đang chờ đến lượt" in post(client, f"/viec/{job_id}/lai", follow=True).text
    assert jobs.run_all(app) == 1
    assert "đã xong" in post(client, f"/viec/{job_id}/lai", follow=True).text
    assert acts.marks(session) == 1


def test_a_failed_job_says_what_to_do_next(app, client, session, owner):
    job_id = start(app, session, owner, "test-refuse")
    jobs.run_all(app)

    page = client.get(f"/viec/{job_id}").text

    assert "Xin chờ ít phút rồi thử lại." in page
    assert f'action="/viec/{job_id}/lai"' in page


def test_files_that_came_with_a_job_go_when_it_is_done(app, session, owner):
    job_id = start(app, session, owner, given={"ho-so.csv": b"secret"})
    path = jobs.folder(app.config["SURVEY"], job_id) / queue.GIVEN / "ho-so.csv"
    assert path.read_bytes() == b"secret"
    jobs.run_all(app)
    assert not path.exists()


@pytest.mark.parametrize(
    ("role", "unit", "status"),
    [
        ("fieldworker", "trade", 404),
        ("fieldworker", "energy", 404),
        ("admin", "department", 404),
        ("analyst", None, 404),
        ("auditor", None, 404),
        ("admin", None, 200),
    ],
)
def test_others_see_nothing_of_it_but_the_admins_of_the_whole_office(
    app, client, session, world, role, unit, status
):
    someone = cast.account(session, "fieldworker", world.trade, "someone@example.vn")
    job_id = start(app, session, someone, wave_id=world.wave)
    jobs.run_all(app)
    cast.sign_in(client, session, role, unit and getattr(world, unit))

    for path in ("", "/tep/ket-qua.csv"):
        answer = client.get(f"/viec/{job_id}{path}", buffered=True)
        assert answer.status_code == status
    assert job_id not in client.get("/viec/").text
    if status == 404:
        for verb in ("huy", "lai"):
            assert post(client, f"/viec/{job_id}/{verb}").status_code == 404


def test_a_kind_is_shown_to_its_roles_alone(app, client, session):
    analyst = cast.sign_in(client, session, "analyst")
    mine = start(app, session, analyst, "test-analysis")
    no_longer = start(app, session, analyst, "test-mark")  # once a fieldworker

    page = client.get("/viec/").text

    assert client.get(f"/viec/{mine}").status_code == 200
    assert client.get(f"/viec/{no_longer}").status_code == 404
    assert mine in page
    assert no_longer not in page


def test_the_list_names_the_latest_first(app, client, session, owner):
    assert "Chưa có việc nào" in client.get("/viec/").text
    ids = [
        start(app, session, owner, now=clock.now() + timedelta(minutes=one))
        for one in range(2)
    ]
    page = client.get("/viec/").text
    assert page.index(ids[1]) < page.index(ids[0])


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 byte"),
        (999, "999 byte"),
        (1000, "1,0 kB"),
        (1250, "1,3 kB"),  # a half away from zero
        (45_600, "46 kB"),
        (3_400_000, "3,4 MB"),
        (12 * 10**12, "12.000 GB"),
    ],
)
def test_sizes_are_said_as_people_do(app, size, words):
    with app.test_request_context("/"):
        assert views._size(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 giây"), (59, "59 giây"), (125, "2 phút 5 giây"), (7380, "2 giờ 3 phút")],
)
def test_times_are_said_as_people_do(app, seconds, words):
    with app.test_request_context("/"):
        assert views._span(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize("job_id", ["1", "0" * 32, "x%00", "g" * 32])
def test_an_unknown_job_is_not_found(client, owner, job_id):
    assert client.get(f"/viec/{job_id}").status_code == 404


def test_what_was_queued_names_who_asked_and_in_which_language(app, session, owner):
    with app.test_request_context("/"):
        g.visitor, g.language = Visitor("", owner), "en"
        job = jobs.enqueue(session, "test-mark", title="x" * 300, now=clock.now())
        kept = (job.account_id, job.language, len(job.title), job.state)
    session.rollback()
    assert kept == (owner.id, "en", 200, "queued")
