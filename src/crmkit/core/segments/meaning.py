"""The context in which the predicates of one business are understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.errors import CrmError, Invalid
from crmkit.core.predicates.context import Context
from crmkit.core.records.columns import record_columns
from crmkit.core.words.vocabulary import Vocabulary

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Segment
    from crmkit.core.words.registry import Words

# What imports make of a column of employers, declared or not.
_WORKS_AT: Final = "works_at"


def context_of(kernel: Kernel, words: Words, *, of_types: bool = True) -> Context:
    """What `words` mean: segments and formula traits as their texts, record types as their tables."""
    formulas = {each.name: each.formula for each in words.traits if each.formula}
    typed = of_types and bool(len(words.customer_types))
    # Where no condition decides, a customer's type is the one that was given: a column, and no trait.
    plain = [each for each in words.traits if not each.formula and (typed or each.name != "customer_type")]
    return Context(
        words=evolve(words, traits=Vocabulary("traits", plain, words.elsewhere)),
        currency=kernel.currency,
        tz=kernel.tz,
        segments=_segments(words),
        formulas=formulas,
        records=record_columns(words, kernel.tables),
        normalisers={"email": kernel.emails.normalise, "phone": kernel.phones.normalise},
        ties=(_WORKS_AT, *kernel.config.relationships),
        kept_ties=lambda: _kept_ties(kernel),
    )


def _kept_ties(kernel: Kernel) -> Sequence[str]:
    """The kinds of relationship on record; none where there is no database yet."""
    try:
        with kernel.reading() as connection:
            return connection.execute(sa.select(kernel.tables.relationship.c.kind).distinct()).scalars().all()
    except (CrmError, sa.exc.DatabaseError):
        return ()


def _segments(words: Words) -> Mapping[str, str]:
    """Each segment's condition by every name that means it."""
    found: dict[str, str] = {}
    for segment in words.segments:
        text = condition_of(segment)
        found[segment.name] = text
        found.setdefault(words.segments.shown(segment), text)
    return found


def condition_of(segment: Segment) -> str:
    """The condition that a segment's members meet."""
    return f"listed('{segment.name}')" if segment.is_static else segment.who


def as_of_past(kernel: Kernel, as_of: int | None) -> tuple[int, int | None]:
    """(the moment of asking, the instant in the past as of which to answer or None).

    Raises `Invalid` for an instant that has not come yet.
    """
    now = kernel.clock.now()
    if as_of is None or as_of == now:
        return now, None
    if as_of > now:
        raise Invalid("Nobody knows yet who will be in a segment", hint="Ask as of now or of the past.")
    return now, as_of
