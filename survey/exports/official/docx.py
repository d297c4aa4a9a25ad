"""A document as DOCX, in the layout of NĐ 30/2020/NĐ-CP: A4, Times New Roman, page
numbers above, national heading, recipients and the place of the signature."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from survey.exports.official import bars
from survey.exports.official.document import (
    WHOLE,
    Bars,
    Block,
    Bullets,
    Document,
    Heading,
    NewPage,
    Numbered,
    Paragraph,
)
from survey.exports.official.said import SAID
from survey.exports.tables import Cell, Column
from survey.formats import integer, nfc, number

if TYPE_CHECKING:
    from docx.document import Document as Docx

FONT: Final = "Times New Roman"
BODY: Final = 13.5
SMALL: Final = 10
ROOM: Final = 165
"""Millimetres between the margins."""
_LEFT, _RIGHT = 70, 95
_LEAST, _MOST = 26, 34
_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The moment that files are said to be made at: two makings must be the same."""


def docx(document: Document) -> bytes:
    """The document as a DOCX file."""
    return _Writer(document).file()


class _Writer:
    """Writes one document; what python-docx lacks is put in as WordprocessingML."""

    def __init__(self, document: Document) -> None:
        # Here: few write a document, and every worker would hold the library.
        from docx import Document as new
        from docx import oxml, shared
        from docx.enum import text

        self.made: Docx = new()
        self.document = document
        self.headings, self.breaks = 0, False
        self.say: Callable[[str], str] = lambda name: SAID[name].get(document.language)
        self.oxml, self.shared = oxml, shared
        self.text = text

    def file(self) -> bytes:
        """Everything in order."""
        self._styles()
        self._page(self.made.sections[0])
        self._head()
        self._contents()
        for block in self.document.blocks:
            self._block(block)
        self._properties()
        target = io.BytesIO()
        self.made.save(target)
        return _settled(target.getvalue())

    # -- page and styles -------------------------------------------------------------

    def _styles(self) -> None:
        styles = self.made.styles
        for name, size, bold in (
            ("Normal", BODY, None),
            ("Heading 1", BODY, True),
            ("Heading 2", BODY, True),
            ("Caption", 12, True),
        ):
            style = styles[name]
            style.font.name, style.font.size = FONT, self.shared.Pt(size)
            style.font.color.rgb = self.shared.RGBColor(0, 0, 0)
            style.font.bold = bold
            style.font.italic = False
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
                fonts.set(self.oxml.ns.qn(f"w:{kind}"), FONT)
            for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
                fonts.attrib.pop(self.oxml.ns.qn(f"w:{theme}"), None)
        normal = styles["Normal"].paragraph_format
        normal.space_after, normal.space_before = self.shared.Pt(6), self.shared.Pt(0)
        normal.line_spacing = 1.15
        for name in ("Heading 1", "Heading 2"):
            shape = styles[name].paragraph_format
            shape.space_before, shape.space_after = self.shared.Pt(9), self.shared.Pt(4)
            shape.keep_with_next = True
        self._language(styles["Normal"])

    def _language(self, style: Any) -> None:
        lang = self.oxml.OxmlElement("w:lang")
        code = "vi-VN" if self.document.language == "vi" else "en-GB"
        lang.set(self.oxml.ns.qn("w:val"), code)
        style.element.get_or_add_rPr().append(lang)

    def _page(self, section: Any) -> None:
        millimetres = self.shared.Mm
        section.page_width = millimetres(210)
        section.page_height = millimetres(297)
        section.top_margin = section.bottom_margin = millimetres(20)
        section.left_margin, section.right_margin = millimetres(30), millimetres(15)
        section.header_distance = millimetres(10)
        section.different_first_page_header_footer = True
        line = section.header.paragraphs[0]
        line.alignment = self.text.WD_ALIGN_PARAGRAPH.CENTER
        self._field(line, "PAGE", "1")

    def _field(self, paragraph: Any, code: str, shown: str) -> None:
        qn, element = self.oxml.ns.qn, self.oxml.OxmlElement
        for kind, text in (("begin", None), (None, code), ("separate", None)):
            run = paragraph.add_run()
            if kind is None:
                instruction = element("w:instrText")
                instruction.set(qn("xml:space"), "preserve")
                instruction.text = f" {text} "
                run._r.append(instruction)
            else:
                mark = element("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
                run._r.append(mark)
        paragraph.add_run(shown)
        end = element("w:fldChar")
        end.set(qn("w:fldCharType"), "end")
        paragraph.add_run()._r.append(end)

    # -- head and foot ---------------------------------------------------------------

    def _head(self) -> None:
        office = self.document.office
        grid = self._grid([_LEFT, _RIGHT])
        left, right = grid.rows[0].cells
        if office.logo is not None:
            run = left.paragraphs[0].add_run()
            run.add_picture(io.BytesIO(office.logo), height=self.shared.Mm(14))
            left.add_paragraph()
        self._line(left, office.superior.upper(), 12, first=office.logo is None)
        self._line(left, office.agency.upper(), 12, bold=True)
        self._rule(left, 24)
        self._line(left, office.number, 13)
        self._line(right, self.say("state"), 12, bold=True, first=True)
        self._line(right, self.say("motto"), 13.5, bold=True)
        self._rule(right, 48)
        self._line(right, self.document.dateline, 13.5, italic=True)
        for text, size in ((self.document.kind, 14), (self.document.subject, 14)):
            line = self.made.add_paragraph()
            line.alignment = self.text.WD_ALIGN_PARAGRAPH.CENTER
            line.paragraph_format.space_before = self.shared.Pt(10 if size else 0)
            run = line.add_run(nfc(text))
            run.bold, run.font.size = True, self.shared.Pt(size)
        for text in (self.say("draft"), *self.document.marks):
            line = self.made.add_paragraph()
            line.alignment = self.text.WD_ALIGN_PARAGRAPH.CENTER
            run = line.add_run(nfc(text))
            run.italic = True

    def _line(
        self,
        cell: Any,
        text: str,
        size: float,
        *,
        bold: bool = False,
        italic: bool = False,
        first: bool = False,
    ) -> None:
        line = cell.paragraphs[0] if first else cell.add_paragraph()
        line.alignment = self.text.WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_after = self.shared.Pt(0)
        run = line.add_run(nfc(text))
        run.bold, run.italic, run.font.size = bold, italic, self.shared.Pt(size)

    def _rule(self, cell: Any, width: int) -> None:
        """A short line under a name: the border of an empty, narrow paragraph."""
        qn, element = self.oxml.ns.qn, self.oxml.OxmlElement
        line = cell.add_paragraph()
        shape = line.paragraph_format
        whole = _LEFT if width < 40 else _RIGHT
        shape.left_indent = shape.right_indent = self.shared.Mm((whole - width) // 2)
        shape.space_after, shape.line_spacing = self.shared.Pt(4), self.shared.Pt(3)
        borders, top = element("w:pBdr"), element("w:top")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "1")):
            top.set(qn(f"w:{name}"), value)
        borders.append(top)
        line._p.get_or_add_pPr().append(borders)

    def _grid(self, widths: list[int]) -> Any:
        grid = self.made.add_table(rows=1, cols=len(widths))
        grid.autofit = False
        self._keep_widths(grid, widths)
        return grid

    def _keep_widths(self, grid: Any, widths: list[int]) -> None:
        # Word goes by the cells, LibreOffice by the columns.
        room = [self.shared.Mm(width) for width in widths]
        for column, width in zip(grid._tbl.tblGrid.gridCol_lst, room, strict=True):
            column.w = width
        # Not by `column.cells`, which reads the whole table for each of them.
        for row in grid._tbl.tr_lst:
            for cell, width in zip(row.tc_lst, room, strict=True):
                cell.width = width

    def _contents(self) -> None:
        """A table of contents: names now, page numbers when the reader's program fills
        them in."""
        title = self.made.add_paragraph()
        title.alignment = self.text.WD_ALIGN_PARAGRAPH.CENTER
        title.add_run(self.say("contents")).bold = True
        for at, heading in enumerate(self.document.contents):
            line = self.made.add_paragraph()
            shape = line.paragraph_format
            shape.left_indent = self.shared.Mm(7 * (heading.level - 1))
            shape.space_after = self.shared.Pt(2)
            shape.tab_stops.add_tab_stop(
                self.shared.Mm(ROOM),
                self.text.WD_TAB_ALIGNMENT.RIGHT,
                self.text.WD_TAB_LEADER.DOTS,
            )
            line.add_run(f"{nfc(heading.text)}\t")
            self._field(line, f"PAGEREF {_mark(at)} \\h", "")
        # Whoever opens it has the numbers filled in: only layout knows them.
        update = self.oxml.OxmlElement("w:updateFields")
        update.set(self.oxml.ns.qn("w:val"), "true")
        self.made.settings.element.append(update)

    def _foot(self) -> None:
        grid = self._grid([80, 85])
        left, right = grid.rows[0].cells
        run = left.paragraphs[0].add_run(self.say("recipients"))
        run.bold = run.italic = True
        run.font.size = self.shared.Pt(12)
        for name in self.document.office.recipients:
            line = left.add_paragraph()
            line.paragraph_format.space_after = self.shared.Pt(0)
            line.add_run(nfc(f"- {name}")).font.size = self.shared.Pt(11)
        self._line(
            right, self.document.office.signer.upper(), 13.5, bold=True, first=True
        )
        self._line(right, self.say("sign_here"), 13, italic=True)

    def _properties(self) -> None:
        core = self.made.core_properties
        core.title = nfc(self.document.subject)
        core.author = core.last_modified_by = nfc(self.document.office.agency)
        core.language = self.document.language
        core.comments = ""
        core.created = core.modified = _MADE

    # -- body ------------------------------------------------------------------------

    def _block(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Paragraph):
            self._body(block.text)
        elif isinstance(block, Bullets):
            for text in block.lines:
                self._body(f"- {text}").alignment = self.text.WD_ALIGN_PARAGRAPH.LEFT
        elif isinstance(block, Numbered):
            self._table(block)
        elif isinstance(block, Bars):
            self._bars(block)
        elif isinstance(block, NewPage):
            self.breaks = True
        else:
            self._foot()

    def _heading(self, block: Heading) -> None:
        line = self.made.add_heading(nfc(block.text), level=block.level)
        line.paragraph_format.page_break_before, self.breaks = self.breaks, False
        for kind in ("bookmarkStart", "bookmarkEnd"):
            mark = self.oxml.OxmlElement(f"w:{kind}")
            mark.set(self.oxml.ns.qn("w:id"), str(self.headings))
            if kind == "bookmarkStart":
                mark.set(self.oxml.ns.qn("w:name"), _mark(self.headings))
            line._p.append(mark)
        self.headings += 1

    def _body(self, text: str) -> Any:
        line = self.made.add_paragraph(nfc(text))
        line.alignment = self.text.WD_ALIGN_PARAGRAPH.JUSTIFY
        line.paragraph_format.first_line_indent = self.shared.Mm(10)
        return line

    def _bars(self, block: Bars) -> None:
        if not bars.fits(block):
            return
        self._caption(block.caption)
        picture = io.BytesIO(bars.png(block, self.document.language))
        made = self.made.add_picture(picture, width=self.shared.Mm(ROOM))
        made._inline.docPr.set("descr", _in_words(block))

    def _caption(self, text: str) -> None:
        line = self.made.add_paragraph(nfc(text), style="Caption")
        line.paragraph_format.keep_with_next = True

    def _table(self, block: Numbered) -> None:
        table = block.table
        self._caption(block.caption)
        grid = self.made.add_table(rows=1, cols=len(table.columns))
        grid.style = self.made.styles["Table Grid"]
        grid.autofit = False
        self._margins(grid)
        heads = [one.head for one in table.columns]
        texts = [[self._text(cell) for cell in row] for row in table.rows]
        is_whole = len(texts) <= WHOLE
        self._row(grid.rows[0], heads, table.columns, stays=True)
        repeat = self.oxml.OxmlElement("w:tblHeader")
        repeat.set(self.oxml.ns.qn("w:val"), "true")
        grid.rows[0]._tr.get_or_add_trPr().append(repeat)
        for at, row in enumerate(texts):
            self._row(
                grid.add_row(),
                row,
                table.columns,
                strong=at in table.strong,
                stays=is_whole and at + 1 < len(texts),
            )
        self._keep_widths(grid, widths(table.columns, texts))
        if block.note:
            line = self._body(block.note)
            line.paragraph_format.space_before = self.shared.Pt(3)
            line.runs[0].font.size = self.shared.Pt(11)
        gap = self.made.add_paragraph().paragraph_format
        gap.space_after, gap.line_spacing = self.shared.Pt(0), self.shared.Pt(6)

    def _margins(self, grid: Any) -> None:
        """Less empty room beside figures than the program would leave."""
        qn, element = self.oxml.ns.qn, self.oxml.OxmlElement
        margins = element("w:tblCellMar")
        for side in ("left", "right"):
            mark = element(f"w:{side}")
            mark.set(qn("w:w"), "57")  # 1 mm in twentieths of a point
            mark.set(qn("w:type"), "dxa")
            margins.append(mark)
        grid._tbl.tblPr.append(margins)

    def _row(
        self,
        row: Any,
        texts: list[str],
        columns: tuple[Column, ...],
        *,
        strong: bool | None = None,
        stays: bool = False,
    ) -> None:
        cannot_split = self.oxml.OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(cannot_split)
        align = self.text.WD_ALIGN_PARAGRAPH
        for cell, text, column in zip(row.cells, texts, columns, strict=True):
            line = cell.paragraphs[0]
            shape = line.paragraph_format
            shape.space_before = shape.space_after = self.shared.Pt(1.5)
            shape.line_spacing = 1.0
            shape.keep_with_next = stays
            if strong is None or column.kind == "text":
                line.alignment = align.CENTER
            elif column.kind in ("count", "percent"):
                line.alignment = align.RIGHT
            run = line.add_run(nfc(text))
            run.font.size = self.shared.Pt(SMALL)
            run.bold = strong is not False

    def _text(self, cell: Cell) -> str:
        lang = self.document.language
        if cell is None:
            return "–"
        if isinstance(cell, Decimal):
            return number(cell, lang)
        return integer(cell, lang) if isinstance(cell, int) else cell


def widths(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[int]:
    """Millimetres for each column: what holds words shares what figures leave."""
    needed = [
        max(
            *(len(row[at]) for row in rows),
            *(len(word) for word in one.head.split(" ")),
            len(one.head) // 3,
        )
        for at, one in enumerate(columns)
    ]
    narrow = [
        0 if one.kind == "wide" else min(_MOST, 4 + 2 * letters)
        for one, letters in zip(columns, needed, strict=True)
    ]
    wide = narrow.count(0)
    share = max(_LEAST, (ROOM - sum(narrow)) // wide) if wide else 0
    return [width or share for width in narrow]


def _mark(number: int) -> str:
    return f"_Toc{number:06}"


def _in_words(block: Bars) -> str:
    """What the picture shows, for who does not see it."""
    lines = (
        f"{name}: {', '.join(f'{i}: {n}' for i, n in enumerate(counts, 1))}"
        for name, counts in block.rows
    )
    return nfc("; ".join(lines))


def _settled(made: bytes) -> bytes:
    """The same package with the same date on every part, whenever it was made."""
    import zipfile

    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as settled,
    ):
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            settled.writestr(entry, source.read(name))
    return target.getvalue()
