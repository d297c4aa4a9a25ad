"""What each page of the form shows: prepared once, then filled per respondent."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from flask import current_app, render_template
from flask_babel import gettext as _
from markupsafe import Markup, escape

from survey import formats, web
from survey.questionnaire import routing
from survey.questionnaire.prompts import InPlace
from survey.questionnaire.schema import (
    CANNOT_JUDGE,
    NOT_APPLICABLE,
    PAGE_CHECK,
    PAGE_FACTS,
    PAGE_GENERAL,
    PAGE_INTRODUCTION,
    Choice,
    Criterion,
    Element,
    General,
    Questionnaire,
    Text,
    fill,
)
from survey.questionnaire.strips import strips
from survey.questionnaire.terms import terms_of
from survey.respond.facts_page import fact_words
from survey.respond.prepared import CHECKED, Prepared, part, slot
from survey.respond.visits import DraftState, Visit

ERROR_GROUP = " govuk-form-group--error"
LEVEL = "<b data-level></b>"
GUIDANCE = ("consider", "leave_out", "look_up")
KEPT_PAGES = 500
CHANGES = "thay-doi"
"""Where the last page tells what corrected facts have changed."""
GUIDED = "guided"
TEMPLATES = {
    PAGE_FACTS: "respond/facts.html",
    "tom-tat": "respond/summary.html",
    "loi-nhac": "respond/prompt.html",
    PAGE_GENERAL: "respond/generals.html",
}
Shown: TypeAlias = Mapping[str, routing.Routed]


class GuidanceTexts(NamedTuple):
    """The three parts of a criterion's guidance, as text or as a gap."""

    consider: Markup | str
    leave_out: Markup | str
    look_up: Markup | str


def page(visit: Visit, name: str, language: str, arm: str = GUIDED) -> Prepared:
    """A page, rendered at its first use in this process."""
    return kept(
        (visit.sha256, name, language, arm),
        lambda: Prepared.of(_render(visit.questionnaire, name, language, arm)),
    )


def element_page(
    visit: Visit, element: Element, shown: Shown, language: str, arm: str
) -> Prepared:
    """The page of an element for all to whom it looks alike."""
    mentioned = _mentioned(visit.questionnaire, element)
    routes = tuple(
        [
            (shown[code].is_shown, shown[code].offers_not_applicable)
            for code in mentioned
        ]
    )
    return kept(
        (visit.sha256, element.code, language, arm, routes),
        lambda: page(visit, element.code, language, arm).narrowed(
            _routed_values(visit.questionnaire, element, shown, language)
        ),
    )


@lru_cache(maxsize=256)
def _mentioned(q: Questionnaire, element: Element) -> tuple[str, ...]:
    """The criteria of an element, and those that its guidance points to."""
    codes = {one.code for one in element.criteria}
    for one in element.criteria:
        for name in GUIDANCE:
            text: Text = getattr(one, name)
            codes |= routing.references(text.vi) | routing.references(text.en)
    return tuple(one.code for one in q.criteria if one.code in codes)


def kept(key: tuple[Any, ...], make: Callable[[], Prepared]) -> Prepared:
    """What this process has prepared under a key, made when it is first wanted."""
    shelf: dict[tuple[Any, ...], Prepared] = current_app.extensions.setdefault(
        "prepared_pages", {}
    )
    if key not in shelf:
        if len(shelf) >= KEPT_PAGES:
            shelf.clear()
        shelf[key] = make()
    return shelf[key]


def _render(q: Questionnaire, name: str, language: str, arm: str) -> str:
    steps = q.pages[1:]
    words: dict[str, Any] = {
        "q": q,
        "lang": language,
        "page": name,
        "step": steps.index(name) + 1 if name in steps else 0,
        "steps": len(steps),
        "arm": arm,
        "terms": lambda code: terms_of(q, code, language),
        "slot": slot,
        "part": part,
        "footer": gapped(q.opening.footer, language, footer=True),
    }
    if name == PAGE_INTRODUCTION:
        known = {"agency": web.agency(language), "minutes": str(q.minutes)}
        intro = [fill(text.get(language), known) for text in q.opening.intro]
        return render_template("respond/introduction.html", **words, intro=intro)
    if name in TEMPLATES:
        return render_template(TEMPLATES[name], **words)
    if name == PAGE_CHECK:
        groups = _groups(q, language)
        return render_template("respond/check.html", **words, groups=groups)
    element = q.element(name)
    texts = {
        one.code: GuidanceTexts(
            *(_guidance(q, one, part, language) for part in GUIDANCE)
        )
        for one in element.criteria
    }
    return render_template(
        "respond/element.html", **words, element=element, texts=texts
    )


def thanks(language: str) -> Prepared:
    """The page of thanks."""
    return kept(
        ("thanks", language),
        lambda: Prepared.of(
            render_template("respond/thanks.html", slot=slot, part=part)
        ),
    )


def gapped(text: Text, language: str, *, footer: bool = False) -> Markup:
    """A text whose `{names}` become gaps."""
    names = ("wave", "period", "version", "code", "deadline", "contact")
    marked = {name: str(slot(name)) for name in names} if footer else {}
    # Escaped before the gaps are marked.
    return Markup(fill(str(escape(text.get(language))), marked))  # noqa: S704


def _guidance(
    q: Questionnaire, criterion: Criterion, name: str, language: str
) -> Markup | str:
    text = q.filled(getattr(criterion, name), language)
    # Brackets such as "(hỏi ở C2)" go when C2 is not asked: that part is a gap.
    return slot(f"t:{criterion.code}:{name}") if routing.references(text) else text


def _groups(
    q: Questionnaire, language: str
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    groups = [
        (
            _("Thông tin thực tế về hồ sơ"),
            PAGE_FACTS,
            [(f.code, f"{f.code}. {q.filled(f.text, language)}") for f in q.facts],
        )
    ]
    groups += [
        (
            f"{element.code}. {element.title.get(language)}",
            element.code,
            [
                (one.code, f"{one.code}. {one.title.get(language)}")
                for one in element.criteria
            ],
        )
        for element in q.elements
    ]
    generals = [(g.code, f"{g.code}. {g.title.get(language)}") for g in q.generals]
    return [*groups, (_("Câu hỏi chung"), PAGE_GENERAL, generals)]


def error_values(
    errors: Mapping[str, str], anchors: Mapping[str, str]
) -> dict[str, Any]:
    """The summary on top and a message beside each field; anchors: first controls."""
    if not errors:
        return {}
    links = Markup("").join(
        Markup('<li><a href="#{}">{}</a></li>').format(
            anchors[code], message if code == "consent" else f"{code}: {message}"
        )
        for code, message in errors.items()
    )
    values: dict[str, Any] = {"has_errors": True, "errors": links}
    for code, message in errors.items():
        values[f"e:{code}"] = True
        values[f"m:{code}"] = message
        values[f"error_class:{code}"] = " criterion--error"
        values[f"described:{code}"] = f" {code}-error"
    return values


def introduction_values(
    visit: Visit, language: str, *, consents: bool
) -> dict[str, Any]:
    """Who asks about which dossier; consent only as typed, never ready-made."""
    return {
        "unit": visit.unit_name,
        "procedure": visit.procedure_name or "",
        "c:consent:yes": CHECKED if consents else "",
    }


def _routed_values(
    q: Questionnaire, element: Element, shown: Shown, language: str
) -> dict[str, Any]:
    """Which criteria are asked, and their guidance without brackets to hidden ones."""
    hidden = frozenset(code for code, routed in shown.items() if not routed.is_shown)
    values: dict[str, Any] = {}
    for one in element.criteria:
        values[f"q:{one.code}"] = shown[one.code].is_shown
        values[f"na:{one.code}"] = shown[one.code].offers_not_applicable
        for name in GUIDANCE:
            text = q.filled(getattr(one, name), language)
            values[f"t:{one.code}:{name}"] = routing.without_hidden(text, hidden)
    return values


def element_values(element: Element, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was chosen for the criteria of an element."""
    return {
        f"c:{one.code}:{typed[one.code]}": CHECKED
        for one in element.criteria
        if typed.get(one.code)
    }


def strip_values(
    visit: Visit, draft: DraftState, codes: Sequence[str], language: str
) -> dict[str, Any]:
    """The facts that belong to each criterion, in neutral words above its levels."""
    found = strips(
        visit.questionnaire,
        draft.facts,
        language=language,
        date_text=formats.date_text,
        codes=codes,
    )
    values: dict[str, Any] = {"go": True}
    for code, text in found.items():
        values[f"f:{code}"] = True
        values[f"strip:{code}"] = text
    return values


def prompt_values(
    visit: Visit, found: Iterable[InPlace], language: str
) -> dict[str, Any]:
    """What a script shows after a rating that a fact speaks against."""
    values: dict[str, Any] = {}
    for one in found:
        code = one.criterion
        values[f"p:{code}"] = True
        values[f"pc:{code}"] = one.code
        values[f"pl:{code}"] = " ".join(map(str, one.levels))
        text = str(escape(one.text.get(language)))
        values[f"pt:{code}"] = Markup(text.replace("{level}", LEVEL))  # noqa: S704
    return values


def title_of(q: Questionnaire, code: str, language: str) -> str:
    """A criterion or general question by code and title."""
    every: tuple[Criterion | General, ...] = (*q.criteria, *q.generals)
    title = next(one.title for one in every if one.code == code)
    return f"{code}. {title.get(language)}"


def generals_values(
    visit: Visit, typed: Mapping[str, Any], language: str, *, order: str
) -> dict[str, Any]:
    """The general questions with what was chosen; `order` seeds random orders."""
    values: dict[str, Any] = {}
    for one in visit.questionnaire.generals:
        value = typed.get(one.code, "")
        if one.type == "text":
            values[f"v:{one.code}"] = value
        elif one.random_order:
            values[f"rows:{one.code}"] = _rows(visit, one, value or [], language, order)
        else:
            chosen = value if isinstance(value, list) else [value]
            values |= {f"c:{one.code}:{item}": CHECKED for item in chosen}
    return values


def _rows(
    visit: Visit, general: General, chosen: Sequence[str], language: str, order: str
) -> Markup:
    """The choices in an order of this form's own, the same at every showing."""
    choices = list(general.choices)
    last = [choices.pop()] if general.exclusive_last else []
    random.Random(f"{order}:{general.code}").shuffle(choices)  # noqa: S311 - an order
    rows = []
    for choice in [*choices, *last]:
        row = _row(visit, general.code, choice, language)
        mark = {f"c:{general.code}:{choice.code}": choice.code in chosen and CHECKED}
        rows.append(row.fill(mark))
    return Markup("".join(rows))  # noqa: S704 - our own rows


def rows(visit: Visit, general: General, language: str) -> Markup:
    """The choices as they stand in the questionnaire, none of them chosen."""
    found = (_row(visit, general.code, one, language) for one in general.choices)
    return Markup("".join(one.fill({}) for one in found))  # noqa: S704 - our own rows


def _row(visit: Visit, code: str, choice: Choice, language: str) -> Prepared:
    words = {"code": code, "choice": choice, "lang": language}
    return kept(
        (visit.sha256, language, code, choice.code),
        lambda: Prepared.of(
            render_template("respond/_row.html", **words, slot=slot, part=part)
        ),
    )


def check_values(
    visit: Visit,
    draft: DraftState,
    shown: Shown,
    language: str,
    procedures: Mapping[str, str],
) -> dict[str, Any]:
    """Every question of this form with its answer, or that it has none."""
    q = visit.questionnaire
    unanswered = _("Chưa trả lời")
    values: dict[str, Any] = {f"edit:{PAGE_FACTS}": "?sua=1"}
    for code in routing.asked_facts(q, draft.facts):
        words = fact_words(visit, code, draft.facts, language)
        values[f"q:{code}"] = True
        values[f"a:{code}"] = procedures.get(words, words) or unanswered
    for one in q.criteria:
        if shown[one.code].is_shown:
            values[f"q:{one.code}"] = True
            answer = draft.answers.get(one.code)
            values[f"a:{one.code}"] = level_words(q, answer, language) or unanswered
    gone = removed(q, shown, draft.answers)
    if gone:
        titles = (title_of(q, code, language) for code in gone)
        values["removed"] = "; ".join(titles)
    doubtful = overturned(q, shown, draft.answers, draft.checks)
    if doubtful:
        values["overturned"] = Markup("; ").join(
            Markup('<a class="govuk-link" href="/p/{}/{}#{}">{}</a>').format(
                visit.token, page, code, title_of(q, code, language)
            )
            for code, page in doubtful
        )
    if gone or doubtful:
        values["changes"] = True
    for general in q.generals:
        values[f"q:{general.code}"] = True
        words = _general_words(q, general, draft.answers.get(general.code), language)
        values[f"a:{general.code}"] = words or unanswered
    return values


def removed(q: Questionnaire, shown: Shown, answers: Mapping[str, Any]) -> list[str]:
    """The criteria whose answers are not sent, as the facts are now."""
    return [one.code for one in q.criteria if _is_removed(one, shown, answers)]


def overturned(
    q: Questionnaire,
    shown: Shown,
    answers: Mapping[str, Any],
    checks: Mapping[str, Any],
) -> list[tuple[str, str]]:
    """The criteria rated beside facts that were corrected since, each with its page."""
    noted = checks.get("overturned", ())
    return [
        (one.code, one.element)
        for one in q.criteria
        if one.code in noted and shown[one.code].is_shown and answers.get(one.code)
    ]


def _is_removed(criterion: Criterion, shown: Shown, answers: Mapping[str, Any]) -> bool:
    """Whether the facts, as they are now, leave no room for an answer given before."""
    answer, routed = answers.get(criterion.code), shown[criterion.code]
    if not answer:
        return False
    if not routed.is_shown:
        return True
    return answer == NOT_APPLICABLE and not routed.offers_not_applicable


def level_words(q: Questionnaire, answer: str | None, language: str) -> str:
    """An answer to a criterion as a person reads it; "" when there is none."""
    if answer in q.scale.values:
        return f"{answer}. {q.scale.label(int(answer)).get(language)}"
    if answer == NOT_APPLICABLE:
        return q.scale.not_applicable.get(language)
    if answer == CANNOT_JUDGE:
        return q.scale.cannot_judge.get(language)
    return ""


def _general_words(q: Questionnaire, one: General, answer: Any, language: str) -> str:
    if not answer:
        return ""
    if one.type == "scale":
        return level_words(q, answer, language)
    if one.type == "text":
        return str(answer)
    labels = {choice.code: choice.label.get(language) for choice in one.choices}
    chosen = answer if isinstance(answer, list) else [answer]
    return "; ".join(labels[code] for code in chosen)


def first_control(q: Questionnaire, code: str) -> str:
    """The id of a question's first control, where an error's link leads."""
    if code == "consent":
        return code
    for fact in q.facts:
        if fact.code == code:
            if fact.type == "procedure":
                return f"{code}-list"
            return f"{code}-date" if fact.type == "date" else f"{code}-{fact.codes[0]}"
    for general in q.generals:
        if general.code == code:
            if general.type == "text":
                return f"{code}-text"
            if general.type == "scale":
                return f"{code}-{q.scale.codes[0]}"
            return code if general.random_order else f"{code}-{general.choices[0].code}"
    return f"{code}-{q.scale.codes[0]}"
