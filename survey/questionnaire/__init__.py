"""What is asked: questionnaires as data, their conditions, derived facts and routing.

Pure: it knows the words of a questionnaire and what follows from the answers given so
far, and neither the web nor the database.
"""

from survey.questionnaire.derived import ProcedureFacts, derive
from survey.questionnaire.faults import Fault, QuestionnaireError
from survey.questionnaire.lint import lint
from survey.questionnaire.loader import digest, load, packaged
from survey.questionnaire.prompts import comparable, in_place, judged, raised, records
from survey.questionnaire.reading_time import reading_time, words_shown
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
    Term,
    Text,
    fill,
)
from survey.questionnaire.strips import strips
from survey.questionnaire.terms import terms_in, terms_of

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
    "Term",
    "Text",
    "asked_facts",
    "brackets",
    "comparable",
    "completeness",
    "current",
    "derive",
    "digest",
    "fill",
    "in_place",
    "judged",
    "lint",
    "load",
    "needed_facts",
    "packaged",
    "raised",
    "reading_time",
    "reasons",
    "records",
    "references",
    "settle",
    "shown",
    "strips",
    "terms_in",
    "terms_of",
    "without_hidden",
    "words_shown",
]
