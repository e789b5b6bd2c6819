"""`crm experience`: the relationship as customers lived it."""

from __future__ import annotations

from typing import Any

import click

from crmkit.plugin import CommandState, _, ngettext, pass_state, phrase, shows
from crmkit.plugins.collaborative.api import Experiences
from crmkit.plugins.collaborative.experience.model import Experience
from crmkit.plugins.collaborative.experience.shown import (
    BESIDE,
    STORY,
    beside_rows,
    names_of,
    story_rows,
    summed,
    turned,
)


@click.command()
@click.argument("customer", required=False)
@click.option("--where", metavar="P", help="Those for whom this condition holds, beside everybody.")
@click.option("--segment", metavar="S", help="The members of this segment, beside everybody.")
@click.option("--period", metavar="P", help="When, of many: last 90 days, this month, 2026-05 …")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many lines.")
@shows
@pass_state
def experience(
    state: CommandState,
    customer: str | None,
    where: str | None,
    segment: str | None,
    period: str | None,
    limit: int,
) -> None:
    """Tell the relationship as CUSTOMER lived it: contacts in order, waits, repeats, and where it turned.

    With --where or --segment: the same in numbers over many customers, beside everybody.
    """
    many = where is not None or segment is not None
    if (customer is None) != many:
        raise click.UsageError(
            phrase(
                "Whose experience? Name one customer, or many by --where or --segment:\n"
                "  crm experience lucja\n  crm experience --where \"city = 'Gdynia'\""
            )
        )
    if customer is not None:
        if period is not None:
            raise click.UsageError("--period is for many; one customer's story is told as a whole.")
        _one(state, customer, limit)
    else:
        _many(state, where, segment, period or "last 90 days")


def _one(state: CommandState, customer: str, limit: int) -> None:
    crm = state.crm
    found = crm.service(Experiences).story(customer)
    name = crm.customers.summaries([found.customer_id])[0].name
    if state.output.is_json:
        state.output.json(_document(state, found, name))
        return
    rows = story_rows(found, crm)
    if not rows:
        state.output.say(
            _(
                "Nothing has happened yet. "
                'Log it: crm log {customer} call --direction in --set text="Asks for …"',
                customer=found.customer_id,
            )
        )
        return
    from crmkit.plugin import shown_safely

    state.output.data(_("{customer}: how they lived it", customer=shown_safely(name)) + "\n")
    state.output.rows(STORY, rows[-limit:])
    if len(rows) > limit:
        state.output.say(
            ngettext(
                "The last {shown} of {count} line. All: --limit {all}",
                "The last {shown} of {count} lines. All: --limit {all}",
                len(rows), shown=limit, all=len(rows),
            )
        )  # fmt: skip
    lines = list(summed(found, crm))
    if lines:
        state.output.data("")
    wide = max((len(title) for title, _text in lines), default=0)
    for title, text in lines:
        state.output.data(f"{title.ljust(wide)}  {shown_safely(text)}")
    if found.turns:
        state.output.data("\n" + _("Where it turned (what followed, not what caused it)"))
        for turn in found.turns:
            state.output.data(f"  {shown_safely(turned(turn, crm))}")


def _many(state: CommandState, where: str | None, segment: str | None, period: str) -> None:
    found = state.crm.service(Experiences).compare(where=where, segment=segment, period=period)
    if state.output.is_json:
        state.output.json(
            {
                "period": period,
                "metrics": [
                    {"metric": each.metric, "unit": each.unit} | _exact(each.group, each.everybody)
                    for each in found
                ],
            }
        )
        return
    state.output.rows(
        BESIDE, beside_rows(found), empty=_("Nobody asked anything in this period: {period}", period=period),
        footer=_("Period: {period}. One by one, and in groups: crm metrics show wait --by month",
                 period=period),
    )  # fmt: skip


def _exact(group: Any, everybody: Any) -> dict[str, float | None]:
    return {
        name: None if value is None else round(float(value), 6)
        for name, value in (("group", group), ("everybody", everybody))
    }


def _document(state: CommandState, found: Experience, name: str) -> dict[str, Any]:
    from attrs import asdict

    names = names_of(found, state.crm)
    contacts = [{**asdict(each), "employee": names.get(each.employee_id or 0)} for each in found.contacts]
    longest = found.longest
    return {
        "customer_id": found.customer_id,
        "customer": name,
        "contacts": contacts,
        "waits": [{**asdict(each), "minutes": each.minutes} for each in found.waits],
        "wait_minutes_median": found.usual_wait,
        "wait_minutes_longest": None if longest is None else longest.minutes,
        "waiting_since": found.waiting_since,
        "matters": len(found.matters),
        "askings": found.askings,
        "asked_again": found.asked_again,
        "effort": found.effort,
        "hand_offs": len(found.hand_offs),
        "promises": {"kept": found.kept, "broken": found.broken, "dropped": found.dropped},
        "turns": [asdict(each) for each in found.turns],
    }
