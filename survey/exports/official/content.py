"""The report of a wave as a document: what an appraiser and a director read, in the
order in which they ask, from the same figures as every other face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from survey.exports import dispositions, facts, tables, words
from survey.exports.official import sentences
from survey.exports.official.document import (
    Bars,
    Block,
    Bullets,
    Document,
    Heading,
    NewPage,
    Numbered,
    Office,
    Paragraph,
    Signature,
)
from survey.exports.official.wording import LIMITS, PIECES, WORDS
from survey.exports.report import Figure, Report
from survey.exports.tables import Cell, Column, Table
from survey.formats import number, round_half_up
from survey.questionnaire.schema import Questionnaire


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One improvement action as a report tells it."""

    what: str
    owner: str
    deadline: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside the report itself; each may be empty, then its part says so
    or is left out."""

    units: Sequence[tuple[str, Figure]] = ()
    procedures: Sequence[tuple[str, Figure]] = ()
    trend: Sequence[tuple[str, Figure]] = ()
    change: str = ""
    measures: Sequence[Measure] = ()
    reopened: Sequence[str] = ()
    """Reasons for which the wave was opened again after it had been closed."""


class _Writer:
    """Writes the blocks of one report, and counts its tables."""

    def __init__(
        self,
        report: Report,
        questionnaire: Questionnaire,
        pieces: Mapping[str, str],
        beside: Beside,
    ) -> None:
        self.report, self.questionnaire = report, questionnaire
        self.pieces, self.beside = pieces, beside
        self.lang = report.language
        self.tables = self.parts = 0

    def say(self, name: str, **values: object) -> str:
        return WORDS[name].get(self.lang).format(**values)

    def part(self, name: str) -> Heading:
        self.parts += 1
        return Heading(1, f"{_ROMAN[self.parts]}. {self.say(name)}")

    def numbered(self, table: Table, note: str = "") -> Block:
        self.tables += 1
        caption = self.say("table", n=self.tables, title=table.title)
        return Numbered(table=table, caption=caption, note=note)

    def piece(self, name: str) -> Iterator[Block]:
        text = self.pieces.get(name, PIECES[name].get(self.lang))
        for line in text.splitlines():
            if line.strip():
                yield Paragraph(line.strip())

    # -- parts -----------------------------------------------------------------------

    def blocks(self) -> Iterator[Block]:
        yield self.part("purpose")
        yield from self.piece("purpose")
        yield self.part("legal")
        legal = tuple(self.piece("legal"))
        yield from legal or (Paragraph(self.say("no_legal")),)
        yield self.part("method")
        yield from self.method()
        yield self.part("results")
        yield from self.results()
        yield self.part("causes")
        yield from self.causes()
        yield self.part("limits")
        yield Bullets(tuple(self.limits()))
        proposals = tuple(self.piece("proposals"))
        if proposals:
            yield self.part("proposals")
            yield from proposals
        yield Signature()
        yield from self.annexes()

    def method(self) -> Iterator[Block]:
        report = self.report
        scope = tables.selection_text(report)
        yield Paragraph(self.say("scope", scope=scope))
        formula = report.formula_title
        yield Paragraph(self.say("asked", id=report.questionnaire, formula=formula))
        lines = [f"{one.name}: {one.full}" for one in report.participation]
        yield Bullets(tuple(lines))
        if any(row.invited for row in report.dispositions):
            yield self.numbered(self.rates(), self.say("rates_note"))

    def results(self) -> Iterator[Block]:
        report = self.report
        yield Heading(2, self.say("overall"))
        yield Paragraph(sentences.overall(report))
        if self.beside.change:
            yield Paragraph(self.beside.change)
        elements = [one for one in report.rows if one.level == "element"]
        yield Paragraph(self.extremes(elements, "element"))
        sums = [one for one in report.figures if one.level != "criterion"]
        yield self.numbered(self.short(self.say("overall"), sums))
        yield from self.bars(elements)
        yield Heading(2, self.say("criteria"))
        criteria = [one for one in report.rows if one.level == "criterion"]
        yield Paragraph(self.extremes(criteria, "criterion"))
        yield self.numbered(self.distribution(criteria), self.legend())
        for name, kind, some in (
            ("units", "unit", self.beside.units),
            ("procedures", "procedure", self.beside.procedures),
        ):
            if some:
                yield Heading(2, self.say(name))
                yield Paragraph(sentences.extremes(report, some, kind))
                yield self.numbered(self.named(self.say(name), some))
        if len(self.beside.trend) > 1:
            yield Heading(2, self.say("trend"))
            yield self.numbered(self.named(self.say("trend"), self.beside.trend))
        if self.report.facts:
            yield Heading(2, self.say("facts"))
            yield self.numbered(self.facts())

    def extremes(self, some: Sequence[Figure], kind: str) -> str:
        named = [(self.name_of(one), one) for one in some]
        return sentences.extremes(self.report, named, kind)

    def causes(self) -> Iterator[Block]:
        written = tuple(self.piece("causes"))
        yield from written
        measures = self.beside.measures
        if measures:
            heads = ("measure", "owner", "deadline", "state")
            yield self.numbered(
                Table(
                    title=self.say("causes"),
                    columns=tuple(Column(self.say(one), "wide") for one in heads),
                    rows=tuple(
                        (one.what, one.owner, one.deadline, one.state)
                        for one in measures
                    ),
                )
            )
        elif not written:
            yield Paragraph(self.say("no_causes"))

    def limits(self) -> Iterator[str]:
        yield from (text.get(self.lang) for text in LIMITS)
        yield from (entry.name + ": " + entry.full for entry in self.report.flags[:1])
        for reason in self.beside.reopened:
            yield self.say("reopened", reason=reason)

    def annexes(self) -> Iterator[Block]:
        yield NewPage()
        yield Heading(1, self.say("annex_questions"))
        yield self.numbered(
            Table(
                title=self.say("question"),
                columns=(
                    Column(words.CODE.get(self.lang), "text"),
                    Column(self.say("question"), "wide"),
                ),
                rows=tuple(
                    (one.code, self.questionnaire.filled(one.text, self.lang))
                    for one in self.questionnaire.criteria
                ),
            )
        )
        yield NewPage()
        yield Heading(1, self.say("annex_method"))
        yield Bullets(tuple(f"{one.name}: {one.full}" for one in self.report.method))
        if any(figure.unflagged for figure in self.report.figures):
            yield NewPage()
            yield Heading(1, self.say("annex_careless"))
            yield self.numbered(self.careless(), self.say("careless_note"))

    # -- tables ----------------------------------------------------------------------

    def short(self, title: str, some: Sequence[Figure]) -> Table:
        """Figures one below the other: n, index, interval."""
        return self.named(title, [(self.name_of(one), one) for one in some])

    def named(self, title: str, some: Sequence[tuple[str, Figure]]) -> Table:
        has_whole = any(one.level != "overall" for _, one in some)
        return Table(
            title=title,
            columns=(
                Column(words.NAME.get(self.lang), "wide"),
                Column(words.N.get(self.lang), "count"),
                *self.heads(),
            ),
            rows=tuple(
                (_remarked(name, self.remark(one)), one.n, *self.cells(one))
                for name, one in some
            ),
            strong=frozenset(
                at
                for at, (_, one) in enumerate(some)
                if has_whole and one.level == "overall"
            ),
        )

    def heads(self) -> tuple[Column, ...]:
        return (
            Column(self.say("index"), "percent"),
            Column(self.say("interval"), "text"),
        )

    def cells(self, figure: Figure) -> tuple[Cell, ...]:
        """The index and its interval, as `heads` names them."""
        low, high = self.report.interval(figure) or (None, None)
        return tables.rounded(self.report.value(figure)), self.between(low, high)

    def between(self, low: Decimal | None, high: Decimal | None) -> str | None:
        if low is None or high is None:
            return None
        first, last = (number(round_half_up(one), self.lang) for one in (low, high))
        return f"{first}\N{NO-BREAK SPACE}–\N{NO-BREAK SPACE}{last}"

    def distribution(self, some: Sequence[Figure]) -> Table:
        report = self.report
        return Table(
            title=self.say("criteria"),
            columns=(
                Column(words.NAME.get(self.lang), "wide"),
                Column(words.N.get(self.lang), "count"),
                *(Column(str(level.code), "count") for level in report.levels),
                Column(self.say("away"), "percent"),
                *self.heads(),
            ),
            rows=tuple(
                (
                    _remarked(self.name_of(one), self.remark(one)),
                    one.n,
                    *(one.counts.get(str(level.code)) for level in report.levels),
                    tables.rounded(one.not_applicable),
                    *self.cells(one),
                )
                for one in some
            ),
        )

    def remark(self, figure: Figure) -> str | None:
        """What stands beside a name where there is no index: why, and the two groups
        of one that is too small for an index."""
        if figure.groups is None:
            return figure.words
        satisfied, others = figure.groups
        groups = self.say("groups", satisfied=satisfied, others=others)
        return f"{figure.words}: {groups}" if figure.words else groups

    def legend(self) -> str:
        """What the short heads of `distribution` mean."""
        levels = "; ".join(f"{one.code}: {one.label}" for one in self.report.levels)
        return self.say("legend", levels=levels)

    def rates(self) -> Table:
        rows = self.report.dispositions
        return Table(
            title=dispositions.TITLE.get(self.lang),
            columns=(
                Column(words.NAME.get(self.lang), "wide"),
                Column(self.say("invited"), "count"),
                *(Column(head, "count") for head in ("I", "P", "R", "NC", "O", "U")),
                *(Column(f"{rate} (%)", "percent") for rate in dispositions.FORMULAS),
            ),
            rows=tuple(
                (
                    _remarked(row.name, dispositions.remark(row, self.lang)),
                    *dispositions.cells(row),
                )
                for row in rows
            ),
            strong=frozenset(
                at for at, row in enumerate(rows) if row.level != "procedure"
            ),
        )

    def facts(self) -> Table:
        """Every question in a row of its own, its choices below it."""
        rows: list[tuple[Cell, ...]] = []
        strong = set()
        for question in self.report.facts:
            strong.add(len(rows))
            name = _remarked(question.title, question.words)
            rows.append((name, question.n, None, None))
            rows += (
                (
                    f"– {_remarked(one.label, one.words)}",
                    one.count,
                    tables.rounded(one.share),
                    self.between(one.low, one.high),
                )
                for one in question.choices
            )
            if question.not_sure:
                label = f"– {facts.NOT_SURE.get(self.lang)}"
                rows.append((label, question.not_sure, None, None))
        return Table(
            title=self.say("facts"),
            columns=(
                Column(self.say("fact"), "wide"),
                Column(words.N.get(self.lang), "count"),
                Column(self.say("share"), "percent"),
                Column(self.say("interval"), "text"),
            ),
            rows=tuple(rows),
            strong=frozenset(strong),
        )

    def careless(self) -> Table:
        report = self.report
        shown = [one for one in report.figures if one.indices]
        return Table(
            title=words.SHEET_SENSITIVITY.get(self.lang),
            columns=(
                Column(words.NAME.get(self.lang), "wide"),
                Column(words.N.get(self.lang), "count"),
                Column(self.say("index"), "percent"),
                Column(self.say("n_without"), "count"),
                Column(self.say("index_without"), "percent"),
                Column(self.say("moved"), "percent"),
            ),
            rows=tuple(
                (
                    self.name_of(one),
                    one.n,
                    tables.rounded(report.value(one)),
                    None if one.unflagged is None else one.unflagged.n,
                    tables.rounded(report.value_without_flagged(one)),
                    tables.rounded(report.moved(one)),
                )
                for one in shown
            ),
            strong=frozenset(
                at for at, one in enumerate(shown) if one.level != "criterion"
            ),
        )

    @staticmethod
    def name_of(figure: Figure) -> str:
        if figure.level == "overall":
            return figure.title
        return f"{figure.code}. {figure.title}"

    def bars(self, some: Sequence[Figure]) -> Iterator[Block]:
        codes = [str(level.code) for level in self.report.levels]
        rows = tuple(
            (f"{one.code}. {one.title}", tuple(one.counts[code] for code in codes))
            for one in some
            if one.counts and sum(one.counts[code] for code in codes)
        )
        if rows:
            labels = tuple(level.label for level in self.report.levels)
            yield Bars(caption=self.say("bars"), levels=labels, rows=rows)


def _remarked(name: str, remark: str | None) -> str:
    """A name with what is said instead of its figures, where there is room for it."""
    return f"{name} ({remark})" if remark else name


_ROMAN: Final = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII")


def report_document(
    report: Report,
    questionnaire: Questionnaire,
    *,
    office: Office,
    pieces: Mapping[str, str],
    beside: Beside | None = None,
    on: date | None = None,
) -> Document:
    """The report of a wave as a draft to sign.

    Args:
        pieces: what an officer wrote instead of the first wording, by name of PIECES.
        beside: figures by unit, procedure and period, facts and actions.
        on: the day it bears; None leaves it open.
    """
    writer = _Writer(report, questionnaire, pieces, beside or Beside())
    return Document(
        language=report.language,
        office=office,
        on=on,
        kind=WORDS["kind"].get(report.language),
        subject=writer.say("subject", title=report.title),
        marks=tables.marks(report),
        blocks=tuple(writer.blocks()),
    )
