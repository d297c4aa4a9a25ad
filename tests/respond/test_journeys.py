"""The whole way: from a QR code to a receipt, and what is stored of it."""

from __future__ import annotations

import hashlib
import re

import pytest

from survey import catalogue, codes
from survey.models import Tally
from survey.questionnaire import routing
from survey.tallies import Selection, layout_of, total
from tests import cast
from tests.respond import office
from tests.respond.respondent import EVENTFUL, ON_PAPER

RECEIPT = re.compile(rf"([{codes.ALPHABET}]{{4}}-){{3}}[{codes.ALPHABET}]{{4}}")
GENERALS = {
    "G1": "4",
    "G2": ["processing_time", "guidance"],
    "G3": "Cần nhắn tin khi\r\nhồ sơ trễ hẹn.",
    "G4": "no",
}


def by_turns(code: str) -> str:
    """Another answer for each criterion, every one of those that all offer."""
    digest = hashlib.sha256(code.encode()).digest()[0]
    return ("1", "2", "3", "4", "5", "cannot_judge")[digest % 6]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("wave", "criteria", "kind"),
    [
        ("dn-quy-3", 24, "counter"),
        ("dn-quy-3", 24, "dossier"),
        ("loi-quy-3", 16, "counter"),
        ("loi-quy-3", 16, "kiosk"),
    ],
)
def test_every_answer_given_is_stored_as_it_was_given(
    business, session, world, wave, criteria, kind, language
):
    if kind == "dossier":
        token = office.dossier_link(session, world)
    else:
        token = cast.link(session, wave, world.trade, kind=kind)
    business.scan(token)
    if language == "en":
        assert business.switch("en").language == "en"
    business.press(consent="yes")
    told = {}
    while business.page.name == "thong-tin":
        asked = {code: EVENTFUL.get(code, "not_sure") for code in business.page.asked}
        told |= asked
        business.press(asked)
    assert business.page.name == "tom-tat"
    assert business.confirm().name == "A"
    rated = {}
    while business.page.name in "ABCDE":
        assert business.page.language == language
        rated |= {code: by_turns(code) for code in business.page.asked}
        business.press(rated)
        business.keep()
    assert len(rated) == criteria
    business.press(GENERALS)
    assert business.page.name == "xem-lai"
    thanks = business.press()
    assert thanks.name == "cam-on"
    assert RECEIPT.fullmatch(thanks.receipt)

    stored = office.response(session)
    assert stored["answers"] == rated
    dates = {"F06", "F07", "F08", "F10b"}
    assert {code: stored["facts"][code] for code in told} == {
        code: "given" if code in dates else value for code, value in told.items()
    }
    assert stored["generals"] == {code: GENERALS[code] for code in ("G1", "G2", "G4")}
    assert stored["comment"] == "Cần nhắn tin khi\nhồ sơ trễ hẹn."
    assert stored["language"] == language
    assert stored["wave_id"] == wave
    assert stored["unit_id"] == world.trade
    assert stored["procedure_id"] == (world.petrol if kind == "dossier" else None)
    assert stored["origin"] == kind
    assert stored["month"] == "2026-08"
    assert stored["channel"] == "mixed"
    assert stored["status"] == "complete"
    assert office.drafts(session) == []
    assert len(office.link_of(session, "spent")) == (kind == "dossier")
    assert office.miscounted(session) == []


def test_the_receipt_is_told_to_be_stored_and_nothing_else(business, session, world):
    business.answer(cast.link(session, world.wave, world.trade), ON_PAPER, by_turns)
    receipt = business.press().receipt
    business.open("/xac-minh")
    found = business.press(receipt=receipt.lower().replace("-", " "))
    assert found.status == 200
    assert "Phiếu đã được tính" in found.text
    assert "Khảo sát quý III năm 2026" in found.text
    mistyped = cast.mistyped(receipt)
    assert "chưa đúng" in business.press(receipt=mistyped).text
    unknown = codes.new_receipt()
    page = business.press(receipt=unknown)
    assert page.status == 422
    assert "Không có phiếu nào mang mã xác nhận này" in page.text
    assert page.typed == {"receipt": [unknown]}


def test_the_introduction_says_who_asks_about_what_and_for_how_long(
    business, session, world
):
    page = business.scan(office.dossier_link(session, world))
    for words in (
        "Sở Công Thương tỉnh Khánh Hòa",
        "Phòng Quản lý Thương mại",
        "Cấp GCN cửa hàng đủ điều kiện bán lẻ xăng dầu",
        "khoảng 15 phút",
        "30/09/2026",
        "dn-2026-1",
        "Phiếu không bắt buộc ghi họ tên",
    ):
        assert words in page.text
    token = cast.link(session, world.short_wave, world.energy)
    assert "khoảng 12 phút" in business.scan(token).text


def test_nothing_is_chosen_beforehand(business, session, world):
    business.start(cast.link(session, world.wave, world.trade))
    assert business.page.typed == {}
    business.tell(EVENTFUL)
    for name in "ABCDE":
        assert business.page.name == name
        assert business.page.typed == {}
        business.press()
    assert business.page.name == "chung"
    assert business.page.typed == {}


def test_agreeing_is_asked_for_and_never_ready_made(business, session, world):
    page = business.scan(cast.link(session, world.wave, world.trade))
    assert page.typed == {}
    refused = business.press()
    assert refused.status == 422
    assert refused.errors == {"#consent": "Xin đánh dấu đồng ý tham gia để bắt đầu."}
    assert "Xin đánh dấu đồng ý" in refused.beside("consent")
    assert office.drafts(session) == []
    assert business.press(consent="yes").name == "thong-tin"


def test_guidance_and_anchors_stand_in_view_beside_every_question(
    business, session, world
):
    q = catalogue.questionnaire(session, "dn-2026-1")
    session.rollback()
    business.start(cast.link(session, world.wave, world.trade))
    business.tell(EVENTFUL)
    seen = []
    while business.page.name in "ABCDE":
        for code in business.page.asked:
            seen.append(code)
            words, one = business.page.question(code), q.criterion(code)
            for text in (one.consider, one.leave_out, one.look_up):
                guidance = routing.without_hidden(q.filled(text, "vi"), {"C5"})
                assert " ".join(guidance.split()) in words
            for level, anchor in one.anchors.items():
                (label,) = business.page.dom.xpath(f"//label[@for='{code}-{level}']")
                assert q.filled(anchor, "vi") in label.text_content()
            assert one.text.vi in words
        business.press()
    assert seen == [one.code for one in q.criteria]


def test_not_applicable_and_cannot_judge_stand_apart_from_the_scale(
    business, session, world
):
    business.start(cast.link(session, world.wave, world.trade))
    business.tell(ON_PAPER)
    (scale,) = business.page.dom.xpath("//fieldset[@id='A1']/div[@class='levels']")
    (apart,) = business.page.dom.xpath(
        "//fieldset[@id='A1']/div[contains(@class, 'levels--apart')]"
    )
    assert [one.get("value") for one in scale.xpath(".//input")] == list("12345")
    assert [one.get("value") for one in apart.xpath(".//input")] == [
        "not_applicable",
        "cannot_judge",
    ]
    assert len({one.getparent().get("class") for one in scale.xpath(".//input")}) == 1


def test_the_page_to_check_shows_every_answer_with_a_way_back(business, session, world):
    token = cast.link(session, world.wave, world.trade)
    page = business.answer(token, EVENTFUL, {"A1": "5", "A2": "2"}, GENERALS)
    values = list(page.summary.values())
    assert "5. Rất hài lòng" in values
    assert "2. Không hài lòng" in values
    assert "29/07/2026" not in values
    assert "31/07/2026" in values
    assert "Cần nhắn tin khi hồ sơ trễ hẹn." in values
    assert values.count("Chưa trả lời") == 1 + 22  # F01 and the other criteria
    links = page.dom.xpath("//main//dd/a/@href")
    assert len(links) == len(values)
    for link in links:
        address, _, code = link.partition("#")
        opened = business.open(address)
        assert opened.status == 200
        assert code in opened.asked
    changed = business.open(next(link for link in links if link.endswith("#A2")))
    assert changed.typed == {"A1": ["5"], "A2": ["2"]}
    assert business.press(A2="3").name == "xem-lai"
    assert "3. Bình thường" in business.page.summary.values()


def test_a_response_stands_in_the_tally_of_its_cell(business, session, world):
    token = cast.link(session, world.wave, world.trade)
    business.answer(token, ON_PAPER, lambda code: "1" if code == "B2" else "5", {})
    business.press()
    q = catalogue.questionnaire(session, "dn-2026-1")
    counts = layout_of(q).unpack(total(session, world.wave, Selection()))
    assert counts.statuses == {"complete": 1, "partial": 0, "break_off": 0}
    assert counts.counts["A1"]["5"] == 1
    assert counts.counts["B2"] == {**dict.fromkeys(counts.counts["B2"], 0), "1": 1}
    assert counts.counts["A4"]["not_asked"] == 1
    (cell,) = office.rows(session, Tally)
    assert cell["unit_id"] == world.trade
    assert cell["channel"] == "in_person"
    assert cell["month"] == "2026-08"
