"""A business that answers: opens a link, fills in every page, keeps its receipt."""

from __future__ import annotations

import re
from random import Random

from bench.browser import Answer, Browser, Lost

LAST_PAGE = "xem-lai"
MOST_PAGES = 30

_HIDDEN = re.compile(rb'name="(csrf_token|key|shown)" value="([^"]*)"')
_CHOICE = re.compile(
    rb'<input type="(?:radio|checkbox)" name="([A-Z]\w*)" id="[^"]*" value="([^"]*)"'
    rb"( checked)?"
)
_LISTED = re.compile(rb'<option value="([^"]+)"( selected)?')
_SELECT = re.compile(rb'<select [^>]*name="(\w+)"')
_TEXT = re.compile(rb'<textarea [^>]*name="(\w+)"')
_PROMPT = re.compile(
    rb'data-prompt="(\w+)" data-criterion="(\w+)" data-levels="([^"]*)"'
)
_RECEIPT = re.compile(rb"\b[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}\b")


class Refused(Exception):
    """The server answered, but not with what a respondent may expect."""


class Respondent:
    """One form, from its link to its receipt."""

    def __init__(self, browser: Browser, token: str, random: Random) -> None:
        self.browser = browser
        self.token = token
        self.random = random

    def answer(self) -> str:
        """Answer the whole form; the receipt."""
        here = self.begin()
        for _ in range(MOST_PAGES):
            if here.endswith("/cam-on"):
                return self.receipt()
            here = self.fill(here)
        raise Refused(f"no end: {here}")

    def begin(self) -> str:
        """Open the link and agree to take part; the first page."""
        page = self.expect(self.browser.get(f"/p/{self.token}"), 200, 303)
        if page.status == 303:
            return page.location
        fields = [*self.hidden(page.body), ("consent", "yes")]
        path = f"/p/{self.token}/gioi-thieu"
        return self.expect(self.browser.post(path, fields), 303).location

    def fill(self, path: str) -> str:
        """Answer the page at a path; where that leads."""
        page = self.expect(self.browser.get(path), 200)
        return self.expect(self.browser.post(path, self.typed(page.body)), 303).location

    def receipt(self) -> str:
        """The receipt on the page of thanks."""
        page = self.expect(self.browser.get(f"/p/{self.token}/cam-on"), 200)
        found = _RECEIPT.search(page.body)
        if found is None:
            raise Refused("no receipt")
        return found[0].decode()

    def typed(self, html: bytes) -> list[tuple[str, str]]:
        """What this respondent sends from a page."""
        fields = self.hidden(html)
        choices = _CHOICE.findall(html)
        for name in _SELECT.findall(html):
            choices += [(name, value, mark) for value, mark in _LISTED.findall(html)]
        offered: dict[bytes, list[bytes]] = {}
        for name, value, _ in choices:
            offered.setdefault(name, []).append(value)
        # What was answered before stays as it is.
        offered |= {name: [value] for name, value, is_marked in choices if is_marked}
        for name, values in offered.items():
            fields.append((name.decode(), self.random.choice(values).decode()))
        chosen = dict(fields)
        for code, criterion, levels in _PROMPT.findall(html):
            # As a script does that asks on the page itself, and is told to keep.
            level = chosen.get(criterion.decode(), "-")
            if level in levels.decode().split():
                fields.append(("prompt", f"{code.decode()}:{level}"))
                break
        for name in _TEXT.findall(html):
            if self.random.random() < 0.2:
                fields.append((name.decode(), "Hồ sơ nhanh, cán bộ hướng dẫn rõ."))
        return fields

    @staticmethod
    def hidden(html: bytes) -> list[tuple[str, str]]:
        """The fields that go back as they came."""
        return [
            (name.decode(), value.decode()) for name, value in _HIDDEN.findall(html)
        ]

    @staticmethod
    def expect(answer: Answer, *statuses: int) -> Answer:
        """The answer, if its status is one of these.

        Raises:
            Lost: the server was on its way up or down.
            Refused: anything else.
        """
        if answer.status in statuses:
            return answer
        if answer.status in (502, 503):
            raise Lost(str(answer.status))
        raise Refused(f"{answer.status} {answer.body[-300:]!r}")
