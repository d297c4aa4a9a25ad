"""Odd, altered and hostile input: shown as text, ignored, or refused; never a 5xx."""

from __future__ import annotations

import io
import unicodedata

import pytest
import sqlalchemy as sa

from survey.models import Contact, Procedure, Unit, Wave
from tests import cast
from tests.respond import office
from tests.respond.respondent import ON_PAPER

MARKUP = '<script>alert(1)</script><img src=x onerror="alert(2)">&lt;b&gt;\'"'
TEMPLATE = "{{ 7*7 }} {% include 'layout.html' %} ${7*7} {agency} %s %(x)s"
JUNK = [
    "' OR 1=1 --",
    '"; DROP TABLE responses; --',
    "\x00",
    "a\x00b",
    "\x02sG3\x03\x02bnotice\x03\x02e\x03",
    "%ED%A0%80",
    "\ufffe\uffff\ufdd0",
    "😀👩‍👩‍👧‍👦🇻🇳",
    "\u202eabc\u202d",
    "../../etc/passwd",
    "A" * 5000,
    "%00%0a%0d",
    "\r\nSet-Cookie: x=1",
    "９" * 20,
    "NaN",
    "-0",
    "1e309",
    "[]",
    '{"$gt": ""}',
]


def satisfied(code):
    return "4"


@pytest.fixture
def token(session, world):
    return cast.link(session, world.wave, world.trade)


def test_what_the_link_decides_no_field_can_change(
    business, session, world, token, clock
):
    forged = {
        "unit": str(world.energy),
        "unit_id": str(world.energy),
        "procedure_id": str(world.power),
        "wave": world.short_wave,
        "wave_id": world.short_wave,
        "status": "complete",
        "flags": "x",
        "origin": "dossier",
        "channel": "online",
        "month": "2020-01",
        "is_sample": "1",
        "receipt_hash": "0" * 64,
        "late": "yes",
        "days_late": "99",
        "immediate": "no",
        "next_page": "xem-lai",
        "X1": "5",
        "G9": "5",
        "comment": "forged",
        "__class__": "x",
    }
    business.scan(token)
    business.press(forged, consent="yes")
    while business.page.name != "xem-lai":
        name = business.page.name
        given = (
            ON_PAPER
            if name == "thong-tin"
            else dict.fromkeys(business.page.asked if name in "ABCDE" else (), "4")
        )
        clock.shift(120)  # nobody careless, so that a flag can only be forged
        business.press({**forged, **given})
    business.press(forged)
    stored = office.response(session)
    assert stored["unit_id"] == world.trade
    assert stored["procedure_id"] is None
    assert stored["wave_id"] == world.wave
    assert (stored["origin"], stored["channel"]) == ("counter", "in_person")
    assert (stored["month"], stored["flags"]) == ("2026-08", "")
    assert stored["is_sample"] is False
    assert stored["comment"] is None
    assert stored["facts"]["late"] == "no"
    assert "days_late" in stored["facts"]
    assert stored["facts"]["days_late"] == "0"
    assert stored["generals"] == {}
    assert not forged.keys() & stored["answers"].keys()
    assert "99" not in repr(stored["facts"])
    assert "forged" not in repr(stored)


def test_markup_in_a_comment_is_text(business, session, token):
    business.answer(token, ON_PAPER, satisfied, {"G3": MARKUP})
    page = business.page
    assert MARKUP in page.summary.values()
    assert not page.dom.xpath("//main//script | //main//img")
    business.open(f"/p/{token}/chung")
    assert business.page.fields["G3"] == MARKUP
    assert not business.page.dom.xpath("//main//script | //main//img")
    business.open(f"/p/{token}/xem-lai")
    business.press()
    assert office.response(session)["comment"] == MARKUP


def test_markup_in_names_is_text(app, business, session, world):
    session.execute(sa.update(Unit).values(name=MARKUP))
    session.execute(sa.update(Procedure).values(name=MARKUP))
    session.execute(sa.update(Wave).values(title=MARKUP))
    session.commit()
    page = business.scan(office.dossier_link(session, world, facts={"F04": "online"}))
    assert page.summary["Nơi giải quyết"] == MARKUP
    assert page.summary["Thủ tục"] == MARKUP
    business.press(consent="yes")
    pages = [page, business.page]
    pages.append(business.open(f"{business.page.path}?sua=1"))
    business.tell(ON_PAPER)
    business.rate(satisfied)
    pages.append(business.press())
    business.press()
    business.open("/xac-minh")
    receipt_page = business.page
    for one in (*pages, receipt_page):
        assert not one.dom.xpath("//main//script | //main//img")
    footers = [one.dom.xpath("//main/p[last()]")[0].text_content() for one in pages]
    assert all(MARKUP in footer for footer in footers)


def test_a_persons_text_never_becomes_a_template(business, session, world):
    session.execute(sa.update(Unit).values(name=TEMPLATE))
    session.commit()
    token = cast.link(session, world.wave, world.trade)
    assert business.scan(token).summary["Nơi giải quyết"] == TEMPLATE
    page = business.answer(token, ON_PAPER, satisfied, {"G3": TEMPLATE})
    assert TEMPLATE in page.summary.values()
    business.press()
    assert office.response(session)["comment"] == TEMPLATE


ACCEPTED = {200, 303, 308, 400, 404, 422}


@pytest.fixture
def answered(business, token):
    """A business all of whose pages are open."""
    business.start(token)
    business.tell(ON_PAPER)
    business.rate({})
    business.press()
    return business


@pytest.mark.parametrize(
    "name", ["gioi-thieu", "thong-tin", "A", "E", "chung", "xem-lai"]
)
def test_no_junk_in_any_field_breaks_a_page(answered, session, token, name):
    """Every field of a page, the key of its form, and its address."""
    client, address = answered.client, f"/p/{token}/{name}"
    for junk in JUNK:
        page = answered.open(address)
        fields = page.fields
        own = {*fields, *page.asked, "shown", "language", "sua"} - {"csrf_token", "key"}
        for code in own:
            fields.setlist(code, [junk])
        told = [client.post(address, data=fields)]
        told.append(client.get(address, query_string={"sua": junk, "language": junk}))
        fields["key"] = junk
        told.append(client.post(address, data=fields))
        told.append(client.post(f"/p/{junk}/{name}", data=fields))
        assert {answer.status_code for answer in told} <= ACCEPTED, junk
    assert office.miscounted(session) == []


def test_no_junk_breaks_a_door(answered, token):
    client = answered.client
    csrf = answered.page.fields["csrf_token"]
    for junk in JUNK:
        told = [
            client.get(address)
            for address in (
                *(f"/{junk}", f"/p/{junk}", f"/p/{junk}/cam-on", f"/p/{token}/{junk}"),
                *(f"/static/{junk}", f"/?next={junk}"),
            )
        ]
        for address in ("/", "/xac-minh", "/ngon-ngu"):
            fields = dict.fromkeys(("code", "receipt", "language", "key"), junk)
            fields["csrf_token"] = csrf
            told.append(client.post(address, data=fields, query_string={"next": junk}))
        assert {answer.status_code for answer in told} <= ACCEPTED, junk


def test_a_comment_is_stored_composed_and_without_control_characters(
    business, session, token
):
    typed = unicodedata.normalize("NFD", "Cần\x00 hướng\x02 dẫn\x0b\ufeff rõ\ufffe")
    business.answer(token, ON_PAPER, satisfied, {"G3": f"  {typed}\r\n\r\nhơn 😀 "})
    business.press()
    assert office.response(session)["comment"] == "Cần hướng dẫn rõ\n\nhơn 😀"


@pytest.mark.parametrize("field", ["G3", "A1", "junk", "key"])
def test_a_megabyte_in_one_field_is_refused_and_nothing_is_lost(
    business, session, token, field
):
    business.start(token)
    business.tell(ON_PAPER)
    business.press(A1="2")
    before = office.dump(session)
    fields = business.filled({field: "x" * 1_000_000})
    answer = business.client.post(business.page.action, data=fields)
    assert answer.status_code == 413
    assert "chưa lưu gì" in answer.text
    assert office.dump(session) == before
    assert business.press(B1="5").name == "C"


def test_a_thousand_fields_are_read_and_ignored(business, session, token):
    business.start(token)
    business.tell(ON_PAPER)
    many = {f"field{place}": "x" for place in range(5000)}
    assert business.press({**many, "A1": "5"}).name == "B"
    assert office.drafts(session)[0]["answers"] == {"A1": "5"}


def test_a_file_instead_of_a_value_is_no_answer(business, session, token):
    business.start(token)
    business.tell(ON_PAPER)
    fields = business.filled({}).to_dict()
    fields["A1"] = (io.BytesIO(b"5"), "5.txt")
    answer = business.client.post(
        business.page.action, data=fields, content_type="multipart/form-data"
    )
    assert answer.status_code == 303
    assert office.drafts(session)[0]["answers"] == {}


def test_a_form_may_come_as_multipart(business, session, token):
    business.start(token)
    business.tell(ON_PAPER)
    fields = business.filled({"A1": "5"})
    answer = business.client.post(
        business.page.action, data=fields, content_type="multipart/form-data"
    )
    assert answer.status_code == 303
    assert office.drafts(session)[0]["answers"] == {"A1": "5"}


@pytest.mark.parametrize(
    "cookie", ["", "x", "a.b.c", "eyJrZXlzIjogMX0.x.y", "é", "." * 4000]
)
def test_an_altered_cookie_counts_as_none(business, session, token, cookie):
    business.start(token)
    business.client.set_cookie("survey", cookie)
    assert business.scan(token).name == token
    business.press(consent="yes")
    assert business.page.name == "thong-tin"


def test_nobody_leaves_a_wish_to_be_called_for_another(browser, session, token):
    thief = browser()
    business = browser()
    business.answer(token, ON_PAPER, satisfied, {"G4": "yes"})
    business.press()
    thief.scan(token)
    csrf = thief.page.fields["csrf_token"]
    fields = {"csrf_token": csrf, "name": "X", "reach": "Y", "key": "0" * 32}
    assert thief.send(fields, f"/p/{token}/lien-he").name == token
    assert office.rows(session, Contact) == []
