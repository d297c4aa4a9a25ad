"""THE OFFICE SCORES: rules that turn figures into points, one sheet for each agency and
year, the documents behind every line, and the appraisal step by step."""

from survey.scorecard import (
    views_documents,
    views_lines,
    views_more,
    views_rules,
    views_sheets,
)
from survey.scorecard.blueprint import bp
from survey.scorecard.evidence import Document
from survey.scorecard.evidence import put as put_document
from survey.scorecard.lines import appraise, explain, paste, put, score
from survey.scorecard.rule_files import read as read_rules
from survey.scorecard.rule_files import written as written_rules
from survey.scorecard.rulebook import latest as latest_rules
from survey.scorecard.rulebook import load as load_rules
from survey.scorecard.rules import of as rule_of
from survey.scorecard.sheets import change_settings, create, lines_of, move_on
from survey.scorecard.terms import ScorecardError

__all__ = [
    "Document",
    "ScorecardError",
    "appraise",
    "bp",
    "change_settings",
    "create",
    "explain",
    "latest_rules",
    "lines_of",
    "load_rules",
    "move_on",
    "paste",
    "put",
    "put_document",
    "read_rules",
    "rule_of",
    "score",
    "views_documents",
    "views_lines",
    "views_more",
    "views_rules",
    "views_sheets",
    "written_rules",
]
