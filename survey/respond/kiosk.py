"""A tablet at a counter: the page of a kiosk, what keeps it at work without a network,
and the door through which it sends what was filled in."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from survey import accounts, clock, codes, cookies, web
from survey.db import AnyConnection, reading, writing
from survey.respond import drafts, kiosk_forms, kiosk_page, visits
from survey.respond.visits import Visit

bp = Blueprint("kiosk", __name__)

MOST_RECEIPTS: Final = 120
"""More than a counter fills in within a day."""
KIND: Final = "kiosk"


def _visit(connection: AnyConnection, token: str, moment: datetime) -> Visit:
    found = visits.visit(
        connection,
        codes.normalise(token),
        "",
        now=moment,
        draft_days=web.settings().draft_days,
        late_days=web.settings().late_days,
    )
    if found.kind != KIND:
        raise visits.UnknownLink
    return found


@bp.errorhandler(visits.UnknownLink)
def unknown(error: visits.UnknownLink) -> ResponseReturnValue:
    """Say that no kiosk stands behind this code."""
    return _refused(
        404,
        _("Không tìm thấy phiếu khảo sát"),
        _("Đường dẫn này không phải của máy đặt tại chỗ. Xin hỏi nơi đã tạo mã."),
    )


@bp.errorhandler(visits.VisitError)
def closed(error: visits.VisitError) -> ResponseReturnValue:
    """Say that this kiosk takes no answers today."""
    return _refused(
        410,
        _("Đường dẫn này hiện không nhận phiếu"),
        _(
            "Đợt khảo sát chưa mở, đã kết thúc, hoặc đường dẫn đã được thay. Xin tạo "
            "đường dẫn mới cho máy này."
        ),
    )


@bp.errorhandler(kiosk_forms.Unreadable)
def unreadable(error: kiosk_forms.Unreadable) -> ResponseReturnValue:
    """Refuse what no kiosk sends."""
    return {"refused": "unreadable"}, 400


@bp.errorhandler(kiosk_forms.Refused)
def refused(error: kiosk_forms.Refused) -> ResponseReturnValue:
    """Refuse answers that nobody was offered, naming their questions."""
    return {"refused": str(error)}, 422


def _refused(status: int, title: str, advice: str) -> ResponseReturnValue:
    if request.accept_mimetypes.best == "application/json":  # the script, not a person
        return {"refused": "closed"}, status
    return web.refusal(status, title, advice, link=(_("Gõ mã"), "/"))


def _kept_private(body: bytes | str, mimetype: str) -> Response:
    """What only this device keeps, and asks for anew whenever it can."""
    headers = [("Cache-Control", "private, no-cache")]
    return Response(body, 200, headers, content_type=f"{mimetype}; charset=utf-8")


@bp.get("/p/<token>/kiosk")
@accounts.public
def show(token: str) -> ResponseReturnValue:
    """Show the whole form of a kiosk, the same to everybody and without a cookie."""
    with reading() as connection:
        visit = _visit(connection, token, clock.now())
        faces = kiosk_page.variants(visit)
        wanted = kiosk_page.Variant(
            request.args.get("ngon-ngu", ""), request.args.get("cach", "")
        )
        chosen = wanted if wanted in faces else faces[0]
        g.language = chosen.language
        page = kiosk_page.html(connection, visit, chosen)
    return _kept_private(page, "text/html")


@bp.get("/p/<token>/kiosk/sw.js")
@accounts.public
def worker(token: str) -> ResponseReturnValue:
    """Hand out the script that answers the device while there is no network."""
    with reading() as connection:
        visit = _visit(connection, token, clock.now())
        script = kiosk_page.worker(connection, visit)
    answer = _kept_private(script, "text/javascript")
    # Without this its folder would be the limit, and the page stands just above it.
    answer.headers["Service-Worker-Allowed"] = f"/p/{visit.token}/kiosk"
    return answer


@bp.get("/p/<token>/kiosk/ung-dung.webmanifest")
@accounts.public
def manifest(token: str) -> ResponseReturnValue:
    """Tell the tablet how the page looks on its home screen."""
    with reading() as connection:
        visit = _visit(connection, token, clock.now())
    text = json.dumps(kiosk_page.manifest(visit), ensure_ascii=False)
    return _kept_private(text, "application/manifest+json")


@bp.get("/p/<token>/kiosk/trang-thai")
@accounts.public
def standing(token: str) -> ResponseReturnValue:
    """Tell a kiosk which state of itself is the newest, and give it receipts ahead.

    Without a network nobody could be given a receipt: it follows from a key by a secret
    that must not lie on a tablet. So keys are drawn here, each with its receipt.
    """
    now = clock.now()
    with reading() as connection:
        visit = _visit(connection, token, now)
        version = kiosk_page.packed(connection, visit).version
    wanted = request.args.get("so", 0, type=int)
    drawn = [secrets.token_urlsafe(24) for _ in range(min(wanted, MOST_RECEIPTS))]
    return {
        "version": version,
        "now": now.isoformat(timespec="milliseconds"),  # a tablet's clock may be off
        "receipts": [[key, _receipt(visit, key)] for key in drawn],
    }


def _receipt(visit: Visit, key: str) -> str:
    # Of this link's forms only: no key of another form can be asked about here.
    return drafts.receipt_of(web.settings().secret(), f"kiosk:{visit.link_id}:{key}")


@bp.post("/p/<token>/kiosk")
@cookies.exempt
@accounts.public
def receive(token: str) -> ResponseReturnValue:
    """Take one form that was filled in at a kiosk, exactly once however often it comes.

    No cookie has a say here, so no other site can make use of one: whoever sends must
    know the token, as for every form, and a page of another site cannot send JSON.
    """
    with reading() as connection:
        visits.kiosk_of(connection, codes.normalise(token))
    if not _is_own():
        return {"refused": "origin"}, 403
    if request.mimetype != "application/json":
        raise kiosk_forms.Refused("not JSON")
    found = kiosk_forms.parsed(request.get_data(cache=False))
    now = clock.now()
    if "abandoned" in found:
        connection = writing().connection()
        visit = _visit(connection, token, now)
        kiosk_forms.abandon(connection, visit, found["abandoned"], now=now)
        writing().commit()
        return {"counted": True}
    return _count(token, kiosk_forms.read(found), now)


def _is_own() -> bool:
    """Whether a request came from a page of ours, as far as its browser tells."""
    origin = request.headers.get("Origin")
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin" and (
        origin is None or urlsplit(origin).netloc == request.host
    )


def _count(token: str, sent: kiosk_forms.Sent, now: datetime) -> ResponseReturnValue:
    connection = writing().connection()
    link_id = visits.kiosk_of(connection, codes.normalise(token))
    receipt = drafts.receipt_of(web.settings().secret(), f"kiosk:{link_id}:{sent.key}")
    if drafts.counted(connection, receipt):
        return _thanked(receipt)
    visit, moment = _visit_then(connection, token, sent, now)
    if (visit.is_rehearsal, visit.sha256) != (sent.is_rehearsal, sent.version):
        # Filled in while the wave was rehearsed, or on another questionnaire.
        raise visits.ClosedLink
    try:
        kiosk_forms.count(connection, visit, sent, receipt=receipt, moment=moment)
        writing().commit()
    except IntegrityError:
        # The same form came twice at once, and the other one was quicker.
        writing().close()
        if not drafts.counted(writing().connection(), receipt):
            raise
    return _thanked(receipt)


def _visit_then(
    connection: AnyConnection, token: str, sent: kiosk_forms.Sent, now: datetime
) -> tuple[Visit, datetime]:
    """The link as it was when the form was filled in; a day on which it did not open
    is the mistake of a tablet's clock if it opens today."""
    moment = kiosk_forms.moment_of(sent, now)
    try:
        return _visit(connection, token, moment), moment
    except visits.ClosedLink:
        return _visit(connection, token, now), now


def _thanked(receipt: str) -> dict[str, Any]:
    return {"receipt": receipt}
