"""`crm records`: the orders, deals and other things of the business's own, by type."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.changes import for_people, told, value
from crmkit.cli.column import Column
from crmkit.cli.deprecated import tell_of_word
from crmkit.cli.groups import Noun
from crmkit.cli.options import asks, lists, shows, writes
from crmkit.cli.record_files import export, import_
from crmkit.cli.record_rows import label_of, list_columns, list_rows, record_json, shown_fields
from crmkit.cli.records import change_record, local_time, moment
from crmkit.cli.state import State, needs, pass_state
from crmkit.cli.terminal import safe
from crmkit.cli.values import pairs
from crmkit.core.language import _, translated
from crmkit.core.model.naming import column_named
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.model.interaction import Change
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
_HISTORY = (
    Column("seq", "No.", right=True, fixed=True, style="dim"),
    Column("at", "When", fixed=True, shown=local_time),
    Column("actor", "Who"),
    Column("action", "Did", shown=translated),
    Column("field", "What"),
    Column("old", "From", shown=value),
    Column("new", "To", shown=value),
    Column("source"),
)
_ANY = "TYPE"
_LAST = 8
_LIMIT = click.IntRange(1, 100_000)


class ByType(Noun):
    """Commands about records: `types`, `find`, and under the name of each type those of its records."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *(_declared(ctx) or [_ANY])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or of_type

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in self.commands or name.startswith("-"):
            return super().resolve_command(ctx, args)
        if name in of_type.commands:
            names = ", ".join(_declared(ctx))
            raise click.UsageError(
                phrase(
                    "Of which records? Say their type first: crm records TYPE {name}\n{known}",
                    name=name,
                    known=phrase("There are: {names}. All of them: crm records types", names=names)
                    if names
                    else phrase("There are none yet. All of them: crm records types"),
                ),
                ctx,
            )
        return name, of_type, args[1:]


def _declared(ctx: click.Context) -> list[str]:
    """The types of `crm.toml`, for the help; those of plugins are not worth importing them."""
    from crmkit.core.errors import CrmError

    try:
        return sorted(State.of(ctx).config.records)
    except CrmError:
        return []


@click.group(cls=ByType)
def records() -> None:
    """Add, move, list and find what this business keeps of its customers: orders, deals, bookings.

    Types of records are declared in crm.toml under [records.NAME], with fields, states and allowed moves, or
    come with plugins.
    """


@click.group(cls=Noun, short_help="The records of one type: add, list, move and so on")
def of_type() -> None:
    """The records of one type.

    REF names a customer, as everywhere. ID is a record's number, TYPE:NUMBER, or words that only its title
    has.
    """


def pass_type(function: Any) -> Any:
    """Give a command the state of the run and the record type under whose name it stands."""
    from functools import update_wrapper

    def command(*args: Any, **kwargs: Any) -> Any:
        ctx = click.get_current_context()
        state = State.of(ctx)
        name = ctx.parent.info_name if ctx.parent else None
        type_ = state.crm.words.record_types[name or _ANY]
        tell_of_word(state, "record_types", type_)
        return ctx.invoke(function, state, type_, *args, **kwargs)

    return update_wrapper(command, function)


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
@click.option("--limit", type=_LIMIT, default=20, show_default=True, help="At most so many.")
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
    _receipt(state, word, record, _added(state, record), undo=undo)


def _added(state: State, record: Record) -> str:
    """What was added, for whom, and where it stands, if it stands anywhere."""
    found = state.crm.customers.summaries([record.customer_id])
    named, at = _named(record), safe(record.state)
    if found and at:
        return _(
            "Added {record} for {customer} ({state})", record=named, customer=safe(found[0].name), state=at
        )
    if found:
        return _("Added {record} for {customer}", record=named, customer=safe(found[0].name))
    return _("Added {record} ({state})", record=named, state=at) if at else _("Added {record}", record=named)


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

    output.data(f"{heading(safe(record.title))}   {safe(_about(word, record))}")
    print_lines(output, list(_lines(state, word, record)))
    output.data("")
    output.data(heading(_("What happened")))
    _show_history(state, word, changes)


@of_type.command("list")
@click.option("--state", "states", metavar="STATE", multiple=True, help="Only those that stand there.")
@click.option("--customer", metavar="REF", help="Only those of this customer.")
@click.option("--owner", metavar="EMPLOYEE", help="Only those whom EMPLOYEE looks after.")
@click.option("--open", "open_", is_flag=True, help="Without those in a final state.")
@click.option("--archived", is_flag=True, help="Also those in the archive.")
@click.option("--order", metavar="FIELD", default="-id", help="By this; with - in front the other way round.")
@click.option("--limit", type=_LIMIT, default=50, show_default=True, help="At most so many.")
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
    used = [column for column in list_columns(word) if column.key != "owner" or any(r["owner"] for r in rows)]
    asked = any((states, open_, after, narrowed["customer"], narrowed["owner"]))
    none_yet = _(
        "No {type} yet. Add one: crm records {type} add REF{example}",
        type=safe(word.name),
        example=_example(word),
    )
    state.output.rows(
        used,
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
    _changed(state, word, record, seen[0].seq if seen else 0)


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
        _receipt(
            state,
            word,
            record,
            _("{record} is {state} already", record=_named(record), state=safe(record.state)),
        )
        return
    back = before.state in word.leads_to(record.state)
    undo = f"crm records {word.name} move {record.id} {shlex.quote(str(before.state))}" if back else ""
    done = _(
        "Moved {record} from {before} to {state}",
        record=_named(record),
        before=safe(before.state) or _("nowhere"),
        state=safe(record.state),
    )
    _receipt(state, word, record, done, undo=undo)


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
    _receipt(state, word, record, _("Archived {record}", record=_named(record)), undo=undo)


@of_type.command()
@click.argument("id_", metavar="ID")
@writes
@pass_type
@needs("records.read")
def restore(state: State, word: RecordType, id_: str) -> None:
    """Take record ID out of the archive."""
    record = state.crm.records.restore(word.name, id_)
    undo = f"crm records {word.name} archive {record.id}"
    _receipt(state, word, record, _("Restored {record}", record=_named(record)), undo=undo)


@of_type.command()
@click.argument("id_", metavar="ID")
@click.option("--limit", type=_LIMIT, default=50, show_default=True, help="At most so many.")
@lists
@pass_type
def history(state: State, word: RecordType, id_: str, limit: int) -> None:
    """Who did what to record ID, newest first."""
    _show_history(state, word, state.crm.records.history(word.name, id_, limit))


of_type.add_command(export(pass_type))
of_type.add_command(import_(pass_type))


def _values(texts: tuple[str, ...]) -> dict[str, str | None]:
    return {name: text or None for name, text in pairs(texts).items()}


def _named(record: Record) -> str:
    return f"{safe(record.ref)} {safe(record.title)}"


def _about(word: RecordType, record: Record) -> str:
    closed = record.state in word.closed_states
    state = _("{state} (closed)", state=record.state) if closed else record.state
    return " · ".join(filter(None, (record.ref, state, _("archived") if record.archived_at else None)))


def _lines(state: State, word: RecordType, record: Record) -> Iterator[tuple[str, str]]:
    customers, owners = state.crm.records.names([record])
    yield _("Customer"), f"{safe(customers.get(record.customer_id))} (#{record.customer_id})"
    yield from shown_fields(state.crm, word, record)
    if record.owner_id:
        yield _("Looked after"), safe(owners.get(record.owner_id))
    if word.states:
        yield _("Can become"), safe(word.leads_to(record.state)) or _("nothing else")
    if known := state.crm.records.known_as(word.name, record.id):
        yield _("Known as"), safe(", ".join(known))
    for label, at in ((_("Added"), record.created_at), (_("Changed"), record.updated_at)):
        yield label, local_time(moment(state.crm, at) or "")


def _for_people(word: RecordType, change: Change) -> Change:
    """The change with what its field is called, not with the name of a column."""
    from attrs import evolve

    field = word.field_named(change.field)
    if field is not None:
        return evolve(change, field=label_of(field))
    kind, _, system = change.field.partition(":")
    called = safe(column_named(kind))
    return evolve(change, field=f"{called} ({system})" if system else called)


def _show_history(state: State, word: RecordType, changes: Sequence[Change]) -> None:
    if state.output.format == "table":
        changes = [_for_people(word, each) for each in for_people(state.crm, changes)]
    rows = [change_record(state.crm, change) for change in changes]
    used = [column for column in _HISTORY if column.key != "source" or any(row["source"] for row in rows)]
    state.output.rows(used, rows, empty=_("Nothing has happened yet."))


def _changed(state: State, word: RecordType, record: Record, seen: int) -> None:
    """The receipt of a change: what is different, and the command that puts it back."""
    since = state.crm.records.history(word.name, record.id, len(word.fields) + 3)
    changes = [each for each in since if each.seq > seen]
    if not changes:
        _receipt(state, word, record, _("Nothing was different: {record}", record=_named(record)))
        return
    lines = [told(each).removeprefix(f"{safe(record.ref)} ") for each in for_people(state.crm, changes)]
    _receipt(
        state,
        word,
        record,
        _("Changed {record}", record=_named(record)),
        undo=_put_back(record, changes),
        lines=lines,
    )


def _put_back(record: Record, changes: Sequence[Change]) -> str:
    words: list[str] = []
    for each in changes:
        if each.field == "owner":
            words += ["--owner", str(each.old or "")]
        else:
            words += ["--set", f"{each.field}={'' if each.old is None else each.old}"]
    return f"crm records {record.type} update {record.id} {' '.join(map(shlex.quote, words))}"


def _example(word: RecordType) -> str:
    return f" --set {word.fields[0].name}=…" if word.fields else ""


def _receipt(
    state: State, word: RecordType, record: Record, done: str, *, undo: str = "", lines: Sequence[str] = ()
) -> None:
    state.output.receipt(
        "\n".join([done, *(f"  {line}" for line in lines)]),
        undo=undo,
        reference=record.id,
        record={"record": record_json(state.crm, word, record)},
    )
