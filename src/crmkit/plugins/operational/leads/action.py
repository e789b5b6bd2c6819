"""The action `lead.assign`: rules that give leads to whoever is to look after them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen
from attrs.validators import instance_of

from crmkit import Invalid
from crmkit.plugin import Action, ActionItem, Performed, Refusal, _, nphrase

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction
    from crmkit.plugins.operational.settings import Settings


@frozen(kw_only=True)
class AssignLead:
    """Give the lead to whom `[plugins.operational.leads.assign]` says; `enabled` is always true."""

    enabled: bool = field(default=True, validator=instance_of(bool))


def assign_action(settings: Settings) -> Action:
    """`lead.assign`, in rules as `assign_lead = true`."""
    return Action(
        name="lead.assign",
        doc="Gives the lead to whom the rules of assignment say",
        params=AssignLead,
        shorthand="assign_lead",
        check=lambda params, _crm: _check(params, settings),
        perform=_assign,
        undo=_unassign,
        undone=nphrase("undo the assignment of {count} lead", "undo the assignment of {count} leads", 0),
        claims=lambda _: "owner",
        says=lambda _params: _("assign the lead"),
    )


def _check(params: AssignLead, settings: Settings) -> None:
    if not settings.leads.assign:
        raise Invalid(
            "There are no rules of assignment",
            hint='Declare one: [plugins.operational.leads.assign.NAME] with to = "Sales"',
        )
    if not params.enabled:
        raise Invalid("assign_lead = false does nothing", hint="Leave it out.")


def _assign(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Performed | Refusal]:
    from crmkit.plugins.operational.leads.leads import Leads

    chosen = crm.service(Leads).assign([item.customer_id for item in items], source=items[0].source)
    for index, each in enumerate(chosen):
        if each.employee_id is None:
            yield Refusal(index, each.why)
        else:
            yield Performed(index, f"{each.employee}: {each.why}")


def _unassign(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal]:
    """The owner, which is the customer's own data, is put back by the core."""
    from crmkit.plugins.operational.leads.leads import Leads

    crm.service(Leads).unassign([item.customer_id for item in items])
    yield from ()
