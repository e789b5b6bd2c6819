"""The words that the core knows of every customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from crmkit.core.model.customer import LIFECYCLE_STAGES
from crmkit.core.predicates.tree import BOOL, EMPLOYEE, INSTANT, NUMBER, TEXT, Type


@frozen
class Word:
    """A core word: its type, its column, and where it is kept.

    `place` is customer, contact (any of the customer's contact points of `kind`) or presence (true where the
    column is filled).
    """

    type: Type
    column: str
    place: str = "customer"
    kind: str = ""


ATTRIBUTES: Final[Mapping[str, Word]] = {
    "id": Word(NUMBER, "id"),
    "uid": Word(TEXT, "uid"),
    "name": Word(TEXT, "name"),
    "given_name": Word(TEXT, "given_name"),
    "family_name": Word(TEXT, "family_name"),
    "is_organization": Word(BOOL, "is_organization"),
    "lifecycle": Word(Type("text", choices=LIFECYCLE_STAGES), "lifecycle"),
    "customer_type": Word(TEXT, "customer_type"),
    "owner": Word(EMPLOYEE, "owner_id"),
    "locale": Word(TEXT, "locale"),
    "timezone": Word(TEXT, "timezone"),
    "preferred_channel": Word(TEXT, "preferred_channel"),
    "preferred_time": Word(TEXT, "preferred_time"),
    "created": Word(INSTANT, "created_at"),
    "archived": Word(BOOL, "archived_at", "presence"),
    "source": Word(TEXT, "source"),
    "email": Word(TEXT, "normalised", "contact", "email"),
    "phone": Word(TEXT, "normalised", "contact", "phone"),
    "handle": Word(TEXT, "normalised", "contact", "handle"),
    "street": Word(TEXT, "street", "contact", "address"),
    "city": Word(TEXT, "city", "contact", "address"),
    "postcode": Word(TEXT, "postcode", "contact", "address"),
    "region": Word(TEXT, "region", "contact", "address"),
    "country": Word(TEXT, "country", "contact", "address"),
}
# Of these the past is kept in the change log, under the name of the column.
WITH_PAST: Final = frozenset(
    {
        "name", "given_name", "family_name", "is_organization", "lifecycle", "customer_type", "owner",
        "locale", "timezone", "preferred_channel", "preferred_time", "archived",
    }
)  # fmt: skip
FOREVER: Final = frozenset({"id", "uid", "created", "source"})
# What a copy of the log without personal data has.
IN_THE_LOG: Final = frozenset({"id", "is_organization", "lifecycle", "customer_type", "created", "archived"})
LOG_KEYS: Final = frozenset({"amount", "currency", "outlet", "channel", "direction", "at", "source"})
