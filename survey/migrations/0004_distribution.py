"""Distribution: batches, keyholes, the registry, draws, messages and long work.

That a dossier's form was sent is no longer written on its link: its keyhole is gone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OLD_ORIGINS = "origin IN ('dossier', 'counter', 'kiosk', 'paper')"
NEW_ORIGINS = "origin IN ('dossier', 'counter', 'kiosk', 'assisted', 'paper')"
WITH_ORIGIN = ("responses", "tallies", "subtotals")
OLD_STATES = "state IN ('active', 'spent', 'revoked')"
NEW_STATES = "state IN ('active', 'revoked', 'replaced')"
SPENT_OF_DOSSIERS = "state <> 'spent' OR kind = 'dossier'"
PIN_OF_KIOSK = "pin_hash IS NULL OR kind = 'kiosk'"
NEW_COLUMNS = (
    sa.Column("batch_id", sa.Integer(), nullable=True),
    sa.Column("place", sa.Integer(), nullable=True),
    sa.Column("counter", sa.String(length=80), nullable=True),
    sa.Column("valid_to", sa.Date(), nullable=True),
    sa.Column("undelivered_on", sa.Date(), nullable=True),
    sa.Column("pin_hash", sa.String(length=200), nullable=True),
)
# The text of the table as SQLite keeps it, before and after.
LINKS = (
    ("spent_on DATE", "batch_id INTEGER, \n\tplace INTEGER, \n\tcounter VARCHAR(80), "
     "\n\tvalid_to DATE, \n\tundelivered_on DATE, \n\tpin_hash VARCHAR(200)"),
    (f"CONSTRAINT ck_links_only_dossiers_are_spent CHECK ({SPENT_OF_DOSSIERS})",
     f"CONSTRAINT ck_links_pin_of_kiosk CHECK ({PIN_OF_KIOSK})"),
    (OLD_STATES, NEW_STATES),
    ("CONSTRAINT fk_links_wave_id",
     "CONSTRAINT fk_links_batch_id FOREIGN KEY(batch_id) REFERENCES batches (id), "
     "\n\tCONSTRAINT fk_links_wave_id"),
)  # fmt: skip
# To begin a form must leave no mark on its link: see the model.
DRAFTS = (
    "CONSTRAINT fk_drafts_link_id FOREIGN KEY(link_id) REFERENCES links (id) "
    "ON DELETE CASCADE, \n\tCONSTRAINT uq_drafts_key",
    "CONSTRAINT uq_drafts_key",
)
KEPT_OF_LINKS = (
    "id, wave_id, kind, token_hash, token, unit_id, procedure_id, dossier_id, note, "
    "made_on, is_sample"
)


def upgrade() -> None:
    """Make the tables, and move into them what stood on the links."""
    _make_tables()
    op.add_column("dossiers", sa.Column("is_drawn", sa.Boolean(), nullable=True))
    op.add_column("dossiers", sa.Column("draw_id", sa.Integer(), nullable=True))
    _count_the_past()
    op.execute(
        "CREATE TEMPORARY TABLE kept_keyholes AS "
        "SELECT id FROM links WHERE kind = 'dossier' AND state = 'active'"
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in WITH_ORIGIN:
            _rewrite(table, [(OLD_ORIGINS, NEW_ORIGINS)])
        state = "CASE state WHEN 'spent' THEN 'active' ELSE state END"
        kept = f"{KEPT_OF_LINKS}, state", f"{KEPT_OF_LINKS}, {state}"
        _rewrite_links([DRAFTS], LINKS, *kept)
    else:
        for table in WITH_ORIGIN:
            _check(table, "origin_known", NEW_ORIGINS)
        for column in NEW_COLUMNS:
            op.add_column("links", sa.Column(column.name, column.type, nullable=True))
        op.drop_constraint(op.f("fk_drafts_link_id"), "drafts")
        op.drop_constraint(op.f("ck_links_only_dossiers_are_spent"), "links")
        op.drop_constraint(op.f("ck_links_state_known"), "links")
        op.execute("UPDATE links SET state = 'active' WHERE state = 'spent'")
        op.create_check_constraint(op.f("ck_links_state_known"), "links", NEW_STATES)
        op.create_check_constraint(op.f("ck_links_pin_of_kiosk"), "links", PIN_OF_KIOSK)
        op.create_foreign_key(
            op.f("fk_links_batch_id"), "links", "batches", ["batch_id"], ["id"]
        )
        op.drop_column("links", "spent_on")
    op.create_index("ix_links_batch_id_place", "links", ["batch_id", "place"])
    op.create_index("ix_links_wave_id_id", "links", ["wave_id", "id"])
    _make_tables_of_links()
    op.execute(
        "INSERT INTO keyholes (link_id, batch_id) SELECT id, 0 FROM kept_keyholes"
    )
    op.execute("DROP TABLE kept_keyholes")


def downgrade() -> None:
    """Write on the links again which are spent; drop the rest.

    What was not known before goes: assisted responses become those of a kiosk, replaced
    links revoked ones, and the day of sending is the day of making.
    """
    op.execute(
        "CREATE TEMPORARY TABLE kept_spent AS SELECT id FROM links WHERE kind = "
        "'dossier' AND state = 'active' AND id NOT IN (SELECT link_id FROM keyholes)"
    )
    for table in ("messages", "link_events", "keyholes"):
        op.drop_table(table)
    op.execute("UPDATE links SET state = 'revoked' WHERE state = 'replaced'")
    op.execute("UPDATE responses SET origin = 'kiosk' WHERE origin = 'assisted'")
    for table in ("tallies", "subtotals"):
        # Two cells cannot become one here: `survey tally rebuild` counts them again.
        op.execute(f"DELETE FROM {table} WHERE origin = 'assisted'")  # noqa: S608  # nosec B608
    op.drop_index("ix_links_batch_id_place", "links")
    op.drop_index("ix_links_wave_id_id", "links")
    if op.get_bind().dialect.name == "sqlite":
        for table in WITH_ORIGIN:
            _rewrite(table, [(NEW_ORIGINS, OLD_ORIGINS)])
        backwards = [(new, old) for old, new in LINKS]
        kept = f"{KEPT_OF_LINKS}, state", f"{KEPT_OF_LINKS}, state"
        _rewrite_links([DRAFTS[::-1]], backwards, *kept)
    else:
        for table in WITH_ORIGIN:
            _check(table, "origin_known", OLD_ORIGINS)
        op.create_foreign_key(
            op.f("fk_drafts_link_id"),
            "drafts",
            "links",
            ["link_id"],
            ["id"],
            ondelete="CASCADE",
        )
        op.drop_constraint(op.f("fk_links_batch_id"), "links")
        op.drop_constraint(op.f("ck_links_pin_of_kiosk"), "links")
        for column in NEW_COLUMNS:
            op.drop_column("links", column.name)
        op.add_column("links", sa.Column("spent_on", sa.Date(), nullable=True))
        _check("links", "state_known", OLD_STATES)
        op.create_check_constraint(
            op.f("ck_links_only_dossiers_are_spent"), "links", SPENT_OF_DOSSIERS
        )
    op.execute(
        "UPDATE links SET state = 'spent', spent_on = made_on "
        "WHERE id IN (SELECT id FROM kept_spent)"
    )
    op.execute("DROP TABLE kept_spent")
    op.drop_column("dossiers", "draw_id")
    op.drop_column("dossiers", "is_drawn")
    for table in ("reaches", "funnels", "draws", "batches"):
        op.drop_table(table)


def _count_the_past() -> None:
    """How many links were made and spent on which day, as far as links still tell."""
    op.execute(
        """
        INSERT INTO funnels (wave_id, batch_id, unit_id, procedure_id, day,
                             made, opened, started, finished)
        SELECT wave_id, batch, unit_id, procedure_id, day,
               SUM(made), 0, 0, SUM(finished)
        FROM (
            SELECT wave_id, CASE kind WHEN 'dossier' THEN -1 ELSE 0 END AS batch,
                   unit_id, COALESCE(procedure_id, 0) AS procedure_id,
                   made_on AS day, 1 AS made, 0 AS finished
            FROM links
            UNION ALL
            SELECT wave_id, -1, unit_id, COALESCE(procedure_id, 0), spent_on, 0, 1
            FROM links WHERE spent_on IS NOT NULL
        ) AS steps
        GROUP BY wave_id, batch, unit_id, procedure_id, day
        """
    )


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _rewrite_links(drafts: object, changes: object, into: str, taken: str) -> None:
    # Dropping a table deletes its rows first, and drafts would go with their links.
    op.execute("CREATE TEMPORARY TABLE kept_drafts AS SELECT * FROM drafts")
    op.execute("DELETE FROM drafts")
    _rewrite("drafts", drafts)
    _rewrite("links", changes, into, taken)
    op.execute("INSERT INTO drafts SELECT * FROM kept_drafts")
    op.execute("DROP TABLE kept_drafts")


def _rewrite(table: str, changes: object, into: str = "", taken: str = "*") -> None:
    """Make a table anew from its changed text: SQLite changes no CHECK."""
    connection = op.get_bind()
    parts = connection.exec_driver_sql(
        "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL",
        (table,),
    ).all()
    (text,) = (sql for kind, sql in parts if kind == "table")
    for old, new in changes:  # type: ignore[attr-defined]
        if text.count(old) != 1:
            raise RuntimeError(f"{table} is not as migration 0003 left it: {old}")
        text = text.replace(old, new)
    columns = f" ({into})" if into else ""
    inside = text.partition("(")[2]
    connection.exec_driver_sql(f"CREATE TABLE new_{table} ({inside}")
    connection.exec_driver_sql(
        f"INSERT INTO new_{table}{columns} SELECT {taken} FROM {table}"  # noqa: S608  # nosec B608
    )
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE new_{table} RENAME TO {table}")
    for kind, sql in parts:
        if kind == "index":
            connection.exec_driver_sql(sql)


def _make_tables() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("key_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "key IS NULL OR kind = 'dossier'",
            name=op.f("ck_batches_key_of_dossier_links"),
        ),
        sa.CheckConstraint(
            "kind IN ('dossier', 'counter', 'kiosk')",
            name=op.f("ck_batches_kind_known"),
        ),
        sa.CheckConstraint(
            "(key IS NULL) = (key_until IS NULL)", name=op.f("ck_batches_key_ends")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["accounts.id"], name=op.f("fk_batches_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_batches_wave_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index(op.f("ix_batches_wave_id"), "batches", ["wave_id"], unique=False)
    op.create_table(
        "draws",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frame_sha256", sa.String(length=64), nullable=False),
        sa.Column("strata", sa.JSON(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "mode IN ('census', 'sample')", name=op.f("ck_draws_mode_known")
        ),
        sa.CheckConstraint(
            "length(frame_sha256) = 64", name=op.f("ck_draws_frame_sha256_whole")
        ),
        sa.CheckConstraint(
            "size <= frame", name=op.f("ck_draws_not_more_than_there_are")
        ),
        sa.ForeignKeyConstraint(
            ["drawn_by"], ["accounts.id"], name=op.f("fk_draws_drawn_by")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_draws_wave_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
    )
    op.create_index(op.f("ix_draws_wave_id"), "draws", ["wave_id"], unique=False)
    op.create_table(
        "funnels",
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("started", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "made >= 0 AND opened >= 0 AND started >= 0 AND finished >= 0",
            name=op.f("ck_funnels_steps_counted"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_funnels_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_funnels_wave_id")
        ),
        sa.PrimaryKeyConstraint(
            "wave_id",
            "batch_id",
            "unit_id",
            "procedure_id",
            "day",
            name=op.f("pk_funnels"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reaches",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f("fk_reaches_dossier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_reaches")),
    )


def _make_tables_of_links() -> None:
    op.create_table(
        "keyholes",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["links.id"],
            name=op.f("fk_keyholes_link_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_keyholes")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_keyholes_batch_id"), "keyholes", ["batch_id"])
    op.create_table(
        "link_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "action IN ('made', 'printed', 'exported', 'mailed', 'undelivered', "
            "'revoked', 'replaced', 'extended', 'locked', 'edited')",
            name=op.f("ck_link_events_action_known"),
        ),
        sa.CheckConstraint(
            "link_id IS NOT NULL OR batch_id IS NOT NULL",
            name=op.f("ck_link_events_of_something"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_link_events_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_link_events_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_link_events_link_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_link_events_wave_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_events")),
    )
    op.create_index(
        op.f("ix_link_events_batch_id"), "link_events", ["batch_id"], unique=False
    )
    op.create_index(
        op.f("ix_link_events_link_id"), "link_events", ["link_id"], unique=False
    )
    op.create_index(
        op.f("ix_link_events_wave_id"), "link_events", ["wave_id"], unique=False
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fault", sa.String(length=300), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('invitation', 'reminder')", name=op.f("ck_messages_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'failed', 'bounced', 'filed')",
            name=op.f("ck_messages_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["links.id"], name=op.f("fk_messages_link_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["accounts.id"], name=op.f("fk_messages_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_messages_wave_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("link_id", "kind", name=op.f("uq_messages_link_id_kind")),
    )
    op.create_index(
        "ix_messages_state_next_at", "messages", ["state", "next_at"], unique=False
    )
    op.create_index(op.f("ix_messages_wave_id"), "messages", ["wave_id"], unique=False)
