"""`crm analytics next`: what would be best to do for a customer now, and why."""

from __future__ import annotations

import math
from typing import Any, Final

import click

from crmkit.plugin import N_, CommandState, OutputColumn, _, lists, pass_state
from crmkit.plugins.analytical.next_action.service import NextActions
from crmkit.plugins.analytical.next_action.values import NextAction, Uplift

_PLACE: Final = OutputColumn("place", "Place", right=True, fixed=True, shown=lambda value: str(value or "–"))
_OF: Final = (
    OutputColumn("rule", style="bold"),
    OutputColumn("says", "What", wrap=True),
    OutputColumn("why", "Why", wrap=True),
)


@click.command("next")
@click.argument("ref", metavar="[REF]", required=False)
@click.option("--where", metavar="PREDICATE", help="In place of REF: the best for each for whom it holds.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="With --where.")
@click.option("--outcome", metavar="TYPE", help="Only what was measured by this outcome counts as measured.")
@click.option("--amount", "is_amount", is_flag=True, help="Go by what customers brought, not how many came.")
@lists
@pass_state
def next_(
    state: CommandState,
    ref: str | None,
    where: str | None,
    limit: int,
    outcome: str | None,
    *,
    is_amount: bool,
) -> None:
    """Tell what would be best to do for customer REF now, of all that the rules would do. Nothing is done.

    What was measured to work goes first, by the least gain that is left when chance is taken off; the rest by
    the priority of the rules. What a gate leaves out, or does harm, comes last and has no place.
    """
    if (ref is None) == (where is None):
        raise click.UsageError("For whom?\nName a customer (REF), or say for whom: --where PREDICATE")
    crm = state.crm
    outcome = crm.words.interaction_types[outcome].name if outcome else None
    service = crm.service(NextActions)
    if ref is not None:
        found = list(service.of(ref, outcome=outcome, is_amount=is_amount))
    else:
        assert where is not None
        ids = crm.predicates.members(where, limit=limit)
        ranked = service.among(ids, outcome=outcome, is_amount=is_amount)
        found = [ranked[id_][0] for id_ in ids if id_ in ranked and ranked[id_][0].place is not None]
    names = {each.id: each.name for each in crm.customers.summaries({each.customer_id for each in found})}
    of_many = (OutputColumn("customer", style="bold"),) if ref is None else (_PLACE,)
    empty = N_("No rule applies to them now. See what there is: crm rules list")
    state.output.rows(
        (*of_many, *_OF), [_row(each, names) for each in found], empty=empty, footer=_footer(found)
    )


def _footer(found: list[NextAction]) -> str:
    commands = list(dict.fromkeys(each.command for each in found if each.place == 1))
    if not commands:
        return ""
    command = commands[0] if len(commands) == 1 else "crm plan"
    return _("To plan it (nothing is done before you apply the plan): {command}", command=command)


def _row(each: NextAction, names: dict[int, str]) -> dict[str, Any]:
    return {
        "customer": names.get(each.customer_id, ""), "customer_id": each.customer_id, "place": each.place,
        "rule": each.rule, "step": each.step, "action": each.action, "says": each.says,
        "state": each.state, "basis": each.basis, "priority": each.priority, "why": each.why,
        "uplift": None if each.uplift is None else _uplift(each.uplift), "command": each.command,
    }  # fmt: skip


def _uplift(uplift: Uplift) -> dict[str, Any]:
    def end(value: float) -> float | None:
        return value if math.isfinite(value) else None

    return {
        "outcome": uplift.outcome, "within": uplift.within, "absolute": uplift.absolute,
        "relative": uplift.relative, "low": end(uplift.low), "high": end(uplift.high),
        "customers": uplift.customers, "wanted": uplift.wanted,
        "of": "amount" if uplift.is_amount else "share",
    }  # fmt: skip
