"""Where every text stands, and for which Vietnamese its English was made.

A place reads `A1.text` or `F04.choice.online`; with a language, `A1.text.en`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from survey.questionnaire.schema import Choice, Questionnaire, Text, Wording

DIGEST_DIGITS = 6
TERM = "term-"
"""Before the code of a term, which could else be the name of another place."""
_BARE = re.compile(r"[\w-]+", re.ASCII)
_SECTION = re.compile(r"^\[translated\]\n(?:[^\[\n][^\n]*\n|\n)*", re.MULTILINE)
_HEADING = (
    "\n\n# ---------- Câu tiếng Việt mà mỗi câu tiếng Anh đã dịch theo ----------\n"
    "# Do lệnh  survey questionnaire translated TỆP  ghi; không sửa bằng tay.\n\n"
)


def texts(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    """Every text in both languages with its place, in the order of the file."""
    yield "title", q.title
    yield from _named("responsible", q.responsible.items())
    yield from _scale(q)
    yield from _opening(q)
    yield from _facts(q)
    yield from _summary(q)
    yield from _elements(q)
    yield from _generals(q)
    yield from _prompts(q)
    for term in q.terms:
        yield f"{TERM}{term.code}.name", term.name
        yield f"{TERM}{term.code}.definition", term.definition


def digest_of(text: Text) -> str:
    """A short digest of the Vietnamese words."""
    return hashlib.sha256(text.vi.encode()).hexdigest()[:DIGEST_DIGITS]


def stale(q: Questionnaire) -> tuple[str, ...]:
    """The places whose Vietnamese is not the one that the English was made for."""
    return tuple(
        place for place, text in texts(q) if q.translated.get(place) != digest_of(text)
    )


def with_digests(
    text: str, q: Questionnaire, renewed: Collection[str] | None = None
) -> str:
    """The text of a file with the digests of its translations renewed.

    Args:
        text: the whole TOML text that `q` was read from.
        renewed: the places whose English is right for the Vietnamese; all when None.
            The other places keep the digest they have, or stay without.
    """
    kept: dict[str, str] = {}
    for place, words in texts(q):
        if renewed is None or place in renewed:
            kept[place] = digest_of(words)
        elif place in q.translated:
            kept[place] = q.translated[place]
    section = "".join(f"{line}\n" for line in ("[translated]", *_lines(kept)))
    if _SECTION.search(text) is not None:
        return _SECTION.sub(lambda _: section, text, count=1)
    return f"{text.rstrip()}\n{_HEADING}{section}"


def _lines(digests: Mapping[str, str]) -> Iterator[str]:
    """One line an item, so that a change shows where it is and no file gets long."""
    items: dict[str, list[str]] = {}
    for place, digest in digests.items():
        item, _, field = place.partition(".")
        items.setdefault(item, []).append(f'{_key(field)} = "{digest}"')
    for item, pairs in items.items():
        yield f"{item} = {{ {', '.join(pairs)} }}"


def _key(field: str) -> str:
    return field if _BARE.fullmatch(field) else f'"{field}"'


def _named(
    item: str, found: Iterable[tuple[str, Text | None]]
) -> Iterator[tuple[str, Text]]:
    for field, text in found:
        if text is not None:
            yield f"{item}.{field}", text


def _choices(item: str, choices: Iterable[Choice]) -> Iterator[tuple[str, Text]]:
    for choice in choices:
        yield f"{item}.choice.{choice.code}", choice.label


def _wordings(
    item: str, field: str, wordings: Iterable[Wording]
) -> Iterator[tuple[str, Text]]:
    for number, wording in enumerate(wordings, start=1):
        yield f"{item}.{field}.{number}", wording.text


def _scale(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    yield "scale.not_applicable", q.scale.not_applicable
    yield "scale.cannot_judge", q.scale.cannot_judge
    for level in q.scale.levels:
        yield f"scale.level.{level.code}", level.label


def _opening(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    opening = q.opening
    yield "opening.agency", opening.agency
    yield "opening.title", opening.title
    yield "opening.consent", opening.consent
    yield "opening.footer", opening.footer
    for number, text in enumerate(opening.intro, start=1):
        yield f"opening.intro.{number}", text


def _facts(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    for fact in q.facts:
        fields = (
            ("title", fact.title),
            ("text", fact.text),
            ("hint", fact.hint),
            ("look_up", fact.look_up),
        )
        yield from _named(fact.code, fields)
        yield from _choices(fact.code, fact.choices)


def _summary(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    summary = q.summary
    yield "summary.text", summary.text
    yield "summary.lateness_late", summary.lateness_late
    yield "summary.lateness_on_time", summary.lateness_on_time
    yield "summary.lateness_early", summary.lateness_early
    yield "summary.button_confirm", summary.button_confirm
    yield "summary.button_edit", summary.button_edit


def _elements(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    for element in q.elements:
        fields = (("title", element.title), ("note", element.note))
        yield from _named(element.code, fields)
        for one in element.criteria:
            parts = (
                ("title", one.title),
                ("text", one.text),
                ("who", one.who),
                ("consider", one.consider),
                ("leave_out", one.leave_out),
                ("look_up", one.look_up),
                *((f"anchor.{level}", text) for level, text in one.anchors.items()),
                ("not_applicable_text", one.not_applicable_text),
            )
            yield from _named(one.code, parts)
            yield from _wordings(one.code, "strip", one.strip)


def _generals(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    for general in q.generals:
        fields = (
            ("title", general.title),
            ("text", general.text),
            ("hint", general.hint),
        )
        yield from _named(general.code, fields)
        yield from _choices(general.code, general.choices)


def _prompts(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    yield "prompts.text", q.prompt_texts.text
    yield "prompts.button_keep", q.prompt_texts.button_keep
    yield "prompts.button_review", q.prompt_texts.button_review
    for prompt in q.prompts:
        yield from _wordings(prompt.code, "fact_high", prompt.fact_high)
        yield from _wordings(prompt.code, "fact_low", prompt.fact_low)
