"""Why: every decision that the rules have taken about one customer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.language import ENGLISH, N_, _, spoken
from crmkit.core.model.strategy import ACT, DONE, DROPPED, HELD, PARTLY, SKIPPED, WAITING, WITHHELD, Decision
from crmkit.core.strategy.origins import is_of_rule, rule_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

# A person asks what was decided about somebody, and not what the ledger calls it.
_BY_HAND: Final = N_("by hand")
REHEARSED: Final = "rehearsed"
_STATES: Final = {ACT: "planned", DROPPED: "left out", SKIPPED: "left out"}


def decisions(kernel: Kernel, connection: sa.Connection, customer_id: int, limit: int) -> list[Decision]:
    """The newest first: effects, what plans hold in store, and why the customer was left out.

    What was decided at the same moment stands in the order in which it was decided.
    """
    found = [*_effects(kernel, connection, customer_id), *_planned(kernel, connection, customer_id)]
    return sorted(found, key=lambda each: each.at, reverse=True)[:limit]


def _effects(kernel: Kernel, connection: sa.Connection, customer_id: int) -> Iterator[Decision]:
    effect = kernel.tables.effect
    chosen = sa.select(effect).where(effect.c.customer_id == customer_id).order_by(effect.c.id)
    for row in connection.execute(chosen):
        yield Decision(
            at=row.undone_at or row.settled_at or row.created_at,
            rule=rule_of(row.origin) if is_of_rule(row.origin) else _(_BY_HAND),
            step=row.step,
            state=REHEARSED if row.rehearsed and row.state == DONE else row.state,
            says=says_of(kernel, row.action, row.params),
            plan=row.plan_id,
            reason=row.reason,
        )


def _planned(kernel: Kernel, connection: sa.Connection, customer_id: int) -> Iterator[Decision]:
    act, plan = kernel.tables.plan_act, kernel.tables.plan
    chosen = (
        sa.select(act, plan.c.at, plan.c.applied_at, plan.c.state.label("of_plan"))
        .join(plan, plan.c.id == act.c.plan_id)
        .where(act.c.customer_id == customer_id, act.c.state.in_((ACT, HELD, WITHHELD, DROPPED, SKIPPED)))
        .order_by(act.c.id)
    )
    for row in connection.execute(chosen):
        if row.state in (DROPPED, SKIPPED) or row.of_plan in (WAITING, PARTLY):
            yield Decision(
                at=row.applied_at or row.at if row.state == SKIPPED else row.at, rule=row.rule, step=row.step,
                state=_STATES.get(row.state, row.state), plan=row.plan_id, gate=row.gate, reason=row.reason,
                says=said_again(kernel, row.action, json.loads(row.params), row.says), until=row.until,
            )  # fmt: skip


def said_again(kernel: Kernel, name: str, params: Mapping[str, Any], says: str) -> str:
    """What a plan says that an act does, which is kept in English, in the language spoken."""
    action = None if spoken() == ENGLISH else kernel.words.actions.get(name)
    try:
        return says if action is None else action.says(action.params(**params))
    except (TypeError, ValueError, AttributeError):
        return says


def says_of(kernel: Kernel, name: str, params: str) -> str:
    """What an effect did; the action's own words, while its plugin is there."""
    action = kernel.words.actions.get(name)
    given: dict[str, Any] = json.loads(params)
    try:
        return action.says(action.params(**given)) if action is not None else f"{name} {params}"
    except (TypeError, ValueError, AttributeError):
        return f"{name} {params}"
