"""When a form is taken: in a rehearsal whatever the date, and for two days after the
last one if it was begun in time. Today is 27 August 2026."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from survey.models import Wave
from tests import cast
from tests.respond import office
from tests.respond.hand import CHECK, Hand, questionnaire
from tests.respond.respondent import ON_PAPER

CLOSED = "Đường dẫn này hiện không nhận phiếu"
RATINGS = {"A1": "4", "B1": "2"}


def set_wave(session, **values):
    session.execute(sa.update(Wave).values(**values))
    session.commit()


@pytest.fixture
def token(session, world):
    return cast.link(session, world.wave, world.trade)


def banner(page):
    found = page.dom.xpath("//*[contains(@class, 'rehearsal')]")
    return " ".join(found[0].text_content().split()) if found else None


@pytest.mark.parametrize(
    ("opens_on", "closes_on"),
    [
        (date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 8, 28), date(2026, 9, 30)),
        (date(2027, 1, 1), date(2027, 3, 31)),
        (date(2025, 1, 1), date(2025, 3, 31)),
    ],
)
def test_a_rehearsed_form_opens_on_any_day_and_every_page_says_that_it_is_one(
    business, session, token, opens_on, closes_on
):
    set_wave(session, state="rehearsal", opens_on=opens_on, closes_on=closes_on)
    seen = [business.scan(token)]
    seen.append(business.press(consent="yes"))
    business.tell_up_to_summary(ON_PAPER)
    seen.append(business.page)
    business.confirm()
    while business.page.name != CHECK:
        seen.append(business.page)
        business.press({"A1": "4"} if business.page.name == "A" else {})
    seen.append(business.page)
    assert [page.name for page in seen[1:3]] == ["thong-tin", "tom-tat"]
    for page in seen:
        assert banner(page).startswith("Diễn tập – đợt khảo sát chưa mở.")
        assert "không được tính" in banner(page)
    assert banner(business.switch("en")).startswith("Rehearsal")
    assert business.press().name == "cam-on"
    assert len(office.responses(session)) == 1


def test_an_open_wave_has_no_banner(business, token):
    assert banner(business.start(token)) is None


def test_a_rehearsal_takes_each_dossier_once_as_well(browser, session, world):
    set_wave(session, state="rehearsal")
    token = office.dossier_link(session, world)
    business = browser()
    business.answer(token, ON_PAPER, RATINGS)
    business.press()
    assert browser().scan(token).status == 410


def begun(app, session, token):
    one = Hand(app, token, questionnaire(session)).start(ON_PAPER)
    one.post("A", {"A1": "4"})
    return one


@pytest.mark.parametrize("kind", ["counter", "dossier"])
@pytest.mark.parametrize(
    ("moment", "is_taken"),
    [
        (datetime(2026, 8, 26, 16, 59, 59, tzinfo=UTC), True),  # the last day
        (datetime(2026, 8, 26, 17, 0, 0, tzinfo=UTC), True),
        (datetime(2026, 8, 28, 16, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 8, 28, 17, 0, 0, tzinfo=UTC), False),
    ],
)
def test_a_form_begun_in_time_may_be_sent_for_two_days_more(
    app, session, world, clock, kind, moment, is_taken
):
    """Its network was gone, or its page waited to be sent."""
    clock.move_to(datetime(2026, 8, 26, 9, 0, tzinfo=UTC), tick=False)
    set_wave(session, closes_on=date(2026, 8, 26))
    token = cast.link(session, world.wave, world.trade, kind=kind)
    one = begun(app, session, token)
    clock.move_to(moment, tick=False)
    one.finish({"A1": "4", "B1": "2"})
    assert len(office.responses(session)) == is_taken
    assert len(office.drafts(session)) == (not is_taken)
    if is_taken:
        assert office.response(session)["answers"]["B1"] == "2"
        assert one.get("cam-on")
        assert one.status == 200
    else:
        assert CLOSED in one.get("B")
        assert one.status == 410


def test_nobody_begins_after_the_last_day(app, browser, session, world, clock):
    token = cast.link(session, world.wave, world.trade)
    clock.move_to(datetime(2026, 8, 26, 9, 0, tzinfo=UTC), tick=False)
    set_wave(session, closes_on=date(2026, 8, 26))
    begun(app, session, token)
    clock.move_to(datetime(2026, 8, 26, 17, 0, 0, tzinfo=UTC), tick=False)
    other = browser().scan(token)
    assert (other.status, other.heading) == (410, CLOSED)
    one = Hand(app, token, questionnaire(session))
    one.begin()
    assert one.status == 410
    one.tell(ON_PAPER)
    assert one.status == 410
    assert len(office.drafts(session)) == 1


def test_a_dossiers_form_begun_in_time_is_sent_late_from_another_phone(
    app, browser, session, world, clock
):
    clock.move_to(datetime(2026, 8, 26, 9, 0, tzinfo=UTC), tick=False)
    set_wave(session, closes_on=date(2026, 8, 26))
    token = office.dossier_link(session, world)
    begun(app, session, token)
    clock.move_to(datetime(2026, 8, 28, 9, 0, tzinfo=UTC), tick=False)
    second = browser()
    assert second.scan(token).name == "B"
    second.rate({})
    second.press()
    assert second.press().name == "cam-on"
    assert office.response(session)["answers"]["A1"] == "4"


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_a_wave_that_the_office_has_closed_takes_nothing_late(
    app, session, token, state
):
    one = begun(app, session, token)
    set_wave(session, state=state)
    one.finish({"B1": "2"})
    assert one.status == 410
    assert office.responses(session) == []


def test_a_draft_idle_for_seven_days_is_not_begun_in_time(app, session, token, clock):
    clock.move_to(datetime(2026, 8, 20, 9, 0, tzinfo=UTC), tick=False)
    set_wave(session, closes_on=date(2026, 8, 26))
    one = begun(app, session, token)
    clock.move_to(datetime(2026, 8, 27, 9, 0, 1, tzinfo=UTC), tick=False)
    one.finish({"B1": "2"})
    assert one.status == 410
    assert office.responses(session) == []


def test_the_four_missing_values_travel_apart_from_the_form_to_the_raw_export(
    app, session, world, token, client
):
    """Not asked, not applicable, cannot judge and left blank: never one for another."""
    given = {"A1": "not_applicable", "A2": "cannot_judge", "A3": "1", "B1": "5"}
    one = Hand(app, token, questionnaire(session)).start(ON_PAPER)
    one.finish(given)
    cast.sign_in(client, session, "analyst")
    answer = client.get(f"/ket-qua/{world.wave}/tai-ve.csv?kind=raw")
    assert answer.status_code == 200
    text = answer.get_data().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert {code: row[code] for code in (*given, "A4", "B2", "B3", "E4")} == {
        **given,
        "A4": "not_asked",
        "B2": "blank",
        "B3": "not_asked",
        "E4": "not_asked",
    }
    stored = office.response(session)["answers"]
    assert {code: row[code] for code in stored} == stored
    assert office.miscounted(session) == []
