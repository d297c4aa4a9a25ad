"""A client that reads every page it fetches as a strict reader of HTML would."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient

# What differs from one showing of a page to the next, and never its shape.
_PASSING = re.compile(
    r'(?<=name="csrf_token" value=")[^"]*|(?<=name="key" value=")[^"]*'
    r"|(?<=/p/)[2-9A-Z]{20}|(?<=/static/)[0-9a-f]{12}| checked| selected"
)
_LABELLED = {"input", "select", "textarea", "button", "meter", "output", "progress"}
_POINTERS = ("for", "form", "aria-describedby", "aria-labelledby", "aria-controls")
_FETCHED = {"src", "srcset", "data", "poster", "action", "formaction"}
_seen: set[str] = set()


def faults(html: str) -> list[str]:
    """What a strict reader finds wrong with a page; each page's shape is read once."""
    shape = _PASSING.sub("", html)
    if shape in _seen:
        return []
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False
    )
    root = parser.parse(html)
    found = [
        f"line {position[0]}: {code} {details}"
        for position, code, details in parser.errors
        if code != "invalid-codepoint"  # a person typed it
    ]
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    for look in (_head, _ids, _pointers, _labels, _inline):
        found += look(elements)
    if not found:
        _seen.add(shape)
    return found


def _head(elements: list[Element]) -> Iterator[str]:
    by_tag = Counter(one.tag for one in elements)
    texts = {one.tag: "".join(one.itertext()).strip() for one in elements}
    for tag in ("title", "h1", "main"):
        if by_tag[tag] != 1 or not texts[tag]:
            yield f"{by_tag[tag]} of <{tag}>, or an empty one"
    if elements[0].get("lang") not in ("vi", "en"):
        yield "no language"


def _ids(elements: list[Element]) -> Iterator[str]:
    counted = Counter(one.get("id") for one in elements)
    for name, times in counted.items():
        if name is not None and (times > 1 or not name or re.search(r"\s", name)):
            yield f"id {name!r} stands {times} times"


def _pointers(elements: list[Element]) -> Iterator[str]:
    by_id = {one.get("id"): one for one in elements}
    for one in elements:
        for attribute in _POINTERS:
            for name in one.get(attribute, "").split():
                if name not in by_id:
                    yield f"<{one.tag} {attribute}={name!r}> points nowhere"
                elif attribute == "for" and by_id[name].tag not in _LABELLED:
                    yield f"a label for <{by_id[name].tag}>"
        link = one.get("href", "")
        if one.tag == "a" and link.startswith("#") and link[1:] not in by_id:
            yield f"a link to {link!r}, which is not there"


def _labels(elements: list[Element]) -> Iterator[str]:
    labelled = {one.get("for") for one in elements if one.tag == "label"}
    for one in elements:
        is_shown = one.get("type") not in ("hidden", "submit")
        if one.tag not in ("input", "select", "textarea") or not is_shown:
            continue
        named = one.get("aria-label") or one.get("aria-labelledby")
        if one.get("id") not in labelled and not named:
            yield f"<{one.tag} name={one.get('name')!r}> has no label"


def _inline(elements: list[Element]) -> Iterator[str]:
    for one in elements:
        if one.tag == "style" or (one.tag == "script" and one.text):
            yield f"<{one.tag}> within the page"
        for name, value in one.attrib.items():
            if name == "style" or str(name).startswith("on"):
                yield f"<{one.tag} {name}>"
            fetches = name in _FETCHED or (one.tag == "link" and name == "href")
            if fetches and re.match(r"(?i)\s*([a-z]+:)?//|\s*javascript:", value):
                yield f"<{one.tag}> asks another server: {value!r}"


class StrictClient(FlaskClient):
    """Flask's test client, which accepts no page with a fault."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        response = super().open(*args, **kwargs)
        is_page = response.mimetype == "text/html" and not response.location
        if is_page and response.data:
            found = faults(response.get_data(as_text=True))
            assert found == [], f"{response.request.path}: {found}"
        return response
