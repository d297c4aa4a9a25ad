"""From made to finished: counted without anybody being counted, and counters that fell
silent are pointed out."""

from __future__ import annotations

import re
from datetime import date, timedelta

import sqlalchemy as sa

from survey import funnel
from survey.fieldwork.links import silence
from survey.models import ALL_DOSSIERS, Funnel, Wave
from tests import cast
from tests.fieldwork.office import (
    batch_of,
    make_counters,
    make_dossier_links,
    post,
    rows,
    tokens_of,
)
from tests.respond.respondent import Respondent

STEPS = (Funnel.made, Funnel.opened, Funnel.started, Funnel.finished)


def counted(session):
    columns = (Funnel.batch_id, *STEPS)
    found = rows(session, sa.select(*columns).order_by(Funnel.batch_id, Funnel.day))
    return {row[0]: tuple(row[1:]) for row in found}


def test_looking_counts_without_writing_and_is_written_later(
    app, client, session, world, fieldworker
):
    batch = batch_of(make_counters(client, world.short_wave, units=[world.trade]))
    (token,) = tokens_of(client, world.short_wave, batch)
    before = counted(session)
    business = app.test_client()
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        business.open(f"/p/{token}", method=method)
    assert counted(session) == before == {batch: (1, 0, 0, 0)}
    funnel.flush(app)
    assert counted(session) == {batch: (1, 2, 0, 0)}
    funnel.flush(app)
    assert counted(session) == {batch: (1, 2, 0, 0)}


def test_openings_that_cannot_be_written_now_are_written_later(
    app, session, world, monkeypatch
):
    cast.link(session, world.wave, world.trade)
    cell = funnel.Cell.of(world.wave, 7, world.trade, None, date(2026, 8, 27))
    with app.test_request_context():
        funnel.opened(cell)
        funnel.opened(cell._replace(wave_id="gone"))

    def away(*args):
        raise sa.exc.OperationalError("BEGIN", None, Exception("database is locked"))

    with monkeypatch.context() as broken:
        broken.setattr(funnel, "_write_day", away)
        funnel.flush(app)
    assert counted(session) == {}
    funnel.flush(app)  # and what belongs to no wave any more is let go
    assert counted(session) == {7: (0, 1, 0, 0)}


def test_of_dossiers_no_batch_is_counted_while_forms_are_begun_and_sent(
    app, client, session, world, fieldworker
):
    made = make_dossier_links(client, world.short_wave, 2, f"tt-{world.petrol}")
    batch = batch_of(made)
    first, second = tokens_of(client, world.short_wave, batch)
    business = Respondent(app.test_client())
    business.answer(first, {"F04": "online"}, {"A1": "4"})
    business.press()
    Respondent(app.test_client()).start(second)
    funnel.flush(app)
    assert counted(session) == {ALL_DOSSIERS: (0, 0, 2, 1), batch: (2, 2, 0, 0)}
    # How far the batch has come follows from what is left of it.
    page = client.get(made.location).text
    for name, number in (("Đã bắt đầu", 2), ("Đã gửi", 1)):
        assert re.search(rf"{name}</dt><dd><b>{number}<", page)


def test_the_funnel_is_shown_by_batch_unit_procedure_and_day(
    app, client, session, world, fieldworker
):
    path = f"/dot-khao-sat/{world.short_wave}"
    made = make_dossier_links(client, world.short_wave, 4, f"tt-{world.petrol}")
    make_dossier_links(client, world.short_wave, 1, f"tt-{world.power}")
    make_counters(client, world.short_wave, units=[world.energy])
    (first, *_rest) = tokens_of(client, world.short_wave, batch_of(made))
    business = Respondent(app.test_client())
    business.answer(first, {"F04": "online"}, {"A1": "4"})
    business.press()
    post(client, f"{path}/duong-dan/2/thu-hoi", reason="thử")

    def table(query):
        page = client.get(f"{path}/theo-doi?{query}").text
        body = page.split('id="funnel"')[1].split("</table>")[0]
        cells = re.sub(r"<[^>]+>", " ", re.sub(r"</t[hd]>", "|", body))
        lines = [line for line in cells.split("|") if line.strip()]
        return [" ".join(line.split()) for line in lines][5:]

    assert table("theo=don-vi") == [
        *("Phòng Quản lý Năng lượng", "1", "0", "0 (0,0%)", "0 (0,0%)"),
        *("Phòng Quản lý Thương mại", "3", "0", "1 (33,3%)", "1 (33,3%)"),
        *("Tất cả", "4", "0", "1", "1"),
    ]
    assert table("theo=lo")[:5] == [
        *("Lô 2", "1", "0", "0 (0,0%)", "0 (0,0%)"),
    ]
    assert table("theo=lo")[5:] == [
        *("Lô 1", "3", "0", "1 (33,3%)", "1 (33,3%)"),
    ]
    assert table(f"theo=thu-tuc&place=dv-{world.energy}")[1] == "1"
    assert table("theo=ngay")[:5] == ["27/08/2026", "5", "0", "1", "1"]
    assert table("theo=don-vi&loai=wall")[:2] == ["Phòng Quản lý Năng lượng", "1"]
    page = client.get(f"{path}/theo-doi").text
    assert "ước tính" in page
    assert 'role="img"' in page
    assert client.get(f"{path}/theo-doi?theo=%00&place=x").status_code == 200


def test_a_counter_where_nobody_begins_is_pointed_out(
    app, client, session, world, fieldworker, clock
):
    """Seven working days: from 31 August to 2 September nobody works."""
    path = f"/dot-khao-sat/{world.wave}"
    made = make_counters(
        client, world.wave, units=[world.trade, world.energy], counter="Quầy số 3"
    )
    batch = batch_of(made)

    def silent(day):
        session.rollback()
        with app.app_context():
            wave = session.get(Wave, world.wave)
            found = silence.silent_links(session, wave, None, day)
        session.rollback()
        return [(one.link.id, one.last_on, one.days) for one in found]

    assert silent(date(2026, 9, 9)) == []
    assert [one[0] for one in silent(date(2026, 9, 10))] == [1, 2]
    cell = funnel.Cell.of(world.wave, batch, world.trade, None, date(2026, 9, 4))
    funnel.add(session, cell, started=1)
    session.commit()
    assert [one[0] for one in silent(date(2026, 9, 10))] == [2]
    (late,) = [one for one in silent(date(2026, 9, 30)) if one[0] == 1]
    assert late[1] == date(2026, 9, 4)
    assert silent(date(2026, 10, 1)) == []  # the wave is over

    cast.enter_as(client, session, fieldworker)
    clock.shift(timedelta(days=14))
    cast.enter_as(client, session, fieldworker)
    for address in (path, f"{path}/duong-dan"):
        page = client.get(address).text
        assert "Quầy im lặng" in page
        assert "nhắc cán bộ tại quầy mời doanh nghiệp" in page
    post(client, f"{path}/duong-dan/2/thu-hoi", reason="Quầy đã bỏ")
    assert [one[0] for one in silent(date(2026, 9, 10))] == []
