"""Pages made into a PDF that is written as it grows: tagged, searchable, its fonts
within it. Of a page nothing stays in memory but its number.

No library we looked at writes a file page by page, or says what is a heading, a picture
or decoration. What a print needs of the format is little: filled squares and letters.
Source: ISO 32000-1, 7.5 (files, object streams), 9.6–9.10 (fonts), 14.7–14.8 (tags).
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Generator, Iterable, Sequence
from types import TracebackType
from typing import BinaryIO, Final, Self

from survey.exports.prints import pdf_fonts
from survey.exports.prints.page import Bar, Code, Colour, Mark, Page, Run, Shape
from survey.exports.prints.typefaces import FACES, MM

OBJECTS_IN_STREAM: Final = 200
PLACE: Final = 56
MORE: Final = 16
"""Where an object stands, as the file says it in eight bytes: its kind in one, its
place or the number of its stream in five, its place in that in two."""


class PdfFile:
    """A PDF being written to a file, used in a `with`."""

    def __init__(self, out: BinaryIO, *, title: str, language: str = "vi") -> None:
        self.out, self.title, self.language = out, title, language
        self._at = 0
        # Eight bytes for an object: of 5,000 letters there are 100,000.
        self._places = array("Q", [0])
        self._waiting: list[tuple[int, bytes]] = []
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._catalog, self._pages, self._tags, self._document, self._parents = (
            self._number() for _ in range(5)
        )
        self._fonts: dict[str, pdf_fonts.Used] = {}
        self._font_numbers: dict[str, int] = {}
        self._font_list = self._number()
        self._page_numbers: list[int] = []
        self._sections: list[int] = []
        self._lists_of_parents: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._close()

    def add(self, page: Page) -> None:
        """Write one page."""
        number, content = self._number(), _Content(self, page)
        tagged: list[int] = []
        for part in page.parts:
            self._sections.append(self._part(part, content, number, tagged))
        parents = self._number()
        self._object(parents, _list(_ref(one) for one in tagged))
        self._lists_of_parents.append(parents)
        stream = self._stream(b"\n".join(content.lines))
        self._object(
            number,
            b"<</Type/Page/Parent %s/MediaBox[0 0 %s %s]/Contents %s"
            b"/Resources<</Font %s>>/StructParents %d/Tabs/S>>"
            % (
                _ref(self._pages),
                _n(page.width * MM),
                _n(page.height * MM),
                _ref(stream),
                _ref(self._font_list),
                len(self._page_numbers),
            ),
        )
        self._page_numbers.append(number)

    def _part(
        self, part: Sequence[Mark], content: _Content, page: int, tagged: list[int]
    ) -> int:
        section = self._number()
        children = []
        for mark in part:
            if mark.role == "Artifact":
                content.decorate(mark)
                continue
            child = self._number()
            more = b""
            if mark.language:
                more += b"/Lang(%s)" % mark.language.encode()
            if mark.instead:
                more += b"/Alt%s" % _text(mark.instead)
            if mark.role == "Figure":
                more += b"/A<</O/Layout/BBox[%s]>>" % content.box(mark)
            self._object(
                child,
                b"<</S/%s/P %s/Pg %s/K %d%s>>"
                % (mark.role.encode(), _ref(section), _ref(page), len(tagged), more),
            )
            content.say(mark, len(tagged))
            tagged.append(child)
            children.append(child)
        self._object(
            section,
            b"<</S/Sect/P %s/K%s>>"
            % (_ref(self._document), _list(_ref(one) for one in children)),
        )
        return section

    def font(self, face: str) -> pdf_fonts.Used:
        """The font of a face, which remembers the letters it was used for."""
        file = FACES[face].file
        if file not in self._fonts:
            self._fonts[file] = pdf_fonts.Used(FACES[face], len(self._fonts) + 1)
            self._font_numbers[file] = self._number()
        return self._fonts[file]

    def _number(self) -> int:
        self._places.append(0)
        return len(self._places) - 1

    def _write(self, content: bytes) -> None:
        self.out.write(content)
        self._at += len(content)

    def _object(self, number: int, content: bytes) -> None:
        """An object without a stream waits until enough of them fill one together."""
        self._waiting.append((number, content))
        if len(self._waiting) >= OBJECTS_IN_STREAM:
            self._flush()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        head, body = [], b""
        for _, content in waiting:
            head.append(len(body))
            body += content + b"\n"
        numbers = b" ".join(
            b"%d %d" % (number, at)
            for (number, _), at in zip(waiting, head, strict=True)
        )
        stream = self._stream(
            numbers + b"\n" + body,
            b"/Type/ObjStm/N %d/First %d" % (len(waiting), len(numbers) + 1),
        )
        for place, (number, _) in enumerate(waiting):
            self._places[number] = 2 << PLACE | stream << MORE | place

    def _stream(self, content: bytes, more: bytes = b"") -> int:
        number = self._number()
        self._places[number] = 1 << PLACE | self._at << MORE
        packed = zlib.compress(content)
        self._write(
            b"%d 0 obj<</Length %d/Filter/FlateDecode%s>>stream\n%s\nendstream endobj\n"
            % (number, len(packed), more, packed)
        )
        return number

    def _close(self) -> None:
        self._write_fonts()
        self._object(
            self._pages,
            b"<</Type/Pages/Count %d/Kids%s>>"
            % (len(self._page_numbers), _list(map(_ref, self._page_numbers))),
        )
        self._object(
            self._document,
            b"<</S/Document/P %s/K%s>>"
            % (_ref(self._tags), _list(map(_ref, self._sections))),
        )
        self._object(
            self._parents,
            b"<</Nums%s>>"
            % _list(
                b"%d %s" % (page, _ref(one))
                for page, one in enumerate(self._lists_of_parents)
            ),
        )
        self._object(
            self._tags,
            b"<</Type/StructTreeRoot/K %s/ParentTree %s/ParentTreeNextKey %d>>"
            % (_ref(self._document), _ref(self._parents), len(self._page_numbers)),
        )
        self._object(
            self._catalog,
            b"<</Type/Catalog/Pages %s/StructTreeRoot %s/MarkInfo<</Marked true>>"
            b"/Lang(%s)/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None>>>>"
            % (_ref(self._pages), _ref(self._tags), self.language.encode()),
        )
        info = self._number()
        self._object(info, b"<</Title%s>>" % _text(self.title))
        self._flush()
        self._write_places(info)

    def _write_fonts(self) -> None:
        for file, used in self._fonts.items():
            program = used.program()
            whole = self._stream(program, b"/Length1 %d" % len(program))
            meanings = self._stream(used.meanings())
            descriptor, descendant = self._number(), self._number()
            self._object(descriptor, used.descriptor(_ref(whole)))
            self._object(descendant, used.descendant(_ref(descriptor)))
            self._object(
                self._font_numbers[file],
                b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H"
                b"/DescendantFonts[%s]/ToUnicode %s>>"
                % (used.name, _ref(descendant), _ref(meanings)),
            )
        names = b"".join(
            b"/F%d %s" % (used.number, _ref(self._font_numbers[file]))
            for file, used in self._fonts.items()
        )
        self._object(self._font_list, b"<<%s>>" % names)

    def _write_places(self, info: int) -> None:
        start, number = self._at, self._number()
        self._places[number] = 1 << PLACE | start << MORE
        rows = array("Q", self._places)
        if sys.byteorder == "little":
            rows.byteswap()
        packed = zlib.compress(rows.tobytes())
        self._write(
            b"%d 0 obj<</Type/XRef/Size %d/W[1 5 2]/Root %s/Info %s/Length %d"
            b"/Filter/FlateDecode>>stream\n%s\nendstream endobj\n"
            b"startxref\n%d\n%%%%EOF\n"
            % (
                number,
                len(self._places),
                _ref(self._catalog),
                _ref(info),
                len(packed),
                packed,
                start,
            )
        )


class _Content:
    """What draws one page; the format counts upwards from its lower left corner."""

    def __init__(self, file: PdfFile, page: Page) -> None:
        self.file, self.top = file, page.height
        self.lines: list[bytes] = []
        self._colour: Colour | None = None

    def decorate(self, mark: Mark) -> None:
        """Draw what is not read out."""
        self._draw(b"/Artifact BMC", mark.shapes)

    def say(self, mark: Mark, place: int) -> None:
        """Draw what is read out, at its place in the order of the page."""
        head = b"/%s<</MCID %d>>BDC" % (mark.role.encode(), place)
        self._draw(head, mark.shapes)

    def box(self, mark: Mark) -> bytes:
        """The corners of a picture."""
        (code,) = (one for one in mark.shapes if isinstance(one, Code))
        low = self.top - code.y - code.side
        return b" ".join(
            _n(one * MM) for one in (code.x, low, code.x + code.side, low + code.side)
        )

    def _draw(self, head: bytes, shapes: Iterable[Shape]) -> None:
        self.lines.append(head)
        for shape in shapes:
            match shape:
                case Run():
                    self._paint(shape.colour)
                    self._letters(shape)
                case Bar():
                    self._paint(shape.colour)
                    low = self.top - shape.y - shape.height
                    box = (shape.x, low, shape.width, shape.height)
                    corners = b" ".join(_n(one * MM) for one in box)
                    self.lines.append(b"%s re f" % corners)
                case Code():
                    self._paint((0.0, 0.0, 0.0))
                    self._squares(shape)
        self.lines.append(b"EMC")

    def _paint(self, colour: Colour) -> None:
        if colour != self._colour:
            self._colour = colour
            red, green, blue = colour
            # Grey has an operator of its own: printers then use black ink alone.
            is_grey = red == green == blue
            self.lines.append(
                b"%s g" % _n(red)
                if is_grey
                else b"%s %s %s rg" % (_n(red), _n(green), _n(blue))
            )

    def _letters(self, run: Run) -> None:
        font = self.file.font(run.face)
        glyphs = font.glyphs(FACES[run.face], run.text)
        if run.spread:
            glyphs = _spread(run, glyphs)
        self.lines.append(
            b"BT/F%d %s Tf 1 0 %s 1 %s %s Tm[%s]TJ ET"
            % (
                font.number,
                _n(run.size),
                _n(FACES[run.face].slant),
                _n(run.x * MM),
                _n((self.top - run.y) * MM),
                b"<%s>" % glyphs,
            )
        )

    def _squares(self, code: Code) -> None:
        module = code.module * MM
        self.lines.append(
            b"q %s 0 0 %s %s %s cm"
            % (
                _n(module),
                _n(-module),
                _n(code.x * MM),
                _n((self.top - code.y) * MM),
            )
        )
        self.lines.append(
            b" ".join(b"%d %d %d 1 re" % (x, y, n) for x, y, n in code.squares.runs())
        )
        self.lines.append(b"f Q")


def _spread(run: Run, glyphs: bytes) -> bytes:
    """Glyphs with more room at each space, told in thousandths of the size."""
    more = _n(-run.spread * MM / run.size * 1000)
    parts = [glyphs[at : at + 4] for at in range(0, len(glyphs), 4)]
    return b"".join(
        b"%s>%s<" % (part, more) if letter == " " else part
        for letter, part in zip(run.text, parts, strict=True)
    )


def _n(value: float) -> bytes:
    """A number as short as it can be said, to a thousandth of a point."""
    return b"%d" % value if value == int(value) else f"{value:.3f}".rstrip("0").encode()


def _ref(number: int) -> bytes:
    return b"%d 0 R" % number


def _list(parts: Iterable[bytes]) -> bytes:
    return b"[%s]" % b" ".join(parts)


def _text(text: str) -> bytes:
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode()


def write(
    out: BinaryIO, pages: Iterable[Page], *, title: str
) -> Generator[int, None, None]:
    """Write pages to a file, one after the other, telling each time how many stand."""
    with PdfFile(out, title=title) as file:
        for number, page in enumerate(pages, 1):
            file.add(page)
            yield number
