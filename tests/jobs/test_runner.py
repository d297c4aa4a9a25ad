"""Long work is done once and no more, whatever happens to the process that does it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from survey import clock, jobs
from survey.jobs import queue
from survey.jobs.runner import Worker
from survey.jobs.work import Work
from survey.models import Job
from tests.jobs import acts


def silence(session, job_id):
    """Let a job look as if its process had died a while ago."""
    session.rollback()
    session.execute(
        sa.update(Job)
        .where(Job.id == job_id)
        .values(beat_at=clock.now() - queue.STALE - timedelta(seconds=1))
    )
    session.commit()


def claim(app):
    with app.app_context():
        return queue.claim(clock.now())


def test_what_is_done_is_committed_with_its_files_and_its_words(app, session):
    job_id = acts.queue(session, total=3)

    assert jobs.run_all(app) == 1

    job = acts.look(session, job_id)
    assert (job.state, job.done, job.fault) == ("done", job.total, None)
    assert job.result == {"rows": 3, "files": {"ket-qua.csv": 5}}
    place = jobs.folder(app.config["SURVEY"], job_id)
    assert [one.name for one in place.iterdir()] == ["ket-qua.csv"]
    assert acts.marks(session) == 1


@pytest.mark.parametrize("kind", ["test-refuse", "test-break", "no-such-kind"])
def test_what_fails_leaves_nothing_but_words(app, session, kind):
    job_id = acts.queue(session, kind)

    jobs.run_all(app)

    job = acts.look(session, job_id)
    assert job.state == "failed"
    assert job.fault.startswith(
        "Xin chờ ít phút" if kind == "test-refuse" else "Hệ thống"
    )
    assert acts.marks(session) == 0
    assert not list(jobs.folder(app.config["SURVEY"], job_id).glob("*"))


def test_words_are_in_the_language_of_who_asked(app, session):
    job_id = acts.queue(session, "test-refuse")
    session.execute(sa.update(Job).values(language="en"))
    session.commit()

    jobs.run_all(app)

    assert acts.look(session, job_id).fault == "Wait a few minutes, then try again."


def test_progress_is_written_and_never_more_than_all(app, session):
    job_id = acts.queue(session)
    claimed = claim(app)
    with app.app_context():
        work = Work(claimed)
        work.progress(7, 5)
        work.close()
    job = acts.look(session, job_id)
    assert (job.done, job.total) == (5, 5)


def test_cancelled_work_is_undone_at_its_next_word(app, session):
    job_id = acts.queue(session)
    claimed = claim(app)
    with app.app_context():
        work = Work(claimed)
        path = work.file("the.pdf")
        path.write_bytes(b"half")
        assert queue.cancel(session, acts.look(session, job_id), clock.now())
        session.commit()
        with pytest.raises(jobs.Cancelled):
            work.progress(1, 2)
        with pytest.raises(jobs.Cancelled):
            work.finish()
        work.close()
    assert acts.state(session, job_id) == "cancelled"
    assert not path.exists()


def test_work_that_commits_by_itself_commits_nothing_once_cancelled(app, session):
    job_id = acts.queue(session)
    claimed = claim(app)
    with app.app_context():
        work = Work(claimed)
        acts.leave_a_mark(work.session)
        work.session.commit()
        queue.cancel(session, acts.look(session, job_id), clock.now())
        session.commit()
        acts.leave_a_mark(work.session)
        with pytest.raises(jobs.Cancelled):
            work.session.commit()
        work.close()
    assert acts.marks(session) == 1


def test_only_one_job_is_at_work_and_the_oldest_comes_first(app, session):
    first, second = acts.queue(session), acts.queue(session)

    assert claim(app).id == first
    assert claim(app) is None
    silence(session, first)
    again = claim(app)
    assert (again.id, again.tries) == (first, 2)
    with app.app_context():
        queue.say_failed(again, "", clock.now())
    assert claim(app).id == second


def test_a_process_thought_dead_that_comes_back_changes_nothing(app, session):
    job_id = acts.queue(session)
    old = claim(app)
    with app.app_context():
        late = Work(old)
        late.file("ket-qua.csv").write_text("of the old one", encoding="utf-8")
        silence(session, job_id)
        new = claim(app)
        with pytest.raises(jobs.Cancelled):
            late.progress(1, 2)
        queue.say_failed(old, "no", clock.now())
        queue.give_back(old, is_its_fault=True)
        assert acts.look(session, job_id).state == "running"
        work = Work(new)
        acts.mark(work)
        work.finish()
        work.close()
        acts.leave_a_mark(late.session)
        for act in (late.finish, late.session.commit):
            with pytest.raises(jobs.Cancelled):
                act()
            late.session.rollback()
        late.close()
        queue.say_failed(old, "no", clock.now())
        queue.give_back(old, is_its_fault=True)
    place = jobs.folder(app.config["SURVEY"], job_id)
    assert (place / "ket-qua.csv").read_bytes() == b"a;b\r\n"
    assert acts.state(session, job_id) == "done"
    assert acts.marks(session) == 1


def test_after_three_deaths_it_is_given_up_in_words(app, session):
    job_id = acts.queue(session)
    for _ in range(queue.TRIES):
        assert claim(app) is not None
        silence(session, job_id)

    assert claim(app) is None
    job = acts.look(session, job_id)
    assert (job.state, job.tries) == ("failed", 3)
    assert "3 lần" in job.fault
    # Asked for again, it has three tries more, and its tries are never counted down.
    assert queue.begin_again(session, job, clock.now())
    session.commit()
    assert claim(app).tries == 4
    silence(session, job_id)
    assert claim(app).tries == 5


def test_two_processes_at_once_do_a_job_once(app, session):
    """The second looks just when the first is between its claim and its end."""
    job_id = acts.queue(session)
    first = claim(app)
    assert Worker(app).run_all() == 0
    with app.app_context():
        work = Work(first)
        acts.mark(work)
        work.finish()
        work.close()
    assert Worker(app).run_all() == 0
    assert acts.state(session, job_id) == "done"
    assert acts.marks(session) == 1


def test_expired_jobs_go_with_their_files_and_waiting_ones_stay(app, session):
    done, waiting = acts.queue(session), acts.queue(session)
    assert claim(app).id == done
    settings = app.config["SURVEY"]
    for job_id in (done, waiting):
        (jobs.folder(settings, job_id)).mkdir(parents=True)
        (jobs.folder(settings, job_id) / "ket-qua.csv").write_text("a")
    session.execute(sa.update(Job).where(Job.id == done).values(state="done"))
    session.commit()

    later = clock.now() + jobs.KEPT
    assert jobs.delete_expired(session, settings, later - timedelta(minutes=1)) == 0
    assert jobs.delete_expired(session, settings, later) == 1
    assert not jobs.folder(settings, done).exists()
    assert jobs.folder(settings, waiting).exists()
    assert acts.state(session, waiting) == "queued"
