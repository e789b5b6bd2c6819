"""The traits that the core brings, as words; what computes them is bound when a `Crm` opens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NoReturn

from crmkit.core.model.words import LEVELS, Trait

# These depend on [customer_types], whose conditions can therefore not ask for them.
OF_TYPES: Final = frozenset({"customer_type", "level", "overdue_contact"})


def core_traits() -> Iterator[Trait]:
    """Every trait of the core."""
    yield Trait(name="age", type="number", doc="Years since the birthday", select=_unbound)
    yield Trait(
        name="lifecycle_since",
        type="datetime",
        doc="When the present lifecycle stage began",
        select=_unbound,
    )
    yield Trait(
        name="customer_type",
        type="text",
        doc="The type given to the customer, else the first of [customer_types] that matches",
        select=_unbound,
    )
    yield Trait(
        name="level",
        type="choice",
        choices=LEVELS,
        doc="How closely customers of this type are looked after",
        select=_unbound,
    )
    yield Trait(
        name="overdue_contact",
        type="number",
        doc="Days past the cadence of the customer's type since the last contact; none while in time",
        select=_unbound,
    )
    yield Trait(
        name="reachable",
        type="bool",
        missing=0,
        past=False,
        doc="reachable(channel, purpose): not archived, has an address for the channel, may be written to",
        select=_unbound,
    )
    yield Trait(
        name="listed",
        type="bool",
        missing=0,
        doc="listed(segment): is on the list of a static segment",
        select=_unbound,
    )


def _unbound(build: Any, shift: Any) -> NoReturn:  # noqa: ARG001 - as every trait of the core
    from crmkit.core.predicates.errors import PredicateError

    raise PredicateError(
        "The condition of a customer type cannot ask for customer types, levels or overdue contacts",
        hint="Those follow from the type. Ask for fields, traits and interactions.",
    )
