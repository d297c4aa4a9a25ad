"""Whether the descriptions of levels are alike, about one thing, and in order.

Heuristics, each for the descriptions of one criterion in one language:

* Length: the longest has at least 8 words more than the shortest, and more than three
  times as many. A description of two words beside one of twenty is passed over.
* Dimension: a description has no word in common with any other, nor with the question
  and what to consider; words such as "not" or "one" say nothing and do not count.
* Order: "as level 4" at a level that is not the next one up; numbers that go up and
  down again; a lowest level that holds only good marks, or a highest without any that
  holds bad ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from survey.questionnaire import lint_words
from survey.questionnaire.reading_time import words
from survey.questionnaire.schema import Criterion

MORE_WORDS = 8
TIMES_AS_LONG = 3
_WORD = re.compile(r"\w+")

Found = tuple[str, str, str]
"""A rule, a place, and what was found there."""


def of(one: Criterion, language: str) -> Iterator[Found]:
    """What is wrong with the descriptions of a criterion in a language."""
    anchors = {level: one.anchors[level].get(language) for level in sorted(one.anchors)}
    whole = f"{one.code}.anchor.{language}"
    yield from _length(whole, anchors)
    yield from _dimension(one, language, anchors)
    yield from _order(whole, language, anchors)


def _length(place: str, anchors: Mapping[int, str]) -> Iterator[Found]:
    sizes = [words(text) for text in anchors.values()]
    shortest, longest = min(sizes), max(sizes)
    if longest - shortest >= MORE_WORDS and longest > TIMES_AS_LONG * shortest:
        yield "anchor_length", place, f"{shortest}–{longest}"


def _dimension(
    one: Criterion, language: str, anchors: Mapping[int, str]
) -> Iterator[Found]:
    about = _content(
        f"{one.title.get(language)} {one.text.get(language)} "
        f"{one.consider.get(language)}",
        language,
    )
    contents = {level: _content(text, language) for level, text in anchors.items()}
    for level, text in anchors.items():
        if lint_words.AS_LEVEL[language].match(text) is not None:
            continue
        others = set(about)
        for other, content in contents.items():
            if other != level:
                others |= content
        if contents[level] and not contents[level] & others:
            yield "anchor_dimension", f"{one.code}.anchor.{level}.{language}", text


def _content(text: str, language: str) -> set[str]:
    found = {word.casefold() for word in _WORD.findall(text)}
    empty = lint_words.EMPTY[language]
    return {word for word in found if word not in empty and not word.isdecimal()}


def _order(place: str, language: str, anchors: Mapping[int, str]) -> Iterator[Found]:
    below = dict(zip(list(anchors)[1:], anchors, strict=False))
    for level, text in anchors.items():
        match = lint_words.AS_LEVEL[language].match(text)
        if match is not None and int(match[1]) != below.get(level):
            yield "anchor_order", place.replace("anchor", f"anchor.{level}"), match[0]
    plain = {
        level: lint_words.LEVEL_NUMBERS[language].sub("", text)
        for level, text in anchors.items()
        if lint_words.AS_LEVEL[language].match(text) is None
    }
    numbers = [
        number
        for text in plain.values()
        if (number := _first_number(text, language)) is not None
    ]
    steps = {b > a for a, b in pairwise(numbers) if a != b}
    if len(steps) > 1:
        yield "anchor_order", place, ", ".join(map(str, numbers))
    if plain:
        yield from _ends(place, language, list(plain.values()))


def _first_number(text: str, language: str) -> int | None:
    if lint_words.NONE_OF[language].search(text) is not None:
        return 0
    for word in _WORD.findall(text.casefold()):
        if word.isdecimal():
            return int(word)
        if word in lint_words.NUMBERS[language]:
            return lint_words.NUMBERS[language][word]
    return None


def _ends(place: str, language: str, texts: list[str]) -> Iterator[Found]:
    lowest, highest = texts[0], texts[-1]
    if _marks(lowest, language) == (True, False):
        yield "anchor_order", place, lowest
    elif _marks(highest, language) == (False, True):
        yield "anchor_order", place, highest


def _marks(text: str, language: str) -> tuple[bool, bool]:
    """Whether a description holds good marks, and bad ones outside of them."""
    rest, good = lint_words.GOOD[language].subn("", text)
    return good > 0, lint_words.BAD[language].search(rest) is not None
