"""Whatever order processes claim, stall, end and come back in: a job is done once."""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey import clock, jobs
from survey.jobs import queue
from survey.jobs.work import Work
from survey.models import Job, Unit
from tests.jobs import acts
from tests.jobs.test_runner import silence

PROCESSES = 3
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "claim", "end", "end", "stall", "stop"]),
        st.integers(0, PROCESSES - 1),
    ),
    max_size=14,
)


class Process:
    """One that may hold a claim, and may not know that it lost it."""

    def __init__(self, session):
        self.session = session
        self.claimed = None

    def claim(self):
        if self.claimed is None:
            self.claimed = queue.claim(clock.now())

    def end(self):
        """Do all of the work, and say that it is done."""
        if self.claimed is None:
            return
        work = Work(self.claimed)
        try:
            acts.mark(work)
            work.finish()
        except jobs.Cancelled:
            pass
        finally:
            work.close()
        self.claimed = None

    def stall(self):
        if self.claimed is not None:
            silence(self.session, self.claimed.id)

    def stop(self):
        if self.claimed is not None:
            queue.give_back(self.claimed, is_its_fault=False)
        self.claimed = None


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, waiting=st.integers(1, 2))
def test_a_job_is_done_once_whatever_the_order_of_claims(app, session, steps, waiting):
    session.execute(sa.delete(Job))
    session.execute(sa.delete(Unit))
    session.commit()
    ids = [acts.queue(session, total=1) for _ in range(waiting)]
    with app.app_context():
        processes = [Process(session) for _ in range(PROCESSES)]
        for step, number in steps:
            getattr(processes[number], step)()
            done = [acts.state(session, job_id) for job_id in ids].count("done")
            assert acts.marks(session) == done
        for job_id in ids:
            if acts.state(session, job_id) == "running":
                silence(session, job_id)
        jobs.run_all(app)
        for process in processes:
            process.end()  # what thought itself at work comes back last of all

    states = [acts.state(session, job_id) for job_id in ids]
    assert acts.marks(session) == states.count("done")
    assert set(states) <= {"done", "failed"}  # failed: it stalled three times
