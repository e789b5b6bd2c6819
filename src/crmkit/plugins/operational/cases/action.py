"""The actions `case.open` and `case.reopen`: rules that open cases, and open them again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import field, frozen
from attrs.validators import instance_of, optional

from crmkit import Invalid
from crmkit.plugin import Action, ActionItem, Performed, RecordDraft, Refusal, _, lazily, nphrase, phrase
from crmkit.plugins.operational.cases.clock import NEW
from crmkit.plugins.operational.cases.record_type import CASE

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction


@frozen(kw_only=True)
class NewCase:
    """A case to open: what it is about, and what else is known of it.

    In a rule `priority` is the rule's own, so that of the case is `case_priority`.
    """

    subject: str = field(validator=instance_of(str))
    text: str | None = field(default=None, validator=optional(instance_of(str)))
    queue: str | None = field(default=None, validator=optional(instance_of(str)))
    category: str | None = field(default=None, validator=optional(instance_of(str)))
    case_priority: str | None = field(default=None, validator=optional(instance_of(str)))
    owner: str | None = field(default=None, validator=optional(instance_of(str)))


@frozen(kw_only=True)
class ReopenCase:
    """How long after it was resolved a case is opened again, by the calendar: `7 days`."""

    within: str = field(validator=instance_of(str))


# By fields of the case, the attributes that give them.
_FIELDS: Final = {
    "subject": "subject",
    "text": "text",
    "queue": "queue",
    "category": "category",
    "priority": "case_priority",
}
_REOPENING: Final = "crmkit.plugins.operational.cases.reopening"
_CHOSEN: Final = ("queue", "category", "priority")


def case_action() -> Action:
    """`case.open`, in rules as `case = "No order for {{ recency }} days"`."""
    return Action(
        name="case.open",
        doc="Opens a case for the customer",
        params=NewCase,
        shorthand="case",
        rendered=("subject", "text"),
        check=_check,
        perform=_open,
        undo=_take_back,
        undone=nphrase("put {count} case into the archive", "put {count} cases into the archive", 0),
        says=lambda params: _("case: {subject}", subject=params.subject),
    )


def reopening_action() -> Action:
    """`case.reopen`, in rules as `reopen_case = "7 days"`, with `on = "message"`."""
    return Action(
        name="case.reopen",
        doc="Opens the case that waited for the customer, or was resolved within that time, once they have "
        "been in touch since: the one that the subject of a message names (`case 12`), else the one that has "
        "stood still for the shortest time",
        params=ReopenCase,
        shorthand="reopen_case",
        check=lazily(f"{_REOPENING}:check"),
        perform=lazily(f"{_REOPENING}:reopen"),
        undo=lazily(f"{_REOPENING}:take_back"),
        undone=nphrase("put {count} case back as it was", "put {count} cases back as they were", 0),
        says=lambda params: _(
            "open the case again that waits for them or was resolved within {within}", within=params.within
        ),
    )


def _check(params: NewCase, crm: Crm) -> None:
    if not params.subject.strip():
        raise Invalid("A case needs a subject", hint="Say what it is about.")
    word = crm.words.record_types[CASE]
    for name in _CHOSEN:
        value, known = getattr(params, _FIELDS[name]), word.field_named(name)
        choices = known.choices if known is not None else ()
        if value is not None and value not in choices:
            raise Invalid(
                phrase('"{value}" is no {name} of cases', value=value, name=name),
                hint=phrase("There are: {names}", names=", ".join(choices))
                if choices
                else "There are none yet.",
            )
    if params.owner and not crm.people.get(params.owner).active:
        raise Invalid(phrase("{name} no longer works here", name=params.owner), hint="Name somebody else.")


def _open(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal | Performed]:
    drafts = [
        RecordDraft(customer=item.customer_id, fields=_given(item.params), owner=item.params.owner)
        for item in items
    ]
    report = crm.records.save_all(CASE, drafts, source=items[0].source)
    yield from report.refused
    for index, id_ in enumerate(report.ids):
        if id_ is not None:
            yield Performed(index, str(id_))


def _given(params: NewCase) -> dict[str, str]:
    return {name: value for name, key in _FIELDS.items() if (value := getattr(params, key)) is not None}


def _take_back(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal]:
    """Archive the cases that nobody has begun to work on."""
    table = crm.tables.records[CASE]
    ids = {int(item.result): index for index, item in enumerate(items) if item.result is not None}
    rows = tx.execute(sa.select(table.c.id, table.c.state, table.c.responded_at).where(table.c.id.in_(ids)))
    untouched = {row.id for row in rows if row.state == NEW and row.responded_at is None}
    for id_, index in ids.items():
        if id_ in untouched:
            crm.records.archive(CASE, id_)
        else:
            yield Refusal(index, phrase("somebody works on the case"))
