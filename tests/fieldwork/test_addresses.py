"""The address in the codes: whoever makes or prints them learns who can open it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
import time_machine

from survey.models import Wave
from tests import cast
from tests.fieldwork.office import make_counters, make_dossier_links


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def fieldworker(client, session, world):
    return cast.sign_in(client, session, "fieldworker")


def pages_of_codes(client, wave, place):
    base = f"/dot-khao-sat/{wave}"
    make_counters(client, wave, units=[place[3:]])
    made = client.get(make_dossier_links(client, wave, 1, place).location).text
    paths = ("duong-dan/tao", "duong-dan/tao-ho-so", "the", "duong-dan/1")
    return [made, *(client.get(f"{base}/{path}").text for path in paths)]


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("http://localhost:8000", True),
        ("http://127.0.0.1", True),
        ("http://[::1]:8000", True),
        ("https://khaosat.example.gov.vn", False),
        ("http://127.example.gov.vn", False),
    ],
)
def test_codes_that_only_this_machine_opens_are_warned_of_where_they_are_made(
    app, client, session, world, fieldworker, monkeypatch, address, is_local
):
    settings = replace(app.config["SURVEY"], public_url=address)
    monkeypatch.setitem(app.config, "SURVEY", settings)
    for page in pages_of_codes(client, world.wave, f"dv-{world.trade}"):
        warning = page.partition('<div class="no-print">')[2].partition("</div>")[0]
        assert ("SURVEY_PUBLIC_URL" in warning) == is_local
        assert ("govuk-warning-text" in warning) == is_local


def test_a_sample_wave_is_told_of_its_address_without_alarm(
    client, session, world, fieldworker
):
    session.execute(sa.update(Wave).values(is_sample=True))
    session.commit()
    page = client.get(f"/dot-khao-sat/{world.wave}/duong-dan/tao").text
    told = page.partition('<div class="no-print">')[2].partition("</div>")[0]
    assert "SURVEY_PUBLIC_URL" in told
    assert "govuk-warning-text" not in told


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("draft", "dùng được khi diễn tập và sau khi mở đợt"),
        ("rehearsal", "dùng được ngay để làm thử"),
        ("open", None),
    ],
)
def test_the_page_that_makes_codes_says_from_when_they_work(
    client, session, world, fieldworker, state, words
):
    session.execute(sa.update(Wave).values(state=state))
    session.commit()
    page = client.get(f"/dot-khao-sat/{world.wave}/duong-dan/tao").text
    assert (words or "<h1") in page
    assert ("mã tạo bây giờ" in page) == (words is not None)
