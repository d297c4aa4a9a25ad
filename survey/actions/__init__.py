"""DIVISIONS ACT: each division's page and what it will do, the working group's page of
all of them, and the reports that are due."""

from survey.actions import views_actions, views_divisions, views_group, views_reports
from survey.actions.blueprint import bp
from survey.actions.evidence_files import sweep as sweep_files
from survey.actions.reports import ListError
from survey.actions.reports import every as periodic_reports
from survey.actions.reports import load as load_reports
from survey.actions.reports import read as read_reports

__all__ = [
    "ListError",
    "bp",
    "load_reports",
    "periodic_reports",
    "read_reports",
    "sweep_files",
    "views_actions",
    "views_divisions",
    "views_group",
    "views_reports",
]
