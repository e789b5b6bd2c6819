"""Organisations whose numbers stood under the scheme of people's, before presets told the two apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from crmkit.core.customers.changing import as_json
from crmkit.core.customers.sets import change_among, rows_among
from crmkit.core.exchange.presets import FORMERLY

if TYPE_CHECKING:
    from crmkit.core.model.customer import CustomerDraft
    from crmkit.core.store.unit import Transaction

# No import's own: its undo leaves them where they belong.
_SOURCE: Final = "presets"
_HELD: Final = (
    "SELECT i.id, i.customer_id, i.value, c.uid FROM identity i JOIN customer c ON c.id = i.customer_id "
    "WHERE i.scheme = ? AND c.is_organization = 1 AND NOT EXISTS "
    "(SELECT 1 FROM identity n WHERE n.scheme = ? AND n.value = i.value) AND i.value"
)


def move_numbers(tx: Transaction, drafts: Iterable[CustomerDraft]) -> None:
    """Give the numbers that `drafts` name to their own scheme, where an organisation has them under the
    other: so that it is found, and is not taken for the person with that number."""
    wanted: dict[str, set[str]] = {}
    for draft in drafts:
        for each in draft.identities:
            if each.scheme in FORMERLY:
                wanted.setdefault(each.scheme, set()).add(each.value)
    for scheme, values in wanted.items():
        old = FORMERLY[scheme]
        held = list(rows_among(tx.connection, _HELD, values, old, scheme))
        change_among(
            tx.connection, "UPDATE identity SET scheme = ? WHERE id", [row[0] for row in held], scheme
        )
        for id_, customer_id, value, uid in held:
            for action, name, before, after in (
                ("removed", old, value, None),
                ("created", scheme, None, value),
            ):
                entry = (action, "identity", id_, customer_id, name, *map(_plain, (before, after)))
                tx.append_change((*entry, _SOURCE, uid))


def _plain(value: str | None) -> str | None:
    return None if value is None else as_json(value)
