"""A page made into an SVG whose letters are outlines: it looks the same in a browser
and at a printing house, whatever typefaces they have; its description holds the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from survey.exports.prints.page import Bar, Code, Colour, Page, Run
from survey.exports.prints.typefaces import FACES, MM


def svg(page: Page, *, title: str) -> str:
    """The page as a document of its own size in millimetres."""
    width, height = f"{page.width:g}", f"{page.height:g}"
    words = " ".join(one.text for one in page.shapes if isinstance(one, Run))
    drawing = _Drawing()
    drawn = [line for shape in page.shapes for line in drawing.of(shape)]
    return "\n".join(
        (
            '<?xml version="1.0" encoding="utf-8"?>',
            # The older way to point to an outline: programs of printing houses know it.
            '<svg xmlns="http://www.w3.org/2000/svg"'
            ' xmlns:xlink="http://www.w3.org/1999/xlink"'
            f' width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}"'
            ' role="img" aria-labelledby="title said">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="said">{escape(words)}</desc>',
            "<defs>",
            *drawing.outlines.values(),
            "</defs>",
            f'<path fill="#fff" d="M0 0H{width}V{height}H0z"/>',
            *drawn,
            "</svg>\n",
        )
    )


class _Drawing:
    """The shapes of one page as elements, and each letter's outline once."""

    def __init__(self) -> None:
        self.outlines: dict[str, str] = {}
        self._names: dict[tuple[str, str], str] = {}

    def of(self, shape: Run | Bar | Code) -> Iterator[str]:
        """The elements of a shape."""
        match shape:
            case Bar():
                yield (
                    f'<path fill="{_colour(shape.colour)}" d="M{_n(shape.x)}'
                    f" {_n(shape.y)}h{_n(shape.width)}v{_n(shape.height)}"
                    f'h{_n(-shape.width)}z"/>'
                )
            case Code():
                squares = "".join(
                    f"M{x} {y}h{many}v1h-{many}z" for x, y, many in shape.squares.runs()
                )
                yield (
                    f'<path transform="translate({_n(shape.x)} {_n(shape.y)})'
                    f' scale({_n(shape.module)})" d="{squares}"/>'
                )
            case Run():
                yield from self._letters(shape)

    def _letters(self, run: Run) -> Iterator[str]:
        face = FACES[run.face]
        units = face.measures.units
        scale = run.size / MM / units
        yield (
            f'<g fill="{_colour(run.colour)}" transform="matrix({_n(scale)} 0'
            f' {_n(face.slant * scale)} {_n(-scale)} {_n(run.x)} {_n(run.y)})">'
        )
        x = 0.0
        for letter in run.text:
            if letter == " ":
                x += run.spread / scale
            else:
                name = self._outline(run.face, letter)
                yield f'<use xlink:href="#{name}" x="{x:.0f}"/>'
            x += face.width(letter, units * MM)
        yield "</g>"

    def _outline(self, face: str, letter: str) -> str:
        name = self._names.setdefault((face, letter), f"g{len(self._names)}")
        if name not in self.outlines:
            path = FACES[face].outline(letter)
            self.outlines[name] = f'<path id="{name}" d="{path}"/>'
        return name


def _colour(colour: Colour) -> str:
    return "#" + "".join(f"{round(one * 255):02x}" for one in colour)


def _n(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
