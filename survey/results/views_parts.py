"""The pages that split a selection: by unit, procedure, field, channel or origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from survey import accounts
from survey.db import db
from survey.figures import Portion, parted
from survey.figures import filters as address
from survey.figures.filters import CHANNEL, FIELD, NOT_KNOWN, ORIGIN, PROCEDURE, UNIT
from survey.results.figure_choices import FIGURE, chosen_figure, figure_choices
from survey.results.parts import BY_NAME, BY_VALUE, Links, PartsScreen, members
from survey.results.scope import Opened, bp, choice, opened, shown

AT_ONCE: Final = 50
"""Rows of one page."""
ORDER: Final = "xep"
PAGE: Final = "trang"
ALL: Final = "tat-ca"


class Dimension(NamedTuple):
    """What a selection can be split by."""

    by: str
    title: Any
    heading: Any


DIMENSIONS: Final = {
    UNIT: Dimension("unit", _l("Đơn vị"), _l("Kết quả theo đơn vị")),
    PROCEDURE: Dimension("procedure", _l("Thủ tục"), _l("Kết quả theo thủ tục")),
    FIELD: Dimension("field", _l("Lĩnh vực"), _l("Kết quả theo lĩnh vực")),
    CHANNEL: Dimension("channel", _l("Cách nộp hồ sơ"), _l("Kết quả theo cách nộp")),
    ORIGIN: Dimension("origin", _l("Nguồn phiếu"), _l("Kết quả theo nguồn phiếu")),
}
ORDERS: Final = {BY_NAME: _l("Tên"), BY_VALUE: _l("Chỉ số, cao trước")}


@bp.get("/<wave_id>/theo/<any('don-vi', 'thu-tuc', 'linh-vuc', kenh, nguon):dimension>")
@accounts.requires("admin", "analyst", "auditor")
def parts(wave_id: str, dimension: str) -> ResponseReturnValue:
    """Show one index of every part of the selection, side by side."""
    asked = opened(wave_id)
    figures = figure_choices(asked.questionnaire, asked.language)
    figure = chosen_figure(figures, request.args.get(FIGURE))
    order = choice(ORDER, BY_NAME, ORDERS)
    portions = parted(
        db.session,
        asked.wave,
        asked.filters,
        DIMENSIONS[dimension].by,
        language=asked.language,
        reach=asked.reach,
        codes=[figure.code],
    )
    every = members(
        portions,
        figure.code,
        asked.wave.formula,
        rank_from=asked.wave.rank_from,
        order=order,
    )
    more = {FIGURE: figure.code, ORDER: order}
    first, last, pages = _pages(asked, dimension, len(every), more)
    return shown(
        asked,
        ".parts",
        more={"dimension": dimension},
        kept=more,
        dimension=dimension,
        heading=DIMENSIONS[dimension].heading,
        dimensions=[
            (one.title, asked.url(".parts", dimension=name, **more), name == dimension)
            for name, one in DIMENSIONS.items()
        ],
        figures=figures,
        figure=figure,
        order=order,
        orders=ORDERS,
        screen=PartsScreen(
            every[first:last],
            head=str(DIMENSIONS[dimension].title),
            formula=asked.wave.formula,
            levels=asked.levels,
            language=asked.language,
            links=links_of(asked, dimension, portions, figure.code),
        ),
        count=len(every),
        first=first + 1,
        last=min(last, len(every)),
        pages=pages,
        all_url=asked.url(".parts", dimension=dimension, **more, **{ALL: "1"}),
    )


def links_of(
    asked: Opened, dimension: str, portions: Sequence[Portion], code: str
) -> Links:
    """Where parts lead, as far as a filter of the address means the same part."""
    whole = address.top(db.session, asked.wave, asked.filters, asked.reach).code
    several = len(portions) > 1

    def has_filter(portion: Portion) -> bool:
        if dimension == UNIT and portion.key == whole:
            # The unit itself without those below it cannot be asked for.
            return not several
        return (dimension, portion.key) != (FIELD, NOT_KNOWN)

    def url(endpoint: str, portion: Portion, **more: str) -> str | None:
        if not has_filter(portion):
            return None
        return asked.url(endpoint, **{dimension: portion.key}, **more)

    return Links(
        results=lambda portion: url(".wave", portion),
        explanation=lambda portion: url(".explanation", portion, **{FIGURE: code}),
    )


def _pages(
    asked: Opened, dimension: str, count: int, more: dict[str, str]
) -> tuple[int, int, list[tuple[int, str, bool]]]:
    """Which rows are shown, from and to, and the pages there are."""
    if request.args.get(ALL) or count <= AT_ONCE:
        return 0, count, []
    given = request.args.get(PAGE, "1")
    last = -(-count // AT_ONCE)
    number = min(max(int(given), 1), last) if given.isascii() and given.isdigit() else 1
    pages = [
        (
            one,
            asked.url(".parts", dimension=dimension, **more, **{PAGE: one}),
            one == number,
        )
        for one in range(1, last + 1)
    ]
    return (number - 1) * AT_ONCE, number * AT_ONCE, pages
