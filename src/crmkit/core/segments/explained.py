"""Why a customer is in a segment, or is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.predicates.sql.explaining import Clause, explain
from crmkit.core.segments.meaning import as_of_past

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.predicate import Predicate


@frozen
class Explanation:
    """The condition of a segment for one customer at an instant: `clause` holds all that it is made of."""

    customer_id: int
    as_of: int
    clause: Clause

    @property
    def is_member(self) -> bool:
        """Whether the customer is in the segment: what is unknown is not in it."""
        return self.clause.truth is True


def explained(
    kernel: Kernel, connection: sa.Connection, predicate: Predicate, customer_id: int, as_of: int | None
) -> Explanation:
    """Each clause of the predicate with its answer and its values, in one statement."""
    now, past = as_of_past(kernel, as_of)
    clause = explain(kernel.statements, predicate, connection, customer_id, now=now, past_as_of=past)
    return Explanation(customer_id, now if past is None else past, clause)
