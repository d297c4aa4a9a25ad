"""Score rules from the command line: as a file in, as a file out."""

from __future__ import annotations

from pathlib import Path

import click

from survey import clock, scorecard
from survey.cli.files import writing
from survey.cli.office import reading, work
from survey.cli.shelf import FILE


@click.group(name="scorecard")
def scorecard_group() -> None:
    """Chấm điểm cải cách hành chính. / Scores of administrative reform."""


@scorecard_group.group(name="rules")
def rules_group() -> None:
    """Quy tắc chấm điểm, có phiên bản. / Score rules, version by version."""


@rules_group.command(name="load")
@click.argument("file", type=FILE)
def load_rules(file: Path) -> None:
    """Nạp quy tắc từ tệp TOML: tất cả hoặc không gì cả. / Load rules, all or nothing.

    \b
    [[rule]]
    code = "hai-long"
    title = "Mức độ hài lòng của doanh nghiệp"
    kind = "linear"       # linear, bands, thresholds, typed, not_applicable
    measure = "survey"    # survey, national, other
    maximum = 10          # bands, thresholds: steps = [[90, 5], [80, 4]]
    source = ""           # văn bản / legal source; "" = quy tắc do cơ quan cấu hình

    Phiên bản đã dùng trong phiếu đã nộp được giữ nguyên, bản mới đứng bên cạnh.
    A version that was handed in stays, the new one stands beside it.
    """
    text = file.read_text(encoding="utf-8-sig")
    with work() as session:
        loaded = scorecard.load_rules(
            session, scorecard.read_rules(text), now=clock.now()
        )
    for words, codes in (
        ("Thêm / added", loaded.added),
        ("Sửa / changed", loaded.changed),
        ("Phiên bản mới / new version", loaded.versioned),
        ("Không đổi / same", loaded.same),
    ):
        if codes:
            click.echo(f"{words}: {', '.join(codes)}")


@rules_group.command(name="export")
@click.option(
    "--output",
    "-o",
    required=True,
    metavar="FILE",
    help="Tên tệp; - là đầu ra chuẩn / - is standard output.",
)
def export_rules(output: str) -> None:
    """Ghi các quy tắc mới nhất ra tệp TOML. / Write the newest rules into a file."""
    with reading() as session:
        rows = scorecard.latest_rules(session)
        text = scorecard.written_rules(scorecard.rule_of(row) for row in rows)
    with writing(output) as target:
        target.write(text.encode())


@rules_group.command(name="list")
def list_rules() -> None:
    """Mỗi quy tắc một dòng. / One rule a line."""
    with reading() as session:
        for row in scorecard.latest_rules(session):
            maximum = "–" if row.maximum is None else str(row.maximum)
            source = row.source or "quy tắc do cơ quan cấu hình / rule of the agency"
            click.echo(
                "\t".join(
                    (row.code, str(row.version), row.kind, maximum, row.title, source)
                )
            )
