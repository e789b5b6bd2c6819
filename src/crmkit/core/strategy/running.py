"""Rules that come due by themselves: each turn of a schedule and each new event is planned once.

What need not ask is applied at once; the other plans wait for a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import sqlalchemy as sa
from attrs import define

from crmkit.core.model.strategy import ACT, HELD, PARTLY, WAITING, WITHHELD
from crmkit.core.strategy.advancing import advance_sources
from crmkit.core.strategy.events import news_since
from crmkit.core.strategy.proposing import has_turns
from crmkit.core.strategy.rules import Rule, digest_of
from crmkit.core.strategy.zones import zones_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.service import Strategy

# What is on record of each rule, by name.
Known: TypeAlias = "Mapping[str, Any]"
# So many interactions without an event of interest are not looked at again.
_LOOK_AGAIN: Final = 1_000


@define
class Running:
    """One pass of the worker."""

    kernel: Kernel
    strategy: Strategy

    def run(self) -> bool:
        """Go on with what was interrupted, then plan what has come due. Whether more may be due at once: what
        plugins bring often goes on to a next step."""
        advance_sources(self.kernel)
        rules = [rule for rule in self.strategy.every_rule() if isinstance(rule, Rule)]
        known = self._known()
        free = [rule for rule in rules if self._need_not_ask(rule, known)]
        self._go_on({rule.name for rule in free})
        now = self.kernel.clock.now()
        due = {rule.name: mark for rule in rules if (mark := self._due(rule, known, now))}
        alone = [rule.name for rule in free if rule.name in due]
        asking = [name for name in due if name not in alone]
        # Together, so that no rule takes what another that goes first would have.
        for made in self.strategy.plan_apart(*filter(None, (alone, asking))):
            of_free = {rule.rule for rule in made.rules} <= set(alone)
            if of_free and (made.acts or made.timed or made.withheld) and made.state == WAITING:
                self.strategy.apply(made.number)
        self._note({name: due[name] for name in (*alone, *asking)})
        return any(":" in name for name in alone)

    def _known(self) -> Known:
        with self.kernel.reading() as connection:
            return {row.name: row for row in connection.execute(sa.select(self.kernel.tables.rule))}

    def _need_not_ask(self, rule: Rule, known: Known) -> bool:
        """Whether it said so, and a person has applied a plan of it since it was last changed; where a plugin
        brings it, the plugin knows whether somebody has agreed."""
        if rule.is_sourced:
            return not rule.declared.ask_first
        row = known.get(rule.name)
        return not rule.declared.ask_first and row is not None and row.digest == rule.digest

    def _due(self, rule: Rule, known: Known, now: int) -> dict[str, int] | None:
        """What to note once it is planned; None where nothing new has come since."""
        row = known.get(rule.name)
        if rule.on is not None:
            after: int | None = row.planned_seq if row else None
            with self.kernel.reading() as connection:
                is_new, seq = news_since(self.kernel, connection, rule, after, now)
            if not is_new and (after is None or seq - after > _LOOK_AGAIN):
                self._note({rule.name: {"planned_seq": seq}})
            return {"planned_seq": seq, "planned_at": now} if is_new else None
        if rule.turns is not None:
            with self.kernel.reading() as connection:
                return {"planned_at": now} if has_turns(self.kernel, connection, rule, now) else None
        latest = self._latest(rule, now)
        if latest is None or (row is not None and (row.planned_at or 0) >= latest):
            return None
        return {"planned_at": now}

    def _latest(self, rule: Rule, now: int) -> int | None:
        """When the rule came due last, by whichever clock."""
        if rule.schedule is None:
            return None
        zones = [self.kernel.tz]
        if rule.declared.in_their_time:
            with self.kernel.reading() as connection:
                zones = zones_of(self.kernel, connection)
        dues = [period.due_at for tz in zones if (period := rule.schedule.latest(now, tz))]
        return max(dues, default=None)

    def _go_on(self, free: set[str]) -> None:
        """Apply what is left of plans that an earlier pass was killed over."""
        plan, act = self.kernel.tables.plan, self.kernel.tables.plan_act
        to_do = sa.or_(
            act.c.state.in_((ACT, WITHHELD)), sa.and_(act.c.state == HELD, act.c.until.is_not(None))
        )
        unfinished = sa.select(act.c.id).where(act.c.plan_id == plan.c.id, to_do).exists()
        chosen = sa.select(plan.c.id).where(
            plan.c.state.in_((WAITING, PARTLY)), plan.c.actor == self.kernel.house.name, unfinished,
        )  # fmt: skip
        with self.kernel.reading() as connection:
            numbers: Sequence[int] = connection.execute(chosen.order_by(plan.c.id)).scalars().all()
        for number in numbers:
            found = self.strategy.get(number)
            names = {rule.rule for rule in found.rules}
            if names <= free and digest_of(self.kernel, names)[0] == found.digest:
                self.strategy.apply(number)

    def _note(self, marks: Mapping[str, Mapping[str, int]]) -> None:
        table = self.kernel.tables.rule
        with self.kernel.unit(self.kernel.house) as tx:
            for name, mark in marks.items():
                if not tx.execute(table.update().where(table.c.name == name).values(**mark)).rowcount:
                    tx.execute(table.insert().values(name=name, **mark))
