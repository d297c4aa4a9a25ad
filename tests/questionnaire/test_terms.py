"""Words that a business may not know are explained where they occur, once each."""

from __future__ import annotations

import unicodedata

import pytest

from survey.questionnaire import Questionnaire, load, packaged, terms_in, terms_of
from survey.questionnaire.schema import LANGUAGES
from survey.questionnaire.terms import texts_of

TERMS = """
[[terms]]
code = "service"
name.vi = "Dịch vụ công"
name.en = "Public service"
forms.vi = ["dịch vụ công"]
forms.en = ["public service"]
definition.vi = "Việc cơ quan làm."
definition.en = "What the agency does."

[[terms]]
code = "full_service"
name.vi = "Dịch vụ công toàn trình"
name.en = "Full online service"
forms.vi = ["dịch vụ công toàn trình", "toàn trình"]
forms.en = ["full public service"]
definition.vi = "Mọi bước qua mạng."
definition.en = "All steps online."

[[terms]]
code = "fee"
name.vi = "Phí"
name.en = "Fee"
forms.vi = ["phí", "lệ phí"]
forms.en = ["fee", "fees"]
definition.vi = "Khoản phải nộp."
definition.en = "What is due."
"""


@pytest.fixture(scope="module")
def explained(tiny_text: str) -> Questionnaire:
    return load(tiny_text + TERMS, "tiny.toml")


def codes(q: Questionnaire, *pieces: str, language: str = "vi") -> list[str]:
    return [term.code for term in terms_in(q, pieces, language)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nộp qua dịch vụ công.", ["service"]),
        ("Nộp qua dịch vụ công toàn trình.", ["full_service"]),
        ("Toàn trình, rồi dịch vụ công", ["full_service", "service"]),
        ("DỊCH VỤ CÔNG", ["service"]),
        ("dịch  vụ\ncông", ["service"]),
        ("mức phí, lệ phí", ["fee"]),
        ("(phí)", ["fee"]),
        ("phíền, cphí, phí2", []),
        ("dịch vụ côngtoàn", []),
        ("", []),
    ],
)
def test_whole_words_are_found_the_longest_form_first(
    explained: Questionnaire, text: str, found: list[str]
) -> None:
    assert codes(explained, text) == found
    assert codes(explained, unicodedata.normalize("NFD", text)) == found


def test_each_term_comes_once_in_the_order_of_the_texts(
    explained: Questionnaire,
) -> None:
    assert codes(explained, "phí và phí", "dịch vụ công", "lệ phí") == [
        "fee",
        "service",
    ]


def test_each_language_has_forms_of_its_own(explained: Questionnaire) -> None:
    assert codes(explained, "The fee of a full public service", language="en") == [
        "fee",
        "full_service",
    ]
    assert codes(explained, "phí", language="en") == []


def test_a_question_is_looked_through_with_its_guidance_levels_and_choices(
    explained: Questionnaire,
) -> None:
    assert [term.code for term in terms_of(explained, "A2", "vi")] == ["fee"]
    assert [term.code for term in terms_of(explained, "G2", "vi")] == ["fee"]
    assert terms_of(explained, "E1", "vi") == ()
    assert terms_of(explained, "Z9", "vi") == ()


def test_a_version_without_terms_explains_nothing(tiny: Questionnaire) -> None:
    assert terms_in(tiny, ["phí, lệ phí"], "vi") == ()


@pytest.mark.parametrize("name", ["dn-2026-1", "loi-2026-1"])
def test_the_same_hard_words_are_explained_in_both_languages(
    name: str,
) -> None:
    q = load(packaged()[name], name)
    found = {
        language: {
            term.code
            for one in (*q.facts, *q.criteria, *q.elements, *q.generals)
            for term in terms_of(q, one.code, language)
        }
        for language in LANGUAGES
    }
    # An element's title is "Thủ tục hành chính" in one language alone.
    assert found["vi"] - {"procedure"} == found["en"]
    assert {
        "procedure", "postal", "online_service", "slip", "one_stop", "portal",
        "fee", "feedback", "dossier_code", "working_day",
    } <= found["vi"]  # fmt: skip


def test_the_letter_of_apology_is_explained_where_a_delay_is_rated(
    full: Questionnaire,
) -> None:
    assert "apology" in [term.code for term in terms_of(full, "E4", "vi")]
    assert "apology" in [term.code for term in terms_of(full, "F16", "en")]


def test_a_definition_is_one_or_two_sentences(full: Questionnaire) -> None:
    for term in full.terms:
        for language in LANGUAGES:
            words = term.definition.get(language)
            assert 1 <= words.count(". ") + words.endswith(".") <= 3, words
            assert len(words) <= 260
            # Nobody looks up the word that they have just looked up.
            assert words.casefold() != term.name.get(language).casefold()


def test_every_question_has_its_texts(full: Questionnaire) -> None:
    for one in (*full.facts, *full.criteria, *full.elements, *full.generals):
        assert list(texts_of(full, one.code))
