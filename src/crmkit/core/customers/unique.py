"""Fields of which no two customers may have the same value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.customers.drafts import Prepared
from crmkit.core.customers.record import Record
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Conflict
from crmkit.core.normalise.text import quoted as quoted_value
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel


class UniqueValues:
    """Who has which value of the unique fields: on record, and by what the batch has done so far."""

    def __init__(self, kernel: Kernel, connection: sa.Connection) -> None:
        self._connection = connection
        self._columns = {field.name: column_name(field) for field in kernel.words.fields if field.unique}
        self._holders: dict[tuple[str, Any], int] = {}

    def look_up(self, batch: Iterable[Prepared]) -> None:
        """Learn who on record has the values that the batch mentions."""
        if not self._columns:
            return
        batch = list(batch)
        for name, column in self._columns.items():
            wanted = {prepared.values[name] for prepared in batch if prepared.values.get(name) is not None}
            select = f"SELECT {quoted(column)}, customer_id FROM customer_field WHERE {quoted(column)}"
            for value, customer_id in rows_among(self._connection, select, sorted(wanted)):
                self._holders[name, value] = customer_id

    def require_free(self, prepared: Prepared, own: int | None, records: Mapping[int, Record]) -> None:
        """Raise `Conflict`, naming the holder, when another customer has a value of the draft's."""
        for name in self._columns:
            value = prepared.values.get(name)
            holder = self._holders.get((name, value)) if value is not None else None
            if holder is not None and holder != own:
                record = records.get(holder)
                who = (
                    phrase("{name} ({holder})", name=record.shown_name(), holder=holder)
                    if record
                    else phrase("customer {holder}", holder=holder)
                )
                raise Conflict(
                    phrase("{name} {value} belongs to {who}", name=name, value=quoted_value(value), who=who),
                    holder=holder,
                    field=name,
                )

    def move(self, name: str, old: Any, new: Any, customer_id: int) -> None:
        """A customer's value changed."""
        if name in self._columns:
            self._holders.pop((name, old), None)
            if new is not None:
                self._holders[name, new] = customer_id
