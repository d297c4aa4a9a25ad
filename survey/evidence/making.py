"""The evidence file of a closed wave: everything that appraisal asks for, made from
what was sealed, twice the same byte for byte."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import IO, Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from survey import catalogue, closings, figures, printing, web
from survey.evidence import documents, parts
from survey.evidence.archive import Archive, Sign
from survey.evidence.standalone import script
from survey.exports import Figure, stream, table_csv
from survey.figures import Filters, Portion, writing
from survey.figures.filters import NOT_KNOWN
from survey.figures.raw import Fetch, Raw
from survey.formats import decimal_text
from survey.models import Closing, PublishedQuestionnaire, Unit, Wave
from survey.seals import canonical
from survey.tallies import Selection

ANSWERS: Final = "4-answers/answers.csv"
RECEIPTS: Final = "4-answers/receipts.txt"
INDICES: Final = "5-results/indices.json"
Progress = Callable[[int, int], None]

GUIDE: Final = """\
HỒ SƠ KIỂM CHỨNG / EVIDENCE FILE

1-wave            bản niêm phong khi đóng đợt, nhật ký / seal and log of the wave
2-questionnaire   bộ câu hỏi đúng như đã hỏi, bản giấy / as asked, and on paper
3-sample          khung, lần chọn mẫu và hạt giống, mã đã phát / frame, draw, codes
4-answers         phiếu trả lời ẩn danh, bảng mã, mã băm của mã xác nhận, bảng đếm
                  / anonymised answers, codebook, hashes of receipts, tallies
5-results         chỉ số, báo cáo / indices, reports

Kiểm tra, chỉ cần Python 3.9 trở lên / check it with Python 3.9 or later:
    python verify.py HO-SO.zip

Ai giữ SHA-256 của MANIFEST.json (ghi trong biên bản) biết ngay nếu có gì bị sửa.
Who holds the SHA-256 of MANIFEST.json sees at once whether anything was changed.
"""


class EvidenceError(Exception):
    """The file cannot be made; the message says what to do first, in both languages."""


def make(
    session: Session,
    wave: Wave,
    target: IO[bytes],
    *,
    sign: Sign | None = None,
    progress: Progress = lambda done, total: None,
) -> str:
    """Write the evidence file of a closed and sealed wave.

    Args:
        sign: signs the manifest; None for no signature.
        progress: told after every file.
    Returns:
        The SHA-256 of its manifest.
    Raises:
        EvidenceError: the wave is not closed, not sealed, or changed since.
    """
    closing = _sealed(session, wave)
    maker = _Maker(session, wave, closing, progress)
    archive = Archive(target)
    for at, (name, pieces) in enumerate(maker.files()):
        archive.add(name, pieces)
        progress(at + 1, maker.expected)
    maker.refuse_changed(archive)
    return archive.seal(maker.about(), sign=sign)


def _sealed(session: Session, wave: Wave) -> Closing:
    closing = closings.latest(session, wave.id)
    if wave.state != "closed" or closing is None:
        raise EvidenceError("đợt chưa đóng: hãy đóng đợt trước / close the wave first")
    if closing.sealed_at is None:
        raise EvidenceError(
            "đợt chưa được niêm phong: hãy niêm phong trước / seal the wave first"
        )
    return closing


class _Maker:
    """Makes the files of one wave, one after another."""

    def __init__(
        self, session: Session, wave: Wave, closing: Closing, progress: Progress
    ) -> None:
        self.session, self.wave, self.closing = session, wave, closing
        self.progress = progress
        self.sealed: dict[str, Any] = json.loads(closing.manifest or "{}")
        self.on = date.fromisoformat(self.sealed["closed_on"])
        self.published = session.get_one(PublishedQuestionnaire, wave.questionnaire_id)
        self.questionnaire = catalogue.questionnaire(
            session, self.published.id, sha256=self.published.sha256
        )
        self.raw = Raw(session, wave, Selection())
        papers = documents.of_wave(session, wave.id)
        self.expected = self.others + len(papers) + bool(papers)

    @property
    def others(self) -> int:
        """How many files there are beside the office's papers."""
        reports = sum(len(writing.FORMATS[kind]) for kind in ("report", "dispositions"))
        return 16 + len(web.LANGUAGES) * reports

    def files(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Every file by name, in the order in which it stands in the archive."""
        session, wave = self.session, self.wave
        yield "README.txt", [GUIDE.encode()]
        yield "verify.py", [script()]
        yield "1-wave/seal.json", [(self.closing.manifest or "").encode()]
        yield "1-wave/log.csv", parts.csv_of(parts.LOG, parts.log(session, wave))
        yield from self.papers()
        yield from self.asked()
        yield (
            "3-sample/frame.csv",
            parts.csv_of(parts.FRAME, parts.frame(session, wave)),
        )
        yield (
            "3-sample/draws.csv",
            parts.csv_of(parts.DRAWS, parts.draws(session, wave)),
        )
        yield (
            "3-sample/codes.csv",
            parts.csv_of(parts.CODES, parts.codes(session, wave)),
        )
        yield ANSWERS, stream(self.raw.head, self.raw.rows(self.fetch()))
        for language in web.LANGUAGES:
            book = table_csv(self.raw.codebook(language))
            yield f"4-answers/codebook_{language}.csv", [book]
        hashes = closings.receipt_hashes(session, wave.id)
        yield RECEIPTS, [("\n".join(hashes) + "\n" * bool(hashes)).encode()]
        yield (
            "4-answers/tallies.csv",
            parts.csv_of(parts.TALLIES, parts.tallies(session, wave)),
        )
        yield INDICES, [self.indices()]
        yield from self.reports()

    def fetch(self) -> Fetch:
        """Reads the answers a chunk at a time."""

        def fetch(query: Any) -> Any:
            return self.session.execute(query).all()

        return fetch

    def papers(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """The office's own papers, and a list of them."""
        papers = documents.of_wave(self.session, self.wave.id)
        if not papers:
            return
        names = [
            f"1-wave/papers/{paper.kind}-{at}.{paper.media}"
            for at, paper in enumerate(papers, 1)
        ]
        head = ("file", "kind", "number", "issued_on", "issuer", "summary", "sha256")
        rows = (
            (
                *(name, paper.kind, paper.number, paper.issued_on.isoformat()),
                *(paper.issuer, paper.summary, paper.sha256),
            )
            for name, paper in zip(names, papers, strict=True)
        )
        yield "1-wave/papers.csv", parts.csv_of(head, rows)
        for name, paper in zip(names, papers, strict=True):
            yield name, [paper.content]

    def asked(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        name = f"2-questionnaire/{self.published.id}"
        yield f"{name}.toml", [self.published.text.encode()]
        for language in web.LANGUAGES:
            page = printing.paper_html(
                self.session,
                web.settings(),
                self.published.id,
                language=language,
                wave=self.wave,
            )
            yield f"{name}_{language}.pdf", [printing.paper_pdf(page)]

    def reports(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        for language in web.LANGUAGES:
            kinds = ("report", "dispositions")
            for kind in kinds:
                for format in writing.FORMATS[kind]:
                    made = io.BytesIO()
                    figures.write(
                        self.session,
                        self.wave.id,
                        made,
                        format=format,
                        kind=kind,
                        language=language,
                        agency=web.agency(language),
                        on=self.on,
                        late_days=web.settings().late_days,
                    )
                    name = f"5-results/{kind}_{language}.{format}"
                    yield name, [made.getvalue()]

    # -- what is published -----------------------------------------------------------

    def indices(self) -> bytes:
        """Every published index by machine: whole, by unit, by procedure."""
        report = figures.report(
            self.session,
            self.wave,
            Filters(),
            language="vi",
            agency=web.agency("vi"),
            late_days=web.settings().late_days,
        )
        selections = [
            {
                "name": "all",
                "units": None,
                "procedure": None,
                "rows": [self.row(one) for one in report.figures],
            },
            *self.parted("unit"),
            *self.parted("procedure"),
        ]
        return canonical({"selections": selections})

    def parted(self, by: str) -> Iterator[dict[str, Any]]:
        for portion in figures.parted(
            self.session, self.wave, Filters(), by, language="vi"
        ):
            rows = [*portion.figures.rows]
            if portion.figures.core is not None:
                rows.append(portion.figures.core)
            yield {
                "name": f"{by} {portion.key}",
                "units": self.units(portion) if by == "unit" else None,
                "procedure": self.procedure(portion) if by == "procedure" else None,
                "rows": [self.row(one) for one in rows],
            }

    def units(self, portion: Portion) -> list[str]:
        """Codes of the units whose responses a portion holds."""
        unit = self.session.scalars(
            sa.select(Unit).where(Unit.code == portion.key)
        ).one()
        if unit.id == self.wave.unit_id:
            return [unit.code]  # what belongs to none of the units below it
        ids = catalogue.subtree(self.session, [unit.id])
        found = self.session.scalars(sa.select(Unit.code).where(Unit.id.in_(ids)))
        return sorted(found)

    @staticmethod
    def procedure(portion: Portion) -> str:
        """As the answers spell it: nothing for one that is not known."""
        return "" if portion.key == NOT_KNOWN else portion.key

    def row(self, figure: Figure) -> dict[str, Any]:
        """One figure as `verify` reads it: what may be shown and nothing else."""
        indices = {name: decimal_text(one) for name, one in figure.indices.items()}
        return {
            "level": figure.level,
            "code": figure.code,
            "display": figure.display,
            "n": figure.n,
            "counts": dict(figure.counts),
            "indices": indices,
            "value": indices.get(self.wave.formula),
            "share_low": None if figure.low is None else decimal_text(figure.low),
            "share_high": None if figure.high is None else decimal_text(figure.high),
        }

    def about(self) -> dict[str, Any]:
        """What the manifest says beside its files."""
        scale = self.questionnaire.scale
        sealed = self.sealed
        return {
            "wave": {**sealed["wave"], "formula": self.wave.formula},
            "closing": {
                "number": self.closing.number,
                "sha256": self.closing.sha256,
                "closed_on": sealed["closed_on"],
            },
            "program": sealed["program"],
            "questionnaire": sealed["questionnaire"],
            "scale": {
                "levels": list(scale.codes),
                "satisfied_from": scale.satisfied_from,
            },
            "elements": {
                one.code: [criterion.code for criterion in one.criteria]
                for one in self.questionnaire.elements
            },
            "core": list(self.questionnaire.sets["core"]),
            "answers": {"file": ANSWERS, **sealed["answers"]},
            "receipts": {"file": RECEIPTS, **sealed["receipts"]},
            "results": {"file": INDICES},
        }

    def refuse_changed(self, archive: Archive) -> None:
        """End it when the answers are not those that were sealed."""
        written = {one.name: one.sha256 for one in archive.listed}
        if written[ANSWERS] != self.sealed["answers"]["sha256"]:
            raise EvidenceError(
                "phiếu trả lời khác bản đã niêm phong: hãy kiểm tra cơ sở dữ liệu / "
                "the answers differ from those that were sealed"
            )
