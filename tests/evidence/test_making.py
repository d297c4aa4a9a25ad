"""The evidence file of a closed wave: whole, twice the same, without names or tokens,
and every index in it follows from the answers in it."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
import sqlalchemy as sa
import time_machine

from survey import closings, evidence
from survey.evidence import keys, verify
from survey.figures import writing
from survey.models import Dossier, Draw, Link, Response, Wave
from tests import cast
from tests.figures import crowd
from tests.respond.office import dossier_link


@pytest.fixture(autouse=True)
def _then():
    with time_machine.travel(cast.NOW, tick=False):
        yield


@pytest.fixture
def wave(app, session, world):
    dossier_link(session, world)
    cast.link(session, world.wave, world.trade)
    crowd.fill(
        session,
        world.wave,
        150,
        [(world.trade, world.petrol), (world.energy, world.power), (world.trade, None)],
    )
    session.add(
        Draw(
            wave_id=world.wave,
            mode="sample",
            seed="hat-giong",
            frame=1,
            size=1,
            frame_sha256="0" * 64,
            strata=[
                {"procedure": "2.000648", "channel": "online", "frame": 1, "size": 1}
            ],
            drawn_at=cast.NOW,
        )
    )
    wave = session.get_one(Wave, world.wave)
    closings.seal(
        session, closings.close(session, wave, by=None, now=cast.NOW), now=cast.NOW
    )
    session.commit()
    return wave


@pytest.fixture
def plain(monkeypatch):
    """Without the forms of the report that take long to lay out."""
    few = {**writing.FORMATS, "report": ("csv", "json")}
    monkeypatch.setattr(writing, "FORMATS", few)


def made(app, session, wave, **more) -> bytes:
    target = io.BytesIO()
    with app.test_request_context("/"):
        evidence.make(session, wave, target, **more)
    return target.getvalue()


def test_the_file_is_whole_verifies_and_is_the_same_made_again(
    app, session, wave, settings
):
    key = keys.make(settings.instance)
    told = []
    data = made(
        app,
        session,
        wave,
        sign=key.sign,
        progress=lambda done, total: told.append((done, total)),
    )
    report = verify.verify(data, key.public)
    assert report.faults == []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    folders = {name.partition("/")[0] for name in names if "/" in name}
    assert folders == {
        "1-wave",
        "2-questionnaire",
        "3-sample",
        "4-answers",
        "5-results",
    }
    assert {"verify.py", "README.txt", "1-wave/seal.json"} <= set(names)
    for form in ("csv", "xlsx", "json", "docx", "pdf"):
        assert {f"5-results/report_{x}.{form}" for x in ("vi", "en")} <= set(names)
    assert told[-1][0] == told[-1][1] == len(names) - 3
    assert made(app, session, wave, sign=key.sign) == data


@pytest.mark.usefixtures("plain")
def test_indices_by_unit_and_procedure_are_in_it_and_none_of_a_small_group(
    app, session, wave
):
    files = verify.unpack(made(app, session, wave))
    published = json.loads(files["5-results/indices.json"][0])
    names = [one["name"] for one in published["selections"]]
    assert names[0] == "all"
    assert {"unit TM", "unit NL", "procedure 2.000648"} <= set(names)
    rows = [row for one in published["selections"] for row in one["rows"]]
    assert sum(bool(row["value"]) for row in rows) > 50
    for row in rows:
        if row["n"] is not None and row["n"] < wave.index_from:
            assert not row["indices"]
            assert not row["counts"]


@pytest.mark.usefixtures("plain")
def test_no_token_hash_of_a_link_or_moment_finer_than_a_day_is_in_it(
    app, session, wave
):
    files = verify.unpack(made(app, session, wave))
    tokens = set(session.scalars(sa.select(Link.token_hash)))
    tokens |= set(session.scalars(sa.select(Link.token).where(Link.token.is_not(None))))
    assert tokens
    dossiers = set(session.scalars(sa.select(Dossier.code)))
    for name, (content, _) in files.items():
        if name.endswith((".csv", ".json", ".txt", ".toml")):
            text = content.decode("utf-8-sig")
            assert not [token for token in tokens if token in text], name
            if not name.startswith(("verify", "2-")):
                assert not re.search(r"\d\d:\d\d:\d\d", text), name
            if name.startswith("4-"):
                assert not [code for code in dossiers if code in text], name


@pytest.mark.usefixtures("plain")
def test_an_open_unsealed_or_changed_wave_gives_no_file(app, session, wave):
    one = session.scalars(sa.select(Response)).first()
    one.answers = {**one.answers, "A1": "1" if one.answers["A1"] != "1" else "5"}
    session.flush()
    with pytest.raises(evidence.EvidenceError, match="khác bản đã niêm phong"):
        made(app, session, wave)
    session.rollback()
    closing = closings.latest(session, wave.id)
    closing.sealed_at = closing.manifest = None
    session.flush()
    with pytest.raises(evidence.EvidenceError, match="niêm phong trước"):
        made(app, session, wave)
    wave.state = "open"
    session.flush()
    with pytest.raises(evidence.EvidenceError, match="chưa đóng"):
        made(app, session, wave)
