"""What was answered is kept on the server, whatever becomes of the phone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from survey.models import Draft
from tests import cast
from tests.respond import office
from tests.respond.respondent import EVENTFUL, ON_PAPER


def test_every_page_is_kept_as_soon_as_it_is_left(business, session, world):
    business.start(cast.link(session, world.wave, world.trade))
    business.tell(ON_PAPER)
    (draft,) = office.drafts(session)
    assert {code: draft["facts"][code] for code in ON_PAPER} == ON_PAPER
    kept = {}
    while business.page.name in "ABCDE":
        answers = dict.fromkeys(business.page.asked, "4")
        kept |= answers
        business.press(answers)
        (draft,) = office.drafts(session)
        assert draft["answers"] == kept
        assert draft["next_page"] == business.page.name
    business.press(G1="3", G2=["forms"], G3="Tốt", G4="yes")
    (draft,) = office.drafts(session)
    generals = {"G1": "3", "G2": ["forms"], "G3": "Tốt", "G4": "yes"}
    assert draft["answers"] == kept | generals


def test_another_phone_goes_on_where_the_first_one_stopped(browser, session, world):
    token = office.dossier_link(session, world)
    phone, tablet = browser(), browser()
    phone.start(token)
    phone.tell(ON_PAPER)
    phone.press(A1="2", A2="3", A3="4")
    assert phone.page.name == "B"
    assert tablet.scan(token).name == "B"
    tablet.press(B1="5")
    assert tablet.open(f"/p/{token}/A").typed == {"A1": ["2"], "A2": ["3"], "A3": ["4"]}
    # … and the first one goes on where the second one stopped.
    assert phone.scan(token).name == "C"
    assert phone.open(f"/p/{token}/B").typed == {"B1": ["5"]}
    assert len(office.drafts(session)) == 1


def test_whoever_saves_a_page_that_another_phone_saved_meanwhile_is_told(
    browser, session, world
):
    """Nothing is written over unseen; what was typed stands there to be sent again."""
    token = office.dossier_link(session, world)
    phone, tablet = browser(), browser()
    phone.start(token)
    phone.tell(ON_PAPER)
    tablet.scan(token)
    phone.press(A1="2", A2="3")

    told = tablet.press(A1="5", A2="3")
    assert (told.status, told.name) == (409, "A")
    assert "vừa được lưu từ một máy khác, với câu trả lời khác ở: A1." in told.text
    assert told.typed == {"A1": ["5"], "A2": ["3"]}
    (draft,) = office.drafts(session)
    assert draft["answers"] == {"A1": "2", "A2": "3"}

    assert tablet.press().name == "B", "pressed again, knowing of it"
    (draft,) = office.drafts(session)
    assert draft["answers"] == {"A1": "5", "A2": "3"}
    # Each on a page of its own they are in nobody's way, nor is a repeat.
    phone.open(f"/p/{token}/B")
    tablet.press(B1="4")
    assert phone.press(B1="4").name == "C"


def test_a_fact_that_another_phone_told_meanwhile_is_not_written_over_unseen(
    browser, session, world
):
    token = office.dossier_link(session, world)
    phone, tablet = browser(), browser()
    phone.start(token)
    tablet.open(f"/p/{token}/thong-tin")
    phone.press(F02="employee")
    told = tablet.press(F02="representative")
    assert (told.status, told.name) == (409, "thong-tin")
    assert "khác ở: F02" in told.text
    assert office.drafts(session)[0]["facts"]["F02"] == "employee"
    assert tablet.press().status == 200
    assert office.drafts(session)[0]["facts"]["F02"] == "representative"


def test_a_page_of_the_same_phone_from_its_history_is_no_conflict(
    business, session, world
):
    token = office.dossier_link(session, world)
    business.start(token)
    business.tell(ON_PAPER)
    before = business.page
    business.press(A1="2")
    business.page = before
    assert business.press(A1="3").name == "B"
    assert office.drafts(session)[0]["answers"] == {"A1": "3"}


def test_two_phones_that_begin_at_once_share_one_form(browser, session, world):
    token = office.dossier_link(session, world)
    phone, tablet = browser(), browser()
    phone.scan(token)
    tablet.scan(token)
    phone.press(consent="yes")
    phone.press(F02="employee")
    assert tablet.press(consent="yes").name == "A"
    assert len(office.drafts(session)) == 1
    assert tablet.open(f"/p/{token}/thong-tin").typed["F02"] == ["employee"]


def test_behind_a_counter_link_every_browser_has_its_own_form(browser, session, world):
    token = cast.link(session, world.wave, world.trade)
    one, other = browser(), browser()
    one.start(token)
    one.press(F02="employee")
    assert other.scan(token).name == token
    other.press(consent="yes")
    assert other.page.typed == {}
    other.press(F02="other")
    assert one.open(f"/p/{token}/thong-tin").typed["F02"] == ["employee"]
    assert other.open(f"/p/{token}/thong-tin").typed["F02"] == ["other"]
    assert one.scan(token).name == "A"
    assert len(office.drafts(session)) == 2


def test_one_browser_keeps_the_forms_of_two_links_apart(business, session, world):
    first = cast.link(session, world.wave, world.trade)
    second = cast.link(session, world.short_wave, world.energy)
    business.start(first)
    business.press(F02="employee")
    business.start(second)
    business.press(F04="online")
    assert business.open(f"/p/{first}/thong-tin").typed == {"F02": ["employee"]}
    assert business.open(f"/p/{second}/thong-tin").typed == {"F04": ["online"]}


def test_a_second_form_can_follow_behind_a_counter_link(business, session, world):
    token = cast.link(session, world.wave, world.trade, kind="kiosk")
    receipts = set()
    for _ in range(3):
        business.answer(token, ON_PAPER, lambda code: "4")
        receipts.add(business.press().receipt)
    assert len(receipts) == 3
    assert len(office.responses(session)) == 3
    assert office.miscounted(session) == []


def test_a_lost_cookie_is_made_good_by_the_key_of_the_page(business, session, world):
    business.start(cast.link(session, world.wave, world.trade))
    business.tell(ON_PAPER)
    assert business.page.name == "A"
    business.client.delete_cookie("survey")
    refused = business.press(A1="5")
    assert refused.status == 400
    kept = business.press()
    assert kept.name == "B"
    (draft,) = office.drafts(session)
    assert draft["answers"] == {"A1": "5"}
    assert business.press(B1="4").name == "C"


def test_the_key_of_another_link_opens_nothing(browser, session, world):
    token = cast.link(session, world.wave, world.trade)
    other = cast.link(session, world.wave, world.energy)
    victim, thief = browser(), browser()
    victim.start(token)
    victim.press(F02="employee")
    (draft,) = office.drafts(session)
    thief.start(other)
    stolen = thief.filled({"F02": "other"})
    stolen["key"] = draft["key"]
    thief.send(stolen)
    kept = {one["key"]: one["facts"] for one in office.drafts(session)}
    assert kept[draft["key"]] == draft["facts"]


@pytest.mark.parametrize("kind", ["dossier", "counter"])
def test_a_form_left_alone_for_seven_days_begins_anew(
    business, session, world, clock, kind
):
    token = cast.link(session, world.wave, world.trade, kind=kind)
    business.start(token)
    business.tell(ON_PAPER)
    clock.shift(timedelta(days=6, hours=23))
    assert business.scan(token).name == "A"
    clock.shift(timedelta(hours=2))
    assert business.scan(token).name == token
    business.press(consent="yes")
    assert business.page.typed == {}
    (draft,) = office.drafts(session)
    assert draft["answers"] == {}


def test_a_page_sent_late_to_a_form_that_is_gone_leads_to_the_start(
    business, session, world, clock
):
    token = cast.link(session, world.wave, world.trade)
    business.start(token)
    clock.shift(timedelta(days=7, minutes=1))
    page = business.press(F02="employee")
    assert page.name == token
    assert "đồng ý tham gia" in page.text


def test_every_answer_buys_seven_more_days(business, session, world, clock):
    token = cast.link(session, world.wave, world.trade)
    business.start(token)
    for name in "ABC":
        clock.shift(timedelta(days=6, hours=23))
        business.scan(token)
        assert business.tell(ON_PAPER).name == name
        business.press(dict.fromkeys(business.page.asked[:1], "5"))
    clock.shift(timedelta(days=6, hours=23))
    assert business.scan(token).name == "D"


def test_an_answer_taken_back_is_gone(business, session, world):
    token = cast.link(session, world.wave, world.trade)
    business.start(token)
    business.tell(ON_PAPER)
    business.press(A1="5", A2="4")
    business.open(f"/p/{token}/A")
    business.press(A1=None)
    (draft,) = office.drafts(session)
    assert draft["answers"] == {"A2": "4"}


def test_no_page_opens_before_the_ones_that_lead_to_it(business, session, world):
    token = cast.link(session, world.wave, world.trade)
    for page in ("thong-tin", "A", "chung", "xem-lai"):
        assert business.open(f"/p/{token}/{page}").name == token
    business.start(token)
    business.tell(ON_PAPER)
    for page in ("B", "E", "chung", "xem-lai", "cam-on", "Z", "A1"):
        assert business.open(f"/p/{token}/{page}").name == "A"
    fields = business.filled({"send": "yes"})
    assert business.send(fields, f"/p/{token}/xem-lai").name == "A"
    assert office.responses(session) == []


def test_going_back_and_on_again_loses_nothing(business, session, world):
    token = cast.link(session, world.wave, world.trade)
    business.start(token)
    business.tell(EVENTFUL)
    business.rate(lambda code: "3", until="E")
    names = []
    while backs := business.page.dom.xpath("//a[@class='govuk-back-link']/@href"):
        names.append(business.open(backs[0]).name)
    assert names == ["D", "C", "B", "A", "thong-tin", "gioi-thieu"]
    assert business.press(consent="yes").name == "E"
    business.open(f"/p/{token}/B")
    assert business.press().name == "C"
    (draft,) = office.drafts(session)
    assert len(draft["answers"]) == 20


def test_old_forms_go_when_a_new_one_begins(browser, session, world, clock):
    token = cast.link(session, world.wave, world.trade)
    browser().start(token)
    clock.shift(timedelta(days=8))
    browser().start(token)
    (draft,) = office.rows(session, Draft)
    assert draft["touched_at"] >= cast.NOW + timedelta(days=8)
