"""What is asked: questionnaires as data, their conditions, derived facts and routing.

Pure: it knows the words of a questionnaire and what follows from the answers given so
far, and neither the web nor the database.
"""

from survey.questionnaire.derived import ProcedureFacts, derive
from survey.questionnaire.faults import Fault, QuestionnaireError
from survey.questionnaire.loader import digest, load, packaged
from survey.questionnaire.routing import (
    AnswerError,
    Current,
    Routed,
    asked_facts,
    brackets,
    completeness,
    current,
    needed_facts,
    reasons,
    references,
    settle,
    shown,
    without_hidden,
)
from survey.questionnaire.schema import (
    LANGUAGES,
    Criterion,
    Element,
    Fact,
    General,
    Questionnaire,
    Scale,
    Text,
    fill,
)

__all__ = [
    "LANGUAGES",
    "AnswerError",
    "Criterion",
    "Current",
    "Element",
    "Fact",
    "Fault",
    "General",
    "ProcedureFacts",
    "Questionnaire",
    "QuestionnaireError",
    "Routed",
    "Scale",
    "Text",
    "asked_facts",
    "brackets",
    "completeness",
    "current",
    "derive",
    "digest",
    "fill",
    "load",
    "needed_facts",
    "packaged",
    "reasons",
    "references",
    "settle",
    "shown",
    "without_hidden",
]
