"""What is kept of goals: the values that their metrics had in periods that are over."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.core.store.ownership import impersonal
from crmkit.core.store.tables.columns import Instant, Text, key_column


def goal_course_table(metadata: sa.MetaData) -> None:
    """A metric's value in a period, as it was when somebody looked; `asked` says what was looked at."""
    sa.Table(
        "goal_course",
        metadata,
        key_column(),
        sa.Column("goal", Text, nullable=False),
        # The metric and the segment: a goal that asks for something else begins anew.
        sa.Column("asked", Text, nullable=False),
        # First days of the period and of the one after it.
        sa.Column("starts_on", Text, nullable=False),
        sa.Column("ends_on", Text, nullable=False),
        sa.Column("numerator", sa.BigInteger, nullable=False),
        sa.Column("denominator", sa.BigInteger),
        sa.Column("at", Instant, nullable=False),
        sa.UniqueConstraint("goal", "asked", "starts_on"),
        info=impersonal("numbers over many customers"),
    )
