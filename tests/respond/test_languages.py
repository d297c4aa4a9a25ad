"""Vietnamese and English: the language changes on every page and loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask_babel import get_locale

import survey
from survey import catalogue
from survey.respond import pages
from tests import cast
from tests.respond import office
from tests.respond.respondent import EVENTFUL, ON_PAPER


@pytest.fixture
def token(session, world):
    return cast.link(session, world.wave, world.trade)


def vietnamese_texts(q):
    """Every sentence of the form that has an English face."""
    texts = [fact.text for fact in q.facts] + [fact.look_up for fact in q.facts]
    for fact in q.facts:
        texts += [choice.label for choice in fact.choices]
    for one in q.criteria:
        texts += [one.text, one.consider, one.leave_out, one.look_up]
        texts += one.anchors.values()
    for general in q.generals:
        texts += [general.text, *(choice.label for choice in general.choices)]
    texts += [*q.opening.intro, q.opening.consent, q.opening.title]
    texts += [level.label for level in q.scale.levels]
    for text in texts:
        for part in q.filled(text, "vi").split(". "):
            if len(part) > 12 and part not in q.filled(text, "en"):
                yield part


def program_words():
    """What the program itself says in Vietnamese, where nothing is filled in."""
    path = Path(survey.__file__).parent / "translations/en/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        for message in read_po(file, locale="en"):
            if len(message.id) > 8 and "%(" not in message.id:
                yield " ".join(message.id.split())


def without_drawings(page):
    """What can be read, but for the receipt slip, drawn as agencies print it."""
    for drawn in page.dom.xpath("//svg"):
        drawn.drop_tree()
    return page.text


@pytest.mark.parametrize("wave", ["dn-quy-3", "loi-quy-3"])
def test_the_english_form_has_no_vietnamese_question(business, session, world, wave):
    q = catalogue.questionnaire(session, wave.replace("quy-3", "2026-1"))
    session.rollback()
    sentences = list(vietnamese_texts(q))
    assert len(sentences) > 200
    business.scan(cast.link(session, wave, world.trade))
    business.switch("en")
    seen = [business.page.text]
    business.press(consent="yes")
    while business.page.name != "xem-lai":
        facts = {code: EVENTFUL.get(code) for code in business.page.asked}
        business.press(facts if business.page.name == "thong-tin" else {})
        seen.append(without_drawings(business.page))
        assert business.page.language == "en"
    assert "How was this dossier filed" in " ".join(seen)
    text = " ".join(seen)
    assert [part for part in sentences if part in text] == []
    assert [words for words in program_words() if words in text] == []
    assert "1. Very dissatisfied" in text


def test_the_language_changes_on_every_page_and_keeps_what_was_typed(
    business, session, token
):
    business.scan(token)
    page = business.switch("en", consent="yes")
    assert (page.language, page.typed) == ("en", {"consent": ["yes"]})
    business.switch("vi")
    business.press()
    answers = {
        "thong-tin": {"F02": "employee", "F06": "2026-07-01", "F07": "not_sure"},
        "A": {"A1": "5", "A2": "cannot_judge"},
        "chung": {"G1": "2", "G2": ["forms", "guidance"], "G3": "Một\ndòng"},
    }
    while business.page.name != "xem-lai":
        name = business.page.name
        assert business.page.language == "vi"
        page = business.switch("en", **answers.get(name, {}))
        assert (page.name, page.language) == (name, "en")
        given = {
            code: value if isinstance(value, list) else [value]
            for code, value in answers.get(name, {}).items()
        }
        assert {code: sorted(values) for code, values in page.typed.items()} == given
        assert business.switch("vi").language == "vi"
        business.tell({}) if name == "thong-tin" else business.press()
    assert business.switch("en").language == "en"
    assert office.responses(session) == []
    business.press()
    assert office.response(session)["language"] == "en"


def test_the_language_changes_although_an_answer_is_wrong(business, token):
    business.start(token)
    page = business.switch("en", F02="employee", F06="31/2/2026")
    assert (page.status, page.language) == (422, "en")
    assert page.errors.keys() == {"#F06-date"}
    assert page.typed["F02"] == ["employee"]
    assert page.fields["F06"] == "31/2/2026"
    assert business.press(F06="").language == "en"


@pytest.mark.parametrize("name", ["thong-tin", "A", "chung"])
def test_a_page_is_prepared_in_the_language_it_will_be_shown_in(
    app, business, token, monkeypatch, name
):
    """The first English page of a process is asked for by a post with an error."""
    prepared = []
    render = pages.render_template

    def watched(template, **words):
        prepared.append((words["lang"], str(get_locale())))
        return render(template, **words)

    business.start(token)
    business.tell(ON_PAPER)
    business.rate({})
    business.press()
    business.open(f"/p/{token}/{name}")
    monkeypatch.setattr(pages, "render_template", watched)
    field = {"thong-tin": "F02", "A": "A1", "chung": "G1"}[name]
    fields = business.filled({field: ["1", "2"], "language": "en"})
    page = business.send(fields, f"/p/{token}/{name}")
    assert (page.status, page.language) == (422, "en")
    assert set(prepared) == {("en", "en")}
    assert page.errors.popitem()[1] == "Select only one answer to this question."


def test_another_phone_sees_the_language_of_the_form(browser, session, world):
    token = office.dossier_link(session, world)
    phone, tablet = browser(), browser()
    phone.start(token)
    phone.switch("en")
    assert tablet.scan(token).language == "en"


def test_two_respondents_in_two_languages_do_not_meet(browser, token):
    one, other = browser(), browser()
    one.start(token)
    other.start(token)
    one.switch("en")
    for _ in range(2):
        assert one.press().language == "en"
        assert other.press().language == "vi"


def test_pages_outside_the_form_change_language_and_come_back(business, world):
    for address, language in (("/", "en"), ("/xac-minh", "vi"), ("/tro-nang", "en")):
        business.open(address)
        page = business.switch(language)
        assert (page.path, page.language) == (address, language)


def test_the_language_of_the_form_outlasts_its_end(business, session, world):
    token = office.dossier_link(session, world)
    business.scan(token)
    business.switch("en")
    business.press(consent="yes")
    business.tell(ON_PAPER)
    business.rate(lambda code: "4")
    business.press(G4="yes")
    assert business.press().language == "en"
    (link,) = business.page.dom.xpath("//main//a[contains(@href, 'lien-he')]/@href")
    assert business.open(link).language == "en"
    assert business.scan(token).language == "en"


@pytest.mark.parametrize("name", ["cam-on", "lien-he"])
def test_the_language_changes_after_the_form_too(business, token, name):
    business.answer(token, ON_PAPER, lambda code: "4", {"G4": "yes"})
    business.press()
    business.open(f"/p/{token}/{name}")
    typed = {"name": "Bà Hạnh", "reach": "0258"} if name == "lien-he" else {}
    page = business.switch("en", **typed)
    assert (page.name, page.language) == (name, "en")
    assert page.typed == {field: [value] for field, value in typed.items()}
    assert business.switch("vi").language == "vi"


def test_an_unknown_language_is_ignored(business, session, token):
    business.start(token)
    page = business.send(business.filled({"language": "fr", "F02": "other"}))
    assert (page.name, page.language) == ("A", "vi")
    (draft,) = office.drafts(session)
    assert draft["language"] == "vi"


def test_the_order_of_wishes_is_each_forms_own_and_stays(browser, token):
    orders = []
    for _ in range(4):
        business = browser()
        business.start(token)
        business.tell({})
        business.rate({})
        offered = business.page.offered("G2")
        assert offered[-1] == "nothing"
        assert business.open(f"/p/{token}/chung").offered("G2") == offered
        assert business.switch("en").offered("G2") == offered
        orders.append(tuple(offered))
    assert len(set(orders)) > 1
    assert len({frozenset(order) for order in orders}) == 1
    assert pages.KEPT_PAGES > 100
