"""Facts corrected while rating: nothing typed is lost, one comes back to one's place,
and what the correction changed is told. Today is 27 August 2026."""

from __future__ import annotations

import pytest

from tests import cast
from tests.respond import office
from tests.respond.respondent import EVENTFUL, ON_PAPER

ON_TIME, LATE = "2026-07-29", "2026-08-05"
CHANGES = "//*[@id='thay-doi']"


@pytest.fixture
def token(session, world):
    return cast.link(session, world.wave, world.trade)


@pytest.fixture
def rating_d(business, token):
    """A business on the page of D, everything before it rated 4, the result on time."""
    business.start(token)
    business.tell(ON_PAPER)
    business.rate(lambda code: "4", until="D")
    return business


def arrive(business, location):
    """Where an answer leads, with what stands behind the page's name."""
    path, _, anchor = location.partition("#")
    business.open(path)
    return path.rpartition("/")[2], anchor


def press(business, **fields):
    response = business.client.post(business.page.action, data=business.filled(fields))
    assert response.status_code == 303, response.get_data(as_text=True)
    return arrive(business, response.location)


def test_the_way_to_a_fact_keeps_what_is_ticked_and_leads_back_to_the_criterion(
    rating_d, session
):
    assert "Sửa thông tin" in rating_d.page.question("D1")
    assert press(rating_d, D1="4", D2="3", go="D1") == ("thong-tin?sua=1&ve=D1", "F07")
    (draft,) = office.drafts(session)
    assert (draft["answers"]["D1"], draft["answers"]["D2"]) == ("4", "3")
    assert draft["next_page"] == "D"
    assert press(rating_d, F08="2026-07-28")[0] == "tom-tat?ve=D1"
    assert press(rating_d, summary="confirm") == ("D", "D1")
    assert rating_d.page.typed == {"D1": ["4"], "D2": ["3"]}


def test_changing_ones_mind_at_the_summary_keeps_the_way_back(rating_d):
    press(rating_d, go="D1")
    press(rating_d)
    assert press(rating_d, summary="edit")[0] == "thong-tin?sua=1&ve=D1"
    press(rating_d)
    assert press(rating_d, summary="confirm") == ("D", "D1")


def test_a_mistake_and_another_language_keep_the_way_back(rating_d):
    press(rating_d, go="D1")
    assert rating_d.press(F08="2027-01-01").status == 422
    assert rating_d.page.dom.xpath("//a[@href='#F08-date']")[0].text.startswith("F08: ")
    rating_d.switch("en", F08=ON_TIME)
    assert rating_d.page.language == "en"
    assert press(rating_d)[0] == "tom-tat?ve=D1"


def test_a_criterion_that_the_correction_takes_away_leads_to_its_page(business, token):
    business.start(token)
    business.tell(EVENTFUL)
    business.rate(lambda code: "4", until="E")
    assert press(business, E2="4", go="E2") == ("thong-tin?sua=1&ve=E2", "F17b")
    press(business, F17="no")
    assert press(business, summary="confirm") == ("E", "")
    assert "E2" not in business.page.asked


def test_a_foreign_code_in_the_address_leads_nowhere_else(rating_d, token):
    rating_d.open(f"/p/{token}/thong-tin?sua=1&ve=//other.example")
    assert rating_d.page.action == f"/p/{token}/thong-tin"
    assert rating_d.press(go="Z9").name == "tom-tat"


def test_a_prompt_shown_by_a_script_is_not_asked_again_after_a_correction(
    rating_d, session
):
    press(rating_d, D1="1", prompt="P1:1", go="D1")
    press(rating_d)
    press(rating_d, summary="confirm")
    assert press(rating_d)[0] == "E", "it was asked on the page of D already"
    assert office.drafts(session)[0]["checks"]["prompts"]["P1"]["from"] == "1"


def to_the_check(business, **generals):
    business.rate(lambda code: "4")
    business.press(generals)
    assert business.page.name == "xem-lai"


def correct(business, token, **facts):
    """Correct facts from the list at the end."""
    business.open(f"/p/{token}/thong-tin?sua=1")
    where = press(business, **facts)
    while where[0].startswith(("thong-tin", "tom-tat")):
        where = press(business, **({"summary": "confirm"} if "tom" in where[0] else {}))
    return where


@pytest.mark.parametrize(
    ("before", "after", "rating"), [(ON_TIME, LATE, "5"), (LATE, ON_TIME, "2")]
)
def test_a_rating_beside_a_fact_that_was_turned_round_is_named_either_way(
    business, token, before, after, rating
):
    business.start(token)
    business.tell({**ON_PAPER, "F08": before, "F16": "none"})
    business.rate(lambda code: rating if code == "D1" else "4")
    to_the_check(business)
    assert business.page.dom.xpath(CHANGES) == []

    assert correct(business, token, F08=after) == ("xem-lai", "thay-doi")
    (told,) = business.page.dom.xpath(f"{CHANGES}//a[contains(., 'D1. ')]")
    assert told.get("href") == f"/p/{token}/D#D1"
    assert "xin xem lại: D1" in business.page.text

    # Looked through since, whether or not it was changed.
    business.open(f"/p/{token}/D")
    assert press(business)[0] == "D?loi-nhac=P1"
    assert press(business, prompt_answer="keep") == ("xem-lai", "nhom-D")
    assert "xin xem lại" not in business.page.text


def test_a_fact_corrected_within_its_side_is_not_spoken_of(business, token):
    business.start(token)
    business.tell(ON_PAPER)
    to_the_check(business)
    assert correct(business, token, F08="2026-07-28") == (
        "xem-lai",
        "nhom-thong-tin",
    )
    assert "xin xem lại" not in business.page.text


def test_one_lands_where_it_says_which_answers_are_not_sent(business, token):
    business.start(token)
    business.tell(EVENTFUL)
    to_the_check(business)
    assert correct(business, token, F17="no") == ("xem-lai", "thay-doi")
    assert "không được gửi: E2. " in " ".join(
        business.page.dom.xpath(CHANGES)[0].text_content().split()
    )


def test_new_questions_are_announced_before_the_first_and_marked(business, token):
    business.start(token)
    where = press(business, F12b="yes", F13="yes")
    assert where == ("thong-tin?them=F12c,F12d,F13b,F13c,F14", "cau-moi")
    (notice,) = business.page.dom.xpath("//*[@id='cau-moi']")
    assert notice.xpath("following-sibling::*[1]/@id") == ["F12c"]
    marked = [
        code
        for code in business.page.asked
        if "Câu mới" in business.page.question(code)
    ]
    assert marked == ["F12c", "F12d", "F13b", "F13c", "F14"]
    business.open(f"/p/{token}/thong-tin")
    assert "Câu mới" not in business.page.text


@pytest.mark.parametrize(
    ("later", "is_told"),
    [({}, True), ({"F10b": "not_sure"}, True), ({"F10b": LATE}, False)],
)
def test_a_due_date_that_a_supplement_leaves_open_is_said_to_be_open(
    business, token, later, is_told
):
    business.start(token)
    business.press({**ON_PAPER, "F08": LATE, "F10": "one"})
    business.press(later)
    assert business.page.name == "tom-tat"
    assert ("Chưa rõ ngày hẹn sau bổ sung" in business.page.text) is is_told


def test_another_phone_is_told_once_that_it_goes_on_with_a_form(
    browser, session, world
):
    token = office.dossier_link(session, world)
    phone, tablet = browser(), browser()
    phone.start(token)
    phone.tell(ON_PAPER)
    told = "đang làm tiếp phiếu đã bắt đầu trước đó"
    assert told in tablet.scan(token).text
    assert told not in tablet.press(A1="4").text
    assert told not in tablet.scan(token).text
    assert told not in phone.scan(token).text
