"""Numbers that a program has, as rows of a statement."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa


def listed(dialect: str, numbers: Collection[int], name: str) -> sa.Select[Any]:
    """SELECT of these numbers, handed over as one text, however many they are; `name` is the parameter's, and
    no other in the statement has it."""
    text = sa.bindparam(name, json.dumps(list(numbers)), sa.Text)
    if dialect == "sqlite":
        rows = sa.func.json_each(text).table_valued("value", name=f"{name}_of")
    else:
        rows = (
            sa.func.json_array_elements_text(sa.cast(text, sa.JSON))
            .table_valued("value", name=f"{name}_of")
            .render_derived()
        )
    return sa.select(sa.cast(rows.c.value, sa.BigInteger))
