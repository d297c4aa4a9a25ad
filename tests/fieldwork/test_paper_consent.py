"""Paper forms: whether the sheet may be counted at all, by consent and by its day."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
import time_machine

from survey.models import Account, Response
from tests import cast
from tests.fieldwork.office import count
from tests.fieldwork.sheets import base, enter, enter_again, settle, two_people
from tests.respond.office import response


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def two(app, session, world):
    return two_people(app, session)


@pytest.mark.parametrize(
    ("today", "typed", "words"),
    [
        # The wave of the case is open from 01/07/2026 to 30/09/2026.
        ("2026-06-20", "20/6/2026", "Đợt nhận phiếu từ ngày 01/07/2026"),
        ("2026-10-02", "2/10/2026", "đến ngày cuối cùng của đợt 30/09/2026"),
    ],
)
def test_a_date_of_receipt_is_refused_by_the_bound_that_it_misses(
    session, world, two, today, typed, words
):
    with time_machine.travel(f"{today}T09:00:00+07:00", tick=False):
        for client in two:
            cast.enter_as(client, session, session.scalars(sa.select(Account)).first())
        answer = enter(two[0], world, received=typed)

    assert answer.status_code == 422
    assert words in answer.text


def test_consent_on_one_entry_alone_is_settled_and_without_it_nothing_counts(
    session, world, two
):
    enter(two[0], world)
    answer = enter_again(two[1], world, consent="")
    assert answer.location == f"{base(world)}/1/doi-chieu"
    assert 'id="p-consent"' in two[1].get(answer.location).text

    refused = settle(two[1], world, **{"s-consent": "second"})

    assert refused.status_code == 422
    assert "Xin bỏ lần nhập hai" in refused.text
    assert count(session, Response) == 0
    assert settle(two[1], world, **{"s-consent": "first"}).location == base(world)
    assert "consent" not in json.dumps(
        {name: value for name, value in response(session).items() if name != "id"},
        default=str,
    )


def test_the_screen_begins_with_consent_and_greys_what_a_fact_rules_out(world, two):
    page = two[0].get(f"{base(world)}/nhap").text
    cells = page.partition('class="paper__cells"')[2]

    assert cells.index('id="consent"') < cells.index('id="F01"')
    assert "gõ mã thủ tục, hoặc số của ô" in cells
    level = cells.partition('id="C3"')[2].partition(">")[0]
    assert "data-only" in level
