"""How a wave asks and looks at answers: chosen before it opens, fixed from then on."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.orm import attributes

from survey import fieldwork
from survey.fieldwork import FieldworkError, MethodFixed, method
from survey.indices.rules import Rules
from survey.models import Wave
from tests import cast
from tests.fieldwork.office import post, rows
from tests.fieldwork.test_waves import plan

USUAL = Rules().as_dict()


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def fieldworker(client, session):
    return cast.sign_in(client, session, "fieldworker")


@pytest.fixture
def texts(app):
    """A request, for the words of refusals."""
    with app.test_request_context():
        yield


def method_of(session, wave):
    return tuple(
        rows(
            session,
            sa.select(Wave.folded_percent, Wave.careless).where(Wave.id == wave),
        )[0]
    )


def turn(session, wave, state):
    session.execute(sa.update(Wave).where(Wave.id == wave).values(state=state))
    session.commit()


def test_a_wave_folds_for_nobody_and_has_the_usual_thresholds_unless_told(
    client, session, world, fieldworker
):
    page = client.get("/dot-khao-sat/moi").text
    folded = re.search(r'<input[^>]*id="folded_percent"[^>]*>', page)[0]
    assert 'value="0"' in folded
    plan(client, world, wave_id="a")
    assert method_of(session, "a") == (0, USUAL)


def test_what_is_chosen_is_kept_and_stands_on_the_page_of_the_wave(
    client, session, world, fieldworker
):
    plan(client, world, wave_id="a", folded_percent="20", fewest_ratings="12")
    assert method_of(session, "a") == (20, {**USUAL, "fewest_ratings": 12})
    page = client.get("/dot-khao-sat/a").text
    assert "20% người trả lời" in page
    assert "Có từ 12 câu đã chọn mức" in page
    assert "/dot-khao-sat/a/cach-hoi" in page


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("folded_percent", "101", "Xin nhập số từ 0 đến 100."),
        ("folded_percent", "-1", "Xin nhập số từ 0 đến 100."),
        ("folded_percent", "", "Xin nhập một số nguyên."),
        ("folded_percent", "12,5", "Xin nhập một số nguyên."),
        ("fewest_ratings", "1", "Xin nhập số từ 2 đến 100."),
        ("pattern_levels", "", "Xin nhập một số nguyên."),
        ("short_percent", "10", "Thời gian ngắn không được thấp hơn"),
    ],
)
def test_a_share_or_threshold_that_cannot_be_is_refused_beside_its_field(
    client, session, world, fieldworker, field, typed, told
):
    answer = plan(client, world, wave_id="a", **{field: typed})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert told in answer.text
    # A wrong threshold is not hidden in what is folded.
    is_open = '<details class="govuk-details" open>' in answer.text
    assert is_open == (field != "folded_percent")
    assert rows(session, sa.select(Wave.id).where(Wave.id == "a")) == []


@pytest.mark.parametrize("state", ["draft", "rehearsal"])
def test_it_is_changed_until_the_wave_opens(client, session, world, fieldworker, state):
    turn(session, world.wave, state)
    page = client.get(f"/dot-khao-sat/{world.wave}/cach-hoi")
    assert page.status_code == 200
    post(
        client,
        f"/dot-khao-sat/{world.wave}/cach-hoi",
        folded_percent="35",
        contrary_from="3",
    )
    kept = method_of(session, world.wave)
    assert kept == (35, {**USUAL, "contrary_from": 3})
    again = client.get(f"/dot-khao-sat/{world.wave}/cach-hoi").text
    assert 'value="35"' in again
    refused = post(client, f"/dot-khao-sat/{world.wave}/cach-hoi", folded_percent="200")
    assert refused.status_code == 422
    assert method_of(session, world.wave) == kept


@pytest.mark.parametrize("state", ["open", "closed"])
def test_it_is_fixed_once_the_wave_is_open(client, session, world, fieldworker, state):
    turn(session, world.wave, state)
    before = method_of(session, world.wave)
    assert "cach-hoi" not in client.get(f"/dot-khao-sat/{world.wave}").text
    page = post(
        client, f"/dot-khao-sat/{world.wave}/cach-hoi", follow=True, folded_percent="35"
    ).text
    assert "được giữ nguyên" in page
    assert method_of(session, world.wave) == before


def test_who_looked_before_it_opened_cannot_change_it_either(session, world, texts):
    wave = session.get_one(Wave, world.wave)
    attributes.set_committed_value(wave, "state", "draft")
    with pytest.raises(MethodFixed, match="không đổi được nữa"):
        method.change(session, wave, folded_percent=50, careless=None)
    session.commit()
    assert method_of(session, world.wave)[0] == 0


def test_opening_writes_the_thresholds_down(session, world, texts):
    session.execute(sa.update(Wave).values(state="draft", careless={}))
    session.commit()
    fieldwork.open_wave(session, session.get_one(Wave, world.wave), now=cast.NOW)
    session.commit()
    assert method_of(session, world.wave) == (0, USUAL)


@pytest.mark.parametrize(
    ("folded", "careless", "field"),
    [
        (-1, None, "folded_percent"),
        (101, None, "folded_percent"),
        (0, {**USUAL, "fast_percent": 101}, "fast_percent"),
        (0, {"fast_percent": 1}, "contrary_from"),
    ],
)
def test_a_command_is_told_the_field_too(texts, folded, careless, field):
    with pytest.raises(FieldworkError) as refused:
        method.checked(folded, careless)
    assert refused.value.field == field


def test_the_database_keeps_no_share_beyond_a_hundred(session, world):
    with pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.update(Wave).values(folded_percent=101))
    session.rollback()
