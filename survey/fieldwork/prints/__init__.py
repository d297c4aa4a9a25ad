"""PRINTS: what is printed and handed out for a link: the kit, lists, bare codes."""

from survey.fieldwork.prints.jobs_of_prints import forget_files
from survey.fieldwork.prints.kit import BY_KIND, PRINTS, offered
from survey.fieldwork.prints.lists import (
    CSV_HEAD,
    OFFICE_HEAD,
    file_stem,
    link_rows,
    office_rows,
    url_of,
    works_here_only,
)
from survey.fieldwork.prints.pictures import png_file, shown, svg_file

__all__ = [
    "BY_KIND",
    "CSV_HEAD",
    "OFFICE_HEAD",
    "PRINTS",
    "file_stem",
    "forget_files",
    "link_rows",
    "offered",
    "office_rows",
    "png_file",
    "shown",
    "svg_file",
    "url_of",
    "works_here_only",
]
