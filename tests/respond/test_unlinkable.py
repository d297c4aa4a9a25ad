"""Nothing that is stored joins a link to the response that came in through it.

Forty dossiers alike, of one unit, procedure and day, half of them of one batch and half
re-issued one by one, are answered through the application in an order drawn at random;
then everything is attacked: see `attack.py` for how, and for what chance would reach.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from survey import funnel
from survey.fieldwork import links as fieldwork_links
from survey.fieldwork.links import Wanted
from survey.models import Dossier, Draft, Link, Response, Wave
from survey.respond import drafts
from tests import cast
from tests.respond import attack
from tests.respond.respondent import Respondent

ALIKE, UNANSWERED = 20, 4


@dataclass(frozen=True)
class Answered:
    """Links that were answered, and the truth about them."""

    truth: dict[int, str]
    """The response of each link."""
    draft_keys: list[str]
    tokens: list[str]


def invite(session, world, app):
    """A batch of links alike, and as many re-issued one by one; their tokens."""
    wave = session.get(Wave, world.short_wave)
    count = 2 * ALIKE + UNANSWERED
    dossiers = [
        Dossier(
            wave_id=wave.id,
            code=f"H{number:03}",
            procedure_id=world.petrol,
            channel="online",
            outcome="granted",
            facts={"F04": "online"},
        )
        for number in range(count)
    ]
    session.add_all(dossiers)
    session.flush()
    with app.test_request_context(method="POST"):
        made = fieldwork_links.make_links(
            session,
            wave,
            [
                Wanted(
                    kind="dossier",
                    unit_id=world.trade,
                    procedure_id=world.petrol,
                    dossier_id=one.id,
                )
                for one in dossiers
            ],
            batch=fieldwork_links.new_tokens(),
            now=cast.NOW,
            keep_key=True,
        )
        tokens = {
            one.link.id: one.token for one in fieldwork_links.made_of(session, made)
        }
        for link in list(session.scalars(sa.select(Link).order_by(Link.id)))[:ALIKE]:
            batch = fieldwork_links.replace_links(
                session, [link], reason="Mất thư", now=cast.NOW
            )
            (fresh,) = fieldwork_links.made_of(session, batch)
            tokens.pop(link.id)
            tokens[fresh.link.id] = fresh.token
    session.commit()
    return tokens


def answer_all(app, session, tokens, seed, *, writes_openings=True):
    """Let the links be answered in an order drawn at random; who sent what is known
    here alone, by the comment."""
    order = sorted(tokens)
    Random(seed).shuffle(order)  # noqa: S311
    order, left = order[: 2 * ALIKE], order[2 * ALIKE :]
    keys = []
    for turn, link_id in enumerate(order):
        business = Respondent(app.test_client())
        business.answer(tokens[link_id], {}, {"A1": "4"}, {"G3": f"#{link_id}#"})
        keys += session.scalars(sa.select(Draft.key))
        session.rollback()
        assert business.press().name == "cam-on"
        if writes_openings and turn % 3 == 2:
            funnel.flush(app)
    for link_id in left:
        Respondent(app.test_client()).start(tokens[link_id])
    rows = session.execute(sa.select(Response.id, Response.comment)).all()
    session.rollback()
    truth = {int(comment.strip("#")): response for response, comment in rows}
    assert len(truth) == 2 * ALIKE
    return Answered(truth=truth, draft_keys=keys, tokens=list(tokens.values()))


@pytest.fixture
def answered(app, session, world):
    return answer_all(app, session, invite(session, world, app), seed=2026)


def found_in(connection, truth, **more):
    """What the attack finds in a database; the comments are the judge's alone."""
    links, responses = attack.keys_of(connection)
    responses.pop("comment")
    for spread, where in more.items():
        getattr(attack, spread)(where, links, responses)
    assert len(links) > 40
    assert len(responses) > 15
    return attack.sweep(links, responses, truth)


def engine_of(app):
    with app.app_context():
        return app.extensions["sqlalchemy"].engine


def test_no_column_order_or_place_joins_a_link_to_its_response(app, session, answered):
    session.close()
    with engine_of(app).connect() as connection:
        assert found_in(connection, answered.truth) == []


def test_the_backup_joins_them_no_better(
    app, session, answered, terminal, tmp_path, request
):
    """Neither its rows nor its bytes, and nothing of a sent form's draft is in it."""
    session.close()
    copy = tmp_path / "copy"
    assert terminal("db", "backup", str(copy)).code == 0
    if request.config.getoption("--database") == "sqlite":
        unsent = {key.encode() for key in answered.draft_keys}
        assert len(unsent) == 2 * ALIKE
        assert not any(key in copy.read_bytes() for key in unsent)
        assert not any(token.encode() in copy.read_bytes() for token in answered.tokens)
        engine = sa.create_engine(f"sqlite:///{copy}")
        with engine.connect() as connection:
            free = connection.exec_driver_sql("PRAGMA freelist_count").scalar()
            assert free == 0
            assert found_in(connection, answered.truth, in_bytes=copy) == []
        engine.dispose()
        return
    text = dumped(copy)
    assert not any(key in text for key in answered.draft_keys)
    with engine_of(app).connect() as connection:
        assert found_in(connection, answered.truth, in_dump=text) == []


def dumped(copy: Path) -> str:
    made = subprocess.run(
        ["pg_restore", "--data-only", "--file=-", str(copy)],
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout


def test_what_was_sent_is_gone_from_the_live_files_after_tidying(
    app, session, answered, terminal, tmp_path, request
):
    session.close()
    if request.config.getoption("--database") == "sqlite":
        with engine_of(app).connect():
            pass
        assert terminal("tidy").code == 0
        live, log = tmp_path / "survey.sqlite", tmp_path / "survey.sqlite-wal"
        assert not log.exists() or log.stat().st_size == 0
        kept = live.read_bytes()
        assert not any(key.encode() in kept for key in answered.draft_keys)
        with engine_of(app).connect() as connection:
            assert found_in(connection, answered.truth, in_bytes=live) == []
        return
    assert terminal("tidy").code == 0
    with engine_of(app).connect() as connection:
        numbers = connection.exec_driver_sql(
            "SELECT DISTINCT xmin::text FROM responses"
        )
        # Nobody can tell any more in which order they came.
        assert len(numbers.all()) == 1
        laid = connection.exec_driver_sql("SELECT id FROM responses ORDER BY ctid")
        ids = [row[0] for row in laid]
        assert ids == sorted(ids)
        assert found_in(connection, answered.truth) == []


@pytest.mark.parametrize("leak", ["number", "same transaction"])
def test_the_same_attack_finds_a_leak_where_there_is_one(
    app, session, world, monkeypatch, leak
):
    """So that the tests above can fail: a number on both sides; and a counter of each
    batch that changes together with the response."""
    if leak == "same transaction":
        monkeypatch.setattr(drafts, "steps_of", drafts.opening_of)
    tokens = invite(session, world, app)
    # Which levels the counters of batches, and so would hide the leak.
    answered = answer_all(app, session, tokens, seed=7, writes_openings=False)
    engine = engine_of(app)
    is_sqlite = engine.dialect.name == "sqlite"
    if leak == "number":
        with engine.begin() as connection:
            for number, (link_id, response_id) in enumerate(answered.truth.items()):
                connection.execute(
                    sa.update(Link).where(Link.id == link_id).values(place=number)
                )
                connection.execute(
                    sa.update(Response)
                    .where(Response.id == response_id)
                    .values(pattern=f"{number:05}")
                )
    session.close()
    with engine.connect() as connection:
        found = found_in(connection, answered.truth)
    if leak == "same transaction" and is_sqlite:
        # SQLite keeps no number of a transaction: there the counter tells nothing.
        assert found == []
        return
    assert {one.by for one in found} >= ({"equal"} if leak != "number" else {"order"})


def test_the_attack_is_as_blind_as_chance_where_nothing_is_known():
    random = Random(1)  # noqa: S311
    truth = {link: f"r{link}" for link in range(40)}
    links = {f"k{n}": {one: random.random() for one in truth} for n in range(40)}
    others = truth.values()
    responses = {f"r{n}": {one: random.random() for one in others} for n in range(40)}
    assert attack.sweep(links, responses, truth) == []
