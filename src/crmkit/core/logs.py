"""Reading the two logs: rows into values, in the order of `seq`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.model.interaction import Change, Interaction
from crmkit.core.store.bulk import Row, driver_rows
from crmkit.core.words.payloads import decode_payload

if TYPE_CHECKING:
    from crmkit.core.words.registry import Words

# The log's columns in the order in which `interaction_of` reads them.
READ_COLUMNS: Final = (
    "seq", "customer_id", "type", "occurred_at", "recorded_at", "known_at", "channel", "direction",
    "employee_id", "outlet", "amount", "currency", "source", "source_ref", "corrects", "superseded_by",
    "identity_id", "contact_point_id", "payload", "payload_version",
)  # fmt: skip
_INTERACTION: Final = ", ".join(READ_COLUMNS)
_CHANGE: Final = 'seq, at, actor, action, entity, entity_id, customer_id, "field", "old", "new", source'
_END: Final = {
    "interaction": "SELECT coalesce(max(seq), 0) FROM interaction",
    "change": "SELECT coalesce(max(seq), 0) FROM change",
}
_WRITTEN: Final = {"interaction": "recorded_at", "change": "at"}


def interaction_columns(interaction: sa.Table) -> list[sa.Column[Any]]:
    """The columns of the log in the order that `interaction_of` reads."""
    return [interaction.c[name] for name in READ_COLUMNS]


def interaction_of(row: Any, words: Words) -> Interaction:
    """The value of a row of `interaction_columns`."""
    # Spelled out: this is on the path of every write.
    return Interaction(
        seq=row[0], customer_id=row[1], type=row[2], occurred_at=row[3], recorded_at=row[4],
        known_at=row[5], channel=row[6], direction=row[7], employee_id=row[8], outlet=row[9],
        amount=row[10], currency=row[11], source=row[12], source_ref=row[13], corrects=row[14],
        superseded_by=row[15], identity_id=row[16], contact_point_id=row[17],
        payload=decode_payload(words.interaction_types.get(row[2]), row[18], row[19]),
    )  # fmt: skip


def change_of(row: Any) -> Change:
    """The value of a row of the change log: seq, at, actor, action, entity, entity_id, customer_id, field,
    old, new, source."""
    old, new = (json.loads(text) if text is not None else None for text in row[8:10])
    return Change(
        seq=row[0], at=row[1], actor=row[2], action=row[3], entity=row[4], entity_id=row[5],
        customer_id=row[6], field=row[7], old=old, new=new, source=row[10],
    )  # fmt: skip


def interactions_after(
    connection: sa.Connection, words: Words, position: int, limit: int
) -> list[Interaction]:
    """At most `limit` interactions after `position`."""
    return [
        interaction_of(row, words) for row in _after(connection, "interaction", _INTERACTION, position, limit)
    ]


def changes_after(connection: sa.Connection, position: int, limit: int) -> list[Change]:
    """At most `limit` entries of the change log after `position`."""
    return [change_of(row) for row in _after(connection, "change", _CHANGE, position, limit)]


def log_end(connection: sa.Connection, log: str) -> int:
    """The number of the newest entry of `interaction` or `change`, 0 when it is empty."""
    return int(connection.exec_driver_sql(_END[log]).scalar_one())


def written_after(connection: sa.Connection, log: str, position: int) -> int | None:
    """When the first entry after `position` was written, in microseconds UTC; None where there is none."""
    rows = _after(connection, log, _WRITTEN[log], position, 1)
    return rows[0][0] if rows else None


def _after(connection: sa.Connection, log: str, columns: str, position: int, limit: int) -> list[Row]:
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    # Both names are constants of this file.
    statement = f"SELECT {columns} FROM {log} WHERE seq > {mark} ORDER BY seq LIMIT {mark}"  # noqa: S608
    return driver_rows(connection, statement, (position, limit))
