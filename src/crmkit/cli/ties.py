"""`crm customers relate`, `prefer` and their opposites: ties between customers, and what they like."""

from __future__ import annotations

import click

from crmkit.cli.options import writes
from crmkit.cli.state import State, pass_state
from crmkit.core.language import _


@click.command()
@click.argument("ref")
@click.argument("kind")
@click.argument("other", metavar="OTHER_REF")
@click.option("--since", metavar="DATE", help="Since when, if known.")
@writes
@pass_state
def relate(state: State, ref: str, kind: str, other: str, since: str | None) -> None:
    """Note how REF is related to OTHER_REF, such as: relate anna works_at ACME."""
    from crmkit.cli.values import today
    from crmkit.core.instants import parse_date

    crm = state.crm
    day = parse_date(since, today(crm)) if since else None
    one, two = crm.customers.resolve(ref), crm.customers.resolve(other)
    crm.customers.relate(one, kind, two, since=day)
    state.output.receipt(
        _("Noted: {name} {kind} {other}", name=_name(state, one), kind=kind, other=_name(state, two)),
        undo=f"crm customers unrelate {one} {kind} {two}",
        reference=one,
        record={"customer_id": one, "kind": kind, "other_id": two},
    )


@click.command()
@click.argument("ref")
@click.argument("kind")
@click.argument("other", metavar="OTHER_REF")
@writes
@pass_state
def unrelate(state: State, ref: str, kind: str, other: str) -> None:
    """Take back that REF is related to OTHER_REF."""
    crm = state.crm
    one, two = crm.customers.resolve(ref), crm.customers.resolve(other)
    crm.customers.unrelate(one, kind, two)
    state.output.receipt(
        _("No longer: {name} {kind} {other}", name=_name(state, one), kind=kind, other=_name(state, two)),
        undo=f"crm customers relate {one} {kind} {two}",
        reference=one,
        record={"customer_id": one, "kind": kind, "other_id": two},
    )


@click.command()
@click.argument("ref")
@click.argument("topic")
@click.argument("value")
@click.option("--inferred", is_flag=True, help="Concluded by us, not said by them.")
@writes
@pass_state
def prefer(state: State, ref: str, topic: str, value: str, inferred: bool) -> None:
    """Note what customer REF likes, such as: prefer anna coffee black."""
    import shlex

    crm = state.crm
    customer_id = crm.customers.resolve(ref)
    crm.customers.prefer(customer_id, topic, value, origin="inferred" if inferred else "stated")
    state.output.receipt(
        _("Noted: {name} likes {topic}: {value}", name=_name(state, customer_id), topic=topic, value=value),
        undo=f"crm customers forget {customer_id} {shlex.quote(topic)} {shlex.quote(value)}",
        reference=customer_id,
        record={"customer_id": customer_id, "topic": topic, "value": value},
    )


@click.command()
@click.argument("ref")
@click.argument("topic")
@click.argument("value", required=False)
@writes
@pass_state
def forget(state: State, ref: str, topic: str, value: str | None) -> None:
    """Take back what customer REF was said to like: VALUE, or everything there is on TOPIC."""
    import shlex

    crm = state.crm
    before = crm.customers.get(ref)
    after = crm.customers.forget_preference(before.id, topic, value)
    left = {(each.topic, each.value) for each in after.preferences}
    gone = [each for each in before.preferences if (each.topic, each.value) not in left]
    again = (
        shlex.join(["crm", "customers", "prefer", str(before.id), each.topic, each.value])
        + (" --inferred" if each.origin == "inferred" else "")
        for each in gone
    )
    values = [each.value for each in gone]
    state.output.receipt(
        _(
            "Forgotten: {name} likes {topic}: {value}",
            name=_name(state, before.id),
            topic=topic,
            value=", ".join(values),
        ),
        undo=" && ".join(again),
        reference=before.id,
        record={"customer_id": before.id, "topic": topic, "value": value, "values": values},
    )


def _name(state: State, customer_id: int) -> str:
    (summary,) = state.crm.customers.summaries([customer_id])
    return f"{summary.name} (#{customer_id})"
