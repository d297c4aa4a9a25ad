"""Vietnamese as it was written before Unicode, told by what its bytes spell: one way to
read them gives Vietnamese syllables, or none does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from survey.formats import nfc

MOST_WORDS: Final = 2000
"""So many different words are looked at; more would tell nothing new."""
LEAST_WORDS: Final = 2
TELLING: Final = 0.8
"""So large a part of the words must be Vietnamese in the right reading."""

# TCVN 5712:1993, VN3, which the fonts .VnTime and their like use ("ABC").
_TCVN3_LETTERS: Final = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
}
_TCVN3: Final = {
    first + place: letter
    for first, letters in _TCVN3_LETTERS.items()
    for place, letter in enumerate(letters)
}
# VNI writes a mark as a letter of its own behind the vowel.
_VNI_MARKS: Final = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309",
    "ã": "\u0302\u0303", "ä": "\u0302\u0323", "ê": "\u0306", "é": "\u0306\u0301",
    "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_LETTERS: Final = str.maketrans("ôöñæóòîÔÖÑÆÓÒÎ", "ơưđỉĩịỵƠƯĐỈĨỊỴ")
_VNI_PAIR: Final = re.compile(f"([aeouyôö])([{''.join(_VNI_MARKS)}])", re.IGNORECASE)
_VIQR_MARKS: Final = {
    "\u0300": "`", "\u0301": "'", "\u0309": "?", "\u0303": "~", "\u0323": ".",
    "\u0302": "^", "\u0306": "(", "\u031b": "+",
}  # fmt: skip

_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SYLLABLE: Final = re.compile(
    r"(?:ngh?|n[h]?|gh|gi|g|k?h|k|ch?|ph?|qu|t[hr]?|[bdđlmrsvx])?"
    r"(?:a(?:[iuoymcpt]|ch|ng?|nh)?|ă(?:[mcpt]|ng?)|â(?:[uymcpt]|ng?)"
    r"|e(?:[omcpt]|ng?)?|ê(?:[umpt]|ch|n|nh)?"
    r"|i(?:[aumpt]|ch|n|nh)?|iê(?:[umcpt]|ng?)"
    r"|o(?:[imcpt]|ng?)?|oa(?:[ioymcpt]|ch|ng?|nh)?|oă(?:[mct]|ng?)|oe[ont]?"
    r"|oo(?:c|ng)|ô(?:[imcpt]|ng?)?|ơ[imnpt]?"
    r"|u(?:[aiymcpt]|ơ|ng?)?|uâ(?:[ty]|ng?)|uê(?:ch|nh)?|uô(?:[imct]|ng?)"
    r"|uy(?:[anptu]|ch|nh)?|uyê[nt]"
    r"|ư(?:[aiuct]|ng)?|ươ(?:[iumcpt]|ng?)"
    r"|y|yê(?:[umt]|ng?)|ynh)"
)
_WORD: Final = re.compile(r"[^\W\d_]+", re.UNICODE)
# A letter that another program could not write: in the middle of a word no person
# puts a question mark.
_LOST: Final = re.compile(r"[^\W\d_]?[?\ufffd][^\W\d_]", re.UNICODE)


@dataclass(frozen=True, kw_only=True)
class Alphabet:
    """A way of writing Vietnamese in single bytes."""

    name: str
    title: str
    """As people call it."""
    read: Callable[[str], str]
    """A text whose bytes stand as the first 256 letters of Unicode, in Unicode; what
    cannot be of this alphabet raises ValueError."""
    is_converted: bool


def _from_windows_1258(text: str) -> str:
    # The code page writes a tone as a letter of its own, behind the vowel.
    return nfc(text.encode("latin-1").decode("cp1258"))


def _from_tcvn3(text: str) -> str:
    return text.translate(_TCVN3)


def _from_vni(text: str) -> str:
    marked = _VNI_PAIR.sub(
        lambda pair: pair[1].translate(_VNI_LETTERS) + _VNI_MARKS[pair[2].lower()],
        text,
    )
    return nfc(marked.translate(_VNI_LETTERS))


WINDOWS_1258: Final = Alphabet(
    name="windows-1258",
    title="Windows-1258",
    read=_from_windows_1258,
    is_converted=True,
)
TCVN3: Final = Alphabet(
    name="tcvn3", title="TCVN3 (ABC)", read=_from_tcvn3, is_converted=True
)
VNI: Final = Alphabet(name="vni", title="VNI", read=_from_vni, is_converted=False)
OF_BYTES: Final = (WINDOWS_1258, TCVN3, VNI)
"""What a file that is no Unicode may be written in."""
OF_FONTS: Final = (TCVN3, VNI)
"""What may hide in Unicode: texts typed for a font that draws å as ồ."""


def is_syllable(word: str) -> bool:
    """Whether a word could stand in a Vietnamese dictionary."""
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [part for part in parts if part in _TONES]
    if len(tones) > 1:
        return False
    plain = nfc("".join(part for part in parts if part not in _TONES))
    return _SYLLABLE.fullmatch(plain) is not None


def spelled(texts: Iterable[str]) -> tuple[int, float]:
    """How many different words have marks, and what part of those is Vietnamese."""
    words = set(
        islice(
            (
                word.lower()
                for text in texts
                for word in _WORD.findall(nfc(text))
                if not word.isascii()
            ),
            MOST_WORDS,
        )
    )
    good = sum(map(is_syllable, words))
    return len(words), good / len(words) if words else 0.0


def told(texts: Iterable[str], alphabets: Iterable[Alphabet]) -> Alphabet | None:
    """The alphabet in which these texts are Vietnamese; None if it cannot be told.

    Args:
        texts: bytes as the first 256 letters of Unicode.
    """
    # Only what has such letters tells, and letters beyond them are Unicode's own.
    told_by = [text for text in texts if not text.isascii() and max(text) < "\u0100"]
    found = []
    for alphabet in alphabets:
        try:
            count, part = spelled(map(alphabet.read, told_by))
        except ValueError:
            continue
        if count >= LEAST_WORDS and part >= TELLING:
            found.append((part, alphabet))
    found.sort(key=lambda one: -one[0])
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return found[0][1]


def is_lost(texts: Iterable[str]) -> bool:
    """Whether a program replaced the letters it did not know by question marks."""
    words = lost = 0
    for text in islice(texts, MOST_WORDS):
        words += len(_WORD.findall(text))
        lost += len(_LOST.findall(text))
    return lost >= LEAST_WORDS and lost * 10 > words


def as_viqr(text: str) -> str:
    """A text as it is written with the keys of a typewriter: "Ma~ ho^` so+"."""
    marks: Mapping[str, str] = _VIQR_MARKS
    parts = unicodedata.normalize("NFD", text.replace("đ", "dd").replace("Đ", "DD"))
    return "".join(marks.get(part, part) for part in parts)
