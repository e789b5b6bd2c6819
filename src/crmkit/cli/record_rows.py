"""Records of a business's own types as rows: plain data for programs, with what a table needs beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crmkit.cli.column import Column
from crmkit.cli.records import local_day, moment
from crmkit.cli.terminal import safe
from crmkit.cli.values import tz
from crmkit.core.cldr import figures, written_amount
from crmkit.core.language import _, translated

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.interaction import Change
    from crmkit.core.model.record import Record
    from crmkit.core.model.words import Field, RecordType

# So many fields that are not in the title are columns of a list; the others are in --json and --csv.
_SHOWN = 4
_INSTANTS = ("created_at", "updated_at", "archived_at")


def list_columns(type_: RecordType) -> tuple[Column, ...]:
    """The columns of a list of one type."""
    others = [each for each in type_.fields if each.name not in type_.title_pattern]
    return (
        Column("id", "Id", right=True, fixed=True, style="dim"),
        Column("title", style="bold"),
        Column("customer"),
        *((Column("state", fixed=True),) if type_.states else ()),
        *(_field_column(each) for each in others[:_SHOWN] if each.type != "reference"),
        Column("owner", sparse=True),
        Column("updated_at", "Changed", fixed=True, shown=local_day),
    )


def list_rows(crm: Crm, type_: RecordType, records: Sequence[Record]) -> list[dict[str, Any]]:
    """Records with a key for each field; instants in ISO 8601."""
    customers, owners = crm.records.names(records)
    return [_row(crm, type_, each, customers, owners) for each in records]


def record_json(crm: Crm, type_: RecordType, record: Record) -> dict[str, Any]:
    """One record for programs, its fields in a mapping of their own."""
    row = list_rows(crm, type_, [record])[0]
    fields = {each.name: row.pop(each.name) for each in type_.fields}
    return {"ref": record.ref, "type": record.type, **row, "fields": fields}


def shown_fields(crm: Crm, type_: RecordType, record: Record) -> list[tuple[str, str]]:
    """(label, value) of each field that has a value, for a person."""
    return [
        (safe(label_of(each)), safe(_shown(crm, each, record.fields[each.name])))
        for each in type_.fields
        if each.name in record.fields
    ]


def label_of(field: Field) -> str:
    """What people call a field."""
    return translated(field.label or field.name.replace("_", " ").capitalize())


def event_row(crm: Crm, change: Change, titles: Mapping[str, str]) -> dict[str, Any]:
    """An addition or a move of a record, as a row beside interactions."""
    type_ = change.entity.removeprefix("record:")
    ref = f"{type_}:{change.entity_id}"
    return {
        "seq": None,
        "at": moment(crm, change.at),
        "type": type_,
        "ref": ref,
        "summary": f"{titles.get(ref, ref)}: {_what(change)}",
    }


def _what(change: Change) -> str:
    if change.field == "state":
        return f"{change.old or '–'} → {change.new or '–'}"
    state = change.new.get("state") if isinstance(change.new, Mapping) else None
    return _("added, {state}", state=state) if state else _("added")


def _figures(value: Any) -> str:
    return figures(str(value))


def _field_column(field: Field) -> Column:
    shown = {"number": _figures, "money": written_amount}.get(field.type)
    return Column(field.name, label_of(field), right=shown is not None, shown=shown)


def _row(
    crm: Crm,
    type_: RecordType,
    record: Record,
    customers: Mapping[int, str],
    owners: Mapping[int, str],
) -> dict[str, Any]:
    row = {
        "id": record.id,
        "customer_id": record.customer_id,
        "customer": customers.get(record.customer_id),
        "title": record.title,
        "state": record.state,
        "owner": owners.get(record.owner_id) if record.owner_id else None,
    }
    for each in type_.fields:
        row[each.name] = _plain(crm, each, record.fields.get(each.name))
    row["version"] = record.version
    return row | {key: moment(crm, getattr(record, key)) for key in _INSTANTS}


def _plain(crm: Crm, field: Field, value: Any) -> Any:
    from crmkit.cli.plain import plain

    if value is None:
        return None
    if field.type == "money":
        return str(value)
    return moment(crm, value) if field.type == "datetime" else plain(value)


def _shown(crm: Crm, field: Field, value: Any) -> str:
    from crmkit.core.customers.fields import show_field

    return _referred(crm, field, value) if field.type == "reference" else show_field(field, value, tz(crm))


def _referred(crm: Crm, field: Field, value: str) -> str:
    """Who or what a reference leads to, by name where it may be seen."""
    from crmkit.core.errors import CrmError

    try:
        if field.to == "employee":
            return crm.people.get(value).name
        if field.to == "customer":
            customer = crm.customers.get(value)
            return f"{customer.name} (#{customer.id})"
        return f"{value} {crm.records.get(field.to, value).title}"
    except CrmError:
        return value
