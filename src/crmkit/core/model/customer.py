"""The customer: a person or an organisation, with the points at which they are reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from attrs import Attribute, field, frozen

LIFECYCLE_STAGES: Final = ("prospect", "lead", "customer", "former")
CONTACT_KINDS: Final = ("email", "phone", "address", "handle")


@frozen(kw_only=True)
class ContactPoint:
    """An e-mail address, phone number, postal address or handle. It may be shared: it identifies nobody.

    `value` keeps the original spelling, `normalised` is what is compared. A postal address fills the last
    five.
    """

    kind: str
    value: str
    normalised: str = ""
    label: str = ""
    is_primary: bool = False
    verified_at: int | None = None
    street: str | None = None
    city: str | None = None
    postcode: str | None = None
    region: str | None = None
    country: str | None = None
    id: int | None = None


@frozen
class Identity:
    """A name by which another system knows exactly one customer, such as `shop:10042`."""

    scheme: str
    value: str
    id: int | None = None

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


@frozen(kw_only=True)
class Relationship:
    """A typed, directed, dated tie from one customer to another (`works_at`, `household_of`,
    `referred_by`).
    """

    kind: str
    customer_id: int
    other_id: int
    since: date | None = None
    until: date | None = None
    id: int | None = None


@frozen(kw_only=True)
class Preference:
    """What a customer likes: said by them (`stated`) or concluded (`inferred`), from where and when."""

    topic: str
    value: str
    origin: str = "stated"
    source: str = ""
    at: int | None = None


@frozen(kw_only=True)
class Consent:
    """One entry of the consent history: never changed, only followed by another."""

    customer_id: int
    purpose: str
    channel: str
    state: str
    at: int
    source: str = ""
    wording_version: int | None = None
    evidence: str = ""
    actor: str = ""
    id: int | None = None


@frozen(kw_only=True)
class CustomerDraft:
    """A customer as somebody wants it saved.

    What is `None` or empty is left as it is; a key of `fields` that maps to `None` clears that field.
    Contact points, identities, tags and preferences are added to those on record. With `id` the customer is
    known; otherwise it is looked for as `[matching]` says. `version`, when given, must be the current one.
    `source` says where this came from (`import:3`, `web form`).

    `uid` is the number under which another installation of crmkit knows the customer: whoever has it is
    meant, and a new customer takes it. `archived_at` and `restricted_at` archive and restrict one who is
    not yet.
    """

    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    is_organization: bool | None = None
    contact_points: tuple[ContactPoint, ...] = ()
    identities: tuple[Identity, ...] = ()
    preferences: tuple[Preference, ...] = ()
    tags: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(factory=dict)
    lifecycle: str | None = None
    customer_type: str | None = None
    owner_id: int | None = None
    locale: str | None = None
    timezone: str | None = None
    preferred_channel: str | None = None
    preferred_time: str | None = None
    source: str = ""
    id: int | None = None
    version: int | None = None
    uid: str | None = None
    archived_at: int | None = None
    restricted_at: int | None = None


@frozen(kw_only=True)
class Customer:
    """A customer as on record, with everything that hangs on them but their interactions.

    From `restricted_at` on, what is kept of them must not be used.
    """

    id: int
    uid: str
    name: str
    given_name: str = ""
    family_name: str = ""
    is_organization: bool = False
    lifecycle: str = "prospect"
    customer_type: str | None = None
    owner_id: int | None = None
    locale: str | None = None
    timezone: str | None = None
    preferred_channel: str | None = None
    preferred_time: str | None = None
    archived_at: int | None = None
    version: int = 1
    created_at: int = 0
    source: str = ""
    restricted_at: int | None = None
    contact_points: tuple[ContactPoint, ...] = ()
    identities: tuple[Identity, ...] = ()
    preferences: tuple[Preference, ...] = ()
    tags: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class CustomerSummary:
    """A customer in one line of a list or of an ambiguous reference's candidates."""

    id: int
    uid: str
    name: str
    lifecycle: str
    email: str | None = None
    phone: str | None = None
    city: str | None = None
    archived_at: int | None = None


@frozen
class Section:
    """A titled part of a customer's page: lines of (label, text).

    `lists` is the type of records that they are, where they are all that are open: the page then does not
    list them a second time. Raises `TypeError` where a line is no such pair.
    """

    title: str
    lines: tuple[tuple[str, str], ...] = field()
    lists: str = ""

    @lines.validator
    def _check_lines(self, _attribute: Attribute[Any], lines: Sequence[Any]) -> None:
        for line in lines:
            if not isinstance(line, tuple) or len(line) != 2:
                raise TypeError(f"a line of a section is a pair of label and text, not {line!r}")
