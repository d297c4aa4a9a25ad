"""What in a comment may name somebody: numbers, addresses, names. Rather too much is
hidden than too little; a person who reads it afterwards sees only what is left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from survey.questionnaire.schema import Text

PHONE: Final = "phone"
TAX_CODE: Final = "tax_code"
IDENTITY: Final = "identity"
BANK: Final = "bank"
NUMBER: Final = "number"
MAIL: Final = "mail"
ADDRESS: Final = "address"
DAY: Final = "day"
PLATE: Final = "plate"
BUSINESS: Final = "business"
NAME: Final = "name"
ADDED: Final = "added"

WORDS: Final[dict[str, Text]] = {
    PHONE: Text(vi="số điện thoại", en="phone number"),
    TAX_CODE: Text(vi="mã số thuế", en="tax code"),
    IDENTITY: Text(vi="số giấy tờ", en="identity number"),
    BANK: Text(vi="số tài khoản", en="account number"),
    NUMBER: Text(vi="dãy số", en="number"),
    MAIL: Text(vi="thư điện tử", en="e-mail"),
    ADDRESS: Text(vi="đường dẫn", en="link"),
    DAY: Text(vi="ngày", en="date"),
    PLATE: Text(vi="biển số", en="number plate"),
    BUSINESS: Text(vi="tên doanh nghiệp", en="name of a business"),
    NAME: Text(vi="tên", en="name"),
    ADDED: Text(vi="đã che", en="masked"),
}
"""What stands in brackets in place of each kind."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text that is hidden: from, up to, and what it seems to be."""

    start: int
    end: int
    kind: str


# -- numbers -------------------------------------------------------------------------

_DIGIT: Final = r"[\doO]"
# Figures with single signs between them, as people write telephone numbers.
_RUN: Final = re.compile(rf"(?<!\w)\(?\+?{_DIGIT}(?:[ .\-–—/()]{{0,2}}{_DIGIT}){{4,}}")
_FEWEST_DIGITS: Final = 6
_MONEY: Final = re.compile(
    r"(?<![\d.,])[1-9]\d{0,2}(?:[.,]\d{3})+\s*(?:đồng|đ\b|vnđ|vnd)", re.IGNORECASE
)
_LAW: Final = re.compile(r"(?<![\d/])\d{1,4}/(?:19|20)\d{2}(?!\d)(?:/[\w\-]+)?")
_DAYS: Final = (
    re.compile(r"(?<!\d)\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*(?:\d{4}|\d{2})(?!\d)"),
    re.compile(r"\bngày\s+\d{1,2}(?:\s*[/.\-]\s*\d{1,2}|\s+tháng\s+\d{1,2})", re.I),
)
_SPELLED: Final = re.compile(
    r"\b(?:(?:không|một|mốt|hai|ba|bốn|tư|năm|lăm|sáu|bảy|bẩy|tám|chín)\b[\s,.\-]*){6,}",
    re.IGNORECASE,
)
_PLATE: Final = re.compile(
    r"(?<!\w)\d{2}\s?[A-Z]{1,2}\d?\s?[\-–. ]\s?\d{3}\.?\d{1,2}\b"
)
# Codes of dossiers and papers: figures and letters in one word.
_CODE: Final = re.compile(r"(?<!\S)[^\s,;()]*\d[^\s,;()]*")
_MAIL: Final = re.compile(
    r"[\w.+\-]+\s?(?:@|\(at\)|\[at\]|\(a còng\)|a còng)\s?[\w\-]+(?:\s?\.\s?\w+)*",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w\-]+(?:\.[\w\-]+)*\.(?:vn|com|net|org|info|me)\b\S*"
    r"|\b(?:zalo|facebook|fb|telegram|viber)\s*[:.]?\s*@?[\w.]*\d[\w.]*",
    re.IGNORECASE,
)
_BEFORE: Final = (
    (TAX_CODE, re.compile(r"(?:mst|mã số thuế|mã số dn|msdn)\W*$", re.IGNORECASE)),
    (BANK, re.compile(r"(?:stk|tài khoản|số tk|tk)\W*(?:số\W*)?$", re.IGNORECASE)),
    (
        IDENTITY,
        re.compile(r"(?:cccd|cmnd|cmt|hộ chiếu|căn cước)\W*(?:số\W*)?$", re.IGNORECASE),
    ),
)
_SEEN_BEFORE: Final = 24

# -- names ---------------------------------------------------------------------------

_CAPITAL: Final = r"[A-ZÀ-ÖØ-ÝĂĐĨŨƠƯẠ-Ỹ]"
_WORD: Final = rf"{_CAPITAL}[\w'’]*"
_HONORIFIC: Final = (
    r"(?:anh|chị|ông|bà|cô|chú|bác|cậu|dì|thím|em|thầy|đ/?c|đồng chí|mr|mrs|ms|miss"
    r"|chuyên viên|cán bộ|công chức|nhân viên|viên chức|trưởng phòng|phó phòng"
    r"|phó trưởng phòng|giám đốc|phó giám đốc|lãnh đạo|kế toán|bảo vệ|tên(?: là)?|gặp)"
)
_NAMED: Final = re.compile(
    rf"(?<!\w)(?i:{_HONORIFIC})\.?[\s:]+(?P<name>{_WORD}(?:\s+{_WORD}){{0,3}})"
)
_FAMILIES: Final = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn"
    " Vương Trịnh Trương Đinh Lâm Phùng Mai Tô Hà Tạ Cao Châu Chu Quách Thái Thân Tống"
    " Tăng Từ Văn Lưu Lương La Kiều Khổng Nghiêm Ninh Mạc Ông Đàm Đồng Diệp Giang Hứa"
    " Kim Nguyen Tran Le Pham Hoang Huynh Vu Vo Dang Bui Do Ho Ngo Duong Ly Dao Doan"
    " Vuong Trinh Truong Dinh Lam Phung To Ta Quach Tong"
)
_FAMILY: Final = "|".join(f"{_FAMILIES} {_FAMILIES.upper()}".split())
_WHOLE: Final = re.compile(rf"(?<!\w)(?:{_FAMILY})(?:\s+{_WORD}){{1,4}}")
_SMALL: Final = re.compile(
    r"(?<!\w)(?:nguyễn|trần|phạm|hoàng|huỳnh|phan|võ|vũ|đặng|bùi|ngô|dương|lê|đỗ|hồ|lý"
    r"|trương|nguyen|tran|pham|huynh)\s+(?:văn|thị|hữu|đức|ngọc|minh|thanh|quốc|van"
    r"|thi)\s+\w+(?:\s+\w+)?",
)
_GIVEN: Final = (
    "an anh ánh bình bảo châu chi chiến cúc cường dung dũng duy dương đào đạt đông đức"
    " giang hà hải hạnh hằng hân hậu hiền hiếu hiệp hòa hoa hoài hoàng hoan hồng huệ"
    " hùng huy huyền hưng hương hường khang khánh khoa khôi kiên lan lâm liên linh loan"
    " long lộc lợi ly mai mạnh minh my mỹ nam nga ngân nghĩa ngọc nguyệt nhã nhàn nhân"
    " nhung như oanh phát phong phú phúc phương phượng quân quang quý quyên quỳnh sơn"
    " tâm tân thái thành thanh thảo thắng thi thịnh thoa thơ thu thủy thúy thư thương"
    " tiên tiến tín toàn trang trâm trí trinh trung trúc tú tuấn tùng tuyết uyên vân"
    " việt vinh vy xuân yến"
)
_LOWER: Final = re.compile(
    r"(?<!\w)(?:anh|chị|ông|bà|cô|chú|bác|em|đ/?c|đồng chí)\s+"
    rf"(?P<name>(?:{'|'.join(_GIVEN.split())}))(?!\w)",
    re.IGNORECASE,
)
# A given name in the middle of a sentence, without a word of address before it.
_ALONE: Final = re.compile(
    r"(?<=[^\s.!?:;…\-–]\s)(?P<name>(?:"
    + "|".join(one.capitalize() for one in _GIVEN.split())
    + r"))(?![\w])"
)
# Places in and around the province and words of offices, which name no person.
_NO_PERSON: Final = re.compile(
    r"(?<!\w)(?:Khánh Hòa|Khánh Hoà|Nha Trang|Cam Ranh|Cam Lâm|Ninh Hòa|Ninh Hoà"
    r"|Vạn Ninh|Diên Khánh|Khánh Vĩnh|Khánh Sơn|Trường Sa|Vân Phong|Ninh Thuận"
    r"|Phan Rang|Tháp Chàm|Ninh Hải|Ninh Phước|Ninh Sơn|Thuận Bắc|Thuận Nam|Bác Ái"
    r"|Hà Nội|Đà Nẵng|Đà Lạt|Lâm Đồng|Phú Yên|Đắk Lắk|Hồ Chí Minh|Việt Nam"
    r"|Công Thương|Trung tâm|Trung Tâm|Thanh tra|Thanh Tra|Thành phố|Chi cục|Chi Cục"
    r"|Bảo hiểm|Hải quan|An toàn|Quý (?:doanh nghiệp|cơ quan|Sở|[IV]+))(?!\w)"
)
_COMPANY: Final = re.compile(
    r"(?<!\w)(?i:công ty|cty|c\.ty|doanh nghiệp tư nhân|dntn|hợp tác xã|htx"
    r"|cửa hàng|hộ kinh doanh|nhà máy|chi nhánh|tập đoàn|khách sạn)"
    r"(?:\s+(?i:tnhh|cổ phần|cp|mtv|một thành viên|hai thành viên|tm|dv|tm&dv|xnk"
    r"|đầu tư|thương mại|dịch vụ|sản xuất|xây dựng|xăng dầu|và|&))*"
    rf"\s+(?P<name>(?:{_CAPITAL}|\d)[\w'’.\-&]*(?:\s+(?:{_WORD}|\d+)){{0,5}})"
)


def spans(text: str) -> tuple[Span, ...]:
    """The pieces of a text to hide, in order, none within or beside another's end.

    Args:
        text: NFC, as comments are stored.
    """
    return joined(text, _found(text))


def joined(text: str, found: Iterable[Span]) -> tuple[Span, ...]:
    """Spans without overlaps: what overlaps becomes one, of the kind that came first.

    Args:
        found: in any order; parts outside the text are cut off.
    """
    merged: list[Span] = []
    for one in sorted(found, key=lambda span: span.start):
        start, end = max(0, one.start), min(len(text), one.end)
        if start >= end:
            continue
        if merged and start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Span(last.start, max(last.end, end), last.kind)
        else:
            merged.append(Span(start, end, one.kind))
    return tuple(merged)


def masked(text: str, hidden: Iterable[Span], language: str = "vi") -> str:
    """The text with every hidden piece replaced by what it is, in brackets."""
    parts, at = [], 0
    for one in joined(text, hidden):
        parts += [text[at : one.start], f"[{WORDS[one.kind].get(language)}]"]
        at = one.end
    return "".join([*parts, text[at:]])


def added(text: str, words: Iterable[str]) -> tuple[Span, ...]:
    """Every place where these words stand, in whatever case."""
    found = []
    for one in words:
        if one.strip():
            pattern = re.escape(one.strip())
            found += [
                Span(match.start(), match.end(), ADDED)
                for match in re.finditer(pattern, text, re.IGNORECASE)
            ]
    return joined(text, found)


_PATTERNS: Final = (
    (MAIL, _MAIL),
    (ADDRESS, _ADDRESS),
    *((DAY, one) for one in _DAYS),
    (PLATE, _PLATE),
    (NUMBER, _SPELLED),
    (NAME, _WHOLE),
    (NAME, _SMALL),
    (NAME, _NAMED),
    (NAME, _LOWER),
    (NAME, _ALONE),
    (BUSINESS, _COMPANY),
)


def _found(text: str) -> Iterator[Span]:
    places = [match.span() for match in _NO_PERSON.finditer(text)]
    for kind, pattern in _PATTERNS:
        group = "name" if "name" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            start, end = match.span(group)
            if not any(first <= start and end <= last for first, last in places):
                yield Span(start, end, kind)
    harmless = [
        match.span() for pattern in (_MONEY, _LAW) for match in pattern.finditer(text)
    ]
    for pattern in (_RUN, _CODE):
        for match in pattern.finditer(text):
            is_long = _digits(match[0]) >= _FEWEST_DIGITS
            if is_long and not _within(match, harmless):
                kind = _kind_of(text, match) if pattern is _RUN else NUMBER
                yield Span(match.start(), match.end(), kind)


def _within(match: re.Match[str], harmless: list[tuple[int, int]]) -> bool:
    """Whether the figures of a match are an amount of money or the number of a law."""
    figures = [at for at in range(*match.span()) if match.string[at].isdigit()]
    return any(first <= figures[0] and figures[-1] < last for first, last in harmless)


def _digits(text: str) -> int:
    return sum(one.isdigit() for one in text)


def _kind_of(text: str, match: re.Match[str]) -> str:
    """What a run of figures seems to be: by the words before it, else by its form."""
    before = text[max(0, match.start() - _SEEN_BEFORE) : match.start()]
    for kind, pattern in _BEFORE:
        if pattern.search(before):
            return kind
    bare = "".join(one for one in match[0] if one.isdigit())
    if match[0].lstrip("(").startswith("+") or (
        bare.startswith(("0", "84")) and 9 <= len(bare) <= 11
    ):
        return PHONE
    if len(bare) in (10, 13):
        return TAX_CODE
    return IDENTITY if len(bare) in (9, 12) else NUMBER
