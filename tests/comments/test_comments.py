"""Comments are masked before anybody reads them, coded, released, and taken back; those
who were rated read nothing else of them."""

from __future__ import annotations

import csv
import io
import random

import html5lib
import pytest
import sqlalchemy as sa

from survey import catalogue
from survey.comments import coding, theme_list
from survey.models import (
    CommentCoding,
    CommentEvent,
    CommentTheme,
    Response,
    Theme,
    Unit,
    Wave,
)
from survey.released import released, themes
from tests import cast
from tests.figures import crowd

PAGE = "/y-kien/dn-quy-3"
SAID = "Chị Hạnh bảo gọi 0905123456 mới xong"


@pytest.fixture
def said(session, world):
    """Twelve responses of trade with a comment, two of energy, which is too few."""
    q = catalogue.questionnaire(session, "dn-2026-1")
    chooser = random.Random(4)  # noqa: S311 - sample data
    made = list(
        crowd.rows(q, world.wave, 12, places=[(world.trade, None)], chooser=chooser)
    ) + list(
        crowd.rows(q, world.wave, 2, places=[(world.energy, None)], chooser=chooser)
    )
    for place, row in enumerate(made):
        row["status"] = "complete"
        row["id"] = f"{place:016x}"
        row["comment"] = SAID if place % 2 else f"Hẹn lại {place} lần, mong sửa"
    crowd.enter(session, made)
    theme_list.begin(session)
    session.commit()
    return [row["id"] for row in made]


def strict(answer, status=200) -> str:
    assert answer.status_code == status
    html5lib.HTMLParser(strict=True).parse(answer.text)
    return answer.text


def post(client, address, **fields):
    return client.post(address, data={"csrf_token": cast.csrf(client), **fields})


def test_the_queue_shows_the_mask_first_and_goes_on_to_the_next(
    client, session, said, world
):
    cast.sign_in(client, session, "analyst")
    page = strict(client.get(PAGE))
    assert "Đã phân loại 0 trên 14 ý kiến" in page
    assert f"{PAGE}/phan-loai/{said[0]}" in page

    page = strict(client.get(f"{PAGE}/phan-loai/{said[1]}"))
    assert "Chị [tên] bảo gọi [số điện thoại] mới xong" in page
    assert "0905123456" not in page
    assert "Hạnh" not in page
    assert 'name="show"' not in page

    theme = session.scalar(sa.select(Theme.id).where(Theme.code == "thai_do"))
    answer = post(
        client,
        f"{PAGE}/phan-loai/{said[1]}",
        state="unit",
        themes=str(theme),
        hide="bảo",
    )
    assert answer.status_code == 303
    assert answer.location == f"{PAGE}/phan-loai/{said[2]}"
    session.rollback()
    kept = session.get_one(CommentCoding, said[1])
    assert kept.text == "Chị [tên] [đã che] gọi [số điện thoại] mới xong"
    assert session.scalars(sa.select(CommentTheme.theme_id)).all() == [theme]


def test_what_was_written_is_read_only_when_asked_for_and_that_is_noted(
    client, session, said, world
):
    cast.sign_in(client, session, "admin")
    address = f"{PAGE}/phan-loai/{said[1]}"
    refused = post(client, address, state="unit", show="0")
    assert "xin xem nguyên văn trước" in strict(refused, 422)

    assert post(client, f"{address}/nguyen-van").status_code == 303
    page = strict(client.get(address))
    assert SAID in page
    assert "“Hạnh”" in page
    assert post(client, address, state="office", show="0").status_code == 303
    session.rollback()
    assert session.get_one(CommentCoding, said[1]).text.startswith("Chị Hạnh bảo gọi [")
    events = session.scalars(
        sa.select(CommentEvent.action).order_by(CommentEvent.id)
    ).all()
    assert events == ["read", "unmasked", "released"]
    log = strict(client.get(f"{PAGE}/nhat-ky"))
    assert "xem nguyên văn" in log
    assert "bỏ che một chỗ" in log
    # Another person has not asked, and reads the mask.
    cast.sign_in(client, session, "analyst")
    assert SAID not in client.get(address).text


def test_a_decision_is_taken_back_and_the_comment_waits_again(
    client, session, said, world
):
    cast.sign_in(client, session, "admin")
    address = f"{PAGE}/phan-loai/{said[0]}"
    post(client, address, state="unit")
    assert "Hẹn lại 0 lần" in client.get(PAGE).text
    assert post(client, f"{address}/hoan-tac").status_code == 303
    session.rollback()
    assert session.get(CommentCoding, said[0]) is None
    assert coding.next_waiting(session, session.get_one(Wave, world.wave)) == said[0]
    assert post(client, f"{address}/hoan-tac").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Xin chọn công bố hay giữ lại."),
        ({"state": "unit", "hide": "không có trong đó"}, "Không thấy"),
        ({"state": "everybody"}, "Xin chọn"),
        ({"state": "unit", "themes": "999"}, "Xin chọn"),
    ],
)
def test_a_form_that_says_too_little_is_given_back(
    client, session, said, world, fields, words
):
    cast.sign_in(client, session, "admin")
    page = strict(post(client, f"{PAGE}/phan-loai/{said[0]}", **fields), 422)

    assert words in page
    assert fields.get("hide", "") in page
    session.rollback()
    assert session.get(CommentCoding, said[0]) is None


def decide(session, world, response_id, state) -> None:
    account = cast.account(session, "admin", email=f"{response_id}@example.gov.vn")
    coding.decide(
        session,
        session.get_one(Wave, world.wave),
        response_id,
        coding.Decision(state=state, theme_ids=[1]),
        account,
        now=cast.NOW,
    )
    session.commit()


def test_a_division_reads_what_was_released_to_it_and_nothing_more(
    client, session, said, world
):
    for response_id, state in (
        (said[0], "unit"),
        (said[2], "withheld"),
        (said[12], "unit"),  # of energy, which has two responses
        (said[13], "office"),
    ):
        decide(session, world, response_id, state)
    cast.sign_in(client, session, "analyst", world.trade)
    page = strict(client.get(PAGE))

    assert "Hẹn lại 0 lần" in page
    assert "Hẹn lại 2 lần" not in page
    assert "Hẹn lại 12 lần" not in page
    assert "Năng lượng" not in page
    assert "phan-loai" not in page
    assert not any(one in page for one in said)
    for address in ("phan-loai/" + said[0], "nhat-ky"):
        assert client.get(f"{PAGE}/{address}").status_code == 403
    assert post(client, f"{PAGE}/phan-loai/{said[0]}/nguyen-van").status_code == 403
    assert post(client, f"{PAGE}/phan-loai/{said[0]}", state="unit").status_code == 403
    sent = client.get(f"{PAGE}/y-kien.csv").get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sent), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["Hẹn lại 0 lần, mong sửa"]


def test_a_division_too_small_reads_nothing_of_its_own(client, session, said, world):
    decide(session, world, said[12], "unit")
    cast.sign_in(client, session, "analyst", world.energy)

    assert "Hẹn lại 12 lần" not in client.get(PAGE).text
    wave = session.get_one(Wave, world.wave)
    assert released(session, wave, [world.energy]) == ()
    (whole,) = released(session, wave, is_whole=True)
    assert whole.unit_id is None  # even the office is not told which small unit


def test_themes_with_a_few_comments_have_no_count(session, said, world):
    wave = session.get_one(Wave, world.wave)
    assert themes(session, wave).coded == 0
    for place, response_id in enumerate(said[:12]):
        account = cast.account(session, "admin", email=f"{place}@example.gov.vn")
        coding.decide(
            session,
            wave,
            response_id,
            coding.Decision(state="withheld", theme_ids=[1] if place < 3 else [2]),
            account,
            now=cast.NOW,
        )
    told = themes(session, wave)
    assert told.coded == 12
    assert [(one.code, one.count) for one in told.counts] == [
        ("thong_tin", None),
        ("truc_tuyen", 9),
    ]
    assert themes(session, wave, [world.energy]).counts == ()


def test_comments_of_a_rehearsal_go_with_its_responses(session, said, world):
    decide(session, world, said[0], "unit")
    session.execute(sa.delete(Response).where(Response.wave_id == world.wave))
    session.commit()

    assert session.scalar(sa.select(sa.func.count()).select_from(CommentCoding)) == 0
    assert session.scalar(sa.select(sa.func.count()).select_from(CommentEvent)) == 0


def test_a_wave_of_another_unit_does_not_exist(client, session, said, world):
    other = Unit(code="YT", name="Sở Y tế", kind="department")
    session.add(other)
    session.flush()
    cast.sign_in(client, session, "analyst", other.id)
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}/y-kien.csv").status_code == 404
    cast.sign_in(client, session, "admin")
    assert client.get(f"{PAGE}/phan-loai/nowhere").status_code == 404
    assert client.get(f"/y-kien/loi-quy-3/phan-loai/{said[0]}").status_code == 404


def test_an_empty_wave_says_where_comments_come_from(client, session, world):
    cast.sign_in(client, session, "admin")
    assert "Đợt này chưa có ý kiến nào" in strict(client.get(PAGE))


def test_the_office_keeps_its_own_themes(client, session, world):
    cast.sign_in(client, session, "admin")
    assert "Thêm bộ chủ đề có sẵn" in strict(client.get("/y-kien/chu-de"))
    assert post(client, "/y-kien/chu-de/bo-dau-tien").status_code == 303
    session.rollback()
    assert len(theme_list.listed(session)) == len(theme_list.STARTERS)
    added = post(
        client, "/y-kien/chu-de", name_vi="Chỗ để xe", element="A", is_active="y"
    )
    assert added.status_code == 303
    session.rollback()
    made = session.scalar(sa.select(Theme).where(Theme.name_vi == "Chỗ để xe"))
    assert (made.name_en, made.element, made.is_active) == ("Chỗ để xe", "A", True)
    post(client, f"/y-kien/chu-de/{made.id}", name_vi="Bãi xe", element="")
    session.rollback()
    changed = session.get_one(Theme, made.id)
    assert (changed.name_vi, changed.element, changed.is_active) == (
        "Bãi xe",
        None,
        False,
    )
    assert "Xin nhập tên" in strict(post(client, "/y-kien/chu-de", name_vi=" "), 422)
    assert client.get("/y-kien/chu-de/999").status_code == 404
    cast.sign_in(client, session, "admin", world.trade)
    assert client.get("/y-kien/chu-de").status_code == 403
