"""What a prompt does: asked once, answered with either button, and never in the way."""

from __future__ import annotations

import lxml.html
import pytest

from survey.questionnaire import prompts
from tests import cast
from tests.respond import office
from tests.respond.hand import CHECK, GENERAL, PAGES, Hand, questionnaire
from tests.respond.test_prompt_rules import AGAINST, RULES

LATE = {"F07": "2026-08-21", "F08": "2026-08-24", "F09": "granted", "F10": "none"}
POOR = {
    "F01": "2.000648",
    "F06": "2026-07-01",
    "F07": "no_date_given",
    "F09": "granted",
    "F10": "two",
    "F10b": "2026-08-03",
    "F08": "2026-08-20",
    "F11b": "yes",
    "F13": "yes",
    "F13b": "higher",
    "F14": "portal_online",
    "F14b": "after_retry",
    "F16": "none",
    "F17": "yes",
    "F17b": "answered_late",
}
"""A dossier with which everything went wrong: every fact speaks against a 5."""


@pytest.fixture
def hand(app, session, world):
    token = cast.link(session, world.wave, world.trade, procedure_id=world.petrol)
    q = questionnaire(session)
    return lambda facts: Hand(app, token, q).start({"F01": "2.000648", **facts})


def prompt_of(session):
    """The records of the only response, which is then taken away."""
    return office.responses(session)[-1]["prompts"]


def first(code, side):
    """The first row of the table that opens this side of a prompt."""
    given = next(given for given, found in RULES[code] if found == side)
    facts = {name: given[name] for name in given if name[0] == "F"}
    return facts, {name: given[name] for name in given if name[0] != "F"}


@pytest.mark.parametrize("side", ["high", "low"])
@pytest.mark.parametrize("code", list(RULES))
def test_both_choices_are_followed_and_kept_with_the_response(
    hand, session, code, side
):
    q = questionnaire(session)
    (rule,) = (one for one in q.prompts if one.code == code)
    page = GENERAL if rule.criterion == "G1" else rule.criterion[0]
    after = (*PAGES, CHECK)[PAGES.index(page) + 1]
    facts, ratings = first(code, side)
    own = {name: ratings[name] for name in ratings if name[0] == page}
    level = AGAINST[side][1 if side == "high" else 0]
    known = []
    for button, then in (("keep", level), ("review", level), ("review", "3")):
        one = hand(facts)
        one.reach(page, {"A1": "3", **ratings})
        lead = one.post(page, own, **{rule.criterion: level})
        assert lead == f"{page}?loi-nhac={code}"
        _check_words(one, q, session, rule, side, level, lead)
        # The page says "keep" by itself for a browser that names no button.
        led = one.post(lead, prompt=code, prompt_answer=["keep", button])
        if button == "keep":
            assert led == after
        else:
            assert led == f"{page}?xem-lai=1"
            html = one.get(led)
            assert "Có thể đổi mức đã chọn, sửa thông tin thực tế" in html
            assert _chosen(html, rule.criterion) == [level]
            assert one.post(page, own, **{rule.criterion: then}) == after
        one.finish(after=page)
        (stored,) = [row for row in office.responses(session) if row["id"] not in known]
        known.append(stored["id"])
        assert stored["prompts"][code] == {
            "outcome": "changed" if then == "3" else "kept",
            "direction": side,
            "from": level,
            "to": then,
            "still": then != "3",
        }
    assert office.miscounted(session) == []


def _chosen(html, name):
    found = lxml.html.document_fromstring(html).xpath(
        "//input[@name=$name and @checked]/@value", name=name
    )
    return [str(value) for value in found]


def _check_words(one, q, session, rule, side, level, lead):
    """Fact and level in words, and two buttons that differ in nothing but theirs."""
    (draft,) = office.drafts(session)
    ratings = {**draft["answers"]}
    values = prompts.judged(q, draft["facts"], ratings)
    (raised,) = prompts.raised(q, [rule.criterion], values)
    dom = lxml.html.document_fromstring(one.get(lead))
    main = " ".join(dom.xpath("//main")[0].text_content().split())
    assert prompts.question(q, raised, int(level), "vi") in main
    assert q.scale.label(int(level)).vi in main
    keep, review = dom.xpath("//button[@name='prompt_answer']")
    alike = [{**button.attrib, "value": ""} for button in (keep, review)]
    assert alike[0] == alike[1]
    assert [keep.text, review.text] == ["Giữ nguyên", "Xem lại"]
    assert [one.get("value") for one in (keep, review)] == ["keep", "review"]
    assert dom.xpath("//input[@checked]") == []


def test_a_page_asks_at_most_once_and_notes_what_it_did_not_ask(hand, session):
    one = hand(POOR)
    one.reach("B")
    all_high = {"B3": "5", "B4": "5", "B5": "4", "B6": "4"}
    assert one.post("B", all_high) == "B?loi-nhac=P2"
    assert one.post("B?loi-nhac=P2", prompt="P2", prompt_answer="keep") == "C"
    assert one.post("B", all_high | {"B4": "4"}) == "C"
    one.post("C")
    assert one.post("D", D1="5") == "D?loi-nhac=P1"
    assert one.post("E", E3="5", E4="5") == "E?loi-nhac=P6"
    one.finish(after="E")
    stored = office.response(session)["prompts"]
    assert {code: stored[code]["outcome"] for code in stored} == {
        "P1": "kept",
        "P2": "kept",
        "P3": "not_shown_page_limit",
        "P4": "not_shown_page_limit",
        "P5": "not_shown_page_limit",
        "P6": "kept",
        "P7": "not_shown_page_limit",
    }
    assert (stored["P3"]["from"], stored["P3"]["to"]) == ("5", "4")
    assert all(entry["still"] for entry in stored.values())


def test_a_prompt_stands_in_nobodys_way(hand, session):
    one = hand(LATE)
    one.reach("D")
    assert one.post("D", D1="5") == "D?loi-nhac=P1"
    assert 'id="E1"' in one.get("E")
    assert one.status == 200
    assert one.post("E", E1="4") == GENERAL
    one.post(GENERAL)
    one.post(CHECK)
    assert prompt_of(session)["P1"]["outcome"] == "kept"


def test_without_a_button_a_prompt_goes_on_and_takes_nothing_away(hand, session):
    one = hand(LATE)
    one.reach("D")
    lead = one.post("D", D1="5", D2="4")
    assert one.post(lead, prompt="P1") == "E"
    assert one.post(lead) == "E"
    (draft,) = office.drafts(session)
    assert draft["answers"] == {"D1": "5", "D2": "4"}


def test_the_language_changes_on_a_prompt_and_no_rating_is_lost(
    business, session, world
):
    business.start(cast.link(session, world.wave, world.trade))
    business.tell(LATE)
    business.rate({}, until="D")
    business.press(D1="5", D4="2")
    assert business.page.is_prompt
    page = business.switch("en")
    assert (page.language, page.is_prompt) == ("en", True)
    assert "the result came 2 working days after the appointed date" in page.text
    assert "You chose: Very satisfied." in page.text
    (draft,) = office.drafts(session)
    assert draft["answers"] == {"D1": "5", "D4": "2"}
    assert business.press(prompt_answer="review").typed["D1"] == ["5"]


def boxes(one, page):
    """What a script could ask on a page: code, criterion, levels."""
    dom = lxml.html.document_fromstring(one.get(page))
    found = dom.xpath("//*[@data-prompt]")
    assert all(box.get("hidden") is not None for box in found)
    return [
        (box.get("data-prompt"), box.get("data-criterion"), box.get("data-levels"))
        for box in found
    ]


@pytest.mark.parametrize(
    ("then", "outcome"), [("5", "kept"), ("4", "changed"), ("2", "changed")]
)
def test_a_script_asks_on_the_page_itself_and_says_so(hand, session, then, outcome):
    one = hand(LATE)
    one.reach("D")
    assert boxes(one, "D") == [("P1", "D1", "4 5")]
    assert one.post("D", D1=then, prompt="P1:5") == "E"
    assert boxes(one, "D") == []
    assert one.post("D", D1=then) == "E"
    one.finish(after="D")
    assert prompt_of(session)["P1"] == {
        "outcome": outcome,
        "direction": "high",
        "from": "5",
        "to": then,
        "still": then != "2",
    }


@pytest.mark.parametrize(
    "said",
    ["P1:3", "P1:2", "P1:1", "P1", "P1:", "P1:55", "P1:5:5", "P1:５", "P1: 5", "P2:5",
     "P6:5", "P9:5", ":5", "p1:5", "P1:x", "5", "P1:4 5", "x" * 5000],
)  # fmt: skip
def test_a_prompt_that_the_page_could_not_show_is_not_believed(hand, session, said):
    one = hand(LATE)
    one.reach("D")
    assert one.post("D", D1="3", prompt=said) == "E"
    (draft,) = office.drafts(session)
    assert "prompts" not in draft["checks"]
    assert one.post("D", D1="5", prompt=said) == "D?loi-nhac=P1"


def test_what_was_asked_cannot_be_asked_again_from_elsewhere(hand, session):
    """A late copy of the page neither adds a second prompt nor changes the first."""
    one = hand(LATE)
    one.reach("D")
    one.post("D", D1="5")
    one.post("D", D1="3", prompt="P1:4")
    (draft,) = office.drafts(session)
    assert draft["checks"]["prompts"]["P1"]["from"] == "5"
    assert 'name="prompt_answer"' not in one.get("D?loi-nhac=P1")
    for code in ("P2", "P9", "", "<b>"):
        assert 'name="prompt_answer"' not in one.get(f"D?loi-nhac={code}")
        assert one.status == 200


def test_a_page_of_several_facts_holds_a_box_for_each_until_one_was_shown(hand):
    one = hand(POOR)
    one.reach("B")
    assert [box[0] for box in boxes(one, "B")] == ["P2", "P3", "P4", "P5"]
    assert one.post("B", B5="5", prompt="P4:5") == "C"
    assert boxes(one, "B") == []
    assert one.post("B", B3="5", B5="5") == "C"


def test_a_fact_corrected_after_the_rating_is_compared_without_being_asked(
    hand, session
):
    one = hand(LATE)
    one.finish({"D1": "1"})
    assert prompt_of(session) == {"P1": {"outcome": "agrees"}}
    other = hand(LATE)
    for page in PAGES:
        other.post(page, {"D1": "1"} if page == "D" else {})
    other.tell(LATE | {"F08": "2026-08-21"})
    other.post(CHECK)
    (stored,) = [row for row in office.responses(session) if "still" in str(row)]
    assert stored["prompts"]["P1"] == {
        "outcome": "not_shown",
        "direction": "low",
        "from": "1",
        "to": "1",
        "still": True,
    }


def test_a_fact_corrected_after_the_prompt_no_longer_contradicts(hand, session):
    one = hand(LATE)
    for page in PAGES:
        one.post(page, {"D1": "5"} if page == "D" else {})
    one.tell(LATE | {"F08": "2026-08-21"})
    one.post(CHECK)
    assert prompt_of(session)["P1"] == {
        "outcome": "kept",
        "direction": "high",
        "from": "5",
        "to": "5",
        "still": False,
    }


def test_without_a_known_fact_nothing_is_compared(hand, session):
    hand({"F09": "granted"}).finish({"D1": "5"})
    assert prompt_of(session) == {}


def test_a_script_is_told_where_the_prompt_stands(hand):
    one = hand(LATE)
    one.reach("D")
    response = one.client.post(
        f"/p/{one.token}/D",
        data={"D1": "5", "csrf_token": one.csrf},
        headers={"X-Sent-By-Script": "1"},
    )
    assert response.status_code == 200
    assert response.json == {"to": f"/p/{one.token}/D?loi-nhac=P1"}
