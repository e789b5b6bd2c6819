"""The options that describe a customer, and the draft that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crmkit.cli.values import fields
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity

F = TypeVar("F", bound=Callable[..., Any])
STAGES = ("prospect", "lead", "customer", "former")

# From the last to the first: each decorator puts its option in front of the help's list.
_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option("--source", metavar="TEXT", default="", help="Where this comes from."),
    click.option("--preferred-time", metavar="TEXT", help="When they like to be reached."),
    click.option("--preferred-channel", metavar="CHANNEL", help="How they like to be reached."),
    click.option("--timezone", metavar="ZONE", help="Their time zone, such as Asia/Karachi."),
    click.option("--locale", metavar="LOCALE", help="Their language, such as pl or ur_PK."),
    click.option("--owner", metavar="EMPLOYEE", help="Who looks after them."),
    click.option("--type", "customer_type", metavar="TYPE", help="Their customer type."),
    click.option("--lifecycle", type=click.Choice(STAGES), help="Where they stand."),
    click.option(
        "--set", "values", metavar="FIELD=VALUE", multiple=True, help="Set a field; empty clears it."
    ),
    click.option("--tag", "tags", metavar="TAG", multiple=True, help="Add a tag."),
    click.option(
        "--identity", "identities", metavar="SCHEME:VALUE", multiple=True, help="Such as shop:10042."
    ),
    click.option("--country", metavar="CODE", help="The address's country, such as PL."),
    click.option("--city", metavar="TEXT", help="The address's city."),
    click.option("--postcode", metavar="TEXT", help="The address's postcode."),
    click.option("--street", metavar="TEXT", help="The address's street and number."),
    click.option("--phone", "phones", metavar="NUMBER", multiple=True, help="A phone number."),
    click.option("--email", "emails", metavar="ADDRESS", multiple=True, help="An e-mail address."),
    click.option("--organization/--person", "is_organization", default=None, help="What they are."),
    click.option("--family-name", metavar="TEXT", help="The family name."),
    click.option("--given-name", metavar="TEXT", help="The given name."),
    click.option("--name", metavar="TEXT", help="The name as people say it."),
)


def describes_customer(command: F) -> F:
    """Add the options of a customer to a command; it receives them as keyword arguments."""
    for option in _OPTIONS:
        command = option(command)
    return command


def draft(crm: Crm, described: Mapping[str, Any]) -> CustomerDraft:
    """The draft that the options describe. Raises Invalid, NotFound."""
    from crmkit.core.model.customer import CustomerDraft

    owner = described["owner"]
    same = ("name", "given_name", "family_name", "is_organization", "lifecycle", "customer_type", "locale")
    also = ("timezone", "preferred_channel", "preferred_time", "source")
    return CustomerDraft(
        contact_points=tuple(_contact_points(described)),
        identities=tuple(_identity(text) for text in described["identities"]),
        tags=described["tags"],
        fields=fields(crm, described["values"]),
        owner_id=crm.people.get(owner).id if owner else None,
        **{key: described[key] for key in (*same, *also)},
    )


def _contact_points(described: Mapping[str, Any]) -> list[ContactPoint]:
    from crmkit.core.model.customer import ContactPoint

    points = [ContactPoint(kind="email", value=value) for value in described["emails"]]
    points += [ContactPoint(kind="phone", value=value) for value in described["phones"]]
    parts = {key: described[key] for key in ("street", "postcode", "city", "country")}
    if any(parts.values()):
        line = ", ".join(filter(None, (parts["street"], _town(parts), parts["country"])))
        points.append(ContactPoint(kind="address", value=line, **parts))
    return points


def _town(parts: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (parts["postcode"], parts["city"])))


def _identity(text: str) -> Identity:
    from crmkit.core.errors import Invalid
    from crmkit.core.model.customer import Identity
    from crmkit.core.normalise.text import quoted

    scheme, mark, value = text.partition(":")
    if not mark or not scheme.strip() or not value.strip():
        raise Invalid(
            phrase("{text} is not an identity", text=quoted(text)),
            hint="Write SCHEME:VALUE, such as --identity shop:10042",
        )
    return Identity(scheme.strip(), value.strip())
