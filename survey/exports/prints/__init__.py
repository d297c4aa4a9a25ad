"""THE PRINT KIT: posters, stands, slips, cards and letters as PDF and SVG. Pure: it is
told what to say, and draws it; it knows neither the web nor the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from survey.exports.prints import cards
from survey.exports.prints.letters import letter
from survey.exports.prints.page import Page
from survey.exports.prints.pdf import write as write_pdf
from survey.exports.prints.posters import poster, stand
from survey.exports.prints.said import IN_ENGLISH, INVITATION, Asker, Said
from survey.exports.prints.slips import slip
from survey.exports.prints.squares import LEAST, PrintError
from survey.exports.prints.svg import svg

__all__ = [
    "INVITATION",
    "IN_ENGLISH",
    "LEAST",
    "SHEETS",
    "SINGLE",
    "Asker",
    "Page",
    "PrintError",
    "Said",
    "pages",
    "svg",
    "write_pdf",
]

SINGLE: Final[Mapping[str, Callable[[Asker, Said], Page]]] = {
    "poster": poster,
    "stand": stand,
    "slip": slip,
    "letter": letter,
    "card": partial(cards.single, grid=cards.LARGE),
    "small-card": partial(cards.single, grid=cards.SMALL),
}
"""What draws one link on a page of its own."""
SHEETS: Final[Mapping[str, cards.Grid]] = {
    "cards-8": cards.LARGE,
    "cards-24": cards.SMALL,
}


def pages(kind: str, asker: Asker, said: Iterable[Said]) -> Iterator[Page]:
    """The pages of a print, each when it is asked for.

    Args:
        kind: of SINGLE, a page each, or of SHEETS, many on a page.
    """
    if kind in SHEETS:
        return cards.sheets(asker, said, SHEETS[kind])
    return (SINGLE[kind](asker, one) for one in said)
