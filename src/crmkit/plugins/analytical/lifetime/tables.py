"""The table of fits."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.plugin import Instant, Text, impersonal, key_column

FIT: Final = "analytical_fit"


def build(metadata: sa.MetaData) -> None:
    """Add the table of what fitting the models came to, newest last."""
    sa.Table(
        FIT,
        metadata,
        key_column(),
        sa.Column("at", Instant, nullable=False),
        # By what was on record at this instant.
        sa.Column("as_of", Instant, nullable=False),
        sa.Column("model", Text, nullable=False),
        sa.Column("unit", Text, nullable=False),
        sa.Column("status", Text, nullable=False),
        sa.Column("reason", Text, nullable=False),
        sa.Column("customers", sa.BigInteger, nullable=False),
        # JSON objects, name to number.
        sa.Column("params", Text, nullable=False),
        sa.Column("standard_errors", Text, nullable=False),
        sa.Column("log_likelihood", sa.Double),
        sa.Index("ix_analytical_fit_model", "model", "as_of"),
        info=impersonal("parameters of models fitted to everybody's purchases"),
        sqlite_autoincrement=True,
    )
