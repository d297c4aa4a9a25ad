"""The print kit of a wave: which prints there are for which links, what they say."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from survey import catalogue, clock, codes
from survey.config import Settings
from survey.exports import prints as drawing
from survey.exports.prints import Asker, Said
from survey.fieldwork.links import Made
from survey.fieldwork.prints.lists import url_of
from survey.formats import date_text, nfc
from survey.models import Wave

AT_ONCE: Final = 200
"""Links whose print is drawn while the person waits, in a second or two; more of them
are drawn by a job."""


@dataclass(frozen=True, kw_only=True)
class Print:
    """One print that is offered: its name, what it is for, and a single one of it."""

    kind: str
    """As its file is named, and as an address calls it."""
    drawn: str
    """As the drawing calls it."""
    single: str
    """The drawing of one link alone, which is shown before it is printed."""
    name: object
    use: object
    for_kinds: tuple[str, ...]


ON_WALLS: Final = ("counter",)
"""Not a kiosk: its link is opened once on the tablet, and hangs nowhere."""
ALL: Final = (*ON_WALLS, "dossier")
PRINTS: Final[Sequence[Print]] = (
    Print(
        kind="ap-phich",
        drawn="poster",
        single="poster",
        name=_l("Áp phích A4"),
        use=_l("Dán tường, bảng thông báo."),
        for_kinds=ON_WALLS,
    ),
    Print(
        kind="bien-de-ban",
        drawn="stand",
        single="stand",
        name=_l("Biển để bàn A5"),
        use=_l("Lồng khung mi-ca đặt trên quầy."),
        for_kinds=ON_WALLS,
    ),
    Print(
        kind="phieu-80mm",
        drawn="slip",
        single="slip",
        name=_l("Phiếu nhiệt 80 mm"),
        use=_l("In bằng máy in hóa đơn, phát cùng kết quả."),
        for_kinds=ALL,
    ),
    Print(
        kind="the-8",
        drawn="cards-8",
        single="card",
        name=_l("Thẻ, 8 thẻ một trang A4"),
        use=_l("Cắt theo dấu, kẹp vào kết quả."),
        for_kinds=ALL,
    ),
    Print(
        kind="the-24",
        drawn="cards-24",
        single="small-card",
        name=_l("Thẻ nhỏ, 24 thẻ một trang A4"),
        use=_l("Cắt theo dấu, hoặc in trên giấy nhãn."),
        for_kinds=ALL,
    ),
    Print(
        kind="thu-moi",
        drawn="letter",
        single="letter",
        name=_l("Thư mời A4"),
        use=_l("Thể thức văn bản hành chính; chừa chỗ cho số, ngày và chữ ký."),
        for_kinds=("dossier",),
    ),
)
BY_KIND: Final = {one.kind: one for one in PRINTS}


def offered(link_kind: str) -> list[Print]:
    """The prints there are for links of a kind."""
    return [one for one in PRINTS if link_kind in one.for_kinds]


def asker_of(session: Session, settings: Settings, wave: Wave) -> Asker:
    """What all prints of a wave say."""
    asked = catalogue.questionnaire(session, wave.questionnaire_id)
    return Asker(
        superior=nfc(settings.superior_vi),
        agency=nfc(settings.agency_vi),
        contact=nfc(settings.contact_vi),
        origin=settings.public_origin,
        minutes=asked.minutes,
        year=clock.today().year,
        signer=tuple(
            line.strip().upper() for line in nfc(settings.signer_title).split("/")
        ),
        signer_name=nfc(settings.signer_name).strip(),
        is_sample=wave.is_sample,
    )


def said_of(settings: Settings, wave: Wave, made: Iterable[Made]) -> Iterator[Said]:
    """What the print of each link says, of those that still stand."""
    for one in made:
        link = one.link
        if link.state != "active":
            continue
        until = min(link.valid_to or wave.closes_on, wave.closes_on)
        where = f"Mã số {link.id}"
        if link.counter:
            where = f"Nơi đặt: {link.counter} · {where}"
        yield Said(
            url=url_of(settings, one.token),
            code=codes.grouped(one.token),
            unit=link.unit.name,
            procedure=link.procedure.name if link.procedure else "",
            dossier=link.dossier.code if link.dossier else "",
            until=date_text(until, "vi"),
            is_single=link.kind == "dossier",
            where="" if link.kind == "dossier" else where,
        )


def pdf(which: Print, asker: Asker, said: Iterable[Said]) -> bytes:
    """The print as a PDF, of as many links as a person waits for.

    Raises:
        PrintError: the public address is too long for a code of that size.
    """
    out = io.BytesIO()
    pages = drawing.pages(which.drawn, asker, said)
    for _page in drawing.write_pdf(out, pages, title=str(which.name)):
        pass
    return out.getvalue()


def svg(which: Print, asker: Asker, said: Said) -> str:
    """The print of one link as an SVG.

    Raises:
        PrintError: the public address is too long for a code of that size.
    """
    page = drawing.SINGLE[which.single](asker, said)
    return drawing.svg(page, title=str(which.name))
