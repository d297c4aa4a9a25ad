"""Whatever is answered, corrected, sent twice or gone back to: what is stored follows
from the last answers and the last facts, once."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from survey import catalogue, codes
from survey.models import Link
from survey.questionnaire import (
    ProcedureFacts,
    derived,
    load,
    packaged,
    routing,
    summary,
)
from survey.questionnaire.schema import NOT_APPLICABLE
from tests.respond import office
from tests.respond.hand import CHECK, EVERY, FACTS, GENERAL, PAGES, SUMMARY, Hand
from tests.respond.respondent import EVENTFUL, ON_PAPER

Q = load(packaged()["dn-2026-1"], "dn-2026-1")
TODAY = date(2026, 8, 27)
PROCEDURE = ProcedureFacts(published_days=20, is_immediate=False)
DATES = ("2026-07-01", "2026-07-29", "2026-08-20", "2026-08-27", "2026-08-28")
OPEN = [fact.code for fact in Q.facts if fact.code != "F01"]


def values_of(fact):
    known = DATES if fact.type == "date" else ()
    return st.sampled_from([*known, *fact.codes, ""])


def one_or_more(choices):
    """Changes to some of these questions."""
    names = st.lists(st.sampled_from(list(choices)), min_size=1, max_size=4)
    return names.flatmap(lambda found: st.fixed_dictionaries(
        {name: choices[name] for name in found}
    ))  # fmt: skip


facts = one_or_more({one.code: values_of(one) for one in Q.facts if one.code in OPEN})
one_page = {
    page: one_or_more(
        {
            # "Not applicable" twice: it is refused where it is not offered.
            one.code: st.just(NOT_APPLICABLE) | st.sampled_from(EVERY)
            for one in Q.criteria
            if one.code[0] == page
        }
    )
    for page in PAGES[:5]
}
everything = st.sampled_from(("1", "4", "5", "cannot_judge")).map(
    lambda level: dict.fromkeys((one.code for one in Q.criteria), level)
)
# Corrections that take questions away from a dossier to which everything happened.
corrections = st.sampled_from(
    [
        {"F17": "no"},
        {"F13": "no"},
        {"F12b": "no"},
        {"F10": "none"},
        {"F04": "postal", "F05": "postal", "F12": "none"},
        {"F08": "2026-07-20"},
        {"F09": "withdrawn"},
        {"F05": "not_received"},
    ]
)
rating = st.sampled_from(PAGES[:5]).flatmap(
    lambda page: st.tuples(
        st.just("rate"), st.just(page), one_page[page], st.booleans()
    )
)
steps = st.one_of(
    st.tuples(st.just("tell"), corrections, st.just(True)),
    st.tuples(st.just("tell"), facts, st.booleans()),
    rating,
    rating,
    st.tuples(st.just("rate"), st.sampled_from(PAGES[:5]), everything, st.booleans()),
    st.tuples(st.just("look"), st.sampled_from((*PAGES, FACTS, SUMMARY, CHECK))),
    st.tuples(st.just("button"), st.sampled_from(("keep", "review", "confirm"))),
    st.tuples(st.just("generals"), st.sampled_from(("", "5"))),
    st.tuples(st.just("again")),
    st.tuples(st.just("other phone")),
    st.tuples(st.just("send")),
)
sequences = st.tuples(
    st.sampled_from((EVENTFUL, ON_PAPER, {})),
    st.sampled_from((GENERAL, "D", "A")),
    everything | st.just({}),
    st.lists(steps, min_size=4, max_size=14),
)


class Form:
    """What a form must hold, kept beside the server with the questionnaire's rules."""

    def __init__(self, calendar):
        self.calendar = calendar
        self.facts, self.answers = {}, {}
        self.reached = FACTS
        self.is_sent = False

    def current(self, facts=None):
        return routing.current(
            Q,
            {"F01": "2.000648", **(self.facts if facts is None else facts)},
            procedure=PROCEDURE,
            calendar=self.calendar,
            answer_date=TODAY,
        )

    @property
    def shown(self):
        return routing.shown(Q, self.current().values)

    def asked(self, page):
        """The criteria of a page that the facts leave."""
        return [code for code, one in self.shown.items() if code[0] == page
                and one.is_shown]  # fmt: skip

    def go_on(self, page):
        rest = Q.pages[Q.pages.index(page) + 1 :]
        following = next(one for one in rest if len(one) > 1 or self.asked(one))
        self.reached = max(self.reached, following, key=Q.pages.index)

    def may_open(self, page):
        return Q.pages.index(page) <= Q.pages.index(self.reached)

    def tell(self, page, typed):
        """Take facts, unless a date on the page cannot be."""
        told = {name: typed.get(name, "") for name in page}
        merged = {**self.facts, **told}
        looked_at = set(page) & set(routing.asked_facts(Q, merged))
        if set(summary.impossible(merged, TODAY)) & looked_at:
            return
        after = self.current({name: merged[name] for name in merged if merged[name]})
        self.facts = {one: after.facts[one] for one in after.facts if one in OPEN}
        asked = routing.asked_facts(Q, after.values)
        if not set(asked) - set(page) - {"F01"}:
            self.go_on(FACTS)

    def rate(self, page, typed, *, goes_on):
        """Take a page of ratings, unless one is off its question's list."""
        if not self.may_open(page):
            return
        asked = self.asked(page)
        for code in asked:
            offers = self.shown[code].offers_not_applicable
            if typed.get(code) == NOT_APPLICABLE and not offers:
                return
        for code in asked:
            self.answers.pop(code, None)
            if typed.get(code):
                self.answers[code] = typed[code]
        if goes_on:
            self.go_on(page)

    @property
    def settled(self):
        return routing.settle(Q, self.shown, self.answers)


class Play:
    """One form at the server, and beside it what it must hold."""

    def __init__(self, app, session, world):
        self.app, self.session = app, session
        self.token = office.dossier_link(session, world)
        calendar = catalogue.calendar(session.connection())
        session.rollback()
        self.before = {one["id"] for one in office.responses(session)}
        (self.link_id,) = (
            one["id"]
            for one in office.rows(session, Link)
            if one["token_hash"] == codes.hashed(self.token)
        )
        self.form = Form(calendar)
        self.hand = Hand(app, self.token, Q)
        self.hand.begin()
        self.last = (CHECK, {})

    def post(self, page, fields):
        self.last = (page, fields)
        self.hand.post(page, fields)
        assert self.hand.status < 500

    def tell(self, changes, is_whole):
        """Send the page of facts as it stood, with some changed."""
        asked = routing.asked_facts(Q, self.form.current().values)
        page = [one for one in OPEN if is_whole or one in asked]
        typed = {**self.form.facts, **changes}
        typed = {name: typed[name] for name in typed if name in page and typed[name]}
        self.post(FACTS, {"shown": page, **typed})
        if not self.form.is_sent:
            self.form.tell(page, typed)

    def rate(self, page, changes, is_switched):
        """Send a page of ratings as it stood, with some changed, or its language."""
        typed = {**self.form.answers, **changes}
        typed = {code: typed[code] for code in typed if typed[code]}
        language = {"language": "en"} if is_switched else {}
        self.post(page, typed | language)
        if not self.form.is_sent:
            self.form.rate(page, typed, goes_on=not is_switched)

    def generals(self, level):
        self.post(GENERAL, {"G1": level})
        if not self.form.is_sent and self.form.may_open(GENERAL):
            self.form.answers.pop("G1", None)
            self.form.answers |= {"G1": level} if level else {}
            self.form.go_on(GENERAL)

    def look(self, page):
        self.hand.get(page)

    def button(self, name):
        code, page = ("P1", "D") if name == "keep" else ("P3", "B")
        if name == "confirm":
            self.post(SUMMARY, {"summary": "confirm"})
        else:
            self.post(f"{page}?loi-nhac={code}", {"prompt_answer": name})

    def again(self):
        """What was sent last arrives once more; the same twice is the same."""
        self.hand.post(*self.last)
        if self.last[0] == CHECK and not self.form.is_sent:
            self._sent()

    def other_phone(self):
        self.hand = Hand(self.app, self.token, Q)
        self.hand.client.get(f"/p/{self.token}")

    def send(self):
        self.post(CHECK, {})
        self._sent()

    def _sent(self):
        has_answer = set(self.form.settled.values()) - {"blank", "not_asked"}
        if self.form.reached == CHECK and has_answer:
            self.form.is_sent = True

    @property
    def responses(self):
        every = office.responses(self.session)
        return [one for one in every if one["id"] not in self.before]

    def check(self):
        """The draft holds neither more nor less than was answered; then it is gone."""
        every = office.drafts(self.session)
        drafts = [one for one in every if one["link_id"] == self.link_id]
        assert len(self.responses) == self.form.is_sent
        if self.form.is_sent:
            assert drafts == []
            return
        (draft,) = drafts
        assert draft["answers"] == self.form.answers
        if self.form.facts:
            assert draft["facts"] == self.form.current().values
        assert draft["next_page"] == self.form.reached

    def finish(self):
        """Go to the end with what stands there, send, and look at what is stored."""
        if not self.form.is_sent:
            if not self.form.answers.get("A1"):
                self.rate("A", {"A1": "3"}, False)
            self.tell({}, True)
            for page in PAGES[:5]:
                self.rate(page, {"A1": "3"}, False)
            self.generals("")
            self.send()
        self.check()
        (response,) = self.responses
        assert response["answers"] == self.form.settled
        routed = self.form.shown
        for code, answer in response["answers"].items():
            assert (answer == "not_asked") is (not routed[code].is_shown)
            if answer == NOT_APPLICABLE:
                assert routed[code].offers_not_applicable
        told = response["facts"]
        for name, value in self.form.current().values.items():
            assert told[name] == ("given" if derived.day(value) else value)


@settings(
    max_examples=40,
    deadline=None,
    # Making a failure small would take minutes: a sequence is short as it is.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sequence=sequences)
def test_no_sequence_stores_what_its_facts_rule_out_loses_an_answer_or_counts_twice(
    app, session, world, sequence
):
    first, reached, rated, taken = sequence
    play = Play(app, session, world)
    play.tell(first, True)
    for page in PAGES[: PAGES.index(reached)]:
        play.rate(page, rated, False)
    for name, *values in taken:
        getattr(play, name.replace(" ", "_"))(*values)
        play.check()
    play.finish()
    assert office.miscounted(session) == []
