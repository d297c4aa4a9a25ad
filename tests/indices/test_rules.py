"""The thresholds of the careless rules: kept exactly, refused in words, explained."""

import json
from dataclasses import fields, replace

import pytest

from survey.indices import IndicesError
from survey.indices.careless import (
    FLAGS,
    RULES,
    THRESHOLDS,
    CarelessError,
    Rules,
    explained,
)
from survey.questionnaire.schema import placeholders

NAMES = tuple(one.name for one in fields(Rules))


def test_what_a_wave_keeps_comes_back_the_same():
    rules = Rules(fast_percent=40, duplicate_from=7)
    kept = json.loads(json.dumps(rules.as_dict()))
    assert Rules.from_dict(kept) == rules
    assert all(type(value) is int for value in kept.values())
    assert Rules.from_dict({name: str(value) for name, value in kept.items()}) == rules


def test_every_threshold_has_bounds_and_a_title_and_stands_in_the_words_of_a_rule():
    assert tuple(THRESHOLDS) == NAMES
    assert tuple(RULES) == FLAGS
    words = [rule.words for rule in RULES.values()]
    for language in ("vi", "en"):
        named = set().union(*(placeholders(text.get(language)) for text in words))
        assert named == set(NAMES), language


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("beyond", ["least", "most"])
def test_a_threshold_beyond_its_bounds_is_refused_in_both_languages(name, beyond):
    threshold = THRESHOLDS[name]
    value = getattr(threshold, beyond) + (1 if beyond == "most" else -1)
    with pytest.raises(CarelessError) as caught:
        replace(Rules(), **{name: value})
    assert caught.value.name == name
    for language in ("vi", "en"):
        text = caught.value.text.get(language)
        assert threshold.title.get(language) in text
        assert str(threshold.least) in text


@pytest.mark.parametrize("value", [1.5, None, True, "", "x", "-1", "1.5", "٣", "²"])
def test_only_whole_numbers_are_thresholds(value):
    with pytest.raises(CarelessError) as caught:
        Rules.from_dict(Rules().as_dict() | {"fewest_ratings": value})
    assert caught.value.name == "fewest_ratings"


def test_a_huge_number_typed_is_refused_as_too_large():
    with pytest.raises(CarelessError):
        Rules.from_dict(Rules().as_dict() | {"ms_per_word": "9" * 5000})


def test_a_missing_and_an_unknown_threshold_are_refused_by_name():
    kept = Rules().as_dict()
    del kept["fast_percent"]
    with pytest.raises(CarelessError, match="fast_percent"):
        Rules.from_dict(kept)
    with pytest.raises(IndicesError, match="speed"):
        Rules.from_dict(Rules().as_dict() | {"speed": 3})


def test_too_fast_is_always_short():
    assert Rules(fast_percent=60, short_percent=60)
    with pytest.raises(CarelessError, match="short_percent"):
        Rules(fast_percent=60, short_percent=59)


def test_the_explanation_names_the_thresholds_of_the_wave():
    text = explained(Rules(fast_percent=37, ms_per_word=81), "fast")
    for words in (text.vi, text.en):
        assert "37%" in words
        assert "81" in words
        assert not placeholders(words)
    with pytest.raises(CarelessError):
        explained(Rules(), "slow")
