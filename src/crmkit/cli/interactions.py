"""`crm interactions`: every contact with customers, written once."""

from __future__ import annotations

from typing import Any

import click

from crmkit.cli.column import Column
from crmkit.cli.exporting import export_interactions
from crmkit.cli.groups import Noun
from crmkit.cli.importing import import_interactions
from crmkit.cli.options import limited, lists, writes
from crmkit.cli.recording import as_options, describes_contact, details, record_one, show_receipt
from crmkit.cli.records import interaction_record, local_time
from crmkit.cli.state import State, pass_state
from crmkit.cli.values import amount as read_amount
from crmkit.cli.values import instant, until
from crmkit.core.cldr import figures
from crmkit.core.language import _, translated
from crmkit.core.phrase import phrase

COLUMNS = (
    Column("seq", "No.", right=True, fixed=True, style="dim"),
    Column("at", "When", fixed=True, shown=local_time),
    Column("customer", style="bold"),
    Column("type"),
    Column("amount", right=True, fixed=True, sparse=True, shown=figures),
    Column("currency", " ", fixed=True, sparse=True),
    Column("channel", sparse=True),
    Column("summary"),
    Column("superseded_by", "Superseded by", right=True, sparse=True),
)
_TYPES = (
    Column("type", fixed=True, style="bold"),
    Column("amount", shown=lambda value: _("yes") if value else ""),
    Column("keys", "Says"),
    Column("owner"),
    Column("doc", "What it is", wrap=True, shown=translated),
)


@click.group(cls=Noun)
def interactions() -> None:
    """List, correct and import what happened between customers and us.

    Nothing is ever overwritten: a correction is one more entry, and the first one stays readable.
    """


@interactions.command()
@click.argument("ref", metavar="REF")
@click.argument("type_", metavar="TYPE")
@click.option("--amount", metavar="AMOUNT", help="An amount of money, such as 12.50.")
@describes_contact
@writes
@pass_state
def record(state: State, ref: str, type_: str, amount: str | None, **described: Any) -> None:
    """Record a contact with customer REF (crm log, with options)."""
    record_one(state, ref, type_, amount, described)


@interactions.command("list")
@click.argument("ref", required=False)
@click.option("--type", "type_", metavar="TYPE", help="Only this type.")
@click.option("--since", metavar="TIME", help="From then on.")
@click.option("--until", "until_", metavar="TIME", help="Up to then; a day is meant as a whole.")
@limited()
@click.option("--after", metavar="CURSOR", help="Go on where the last list ended.")
@click.option("--superseded", is_flag=True, help="Also what was corrected or voided.")
@click.option("--with-people", is_flag=True, help="Of an organisation, also those of its people.")
@lists
@pass_state
def list_(
    state: State,
    ref: str | None,
    type_: str | None,
    since: str | None,
    until_: str | None,
    limit: int,
    after: str | None,
    superseded: bool,
    with_people: bool,
) -> None:
    """List interactions, newest first: all of them, or those of customer REF."""
    crm = state.crm
    if with_people and ref is None:
        raise click.UsageError("--with-people needs an organisation: crm interactions list REF --with-people")
    if ref is not None:
        page = crm.interactions.timeline(
            crm.customers.resolve(ref),
            limit=limit,
            cursor=after,
            types=[type_] if type_ else None,
            superseded=superseded,
            with_people=with_people,
        )
    else:
        page = crm.interactions.list(
            type=type_,
            since=instant(crm, since),
            until=until(crm, until_),
            superseded=superseded,
            limit=limit,
            cursor=after,
        )
    _print(state, page, whose=ref is None or with_people)


def _print(state: State, page: Any, *, whose: bool) -> None:
    crm = state.crm
    names = {one.id: one.name for one in crm.customers.summaries({i.customer_id for i in page.interactions})}
    rows = [interaction_record(crm, each, customer=names.get(each.customer_id)) for each in page.interactions]
    wanted = [column for column in COLUMNS if column.key != "customer" or whose]
    more = _("There are more; go on with: --after {cursor}", cursor=page.next_cursor)
    state.output.rows(
        wanted,
        rows,
        empty=_("Nothing on record. Write something down: crm log REF TYPE [AMOUNT]"),
        footer=more if page.next_cursor else "",
    )


@interactions.command()
@click.argument("seq", type=int)
@click.option("--type", "type_", metavar="TYPE", help="What it really was.")
@click.option("--amount", metavar="AMOUNT", help="The right amount.")
@describes_contact
@writes
@pass_state
def correct(state: State, seq: int, type_: str | None, amount: str | None, **described: Any) -> None:
    """Correct interaction number SEQ: what is given replaces what was said."""
    crm = state.crm
    before = crm.interactions.get(seq)
    changes = details(state, described)
    if amount is not None:
        changes["amount"] = read_amount(crm, amount, described["currency"] or before.currency)
    if type_ is not None:
        changes["type"] = crm.words.interaction_types[type_].name
    if "payload" in changes:
        changes["payload"] = _merged(before.payload, changes["payload"])
    if not changes:
        raise click.UsageError(
            phrase(
                "What is to be corrected?\nSuch as: crm interactions correct {seq} --amount 12.50", seq=seq
            )
        )
    corrected: Any = crm.interactions.correct(seq, **changes)
    undo = f"crm interactions correct {corrected.seq} {as_options(crm, before)}"
    show_receipt(state, corrected, _("Corrected number {seq}", seq=seq), undo)


def _merged(before: Any, said: dict[str, Any]) -> dict[str, Any]:
    """The keys that were not mentioned stay as they were."""
    import attrs

    old = attrs.asdict(before, recurse=True) if attrs.has(type(before)) else dict(before or {})
    return {key: value for key, value in old.items() if value is not None} | said


@interactions.command()
@click.argument("seq", type=int)
@click.option("--reason", metavar="TEXT", default="", help="Why.")
@writes
@pass_state
def void(state: State, seq: int, reason: str) -> None:
    """Say that interaction number SEQ never happened."""
    crm = state.crm
    before = crm.interactions.get(seq)
    voided: Any = crm.interactions.void(seq, reason)
    (customer,) = crm.customers.summaries([before.customer_id])
    state.output.receipt(
        _(
            "Voided number {seq}: {type} with {customer} (#{id}), by number {by}",
            seq=seq,
            type=before.type,
            customer=customer.name,
            id=customer.id,
            by=voided.seq,
        ),
        undo=f"crm interactions record {customer.id} {before.type} {as_options(crm, before)}",
        reference=voided.seq,
        record={"interaction": interaction_record(crm, voided)},
    )


@interactions.command()
@click.argument("seq", type=int)
@click.argument("ref")
@writes
@pass_state
def reassign(state: State, seq: int, ref: str) -> None:
    """Say that interaction number SEQ was with customer REF."""
    crm = state.crm
    before = crm.interactions.get(seq)
    moved: Any = crm.interactions.reassign(seq, crm.customers.resolve(ref))
    undo = f"crm interactions reassign {moved.seq} {before.customer_id}"
    show_receipt(state, moved, _("Reassigned number {seq}", seq=seq), undo)


interactions.add_command(import_interactions)
interactions.add_command(export_interactions)


@interactions.command()
@lists
@pass_state
def types(state: State) -> None:
    """List the types of interactions that can be recorded."""
    from crmkit.core.model.interaction import VOIDED

    rows = [
        {"type": word.name, "amount": word.amount, "keys": _keys(word), "owner": word.owner, "doc": word.doc}
        for word in state.crm.words.interaction_types
        if word.name != VOIDED
    ]
    state.output.rows(_TYPES, rows)


def _keys(word: Any) -> list[str]:
    return list(getattr(word.payload, "__annotations__", {})) if word.payload is not None else []
