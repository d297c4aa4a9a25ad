"""A wave as somebody opened it: within his reach and for the filters of the address;
and the frame that all pages of it share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from survey import accounts, catalogue, web
from survey.db import db
from survey.exports import Level, Report
from survey.figures import choices
from survey.figures import filters as address
from survey.figures.build import report
from survey.figures.counting import Counted, count
from survey.figures.filters import Filters, UnknownChoice
from survey.formats import date_text
from survey.models import Wave
from survey.questionnaire import Questionnaire

bp = Blueprint("results", __name__, url_prefix="/ket-qua")

STATES: Final = {
    "draft": (_l("Chưa mở"), "grey"),
    "rehearsal": (_l("Diễn tập"), "yellow"),
    "open": (_l("Đang mở"), "green"),
    "closed": (_l("Đã đóng"), "blue"),
}
TABS: Final = (
    (_l("Tổng hợp"), ".wave"),
    (_l("Theo đơn vị, thủ tục, lĩnh vực"), ".parts"),
    (_l("Diễn biến"), ".trend"),
    (_l("So sánh"), ".comparison"),
    (_l("Từng tiêu chí"), ".criterion"),
    (_l("Cần cải thiện trước"), ".priorities"),
    (_l("Thực tế của đợt"), ".facts"),
    (_l("Ý kiến"), "comments.wave"),
    (_l("Khi bỏ phiếu thiếu cân nhắc"), ".sensitivity"),
    (_l("Tỷ lệ trả lời"), ".response_rates"),
    (_l("Hướng dẫn"), ".guidance"),
    (_l("Cách tính"), ".method"),
    (_l("Tải về"), ".downloads"),
)
"""The pages of a wave in the order of the navigation: a name and an endpoint."""
NEEDED: Final = {".parts": {"dimension": "don-vi"}}
"""What the address of a page needs besides the wave."""
OF_THE_OFFICE: Final = (".guidance",)
"""Pages for those only who read the whole office."""
WITHOUT_FILTERS: Final = (".guidance", ".comparison")
"""Pages where filters only go along with the links of the navigation: they are about
the whole wave, or have a form of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A wave, who reads it, and the part of it that is asked for."""

    wave: Wave
    filters: Filters
    reach: list[int] | None
    """Ids of the units whose results may be read; None for all."""
    language: str

    @property
    def questionnaire(self) -> Questionnaire:
        """What was asked in this wave."""
        kept = self.wave.questionnaire
        return catalogue.questionnaire(db.session, kept.id, sha256=kept.sha256)

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels of its scale, in words."""
        scale = self.questionnaire.scale
        return tuple(
            Level(
                code=level.code,
                label=level.label.get(self.language),
                is_satisfied=level.code >= scale.satisfied_from,
            )
            for level in scale.levels
        )

    def url(self, endpoint: str, **more: Any) -> str:
        """The address of a page of this wave, with the same filters."""
        return address_of(endpoint, self.wave.id, {**self.filters.address, **more})

    def count(self) -> Counted:
        """What the tallies of the selection add up to."""
        chosen = address.selection(db.session, self.filters, reach=self.reach)
        return count(db.session, self.wave, chosen)

    def report(self, counted: Counted | None = None) -> Report:
        """The figures of the selection that may be shown."""
        return report(
            db.session,
            self.wave,
            self.filters,
            language=self.language,
            agency=web.agency(),
            reach=self.reach,
            counted=counted,
            late_days=web.settings().late_days,
        )


def address_of(endpoint: str, wave_id: str, values: Mapping[str, Any]) -> str:
    """The address of a page of a wave, with these parameters."""
    return url_for(endpoint, wave_id=wave_id, **values)


def opened(wave_id: str) -> Opened:
    """The wave of an address, for the filters that stand in it.

    Raises:
        UnknownChoice: a filter has a value that is not there, or not for this account.
    """
    found = accounts.wave_in_reach(db.session, wave_id)
    reach = accounts.scope(db.session)
    return Opened(
        wave=found,
        filters=address.read(db.session, found, request.args, reach=reach),
        reach=reach,
        language=web.language(),
    )


def opened_whole(wave_id: str) -> Opened:
    """As `opened`, for accounts that read the whole office; a 403 for others.

    A division is judged by these forms: what the guidance does to its ratings is the
    office's to know.
    """
    accounts.wave_in_reach(db.session, wave_id)
    if accounts.scope(db.session) is not None:
        abort(403)
    return opened(wave_id)


def shown(
    asked: Opened,
    endpoint: str,
    *,
    counted: Counted | None = None,
    more: Mapping[str, str] = MappingProxyType({}),
    kept: Mapping[str, str] = MappingProxyType({}),
    **values: Any,
) -> ResponseReturnValue:
    """A page of a wave, in the frame that all of them share.

    Args:
        endpoint: of the page, as TABS has it; its template bears the same name.
        counted: what the selection adds up to, where that is known already.
        more: what the address of the page needs besides the wave.
        kept: further parameters that stay when the filters are dropped.
    """
    return render_template(
        f"results/{endpoint.removeprefix('.')}.html",
        wave=asked.wave,
        state=STATES[asked.wave.state],
        period=period(asked.wave),
        tabs=_tabs(asked, endpoint),
        asked=asked,
        **_filters(asked, endpoint, counted, {**more, **kept}),
        **values,
    )


def _tabs(asked: Opened, current: str) -> list[tuple[Any, str, bool]]:
    return [
        (label, asked.url(endpoint, **NEEDED.get(endpoint, {})), endpoint == current)
        for label, endpoint in TABS
        if asked.reach is None or endpoint not in OF_THE_OFFICE
    ]


def _filters(
    asked: Opened, endpoint: str, counted: Counted | None, more: Mapping[str, str]
) -> dict[str, Any]:
    """The form of the filters, and what is chosen in words."""
    if endpoint in WITHOUT_FILTERS:
        return {"fields": (), "selection": ()}
    chosen = asked.filters
    return {
        "fields": choices.fields(
            db.session,
            asked.wave,
            chosen,
            asked.language,
            reach=asked.reach,
            counted=counted or asked.count(),
        ),
        "selection": address.entries(
            db.session, asked.wave, chosen, asked.language, reach=asked.reach
        ),
        "action": address_of(endpoint, asked.wave.id, more),
        "is_filtered": bool(chosen.address),
    }


def period(found: Wave) -> str:
    """From when until when a wave is open."""
    first, last = (
        date_text(day, web.language()) for day in (found.opens_on, found.closes_on)
    )
    return f"{first} – {last}"


def choice(name: str, default: str, known: Any) -> str:
    """A parameter of the address that must be one of those known.

    Raises:
        UnknownChoice: it is another.
    """
    value = request.args.get(name) or default
    if value not in known:
        raise UnknownChoice(name, value)
    return value


@bp.errorhandler(UnknownChoice)
def unknown_choice(error: UnknownChoice) -> ResponseReturnValue:
    """The page that says which part of the address means nothing here."""
    label = address.LABELS.get(error.name)
    name = label.get(web.language()) if label else error.name
    return web.refusal(
        404,
        _("Không có lựa chọn này"),
        _(
            "Địa chỉ của trang nêu “%(name)s” là “%(value)s”, nhưng đợt khảo sát này "
            "không có giá trị đó. %(why)s Xin mở lại kết quả rồi chọn trong danh sách.",
            name=name,
            value=_legible(error.value),
            why="" if error.why is None else error.why.get(web.language()),
        ),
        link=(
            _("Mở kết quả của đợt khảo sát"),
            url_for(".wave", wave_id=(request.view_args or {})["wave_id"]),
        ),
    )


def _legible(value: str) -> str:
    """What was typed, without what no page may hold."""
    return "".join(symbol for symbol in value[:100] if symbol.isprintable())
