"""A trait's values as a sub-select of a statement."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from crmkit.core.phrase import phrase
from crmkit.core.plugins.failure import blaming
from crmkit.core.predicates.errors import PredicateError
from crmkit.core.predicates.sql.worth import worth

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.model.words import Trait
    from crmkit.core.predicates.sql.build import Build
    from crmkit.core.predicates.sql.moments import Shift


def selected(trait: Trait, build: Build, shift: Shift, arguments: Mapping[str, Any]) -> sa.Subquery:
    """The trait's `(customer_id, value)` for the statement under construction, as seen `shift` ago."""
    past = build.looks_back(shift)
    if past and not trait.past:
        raise PredicateError(
            phrase("{trait} is known as of now only, so it cannot be asked as of then", trait=trait.name),
            hint="Leave it out, or ask as of now.",
            word=trait.name,
        )
    assert trait.select is not None
    given: dict[str, Any] = {"build": build, "shift": shift}
    if needs_instant(trait):
        given = {"as_of": build.moments.shifted(build.as_of, shift), "tables": build.tables}
        takes = inspect.signature(trait.select).parameters
        offered = {
            "past": past,
            "tz": build.context.tz,
            "currency": build.context.currency,
            "worth": partial(worth, build.exchange),
            "whose": build.only_one,
        }
        given |= {name: value for name, value in offered.items() if name in takes}
    with blaming("trait", trait):
        statement = trait.select(**given, **arguments)
        if not hasattr(statement, "subquery"):
            raise TypeError(f"it gives {type(statement).__name__}, and not a SELECT of customer_id and value")
        found: sa.Subquery = statement.subquery()
        if len(found.c) != 2:
            raise TypeError(f"it gives {', '.join(found.c.keys())}, and not customer_id and value")
    return found


def needs_instant(trait: Trait) -> bool:
    """Whether the statement has to be made anew for each instant, as for the traits of plugins.

    The core's take the instant as a parameter of the statement instead.
    """
    return trait.select is None or "build" not in inspect.signature(trait.select).parameters
