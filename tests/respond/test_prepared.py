"""Pages prepared once and filled per respondent: nothing of one stands in another's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment
from markupsafe import Markup, escape

from survey.respond.prepared import Prepared, part, slot
from tests import cast
from tests.respond import office
from tests.respond.respondent import EVENTFUL, ON_PAPER

NAMES = ("a", "b", "c:d", "e")
names = st.sampled_from(NAMES)
plain = st.text(
    alphabet=st.characters(exclude_characters="\x02\x03", exclude_categories=["Cs"]),
    max_size=12,
)
pieces = st.recursive(
    plain.map(escape) | names.map(slot),
    lambda inner: st.builds(
        lambda name, found: part(name, lambda: Markup("").join(found)),
        names,
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)
pages = st.lists(pieces, max_size=6).map(lambda found: Markup("").join(found))
texts = st.text(max_size=12) | st.booleans() | plain.map(Markup)
values = st.dictionaries(names, texts)


@given(pages, values, values)
def test_filling_at_once_or_one_after_the_other_is_the_same(html, early, late):
    page = Prepared.of(html)
    both = {**late, **early}
    assert page.narrowed(early).fill(late) == page.fill(both)
    assert page.narrowed(both).fill({}) == page.fill(both)
    assert page.narrowed({}).fill(both) == page.fill(both)


@given(pages, values, values)
def test_filling_leaves_nothing_behind(html, mine, yours):
    page = Prepared.of(html)
    first = page.fill(mine)
    page.fill(yours)
    page.narrowed(yours)
    assert page.fill(mine) == first


@given(st.text(max_size=30))
def test_a_value_is_escaped_and_never_read_as_a_mark(value):
    page = Prepared.of(f"<p>{slot('a')}</p>{slot('b')}")
    assert page.fill({"a": value, "b": ""}) == f"<p>{escape(value)}</p>"
    assert page.narrowed({"a": value}).fill({"b": "x"}) == f"<p>{escape(value)}</p>x"


def test_markup_of_our_own_is_kept():
    page = Prepared.of(str(slot("a")))
    assert page.fill({"a": Markup("<b>1</b>")}) == "<b>1</b>"
    assert page.fill({"a": "<b>1</b>"}) == "&lt;b&gt;1&lt;/b&gt;"


def test_parts_stand_within_parts():
    inner = part("b", lambda: "B")
    page = Prepared.of(part("a", lambda: Markup("A") + inner + "a") + "!")
    assert page.fill({}) == "!"
    assert page.fill({"b": True}) == "!"
    assert page.fill({"a": True}) == "Aa!"
    assert page.fill({"a": True, "b": True}) == "ABa!"


def test_a_template_marks_gaps_and_parts():
    source = '{{ slot("x") }}{% call part("y") %}<i>{{ slot("x") }}</i>{% endcall %}'
    jinja = Environment(autoescape=True, loader=DictLoader({"t": source}))
    page = Prepared.of(jinja.get_template("t").render(slot=slot, part=part))
    assert page.fill({"x": "<", "y": True}) == "&lt;<i>&lt;</i>"
    assert page.fill({"x": "1"}) == "1"


def test_two_respondents_in_turns_never_see_each_other(browser, session, world):
    """Two dossiers, routed differently, page by page in the same process."""
    one, other = browser(), browser()
    mine = office.dossier_link(session, world, facts={"F04": "in_person"})
    yours = cast.link(session, world.wave, world.energy)
    one.start(mine)
    other.start(yours)
    one.tell(ON_PAPER)
    other.tell(EVENTFUL)
    seen = {"mine": [], "yours": []}
    while one.page.name != "xem-lai":
        for who, business, rating in (("mine", one, "2"), ("yours", other, "5")):
            page = business.page
            seen[who].append(page.html)
            asked = page.asked if page.name in "ABCDE" else []
            given_now = dict.fromkeys(asked, rating)
            if page.name == "chung":
                given_now = {"G3": f"Ý kiến của {who}"}
            name = page.name
            business.press(given_now)
            seen[who].append(business.page.html)
            business.keep()
            back = business.client.get(f"{page.path.rpartition('/')[0]}/{name}").text
            seen[who].append(back)
            assert business.page.name != name, business.page.text
    seen["mine"].append(one.page.html)
    seen["yours"].append(other.page.html)
    keys = {row["link_id"]: row["key"] for row in office.drafts(session)}
    assert len(set(keys.values())) == 2
    for who, business, foreign in (("mine", one, yours), ("yours", other, mine)):
        html = "".join(seen[who])
        assert foreign not in html
        assert business.page.fields["key"] in html
        other_key = (set(keys.values()) - {business.page.fields["key"]}).pop()
        assert other_key not in html
    assert "Ý kiến của yours" not in "".join(seen["mine"])
    assert "Ý kiến của mine" not in "".join(seen["yours"])
    assert 'value="5" checked' not in "".join(seen["mine"])
    assert 'value="2" checked' not in "".join(seen["yours"])
    assert 'id="A4"' not in "".join(seen["mine"])
    assert 'id="A4"' in "".join(seen["yours"])
