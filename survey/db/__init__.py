"""The engine: SQLite by default, PostgreSQL for production, with the few rules that
make either lose nothing."""

from survey.db.columns import Counts, Hundredths, Moment, add_counts, sum_counts
from survey.db.engine import SAFE_WAL_VERSION, Base, connect_to, db, in_chunks
from survey.db.late import LateSession
from survey.db.statements import AnyConnection, Statement, reading, writing

__all__ = [
    "SAFE_WAL_VERSION",
    "AnyConnection",
    "Base",
    "Counts",
    "Hundredths",
    "LateSession",
    "Moment",
    "Statement",
    "add_counts",
    "connect_to",
    "db",
    "in_chunks",
    "reading",
    "sum_counts",
    "writing",
]
