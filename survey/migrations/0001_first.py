"""The first tables: the office, its questionnaires and waves, answers and tallies."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = ("default",)
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "failed_sign_ins",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "failures > 0", name=op.f("ck_failed_sign_ins_failures_counted")
        ),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_failed_sign_ins")),
    )
    op.create_index(
        op.f("ix_failed_sign_ins_last_at"), "failed_sign_ins", ["last_at"], unique=False
    )
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holidays")),
    )
    op.create_table(
        "questionnaires",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(sha256) = 64", name=op.f("ck_questionnaires_sha256_whole")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaires")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('province', 'department', 'division')",
            name=op.f("ck_units_kind_known"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_units_not_its_own_parent")),
        sa.CheckConstraint(
            "valid_to > valid_from", name=op.f("ck_units_valid_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["units.id"], name=op.f("fk_units_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('admin', 'fieldworker', 'analyst', 'auditor')",
            name=op.f("ck_accounts_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_accounts_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_table(
        "procedures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("field", sa.String(length=120), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=True),
        sa.Column("days_verified", sa.Boolean(), nullable=False),
        sa.Column("is_immediate", sa.Boolean(), nullable=False),
        sa.Column("online_level", sa.String(length=10), nullable=False),
        sa.Column("fee", sa.String(length=200), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "online_level IN ('none', 'partial', 'full')",
            name=op.f("ck_procedures_online_level_known"),
        ),
        sa.CheckConstraint(
            "working_days > 0", name=op.f("ck_procedures_working_days_positive")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_procedures_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedures")),
        sa.UniqueConstraint("code", name=op.f("uq_procedures_code")),
    )
    op.create_index(
        op.f("ix_procedures_unit_id"), "procedures", ["unit_id"], unique=False
    )
    op.create_table(
        "waves",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("questionnaire_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("formula", sa.String(length=20), nullable=False),
        sa.Column("hide_below", sa.Integer(), nullable=False),
        sa.Column("index_from", sa.Integer(), nullable=False),
        sa.Column("rank_from", sa.Integer(), nullable=False),
        sa.Column("folded_percent", sa.Integer(), nullable=False),
        sa.Column("careless", sa.JSON(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "formula IN ('satisfied_share', 'mean_percent', 'normalised_mean')",
            name=op.f("ck_waves_formula_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'rehearsal', 'open', 'closed')",
            name=op.f("ck_waves_state_known"),
        ),
        sa.CheckConstraint(
            "closes_on >= opens_on", name=op.f("ck_waves_dates_in_order")
        ),
        sa.CheckConstraint(
            "hide_below >= 1 AND index_from >= hide_below AND rank_from >= index_from",
            name=op.f("ck_waves_thresholds_in_order"),
        ),
        sa.CheckConstraint(
            "folded_percent BETWEEN 0 AND 100",
            name=op.f("ck_waves_folded_percent_is_a_share"),
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaires.id"],
            name=op.f("fk_waves_questionnaire_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_waves_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waves")),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("reach", sa.String(length=200), nullable=False),
        sa.Column("delete_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_contacts_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_contacts_wave_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_contacts_delete_on"), "contacts", ["delete_on"], unique=False
    )
    op.create_index(op.f("ix_contacts_wave_id"), "contacts", ["wave_id"], unique=False)
    op.create_table(
        "dossiers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('in_person', 'online', 'postal', 'mixed', 'unknown')",
            name=op.f("ck_dossiers_channel_known"),
        ),
        sa.CheckConstraint(
            "outcome IN ('granted', 'refused', 'returned', 'withdrawn', 'in_progress')",
            name=op.f("ck_dossiers_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.id"], name=op.f("fk_dossiers_procedure_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_dossiers_wave_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("wave_id", "code", name=op.f("uq_dossiers_wave_id_code")),
    )
    op.create_index(
        op.f("ix_dossiers_procedure_id"), "dossiers", ["procedure_id"], unique=False
    )
    op.create_table(
        "responses",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("receipt_hash", sa.String(length=64), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("questionnaire_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("flags", sa.String(length=200), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("pattern", sa.String(length=32), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("generals", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("prompts", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.JSON(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('in_person', 'online', 'postal', 'mixed', 'unknown')",
            name=op.f("ck_responses_channel_known"),
        ),
        sa.CheckConstraint(
            "language IN ('vi', 'en')", name=op.f("ck_responses_language_known")
        ),
        sa.CheckConstraint(
            "origin IN ('dossier', 'counter', 'kiosk', 'paper')",
            name=op.f("ck_responses_origin_known"),
        ),
        sa.CheckConstraint(
            "status IN ('complete', 'partial', 'break_off')",
            name=op.f("ck_responses_status_known"),
        ),
        sa.CheckConstraint(
            "arm IN ('guided', 'folded')", name=op.f("ck_responses_arm_known")
        ),
        sa.CheckConstraint(
            "length(month) = 7", name=op.f("ck_responses_month_is_a_month")
        ),
        sa.CheckConstraint(
            "length(receipt_hash) = 64", name=op.f("ck_responses_receipt_hash_whole")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.id"], name=op.f("fk_responses_procedure_id")
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["questionnaires.id"],
            name=op.f("fk_responses_questionnaire_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_responses_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_responses_wave_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_responses_receipt_hash")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_responses_wave_id_id", "responses", ["wave_id", "id"], unique=False
    )
    op.create_index(
        "ix_responses_wave_id_pattern",
        "responses",
        ["wave_id", "pattern"],
        unique=False,
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_sign_ins_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
    )
    op.create_index(
        op.f("ix_sign_ins_account_id"), "sign_ins", ["account_id"], unique=False
    )
    op.create_index(op.f("ix_sign_ins_ends_at"), "sign_ins", ["ends_at"], unique=False)
    op.create_table(
        "tallies",
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column(
            "counts",
            sa.LargeBinary().with_variant(sa.Numeric(), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "arm IN ('guided', 'folded')", name=op.f("ck_tallies_arm_known")
        ),
        sa.CheckConstraint(
            "channel IN ('in_person', 'online', 'postal', 'mixed', 'unknown')",
            name=op.f("ck_tallies_channel_known"),
        ),
        sa.CheckConstraint(
            "origin IN ('dossier', 'counter', 'kiosk', 'paper')",
            name=op.f("ck_tallies_origin_known"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_tallies_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_tallies_wave_id")
        ),
        sa.PrimaryKeyConstraint(
            "wave_id",
            "unit_id",
            "procedure_id",
            "channel",
            "origin",
            "month",
            "is_flagged",
            "arm",
            name=op.f("pk_tallies"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=True),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'dossier') = (token IS NULL)",
            name=op.f("ck_links_dossier_token_only_hashed"),
        ),
        sa.CheckConstraint(
            "dossier_id IS NULL OR kind = 'dossier'",
            name=op.f("ck_links_dossier_of_dossier_link"),
        ),
        sa.CheckConstraint(
            "kind IN ('dossier', 'counter', 'kiosk')", name=op.f("ck_links_kind_known")
        ),
        sa.CheckConstraint(
            "state <> 'spent' OR kind = 'dossier'",
            name=op.f("ck_links_only_dossiers_are_spent"),
        ),
        sa.CheckConstraint(
            "state IN ('active', 'spent', 'revoked')", name=op.f("ck_links_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_links_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.id"], name=op.f("fk_links_procedure_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_links_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"], ["waves.id"], name=op.f("fk_links_wave_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_links_token_hash")),
    )
    op.create_index(op.f("ix_links_dossier_id"), "links", ["dossier_id"], unique=False)
    op.create_index(
        op.f("ix_links_procedure_id"), "links", ["procedure_id"], unique=False
    )
    op.create_index(op.f("ix_links_unit_id"), "links", ["unit_id"], unique=False)
    op.create_index(
        "ix_links_wave_kind_state", "links", ["wave_id", "kind", "state"], unique=False
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("sole_link_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("supplied", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("next_page", sa.String(length=20), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "language IN ('vi', 'en')", name=op.f("ck_drafts_language_known")
        ),
        sa.CheckConstraint(
            "arm IN ('guided', 'folded')", name=op.f("ck_drafts_arm_known")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["links.id"],
            name=op.f("fk_drafts_link_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("key", name=op.f("uq_drafts_key")),
        sa.UniqueConstraint("sole_link_id", name=op.f("uq_drafts_sole_link_id")),
    )
    op.create_index(op.f("ix_drafts_link_id"), "drafts", ["link_id"], unique=False)


def downgrade() -> None:
    """Drop every table."""
    op.drop_index(op.f("ix_drafts_link_id"), table_name="drafts")
    op.drop_table("drafts")
    op.drop_index("ix_links_wave_kind_state", table_name="links")
    op.drop_index(op.f("ix_links_unit_id"), table_name="links")
    op.drop_index(op.f("ix_links_procedure_id"), table_name="links")
    op.drop_index(op.f("ix_links_dossier_id"), table_name="links")
    op.drop_table("links")
    op.drop_table("tallies")
    op.drop_index(op.f("ix_sign_ins_ends_at"), table_name="sign_ins")
    op.drop_index(op.f("ix_sign_ins_account_id"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_index("ix_responses_wave_id_pattern", table_name="responses")
    op.drop_index("ix_responses_wave_id_id", table_name="responses")
    op.drop_table("responses")
    op.drop_index(op.f("ix_dossiers_procedure_id"), table_name="dossiers")
    op.drop_table("dossiers")
    op.drop_index(op.f("ix_contacts_wave_id"), table_name="contacts")
    op.drop_index(op.f("ix_contacts_delete_on"), table_name="contacts")
    op.drop_table("contacts")
    op.drop_table("waves")
    op.drop_index(op.f("ix_procedures_unit_id"), table_name="procedures")
    op.drop_table("procedures")
    op.drop_table("accounts")
    op.drop_table("units")
    op.drop_table("questionnaires")
    op.drop_table("holidays")
    op.drop_index(op.f("ix_failed_sign_ins_last_at"), table_name="failed_sign_ins")
    op.drop_table("failed_sign_ins")
