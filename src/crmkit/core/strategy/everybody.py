"""Do all rules together work? Those whom `[control]` leaves alone, against those whom rules may meet.

By assignment: whoever was there before the period began, or joined in it, belongs to the group that chance
gives them, whether or not any rule has met them. A customer counts once, with what they did in the period so
far, from its first moment or from when they joined.

Who is archived or restricted since then counts all the same, as in a rule's report; who was so before could
be met by no rule, and is left out. So are those who were erased, and those who were merged out of two groups
since the period began.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve, frozen

from crmkit.core.errors import Invalid
from crmkit.core.instants import day_bounds, local_date
from crmkit.core.language import N_
from crmkit.core.measuring import judge
from crmkit.core.measuring.assignment import arms
from crmkit.core.measuring.verdict import BETTER, COLLECTING, WORSE
from crmkit.core.model.strategy import GLOBAL, TREATED
from crmkit.core.phrase import phrase
from crmkit.core.rates.service import Rates
from crmkit.core.store.listed import listed
from crmkit.core.strategy.arms import for_everybody
from crmkit.core.strategy.outcomes import Outcomes, Seen
from crmkit.core.strategy.reporting import NOT_BEGUN, RuleReport, compared

if TYPE_CHECKING:
    from crmkit.core.config.control import ControlSettings
    from crmkit.core.kernel import Kernel

_YEAR: Final = dt.timedelta(days=364)
# What was decided, by the verdict, and by what is wanted.
_DECIDED: Final[Mapping[tuple[str, str], str]] = {
    (BETTER, "more"): N_(
        "The rules work: of those whom rules may meet, more came to a {outcome} than of those left alone by "
        "all."
    ),
    (BETTER, "less"): N_(
        "The rules work: of those whom rules may meet, fewer came to a {outcome} than of those left alone by "
        "all."
    ),
    (WORSE, "more"): N_(
        "The rules do harm: of those left alone by all, more came to a {outcome} than of those whom rules "
        "may meet."
    ),
    (WORSE, "less"): N_(
        "The rules do harm: of those left alone by all, fewer came to a {outcome} than of those whom rules "
        "may meet."
    ),
}


def report_all(kernel: Kernel, connection: sa.Connection, now: int) -> RuleReport:
    """Compare those whom all rules leave alone with the others. Raises `Invalid` where nobody is left alone,
    and `NotFound` for an outcome that is no interaction type."""
    control = kernel.config.control
    outcome = kernel.words.interaction_types[control.outcome].name
    if control.since is None or control.until is None:
        raise _no_group(kernel, now)
    start, end = day_bounds(control.since, kernel.tz)[0], day_bounds(control.until, kernel.tz)[1]
    blank = RuleReport(
        rule=None, outcome=outcome, within=None, at=now, state=NOT_BEGUN, currency=kernel.currency,
        sentence="", since=start, until=end, wanted=control.wanted,
    )  # fmt: skip
    if now <= start:
        sentence = phrase(
            "It has not begun: a group is left alone from {since} to {until}. To begin today, write in "
            "crm.toml under [control]: since = {today}",
            since=control.since, until=control.until, today=local_date(now, kernel.tz),
        )  # fmt: skip
        return evolve(blank, sentence=sentence)
    found = _Question(kernel, connection, outcome, start, min(end, now + 1)).found()
    if not any(each.assigned for each in found.groups.values()):
        return evolve(blank, sentence=phrase("There are no customers yet to compare."))
    return _told(kernel, found, blank)


def _no_group(kernel: Kernel, now: int) -> Invalid:
    today = local_date(now, kernel.tz)
    return Invalid(
        "No customers are left alone by all rules, so nobody can tell what all of them change",
        hint=phrase(
            'Write in crm.toml:\n[control]\nshare = "5%"\nsince = {today}\nuntil = {until}',
            today=today,
            until=today + _YEAR,
        ),
    )


def _told(kernel: Kernel, found: Outcomes, blank: RuleReport) -> RuleReport:
    assert blank.since is not None
    assert blank.until is not None
    _, shares = for_everybody(kernel.config.control)
    seen = {name: found.groups.get(name, Seen()) for name, _ in shares}
    customers = sum(each.assigned for each in seen.values())
    # The same customers come to more outcomes day by day, so what is known grows with time, not with them.
    gone = min(1.0, (blank.at - blank.since) / (blank.until - blank.since))
    planned = math.ceil(customers / gone)
    counts, amounts = compared(kernel, blank, seen, dict(shares), planned, control=GLOBAL)
    verdict = judge(counts)
    sentence = _sentence(blank, verdict.state, kernel.config.control) or verdict.sentence
    verdict = evolve(verdict, sentence=sentence)
    return evolve(
        blank, seen=seen, mixed=found.mixed, shares=counts, amounts=amounts,
        verdict=verdict, state=verdict.state, sentence=sentence,
    )  # fmt: skip


def _sentence(made: RuleReport, state: str, control: ControlSettings) -> str | None:
    """What the verdict says of all rules; None where it says it itself."""
    if state == COLLECTING:
        return phrase("It is too early to tell: the time runs until {day}.", day=control.until)
    said = _DECIDED.get((state, made.wanted))
    return None if said is None else phrase(said, outcome=made.outcome)


@frozen
class _Question:
    """The statements for one period: outcomes at `start` or later and before `end`."""

    kernel: Kernel
    connection: sa.Connection
    outcome: str
    start: int
    end: int

    def found(self) -> Outcomes:
        """What was seen in each group so far."""
        drawn = self._drawn()
        mixed = self._mixed(drawn)
        alone = [id_ for id_, _, arm in drawn if arm == GLOBAL]
        groups: dict[str, dict[str, Any]] = {}
        for is_alone, has_reached, amount, count in self.connection.execute(self._outcomes(alone, mixed)):
            seen = groups.setdefault(GLOBAL if is_alone else TREATED, {"reached": 0, "values": {}})
            seen["reached"] += count if has_reached else 0
            seen["values"][int(amount)] = seen["values"].get(int(amount), 0) + count
        return Outcomes(groups={name: Seen(**each) for name, each in groups.items()}, mixed=len(mixed))

    def _drawn(self) -> list[tuple[int, str, str]]:
        """(customer, uid, group) of everybody who is compared."""
        customer = self.kernel.tables.customer
        rows = self.connection.execute(sa.select(customer.c.id, customer.c.uid).where(*self._there())).all()
        return [
            (row[0], row[1], arm) for row, arm in zip(rows, self._arms(row[1] for row in rows), strict=True)
        ]

    def _arms(self, uids: Iterable[str]) -> Iterable[str]:
        return arms(uids, *for_everybody(self.kernel.config.control))

    def _mixed(self, drawn: Collection[tuple[int, str, str]]) -> list[int]:
        """Those with whom somebody of the other group was merged since the period began."""
        alias, merge, run = (
            self.kernel.tables.by_name[name] for name in ("customer_alias", "merge", "merge_run")
        )
        since = (
            sa.select(merge.c.loser_id).join(run, run.c.id == merge.c.run_id).where(run.c.at >= self.start)
        )
        query = sa.select(alias.c.customer_id, alias.c.uid).where(alias.c.id.in_(since))
        rows = self.connection.execute(query).all()
        groups: Mapping[int, str] = {id_: arm for id_, _, arm in drawn}
        others = zip(rows, self._arms(row[1] for row in rows), strict=True)
        return sorted({row[0] for row, arm in others if groups.get(row[0], arm) != arm})

    def _there(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Customers whom a rule could meet in the period. An erased one has left at most a shell, which was
        archived the moment it was made."""
        customer = self.kernel.tables.customer
        return (
            customer.c.created_at < self.end,
            *(
                sa.or_(left.is_(None), sa.and_(left >= self.start, left > customer.c.created_at))
                for left in (customer.c.archived_at, customer.c.restricted_at)
            ),
        )

    def _outcomes(self, alone: Collection[int], mixed: Collection[int]) -> sa.Select[Any]:
        """(whether left alone, whether they came to the outcome, amount, customers)."""
        customer, paid = self.kernel.tables.customer, self._paid()
        source, amount = (
            Rates(self.kernel, self.kernel.house).conversion(self.connection, self.end).join(paid)
        )
        worth = sa.select(paid.c.seq, amount.label("amount")).select_from(source).cte("worth")
        is_alone = sa.case((customer.c.id.in_(self._among(alone, "alone")), 1), else_=0)
        each = (
            sa.select(
                customer.c.id,
                is_alone.label("is_alone"),
                sa.case((sa.func.count(paid.c.seq) > 0, 1), else_=0).label("has_reached"),
                sa.cast(sa.func.coalesce(sa.func.sum(worth.c.amount), 0), sa.BigInteger).label("amount"),
            )
            .select_from(
                customer.outerjoin(paid, paid.c.customer_id == customer.c.id).outerjoin(
                    worth, worth.c.seq == paid.c.seq
                )
            )
            .where(*self._there(), customer.c.id.not_in(self._among(mixed, "mixed")))
            .group_by(customer.c.id)
            .cte("each_one")
        )
        columns = (each.c.is_alone, each.c.has_reached, each.c.amount)
        return sa.select(*columns, sa.func.count()).group_by(*columns)

    def _paid(self) -> sa.CTE:
        """Interactions of the outcome's type that are in force, from when the customer was there."""
        interaction, customer = self.kernel.tables.interaction, self.kernel.tables.customer
        names = ("seq", "customer_id", "occurred_at", "amount", "currency")
        return (
            sa.select(*(interaction.c[name] for name in names))
            .join(customer, customer.c.id == interaction.c.customer_id)
            .where(
                interaction.c.type == self.outcome,
                interaction.c.superseded_by.is_(None),
                interaction.c.occurred_at >= self.start,
                interaction.c.occurred_at < self.end,
                interaction.c.occurred_at > customer.c.created_at,
            )
            .cte("paid")
        )

    def _among(self, ids: Collection[int], name: str) -> sa.Select[Any]:
        """These numbers as rows."""
        return listed(self.connection.dialect.name, ids, name)
