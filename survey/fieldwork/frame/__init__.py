"""THE FRAME: finished dossiers from an office's lists, and who of them is asked."""

from survey.fieldwork.frame.draws import current, make_draw, propose, verify
from survey.fieldwork.frame.faults import Fault, LoadError
from survey.fieldwork.frame.loading import Loaded, load_dossiers
from survey.fieldwork.frame.uploads import sweep as sweep_uploads

__all__ = [
    "Fault",
    "LoadError",
    "Loaded",
    "current",
    "load_dossiers",
    "make_draw",
    "propose",
    "sweep_uploads",
    "verify",
]
