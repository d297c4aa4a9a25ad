"""What in the wording of a questionnaire makes ratings inaccurate: warnings, no faults.

The rules are heuristics and say so by being warnings: each names its place and what to
do, and one that is wrong here is accepted in the file, with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from survey.questionnaire import lint_anchors, lint_words, places
from survey.questionnaire.reading_time import words
from survey.questionnaire.schema import (
    LANGUAGES,
    Accepted,
    Questionnaire,
    Text,
)
from survey.questionnaire.terms import without_terms

MOST_WORDS = 25
"""The most words of a question: longer ones are read twice, or not to the end."""

ADVICE: Mapping[str, Text] = MappingProxyType(
    {
        "double": Text(
            vi="hỏi hai điều trong một câu; tách thành hai câu hoặc bỏ bớt một điều",
            en="asks two things at once; make two questions of it or drop one",
        ),
        "leading": Text(
            vi="từ ngữ khen, chê hoặc gợi ý trả lời; thay bằng từ trung tính",
            en="praises, blames or suggests an answer; use neutral words",
        ),
        "double_negation": Text(
            vi="hai lần phủ định trong một vế; viết lại thành câu khẳng định",
            en="two negations in one clause; put it positively",
        ),
        "long_question": Text(
            vi=f"câu hỏi quá {MOST_WORDS} từ; rút ngắn, đưa chi tiết vào hướng dẫn",
            en=f"more than {MOST_WORDS} words; shorten it, details go to the guidance",
        ),
        "no_time_frame": Text(
            vi="không rõ hỏi về hồ sơ nào, thời gian nào; thêm “hồ sơ này” hoặc kỳ",
            en="does not say which dossier or time it is about; add “this dossier” or "
            "a period",
        ),
        "anchor_length": Text(
            vi="mô tả mức dài ngắn chênh nhau nhiều; viết các mức gọn ngang nhau",
            en="the descriptions of levels differ much in length; make them alike",
        ),
        "anchor_dimension": Text(
            vi="mô tả không chung từ nào với mức khác hay câu hỏi; mọi mức phải nói về "
            "cùng một điều",
            en="shares no word with another level or the question; all levels must be "
            "about the same thing",
        ),
        "anchor_order": Text(
            vi="mô tả có vẻ không theo thứ tự từ thấp đến cao; xem lại thứ tự các mức",
            en="the descriptions seem not to go from low to high; look at their order",
        ),
        "no_definition": Text(
            vi="từ chưa được giải thích; thêm vào [[terms]] hoặc dùng từ thường",
            en="has no definition; add it to [[terms]] or use plain words",
        ),
        "stale_translation": Text(
            vi="câu tiếng Việt đã đổi sau câu tiếng Anh; sửa câu tiếng Anh rồi chạy: "
            "survey questionnaire translated TỆP",
            en="the Vietnamese changed after the English; mend the English, then run: "
            "survey questionnaire translated FILE",
        ),
        "unused_acceptance": Text(
            vi="chấp nhận một cảnh báo không còn; xóa mục này",
            en="accepts a warning that is not there; remove this entry",
        ),
    }
)
"""What each rule objects to, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One warning: at which place, by which rule, and what was found there."""

    rule: str
    place: str
    found: str = ""

    def words(self, language: str) -> str:
        """The whole warning on one line."""
        advice = ADVICE[self.rule].get(language)
        detail = f" (“{self.found}”)" if self.found else ""
        return f"{self.place}: {self.rule}: {advice}{detail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """The warnings that stand, and those accepted with a reason."""

    warnings: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Accepted], ...]


def lint(q: Questionnaire) -> Linted:
    """Find what makes ratings inaccurate, in both languages.

    Returns:
        Warnings in the order of the rules. An entry of `q.accepted` takes away the
        warnings of its rule at its place, whose language may be left out; one that
        takes none away is a warning itself.
    """
    found = tuple(one for rule in _RULES for one in rule(q))
    used: set[int] = set()
    standing: list[Finding] = []
    accepted: list[tuple[Finding, Accepted]] = []
    for one in found:
        number = _accepting(q, one)
        if number is None:
            standing.append(one)
        else:
            used.add(number)
            accepted.append((one, q.accepted[number]))
    unused = [
        Finding(
            rule="unused_acceptance",
            place=f"accepted[{number}]",
            found=f"{entry.rule}: {entry.place}",
        )
        for number, entry in enumerate(q.accepted, start=1)
        if number - 1 not in used
    ]
    return Linted(warnings=(*standing, *unused), accepted=tuple(accepted))


def _accepting(q: Questionnaire, one: Finding) -> int | None:
    for number, entry in enumerate(q.accepted):
        names = {one.place, one.place.removesuffix(".vi").removesuffix(".en")}
        if entry.rule == one.rule and entry.place in names:
            return number
    return None


def _questions(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    for fact in q.facts:
        yield f"{fact.code}.text", fact.text
    for criterion in q.criteria:
        yield f"{criterion.code}.text", criterion.text
    for general in q.generals:
        yield f"{general.code}.text", general.text


def _double(q: Questionnaire) -> Iterator[Finding]:
    """A defined term is one thing, whatever words it is made of."""
    for place, text in _questions(q):
        for language in LANGUAGES:
            bare = without_terms(q, text.get(language), language)
            match = lint_words.DOUBLE[language].search(bare)
            if match is not None:
                yield Finding(
                    rule="double", place=f"{place}.{language}", found=match[0]
                )


def _leading(q: Questionnaire) -> Iterator[Finding]:
    stated = [
        (f"{one.code}.strip.{number}", wording.text)
        for one in q.criteria
        for number, wording in enumerate(one.strip, start=1)
    ]
    for place, text in (*_questions(q), *stated):
        for language in LANGUAGES:
            match = lint_words.LEADING[language].search(text.get(language))
            if match is not None:
                yield Finding(
                    rule="leading", place=f"{place}.{language}", found=match[0]
                )


def _double_negation(q: Questionnaire) -> Iterator[Finding]:
    answers = [
        (f"{one.code}.anchor.{level}", text)
        for one in q.criteria
        for level, text in one.anchors.items()
    ]
    for place, text in (*_questions(q), *answers):
        for language in LANGUAGES:
            clause = _twice_negated(text.get(language), language)
            if clause is not None:
                yield Finding(
                    rule="double_negation", place=f"{place}.{language}", found=clause
                )


def _twice_negated(text: str, language: str) -> str | None:
    bare = lint_words.NO_NEGATION[language].sub("", text)
    for clause in lint_words.CLAUSES[language].split(bare):
        if len(lint_words.NEGATION[language].findall(clause)) > 1:
            return clause.strip()
    return None


def _long_question(q: Questionnaire) -> Iterator[Finding]:
    for place, text in _questions(q):
        for language in LANGUAGES:
            count = words(q.filled(text, language))
            if count > MOST_WORDS:
                yield Finding(
                    rule="long_question", place=f"{place}.{language}", found=str(count)
                )


def _no_time_frame(q: Questionnaire) -> Iterator[Finding]:
    """The frame may stand in the question, its element's note or the opening."""
    notes = {
        one.code: element.note
        for element in q.elements
        for one in element.criteria
        if element.note is not None
    }
    for place, text in _questions(q):
        note = notes.get(place.partition(".")[0])
        for language in LANGUAGES:
            frame, habit = lint_words.FRAME[language], lint_words.HABIT[language]
            own = text.get(language)
            around = [one.get(language) for one in q.opening.intro]
            if note is not None:
                around.append(note.get(language))
            general = habit.search(own)
            framed = bool(frame.search(own)) or (
                general is None and any(map(frame.search, around))
            )
            if not framed:
                yield Finding(
                    rule="no_time_frame",
                    place=f"{place}.{language}",
                    found="" if general is None else general[0],
                )


def _anchors(q: Questionnaire) -> Iterator[Finding]:
    for language in LANGUAGES:
        for one in q.criteria:
            for rule, place, found in lint_anchors.of(one, language):
                yield Finding(rule=rule, place=place, found=found)


def _no_definition(q: Questionnaire) -> Iterator[Finding]:
    """Titles in capitals stand in the opening, which is left out."""
    for place, text in places.texts(q):
        item = place.partition(".")[0]
        if item in {"opening", "title"} or item.startswith(places.TERM):
            continue
        for language in LANGUAGES:
            bare = without_terms(q, text.get(language), language)
            for found in _undefined(bare, language):
                yield Finding(
                    rule="no_definition", place=f"{place}.{language}", found=found
                )


def _undefined(bare: str, language: str) -> Iterator[str]:
    for match in lint_words.ABBREVIATION.finditer(bare):
        if match[0] not in lint_words.EVERYDAY:
            yield match[0]
    match_of = lint_words.HARD[language].search
    hard = match_of(bare)
    if hard is not None:
        yield hard[0]


def _stale_translation(q: Questionnaire) -> Iterator[Finding]:
    for place in places.stale(q):
        yield Finding(rule="stale_translation", place=f"{place}.en")


_RULES: tuple[Callable[[Questionnaire], Iterator[Finding]], ...] = (
    _double,
    _leading,
    _double_negation,
    _long_question,
    _no_time_frame,
    _anchors,
    _no_definition,
    _stale_translation,
)
