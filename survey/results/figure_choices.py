"""Which figure a page is about: the choices, and what an address means by `so`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from survey.exports import words
from survey.figures.filters import UnknownChoice
from survey.indices import CORE, FULL
from survey.questionnaire.schema import Questionnaire

FIGURE: Final = "so"
_INDENT: Final = "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}– "


@dataclass(frozen=True, slots=True)
class FigureChoice:
    """A figure that can be chosen."""

    code: str
    title: str
    """As it heads a page: "A1. Thông tin về thủ tục"."""
    label: str
    """As it stands in a list, indented by its depth."""


def figure_choices(
    questionnaire: Questionnaire, language: str
) -> tuple[FigureChoice, ...]:
    """All figures of a questionnaire: the sets, then each element with its criteria."""
    full = words.FULL_SET.get(language)
    listed = [FigureChoice(FULL, full, full)]
    sets = questionnaire.sets
    if set(sets["core"]) != set(sets["full"]):
        core = words.CORE_SET.get(language)
        listed.append(FigureChoice(CORE, core, core))
    for element in questionnaire.elements:
        title = f"{element.code}. {element.title.get(language)}"
        listed.append(FigureChoice(element.code, title, title))
        for criterion in element.criteria:
            title = f"{criterion.code}. {criterion.title.get(language)}"
            listed.append(FigureChoice(criterion.code, title, _INDENT + title))
    return tuple(listed)


def chosen_figure(choices: tuple[FigureChoice, ...], code: str | None) -> FigureChoice:
    """The figure that an address names; the whole where it names none.

    Raises:
        UnknownChoice: there is none with this code.
    """
    for one in choices:
        if one.code == (code or FULL):
            return one
    raise UnknownChoice(FIGURE, code or "")


def criteria_of(questionnaire: Questionnaire, code: str) -> tuple[str, ...]:
    """The criteria that a figure is made of; nothing if there is no such figure."""
    if code in questionnaire.sets:
        return questionnaire.sets[code]
    for element in questionnaire.elements:
        codes = tuple(one.code for one in element.criteria)
        if element.code == code:
            return codes
        if code in codes:
            return (code,)
    return ()
