"""Changes of a customer, told to a person: what is different, and the command that puts it back."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crmkit.cli.column import Column
from crmkit.cli.plain import plain
from crmkit.cli.records import local_time
from crmkit.cli.terminal import safe
from crmkit.core.language import _, translated
from crmkit.core.model.naming import column_named, part_named

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.customer import Customer
    from crmkit.core.model.interaction import Change

_ROWS = ("record:", "row:")
_OPTIONS = {
    "name": "--name",
    "given_name": "--given-name",
    "family_name": "--family-name",
    "lifecycle": "--lifecycle",
    "customer_type": "--type",
    "locale": "--locale",
    "timezone": "--timezone",
    "preferred_channel": "--preferred-channel",
    "preferred_time": "--preferred-time",
}


def history_columns(what: Column) -> tuple[Column, ...]:
    """The columns of a list of changes; `what` is of what was changed."""
    return (
        Column("seq", "No.", right=True, fixed=True, style="dim"),
        Column("at", "When", fixed=True, shown=local_time),
        Column("actor", "Who"),
        Column("action", "Did", shown=translated),
        what,
        Column("old", "From", shown=value),
        Column("new", "To", shown=value),
        Column("source", sparse=True),
    )


def told(change: Change) -> str:
    """`name: Anna → Anna Nowak`, or `phone: + +48600100200`."""
    what = subject(change)
    if change.old is None:
        return f"{what}: + {value(change.new)}"
    if change.new is None:
        return f"{what}: - {value(change.old)}"
    return f"{what}: {value(change.old)} → {value(change.new)}"


def for_people(crm: Crm, changes: Sequence[Change]) -> list[Change]:
    """The changes for a person to read: who looks after somebody is told by name, a contact point by what
    it is, instants by the clock of the business."""
    from crmkit.cli.records import with_instants
    from crmkit.cli.values import shown_instant

    named = _with_contact_points(crm, _with_owners(crm, changes))
    return [with_instants(crm, each, lambda at: shown_instant(crm, at)) for each in named]


def _with_owners(crm: Crm, changes: Sequence[Change]) -> list[Change]:
    from attrs import evolve

    if not any(_is_of_owner(change) for change in changes):
        return list(changes)
    names = {each.id: each.name for each in crm.people.list(left=True)}
    return [
        evolve(each, field="owner", old=names.get(each.old, each.old), new=names.get(each.new, each.new))
        if _is_of_owner(each)
        else each
        for each in changes
    ]


def _with_contact_points(crm: Crm, changes: Sequence[Change]) -> list[Change]:
    from attrs import evolve

    whose = {each.customer_id for each in changes if _is_of_primary(each) and each.customer_id is not None}
    points = {point.id: point.value for id_ in whose for point in crm.customers.get(id_).contact_points}
    return [
        evolve(each, field=_("{contact_point}, first to use", contact_point=points[each.entity_id]))
        if _is_of_primary(each) and each.entity_id in points
        else each
        for each in changes
    ]


def _is_of_primary(change: Change) -> bool:
    return change.entity == "contact_point" and change.field == "is_primary"


def _is_of_owner(change: Change) -> bool:
    if change.entity == "customer":
        return change.field == "owner_id"
    return change.entity.startswith("row:") or (
        change.entity.startswith("record:") and change.field == "owner"
    )


def subject(change: Change) -> str:
    """What a change is about, in words."""
    if change.entity.startswith(_ROWS):
        return key(change)
    if change.entity == "customer":
        return safe(column_named(change.field))
    entity = "" if change.entity == "field" else safe(part_named(change.entity))
    field = column_named(change.field) if change.entity == "contact_point" else change.field
    return " ".join(filter(None, (entity, safe(field))))


def key(change: Change) -> str:
    """What a change is about, by the names that programs know."""
    if change.entity.startswith(_ROWS):
        ref = f"{change.entity.partition(':')[2]}:{change.entity_id}"
        return safe(f"{ref} {change.field}".strip())
    entity = "" if change.entity in ("customer", "field") else change.entity.replace("_", " ")
    return " ".join(filter(None, (entity, safe(change.field))))


def value(kept: Any) -> str:
    """A value of the change log in one line: of a mapping what tells it apart."""
    data = plain(kept)
    if isinstance(data, dict):
        return safe(data.get("value") or data.get("state") or data)
    return safe(data)


def put_back(customer: Customer, changes: Sequence[Change]) -> str:
    """The command that undoes the changes, or the one that shows them where there is no single one."""
    points = {point.id: point.value for point in customer.contact_points}
    words: list[str] = []
    for change in changes:
        option = _OPTIONS.get(change.field) if change.entity == "customer" else None
        if option is not None and isinstance(change.old, str) and change.old:
            words += [option, change.old]
        elif change.entity == "customer" and change.field == "owner_id" and change.old is not None:
            words += ["--owner", str(change.old)]
        elif change.entity == "field" and not isinstance(change.old, (list, dict)):
            words += ["--set", f"{change.field}={'' if change.old is None else change.old}"]
        elif change.entity == "contact_point" and change.old is None:
            words += ["--remove", value(change.new)]
        elif _is_of_primary(change) and change.entity_id in points:
            words += ["--primary", points[change.entity_id]] if change.old else []
        else:
            return _("crm customers history {id}  (shows what it was)", id=customer.id)
    return f"crm customers update {customer.id} {' '.join(map(shlex.quote, words))}"
