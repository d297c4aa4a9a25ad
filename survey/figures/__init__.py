"""HOW A WAVE READS: the figures of any selection that may be shown, as one report from
its tallies alone; every room that shows a figure has it from here."""

from survey.figures.build import report
from survey.figures.facts import facts
from survey.figures.filters import Filters, UnknownChoice
from survey.figures.parts import Portion, parted, series
from survey.figures.priorities import Priorities, Priority, priorities
from survey.figures.reckoner import Figures
from survey.figures.writing import FORMATS, ResultsError, file_name, write

__all__ = [
    "FORMATS",
    "Figures",
    "Filters",
    "Portion",
    "Priorities",
    "Priority",
    "ResultsError",
    "UnknownChoice",
    "facts",
    "file_name",
    "parted",
    "priorities",
    "report",
    "series",
    "write",
]
