"""What a message to a business says: templates with places to fill in, short texts that
one SMS holds, and full ones. Pure text, made of what it is given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final, Literal, TypeAlias

from survey.formats import nfc

MOST_OF_SMS: Final = 159
"""Characters of a short text: fewer than the 160 that a single SMS holds."""
PLACES: Final = (
    "link", "ma", "don_vi", "thu_tuc", "han", "co_quan", "phut", "kiem_tra", "lien_he",
)  # fmt: skip
"""What a template may have filled in; `link` it must have."""
# 3GPP TS 23.038, 6.2.1: one septet each; those of the second row take two.
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
_ALL_GSM: Final = _GSM | _GSM_EXTENDED
_MARKS: Final = re.compile(r"[\u0300-\u036f]+")
_PLAIN: Final = str.maketrans(
    {"đ": "d", "Đ": "D", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-",
     "—": "-", "−": "-", "…": "...", "•": "-", "·": "-", "\N{NO-BREAK SPACE}": " "}
)  # fmt: skip
_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")
_FIRST_KEPT: Final = ("han", "kiem_tra")
"""What a short text keeps before all else that may be left out, and for which it writes
the name of the agency shorter: until when, and how to check that it is genuine."""
_DEPARTMENT: Final = re.compile(r"(Sở .+?) (?:tỉnh|thành phố) (.+)")
_PROVINCE: Final = re.compile(r" (?:tỉnh|thành phố) (?=\S)")
_LINK_NOT_APART: Final = re.compile(r"(?<![\s\[])\{link\}|\{link\}(?![\s\[\]]|\Z)")

Values: TypeAlias = Mapping[str, str]
Fault: TypeAlias = tuple[
    Literal["unknown", "braces", "brackets", "no_link", "link_not_apart"], str
]


class TooLong(ValueError):
    """A short text does not fit, though all that may be left out is; `length` tells."""

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} GSM characters, more than {MOST_OF_SMS}")
        self.length = length


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The templates of a wave. `{…}` is filled in. `[…]` is left out when what it
    fills in is empty; and of a short text, when there is no room for it."""

    sms: str
    subject: str
    body: str
    reminder_sms: str
    reminder_subject: str
    reminder_body: str

    def of(self, kind: str) -> tuple[str, str, str]:
        """Short text, subject and full text of an invitation or a reminder."""
        if kind == "reminder":
            return self.reminder_sms, self.reminder_subject, self.reminder_body
        return self.sms, self.subject, self.body

    @classmethod
    def made_of(cls, kept: Mapping[str, str]) -> Texts:
        """The usual texts, but for those an office has written itself."""
        usual = asdict(USUAL)
        return cls(**usual | {name: kept[name] for name in usual.keys() & kept.keys()})


_VOLUNTARY: Final = (
    "Việc trả lời là tự nguyện; mọi mức đánh giá đều được ghi nhận như nhau."
)
_GENUINE: Final = (
    "Để kiểm tra đường dẫn có thật hay không, xin tự gõ địa chỉ {kiem_tra} vào trình "
    "duyệt rồi nhập mã ở cuối đường dẫn. Phiếu không hỏi mật khẩu, mã OTP, số tài "
    "khoản và không thu tiền.\n\n"
    "{co_quan}\n"
    "Nơi giải đáp: {lien_he}"
)
USUAL: Final = Texts(
    sms=(
        "{co_quan} mời đánh giá hồ sơ[ {ma}]: {link}[ Hạn {han}][ Kiểm tra {kiem_tra}]"
    ),
    subject="Mời đánh giá việc giải quyết hồ sơ[ {ma}]",
    body=(
        "Kính gửi quý doanh nghiệp,\n\n"
        "{co_quan} mời quý doanh nghiệp đánh giá việc giải quyết hồ sơ[ {ma}]"
        "[, thủ tục {thu_tuc}]. Đơn vị giải quyết: {don_vi}.\n\n"
        "Phiếu mất khoảng {phut} phút, không cần đăng nhập. Xin mở đường dẫn:\n"
        "{link}\n\n"
        "Đường dẫn dành riêng cho hồ sơ này, dùng một lần, đến hết ngày {han}. "
        f"{_VOLUNTARY}\n\n{_GENUINE}"
    ),
    reminder_sms=(
        "{co_quan} nhắc đánh giá hồ sơ[ {ma}]: {link}[ Hạn {han}][ Kiểm tra {kiem_tra}]"
    ),
    reminder_subject="Nhắc: mời đánh giá việc giải quyết hồ sơ[ {ma}]",
    reminder_body=(
        "Kính gửi quý doanh nghiệp,\n\n"
        "{co_quan} đã mời quý doanh nghiệp đánh giá việc giải quyết hồ sơ[ {ma}]"
        "[, thủ tục {thu_tuc}]. Phiếu này chưa được gửi và còn mở đến hết ngày {han}:"
        "\n{link}\n\n"
        "Phiếu mất khoảng {phut} phút, không cần đăng nhập. Đây là lần nhắc duy nhất; "
        f"nếu vừa gửi phiếu, xin bỏ qua thư này. {_VOLUNTARY}\n\n{_GENUINE}"
    ),
)
"""They name who asks and how to check that it is so; they lead to no answer."""


def faults(template: str, *, needs_link: bool) -> Iterator[Fault]:
    """What is wrong with a template, each with the part that is meant."""
    names = _PLACE.findall(template)
    for name in names:
        if name not in PLACES:
            yield "unknown", "{" + name + "}"
    rest = _PLACE.sub("", template)
    for brace in re.findall(r"[{}]", rest):
        yield "braces", brace
    for bracket in re.findall(r"[\[\]]", _OPTIONAL.sub("", rest)):
        yield "brackets", bracket
    if not needs_link:
        return
    if "link" not in _PLACE.findall(_OPTIONAL.sub("", template)):
        yield "no_link", "{link}"
    elif _LINK_NOT_APART.search(template):
        # A telephone would take what touches the address for a part of it.
        yield "link_not_apart", "{link}"


def filled(template: str, values: Values) -> str:
    """The template with its places filled in, NFC."""
    return "".join(part for part, _kept in _parts(template, values))


@dataclass(frozen=True)
class Short:
    """A short text, and the parts for which it had no room."""

    text: str
    left_out: tuple[str, ...]


def short(template: str, values: Values, most: int = MOST_OF_SMS) -> Short:
    """The template filled in, in characters that one SMS holds.

    The name of the agency is written as long as that costs neither the last day nor
    the way to check.

    Raises:
        TooLong: what must stay does not fit.
    """
    tried: list[tuple[int, Short]] = []
    for name in names_of(values.get("co_quan", "")):
        try:
            tried.append(_fitted(template, {**values, "co_quan": name}, most))
        except TooLong as error:
            too_long = error
    if not tried:
        raise too_long
    # Of equals the first, which has the longest name.
    return min(tried, key=lambda one: one[0])[1]


def names_of(agency: str) -> tuple[str, ...]:
    """An agency's name and shorter ones: "Sở Công Thương tỉnh Khánh Hòa", then
    "Sở Công Thương Khánh Hòa", then "SCT Khánh Hòa" as the documents of departments
    are numbered."""
    agency = nfc(agency)
    names = [agency, _PROVINCE.sub(" ", agency)]
    department = _DEPARTMENT.fullmatch(agency)
    if department:
        words = (word for word in department[1].split() if word != "và")
        names.append("".join(word[0].upper() for word in words) + f" {department[2]}")
    return tuple(dict.fromkeys(names))


def _fitted(template: str, values: Values, most: int) -> tuple[int, Short]:
    """The short text, and how many of the parts that come first it had to leave out."""
    parts = [(without_marks(part), rank) for part, rank in _parts(template, values)]
    room = most - sum(gsm_length(part) for part, rank in parts if rank is None)
    if room < 0:
        raise TooLong(most - room)
    left_out = set()
    may_go = ((rank, at) for at, (_part, rank) in enumerate(parts) if rank is not None)
    for rank, at in sorted(may_go):
        length = gsm_length(parts[at][0])
        if length > room:
            left_out.add((rank, at))
        else:
            room -= length
    gone = {at for _rank, at in left_out}
    text = "".join(part for at, (part, _rank) in enumerate(parts) if at not in gone)
    lost = tuple(parts[at][0].strip() for at in sorted(gone))
    return sum(rank < len(_FIRST_KEPT) for rank, _at in left_out), Short(text, lost)


def _parts(template: str, values: Values) -> Iterator[tuple[str, int | None]]:
    """The filled parts of a template; of each that may be left out, how soon it is
    kept, 0 first."""
    for at, part in enumerate(_OPTIONAL.split(template)):
        is_optional = at % 2 == 1  # what the expression caught stands between
        names = _PLACE.findall(part)
        if is_optional and names and not any(values.get(name) for name in names):
            continue
        text = _PLACE.sub(lambda place: values.get(place[1], ""), part)
        yield nfc(text), _rank(names) if is_optional else None


def _rank(names: list[str]) -> int:
    """How soon a part with these places is kept."""
    ranks = (at for at, name in enumerate(_FIRST_KEPT) if name in names)
    return min(ranks, default=len(_FIRST_KEPT))


def without_marks(text: str) -> str:
    """The text in characters of one SMS: Vietnamese without its marks."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text.translate(_PLAIN)))
    bare = unicodedata.normalize("NFC", bare)
    if _ALL_GSM.issuperset(bare):
        return bare
    # What no telephone of the old alphabet shows, it would not show whole either.
    return "".join(one if one in _ALL_GSM else "?" for one in bare)


def gsm_length(text: str) -> int:
    """How many of the 160 places of an SMS a text takes.

    Raises:
        ValueError: it has a character that an SMS of 160 places cannot hold.
    """
    if not _ALL_GSM.issuperset(text):
        raise ValueError("not in the GSM alphabet")
    if _GSM_EXTENDED.isdisjoint(text):
        return len(text)
    return len(text) + sum(symbol in _GSM_EXTENDED for symbol in text)
