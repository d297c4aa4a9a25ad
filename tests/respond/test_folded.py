"""A share of respondents see the same questions with the guidance one tap away."""

from __future__ import annotations

import secrets

import pytest
import sqlalchemy as sa

from survey.models import Wave
from tests import cast
from tests.respond import office
from tests.respond.hand import Hand, questionnaire
from tests.respond.respondent import EVENTFUL, LETTERS


def fold(session, percent):
    session.execute(sa.update(Wave).values(folded_percent=percent))
    session.commit()


@pytest.fixture
def token(session, world):
    return cast.link(session, world.wave, world.trade)


@pytest.mark.parametrize(
    ("percent", "drawn", "arm"),
    [
        (0, 0, "guided"),
        (0, 99, "guided"),
        (1, 0, "folded"),
        (1, 1, "guided"),
        (30, 29, "folded"),
        (30, 30, "guided"),
        (99, 99, "guided"),
        (100, 99, "folded"),
    ],
)
def test_the_wave_says_how_many_of_a_hundred_lots_fold_the_guidance(
    app, session, token, monkeypatch, percent, drawn, arm
):
    lots = []
    monkeypatch.setattr(
        secrets, "randbelow", lambda lot: lots.append(lot) or drawn % lot
    )
    fold(session, percent)
    one = Hand(app, token, questionnaire(session))
    one.begin()
    assert lots == [100]
    assert office.drafts(session)[0]["arm"] == arm
    one.tell(EVENTFUL)
    one.finish({"A1": "4"})
    assert office.response(session)["arm"] == arm
    assert office.miscounted(session) == []


def test_the_lot_is_drawn_for_each_form_and_falls_both_ways(app, session, token):
    fold(session, 50)
    q = questionnaire(session)
    for _ in range(40):
        Hand(app, token, q).begin()
    assert {one["arm"] for one in office.drafts(session)} == {"guided", "folded"}


@pytest.mark.parametrize(("percent", "other"), [(100, 0), (0, 100)])
def test_a_form_keeps_its_lot_on_another_phone_and_when_the_share_changes(
    browser, session, world, percent, other
):
    fold(session, percent)
    token = office.dossier_link(session, world)
    first, second = browser(), browser()
    first.start(token)
    first.tell(EVENTFUL)
    fold(session, other)
    second.scan(token)
    assert second.page.name == "A"
    for business in (first, second):
        page = business.open(f"/p/{token}/A")
        assert bool(page.dom.xpath("//details[@class='folded']")) is (percent == 100)
    assert {one["arm"] for one in office.drafts(session)} == {
        "folded" if percent else "guided"
    }


def pages_of(business, token, language):
    business.scan(token)
    if language == "en":
        business.switch("en")
    business.press(consent="yes")
    business.tell(EVENTFUL)
    pages = {}
    while business.page.name in LETTERS:
        pages[business.page.name] = business.page
        business.press()
    return pages


def words(element):
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_both_arms_are_asked_the_same_and_offered_the_same(
    browser, session, token, language
):
    """In turns within one process, so that no page kept for one is shown to another."""
    q = questionnaire(session)
    pages = {}
    for percent in (100, 0, 100):
        fold(session, percent)
        pages[percent] = pages_of(browser(), token, language)
    assert list(pages[0]) == list(pages[100]) == list(LETTERS)
    for letter in LETTERS:
        guided, folded = pages[0][letter], pages[100][letter]
        assert guided.asked == folded.asked
        assert not guided.dom.xpath("//details[@class='folded']")
        for code in folded.asked:
            assert guided.offered(code) == folded.offered(code)
            criterion = next(one for one in q.criteria if one.code == code)
            _check_folded(q, folded, criterion, language)


def _check_folded(q, page, criterion, language):
    """All guidance stands in one closed fold, one tap away, and none outside."""
    box = page.dom.get_element_by_id(criterion.code)
    assert criterion.text.get(language) in words(box.find("legend"))
    (fold,) = box.xpath(".//details[@class='folded']")
    assert fold.get("open") is None
    assert fold.find("summary") is not None
    assert not fold.xpath("ancestor::details | .//details")
    inside = words(fold)
    fold.drop_tree()
    outside = words(box)
    anchors = criterion.anchors
    for level in q.scale.levels:
        anchor = " ".join(q.filled(anchors[level.code], language).split())
        assert f"{level.code}. {level.label.get(language)}{anchor}" in inside
        assert anchor not in outside
        assert f"{level.code}. {level.label.get(language)}" in outside
    for text in (criterion.consider, criterion.look_up):
        start = q.filled(text, language).split("(")[0].strip()
        assert start in inside
    assert q.filled(criterion.consider, language) not in outside


@pytest.mark.parametrize(("percent", "is_told"), [(100, True), (0, False)])
def test_who_has_the_guidance_folded_is_told_where_the_levels_are_described(
    business, session, token, percent, is_told
):
    """After the lot: nothing before it tells which arm one will be in."""
    fold(session, percent)
    told = "Mô tả từng mức nằm trong mục “Hướng dẫn trả lời câu này”"
    assert told not in business.scan(token).text
    business.press(consent="yes")
    assert told not in business.page.text
    business.tell(EVENTFUL)
    assert business.page.name == "A"
    assert (told in business.page.text) is is_told
