"""WHAT APPRAISAL ASKS FOR: the evidence file of a closed wave, and how anyone checks
that nothing in it was changed."""

from survey.evidence.making import EvidenceError, make
from survey.evidence.views import bp

__all__ = ["EvidenceError", "bp", "make"]
