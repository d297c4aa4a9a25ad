"""A hand that fills in forms without reading them: posts fields, sees where it is led.

For tests that need many forms; what a page looks like is for `respondent`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from survey import catalogue
from survey.questionnaire import Questionnaire
from survey.questionnaire.schema import PAGE_CHECK, PAGE_INTRODUCTION
from tests import cast

FACTS, SUMMARY, GENERAL, CHECK = "thong-tin", "tom-tat", "chung", PAGE_CHECK
PAGES = ("A", "B", "C", "D", "E", GENERAL)
RATINGS = tuple("12345")
EVERY = ("1", "2", "3", "4", "5", "cannot_judge", "not_applicable", "")


class Hand:
    """One browser behind one link."""

    def __init__(self, app: Flask, token: str, q: Questionnaire) -> None:
        self.client: FlaskClient = app.test_client()
        self.token = token
        self.facts = [fact.code for fact in q.facts]
        self.csrf = cast.csrf(self.client)
        self.status = 0

    def post(
        self, page: str, fields: Mapping[str, Any] | None = None, **more: Any
    ) -> str:
        """Send a page; the page it leads to with its query, "" for a page shown."""
        sent = MultiDict({**(fields or {}), **more, "csrf_token": self.csrf})
        response = self.client.post(f"/p/{self.token}/{page}", data=sent)
        self.status = response.status_code
        lead = (response.location or "").partition("#")[0]
        return lead.removeprefix(f"/p/{self.token}/")

    def get(self, page: str) -> str:
        response = self.client.get(f"/p/{self.token}/{page}")
        self.status = response.status_code
        return str(response.text)

    def begin(self) -> str:
        return self.post(PAGE_INTRODUCTION, consent="yes")

    def tell(self, facts: Mapping[str, str]) -> str:
        """Send all facts at once, as a page whose script has brought them up."""
        return self.post(FACTS, {"shown": self.facts, **facts})

    def reach(self, page: str, ratings: Mapping[str, str] | None = None) -> None:
        """Send the pages before this one with these ratings."""
        for name in PAGES[: PAGES.index(page)]:
            known = ratings or {}
            self.post(name, {code: known[code] for code in known if code[0] == name})

    def start(self, facts: Mapping[str, str]) -> Hand:
        assert self.begin() == FACTS
        assert self.tell(facts).partition("?")[0] not in (FACTS, ""), self.status
        return self

    def finish(
        self, ratings: Mapping[str, str] | None = None, *, after: str = ""
    ) -> None:
        """Send the pages after this one with these ratings, and the form."""
        left = PAGES[PAGES.index(after) + 1 :] if after else PAGES
        for name in (*left, CHECK):
            known = ratings or {}
            self.post(name, {code: known[code] for code in known if code[0] == name})


def questionnaire(session: Session, name: str = "dn-2026-1") -> Questionnaire:
    found = catalogue.questionnaire(session, name)
    session.rollback()
    return found
