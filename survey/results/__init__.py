"""THE OFFICE READS: the indices of a wave for any choice of unit, procedure, channel,
origin and month, on a page and as files."""

from survey.results.build import report
from survey.results.filters import Filters, UnknownChoice
from survey.results.views import bp
from survey.results.views_guidance import guidance_file
from survey.results.writing import FORMATS, ResultsError, file_name, write

__all__ = [
    "FORMATS",
    "Filters",
    "ResultsError",
    "UnknownChoice",
    "bp",
    "file_name",
    "guidance_file",
    "report",
    "write",
]
