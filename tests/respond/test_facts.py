"""Facts before ratings: what cannot be is refused, what is unlikely is asked about
once, and what was told is repeated before it counts. Today is 27 August 2026."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests import cast
from tests.respond import office
from tests.respond.hand import questionnaire
from tests.respond.respondent import EVENTFUL, ON_PAPER

FUTURE = "Ngày này ở sau hôm nay. Xin xem lại, hoặc bỏ trống nếu không rõ."
BEFORE = "Ngày này ở trước ngày tiếp nhận ({}). Xin xem lại hai ngày."
RECEIVED = "2026-07-13"
DOUBTS = "//main//ul[@class='govuk-list govuk-list--bullet']/li"


@pytest.fixture
def token(session, world):
    return cast.link(session, world.wave, world.trade)


def told(page):
    """The pairs of facts that the summary asks about."""
    return [" ".join(one.text_content().split()) for one in page.dom.xpath(DOUBTS)]


@pytest.mark.parametrize(
    ("code", "value", "message"),
    [
        ("F06", "2026-08-26", None),
        ("F06", "2026-08-27", None),  # today
        ("F06", "2026-08-28", FUTURE),
        ("F06", "2099-12-31", FUTURE),
        ("F08", "2026-08-27", None),
        ("F08", "2026-08-28", FUTURE),
        ("F08", "2026-07-14", None),
        ("F08", "2026-07-13", None),  # on the day of receipt
        ("F08", "2026-07-12", BEFORE),
        ("F07", "2026-07-13", None),
        ("F07", "2026-07-12", BEFORE),
        ("F07", "2026-08-28", None),  # an appointment may well lie ahead
        ("F10b", "2026-07-13", None),
        ("F10b", "2026-07-12", BEFORE),
        ("F10b", "2026-08-28", None),
    ],
)
def test_a_date_that_cannot_be_is_refused_with_its_reason_and_nothing_is_kept(
    business, session, token, code, value, message
):
    business.start(token)
    business.press(F10="one")
    facts = {"F02": "employee", "F06": RECEIVED, "F10": "one", code: value}
    page = business.press(facts)
    if message is None:
        assert page.status == 200
        assert office.drafts(session)[0]["facts"][code] == value
        return
    message = message.format("13/07/2026")
    assert page.status == 422
    assert page.errors == {f"#{code}-date": message}
    assert page.beside(code) == f"Lỗi: {message}"
    assert page.typed == {name: [facts[name]] for name in facts}
    kept = office.drafts(session)[0]["facts"]
    assert [name for name in kept if name[0] == "F"] == ["F10"]
    assert business.press({code: ""}).status == 200


def test_a_date_that_is_no_longer_asked_for_is_not_complained_of(
    business, session, token
):
    business.start(token)
    business.press(F10="one", F06=RECEIVED)
    assert business.press(F10b="2026-07-12").status == 422
    assert business.press(F10="none").name == "tom-tat"
    assert "F10b" not in office.drafts(session)[0]["facts"]


def test_an_impossible_date_is_told_in_english_as_well(business, token):
    business.start(token)
    page = business.switch("en", F06=RECEIVED, F08="2026-07-12")
    assert (page.status, page.language) == (422, "en")
    (message,) = page.errors.values()
    assert "13 Jul 2026" in message
    assert "receipt" in message


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (datetime(2026, 8, 27, 16, 59, 59, tzinfo=UTC), 422),
        (datetime(2026, 8, 27, 17, 0, 0, tzinfo=UTC), 200),
    ],
)
def test_today_is_the_day_in_vietnam(business, token, clock, moment, status):
    business.start(token)
    clock.move_to(moment, tick=False)
    assert business.press(F06="2026-08-28").status == status


def test_a_date_before_a_receipt_told_later_is_asked_about(business, session, world):
    """The dossier supplied it, so the page has no field beside which to refuse it."""
    business.start(office.dossier_link(session, world, facts={"F07": "2026-07-01"}))
    page = business.press(F06=RECEIVED)
    assert page.name == "tom-tat"
    assert told(page) == [
        "F07 Ngày hẹn đầu tiên: 01/07/2026; F06 Ngày tiếp nhận: 13/07/2026"
    ]


@pytest.mark.parametrize(
    ("facts", "pairs"),
    [
        ({"F08": "2026-08-20", "F09": "in_progress"}, ["F08 F09"]),
        ({"F08": "2026-08-20", "F09": "granted"}, []),
        ({"F08": "not_yet", "F09": "granted"}, ["F08 F09"]),
        ({"F08": "not_yet", "F09": "refused"}, ["F08 F09"]),
        ({"F08": "not_yet", "F09": "withdrawn"}, []),
        ({"F08": "not_yet", "F09": "in_progress"}, []),
        ({"F12": "none", "F04": "in_person"}, ["F12 F04"]),
        ({"F12": "one", "F04": "in_person"}, []),
        ({"F12": "none", "F04": "online"}, []),
        (
            {"F12": "none", "F04": "in_person", "F05": "in_person"},
            ["F12 F04", "F12 F05"],
        ),
        ({"F12": "not_sure", "F04": "in_person"}, []),
    ],
)
def test_unlikely_facts_are_asked_about_once_and_never_block(
    business, session, token, facts, pairs
):
    business.start(token)
    business.tell_up_to_summary(facts)
    page = business.page
    assert [one.split()[0] for one in told(page)] == [one.split()[0] for one in pairs]
    for pair, words in zip(pairs, told(page), strict=True):
        assert pair.split()[1] in words.split("; ")[1].split()[0]
    if not pairs:
        return
    assert page.name == "tom-tat"
    assert "Nếu đúng như thực tế, cứ giữ nguyên" in page.text
    assert business.press(summary="confirm").name == "A"
    business.open(f"/p/{token}/thong-tin")
    business.press()
    assert told(business.page) == []
    assert business.open(f"/p/{token}/A").name == "A"
    (draft,) = office.drafts(session)
    assert draft["checks"]["warned"] == [pair.replace(" ", "-") for pair in pairs]
    assert facts.items() <= draft["facts"].items()


def test_a_new_doubt_is_asked_about_though_an_old_one_was(business, token):
    business.start(token)
    business.tell_up_to_summary({"F12": "none", "F04": "in_person"})
    assert len(told(business.page)) == 1
    business.press(summary="edit")
    page = business.press(F09="granted", F08="not_yet")
    assert [one.split()[0] for one in told(page)] == ["F08"]


def test_follow_ups_are_taken_at_once_from_a_page_whose_script_brought_them_up(
    business, session, token
):
    page = business.start(token)
    assert 'data-ask="F10=one three_plus two"' in page.html
    assert "F10b" not in page.asked
    fields = business.filled({"F10": "two", "F10b": "2026-07-22", "F11b": "no"})
    fields.setlist("shown", [*fields.getlist("shown"), "F10b", "F11", "F11b"])
    assert business.send(fields).name == "tom-tat"
    (draft,) = office.drafts(session)
    assert (draft["facts"]["F10b"], draft["facts"]["F11b"]) == ("2026-07-22", "no")


def test_without_a_script_the_server_brings_follow_ups_and_says_so(business, token):
    business.start(token)
    page = business.press(F10="two", F02="employee")
    assert page.name == "thong-tin"
    (notice,) = page.dom.xpath("//*[@id='cau-moi']")
    assert "còn thêm câu hỏi" in notice.text_content()
    assert {"F10b", "F11", "F11b"} <= set(page.asked)
    assert page.typed == {"F10": ["two"], "F02": ["employee"]}
    assert business.press().name == "tom-tat"
    assert "notice" not in business.open(f"/p/{token}/thong-tin").html.split("<form")[0]


def test_a_follow_up_forged_without_its_question_is_dropped(business, session, token):
    business.start(token)
    fields = business.filled({"F10": "none", "F13": "no"})
    fields.setlist("shown", [*fields.getlist("shown"), "F10b", "F13b", "F99"])
    fields |= {"F10b": "2026-07-22", "F13b": "higher", "F99": "x", "late": "yes"}
    business.send(fields)
    (draft,) = office.drafts(session)
    assert draft["facts"].keys() & {"F10b", "F13b", "F99", "late"} == set()


def test_the_summary_repeats_the_facts_and_its_buttons_are_alike(
    business, session, token
):
    business.start(token)
    business.tell_up_to_summary(EVENTFUL)
    page = business.page
    (words,) = page.dom.xpath("//*[@id='summary']")
    assert words.text_content() == (
        "Tiếp nhận 01/07/2026; hẹn trả 22/07/2026; có kết quả 31/07/2026 "
        "(sau ngày hẹn 7 ngày làm việc); bổ sung hai lần; phí, lệ phí trực tuyến "
        "trên Cổng dịch vụ công."
    )
    right, wrong = page.dom.xpath("//button[@name='summary']")
    assert [right.text, wrong.text] == ["Đúng", "Sửa lại"]
    assert {**right.attrib, "value": ""} == {**wrong.attrib, "value": ""}
    page = business.press(summary="edit")
    assert page.name == "thong-tin"
    assert page.typed["F08"] == ["2026-07-31"]
    assert set(EVENTFUL) <= set(page.asked)
    page = business.press(F08="2026-07-22")
    assert "(đúng hẹn)" in page.text
    assert business.press(summary="confirm").name == "A"
    assert office.drafts(session)[0]["facts"]["days_late"] == "0"


def test_supplied_facts_stand_open_for_correction_from_the_summary(
    business, session, world
):
    supplied = {"F06": "2026-07-01", "F07": "2026-07-29", "F08": "2026-07-29"}
    business.start(office.dossier_link(session, world, facts=supplied))
    business.tell_up_to_summary(ON_PAPER)
    page = business.press(summary="edit")
    assert {"F01", "F06", "F07", "F08"} <= set(page.asked)
    assert page.typed["F07"] == ["2026-07-29"]
    business.press(F07="2026-07-28")
    page = business.tell_up_to_summary({"F16": "none"})
    assert "sau ngày hẹn 1 ngày làm việc" in page.text


def test_the_summary_speaks_both_languages(business, token):
    business.start(token)
    business.tell_up_to_summary(ON_PAPER)
    page = business.switch("en")
    assert (page.name, page.language) == ("tom-tat", "en")
    assert (
        "Received 1 Jul 2026; due 29 Jul 2026; result 29 Jul 2026 (on time)"
        in page.text
    )
    assert [one.text for one in page.dom.xpath("//button[@name='summary']")] == [
        *("Correct", "Change")
    ]
    assert business.press(summary="confirm").name == "A"


def test_without_a_fact_there_is_nothing_to_sum_up(business, token):
    business.start(token)
    assert business.press().name == "A"


def strip(page, code):
    """The facts in sight above a criterion, or None."""
    found = page.dom.xpath("//*[@id=$id]", id=f"{code}-facts")
    return " ".join(found[0].text_content().split()) if found else None


@pytest.mark.parametrize(
    ("ready", "vi", "en"),
    [
        ("2026-07-31", "sau ngày hẹn 2 ngày làm việc",
         "working days after the appointed date: 2"),
        ("2026-07-29", "đúng ngày hẹn", "on the appointed date"),
        ("2026-07-27", "trước ngày hẹn 2 ngày làm việc",
         "working days before the appointed date: 2"),
    ],
)  # fmt: skip
def test_the_facts_stand_above_their_criterion_in_the_same_form_whatever_they_are(
    business, token, ready, vi, en
):
    business.start(token)
    business.tell(ON_PAPER | {"F08": ready})
    business.rate({}, until="D")
    day = ready[-2:]
    assert strip(business.page, "D1") == (
        f"Thông tin đã ghi: Ngày hẹn 29/07/2026; có kết quả {day}/07/2026; {vi}. "
        "Sửa thông tin – D1"
    )
    (mark,) = business.page.dom.xpath("//*[@id='D1-facts']")
    assert dict(mark.attrib) == {"class": "strip", "id": "D1-facts"}
    assert [(one.tag, dict(one.attrib)) for one in mark] == [
        ("b", {}),
        (
            "button",
            {"type": "submit", "class": "link-button", "name": "go", "value": "D1"},
        ),
    ]
    box = business.page.dom.get_element_by_id("D1")
    assert "D1-facts" in box.get("aria-describedby").split()
    seen = [one.get("id") or one.get("class") for one in box.iter()]
    assert seen.index("D1-facts") < seen.index("levels")
    page = business.switch("en")
    words = strip(page, "D1")
    assert words.startswith("Facts given: Appointed date 29 Jul 2026; result ")
    assert f"; {en}." in words


@pytest.mark.parametrize("is_told", [False, True])
def test_no_strip_stands_where_nothing_is_known(business, session, token, is_told):
    """Neither for a fact left blank nor for one that nobody remembers."""
    facts = questionnaire(session).facts
    forgotten = {one.code: "not_sure" for one in facts if "not_sure" in one.codes}
    business.start(token)
    business.tell(forgotten if is_told else {})
    while business.page.name in "ABCDE":
        assert business.page.dom.xpath("//p[@class='strip']") == []
        assert "-facts" not in business.page.html
        business.press()
    assert business.page.name == "chung"


def test_the_check_page_names_the_answers_that_the_facts_removed(
    business, session, token
):
    business.answer(token, EVENTFUL, lambda code: "" if code == "E3" else "4")
    assert "không áp dụng cho hồ sơ này" not in business.page.text
    business.open(f"/p/{token}/thong-tin")
    business.press(F13="no", F17="no")
    page = business.confirm()
    assert page.name == "xem-lai"
    assert "câu trả lời trước đây không được gửi: B4. " in page.text
    page = business.switch("en")
    assert ": B4. " in page.text
    business.open(f"/p/{token}/thong-tin")
    business.press(F13="yes", F17="yes")
    business.tell(EVENTFUL)
    assert ": B4" not in business.page.text
    business.press()
    assert office.response(session)["answers"]["B4"] == "4"


def test_not_applicable_that_the_facts_no_longer_allow_is_named_too(
    business, session, token
):
    facts = {"F09": "granted"}
    business.answer(token, facts, {"A1": "4", "A4": "not_applicable"})
    business.open(f"/p/{token}/thong-tin")
    business.press(F04="online")
    business.confirm()
    assert "không được gửi: A4." in business.page.text
    business.press()
    assert office.response(session)["answers"]["A4"] == "blank"
