"""STAFF COLLECT: waves, links with their QR codes, the lists they are made from, and
the businesses that asked for a call back."""

from survey.fieldwork import (
    views_contacts,
    views_links,
    views_lists,
    views_make,
    views_waves,
)
from survey.fieldwork.blueprint import bp
from survey.fieldwork.cards import CSV_HEAD, link_rows
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
from survey.fieldwork.rows import Fault, LoadError
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.waves import close_wave, create_wave, open_wave

__all__ = [
    "CSV_HEAD",
    "Batch",
    "Fault",
    "FieldworkError",
    "LoadError",
    "Loaded",
    "Made",
    "Wanted",
    "bp",
    "close_wave",
    "create_wave",
    "dossiers_without_link",
    "link_rows",
    "load_dossiers",
    "load_procedures",
    "load_units",
    "make_links",
    "new_batch",
    "open_wave",
    "revoke_link",
    "views_contacts",
    "views_links",
    "views_lists",
    "views_make",
    "views_waves",
    "wanted_dossiers",
]
