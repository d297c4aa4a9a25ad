"""Is this code real? Tells what the office issued a code for and how it stands, and
warns of codes and addresses that the office never issued."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Blueprint, g, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from survey import accounts, clock, codes, web
from survey.db import Base, Statement, reading
from survey.formats import date_text
from survey.models import Keyhole, Link, Procedure, Unit, Wave
from survey.respond import addresses, forms

bp = Blueprint("genuine", __name__)

MOST_TYPED: Final = 500
GROUP: Final = 4
_GAPS: Final = re.compile(r"[\s\-–—_.·•−]+")

_LINK, _KEYHOLE, _WAVE, _UNIT, _PROCEDURE = (
    Base.metadata.tables[noun.__tablename__]
    for noun in (Link, Keyhole, Wave, Unit, Procedure)
)
# Nothing of the dossier, and of no link that takes several forms whether it took any.
_ISSUED: Final = Statement(
    sa.select(
        _LINK.c.kind,
        _LINK.c.state,
        _LINK.c.counter,
        _LINK.c.made_on,
        _LINK.c.valid_to,
        _KEYHOLE.c.link_id,
        _WAVE.c.title,
        _WAVE.c.state,
        _WAVE.c.opens_on,
        _WAVE.c.closes_on,
        _UNIT.c.name,
        _PROCEDURE.c.name,
    )
    .select_from(_LINK)
    .join(_WAVE, _WAVE.c.id == _LINK.c.wave_id)
    .join(_UNIT, _UNIT.c.id == _LINK.c.unit_id)
    .outerjoin(_PROCEDURE, _PROCEDURE.c.id == _LINK.c.procedure_id)
    .outerjoin(_KEYHOLE, _KEYHOLE.c.link_id == _LINK.c.id)
    .where(_LINK.c.token_hash == sa.bindparam("token_hash"))
)

_KINDS: Final = {
    "dossier": _l("Mã riêng cho một hồ sơ, dùng một lần"),
    "counter": _l("Mã dùng chung, đặt tại quầy hoặc in trên áp phích"),
    "kiosk": _l("Mã của máy tại chỗ"),
}
# Of each standing: whether all is well, the heading, and what to do now.
_STANDINGS: Final = {
    "open": (
        "good",
        _l("Mã thật, đang nhận phiếu"),
        _l("Mã do cơ quan phát hành. Quý doanh nghiệp có thể yên tâm trả lời."),
    ),
    "early": (
        "calm",
        _l("Mã thật, chưa đến ngày nhận phiếu"),
        _l("Mã do cơ quan phát hành. Xin giữ mã và mở lại từ ngày bắt đầu."),
    ),
    "rehearsal": (
        "calm",
        _l("Mã thật, đang dùng để diễn tập"),
        _l(
            "Đợt khảo sát chưa mở. Phiếu gửi lúc này chỉ để thử và bị xóa khi đợt mở; "
            "xin chờ đến ngày bắt đầu."
        ),
    ),
    "ended": (
        "calm",
        _l("Mã thật, đã hết hạn nhận phiếu"),
        _l("Mã do cơ quan phát hành nhưng không còn nhận phiếu. Không cần làm gì."),
    ),
    "used": (
        "calm",
        _l("Mã thật, phiếu của hồ sơ này đã được gửi"),
        _l(
            "Mỗi mã hồ sơ chỉ nhận một phiếu. Nếu Quý doanh nghiệp chưa gửi phiếu này, "
            "xin báo cho cơ quan."
        ),
    ),
    "replaced": (
        "stop",
        _l("Mã này đã được thay bằng mã mới"),
        _l(
            "Cơ quan từng phát hành mã này, nhưng đã thay bằng mã mới. Xin dùng mã "
            "nhận được sau; nếu chưa nhận được, xin hỏi cơ quan."
        ),
    ),
    "revoked": (
        "stop",
        _l("Mã này đã bị thu hồi"),
        _l(
            "Cơ quan từng phát hành mã này, nhưng đã thu hồi. Xin không trả lời qua mã "
            "này. Nếu mã còn được dán hay phát ở đâu, xin báo cho cơ quan."
        ),
    ),
}
_FAULTS: Final = {
    "malformed": _l(
        "Địa chỉ được viết theo cách mà địa chỉ của cơ quan không bao giờ có, thường "
        "để che nơi thật sự dẫn tới."
    ),
    "user": _l(
        "Phần đứng trước dấu @ chỉ để đánh lừa: trình duyệt đi tới máy chủ đứng sau "
        "dấu @."
    ),
    "host": _l("Địa chỉ này dẫn tới một máy chủ khác, không phải của cơ quan."),
    "scheme": _l(
        "Tên máy chủ giống của cơ quan, nhưng phần đầu địa chỉ khác: nội dung gửi đi "
        "có thể bị người khác đọc hoặc sửa."
    ),
    "port": _l("Tên máy chủ giống của cơ quan, nhưng số cổng sau dấu hai chấm khác."),
    "path": _l(
        "Tên máy chủ đúng là của cơ quan, nhưng đây không phải địa chỉ của một phiếu "
        "khảo sát."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the page says of a code.

    `tone`: "good", "calm" (genuine, nothing to do now), "stop" (genuine, but not to be
    answered) or "alarm" (not ours). `rows` are names and values; `code` is given where
    the form may be opened.
    """

    tone: str
    title: Any
    text: Any
    rows: tuple[tuple[Any, Any], ...] = ()
    code: str = ""
    is_sole: bool = False
    """Of one dossier, and not on a wall."""


class Slip(NamedTuple):
    """A slip of the finger: what stands at the field, and what may help."""

    error: str
    advice: str = ""


@bp.route("/kiem-tra-ma", methods=["GET", "POST"])
@accounts.public
@web.limited("60/minute")
def check() -> ResponseReturnValue:
    """Tell whether a code or an address is one of ours, and how it stands."""
    typed = forms.tidy(request.form.get("code", ""))[:MOST_TYPED]
    chosen = web.asked_language()
    if chosen:
        cookie["language"] = g.language = chosen
    judged: Slip | Verdict | None = None
    if typed:
        judged = _judged(typed)
    elif request.method == "POST" and not chosen:
        judged = Slip(_("Xin gõ mã, hoặc dán cả địa chỉ mà điện thoại hiện ra."))
    slip = judged if isinstance(judged, Slip) else None
    settings = web.settings()
    html = render_template(
        "respond/genuine.html",
        typed=typed,
        slip=slip,
        verdict=None if slip else judged,
        origin=settings.public_origin,
        site=urlsplit(settings.public_origin).netloc,
        contact=getattr(settings, f"contact_{web.language()}"),
    )
    return web.shown(html, 422 if slip else 200)


def _judged(typed: str) -> Slip | Verdict:
    """What is wrong with the typing, or else what became of the code."""
    code = typed
    for address in addresses.addresses_in(typed):
        seen = addresses.look(address, web.settings().public_origin)
        if seen.fault == "no_code":
            return Slip(
                _(
                    "Đây là địa chỉ của cơ quan nhưng thiếu mã. Xin dán cả địa chỉ, "
                    "hoặc gõ mã in dưới mã QR."
                )
            )
        if seen.fault:
            return _foreign(seen)
        code = seen.code
    if codes.explain(code) != "ok":
        return _slip(code)
    return _issued(codes.normalise(code), clock.today())


def _foreign(seen: addresses.Seen) -> Verdict:
    """The warning before an address that is none of ours, whatever code is in it."""
    rows = [
        (_("Địa chỉ này dẫn tới"), seen.host or _("không rõ")),
        (_("Địa chỉ thật bắt đầu bằng"), f"{web.settings().public_origin}/p/"),
    ]
    if seen.foreign:
        rows.append((_("Chữ lạ trông giống chữ thường"), " ".join(seen.foreign)))
    return Verdict(
        tone="alarm",
        title=_("Cảnh báo: đây không phải địa chỉ phiếu khảo sát của cơ quan"),
        text=_FAULTS[seen.fault],
        rows=tuple(rows),
    )


def _issued(code: str, today: date) -> Verdict:
    with reading() as connection:
        row = _ISSUED.one_or_none(connection, {"token_hash": codes.hashed(code)})
    if row is None:
        return Verdict(
            tone="alarm",
            title=_("Cảnh báo: cơ quan không phát hành mã này"),
            text=_(
                "Mã viết đúng dạng nhưng không có trong hệ thống. Đây có thể là mã giả "
                "dán chồng lên mã thật."
            ),
        )
    (
        kind, state, counter, made_on, valid_to, keyhole,
        wave, wave_state, opens_on, closes_on, unit, procedure,
    ) = row  # fmt: skip
    last_on = min(valid_to or closes_on, closes_on)
    if state != "active":
        standing = state
    elif kind == "dossier" and keyhole is None:
        standing = "used"
    else:
        standing = _standing(wave_state, opens_on, last_on, today)
    tone, title, text = _STANDINGS[standing]
    language = web.language()
    rows = [
        (_("Phát hành cho"), unit),
        (_("Thủ tục"), procedure),
        (_("Loại mã"), _KINDS[kind]),
        (_("Đặt tại"), counter),
        (_("Đợt khảo sát"), wave),
        (_("Ngày phát hành"), date_text(made_on, language)),
        (
            _("Nhận phiếu"),
            f"{date_text(opens_on, language)} – {date_text(last_on, language)}",
        ),
    ]
    return Verdict(
        tone=tone,
        title=title,
        text=text,
        rows=tuple((name, value) for name, value in rows if value),
        code=code if standing == "open" else "",
        is_sole=kind == "dossier",
    )


def _standing(wave_state: str, opens_on: date, last_on: date, today: date) -> str:
    """How a link stands that was neither used nor taken back."""
    if wave_state == "rehearsal":
        return "rehearsal"
    if wave_state == "closed" or last_on < today:
        return "ended"
    return "early" if wave_state == "draft" or today < opens_on else "open"


def _slip(typed: str) -> Slip:
    """What is wrong with a code that cannot exist, and in which group if that shows."""
    code = codes.normalise(typed)
    reason = codes.explain(typed)
    if reason == "wrong_length":
        return Slip(_wrong_length(typed, len(code)))
    if reason == "wrong_check":
        return Slip(
            _("Có ký tự gõ nhầm hoặc hai ký tự đổi chỗ. Xin so lại từng nhóm."),
            _(
                "Đã gõ: %(groups)s. Không biết được nhóm nào sai. Nếu mã in đúng như "
                "vậy, hoặc mã được quét chứ không phải gõ, thì đó không phải mã của "
                "cơ quan.",
                groups=codes.grouped(code),
            ),
        )
    groups = enumerate(codes.grouped(code).split("-"), start=1)
    places = "; ".join(
        _(
            "nhóm thứ %(number)s (%(group)s) có %(symbols)s",
            number=number,
            group=group,
            symbols=", ".join(symbols),
        )
        for number, group in groups
        if (symbols := codes.wrong_symbols(group))
    )
    return Slip(
        _("Có ký tự mà mã của cơ quan không bao giờ dùng: %(places)s.", places=places),
        _(
            "Mã không có số 0, số 1 và các chữ A, E, I, L, O, Q, U. Chỗ trông như O "
            "hay 0 thường là C, D hoặc 8; chỗ trông như I, L hay 1 thường là J, T hoặc "
            "7. Nếu mã in đúng như vậy thì đó không phải mã của cơ quan."
        ),
    )


def _wrong_length(typed: str, length: int) -> str:
    told = _("Mã có 20 ký tự, đã gõ %(length)s. Xin gõ lại đủ mã.", length=length)
    groups = [codes.normalise(group) for group in _GAPS.split(typed.strip())]
    wrong = [
        _(
            "nhóm thứ %(number)s (%(group)s) có %(length)s ký tự",
            number=number,
            group=group,
            length=len(group),
        )
        for number, group in enumerate(groups, start=1)
        if len(group) != GROUP
    ]
    if len(groups) < 2 or not wrong or len(groups) > 2 * GROUP:
        return str(told)
    places = "; ".join(wrong)
    return f"{told} {_('Mỗi nhóm có 4 ký tự, nhưng %(places)s.', places=places)}"
