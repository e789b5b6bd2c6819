"""Tasks make room for the records that they become."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "operational_tasks"
down_revision = "operational_0001"

_OLD = "operational_task"
_BEFORE = "operational_task_before"
_INTEGERS = ("id", "customer_id", "employee_id", "created_at", "done_at")
_COLUMNS = ("id", "customer_id", "title", "due", "employee_id", "created_at", "done_at", "because_of")
# Whose the rows are, as this table said of itself when there still was a plugin that declared it.
_CONTRACT = {
    "table": _BEFORE,
    "key": ["id"],
    "ownership": {"conflict": None, "self_link": None, "impersonal": None, "fill": []},
    "links": {"customer_id": {"via": None, "erase": "delete", "reason": ""}},
    "personal": {"title": {"of": None, "blank": None}},
    "employees": {"employee_id": {"handover": "move", "until": "done_at", "reason": ""}},
    "columns": _COLUMNS,
    "types": {name: "integer" if name in _INTEGERS else "text" for name in _COLUMNS},
    "nullable": ["due", "employee_id", "done_at", "because_of"],
    "unique": [{"columns": ["because_of"], "where": None}],
    "refers": {"customer_id": "customer", "employee_id": "employee"},
}


def upgrade() -> None:
    """Rename the table: that of the records has its name from now on, and takes the rows over."""
    connection = op.get_bind()
    op.drop_index("ix_operational_task_customer_id", _OLD)
    op.drop_index("ix_operational_task_due", _OLD)
    if not connection.execute(sa.select(sa.func.count()).select_from(sa.table(_OLD))).scalar_one():
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
            "UPDATE ownership SET table_name = :new, contract = :contract WHERE table_name = :old"
        ).bindparams(new=_BEFORE, old=_OLD, contract=json.dumps(_CONTRACT))
    )
