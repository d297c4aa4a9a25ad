"""A wrong answer is told on top and beside its question, and nothing typed is lost."""

from __future__ import annotations

import unicodedata

import pytest
from werkzeug.datastructures import MultiDict

from tests import cast
from tests.respond import office
from tests.respond.respondent import ON_PAPER

NOT_OFFERED = "Ý đã chọn không có trong câu này. Xin chọn lại."
ONLY_ONE = "Chỉ chọn một ý cho câu này."
NOT_A_DATE = "Xin ghi ngày theo dạng ngày/tháng/năm, ví dụ 21/8/2026."
YEAR = "Năm chưa đúng. Xin ghi đủ bốn chữ số, ví dụ 2026."
NOT_BOTH = "Xin ghi ngày hoặc chọn một ý bên dưới, không làm cả hai."


@pytest.fixture
def at(business, session, world):
    """Brings the business to a page of a form whose facts are those on paper."""

    def bring(name):
        business.start(cast.link(session, world.wave, world.trade))
        if name != "thong-tin":
            business.tell(ON_PAPER)
            business.rate({}, until=name)
        assert business.page.name == name
        return business

    return bring


def check(page, code, message):
    """The summary leads to what is there, and the message stands beside it."""
    assert page.status == 422
    (told,) = page.errors.items()
    assert told[1] == message
    assert told[0].startswith(f"#{code}")
    target = page.dom.get_element_by_id(told[0][1:])
    assert target.tag in ("input", "select", "textarea") or code == "G2"
    assert page.beside(code) == f"Lỗi: {message}"
    (title,) = page.dom.xpath("//head/title")
    assert title.text.startswith("Lỗi: ")
    described = page.dom.get_element_by_id(code).get("aria-describedby").split()
    assert f"{code}-error" in described


@pytest.mark.parametrize(
    "value",
    ["0", "6", "-1", "1.0", "５", "blank", "not_asked", "Hài lòng", "1 2", "++"],
)
def test_a_value_off_the_scale_is_refused(at, session, value):
    business = at("A")
    page = business.press(A1=value, A2="4")
    check(page, "A1", NOT_OFFERED)
    assert page.typed == {"A2": ["4"]}
    assert office.drafts(session)[0]["answers"] == {}
    assert business.press().name == "B"
    assert office.drafts(session)[0]["answers"] == {"A2": "4"}


def test_a_question_that_is_not_asked_takes_no_answer(at, session):
    business = at("A")
    assert business.press(A1="3", A4="5", B1="2").name == "B"
    assert office.drafts(session)[0]["answers"] == {"A1": "3"}


def test_not_applicable_is_refused_where_it_is_not_offered(at):
    business = at("B")
    assert "not_applicable" not in business.page.offered("B2")
    check(business.press(B2="not_applicable"), "B2", NOT_OFFERED)


def test_a_repeated_parameter_is_refused_unless_it_says_the_same(at, session):
    business = at("A")
    check(business.press(A1=["4", "5"]), "A1", ONLY_ONE)
    assert business.press(A1=["4", "4", ""]).name == "B"
    assert office.drafts(session)[0]["answers"] == {"A1": "4"}


def test_a_fact_off_its_list_is_refused(at, session):
    business = at("thong-tin")
    page = business.press(F02="boss", F03="workers_1_10")
    check(page, "F02", NOT_OFFERED)
    assert page.typed == {"F03": ["workers_1_10"]}
    assert office.drafts(session)[0]["facts"] == {}


def test_a_procedure_of_another_unit_is_not_offered(at, session):
    business = at("thong-tin")
    assert "2.001249" not in business.page.offered("F01")
    check(business.press(F01="2.001249"), "F01", NOT_OFFERED)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-02-30", NOT_A_DATE),
        ("31/6/2026", NOT_A_DATE),
        ("8/2026", NOT_A_DATE),
        ("hôm qua", NOT_A_DATE),
        ("21-8-26", NOT_A_DATE),
        ("0026-08-21", YEAR),
        ("1999-12-31", YEAR),
        ("2100-01-01", YEAR),
    ],
)
def test_an_impossible_date_is_refused_and_kept_in_view(at, value, message):
    page = at("thong-tin").press(F06=value, F02="employee")
    check(page, "F06", message)
    assert page.typed == {"F06": [value], "F02": ["employee"]}


@pytest.mark.parametrize(
    "value", ["2026-08-21", "21/8/2026", "21/08/2026", "21.8.2026", "21-8-2026",
              " 21 8 2026 "]
)  # fmt: skip
def test_a_date_may_be_written_as_people_write_it(at, session, value):
    at("thong-tin").press(F06=value)
    assert office.drafts(session)[0]["facts"]["F06"] == "2026-08-21"


def test_a_date_and_a_choice_contradict_each_other(at):
    page = at("thong-tin").press(F07=["2026-08-21", "no_date_given"])
    check(page, "F07", NOT_BOTH)
    assert page.fields["F07"] == "2026-08-21"


def test_several_errors_are_told_in_the_order_of_the_page(at):
    page = at("thong-tin").press(F02="x", F06="y", F18="z")
    assert list(page.errors) == ["#F02-representative", "#F06-date", "#F18-no"]
    assert page.beside("F18") == f"Lỗi: {NOT_OFFERED}"


def long(length):
    return "ể" * (length - 2) + "\n" + "x"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_a_comment_is_counted_as_it_is_read(at, session, form, line_break):
    business = at("chung")
    text = unicodedata.normalize(form, long(1200)).replace("\n", line_break)
    assert business.press(G3=text).name == "xem-lai"
    assert office.drafts(session)[0]["answers"]["G3"] == long(1200)


def test_a_comment_too_long_is_refused_by_how_much_and_kept(at, session):
    business = at("chung")
    page = business.press(G1="4", G3=long(1203))
    check(page, "G3", "Ý kiến dài 1203 ký tự, tối đa 1200. Xin rút ngắn.")
    assert page.fields["G3"].replace("\r\n", "\n") == long(1203)
    assert page.typed["G1"] == ["4"]
    assert "G3" not in office.drafts(session)[0]["answers"]


def test_a_comment_of_blanks_is_none(at, session):
    assert (
        at("chung").press(G3=" \r\n\t\u200b ".replace("\u200b", "")).name == "xem-lai"
    )
    assert "G3" not in office.drafts(session)[0]["answers"]


def test_more_than_three_wishes_are_too_many(at, session):
    business = at("chung")
    four = ["forms", "guidance", "online_filing", "site_inspection"]
    page = business.press(G2=four)
    check(page, "G2", "Chọn tối đa ba việc.")
    assert sorted(page.typed["G2"]) == sorted(four)
    assert business.press(G2=four[:3]).name == "xem-lai"


def test_no_wish_does_not_go_with_a_wish(at):
    page = at("chung").press(G2=["nothing", "forms"])
    check(page, "G2", "“Không có việc nào” không đi cùng ý khác. Xin bỏ bớt một bên.")
    assert sorted(page.typed["G2"]) == ["forms", "nothing"]


def test_a_wish_off_the_list_is_refused(at):
    check(at("chung").press(G2=["forms", "a holiday"]), "G2", NOT_OFFERED)


def test_a_wish_named_twice_counts_once(at, session):
    business = at("chung")
    assert business.press(G2=["forms", "forms", "forms", "forms"]).name == "xem-lai"
    assert office.drafts(session)[0]["answers"]["G2"] == ["forms"]


def test_an_empty_post_is_a_page_left_blank(at, session):
    business = at("A")
    fields = MultiDict({"csrf_token": business.page.fields["csrf_token"]})
    assert business.send(fields).name == "B"
    assert office.drafts(session)[0]["answers"] == {}


def test_the_enter_key_never_changes_the_language(at):
    """It presses the first button of a form, in the order of the page."""
    page = at("thong-tin").page
    first = page.dom.xpath("//button[@form='form'] | //form[@id='form']//button")[0]
    assert first.get("name") is None
