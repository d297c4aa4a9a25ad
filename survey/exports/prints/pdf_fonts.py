"""A font within a PDF: only the letters that were used, and what each of them means."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

from survey.exports.prints.typefaces import Face

MOST_MEANINGS: Final = 100
"""Letters told in one block of a table of meanings (Adobe Technical Note 5014)."""


class Used:
    """A font and the letters it was used for so far."""

    def __init__(self, face: Face, number: int) -> None:
        self.face, self.number = face, number
        self._letters: dict[int, str] = {}
        family = face.file.removesuffix(".ttf")
        # Six letters and a plus say that it is a part of the font (ISO 32000, 9.6.4).
        self.name: Final = b"PRINTS+%s" % family.encode()

    def glyphs(self, face: Face, text: str) -> bytes:
        """The glyph numbers of a text in hexadecimal."""
        numbers = []
        for letter in text:
            number = face.measures.glyphs[letter]
            self._letters.setdefault(number, letter)
            numbers.append(b"%04X" % number)
        return b"".join(numbers)

    def program(self) -> bytes:
        """The font file with the glyphs of these letters, under their old numbers."""
        from fontTools import subset
        from fontTools.ttLib import TTFont

        options = subset.Options(
            retain_gids=True,
            hinting=False,
            layout_features=[],
            notdef_outline=True,
            drop_tables=["GSUB", "GPOS", "GDEF", "DSIG", "FFTM", "kern", "STAT"],
        )
        subsetter = subset.Subsetter(options)
        subsetter.populate(gids=list(self._letters))
        with TTFont(self.face.path) as font:
            subsetter.subset(font)
            out = io.BytesIO()
            font.save(out)
        return out.getvalue()

    def meanings(self) -> bytes:
        """Which letter each glyph is, so that the text is found and read out."""
        rows = list(self._meanings())
        parts = [
            rows[start : start + MOST_MEANINGS]
            for start in range(0, len(rows), MOST_MEANINGS)
        ]
        blocks = b"".join(
            b"%d beginbfchar\n%s\nendbfchar\n" % (len(part), b"\n".join(part))
            for part in parts
        )
        return (
            b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
            b"/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
            b"1 begincodespacerange<0000><FFFF>endcodespacerange\n%s"
            b"endcmap CMapName currentdict/CMap defineresource pop end end" % blocks
        )

    def _meanings(self) -> Iterator[bytes]:
        for number, letter in sorted(self._letters.items()):
            meaning = letter.encode("utf-16-be").hex().upper().encode()
            yield b"<%04X><%s>" % (number, meaning)

    def descriptor(self, program: bytes) -> bytes:
        """What a reader needs to know of the font as a whole."""
        of = self.face.measures
        return (
            b"<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%s]/ItalicAngle %d"
            b"/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %s>>"
            % (
                self.name,
                b" ".join(b"%d" % round(one * 1000) for one in of.box),
                of.angle,
                of.above * 1000,
                -of.below * 1000,
                of.capital * 1000,
                program,
            )
        )

    def descendant(self, descriptor: bytes) -> bytes:
        """The widths of the letters."""
        known = self.face.measures.widths
        widths = b" ".join(
            b"%d[%d]" % (number, round(known[letter] * 1000))
            for number, letter in sorted(self._letters.items())
        )
        return (
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDToGIDMap/Identity"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            b"/FontDescriptor %s/DW 1000/W[%s]>>" % (self.name, descriptor, widths)
        )
