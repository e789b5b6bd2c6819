"""A record as its commands show it: what it is now, and what was done to it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from crmkit.cli.changes import for_people, history_columns, told
from crmkit.cli.column import Column
from crmkit.cli.record_rows import label_of, record_json, shown_fields
from crmkit.cli.records import change_record, local_time, moment
from crmkit.cli.state import State
from crmkit.cli.terminal import safe
from crmkit.core.language import _
from crmkit.core.model.naming import column_named

if TYPE_CHECKING:
    from crmkit.core.model.interaction import Change
    from crmkit.core.model.record import Record
    from crmkit.core.model.words import RecordType

_HISTORY = history_columns(Column("field", "What"))


def receipt(
    state: State, word: RecordType, record: Record, done: str, *, undo: str = "", lines: Sequence[str] = ()
) -> None:
    """Close a write of a record: what was done, and the record as it is now."""
    state.output.receipt(
        "\n".join([done, *(f"  {line}" for line in lines)]),
        undo=undo,
        reference=record.id,
        record={"record": record_json(state.crm, word, record)},
    )


def named(record: Record) -> str:
    """The record by its reference and title."""
    return f"{safe(record.ref)} {safe(record.title)}"


def about(word: RecordType, record: Record) -> str:
    """Its reference, its state, and whether it is archived."""
    closed = record.state in word.closed_states
    state = _("{state} (closed)", state=record.state) if closed else record.state
    return " · ".join(filter(None, (record.ref, state, _("archived") if record.archived_at else None)))


def lines_of(state: State, word: RecordType, record: Record) -> Iterator[tuple[str, str]]:
    """(what, value) of everything that is told of a record."""
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


def show_history(state: State, word: RecordType, changes: Sequence[Change]) -> None:
    """List what was done to a record."""
    if state.output.format == "table":
        changes = [_for_people(word, each) for each in for_people(state.crm, changes)]
    rows = [change_record(state.crm, change) for change in changes]
    state.output.rows(_HISTORY, rows, empty=_("Nothing has happened yet."))


def changed(state: State, word: RecordType, record: Record, seen: int) -> None:
    """The receipt of a change: what is different, and the command that puts it back."""
    since = state.crm.records.history(word.name, record.id, len(word.fields) + 3)
    changes = [each for each in since if each.seq > seen]
    if not changes:
        receipt(state, word, record, _("Nothing was different: {record}", record=named(record)))
        return
    lines = [told(each).removeprefix(f"{safe(record.ref)} ") for each in for_people(state.crm, changes)]
    receipt(
        state,
        word,
        record,
        _("Changed {record}", record=named(record)),
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
