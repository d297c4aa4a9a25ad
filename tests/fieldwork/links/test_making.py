"""Links: made once, by the batch, and what a batch still tells of its tokens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from survey import codes, funnel, jobs, keyholes, tallies
from survey.fieldwork import links
from survey.fieldwork.links import KeyGone
from survey.models import (
    Batch,
    Dossier,
    Draw,
    Funnel,
    Job,
    Link,
    LinkEvent,
    Message,
    Wave,
)
from tests import cast
from tests.fieldwork.office import (
    batch_of,
    count,
    key_in,
    listed,
    make_counters,
    make_dossier_links,
    post,
    rows,
    tokens_of,
)


def test_one_counter_link_is_made_for_each_unit_and_procedure_chosen(
    client, session, world, fieldworker
):
    answer = make_counters(
        client,
        world.wave,
        units=[world.trade, world.energy],
        procedures=[world.petrol],
        kind="kiosk",
        counter="Quầy số 3, Bộ phận Một cửa",
    )
    assert batch_of(answer) == 1
    columns = (Link.kind, Link.unit_id, Link.procedure_id, Link.counter, Link.made_on)
    made = rows(session, sa.select(*columns).order_by(Link.id))
    assert [tuple(row) for row in made] == [
        ("kiosk", unit, procedure, "Quầy số 3, Bộ phận Một cửa", cast.NOW.date())
        for unit, procedure in (
            (world.trade, None),
            (world.energy, None),
            (world.trade, world.petrol),
        )
    ]
    # What hangs on a wall is good until the wave ends, and has no key to keep.
    assert rows(session, sa.select(Link.valid_to).distinct()) == [(None,)]
    assert rows(session, sa.select(Batch.key)) == [(None,)]


def test_tokens_of_dossiers_are_stored_as_hashes_and_shown_to_who_made_them(
    client, session, world, fieldworker
):
    batch = batch_of(make_dossier_links(client, world.wave, 3, f"tt-{world.petrol}"))
    tokens = tokens_of(client, world.wave, batch)
    kept = rows(
        session,
        sa.select(Link.token, Link.token_hash, Link.procedure_id).order_by(Link.place),
    )
    assert [tuple(row) for row in kept] == [
        (None, codes.hashed(token), world.petrol) for token in tokens
    ]
    assert all(codes.explain(token) == "ok" for token in tokens)
    for path in ("duong-dan", "duong-dan/1", "the", "duong-dan.csv", "lo/1", "lo"):
        page = client.get(f"/dot-khao-sat/{world.wave}/{path}").text
        assert not any(token in page for token in tokens)
    cast.sign_in(client, session, "auditor")
    path = f"/dot-khao-sat/{world.wave}/lo/{batch}"
    assert post(client, f"{path}/danh-sach.csv").status_code == 403
    assert client.get(path).status_code == 200


def test_the_list_of_a_batch_names_each_dossier_with_its_code_as_cards_say_it(
    client, session, world, fieldworker, frame
):
    frame([1, 3])
    path = f"/dot-khao-sat/{world.wave}/duong-dan/tao-ho-so"
    key = key_in(client.get(path).text)
    form = {"source": "frame", "place": f"dv-{world.trade}", "count": "9", "key": key}
    table = listed(client, world.wave, batch_of(post(client, path, **form)))
    assert [row["dossier"] for row in table] == ["H1", "H3"]
    for row in table:
        assert row["code"] == codes.grouped(row["url"].rpartition("/")[2])
        assert (row["kind"], row["unit"], row["procedure"]) == (
            *("dossier", "TM"),
            "2.000648",
        )
    events = rows(session, sa.select(LinkEvent.action, LinkEvent.account_id))
    assert [tuple(row) for row in events] == [
        ("made", fieldworker.id),
        ("exported", fieldworker.id),
    ]


def test_the_key_of_a_batch_is_kept_a_day_and_erased_at_a_press(
    client, session, world, fieldworker, clock, app
):
    place = f"dv-{world.trade}"
    first = batch_of(make_dossier_links(client, world.wave, 2, place))
    second = batch_of(make_dossier_links(client, world.wave, 2, place))
    path = f"/dot-khao-sat/{world.wave}/lo"
    page = client.get(f"{path}/{first}").text
    assert "Tôi đã in xong" in page
    assert "10:00, 28/08/2026" in page

    asked = client.get(f"{path}/{first}/khoa").text
    assert "Khóa lô này?" in asked
    assert "Lô này chưa in, chưa lấy tệp lần nào" in asked
    assert "đang chờ gửi" not in asked
    assert "Tôi đã in xong" in client.get(f"{path}/{first}").text
    post(client, f"{path}/{first}/danh-sach.csv")
    link_id = rows(session, sa.select(Link.id).where(Link.batch_id == first))[0][0]
    mail = {"wave_id": world.wave, "link_id": link_id, "kind": "invitation"}
    session.add(Message(**mail, next_at=cast.NOW))
    session.commit()
    asked = client.get(f"{path}/{first}/khoa").text
    assert "chưa lấy tệp" not in asked
    assert "Còn 1 thư của lô đang chờ gửi" in asked

    post(client, f"{path}/{first}/khoa")
    page = client.get(f"{path}/{first}").text
    assert "Lô đã khóa" in page
    assert "Tôi đã in xong" not in page
    assert post(client, f"{path}/{first}/danh-sach.csv").status_code == 303
    with app.app_context():
        kept = session.get(Batch, first)
        with pytest.raises(KeyGone):
            next(links.made_of(session, kept))
    session.rollback()

    clock.shift(timedelta(hours=24))
    later = cast.NOW + timedelta(hours=24)
    assert post(client, f"{path}/{second}/danh-sach.csv").status_code in (303, 401)
    with app.test_request_context(method="POST"):
        assert links.forget_keys(session, later - timedelta(seconds=1)) == 0
        assert links.forget_keys(session, later) == 1
    session.commit()
    assert rows(session, sa.select(Batch.key, Batch.key_until).distinct()) == [
        (None, None)
    ]
    events = sa.select(LinkEvent.action).where(LinkEvent.action == "locked")
    assert len(rows(session, events)) == 2


def test_a_stolen_database_gives_no_token_without_the_secret(
    client, session, world, fieldworker, app
):
    batch = batch_of(make_dossier_links(client, world.wave, 1, f"dv-{world.trade}"))
    ((key,),) = rows(session, sa.select(Batch.key))
    (token,) = tokens_of(client, world.wave, batch)
    guess = links.Tokens(secret=b"another secret, long enough", key=key)
    assert guess.at(0) != token
    with app.app_context():
        assert links.tokens_of(key).at(0) == token


def test_the_same_form_sent_twice_makes_one_batch_and_shows_it_again(
    client, session, world, fieldworker
):
    path = f"/dot-khao-sat/{world.wave}/duong-dan/tao-ho-so"
    key = key_in(client.get(path).text)
    place = f"dv-{world.trade}"
    first = make_dossier_links(client, world.wave, 4, place, key)
    assert "Đã tạo 4 mã" in client.get(first.location).text
    post(client, f"{first.location}/khoa")  # the key is gone, the form is known
    second = make_dossier_links(client, world.wave, 4, place, key)
    assert second.location == first.location
    assert "không tạo thêm" in client.get(second.location).text
    assert count(session, Link) == 4

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
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert count(session, Link) == 20
    assert count(session, Batch) == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 32, "A" * 33])
def test_a_form_without_its_key_makes_nothing(client, session, world, fieldworker, key):
    path = f"/dot-khao-sat/{world.wave}/duong-dan/tao"
    answer = post(client, path, kind="counter", units=str(world.trade), key=key)
    assert answer.status_code == 422
    assert count(session, Link) == 0


@pytest.mark.parametrize(
    "number", ["0", "-1", "2001", "100001", "1e3", "mười", "", "9" * 40]
)
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


def test_dossiers_of_the_frame_get_one_link_each(
    client, session, world, fieldworker, frame
):
    frame(range(6))
    path = f"/dot-khao-sat/{world.wave}/duong-dan/tao-ho-so"
    form = {"source": "frame", "place": f"dv-{world.trade}"}
    page = client.get(path).text
    assert "Còn 6 hồ sơ chưa có mã" in page
    made = batch_of(post(client, path, count="4", key=key_in(page), **form))
    key = key_in(client.get(path).text)
    again = batch_of(post(client, path, count="2000", key=key, **form))
    sizes = rows(session, sa.select(Batch.id, Batch.size).order_by(Batch.id))
    assert [tuple(row) for row in sizes] == [(made, 4), (again, 2)]
    linked = rows(session, sa.select(Link.dossier_id, Link.unit_id, Link.procedure_id))
    assert len({row.dossier_id for row in linked}) == 6
    assert {(row.unit_id, row.procedure_id) for row in linked} == {
        (world.trade, world.petrol),
        (world.energy, world.power),
    }
    none = post(client, path, count="1", key="e" * 32, **form)
    assert none.status_code == 422
    assert "Không còn hồ sơ nào chưa có mã." in none.text


def test_after_a_draw_only_the_dossiers_it_chose_are_invited(
    session, world, frame, app
):
    frame(range(6))
    chosen = sa.select(Dossier.id).order_by(Dossier.id).limit(2)
    session.execute(sa.update(Dossier).values(is_drawn=False))
    session.execute(
        sa.update(Dossier).where(Dossier.id.in_(chosen)).values(is_drawn=True)
    )
    wave = session.get(Wave, world.wave)
    with app.test_request_context(method="POST"):
        before = links.wanted_dossiers(session, wave, None, 100)
        session.add(
            Draw(
                wave_id=wave.id,
                mode="sample",
                seed="1",
                frame=6,
                size=2,
                frame_sha256="0" * 64,
                drawn_at=cast.NOW,
            )
        )
        session.flush()
        after = links.wanted_dossiers(session, wave, None, 100)
        assert links.dossiers_without_link(session, wave, None) == 2
    assert len(before) == 6
    assert [one.dossier_id for one in after] == sorted(session.scalars(chosen))
    session.rollback()


def test_more_than_a_request_can_make_are_made_by_one_job(
    client, session, world, fieldworker, app, monkeypatch
):
    monkeypatch.setattr(links.views_make, "AT_ONCE_IN_A_REQUEST", 3)
    monkeypatch.setattr(jobs, "wake", lambda: None)
    session.add_all(
        Dossier(
            wave_id=world.wave,
            code=f"H{number}",
            procedure_id=world.petrol,
            channel="online",
            outcome="granted",
        )
        for number in range(5)
    )
    session.commit()
    path = f"/dot-khao-sat/{world.wave}/duong-dan/tao-ho-so"
    key = key_in(client.get(path).text)
    form = {"source": "frame", "place": f"dv-{world.trade}", "count": "9", "key": key}
    first, second = post(client, path, **form), post(client, path, **form)
    assert first.location == second.location
    assert count(session, Job) == 1
    jobs.run_all(app)
    ((batch,),) = rows(session, sa.select(Batch.id))
    page = client.get(first.location).text
    assert f"/dot-khao-sat/{world.wave}/lo/{batch}" in page
    tokens = tokens_of(client, world.wave, batch)
    assert len(tokens) == 5
    ((params, result),) = rows(session, sa.select(Job.params, Job.result))
    assert not any(token in repr((params, result)) for token in tokens)
    assert rows(session, sa.select(Batch.made_by)) == [(fieldworker.id,)]


def test_every_link_is_counted_and_a_dossiers_has_its_keyhole(
    client, session, world, fieldworker
):
    batch = batch_of(make_dossier_links(client, world.wave, 7, f"tt-{world.petrol}"))
    make_counters(client, world.wave, units=[world.trade])
    assert tallies.invited(session, world.wave, tallies.Selection()) == 7
    assert keyholes.waiting(session, [batch]) == {batch: 7}
    session.rollback()
    made = rows(session, sa.select(Funnel.batch_id, Funnel.made).order_by("batch_id"))
    assert [tuple(row) for row in made] == [(batch, 7), (batch + 1, 1)]
    assert funnel.STEPS[0] == "made"


@pytest.mark.parametrize(
    ("today", "opens_on", "closes_on", "valid_to"),
    [
        (date(2026, 8, 27), date(2026, 7, 1), date(2026, 9, 30), date(2026, 9, 17)),
        (date(2026, 8, 27), date(2026, 7, 1), date(2026, 9, 1), date(2026, 9, 1)),
        # Made before the wave opens: the days are counted from its opening.
        (date(2026, 6, 1), date(2026, 7, 1), date(2026, 9, 30), date(2026, 7, 22)),
    ],
)
def test_every_business_has_as_long_but_not_past_the_wave(
    app, today, opens_on, closes_on, valid_to
):
    wave = Wave(opens_on=opens_on, closes_on=closes_on)
    with app.app_context():
        assert links.making.valid_until(wave, today) == valid_to


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
    assert count(session, Link) == 0
    near = make_counters(client, world.wave, units=[world.trade])
    assert near.status_code == 303


def test_a_batch_never_repeats_a_token(app):
    with app.app_context():
        batch, other = links.new_tokens(), links.new_tokens()
    tokens = {batch.at(place) for place in range(2000)}
    assert len(tokens) == 2000
    assert {codes.explain(token) for token in tokens} == {"ok"}
    assert other.at(0) not in tokens
