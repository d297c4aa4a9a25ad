"""Who may open which page of the staff: every route, every role, every other unit."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from survey import codes
from survey.models import Account, Batch, Contact, Link, PaperForm
from tests import cast
from tests.fieldwork.office import add_wave, count, post, upload_of

READ = {"admin", "fieldworker", "auditor"}
WRITE = {"admin", "fieldworker"}
ALL = {*READ, "analyst"}
ADMIN = {"admin"}
OVERSIGHT = {"admin", "auditor"}

# Every route of accounts and fieldwork: method, address, who may use it.
ROUTES = [
    ("GET", "/dot-khao-sat/", READ),
    ("GET", "/dot-khao-sat/moi", WRITE),
    ("POST", "/dot-khao-sat/moi", WRITE),
    ("GET", "/dot-khao-sat/{wave}", READ),
    ("GET", "/dot-khao-sat/{wave}/mo", WRITE),
    ("POST", "/dot-khao-sat/{wave}/mo", WRITE),
    ("GET", "/dot-khao-sat/{wave}/dong", WRITE),
    ("POST", "/dot-khao-sat/{wave}/dong", WRITE),
    ("GET", "/dot-khao-sat/{wave}/dien-tap", WRITE),
    ("POST", "/dot-khao-sat/{wave}/dien-tap", WRITE),
    ("GET", "/dot-khao-sat/{wave}/ket-thuc-dien-tap", WRITE),
    ("POST", "/dot-khao-sat/{wave}/ket-thuc-dien-tap", WRITE),
    ("GET", "/dot-khao-sat/{wave}/xoa-phieu-thu", WRITE),
    ("POST", "/dot-khao-sat/{wave}/xoa-phieu-thu", WRITE),
    ("GET", "/dot-khao-sat/{wave}/cach-hoi", WRITE),
    ("POST", "/dot-khao-sat/{wave}/cach-hoi", WRITE),
    ("GET", "/dot-khao-sat/{wave}/ho-so", WRITE),
    ("POST", "/dot-khao-sat/{wave}/ho-so", WRITE),
    ("GET", "/dot-khao-sat/{wave}/ho-so/{upload}", WRITE),
    ("POST", "/dot-khao-sat/{wave}/ho-so/{upload}", WRITE),
    ("GET", "/dot-khao-sat/{wave}/ho-so/{upload}/kiem-tra", WRITE),
    ("POST", "/dot-khao-sat/{wave}/ho-so/{upload}/kiem-tra", WRITE),
    ("GET", "/dot-khao-sat/{wave}/ho-so/{upload}/dong-sai.csv", WRITE),
    ("POST", "/dot-khao-sat/{wave}/ho-so/{upload}/bo", WRITE),
    ("GET", "/dot-khao-sat/{wave}/chon-mau", READ),
    ("POST", "/dot-khao-sat/{wave}/chon-mau", WRITE),
    ("GET", "/dot-khao-sat/{wave}/chon-mau.csv", READ),
    ("GET", "/dot-khao-sat/{wave}/duong-dan", READ),
    ("POST", "/dot-khao-sat/{wave}/duong-dan", READ),
    ("GET", "/dot-khao-sat/{wave}/duong-dan/tao", WRITE),
    ("POST", "/dot-khao-sat/{wave}/duong-dan/tao", WRITE),
    ("GET", "/dot-khao-sat/{wave}/duong-dan/tao-ho-so", WRITE),
    ("POST", "/dot-khao-sat/{wave}/duong-dan/tao-ho-so", WRITE),
    ("GET", "/dot-khao-sat/{wave}/duong-dan.csv", READ),
    ("GET", "/dot-khao-sat/{wave}/the", READ),
    ("POST", "/dot-khao-sat/{wave}/the", WRITE),
    ("GET", "/dot-khao-sat/{wave}/the/ap-phich.svg", READ),
    ("GET", "/dot-khao-sat/{wave}/duong-dan/{link}", READ),
    ("GET", "/dot-khao-sat/{wave}/duong-dan/{link}/ma.svg", READ),
    ("GET", "/dot-khao-sat/{wave}/duong-dan/{link}/ma.png", READ),
    ("GET", "/dot-khao-sat/{wave}/duong-dan/{link}/thu-hoi", WRITE),
    ("POST", "/dot-khao-sat/{wave}/duong-dan/{link}/thu-hoi", WRITE),
    ("GET", "/dot-khao-sat/{wave}/duong-dan/{link}/thay-ma", WRITE),
    ("POST", "/dot-khao-sat/{wave}/duong-dan/{link}/thay-ma", WRITE),
    ("GET", "/dot-khao-sat/{wave}/duong-dan/{link}/han-dung", WRITE),
    ("POST", "/dot-khao-sat/{wave}/duong-dan/{link}/han-dung", WRITE),
    ("GET", "/dot-khao-sat/{wave}/duong-dan/{link}/sua", WRITE),
    ("POST", "/dot-khao-sat/{wave}/duong-dan/{link}/sua", WRITE),
    ("GET", "/dot-khao-sat/{wave}/theo-doi", READ),
    ("GET", "/dot-khao-sat/{wave}/lo", READ),
    ("GET", "/dot-khao-sat/{wave}/lo/{batch}", READ),
    ("POST", "/dot-khao-sat/{wave}/lo/{batch}/danh-sach.csv", WRITE),
    ("GET", "/dot-khao-sat/{wave}/lo/{batch}/khoa", WRITE),
    ("POST", "/dot-khao-sat/{wave}/lo/{batch}/khoa", WRITE),
    ("GET", "/dot-khao-sat/{wave}/lo/{batch}/thu-hoi", WRITE),
    ("POST", "/dot-khao-sat/{wave}/lo/{batch}/thu-hoi", WRITE),
    ("GET", "/dot-khao-sat/{wave}/lo/{batch}/thay-ma", WRITE),
    ("POST", "/dot-khao-sat/{wave}/lo/{batch}/thay-ma", WRITE),
    ("GET", "/dot-khao-sat/{wave}/lo/{batch}/han-dung", WRITE),
    ("POST", "/dot-khao-sat/{wave}/lo/{batch}/han-dung", WRITE),
    ("POST", "/dot-khao-sat/{wave}/lo/{batch}/in", WRITE),
    ("GET", "/dot-khao-sat/{wave}/lo/{post}/tin-nhan", READ),
    ("POST", "/dot-khao-sat/{wave}/lo/{post}/tin-nhan", WRITE),
    ("POST", "/dot-khao-sat/{wave}/lo/{post}/gui-thu", WRITE),
    ("GET", "/dot-khao-sat/{wave}/gui-loi-moi", READ),
    ("POST", "/dot-khao-sat/{wave}/gui-loi-moi/gui-tiep", WRITE),
    ("POST", "/dot-khao-sat/{wave}/gui-loi-moi/hoan-tac", WRITE),
    ("POST", "/dot-khao-sat/{wave}/gui-loi-moi/khong-den", WRITE),
    ("GET", "/dot-khao-sat/{wave}/gui-loi-moi/ma-moi", WRITE),
    ("POST", "/dot-khao-sat/{wave}/gui-loi-moi/ma-moi", WRITE),
    ("GET", "/dot-khao-sat/{wave}/gui-loi-moi/noi-dung", READ),
    ("POST", "/dot-khao-sat/{wave}/gui-loi-moi/noi-dung", WRITE),
    ("POST", "/dot-khao-sat/{wave}/gui-loi-moi/tao-ma", WRITE),
    ("POST", "/dot-khao-sat/{wave}/gui-loi-moi/tep-nhac", WRITE),
    ("GET", "/dot-khao-sat/{wave}/ty-le-tra-loi", READ),
    ("GET", "/dot-khao-sat/{wave}/ty-le-tra-loi.csv", READ),
    ("GET", "/dot-khao-sat/{wave}/duong-dan/{link}/pin", WRITE),
    ("POST", "/dot-khao-sat/{wave}/duong-dan/{link}/pin", WRITE),
    ("GET", "/dot-khao-sat/{wave}/sua", WRITE),
    ("POST", "/dot-khao-sat/{wave}/sua", WRITE),
    ("GET", "/dot-khao-sat/{wave}/xoa", WRITE),
    ("POST", "/dot-khao-sat/{wave}/xoa", WRITE),
    ("GET", "/dot-khao-sat/{wave}/phieu-giay.pdf", READ),
    ("GET", "/dot-khao-sat/{wave}/phieu-giay", READ),
    ("GET", "/dot-khao-sat/{wave}/phieu-giay/nhap", WRITE),
    ("POST", "/dot-khao-sat/{wave}/phieu-giay/nhap", WRITE),
    ("GET", "/dot-khao-sat/{wave}/phieu-giay/{paper}/nhap-lai", WRITE),
    ("POST", "/dot-khao-sat/{wave}/phieu-giay/{paper}/nhap-lai", WRITE),
    ("GET", "/dot-khao-sat/{wave}/phieu-giay/{twice}/doi-chieu", WRITE),
    ("POST", "/dot-khao-sat/{wave}/phieu-giay/{paper}/doi-chieu", WRITE),
    ("POST", "/dot-khao-sat/{wave}/phieu-giay/{paper}/bo-lan-hai", WRITE),
    ("POST", "/dot-khao-sat/{wave}/phieu-giay/{paper}/xoa", WRITE),
    ("GET", "/lien-he-lai", WRITE),
    ("POST", "/lien-he-lai/{contact}/xoa", WRITE),
    ("GET", "/quan-tri/lich-nghi", OVERSIGHT),
    ("POST", "/quan-tri/lich-nghi", ADMIN),
    ("POST", "/quan-tri/lich-nghi/xoa", ADMIN),
    ("POST", "/quan-tri/lich-nghi/nap", ADMIN),
    ("POST", "/quan-tri/lich-nghi/hoan-tac", ADMIN),
    ("GET", "/quan-tri/danh-muc", OVERSIGHT),
    ("GET", "/quan-tri/danh-muc/don-vi", ADMIN),
    ("POST", "/quan-tri/danh-muc/don-vi", ADMIN),
    ("GET", "/quan-tri/danh-muc/thu-tuc", ADMIN),
    ("POST", "/quan-tri/danh-muc/thu-tuc", ADMIN),
    ("GET", "/quan-tri/tai-khoan", OVERSIGHT),
    ("GET", "/quan-tri/tai-khoan/them", ADMIN),
    ("POST", "/quan-tri/tai-khoan/them", ADMIN),
    ("GET", "/quan-tri/tai-khoan/{other}", ADMIN),
    ("POST", "/quan-tri/tai-khoan/{other}/khoa", ADMIN),
    ("POST", "/quan-tri/tai-khoan/{other}/mo-khoa", ADMIN),
    ("POST", "/quan-tri/tai-khoan/{other}/mat-khau", ADMIN),
    ("GET", "/quan-tri/mat-khau", ALL),
    ("POST", "/quan-tri/mat-khau", ALL),
]
PUBLIC = {"accounts.sign_in", "accounts.sign_out"}
CONTACT = "c" * 64
# An open wave stays as it is planned: pages lead back to it. A poster has no PIN, and
# a batch of posters no key to lock.
INSTEAD = {
    "/dot-khao-sat/{wave}/cach-hoi": 303,
    "/dot-khao-sat/{wave}/sua": 303,
    "/dot-khao-sat/{wave}/duong-dan/{link}/pin": 404,
    "/dot-khao-sat/{wave}/lo/{batch}/khoa": 303,
}


@pytest.fixture
def things(session, world):
    """Ids to put into the addresses."""
    cast.link(session, world.wave, world.trade)
    batch = Batch(wave_id=world.wave, kind="counter", size=1, made_at=cast.NOW)
    session.add(batch)
    session.flush()
    session.execute(sa.update(Link).values(batch_id=batch.id))
    of_dossiers = Batch(wave_id=world.wave, kind="dossier", size=0, made_at=cast.NOW)
    session.add(of_dossiers)
    session.add(
        Contact(
            id=CONTACT,
            wave_id=world.wave,
            unit_id=world.trade,
            name="Chị <b>Lan</b>",
            reach="0905 000 111",
            delete_on=date(2026, 11, 1),
        )
    )
    other = cast.account(session, "analyst", email="other@example.gov.vn")
    second = cast.account(session, "analyst", email="second@example.gov.vn")
    sheet = {"unit": str(world.trade), "received": "2026-08-24", "language": "vi"}
    entry = {**sheet, "values": {"A1": "4"}}
    papers = [
        PaperForm(
            wave_id=world.wave,
            number=state,
            unit_id=world.trade,
            month="2026-08",
            state=state,
            first=entry,
            second=entry if by else {},
            first_by=other.id,
            second_by=by,
        )
        for state, by in (("once", None), ("twice", second.id))
    ]
    session.add_all(papers)
    session.commit()
    return {
        "wave": world.wave,
        "link": 1,
        "batch": batch.id,
        "post": of_dossiers.id,
        "upload": "0" * 32,
        "contact": CONTACT,
        "other": other.id,
        "paper": papers[0].id,
        "twice": papers[1].id,
    }


def test_every_route_of_these_rooms_is_listed_here(app, things):
    listed = set()
    adapter = app.url_map.bind("localhost")
    for method, address, _who in ROUTES:
        endpoint, _values = adapter.match(address.format(**things), method=method)
        listed.add((method, endpoint))
    known = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in ("accounts", "fieldwork")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    missing = {pair for pair in known - listed if pair[1] not in PUBLIC}
    assert missing == set()


@pytest.mark.parametrize("role", sorted(ALL))
def test_each_role_opens_its_own_pages_and_no_other(app, session, things, role):
    client = app.test_client()
    cast.sign_in(client, session, role)
    seen = {}
    for method, address, who in ROUTES:
        path = address.format(**things)
        if method == "GET":
            seen[method, address] = (client.get(path).status_code, who)
        else:
            # With an empty form; only whether it is let in is asked here.
            seen[method, address] = (post(client, path).status_code, who)
            cast.enter_as(client, session, account_of(session, role))
    wrong = {
        route: status
        for route, (status, who) in seen.items()
        if (status == 403) == (role in who) or status >= 500
    }
    assert wrong == {}


def account_of(session, role):
    found = session.scalar(sa.select(Account).where(Account.email.like(f"{role}-%")))
    session.expunge(found)
    session.rollback()
    return found


def test_nobody_opens_anything_without_signing_in(client, things):
    for method, address, _who in ROUTES:
        path = address.format(**things)
        if method == "GET":
            answer = client.get(path)
            assert answer.status_code == 303, path
            assert answer.location.startswith("/dang-nhap?next=/"), path
        else:
            assert post(client, path).status_code == 401, path


def test_what_belongs_to_another_unit_is_not_found(client, session, world, things):
    add_wave(session, world, "cua-thuong-mai", world.trade)
    cast.sign_in(client, session, "fieldworker", world.energy)
    of_link = [one for one in ROUTES if "{link}" in one[1] or "{contact}" in one[1]]
    of_wave = [one for one in ROUTES if "{wave}" in one[1] and "{link}" not in one[1]]
    assert len(of_link) == 14
    for method, address, _who in of_link:
        path = address.format(**things)
        answer = client.get(path) if method == "GET" else post(client, path)
        assert answer.status_code == 404, path
    for method, address, _who in of_wave:
        for wave in ("cua-thuong-mai", "khong-co", "%00", "x" * 300):
            path = address.format(**{**things, "wave": wave})
            answer = client.get(path) if method == "GET" else post(client, path)
            assert answer.status_code == 404, path
    assert count(session, Contact) == 1
    assert count(session, Link, Link.state == "active") == 1


def test_lists_and_cards_leave_out_what_belongs_to_another_unit(
    client, session, world, things
):
    far = cast.link(session, world.wave, world.energy)
    cast.sign_in(client, session, "fieldworker", world.trade)
    base = f"/dot-khao-sat/{world.wave}"
    assert "Mã số 1</a>" in client.get(f"{base}/duong-dan").text
    assert "Mã số 2</a>" not in client.get(f"{base}/duong-dan").text
    assert len(client.get(f"{base}/duong-dan.csv").text.splitlines()) == 2
    assert far not in client.get(f"{base}/duong-dan.csv").text
    assert "1 mã" in client.get(f"{base}/the").text
    assert post(client, f"{base}/duong-dan", typed=far).status_code == 422
    poster = post(client, f"{base}/the", print="ap-phich", **{"as": "svg"})
    assert codes.grouped(far) not in poster.text
    assert "Phòng Quản lý Thương mại" in poster.text


@pytest.mark.parametrize("number", [0, 2, 2**31, 10**30])
def test_a_link_that_is_not_there_is_not_found(client, session, things, number):
    cast.sign_in(client, session, "admin")
    path = f"/dot-khao-sat/{things['wave']}/duong-dan/{number}"
    for more in ("", "/ma.svg", "/thu-hoi"):
        assert client.get(path + more).status_code == 404
    prints = f"/dot-khao-sat/{things['wave']}/the"
    assert client.get(f"{prints}?ma={number}").status_code == 200
    assert client.get(f"{prints}/ap-phich.svg?ma={number}").status_code == 404


def test_a_link_is_not_found_under_another_wave(client, session, world, things):
    cast.sign_in(client, session, "admin")
    path = f"/dot-khao-sat/{world.short_wave}/duong-dan/1"
    assert client.get(path).status_code == 404


def test_reading_any_page_writes_nothing(app, client, session, things):
    account = cast.sign_in(client, session, "admin")
    upload = upload_of(app.config["SURVEY"], things["wave"], account.id)
    things["upload"] = upload
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    written = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def watch(connection, cursor, statement, *rest):
        if not statement.lstrip().upper().startswith(("SELECT", "WITH", "BEGIN")):
            written.append(statement)

    for method, address, _who in ROUTES:
        if method == "GET":
            status = client.get(address.format(**things), buffered=True).status_code
            assert status == INSTEAD.get(address, 200), address
    assert written == []


def test_every_post_without_its_token_is_refused(client, session, things):
    cast.sign_in(client, session, "admin")
    for method, address, _who in ROUTES:
        if method == "POST":
            path = address.format(**things)
            assert client.post(path).status_code == 400, path
    assert count(session, Contact) == 1


def test_an_unmarked_view_is_closed_to_everyone(app, client, session):
    app.add_url_rule("/quen-danh-dau", "forgotten", lambda: "secret")
    assert client.get("/quen-danh-dau").status_code == 403
    cast.sign_in(client, session, "admin")
    assert client.get("/quen-danh-dau").status_code == 403


def test_a_contact_is_shown_as_text_and_deleted_after_the_call(client, session, things):
    cast.sign_in(client, session, "fieldworker")
    page = client.get("/lien-he-lai").text
    assert "Chị &lt;b&gt;Lan&lt;/b&gt;" in page
    assert "01/11/2026" in page
    post(client, f"/lien-he-lai/{CONTACT}/xoa")
    assert count(session, Contact) == 0
    assert "Không có doanh nghiệp nào chờ liên hệ" in client.get("/lien-he-lai").text


def test_an_administrator_of_a_unit_does_not_change_everyones_lists(
    client, session, world
):
    cast.sign_in(client, session, "admin", world.trade)
    page = client.get("/quan-tri/danh-muc").text
    assert "Phòng Quản lý Thương mại" in page
    assert "Năng lượng" not in page
    assert client.get("/quan-tri/danh-muc/don-vi").status_code == 403
