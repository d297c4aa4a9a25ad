"""Links: each made once, shown as its kind allows, found, counted and revoked."""

from __future__ import annotations

import csv
import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image

from survey import codes, create_app
from survey.accounts import sign_ins
from survey.fieldwork import links
from survey.models import Dossier, Draft, Link, Wave
from tests import cast
from tests.conftest import dispose, settings_for
from tests.fieldwork.office import (
    ORIGIN,
    codes_on,
    count,
    decoded,
    key_in,
    make_counters,
    make_dossier_links,
    post,
    rows,
)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def fieldworker(client, session, world):
    return cast.sign_in(client, session, "fieldworker")


def table(answer):
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def tokens_in(page):
    return re.search(r'name="tokens" value="([^"]+)"', page)[1].split()


def test_one_counter_link_is_made_for_each_unit_and_procedure_chosen(
    client, session, world, fieldworker
):
    answer = make_counters(
        client,
        world.wave,
        units=[world.trade, world.energy],
        procedures=[world.petrol],
        kind="kiosk",
    )
    assert answer.location == f"/dot-khao-sat/{world.wave}/the"
    columns = (Link.kind, Link.unit_id, Link.procedure_id, Link.state, Link.made_on)
    made = rows(session, sa.select(*columns).order_by(Link.id))
    assert [tuple(row) for row in made] == [
        ("kiosk", unit, procedure, "active", cast.NOW.date())
        for unit, procedure in (
            (world.trade, None),
            (world.energy, None),
            (world.trade, world.petrol),
        )
    ]


def test_every_code_on_the_cards_is_read_as_the_public_address_of_its_link(
    client, session, world, fieldworker
):
    make_counters(
        client, world.wave, units=[world.trade, world.energy], procedures=[world.power]
    )
    tokens = [row.token for row in rows(session, sa.select(Link.token).order_by("id"))]
    for size in ("", "?kho=ap-phich"):
        page = client.get(f"/dot-khao-sat/{world.wave}/the{size}").text
        assert codes_on(page) == [f"{ORIGIN}/p/{token}" for token in tokens]
        for token in tokens:
            assert codes.grouped(token) in page


def test_a_card_says_what_it_is_for_how_long_it_takes_where_and_until_when(
    client, session, world, fieldworker
):
    make_counters(client, world.wave, procedures=[world.petrol])
    page = client.get(f"/dot-khao-sat/{world.wave}/the").text
    for words in (
        "Mời đánh giá việc giải quyết thủ tục hành chính",
        "English available.",
        "Cấp GCN cửa hàng đủ điều kiện bán lẻ xăng dầu",
        "Phòng Quản lý Thương mại",
        "Sở Công Thương tỉnh Khánh Hòa",
        "Quét mã, hoặc vào 127.0.0.1:8000 và gõ mã:",
        "Khoảng 10 phút",
        "Nhận phiếu đến hết ngày 30/09/2026.",
    ):
        assert words in page


def test_pages_of_codes_hold_no_inline_style_or_script(
    client, session, world, fieldworker
):
    make_counters(client, world.wave, units=[world.trade])
    for path in ("the", "the?kho=ap-phich", "duong-dan/1"):
        page = client.get(f"/dot-khao-sat/{world.wave}/{path}").text
        assert "<svg " in page
        assert " style=" not in page
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]* src=)", page)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_code_of_a_link_is_a_file_to_download(
    client, session, world, fieldworker, kind
):
    make_counters(client, world.wave, units=[world.trade])
    ((link_id, token),) = rows(session, sa.select(Link.id, Link.token))
    answer = client.get(f"/dot-khao-sat/{world.wave}/duong-dan/{link_id}/ma.{kind}")
    name = f"khao-sat-{world.wave}-{link_id}.{kind}"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    if kind == "png":
        assert decoded(Image.open(io.BytesIO(answer.data))) == f"{ORIGIN}/p/{token}"
    else:
        assert answer.data.startswith(b"<?xml")
        assert b"style" not in answer.data


@pytest.mark.parametrize("host", ["localhost:9999", "127.0.0.1"])
def test_codes_hold_the_public_address_whatever_host_was_asked(
    tmp_path, database_url, session, world, host
):
    public = "https://khaosat.example.gov.vn"
    app = create_app(settings_for(tmp_path, database_url, public_url=public))
    app.config["TESTING"] = True
    client = app.test_client()
    token = cast.link(session, world.wave, world.trade)
    account = cast.account(session, "fieldworker")
    try:
        base = f"http://{host}"
        with client.session_transaction(base_url=base) as cookie:
            cookie["_user_id"] = sign_ins.begin(session, account, cast.NOW)
            cookie["seen_at"] = int(cast.NOW.timestamp())
        session.commit()
        for path in ("the", "duong-dan/1"):
            answer = client.get(f"/dot-khao-sat/{world.wave}/{path}", base_url=base)
            assert codes_on(answer.text) == [f"{public}/p/{token}"]
            assert host not in answer.text.replace("127.0.0.1:8000", "")
        listed = client.get(f"/dot-khao-sat/{world.wave}/duong-dan.csv", base_url=base)
        assert table(listed)[0]["url"] == f"{public}/p/{token}"
    finally:
        dispose(app)


def test_a_foreign_host_gets_nothing(client, session, world, fieldworker):
    answer = client.get("/dot-khao-sat/", base_url="http://evil.example")
    assert answer.status_code == 400


def test_dossier_links_are_shown_once_and_stored_as_hashes(
    client, session, world, fieldworker
):
    answer = make_dossier_links(client, world.wave, 3, f"tt-{world.petrol}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    tokens = tokens_in(answer.text)
    assert codes_on(answer.text) == [f"{ORIGIN}/p/{token}" for token in tokens]
    kept = rows(
        session,
        sa.select(Link.token, Link.token_hash, Link.procedure_id).order_by(Link.id),
    )
    assert [tuple(row) for row in kept] == [
        (None, codes.hashed(token), world.petrol) for token in tokens
    ]
    for path in ("duong-dan", "duong-dan/1", "the", "duong-dan.csv"):
        page = client.get(f"/dot-khao-sat/{world.wave}/{path}").text
        assert not any(token in page for token in tokens)


def test_the_list_of_new_dossier_links_is_downloaded_with_their_addresses(
    client, session, world, fieldworker
):
    made = make_dossier_links(client, world.wave, 5, f"tt-{world.petrol}")
    tokens = tokens_in(made.text)
    path = f"/dot-khao-sat/{world.wave}/the"
    answer = post(client, path, tokens=" ".join(tokens), **{"as": "csv"})
    head = b"\xef\xbb\xbflink,url,kind,unit,procedure,dossier,code\r\n"
    assert answer.data.startswith(head)
    # As the cards say it, for whoever reads a code to somebody at the telephone.
    assert [row["code"] for row in table(answer)] == [
        codes.grouped(token) for token in tokens
    ]
    assert [row["url"] for row in table(answer)] == [
        f"{ORIGIN}/p/{token}" for token in tokens
    ]
    assert {(row["kind"], row["unit"], row["procedure"]) for row in table(answer)} == {
        ("dossier", "TM", "2.000648")
    }
    assert count(session, Link) == 5


def test_tokens_that_are_none_of_this_wave_are_not_found(
    client, session, world, fieldworker
):
    other = cast.link(session, world.short_wave, world.trade, kind="dossier")
    path = f"/dot-khao-sat/{world.wave}/the"
    for tokens in ("", other, codes.new_token(), "rác '; --", "x" * 50_000):
        assert post(client, path, tokens=tokens, **{"as": "csv"}).status_code == 404


def test_many_cards_come_in_parts_of_two_hundred(client, session, world, fieldworker):
    page = make_dossier_links(client, world.wave, 401, f"dv-{world.trade}").text
    assert "<svg" not in page
    parts = re.findall(r'name="tokens" value="([^"]+)"', page)
    assert [len(part.split()) for part in parts] == [401, 200, 200, 1]
    path = f"/dot-khao-sat/{world.wave}/the"
    answer = post(client, path, tokens=parts[3], **{"as": "cards"})
    assert codes_on(answer.text) == [f"{ORIGIN}/p/{parts[3]}"]


def test_the_same_form_sent_twice_makes_one_batch_and_shows_it_again(
    client, session, world, fieldworker
):
    path = f"/dot-khao-sat/{world.wave}/duong-dan/tao-ho-so"
    key = key_in(client.get(path).text)
    place = f"dv-{world.trade}"
    first = make_dossier_links(client, world.wave, 4, place, key)
    second = make_dossier_links(client, world.wave, 4, place, key)
    assert count(session, Link) == 4
    assert tokens_in(second.text) == tokens_in(first.text)
    assert "không tạo thêm" in second.text
    assert "không tạo thêm" not in first.text

    make_counters(client, world.wave, units=[world.trade], key="c" * 32)
    answer = make_counters(client, world.wave, units=[world.trade], key="c" * 32)
    assert count(session, Link, Link.kind == "counter") == 1
    assert "không tạo thêm" in client.get(answer.location).text


def test_ten_clicks_at_once_make_one_batch(app, session, world):
    clients = [app.test_client() for _ in range(10)]
    account = cast.account(session, "fieldworker")
    for client in clients:
        cast.enter_as(client, session, account)
    place = f"dv-{world.trade}"

    def click(client):
        with app.app_context():
            return make_dossier_links(client, world.wave, 20, place, "d" * 32)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(click, clients))
    assert {answer.status_code for answer in answers} == {200}
    assert len({tuple(tokens_in(answer.text)) for answer in answers}) == 1
    assert count(session, Link) == 20


@pytest.mark.parametrize("key", ["", "short", "x" * 32, "A" * 33])
def test_a_form_without_its_key_makes_nothing(client, session, world, fieldworker, key):
    path = f"/dot-khao-sat/{world.wave}/duong-dan/tao"
    answer = post(client, path, kind="counter", units=str(world.trade), key=key)
    assert answer.status_code == 422
    assert count(session, Link) == 0


@pytest.mark.parametrize("number", ["0", "-1", "2001", "1e3", "mười", "", "9" * 40])
def test_an_impossible_number_of_links_is_refused(
    client, session, world, fieldworker, number
):
    answer = make_dossier_links(client, world.wave, number, f"dv-{world.trade}")
    assert answer.status_code == 422
    assert 'id="count-error"' in answer.text
    assert count(session, Link) == 0


def test_nothing_chosen_makes_nothing(client, session, world, fieldworker):
    answer = make_counters(client, world.wave)
    assert answer.status_code == 422
    assert "Xin chọn ít nhất một mục." in answer.text


def test_a_closed_wave_gets_no_more_links(client, session, world, fieldworker):
    session.execute(sa.update(Wave).values(state="closed"))
    session.commit()
    answer = make_counters(client, world.wave, units=[world.trade])
    assert "Đợt đã đóng" in answer.text
    assert count(session, Link) == 0


def frame(session, world, numbers):
    for number in numbers:
        session.add(
            Dossier(
                wave_id=world.wave,
                code=f"H{number}",
                procedure_id=world.petrol if number % 2 else world.power,
                channel="online",
                outcome="granted",
            )
        )
    session.commit()


def test_dossiers_of_the_frame_get_one_link_each(client, session, world, fieldworker):
    frame(session, world, range(6))
    path = f"/dot-khao-sat/{world.wave}/duong-dan/tao-ho-so"
    form = {"source": "frame", "place": f"dv-{world.trade}"}
    page = client.get(path).text
    assert "Còn 6 hồ sơ chưa có mã" in page
    made = post(client, path, count="4", key=key_in(page), **form).text
    again = post(
        client, path, count="2000", key=key_in(client.get(path).text), **form
    ).text
    assert len(tokens_in(made)) == 4
    assert len(tokens_in(again)) == 2
    linked = rows(session, sa.select(Link.dossier_id, Link.unit_id, Link.procedure_id))
    assert len({row.dossier_id for row in linked}) == 6
    assert {(row.unit_id, row.procedure_id) for row in linked} == {
        (world.trade, world.petrol),
        (world.energy, world.power),
    }
    none = post(client, path, count="1", key="e" * 32, **form)
    assert none.status_code == 422
    assert "Không còn hồ sơ nào chưa có mã." in none.text


def test_a_dossier_whose_link_was_revoked_may_get_another(
    client, session, world, fieldworker
):
    frame(session, world, [1])
    cast.link(
        session,
        world.wave,
        world.trade,
        kind="dossier",
        procedure_id=world.petrol,
        dossier_id=rows(session, sa.select(Dossier.id))[0][0],
    )
    page = client.get(f"/dot-khao-sat/{world.wave}").text
    assert "1 hồ sơ, 0 hồ sơ chưa có mã" in page
    post(client, f"/dot-khao-sat/{world.wave}/duong-dan/1/thu-hoi")
    page = client.get(f"/dot-khao-sat/{world.wave}").text
    assert "1 hồ sơ, 1 hồ sơ chưa có mã" in page


def test_a_revoked_link_opens_nothing_and_its_draft_is_gone(
    client, session, world, fieldworker
):
    token = cast.link(session, world.wave, world.trade)
    session.add(
        Draft(key="k", link_id=1, language="vi", next_page="A", touched_at=cast.NOW)
    )
    session.commit()
    path = f"/dot-khao-sat/{world.wave}/duong-dan/1/thu-hoi"
    assert "Thu hồi mã này?" in client.get(path).text
    assert rows(session, sa.select(Link.state)) == [("active",)]

    assert post(client, path).status_code == 303

    assert rows(session, sa.select(Link.state)) == [("revoked",)]
    assert count(session, Draft) == 0
    assert client.get(f"/p/{token}").status_code in (404, 410)
    assert "<svg " not in client.get(f"/dot-khao-sat/{world.wave}/the").text


def test_an_answered_link_cannot_be_revoked(client, session, world, fieldworker):
    cast.link(session, world.wave, world.trade, kind="dossier")
    session.execute(sa.update(Link).values(state="spent"))
    session.commit()
    path = f"/dot-khao-sat/{world.wave}/duong-dan/1/thu-hoi"
    assert "không thu hồi được" in post(client, path, follow=True).text
    assert rows(session, sa.select(Link.state)) == [("spent",)]


def test_the_list_is_filtered_and_paged(client, session, world, fieldworker):
    make_dossier_links(client, world.wave, 250, f"dv-{world.trade}")
    make_counters(client, world.wave, units=[world.energy])
    path = f"/dot-khao-sat/{world.wave}/duong-dan"

    def shown(query):
        page = client.get(f"{path}?{query}").text
        return len(re.findall(r"Mã số \d+</a>", page))

    assert [shown(f"trang={number}") for number in (1, 2, 3)] == [100, 100, 51]
    assert shown("trang=99") == 51
    assert shown("trang=" + "9" * 5000) == 51
    assert shown("trang=-3") == shown("trang=x") == 100
    assert shown("kind=counter") == 1
    assert shown("kind=counter&state=revoked") == 0
    assert shown("kind=%27%20OR%201=1") == 100
    assert "251 mã" in client.get(path).text


@pytest.mark.parametrize(
    "typed",
    ["{code}", "{grouped}", "  {lower} ", f"{ORIGIN}/p/{{code}}", "/p/{code}/"],
)
def test_a_link_is_found_by_its_code_however_typed(
    client, session, world, fieldworker, typed
):
    code = cast.link(session, world.wave, world.trade, kind="dossier")
    grouped = codes.grouped(code)
    text = typed.format(code=code, grouped=grouped, lower=grouped.lower())
    answer = post(client, f"/dot-khao-sat/{world.wave}/duong-dan", typed=text)
    assert answer.location == f"/dot-khao-sat/{world.wave}/duong-dan/1"


def test_a_code_of_another_wave_is_not_found_here(client, session, world, fieldworker):
    code = cast.link(session, world.short_wave, world.trade)
    for typed in (code, codes.new_token(), "H1", "\0", "x" * 5000):
        answer = post(client, f"/dot-khao-sat/{world.wave}/duong-dan", typed=typed)
        assert answer.status_code == 422


def test_a_link_is_found_by_its_dossier(client, session, world, fieldworker):
    frame(session, world, [7])
    dossier = rows(session, sa.select(Dossier.id))[0][0]
    cast.link(session, world.wave, world.trade, kind="dossier", dossier_id=dossier)
    answer = post(client, f"/dot-khao-sat/{world.wave}/duong-dan", typed="H7")
    assert answer.status_code == 303


def test_formulas_in_the_list_are_neutralised(client, session, world, fieldworker):
    session.execute(sa.text("UPDATE units SET code = '=1+1' WHERE code = 'TM'"))
    session.execute(sa.text("UPDATE procedures SET code = '@SUM(A1)' WHERE id = :p"),
                    {"p": world.petrol})  # fmt: skip
    session.commit()
    make_counters(client, world.wave, procedures=[world.petrol])
    row = table(client.get(f"/dot-khao-sat/{world.wave}/duong-dan.csv"))[0]
    assert row["unit"] != "=1+1"
    assert row["unit"].endswith("=1+1")
    assert row["procedure"].endswith("@SUM(A1)")
    assert row["procedure"][0] != "@"


def test_markup_in_names_and_notes_is_shown_as_text(
    client, session, world, fieldworker
):
    bad = "<script>alert(1)</script>"
    session.execute(sa.text(f"UPDATE units SET name = '{bad}'"))  # noqa: S608
    session.execute(sa.text(f"UPDATE procedures SET name = '{bad}'"))  # noqa: S608
    session.commit()
    path = f"/dot-khao-sat/{world.wave}"
    make = client.get(f"{path}/duong-dan/tao").text
    post(
        client,
        f"{path}/duong-dan/tao",
        kind="counter",
        procedures=str(world.petrol),
        note="<b>Quầy</b>",
        key=key_in(make),
    )
    pages = [
        make,
        client.get(f"{path}/the").text,
        client.get(f"{path}/duong-dan").text,
        client.get(f"{path}/duong-dan/1").text,
        client.get(f"{path}/duong-dan/1/thu-hoi").text,
        client.get(f"{path}/duong-dan/tao-ho-so").text,
        make_dossier_links(client, world.wave, 1, f"tt-{world.petrol}").text,
    ]
    for page in pages:
        assert "<script>alert" not in page
        assert "<b>Quầy" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_making_links_for_places_of_another_unit_is_refused(client, session, world):
    cast.sign_in(client, session, "fieldworker", world.trade)
    path = f"/dot-khao-sat/{world.wave}/duong-dan"
    page = client.get(f"{path}/tao").text
    assert "Phòng Quản lý Thương mại" in page
    assert "Năng lượng" not in page
    assert "phân phối điện" not in page
    far = make_counters(client, world.wave, units=[world.energy])
    assert far.status_code == 422
    far = make_counters(client, world.wave, procedures=[world.power])
    assert far.status_code == 422
    for place in (f"dv-{world.energy}", f"tt-{world.power}", f"dv-{world.department}"):
        assert make_dossier_links(client, world.wave, 1, place).status_code == 422
    assert count(session, Link) == 0
    near = make_counters(client, world.wave, units=[world.trade])
    assert near.status_code == 303


def test_a_batch_never_repeats_a_token(session):
    batch = links.new_batch("a secret of the tests, long enough")
    tokens = {batch.token(place) for place in range(2000)}
    assert len(tokens) == 2000
    assert {codes.explain(token) for token in tokens} == {"ok"}
    other = links.new_batch("a secret of the tests, long enough")
    assert other.token(0) not in tokens
