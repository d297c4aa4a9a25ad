"""THE OFFICE READS: the indices of a wave for any choice of unit, procedure, channel,
origin and month, on pages and as files."""

from survey.results import views, views_explanation, views_facts, views_files
from survey.results.scope import bp
from survey.results.views_guidance import guidance_file

__all__ = [
    "bp",
    "guidance_file",
    "views",
    "views_explanation",
    "views_facts",
    "views_files",
]
