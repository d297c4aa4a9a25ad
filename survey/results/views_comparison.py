"""The page that compares two selections, of one wave or of two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from survey import accounts, web
from survey.db import db
from survey.exports import Figure
from survey.figures import choices
from survey.figures import filters as address
from survey.figures.comparisons import Comparison, NotComparable, Side, compared
from survey.figures.filters import UnknownChoice
from survey.models import Wave
from survey.results.comparison_screen import ComparisonScreen
from survey.results.figure_choices import FIGURE
from survey.results.scope import Opened, address_of, bp, opened, shown
from survey.results.views_trend import series_of

WAVE: Final = "dot"
PREFIXES: Final = ("a-", "b-")
REASONS: Final = {
    "same": _l(
        "Hai phạm vi giống hệt nhau. Xin đổi ít nhất một bộ lọc của A hoặc của B, ví "
        "dụ chọn hai đơn vị khác nhau."
    ),
    "overlap": _l(
        "Hai phạm vi có phiếu chung, nên không so sánh được: phần chung kéo hai chỉ số "
        "lại gần nhau, và phần khác nhau có khi chỉ là vài phiếu, không được phép hiện "
        "ra. Xin chọn hai phạm vi tách rời, ví dụ hai đơn vị, hai thủ tục, hai tháng."
    ),
    "questionnaire": _l(
        "Hai đợt dùng hai phiếu khảo sát không có chung bộ cốt lõi, nên chỉ số không "
        "so sánh được với nhau."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """One of the two selections: what was asked for, the form for it, its name."""

    prefix: str
    asked: Opened
    fields: Sequence[choices.Field]
    name: str
    """The wave and the selection in words; `scope` without the wave."""
    scope: str

    @property
    def address(self) -> dict[str, str]:
        """The selection as parameters of the page's address."""
        values = {WAVE: self.asked.wave.id, **self.asked.filters.address}
        return {f"{self.prefix}{name}": value for name, value in values.items()}

    def explain(self, figure: Figure) -> str:
        """Where a figure of this side is explained."""
        return self.asked.url(".explanation", **{FIGURE: figure.code})


@bp.get("/<wave_id>/so-sanh")
@accounts.requires("admin", "analyst", "auditor")
def comparison(wave_id: str) -> ResponseReturnValue:
    """Show two selections side by side, and what lies between them."""
    asked = opened(wave_id)
    waves = series_of(asked)
    halves = [_half(asked, waves, prefix) for prefix in PREFIXES]
    is_begun = any(name.startswith(PREFIXES) for name in request.args)
    found, reason = _compared(asked, halves) if is_begun else (None, None)
    return shown(
        asked,
        ".comparison",
        halves=halves,
        screen=None if found is None else _screen(found, asked, halves),
        reason=None if reason is None else REASONS[reason],
        is_begun=is_begun,
        swap_url=address_of(".comparison", wave_id, _swapped(halves)),
    )


def _compared(
    asked: Opened, halves: Sequence[Half]
) -> tuple[Comparison | None, str | None]:
    first, second = (
        Side(wave=half.asked.wave, filters=half.asked.filters) for half in halves
    )
    try:
        found = compared(
            db.session,
            first,
            second,
            language=asked.language,
            agency=web.agency(),
            reach=asked.reach,
            late_days=web.settings().late_days,
        )
    except NotComparable as error:
        return None, error.reason
    return found, None


def _screen(
    found: Comparison, asked: Opened, halves: Sequence[Half]
) -> ComparisonScreen:
    first, second = halves
    return ComparisonScreen(
        found,
        levels=asked.levels,
        language=asked.language,
        names=("A", "B"),
        scopes=(first.scope, second.scope),
        explain=(first.explain, second.explain),
    )


def _half(asked: Opened, waves: Sequence[Wave], prefix: str) -> Half:
    """One side, from its own parameters; until there are any, the page's filters."""
    given = {
        name.removeprefix(prefix): value
        for name, value in request.args.items()
        if name.startswith(prefix)
    } or asked.filters.address
    wave = _wave(asked, waves, prefix, given.get(WAVE))
    try:
        filters = address.read(db.session, wave, given, reach=asked.reach)
    except UnknownChoice as error:
        raise UnknownChoice(f"{prefix}{error.name}", error.value, error.why) from None
    side = replace(asked, wave=wave, filters=filters)
    own = choices.fields(
        db.session,
        wave,
        filters,
        asked.language,
        reach=asked.reach,
        counted=side.count(),
    )
    return Half(
        prefix=prefix,
        asked=side,
        fields=[
            _waves_field(waves, wave, prefix),
            *(replace(one, name=f"{prefix}{one.name}") for one in own),
        ],
        name=f"{wave.title}; {_scope(side)}",
        scope=_scope(side),
    )


def _wave(
    asked: Opened, waves: Sequence[Wave], prefix: str, wave_id: str | None
) -> Wave:
    for wave in waves:
        if wave.id == (wave_id or asked.wave.id):
            return wave
    raise UnknownChoice(f"{prefix}{WAVE}", wave_id or "")


def _waves_field(waves: Sequence[Wave], chosen: Wave, prefix: str) -> choices.Field:
    return choices.Field(
        f"{prefix}{WAVE}",
        str(_l("Đợt khảo sát")),
        tuple(
            choices.Option(wave.id, f"{wave.title} ({wave.id})", wave.id == chosen.id)
            for wave in waves
        ),
    )


def _scope(side: Opened) -> str:
    entries = address.entries(
        db.session, side.wave, side.filters, side.language, reach=side.reach
    )
    return "; ".join(one.text for one in entries)


def _swapped(halves: Sequence[Half]) -> Mapping[str, Any]:
    first, second = halves
    return {
        **replace(second, prefix=PREFIXES[0]).address,
        **replace(first, prefix=PREFIXES[1]).address,
    }
