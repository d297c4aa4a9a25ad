"""Which explained terms occur in a text: whole words, the longest form first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from survey.questionnaire.schema import Questionnaire, Term, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forms:
    """All forms of a language as one pattern, and the term of each."""

    pattern: re.Pattern[str] | None
    terms: Mapping[str, Term]


def terms_in(
    q: Questionnaire, text_pieces: Iterable[str], language: str
) -> tuple[Term, ...]:
    """The terms that occur in some texts.

    A longer form hides the shorter ones inside it: "dịch vụ công toàn trình" is not
    also "dịch vụ công". Capitals make no difference, blanks neither.

    Returns:
        Each term once, in the order in which they first occur.
    """
    forms = _forms(q, language)
    if forms.pattern is None:
        return ()
    found: dict[str, Term] = {}
    for piece in text_pieces:
        for match in forms.pattern.finditer(unicodedata.normalize("NFC", piece)):
            term = forms.terms[_key(match[0])]
            found.setdefault(term.code, term)
    return tuple(found.values())


def without_terms(q: Questionnaire, text: str, language: str) -> str:
    """The text with every explained term taken out, to look at what is left."""
    pattern = _forms(q, language).pattern
    return text if pattern is None else pattern.sub("…", text)


@lru_cache(maxsize=4096)
def terms_of(q: Questionnaire, code: str, language: str) -> tuple[Term, ...]:
    """The terms that occur in a fact, a criterion or a general question.

    Args:
        code: of the question, or of an element for its title and note; an unknown
            one has no texts.
    """
    return terms_in(q, (text.get(language) for text in texts_of(q, code)), language)


def texts_of(q: Questionnaire, code: str) -> Iterator[Text]:
    """Every text of a question that a respondent reads, in the order of the page."""
    for fact in q.facts:
        if fact.code == code:
            yield from _all(fact.text, fact.hint, fact.look_up)
            yield from (choice.label for choice in fact.choices)
    for element in q.elements:
        if element.code == code:
            yield from _all(element.title, element.note)
    for one in q.criteria:
        if one.code == code:
            yield from (one.text, one.consider, one.leave_out, one.look_up)
            yield from (one.anchors[level] for level in sorted(one.anchors))
            yield from _all(one.not_applicable_text)
    for general in q.generals:
        if general.code == code:
            yield from _all(general.text, general.hint)
            yield from (choice.label for choice in general.choices)


def _all(*texts: Text | None) -> Iterator[Text]:
    return (text for text in texts if text is not None)


@lru_cache(maxsize=64)
def _forms(q: Questionnaire, language: str) -> _Forms:
    terms = {
        _key(form): term
        for term in q.terms
        for form in term.forms["en" if language == "en" else "vi"]
    }
    if not terms:
        return _Forms(pattern=None, terms={})
    longest_first = sorted(terms, key=lambda form: (-len(form), form))
    joined = "|".join(r"\s+".join(map(re.escape, one.split())) for one in longest_first)
    # A word ends where no letter or digit follows; "phí," is the word "phí".
    pattern = re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)
    return _Forms(pattern=pattern, terms=terms)


def _key(form: str) -> str:
    return " ".join(form.casefold().split())
