"""Every address has an owner and opens to whom it should; a new one must be listed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from survey import catalogue, jobs
from survey.config import Settings
from survey.db import Base
from survey.fieldwork.frame import uploads
from survey.models import (
    ROLES,
    Account,
    Batch,
    Closing,
    Contact,
    Job,
    Logo,
    PaperForm,
    Reopening,
    Response,
    Theme,
    WaveDocument,
)
from tests import cast
from tests.actions import plans
from tests.fieldwork.office import upload_of
from tests.figures import crowd
from tests.house.routes import EVERYONE, PARTS, ROUTES, Route
from tests.respond import office
from tests.scorecard.office import stand

jobs.kind("test-anyone", roles=ROLES)(lambda work: None)


LISTED = sorted(ROUTES, key=lambda route: (route.address, route.methods))


def routes_of(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        yield Route(
            rule.rule,
            " ".join(sorted(rule.methods - {"HEAD", "OPTIONS"})),
            rule.endpoint.partition(".")[0],
            getattr(view, "open_to", frozenset()),
        )


def test_every_address_is_listed_with_its_room_and_whom_it_lets_in(app):
    found = set(routes_of(app))
    assert found - ROUTES == set(), "list a new address here"
    assert ROUTES - found == set(), "an address is gone, or opens to others now"


def test_an_address_without_a_mark_is_closed_to_everyone(app, client, session):
    app.add_url_rule("/quen-danh-dau", "forgotten", lambda: "open")
    assert client.get("/quen-danh-dau").status_code == 403
    cast.sign_in(client, session, "admin")
    assert client.get("/quen-danh-dau").status_code == 403


def job_of(session: Session, settings: Settings) -> str:
    """A job with a file, of nobody yet."""
    job_id = "0" * 32
    moments = dict.fromkeys(("made_at", "ended_at"), cast.NOW)
    session.add(
        Job(
            id=job_id,
            kind="test-anyone",
            title="Một việc dài",
            state="done",
            result={"files": {"ket-qua.csv": 1}},
            delete_at=cast.NOW + jobs.KEPT,
            **moments,
        )
    )
    folder = jobs.folder(settings, job_id)
    folder.mkdir(parents=True)
    (folder / "ket-qua.csv").write_text("a")
    return job_id


def hand_over(settings: Settings, upload_id: str, account_id: int) -> None:
    """Let the file be somebody's."""
    uploads.Upload(settings.instance / "uploads" / upload_id).note(account=account_id)


def _responses(session: Session, world: cast.World) -> Iterator[dict[str, Any]]:
    return crowd.rows(
        catalogue.questionnaire(session, "dn-2026-1"),
        world.wave,
        1,
        places=[(world.trade, None)],
        chooser=random.Random(1),  # noqa: S311 - sample data
    )


@pytest.fixture
def places(session, world, settings) -> dict[str, str]:
    """Values for the parts of an address, all of things that are there."""
    token = cast.link(session, world.wave, world.trade, kind="kiosk")
    office.dossier_link(session, world)
    cast.link(session, world.wave, world.trade)  # a poster, to be printed
    person = cast.account(session, "analyst", email="person@example.gov.vn")
    session.add(
        Contact(
            id="0" * 64,
            wave_id=world.wave,
            unit_id=world.trade,
            name="Bà Hạnh",
            reach="0258",
            delete_on=cast.NOW.date(),
        )
    )
    session.add(Logo(id=1, png=b"\x89PNG"))
    session.add(Batch(wave_id=world.wave, kind="dossier", size=1, made_at=cast.NOW))
    session.add(
        Closing(
            id=1,
            wave_id=world.wave,
            number=1,
            closed_at=cast.NOW,
            sealed_at=cast.NOW,
            manifest="{}\n",
            sha256="0" * 64,
            receipts_root="0" * 64,
        )
    )
    session.add(
        WaveDocument(
            id=1,
            wave_id=world.wave,
            kind="plan",
            number="15/KH-SCT",
            issued_on=cast.NOW.date(),
            issuer="Sở Công Thương",
            summary="Kế hoạch khảo sát",
            media="pdf",
            size=5,
            sha256="0" * 64,
            content=b"%PDF-",
            added_at=cast.NOW,
        )
    )
    session.add(
        Reopening(
            id=1,
            closing_id=1,
            reason="Còn phiếu giấy chưa nhập",
            closes_on=cast.NOW.date(),
            asked_by=person.id,
            asked_at=cast.NOW,
        )
    )
    session.add(
        PaperForm(
            wave_id=world.wave,
            number="1",
            unit_id=world.trade,
            month="2026-08",
            first_by=person.id,
        )
    )
    stand(session, world)
    of_divisions = plans.act(session, world, person.id)
    session.commit()
    session.add(Theme(code="khac", name_vi="Khác", name_en="Other"))
    said = {**next(_responses(session, world)), "comment": "Hẹn lại nhiều lần"}
    session.execute(sa.insert(Response), [said])
    session.commit()
    return {
        "<response_id>": said["id"],
        "<int:theme_id>": "1",
        "<int:sheet_id>": "1",
        "<int:rule_id>": "1",
        "<int:line_id>": "1",
        "<int:evidence_id>": "1",
        "<any(csv, xlsx):format>": "csv",
        **of_divisions,
        "<int:batch_id>": "1",
        "<int:form_id>": "1",
        "<int:number>": "1",
        "<int:wish_id>": "1",
        "<int:paper_id>": "1",
        "<wave_id>": world.wave,
        "<job_id>": job_of(session, settings),
        "<upload_id>": upload_of(settings, world.wave, 0),
        "<name>": "ket-qua.csv",
        "<int:link_id>": "1",
        "<int:basis_id>": "1",
        "<any(len, xoa):act>": "len",
        "<int:account_id>": str(person.id),
        "<contact_id>": "0" * 64,
        "<token>": token,
        "<page>": "gioi-thieu",
        "<any(svg, png):kind>": "svg",
        "<kind>": "ap-phich",
        "<any(csv, xlsx, json, docx, pdf):format>": "json",
        "<any('don-vi', 'thu-tuc'):noun>": "don-vi",
        PARTS: "don-vi",
    }


def at(route: Route, places: dict[str, str]) -> str:
    address = route.address
    for name, value in places.items():
        address = address.replace(name, value)
    assert "<" not in address
    return address


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(cast.NOW):
        yield


@pytest.mark.parametrize("role", [None, *ROLES])
def test_an_address_lets_in_whom_it_says_and_nobody_else(
    app, client, session, places, role
):
    """Only the guard is asked: what is posted is nothing, so nothing is done."""
    if role:
        who = cast.sign_in(client, session, role).id
        hand_over(app.config["SURVEY"], places["<upload_id>"], who)
        session.execute(sa.update(Job).values(account_id=who))
        session.commit()
    for route in LISTED:
        if route.address in ("/dang-xuat", "/dang-nhap"):
            continue
        for method in route.methods.split():
            fields = {"csrf_token": cast.csrf(client)} if method == "POST" else None
            if method == "POST" and role in route.open_to:
                continue  # what the view does with it is tested in its own room
            address = at(route, places)
            status = client.open(
                address, method=method, data=fields, buffered=True
            ).status_code
            if role == "analyst" and route.address in plans.OF_THE_DIVISION:
                assert status == 403, (method, address)
            elif route.open_to == EVERYONE or role in route.open_to:
                assert status in (200, 303, 422), (method, address)
            elif role:
                assert status == 403, (method, address)
            else:
                assert status == (303 if method == "GET" else 401), (method, address)


def dump(session: Session) -> dict[str, list[str]]:
    session.rollback()
    found = {
        name: sorted(repr(tuple(row)) for row in session.execute(sa.select(table)))
        for name, table in Base.metadata.tables.items()
    }
    session.rollback()
    return found


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_any_page_changes_nothing(client, session, places, method):
    cast.sign_in(client, session, "admin")
    before = dump(session)
    for route in LISTED:
        # For a download it would leave a temporary file to the garbage collector.
        is_looked_at = method == "GET" or not re.search(
            "tai-ve|/tep/|dong-sai", route.address
        )
        if "GET" in route.methods.split() and is_looked_at:
            answer = client.open(at(route, places), method=method, buffered=True)
            assert answer.status_code < 500
    assert dump(session) == before
    assert session.scalar(sa.select(sa.func.count(Account.id))) == 2


@pytest.mark.parametrize(
    "part",
    [
        "<wave_id>",
        "<token>",
        "<page>",
        "<contact_id>",
        "<response_id>",
        "<period>",
        "<feed_token>",
    ],
)
def test_an_odd_name_in_an_address_is_not_found(client, session, places, part):
    cast.sign_in(client, session, "admin")
    odd = ["%00", "'", "..", "x" * 3000, "%F0%9F%98%80", "\u202e", "%", "{{7*7}}"]
    for route in LISTED:
        if part not in route.address:
            continue
        for name in odd:
            method = "GET" if "GET" in route.methods.split() else "POST"
            fields = {"csrf_token": cast.csrf(client)} if method == "POST" else None
            address = at(route, {**places, part: name})
            answer = client.open(address, method=method, data=fields, buffered=True)
            assert answer.status_code in (303, 308, 400, 404), (method, address)


@pytest.mark.parametrize(
    "part",
    [
        "<int:link_id>",
        "<int:batch_id>",
        "<int:account_id>",
        "<int:form_id>",
        "<int:unit_id>",
        "<int:action_id>",
        "<int:file_id>",
        "<int:report_id>",
        "<int:sheet_id>",
        "<int:rule_id>",
        "<int:line_id>",
        "<int:evidence_id>",
        "<int:theme_id>",
    ],
)
def test_a_number_beyond_every_database_is_not_found(client, session, places, part):
    cast.sign_in(client, session, "admin")
    for route in LISTED:
        if part not in route.address:
            continue
        for number in ("0", "2147483648", "9" * 19, "9" * 40):
            for method in route.methods.split():
                fields = {"csrf_token": cast.csrf(client)} if method == "POST" else None
                address = at(route, {**places, part: number})
                answer = client.open(address, method=method, data=fields)
                assert answer.status_code in (400, 404), (method, address)
