"""Made-up people of a business, and what happens to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from attrs import evolve

from crmkit.core.model.customer import ContactPoint, CustomerDraft
from crmkit.core.model.interaction import InteractionDraft
from crmkit.testing.contract import samples

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.testing.contract.subject import Subject

EMPLOYEE: Final = "Somebody"
# Many times what an observer takes that answers what it sees with something of its own.
_PASSES: Final = 20
_NAMES: Final = ("Anna Nowak", "Jan Wilk", "Ola Lis")


def customers(crm: Crm, subject: Subject) -> list[CustomerDraft]:
    """Three customers, with a value in each field of the plugin."""
    return [
        CustomerDraft(
            name=name,
            lifecycle="lead",
            contact_points=(ContactPoint(kind="email", value=f"c{number}@example.com"),),
            fields=samples.field_values(crm, subject.name, f"text {number}"),
        )
        for number, name in enumerate(_NAMES)
    ]


def contacts(crm: Crm, subject: Subject, people: Sequence[int]) -> list[InteractionDraft]:
    """Contacts of every type of the core and of the plugin with each of the customers."""
    types = [word for word in crm.words.interaction_types if word.owner in ("core", subject.name)]
    drafts = [
        InteractionDraft(
            customer=customer,
            type=word.name,
            payload=samples.payload(word, "text", subject.samples.get(word.name, {}))
            if word.owner == subject.name
            else {},
            amount=samples.amount(word, subject.samples.get(word.name, {})),
        )
        for word in types
        if word.name not in ("voided", "refund")
        for customer in people
    ]
    bought = [evolve(each, amount=1250) if each.type == "purchase" else each for each in drafts]
    return bought + bought[::-1]


def settle(crm: Crm, subject: Subject) -> list[int]:
    """Save the customers, and somebody who works for the business; the ids of the customers."""
    crm.people.add(EMPLOYEE)
    crm.customers.save_all(customers(crm, subject))
    return sorted(summary.id for summary in crm.customers.list(limit=50)[0])


def live(crm: Crm, subject: Subject, people: Sequence[int]) -> None:
    """Let the contacts happen now."""
    crm.interactions.record_all(contacts(crm, subject, people))
    catch_up(crm)


def catch_up(crm: Crm) -> bool:
    """Observers that lag get what they lack, as `crm worker` gives it; whether that comes to an end."""
    return any(not crm.kernel.observers.catch_up() for _ in range(_PASSES))
