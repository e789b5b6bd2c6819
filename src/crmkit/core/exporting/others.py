"""The other ends of relationships: how an import finds them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.customers.sets import rows_among
from crmkit.core.exchange.tie_words import is_dated
from crmkit.core.normalise import fold
from crmkit.core.store.bulk import driver_rows

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

_REF: Final = "ref"


class Other(NamedTuple):
    """A customer as somebody else's: `reference` is `shop:12` or an e-mail address; else it is empty.

    `is_known_by_name` says that it is an organisation without such a reference, and the only one of its name.
    """

    uid: str
    reference: str = ""
    name: str = ""
    is_known_by_name: bool = False

    @property
    def told(self) -> str:
        """The reference, or the uid where there is none."""
        return self.uid if not self.reference or is_dated(self.reference) else self.reference


@frozen(slots=False)
class Others:
    """Finds customers whom `actor` sees; those whose use is restricted only `restricted`."""

    kernel: Kernel
    actor: Actor
    connection: sa.Connection
    restricted: bool = False

    def find(self, ids: Collection[int]) -> dict[int, Other]:
        """By id, those of `ids` whom the actor sees."""
        found: dict[int, Other] = {}
        wanted = sorted(ids)
        for start in range(0, len(wanted), 10_000):
            some = wanted[start : start + 10_000]
            keys = self._keys(some)
            for row in self.connection.execute(self._seen(some)):
                id_, name, is_organization, uid = row
                reference = keys.get(id_, "")
                by_name = bool(is_organization and name and not reference) and self._is_only(name)
                found[id_] = Other(uid, reference, name, by_name)
        return found

    def _is_only(self, name: str) -> bool:
        return fold(name) not in self._shared_names

    @cached_property
    def _shared_names(self) -> frozenset[str]:
        """Names, folded, that several organisations have."""
        select = "SELECT name FROM customer WHERE is_organization = 1"
        counted = Counter(fold(row[0]) for row in driver_rows(self.connection, select))
        return frozenset(name for name, count in counted.items() if count > 1)

    def _seen(self, ids: list[int]) -> sa.Select[Any]:
        customer = self.kernel.tables.customer
        statement = sa.select(customer.c.id, customer.c.name, customer.c.is_organization, customer.c.uid)
        statement = statement.where(customer.c.id.in_(ids), *self.kernel.seen(self.actor))
        return statement if self.restricted else statement.where(customer.c.restricted_at.is_(None))

    def _keys(self, ids: list[int]) -> dict[int, str]:
        """An identity, our own number first; else an e-mail address that nobody else has."""
        keys: dict[int, str] = {}
        select = (
            "SELECT customer_id, normalised FROM contact_point c WHERE kind = 'email' AND is_primary = 1"
            " AND NOT EXISTS (SELECT 1 FROM contact_point o WHERE o.normalised = c.normalised"
            " AND o.kind = 'email' AND o.customer_id <> c.customer_id) AND customer_id"
        )
        keys.update((row[0], row[1]) for row in rows_among(self.connection, select, ids))
        select = 'SELECT customer_id, scheme, "value" FROM identity WHERE customer_id'
        found = [(row[1] != _REF, *row) for row in rows_among(self.connection, select, ids)]
        # The last one stays: our own number, else the first scheme by name.
        for _, id_, scheme, value in sorted(found, reverse=True):
            keys[id_] = f"{scheme}:{value}"
        return keys
