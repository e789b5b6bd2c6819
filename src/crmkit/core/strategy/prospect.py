"""How much could be seen of a rule's effect with the customers there are, before anything begins."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.model.strategy import CONTROL
from crmkit.core.predicates.errors import PredicateError
from crmkit.core.predicates.predicate import parse
from crmkit.core.predicates.sql.prepared import compile_where
from crmkit.core.strategy.arms import shares_of
from crmkit.core.strategy.outcomes import micros

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.measuring.comparison import Wanted
    from crmkit.core.strategy.rules import Rule

_QUARTER = 0.25


@frozen(kw_only=True)
class Prospect:
    """`customers` whom the rule would meet now, or is for where nobody has asked the gates, and `base`, the
    share of such customers who come to the outcome anyway (0 to 1). `detectable` is the smallest rise of that
    share which would show in four of five cases (None: not even the largest), and `needed` how many customers
    it takes to see a rise by a quarter; both of a fall, where less is `wanted`. `is_of_everybody` where
    `base` is of all customers, because nobody knows whom the rule was for as long ago as it waits."""

    customers: int
    base: float
    detectable: float | None
    needed: int | None
    is_of_everybody: bool = False
    wanted: Wanted = "more"

    @property
    def is_too_small(self) -> bool:
        """Whether only a change would show that hardly anything leads to: a rise to the double, and by five
        points; a fall to less than half."""
        most = max(self.base, 0.05) if self.wanted == "more" else self.base / 2
        return self.detectable is None or self.detectable > most


def prospect(
    kernel: Kernel, connection: sa.Connection, rule: Rule, now: int, reached: int | None = None
) -> Prospect:
    """What a comparison of the rule's groups could show. The rule has groups, and an outcome; `reached` is
    how many customers its plan has now, if that is known."""
    from crmkit.core.measuring.power import detectable_share, needed_share
    from crmkit.core.measuring.sequential import Sizes

    meant, base, is_of_everybody = _counts(kernel, connection, rule, now)
    customers = reached or meant
    shares = dict(shares_of(rule.declared))
    groups = len(shares)
    against = shares.pop(CONTROL, None) or min(shares.values())
    share = min(shares.values())
    confidence = 1 - 0.05 / (groups * (groups - 1) // 2)
    sizes = Sizes(round(customers * share), round(customers * against))
    wanted = rule.declared.wanted
    # A fall of the share is a rise of the share of those who do not come to it.
    start = base if wanted == "more" else 1 - base
    detectable = detectable_share(start, sizes, confidence=confidence) if start < 1 else None
    needed = None
    if base > 0 and start + base * _QUARTER < 1:
        part = against / (share + against)
        total = needed_share(start, base * _QUARTER, control=part, confidence=confidence).total
        needed = _rounded(math.ceil(total / (share + against)))
    return Prospect(
        customers=customers, base=base, detectable=detectable, needed=needed,
        is_of_everybody=is_of_everybody, wanted=wanted,
    )  # fmt: skip


def _rounded(number: int) -> int:
    """Up to two digits that say something: more would be pretence."""
    unit: int = 10 ** max(0, len(str(number)) - 2)
    return -(-number // unit) * unit


def _counts(kernel: Kernel, connection: sa.Connection, rule: Rule, now: int) -> tuple[int, float, bool]:
    """(how many the rule is for now, the share of those it was for then who came to the outcome since,
    whether that is of everybody).

    Then is as long ago as the rule waits. Where it is not on record whom it was for then, or it was for
    nobody, everybody has to do: those whom it is for now were chosen by what they did since.
    """
    assert rule.declared.within is not None
    then = now - micros(rule.declared.within)
    customers, _ = _of(kernel, connection, rule, then, now, _chosen(kernel, rule, now, then, None))
    try:
        chosen = _chosen(kernel, rule, now, then, then)
        number, reached = _of(kernel, connection, rule, then, now, chosen)
    except PredicateError:
        number, reached = 0, 0
    if number:
        return customers, reached / number, False
    number, reached = _of(kernel, connection, rule, then, now, sa.select(kernel.tables.customer.c.id))
    return customers, reached / number if number else 0.0, True


def _of(
    kernel: Kernel, connection: sa.Connection, rule: Rule, then: int, now: int, whom: sa.Select[Any]
) -> tuple[int, int]:
    """(customers, those of them who came to the outcome between `then` and `now`)."""
    interaction = kernel.tables.interaction
    chosen = whom.subquery("chosen")
    reached = (
        sa.select(interaction.c.customer_id)
        .where(
            interaction.c.type == rule.outcome, interaction.c.superseded_by.is_(None),
            interaction.c.occurred_at > then, interaction.c.occurred_at <= now,
        )
        .distinct()
        .subquery("reached")
    )  # fmt: skip
    query = sa.select(sa.func.count(), sa.func.count(reached.c.customer_id)).select_from(
        chosen.outerjoin(reached, reached.c.customer_id == chosen.c[0])
    )
    found = connection.execute(query).one()
    return found[0], found[1]


def _chosen(kernel: Kernel, rule: Rule, now: int, then: int, as_of: int | None) -> sa.Select[Any]:
    """Whom the rule is for; of one that acts upon events, those who had one in as long as it waits."""
    customer, interaction = kernel.tables.customer, kernel.tables.interaction
    who = rule.who or (parse(rule.meant, kernel.context) if rule.meant else None)
    if who is not None:
        statements = kernel.statements
        query = compile_where(
            who, kernel.tables, statements.dialect, as_of, now=now, exchange=statements.exchange
        )
    else:
        query = sa.select(customer.c.id)
    if rule.on is None:
        return query
    start, end = (then, now) if as_of is None else (then - (now - then), then)
    had = sa.select(interaction.c.customer_id).where(
        interaction.c.type == rule.on, interaction.c.superseded_by.is_(None),
        interaction.c.occurred_at > start, interaction.c.occurred_at <= end,
    )  # fmt: skip
    inner = query.subquery("meant")
    return sa.select(inner.c[0]).where(inner.c[0].in_(had))
