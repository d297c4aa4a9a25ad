"""A kiosk's forms: taken whole, believed in nothing, counted exactly once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from survey.models import Contact, Draft, Funnel, Link, Wave
from survey.questionnaire.schema import PAGE_FACTS
from tests import cast
from tests.respond import office
from tests.respond.respondent import EVENTFUL, ON_PAPER, Respondent
from tests.respond.test_once import send_all

KEY = "k" * 32
RATINGS = {"A1": "4", "B1": "2", "C1": "5", "D1": "3", "E1": "cannot_judge"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(cast.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def token(session, world) -> str:
    return cast.link(session, world.wave, world.trade, kind="kiosk")


def form(session, world, **more: Any) -> dict[str, Any]:
    """What a kiosk sends for a dossier filed on paper."""
    answers = {**ON_PAPER, **RATINGS, **more.pop("answers", {})}
    session.rollback()
    wave = session.get_one(Wave, world.wave)
    digest = wave.questionnaire.sha256
    session.rollback()
    return {
        "key": KEY,
        "version": digest,
        "rehearsal": False,
        "assisted": False,
        "answered_at": cast.NOW.isoformat(),
        "language": "vi",
        "arm": "guided",
        "answers": {code: value for code, value in answers.items() if value},
        "seconds": {PAGE_FACTS: 60, "A": 30},
        "prompts": {},
        **more,
    }


def post(client, token: str, body: Any, **headers: str) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(
        f"/p/{token}/kiosk",
        data=data,
        headers={"Content-Type": "application/json", "Accept": "application/json"}
        | headers,
    )


def funnel(session) -> list[tuple[date, int, int, int]]:
    return [
        (row["day"], row["opened"], row["started"], row["finished"])
        for row in office.rows(session, Funnel)
    ]


def test_a_form_is_stored_as_the_usual_form_would_have_been(
    app, client, session, world, token
):
    """The same answers through both doors: two responses that differ in origin only."""
    counter = cast.link(session, world.wave, world.trade)
    business = Respondent(app.test_client())
    business.answer(counter, EVENTFUL, RATINGS, {"G1": "4", "G2": ["forms"]})
    business.press()
    (usual,) = office.responses(session)

    sent = form(session, world)
    sent["answers"] = {**EVENTFUL, **RATINGS, "G1": "4", "G2": ["forms"]}
    assert post(client, token, sent).status_code == 200

    (own,) = [one for one in office.responses(session) if one["id"] != usual["id"]]
    differs = {name for name in own if own[name] != usual[name]}
    assert differs == {"id", "receipt_hash", "origin", "seconds"}
    assert own["origin"] == "kiosk"
    assert own["seconds"] == {PAGE_FACTS: 60, "A": 30}
    assert office.miscounted(session) == []
    assert office.drafts(session) == []


def test_a_form_that_comes_again_finds_the_same_receipt_and_is_counted_once(
    client, session, world, token, clock
):
    sent = form(session, world)
    first = post(client, token, sent).json["receipt"]
    changed = form(session, world, answers={"A1": "1"})
    assert post(client, token, changed).json["receipt"] == first
    session.get_one(Wave, world.wave).state = "closed"
    session.commit()
    clock.move_to(cast.NOW + timedelta(days=365))
    assert post(client, token, sent).json["receipt"] == first

    assert office.response(session)["answers"]["A1"] == "4"
    assert funnel(session) == [(date(2026, 8, 27), 1, 1, 1)]
    checked = client.post(
        "/xac-minh", data={"receipt": first, "csrf_token": cast.csrf(client)}
    )
    assert checked.status_code == 200


def test_a_form_sent_ten_times_at_once_is_counted_once(app, session, world, token):
    sent = form(session, world)
    works = [partial(post, app.test_client(), token, sent) for _ in range(10)]
    found = send_all(works)
    assert {answer.status_code for answer in found} == {200}
    assert len({answer.json["receipt"] for answer in found}) == 1
    assert len(office.responses(session)) == 1
    assert funnel(session) == [(date(2026, 8, 27), 1, 1, 1)]
    assert office.miscounted(session) == []


def test_a_receipt_given_ahead_is_that_of_its_form(client, session, world, token):
    ahead = client.get(f"/p/{token}/kiosk/trang-thai?so=3").json["receipts"]
    assert len({key for key, _ in ahead}) == 3
    for key, receipt in ahead:
        answer = post(client, token, form(session, world, key=key))
        assert answer.json == {"receipt": receipt}
    assert len(office.responses(session)) == 3
    assert (
        len(client.get(f"/p/{token}/kiosk/trang-thai?so=9999").json["receipts"]) < 200
    )


def test_a_form_with_help_has_an_origin_of_its_own(client, session, world, token):
    post(client, token, form(session, world, assisted=True))
    assert office.response(session)["origin"] == "assisted"
    assert office.miscounted(session) == []


@pytest.mark.parametrize(
    ("answered_at", "month", "day"),
    [
        ("2026-08-27T02:00:00Z", "2026-08", date(2026, 8, 27)),
        ("2026-08-31T16:59:59+00:00", "2026-08", date(2026, 8, 31)),
        ("2026-08-31T17:00:00.000Z", "2026-09", date(2026, 9, 1)),
        ("2020-01-01T00:00:00Z", "2026-08", date(2026, 8, 26)),  # a dead clock
        ("2031-01-01T00:00:00Z", "2026-09", date(2026, 9, 2)),
        ("0001-01-01T00:00:00", "2026-08", date(2026, 8, 26)),
    ],
)
def test_a_form_counts_on_the_day_it_was_filled_in_as_far_as_that_is_believable(
    client, session, world, token, clock, answered_at, month, day
):
    clock.move_to(datetime(2026, 9, 2, 3, tzinfo=UTC))
    answer = post(client, token, form(session, world, answered_at=answered_at))
    assert answer.status_code == 200
    assert office.response(session)["month"] == month
    assert funnel(session)[0][0] == day


def test_a_form_of_the_last_day_is_still_taken_when_the_network_is_back(
    client, session, world, token, clock
):
    last = "2026-09-30T08:00:00Z"
    clock.move_to(datetime(2026, 10, 3, 3, tzinfo=UTC))
    assert (
        post(client, token, form(session, world, answered_at=last)).status_code == 200
    )
    assert office.response(session)["month"] == "2026-09"
    late = form(session, world, key="l" * 32, answered_at="2026-10-01T08:00:00Z")
    assert post(client, token, late).status_code == 410
    clock.move_to(datetime(2026, 10, 8, 3, tzinfo=UTC))
    much_later = form(session, world, key="m" * 32, answered_at=last)
    assert post(client, token, much_later).status_code == 410
    assert len(office.responses(session)) == 1


def test_a_day_before_the_wave_opened_is_a_mistake_of_the_clock(
    client, session, world, token
):
    session.get_one(Wave, world.wave).opens_on = date(2026, 8, 26)
    session.commit()
    dead = form(session, world, answered_at="2020-01-01T00:00:00Z")
    assert post(client, token, dead).status_code == 200
    assert funnel(session)[0][0] == date(2026, 8, 27)


def test_what_the_facts_rule_out_is_not_stored(client, session, world, token):
    """Facts decide on the server, whatever the device has shown."""
    answers = {
        "A4": "5",  # filed on paper: online filing is not asked
        "B2": "not_applicable",  # always applies
        "F04b": "not_aware",
        "F10b": "2026-07-20",  # a follow-up of a supplement that was none
        "F08": "2026-12-24",  # not yet
        "F01": "9.999999",  # not in the catalogue
    }
    assert post(client, token, form(session, world, answers=answers)).status_code == 200
    stored = office.response(session)
    assert (stored["answers"]["A4"], stored["answers"]["B2"]) == ("not_asked", "blank")
    assert not {"F10b", "F08", "F01", "days_late"} & stored["facts"].keys()
    assert stored["facts"]["F06"] == "given"


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ({"A1": "6"}, "A1"),
        ({"A1": ["4", "5"]}, "A1"),
        ({"F04": "by_pigeon"}, "F04"),
        ({"F06": "yesterday"}, "F06"),
        ({"G1": "0"}, "G1"),
        ({"G2": ["forms", "nothing"]}, "G2"),
        ({"G3": "x" * 1201}, "G3"),
        (dict.fromkeys(RATINGS, ""), "chung"),
    ],
)
def test_an_answer_that_nobody_was_offered_is_refused(
    client, session, world, token, answers, named
):
    answer = post(client, token, form(session, world, answers=answers))
    assert (answer.status_code, answer.json) == (422, {"refused": named})
    assert office.responses(session) == []
    assert funnel(session) == []


def test_fields_that_no_form_has_are_passed_over(client, session, world, token):
    """Nor can a device choose its wave, unit, origin or flags, or leave a telephone
    number."""
    sent = form(
        session,
        world,
        answers={"A99": "5", "late": "yes", "G4": "yes", "G3": "\ud800 ổn\x00"},
        origin="dossier",
        unit_id=world.power,
        wave_id=world.short_wave,
        month="2020-01",
        flags="",
        arm="folded",  # the wave has none
        language="fr",
        seconds={"A": 10**9, "B": -5, "C": 1.5, "nowhere": 3, "xem-lai": 9},
        prompts={"P1": {"from": "9", "outcome": "shown"}, "P9": [], "x": {"from": {}}},
    )
    assert post(client, token, sent).status_code == 200
    stored = office.response(session)
    assert (stored["origin"], stored["wave_id"]) == ("kiosk", world.wave)
    assert (stored["month"], stored["arm"], stored["language"]) == (
        "2026-08", "guided", "vi"
    )  # fmt: skip
    assert stored["seconds"] == {"A": 900, "B": 0}
    assert stored["facts"]["late"] == "no"
    assert "A99" not in stored["answers"]
    assert stored["generals"] == {}
    assert stored["comment"] == "? ổn"
    assert office.rows(session, Contact) == []


def test_prompts_shown_offline_are_recorded_as_those_of_the_server(
    client, session, world, token
):
    """On the day: a low rating of the time was asked about, and changed."""
    noted = {"P1": {"direction": "high", "from": "1", "outcome": "shown"}}
    post(client, token, form(session, world, prompts=noted))
    record = office.response(session)["prompts"]["P1"]
    assert record == {
        "outcome": "changed",
        "direction": "low",
        "from": "1",
        "to": "3",
        "still": False,
    }


def test_a_form_of_the_rehearsal_or_of_another_version_never_counts(
    client, session, world, token
):
    assert post(client, token, form(session, world, rehearsal=True)).status_code == 410
    assert (
        post(client, token, form(session, world, version="0" * 64)).status_code == 410
    )
    session.get_one(Wave, world.wave).state = "rehearsal"
    session.commit()
    assert post(client, token, form(session, world)).status_code == 410
    assert post(client, token, form(session, world, rehearsal=True)).status_code == 200


@pytest.mark.parametrize("kind", ["counter", "dossier"])
def test_only_the_link_of_a_kiosk_has_this_door(client, session, world, kind):
    if kind == "dossier":
        token = office.dossier_link(session, world)
    else:
        token = cast.link(session, world.wave, world.trade, kind=kind)
    before = office.dump(session)
    assert post(client, token, form(session, world)).status_code == 404
    assert post(client, token, {"abandoned": {"2026-08-27": 1}}).status_code == 404
    for page in ("", "/sw.js", "/trang-thai", "/ung-dung.webmanifest"):
        assert client.get(f"/p/{token}/kiosk{page}").status_code == 404
    assert office.dump(session) == before


def test_a_revoked_kiosk_takes_nothing_and_shows_nothing(client, session, world, token):
    session.query(Link).update({"state": "revoked"})
    session.commit()
    assert post(client, token, form(session, world)).status_code == 410
    assert client.get(f"/p/{token}/kiosk").status_code == 410


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"{", b"\xff", b"[" * 60_000, b'{"key": 1}',
        b'{"key": "short"}', b'{"key": "../../../../../../../etc"}',
        json.dumps({"key": KEY, "answered_at": "soon"}).encode(),
        json.dumps({"key": KEY, "answered_at": "9999-12-31T23:59:59-23:00"}).encode(),
        json.dumps({"abandoned": {"2026-08-27": 10**6}}).encode(),
        json.dumps({"abandoned": {"2026-08-27": True}}).encode(),
        json.dumps({"abandoned": {f"20{n}": 1 for n in range(99)}}).encode(),
    ],
)  # fmt: skip
def test_what_no_kiosk_sends_is_refused_and_changes_nothing(
    client, session, token, body
):
    before = office.dump(session)
    assert post(client, token, body).status_code == 400
    assert office.dump(session) == before


def test_a_body_beyond_every_form_is_refused_before_it_is_read(client, token):
    assert post(client, token, b"x" * 10_000_000).status_code == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain"},  # what another site may send unasked
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_page_of_another_site_can_send_a_form(
    client, session, world, token, headers
):
    answer = post(client, token, form(session, world), **headers)
    assert answer.status_code in (403, 422)
    assert office.responses(session) == []


def test_a_form_is_taken_without_any_cookie_and_sets_none(
    client, session, world, token
):
    answer = post(client, token, form(session, world), Origin="http://localhost")
    assert answer.status_code == 200
    page = client.get(f"/p/{token}/kiosk")
    assert "Set-Cookie" not in [*answer.headers.keys(), *page.headers.keys()]


def test_forms_that_were_begun_and_left_count_as_started(client, session, token):
    left = {"2026-08-26": 2, "2020-01-01": 1, "2031-01-01": 1}
    assert post(client, token, {"abandoned": left}).status_code == 200
    assert funnel(session) == [
        (date(2026, 8, 20), 1, 1, 0),
        (date(2026, 8, 26), 2, 2, 0),
        (date(2026, 8, 27), 1, 1, 0),
    ]


def test_the_page_is_strict_and_holds_every_question_in_both_languages(
    client, session, world, token
):
    session.get_one(Wave, world.wave).folded_percent = 50
    session.commit()
    pages = {
        (language, arm): client.get(f"/p/{token}/kiosk?ngon-ngu={language}&cach={arm}")
        for language in ("vi", "en")
        for arm in ("guided", "folded")
    }
    for (language, arm), page in pages.items():
        assert page.text.count('class="criterion"') == 58, (language, arm)
        assert f'<html lang="{language}"' in page.text
        assert ('class="folded"' in page.text) == (arm == "folded")
        assert "G4" not in page.text.partition("<template")[0]
    assert client.get(f"/p/{token}/kiosk").text == pages["vi", "guided"].text


def test_the_device_learns_that_its_page_has_changed(client, session, world, token):
    def version() -> str:
        return client.get(f"/p/{token}/kiosk/trang-thai").json["version"]

    first = version()
    assert version() == first
    worker = client.get(f"/p/{token}/kiosk/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == f"/p/{token}/kiosk"
    assert first in worker.text
    session.query(Link).update({"pin_hash": "pbkdf2-sha256$1$00$00"})
    session.commit()
    assert version() != first


def test_without_scripts_the_usual_form_serves_and_each_person_begins_anew(
    app, session, world, token
):
    business = Respondent(app.test_client())
    business.start(token)
    assert 'class="govuk-template__body kiosk"' in business.page.html
    assert business.page.headers["Cache-Control"] == "no-store"
    business.press(F04="in_person")
    (left,) = office.drafts(session)

    business.answer(token, ON_PAPER, RATINGS)
    thanks = business.press()

    assert thanks.name == "cam-on"
    assert thanks.headers["Refresh"] == f"60; url=/p/{token}"
    assert office.response(session)["origin"] == "kiosk"
    assert office.drafts(session) == [left], "left by the person before, never shown"
    assert business.scan(token).name == token
    assert business.open(f"/p/{token}/cam-on").name == token
    assert session.query(Draft).count() == 1
