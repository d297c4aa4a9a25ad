"""STAFF COLLECT: waves, links with their QR codes, the lists they are made from, and
the businesses that asked for a call back."""

from survey.fieldwork import (
    views_calendar,
    views_contacts,
    views_links,
    views_lists,
    views_make,
    views_method,
    views_paper,
    views_rehearsal,
    views_waves,
)
from survey.fieldwork.blueprint import bp
from survey.fieldwork.cards import CSV_HEAD, link_rows, works_here_only
from survey.fieldwork.holidays import marks as calendar_marks
from survey.fieldwork.holidays import replace as replace_calendar
from survey.fieldwork.links import (
    Batch,
    Made,
    Wanted,
    dossiers_without_link,
    make_links,
    new_batch,
    revoke_link,
    wanted_dossiers,
)
from survey.fieldwork.loading import (
    Loaded,
    load_dossiers,
    load_procedures,
    load_units,
)
from survey.fieldwork.method import MethodFixed
from survey.fieldwork.rehearsal import Filled
from survey.fieldwork.rehearsal import begin as begin_rehearsal
from survey.fieldwork.rehearsal import empty as empty_rehearsal
from survey.fieldwork.rehearsal import end as end_rehearsal
from survey.fieldwork.rows import Fault, LoadError
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.waves import close_wave, create_wave, open_wave

__all__ = [
    "CSV_HEAD",
    "Batch",
    "Fault",
    "FieldworkError",
    "Filled",
    "LoadError",
    "Loaded",
    "Made",
    "MethodFixed",
    "Wanted",
    "begin_rehearsal",
    "bp",
    "calendar_marks",
    "close_wave",
    "create_wave",
    "dossiers_without_link",
    "empty_rehearsal",
    "end_rehearsal",
    "link_rows",
    "load_dossiers",
    "load_procedures",
    "load_units",
    "make_links",
    "new_batch",
    "open_wave",
    "replace_calendar",
    "revoke_link",
    "views_calendar",
    "views_contacts",
    "views_links",
    "views_lists",
    "views_make",
    "views_method",
    "views_paper",
    "views_rehearsal",
    "views_waves",
    "wanted_dossiers",
    "works_here_only",
]
