"""Who is, or was, on the list of a static segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.phrase import phrase
from crmkit.core.predicates.errors import PredicateError

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.sql.build import Build
    from crmkit.core.predicates.sql.moments import Shift


def listed(kernel: Kernel, build: Build, shift: Shift, segment: str) -> sa.Select[Any]:
    """The customers on the list of `segment`, by the stays that are on record."""
    word = kernel.loaded.words.segments.get(segment)
    if word is None or not word.is_static:
        names = ", ".join(each.name for each in kernel.loaded.words.segments if each.is_static) or phrase(
            "none yet"
        )
        raise PredicateError(
            phrase('There is no static segment "{segment}"', segment=segment),
            hint=phrase("Static segments: {names}", names=names),
        )
    stay = build.tables.segment_stay
    found = sa.select(stay.c.customer_id, sa.literal(1, sa.BigInteger).label("value"))
    found = found.where(stay.c.segment == word.name)
    if not build.looks_back(shift):
        return found.where(stay.c.left_at.is_(None))
    at = build.moments.at(shift)
    return found.where(stay.c.entered_at <= at, sa.or_(stay.c.left_at.is_(None), stay.c.left_at > at))
