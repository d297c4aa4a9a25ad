"""The page of one criterion: what was asked, answered, where, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from survey import accounts
from survey.db import db
from survey.exports import Figure, words
from survey.figures import parted
from survey.figures.filters import PROCEDURE, UNIT, UnknownChoice
from survey.figures.trends import trend
from survey.formats import integer, percent
from survey.questionnaire.schema import Criterion
from survey.results import charts
from survey.results.figure_choices import FIGURE, figure_choices
from survey.results.parts import BY_VALUE, PartsScreen, members
from survey.results.scope import Opened, bp, opened, shown
from survey.results.trend_screen import TrendScreen
from survey.results.views_explanation import figure_of
from survey.results.views_parts import DIMENSIONS, ORDER, links_of
from survey.results.views_trend import series_of

MOST: Final = 20
"""Rows of units or procedures shown here; all are on their own pages."""


class Split(NamedTuple):
    """The criterion by units or procedures."""

    id: str
    title: str
    screen: PartsScreen
    total: int
    url: str
    """The page with all of them."""


@bp.get("/<wave_id>/tieu-chi", endpoint="criterion")
@accounts.requires("admin", "analyst", "auditor")
def one_criterion(wave_id: str) -> ResponseReturnValue:
    """Show everything there is about one criterion."""
    asked = opened(wave_id)
    criterion = _criterion(asked, request.args.get(FIGURE))
    counted = asked.count()
    made = asked.report(counted)
    it = figure_of(made, criterion.code)
    codes = {one.code for one in asked.questionnaire.criteria}
    choices = [
        one
        for one in figure_choices(asked.questionnaire, asked.language)
        if one.code in codes
    ]
    figure = next(one for one in choices if one.code == criterion.code)
    return shown(
        asked,
        ".criterion",
        counted=counted,
        kept={FIGURE: criterion.code},
        criterion=criterion,
        guidance=list(_guidance(criterion, asked)),
        figures=choices,
        figure=figure,
        it=it,
        facts=list(_facts(it, asked)),
        explain_url=asked.url(".explanation", **{FIGURE: criterion.code}),
        bar=(
            charts.distribution(it, made.levels, asked.language, id="bar")
            if it.indices and charts.has_shades(made.levels)
            else None
        ),
        levels=[(level.code, level.label) for level in made.levels],
        counts=list(_counts(it, asked)),
        splits=[_split(asked, name, criterion.code) for name in (UNIT, PROCEDURE)],
        trend=_trend(asked, criterion.code, figure.title),
        trend_url=asked.url(".trend", **{FIGURE: criterion.code}),
    )


def _criterion(asked: Opened, code: str | None) -> Criterion:
    """The criterion that the address names; the first where it names none."""
    every = asked.questionnaire.criteria
    for one in every:
        if one.code == (code or every[0].code):
            return one
    raise UnknownChoice(FIGURE, code or "")


def _guidance(criterion: Criterion, asked: Opened) -> Iterator[tuple[str, str]]:
    """What a business was told beside the question."""
    lang = asked.language
    for name, text in (
        (_("Cân nhắc"), criterion.consider),
        (_("Không tính đến"), criterion.leave_out),
        (_("Tra cứu"), criterion.look_up),
    ):
        yield name, text.get(lang)
    for level in asked.levels:
        anchor = criterion.anchors.get(level.code)
        if anchor is not None:
            yield f"{level.code}. {level.label}", anchor.get(lang)
    if criterion.not_applicable_text is not None:
        name = words.WITHOUT_LEVEL["not_applicable"].get(lang)
        yield name, criterion.not_applicable_text.get(lang)


def _counts(it: Figure, asked: Opened) -> Iterator[tuple[str, str]]:
    """Of every level and every reason for having none how many answers there are."""
    lang = asked.language
    names = {
        **{str(one.code): f"{one.code}. {one.label}" for one in asked.levels},
        **{value: text.get(lang) for value, text in words.WITHOUT_LEVEL.items()},
    }
    for value, name in names.items():
        if value in it.counts:
            yield name, integer(it.counts[value], lang)


def _facts(it: Figure, asked: Opened) -> Iterator[tuple[str, str, str]]:
    """The figures at the head of the page: a name, the figure, a note."""
    lang, formula = asked.language, asked.wave.formula
    bar = charts.index_bar(it, formula, asked.levels, lang, id="head", label="")
    yield (
        words.FORMULAS[formula].get(lang),
        bar.hidden or bar.text,
        "" if bar.hidden else bar.summary.partition("; ")[2],
    )
    if it.not_applicable is not None:
        name = words.NOT_APPLICABLE.get(lang).removesuffix(" (%)")
        note = _("kể cả phiếu không được hỏi câu này")
        yield name, percent(it.not_applicable, lang), note
    if it.cannot_judge is not None:
        yield (
            words.CANNOT_JUDGE.get(lang),
            integer(it.cannot_judge, lang),
            _("phiếu; không nằm trong mẫu số"),
        )


def _split(asked: Opened, dimension: str, code: str) -> Split:
    portions = parted(
        db.session,
        asked.wave,
        asked.filters,
        DIMENSIONS[dimension].by,
        language=asked.language,
        reach=asked.reach,
        codes=[code],
    )
    every = members(
        portions,
        code,
        asked.wave.formula,
        rank_from=asked.wave.rank_from,
        order=BY_VALUE,
    )
    return Split(
        id=dimension,
        title=str(DIMENSIONS[dimension].title),
        screen=PartsScreen(
            every[:MOST],
            head=str(DIMENSIONS[dimension].title),
            formula=asked.wave.formula,
            levels=asked.levels,
            language=asked.language,
            links=links_of(asked, dimension, portions, code),
            id=f"bar-{dimension}",
        ),
        total=len(every),
        url=asked.url(".parts", dimension=dimension, **{FIGURE: code, ORDER: BY_VALUE}),
    )


def _trend(asked: Opened, code: str, title: str) -> TrendScreen:
    found = trend(
        db.session,
        series_of(asked),
        asked.filters,
        "month",
        code,
        language=asked.language,
        reach=asked.reach,
    )
    return TrendScreen(
        found,
        title=title,
        formula=asked.wave.formula,
        levels=asked.levels,
        language=asked.language,
        explain=lambda point: None,
    )
