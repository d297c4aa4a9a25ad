"""Cards: what is printed and handed out for a link, as picture, text and table row.

Every address here begins with SURVEY_PUBLIC_URL, never with the host of a request.
What is printed is Vietnamese first, whatever the language of who prints it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from itertools import tee
from typing import Final
from urllib.parse import urlsplit

import segno
from markupsafe import Markup

from survey import codes
from survey.config import LOOPBACK_HOSTS, Settings
from survey.fieldwork.links import Made
from survey.formats import date_text
from survey.models import Link, Wave

CSV_HEAD: Final = ("link", "url", "kind", "unit", "procedure", "dossier")
OFFICE_HEAD: Final = (*CSV_HEAD, "code")
"""Of the list that an office downloads: with the code as its cards say it."""
PNG_SCALE: Final = 12
"""Pixels per module: about 540 for the whole picture, sharp at 45 mm and 300 dpi."""
LANGUAGE: Final = "vi"
TITLE: Final = "Mời đánh giá việc giải quyết thủ tục hành chính"
IN_ENGLISH: Final = (
    "Please rate how your administrative procedure was handled. English available."
)


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a card says."""

    link_id: int
    kind: str
    url: str
    code: str
    unit: str
    procedure: str | None
    dossier: str | None
    note: str | None
    svg: Markup

    @property
    def about_dossier(self) -> str:
        """The line that names the dossier; empty without one."""
        return f"Hồ sơ {self.dossier}" if self.dossier else ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What all cards of a wave say."""

    site: str
    """The public address as a person types it, without its protocol."""
    agency: str
    minutes: int
    until: str
    """The last day as a person reads it."""
    cards: Sequence[Card]
    title: str = TITLE
    in_english: str = IN_ENGLISH

    @property
    def how(self) -> str:
        """How the form is opened."""
        return f"Quét mã, hoặc vào {self.site} và gõ mã:"

    def terms(self, card: Card) -> str:
        """How long it takes, until when, and how often."""
        words = (
            f"Khoảng {self.minutes} phút, không cần đăng nhập. "
            f"Nhận phiếu đến hết ngày {self.until}."
        )
        return f"{words} Mã dùng một lần." if card.kind == "dossier" else words


def url_of(settings: Settings, token: str) -> str:
    """The address behind a link's QR code."""
    return f"{settings.public_origin}/p/{token}"


def site_of(settings: Settings) -> str:
    """The public address as a person types it."""
    return urlsplit(settings.public_origin).netloc


def works_here_only(settings: Settings) -> bool:
    """Whether the address in the codes opens on this machine and on no telephone."""
    host = urlsplit(settings.public_origin).hostname or ""
    if host in LOOPBACK_HOSTS:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def sheet_of(
    settings: Settings,
    made: Iterable[Made],
    *,
    minutes: int,
    closes_on: date,
) -> Sheet:
    """The cards of these links; reads nothing more from the database."""
    return Sheet(
        site=site_of(settings),
        agency=settings.agency_vi,
        minutes=minutes,
        until=date_text(closes_on, LANGUAGE),
        cards=[card_of(settings, one.link, one.token) for one in made],
    )


def card_of(settings: Settings, link: Link, token: str) -> Card:
    """The card of one link."""
    url = url_of(settings, token)
    return Card(
        link_id=link.id,
        kind=link.kind,
        url=url,
        code=codes.grouped(token),
        unit=link.unit.name,
        procedure=link.procedure.name if link.procedure else None,
        dossier=link.dossier.code if link.dossier else None,
        note=link.note,
        svg=inline_svg(url),
    )


def _qr(url: str) -> segno.QRCode:
    return segno.make(url, error="q", micro=False)


def inline_svg(url: str) -> Markup:
    """The QR code as part of a page: presentation attributes only, no style."""
    drawn = _qr(url).svg_inline(
        border=4, omitsize=True, svgclass=None, lineclass=None, light="#fff"
    )
    # Ours from end to end: of the address only dark and light squares remain.
    return Markup(  # noqa: S704
        drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    )


def svg_file(url: str) -> bytes:
    """The QR code as a file that a printer enlarges without loss."""
    out = io.BytesIO()
    _qr(url).save(out, kind="svg", border=4, light="#fff", svgns=True, scale=10)
    return out.getvalue()


def png_file(url: str) -> bytes:
    """The QR code as a picture for a word processor."""
    out = io.BytesIO()
    _qr(url).save(out, kind="png", border=4, scale=PNG_SCALE)
    return out.getvalue()


def link_rows(settings: Settings, made: Iterable[Made]) -> Iterator[tuple[str, ...]]:
    """Rows under CSV_HEAD. A dossier's address is empty unless its token is given."""
    for one in made:
        link = one.link
        yield (
            str(link.id),
            url_of(settings, one.token) if one.token else "",
            link.kind,
            link.unit.code,
            link.procedure.code if link.procedure else "",
            link.dossier.code if link.dossier else "",
        )


def office_rows(settings: Settings, made: Iterable[Made]) -> Iterator[tuple[str, ...]]:
    """Rows under OFFICE_HEAD; without a token there is no code either."""
    # Both read the same links, one at a time, so that a long list is never held.
    ours, theirs = tee(made)
    for one, row in zip(ours, link_rows(settings, theirs), strict=True):
        yield (*row, codes.grouped(one.token) if one.token else "")


def file_stem(wave: Wave) -> str:
    """Begin of the names of a wave's files, made of its id alone."""
    return f"khao-sat-{wave.id}"
