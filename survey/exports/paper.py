"""The paper twin of a questionnaire: the same questions and guidance as HTML for print.

Everything asked is on it, because paper cannot route: what a screen would hide carries
in words to whom it applies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from survey.exports import paper_marks, words
from survey.exports.paper_words import WORDS
from survey.formats import nfc
from survey.questionnaire.conditions import Condition
from survey.questionnaire.schema import Choice, Fact, Questionnaire, Text

PARTS: Final = Path(__file__).parent / "paper_parts"
BLANK: Final = "…" * 8
SHA_LETTERS: Final = 12
CONTACT_QUESTION: Final = "G4"
"""Not asked on paper: a name beside the answers could not be kept apart from them."""
NOTHING_TO_LOOK_UP: Final = frozenset({"Không cần tra cứu.", "Nothing to look up."})
# Choices stand in so many columns if none is longer than this.
_COLUMNS: Final = ((14, 4), (24, 3), (42, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who asks, as the head of the form and the way back say it."""

    superior: Text
    agency: Text
    contact: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The wave a form is printed for; without one its gaps stay to be written in."""

    wave: str
    period: str
    deadline: str
    is_sample: bool = False


def paper_html(
    questionnaire: Questionnaire,
    *,
    language: str,
    sha256: str,
    sender: Sender,
    occasion: Occasion | None = None,
    number: str = "",
) -> str:
    """The form as one HTML document that needs no other file.

    Args:
        sha256: of the published text; its first characters stand on every page.
        number: of this copy; empty leaves a line to write it on.
    Returns:
        HTML in NFC: a PDF with a single decomposed letter cannot be searched.
    """
    return nfc(
        _PAGES.get_template("paper.html").render(
            q=questionnaire,
            language=language,
            t={name: text.get(language) for name, text in WORDS.items()},
            css=Markup((PARTS / "paper.css").read_text("utf-8")),  # noqa: S704 - our own
            sender=sender,
            occasion=occasion,
            number=number,
            sha=sha256[:SHA_LETTERS],
            generals=[
                one for one in questionnaire.generals if one.code != CONTACT_QUESTION
            ],
            say=_Speaker(questionnaire, language, sender, occasion, number),
            marked=paper_marks.marked,
            consent_mark=paper_marks.CONSENT,
            columns=columns,
        )
    )


def columns(choices: Iterable[Choice], language: str) -> int:
    """In how many columns choices stand: as many as their longest one leaves room."""
    longest = max((len(one.label.get(language)) for one in choices), default=0)
    return next((many for most, many in _COLUMNS if longest <= most), 1)


def condition_text(q: Questionnaire, condition: Condition, language: str) -> str:
    """A condition in words: which box of which question, or what is derived from it.

    Args:
        condition: neither always nor never.
    """
    parts = [
        _test_text(q, test.name, test.values, language) for test in condition.tests
    ]
    return _listed(parts, WORDS["and"].get(language))


def _test_text(
    q: Questionnaire, name: str, values: frozenset[str], language: str
) -> str:
    if name in WORDS and values == {"yes"}:
        # What is derived from dates says from which: a person compares them by hand.
        return WORDS[name].get(language)
    if name in words.DERIVED:
        label = words.DERIVED[name].get(language)
        label = label[:1].lower() + label[1:]
        if values == {"yes"}:
            return label
        return WORDS["not_so"].get(language).replace("{words}", label)
    marks = [
        mark
        for mark, choice in paper_marks.marked(q.fact(name).choices).items()
        if choice.code in values
    ]
    chosen = WORDS["chose"].get(language).replace("{fact}", name)
    return chosen.replace("{marks}", _listed(marks, WORDS["or"].get(language)))


def _listed(parts: Sequence[str], last: str) -> str:
    """ "1, 2 or 3"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


class _Speaker:
    """Texts of one form with their gaps filled, for the template."""

    def __init__(
        self,
        q: Questionnaire,
        language: str,
        sender: Sender,
        occasion: Occasion | None,
        number: str,
    ) -> None:
        self.q, self.language = q, language
        self.values = {
            "agency": sender.agency.get(language),
            "contact": sender.contact.get(language),
            "wave": occasion.wave if occasion else BLANK,
            "period": occasion.period if occasion else BLANK,
            "deadline": occasion.deadline if occasion else BLANK,
            "version": q.id,
            "code": number or BLANK,
        }

    def __call__(self, text: Text) -> str:
        """A text in the language of the form."""
        return self.q.filled(text, self.language, **self.values)

    def condition(self, fact: Fact) -> str:
        """When a fact is asked; nothing for always."""
        if fact.ask.is_always:
            return ""
        return condition_text(self.q, fact.ask, self.language)

    def look_up(self, text: Text) -> str:
        """Where to look something up; nothing where there is nothing to look up."""
        said = self(text)
        return "" if said in NOTHING_TO_LOOK_UP else said


_PAGES = Environment(
    loader=FileSystemLoader(PARTS),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
