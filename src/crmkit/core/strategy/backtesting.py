"""Backtesting: what a rule would have done, by what was known then; and what happened next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import attrs

from crmkit.core.customers.sets import without_collector
from crmkit.core.errors import Invalid
from crmkit.core.instants import day_bounds, local_date
from crmkit.core.model.trials import Backtest, TriedAct
from crmkit.core.phrase import phrase
from crmkit.core.predicates.duration import Duration
from crmkit.core.strategy.aftermath import aftermath, moved
from crmkit.core.strategy.events import USUAL_AGE
from crmkit.core.strategy.explaining import explained
from crmkit.core.strategy.past import Past
from crmkit.core.strategy.rules import Rule, compiled
from crmkit.core.strategy.schedules import duration
from crmkit.core.strategy.tallying import Tally, months, tried
from crmkit.core.strategy.virtual import NoLetters, virtual

if TYPE_CHECKING:
    from crmkit.core.config.rules import RuleDeclaration
    from crmkit.core.kernel import Kernel

Progress = Callable[[int, int], None]
_EVERY_DAY: Final = Duration(1, "day")


def backtest(
    kernel: Kernel,
    name: str,
    declared: RuleDeclaration,
    *,
    since: date | None = None,
    until: date | None = None,
    step: Duration | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """What the rule would have done from the day `since` (a year ago, if None) to before `until` (today).

    `step` leaves out turns that come sooner than so long after the last one. Raises `PredicateError` for a
    condition that asks for what has no past, `Invalid` for a period that is none.
    """
    now = kernel.clock.now()
    today = local_date(now, kernel.tz)
    last = until or today
    first = since or Duration(1, "year").days_before(last)
    if not first < last <= today:
        raise Invalid(
            phrase("From {first} to {last} is no period that is over", first=first, last=last),
            hint="Name two days up to today, the earlier one first: --from DATE --to DATE",
        )
    # Its first and last day are of what is to come.
    always = attrs.evolve(declared, starts=None, ends=None, enabled=True)
    past = Past(kernel.tables, kernel.store.dialect)
    with virtual(kernel, past=past, letters=NoLetters) as own, without_collector():
        rule = compiled(own.kernel, name, always)
        start, end = day_bounds(first, kernel.tz)[0], min(day_bounds(last, kernel.tz)[0], now)
        _require_past(own.kernel, rule, start)
        tally, acts = Tally(name, kernel.tz), list[TriedAct]()
        for at in turns(rule, start, end, step, own.kernel):
            proposed = own.turn([rule], at)
            tally.count(proposed, at)
            acts.extend(tried(proposed, at))
            if progress is not None:
                progress(at - start, end - start)
        after = aftermath(own.kernel, own.connection, declared, acts, past, now)
        notes = tuple(_notes(own.kernel, rule, declared))
    return Backtest(
        rule=name, says=explained(rule), since=first, until=last, turns=tally.turns,
        months={month: tally.months[month] for month in months(first, last - timedelta(days=1))},
        acts=tuple(acts), people=len(tally.people), held=tally.held, stopped=tally.stopped, aftermath=after,
        notes=notes,
    )  # fmt: skip


def turns(rule: Rule, start: int, end: int, step: Duration | None, kernel: Kernel) -> Iterator[int]:
    """The instants from `start` to before `end` at which the rule is looked at: its turns; or, of a rule that
    acts upon events, every day, and every `step`."""
    if rule.schedule is None:
        yield from _steps(rule, start, end, step or _EVERY_DAY, kernel)
        return
    at, least = rule.schedule.next(start - 1, kernel.tz).due_at, start
    while at < end:
        if at >= least:
            yield at
            least = at if step is None else moved(at, step, kernel.tz)
        at = rule.schedule.next(at, kernel.tz).due_at


def _steps(rule: Rule, start: int, end: int, step: Duration, kernel: Kernel) -> Iterator[int]:
    longest = duration(rule.declared.max_age or USUAL_AGE)
    at = start
    while (at := moved(at, step, kernel.tz)) < end:
        if longest.before(at, kernel.tz) > start:
            raise Invalid(
                phrase(
                    'The rule "{rule}" leaves alone what is older than {longest}: with a step of {step} it '
                    "would miss what lies between",
                    rule=rule.name,
                    longest=longest,
                    step=step,
                ),
                hint=phrase('Choose a step of at most {longest}: --step "1 day"', longest=longest),
            )
        yield at
        start = at
    if start < end:
        yield end - 1


def _require_past(kernel: Kernel, rule: Rule, at: int) -> None:
    """Raise `PredicateError` for the first condition that asks for what has no past."""
    for step in rule.steps:
        if step.who is not None:
            kernel.statements.prepare(step.who, past_as_of=at, now=at)


def _notes(kernel: Kernel, rule: Rule, declared: RuleDeclaration) -> Iterator[str]:
    yield phrase(
        "It is tried alone: what other rules did or would have done then takes nothing from its limits."
    )
    if any(step.action.touches for step in rule.steps):
        yield phrase("Whether there is an address is known of today only.")
    if declared.starts or declared.ends:
        yield phrase("Its first and last day are left aside.")
    if kernel.hooks.decides("review_proposals"):
        yield phrase("What a plugin would have refused then is not on record.")
