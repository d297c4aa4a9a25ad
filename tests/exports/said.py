"""What the tests of prints let them say, and the prints of it as files."""

from __future__ import annotations

import io
from pathlib import Path

from survey.exports import prints
from survey.exports.prints import Asker, Said

HOST = "khaosat.khanhhoa.gov.vn"
UNIT = "Phòng Quản lý Thương mại"
PROCEDURE = "Cấp Giấy chứng nhận cửa hàng đủ điều kiện bán lẻ xăng dầu"
TOKENS = [
    "7F3K9HXC2MDRT4VWY5PN",
    "KX4M7YTPW2C9DHR5V3NF",
    "DDDD5555MMMM8888WWWW",
]
SHEETS = {"cards-8": 8, "cards-24": 24}
KINDS = [*prints.SINGLE, *prints.SHEETS]
"""Every print there is."""


def asker(host: str = HOST, *, is_sample: bool = False) -> Asker:
    return Asker(
        superior="UBND tỉnh Khánh Hòa",
        agency="Sở Công Thương tỉnh Khánh Hòa",
        contact="Văn phòng Sở Công Thương",
        origin=f"https://{host}",
        minutes=10,
        year=2026,
        is_sample=is_sample,
    )


def said(
    number: int = 0,
    *,
    unit: str = UNIT,
    procedure: str = PROCEDURE,
    dossier: str = "000.00.12.H32-260801-0042",
    host: str = HOST,
) -> Said:
    token = TOKENS[number % len(TOKENS)]
    token = token[number // len(TOKENS) % 20 :] + token[: number // len(TOKENS) % 20]
    return Said(
        url=f"https://{host}/p/{token}",
        code="-".join(token[at : at + 4] for at in range(0, 20, 4)),
        unit=unit,
        procedure=procedure,
        dossier=dossier,
        until="30/09/2026",
        is_single=bool(dossier),
        where="" if dossier else "Nơi đặt: Quầy số 3 · Mã số 12",
    )


def many(kind: str, **of_each: str) -> list[Said]:
    """As many as fill one page of a print."""
    return [said(number, **of_each) for number in range(SHEETS.get(kind, 1))]


def pdf(kind: str, by: Asker, about: list[Said]) -> bytes:
    out = io.BytesIO()
    for _page in prints.write_pdf(out, prints.pages(kind, by, about), title="In thử"):
        pass
    return out.getvalue()


def write(folder: Path, kind: str) -> Path:
    path = folder / f"{kind}.pdf"
    path.write_bytes(pdf(kind, asker(), many(kind)))
    return path
