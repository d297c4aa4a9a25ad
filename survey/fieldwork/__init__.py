"""STAFF COLLECT: waves, links with their QR codes, the lists they are made from, and
the businesses that asked for a call back."""

from survey.fieldwork import (
    kiosk,
    messages,
    views_calendar,
    views_contacts,
    views_lists,
    views_method,
    views_paper,
    views_plan,
    views_rates,
    views_rehearsal,
    views_waves,
)
from survey.fieldwork.blueprint import bp
from survey.fieldwork.frame import (
    Fault,
    Loaded,
    LoadError,
    load_dossiers,
    make_draw,
    sweep_uploads,
)
from survey.fieldwork.frame import current as current_draws
from survey.fieldwork.frame import propose as propose_draw
from survey.fieldwork.frame import verify as verify_draw
from survey.fieldwork.frame import views as views_frame
from survey.fieldwork.frame import views_draw as views_draw
from survey.fieldwork.holidays import marks as calendar_marks
from survey.fieldwork.holidays import replace as replace_calendar
from survey.fieldwork.links import (
    Made,
    Tokens,
    Wanted,
    bare_wanted,
    dossiers_without_link,
    forget_keys,
    made_of,
    make_links,
    new_tokens,
    replace_links,
    revoke_batch,
    revoke_link,
    views_act,
    views_batch,
    views_funnel,
    views_link,
    views_make,
    views_registry,
    wanted_dossiers,
)
from survey.fieldwork.links import make_in_parts as make_links_in_parts
from survey.fieldwork.links import sweep as sweep_links
from survey.fieldwork.loading import load_procedures, load_units
from survey.fieldwork.method import MethodFixed
from survey.fieldwork.prints import CSV_HEAD, link_rows, works_here_only
from survey.fieldwork.prints import views as views_prints
from survey.fieldwork.rehearsal import Filled
from survey.fieldwork.rehearsal import begin as begin_rehearsal
from survey.fieldwork.rehearsal import empty as empty_rehearsal
from survey.fieldwork.rehearsal import end as end_rehearsal
from survey.fieldwork.terms import FieldworkError
from survey.fieldwork.waves import create_wave, open_wave

__all__ = [
    "CSV_HEAD",
    "Fault",
    "FieldworkError",
    "Filled",
    "LoadError",
    "Loaded",
    "Made",
    "MethodFixed",
    "Tokens",
    "Wanted",
    "bare_wanted",
    "begin_rehearsal",
    "bp",
    "calendar_marks",
    "create_wave",
    "current_draws",
    "dossiers_without_link",
    "empty_rehearsal",
    "end_rehearsal",
    "forget_keys",
    "kiosk",
    "link_rows",
    "load_dossiers",
    "load_procedures",
    "load_units",
    "made_of",
    "make_draw",
    "make_links",
    "make_links_in_parts",
    "messages",
    "new_tokens",
    "open_wave",
    "propose_draw",
    "replace_calendar",
    "replace_links",
    "revoke_batch",
    "revoke_link",
    "sweep_links",
    "sweep_uploads",
    "verify_draw",
    "views_act",
    "views_batch",
    "views_calendar",
    "views_contacts",
    "views_draw",
    "views_frame",
    "views_funnel",
    "views_link",
    "views_lists",
    "views_make",
    "views_method",
    "views_paper",
    "views_plan",
    "views_prints",
    "views_rates",
    "views_registry",
    "views_rehearsal",
    "views_waves",
    "wanted_dossiers",
    "works_here_only",
]
