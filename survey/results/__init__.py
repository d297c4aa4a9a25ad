"""THE OFFICE READS: the indices of a wave for any choice of unit, procedure, channel,
origin and month, on a page and as files."""

from survey.results.views import bp
from survey.results.views_guidance import guidance_file

__all__ = ["bp", "guidance_file"]
