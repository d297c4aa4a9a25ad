"""The bare QR code of a link, on a page and as a file of its own."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

import segno
from markupsafe import Markup

from survey import codes
from survey.config import Settings
from survey.fieldwork.prints.lists import url_of

BORDER: Final = 4
PNG_SCALE: Final = 12
"""Pixels per module: about 540 for the whole picture, sharp at 45 mm and 300 dpi."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A link's code as its page shows it."""

    url: str
    code: str
    svg: Markup


def shown(settings: Settings, token: str) -> Shown:
    """What the page of a link shows of its token."""
    url = url_of(settings, token)
    return Shown(url=url, code=codes.grouped(token), svg=inline_svg(url))


def _qr(url: str) -> segno.QRCode:
    return segno.make(url, error="q", micro=False)


def inline_svg(url: str) -> Markup:
    """The QR code as part of a page: presentation attributes only, no style."""
    drawn = _qr(url).svg_inline(
        border=BORDER, omitsize=True, svgclass=None, lineclass=None, light="#fff"
    )
    # Ours from end to end: of the address only dark and light squares remain.
    return Markup(  # noqa: S704
        drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    )


def svg_file(url: str) -> bytes:
    """The QR code as a file that a printer enlarges without loss."""
    out = io.BytesIO()
    _qr(url).save(out, kind="svg", border=BORDER, light="#fff", svgns=True, scale=10)
    return out.getvalue()


def png_file(url: str) -> bytes:
    """The QR code as a picture for a word processor."""
    out = io.BytesIO()
    _qr(url).save(out, kind="png", border=BORDER, scale=PNG_SCALE)
    return out.getvalue()
