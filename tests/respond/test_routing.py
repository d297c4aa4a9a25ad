"""Who is asked what: the facts of the dossier decide, and facts can change."""

from __future__ import annotations

from datetime import timedelta

import pytest

from survey.models import Draft, Procedure
from tests import cast
from tests.respond import office
from tests.respond.respondent import EVENTFUL, LETTERS, ON_PAPER


def satisfied(code):
    return "4"


def asked_of(business, token, facts):
    """The criteria shown for these facts, and the pages they stand on."""
    business.start(token)
    business.tell(facts)
    codes, pages = [], []
    while business.page.name in LETTERS:
        codes += business.page.asked
        pages.append(business.page.name)
        business.press()
    return codes, pages


@pytest.fixture
def token(session, world):
    return cast.link(session, world.wave, world.trade)


def test_a_paper_dossier_is_not_asked_about_the_portal(business, token):
    codes, _ = asked_of(business, token, ON_PAPER)
    assert not {"A4", "B5"} & set(codes)
    assert {"A1", "A2", "A3"} <= set(codes)


def test_what_is_not_asked_is_stored_as_not_asked(business, session, token):
    business.answer(token, ON_PAPER, satisfied)
    business.press()
    answers = office.response(session)["answers"]
    hidden = {code for code, value in answers.items() if value == "not_asked"}
    assert hidden == {
        *("A4", "A5", "B3", "B4", "B5", "C1", "C2", "C3", "C5", "E2", "E3", "E4")
    }
    assert {answers[code] for code in answers.keys() - hidden} == {"4"}


def test_a_dossier_to_which_everything_happened_is_asked_everything(business, token):
    codes, pages = asked_of(business, token, EVENTFUL)
    assert len(codes) == 24
    assert pages == list(LETTERS)


@pytest.mark.parametrize(
    ("ready", "is_late"),
    [("2026-07-29", False), ("2026-07-30", True), ("2026-08-01", True)],
)
def test_a_late_dossier_is_asked_how_the_delay_was_handled(
    business, session, token, ready, is_late
):
    facts = {**ON_PAPER, "F08": ready, "F16": "none"}
    codes, _ = asked_of(business, token, facts)
    assert ("E4" in codes) is is_late
    (draft,) = office.drafts(session)
    assert draft["facts"]["late"] == ("yes" if is_late else "no")
    assert draft["facts"].get("F16") == ("none" if is_late else None)


def test_unknown_facts_leave_the_question_with_a_way_out(business, token):
    business.start(token)
    business.tell({})
    assert "A4" in business.page.asked
    assert "not_applicable" in business.page.offered("A4")
    business.open(f"/p/{token}/thong-tin")
    business.tell({"F04": "online"})
    assert "not_applicable" not in business.page.offered("A4")


def test_follow_ups_come_on_the_same_page_where_they_begin(business, token):
    business.start(token)
    assert {"F04b", "F10b", "F13b", "F17b"}.isdisjoint(business.page.asked)
    assert business.press(ON_PAPER | {"F10": "two", "F17": "yes"}).name == "thong-tin"
    added = {"F04b", "F05b", "F10b", "F11", "F11b", "F17b"}
    assert added <= set(business.page.asked)
    assert business.page.typed["F10"] == ["two"]
    assert business.press().name == "tom-tat"
    assert business.press().name == "A"


def test_a_follow_up_goes_with_the_answer_that_brought_it(business, session, token):
    business.start(token)
    business.tell(ON_PAPER | {"F17": "yes", "F17b": "answered_late"})
    business.open(f"/p/{token}/thong-tin")
    business.press(F17="no", F04="online")
    (draft,) = office.drafts(session)
    assert "F17b" not in draft["facts"]
    assert "F04b" not in draft["facts"]


def test_a_changed_fact_takes_its_answers_out_of_the_response(business, session, token):
    business.answer(token, EVENTFUL, satisfied)
    business.open(f"/p/{token}/thong-tin")
    business.press(F13="no", F17="no")
    business.confirm()
    assert business.page.name == "xem-lai"
    assert not {"B4", "B5", "E2", "E3"} & {
        link.rpartition("#")[2] for link in business.page.dom.xpath("//dd/a/@href")
    }
    business.press()
    answers = office.response(session)["answers"]
    assert [answers[code] for code in ("B4", "B5", "E2", "E3")] == ["not_asked"] * 4
    assert answers["B2"] == "4"
    assert "F13b" not in office.response(session)["facts"]
    assert office.miscounted(session) == []


def test_a_fact_changed_back_finds_its_answers_again(business, session, token):
    business.answer(token, EVENTFUL, satisfied)
    business.open(f"/p/{token}/thong-tin")
    business.press(F17="no")
    business.open(f"/p/{token}/thong-tin")
    business.press(F17="yes")
    business.tell(EVENTFUL)
    business.press()
    assert office.response(session)["answers"]["E3"] == "4"


def test_pages_without_a_question_are_passed(business, session, world):
    """Of the short form's D, a dossier still in time and without a result asks none."""
    token = cast.link(session, world.short_wave, world.trade)
    facts = {
        "F04": "in_person",
        "F05": "not_received",
        "F07": "2026-09-15",
        "F09": "in_progress",
        "F10": "none",
    }
    codes, pages = asked_of(business, token, facts)
    assert not any(code.startswith("D") for code in codes)
    assert pages == ["A", "B", "C", "E"]
    business.open(f"/p/{token}/E")
    (back,) = business.page.dom.xpath("//a[@class='govuk-back-link']/@href")
    assert back == f"/p/{token}/C"


def test_facts_that_the_dossier_supplies_are_shown_and_not_asked(
    business, session, world
):
    supplied = {"F04": "online", "F06": "2026-07-01", "F07": "2026-07-29"}
    token = office.dossier_link(session, world, facts=supplied)
    page = business.start(token)
    assert not {"F01", "F04", "F06", "F07"} & set(page.asked)
    assert page.summary == {
        "Thủ tục": "Cấp GCN cửa hàng đủ điều kiện bán lẻ xăng dầu",
        "Cách nộp hồ sơ": "Trực tuyến trên Cổng dịch vụ công",
        "Ngày tiếp nhận": "01/07/2026",
        "Ngày hẹn đầu tiên": "29/07/2026",
    }
    business.tell(ON_PAPER)
    assert "A4" in business.page.asked


def test_supplied_facts_can_be_corrected_and_that_is_noted(business, session, world):
    supplied = {"F04": "online", "F07": "2026-07-29", "F05": "in_person"}
    token = office.dossier_link(session, world, facts=supplied)
    page = business.start(token)
    (link,) = page.dom.xpath("//a[contains(@href, 'sua=1')]/@href")
    business.open(link)
    assert business.page.typed["F04"] == ["online"]
    assert business.page.typed["F01"] == ["2.000648"]
    business.press(F04="in_person")
    business.tell(ON_PAPER)
    assert "A4" not in business.page.asked
    business.rate(satisfied)
    business.press()
    business.press()
    stored = office.response(session)
    assert stored["facts"]["corrected"] == ["F04"]
    assert stored["facts"]["F04"] == "in_person"
    assert stored["channel"] == "in_person"
    assert stored["facts"]["F07"] == "given"


def test_a_procedure_done_at_once_is_not_asked_about_progress(business, session, world):
    procedure = session.get(Procedure, world.petrol)
    procedure.is_immediate = True
    session.commit()
    codes, _ = asked_of(business, office.dossier_link(session, world), ON_PAPER)
    assert "B6" not in codes


def test_the_procedure_a_business_names_decides_the_unit_below_the_link(
    business, session, world
):
    token = cast.link(session, world.wave, world.department)
    page = business.start(token)
    assert page.offered("F01") == ["2.000648", "2.001249", "not_listed", "not_sure"]
    business.tell(ON_PAPER | {"F01": "2.001249"})
    business.rate(satisfied)
    page = business.press()
    name = "Cấp Giấy phép hoạt động phân phối điện đến 35 kV tại địa phương"
    assert name in page.summary.values()
    business.press()
    stored = office.response(session)
    assert (stored["unit_id"], stored["procedure_id"]) == (world.energy, world.power)


def test_a_procedure_not_listed_is_counted_for_the_unit_of_the_link(
    business, session, world
):
    token = cast.link(session, world.wave, world.department)
    business.answer(token, ON_PAPER | {"F01": "not_listed"}, satisfied)
    business.press()
    stored = office.response(session)
    assert (stored["unit_id"], stored["procedure_id"]) == (world.department, None)
    assert office.miscounted(session) == []


def test_the_day_of_answering_is_frozen_when_the_facts_are_first_told(
    business, session, token, clock
):
    """An unfinished dossier does not become later while one fills in the form."""
    facts = ON_PAPER | {"F09": "in_progress", "F07": "2026-08-26", "F08": "not_yet"}
    business.start(token)
    business.tell(facts)
    (draft,) = office.rows(session, Draft)
    assert draft["facts"]["days_late"] == "1"
    clock.shift(timedelta(days=5))
    business.open(f"/p/{token}/thong-tin")
    business.press(F12="two")
    (draft,) = office.rows(session, Draft)
    assert draft["facts"]["days_late"] == "1"


def test_the_four_ways_of_having_no_level_travel_apart(business, session, token):
    ratings = {"A1": "not_applicable", "A2": "cannot_judge", "A3": "5"}
    business.answer(token, ON_PAPER, lambda code: ratings.get(code, "") or "")
    business.press()
    answers = office.response(session)["answers"]
    assert [answers[code] for code in ("A1", "A2", "A3", "A4", "B1")] == [
        *("not_applicable", "cannot_judge", "5", "not_asked", "blank")
    ]


@pytest.mark.parametrize(
    ("answered", "status"),
    [(12, "complete"), (10, "complete"), (9, "partial"), (6, "partial"),
     (5, "break_off")],
)  # fmt: skip
def test_how_complete_a_form_is_follows_from_its_twelve_questions(
    business, session, token, answered, status
):
    codes, _ = asked_of(business, token, ON_PAPER)
    assert len(codes) == 12
    business.press()
    for name in LETTERS:
        business.open(f"/p/{token}/{name}")
        chosen = [code for code in business.page.asked if code in codes[:answered]]
        business.press(dict.fromkeys(chosen, "4"))
    business.open(f"/p/{token}/xem-lai")
    business.press()
    assert office.response(session)["status"] == status
    assert office.miscounted(session) == []


def test_a_form_without_one_answer_is_not_sent(business, session, token):
    business.answer(token, ON_PAPER, {}, {"G1": "5", "G3": "Chỉ có góp ý"})
    page = business.press()
    assert page.status == 422
    assert page.errors == {
        f"/p/{token}/A": "Phiếu chưa có câu trả lời nào. Xin trả lời ít nhất một câu."
    }
    assert office.responses(session) == []
    assert len(office.drafts(session)) == 1
    business.open(next(iter(page.errors)))
    business.press(A1="not_applicable")
    business.open(f"/p/{token}/xem-lai")
    assert business.press().name == "cam-on"
    assert office.response(session)["status"] == "break_off"
