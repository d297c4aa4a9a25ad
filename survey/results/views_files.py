"""What of the results can be taken away: the page that offers it, and the files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final

import sqlalchemy as sa
from flask import Response, abort, current_app, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy.orm import Session

from survey import accounts, clock, web
from survey.db import db
from survey.figures import filters as address
from survey.figures import writing
from survey.figures.filters import UnknownChoice
from survey.figures.raw import Raw
from survey.results.scope import Opened, bp, choice, opened, shown

DOWNLOADS_PER_PERSON: Final = parse("60/minute")
MOST_IN_MEMORY: Final = 4 * 1024 * 1024


@bp.get("/<wave_id>/tai-ve")
@accounts.requires("admin", "analyst", "auditor")
def downloads(wave_id: str) -> ResponseReturnValue:
    """Offer every file for the filters in the address."""
    asked = opened(wave_id)
    return shown(asked, ".downloads", downloads=offered(asked))


@bp.get("/<wave_id>/tai-ve.<any(csv, xlsx, json, docx, pdf):format>")
@accounts.requires("admin", "analyst", "auditor")
def download(wave_id: str, format: str) -> ResponseReturnValue:
    """Hand over the report, the raw answers or their codes as a file."""
    session = db.session
    account = accounts.current()
    asked = opened(wave_id)
    found, chosen, reach = asked.wave, asked.filters, asked.reach
    kind = choice("kind", "report", writing.FORMATS)
    if format not in writing.FORMATS[kind]:
        raise UnknownChoice("kind", kind)
    language = choice("language", web.language(), web.LANGUAGES)

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
        return _streamed(session, asked, name)
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
            superior=web.superior(language),
            on=clock.today(),
            filters=chosen,
            reach=reach,
            late_days=web.settings().late_days,
        )
    except writing.TooManyRows:
        target.close()
        return _too_many_rows(asked)
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


def _streamed(session: Session, asked: Opened, name: str) -> Response:
    chosen = address.selection(session, asked.filters, reach=asked.reach)
    raw = Raw(session, asked.wave, chosen)
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


def _too_many_rows(asked: Opened) -> ResponseReturnValue:
    return web.refusal(
        422,
        _("Quá nhiều phiếu cho một tệp XLSX"),
        _("Xin tải tệp CSV, hoặc chọn phạm vi nhỏ hơn rồi tải lại."),
        link=(
            _("Tải phiếu trả lời dạng CSV"),
            asked.url(".download", format="csv", kind="raw"),
        ),
    )


def offered(asked: Opened) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be downloaded: a name, and a link for each format and language.

    Single forms are only for accounts that read the whole office.
    """
    kinds = (
        ("report", _("Báo cáo")),
        ("dispositions", _("Tỷ lệ trả lời theo đơn vị và thủ tục")),
        ("facts", _("Thực tế của đợt")),
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
                    asked.url(".download", format=format, kind=kind, language=language),
                )
                for format in writing.FORMATS[kind]
                for language, label in (
                    # Columns and codes of raw CSV are the same in both languages.
                    (("vi", ""),) if (kind, format) == ("raw", "csv") else languages
                )
            ],
        )
        for kind, name in kinds
        if asked.reach is None or kind != "raw"
    ]
