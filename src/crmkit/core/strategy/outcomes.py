"""What has become of the customers in a rule's groups, counted in the database.

By assignment: whoever a rule has met belongs to their group, whatever became of the act itself. A customer
counts once, from the moment at which the rule met them first, and for as long as the rule waits for its
outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import field, frozen

from crmkit.core.effects.rehearsal import is_rehearsing
from crmkit.core.model.strategy import DONE, GLOBAL, UNCONFIRMED
from crmkit.core.rates.service import Rates

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.rules import Rule

_DAY: Final = 86_400_000_000
_MICROS: Final = {
    "hour": _DAY // 24, "day": _DAY, "week": 7 * _DAY, "month": 30 * _DAY, "year": 365 * _DAY,
}  # fmt: skip
# What has cost something: it was done, or may have been.
_SPENT: Final = (DONE, UNCONFIRMED)


@frozen(kw_only=True)
class Seen:
    """What was seen in one group.

    `running` are those whose time is not over yet. Of the others, `reached` came to the outcome, and `values`
    says how many brought how much, in minor units. `spent` acts of theirs were done within their time;
    `acts` are all of the group, by state.
    """

    running: int = 0
    reached: int = 0
    values: Mapping[int, int] = field(factory=dict)
    spent: int = 0
    acts: Mapping[str, int] = field(factory=dict)

    @property
    def over(self) -> int:
        """How many customers there are whose time is over."""
        return sum(self.values.values())

    @property
    def assigned(self) -> int:
        """How many customers there are."""
        return self.over + self.running


@frozen(kw_only=True)
class Outcomes:
    """What was seen in each group, by name. `mixed` customers have been in two, because they were merged, and
    are in none of these; `first` is the instant at which the first of all was met."""

    groups: Mapping[str, Seen]
    mixed: int = 0
    first: int | None = None


def micros(within: str) -> int:
    """A length of time in microseconds: a day has 24 hours, a month 30 days, a year 365."""
    amount, unit = within.split(" ")
    return int(amount) * _MICROS[unit.removesuffix("s")]


def outcomes(kernel: Kernel, connection: sa.Connection, rule: Rule, since: int, now: int) -> Outcomes:
    """What has come of the customers whom the rule has met first at `since` or later."""
    assert rule.outcome is not None
    assert rule.declared.within is not None
    asked = _Question(kernel, connection, rule, since, now, micros(rule.declared.within))
    groups: dict[str, dict[str, Any]] = {}
    for arm, is_over, has_reached, amount, count in connection.execute(asked.outcomes()):
        seen = groups.setdefault(arm, {"running": 0, "reached": 0, "values": {}, "spent": 0, "acts": {}})
        if not is_over:
            seen["running"] += count
            continue
        seen["reached"] += count if has_reached else 0
        seen["values"][int(amount)] = seen["values"].get(int(amount), 0) + count
    for arm, state, is_spent, count in connection.execute(asked.acts()):
        seen = groups[arm]
        seen["acts"][state] = seen["acts"].get(state, 0) + count
        seen["spent"] += count if is_spent else 0
    mixed, first = connection.execute(asked.about()).one()
    return Outcomes(groups={name: Seen(**seen) for name, seen in groups.items()}, mixed=mixed, first=first)


class _Question:
    """The statements for one rule at one moment."""

    def __init__(
        self, kernel: Kernel, connection: sa.Connection, rule: Rule, since: int, now: int, within: int
    ) -> None:
        self._kernel, self._connection, self._rule = kernel, connection, rule
        self._now, self._within = now, within
        effect = kernel.tables.effect
        self._counted = self._counting(int(is_rehearsing(connection)))
        self._unit = (
            sa.select(
                effect.c.customer_id,
                sa.func.min(effect.c.created_at).label("start"),
                sa.func.min(effect.c.arm).label("arm"),
                sa.func.max(effect.c.arm).label("other"),
            )
            .where(*self._counted)
            .group_by(effect.c.customer_id)
            .having(sa.func.min(effect.c.created_at) >= since)
            .cte("unit")
        )

    def _counting(self, rehearsed: int) -> tuple[sa.ColumnElement[bool], ...]:
        """Rows of the ledger that make somebody a member of a group: none of what was taken back."""
        effect, plan = self._kernel.tables.effect, self._kernel.tables.plan
        taken_back = sa.select(plan.c.id).where(plan.c.undone_at.is_not(None))
        return (
            effect.c.origin == self._rule.origin,
            effect.c.arm.is_not(None),
            effect.c.arm != GLOBAL,
            effect.c.customer_id.is_not(None),
            effect.c.undone_at.is_(None),
            effect.c.rehearsed <= rehearsed,
            effect.c.plan_id.not_in(taken_back),
        )

    def outcomes(self) -> sa.Select[Any]:
        """(group, whether their time is over, whether they came to the outcome, amount, customers)."""
        unit, brought = self._unit, self._brought()
        is_over = sa.case((unit.c.start + self._within <= self._now, 1), else_=0).label("is_over")
        has_reached = sa.case((brought.c.customer_id.is_not(None), 1), else_=0).label("has_reached")
        amount = sa.func.coalesce(brought.c.amount, 0).label("amount")
        each = (
            sa.select(unit.c.arm, is_over, has_reached, amount)
            .select_from(unit.outerjoin(brought, brought.c.customer_id == unit.c.customer_id))
            .where(unit.c.arm == unit.c.other)
            .subquery("each_one")
        )
        return sa.select(*each.c, sa.func.count()).group_by(*each.c)

    def acts(self) -> sa.Select[Any]:
        """(group, state, whether it was done to somebody whose time is over and within it, acts)."""
        effect, unit = self._kernel.tables.effect, self._unit
        ends = unit.c.start + self._within
        within = sa.and_(ends <= self._now, effect.c.created_at <= ends, effect.c.state.in_(_SPENT))
        is_spent = sa.case((within, 1), else_=0).label("is_spent")
        rows = (
            sa.select(unit.c.arm, effect.c.state, is_spent)
            .select_from(effect.join(unit, unit.c.customer_id == effect.c.customer_id))
            .where(*self._counted, unit.c.arm == unit.c.other)
            .cte("row_of")
        )
        return sa.select(*rows.c, sa.func.count()).group_by(*rows.c)

    def about(self) -> sa.Select[Any]:
        """(customers who have been in two groups, when the first was met)."""
        unit = self._unit
        mixed = sa.func.coalesce(sa.func.sum(sa.case((unit.c.arm != unit.c.other, 1), else_=0)), 0)
        return sa.select(mixed, sa.func.min(unit.c.start))

    def _brought(self) -> sa.Subquery:
        """(customer_id, amount) of those who came to the outcome in their time: by interactions in force."""
        unit, interaction = self._unit, self._kernel.tables.interaction
        is_its = sa.and_(
            interaction.c.customer_id == unit.c.customer_id,
            interaction.c.type == self._rule.outcome,
            interaction.c.superseded_by.is_(None),
            interaction.c.occurred_at > unit.c.start,
            interaction.c.occurred_at <= unit.c.start + self._within,
            interaction.c.occurred_at <= self._now,
        )
        names = ("customer_id", "occurred_at", "amount", "currency")
        hit = (
            sa.select(*(interaction.c[name] for name in names))
            .select_from(unit.join(interaction, is_its))
            .subquery("hit")
        )
        conversion = Rates(self._kernel, self._kernel.house).conversion(self._connection, self._now)
        source, amount = conversion.join(hit)
        total = sa.cast(sa.func.coalesce(sa.func.sum(amount), 0), sa.BigInteger).label("amount")
        query = sa.select(hit.c.customer_id, total).select_from(source).group_by(hit.c.customer_id)
        return query.subquery("brought")
