"""WHAT THE OFFICE WRITES around its figures: the letterhead of its papers, the legal
bases it keeps, and the text of a wave's report, tried before it is kept."""

from survey.drafting import views_letterhead, views_text
from survey.drafting.blueprint import bp

__all__ = ["bp", "views_letterhead", "views_text"]
