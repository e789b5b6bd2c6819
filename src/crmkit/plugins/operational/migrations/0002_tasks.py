"""Tasks make room for the records that they become."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "operational_tasks"
down_revision = "operational_0001"

_OLD = "operational_task"
_BEFORE = "operational_task_before"


def upgrade() -> None:
    """Rename the table; the records' own has its name from now on, and takes the rows over when it is made."""
    connection = op.get_bind()
    op.drop_index("ix_operational_task_customer_id", _OLD)
    op.drop_index("ix_operational_task_due", _OLD)
    if not connection.execute(sa.text(f"SELECT count(*) FROM {_OLD}")).scalar_one():
        op.drop_table(_OLD)
        return
    op.rename_table(_OLD, _BEFORE)
    if connection.dialect.name == "postgresql":
        # Names of indexes and sequences stay when a table is renamed, and the new table needs them.
        op.execute(f"ALTER SEQUENCE {_OLD}_id_seq RENAME TO {_BEFORE}_id_seq")
        for kind, column in (("pk", ""), ("uq", "_because_of")):
            op.execute(
                f"ALTER TABLE {_BEFORE} RENAME CONSTRAINT {kind}_{_OLD}{column} TO {kind}_{_BEFORE}{column}"
            )
    # Whoever is erased, or leaves, before the rows are taken over is found in them as ever.
    op.execute(
        sa.text(
            "UPDATE ownership SET table_name = :new, contract = replace(contract, :was, :now) "
            "WHERE table_name = :old"
        ).bindparams(new=_BEFORE, old=_OLD, was=f'"table": "{_OLD}"', now=f'"table": "{_BEFORE}"')
    )
