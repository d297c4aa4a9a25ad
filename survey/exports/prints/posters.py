"""What hangs on a wall and stands on a counter: a poster of A4, a stand of A5."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from survey.exports.prints.page import Bar, Page, Para, column
from survey.exports.prints.parts import (
    BRAND,
    GOLD,
    RULE,
    SOFT,
    code_at,
    decoration,
    frame,
    sample_bar,
)
from survey.exports.prints.said import IN_ENGLISH, Asker, Said

A5: Final = 0.7048
"""A5 beside A4: all lengths of the poster times this."""


def poster(asker: Asker, said: Said) -> Page:
    """A page of A4, read from three steps away."""
    return _page(asker, said, 1.0)


def stand(asker: Asker, said: Said) -> Page:
    """A page of A5, read across a counter."""
    return _page(asker, said, A5)


def _page(asker: Asker, said: Said, of_a4: float) -> Page:
    width, height = 210.0 * of_a4, 297.0 * of_a4
    margin, inner = 18.0 * of_a4, (210.0 - 36.0) * of_a4
    marks = list(sample_bar(asker, 0.0, 0.0, width, 9.0 * of_a4))

    sender = column(_sender(asker, of_a4), inner, 22.0 * of_a4)
    marks += sender.at(margin, 17.0 * of_a4)
    y = 17.0 * of_a4 + sender.height + 4.0 * of_a4
    line = 34.0 * of_a4
    marks.append(
        decoration(
            Bar(x=(width - line) / 2, y=y, width=line, height=0.9 * of_a4, colour=GOLD)
        )
    )
    y += 6.0 * of_a4
    what = column(_what(said, of_a4), inner, 74.0 * of_a4)
    marks += what.at(margin, y)
    y += what.height

    foot = column(_foot(asker, said, of_a4), inner, 34.0 * of_a4)
    foot_y = height - 12.0 * of_a4 - foot.height
    end = foot_y - 4.0 * of_a4
    way = column(_way(asker, said, of_a4), inner, 60.0 * of_a4)

    # The code takes what room is left, and what is left of that stands around it.
    side = min(106.0 * of_a4, end - y - way.height - 16.0 * of_a4)
    gap = (end - y - way.height - side) / 3
    left, y = (width - side) / 2, y + gap
    marks.append(frame(left, y, side, 0.7 * of_a4, BRAND))
    marks.append(code_at(said, left, y, side))
    marks += way.at(margin, y + side + gap)
    marks.append(decoration(Bar(x=margin, y=end, width=inner, height=0.3, colour=RULE)))
    marks += foot.at(margin, foot_y)
    return Page(width=width, height=height, parts=[marks])


def _sender(asker: Asker, of_a4: float) -> Iterator[Para]:
    yield Para(
        text=asker.superior.upper(),
        size=13.0 * of_a4,
        least=8.0 * of_a4,
        align="center",
        colour=SOFT,
    )
    yield Para(
        text=asker.short_agency.upper(),
        size=19.0 * of_a4,
        least=10.0 * of_a4,
        face="sans-bold",
        align="center",
        colour=BRAND,
    )


def _what(said: Said, of_a4: float) -> Iterator[Para]:
    yield Para(
        text="Mời đánh giá",
        size=43.0 * of_a4,
        least=30.0 * of_a4,
        face="sans-bold",
        leading=1.25,
        align="center",
        colour=BRAND,
        role="H1",
    )
    yield Para(
        text="việc giải quyết thủ tục hành chính",
        size=22.0 * of_a4,
        least=18.0 * of_a4,
        align="center",
        role="H2",
    )
    if said.procedure:
        yield Para(
            text=said.procedure,
            size=16.0 * of_a4,
            least=10.0 * of_a4,
            face="sans-bold",
            align="center",
            before=4.0 * of_a4,
            gives_way=True,
        )
    yield Para(
        text=said.unit,
        size=(14.0 if said.procedure else 17.0) * of_a4,
        least=9.5 * of_a4,
        face="sans" if said.procedure else "sans-bold",
        align="center",
        before=(1.5 if said.procedure else 4.0) * of_a4,
        gives_way=True,
    )


def _way(asker: Asker, said: Said, of_a4: float) -> Iterator[Para]:
    yield Para(
        text="Quét mã bằng máy ảnh của điện thoại",
        size=18.0 * of_a4,
        least=14.0 * of_a4,
        face="sans-bold",
        align="center",
    )
    yield Para(
        text=f"hoặc vào {asker.site} và gõ mã:",
        size=14.5 * of_a4,
        least=9.0 * of_a4,
        align="center",
        before=1.0 * of_a4,
    )
    yield Para(
        text=said.code,
        size=27.0 * of_a4,
        on_one_line=True,
        face="sans-bold",
        align="center",
        colour=BRAND,
        before=1.0 * of_a4,
    )
    yield Para(
        text=f"{asker.takes}, không cần đăng nhập. {said.last_day}",
        size=13.5 * of_a4,
        least=10.0 * of_a4,
        align="center",
        before=2.5 * of_a4,
    )


def _foot(asker: Asker, said: Said, of_a4: float) -> Iterator[Para]:
    yield Para(
        text=IN_ENGLISH,
        size=12.0 * of_a4,
        least=9.0 * of_a4,
        align="center",
        language="en",
    )
    for text, before in ((asker.check, 2.0), (asker.begins, 0.3)):
        yield Para(
            text=text,
            size=10.5 * of_a4,
            least=7.0 * of_a4,
            align="center",
            colour=SOFT,
            before=before * of_a4,
        )
    yield Para(
        text=said.where,
        size=8.5 * of_a4,
        least=7.0 * of_a4,
        align="center",
        colour=SOFT,
        before=2.0 * of_a4,
        gives_way=True,
    )
