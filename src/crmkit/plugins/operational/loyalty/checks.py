"""Whether the programme can be computed, and whether the ledger sums."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit import CrmError
from crmkit.plugin import Finding, phrase
from crmkit.plugins.operational.loyalty.tables import ENTRY

if TYPE_CHECKING:
    from crmkit import Crm


def rule_findings(crm: Crm) -> Iterator[Finding]:
    """What is wrong with rules, each with its place in `crm.toml` and in the formula."""
    from crmkit.plugins.operational.loyalty.programme import OWN_TYPES, programme, statement

    for rule in programme(crm.plugins.settings("operational").loyalty):
        place = f"[plugins.operational.loyalty.{rule.name}]"
        if rule.on in OWN_TYPES:
            yield Finding(
                "error",
                phrase(
                    "{place}: {type} is told by loyalty itself, and would earn for ever",
                    place=place,
                    type=rule.on,
                ),
                phrase('Let points be earned by what customers do: on = "purchase"'),
            )
            continue
        try:
            statement(crm, rule)
        except CrmError as error:
            named = (
                error.message
                if place in error.message
                else phrase("{place}: {problem}", place=place, problem=error.message)
            )
            yield Finding("error", named, error.hint)


def uneven_movements(crm: Crm) -> Iterator[Finding]:
    """A few of the movements whose rows do not sum to zero."""
    entry = crm.plugins.table(ENTRY)
    points = sa.func.sum(entry.c.points)
    uneven = sa.select(entry.c.because_of).group_by(entry.c.because_of).having(points != 0).limit(3)
    with crm.reading() as execute:
        for reason in execute(uneven).scalars():
            yield Finding(
                "error",
                phrase('The rows of the movement "{reason}" do not sum to zero', reason=reason),
                phrase("Somebody changed the ledger. Restore a backup: crm db restore FILE"),
            )
