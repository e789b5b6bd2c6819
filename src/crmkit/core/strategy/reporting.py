"""Did a rule work? Its groups compared, and what that means in a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import evolve, field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.measuring import Arm, Comparison, Counted, Measured, Verdict, compare, judge
from crmkit.core.measuring.comparison import Wanted
from crmkit.core.model.money import minor_digits
from crmkit.core.model.strategy import CONTROL
from crmkit.core.phrase import phrase
from crmkit.core.strategy.arms import shares_of
from crmkit.core.strategy.beginning import LEAST
from crmkit.core.strategy.outcomes import Outcomes, Seen, micros, outcomes
from crmkit.core.strategy.prospect import Prospect

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.rules import Rule

NOT_BEGUN: Final = "not begun"
WAITING: Final = "waiting"


@frozen(kw_only=True)
class RuleReport:
    """What a rule has changed, or all of them together (`rule` None), as far as it can be told now.

    `state` is that of the verdict, `waiting` while nobody's time is over, or `not begun` before the first
    customer; `sentence` says it. `shares` compares how many came to the `outcome`, which decides; `amounts`
    what they brought, in minor units of `currency`, where the outcome carries money; `wanted` says whether
    more of both is better, or less. Both count those customers only who were met first at `since` or later,
    and whose time `within` is over. Of all rules, they count everybody, from `since` until now or `until`
    (None for a single rule): nobody waits for a time of their own, and
    the groups are called `global` and `treated`. While that time runs, `planned` of the comparison is larger
    than the number of customers, in proportion to the time that is still to come.

    `seen` has what they are made of, by group. `mixed` customers were in two groups before they were merged,
    and are left out. `prospect` says before the beginning what could be seen at all; `first_over` is when the
    first customer's time will be over, while nobody's is. `is_changed` where crm.toml says other shares by
    now than the groups have. Instants are microseconds UTC.
    """

    rule: str | None
    outcome: str
    within: str | None
    at: int
    state: str
    sentence: str
    currency: str
    wanted: Wanted = "more"
    since: int | None = None
    until: int | None = None
    verdict: Verdict | None = None
    shares: Comparison | None = None
    amounts: Comparison | None = None
    seen: Mapping[str, Seen] = field(factory=dict)
    mixed: int = 0
    prospect: Prospect | None = None
    first_over: int | None = None
    is_changed: bool = False


def report(kernel: Kernel, connection: sa.Connection, rule: Rule, since: int | None, now: int) -> RuleReport:
    """Compare the rule's groups; before anything has begun, the `prospect` is left to the caller. Raises
    `Invalid` for a rule that has none."""
    declared = rule.declared
    if not declared.is_measured or rule.outcome is None or declared.within is None:
        raise Invalid(
            phrase('The rule "{rule}" has no groups to compare', rule=rule.name),
            hint='Give it such as: control_group = "10%", outcome = "purchase", within = "30 days"',
        )
    blank = RuleReport(
        rule=rule.name, outcome=rule.outcome, within=declared.within, at=now, state=NOT_BEGUN,
        sentence=phrase("It has not begun: no plan with its groups was applied yet."),
        currency=kernel.currency, wanted=declared.wanted,
    )  # fmt: skip
    table = kernel.tables.rule
    row = connection.execute(sa.select(table).where(table.c.name == rule.name)).first()
    if row is None or row.shares is None:
        return blank
    planned = json.loads(row.shares)
    start = max(row.measured_since, since or row.measured_since)
    found = outcomes(kernel, connection, rule, start, now)
    if found.first is None:
        return evolve(blank, sentence=phrase("It has met nobody since then.")) if since else blank
    return _told(
        kernel, rule, found, planned, row.decided_at or LEAST, blank, since=start,
        is_changed=planned != dict(shares_of(declared)),
    )  # fmt: skip


def _told(
    kernel: Kernel,
    rule: Rule,
    found: Outcomes,
    planned: Mapping[str, float],
    decided_at: int,
    blank: RuleReport,
    *,
    since: int,
    is_changed: bool,
) -> RuleReport:
    assert found.first is not None
    seen = {name: found.groups.get(name, Seen()) for name in planned}
    told = evolve(blank, since=since, seen=seen, mixed=found.mixed, is_changed=is_changed)
    cost = _minor(kernel, rule.declared.cost)
    shares, amounts = compared(kernel, blank, seen, planned, decided_at, cost=cost)
    told = evolve(told, shares=shares, amounts=amounts)
    if not any(each.over for each in seen.values()) and not shares.ratio.broken:
        assert blank.within is not None
        sentence = phrase("It is too early to tell: nobody's time is over yet.")
        return evolve(told, state=WAITING, sentence=sentence, first_over=found.first + micros(blank.within))
    verdict = judge(shares)
    return evolve(told, state=verdict.state, sentence=verdict.sentence, verdict=verdict)


def compared(
    kernel: Kernel,
    blank: RuleReport,
    seen: Mapping[str, Seen],
    planned: Mapping[str, float],
    decided_at: int,
    *,
    control: str = CONTROL,
    cost: Decimal = Decimal(0),
) -> tuple[Comparison, Comparison | None]:
    """(how many came to the outcome, what they brought), compared; None where the outcome has no money.

    `planned` are the groups' shares, `decided_at` is in customers, `cost` what an act costs in minor units.
    """
    arms = [_arm(name, planned[name], each, cost) for name, each in seen.items()]
    shares = compare(arms, planned=decided_at, control=control, wanted=blank.wanted)
    if not kernel.words.interaction_types[blank.outcome].amount:
        return shares, None
    of_money = [_arm_of_money(name, planned[name], each, cost) for name, each in seen.items()]
    return shares, compare(of_money, planned=decided_at, control=control, wanted=blank.wanted)


def _arm(name: str, share: float, seen: Seen, cost: Decimal) -> Arm:
    counted = Counted(seen.reached, seen.over)
    return Arm(name=name, share=share, assigned=seen.assigned, sample=counted, cost=_spent(name, seen, cost))


def _arm_of_money(name: str, share: float, seen: Seen, cost: Decimal) -> Arm:
    values = seen.values
    total = sum(value * count for value, count in values.items())
    squares = sum(value * value * count for value, count in values.items())
    each = [value for value in sorted(values) for _ in range(values[value])]
    return Arm(
        name=name, share=share, assigned=seen.assigned, sample=Measured.of_sums(seen.over, total, squares),
        values=each, cost=_spent(name, seen, cost),
    )  # fmt: skip


def _spent(name: str, seen: Seen, cost: Decimal) -> int:
    return 0 if name == CONTROL else int((cost * seen.spent).to_integral_value())


def _minor(kernel: Kernel, cost: float | None) -> Decimal:
    """What an act costs, in minor units and parts of them."""
    return Decimal(str(cost or 0)).scaleb(minor_digits(kernel.currency))
