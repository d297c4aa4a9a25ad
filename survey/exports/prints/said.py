"""What a print says: who asks, about what, how long it takes, where, until when, and
how a person sees that it is genuine. Vietnamese, whatever the language of who prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from survey.exports.prints.typefaces import GLUE

INVITATION: Final = "Mời đánh giá việc giải quyết thủ tục hành chính"
IN_ENGLISH: Final = (
    "Please rate how your administrative procedure was handled. English available."
)
ABBREVIATIONS: Final = (
    ("Giấy chứng nhận", "GCN"),
    ("giấy chứng nhận", "GCN"),
    ("Giấy phép", "GP"),
    ("Ủy ban nhân dân", "UBND"),
    ("an toàn thực phẩm", "ATTP"),
)
SHORT_ENGLISH: Final = "Please rate this service; English available."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """What all prints of a wave say."""

    superior: str
    agency: str
    contact: str
    origin: str
    """The public address with its protocol, without a slash at its end."""
    minutes: int
    year: int
    signer: tuple[str, ...] = ("GIÁM ĐỐC",)
    """Above the signature of a letter, a line each."""
    signer_name: str = ""
    """Under it; empty: room is left for it."""
    is_sample: bool = False

    @property
    def site(self) -> str:
        """The public address as a person types it."""
        return urlsplit(self.origin).netloc

    @property
    def place(self) -> str:
        """The province, which a letter names before its date; empty if unknown."""
        _, tinh, name = self.superior.partition("tỉnh ")
        _, thanh_pho, city = self.superior.partition("thành phố ")
        return name if tinh else city if thanh_pho else ""

    @property
    def short_agency(self) -> str:
        """The agency without the place that the line above it has named already."""
        for word in ("tỉnh", "thành phố"):
            place = f" {word} {self.place}"
            if self.place and self.superior.endswith(place):
                return self.agency.removesuffix(place)
        return self.agency

    @property
    def check(self) -> str:
        """Where a person sees that a code is ours and not pasted over."""
        return f"Kiểm tra mã thật: {self.site}/kiem-tra-ma"

    @property
    def begins(self) -> str:
        """How every true address begins."""
        return f"Địa chỉ đúng luôn bắt đầu bằng {self.origin}/"

    @property
    def takes(self) -> str:
        """How long it takes."""
        return f"Khoảng {self.minutes} phút"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one print says of its link."""

    url: str
    code: str
    """The token in groups of four."""
    unit: str
    until: str
    """The last day, as a person reads it."""
    procedure: str = ""
    dossier: str = ""
    is_single: bool = False
    """Whether it is answered once only."""
    where: str = ""
    """Where it hangs or stands, and its number, for who puts it there."""

    @property
    def about(self) -> str:
        """What is rated: the procedure, or all that the unit does."""
        return self.procedure or self.unit

    def procedure_within(self, letters: int) -> str:
        """The procedure's name; if longer than so many letters, with the
        abbreviations that every office knows."""
        name = self.procedure
        if len(name) > letters:
            for words, short in ABBREVIATIONS:
                name = name.replace(words, short)
        return name

    @property
    def alternative(self) -> str:
        """What the code says to those who do not see it."""
        return f"Mã QR mở địa chỉ {self.url}"

    @property
    def last_day(self) -> str:
        """Until when it may be sent."""
        return f"Nhận phiếu đến hết{GLUE}ngày{GLUE}{self.until}."
