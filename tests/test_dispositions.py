"""Response rates of a wave: one fate for each invited dossier, whatever happens, and
the same figures on every page and in every file."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine

from survey import dispositions, fieldwork, tallies
from survey.fieldwork.links import (
    Wanted,
    made_of,
    make_links,
    new_tokens,
    replace_links,
)
from survey.indices import response_rate_1, response_rate_2
from survey.models import NO_PROCEDURE, Link, Unit, Wave
from survey.upgrades import alembic
from tests import cast, opened
from tests.figures import crowd
from tests.respond.hand import Hand, questionnaire
from tests.respond.respondent import ON_PAPER

TODAY = cast.NOW.date()


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def texts(app):
    """A request, for the words of refusals."""
    with app.test_request_context(method="POST"):
        yield


def wave_of(session, world) -> Wave:
    session.rollback()
    return session.get_one(Wave, world.wave)


def counted(session, world, *, today=TODAY, **chosen):
    wave = wave_of(session, world)
    found = dispositions.of_wave(session, wave, today=today, late_days=2, **chosen)
    session.rollback()
    return found


def parts(row):
    became = row.dispositions
    return (
        became.complete, became.partial, became.refusal,
        became.non_contact, became.other, became.unknown,
    )  # fmt: skip


def invite(session, world, unit_id, procedure_id, links, **answered):
    """Dossiers that were invited, and some that answered, as counters hold them."""
    asked = questionnaire(session)
    tallies.invite(session, world.wave, unit_id, procedure_id, links=links)
    cell = tallies.Cell(
        world.wave, unit_id, procedure_id or NO_PROCEDURE, "online", "dossier",
        "2026-08", False, "guided",
    )  # fmt: skip
    rated = dict.fromkeys((one.code for one in asked.criteria), "4")
    for status, count in answered.items():
        one = tallies.counts_of(asked, status, rated)
        if count:
            tallies.add(session, cell, one * count)
    session.commit()


class Play:
    """A wave in which businesses and staff do what they can, noted by hand beside."""

    FATES = ("complete", "partial", "break_off")

    def __init__(self, app, session, world, seed):
        self.app, self.session, self.world = app, session, world
        self.chooser = random.Random(seed)  # noqa: S311
        self.codes = [one.code for one in questionnaire(session).criteria]
        self.tokens: dict[int, str] = {}
        self.hands: dict[int, Hand] = {}
        self.fates: dict[int, str] = {}
        self.returned: set[int] = set()
        places = [(world.trade, world.petrol), (world.energy, world.power)]
        tokens = new_tokens()
        batch = make_links(
            session,
            wave_of(session, world),
            [
                Wanted(kind="dossier", unit_id=unit, procedure_id=procedure)
                for unit, procedure in places * 5
            ],
            batch=tokens,
            now=cast.NOW,
        )
        self._take(batch, tokens)

    def _take(self, batch, tokens=None):
        for made in made_of(self.session, batch, tokens):
            self.tokens[made.link.id] = made.token
        self.session.commit()

    @property
    def unanswered(self):
        return [one for one in self.tokens if one not in self.fates]

    def act(self):
        free = self.unanswered
        if not free:
            return
        link_id = self.chooser.choice(free)
        deed = self.chooser.choice(
            (self.start, self.start, self.finish, self.finish, self.revoke,
             self.replace, self.give_back)
        )  # fmt: skip
        deed(link_id)

    def start(self, link_id):
        self.hands[link_id] = Hand(self.app, self.tokens[link_id], self._asked())
        self.hands[link_id].begin()

    def finish(self, link_id):
        fate = self.chooser.choice(self.FATES)
        if link_id not in self.hands:
            self.start(link_id)
        share = {"complete": 1.0, "partial": 0.6, "break_off": 0.2}[fate]
        rated = self.codes[: max(1, int(len(self.codes) * share))]
        if fate == "partial":  # of what is asked, not of all there is
            rated = [code for code in self.codes if code[0] in "ABC"]
        self.hands[link_id].tell(ON_PAPER)
        self.hands[link_id].finish(dict.fromkeys(rated, "4"))
        stored = self.session.execute(
            sa.text("SELECT status, count(*) FROM responses GROUP BY status")
        ).all()
        self.session.rollback()
        before = [one for one in self.FATES for _ in range(self._noted(one))]
        (new,) = set_difference([s for s, n in stored for _ in range(n)], before)
        self.fates[link_id] = new

    def _noted(self, fate):
        return list(self.fates.values()).count(fate)

    def _asked(self):
        return questionnaire(self.session)

    def revoke(self, link_id):
        link = self.session.get_one(Link, link_id)
        fieldwork.revoke_link(self.session, link, reason="thử", now=cast.NOW)
        self.session.commit()
        self._gone(link_id)

    def replace(self, link_id):
        link = self.session.get_one(Link, link_id)
        batch = replace_links(self.session, [link], reason="thử", now=cast.NOW)
        (new,) = made_of(self.session, batch)
        self.tokens[new.link.id] = new.token
        self.session.commit()
        self._gone(link_id)

    def _gone(self, link_id):
        del self.tokens[link_id]
        self.hands.pop(link_id, None)
        self.returned.discard(link_id)

    def give_back(self, link_id):
        self.session.get_one(Link, link_id).undelivered_on = TODAY
        self.session.commit()
        self.returned.add(link_id)

    def check(self):
        found = counted(self.session, self.world)
        over = counted(self.session, self.world, today=TODAY + timedelta(days=99))
        open_ones = self.unanswered
        returned = len(self.returned & set(open_ones))
        known = [self._noted(fate) for fate in self.FATES]
        for of_wave in (found, over):
            whole = of_wave.whole.dispositions
            assert whole.invited == len(self.tokens)
            assert [whole.complete, whole.partial] == known[:2]
            assert whole.non_contact == returned
            assert min(parts(of_wave.whole)) >= 0
            assert sum(one.whole.dispositions.invited for one in of_wave.units) == (
                whole.invited
            )
            if whole.invited:
                rates = [one(whole).value for one in (response_rate_1, response_rate_2)]
                assert 0 <= rates[0] <= rates[1] <= 100
        assert found.whole.dispositions.refusal == known[2]
        begun = {one for one in open_ones if one in self.hands} - self.returned
        later = over.whole.dispositions.refusal - known[2]
        assert len(begun) <= later <= len(open_ones) - returned
        assert tallies.differences_invited(
            self.session, wave_of(self.session, self.world)
        ) == []  # fmt: skip
        self.session.rollback()


def set_difference(all_of_them, some):
    left = list(all_of_them)
    for one in some:
        left.remove(one)
    return left


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_invited_dossier_has_one_fate_in_any_order_of_events(
    app, session, world, texts, seed
):
    play = Play(app, session, world, seed)
    play.check()
    for _ in range(16):
        play.act()
        play.check()
    assert len(set(play.fates.values())) > 1


def test_links_that_name_no_procedure_join_the_units_below_them(session, world):
    invite(session, world, world.department, None, 40)
    invite(session, world, world.trade, world.petrol, 10, complete=25)
    invite(session, world, world.energy, world.power, 10, complete=2)

    found = counted(session, world)

    (joined,) = found.units
    assert joined.whole.unit_ids == (world.department, world.trade, world.energy)
    assert parts(joined.whole) == (27, 0, 0, 0, 0, 33)
    assert joined.procedures == ()
    assert parts(found.whole) == parts(joined.whole)
    assert counted(session, world, unit_ids=[world.trade]) is None
    assert counted(session, world, procedure_ids=[world.petrol]) is None
    (row, unit) = dispositions.rows(session, found, "vi")
    assert unit.name == "Sở Công Thương và các đơn vị bên dưới"
    assert (row.invited, row.answered) == (60, 27)


def test_a_unit_alone_is_told_by_its_procedures(session, world):
    invite(session, world, world.trade, world.petrol, 10, complete=4, partial=1)
    invite(session, world, world.energy, world.power, 10, break_off=2)

    found = counted(session, world)

    assert [parts(one.whole) for one in found.units] == [
        (4, 1, 0, 0, 0, 5),
        (0, 0, 2, 0, 0, 8),
    ]
    assert parts(found.whole) == (4, 1, 2, 0, 0, 13)
    only = counted(session, world, unit_ids=[world.energy])
    assert parts(only.whole) == (0, 0, 2, 0, 0, 8)
    by_procedure = counted(session, world, procedure_ids=[world.petrol])
    assert parts(by_procedure.whole) == (4, 1, 0, 0, 0, 5)


def test_more_forms_than_invitations_are_said_and_make_no_rate(session, world):
    invite(session, world, world.trade, world.petrol, 10, complete=4)
    invite(session, world, world.energy, world.power, 1, complete=3)

    found = counted(session, world)
    rows = {row.code: row for row in dispositions.rows(session, found, "vi")}

    assert rows["NL"].rr2 is None
    assert "nhiều phiếu hơn" in rows["NL"].words
    assert rows[""].answered == 7
    assert rows["TM"].rr2 == 40


@pytest.mark.parametrize(
    ("state", "today", "over"),
    [
        ("open", date(2026, 10, 2), False),  # late forms are still taken
        ("open", date(2026, 10, 3), True),
        ("closed", TODAY, True),
        ("rehearsal", TODAY, False),
    ],
)
def test_a_wave_is_over_when_no_form_can_be_sent(state, today, over):
    wave = Wave(state=state, closes_on=date(2026, 9, 30))
    assert dispositions.is_over(wave, today=today, late_days=2) is over


def test_a_unit_that_lags_is_pointed_out_and_one_that_may_by_chance_is_not(
    session, world
):
    invite(session, world, world.trade, world.petrol, 200, complete=100)
    invite(session, world, world.energy, world.power, 200, complete=40)
    rows = dispositions.rows(session, counted(session, world), "vi")
    assert {row.code for row in rows if row.is_behind} == {"NL"}
    session.rollback()
    invite(session, world, world.energy, world.power, 0, complete=45)
    rows = dispositions.rows(session, counted(session, world), "vi")
    assert not any(row.is_behind for row in rows)


def test_no_small_unit_is_shown_nor_had_by_subtraction(session, world):
    third = Unit(code="KT", name="Phòng Kỹ thuật", kind="division")
    third.parent_id = world.department
    session.add(third)
    session.commit()
    third_id = third.id
    invite(session, world, world.trade, world.petrol, 40, complete=20)
    invite(session, world, world.energy, world.power, 40, complete=3)
    invite(session, world, third_id, None, 40, complete=9)

    found = counted(session, world)
    rows = {
        row.code: row for row in dispositions.rows(session, found, "vi", hide_below=5)
    }

    assert rows["NL"].words == "dưới 5 phiếu"
    assert rows["KT"].words == "ẩn để bảo vệ nhóm ít phiếu"
    for code in ("NL", "KT"):
        assert (rows[code].invited, rows[code].rr2, dict(rows[code].counts)) == (
            None, None, {},
        )  # fmt: skip
    assert rows["TM"].answered == 20
    assert rows["2.000648"].answered == 20
    assert "2.001249" not in rows


def test_page_csv_xlsx_and_json_of_the_results_carry_the_same(client, session, world):
    places = [(world.trade, world.petrol), (world.energy, world.power)]
    crowd.fill(session, world.wave, 120, places)
    for unit_id, procedure_id in places:
        invite(session, world, unit_id, procedure_id, 100)
    cast.sign_in(client, session, "admin")
    base = f"/ket-qua/{world.wave}/tai-ve"
    content = client.get(f"{base}.json").get_json()
    rows = content["dispositions"]
    assert [row["level"] for row in rows] == [
        "all", "unit", "procedure", "unit", "procedure",
    ]  # fmt: skip
    assert rows[0]["rr2"] == content["response_rate"]
    names = ("complete", "partial", "refusal", "non_contact", "other", "unknown")
    for row in rows:
        assert sum(row[name] for name in names) == row["invited"]
    assert rows[0]["invited"] == 200

    text = client.get(f"{base}.csv?kind=dispositions").get_data().decode("utf-8-sig")
    by_csv = opened.rows(text)
    heads = ["Đầy đủ (I)", "Một phần (P)", "Từ chối, bỏ dở (R)"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{base}.xlsx").get_data()))
    sheet = list(book["Tỷ lệ trả lời"].iter_rows(values_only=True))
    at = next(i for i, line in enumerate(sheet) if line[0] == "Cấp")
    page = client.get(f"/ket-qua/{world.wave}/ty-le-tra-loi").text
    for row, line, cells in zip(rows, by_csv, sheet[at + 1 :], strict=True):
        assert [line[head] for head in heads] == [str(row[name]) for name in names[:3]]
        assert list(cells[3:10]) == [row["invited"], *(row[name] for name in names)]
        assert (line["RR1 (%)"], line["RR2 (%)"]) == (row["rr1"], row["rr2"])
        assert line["Loại dữ liệu"] == "dữ liệu thật"
        for value in (row["rr1"], row["rr2"]):
            assert f">{value.replace('.', ',')}<" in page
    report = client.get(f"{base}.csv").get_data().decode("utf-8-sig")
    for line in opened.rows(report):
        assert line["Hồ sơ được mời"] == "200"
        assert line["Đầy đủ (I)"] == str(rows[0]["complete"])
    for scope in ("?thang=2026-08", "?kenh=online", "?nguon=counter"):
        assert client.get(f"{base}.json{scope}").get_json()["dispositions"] == []


def test_staff_who_collect_see_the_rates_of_their_units(app, client, session, world):
    invite(session, world, world.trade, world.petrol, 40, complete=2, partial=1)
    invite(session, world, world.energy, world.power, 60, complete=30)
    address = f"/dot-khao-sat/{world.wave}/ty-le-tra-loi"
    cast.sign_in(client, session, "fieldworker")
    page = client.get(address)
    assert page.status_code == 200
    for words in ("32,00%", "33,00%", "Phòng Quản lý Năng lượng", "I / (I + P"):
        assert words in page.text
    lines = list(
        csv.reader(io.StringIO(client.get(f"{address}.csv").text), delimiter=";")
    )
    assert [line[2] for line in lines[1:]] == [
        "Tất cả hồ sơ được mời",
        "Phòng Quản lý Năng lượng",
        "Cấp Giấy phép hoạt động phân phối điện đến 35 kV tại địa phương",
        "Phòng Quản lý Thương mại",
        "Cấp GCN cửa hàng đủ điều kiện bán lẻ xăng dầu",
    ]
    assert "33,00%" in client.get(f"/dot-khao-sat/{world.wave}").text

    near = app.test_client()
    cast.sign_in(near, session, "fieldworker", world.trade)
    page = near.get(address).text
    assert "Năng lượng" not in page
    assert "7,50%" in page
    # Of a procedure of its own with so few answers a division learns nothing.
    assert "dưới 5 phiếu" in page
    cast.sign_in(client, session, "analyst")
    assert client.get(address).status_code == 403


def test_a_wave_without_invitations_says_what_a_rate_needs(client, session, world):
    cast.sign_in(client, session, "admin")
    page = client.get(f"/dot-khao-sat/{world.wave}/ty-le-tra-loi").text
    assert "Chưa phát mã hồ sơ nào" in page
    assert (
        client.get(f"/dot-khao-sat/{world.wave}/ty-le-tra-loi.csv").status_code == 200
    )


def test_an_older_installation_is_counted_when_it_is_migrated(app, session, world):
    places = [(world.trade, world.petrol), (world.energy, None)]
    crowd.fill(session, world.wave, 60, places)
    for unit_id, procedure_id in places:
        invite(session, world, unit_id, procedure_id, 100)
    before = tallies.asked_of(session, world.wave)
    session.rollback()
    with app.app_context():
        alembic(app).downgrade("0005")
        alembic(app).upgrade()
    assert tallies.asked_of(session, world.wave) == before
    assert sum(asked.complete for asked in before.values()) > 10
