"""A business at its browser: opens a link, reads, fills in forms, presses buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import lxml.html
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

Answers = Mapping[str, Any]
LETTERS = "ABCDE"

ON_PAPER = {
    "F02": "representative",
    "F03": "workers_1_10",
    "F04": "in_person",
    "F04b": "not_aware",
    "F05": "in_person",
    "F05b": "not_needed",
    "F06": "2026-07-01",
    "F07": "2026-07-29",
    "F08": "2026-07-29",
    "F09": "granted",
    "F10": "none",
    "F12": "one",
    "F12b": "no",
    "F13": "no",
    "F15": "no",
    "F17": "no",
    "F18": "no",
}
"""A dossier filed at the counter, granted on the day, with nothing to pay."""

EVENTFUL = {
    "F02": "employee",
    "F03": "workers_51_200",
    "F04": "online_then_postal",
    "F05": "electronic_and_in_person",
    "F06": "2026-07-01",
    "F07": "2026-07-15",
    "F08": "2026-07-31",
    "F09": "granted",
    "F10": "two",
    "F10b": "2026-07-22",
    "F11": "some_oral",
    "F11b": "yes",
    "F12": "two",
    "F12b": "yes",
    "F12c": "yes",
    "F12d": "guided",
    "F13": "yes",
    "F13b": "equal",
    "F13c": "yes",
    "F14": "portal_online",
    "F14b": "after_retry",
    "F15": "yes",
    "F16": "none",
    "F17": "yes",
    "F17b": "answered_late",
    "F18": "no",
}
"""A dossier to which everything happened, so that every criterion is asked."""


class Page:
    """One page as it stands on the screen."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.path: str = response.request.path
        self.headers = response.headers
        self.html: str = response.get_data(as_text=True)
        self.dom = lxml.html.document_fromstring(self.html)
        # Without a script nothing in a template is there.
        for template in self.dom.xpath("//template"):
            template.drop_tree()

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.path.rpartition("/")[2]

    @property
    def language(self) -> str:
        return str(self.dom.get("lang"))

    @property
    def text(self) -> str:
        """What can be read, with single blanks."""
        main = self.dom.xpath("//main")[0]
        return " ".join(main.text_content().split())

    @property
    def heading(self) -> str:
        return " ".join(self.dom.xpath("//h1")[0].text_content().split())

    @property
    def asked(self) -> list[str]:
        """The codes of the questions on the page."""
        return [one.get("id") for one in self.dom.xpath("//fieldset[@id]")]

    def question(self, code: str) -> str:
        """All the words of one question."""
        return " ".join(self.dom.get_element_by_id(code).text_content().split())

    def offered(self, name: str) -> list[str]:
        """The values a question offers."""
        controls = self.dom.xpath("//form[@id='form']//*[@name=$name]", name=name)
        found: list[str] = []
        for one in controls:
            found += one.value_options if one.tag == "select" else [one.get("value")]
        return [value for value in found if value]

    @property
    def fields(self) -> MultiDict[str, str]:
        """What pressing the button would send, as the page stands."""
        forms = self.dom.xpath("//main//form")
        assert len(forms) == 1, f"{self.path} has {len(forms)} forms"
        values = forms[0].form_values()
        # A browser takes the first line break of a textarea away; lxml does not.
        areas = {one.get("name") for one in forms[0].xpath(".//textarea")}
        return MultiDict(
            (name, value.removeprefix("\n") if name in areas else value)
            for name, value in values
        )

    @property
    def action(self) -> str:
        form = self.dom.xpath("//main//form")[0]
        return str(form.get("action") or self.path)

    @property
    def typed(self) -> dict[str, list[str]]:
        """What is filled in, without what the page carries for itself."""
        hidden = ("csrf_token", "key", "shown", "prompt", "seen")
        typed = self.fields.to_dict(flat=False)
        filled = {name: [one for one in typed[name] if one] for name in typed}
        return {
            name: values
            for name, values in filled.items()
            if values and name not in hidden
        }

    @property
    def errors(self) -> dict[str, str]:
        """The messages of the summary by the address they lead to, without the code
        of the question before each."""
        links = self.dom.xpath("//*[@id='error-summary']//a")
        return {
            one.get("href"): re.sub(r"^[A-G]\d+[a-z]?: ", "", one.text_content())
            for one in links
        }

    def beside(self, code: str) -> str:
        """The message beside a question."""
        (message,) = self.dom.xpath("//*[@id=$name]", name=f"{code}-error")
        return " ".join(message.text_content().split())

    @property
    def is_prompt(self) -> bool:
        """Whether the page asks to keep a rating or to look at it again."""
        return bool(self.dom.xpath("//button[@name='prompt_answer']"))

    @property
    def receipt(self) -> str:
        return str(self.dom.xpath("//*[@class='receipt']")[0].text)

    @property
    def summary(self) -> dict[str, str]:
        """The rows of a list of facts or answers."""
        rows = self.dom.xpath("//div[contains(@class, 'summary-list__row')]")
        return {
            " ".join(row[0].text_content().split()): " ".join(
                row[1].text_content().split()
            )
            for row in rows
        }


class Respondent:
    """One browser with its cookies."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: Page

    def open(self, address: str) -> Page:
        """Go to an address and wherever it leads."""
        return self._arrive(self.client.get(address, follow_redirects=True))

    def scan(self, token: str) -> Page:
        """Scan a QR code."""
        return self.open(f"/p/{token}")

    def send(self, fields: Mapping[str, Any], address: str | None = None) -> Page:
        """Send fields as they are, whatever the page offers, and go on."""
        response = self.client.post(address or self.page.action, data=fields)
        if response.location:
            return self.open(response.location)
        return self._arrive(response)

    def press(self, answers: Answers | None = None, **more: Any) -> Page:
        """Fill in the page and press its button."""
        return self.send(self.filled({**(answers or {}), **more}))

    def switch(self, language: str, **answers: Any) -> Page:
        """Fill in the page and press the button of a language in its header."""
        (button,) = self.page.dom.xpath("//header//button[@name='language']")
        assert button.get("value") == language
        owner = button.get("form")
        form = self.page.dom.get_element_by_id(owner) if owner else button.getparent()
        fields = self.filled(answers) if owner else MultiDict(form.form_values())
        fields["language"] = language
        return self.send(fields, button.get("formaction") or form.get("action"))

    def filled(self, answers: Answers) -> MultiDict[str, str]:
        """The page's fields with answers filled in as a person can fill them in."""
        fields = self.page.fields
        for name, value in answers.items():
            values = value if isinstance(value, list) else [value]
            fields.setlist(name, [one for one in values if one is not None])
        return fields

    def start(self, token: str) -> Page:
        """Scan, agree, and come to the first page of questions."""
        self.scan(token)
        page = self.press(consent="yes")
        assert page.name == "thong-tin", page.text
        return page

    def tell(self, facts: Answers) -> Page:
        """Answer the facts, and find their summary right."""
        self.tell_up_to_summary(facts)
        return self.confirm()

    def tell_up_to_summary(self, facts: Answers) -> Page:
        """Answer the facts, and the further ones that they bring up."""
        for _ in range(4):
            if self.page.name != "thong-tin":
                break
            asked = {code: facts[code] for code in self.page.asked if code in facts}
            self.press(asked)
        return self.page

    def confirm(self) -> Page:
        """Find the summary of the facts right, if there is one."""
        if self.page.name == "tom-tat":
            self.press(summary="confirm")
        return self.page

    def keep(self) -> Page:
        """Keep the rating that a prompt asks about, if one does."""
        if self.page.is_prompt:
            self.press(prompt_answer="keep")
        return self.page

    def rate(self, choose: Callable[[str], Any] | Answers, until: str = "") -> Page:
        """Rate every criterion of every page that follows, up to the page `until`."""
        pick = choose if callable(choose) else choose.get
        while self.page.name in LETTERS and self.page.name != until:
            before = self.page.name
            self.press({code: pick(code) for code in self.page.asked if pick(code)})
            self.keep()
            assert self.page.name != before, self.page.errors
        return self.page

    def answer(
        self, token: str, facts: Answers, ratings: Any, generals: Answers | None = None
    ) -> Page:
        """Go from the QR code to the page on which one checks everything."""
        self.start(token)
        self.tell(facts)
        self.rate(ratings)
        assert self.page.name == "chung", self.page.text
        self.press(generals or {})
        return self.keep()

    def _arrive(self, response: Any) -> Page:
        self.page = Page(response)
        return self.page
