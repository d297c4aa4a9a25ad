"""The texts of a wave's messages: the usual ones or the office's own, looked at before
they are kept, and filled in for one link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from survey import catalogue, codes
from survey.config import Settings
from survey.exports import messages
from survey.exports.message_files import Letter
from survey.exports.messages import Texts, TooLong
from survey.fieldwork.links import Made
from survey.formats import date_text
from survey.models import Dossier, Link, Procedure, Reach, Unit, Wave, Wording

LANGUAGE: Final = "vi"
MOST: Final = {"sms": 400, "subject": 150, "body": 4000}
"""Characters of a template, by what it is for."""
CHECK_PAGE: Final = "kiem-tra-ma"
PLACES: Final = {
    "link": _l("đường dẫn mở phiếu (bắt buộc trong tin ngắn và nội dung đầy đủ)"),
    "ma": _l("mã hồ sơ"),
    "don_vi": _l("đơn vị giải quyết"),
    "thu_tuc": _l("tên thủ tục"),
    "han": _l("ngày cuối cùng mở được phiếu"),
    "co_quan": _l("tên cơ quan khảo sát"),
    "phut": _l("số phút trả lời phiếu"),
    "kiem_tra": _l("địa chỉ trang kiểm tra mã thật, giả"),
    "lien_he": _l("nơi giải đáp"),
}
"""What may be filled in, in words."""
_ANY_TOKEN: Final = "X" * codes.TOKEN_LENGTH


def texts_of(session: Session, wave_id: str) -> Texts:
    """What the messages of a wave say."""
    kept = session.get(Wording, wave_id)
    return Texts.made_of(kept.texts if kept else {})


def keep(session: Session, wave: Wave, texts: Texts, *, by: int, now: datetime) -> None:
    """Keep the office's own texts; of the usual ones nothing is kept, so that a better
    one of a later version holds here, too."""
    usual = asdict(messages.USUAL)
    own = {name: text for name, text in asdict(texts).items() if text != usual[name]}
    kept = session.get(Wording, wave.id)
    if kept is None:
        kept = Wording(wave_id=wave.id)
        session.add(kept)
    kept.texts, kept.changed_at, kept.changed_by = own, now, by
    session.flush()


def purpose(name: str) -> str:
    """What a text is for: `sms`, `subject` or `body`."""
    return name.removeprefix("reminder_")


def faults(name: str, template: str, longest: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a text, each in a sentence that says what to mend.

    Args:
        longest: the longest values that the wave may fill in.
    """
    found = list(messages.faults(template, needs_link=purpose(name) != "subject"))
    for kind, part in found:
        yield _WORDS[kind](part)
    if purpose(name) == "sms" and not found:
        try:
            messages.short(template, longest)
        except TooLong as error:
            yield too_long_words(error, longest["link"])


def _unknown(part: str) -> str:
    return str(
        _(
            "Không có ô %(part)s; chỉ dùng các ô nêu ở dưới, viết đúng từng chữ.",
            part=part,
        )
    )


def _unpaired(part: str) -> str:
    return str(_("Dấu %(part)s chưa có đôi; xin thêm dấu còn lại.", part=part))


def _no_link(part: str) -> str:
    return str(
        _(
            "Thiếu %(part)s ngoài ngoặc vuông: không có đường dẫn thì không ai trả lời "
            "được.",
            part=part,
        )
    )


def _not_apart(part: str) -> str:
    return str(
        _(
            "Trước và sau %(part)s phải có dấu cách, nếu không điện thoại sẽ mở sai "
            "địa chỉ.",
            part=part,
        )
    )


_WORDS: Final = {
    "unknown": _unknown,
    "braces": _unpaired,
    "brackets": _unpaired,
    "no_link": _no_link,
    "link_not_apart": _not_apart,
}


def too_long_words(error: TooLong, url: str) -> str:
    """That a short text does not fit into an SMS, and what helps."""
    return str(
        _(
            "Tin ngắn có thể dài tới %(n)s ký tự, quá %(most)s: xin viết ngắn hơn, "
            "hoặc đặt phần bỏ được vào ngoặc vuông. Riêng đường dẫn đã chiếm %(url)s "
            "ký tự; tên miền ngắn hơn (SURVEY_PUBLIC_URL) cũng giúp được.",
            n=error.length,
            most=messages.MOST_OF_SMS,
            url=len(url),
        )
    )


def longest_values(session: Session, settings: Settings, wave: Wave) -> dict[str, str]:
    """Values as long as any that the wave may fill in."""
    units = catalogue.subtree(session, [wave.unit_id])
    names = session.scalars(sa.select(Unit.name).where(Unit.id.in_(units))).all()
    procedures = session.scalars(
        sa.select(Procedure.name).where(Procedure.unit_id.in_(units))
    ).all()
    longest_code = session.scalar(
        sa.select(Dossier.code)
        .where(Dossier.wave_id == wave.id)
        .order_by(sa.func.length(Dossier.code).desc(), Dossier.id)
        .limit(1)
    )
    return _common(session, settings, wave) | {
        "link": f"{settings.public_origin}/p/{_ANY_TOKEN}",
        "ma": longest_code or "H00.00-000000-0000",
        "don_vi": max(names, key=len, default=wave.unit.name),
        "thu_tuc": max(procedures, key=len, default=""),
        "han": date_text(wave.closes_on, LANGUAGE),
    }


def _common(session: Session, settings: Settings, wave: Wave) -> dict[str, str]:
    asked = catalogue.questionnaire(session, wave.questionnaire_id)
    site = urlsplit(settings.public_origin).netloc
    return {
        "co_quan": settings.agency_vi,
        "phut": str(asked.minutes),
        "kiem_tra": f"{site}/{CHECK_PAGE}",
        "lien_he": settings.contact_vi,
    }


class Writer:
    """Writes the letters of one wave, all of one kind."""

    def __init__(
        self, session: Session, settings: Settings, wave: Wave, kind: str
    ) -> None:
        """Look up once what every letter says."""
        self.texts = texts_of(session, wave.id).of(kind)
        self.origin = settings.public_origin
        self.closes_on = wave.closes_on
        self._common = _common(session, settings, wave)

    def letter(self, made: Made, reach: Reach | None) -> Letter:
        """The letter that takes a link to its business.

        Raises:
            TooLong: its short text does not fit into an SMS.
        """
        link, url = made.link, f"{self.origin}/p/{made.token}"
        values = self._common | {
            "link": url,
            "ma": link.dossier.code if link.dossier else "",
            "don_vi": link.unit.name,
            "thu_tuc": link.procedure.name if link.procedure else "",
            "han": date_text(last_day(link, self.closes_on), LANGUAGE),
        }
        sms, subject, body = self.texts
        short = messages.short(sms, values).text
        return Letter(
            dossier=values["ma"],
            phone=(reach.phone or "") if reach else "",
            email=(reach.email or "") if reach else "",
            sms=short,
            sms_length=messages.gsm_length(short),
            # A header of a letter is one line, whatever a name holds.
            subject=" ".join(messages.filled(subject, values).split()),
            body=messages.filled(body, values),
            url=url,
            code=codes.grouped(made.token),
            until=values["han"],
            unit=values["don_vi"],
            procedure=values["thu_tuc"],
        )


def last_day(link: Link, closes_on: date) -> date:
    """The last day on which a link opens."""
    return min(link.valid_to or closes_on, closes_on)
