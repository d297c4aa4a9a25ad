"""The registry of codes: found however typed, filtered, read a page at a time, and
told to each account as far as it may know."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from survey import codes
from survey.fieldwork.links import registry
from survey.models import Dossier, Link
from tests import cast
from tests.fieldwork.office import (
    ORIGIN,
    batch_of,
    make_counters,
    make_dossier_links,
    post,
    rows,
)


@pytest.fixture
def path(world):
    return f"/dot-khao-sat/{world.wave}/duong-dan"


def shown(client, path, query=""):
    """The numbers of the links on a page of the registry, as they stand there."""
    page = client.get(f"{path}?{query}").text
    return [int(number) for number in re.findall(r"Mã số (\d+)</a>", page)]


def test_the_list_is_read_from_the_newest_on_and_back_again(
    client, session, world, fieldworker, path
):
    make_dossier_links(client, world.wave, 250, f"dv-{world.trade}")
    seen, query = [], ""
    while True:
        page = client.get(f"{path}?{query}").text
        seen.append(shown(client, path, query))
        onward = re.search(r'href="\?([^"]+)" rel="next"', page)
        if not onward:
            break
        query = onward[1].replace("&amp;", "&")
    assert [len(part) for part in seen] == [100, 100, 50]
    assert [number for part in seen for number in part] == list(range(250, 0, -1))
    back = re.search(r'href="\?([^"]+)" rel="prev"', page)[1]
    assert shown(client, path, back) == seen[1]
    assert shown(client, path, "sau=0") == []
    for odd in ("sau=x", "sau=-3", "sau=" + "9" * 5000, "truoc=99999999999999"):
        assert len(shown(client, path, odd)) in (0, 100)


def test_the_list_is_filtered_by_kind_state_place_and_batch(
    client, session, world, fieldworker, path
):
    make_dossier_links(client, world.wave, 3, f"tt-{world.petrol}")
    batch = batch_of(make_counters(client, world.wave, units=[world.energy]))
    cast.spend(session, 2)
    post(client, f"{path}/3/thu-hoi", reason="In sai tên đơn vị")

    def found(query):
        return shown(client, path, query)

    assert found("kind=counter") == [4]
    assert found("kind=dossier&state=active") == [1]
    assert found("state=spent") == [2]
    assert found("state=revoked") == [3]
    assert found("kind=counter&state=revoked") == []
    assert found(f"place=dv-{world.energy}") == [4]
    assert found(f"place=tt-{world.petrol}") == [3, 2, 1]
    assert found(f"batch={batch}") == [4]
    for odd in ("kind=%27%20OR%201=1", "place=tt-x", "batch=-1", "state=x"):
        assert found(odd) == [4, 3, 2, 1]


def test_a_batch_tells_what_became_of_its_links(
    client, session, world, fieldworker, path
):
    made = make_dossier_links(client, world.wave, 6, f"tt-{world.petrol}")
    cast.spend(session, 1)
    cast.spend(session, 2)
    post(client, f"{path}/3/thu-hoi", reason="thử")
    (figures,) = figures_of(session, world, batch_of(made))
    assert (figures.size, figures.gone, figures.finished) == (6, 1, 2)
    page = client.get(made.location).text
    assert re.search(r"Còn hiệu lực hoặc đã trả lời</dt><dd><b>5<", page)
    assert re.search(r"Đã gửi</dt><dd><b>2<", page)
    assert fieldworker.email in page


def figures_of(session, world, batch, units=None):
    session.rollback()
    shown = [session.get(registry.Batch, batch)]
    found = registry.figures_of(session, shown, units)
    session.rollback()
    return found


@pytest.mark.parametrize(
    "typed",
    [
        *("{code}", "{grouped}", "  {lower} ", "{spaced}"),
        *(f"{ORIGIN}/p/{{code}}", "/p/{code}/"),
    ],
)
def test_a_link_is_found_by_its_code_however_typed(
    client, session, world, fieldworker, path, typed
):
    code = cast.link(session, world.wave, world.trade, kind="dossier")
    grouped = codes.grouped(code)
    text = typed.format(
        code=code,
        grouped=grouped,
        lower=grouped.lower(),
        spaced=grouped.lower().replace("-", " "),
    )
    answer = post(client, path, typed=text)
    assert answer.location == f"{path}/1"


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda code: "O" + code[1:], "Mã không dùng ký tự O: không có chữ O, số 0"),
        (lambda code: "0" + code[1:], "Mã không dùng ký tự 0"),
        (cast.mistyped, "Có ký tự gõ nhầm"),
        (lambda code: codes.new_token(), "Đợt này không có mã như vậy"),
        (lambda code: "H99", "Đợt này không có mã như vậy"),
    ],
    ids=["letter O", "nought", "slip", "unknown", "no dossier"],
)
def test_a_code_typed_wrong_is_explained(
    client, session, world, fieldworker, path, write, message
):
    code = cast.link(session, world.wave, world.trade)
    answer = post(client, path, typed=write(code))
    assert answer.status_code == 422
    assert message in answer.text
    assert 'href="#typed"' in answer.text


def test_a_code_of_another_wave_is_not_found_here(
    client, session, world, fieldworker, path
):
    code = cast.link(session, world.short_wave, world.trade)
    for typed in (code, codes.new_token(), "H1", "\0", "x" * 5000):
        assert post(client, path, typed=typed).status_code == 422


def test_a_link_is_found_by_its_dossier_the_one_that_still_stands_first(
    client, session, world, fieldworker, frame, path
):
    frame([7])
    dossier = rows(session, sa.select(Dossier.id))[0][0]
    for _ in range(2):
        cast.link(session, world.wave, world.trade, kind="dossier", dossier_id=dossier)
    assert post(client, path, typed="H7").location == f"{path}/2"
    post(client, f"{path}/2/thu-hoi", reason="thử")
    assert post(client, path, typed=" h7 ").location == f"{path}/1"


@pytest.mark.parametrize(
    ("is_drawn", "message"),
    [
        (None, "Hồ sơ có trong danh sách nhưng chưa có mã."),
        (True, "Hồ sơ có trong danh sách nhưng chưa có mã."),
        (False, "Hồ sơ có trong danh sách nhưng không được chọn mời."),
    ],
)
def test_a_dossier_without_a_link_is_said_to_be_one(
    client, session, world, frame, path, is_drawn, message
):
    frame([7])
    session.execute(sa.update(Dossier).values(is_drawn=is_drawn))
    session.commit()
    cast.sign_in(client, session, "fieldworker")
    assert message in post(client, path, typed="h7").text
    cast.sign_in(client, session, "fieldworker", world.energy)
    far = post(client, path, typed="h7")
    assert far.status_code == 422
    assert "có trong danh sách" not in far.text


def test_the_page_of_a_code_tells_until_when_its_batch_can_be_printed(
    client, session, world, fieldworker, path
):
    made = make_dossier_links(client, world.wave, 1, f"dv-{world.trade}")
    page = client.get(f"{path}/1").text
    assert "còn in và gửi lại được đến 10:00, 28/08/2026" in page
    assert f'href="{made.location}"' in page
    assert "không được lưu lại" not in page
    post(client, f"{made.location}/khoa")
    page = client.get(f"{path}/1").text
    assert "Mã của hồ sơ không được lưu lại" in page
    assert "gửi lại được đến" not in page


def test_a_kiosk_is_opened_on_its_tablet_and_never_printed(
    client, session, world, fieldworker, path
):
    walls = f"/dot-khao-sat/{world.wave}/the"
    made = make_counters(client, world.wave, units=[world.trade], kind="kiosk")
    assert "Chưa có mã nào còn dùng được cho quầy" in client.get(walls).text
    assert "không in ra" in client.get(made.location).text
    assert post(client, f"{made.location}/in", print="ap-phich").status_code == 404
    ((token,),) = rows(session, sa.select(Link.token))
    page = client.get(f"{path}/1").text
    assert f"{ORIGIN}/p/{token}" in page
    assert "<svg aria-hidden" in page
    assert "Đưa máy vào dùng" in page
    assert "In áp phích" not in page
    make_counters(client, world.wave, units=[world.trade, world.energy])
    assert "In mã QR cho quầy: 2 mã" in client.get(walls).text


def test_who_belongs_to_a_rated_unit_is_not_told_which_dossier_answered(
    client, session, world, path
):
    """Two links alike, one answered: every page about them is the same."""
    clerk = cast.account(session, "fieldworker")
    cast.enter_as(client, session, clerk)
    made = make_dossier_links(client, world.wave, 6, f"tt-{world.petrol}")
    small = make_dossier_links(client, world.wave, 2, f"tt-{world.petrol}")
    for link_id in (1, 8):
        cast.spend(session, link_id)
    cast.sign_in(client, session, "fieldworker", world.trade)

    client.get(path)  # and what was told of the making

    def pages(link_id):
        page = client.get(f"{path}/{link_id}").text
        page = re.sub(r'"csrf_token".*?>', "", page)
        return re.sub(rf"(Mã số |duong-dan/|%2F){link_id}\b", "?", page)

    assert pages(1) == pages(2)
    assert "Đã phát" in pages(1)
    for address in (path, f"/dot-khao-sat/{world.wave}"):
        assert "Đã trả lời</strong>" not in client.get(address).text
    assert shown(client, path, "state=active") == [8, 7, 6, 5, 4, 3, 2, 1]
    assert shown(client, path, "state=spent") == [8, 7, 6, 5, 4, 3, 2, 1]
    for act in ("thu-hoi", "thay-ma", "han-dung", "sua"):
        assert post(client, f"{path}/1/{act}", reason="thử").status_code == 403
    # Of a batch the count, but not of one so small that it would name them.
    assert re.search(r"Đã gửi</dt><dd><b>1<", client.get(made.location).text)
    few = client.get(small.location).text
    assert re.search(r"Đã gửi</dt><dd><b>–<", few)
    assert "Lô dưới 5 mã hồ sơ không hiện" in few
    funnel = f"/dot-khao-sat/{world.wave}/theo-doi?theo=lo"
    assert "–" in client.get(funnel).text


def test_a_rated_unit_never_holds_nor_takes_back_the_codes_of_its_dossiers(
    client, session, world
):
    """Whoever holds an unanswered one could answer in the business's place."""
    clerk = cast.account(session, "fieldworker")
    cast.enter_as(client, session, clerk)
    batch = make_dossier_links(client, world.wave, 6, f"tt-{world.petrol}").location
    cast.sign_in(client, session, "fieldworker", world.trade)
    before = rows(session, sa.select(Link.id, Link.state, Link.valid_to))
    for act, form in (
        ("in", {"print": "the-8"}),
        ("danh-sach.csv", {}),
        ("thu-hoi", {"reason": "thử"}),
        ("thay-ma", {"reason": "thử"}),
        ("han-dung", {"reason": "thử", "valid_to": "2026-09-01"}),
        ("khoa", {}),
    ):
        assert post(client, f"{batch}/{act}", **form).status_code == 403
    page = client.get(batch).text
    assert "Tải danh sách" not in page
    assert "Thu hồi cả lô" not in page
    making = f"/dot-khao-sat/{world.wave}/duong-dan/tao-ho-so"
    assert "thuộc đơn vị được đánh giá" in client.get(making).text
    place = f"dv-{world.trade}"
    form = {"source": "number", "count": "1", "place": place, "key": "0" * 32}
    assert post(client, making, **form).status_code == 403
    for address in ("", "/duong-dan"):
        page = client.get(f"/dot-khao-sat/{world.wave}{address}").text
        assert "Tạo mã cho hồ sơ" not in page
    assert rows(session, sa.select(Link.id, Link.state, Link.valid_to)) == before


def test_a_batch_that_other_units_share_is_theirs_to_see_in_part_and_not_to_change(
    client, session, world, frame
):
    clerk = cast.account(session, "fieldworker")
    cast.enter_as(client, session, clerk)
    made = make_counters(client, world.wave, units=[world.trade, world.energy])
    other = make_counters(client, world.wave, units=[world.energy])
    cast.sign_in(client, session, "fieldworker", world.trade)
    page = client.get(made.location).text
    assert re.search(r"Còn hiệu lực hoặc đã trả lời</dt><dd><b>1<", page)
    assert "Thu hồi cả lô" not in page
    assert post(client, f"{made.location}/thu-hoi", reason="x").status_code == 403
    assert post(client, f"{made.location}/danh-sach.csv").status_code == 403
    assert client.get(other.location).status_code == 404


def test_formulas_in_the_list_are_neutralised(
    client, session, world, fieldworker, path
):
    session.execute(sa.text("UPDATE units SET code = '=1+1' WHERE code = 'TM'"))
    session.execute(sa.text("UPDATE procedures SET code = '@SUM(A1)' WHERE id = :p"),
                    {"p": world.petrol})  # fmt: skip
    session.commit()
    make_counters(client, world.wave, procedures=[world.petrol])
    text = client.get(f"{path}.csv").data.decode("utf-8-sig")
    unit, procedure = text.splitlines()[1].split(",")[3:5]
    assert unit != "=1+1"
    assert unit.endswith("=1+1")
    assert procedure.endswith("@SUM(A1)")
    assert procedure[0] != "@"


def test_markup_in_names_notes_and_reasons_is_shown_as_text(
    client, session, world, fieldworker, path
):
    bad = "<script>alert(1)</script>"
    session.execute(sa.text(f"UPDATE units SET name = '{bad}'"))  # noqa: S608
    session.execute(sa.text(f"UPDATE procedures SET name = '{bad}'"))  # noqa: S608
    session.commit()
    make_counters(client, world.wave, procedures=[world.petrol], counter="<b>Quầy</b>")
    form = {"counter": "<b>Quầy</b>", "note": "<i>x</i>", "reason": "<u>vì</u>"}
    post(client, f"{path}/1/sua", **form)
    addresses = (
        *("/tao", "", "/1", "/1/thu-hoi", "/1/sua", "/tao-ho-so"),
        *("/../lo", "/../lo/1", "/../theo-doi", "/../lo/1/thu-hoi"),
    )
    for address in addresses:
        page = client.get(path + address).text
        assert "<script>alert" not in page
        for tag in ("<b>Quầy", "<i>x", "<u>vì"):
            assert tag not in page
    page = client.get(f"{path}/1").text
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;u&gt;vì" in page


def test_the_registry_asks_the_database_as_little_for_many_links_as_for_few(
    app, client, session, world, fieldworker, path
):
    def statements():
        seen = []
        with app.app_context():
            engine = app.extensions["sqlalchemy"].engine

        def note(connection, cursor, statement, *rest):
            seen.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        client.get(path)
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    make_dossier_links(client, world.wave, 2, f"tt-{world.petrol}")
    few = statements()
    for _ in range(4):
        make_dossier_links(client, world.wave, 200, f"tt-{world.petrol}")
    assert statements() == few


def test_links_made_before_batches_were_are_listed_too(
    client, session, world, fieldworker, path
):
    cast.link(session, world.wave, world.trade)
    assert shown(client, path) == [1]
    assert rows(session, sa.select(Link.batch_id)) == [(None,)]
    assert client.get(f"{path}/1").status_code == 200
