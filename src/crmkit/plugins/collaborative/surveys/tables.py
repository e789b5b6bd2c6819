"""The table of answers by question; askings themselves are records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.plugin import Tables

ANSWER_TABLE: Final = "collaborative_survey_answer"


def add_tables(tables: Tables, metadata: sa.MetaData) -> None:
    """Answers. The tables of records are made after those of plugins, so an answer refers to its survey by
    number, and says itself whose it is."""
    import sqlalchemy as sa

    from crmkit.plugin import Text, customer_column, key_column, owned, personal

    sa.Table(
        ANSWER_TABLE,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        sa.Column("survey_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("question", Text, nullable=False),
        # A score; the name of a choice, yes or no; or what they wrote, and the same for search.
        sa.Column("number", sa.BigInteger),
        sa.Column("choice", Text),
        personal("text", Text),
        personal("folded", Text),
        info=owned(),
        sqlite_autoincrement=True,
    )
