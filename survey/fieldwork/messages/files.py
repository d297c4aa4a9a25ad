"""Files of messages, written at the moment they are asked for and kept nowhere here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

import sqlalchemy as sa
from flask import Response
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import codes
from survey.config import Settings
from survey.db import db, in_chunks
from survey.exports.message_files import Letter, letters_csv, letters_xlsx
from survey.exports.messages import TooLong
from survey.fieldwork import links
from survey.fieldwork.links import Made
from survey.fieldwork.messages import reminders
from survey.fieldwork.messages.queueing import no_key_words
from survey.fieldwork.messages.wording import Writer, too_long_words
from survey.fieldwork.terms import FieldworkError
from survey.models import Batch, Reach, Wave

ROWS_OF_PART: Final = 10_000
"""Of a long batch a file holds so many places: it is made while a person waits."""
_ROWS: Final = 500
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TITLES: Final = {"invitation": "Lời mời", "reminder": "Lời nhắc"}
_STEMS: Final = {"invitation": "loi-moi", "reminder": "loi-nhac"}
NOTES: Final = (
    "Mỗi dòng là một hồ sơ. Đường dẫn của dòng nào chỉ dành cho hồ sơ của dòng đó và "
    "chỉ trả lời được một lần: ghép nhầm dòng là mời nhầm doanh nghiệp.",
    "“Tin nhắn ngắn (SMS)”: không dấu, dưới 160 ký tự, gửi trong một tin. “Nội dung "
    "đầy đủ”: có dấu, dùng cho Zalo hoặc thư điện tử, kèm “Tiêu đề thư”.",
    "Thiếu điện thoại hoặc thư điện tử thì ghép với danh sách của cơ quan theo cột “Mã "
    "hồ sơ”. Điện thoại chỉ gồm chữ số.",
    "Ai có đường dẫn là trả lời được thay doanh nghiệp. Không chuyển tệp này cho "
    "phòng, đơn vị được đánh giá; không đưa lên nhóm chung; xóa tệp khi đợt khảo sát "
    "kết thúc.",
    "Giữ tệp lời mời cho tới khi nhắc: hệ thống không lưu đường dẫn. Khi đến hạn nhắc, "
    "tải tệp này lên trang “Gửi lời mời” để nhận tệp nhắc chỉ gồm hồ sơ chưa trả lời.",
)  # fmt: skip
"""On the second sheet; Vietnamese, as what the office keeps is."""


@dataclass(frozen=True)
class Letters:
    """What a file is made of, and the links that go out in it."""

    letters: Sequence[Letter]
    link_ids: Sequence[int]


def _session() -> Session:
    """For long looking: it holds nobody up."""
    return Session(db.engine.execution_options(is_deferred=True))


def parts_of(batch: Batch) -> list[tuple[int, int]]:
    """The first and the last place of each file of a batch, counted from 1."""
    return [
        (start + 1, min(start + ROWS_OF_PART, batch.size))
        for start in range(0, batch.size, ROWS_OF_PART)
    ]


def letters_of(settings: Settings, batch_id: int, kind: str, part: int) -> Letters:
    """The letters of the links of a part of a batch that still wait for an answer.

    Raises:
        FieldworkError: there is none, the key is gone, or a short text is too long.
    """
    start = part * ROWS_OF_PART
    with _session() as session:
        batch = session.get_one(Batch, batch_id)
        wave = session.get_one(Wave, batch.wave_id)
        made = islice(links.made_of(session, batch), start, start + ROWS_OF_PART)
        standing = [one for one in made if one.link.standing == "active"]
        if not standing:
            raise FieldworkError(_("Không còn mã nào đang chờ trả lời trong lô này."))
        writer = Writer(session, settings, wave, kind)
        return _written_by(writer, _reached(session, standing))


def _reached(
    session: Session, made: Iterable[Made]
) -> Iterator[tuple[Made, Reach | None]]:
    """Each link with where its business is reached."""
    for some in in_chunks(made, _ROWS):
        ids = [one.link.dossier_id for one in some if one.link.dossier_id is not None]
        found = session.scalars(sa.select(Reach).where(Reach.dossier_id.in_(ids)))
        reaches = {reach.dossier_id: reach for reach in found}
        for one in some:
            yield one, reaches.get(one.link.dossier_id or 0)


def _written_by(writer: Writer, pairs: Iterable[tuple[Made, Reach | None]]) -> Letters:
    letters, ids = [], []
    for made, reach in pairs:
        if codes.hashed(made.token) != made.link.token_hash:
            # The secret of the installation was changed since: nobody could answer.
            raise FieldworkError(no_key_words())
        try:
            letters.append(writer.letter(made, reach))
        except TooLong as error:
            raise FieldworkError(
                too_long_words(error, f"{writer.origin}/p/{made.token}")
            ) from error
        ids.append(made.link.id)
    return Letters(letters, ids)


def reminders_of(
    settings: Settings,
    wave_id: str,
    listed: Sequence[reminders.Listed],
    now: datetime,
) -> Letters:
    """The letters that remind those of a list who have not answered.

    Raises:
        FieldworkError: nobody is to be reminded, with the reasons.
    """
    with _session() as session:
        wave = session.get_one(Wave, wave_id)
        result = reminders.sort(session, settings, wave, listed, now)
        if not result.to_remind:
            reasons = "; ".join(
                f"{count} {words}" for words, count in reminders.counted_words(result)
            )
            raise FieldworkError(
                _(
                    "Không có ai cần nhắc. Trong %(n)s mã của tệp: %(reasons)s.",
                    n=result.listed,
                    reasons=reasons,
                ),
                "file",
            )
        writer = Writer(session, settings, wave, "reminder")
        return _written_by(writer, result.to_remind)


def written(letters: Sequence[Letter], stem: str, kind: str, suffix: str) -> Response:
    """The file as an answer that no cache keeps."""
    if suffix == "csv":
        content, mimetype = letters_csv(letters), "text/csv"
    else:
        content = letters_xlsx(letters, title=_TITLES[kind], notes=NOTES)
        mimetype = XLSX
    response = Response(content, mimetype=mimetype)
    name = f"khao-sat-{stem}-{_STEMS[kind]}.{'csv' if suffix == 'csv' else 'xlsx'}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
