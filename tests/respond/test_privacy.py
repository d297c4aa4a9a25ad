"""Nobody can tell from what is stored who said what, and looking changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from survey.models import Dossier, Link
from tests import cast
from tests.respond import office
from tests.respond.respondent import EVENTFUL, ON_PAPER, Respondent

COLUMNS = {
    *("id", "receipt_hash", "wave_id", "questionnaire_id", "unit_id", "procedure_id"),
    *("channel", "origin", "month", "language", "status", "flags", "answers", "facts"),
    *("generals", "comment", "prompts", "seconds", "arm", "pattern", "is_sample"),
}


def satisfied(code):
    return "4"


@pytest.fixture
def sent(business, session, world):
    """A dossier's form that was sent, with its token and receipt."""
    supplied = {"F04": "online", "F06": "2026-07-01", "F07": "2026-07-29"}
    token = office.dossier_link(session, world, facts=supplied)
    business.answer(token, EVENTFUL, satisfied, {"G3": "Không có gì thêm."})
    return token, business.press().receipt


def test_a_response_shares_no_key_with_its_link_or_dossier(session, sent):
    token, receipt = sent
    stored = office.response(session)
    assert set(stored) == COLUMNS
    (link,) = office.rows(session, Link)
    (dossier,) = office.rows(session, Dossier)
    text = repr(stored)
    for secret in (token, link["token_hash"], dossier["code"], receipt):
        assert secret not in text
    assert re.fullmatch("[0-9a-f]{16}", stored["id"])


def test_a_response_knows_no_day_and_no_machine(session, sent):
    text = repr(office.response(session))
    assert not re.search(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}|\d\d:\d\d", text)
    assert "127.0.0.1" not in text
    assert "werkzeug" not in text.lower()
    assert office.response(session)["month"] == "2026-08"
    # Nor does the link know when it was answered: that it was is all that is left.
    (link,) = office.link_of(session, "spent")
    assert "spent" not in repr(link)


def test_after_the_form_is_sent_its_draft_is_gone(session, sent):
    assert office.drafts(session) == []


def test_the_draft_is_not_left_legible_in_the_file(app, session, sent, tmp_path):
    """What a spent draft said, and in which page of the file, is overwritten."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    if engine.dialect.name != "sqlite":
        return
    session.close()
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert b"2026-07-31" not in (tmp_path / "survey.sqlite").read_bytes()


def test_the_order_of_sending_is_not_kept(app, session, world):
    token = cast.link(session, world.short_wave, world.trade)
    for place in range(9):
        one = Respondent(app.test_client())
        one.answer(token, {}, {"A1": "3"}, {"G3": str(place)})
        one.press()
    stored = office.responses(session)
    by_id = sorted(stored, key=lambda row: row["id"])
    if session.get_bind().dialect.name == "sqlite":
        assert stored == by_id  # the file itself is in this order
    # By chance once in 360,000 runs.
    assert [row["comment"] for row in by_id] != list("012345678")


def test_the_receipts_of_two_forms_tell_nothing_of_each_other(browser, session, world):
    token = cast.link(session, world.wave, world.trade)
    receipts = set()
    for _ in range(2):
        one = browser()
        one.answer(token, ON_PAPER, satisfied)
        receipts.add(one.press().receipt)
    assert len(receipts) == 2
    hashes = {row["receipt_hash"] for row in office.responses(session)}
    assert len(hashes) == 2
    assert not any(receipt[:4] in one for receipt in receipts for one in hashes)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_changes_nothing(app, browser, session, world, clock, method):
    """Every public address, on drafts half way, sent forms, and none at all."""
    half, done, fresh, poster = (
        office.dossier_link(session, world),
        office.dossier_link(session, world),
        office.dossier_link(session, world),
        cast.link(session, world.wave, world.trade),
    )
    walker, sender = browser(), browser()
    walker.answer(half, ON_PAPER, satisfied, {"G3": "Tạm"})
    sender.answer(done, ON_PAPER, satisfied, {"G4": "yes"})
    sender.press()
    poster_walker = browser()
    poster_walker.answer(poster, ON_PAPER, satisfied)
    before = office.dump(session)
    addresses = [*public_addresses(app)]
    for token in (half, done, fresh, poster):
        for page in ("gioi-thieu", "thong-tin", *"ABCDE", "chung", "xem-lai"):
            addresses.append(f"/p/{token}/{page}")
        addresses += [f"/p/{token}", f"/p/{token}/cam-on", f"/p/{token}/lien-he"]
    addresses += [
        f"/p/{half}/thong-tin?sua=1",
        f"/p/{half}/A?A1=1&language=en&send=yes",
    ]
    for one in (walker, sender, poster_walker, browser()):
        for address in addresses:
            answer = one.client.open(address, method=method)
            assert answer.status_code < 500
    clock.shift(timedelta(days=8))
    for token in (half, fresh, poster):
        browser().client.open(f"/p/{token}", method=method)
    assert office.dump(session) == before


def public_addresses(app):
    """The public addresses that need no token."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        is_public = getattr(view, "open_to", None) == frozenset({"everyone"})
        if is_public and not rule.arguments:
            yield rule.rule
