"""Strict HTML on every page that any test fetches; the strict reader itself, tested."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from survey import accounts
from tests import cast, strict
from tests.respond.respondent import EVENTFUL, Respondent

PAGE = (
    '<!DOCTYPE html><html lang="vi"><head><title>t</title>{head}</head>'
    "<body><main><h1>h</h1>{body}</main></body></html>"
)
FIELD = '<label for="x">X</label><input id="x" name="x">'


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(cast.NOW):
        yield


def found(body: str = "", head: str = "") -> str:
    return " | ".join(strict.faults(PAGE.format(body=body, head=head)))


def test_a_clean_page_has_no_fault():
    assert (
        found(f'{FIELD}<a href="#x">X</a><form action="/x" method="post"></form>') == ""
    )


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p><div></div></p>", "unexpected-end-tag"),
        ("<b><i></b></i>", "adoption-agency"),
        ("<p id=a></p><p id=a></p>", "id 'a' stands 2 times"),
        ('<p id="a b"></p>', "id 'a b'"),
        ('<label for="y">Y</label>', "points nowhere"),
        ('<p id="y"></p><label for="y">Y</label>', "a label for <p>"),
        ('<input name="x">', "has no label"),
        ('<textarea name="x" id="x"></textarea>', "has no label"),
        ('<p aria-describedby="q">x</p>', "points nowhere"),
        ('<button form="q">x</button>', "points nowhere"),
        ('<a href="#q">x</a>', "which is not there"),
        ('<p style="color: red">x</p>', "<p style>"),
        ('<p onclick="x()">x</p>', "<p onclick>"),
        ("<style>p { color: red }</style>", "<style> within the page"),
        ("<script>alert(1)</script>", "<script> within the page"),
        ('<img alt="" src="//other.example/x.png">', "asks another server"),
        ('<form action="https://other.example/"></form>', "asks another server"),
        ('<img alt="" src="javascript:x()">', "asks another server"),
        ("<h1>again</h1>", "2 of <h1>"),
    ],
)
def test_every_kind_of_fault_is_seen(body, fault):
    assert fault in found(body)


def test_a_style_from_elsewhere_is_seen():
    link = '<link rel="stylesheet" href="https://other.example/a.css">'
    assert "asks another server" in found(head=link)


def test_a_page_without_a_language_or_a_title_is_seen():
    page = PAGE.format(body="", head="")
    assert "no language" in str(strict.faults(page.replace(' lang="vi"', "")))
    assert "<title>" in str(strict.faults(page.replace("<title>t", "<title>")))


def test_what_a_person_typed_does_not_make_a_page_wrong():
    assert found("<p>\x01\ufffe</p>") == ""


def test_the_client_of_the_tests_refuses_a_faulty_page(app):
    page = PAGE.format(body='<p style="x">', head="")
    app.add_url_rule("/loi", "faulty", accounts.public(lambda: page))
    with pytest.raises(AssertionError, match="<p style>"):
        app.test_client().get("/loi")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_a_business_sees_is_strict_html(client, session, world, language):
    """Each page as it opens, with everything filled in, and with errors."""
    business = Respondent(client)
    for address in ("/", "/kiem-tra-ma", "/xac-minh", "/tro-nang", "/khong-co"):
        business.open(address)
    token = cast.link(session, world.wave, world.department)
    business.scan(token)
    if language == "en":
        business.switch(language)
    business.press()
    business.press(consent="yes")
    business.press(dict.fromkeys(business.page.asked, "off the list"))
    business.tell({**EVENTFUL, "F01": "2.000648"})
    business.open(f"/p/{token}/thong-tin?sua=1")
    business.open(f"/p/{token}/A")
    while business.page.name in "ABCDE":
        business.press(dict.fromkeys(business.page.asked, "9"))
        assert business.page.status == 422
        business.press(dict.fromkeys(business.page.asked, "5"))
        business.keep()
    business.press(G1="9", G2=["x"], G3="x" * 1300, G4="x")
    assert len(business.page.errors) == 4
    business.press(G1="5", G2=["forms"], G3="<b>", G4="yes")
    business.press()
    business.open(f"/p/{token}/lien-he")
    business.press()
    business.press(name="Bà Hạnh", reach="0258 3822 111")
    assert business.page.language == language
    client.delete_cookie("survey")
    business.open("/")
    assert business.press(code="x").status == 422
    client.delete_cookie("survey")
    assert business.press(code="x").status == 400
