"""Tallies: how many answered what and were invited, held against what is stored."""

from survey.tallies.adding import add, add_all, gather, total, totals_by
from survey.tallies.checking import (
    Wrong,
    check,
    differences,
    differences_invited,
    outdated,
    rebuild,
    recount,
    renew,
)
from survey.tallies.counted import counts_of, layout_of, pages_of
from survey.tallies.invited import (
    Asked,
    Invited,
    asked_of,
    invite,
    invited,
    recount_invited,
)
from survey.tallies.keys import Cell, Selection, Sum, cell_of, cells

__all__ = [
    "Asked",
    "Cell",
    "Invited",
    "Selection",
    "Sum",
    "Wrong",
    "add",
    "add_all",
    "asked_of",
    "cell_of",
    "cells",
    "check",
    "counts_of",
    "differences",
    "differences_invited",
    "gather",
    "invite",
    "invited",
    "layout_of",
    "outdated",
    "pages_of",
    "rebuild",
    "recount",
    "recount_invited",
    "renew",
    "total",
    "totals_by",
]
