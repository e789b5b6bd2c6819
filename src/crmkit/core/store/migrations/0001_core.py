"""The core's tables, as they were first made, and the search index.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _people()
    _customers()
    _reach()
    _fields()
    _interactions()
    _changes()
    _strategy()
    _bookkeeping()
    _imports()
    _search()


def _people() -> None:
    op.create_table(
        "employee",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("fold", TEXT, nullable=False),
        sa.Column("email", TEXT),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("active", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_employee"),
        sa.UniqueConstraint("email", name="uq_employee_email"),
        sa.UniqueConstraint("uid", name="uq_employee_uid"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "team",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("parent_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_team"),
        sa.ForeignKeyConstraint(["parent_id"], ["team.id"], name="fk_team_parent_id"),
        sa.UniqueConstraint("name", name="uq_team_name"),
    )
    op.create_table(
        "team_member",
        sa.Column("id", KEY, nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("employee_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_team_member"),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name="fk_team_member_employee_id"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_team_member_team_id"),
        sa.UniqueConstraint("team_id", "employee_id", name="uq_team_member_team_id_employee_id"),
    )
    op.create_index("ix_team_member_employee_id", "team_member", ["employee_id"])


def _customers() -> None:
    op.create_table(
        "customer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uid", TEXT, nullable=False),
        sa.Column("is_organization", sa.BigInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("given_name", TEXT, nullable=False),
        sa.Column("family_name", TEXT, nullable=False),
        sa.Column("fold", TEXT, nullable=False),
        sa.Column("lifecycle", TEXT, nullable=False),
        sa.Column("customer_type", TEXT),
        sa.Column("owner_id", sa.BigInteger()),
        sa.Column("locale", TEXT),
        sa.Column("timezone", TEXT),
        sa.Column("preferred_channel", TEXT),
        sa.Column("preferred_time", TEXT),
        sa.Column("archived_at", sa.BigInteger()),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer"),
        sa.ForeignKeyConstraint(["owner_id"], ["employee.id"], name="fk_customer_owner_id"),
        sa.UniqueConstraint("uid", name="uq_customer_uid"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_customer_owner_id", "customer", ["owner_id"])


def _reach() -> None:
    op.create_table(
        "contact_point",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("normalised", TEXT, nullable=False),
        sa.Column("is_primary", sa.BigInteger(), nullable=False),
        sa.Column("verified_at", sa.BigInteger()),
        sa.Column("street", TEXT),
        sa.Column("city", TEXT),
        sa.Column("postcode", TEXT),
        sa.Column("region", TEXT),
        sa.Column("country", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_contact_point"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_contact_point_customer_id"),
        sa.UniqueConstraint(
            "customer_id", "kind", "normalised", name="uq_contact_point_customer_id_kind_normalised"
        ),
    )
    op.create_index("ix_contact_point_normalised_kind", "contact_point", ["normalised", "kind"])
    op.create_table(
        "identity",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("scheme", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identity"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_identity_customer_id"),
        sa.UniqueConstraint("scheme", "value", name="uq_identity_scheme_value"),
    )
    op.create_index("ix_identity_customer_id", "identity", ["customer_id"])
    op.create_table(
        "relationship",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("since", TEXT),
        sa.Column("until", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_relationship"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_relationship_customer_id"),
        sa.ForeignKeyConstraint(["other_id"], ["customer.id"], name="fk_relationship_other_id"),
        sa.UniqueConstraint(
            "customer_id", "other_id", "kind", name="uq_relationship_customer_id_other_id_kind"
        ),
    )
    op.create_index("ix_relationship_other_id", "relationship", ["other_id"])
    op.create_table(
        "preference",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_preference"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_preference_customer_id"),
        sa.UniqueConstraint("customer_id", "topic", "value", name="uq_preference_customer_id_topic_value"),
    )
    op.create_table(
        "customer_tag",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("tag", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer_tag"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_customer_tag_customer_id"),
        sa.UniqueConstraint("tag", "customer_id", name="uq_customer_tag_tag_customer_id"),
    )
    op.create_index("ix_customer_tag_customer_id", "customer_tag", ["customer_id"])
    op.create_table(
        "consent",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("wording_version", sa.BigInteger()),
        sa.Column("evidence", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_consent_customer_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consent_customer_id", "consent", ["customer_id"])


def _fields() -> None:
    op.create_table(
        "customer_field",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer_field"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_customer_field_customer_id"),
        sa.UniqueConstraint("customer_id", name="uq_customer_field_customer_id"),
    )
    op.create_table(
        "customer_choice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer_choice"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_customer_choice_customer_id"),
        sa.UniqueConstraint(
            "customer_id", "field", "value", name="uq_customer_choice_customer_id_field_value"
        ),
    )
    op.create_index("ix_customer_choice_field_value", "customer_choice", ["field", "value"])


def _interactions() -> None:
    op.create_table(
        "interaction",
        sa.Column("seq", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("channel", TEXT),
        sa.Column("direction", TEXT),
        sa.Column("employee_id", sa.BigInteger()),
        sa.Column("outlet", TEXT),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("currency", TEXT),
        sa.Column("payload", TEXT, nullable=False),
        sa.Column("payload_version", sa.BigInteger(), nullable=False),
        sa.Column("source", TEXT),
        sa.Column("source_ref", TEXT),
        sa.Column("corrects", sa.BigInteger()),
        sa.Column("superseded_by", sa.BigInteger()),
        sa.Column("identity_id", sa.BigInteger()),
        sa.Column("contact_point_id", sa.BigInteger()),
        sa.Column("actor", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_interaction"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_interaction_customer_id"),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name="fk_interaction_employee_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_interaction_corrects",
        "interaction",
        ["corrects", "known_at"],
        sqlite_where=sa.text("corrects IS NOT NULL"),
        postgresql_where=sa.text("corrects IS NOT NULL"),
    )
    op.create_index("ix_interaction_customer_time", "interaction", ["customer_id", "occurred_at"])
    op.create_index(
        "ix_interaction_type_customer_time_amount",
        "interaction",
        ["type", "customer_id", "occurred_at", "amount", "known_at", "superseded_by"],
    )
    op.create_index("ix_interaction_currency", "interaction", ["currency"])
    op.create_index(
        "uq_interaction_source_ref",
        "interaction",
        ["source", "source_ref"],
        unique=True,
        sqlite_where=sa.text("source_ref IS NOT NULL"),
        postgresql_where=sa.text("source_ref IS NOT NULL"),
    )


def _changes() -> None:
    op.create_table(
        "change",
        sa.Column("seq", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("entity", TEXT, nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("field", TEXT, nullable=False),
        sa.Column("old", TEXT),
        sa.Column("new", TEXT),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("salt", TEXT),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_change"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_change_customer_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_customer", "change", ["customer_id", "seq"])


def _strategy() -> None:
    op.create_table(
        "segment_stay",
        sa.Column("id", KEY, nullable=False),
        sa.Column("segment", TEXT, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_segment_stay"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_segment_stay_customer_id"),
    )
    op.create_index(
        "uq_segment_stay_open",
        "segment_stay",
        ["segment", "customer_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index("ix_segment_stay_segment_entered_at", "segment_stay", ["segment", "entered_at"])
    op.create_index("ix_segment_stay_customer_id", "segment_stay", ["customer_id"])
    op.create_table(
        "trait_value",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("trait", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger()),
        sa.Column("text", TEXT),
        sa.Column("computed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trait_value"),
        sa.UniqueConstraint("trait", "customer_id", name="uq_trait_value_trait_customer_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_trait_value_customer_id"),
    )
    op.create_index("ix_trait_value_customer_id", "trait_value", ["customer_id"])


def _bookkeeping() -> None:
    op.create_table(
        "setting",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )
    op.create_table(
        "plugin",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("version", TEXT, nullable=False),
        sa.Column("deciders", TEXT, nullable=False),
        sa.Column("restricts", sa.BigInteger(), nullable=False),
        sa.Column("tables", TEXT, nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("loaded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_plugin"),
    )
    op.create_table(
        "observer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("plugin", TEXT, nullable=False),
        sa.Column("hook", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("retry_at", sa.BigInteger()),
        sa.Column("quarantined_at", sa.BigInteger()),
        sa.Column("error", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_observer"),
        sa.UniqueConstraint("plugin", "hook", name="uq_observer_plugin_hook"),
    )
    op.create_table(
        "exchange_rate",
        sa.Column("id", KEY, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("base", TEXT, nullable=False),
        sa.Column("valid_from", TEXT, nullable=False),
        sa.Column("mantissa", sa.BigInteger(), nullable=False),
        sa.Column("exponent", sa.BigInteger(), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_rate"),
        sa.UniqueConstraint(
            "currency", "base", "valid_from", name="uq_exchange_rate_currency_base_valid_from"
        ),
    )
    op.create_table(
        "ownership",
        sa.Column("table_name", TEXT, nullable=False),
        sa.Column("plugin", TEXT, nullable=False),
        sa.Column("contract", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("table_name", name="pk_ownership"),
    )
    op.create_index("ix_ownership_plugin", "ownership", ["plugin"])
    op.create_table(
        "job",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("lease_token", TEXT),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("error", TEXT),
        sa.Column("finished_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("name", name="pk_job"),
    )


def _imports() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("mapping", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("counts", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("rejects_file", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_import_run"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "review",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("item", TEXT, nullable=False),
        sa.Column("candidates", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_review_customer_id"),
    )
    op.create_index("ix_review_customer_id", "review", ["customer_id"])


def _search() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE customer_search USING fts5("
            "fold, content='customer', content_rowid='id', "
            "tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
        )
    else:
        op.execute("CREATE INDEX ix_customer_search ON customer USING gin (to_tsvector('simple', fold))")
