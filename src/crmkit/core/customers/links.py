"""What drafts refer to must exist: the employee who owns the customer, customers in reference fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.customers.drafts import Prepared
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import CrmError, Invalid
from crmkit.core.ids import is_uid
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor


class Links:
    """Looks up, for a whole batch at once, what its drafts refer to."""

    def __init__(self, kernel: Kernel, actor: Actor, connection: sa.Connection) -> None:
        self._kernel = kernel
        self._actor = actor
        self._connection = connection
        self._references = [field.name for field in kernel.words.fields if field.type == "reference"]
        self._employees: set[int] = set()
        self._uids: dict[str, str] = {}

    def look_up(self, batch: Sequence[Prepared]) -> None:
        """Learn which of the mentioned employees and customers exist."""
        owners = {prepared.attributes["owner_id"] for prepared in batch if "owner_id" in prepared.attributes}
        for (id_,) in rows_among(self._connection, "SELECT id FROM employee WHERE id", sorted(owners)):
            self._employees.add(id_)
        written = {
            prepared.values[name]
            for name in self._references
            for prepared in batch
            if prepared.values.get(name) is not None
        }
        uids = sorted({text.lower() for text in written if is_uid(text)})
        for (uid,) in rows_among(self._connection, "SELECT uid FROM customer WHERE uid", uids):
            self._uids[uid] = uid
        # Customers of one file refer to one another.
        self._uids.update((each.uid, each.uid) for each in batch if each.uid is not None)

    def settle(self, prepared: Prepared) -> None:
        """Put uids in the place of references. Raises `Invalid` when somebody does not exist."""
        owner = prepared.attributes.get("owner_id")
        if owner is not None and owner not in self._employees:
            raise Invalid(
                phrase("There is no employee {owner} to own the customer", owner=owner),
                hint="See: crm people employees",
            )
        for name in self._references:
            text = prepared.values.get(name)
            if text is not None:
                prepared.values[name] = self._uid(name, text)

    def _uid(self, name: str, text: str) -> str:
        known = self._uids.get(text) or self._uids.get(text.lower())
        if known is None:
            known = self._uids[text] = self._resolved(name, text)
        return known

    def _resolved(self, name: str, text: str) -> str:
        from crmkit.core.customers.references import resolve

        try:
            id_ = resolve(self._connection, self._kernel, self._actor, text)
        except CrmError as error:
            raise Invalid(
                phrase("{name}: {problem}", name=name, problem=error.message), hint=error.hint
            ) from None
        return str(next(rows_among(self._connection, "SELECT uid FROM customer WHERE id", [id_]))[0])
