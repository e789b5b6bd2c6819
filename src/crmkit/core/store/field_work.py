"""One run over the declared fields of a table: where they are, what is done there, and what is said of it."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from attrs import field, frozen

from crmkit.core.language import N_
from crmkit.core.store.bulk import quoted

# So many values are shown where the data contradict a declaration.
EXAMPLES: Final = 3


@frozen
class Place:
    """Where fields are: the table, its column that says whose a value is, and who those are in a sentence.

    `prefix` comes before a field's name in a sentence.
    """

    table: str
    holder: str
    whose: str
    prefix: str = ""


CUSTOMERS: Final = Place("customer_field", "customer_id", N_("customers"))


@frozen
class Work:
    """One upgrade of the fields of one table: its connection and what it did. With `dry_run` it checks and
    writes nothing. `has_columns`: the table was just made, with them; adding one costs SQLite more than that.
    """

    connection: sa.Connection
    dry_run: bool
    place: Place = CUSTOMERS
    sentences: list[str] = field(factory=list)
    has_columns: bool = False

    @property
    def table(self) -> str:
        """The table, as it stands in a statement."""
        return quoted(self.place.table)

    def called(self, name: str) -> str:
        """A field's name in a sentence."""
        return f'"{self.place.prefix}{name}"'

    def run(self, statement: str, *values: Any) -> None:
        """Run a statement with `?` marks, unless this is a dry run."""
        if not self.dry_run:
            self._execute(statement, values)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a query with `?` marks."""
        return list(self._execute(statement, values))

    def value(self, statement: str, *values: Any) -> Any:
        """The first value of a query with `?` marks."""
        return self._execute(statement, values).scalar()

    def _execute(self, statement: str, values: tuple[Any, ...]) -> sa.CursorResult[Any]:
        if self.connection.dialect.name == "postgresql":
            # A field's name holds neither sign.
            statement = statement.replace("%", "%%").replace("?", "%s")
        return self.connection.exec_driver_sql(statement, values)

    def columns(self) -> set[str]:
        """The names of the table's columns, as they are."""
        return {column["name"] for column in sa.inspect(self.connection).get_columns(self.place.table)}

    def did(self, sentence: str) -> None:
        """Note a change."""
        self.sentences.append(sentence)


def shown_value(value: Any) -> str:
    """A value as a sentence has it."""
    return f'"{value}"' if isinstance(value, str) else str(value)
