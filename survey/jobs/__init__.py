"""WHAT TAKES LONG: work that staff start and that goes on outside their request, with
its progress, its files, and the promise to be done once.
"""

from survey.jobs.kinds import Cancelled, JobError, Told, done_page, kind
from survey.jobs.queue import KEPT, count_stuck, delete_expired, enqueue, folder
from survey.jobs.runner import IDLE_SECONDS, resume, run_all, take_up, wake, work_off
from survey.jobs.views import bp
from survey.jobs.work import Work

__all__ = [
    "IDLE_SECONDS",
    "KEPT",
    "Cancelled",
    "JobError",
    "Told",
    "Work",
    "bp",
    "count_stuck",
    "delete_expired",
    "done_page",
    "enqueue",
    "folder",
    "kind",
    "resume",
    "run_all",
    "take_up",
    "wake",
    "work_off",
]
