"""Is this code real? A genuine code is told from a sticker, and nobody learns more."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from survey import clock as today_of
from survey import codes, keyholes
from survey.models import Link, Wave
from survey.respond import addresses
from tests import cast
from tests.conftest import settings_for
from tests.respond import office
from tests.respond.respondent import ON_PAPER

PAGE = "/kiem-tra-ma"
OURS = "https://khaosat.example.gov.vn"
TODAY = date(2026, 8, 27)
OPEN = "Mã thật, đang nhận phiếu"
UNKNOWN = "Cảnh báo: cơ quan không phát hành mã này"
FOREIGN = "Cảnh báo: đây không phải địa chỉ phiếu khảo sát của cơ quan"


@pytest.fixture
def settings(tmp_path, database_url):
    return settings_for(tmp_path, database_url, public_url=OURS)


@pytest.fixture
def ask(business):
    """Types something into the page; the page that answers."""

    def ask(typed):
        business.open(PAGE)
        return business.press(code=typed)

    return ask


def verdict(page):
    """The heading of the answer, "" without one."""
    return " ".join(" ".join(page.dom.xpath("//*[@id='result']/text()")).split())


def set_link(session, token, **values):
    session.rollback()
    session.execute(
        sa.update(Link).where(Link.token_hash == codes.hashed(token)).values(**values)
    )
    session.commit()


def set_wave(session, world, **values):
    session.rollback()
    session.execute(sa.update(Wave).where(Wave.id == world.wave).values(**values))
    session.commit()


def test_a_genuine_code_is_told_with_its_unit_issue_and_validity(ask, session, world):
    token = office.dossier_link(session, world)
    set_link(session, token, valid_to=date(2026, 9, 5))
    page = ask(token)
    assert (page.status, verdict(page)) == (200, OPEN)
    rows = page.summary
    assert rows["Phát hành cho"] == "Phòng Quản lý Thương mại"
    assert rows["Thủ tục"].startswith("Cấp GCN cửa hàng")
    assert rows["Ngày phát hành"] == "27/08/2026"
    assert rows["Nhận phiếu"] == "01/07/2026 – 05/09/2026"
    assert page.path == PAGE
    assert page.dom.xpath("//main//a[@class='govuk-button']/@href") == [f"/p/{token}"]


@pytest.mark.parametrize(
    "written",
    [
        str.lower,
        codes.grouped,
        lambda token: codes.grouped(token).replace("-", " "),
        lambda token: codes.grouped(token).replace("-", "."),
        lambda token: "".join(chr(ord(one) + 0xFEE0) for one in token),
        lambda token: unicodedata.normalize("NFD", token).lower(),
        lambda token: f"{OURS}/p/{token}",
        lambda token: f"HTTPS://KhaoSat.Example.gov.VN:443/p/{token.lower()}/",
        lambda token: f"khaosat.example.gov.vn/p/{token}",
        lambda token: f"{OURS}/p/{token}/gioi-thieu?sua=1#A1",
        lambda token: f"Mời Quý doanh nghiệp trả lời: {OURS}/p/{token}. Cảm ơn!",
    ],
)
def test_a_code_is_known_however_it_is_typed_or_pasted(ask, session, world, written):
    token = cast.link(session, world.wave, world.trade)
    assert verdict(ask(written(token))) == OPEN


@pytest.mark.parametrize(
    ("link", "wave", "says"),
    [
        ({}, {"state": "draft"}, "chưa đến ngày nhận phiếu"),
        ({}, {"opens_on": date(2026, 8, 28)}, "chưa đến ngày nhận phiếu"),
        ({}, {"state": "rehearsal"}, "đang dùng để diễn tập"),
        ({}, {"closes_on": TODAY}, OPEN),
        ({}, {"closes_on": date(2026, 8, 26)}, "đã hết hạn nhận phiếu"),
        ({}, {"state": "closed"}, "đã hết hạn nhận phiếu"),
        ({"valid_to": TODAY}, {}, OPEN),
        ({"valid_to": date(2026, 8, 26)}, {}, "đã hết hạn nhận phiếu"),
        ({"state": "revoked"}, {}, "đã bị thu hồi"),
        ({"state": "replaced"}, {"state": "closed"}, "đã được thay bằng mã mới"),
    ],
)
def test_every_standing_is_told_in_plain_words(ask, session, world, link, wave, says):
    token = cast.link(session, world.wave, world.trade)
    if link:
        set_link(session, token, **link)
    if wave:
        set_wave(session, world, **wave)
    page = ask(token)
    assert page.status == 200
    assert says in verdict(page)
    opens = bool(page.dom.xpath("//main//a[@class='govuk-button']"))
    assert opens == (says == OPEN)


def test_a_dossiers_code_is_told_to_be_used_and_a_walls_code_never_is(
    ask, browser, session, world
):
    dossier = office.dossier_link(session, world)
    wall = cast.link(session, world.wave, world.trade)
    before = ask(wall).html
    for token in (dossier, wall):
        one = browser()
        one.answer(token, ON_PAPER, lambda code: "4")
        one.press()
    used = ask(dossier)
    assert "đã được gửi" in verdict(used)
    assert "H0" not in used.text, "the number of the dossier is nobody's business"
    tokens = '//input[@name="csrf_token"]'
    after = ask(wall)
    assert after.dom.xpath(tokens)
    assert strip(after.html) == strip(before)


def strip(html):
    """A page without what differs at each request."""
    return "\n".join(line for line in html.splitlines() if "csrf_token" not in line)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://khaosat-example-gov.vn/p/{}", "khaosat-example-gov.vn"),
        ("https://khaosat.example.gov.vn.evil.com/p/{}", "evil.com"),
        ("https://khaosat.example.gov.vn@evil.com/p/{}", "evil.com"),
        ("https://khaosat.example.gov.vn:x@evil.com/p/{}", "evil.com"),
        ("https://evil.com@khaosat.example.gov.vn/p/{}", "khaosat.example.gov.vn"),
        ("https://evil.com/khaosat.example.gov.vn/p/{}", "evil.com"),
        ("https://evil.com\\@khaosat.example.gov.vn/p/{}", "evil.com"),
        ("https://khaosat.example.gov.vn\\.evil.com/p/{}", "khaosat.example.gov.vn"),
        ("https://khаosat.example.gov.vn/p/{}", "xn--khosat-4nf"),  # Cyrillic а
        ("https://xn--khosat-4nf.example.gov.vn/p/{}", "xn--khosat-4nf"),
        ("https://khaosat。example.gov.vn/p/{}", "khaosat"),
        ("https://khaosat.example.gov.vn\u200b.evil.com/p/{}", "evil.com"),
        ("https://khaosat%2eexample.gov.vn/p/{}", "khaosat%2eexample"),
        ("http://khaosat.example.gov.vn/p/{}", "khaosat.example.gov.vn"),
        ("ftp://khaosat.example.gov.vn/p/{}", "khaosat.example.gov.vn"),
        ("javascript:location='//khaosat.example.gov.vn/p/{}'", ""),
        ("https://khaosat.example.gov.vn:8443/p/{}", "khaosat.example.gov.vn"),
        ("https://khaosat.example.gov.vn/dang-nhap?next=/p/{}", "khaosat.example"),
        ("https://khaosat.example.gov.vn/q/{}", "khaosat.example.gov.vn"),
        ("https://khaosat.example.gov.vn./p/{}", "khaosat.example.gov.vn."),
        ("https://203.113.1.2/p/{}", "203.113.1.2"),
        ("https://[::1]:8000/p/{}", "[::1]"),
        ("bit.ly/3xYz", "bit.ly"),
        ("evil.com", "evil.com"),
        ("https://khaosat.example.gov.vn/p/{0} hay https://evil.com/p/{0}", "evil.com"),
    ],
)
def test_an_address_that_leads_elsewhere_is_a_warning_even_with_a_genuine_code(
    ask, session, world, address, host
):
    token = cast.link(session, world.wave, world.trade)
    page = ask(address.format(token))
    assert (page.status, verdict(page)) == (200, FOREIGN)
    assert host in page.summary["Địa chỉ này dẫn tới"]
    assert page.summary["Địa chỉ này dẫn tới"].isascii() or not host
    assert page.summary["Địa chỉ thật bắt đầu bằng"] == f"{OURS}/p/"
    assert "Xin không trả lời" in page.text
    assert "Phòng Quản lý Thương mại" not in page.text
    assert not page.dom.xpath("//main//a[@class='govuk-button']")


def test_letters_that_look_like_plain_ones_are_pointed_out(ask, world):
    page = ask("https://khаosat.example.gov.vn/p/22222222222222222222")
    assert page.summary["Chữ lạ trông giống chữ thường"] == "а"


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "https://a.vn:8443"])
def test_the_port_of_the_office_is_part_of_its_address(origin):
    site = origin.partition("//")[2]
    assert addresses.look(f"{origin}/p/X", origin) == (
        "",
        site[: site.index(":")],
        "X",
        "",
    )
    assert addresses.look(f"{site}/p/X", origin).fault == ""
    assert addresses.look(f"{origin[:-1]}1/p/X", origin).fault == "port"
    assert addresses.look(f"{origin.rpartition(':')[0]}/p/X", origin).fault == "port"


def test_an_unknown_code_is_a_warning_and_an_altered_one_looks_no_different(
    ask, session, world
):
    token = cast.link(session, world.wave, world.trade)
    known = codes.normalise(token)
    altered = next(
        one
        for symbol in codes.ALPHABET
        for last in codes.ALPHABET
        if (one := f"{symbol}{known[1:19]}{last}") != known
        and codes.explain(one) == "ok"
    )
    pages = {code: ask(code) for code in (altered, codes.new_token())}
    seen = {strip(page.html).replace(code, "") for code, page in pages.items()}
    assert len(seen) == 1
    page = pages[altered]
    assert (page.status, verdict(page)) == (200, UNKNOWN)
    assert "mã giả dán chồng" in page.text
    assert "Văn phòng Sở Công Thương" in page.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Xin gõ mã"),
        ("   ", "Xin gõ mã"),
        ("2222-2222-222", "đã gõ 11."),
        ("2222-222-2222-2222-2222", "nhóm thứ 2 (222) có 3 ký tự"),
        ("2222-2O22-2222-2222-2221", "nhóm thứ 2 (2O22) có O; nhóm thứ 5 (2221) có 1"),
        ("2222-2222-2222-2222-2223", "Xin so lại từng nhóm"),
        (OURS, "thiếu mã"),
        (f"{OURS}/p/2222", "đã gõ 4."),
        ("😀" * 20, "không bao giờ dùng"),
        ("A" * 6000, "đã gõ 500."),
    ],
)
def test_a_slip_of_the_finger_is_told_apart_and_the_typing_is_kept(
    ask, world, typed, says
):
    page = ask(typed)
    assert page.status == 422
    assert says in page.errors["#code"]
    assert says in page.beside("code")
    assert verdict(page) == ""
    assert page.typed.get("code", [""])[0].strip() == typed.strip()[:500]


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("2O22 2222 2222 2222 2222", "thường là C, D hoặc 8"),
        ("22222222222222222223", "Đã gõ: 2222-2222-2222-2222-2223."),
    ],
)
def test_how_a_slip_comes_about_is_explained(ask, world, typed, advice):
    page = ask(typed)
    assert advice in page.text
    assert "không phải mã của cơ quan" in page.text


def test_the_page_advises_and_is_reached_from_where_a_code_fails(business, world):
    page = business.open(PAGE)
    for words in (f"{OURS}/p/", "năm nhóm bốn ký tự", "mật khẩu", "không thu phí"):
        assert words in page.text
    for address in ("/", f"/p/{codes.new_token()}"):
        links = business.open(address).dom.xpath("//main//a/@href")
        assert PAGE in links, address


def test_the_language_changes_without_losing_the_code_or_the_answer(
    business, session, world
):
    token = cast.link(session, world.wave, world.trade)
    business.open(PAGE)
    business.press(code=token)
    page = business.switch("en")
    assert (page.language, page.typed["code"]) == ("en", [token])
    assert page.dom.xpath("//*[@id='result']")
    assert business.open(PAGE).language == "en"
    assert business.switch("vi").errors == {}


def test_guessing_is_throttled_for_a_network_and_not_for_one_office(client, world):
    csrf = cast.csrf(client)
    address = {"REMOTE_ADDR": "203.0.113.7"}
    data = {"csrf_token": csrf, "code": codes.new_token()}
    statuses = [client.post(PAGE, data=data, environ_base=address) for _ in range(61)]
    assert {one.status_code for one in statuses[:60]} == {200}
    refused = statuses[60]
    assert refused.status_code == 429
    assert "Xin chờ ít phút rồi thử lại" in refused.text
    others = client.post(PAGE, data=data, environ_base={"REMOTE_ADDR": "203.0.113.8"})
    assert others.status_code == 200


def test_many_checks_at_once_write_nothing(app, session, world):
    tokens = [
        office.dossier_link(session, world),
        cast.link(session, world.wave, world.trade),
        codes.new_token(),
    ]
    before = office.dump(session)

    def check(number):
        client = app.test_client()
        data = {"csrf_token": cast.csrf(client), "code": tokens[number % len(tokens)]}
        return client.post(PAGE, data=data).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(check, range(30)))

    assert set(statuses) == {200}
    assert office.dump(session) == before


def test_a_code_expires_for_the_check_when_it_does_for_the_form(
    ask, browser, clock, session, world
):
    token = cast.link(session, world.wave, world.trade)
    last = session.get(Wave, world.wave).closes_on
    session.rollback()
    clock.move_to(cast.NOW.replace(hour=16, minute=59) + (last - TODAY))
    assert today_of.today() == last
    assert (verdict(ask(token)), browser().scan(token).status) == (OPEN, 200)
    clock.shift(timedelta(minutes=1))
    assert "hết hạn" in verdict(ask(token))
    assert browser().scan(token).status == 410


def test_a_keyhole_that_is_gone_is_what_used_means(ask, session, world):
    token = office.dossier_link(session, world)
    link_id = session.scalar(sa.select(Link.id))
    assert keyholes.claim(session, link_id)
    session.commit()
    assert "đã được gửi" in verdict(ask(token))
