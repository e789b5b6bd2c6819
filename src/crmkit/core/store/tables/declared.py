"""Tables whose columns are declared: customers' fields, and the record types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from crmkit.core.model.words import Field
from crmkit.core.store.ownership import customer_column, on_conflict, owned, personal
from crmkit.core.store.tables.columns import Instant, Text, key_column


def field_tables(metadata: sa.MetaData, customer: sa.Table, fields: Iterable[Field]) -> None:
    """`customer_field` and `customer_choice`: the values of declared fields."""
    sa.Table(
        "customer_field",
        metadata,
        key_column(),
        customer_column("customer_id", customer, erase="delete", nullable=False, unique=True),
        *(field_column(field) for field in fields if field.type != "multi-choice"),
        # Each field of its own: what one record lacks, the other may know.
        info=owned(conflict=on_conflict(keep="survivor", combine={"*": "first_non_null"})),
    )
    sa.Table(
        "customer_choice",
        metadata,
        key_column(),
        customer_column("customer_id", customer, erase="delete", nullable=False),
        sa.Column("field", Text, nullable=False),
        personal("value", Text, nullable=False),
        sa.UniqueConstraint("customer_id", "field", "value"),
        sa.Index("ix_customer_choice_field_value", "field", "value"),
        info=owned(conflict=on_conflict(keep="survivor")),
    )


def record_table(
    metadata: sa.MetaData, core: Mapping[str, sa.Table], name: str, fields: Iterable[Field]
) -> sa.Table:
    """The table of a record type, with a column for each of its fields; it refers to tables of `core`."""
    return sa.Table(
        name,
        metadata,
        key_column(),
        customer_column("customer_id", core["customer"], erase="delete", nullable=False, index=True),
        sa.Column("employee_id", sa.BigInteger, sa.ForeignKey(core["employee"].c.id), index=True),
        sa.Column("state", Text),
        personal("title", Text, nullable=False, blank=""),
        personal("fold", Text, nullable=False, blank=""),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("archived_at", Instant),
        *(field_column(field) for field in fields),
        sa.Index(None, "state", "id"),
        info=owned(),
        sqlite_autoincrement=True,
    )


def field_column(field: Field) -> sa.Column[Any]:
    """The column of `customer_field` that holds a declared field (multi-choice fields have none)."""
    options: dict[str, Any] = {"nullable": True}
    if field.personal:
        return personal(column_name(field), _field_type(field), **options)
    return sa.Column(column_name(field), _field_type(field), **options)


def column_name(field: Field) -> str:
    """`referrals.points` is kept in the column `referrals__points`."""
    return field.name.replace(".", "__")


def _field_type(field: Field) -> Any:
    return sa.BigInteger() if field.type in ("number", "money", "datetime", "bool") else Text
