"""Sample data: an office, its wave and believable answers, marked and removable."""

from survey.demo.answers import dossiers, respond
from survey.demo.plans import plan
from survey.demo.scores import score_sheets
from survey.demo.stage import (
    ACCOUNT,
    WAVE,
    Removed,
    counter_link,
    furnish,
    remove,
)

__all__ = [
    "ACCOUNT",
    "WAVE",
    "Removed",
    "counter_link",
    "dossiers",
    "furnish",
    "plan",
    "remove",
    "respond",
    "score_sheets",
]
