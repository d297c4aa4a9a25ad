"""What a link leads to on which day, and how a code can be typed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from survey import codes
from survey.models import Link, Wave
from tests import cast
from tests.respond import office
from tests.respond.respondent import ON_PAPER

USED = "Phiếu của hồ sơ này đã được gửi"
CLOSED = "Đường dẫn này hiện không nhận phiếu"
UNKNOWN = "Không tìm thấy phiếu khảo sát"


def change(session, noun, **values):
    session.execute(sa.update(noun).values(**values))
    session.commit()


def test_a_dossier_link_is_spent_by_its_one_form(browser, session, world):
    token = office.dossier_link(session, world)
    business = browser()
    business.answer(token, ON_PAPER, lambda code: "4")
    business.press()
    assert len(office.link_of(session, "spent")) == 1
    for one in (browser(), business):
        page = one.scan(token)
        assert (page.status, page.heading) == (410, USED)
        assert "xin báo cho cơ quan" in page.text
    assert browser().open(f"/p/{token}/A").status == 410
    assert browser().open(f"/p/{token}/cam-on").status == 410


@pytest.mark.parametrize(
    ("noun", "values"),
    [
        (Wave, {"state": "draft"}),
        (Wave, {"state": "closed"}),
        (Wave, {"opens_on": date(2026, 8, 28)}),
        (Wave, {"closes_on": date(2026, 8, 24)}),
        (Link, {"state": "revoked"}),
    ],
)
def test_a_link_that_is_not_open_today_says_what_to_do(
    business, session, world, noun, values
):
    token = cast.link(session, world.wave, world.trade)
    business.start(token)
    typed = business.filled({"F02": "employee"})
    change(session, noun, **values)
    for page in (
        business.scan(token),
        business.open(f"/p/{token}/thong-tin"),
        business.send(typed, f"/p/{token}/thong-tin"),
    ):
        assert (page.status, page.heading) == (410, CLOSED)
        assert "xin hỏi nơi đã đưa mã" in page.text
        assert 'href="/kiem-tra-ma"' in page.html  # which says why
    (draft,) = office.drafts(session)
    assert "F02" not in draft["facts"]


def test_a_form_names_the_last_day_of_its_own_code(business, session, world):
    token = cast.link(session, world.wave, world.trade)
    change(session, Link, valid_to=date(2026, 9, 17))
    assert "hạn trả lời 17/09/2026" in business.scan(token).text


def test_the_last_day_ends_at_midnight_in_vietnam(business, session, world, clock):
    token = cast.link(session, world.wave, world.trade)
    clock.move_to(datetime(2026, 9, 30, 16, 59, 58, tzinfo=UTC), tick=False)
    assert business.scan(token).status == 200
    clock.move_to(datetime(2026, 9, 30, 17, 0, 0, tzinfo=UTC), tick=False)
    assert business.scan(token).status == 410


def test_a_link_with_a_last_day_of_its_own_ends_at_the_very_second(
    browser, session, world, clock
):
    """And a form begun in time may still be sent two days later, but not three."""
    token = office.dossier_link(session, world)
    change(session, Link, valid_to=date(2026, 9, 17))
    begun, other = browser(), browser()
    clock.move_to(datetime(2026, 9, 17, 16, 59, 59, tzinfo=UTC), tick=False)
    assert other.scan(token).status == 200
    begun.answer(token, ON_PAPER, lambda code: "4")
    office.dossier_link(session, world)
    clock.move_to(datetime(2026, 9, 17, 17, 0, 0, tzinfo=UTC), tick=False)
    fresh = office.dossier_link(session, world)
    change(session, Link, valid_to=date(2026, 9, 17))
    page = other.scan(fresh)
    assert (page.status, page.heading) == (410, CLOSED)
    clock.move_to(datetime(2026, 9, 19, 17, 0, 0, tzinfo=UTC), tick=False)
    assert other.scan(token).status == 410
    clock.move_to(datetime(2026, 9, 19, 16, 59, 59, tzinfo=UTC), tick=False)
    assert begun.press().name == "cam-on"


def test_a_replaced_code_says_so_kindly_while_its_wave_is_open(
    business, session, world
):
    token = office.dossier_link(session, world)
    change(session, Link, state="replaced")
    page = business.scan(token)
    assert (page.status, page.heading) == (410, "Mã này đã được thay bằng mã mới")
    assert "những gì đã điền vẫn còn" in page.text
    change(session, Wave, state="closed")
    assert business.scan(token).heading == CLOSED


def test_the_first_day_begins_at_midnight_in_vietnam(business, session, world, clock):
    token = cast.link(session, world.wave, world.trade)
    clock.move_to(datetime(2026, 6, 30, 16, 59, 59, tzinfo=UTC), tick=False)
    assert business.scan(token).status == 410
    clock.move_to(datetime(2026, 6, 30, 17, 0, 0, tzinfo=UTC), tick=False)
    assert business.scan(token).status == 200


def test_the_month_of_a_response_is_that_of_vietnam(business, session, world, clock):
    token = cast.link(session, world.wave, world.trade)
    clock.move_to(datetime(2026, 8, 31, 17, 30, tzinfo=UTC))
    business.answer(token, ON_PAPER, lambda code: "4")
    business.press()
    assert office.response(session)["month"] == "2026-09"


def test_unknown_and_altered_codes_look_alike(business, session, world):
    token = cast.link(session, world.wave, world.trade)
    pages = [
        business.scan(code)
        for code in (
            codes.new_token(),
            cast.mistyped(token),
            token[:-1],
            token + "2",
            "x",
            "%00",
        )
    ]
    assert {(page.status, page.heading) for page in pages} == {(404, UNKNOWN)}
    assert len({page.text for page in pages}) == 1
    assert "quét lại mã QR" in pages[0].text


def test_a_token_is_kept_hashed_and_for_its_purpose_only(session, world):
    token = office.dossier_link(session, world)
    (link,) = office.rows(session, Link)
    assert link["token"] is None
    assert token not in repr(link)
    assert codes.hashed(token) == link["token_hash"]


@pytest.mark.parametrize(
    "write",
    [
        str.lower,
        codes.grouped,
        lambda token: f"  {codes.grouped(token).lower().replace('-', ' ')} ",
        lambda token: token.replace("8", "B").replace("5", "S"),
        lambda token: "".join(chr(ord(symbol) + 0xFEE0) for symbol in token),
    ],
    ids=["small", "grouped", "spaced", "look-alikes", "full-width"],
)
def test_a_code_may_be_typed_as_people_type(business, session, world, write):
    token = cast.link(session, world.wave, world.trade)
    business.open("/")
    page = business.press(code=write(token))
    assert (page.status, page.path) == (200, f"/p/{token}")


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda token: "", "đã gõ 0"),
        (lambda token: token[:-1], "đã gõ 19"),
        (lambda token: token + "2", "đã gõ 21"),
        (cast.mistyped, "Có ký tự gõ nhầm"),
        (lambda token: "O" + token[1:], "Mã không dùng ký tự O."),
        (lambda token: "Đ1" + token[2:], "Mã không dùng ký tự Đ, 1."),
    ],
    ids=["nothing", "too short", "too long", "slip", "letter O", "others"],
)
def test_a_code_typed_wrong_is_explained_and_kept(
    business, session, world, write, message
):
    typed = write(cast.link(session, world.wave, world.trade))
    business.open("/")
    page = business.press(code=typed)
    assert page.status == 422
    (told,) = page.errors.items()
    assert told[0] == "#code"
    assert message in told[1]
    assert message in page.beside("code")
    assert page.fields["code"] == typed


def test_a_code_survives_a_session_that_ran_out(business, session, world):
    token = cast.link(session, world.wave, world.trade)
    business.open("/")
    fields = business.filled({"code": token})
    business.client.delete_cookie("survey")
    assert business.send(fields, "/").status == 400
    assert business.press().path == f"/p/{token}"


def test_guessing_codes_is_slowed_down(business, world):
    business.open("/")
    statuses = [business.send(business.page.fields, "/").status for _ in range(60)]
    assert set(statuses) == {422}
    page = business.send(business.page.fields, "/")
    assert (page.status, page.heading) == (429, "Quá nhiều lần thử")
    # Only guessing: reading goes on.
    assert business.open("/").status == 200
