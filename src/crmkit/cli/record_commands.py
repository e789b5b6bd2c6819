"""`crm records`: the orders, deals and other things of the business's own, by type."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.options import asks, limited, lists, shows, writes
from crmkit.cli.record_files import export, import_
from crmkit.cli.record_groups import of_type, pass_type, records
from crmkit.cli.record_rows import list_columns, list_rows, record_json
from crmkit.cli.record_summary import about, changed, lines_of, named, receipt, show_history
from crmkit.cli.records import change_record
from crmkit.cli.state import State, needs, pass_state
from crmkit.cli.terminal import safe
from crmkit.cli.values import pairs
from crmkit.core.language import _, translated

if TYPE_CHECKING:
    from crmkit.core.model.record import Record
    from crmkit.core.model.words import RecordType

_TYPES = (
    Column("type", fixed=True, style="bold"),
    Column("open", right=True),
    Column("states"),
    Column("fields"),
    Column("owner"),
    Column("doc", "What it is", wrap=True, shown=translated),
)
_LAST = 8


@records.command()
@lists
@pass_state
def types(state: State) -> None:
    """List the types: fields, states, how many are open."""
    crm = state.crm
    rows = [
        {
            "type": word.name,
            "label": word.shown,
            "open": crm.records.count(word.name, open=True) if crm.actor.may("records.read") else None,
            "states": list(word.states),
            "moves": {each: list(word.leads_to(each)) for each in word.states},
            "final": list(word.closed_states),
            "fields": [each.name for each in word.fields],
            "owner": word.owner,
            "doc": word.doc,
        }
        for word in crm.records.types()
    ]
    state.output.rows(
        _TYPES, rows, empty=_("No types of records yet. Declare one in crm.toml under [records.NAME].")
    )


@records.command()
@click.argument("text", nargs=-1, required=True)
@limited(20)
@lists
@pass_state
def find(state: State, text: tuple[str, ...], limit: int) -> None:
    """Find records by words of their title.

    Those of every type are searched; accents do not matter.
    """
    found = state.crm.records.find(" ".join(text), limit=limit)
    customers, owners = state.crm.records.names(found)
    rows = [
        {
            "ref": each.ref,
            "title": each.title,
            "customer": customers.get(each.customer_id),
            "customer_id": each.customer_id,
            "state": each.state,
            "owner": owners.get(each.owner_id) if each.owner_id else None,
        }
        for each in found
    ]
    columns = [Column("ref", fixed=True), Column("title", style="bold"), Column("customer"), Column("state")]
    state.output.rows(columns, rows, empty=_("No record has those words in its title."))


def _describes(command: Any) -> Any:
    command = click.option("--source", metavar="TEXT", default="", help="Where this comes from.")(command)
    command = click.option("--owner", metavar="EMPLOYEE", help="Who looks after it; empty: nobody.")(command)
    return click.option(
        "--set", "values", metavar="FIELD=VALUE", multiple=True, help="Set a field; empty clears it."
    )(command)


@of_type.command()
@click.argument("ref", metavar="REF")
@click.option("--state", "begun", metavar="STATE", help="Where it stands, if not at the beginning.")
@_describes
@writes
@pass_type
@needs("customers.read", "records.read")
def add(
    state: State,
    word: RecordType,
    ref: str,
    begun: str | None,
    values: tuple[str, ...],
    owner: str | None,
    source: str,
) -> None:
    """Add a record for customer REF."""
    record = state.crm.records.add(word.name, ref, _values(values), begun, owner, source=source)
    undo = f"crm records {word.name} archive {record.id}"
    receipt(state, word, record, _added(state, record), undo=undo)


def _added(state: State, record: Record) -> str:
    """What was added, for whom, and where it stands, if it stands anywhere."""
    found = state.crm.customers.summaries([record.customer_id])
    called, at = named(record), safe(record.state)
    if found and at:
        return _(
            "Added {record} for {customer} ({state})", record=called, customer=safe(found[0].name), state=at
        )
    if found:
        return _("Added {record} for {customer}", record=called, customer=safe(found[0].name))
    if at:
        return _("Added {record} ({state})", record=called, state=at)
    return _("Added {record}", record=called)


@of_type.command()
@click.argument("id_", metavar="ID", nargs=-1, required=True)
@shows
@pass_type
def show(state: State, word: RecordType, id_: tuple[str, ...]) -> None:
    """Show one record, and what happened to it."""
    crm, output = state.crm, state.output
    record = crm.records.get(word.name, " ".join(id_))
    changes = crm.records.history(word.name, record.id, _LAST)
    if output.is_json:
        shown = {"record": record_json(crm, word, record), "moves": list(word.leads_to(record.state))}
        shown["known_as"] = list(crm.records.known_as(word.name, record.id))
        output.json(shown | {"history": [change_record(crm, each) for each in changes]})
        return
    from crmkit.cli.show import heading, print_lines

    output.data(f"{heading(safe(record.title))}   {safe(about(word, record))}")
    print_lines(output, list(lines_of(state, word, record)))
    output.data("")
    output.data(heading(_("What happened")))
    show_history(state, word, changes)


@of_type.command("list")
@click.option("--state", "states", metavar="STATE", multiple=True, help="Only those that stand there.")
@click.option("--customer", metavar="REF", help="Only those of this customer.")
@click.option("--owner", metavar="EMPLOYEE", help="Only those whom EMPLOYEE looks after.")
@click.option("--open", "open_", is_flag=True, help="Without those in a final state.")
@click.option("--archived", is_flag=True, help="Also those in the archive.")
@click.option("--order", metavar="FIELD", default="-id", help="By this; with - in front the other way round.")
@limited()
@click.option("--after", metavar="CURSOR", help="Go on where the last list ended.")
@lists
@pass_type
def list_(
    state: State,
    word: RecordType,
    states: tuple[str, ...],
    open_: bool,
    after: str | None,
    **narrowed: Any,
) -> None:
    """List records, the newest first."""
    page = state.crm.records.list(word.name, state=states or None, open=open_, cursor=after, **narrowed)
    rows = list_rows(state.crm, word, page.records)
    asked = any((states, open_, after, narrowed["customer"], narrowed["owner"]))
    none_yet = _(
        "No {type} yet. Add one: crm records {type} add REF{example}",
        type=safe(word.name),
        example=_example(word),
    )
    state.output.rows(
        list_columns(word),
        rows,
        empty=_("None is like that.") if asked else none_yet,
        footer=_("There are more; go on with: --after {cursor}", cursor=page.next_cursor)
        if page.next_cursor
        else "",
    )


@of_type.command()
@click.argument("id_", metavar="ID")
@_describes
@click.option("--version", type=int, help="Refuse if somebody changed the record since this version.")
@writes
@pass_type
def update(
    state: State,
    word: RecordType,
    id_: str,
    values: tuple[str, ...],
    owner: str | None,
    source: str,
    version: int | None,
) -> None:
    """Change fields of record ID.

    What is given is set, what is not stays.
    """
    if not values and owner is None:
        raise click.UsageError("There is nothing to change.\nSuch as: --set field=value")
    before = state.crm.records.get(word.name, id_)
    seen = state.crm.records.history(word.name, before.id, 1)
    record = state.crm.records.update(
        word.name, before.id, _values(values), version, owner=owner, source=source
    )
    changed(state, word, record, seen[0].seq if seen else 0)


@of_type.command()
@click.argument("id_", metavar="ID")
@click.argument("to", metavar="STATE")
@click.option("--version", type=int, help="Refuse if somebody changed the record since this version.")
@writes
@pass_type
def move(state: State, word: RecordType, id_: str, to: str, version: int | None) -> None:
    """Move record ID to another STATE.

    Only moves that the type allows are made.
    """
    before = state.crm.records.get(word.name, id_)
    record = state.crm.records.move(word.name, before.id, to, version)
    if record.state == before.state:
        receipt(
            state,
            word,
            record,
            _("{record} is {state} already", record=named(record), state=safe(record.state)),
        )
        return
    back = before.state in word.leads_to(record.state)
    undo = f"crm records {word.name} move {record.id} {shlex.quote(str(before.state))}" if back else ""
    done = _(
        "Moved {record} from {before} to {state}",
        record=named(record),
        before=safe(before.state) or _("nowhere"),
        state=safe(record.state),
    )
    receipt(state, word, record, done, undo=undo)


@of_type.command()
@click.argument("id_", metavar="ID")
@asks
@writes
@pass_type
@needs("records.read")
def archive(state: State, word: RecordType, id_: str) -> None:
    """Put record ID into the archive.

    It is out of lists, and never lost.
    """
    record = state.crm.records.archive(word.name, id_)
    undo = f"crm records {word.name} restore {record.id}"
    receipt(state, word, record, _("Archived {record}", record=named(record)), undo=undo)


@of_type.command()
@click.argument("id_", metavar="ID")
@writes
@pass_type
@needs("records.read")
def restore(state: State, word: RecordType, id_: str) -> None:
    """Take record ID out of the archive."""
    record = state.crm.records.restore(word.name, id_)
    undo = f"crm records {word.name} archive {record.id}"
    receipt(state, word, record, _("Restored {record}", record=named(record)), undo=undo)


@of_type.command()
@click.argument("id_", metavar="ID")
@limited()
@lists
@pass_type
def history(state: State, word: RecordType, id_: str, limit: int) -> None:
    """Who did what to record ID, newest first."""
    show_history(state, word, state.crm.records.history(word.name, id_, limit))


of_type.add_command(export(pass_type))
of_type.add_command(import_(pass_type))


def _values(texts: tuple[str, ...]) -> dict[str, str | None]:
    return {name: text or None for name, text in pairs(texts).items()}


def _example(word: RecordType) -> str:
    return f" --set {word.fields[0].name}=…" if word.fields else ""
