"""Paper forms: typed in by two people, compared, settled, counted exactly once."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
import time_machine

from survey import tallies
from survey.models import PaperForm, Response, Tally, Unit, Wave
from tests import cast
from tests.fieldwork.office import count, post, rows
from tests.fieldwork.sheets import (
    FACTS,
    RATINGS,
    base,
    enter,
    enter_again,
    settle,
    sheet,
    two_people,
)
from tests.respond.office import response, responses


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def two(app, session, world):
    return two_people(app, session)


def kept(session):
    (found,) = rows(session, sa.select(PaperForm.__table__))
    return found


def test_a_form_that_two_people_type_alike_is_counted_once(session, world, two):
    first, second = two
    assert enter(first, world).status_code == 303
    assert count(session, Response) == 0

    answer = enter_again(second, world)

    assert answer.location == base(world)
    stored = response(session)
    assert stored["origin"] == "paper"
    assert (stored["unit_id"], stored["procedure_id"]) == (world.trade, world.petrol)
    assert (stored["channel"], stored["month"]) == ("in_person", "2026-08")
    assert (stored["arm"], stored["seconds"]) == ("guided", {})
    answers = stored["answers"]
    assert [answers[code] for code in ("A1", "A3", "B1", "B2", "C1")] == [
        "4", "cannot_judge", "5", "1", "cannot_judge",
    ]  # fmt: skip
    # Not filed online: what was ticked apart from the scale says the same.
    assert (answers["A4"], answers["D2"]) == ("not_asked", "blank")
    assert stored["generals"] == {
        "G1": "3",
        "G2": ["online_payment", "processing_time"],
    }
    assert stored["comment"] == "Cần  thêm chỗ ngồi"


def test_no_date_and_nothing_typed_stays_once_a_form_is_counted(session, world, two):
    enter(two[0], world)
    enter_again(two[1], world)

    facts = response(session)["facts"]
    assert [facts[code] for code in ("F06", "F07", "F08")] == ["given"] * 3
    assert (facts["days_late"], facts["late"]) == (
        "3",
        "yes",
    )  # Saturday 22/8 was worked
    form = kept(session)
    assert (form.state, form.first, form.second) == ("counted", {}, {})
    assert (form.number, form.first_by, form.second_by) == ("0042", 1, 2)
    assert str(form.counted_on) == "2026-08-27"


def test_a_rating_against_the_facts_is_noted_as_never_asked_about(session, world, two):
    enter(two[0], world)
    enter_again(two[1], world)

    assert response(session)["prompts"]["P1"] == {
        "outcome": "not_shown",
        "direction": "high",
        "from": "5",
        "to": "5",
        "still": True,
    }


def test_paper_forms_are_counted_apart_from_the_others(session, world, two):
    enter(two[0], world)
    enter_again(two[1], world)

    session.rollback()
    wave = session.get(Wave, world.wave)
    assert tallies.differences(session, wave) == []
    cells = session.scalars(sa.select(Tally.origin)).all()
    assert cells == ["paper"]


def test_the_same_person_cannot_type_a_form_twice(session, world, two):
    enter(two[0], world)

    answer = enter_again(two[0], world)
    page = two[0].get(f"{base(world)}/1/nhap-lai", follow_redirects=True).text

    assert answer.location == base(world)
    assert "Lần hai phải do người khác nhập" in page
    assert kept(session).state == "once"


def test_the_second_person_sees_nothing_of_the_first_entry(world, two):
    enter(two[0], world, F04="2", A1="2", G3="một câu rất riêng")

    pages = (
        two[1].get(f"{base(world)}/1/nhap-lai").text,
        two[1].get(base(world)).text,
    )

    assert "một câu rất riêng" not in "".join(pages)
    assert 'value="2"' not in pages[0].partition("paper__cells")[2]


def test_a_third_entry_is_refused(app, session, world, two):
    enter(two[0], world)
    enter_again(two[1], world)
    third = app.test_client()
    cast.sign_in(third, session, "admin")

    answer = enter_again(third, world)

    assert answer.location == base(world)
    assert len(responses(session)) == 1


def test_a_number_is_typed_for_the_first_time_only_once(session, world, two):
    enter(two[0], world)

    again = enter(two[1], world)
    repeated = enter(two[0], world)

    assert again.status_code == 422
    assert "Phiếu số này đã được nhập" in again.text
    assert repeated.status_code == 303, "a second press of the same button"
    assert count(session, PaperForm) == 1


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("number", "", "Xin gõ số phiếu"),
        ("number", "x" * 41, "Xin gõ số phiếu"),
        ("received", "32/8/2026", "Xin gõ ngày/tháng/năm"),
        ("received", "28/8/2026", "từ ngày mở đợt 01/07/2026 đến hôm nay 27/08/2026"),
        ("received", "30/6/2026", "Đợt mở sau ngày này"),
        ("consent", "1", "Xin gõ c nếu ô đồng ý được đánh dấu"),
        ("consent", "", "không có dấu đồng ý tham gia thì không được tính"),
        ("unit", "", "Xin chọn một đơn vị"),
        ("unit", "999", "Xin chọn một đơn vị"),
        ("language", "fr", "Xin chọn ngôn ngữ"),
        ("F01", "9.999999", "Danh mục không có mã thủ tục này"),
        ("F04", "8", "từ 1 đến 7"),
        ("F06", "29022026", "Xin gõ ngày/tháng/năm"),
        ("F06", "1/1/0026", "bốn chữ số"),
        ("A1", "6", "Xin gõ một số từ 1 đến 5, k"),
        ("A1", "0", "Xin gõ một số từ 1 đến 5, k"),
        ("G1", "k", "Xin gõ một số từ 1 đến 5."),
        ("G2", "1 14", "từ 1 đến 13"),
        ("G2", "1 2 3 4", "Xin chọn tối đa 3 việc"),
        ("G2", "1 13", "không đi cùng ý khác"),
        ("G3", "x" * 1201, "tối đa 1200"),
    ],
)
def test_what_cannot_be_is_told_beside_its_cell_and_everything_typed_is_kept(
    session, world, two, name, typed, words
):
    answer = enter(two[0], world, **{name: typed})

    assert answer.status_code == 422
    assert words in answer.text
    assert f'href="#{name}"' in answer.text
    assert 'value="21082026"' in answer.text
    assert "Cần  thêm chỗ ngồi" in answer.text or name == "G3"
    assert count(session, PaperForm) == 0


def test_an_empty_form_is_not_entered(session, world, two):
    answer = enter(two[0], world, **dict.fromkeys(RATINGS, ""))

    assert "chưa có câu đánh giá nào" in answer.text
    assert count(session, PaperForm) == 0


def test_the_meaning_of_what_was_typed_is_shown_without_a_script(session, world, two):
    answer = post(two[0], f"{base(world)}/nhap", **sheet(world, do="check"))

    echoes = dict(part.split(">", 1) for part in answer.text.split('<output for="')[1:])
    shown = {key.split('"')[0]: text.split("<")[0] for key, text in echoes.items()}
    assert shown["F04"] == "Trực tiếp tại Bộ phận Một cửa"
    assert shown["F01"].startswith("Cấp GCN cửa hàng")
    assert shown["F07"] == "21/08/2026"
    assert (shown["A1"], shown["A4"]) == ("Hài lòng", "Không áp dụng")
    assert shown["G2"] == "Nộp phí trực tuyến; Thời gian giải quyết"
    assert count(session, PaperForm) == 0


def test_two_entries_that_differ_are_settled_field_by_field(session, world, two):
    enter(two[0], world, A1="4", B1="5", G3="một", F10="1")
    answer = enter_again(two[1], world, A1="2", B1="4", G3="hai", F10="2")
    assert answer.location == f"{base(world)}/1/doi-chieu"
    assert count(session, Response) == 0
    page = two[1].get(answer.location).text
    assert [name for name in (*FACTS, *RATINGS) if f'id="p-{name}"' in page] == [
        "F10", "A1", "B1", "G3",
    ]  # fmt: skip
    assert "4 – Hài lòng" in page
    assert "2 – Không hài lòng" in page

    settled = settle(
        two[1],
        world,
        **{"s-F10": "first", "s-A1": "second", "t-B1": "3", "s-G3": "typed"},
    )

    assert settled.location == base(world)
    stored = response(session)
    assert (stored["answers"]["A1"], stored["answers"]["B1"]) == ("2", "3")
    assert stored["facts"]["F10"] == "none"
    assert stored["comment"] is None
    assert kept(session).first == {}


def test_what_is_not_settled_is_asked_again_and_choices_are_kept(session, world, two):
    enter(two[0], world, A1="4", B1="5")
    enter_again(two[1], world, A1="2", B1="4")

    nothing = settle(two[0], world, **{"s-A1": "second"})
    both = settle(two[0], world, **{"s-A1": "second", "s-B1": "first", "t-B1": "3"})
    wrong = settle(two[0], world, **{"s-A1": "second", "t-B1": "9"})

    assert "Xin chọn một bên hoặc gõ lại" in nothing.text
    assert "không làm cả hai" in both.text
    assert "Xin gõ một số từ 1 đến 5" in wrong.text
    for answer in (nothing, both, wrong):
        assert answer.status_code == 422
        chosen = answer.text.partition('id="s-A1-2"')[2].partition(">")[0]
        assert "checked" in chosen
    assert count(session, Response) == 0


@pytest.mark.parametrize(
    ("code", "typed", "stored"),
    [
        ("A4", "4", "not_asked"),  # filed in person
        ("A2", "k", "blank"),  # went there: "not applicable" is not offered
        ("F04b", "1", None),
    ],
)
def test_an_answer_that_the_facts_rule_out_is_looked_at_before_it_is_left_out(
    session, world, two, code, typed, stored
):
    change = {code: typed} if code != "F04b" else {"F04": "2", "A4": "", code: typed}
    enter(two[0], world, **change)
    answer = enter_again(two[1], world, **change)
    assert answer.location == f"{base(world)}/1/doi-chieu"
    page = two[0].get(answer.location).text
    assert f'name="c-{code}"' in page
    assert "Câu này chỉ hỏi khi: " in page
    assert "Theo thực tế đã nhập thì không phải vậy" in page

    unseen = settle(two[0], world)
    assert unseen.status_code == 422
    assert "Xin xác nhận" in unseen.text
    assert count(session, Response) == 0
    seen = settle(two[0], world, **{f"c-{code}": "y"})

    assert seen.location == base(world)
    found = response(session)
    assert {**found["answers"], **found["facts"]}.get(code) == stored


def test_a_choice_that_the_facts_rule_out_is_asked_about_once_more(session, world, two):
    enter(two[0], world, A4="4")
    enter_again(two[1], world, A4="5")

    first = settle(two[0], world, **{"s-A4": "first"})

    assert first.status_code == 422
    assert 'name="c-A4"' in first.text
    fields = {"s-A4": "first", "c-A4": "y", "t-A4": ""}
    assert settle(two[0], world, **fields).location == base(world)
    assert response(session)["answers"]["A4"] == "not_asked"


def test_settling_twice_counts_once(session, world, two):
    enter(two[0], world, A1="4")
    enter_again(two[1], world, A1="2")

    settle(two[0], world, **{"s-A1": "first"})
    again = settle(two[1], world, **{"s-A1": "second"})

    assert again.location == base(world)
    assert response(session)["answers"]["A1"] == "4"


def test_a_second_entry_of_another_sheet_is_taken_back(session, world, two):
    enter(two[0], world)
    other = {code: "1" for code in RATINGS if code != "G3"}
    enter_again(two[1], world, **other)
    assert "hai phiếu khác nhau" not in two[1].get(f"{base(world)}/1/doi-chieu").text

    post(two[1], f"{base(world)}/1/bo-lan-hai")

    assert (kept(session).state, kept(session).second) == ("once", {})
    assert enter_again(two[1], world).location == base(world)


def test_a_form_is_deleted_while_it_was_typed_once_by_who_typed_it(session, world, two):
    enter(two[0], world)
    post(two[1], f"{base(world)}/1/xoa")
    assert count(session, PaperForm) == 1

    post(two[0], f"{base(world)}/1/xoa")
    assert count(session, PaperForm) == 0

    enter(two[0], world)
    number = kept(session).id
    enter_again(two[1], world, number)
    post(two[0], f"{base(world)}/{number}/xoa")
    post(two[0], f"{base(world)}/{number}/bo-lan-hai")
    assert kept(session).state == "counted"


@pytest.mark.parametrize("state", ["draft", "rehearsal", "closed"])
def test_only_an_open_wave_takes_paper_forms(session, world, two, state):
    enter(two[0], world, number="1")
    session.rollback()
    session.execute(sa.update(Wave).values(state=state))
    session.commit()

    first = enter(two[0], world, number="2")
    second = enter_again(two[1], world)

    assert (first.status_code, second.status_code) == (422, 422)
    assert "đang mở" in second.text
    assert kept(session).state == "once"


def test_an_account_of_one_unit_enters_only_forms_of_that_unit(
    app, session, world, two
):
    enter(two[0], world)
    energy = app.test_client()
    cast.sign_in(energy, session, "fieldworker", world.energy)

    assert energy.get(f"{base(world)}/1/nhap-lai").status_code == 404
    assert enter_again(energy, world).status_code == 404
    assert "0042" not in energy.get(base(world)).text
    refused = enter(energy, world, number="43")
    assert "Xin chọn một đơn vị" in refused.text


def test_a_form_is_counted_for_the_unit_in_charge_of_its_procedure(session, world, two):
    for client, again in zip(two, (enter, enter_again), strict=True):
        again(client, world, unit=str(world.department), F01="2.001249")

    stored = response(session)
    assert (stored["unit_id"], stored["procedure_id"]) == (world.energy, world.power)


def test_an_unknown_procedure_leaves_the_form_with_the_unit_of_the_sheet(
    session, world, two
):
    for client, again in zip(two, (enter, enter_again), strict=True):
        again(client, world, F01="1")

    stored = response(session)
    assert (stored["unit_id"], stored["procedure_id"]) == (world.trade, None)
    assert stored["facts"]["F01"] == "not_listed"


def test_the_next_form_of_a_pile_keeps_what_the_pile_shares(session, world, two):
    answer = enter(two[0], world)

    page = two[0].get(answer.location).text

    assert 'value="24/8/2026"' in page
    assert f'<option value="{world.trade}" selected>' in page
    assert 'value="0042"' not in page


def test_entries_are_kept_without_names_of_units_that_may_change(session, world, two):
    enter(two[0], world)

    first = kept(session).first
    assert json.dumps(first).count("Phòng") == 0
    assert first["unit"] == str(world.trade)
    assert session.get(Unit, world.trade) is not None


def test_closing_a_wave_tells_of_the_forms_that_would_not_be_counted(world, two):
    first, _ = two
    closing = f"/dot-khao-sat/{world.wave}/dong"
    assert "phiếu giấy chưa nhập đủ" not in first.get(closing).text

    enter(first, world)

    assert "Còn 1 phiếu giấy chưa nhập đủ" in first.get(closing).text
