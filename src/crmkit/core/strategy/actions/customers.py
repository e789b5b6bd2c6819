"""Actions on a customer's own data: tags, fields, the owner, the lifecycle, a note."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs
from attrs import field, frozen
from attrs.validators import instance_of

from crmkit.core.errors import Invalid
from crmkit.core.language import _
from crmkit.core.model.acting import ActionItem
from crmkit.core.model.batches import Refusal
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.model.words import Action
from crmkit.core.phrase import nphrase, phrase
from crmkit.core.strategy.templated import is_template
from crmkit.core.words.voids import taken_back

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction


@frozen
class Tag:
    """A tag to put on or take off."""

    tag: str = field(validator=instance_of(str))


@frozen
class FieldValue:
    """A declared field and the value it gets; None clears it."""

    field: str = attrs.field(validator=instance_of(str))
    value: Any = None


@frozen
class Owner:
    """An employee's name, e-mail or id."""

    owner: str = field(validator=instance_of(str))


@frozen
class Stage:
    """A stage of the lifecycle."""

    stage: str = field(validator=instance_of(str))


@frozen
class NoteText:
    """What to note down."""

    text: str = field(validator=instance_of(str))


def customer_actions() -> Iterator[Action]:
    """The actions on a customer's own data."""
    yield Action(
        name="tag.add", doc="Puts a tag on the customer", params=Tag, shorthand="tag",
        perform=_saves(lambda params, _crm: {"tags": (params.tag,)}),
        check=_draft(lambda params: {"tags": (params.tag,)}),
        says=lambda params: _("tag {tag}", tag=params.tag), claims=lambda params: f"tag:{params.tag}",
    )  # fmt: skip
    yield Action(
        name="tag.remove", doc="Takes a tag off the customer", params=Tag, shorthand="untag",
        perform=_untag, check=_draft(lambda params: {"tags": (params.tag,)}),
        says=lambda params: _("take off the tag {tag}", tag=params.tag),
        claims=lambda params: f"tag:{params.tag}",
    )  # fmt: skip
    yield Action(
        name="field.set", doc="Sets a field of the customer", params=FieldValue, rendered=("value",),
        perform=_saves(lambda params, _crm: {"fields": {params.field: params.value}}),
        check=_check_field,
        says=lambda params: _(
            "set {field} to {value}", field=params.field, value=params.value
        ),
        claims=lambda params: f"field:{params.field}",
    )  # fmt: skip
    yield Action(
        name="owner.assign", doc="Gives the customer to an employee", params=Owner, shorthand="owner",
        perform=_saves(lambda params, crm: {"owner_id": crm.people.get(params.owner).id}),
        check=_check_owner,
        says=lambda params: _("give to {owner}", owner=params.owner), claims=lambda _params: "owner",
    )  # fmt: skip
    yield Action(
        name="lifecycle.set", doc="Moves the customer to a stage", params=Stage, shorthand="lifecycle",
        perform=_saves(lambda params, _crm: {"lifecycle": params.stage}),
        check=_draft(lambda params: {"lifecycle": params.stage}),
        says=lambda params: _("make {stage}", stage=params.stage), claims=lambda _params: "lifecycle",
    )  # fmt: skip
    yield Action(
        name="note.add", doc="Notes something down about the customer", params=NoteText, shorthand="note",
        rendered=("text",), perform=_note, undo=_void, check=_check_note,
        undone=nphrase("void {count} note", "void {count} notes", 0),
        says=lambda params: _("note: {text}", text=params.text),
    )  # fmt: skip


def _draft(values: Callable[[Any], dict[str, Any]]) -> Callable[[Any, Crm], None]:
    """A check by what saving checks first."""

    def check(params: Any, crm: Crm) -> None:
        from crmkit.core.customers.drafts import Drafts

        Drafts(crm.kernel).prepare(CustomerDraft(**values(params)))

    return check


def _check_field(params: FieldValue, crm: Crm) -> None:
    # Of a template nobody knows yet what it will say.
    value = None if is_template(params.value) else params.value
    _draft(lambda _params: {"fields": {params.field: value}})(params, crm)


def _check_owner(params: Owner, crm: Crm) -> None:
    if not crm.people.get(params.owner).active:
        raise Invalid(phrase("{owner} no longer works here", owner=params.owner), hint="Name somebody else.")


def _check_note(params: NoteText, _crm: Crm) -> None:
    if not params.text.strip():
        raise Invalid("A note that is empty says nothing", hint="Write what to note down.")


def _saves(values: Callable[[Any, Crm], dict[str, Any]]) -> Callable[..., Iterator[Refusal]]:
    """An executor that saves what `values` makes of the parameters, for all customers at once."""

    def perform(items: Sequence[ActionItem], crm: Crm) -> Iterator[Refusal]:
        last, said = items[0].params, values(items[0].params, crm)
        drafts = []
        for item in items:
            # Mostly they are all the same.
            if item.params != last:
                last, said = item.params, values(item.params, crm)
            drafts.append(CustomerDraft(id=item.customer_id, **said))
        yield from crm.customers.save_all(drafts, source=items[0].source).refused

    return lambda items, crm, tx: perform(items, crm)  # noqa: ARG005 - saving finds the unit by itself


def _untag(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> None:
    from crmkit.core.customers.drafts import Drafts, normalised_tags
    from crmkit.core.customers.saving import Batch

    crm.require("customers.write")
    batch = Batch(crm.kernel, crm.actor, tx, Drafts(crm.kernel), len(items))
    batch.load([item.customer_id for item in items])
    for item in items:
        tags = normalised_tags((item.params.tag,))
        batch.changing.remove_tags(batch.known(item.customer_id), tags, item.source)
    batch.finish()


def _note(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal]:  # noqa: ARG001
    drafts = [
        InteractionDraft(
            customer=item.customer_id, type="note", payload={"text": item.params.text}, source=item.source,
            source_ref=str(item.effect),
        )
        for item in items
    ]  # fmt: skip
    yield from crm.interactions.record_all(drafts).refused


def _void(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal]:
    table = crm.tables.interaction
    for index, item in enumerate(items):
        here = (table.c.source == item.source, table.c.source_ref == str(item.effect))
        row = tx.execute(table.select().where(*here)).first()
        if row is None or row.superseded_by is not None:
            yield Refusal(index, "the note was corrected since")
        else:
            crm.interactions.void(row.seq, str(taken_back(item.source)))
