"""Who is invited: proposed, drawn with a seed, and the same whenever it is repeated."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
import sqlalchemy as sa

from survey import fieldwork
from survey.dispositions.progress import Line, progress
from survey.fieldwork.frame import draws
from survey.models import Dossier, Draw, Wave
from tests import cast, opened
from tests.fieldwork.office import count, post, rows

CHANNELS = ("in_person", "online", "postal")


def fill(session, world, number, *, first=0):
    """Put so many finished dossiers into the frame, two thirds of them of one unit."""
    session.rollback()
    session.execute(
        sa.insert(Dossier),
        [
            {
                "wave_id": world.wave,
                "code": f"H{place:05d}",
                "procedure_id": world.power if place % 3 == 0 else world.petrol,
                "channel": CHANNELS[place % 2],
                "outcome": "granted",
                "facts": {},
            }
            for place in range(first, first + number)
        ],
    )
    session.commit()


def drawn(session):
    found = rows(
        session, sa.select(Dossier.code).where(Dossier.is_drawn).order_by(Dossier.code)
    )
    return [code for (code,) in found]


@pytest.fixture
def page(client, session, world):
    cast.sign_in(client, session, "fieldworker")
    return f"/dot-khao-sat/{world.wave}/chon-mau"


@pytest.fixture
def wave(app, session, world):
    """The wave for verbs; one that was drawn in before is read anew."""
    with app.app_context():
        yield lambda: session.get(Wave, world.wave, populate_existing=True)


@pytest.mark.parametrize(
    ("number", "mode", "size"),
    [(249, "census", 249), (400, "census", 400), (1000, "sample", 572)],
)
def test_everyone_is_proposed_in_a_small_frame_and_then_a_sample_that_half_answers(
    session, world, wave, number, mode, size
):
    fill(session, world, number)
    proposed = draws.propose(session, wave())
    assert (proposed.mode, proposed.size, proposed.frame) == (mode, size, number)


def test_a_draw_is_the_one_that_its_seed_gives_by_hand(client, session, world, page):
    fill(session, world, 300)
    answer = post(client, page, mode="sample", size="90", seed="ky-xo-so-27-08")
    assert answer.location == page
    # 200 of one procedure, half of it online; 100 of the other: 60, 30 by the rule.
    groups = {}
    for place in range(300):
        groups.setdefault((place % 3 == 0, place % 2), []).append(f"H{place:05d}")
    by_hand = []
    for (is_power, _online), codes in groups.items():
        codes.sort(
            key=lambda code: sha256(f"ky-xo-so-27-08:{code}".encode()).hexdigest()
        )
        by_hand += codes[: 15 if is_power else 30]
    assert drawn(session) == sorted(by_hand)
    text = client.get(f"{page}?kiem-lai=1").text
    assert "ra đúng 90 hồ sơ như đã chọn" in text
    assert "ky-xo-so-27-08" in text
    lines = opened.rows(client.get(f"{page}.csv").data)
    assert len(lines) == 300
    chosen = [line["Mã hồ sơ"] for line in lines if line["Được chọn"] == "có"]
    assert sorted(chosen) == sorted(by_hand)
    assert all(
        line["SHA-256"]
        == sha256(f"ky-xo-so-27-08:{line['Mã hồ sơ']}".encode()).hexdigest()
        for line in lines
    )


def test_a_seed_may_be_the_result_of_a_lottery(client, session, world, page):
    fill(session, world, 20)
    refused = post(client, page, mode="sample", size="5", seed="a;b")
    assert refused.status_code == 422
    assert "Xin chỉ dùng chữ không dấu" in refused.text
    too_long = post(client, page, mode="sample", size="5", seed="a" * 65)
    assert (too_long.status_code, count(session, Draw)) == (422, 0)
    seed = "XSKH 22/11/2026 - 48213"
    post(client, page, mode="sample", size="20", seed=f" {seed.replace(' ', '  ')} ")
    assert rows(session, sa.select(Draw.seed))[0][0] == seed
    for line in opened.rows(client.get(f"{page}.csv").data):
        told = f"{line['Chuỗi khởi tạo']}:{line['Mã hồ sơ']}"
        assert line["SHA-256"] == sha256(told.encode()).hexdigest()


def test_the_page_says_how_many_to_invite_for_the_answers_needed(
    client, session, world, page
):
    fill(session, world, 328)
    text = client.get(page).text
    assert "cần 181 phiếu trả lời" in text
    assert "dự kiến 50% trả lời, nên mời tất cả" in text


def test_a_draw_is_made_anew_only_when_meant_and_stays_on_record(
    client, session, world, page
):
    fill(session, world, 260)
    post(client, page, mode="sample", size="10", seed="mot")
    refused = post(client, page, mode="sample", size="10", seed="hai")
    assert refused.status_code == 422
    assert "xin đánh dấu vào ô này" in refused.text
    post(client, page, mode="sample", size="12", seed="hai", again="y")
    assert len(drawn(session)) == 12
    text = client.get(page).text
    assert "Các lần chọn đã bỏ" in text
    assert "mot" in text.split("Các lần chọn đã bỏ")[1]


@pytest.mark.parametrize("size", ["0", "-3", "261", "x", ""])
def test_so_many_cannot_be_drawn(client, session, world, page, size):
    fill(session, world, 260)
    answer = post(client, page, mode="sample", size=size)
    if size == "":
        assert count(session, Draw) == 1  # as many as proposed
        return
    assert answer.status_code == 422
    assert count(session, Draw) == 0


def test_only_the_drawn_get_links_and_newcomers_are_drawn_with_the_same_chance(
    session, world, wave
):
    fill(session, world, 400)
    assert fieldwork.dossiers_without_link(session, wave(), None) == 400
    draws.make_draw(session, wave(), size=200, seed="mot", now=cast.NOW)
    session.commit()
    assert fieldwork.dossiers_without_link(session, wave(), None) == 200
    wanted = fieldwork.wanted_dossiers(session, wave(), None, 1)
    cast.link(
        session, world.wave, world.trade, kind="dossier",
        procedure_id=wanted[0].procedure_id, dossier_id=wanted[0].dossier_id,
    )  # fmt: skip
    with pytest.raises(fieldwork.FieldworkError, match="nạp thêm danh sách"):
        draws.make_draw(session, wave(), now=cast.NOW)
    session.rollback()
    fill(session, world, 31, first=400)
    before = drawn(session)
    proposed = draws.propose(session, wave())
    # Half of those before were drawn, so half of 31.
    assert (proposed.is_supplement, proposed.frame, proposed.size) == (True, 31, 16)
    draws.make_draw(session, wave(), seed="hai", now=cast.NOW)
    session.commit()
    after = drawn(session)
    assert set(before) < set(after)
    assert len(after) == 216
    for one in draws.current(session, wave()):
        assert len(draws.verify(session, wave(), one).codes) == one.size


def test_a_draw_that_was_tampered_with_or_lost_its_frame_is_found_out(
    session, world, wave
):
    fill(session, world, 300)
    made = draws.make_draw(session, wave(), seed="mot", now=cast.NOW)
    session.commit()
    first, second = drawn(session)[:2]
    # Somebody swaps a dossier for another.
    session.execute(
        sa.update(Dossier).where(Dossier.code == first).values(is_drawn=False)
    )
    with pytest.raises(fieldwork.FieldworkError, match="1 hồ sơ bị đánh dấu sai"):
        draws.verify(session, wave(), made)
    session.rollback()
    session.execute(
        sa.update(Dossier).where(Dossier.code == second).values(channel="mixed")
    )
    with pytest.raises(draws.Outdated):
        draws.verify(session, wave(), made)
    session.rollback()


def test_a_list_that_moves_a_drawn_dossier_takes_the_draw_back(session, world, wave):
    text = "Mã hồ sơ;Mã thủ tục;Tình trạng\nH1;2.000648;granted\n"
    fieldwork.load_dossiers(session, wave(), text.encode())
    draws.make_draw(session, wave(), now=cast.NOW)
    session.commit()
    moved = text.replace("2.000648", "2.001249").encode()
    assert fieldwork.load_dossiers(session, wave(), moved).is_undrawn
    session.commit()
    assert drawn(session) == []
    # Nobody is invited before it was drawn anew.
    assert fieldwork.dossiers_without_link(session, wave(), None) == 0
    assert not fieldwork.load_dossiers(session, wave(), moved).is_undrawn


def test_dossiers_not_finished_are_never_drawn(session, world, wave):
    fill(session, world, 3)
    session.execute(
        sa.update(Dossier).where(Dossier.code == "H00001").values(outcome="in_progress")
    )
    made = draws.make_draw(session, wave(), now=cast.NOW)
    assert (made.frame, made.size) == (2, 2)
    session.commit()
    assert drawn(session) == ["H00000", "H00002"]


@pytest.mark.parametrize(
    ("line", "needed", "state"),
    [
        (Line(name="", frame=0, drawn=0), 0, "none"),
        (Line(name="", frame=100, drawn=100), 80, "unasked"),
        (Line(name="", frame=100, drawn=20), 20, "unasked"),
        (Line(name="", frame=100, drawn=100, invited=100, answered=80), 80, "enough"),
        (
            Line(name="", frame=100, drawn=100, invited=9, answered=9, expected=10),
            80,
            "behind",
        ),
        (
            Line(name="", frame=100, drawn=100, invited=9, answered=10, expected=10),
            80,
            "under_way",
        ),
    ],
)
def test_how_far_it_is_measures_against_what_is_needed(line, needed, state):
    assert (line.needed, line.state) == (needed, state)


def test_progress_counts_per_unit_and_procedure(session, world, wave):
    fill(session, world, 90)
    today = cast.NOW.date()
    session.execute(
        sa.update(Wave).values(
            opens_on=today - timedelta(days=10), closes_on=today + timedelta(days=9)
        )
    )
    session.commit()
    ids = rows(
        session, sa.select(Dossier.id).where(Dossier.procedure_id == world.petrol)
    )
    for (of_id,) in ids[:5]:
        cast.link(
            session, world.wave, world.trade, kind="dossier",
            procedure_id=world.petrol, dossier_id=of_id,
        )  # fmt: skip
    found = progress(session, wave(), None, cast.NOW.date())
    assert (found.whole.frame, found.whole.needed, found.whole.invited) == (90, 74, 5)
    trade, energy = (
        next(one for one in found.units if one.name == name)
        for name in ("Phòng Quản lý Thương mại", "Phòng Quản lý Năng lượng")
    )
    # 60 dossiers: 53 are needed, half of the days are over.
    assert (trade.frame, trade.needed, trade.expected) == (60, 53, 26)
    assert (trade.state, energy.state) == ("behind", "unasked")
    assert found.behind == 2
    part = progress(session, wave(), [world.energy], cast.NOW.date())
    assert (part.whole.frame, len(part.procedures)) == (30, 1)


def test_a_division_sees_its_own_progress_and_no_draw_of_others(client, session, world):
    fill(session, world, 90)
    cast.sign_in(client, session, "fieldworker", world.energy)
    address = f"/dot-khao-sat/{world.wave}/chon-mau"
    text = client.get(address).text
    assert "Phòng Quản lý Năng lượng" in text
    assert "Phòng Quản lý Thương mại" not in text
    # How few have answered would tell who did.
    assert "dưới 5" in text
    assert post(client, address, mode="census").status_code == 404
    assert client.get(f"{address}.csv").status_code == 404


def test_the_command_draws_and_repeats(terminal, session, world):
    fill(session, world, 300)
    first = terminal(
        "dossiers", "draw", "--wave", world.wave, "--seed", "mot", "--size", 30
    )
    assert first.code == 0, first.err
    assert "30 trên / of 300" in first.out
    checked = terminal("dossiers", "draw", "--wave", world.wave, "--verify")
    assert (checked.code, "Đúng / the same: 30" in checked.out) == (0, True)
    again = ("dossiers", "draw", "--wave", world.wave, "--census")
    refused = terminal(*again)
    assert refused.code == 2
    assert "--again" in refused.err
    assert "300 trên / of 300" in terminal(*again, "--again").out
    with session.begin():
        session.execute(
            sa.update(Dossier).where(Dossier.code == "H00001").values(is_drawn=False)
        )
    spoilt = terminal("dossiers", "draw", "--wave", world.wave, "--verify")
    assert spoilt.code == 2
    assert "1 hồ sơ bị đánh dấu sai" in spoilt.err
