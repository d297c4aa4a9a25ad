"""A sheet of paper as people type it, and two people who do."""

from __future__ import annotations

from tests import cast
from tests.fieldwork.office import post

HEAD = {
    "number": "0042",
    "received": "24/8/2026",
    "language": "vi",
    "consent": "c",
}
FACTS = {
    "F01": "2.000648",
    "F04": "1",
    "F05": "1",
    "F06": "03/8/2026",
    "F07": "21082026",
    "F08": "25.8.2026",
    "F09": "1",
    "F10": "1",
    "F12": "3",
    "F12b": "1",
    "F13": "1",
    "F13b": "1",
    "F14": "3",
}
"""A dossier filed in person, two working days late, as it is typed."""
RATINGS = {
    "A1": "4",
    "A2": "3",
    "A3": "D",
    "A4": "K",
    "B1": "5",
    "B2": "1",
    "C1": "đ",
    "D1": "5",
    "G1": "3",
    "G2": "7 3",
    "G3": "Cần  thêm chỗ ngồi",
}


def two_people(app, session):
    """Two people of the office, each with a browser of their own."""
    browsers = []
    for name in ("mot", "hai"):
        browser = app.test_client()
        person = cast.account(session, "fieldworker", email=f"{name}@example.gov.vn")
        cast.enter_as(browser, session, person)
        browsers.append(browser)
    return browsers


def base(world):
    return f"/dot-khao-sat/{world.wave}/phieu-giay"


def sheet(world, **change):
    typed = {"do": "save", "unit": str(world.trade), **HEAD, **FACTS, **RATINGS}
    return {**typed, **change}


def enter(client, world, **change):
    return post(client, f"{base(world)}/nhap", **sheet(world, **change))


def enter_again(client, world, form_id=1, **change):
    return post(client, f"{base(world)}/{form_id}/nhap-lai", **sheet(world, **change))


def settle(client, world, **fields):
    return post(client, f"{base(world)}/1/doi-chieu", **fields)
