"""The customer, and what hangs on them."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.store.ownership import customer_column, on_conflict, owned, personal, root
from crmkit.core.store.tables.columns import Instant, Text, key_column

# At a merge the survivor takes these from the other where they are empty; of restrictions the stricter wins.
_FILLED: Final = (
    "name", "given_name", "family_name", "customer_type", "owner_id", "locale", "timezone",
    "preferred_channel", "preferred_time", "restricted_at",
)  # fmt: skip


def customer_table(metadata: sa.MetaData) -> None:
    """A person or an organisation: what everything else belongs to."""
    sa.Table(
        "customer",
        metadata,
        key_column(),
        sa.Column("uid", Text, nullable=False, unique=True),
        sa.Column("is_organization", sa.BigInteger, nullable=False),
        personal("name", Text, nullable=False, blank=""),
        personal("given_name", Text, nullable=False, blank=""),
        personal("family_name", Text, nullable=False, blank=""),
        personal("fold", Text, nullable=False, blank=""),
        sa.Column("lifecycle", Text, nullable=False),
        sa.Column("customer_type", Text),
        sa.Column("owner_id", sa.BigInteger, sa.ForeignKey("employee.id")),
        personal("locale", Text),
        personal("timezone", Text),
        personal("preferred_channel", Text),
        personal("preferred_time", Text),
        sa.Column("archived_at", Instant),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("source", Text, nullable=False),
        # Kept, but not used, until the restriction is lifted.
        sa.Column("restricted_at", Instant),
        # Whom an employee sees, or those of a team see, is counted and listed from the index alone.
        sa.Index("ix_customer_owner_id_archived_at", "owner_id", "archived_at"),
        info=root(fill=_FILLED),
        sqlite_autoincrement=True,
    )


def contact_point_table(metadata: sa.MetaData) -> None:
    """Addresses and numbers, as spelled and as compared; several customers may share one."""
    sa.Table(
        "contact_point",
        metadata,
        key_column(),
        _theirs(metadata),
        sa.Column("kind", Text, nullable=False),
        sa.Column("label", Text, nullable=False),
        personal("value", Text, nullable=False),
        personal("normalised", Text, nullable=False),
        sa.Column("is_primary", sa.BigInteger, nullable=False),
        sa.Column("verified_at", Instant),
        personal("street", Text),
        personal("city", Text),
        personal("postcode", Text),
        personal("region", Text),
        personal("country", Text),
        sa.UniqueConstraint("customer_id", "kind", "normalised"),
        sa.Index("ix_contact_point_normalised_kind", "normalised", "kind"),
        info=owned(conflict=on_conflict(keep="survivor", combine={"verified_at": "min"})),
    )


def identity_table(metadata: sa.MetaData) -> None:
    """Numbers by which other systems know exactly one customer."""
    sa.Table(
        "identity",
        metadata,
        key_column(),
        _theirs(metadata, index=True),
        sa.Column("scheme", Text, nullable=False),
        personal("value", Text, nullable=False),
        sa.UniqueConstraint("scheme", "value"),
        info=owned(),
    )


def record_number_table(metadata: sa.MetaData) -> None:
    """Numbers by which other systems know exactly one record; `record_table` is the table of its type.

    That table's name stays when the type gets another. There is one for every type, so nothing refers to it.
    """
    sa.Table(
        "record_number",
        metadata,
        key_column(),
        _theirs(metadata, index=True),
        sa.Column("record_table", Text, nullable=False),
        sa.Column("record_id", sa.BigInteger, nullable=False),
        sa.Column("source", Text, nullable=False),
        personal("value", Text, nullable=False),
        sa.UniqueConstraint("record_table", "source", "value"),
        sa.Index("ix_record_number_record_table_record_id", "record_table", "record_id"),
        info=owned(),
    )


def relationship_table(metadata: sa.MetaData) -> None:
    """Dated ties from one customer to another."""
    sa.Table(
        "relationship",
        metadata,
        key_column(),
        _theirs(metadata),
        customer_column("other_id", metadata.tables["customer"], erase="delete", nullable=False, index=True),
        sa.Column("kind", Text, nullable=False),
        sa.Column("since", Text),
        sa.Column("until", Text),
        sa.UniqueConstraint("customer_id", "other_id", "kind"),
        info=owned(conflict=on_conflict(keep="survivor"), self_link="drop"),
    )


def preference_table(metadata: sa.MetaData) -> None:
    """What customers like, and how that is known."""
    sa.Table(
        "preference",
        metadata,
        key_column(),
        _theirs(metadata),
        personal("topic", Text, nullable=False),
        personal("value", Text, nullable=False),
        sa.Column("origin", Text, nullable=False),
        sa.Column("source", Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.UniqueConstraint("customer_id", "topic", "value"),
        # Of "inferred" and "stated" the latter is the greater: what was said outweighs what was concluded.
        info=owned(conflict=on_conflict(keep="survivor", combine={"origin": "max"})),
    )


def customer_tag_table(metadata: sa.MetaData) -> None:
    """Tags."""
    sa.Table(
        "customer_tag",
        metadata,
        key_column(),
        _theirs(metadata),
        personal("tag", Text, nullable=False),
        sa.UniqueConstraint("tag", "customer_id"),
        sa.Index("ix_customer_tag_customer_id", "customer_id"),
        info=owned(conflict=on_conflict(keep="survivor")),
    )


def consent_table(metadata: sa.MetaData) -> None:
    """The consent history: entries are added, never changed."""
    sa.Table(
        "consent",
        metadata,
        key_column(),
        _theirs(metadata, index=True),
        sa.Column("purpose", Text, nullable=False),
        sa.Column("channel", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        personal("source", Text, nullable=False),
        sa.Column("wording_version", sa.BigInteger),
        personal("evidence", Text, nullable=False),
        sa.Column("actor", Text, nullable=False),
        info=owned(),
        sqlite_autoincrement=True,
    )


def _theirs(metadata: sa.MetaData, **options: Any) -> sa.Column[int]:
    """The customer whose row it is."""
    customer = metadata.tables["customer"]
    return customer_column("customer_id", customer, erase="delete", nullable=False, **options)
