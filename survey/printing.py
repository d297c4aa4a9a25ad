"""The paper twin of a published questionnaire, printed for a wave or for none."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sqlalchemy.orm import Session

from survey import catalogue
from survey.config import Settings
from survey.exports import paper, pdf
from survey.formats import date_text
from survey.models import PublishedQuestionnaire, Wave
from survey.questionnaire.schema import Text

MOST_OF_NUMBER: Final = 20


def paper_html(
    session: Session,
    settings: Settings,
    questionnaire_id: str,
    *,
    language: str,
    wave: Wave | None = None,
    number: str = "",
) -> str:
    """The form as HTML for print.

    Args:
        wave: fills in title, period and last day; without one they stay to be written.
    Raises:
        CatalogueError: no such questionnaire is published.
    """
    asked = catalogue.questionnaire(session, questionnaire_id)
    published = session.get_one(PublishedQuestionnaire, questionnaire_id)
    occasion = None
    if wave is not None:
        last = date_text(wave.closes_on, language)
        occasion = paper.Occasion(
            wave=wave.title,
            period=f"{date_text(wave.opens_on, language)} – {last}",
            deadline=last,
            is_sample=wave.is_sample,
        )
    return paper.paper_html(
        asked,
        language=language,
        sha256=published.sha256,
        sender=paper.Sender(
            superior=Text(vi=settings.superior_vi, en=settings.superior_en),
            agency=Text(vi=settings.agency_vi, en=settings.agency_en),
            contact=Text(vi=settings.contact_vi, en=settings.contact_en),
        ),
        occasion=occasion,
        number=number,
    )


@lru_cache(maxsize=4)
def paper_pdf(html: str) -> bytes:
    """The form as a file; it takes seconds, so let go of the database before.

    Raises:
        PdfError: the machine cannot make PDFs; the message says what to install.
    """
    return pdf.pdf(html)
