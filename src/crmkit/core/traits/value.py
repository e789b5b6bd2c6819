"""Evaluating traits: for many customers and for one, it is the same statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.deprecation import warn_of_word
from crmkit.core.predicates.predicate import parse_value
from crmkit.core.predicates.sql.build import Build
from crmkit.core.predicates.sql.moments import NOW
from crmkit.core.predicates.sql.prepared import ONE
from crmkit.core.segments.meaning import as_of_past
from crmkit.core.traits.selecting import selected
from crmkit.core.views.values import values_of

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.words import Trait


def trait_value(
    crm: Crm, name: str, customer_id: int, as_of: int | None, arguments: Mapping[str, Any]
) -> Any:
    """The value of a trait for one customer: its statement with a bound id.

    Raises `PredicateError` for an instant in the past of which the trait knows nothing.
    """
    kernel = crm.kernel
    trait = kernel.words.traits[name]
    warn_of_word("traits", trait)
    if trait.formula:
        expression = parse_value(trait.name, kernel.context)
        with kernel.reading() as connection:
            return values_of(kernel, connection, [expression], [customer_id], as_of)[customer_id][0]
    found = _found(crm, trait, customer_id, as_of, arguments)
    value = trait.missing if found is None else found[0]
    return bool(value) if trait.type == "bool" and value is not None else value


def _found(crm: Crm, trait: Trait, customer_id: int, as_of: int | None, arguments: Mapping[str, Any]) -> Any:
    kernel = crm.kernel
    # An instant given by name is answered by what was known then; traits of plugins take any instant.
    now, past = (crm.clock.now(), None) if as_of is None else as_of_past(kernel, min(as_of, crm.clock.now()))
    moment = now if past is None else past
    one = sa.bindparam(ONE, type_=sa.BigInteger())
    build = Build(
        context=kernel.context,
        tables=kernel.tables,
        dialect=kernel.store.dialect,
        past=past is not None,
        one=one,
        exchange=kernel.exchange,
        as_of=moment,
    )
    values = selected(trait, build, NOW, arguments)
    statement = sa.select(values.c[1]).where(values.c[0] == one)
    with crm.reading() as execute:
        return execute(statement, {**build.moments.values(moment), ONE: customer_id}).first()
