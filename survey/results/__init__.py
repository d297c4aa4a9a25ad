"""THE OFFICE READS: the indices of a wave for any part of it, on pages that split,
compare, line up and explain them, and as files."""

from survey.results import (
    views,
    views_comparison,
    views_criterion,
    views_explanation,
    views_facts,
    views_files,
    views_parts,
    views_trend,
)
from survey.results.scope import bp
from survey.results.views_guidance import guidance_file

__all__ = [
    "bp",
    "guidance_file",
    "views",
    "views_comparison",
    "views_criterion",
    "views_explanation",
    "views_facts",
    "views_files",
    "views_parts",
    "views_trend",
]
