"""What happened after the acts that a rule would have done: a description, and no effect of anything."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.instants import format_instant, parse_instant
from crmkit.core.metrics.facts import facts
from crmkit.core.metrics.period import days_after
from crmkit.core.model.trials import Aftermath, TriedAct
from crmkit.core.rates.service import Rates
from crmkit.core.strategy.outcomes import micros

if TYPE_CHECKING:
    from crmkit.core.config.rules import RuleDeclaration
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.duration import Duration
    from crmkit.core.strategy.past import Past

USUAL_OUTCOME: Final = "purchase"
USUAL_WITHIN: Final = "30 days"
# Of one customer: when, and what had come together up to then.
_Course = tuple[list[int], list[int]]


def aftermath(
    kernel: Kernel,
    connection: sa.Connection,
    declared: RuleDeclaration,
    acts: Sequence[TriedAct],
    past: Past,
    now: int,
) -> Aftermath:
    """What followed within the rule's `within`: of each turn for a customer once, however many steps it
    has."""
    outcome = kernel.words.interaction_types[declared.outcome or USUAL_OUTCOME].name
    within = declared.within or USUAL_WITHIN
    by_turn: dict[int, set[int]] = {}
    for act in acts:
        by_turn.setdefault(act.at, set()).add(act.customer_id)
    ends = {at: at + micros(within) for at in by_turn}
    over = {at: people for at, people in by_turn.items() if ends[at] <= now}
    found = _Found()
    if over:
        last = max(ends[at] for at in over)
        courses = _courses(kernel, connection, outcome, min(over), last, now)
        known = past.known(connection)
        for at, people in over.items():
            found.turn(at, ends[at], people, courses, known)
    return Aftermath(
        outcome=outcome, within=within, judged=found.judged, with_one=found.with_one, amount=found.amount,
        currency=kernel.currency, running=sum(map(len, by_turn.values())) - found.judged,
        others=found.others, others_with_one=found.others_with_one,
        others_share=found.weighted / found.judged if found.judged and found.others else None,
    )  # fmt: skip


def moved(instant: int, length: Duration, tz: tzinfo) -> int:
    """The instant that lies so long after `instant`: days and longer at the same time of day."""
    if length.unit == "hour":
        return instant + length.amount * 3_600_000_000
    wall = datetime.fromisoformat(format_instant(instant, tz, exact=True)).replace(tzinfo=None)
    day = days_after(wall.date(), length)
    return parse_instant(datetime.combine(day, wall.time()).isoformat(), tz, instant)


class _Found:
    """What is counted, turn after turn."""

    def __init__(self) -> None:
        self.judged = self.with_one = self.amount = self.others = self.others_with_one = 0
        self.weighted = 0.0

    def turn(
        self, at: int, end: int, people: set[int], courses: Mapping[int, _Course], known: Mapping[int, int]
    ) -> None:
        """Count those for whom it would have acted at `at`, and all others who were on record."""
        others = others_with_one = 0
        for id_, (times, sums) in courses.items():
            before, after = bisect_right(times, at), bisect_right(times, end)
            if id_ in people:
                self.with_one += after > before
                self.amount += sums[after] - sums[before]
            elif known[id_] <= at:
                others_with_one += after > before
        others = sum(1 for since in known.values() if since <= at) - len(people)
        self.judged += len(people)
        self.others += others
        self.others_with_one += others_with_one
        self.weighted += len(people) * others_with_one / others if others else 0.0


def _courses(
    kernel: Kernel, connection: sa.Connection, outcome: str, start: int, end: int, now: int
) -> dict[int, _Course]:
    """The outcomes of each customer who had any, as they stand on record now."""
    rows = facts(kernel.tables, (outcome,), start=start, end=end + 1, known_by=None, money=True)
    paid = rows.subquery("paid")
    source, amount = Rates(kernel, kernel.house).conversion(connection, now).join(paid)
    chosen = sa.select(paid.c.customer_id, paid.c.occurred_at, amount).select_from(source)
    chosen = chosen.where(paid.c.customer_id.is_not(None)).order_by(paid.c.occurred_at)
    return _gathered(connection.execute(chosen))


def _gathered(rows: Iterable[Any]) -> dict[int, _Course]:
    found: dict[int, _Course] = {}
    for customer_id, at, amount in rows:
        times, sums = found.setdefault(customer_id, ([], [0]))
        times.append(at)
        sums.append(sums[-1] + int(amount or 0))
    return found
