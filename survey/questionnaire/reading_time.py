"""How many words each page puts before a respondent, and how long they take to read.

A word is a run without blanks that holds a letter or a digit: in Vietnamese that is a
syllable, as in the usual counts of reading speed for both languages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

from survey.questionnaire.conditions import NOT_SURE
from survey.questionnaire.routing import Routed, references, without_hidden
from survey.questionnaire.schema import (
    PAGE_FACTS,
    PAGE_GENERAL,
    PAGE_INTRODUCTION,
    Criterion,
    Element,
    Fact,
    General,
    Questionnaire,
    Text,
    Wording,
    placeholders,
)

GUIDED = "guided"
FOLDED = "folded"
ARMS = (GUIDED, FOLDED)
WORDS_PER_MINUTE = 200
MOST_MINUTES = {"full": 10, "core": 4}
"""What the whole form may take: one with criteria beyond the core set, or the core."""

# The names of the three parts of guidance, as the pages print them.
_PARTS = {
    "consider": Text(vi="Cân nhắc", en="Consider"),
    "leave_out": Text(vi="Không tính đến", en="Leave out"),
    "look_up": Text(vi="Tra cứu", en="Look up"),
}

_NEVER_BOTH = {"late in {yes}", "early in {yes}"}


def words(text: str) -> int:
    """The number of words; a dash or a slash by itself is none."""
    return sum(any(map(str.isalnum, run)) for run in text.split())


def words_shown(
    q: Questionnaire,
    shown: Mapping[str, Routed],
    *,
    language: str,
    arm: str,
    facts: Collection[str] = (),
    strips: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Count the words in sight on each page of one form.

    Args:
        shown: the criteria as the facts route them.
        arm: "guided", or "folded" where guidance and the descriptions of levels are
            folded away: then neither counts, nor their names.
        facts: the facts asked, for the page of facts; none when they are supplied.
        strips: the facts in sight while rating, by criterion.
    Returns:
        Words by page: the facts, every element with a criterion in sight, the general
        questions. Explained terms, closed as they come, do not count; nor do the
        frame around the questions and the names in a list of procedures.
    """
    hidden = frozenset(code for code, one in shown.items() if not one.is_shown)
    counted = _counted(q, language, arm)
    counts = {
        PAGE_FACTS: sum(counted.fact(one.code) for one in q.facts if one.code in facts)
    }
    for element in q.elements:
        here = [one for one in element.criteria if shown[one.code].is_shown]
        if here:
            counts[element.code] = counted.title(element) + sum(
                counted.criterion(one, shown[one.code].offers_not_applicable, hidden)
                for one in here
            )
    counts[PAGE_GENERAL] = counted.generals
    for code, strip in ({} if strips is None else strips).items():
        page = q.criterion(code).element
        if page in counts and shown[code].is_shown:
            counts[page] += words(strip)
    return counts


class _Counted:
    """The words of one version, language and arm, question by question: a form is a
    sum of them, and few forms are routed alike."""

    def __init__(self, q: Questionnaire, language: str, arm: str) -> None:
        self._q, self._language, self._arm = q, language, arm
        self._facts: dict[str, int] = {}
        self._titles: dict[str, int] = {}
        self._criteria: dict[tuple[str, bool, frozenset[str]], int] = {}
        self._pointed = {
            one.code: frozenset().union(
                *(
                    references(text)
                    for text in _texts_of(q, one, language, arm, offers=True)
                )
            )
            for one in q.criteria
        }
        self.generals = sum(
            words(text)
            for one in q.generals
            for text in _texts_of_general(q, one, language)
        )

    def fact(self, code: str) -> int:
        """The words of a question about a fact."""
        if code not in self._facts:
            texts = _texts_of_fact(self._q, self._q.fact(code), self._language)
            self._facts[code] = sum(map(words, texts))
        return self._facts[code]

    def title(self, element: Element) -> int:
        """The words above the criteria of an element."""
        if element.code not in self._titles:
            texts = _texts_above(element, self._language)
            self._titles[element.code] = sum(map(words, texts))
        return self._titles[element.code]

    def criterion(self, one: Criterion, offers: bool, hidden: frozenset[str]) -> int:
        """The words of a criterion, without what points to hidden questions."""
        key = (one.code, offers, self._pointed[one.code] & hidden)
        if key not in self._criteria:
            texts = _texts_of(self._q, one, self._language, self._arm, offers=offers)
            self._criteria[key] = sum(
                words(without_hidden(text, hidden)) for text in texts
            )
        return self._criteria[key]


_counted = lru_cache(maxsize=64)(_Counted)


def _texts_above(element: Element, language: str) -> Iterator[str]:
    yield f"{element.code}. {element.title.get(language)}"
    if element.note is not None:
        yield element.note.get(language)


def _pages(
    q: Questionnaire,
    language: str,
    arm: str,
    seen: Mapping[str, bool],
    asked: Iterable[str],
) -> Iterator[tuple[str, list[str]]]:
    """The texts of each page; `seen` has the criteria shown, and what they offer."""
    yield (
        PAGE_FACTS,
        [text for code in asked for text in _texts_of_fact(q, q.fact(code), language)],
    )
    hidden = frozenset(one.code for one in q.criteria if one.code not in seen)
    for element in q.elements:
        here = [one for one in element.criteria if one.code in seen]
        if here:
            yield (
                element.code,
                [
                    *_texts_above(element, language),
                    *(
                        without_hidden(text, hidden)
                        for one in here
                        for text in _texts_of(
                            q, one, language, arm, offers=seen[one.code]
                        )
                    ),
                ],
            )
    yield (
        PAGE_GENERAL,
        [text for one in q.generals for text in _texts_of_general(q, one, language)],
    )


def _texts_of(
    q: Questionnaire, one: Criterion, language: str, arm: str, *, offers: bool
) -> Iterator[str]:
    yield f"{one.code} {q.filled(one.text, language)}"
    if arm == GUIDED:
        for name, title in _PARTS.items():
            yield title.get(language)
            yield q.filled(getattr(one, name), language)
    for level in q.scale.levels:
        yield f"{level.code}. {level.label.get(language)}"
        if arm == GUIDED:
            yield q.filled(one.anchors[level.code], language)
    if offers:
        yield q.scale.not_applicable.get(language)
        if one.not_applicable_text is not None:
            yield one.not_applicable_text.get(language)
    yield q.scale.cannot_judge.get(language)


def _texts_of_fact(q: Questionnaire, fact: Fact, language: str) -> Iterator[str]:
    yield q.filled(fact.text, language)
    if fact.hint is not None:
        yield q.filled(fact.hint, language)
    if fact.needs_look_up:
        yield _PARTS["look_up"].get(language)
        yield q.filled(fact.look_up, language)
    yield from (choice.label.get(language) for choice in fact.choices)


def _texts_of_general(q: Questionnaire, one: General, language: str) -> Iterator[str]:
    yield one.text.get(language)
    if one.hint is not None:
        yield q.filled(one.hint, language)
    if one.type == "scale":
        for level in q.scale.levels:
            yield f"{level.code}. {level.label.get(language)}"
    yield from (choice.label.get(language) for choice in one.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTime:
    """The words of a whole form, by page: all of them, and each text but once.

    `once` leaves out what stood word for word before: labels of levels, names of the
    parts of guidance, choices such as "not sure".
    """

    words: Mapping[str, int]
    once: Mapping[str, int]


def minutes_for(number: int) -> Fraction:
    """The time to read a number of words, at 200 words a minute."""
    return Fraction(number, WORDS_PER_MINUTE)


def most_minutes(q: Questionnaire) -> int:
    """The limit for the whole form."""
    return MOST_MINUTES["core" if q.sets["full"] == q.sets["core"] else "full"]


def reading_time(
    q: Questionnaire,
    *,
    language: str,
    arm: str,
    facts: Collection[str] | None = None,
    routed: Mapping[str, Routed] | None = None,
    strips: Mapping[str, str] | None = None,
) -> ReadingTime:
    """Count the whole form; as it is longest, unless it is said how it is routed.

    Args:
        facts: the facts asked; every one when None, though no dossier is asked all.
        routed: the criteria as the facts of one dossier route them; when None every
            one applies, with "not applicable" wherever it can be offered.
        strips: the facts in sight while rating, by criterion; when None each has the
            longest that it can have.
    Returns:
        Words by page, the introduction among them.
    """
    if routed is None:
        seen = {
            one.code: bool(one.not_applicable) and not one.na_offer.is_never
            for one in q.criteria
        }
    else:
        seen = {
            code: one.offers_not_applicable
            for code, one in routed.items()
            if one.is_shown
        }
    asked = [one.code for one in q.facts if facts is None or one.code in facts]
    opening = (q.opening.title, *q.opening.intro, q.opening.consent)
    pages = {
        PAGE_INTRODUCTION: [q.filled(text, language) for text in opening],
        **dict(_pages(q, language, arm, seen, asked)),
    }
    counts = {page: sum(map(words, texts)) for page, texts in pages.items()}
    before: set[str] = set()
    once = {}
    for page, texts in pages.items():
        new = dict.fromkeys(texts).keys() - before
        once[page] = sum(map(words, new))
        before |= new
    for one in q.criteria:
        if one.code in seen:
            strip = (
                _longest_strip(q, one.strip, language)
                if strips is None
                else words(strips.get(one.code, ""))
            )
            counts[one.element] += strip
            once[one.element] += strip
    return ReadingTime(words=counts, once=once)


def _longest_strip(q: Questionnaire, strip: tuple[Wording, ...], language: str) -> int:
    """The words of the longest choice of wordings that can all stand together."""
    sizes = {number: _size(q, one, language) for number, one in enumerate(strip)}
    return max(
        (
            sum(sizes[number] for number in chosen)
            for count in range(1, len(strip) + 1)
            for chosen in combinations(sizes, count)
            if all(
                _stand_together(strip[a], strip[b]) for a, b in combinations(chosen, 2)
            )
        ),
        default=0,
    )


def _size(q: Questionnaire, wording: Wording, language: str) -> int:
    text = wording.text.get(language)
    size = words(text)
    for name in placeholders(text):
        # The gap counts as one word already; a date may have three.
        size += max(_sizes_of_value(q, name, language)) - 1
    return size


def _sizes_of_value(q: Questionnaire, name: str, language: str) -> Iterable[int]:
    fact = next((one for one in q.facts if one.code == name), None)
    if fact is None:
        return (1,)
    if fact.type == "date":
        return (3 if language == "en" else 1,)
    return (
        words(choice.label.get(language))
        for choice in fact.choices
        if choice.code != NOT_SURE
    )


def _stand_together(one: Wording, other: Wording) -> bool:
    tests = {test.name: test.values for test in other.when.tests}
    if any(
        test.values.isdisjoint(tests.get(test.name, test.values))
        for test in one.when.tests
    ):
        return False
    if {one.when.text, other.when.text} == _NEVER_BOTH:
        return False
    # A wording that names a date cannot stand beside one for not having it.
    dated = placeholders(one.text.vi) | placeholders(other.text.vi)
    return not dated & (one.when.names | other.when.names)
