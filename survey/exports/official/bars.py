"""Stacked bars of levels as one SVG that reads as well in grey print: levels differ by
lightness and hatching, and each wide enough carries its share."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from survey.exports.official.document import Bars
from survey.formats import percent, round_half_up

FONTS: Final = Path(__file__).parents[1] / "fonts"
WIDTH: Final = 1000
_ROW: Final = 60
_TALL: Final = 38
_LEFT: Final = 330
_KEY: Final = 84
_KEYS: Final = 3
"""Levels in one line of the key."""
_NARROW: Final = Fraction(8)
_FILLS: Final = ("url(#lowest)", "url(#low)", "#c3cdd2", "#5f9db6", "#0b4f6c")
_INKS: Final = ("#000", "#000", "#000", "#000", "#fff")
_PATTERNS: Final = (
    '<defs><pattern id="lowest" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" fill="#f6d9b8"/>'
    '<path d="M0 0 6 6M6 0 0 6" stroke="#a34a12" stroke-width="1.1"/></pattern>'
    '<pattern id="low" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<rect width="7" height="7" fill="#f9e6cf"/>'
    '<path d="M-1 8 8-1" stroke="#c07a3c" stroke-width="1.1"/></pattern></defs>'
)


def fits(bars: Bars) -> bool:
    """Whether there is a shade for every level; else the table alone must do."""
    return len(bars.levels) == len(_FILLS)


def svg(bars: Bars, language: str) -> str:
    """The picture, 1000 units wide, with everything it shows in words too."""
    height = _KEY + _ROW * len(bars.rows) + 6
    parts = [_key(bars)]
    for at, (name, counts) in enumerate(bars.rows):
        parts.append(_bar(_KEY + _ROW * at, name, counts, language))
    title = escape(bars.caption)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" '
        'font-family="Liberation Serif, Liberation Serif 2" font-size="23">'
        f"<title>{title}</title>{_PATTERNS}{''.join(parts)}</svg>"
    )


def png(bars: Bars, language: str) -> bytes:
    """The same as a picture for programs that draw no SVG."""
    import resvg_py  # here: few write a document, and every worker would hold it

    made = resvg_py.svg_to_bytes(
        svg_string=svg(bars, language),
        background="#ffffff",
        zoom=2,
        skip_system_fonts=True,
        font_files=[str(path) for path in sorted(FONTS.glob("LiberationSerif*.ttf"))],
        font_family="Liberation Serif",
    )
    return bytes(made)


def _key(bars: Bars) -> str:
    parts = []
    for i, label in enumerate(bars.levels):
        x, y = WIDTH // _KEYS * (i % _KEYS), 4 + 36 * (i // _KEYS)
        parts.append(
            f'<rect x="{x}" y="{y}" width="30" height="24" fill="{_FILLS[i]}" '
            f'stroke="#444"/><text x="{x + 39}" y="{y + 20}">{i + 1}. {escape(label)}'
            "</text>"
        )
    return "".join(parts)


def _bar(top: int, name: str, counts: tuple[int, ...], language: str) -> str:
    total = sum(counts)
    room = WIDTH - _LEFT
    parts, x = [], Fraction(_LEFT)
    for i, count in enumerate(counts):
        share = Fraction(100 * count, total)
        width = share * room / 100
        if not count:
            continue
        parts.append(
            f'<rect x="{_places(x)}" y="{top}" width="{_places(width)}" '
            f'height="{_TALL}" fill="{_FILLS[i]}" stroke="#444" stroke-width="0.6"/>'
        )
        if share >= _NARROW:
            middle, text = _places(x + width / 2), percent(share, language, places=0)
            box = 12 * len(text) + 6
            if i < 2:  # a figure on hatching needs a plain ground
                left = _places(x + width / 2 - Fraction(box, 2))
                parts.append(
                    f'<rect x="{left}" y="{top + 6}" width="{box}" '
                    f'height="{_TALL - 12}" fill="#fff"/>'
                )
            parts.append(
                f'<text x="{middle}" y="{top + 27}" text-anchor="middle" '
                f'fill="{_INKS[i]}">{escape(text)}</text>'
            )
        x += width
    label = "".join(
        f'<text x="0" y="{top + 17 + 24 * i}">{escape(line)}</text>'
        for i, line in enumerate(_lines(name))
    )
    return label + "".join(parts)


def _lines(name: str, most: int = 28) -> list[str]:
    """A name in two lines at most."""
    words, lines = name.split(), [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= most or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > 2:
        lines = [lines[0], f"{lines[1]}…"]
    return lines


def _places(value: Fraction) -> str:
    return f"{round_half_up(value):f}"


def markup(bars: Bars, language: str) -> Markup:
    """The picture for a page of HTML; all it holds was escaped as it was drawn."""
    return Markup(svg(bars, language))  # noqa: S704
