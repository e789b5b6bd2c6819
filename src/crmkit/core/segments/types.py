"""How many customers there are of each type, and how many of them are overdue for a contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.predicates.predicate import parse
from crmkit.core.segments.members import all_counts

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.model.words import CustomerType


@frozen
class TypeCount:
    """A customer type with its numbers of customers, without those archived."""

    type: CustomerType
    customers: int
    overdue: int


def type_counts(kernel: Kernel, connection: sa.Connection, actor: Actor) -> Sequence[TypeCount]:
    """Every declared type in the order of the file, counted in one pass."""
    words = [kernel.words.customer_types[name] for name in kernel.config.customer_types]
    predicates = {}
    for word in words:
        of_type = f"customer_type = '{word.name}' and not archived"
        predicates[word.name] = parse(of_type, kernel.context)
        predicates[f"{word.name} overdue"] = parse(
            f"{of_type} and overdue_contact is not null", kernel.context
        )
    counts = all_counts(kernel, connection, actor, predicates, None)
    return [TypeCount(word, counts[word.name], counts[f"{word.name} overdue"]) for word in words]
