"""Prints: of which links, by whom, when, and what a file of them holds."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
import zxingcpp
from PIL import Image

from survey import codes, jobs
from survey.fieldwork import links
from survey.fieldwork.prints import kit
from survey.models import Batch, Job, Link, LinkEvent, Wave
from tests import cast
from tests.fieldwork.office import ORIGIN, make_counters, make_dossier_links, post, rows

WALL_PRINTS = ("ap-phich", "bien-de-ban", "phieu-80mm", "the-8", "the-24")
DOSSIER_PRINTS = ("phieu-80mm", "the-8", "the-24", "thu-moi")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(cast.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def fieldworker(client, session, world):
    return cast.sign_in(client, session, "fieldworker")


def codes_in(pdf: bytes, dpi: int = 100) -> list[str]:
    """The texts of the codes on all pages of a file."""
    command = ["pdftoppm", "-r", str(dpi), "-gray"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    assert not done.stderr
    found = []
    for picture in re.split(rb"(?=P5\n\d+ \d+\n255\n)", done.stdout)[1:]:
        with Image.open(io.BytesIO(picture)) as image:
            found += [one.text for one in zxingcpp.read_barcodes(image)]
    return sorted(found)


def words_in(pdf: bytes) -> str:
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def walls(world):
    return f"/dot-khao-sat/{world.wave}/the"


def make_batch(client, world, count=3):
    answer = make_dossier_links(client, world.wave, count, f"tt-{world.petrol}")
    return answer.location


@pytest.mark.parametrize("kind", WALL_PRINTS)
def test_every_code_on_a_wall_is_printed_with_its_public_address(
    client, session, world, fieldworker, kind
):
    make_counters(
        client, world.wave, units=[world.trade], procedures=[world.petrol, world.power]
    )
    tokens = [row.token for row in rows(session, sa.select(Link.token))]
    answer = post(client, walls(world), print=kind)

    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    name = f"khao-sat-{world.wave}-{kind}.pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    dpi = 150 if kind == "the-24" else 100
    assert codes_in(answer.data, dpi) == sorted(f"{ORIGIN}/p/{one}" for one in tokens)
    text = words_in(answer.data)
    for token in tokens:
        # A small card breaks a code behind one of its dashes.
        assert codes.grouped(token) in text.replace("- ", "-")


def test_one_code_is_printed_alone_as_pdf_and_as_svg(
    client, session, world, fieldworker
):
    make_counters(client, world.wave, units=[world.trade, world.energy])
    first, second = rows(session, sa.select(Link.id, Link.token).order_by(Link.id))
    answer = post(client, walls(world), print="ap-phich", ma=str(second.id))
    drawn = post(
        client, walls(world), print="ap-phich", ma=str(second.id), **{"as": "svg"}
    )

    assert codes_in(answer.data) == [f"{ORIGIN}/p/{second.token}"]
    assert "Phòng Quản lý Năng lượng" in words_in(answer.data)
    assert drawn.mimetype == "image/svg+xml"
    assert codes.grouped(second.token) in drawn.text
    assert codes.grouped(first.token) not in drawn.text
    seen = client.get(f"{walls(world)}/ap-phich.svg?ma={second.id}")
    assert seen.text == drawn.text
    assert "Content-Disposition" not in seen.headers


def test_many_codes_on_walls_are_printed_by_a_job(
    app, client, session, world, fieldworker, monkeypatch
):
    monkeypatch.setattr(kit, "AT_ONCE", 1)
    make_counters(client, world.wave, units=[world.trade, world.energy])
    answer = post(client, walls(world), print="bien-de-ban")
    jobs.run_all(app)
    page = client.get(answer.location).text
    address = re.search(r'href="(/viec/\w+/tep/[^"]+\.pdf)"', page)[1]
    with client.get(address) as file:
        assert len(codes_in(file.data)) == 2
    events = sa.select(LinkEvent).where(LinkEvent.action == "printed")
    assert len(rows(session, events)) == 2


def test_the_page_shows_each_print_and_offers_its_files(
    client, session, world, fieldworker
):
    make_counters(client, world.wave, units=[world.trade, world.energy])
    ((number,), _other) = rows(session, sa.select(Link.id).order_by(Link.id))
    page = client.get(walls(world)).text
    alone = client.get(f"{walls(world)}?ma={number}").text

    for kind in WALL_PRINTS:
        assert f"{walls(world)}/{kind}.svg?ma={number}" in page
        assert client.get(f"{walls(world)}/{kind}.svg").status_code == 200
        assert f'name="print" value="{kind}"' in page
    assert "Tải SVG" not in page
    assert alone.count("Tải SVG") == len(WALL_PRINTS)
    assert "127.0.0.1:8000" in page, "it warns that telephones cannot open this address"


def test_a_print_is_vietnamese_whoever_takes_it(client, session, world, fieldworker):
    make_counters(client, world.wave, procedures=[world.petrol])
    client.post("/ngon-ngu", data={"language": "en", "csrf_token": cast.csrf(client)})
    text = words_in(post(client, walls(world), print="ap-phich").data)

    assert "Mời đánh giá việc giải quyết thủ tục hành chính" in text
    assert "Nhận phiếu đến hết ngày 30/09/2026" in text


def test_a_print_tells_the_day_on_which_its_own_code_ends_and_where_it_belongs(
    client, session, world, fieldworker
):
    make_counters(client, world.wave, units=[world.trade])
    session.rollback()
    (link,) = session.scalars(sa.select(Link))
    link.valid_to, link.counter = cast.NOW.date() + timedelta(days=5), "Quầy số 3"
    session.commit()
    text = words_in(post(client, walls(world), print="bien-de-ban").data)

    assert "Nhận phiếu đến hết ngày 01/09/2026" in text
    assert "Nơi đặt: Quầy số 3" in text


def test_the_prints_of_a_sample_wave_say_so(client, session, world, fieldworker):
    make_counters(client, world.wave, units=[world.trade])
    session.rollback()
    session.get_one(Wave, world.wave).is_sample = True
    session.commit()

    assert "MẪU" in words_in(post(client, walls(world), print="the-24").data)


def test_revoked_codes_are_printed_no_more(client, session, world, fieldworker):
    make_counters(client, world.wave, units=[world.trade])
    session.execute(sa.update(Link).values(state="revoked"))
    session.commit()
    answer = post(client, walls(world), print="ap-phich", follow=True)

    assert "Không còn mã nào để in" in answer.text
    assert client.get(f"{walls(world)}/ap-phich.svg").status_code == 404


@pytest.mark.parametrize("kind", DOSSIER_PRINTS)
def test_the_codes_of_a_batch_are_printed_while_its_key_is_kept(
    client, session, world, fieldworker, clock, kind
):
    batch = make_batch(client, world)
    hashes = {row.token_hash for row in rows(session, sa.select(Link.token_hash))}
    first = post(client, f"{batch}/in", print=kind)
    again = post(client, f"{batch}/in", print=kind)

    found = codes_in(first.data, 150 if kind == "the-24" else 100)
    assert {codes.hashed(one.rpartition("/")[2]) for one in found} == hashes
    assert words_in(again.data) == words_in(first.data)

    clock.shift(timedelta(days=2))
    cast.enter_as(client, session, fieldworker)
    late = post(client, f"{batch}/in", print=kind, follow=True)
    assert late.mimetype == "text/html"
    assert "đã khóa nên không in lại được" in late.text


def test_what_was_printed_by_whom_stands_in_the_log(
    client, session, world, fieldworker
):
    make_counters(client, world.wave, units=[world.trade])
    batch = make_batch(client, world)
    post(client, walls(world), print="ap-phich")
    post(client, f"{batch}/in", print="thu-moi")
    events = rows(
        session,
        sa.select(LinkEvent.link_id, LinkEvent.reason, LinkEvent.account_id)
        .where(LinkEvent.action == "printed")
        .order_by(LinkEvent.id),
    )

    assert [(one.link_id is None, one.reason) for one in events] == [
        (False, "Áp phích A4"),
        (True, "Thư mời A4"),
    ]
    assert {one.account_id for one in events} == {fieldworker.id}


def test_a_long_batch_is_printed_by_a_job_whose_file_ends_with_the_key(
    app, client, session, world, fieldworker, monkeypatch
):
    monkeypatch.setattr(kit, "AT_ONCE", 8)
    batch = make_batch(client, world, 9)
    answer = post(client, f"{batch}/in", print="the-8")
    assert answer.location.startswith("/viec/")
    jobs.run_all(app)
    page = client.get(answer.location).text
    address = re.search(r'href="(/viec/\w+/tep/[^"]+\.pdf)"', page)[1]
    with client.get(address) as file:
        assert len(codes_in(file.data)) == 9
    ((ends,),) = rows(session, sa.select(Job.delete_at))
    ((key_until,),) = rows(session, sa.select(Batch.key_until))
    assert ends <= key_until

    post(client, f"{batch}/khoa")
    assert client.get(address).status_code in (404, 410)


def test_an_address_too_long_for_a_small_card_is_explained(
    client, session, world, fieldworker, monkeypatch
):
    make_counters(client, world.wave, units=[world.trade])
    long = f"https://{'a' * 60}.{'b' * 60}.example.gov.vn"
    monkeypatch.setattr("survey.config.Settings.public_origin", long)
    answer = post(client, walls(world), print="the-24", follow=True)

    assert "Xin chọn khổ lớn hơn" in answer.text
    assert client.get(f"{walls(world)}/the-24.svg").status_code == 404
    assert post(client, walls(world), print="ap-phich").mimetype == "application/pdf"


def test_no_print_of_another_kind_or_of_another_units_code(client, session, world):
    cast.sign_in(client, session, "fieldworker")
    make_counters(client, world.wave, units=[world.energy])
    batch = make_batch(client, world)
    for path, kind in (
        (walls(world), "thu-moi"),
        (walls(world), "../x"),
        (f"{batch}/in", "ap-phich"),
    ):
        assert post(client, path, print=kind).status_code == 404

    cast.sign_in(client, session, "fieldworker", world.trade)
    ((number,),) = rows(session, sa.select(Link.id).where(Link.kind == "counter"))
    assert client.get(f"{walls(world)}/ap-phich.svg?ma={number}").status_code == 404
    answer = post(client, walls(world), print="ap-phich", ma=str(number))
    assert answer.mimetype == "text/html"

    cast.sign_in(client, session, "auditor")
    assert post(client, walls(world), print="ap-phich").status_code == 403
    assert "Tải PDF" not in client.get(walls(world)).text


def test_a_kit_offers_what_its_kind_of_link_is_for():
    assert [one.kind for one in kit.offered("counter")] == list(WALL_PRINTS)
    assert [one.kind for one in kit.offered("dossier")] == list(DOSSIER_PRINTS)
    assert links.AT_ONCE_IN_A_REQUEST >= kit.AT_ONCE
