"""A document as HTML for print, from which the PDF is made: the same blocks in the same
order as the DOCX, tagged, with page numbers in its table of contents."""

from __future__ import annotations

import base64
from decimal import Decimal
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from survey.exports.official import bars
from survey.exports.official.document import WHOLE, Bars, Block, Document
from survey.exports.official.said import SAID
from survey.exports.pdf import pdf as print_pdf
from survey.exports.tables import Cell
from survey.formats import integer, nfc, number

_HERE: Final = Path(__file__).parent


def html(document: Document) -> str:
    """The document as one HTML page that needs no other file, in NFC."""
    lang = document.language

    def text_of(cell: Cell) -> str:
        if cell is None:
            return "–"
        if isinstance(cell, Decimal):
            return number(cell, lang)
        return integer(cell, lang) if isinstance(cell, int) else cell

    def picture(block: Bars) -> Markup:
        return bars.markup(block, lang)

    return nfc(
        _PAGES.get_template("page.html").render(
            d=document,
            css=Markup((_HERE / "page.css").read_text("utf-8")),  # noqa: S704 - our own
            say=lambda name: SAID[name].get(lang),
            kind_of=_kind_of,
            fits=bars.fits,
            whole=WHOLE,
            picture=picture,
            text_of=text_of,
            logo=_logo(document),
        )
    )


def pdf(document: Document) -> bytes:
    """The document as a tagged PDF.

    Raises:
        PdfError: as `exports.pdf.pdf`.
    """
    return print_pdf(html(document))


def _kind_of(block: Block) -> str:
    return type(block).__name__


def _logo(document: Document) -> str | None:
    logo = document.office.logo
    if logo is None:
        return None
    return "data:image/png;base64," + base64.b64encode(logo).decode("ascii")


_PAGES: Final = Environment(
    loader=FileSystemLoader(_HERE),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
