"""The pages of the results: the waves, the figures of one, and its downloads."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

import sqlalchemy as sa
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.orm import Session

from survey import accounts, clock, web
from survey.db import db
from survey.exports import dispositions
from survey.figures import choices, writing
from survey.figures import filters as address
from survey.figures.build import report
from survey.figures.counting import count
from survey.figures.filters import Filters, UnknownChoice
from survey.figures.raw import Raw
from survey.formats import date_text
from survey.models import Wave
from survey.results.screen import Screen

bp = Blueprint("results", __name__, url_prefix="/ket-qua")

STATES = {
    "draft": (_l("Chưa mở"), "grey"),
    "rehearsal": (_l("Diễn tập"), "yellow"),
    "open": (_l("Đang mở"), "green"),
    "closed": (_l("Đã đóng"), "blue"),
}
DOWNLOADS_PER_PERSON = parse("60/minute")
MOST_IN_MEMORY = 4 * 1024 * 1024


@bp.get("/")
@accounts.requires("admin", "analyst", "auditor")
def waves() -> ResponseReturnValue:
    """List the waves whose results may be read, the latest first."""
    query = accounts.reachable_waves(db.session)
    found = db.session.scalars(query.order_by(Wave.opens_on.desc(), Wave.id)).all()
    return render_template(
        "results/waves.html",
        waves=[(wave, period(wave), STATES[wave.state]) for wave in found],
    )


@bp.get("/<wave_id>")
@accounts.requires("admin", "analyst", "auditor")
def wave(wave_id: str) -> ResponseReturnValue:
    """Show the figures of one wave for the filters in the address."""
    session = db.session
    found = accounts.wave_in_reach(session, wave_id)
    reach = accounts.scope(session)
    language = web.language()
    try:
        chosen = address.read(session, found, request.args, reach=reach)
    except UnknownChoice as error:
        return unknown_choice(found, error)
    counted = count(session, found, address.selection(session, chosen, reach=reach))
    made = report(
        session,
        found,
        chosen,
        language=language,
        agency=web.agency(),
        reach=reach,
        counted=counted,
        late_days=web.settings().late_days,
    )
    return render_template(
        "results/wave.html",
        wave=found,
        state=STATES[found.state],
        period=period(found),
        screen=Screen(made),
        report=made,
        units=dispositions.lines(made.dispositions, "unit", language),
        procedures=dispositions.lines(made.dispositions, "procedure", language),
        rate_notes=dispositions.notes(language),
        fields=choices.fields(
            session, found, chosen, language, reach=reach, counted=counted
        ),
        is_filtered=bool(chosen.address),
        downloads=_downloads(found, chosen, is_whole=reach is None),
        guidance_url=(
            url_for(".guidance", wave_id=found.id) if reach is None else None
        ),
    )


@bp.get("/<wave_id>/tai-ve.<any(csv, xlsx, json):format>")
@accounts.requires("admin", "analyst", "auditor")
def download(wave_id: str, format: str) -> ResponseReturnValue:
    """Hand over the report, the raw answers or their codes as a file."""
    session = db.session
    account = accounts.current()
    found = accounts.wave_in_reach(session, wave_id)
    reach = accounts.scope(session)
    try:
        kind = choice("kind", "report", writing.FORMATS)
        if format not in writing.FORMATS[kind]:
            raise UnknownChoice("kind", kind)
        language = choice("language", web.language(), web.LANGUAGES)
        chosen = address.read(session, found, request.args, reach=reach)
    except UnknownChoice as error:
        return unknown_choice(found, error)

    if kind == "raw" and reach is not None:
        # A division is rated by these forms: it reads indices, never single forms.
        abort(403)
    refuse_too_many_downloads(account.id)
    web.log.info(
        "download",
        account=account.id,
        wave=found.id,
        kind=kind,
        format=format,
        language=language,
        filters=chosen.address,
    )
    scope = address.stem(session, found, chosen, reach=reach)
    name = writing.file_name(found, kind, language, format, scope=scope)
    if (kind, format) == ("raw", "csv"):
        return _streamed(session, found, chosen, reach, name)
    # Kept in memory while small, else on disk.
    target = tempfile.SpooledTemporaryFile(max_size=MOST_IN_MEMORY)  # noqa: SIM115
    try:
        writing.write(
            session,
            found.id,
            target,
            format=format,
            kind=kind,
            language=language,
            agency=web.agency(language),
            on=clock.today(),
            filters=chosen,
            reach=reach,
            late_days=web.settings().late_days,
        )
    except writing.TooManyRows:
        target.close()
        return _too_many_rows(found, chosen)
    answer = attachment(_read_out(target), format, name)
    answer.content_length = target.tell()
    target.seek(0)
    return answer


def refuse_too_many_downloads(account_id: int) -> None:
    """End the request when this person has asked for too many files just now."""
    limits: FixedWindowRateLimiter = current_app.extensions["limits"]
    if not limits.hit(DOWNLOADS_PER_PERSON, "downloads", str(account_id)):
        abort(429)


def _read_out(target: IO[bytes]) -> Iterator[bytes]:
    with target:
        while piece := target.read(64 * 1024):
            yield piece


def attachment(pieces: Iterable[bytes], format: str, name: str) -> Response:
    """A file to keep, under its name."""
    answer = Response(pieces, content_type=writing.TYPES[format])
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


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


def _streamed(
    session: Session,
    found: Wave,
    chosen: Filters,
    reach: Sequence[int] | None,
    name: str,
) -> Response:
    raw = Raw(session, found, address.selection(session, chosen, reach=reach))
    engine = db.engine
    # From here on a connection is held for one chunk at a time, however slowly the
    # reader takes the pieces.
    session.close()

    def fetch(query: sa.Select[Any]) -> Sequence[Any]:
        with Session(engine) as own:
            return own.execute(query).all()

    # With the context of the request, by which SQLite's transactions know that they
    # only read.
    pieces = stream_with_context(writing.stream(raw, fetch))
    return attachment(pieces, "csv", name)


def unknown_choice(found: Wave, error: UnknownChoice) -> ResponseReturnValue:
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
            url_for(".wave", wave_id=found.id),
        ),
    )


def _legible(value: str) -> str:
    """What was typed, without what no page may hold."""
    return "".join(symbol for symbol in value[:100] if symbol.isprintable())


def _too_many_rows(found: Wave, chosen: Filters) -> ResponseReturnValue:
    return web.refusal(
        422,
        _("Quá nhiều phiếu cho một tệp XLSX"),
        _("Xin tải tệp CSV, hoặc chọn phạm vi nhỏ hơn rồi tải lại."),
        link=(
            _("Tải phiếu trả lời dạng CSV"),
            _address(found, chosen, "csv", kind="raw"),
        ),
    )


def _address(found: Wave, chosen: Filters, format: str, **more: str) -> str:
    values: dict[str, Any] = {**chosen.address, **more}
    return url_for(".download", wave_id=found.id, format=format, **values)


def _downloads(
    found: Wave, chosen: Filters, *, is_whole: bool
) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be downloaded: a name, and a link for each format and language.

    Args:
        is_whole: whether the account reads the whole office; single forms are only
            for those who do.
    """
    kinds = (
        ("report", _("Báo cáo")),
        ("dispositions", _("Tỷ lệ trả lời theo đơn vị và thủ tục")),
        ("raw", _("Phiếu trả lời, mỗi phiếu một dòng")),
        ("codes", _("Bảng mã của phiếu trả lời")),
    )
    languages = (("vi", _(", tiếng Việt")), ("en", _(", tiếng Anh")))
    return [
        (
            name,
            [
                (
                    f"{format.upper()}{label}",
                    _address(found, chosen, format, kind=kind, language=language),
                )
                for format in writing.FORMATS[kind]
                for language, label in (
                    # Columns and codes of raw CSV are the same in both languages.
                    (("vi", ""),) if (kind, format) == ("raw", "csv") else languages
                )
            ],
        )
        for kind, name in kinds
        if is_whole or kind != "raw"
    ]
