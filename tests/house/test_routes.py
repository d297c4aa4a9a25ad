"""Every address has an owner and opens to whom it should; a new one must be listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from survey import jobs
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
    PaperForm,
    Reopening,
)
from tests import cast
from tests.fieldwork.office import upload_of
from tests.respond import office
from tests.scorecard.office import stand

jobs.kind("test-anyone", roles=ROLES)(lambda work: None)


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
SCORES = frozenset({"admin", "analyst"})

WAVE = "/dot-khao-sat/<wave_id>"
LINK = f"{WAVE}/duong-dan/<int:link_id>"
MESSAGES = f"{WAVE}/gui-loi-moi"
PROOF = f"{WAVE}/kiem-chung"
BATCH = f"{WAVE}/lo/<int:batch_id>"
PAPER = f"{WAVE}/phieu-giay/<int:form_id>"
JOB = "/viec/<job_id>"
PARTS = "<any('don-vi', 'thu-tuc', 'linh-vuc', kenh, nguon):dimension>"
SCORES_OF = "/cham-diem/<int:sheet_id>"
RULE = "/cham-diem/quy-tac/<int:rule_id>"
CRITERION = f"{SCORES_OF}/tieu-chi/<int:line_id>"
DOCUMENT = f"{CRITERION}/tai-lieu/<int:evidence_id>"
PERSON = "/quan-tri/tai-khoan/<int:account_id>"
ROUTES = {
    Route("/", "GET POST", "respond", EVERYONE),
    Route("/p/<token>", "GET", "respond", EVERYONE),
    Route("/p/<token>/<page>", "GET POST", "respond", EVERYONE),
    Route("/p/<token>/cam-on", "GET", "respond", EVERYONE),
    Route("/p/<token>/kiosk", "GET", "respond", EVERYONE),
    Route("/p/<token>/kiosk", "POST", "respond", EVERYONE),
    Route("/p/<token>/kiosk/sw.js", "GET", "respond", EVERYONE),
    Route("/p/<token>/kiosk/trang-thai", "GET", "respond", EVERYONE),
    Route("/p/<token>/kiosk/ung-dung.webmanifest", "GET", "respond", EVERYONE),
    Route("/p/<token>/lien-he", "GET POST", "respond", EVERYONE),
    Route("/xac-minh", "GET POST", "respond", EVERYONE),
    Route("/xac-minh/bang-chung", "POST", "respond", EVERYONE),
    Route("/kiem-tra-ma", "GET POST", "respond", EVERYONE),
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
    Route(PROOF, "GET", "evidence", STAFF),
    Route(f"{PROOF}/niem-phong", "POST", "evidence", ADMIN),
    Route(f"{PROOF}/ban-niem-phong-<int:number>.json", "GET", "evidence", STAFF),
    Route(f"{PROOF}/mo-lai", "GET POST", "evidence", ADMIN),
    Route(f"{PROOF}/mo-lai/<int:wish_id>", "POST", "evidence", ADMIN),
    Route("/viec/", "GET", "jobs", STAFF),
    Route(JOB, "GET", "jobs", STAFF),
    Route(f"{JOB}/tep/<name>", "GET", "jobs", STAFF),
    Route(f"{JOB}/huy", "POST", "jobs", STAFF),
    Route(f"{JOB}/lai", "POST", "jobs", STAFF),
    Route(PROOF, "GET", "evidence", STAFF),
    Route(f"{PROOF}/niem-phong", "POST", "evidence", ADMIN),
    Route(f"{PROOF}/ban-niem-phong-<int:number>.json", "GET", "evidence", STAFF),
    Route(f"{PROOF}/mo-lai", "GET POST", "evidence", ADMIN),
    Route(f"{PROOF}/mo-lai/<int:wish_id>", "POST", "evidence", ADMIN),
    Route("/viec/", "GET", "jobs", STAFF),
    Route(JOB, "GET", "jobs", STAFF),
    Route(f"{JOB}/tep/<name>", "GET", "jobs", STAFF),
    Route(f"{JOB}/huy", "POST", "jobs", STAFF),
    Route(f"{JOB}/lai", "POST", "jobs", STAFF),
    Route("/dot-khao-sat/", "GET", "fieldwork", WATCHES),
    Route("/dot-khao-sat/moi", "GET POST", "fieldwork", COLLECTS),
    Route(WAVE, "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/mo", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/dong", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/dien-tap", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ket-thuc-dien-tap", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/xoa-phieu-thu", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/cach-hoi", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/sua", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/xoa", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ho-so", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ho-so/<upload_id>", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ho-so/<upload_id>/kiem-tra", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ho-so/<upload_id>/dong-sai.csv", "GET", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ho-so/<upload_id>/bo", "POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/chon-mau", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/chon-mau", "POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/chon-mau.csv", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/the", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/the", "POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/the/<kind>.svg", "GET", "fieldwork", WATCHES),
    Route(f"{BATCH}/in", "POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/duong-dan", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/duong-dan", "POST", "fieldwork", WATCHES),  # a search, by POST
    Route(f"{WAVE}/duong-dan.csv", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/duong-dan/tao", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/duong-dan/tao-ho-so", "GET POST", "fieldwork", COLLECTS),
    Route(LINK, "GET", "fieldwork", WATCHES),
    Route(f"{LINK}/ma.<any(svg, png):kind>", "GET", "fieldwork", WATCHES),
    Route(f"{LINK}/thu-hoi", "GET POST", "fieldwork", COLLECTS),
    Route(f"{LINK}/thay-ma", "GET POST", "fieldwork", COLLECTS),
    Route(f"{LINK}/han-dung", "GET POST", "fieldwork", COLLECTS),
    Route(f"{LINK}/sua", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/theo-doi", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/lo", "GET", "fieldwork", WATCHES),
    Route(BATCH, "GET", "fieldwork", WATCHES),
    Route(f"{BATCH}/danh-sach.csv", "POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/khoa", "GET POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/thu-hoi", "GET POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/thay-ma", "GET POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/han-dung", "GET POST", "fieldwork", COLLECTS),
    Route(f"{LINK}/pin", "GET POST", "fieldwork", COLLECTS),
    Route(f"{WAVE}/ty-le-tra-loi", "GET", "fieldwork", WATCHES),
    Route(f"{WAVE}/ty-le-tra-loi.csv", "GET", "fieldwork", WATCHES),
    Route(MESSAGES, "GET", "fieldwork", WATCHES),
    Route(f"{MESSAGES}/noi-dung", "GET", "fieldwork", WATCHES),
    Route(f"{MESSAGES}/noi-dung", "POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/tao-ma", "POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/tep-nhac", "POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/ma-moi", "GET POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/khong-den", "POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/hoan-tac", "POST", "fieldwork", COLLECTS),
    Route(f"{MESSAGES}/gui-tiep", "POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/tin-nhan", "GET", "fieldwork", WATCHES),
    Route(f"{BATCH}/tin-nhan", "POST", "fieldwork", COLLECTS),
    Route(f"{BATCH}/gui-thu", "POST", "fieldwork", COLLECTS),
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
    Route("/ket-qua/<wave_id>/giai-thich", "GET", "results", READS),
    Route(f"/ket-qua/<wave_id>/theo/{PARTS}", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/dien-bien", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/so-sanh", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/tieu-chi", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/do-nhay", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/ty-le-tra-loi", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/cach-tinh", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/tai-ve", "GET", "results", READS),
    Route(
        "/ket-qua/<wave_id>/tai-ve.<any(csv, xlsx, json):format>",
        "GET",
        "results",
        READS,
    ),
    Route("/cham-diem/", "GET", "scorecard", READS),
    Route("/cham-diem/moi", "GET POST", "scorecard", ADMIN),
    Route("/cham-diem/quy-tac/", "GET", "scorecard", READS),
    Route("/cham-diem/quy-tac.toml", "GET", "scorecard", READS),
    Route("/cham-diem/quy-tac/moi", "GET POST", "scorecard", ADMIN),
    Route(RULE, "GET", "scorecard", READS),
    Route(f"{RULE}/sua", "GET POST", "scorecard", ADMIN),
    Route(f"{RULE}/xoa", "POST", "scorecard", ADMIN),
    Route(SCORES_OF, "GET", "scorecard", READS),
    Route(f"{SCORES_OF}/sua", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/chuyen", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/mo-lai", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/xoa", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/lich-su", "GET", "scorecard", READS),
    Route(f"{SCORES_OF}/thu", "GET", "scorecard", READS),
    Route(f"{SCORES_OF}/in", "GET", "scorecard", READS),
    Route(f"{SCORES_OF}/tai-ve.<any(csv, xlsx):format>", "GET", "scorecard", READS),
    Route(f"{SCORES_OF}/nhom-766", "GET POST", "scorecard", SCORES),
    Route(f"{SCORES_OF}/phieu-18-diem", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/nhan-diem", "POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/tieu-chi/moi", "GET POST", "scorecard", ADMIN),
    Route(f"{SCORES_OF}/tieu-chi/nhieu", "GET POST", "scorecard", ADMIN),
    Route(CRITERION, "GET", "scorecard", READS),
    Route(f"{CRITERION}/sua", "GET POST", "scorecard", ADMIN),
    Route(f"{CRITERION}/xoa", "POST", "scorecard", ADMIN),
    Route(f"{CRITERION}/khong-ap-dung", "GET POST", "scorecard", ADMIN),
    Route(f"{CRITERION}/ap-dung", "POST", "scorecard", ADMIN),
    Route(f"{CRITERION}/tu-cham", "POST", "scorecard", SCORES),
    Route(f"{CRITERION}/bo-diem", "POST", "scorecard", SCORES),
    Route(f"{CRITERION}/tu-dot-khao-sat", "GET", "scorecard", SCORES),
    Route(f"{CRITERION}/tu-dot-khao-sat", "POST", "scorecard", SCORES),
    Route(f"{CRITERION}/tham-dinh", "POST", "scorecard", ADMIN),
    Route(f"{CRITERION}/giai-trinh", "POST", "scorecard", SCORES),
    Route(f"{CRITERION}/tai-lieu/moi", "GET POST", "scorecard", SCORES),
    Route(DOCUMENT, "GET POST", "scorecard", SCORES),
    Route(f"{DOCUMENT}/xoa", "POST", "scorecard", SCORES),
    Route(f"{DOCUMENT}/tep", "GET", "scorecard", READS),
    Route("/ket-qua/<wave_id>/huong-dan", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/thuc-te", "GET", "results", READS),
    Route("/ket-qua/<wave_id>/uu-tien", "GET", "results", READS),
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
    session.commit()
    return {
        "<int:sheet_id>": "1",
        "<int:rule_id>": "1",
        "<int:line_id>": "1",
        "<int:evidence_id>": "1",
        "<any(csv, xlsx):format>": "csv",
        "<int:batch_id>": "1",
        "<int:form_id>": "1",
        "<int:number>": "1",
        "<int:wish_id>": "1",
        "<wave_id>": world.wave,
        "<job_id>": job_of(session, settings),
        "<upload_id>": upload_of(settings, world.wave, 0),
        "<name>": "ket-qua.csv",
        "<int:link_id>": "1",
        "<int:account_id>": str(person.id),
        "<contact_id>": "0" * 64,
        "<token>": token,
        "<page>": "gioi-thieu",
        "<any(svg, png):kind>": "svg",
        "<kind>": "ap-phich",
        "<any(csv, xlsx, json):format>": "json",
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
        is_looked_at = method == "GET" or not re.search(
            "tai-ve|/tep/|dong-sai", route.address
        )
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


@pytest.mark.parametrize(
    "part",
    [
        "<int:link_id>",
        "<int:batch_id>",
        "<int:account_id>",
        "<int:form_id>",
        "<int:sheet_id>",
        "<int:rule_id>",
        "<int:line_id>",
        "<int:evidence_id>",
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
