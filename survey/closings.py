"""What a closed wave says of itself: sealed once, so that whoever holds the seal sees
any later change; opened again only by two people, and never unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from survey import clock, exports, seals, tallies
from survey.figures.raw import Raw
from survey.models import Closing, Reopening, Response, Wave
from survey.seals import Step
from survey.tallies import Selection

SEAL: Final = "wave-seal"
"""The kind of job that seals what was closed."""
FORMAT: Final = "survey-closing-1"
FEWEST_LETTERS: Final = 10
MOST_LETTERS: Final = 500
Progress = Callable[[int, int], None]


class ClosingError(Exception):
    """It cannot be closed, sealed or opened again so; the message says what to do.

    `field` names what was given wrong, where it was one thing.
    """

    def __init__(self, message: str, field: str = "reason") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """That a receipt is among those sealed: the way from it to the published root."""

    receipt_hash: str
    steps: tuple[Step, ...]
    root: str
    count: int
    sealed_on: date


def close(session: Session, wave: Wave, *, by: int | None, now: datetime) -> Closing:
    """Take no more answers; closing a closed wave changes nothing.

    Args:
        by: the account that closes it; None from the command line.
    Returns:
        The closing, yet to be sealed unless it was before.
    Raises:
        ClosingError: the wave was never opened.
    """
    # Of two who close at once the second waits, and finds it done.
    session.refresh(wave, ["state"], with_for_update=True)
    last = latest(session, wave.id)
    if wave.state == "closed" and last is not None:
        return last
    if wave.state not in ("open", "closed"):
        raise ClosingError(_("Đợt chưa mở nên không cần đóng."))
    wave.state = "closed"
    made = Closing(
        wave_id=wave.id,
        number=1 if last is None else last.number + 1,
        closed_at=now,
        closed_by=by,
    )
    session.add(made)
    session.flush()
    return made


def latest(session: Session, wave_id: str) -> Closing | None:
    """The last closing of a wave; None when it never was closed."""
    return session.scalar(
        sa.select(Closing)
        .where(Closing.wave_id == wave_id)
        .order_by(Closing.number.desc())
        .limit(1)
    )


def seal(
    session: Session,
    closing: Closing,
    *,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> Closing:
    """Write down what was counted when the wave was closed; a sealed one stays.

    From then on its tallies are kept summed up, too: pages over many waves read these.

    Raises:
        ClosingError: the wave is open again.
    """
    if closing.sealed_at is not None:
        return closing
    wave = session.get_one(Wave, closing.wave_id)
    if wave.state != "closed":
        raise ClosingError(_("Đợt đã được mở lại; niêm phong khi đóng lần sau."))
    made = manifest_of(session, wave, closing, progress=progress)
    text = seals.canonical(made)
    closing.manifest = text.decode()
    closing.sha256 = seals.digest(text)
    closing.receipts_root = made["receipts"]["root"]
    closing.sealed_at = now
    tallies.gather(session, wave.id)
    session.flush()
    return closing


def manifest_of(
    session: Session,
    wave: Wave,
    closing: Closing,
    *,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """What is sealed of a closed wave.

    Returns:
        Names and values for `seals.canonical`: the wave and its rules, the SHA-256 of
        its questionnaire, of its answers as the raw CSV export spells them, and the
        root of its receipts, which stands for each without showing how it rated.
    """
    published = wave.questionnaire
    answers, rows = _answers(session, wave, progress)
    hashes = receipt_hashes(session, wave.id)
    return {
        "format": FORMAT,
        "program": version("survey"),
        "closing": closing.number,
        "closed_on": clock.local(closing.closed_at).date().isoformat(),
        "wave": {
            "id": wave.id,
            "title": wave.title,
            "unit": wave.unit.code,
            "opens_on": wave.opens_on.isoformat(),
            "closes_on": wave.closes_on.isoformat(),
        },
        "questionnaire": {"id": published.id, "sha256": published.sha256},
        "rules": {
            "formula": wave.formula,
            "hide_below": wave.hide_below,
            "index_from": wave.index_from,
            "rank_from": wave.rank_from,
            "folded_percent": wave.folded_percent,
            "careless": wave.careless,
        },
        "answers": {"rows": rows, "sha256": answers},
        "receipts": {"count": len(hashes), "root": seals.root(hashes)},
        "reopened": [
            {
                "asked_on": clock.local(one.asked_at).date().isoformat(),
                "reason": one.reason,
            }
            for one in reopenings(session, wave.id)
        ],
    }


def is_unchanged(
    session: Session,
    closing: Closing,
    *,
    progress: Progress = lambda done, total: None,
) -> bool:
    """Whether the answers are still those that were sealed."""
    wave = session.get_one(Wave, closing.wave_id)
    if closing.manifest is None:
        return False
    now = manifest_of(session, wave, closing, progress=progress)
    then = json.loads(closing.manifest)
    return all(now[name] == then[name] for name in ("answers", "receipts", "rules"))


def receipt_hashes(session: Session, wave_id: str) -> list[str]:
    """The hashes of all receipts of a wave, in their order."""
    return list(
        session.scalars(
            sa.select(Response.receipt_hash)
            .where(Response.wave_id == wave_id)
            .order_by(Response.receipt_hash)
        )
    )


def inclusion(session: Session, receipt_hash: str) -> Inclusion | None:
    """The proof that a receipt's response is counted in what was sealed.

    Returns:
        None while its wave is not sealed, or when there is no such receipt. It holds
        nothing of any answer.
    """
    wave_id = session.scalar(
        sa.select(Response.wave_id).where(Response.receipt_hash == receipt_hash)
    )
    closing = latest(session, wave_id) if wave_id is not None else None
    if closing is None or closing.sealed_at is None or closing.receipts_root is None:
        return None
    hashes = receipt_hashes(session, closing.wave_id)
    return Inclusion(
        receipt_hash=receipt_hash,
        steps=seals.proof(hashes, receipt_hash),
        root=closing.receipts_root,
        count=len(hashes),
        sealed_on=clock.local(closing.sealed_at).date(),
    )


# -- opening again -------------------------------------------------------------------


def reopenings(session: Session, wave_id: str) -> list[Reopening]:
    """How often a wave was opened again, in order: every later report says so."""
    return list(
        session.scalars(
            sa.select(Reopening)
            .join(Closing, Closing.id == Reopening.closing_id)
            .where(Closing.wave_id == wave_id, Reopening.state == "agreed")
            .order_by(Closing.number)
        )
    )


def asked(session: Session, wave_id: str) -> Reopening | None:
    """The wish to open a wave again that waits for a second person."""
    return session.scalar(
        sa.select(Reopening)
        .join(Closing, Closing.id == Reopening.closing_id)
        .where(Closing.wave_id == wave_id, Reopening.state == "asked")
    )


def ask_to_reopen(
    session: Session,
    wave: Wave,
    *,
    reason: str,
    closes_on: date,
    by: int,
    now: datetime,
) -> Reopening:
    """Ask that a closed wave be opened again; nothing changes until another agrees.

    Args:
        closes_on: the new last day.
    Raises:
        ClosingError: it is not closed or not sealed yet, somebody asked already, the
            reason is too short or too long, or the day is over.
    """
    closing = latest(session, wave.id)
    reason = " ".join(reason.split())
    if wave.state != "closed" or closing is None:
        raise ClosingError(_("Đợt chưa đóng nên không cần mở lại."))
    if closing.sealed_at is None:
        raise ClosingError(_("Đợt đang được niêm phong; xin thử lại sau ít phút."))
    if asked(session, wave.id) is not None:
        raise ClosingError(_("Đã có người đề nghị mở lại; xin chờ người thứ hai."))
    if not FEWEST_LETTERS <= len(reason) <= MOST_LETTERS:
        raise ClosingError(
            _(
                "Xin nêu lý do từ %(least)s đến %(most)s ký tự; lý do được ghi vào mọi "
                "báo cáo về sau.",
                least=FEWEST_LETTERS,
                most=MOST_LETTERS,
            )
        )
    if closes_on < clock.local(now).date():
        raise ClosingError(_("Ngày cuối cùng mới phải từ hôm nay trở đi."), "closes_on")
    made = Reopening(
        closing_id=closing.id,
        reason=reason,
        closes_on=closes_on,
        asked_by=by,
        asked_at=now,
    )
    session.add(made)
    session.flush()
    return made


def answer(
    session: Session, wish: Reopening, *, agrees: bool, by: int, now: datetime
) -> None:
    """Agree to a wish, by which the wave is open again, or refuse it.

    Raises:
        ClosingError: it was answered already, or the same person who asked agrees.
            Who asked may withdraw, which is to refuse one's own wish.
    """
    session.refresh(wish, with_for_update=True)
    if wish.state != "asked":
        raise ClosingError(_("Đề nghị này đã được trả lời."))
    if by == wish.asked_by:
        if agrees:
            raise ClosingError(_("Người đề nghị không được tự đồng ý; cần người khác."))
        wish.state, wish.answered_at = "withdrawn", now
        session.flush()
        return
    wish.state = "agreed" if agrees else "refused"
    wish.answered_by, wish.answered_at = by, now
    if agrees:
        closing = session.get_one(Closing, wish.closing_id)
        wave = session.get_one(Wave, closing.wave_id)
        wave.state, wave.closes_on = "open", wish.closes_on
    session.flush()


def _answers(session: Session, wave: Wave, progress: Progress) -> tuple[str, int]:
    """SHA-256 and number of rows of the answers as the raw CSV export spells them."""
    raw = Raw(session, wave, Selection())
    total = session.scalar(
        sa.select(sa.func.count()).where(Response.wave_id == wave.id)
    )
    whole, rows = hashlib.sha256(), 0

    def fetch(query: Any) -> Any:
        nonlocal rows
        chunk = session.execute(query).all()
        rows += len(chunk)
        progress(rows, total or 0)
        return chunk

    for piece in exports.stream(raw.head, raw.rows(fetch)):
        whole.update(piece)
    return whole.hexdigest(), rows
