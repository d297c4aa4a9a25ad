"""The words that columns may hold, and the constraint that holds them to it."""

from __future__ import annotations

import sqlalchemy as sa

ROLES = ("admin", "fieldworker", "analyst", "auditor")
UNIT_KINDS = ("province", "department", "division")
ONLINE_LEVELS = ("none", "partial", "full")
WAVE_STATES = ("draft", "rehearsal", "open", "closed")
FORMULAS = ("satisfied_share", "mean_percent", "normalised_mean")
LINK_KINDS = ("dossier", "counter", "kiosk")
LINK_STATES = ("active", "revoked", "replaced")
OUTCOMES = ("granted", "refused", "returned", "withdrawn", "in_progress")
CHANNELS = ("in_person", "online", "postal", "mixed", "unknown")
ORIGINS = ("dossier", "counter", "kiosk", "assisted", "paper")
"""How a response came in; `assisted`: on a tablet, with a member of staff beside."""
STATUSES = ("complete", "partial", "break_off")
LANGUAGES = ("vi", "en")
ARMS = ("guided", "folded")
SUBTOTALS = ("whole", "unit", "procedure", "channel")
PAPER_STATES = ("once", "twice", "counted")
LINK_ACTIONS = (
    "made", "printed", "exported", "mailed", "undelivered",
    "revoked", "replaced", "extended", "locked", "edited",
)  # fmt: skip
DRAW_MODES = ("census", "sample")
MESSAGE_KINDS = ("invitation", "reminder")
MESSAGE_STATES = ("queued", "sent", "failed", "bounced", "filed")
"""`filed`: not sent from here, but given to the office in a file."""
DOCUMENT_KINDS = ("plan", "decision", "report", "other")
REOPENING_STATES = ("asked", "agreed", "refused", "withdrawn")
JOB_STATES = ("queued", "running", "done", "failed", "cancelled")
TALLY_LAYOUT = 2
"""What tallies hold and how it is written: raised when either changes, so that those
made before are counted anew. 2: facts and general questions are counted too."""
RULE_KINDS = ("linear", "bands", "thresholds", "typed", "not_applicable")
RULE_MEASURES = ("survey", "national", "other")
"""What a score rule takes: the index of a survey, a figure of QĐ 766, another one."""
SHEET_STATES = ("self", "submitted", "explaining", "second", "published")
SELF_SOURCES = ("none", "typed", "value", "wave")
"""Where the points of a line come from: nowhere yet, typed, a typed value or a wave."""
EVIDENCE_STATES = ("present", "missing", "stale")
APPRAISAL_MODES = ("recovered_points", "whole_criterion")
NO_PROCEDURE = 0
"""Stands for "procedure not known" in a tally's key, where NULL would never match."""
NO_BATCH = 0
"""Stands for a link older than batches in the key of a funnel and of a keyhole."""
ALL_DOSSIERS = -1
"""Stands in the key of a funnel for every dossier link of a unit and procedure: what
is counted while forms are begun and sent names no batch, which may be a single link."""


def one_of(column: str, allowed: tuple[str, ...]) -> sa.CheckConstraint:
    """Only these words may stand in the column."""
    values = ", ".join(f"'{value}'" for value in allowed)
    return sa.CheckConstraint(f"{column} IN ({values})", name=f"{column}_known")
