"""The shape of a questionnaire: frozen values, read from TOML by the loader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from survey.questionnaire.conditions import Condition

Language = Literal["vi", "en"]
FactType = Literal["single", "date", "procedure"]
GeneralType = Literal["scale", "multi", "text", "single"]
Direction = Literal["high", "low"]

LANGUAGES: tuple[Language, ...] = ("vi", "en")
NOT_APPLICABLE = "not_applicable"
CANNOT_JUDGE = "cannot_judge"
BLANK = "blank"
NOT_ASKED = "not_asked"
WITHOUT_LEVEL = frozenset({NOT_APPLICABLE, CANNOT_JUDGE, BLANK, NOT_ASKED})
REASONS = ("na_channel", "na_not_arisen", "na_not_due")

NOTHING_TO_LOOK_UP = "Nothing to look up."
PAGE_INTRODUCTION = "gioi-thieu"
PAGE_FACTS = "thong-tin"
PAGE_GENERAL = "chung"
PAGE_CHECK = "xem-lai"

_PLACEHOLDER = re.compile(r"\{(\w+)\}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text in both languages; the Vietnamese one counts."""

    vi: str
    en: str

    def get(self, language: str) -> str:
        """The text in a language; Vietnamese for any but English."""
        return self.en if language == "en" else self.vi


def placeholders(text: str) -> frozenset[str]:
    """The names in braces that a text waits for."""
    return frozenset(_PLACEHOLDER.findall(text))


def fill(text: str, values: Mapping[str, object]) -> str:
    """Put values for `{name}`; a name without a value stays, a value is never read."""
    return _PLACEHOLDER.sub(
        lambda match: str(values.get(match[1], match[0])),
        text,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer to a fact or a general question, stored by its code."""

    code: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A question about the dossier; never part of an index.

    A fact of type `procedure` offers the catalogue of procedures before its choices;
    one of type `date` takes an ISO date or one of its choices.
    """

    code: str
    title: Text
    text: Text
    hint: Text | None
    ask: Condition
    type: FactType
    prefill: bool
    choices: tuple[Choice, ...]
    look_up: Text
    used_for: str

    @property
    def needs_look_up(self) -> bool:
        """Whether there is anything to look up; if not, nothing need be said."""
        return self.look_up.en != NOTHING_TO_LOOK_UP

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its choices, in order."""
        return tuple(choice.code for choice in self.choices)

    def label(self, code: str) -> Text | None:
        """The words of a choice, or None for a date, a procedure, or no choice."""
        return next((item.label for item in self.choices if item.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of the scale."""

    code: int
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The levels in ascending order, and from which one on a business is satisfied."""

    levels: tuple[Level, ...]
    satisfied_from: int = 4
    not_applicable: Text = Text(vi="Không áp dụng", en="Not applicable")
    cannot_judge: Text = Text(
        vi="Không đủ thông tin để đánh giá", en="Not enough information to rate"
    )
    codes: tuple[int, ...] = field(init=False, compare=False)
    values: frozenset[str] = field(init=False, compare=False)
    high: frozenset[int] = field(init=False, compare=False)
    low: frozenset[int] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Keep what every answer asks for: codes, and the satisfied end mirrored."""
        codes = tuple(level.code for level in self.levels)
        high = frozenset(code for code in codes if code >= self.satisfied_from)
        put = object.__setattr__
        put(self, "codes", codes)
        put(self, "values", frozenset(map(str, codes)))
        put(self, "high", high)
        put(self, "low", frozenset(codes[: len(high)]))

    def label(self, code: int) -> Text:
        """The words of a level."""
        return next(level.label for level in self.levels if level.code == code)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """Why a criterion does not apply, and when that reason is the true one."""

    reason: str
    condition: Condition | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words for a fact, used when its condition is true."""

    when: Condition
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One question of the index, with its whole guidance and its routing.

    `strip` states the facts that bear on it, for the line in sight while rating.
    """

    code: str
    element: str
    title: Text
    text: Text
    when: Condition
    who: Text
    consider: Text
    leave_out: Text
    look_up: Text
    anchors: Mapping[int, Text]
    not_applicable: tuple[NotApplicable, ...]
    not_applicable_text: Text | None
    na_offer: Condition
    responsible: tuple[str, ...]
    maps_to: tuple[str, ...]
    serves: tuple[str, ...]
    strip: tuple[Wording, ...] = ()

    def __hash__(self) -> int:
        return hash(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One page of criteria."""

    code: str
    title: Text
    note: Text | None
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class General:
    """A question about the whole: the overall rating, wishes, comment, contact."""

    code: str
    title: Text
    text: Text
    hint: Text | None
    type: GeneralType
    choices: tuple[Choice, ...]
    max: int | None
    exclusive_last: bool
    random_order: bool
    used_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A symmetrical check of one rating against a fact."""

    code: str
    criterion: str
    high: Condition
    low: Condition
    fact_high: tuple[Wording, ...]
    fact_low: tuple[Wording, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTexts:
    """The frame around every prompt and its two equal buttons."""

    text: Text
    button_keep: Text
    button_review: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word that a business may not know, explained where one of its forms occurs.

    `forms` holds the forms by language, as they stand in the texts.
    """

    code: str
    name: Text
    forms: Mapping[str, tuple[str, ...]]
    definition: Text

    def __hash__(self) -> int:
        return hash(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A warning of the lint that stands for a reason: by its rule and its place."""

    rule: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What stands before the first question and at the foot of every page."""

    agency: Text
    title: Text
    intro: tuple[Text, ...]
    consent: Text
    footer: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The sentence that repeats the facts before the ratings."""

    text: Text
    lateness_late: Text
    lateness_on_time: Text
    lateness_early: Text
    button_confirm: Text
    button_edit: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """One published version, whole; equal and hashed by what it holds and its id.

    `settings` holds `reply_days`, `contact_days` and `promise_tolerance`; `sets` the
    named sets of criteria, `core` and `full` (all criteria of this questionnaire).
    `accepted` and `translated` (a digest of the Vietnamese text by the place of its
    translation) are for the lint alone.
    """

    id: str
    title: Text
    minutes: int
    settings: Mapping[str, int]
    scale: Scale
    opening: Opening
    facts: tuple[Fact, ...]
    summary: Summary
    elements: tuple[Element, ...]
    generals: tuple[General, ...]
    prompt_texts: PromptTexts
    prompts: tuple[Prompt, ...]
    responsible: Mapping[str, Text]
    tables: tuple[str, ...]
    sets: Mapping[str, tuple[str, ...]]
    terms: tuple[Term, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    translated: Mapping[str, str] = field(default_factory=dict)
    criteria: tuple[Criterion, ...] = field(init=False, compare=False, repr=False)
    pages: tuple[str, ...] = field(init=False, compare=False, repr=False)
    _criteria: Mapping[str, Criterion] = field(init=False, compare=False, repr=False)
    _facts: Mapping[str, Fact] = field(init=False, compare=False, repr=False)
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Keep the flat list of criteria and the ways to find one by its code."""
        criteria = tuple(one for element in self.elements for one in element.criteria)
        pages = (
            PAGE_INTRODUCTION,
            PAGE_FACTS,
            *(element.code for element in self.elements),
            PAGE_GENERAL,
            PAGE_CHECK,
        )
        put = object.__setattr__
        put(self, "criteria", criteria)
        put(self, "pages", pages)
        put(self, "_criteria", {one.code: one for one in criteria})
        put(self, "_facts", {fact.code: fact for fact in self.facts})
        # Of the words too: what is kept by version is looked up at every page, and
        # versions that share an id, as drafts do, must not all lie in one heap.
        words = tuple(
            (one.text, one.consider, one.strip, *one.anchors.values())
            for one in criteria
        )
        held = (self.id, self.opening, self.facts, self.generals, self.accepted, words)
        put(self, "_hash", hash(held))

    def __hash__(self) -> int:
        return self._hash

    def criterion(self, code: str) -> Criterion:
        """The criterion of a code; KeyError when there is none."""
        return self._criteria[code]

    def fact(self, code: str) -> Fact:
        """The fact of a code; KeyError when there is none."""
        return self._facts[code]

    def element(self, code: str) -> Element:
        """The element of a code, which is the name of its page; KeyError if none."""
        for element in self.elements:
            if element.code == code:
                return element
        raise KeyError(code)

    def general(self, code: str) -> General:
        """The general question of a code; KeyError when there is none."""
        for general in self.generals:
            if general.code == code:
                return general
        raise KeyError(code)

    def filled(self, text: Text, language: str, **values: object) -> str:
        """A text in a language with this questionnaire's settings, and more, put in.

        `{agency}` and `{minutes}` are known too; a value given by name goes first, and
        a placeholder that nobody knows stays for a later `fill`.
        """
        own: dict[str, object] = {
            "agency": self.opening.agency.get(language),
            "minutes": self.minutes,
        }
        return fill(text.get(language), {**own, **self.settings, **values})
