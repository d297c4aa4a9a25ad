"""The paper twin of a published questionnaire as a file to print."""

from __future__ import annotations

import click

from survey import config, printing
from survey.cli.faults import Refusal
from survey.cli.files import writing
from survey.cli.office import reading, wave_of
from survey.exports import pdf
from survey.models import LANGUAGES


@click.command()
@click.argument("questionnaire_id", metavar="ID")
@click.option(
    "-o", "--output", required=True, metavar="FILE.pdf", help='"-": standard output'
)
@click.option("--language", type=click.Choice(LANGUAGES), default="vi")
@click.option("--wave", "wave_id", metavar="ID", help="Đợt khảo sát / of this wave.")
@click.option("--number", default="", metavar="TEXT", help="Số phiếu / form number.")
def paper(
    questionnaire_id: str, output: str, language: str, wave_id: str | None, number: str
) -> None:
    """Phiếu giấy để in, khổ A4. / The same questionnaire on paper, A4, as a PDF."""
    if len(number) > printing.MOST_OF_NUMBER or not number.isprintable():
        raise Refusal(
            f"số phiếu tối đa {printing.MOST_OF_NUMBER} ký tự / the number is too long"
        )
    with reading() as session:
        wave = wave_of(session, wave_id) if wave_id is not None else None
        if wave is not None and wave.questionnaire_id != questionnaire_id:
            raise Refusal(
                f"đợt {wave.id} dùng phiếu {wave.questionnaire_id} / "
                f"wave {wave.id} uses {wave.questionnaire_id}"
            )
        html = printing.paper_html(
            session,
            config.load(),
            questionnaire_id,
            language=language,
            wave=wave,
            number=number,
        )
    try:
        made = printing.paper_pdf(html)
    except pdf.PdfError as error:
        raise Refusal(str(error)) from error
    with writing(output) as file:
        file.write(made)
