"""A process of its own is woken, ended, killed; the work is done for all that."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from survey import jobs
from survey.jobs import runner
from tests.jobs import acts
from tests.jobs.test_runner import silence

PATIENCE_SECONDS = 30


@pytest.fixture
def awake(
    app, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], int]]:
    """Wakes a real process that knows our kinds; its number, once it is at work."""
    told = tmp_path / "number"
    monkeypatch.setattr(
        runner,
        "COMMAND",
        f"import os, pathlib; pathlib.Path({str(told)!r}).write_text(str(os.getpid()));"
        + acts.IN_A_PROCESS.replace("'work'", "'work', '--once'"),
    )
    app.config["TESTING"] = False
    started: list[int] = []

    def wake() -> int:
        told.unlink(missing_ok=True)
        with app.app_context():
            jobs.wake()
        wait_until(lambda: told.exists() and told.read_text() != "")
        started.append(int(told.read_text()))
        return started[-1]

    yield wake
    for number in started:
        if is_alive(number):
            os.kill(number, signal.SIGKILL)


def wait_until(is_so: Callable[[], bool]) -> None:
    last = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < last, "it never came to it"
        time.sleep(0.02)


def is_alive(number: int) -> bool:
    try:
        words = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return words.rpartition(")")[2].split()[0] != "Z"  # nobody may reap it here


def test_work_survives_being_asked_to_end_and_being_killed(
    app, session, tmp_path, awake
):
    """One story, because a process takes a second to start."""
    sign = tmp_path / "at-work"
    job_id = acts.queue(session, "test-stay", sign=str(sign), total=2)

    first = awake()
    wait_until(sign.exists)
    assert os.getsid(first) != os.getsid(0)  # it outlives the terminal of the server
    assert acts.look(session, job_id).state == "running"
    os.kill(first, signal.SIGTERM)
    wait_until(lambda: not is_alive(first))
    assert acts.state(session, job_id) == "queued"
    assert acts.marks(session) == 0

    sign.unlink()
    second = awake()
    wait_until(sign.exists)
    with app.app_context():
        jobs.wake()  # one is at work: this starts nobody
    os.kill(second, signal.SIGKILL)
    wait_until(lambda: not is_alive(second))
    job = acts.look(session, job_id)
    assert (job.state, job.result) == ("running", {})
    place = jobs.folder(app.config["SURVEY"], job_id)
    assert not [one for one in place.iterdir() if one.is_file()]

    silence(session, job_id)
    third = awake()
    wait_until(lambda: not is_alive(third))
    job = acts.look(session, job_id)
    assert (job.state, job.result["files"]) == ("done", {"ket-qua.csv": 5})
    assert (place / "ket-qua.csv").read_bytes() == b"a;b\r\n"
    assert acts.marks(session) == 1
