"""Codes on paper: what a card says, and that every picture is read as its link."""

from __future__ import annotations

import csv
import io
import re

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image

from survey import create_app
from survey.accounts import sign_ins
from survey.models import Link
from tests import cast
from tests.conftest import dispose, settings_for
from tests.fieldwork.office import (
    ORIGIN,
    codes_on,
    decoded,
    make_counters,
    rows,
)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def fieldworker(client, session, world):
    return cast.sign_in(client, session, "fieldworker")


def table(answer):
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_pages_of_codes_hold_no_inline_style_or_script(
    client, session, world, fieldworker
):
    make_counters(client, world.wave, units=[world.trade])
    for path in ("the", "the/ap-phich.svg", "duong-dan/1"):
        page = client.get(f"/dot-khao-sat/{world.wave}/{path}").text
        assert "<svg " in page or path == "the"
        assert " style=" not in page
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]* src=)", page)


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_code_of_a_link_is_a_file_to_download(
    client, session, world, fieldworker, kind
):
    make_counters(client, world.wave, units=[world.trade])
    ((link_id, token),) = rows(session, sa.select(Link.id, Link.token))
    answer = client.get(f"/dot-khao-sat/{world.wave}/duong-dan/{link_id}/ma.{kind}")
    name = f"khao-sat-{world.wave}-{link_id}.{kind}"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    if kind == "png":
        assert decoded(Image.open(io.BytesIO(answer.data))) == f"{ORIGIN}/p/{token}"
    else:
        assert answer.data.startswith(b"<?xml")
        assert b"style" not in answer.data


@pytest.mark.parametrize("host", ["localhost:9999", "127.0.0.1"])
def test_codes_hold_the_public_address_whatever_host_was_asked(
    tmp_path, database_url, session, world, host
):
    public = "https://khaosat.example.gov.vn"
    app = create_app(settings_for(tmp_path, database_url, public_url=public))
    app.config["TESTING"] = True
    client = app.test_client()
    token = cast.link(session, world.wave, world.trade)
    account = cast.account(session, "fieldworker")
    try:
        base = f"http://{host}"
        with client.session_transaction(base_url=base) as cookie:
            cookie["_user_id"] = sign_ins.begin(session, account, cast.NOW)
            cookie["seen_at"] = int(cast.NOW.timestamp())
        session.commit()
        wave = f"/dot-khao-sat/{world.wave}"
        answer = client.get(f"{wave}/duong-dan/1", base_url=base)
        assert codes_on(answer.text) == [f"{public}/p/{token}"]
        assert host not in answer.text.replace("127.0.0.1:8000", "")
        answer = client.get(f"{wave}/the/ap-phich.svg", base_url=base)
        assert f"Địa chỉ đúng luôn bắt đầu bằng {public}/" in answer.text
        assert host not in answer.text
        listed = client.get(f"/dot-khao-sat/{world.wave}/duong-dan.csv", base_url=base)
        assert table(listed)[0]["url"] == f"{public}/p/{token}"
    finally:
        dispose(app)


def test_a_foreign_host_gets_nothing(client, session, world, fieldworker):
    answer = client.get("/dot-khao-sat/", base_url="http://evil.example")
    assert answer.status_code == 400
