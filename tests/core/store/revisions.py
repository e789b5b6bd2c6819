"""Plugins with tables, as tests of the schema need them: revisions are written to a folder as an author
would."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import sqlalchemy as sa

from crmkit.core.store.ownership import customer_column, on_conflict, owned, personal
from crmkit.core.store.schema import PluginMigrations
from crmkit.core.store.tables import Tables, Text, key_column, plugin_metadata

CARD = """\
op.create_table(
    "club_card",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("customer_id", sa.BigInteger(), nullable=False),
    sa.Column("number", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_club_card"),
    sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_club_card_customer_id"),
    sa.UniqueConstraint("customer_id", name="uq_club_card_customer_id"),
    sqlite_autoincrement=True,
)
"""


def write_revision(folder: Path, number: int, body: str, *, tail: str = "") -> None:
    """Write revision `number`, which follows the one before, with `body` as its upgrade."""
    before = "None" if number == 1 else f'"{number - 1:04}"'
    folder.mkdir(exist_ok=True)
    (folder / f"{number:04}_step.py").write_text(
        f'"""Step {number}."""\nimport sqlalchemy as sa\nfrom alembic import op\n'
        f'revision = "{number:04}"\ndown_revision = {before}\n{tail}\n'
        f"def upgrade():\n{indent(body, '    ')}\n",
        encoding="utf-8",
    )


def club(tables: Tables, folder: Path) -> PluginMigrations:
    """The plugin `club` with a table `club_card` and its first revision."""
    metadata = plugin_metadata()
    sa.Table(
        "club_card",
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, unique=True),
        personal("number", Text, nullable=False),
        info=owned(conflict=on_conflict(keep="survivor")),
        sqlite_autoincrement=True,
    )
    write_revision(folder, 1, CARD)
    return PluginMigrations("club", "club_", metadata, folder)
