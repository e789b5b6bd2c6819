"""Fields of which no two records of a type may have the same value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Conflict
from crmkit.core.model.words import RecordType
from crmkit.core.normalise.text import quoted as quoted_value
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.tables import column_name


class UniqueValues:
    """Which record has which value of the unique fields: on record, and by what the batch has done so far."""

    def __init__(self, connection: sa.Connection, type_: RecordType) -> None:
        self._connection = connection
        self._type = type_
        self._columns = {each.name: column_name(each) for each in type_.fields if each.unique}
        self._holders: dict[tuple[str, Any], int] = {}

    def look_up(self, batch: Iterable[Mapping[str, Any]]) -> None:
        """Learn which records have the values that the batch mentions."""
        if not self._columns:
            return
        every = list(batch)
        for name, column in self._columns.items():
            wanted = {values[name] for values in every if values.get(name) is not None}
            select = f"SELECT {quoted(column)}, id FROM {self._type.table} WHERE {quoted(column)}"
            for value, id_ in rows_among(self._connection, select, sorted(wanted)):
                self._holders[name, value] = id_

    def require_free(self, values: Mapping[str, Any], own: int | None) -> None:
        """Raise `Conflict`, naming the holder, when another record has one of the values."""
        for name in self._columns:
            value = values.get(name)
            holder = self._holders.get((name, value)) if value is not None else None
            if holder is not None and holder != own:
                raise Conflict(
                    phrase(
                        "{name} {value} belongs to {type}:{holder}",
                        name=name,
                        value=quoted_value(value),
                        type=self._type.name,
                        holder=holder,
                    ),
                    holder=holder,
                    field=name,
                )

    def keep(self, values: Mapping[str, Any], id_: int) -> None:
        """A new record has these values."""
        for name in self._columns:
            self.move(name, None, values.get(name), id_)

    def move(self, name: str, old: Any, new: Any, id_: int) -> None:
        """A record's value changed."""
        if name in self._columns:
            self._holders.pop((name, old), None)
            if new is not None:
                self._holders[name, new] = id_
