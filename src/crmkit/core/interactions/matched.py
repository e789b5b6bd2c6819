"""Customers that come as drafts: matched or created in bulk, and by which key each was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from crmkit.core.customers.drafts import Drafts
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import CrmError
from crmkit.core.interactions.found import Found

if TYPE_CHECKING:
    from crmkit.core.interactions.found import Answer
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.customer import CustomerDraft
    from crmkit.core.store.unit import Transaction

_IDENTITIES = "SELECT customer_id, scheme, value, id FROM identity WHERE customer_id"
_POINTS = "SELECT customer_id, kind, normalised, id FROM contact_point WHERE customer_id"


def matched(kernel: Kernel, tx: Transaction, drafts: Sequence[CustomerDraft]) -> Iterator[Answer]:
    """For each draft the customer it ended in, or why it was refused."""
    from crmkit.core.customers import match_or_create

    kernel.require(tx.actor, "customers.write")
    answers = match_or_create(kernel, tx, drafts)
    keys = _Keys(kernel, tx, drafts, {id_ for id_ in answers if isinstance(id_, int)})
    for draft, id_ in zip(drafts, answers, strict=True):
        yield id_ if isinstance(id_, CrmError) else Found(id_, *keys.of(draft, id_))


class _Keys:
    """The identities, e-mail addresses and phone numbers of the customers that drafts ended in."""

    def __init__(
        self, kernel: Kernel, tx: Transaction, drafts: Sequence[CustomerDraft], ids: set[int]
    ) -> None:
        self._ready = Drafts(kernel)
        self._normalisers = {"email": kernel.emails.normalise, "phone": kernel.phones.normalise}
        connection = tx.connection
        rows = rows_among(connection, _IDENTITIES, ids) if any(d.identities for d in drafts) else iter(())
        self._identity_ids = {tuple(row[:3]): row[3] for row in rows}
        rows = rows_among(connection, _POINTS, ids) if any(d.contact_points for d in drafts) else iter(())
        self._point_ids = {tuple(row[:3]): row[3] for row in rows}

    def of(self, draft: CustomerDraft, customer_id: int) -> tuple[int | None, int | None]:
        """(identity, contact point) by which the draft says who it is."""
        for each in draft.identities:
            key = customer_id, *self._ready.identity(each.scheme, each.value)
            if key in self._identity_ids:
                return self._identity_ids[key], None
        # An address tells more than a number, which many share.
        for kind, normalise in self._normalisers.items():
            for point in draft.contact_points:
                if point.kind == kind:
                    return None, self._point_ids.get((customer_id, kind, normalise(point.value)))
        return None, None
