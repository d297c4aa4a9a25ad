"""Every address has an owner and opens to whom it should; a new one must be listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from survey.db import Base
from survey.models import ROLES, Account, Contact, PaperForm
from tests import cast
from tests.respond import office


class Route(NamedTuple):
    """An address, its methods, the room it belongs to, and whom it lets in."""

    address: str
    methods: str
    room: str
    open_to: frozenset[str]


EVERYONE = frozenset({"everyone"})
STAFF = frozenset(ROLES)
ADMIN = frozenset({"admin"})
OVERSEES = frozenset({"admin", "auditor"})
COLLECTS = frozenset({"admin", "fieldworker"})
WATCHES = COLLECTS | {"auditor"}
READS = frozenset({"admin", "analyst", "auditor"})

WAVE = "/dot-khao-sat/<wave_id>"
LINK = f"{WAVE}/duong-dan/<int:link_id>"
PAPER = f"{WAVE}/phieu-giay/<int:form_id>"
PERSON = "/quan-tri/tai-khoan/<int:account_id>"
ROUTES = {
    Route("/", "GET POST", "respond", EVERYONE),
    Route("/p/<token>", "GET", "respond", EVERYONE),
    Route("/p/<token>/<page>", "GET POST", "respond", EVERYONE),
    Route("/p/<token>/cam-on", "GET", "respond", EVERYONE),
    Route("/p/<token>/lien-he", "GET POST", "respond", EVERYONE),
    Route("/xac-minh", "GET POST", "respond", EVERYONE),
    Route("/tro-nang", "GET", "respond", EVERYONE),
    Route("/ngon-ngu", "POST", "respond", EVERYONE),
    Route("/healthz", "GET", "health", EVERYONE),
    Route("/readyz", "GET", "health", EVERYONE),
    Route("/metrics", "GET", "health", EVERYONE),
    Route("/dang-nhap", "GET POST", "accounts", EVERYONE),
    Route("/dang-xuat", "POST", "accounts", EVERYONE),
    Route("/quan-tri/mat-khau", "GET POST", "accounts", STAFF),
    Route("/quan-tri/tai-khoan", "GET", "accounts", OVERSEES),
    Route("/quan-tri/tai-khoan/them", "GET POST", "accounts", ADMIN),
    Route(PERSON, "GET", "accounts", ADMIN),
    Route(f"{PERSON}/khoa", "POST", "accounts", ADMIN),
    Route(f"{PERSON}/mo-khoa", "POST", "accounts", ADMIN),
    Route(f"{PERSON}/mat-khau", "POST", "accounts", ADMIN),
    Route("/dot-khao-sat/", "GET", "fieldwork", WATCHES),
    Route("/dot-khao-sat/moi", "GET POST", "fieldwork", COLLECTS),
    Route(WAVE, "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/mo", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/dong", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/dien-tap", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ket-thuc-dien-tap", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/xoa-phieu-thu", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/cach-hoi", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ho-so", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/the", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/the", "POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/duong-dan", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/duong-dan", "POST", "fieldwork", WATCHES),  # a search, by POST
    Route(f"{WAVE}/duong-dan.csv", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/duong-dan/tao", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/duong-dan/tao-ho-so", "GET POST", "fieldwork", COLLECTS),
    Route(LINK, "GET", "fieldwork", WATCHES),
    Route(f"{LINK}/ma.<any(svg, png):kind>", "GET", "fieldwork", WATCHES),
    Route(f"{LINK}/thu-hoi", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/phieu-giay.pdf", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/phieu-giay", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/phieu-giay/nhap", "GET POST", "fieldwork", COLLECTS),
    Route(f"{PAPER}/nhap-lai", "GET POST", "fieldwork", COLLECTS),
    Route(f"{PAPER}/doi-chieu", "GET POST", "fieldwork", COLLECTS),
    Route(f"{PAPER}/bo-lan-hai", "POST", "fieldwork", COLLECTS),
    Route(f"{PAPER}/xoa", "POST", "fieldwork", COLLECTS),
    Route("/lien-he-lai", "GET", "fieldwork", COLLECTS),
    Route("/lien-he-lai/<contact_id>/xoa", "POST", "fieldwork", COLLECTS),
    Route("/quan-tri/lich-nghi", "GET", "fieldwork", OVERSEES),
    Route("/quan-tri/lich-nghi", "POST", "fieldwork", ADMIN),
    Route("/quan-tri/lich-nghi/xoa", "POST", "fieldwork", ADMIN),
    Route("/quan-tri/lich-nghi/nap", "POST", "fieldwork", ADMIN),
    Route("/quan-tri/lich-nghi/hoan-tac", "POST", "fieldwork", ADMIN),
    Route("/quan-tri/danh-muc", "GET", "fieldwork", OVERSEES),
    Route(
        "/quan-tri/danh-muc/<any('don-vi', 'thu-tuc'):noun>",
        "GET POST",
        "fieldwork",
        ADMIN,
    ),
    Route("/ket-qua/", "GET", "results", READS),
    Route("/ket-qua/<wave_id>", "GET", "results", READS),
    Route(
        "/ket-qua/<wave_id>/tai-ve.<any(csv, xlsx, json):format>",
        "GET",
        "results",
        READS,
    ),
    Route("/ket-qua/<wave_id>/huong-dan", "GET", "results", READS),
    Route(
        "/ket-qua/<wave_id>/huong-dan.<any(csv, xlsx):format>",
        "GET",
        "results",
        READS,
    ),
}
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


@pytest.fixture
def places(session, world) -> dict[str, str]:
    """Values for the parts of an address, all of things that are there."""
    token = cast.link(session, world.wave, world.trade)
    office.dossier_link(session, world)
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
    session.add(
        PaperForm(
            wave_id=world.wave,
            number="1",
            unit_id=world.trade,
            month="2026-08",
            first_by=person.id,
        )
    )
    session.commit()
    return {
        "<int:form_id>": "1",
        "<wave_id>": world.wave,
        "<int:link_id>": "1",
        "<int:account_id>": str(person.id),
        "<contact_id>": "0" * 64,
        "<token>": token,
        "<page>": "gioi-thieu",
        "<any(svg, png):kind>": "svg",
        "<any(csv, xlsx, json):format>": "json",
        "<any(csv, xlsx):format>": "csv",
        "<any('don-vi', 'thu-tuc'):noun>": "don-vi",
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
        cast.sign_in(client, session, role)
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
            if route.open_to == EVERYONE or role in route.open_to:
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
        is_looked_at = method == "GET" or "tai-ve" not in route.address
        if "GET" in route.methods.split() and is_looked_at:
            answer = client.open(at(route, places), method=method, buffered=True)
            assert answer.status_code < 500
    assert dump(session) == before
    assert session.scalar(sa.select(sa.func.count(Account.id))) == 2


@pytest.mark.parametrize("part", ["<wave_id>", "<token>", "<page>", "<contact_id>"])
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


@pytest.mark.parametrize("part", ["<int:link_id>", "<int:account_id>", "<int:form_id>"])
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
