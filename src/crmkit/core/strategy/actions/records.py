"""Actions on records: `record.create` and `record.move`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen
from attrs.validators import instance_of, optional

from crmkit.core.errors import Invalid
from crmkit.core.language import _
from crmkit.core.model.acting import ActionItem, Performed
from crmkit.core.model.batches import Refusal
from crmkit.core.model.record import RecordDraft
from crmkit.core.model.words import Action, RecordType
from crmkit.core.phrase import joined, nphrase, phrase
from crmkit.core.strategy.actions.values import as_table
from crmkit.core.strategy.templated import is_template

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.records.rows import Row
    from crmkit.core.records.saving import Batch
    from crmkit.core.store.unit import Transaction

_WRITE = "records.write"


@frozen
class NewRecord:
    """A record to make: its type, its fields (texts are templates), the state in which it begins, and whose
    it is."""

    type: str = field(validator=instance_of(str))
    fields: Mapping[str, Any] = field(factory=dict, converter=as_table)
    state: str | None = field(default=None, validator=optional(instance_of(str)))
    owner: str | None = field(default=None, validator=optional(instance_of(str)))


@frozen
class RecordMove:
    """Into which state the open records of a type go, and out of which; None is any that leads there.

    In `crm.toml` it is `from`, which no attribute can be called.
    """

    type: str = field(validator=instance_of(str))
    to: str = field(validator=instance_of(str))
    from_: str | None = field(default=None, validator=optional(instance_of(str)))


def record_actions() -> Iterator[Action]:
    """The actions on records."""
    yield Action(
        name="record.create", doc="Makes a record for the customer", params=NewRecord, shorthand="record",
        rendered=("fields",), check=_check_new, perform=_create, undo=_archive, says=_says_new,
        undone=nphrase("put {count} record into the archive", "put {count} records into the archive", 0),
    )  # fmt: skip
    yield Action(
        name="record.move", doc="Moves the customer's open records of a type", params=RecordMove,
        shorthand="move", check=_check_move, perform=_move, undo=_move_back, says=_says_move,
        undone=nphrase(
            "move the records of {count} customer back", "move the records of {count} customers back", 0
        ),
        claims=lambda params: f"record:{params.type}",
    )  # fmt: skip


def _says_new(params: NewRecord) -> str:
    values = ", ".join(f"{name} {value}" for name, value in params.fields.items())
    if not values:
        return _("new {type}", type=params.type)
    return _("new {type}: {values}", type=params.type, values=values)


def _says_move(params: RecordMove) -> str:
    if not params.from_:
        return _("move every open {type} to {to}", type=params.type, to=params.to)
    said = {"type": params.type, "source": params.from_, "to": params.to}
    return _("move every open {type} from {source} to {to}", **said)


def _check_new(params: NewRecord, crm: Crm) -> None:
    from crmkit.core.records.drafts import Drafts

    type_ = crm.words.record_types[params.type]
    drafts = Drafts(crm.kernel, type_)
    for name in params.fields:
        drafts.word(name)
    # Of a template nobody knows yet what it will say.
    said = {name: value for name, value in params.fields.items() if not is_template(value)}
    drafts.prepare(RecordDraft(id=0, fields=said, state=params.state))
    missing = [
        each.name
        for each in type_.fields
        if each.required and each.default is None and each.name not in params.fields
    ]
    if missing:
        raise Invalid(
            phrase(
                "A {type} cannot be without {missing}",
                type=type_.name,
                missing=joined(phrase(" and "), missing),
            ),
            hint=phrase("Give it: fields = {{ {missing} = … }}", missing=missing[0]),
        )
    if params.owner and not crm.people.get(params.owner).active:
        raise Invalid(phrase("{owner} no longer works here", owner=params.owner), hint="Name somebody else.")


def _create(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal | Performed]:
    drafts = [
        RecordDraft(
            customer=item.customer_id, fields=item.params.fields, state=item.params.state,
            owner=item.params.owner,
        )
        for item in items
    ]  # fmt: skip
    report = crm.records.save_all(items[0].params.type, drafts, source=items[0].source)
    yield from report.refused
    for index, id_ in enumerate(report.ids):
        if id_ is not None:
            yield Performed(index, str(id_))


def _archive(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal]:
    """Archive what was made and nobody has touched since: nothing of it is lost."""
    for type_, mine in _by_type(items, crm):
        batch = _batch(crm, tx, type_, mine)
        places = {int(item.result or 0): index for index, item in mine}
        left = dict.fromkeys(places.values(), "the record is gone")

        def put_away(
            row: Row, batch: Batch = batch, places: dict[int, int] = places, left: dict[int, str] = left
        ) -> None:
            if row.version > 1:
                left[places[row.id]] = "the record was changed since"
                return
            batch.attribute(row, "archived_at", tx.at)
            del left[places[row.id]]

        batch.change_all(list(places), put_away)
        yield from (Refusal(index, reason) for index, reason in left.items())


def _check_move(params: RecordMove, crm: Crm) -> None:
    from crmkit.core.records.states import require_move, state_named

    type_ = crm.words.record_types[params.type]
    to = state_named(type_, params.to)
    if params.from_ is None:
        if not _sources(type_, to):
            raise Invalid(
                phrase('No open {type} can move to "{to}"', type=type_.name, to=to), hint="Look at its moves."
            )
        return
    before = state_named(type_, params.from_)
    if before in type_.closed_states:
        raise Invalid(
            phrase('A {type} is closed when it is "{before}"', type=type_.name, before=before),
            hint="Only open ones are moved.",
        )
    require_move(type_, f"A {type_.name}", before, to)


def _sources(type_: RecordType, to: str) -> list[str]:
    """The open states that lead to `to`."""
    return [state for state in type_.open_states if to in type_.leads_to(state)]


def _move(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal | Performed]:
    from crmkit.core.records.states import state_named

    params = items[0].params
    type_ = crm.words.record_types[params.type]
    to = state_named(type_, params.to)
    out_of = [state_named(type_, params.from_)] if params.from_ else _sources(type_, to)
    found = _open(tx, type_, [item.customer_id for item in items], out_of)
    drafts = [RecordDraft(id=id_, state=to) for records in found.values() for id_, _ in records]
    report = crm.records.save_all(type_.name, drafts, source=items[0].source)
    # Who cannot be moved now was changed a moment ago: then all of hers stay as they are.
    report.raise_refused()
    for index, item in enumerate(items):
        records = found.get(item.customer_id)
        if records:
            yield Performed(index, ",".join(f"{id_}:{state}" for id_, state in records))
        else:
            yield Refusal(index, f"there is no open {type_.name} that can move to {to}")


def _open(
    tx: Transaction, type_: RecordType, customers: Sequence[int], states: Sequence[str]
) -> dict[int, list[tuple[int, str]]]:
    """(id, state) of the records in one of `states`, by customer."""
    from crmkit.core.customers.sets import rows_among

    select = f"SELECT id, customer_id, state FROM {type_.table} WHERE archived_at IS NULL AND customer_id"  # noqa: S608 - the table's name comes from a declaration
    found: dict[int, list[tuple[int, str]]] = {}
    for id_, customer_id, state in rows_among(tx.connection, select, set(customers), after="ORDER BY id"):
        if state in states:
            found.setdefault(customer_id, []).append((id_, state))
    return found


def _move_back(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal]:
    """Move back what was not moved since, whether or not a move leads there; all of a customer's, or none."""
    from crmkit.core.records.rows import load_rows
    from crmkit.core.records.states import state_named

    for type_, mine in _by_type(items, crm):
        moved = {index: _moved(item.result) for index, item in mine}
        rows = load_rows(tx.connection, type_, [id_ for each in moved.values() for id_ in each])
        before: dict[int, str] = {}
        for index, item in mine:
            to = state_named(type_, item.params.to)
            if all(id_ in rows and rows[id_].state == to for id_ in moved[index]):
                before |= moved[index]
            else:
                yield Refusal(index, "the record was moved since")
        batch = _batch(crm, tx, type_, mine)

        def back(row: Row, batch: Batch = batch, before: dict[int, str] = before) -> None:
            batch.attribute(row, "state", before[row.id])

        batch.change_all(list(before), back)


def _moved(result: str | None) -> dict[int, str]:
    pairs = (each.partition(":") for each in (result or "").split(",") if each)
    return {int(id_): state for id_, _, state in pairs}


def _by_type(
    items: Sequence[ActionItem], crm: Crm
) -> Iterator[tuple[RecordType, list[tuple[int, ActionItem]]]]:
    """(type, items with their places) of each type that they name."""
    groups: dict[str, list[tuple[int, ActionItem]]] = {}
    for index, item in enumerate(items):
        groups.setdefault(item.params.type, []).append((index, item))
    for name, mine in groups.items():
        yield crm.words.record_types[name], mine


def _batch(crm: Crm, tx: Transaction, type_: RecordType, mine: Sequence[tuple[int, ActionItem]]) -> Batch:
    from crmkit.core.people.current import allowed
    from crmkit.core.records.saving import Batch
    from crmkit.core.undo.values import source_of

    actor = allowed(crm.kernel, tx.connection, crm.actor, _WRITE)
    own = tx if actor is tx.actor else tx.acting(actor)
    return Batch(crm.kernel, own, type_, len(mine), source_of(mine[0][1].source))
