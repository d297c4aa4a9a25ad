"""From the TOML text of a definition to a `Questionnaire`, or to all of its faults."""

from __future__ import annotations

import hashlib
import tomllib
import unicodedata
from importlib import resources
from types import MappingProxyType
from typing import Any, cast, get_args

from survey.questionnaire import checks
from survey.questionnaire.conditions import ALWAYS
from survey.questionnaire.faults import Fault, Faults, QuestionnaireError
from survey.questionnaire.reading import SETTINGS, Table
from survey.questionnaire.schema import (
    LANGUAGES,
    REASONS,
    Accepted,
    Choice,
    Criterion,
    Element,
    Fact,
    FactType,
    General,
    GeneralType,
    Level,
    NotApplicable,
    Opening,
    Prompt,
    PromptTexts,
    Questionnaire,
    Scale,
    Summary,
    Term,
    Text,
    Wording,
)

__all__ = ["Fault", "QuestionnaireError", "digest", "load", "packaged"]

_OPENING = frozenset({"agency", "minutes"})
_FOOTER = frozenset({"wave", "period", "version", "code", "deadline", "contact"})
_SUMMARY = frozenset({"F06", "due", "F08", "lateness", "F10", "F14"})
_LATENESS = frozenset({"n"})
_PROMPT = frozenset({"fact", "level"})
_DAYS = frozenset({"days_late", "days_early", "promised_days", "published_days"})
_FACT_TYPES: tuple[str, ...] = get_args(FactType)
_GENERAL_TYPES: tuple[str, ...] = get_args(GeneralType)


def load(text: str, source: str) -> Questionnaire:
    """Read a definition.

    Args:
        text: the whole TOML text.
        source: the name of its file, for the faults.
    Raises:
        QuestionnaireError: with every fault found, each naming file, item and field.
    """
    faults = Faults(source)
    data = _parsed(faults, text)
    questionnaire = _questionnaire(Table(faults, "", data))
    checks.check(questionnaire, faults)
    _check_form(faults, text)
    faults.raise_if_any()
    return questionnaire


def packaged() -> dict[str, str]:
    """The texts of the definitions that come with the product, by id."""
    folder = resources.files(__package__) / "definitions"
    return {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda one: one.name)
        if entry.name.endswith(".toml")
    }


def digest(text: str) -> str:
    """The SHA-256 of a definition, over the UTF-8 bytes of its NFC form, in hex."""
    normal = unicodedata.normalize("NFC", text)
    return hashlib.sha256(normal.encode()).hexdigest()


def _parsed(faults: Faults, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        faults.add("", "", f"không đọc được TOML: {error}", f"not TOML: {error}")
        raise QuestionnaireError(faults.found) from error


def _check_form(faults: Faults, text: str) -> None:
    """Refuse a file not in NFC where no field was at fault: a comment or a key."""
    if faults.found or unicodedata.is_normalized("NFC", text):
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if not unicodedata.is_normalized("NFC", line):
            faults.add(
                f"dòng {number}",
                "",
                "chữ không ở dạng NFC",
                "the text is not in NFC form",
            )


def _questionnaire(table: Table) -> Questionnaire:
    core = table.strings("core")
    facts = tuple(_fact(one) for one in table.items("fact", required=False))
    known = _DAYS | {fact.code for fact in facts if fact.type != "procedure"}
    elements = tuple(_element(one, known) for one in table.items("element"))
    full = tuple(one.code for element in elements for one in element.criteria)
    questionnaire = Questionnaire(
        id=table.string("id"),
        title=table.text("title"),
        minutes=table.integer("minutes", low=1, high=60),
        settings=_settings(table.part("settings")),
        responsible=_responsible(table),
        scale=_scale(table.part("scale")),
        opening=_opening(table.part("opening")),
        facts=facts,
        summary=_summary(table.part("summary")),
        elements=elements,
        generals=tuple(_general(one) for one in table.items("general")),
        prompt_texts=_prompt_texts(table.part("prompts")),
        prompts=tuple(_prompt(one) for one in table.items("prompt", required=False)),
        tables=table.strings("tables", required=False),
        sets=MappingProxyType({"core": core, "full": full}),
        terms=tuple(_term(one) for one in table.items("terms", required=False)),
        accepted=tuple(
            _accepted(one) for _, one in table.tables("accepted", required=False)
        ),
        translated=_translated(table),
    )
    table.close()
    return questionnaire


def _settings(table: Table) -> MappingProxyType[str, int]:
    values = {key: table.integer(key, low=0, high=3650) for key in sorted(SETTINGS)}
    table.close()
    return MappingProxyType(values)


def _responsible(table: Table) -> MappingProxyType[str, Text]:
    names: dict[str, Text] = {}
    for one in table.items("responsible"):
        code = one.string("code")
        if code in names:
            one.fault("code", "mã bị trùng", "the code stands twice")
        names[code] = one.text("name")
        one.close()
    return MappingProxyType(names)


def _term(table: Table) -> Term:
    forms = table.table("forms")
    term = Term(
        code=table.string("code"),
        name=table.text("name", frozenset()),
        forms=MappingProxyType({one: forms.words(one) for one in LANGUAGES}),
        definition=table.text("definition", frozenset()),
    )
    forms.close()
    table.close()
    return term


def _accepted(table: Table) -> Accepted:
    accepted = Accepted(
        rule=table.string("rule"),
        place=table.string("place"),
        reason=table.string("reason"),
    )
    table.close()
    return accepted


def _translated(table: Table) -> MappingProxyType[str, str]:
    """By place, the digest of the Vietnamese text that was translated there."""
    if not table.has("translated"):
        return MappingProxyType({})
    found = {}
    items = table.part("translated")
    for item in items.keys:
        # The title of the whole is an item by itself, without a field.
        fields = items.table(item)
        for field in fields.keys:
            place = f"{item}.{field}" if field else item
            found[place] = fields.string(field)
    return MappingProxyType(found)


def _scale(table: Table) -> Scale:
    levels = []
    for _, one in table.tables("level"):
        code = one.integer("code", low=0, high=100)
        levels.append(Level(code=code, label=one.pair()))
        one.close()
    scale = Scale(
        levels=tuple(levels),
        satisfied_from=table.integer("satisfied_from", low=0, high=100),
        not_applicable=table.text("not_applicable"),
        cannot_judge=table.text("cannot_judge"),
    )
    table.close()
    return scale


def _opening(table: Table) -> Opening:
    opening = Opening(
        agency=table.text("agency"),
        title=table.text("title", _OPENING),
        intro=tuple(_pair(one, _OPENING) for _, one in table.tables("intro")),
        consent=table.text("consent", _OPENING),
        footer=table.text("footer", _FOOTER),
    )
    table.close()
    return opening


def _pair(table: Table, allowed: frozenset[str]) -> Text:
    text = table.pair(allowed)
    table.close()
    return text


def _choices(table: Table, *, required: bool) -> tuple[Choice, ...]:
    choices = []
    for _, one in table.tables("choice", required=required):
        choices.append(Choice(code=one.string("code"), label=one.pair()))
        one.close()
    return tuple(choices)


def _one_of(table: Table, key: str, known: tuple[str, ...]) -> str:
    value = table.string(key)
    if value and value not in known:
        names = ", ".join(known)
        table.fault(key, f"chỉ nhận {names}", f"takes only {names}")
    return value if value in known else known[0]


def _fact(table: Table) -> Fact:
    fact = Fact(
        code=table.string("code"),
        title=table.text("title"),
        text=table.text("text"),
        hint=table.optional_text("hint"),
        ask=table.condition("ask"),
        type=cast(FactType, _one_of(table, "type", _FACT_TYPES)),
        prefill=table.boolean("prefill"),
        choices=_choices(table, required=True),
        look_up=table.text("look_up"),
        used_for=table.string("used_for"),
    )
    table.close()
    return fact


def _summary(table: Table) -> Summary:
    summary = Summary(
        text=table.text("text", _SUMMARY),
        lateness_late=table.text("lateness_late", _LATENESS),
        lateness_on_time=table.text("lateness_on_time", _LATENESS),
        lateness_early=table.text("lateness_early", _LATENESS),
        button_confirm=table.text("button_confirm"),
        button_edit=table.text("button_edit"),
    )
    table.close()
    return summary


def _element(table: Table, known: frozenset[str]) -> Element:
    code = table.string("code")
    element = Element(
        code=code,
        title=table.text("title"),
        note=table.optional_text("note"),
        criteria=tuple(
            _criterion(one, code, known) for one in table.items("criterion")
        ),
    )
    table.close()
    return element


def _criterion(table: Table, element: str, known: frozenset[str]) -> Criterion:
    rules = _not_applicable(table)
    criterion = Criterion(
        code=table.string("code"),
        element=element,
        title=table.text("title"),
        text=table.text("text"),
        when=table.condition("when"),
        who=table.text("who"),
        consider=table.text("consider"),
        leave_out=table.text("leave_out"),
        look_up=table.text("look_up"),
        anchors=_anchors(table),
        not_applicable=rules,
        not_applicable_text=_why_not(table, rules),
        na_offer=table.condition("na_offer"),
        responsible=table.strings("responsible"),
        maps_to=table.strings("maps_to"),
        serves=table.strings("serves"),
        strip=_wordings(table, "strip", known, required=False),
    )
    table.close()
    return criterion


def _anchors(table: Table) -> MappingProxyType[int, Text]:
    anchors = table.table("anchor")
    read = {int(key): anchors.text(key) for key in anchors.keys if key.isdecimal()}
    anchors.close()
    return MappingProxyType(read)


def _not_applicable(table: Table) -> tuple[NotApplicable, ...]:
    rules = []
    for words in table.strings("not_applicable"):
        reason, _, condition = words.partition(" if ")
        if reason not in REASONS:
            names = ", ".join(REASONS)
            table.fault(
                "not_applicable",
                f"không có lý do {reason}; chỉ nhận {names}",
                f"there is no reason {reason}; takes only {names}",
            )
        read = table.parsed("not_applicable", condition) if condition else None
        rules.append(NotApplicable(reason=reason, condition=read))
    return tuple(rules)


def _why_not(table: Table, rules: tuple[NotApplicable, ...]) -> Text | None:
    # Where the criterion always applies, nobody reads why: then it is an unknown field.
    if rules or not table.has("not_applicable"):
        return table.text("not_applicable_text")
    return None


def _general(table: Table) -> General:
    kind = cast(GeneralType, _one_of(table, "type", _GENERAL_TYPES))
    limited = kind in ("multi", "text")
    general = General(
        code=table.string("code"),
        title=table.text("title"),
        text=table.text("text"),
        hint=table.optional_text("hint"),
        type=kind,
        choices=(_choices(table, required=True) if kind in ("multi", "single") else ()),
        max=table.integer("max", low=1, high=10_000) if limited else None,
        exclusive_last=table.boolean("exclusive_last"),
        random_order=table.boolean("random_order"),
        used_for=table.string("used_for"),
    )
    table.close()
    return general


def _prompt_texts(table: Table) -> PromptTexts:
    texts = PromptTexts(
        text=table.text("text", _PROMPT),
        button_keep=table.text("button_keep"),
        button_review=table.text("button_review"),
    )
    table.close()
    return texts


def _wordings(
    table: Table, key: str, known: frozenset[str], *, required: bool = True
) -> tuple[Wording, ...]:
    wordings = []
    for _, one in table.tables(key, required=required):
        when = one.condition("when") if one.has("when") else ALWAYS
        wordings.append(Wording(when=when, text=one.pair(known)))
        one.close()
    return tuple(wordings)


def _prompt(table: Table) -> Prompt:
    prompt = Prompt(
        code=table.string("code"),
        criterion=table.string("criterion"),
        high=table.condition("high"),
        low=table.condition("low"),
        fact_high=_wordings(table, "fact_high", _DAYS),
        fact_low=_wordings(table, "fact_low", _DAYS),
    )
    table.close()
    return prompt
