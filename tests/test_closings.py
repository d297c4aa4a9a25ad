"""Closing a wave: sealed once, told from any later change, opened again only by two."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from survey import closings, exports, seals
from survey.closings import ClosingError
from survey.figures.raw import Raw
from survey.models import Account, Closing, Reopening, Response, Wave
from survey.tallies import Selection
from tests import cast
from tests.figures import crowd

REASON = "Còn ba phiếu giấy của phòng Thương mại chưa nhập"
LATER = date(2026, 10, 15)


@pytest.fixture
def wave(app, session, world):
    wave = session.get_one(Wave, world.wave)
    crowd.fill(session, world.wave, 25, [(world.trade, world.petrol)])
    session.commit()
    return wave


@pytest.fixture
def people(session):
    made = [
        Account(
            email=f"{name}@khanhhoa.gov.vn",
            role="admin",
            password_hash="-",
            made_at=cast.NOW,
        )
        for name in ("an", "binh")
    ]
    session.add_all(made)
    session.commit()
    return [one.id for one in made]


def sealed(session, wave) -> Closing:
    closing = closings.close(session, wave, by=None, now=cast.NOW)
    closings.seal(session, closing, now=cast.NOW)
    session.commit()
    return closing


def test_a_seal_holds_what_anyone_can_work_out_from_the_raw_export(session, wave):
    closing = sealed(session, wave)
    made = json.loads(closing.manifest)
    raw = Raw(session, wave, Selection())
    text = b"".join(
        exports.stream(raw.head, raw.rows(lambda query: session.execute(query).all()))
    )
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert made["answers"] == {
        "rows": len(rows),
        "sha256": hashlib.sha256(text).hexdigest(),
    }
    hashes = session.scalars(sa.select(Response.receipt_hash)).all()
    assert made["receipts"] == {"count": len(rows), "root": seals.root(hashes)}
    assert made["rules"]["formula"] == "satisfied_share"
    assert closing.sha256 == hashlib.sha256(closing.manifest.encode()).hexdigest()
    assert wave.state == "closed"


def test_closing_and_sealing_twice_is_once(session, wave):
    first = sealed(session, wave)
    before = first.manifest
    later = cast.NOW + timedelta(days=1)
    again = closings.close(session, wave, by=None, now=later)
    closings.seal(session, again, now=later)
    assert (again.id, again.manifest, again.closed_at) == (first.id, before, cast.NOW)


def test_a_wave_that_was_never_opened_is_not_closed(session, world):
    wave = session.get_one(Wave, world.short_wave)
    wave.state = "draft"
    session.flush()
    with pytest.raises(ClosingError):
        closings.close(session, wave, by=None, now=cast.NOW)


@pytest.mark.parametrize("what", ["answer", "loss", "rule"])
def test_a_change_after_the_seal_is_found(session, wave, what):
    closing = sealed(session, wave)
    assert closings.is_unchanged(session, closing)
    one = session.scalars(sa.select(Response)).first()
    if what == "answer":
        one.answers = {**one.answers, "A1": "5" if one.answers["A1"] != "5" else "1"}
    elif what == "loss":
        session.delete(one)
    else:
        wave.formula = "mean_percent"
    session.flush()
    assert not closings.is_unchanged(session, closing)


def test_a_receipt_leads_to_the_sealed_root_and_tells_nothing_of_answers(session, wave):
    receipt = session.scalars(sa.select(Response.receipt_hash)).first()
    assert closings.inclusion(session, receipt) is None
    closing = sealed(session, wave)
    found = closings.inclusion(session, receipt)
    assert seals.leads_to(receipt, found.steps) == found.root == closing.receipts_root
    before = found.steps
    for one in session.scalars(sa.select(Response)):
        one.answers = {**one.answers, "A1": "1"}
    session.flush()
    assert closings.inclusion(session, receipt).steps == before
    assert closings.inclusion(session, "0" * 64) is None


def test_a_closed_wave_is_opened_again_by_two_people_and_says_so(session, wave, people):
    sealed(session, wave)
    wish = closings.ask_to_reopen(
        session, wave, reason=REASON, closes_on=LATER, by=people[0], now=cast.NOW
    )
    with pytest.raises(ClosingError, match="người khác"):
        closings.answer(session, wish, agrees=True, by=people[0], now=cast.NOW)
    assert wave.state == "closed"
    closings.answer(session, wish, agrees=True, by=people[1], now=cast.NOW)
    assert (wave.state, wave.closes_on) == ("open", LATER)
    with pytest.raises(ClosingError, match="đã được trả lời"):
        closings.answer(session, wish, agrees=True, by=people[1], now=cast.NOW)
    second = sealed(session, wave)
    assert second.number == 2
    assert json.loads(second.manifest)["reopened"] == [
        {"asked_on": "2026-08-27", "reason": REASON}
    ]


def test_a_wish_may_be_refused_or_withdrawn_and_asked_again(session, wave, people):
    sealed(session, wave)
    for by, state in ((people[1], "refused"), (people[0], "withdrawn")):
        wish = closings.ask_to_reopen(
            session, wave, reason=REASON, closes_on=LATER, by=people[0], now=cast.NOW
        )
        with pytest.raises(ClosingError, match="Đã có người"):
            closings.ask_to_reopen(
                session, wave, reason=REASON, closes_on=LATER, by=by, now=cast.NOW
            )
        closings.answer(session, wish, agrees=False, by=by, now=cast.NOW)
        assert (wish.state, wave.state) == (state, "closed")
    assert closings.reopenings(session, wave.id) == []


@pytest.mark.parametrize(
    ("reason", "closes_on"),
    [("ngắn", LATER), (REASON, date(2026, 8, 26)), ("x" * 501, LATER)],
)
def test_a_wish_needs_a_reason_and_a_day_to_come(
    session, wave, people, reason, closes_on
):
    sealed(session, wave)
    with pytest.raises(ClosingError):
        closings.ask_to_reopen(
            session,
            wave,
            reason=reason,
            closes_on=closes_on,
            by=people[0],
            now=cast.NOW,
        )


def test_the_database_itself_refuses_one_person_for_two(session, wave, people):
    closing = sealed(session, wave)
    session.add(
        Reopening(
            closing_id=closing.id,
            reason=REASON,
            closes_on=LATER,
            asked_by=people[0],
            asked_at=cast.NOW,
            state="agreed",
            answered_by=people[0],
            answered_at=cast.NOW,
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()
