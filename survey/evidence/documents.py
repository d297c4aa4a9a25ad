"""The office's own papers of a wave – plan, decision, signed report – and the list of
what appraisal asks for: what is there, what is missing, what is out of date."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from survey import closings, filetypes
from survey.models import Dossier, Draw, Link, Response, Wave, WaveDocument

KINDS: Final = {
    "plan": _l("Kế hoạch khảo sát"),
    "decision": _l("Quyết định"),
    "report": _l("Báo cáo đã ký"),
    "other": _l("Tài liệu khác"),
}
MOST: Final = 30
State = Literal["there", "missing", "stale"]


class DocumentError(Exception):
    """The paper cannot be kept so; the message says what to do, `field` where."""

    def __init__(self, message: str, field: str = "file") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is said of a paper."""

    kind: str
    number: str
    issued_on: date
    issuer: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of the list: what is asked for, how it stands, what to do."""

    what: str
    state: State
    note: str


def of_wave(session: Session, wave_id: str) -> Sequence[WaveDocument]:
    """The papers of a wave without their files, the oldest first."""
    return session.scalars(
        sa.select(WaveDocument)
        .where(WaveDocument.wave_id == wave_id)
        .order_by(WaveDocument.issued_on, WaveDocument.id)
    ).all()


def add(
    session: Session,
    wave: Wave,
    paper: Paper,
    content: bytes,
    *,
    by: int | None,
    now: datetime,
) -> WaveDocument:
    """Keep a paper with its wave.

    Raises:
        DocumentError: the file is empty, too large, of no kind that is taken or there
            already, or there are too many.
    """
    if not content:
        raise DocumentError(_("Tệp này trống. Xin chọn tệp khác."))
    if len(content) > filetypes.MOST_BYTES:
        raise DocumentError(_("Tệp lớn hơn 10 MB. Xin chọn tệp nhỏ hơn."))
    media = filetypes.kind_of(content)
    if media is None:
        raise DocumentError(
            _("Chỉ nhận tệp PDF, DOCX, XLSX, JPG hoặc PNG, không có macro.")
        )
    sha256 = hashlib.sha256(content).hexdigest()
    kept = of_wave(session, wave.id)
    if any(one.sha256 == sha256 for one in kept):
        raise DocumentError(_("Tệp này đã có trong hồ sơ của đợt."))
    if len(kept) >= MOST:
        raise DocumentError(_("Mỗi đợt có nhiều nhất %(n)s tài liệu.", n=MOST))
    made = WaveDocument(
        wave_id=wave.id,
        kind=paper.kind,
        number=paper.number,
        issued_on=paper.issued_on,
        issuer=paper.issuer,
        summary=paper.summary,
        media=media,
        size=len(content),
        sha256=sha256,
        content=content,
        added_at=now,
        added_by=by,
    )
    session.add(made)
    session.flush()
    return made


def checklist(session: Session, wave: Wave, *, today: date) -> tuple[Item, ...]:
    """What appraisal asks for, and how it stands, long before the deadline."""
    kinds = {one.kind for one in of_wave(session, wave.id)}
    closing = closings.latest(session, wave.id)
    is_sealed = (
        wave.state == "closed" and closing is not None and closing.sealed_at is not None
    )

    def has(noun: type[Dossier] | type[Draw] | type[Link] | type[Response]) -> bool:
        found = sa.select(noun.id).where(noun.wave_id == wave.id).limit(1)
        return session.scalar(found) is not None

    def item(what: str, is_there: bool, note: str) -> Item:
        state: State = "there" if is_there else "missing"
        return Item(what=what, state=state, note="" if is_there else note)

    over = wave.state != "closed" and wave.closes_on < today
    report = item(
        _("Báo cáo đã ký"),
        "report" in kinds,
        _("Tải báo cáo, trình ký, rồi tải bản đã ký lên đây."),
    )
    if "report" in kinds and not is_sealed:
        note = _("Đợt chưa đóng hoặc đã mở lại: báo cáo đã ký không còn khớp số liệu.")
        report = Item(what=_("Báo cáo đã ký"), state="stale", note=note)
    return (
        item(
            _("Kế hoạch hoặc quyết định của đợt"),
            bool(kinds & {"plan", "decision"}),
            _("Tải bản đã ban hành lên, có số, ngày, cơ quan ban hành, trích yếu."),
        ),
        item(
            _("Khung chọn mẫu: danh sách hồ sơ đã giải quyết"),
            has(Dossier),
            _("Nạp danh sách hồ sơ ở trang của đợt."),
        ),
        item(
            _("Biên bản chọn mẫu có hạt giống"),
            has(Draw),
            _("Chọn mẫu ở trang của đợt; dưới ngưỡng thì mời tất cả."),
        ),
        item(_("Mã đã phát"), has(Link), _("Tạo mã QR ở trang của đợt.")),
        item(_("Phiếu trả lời"), has(Response), _("Đợt chưa có phiếu nào.")),
        item(
            _("Đợt đã đóng và được niêm phong"),
            is_sealed,
            _("Đợt đã quá ngày cuối cùng: hãy đóng đợt.")
            if over
            else _("Đóng đợt khi hết thời gian nhận phiếu."),
        ),
        report,
    )
