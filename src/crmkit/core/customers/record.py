"""A customer in memory while a batch is saved: what is on record plus what the batch has changed so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.fields import from_driver
from crmkit.core.customers.sets import rows_among
from crmkit.core.model.customer import ContactPoint, Customer, Identity, Preference
from crmkit.core.model.words import Field
from crmkit.core.normalise import fold, fold_digits
from crmkit.core.store.bulk import Row, quoted
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

# In the order of the columns of the table `customer`.
CUSTOMER_COLUMNS: Final = (
    "id", "uid", "is_organization", "name", "given_name", "family_name", "fold", "lifecycle", "customer_type",
    "owner_id", "locale", "timezone", "preferred_channel", "preferred_time", "archived_at", "version",
    "created_at", "source", "restricted_at",
)  # fmt: skip
_FOLD: Final = CUSTOMER_COLUMNS.index("fold")
_VERSION: Final = CUSTOMER_COLUMNS.index("version")
CONTACT_COLUMNS: Final = (
    "id", "customer_id", "kind", "label", "value", "normalised", "is_primary", "verified_at", "street",
    "city", "postcode", "region", "country",
)  # fmt: skip
# By what search finds a customer, beside contact points and identities.
NAMES: Final = frozenset({"name", "given_name", "family_name"})
# What hangs on a customer, by the table that holds it; `customer_field` stands for all declared fields.
PARTS: Final = frozenset({"contact_point", "identity", "customer_tag", "preference", "customer_field"})
ADDRESS_PARTS: Final = ("street", "city", "postcode", "region", "country")
# Numbers are often searched by their national part; most are this long.
_NATIONAL_DIGITS: Final = 9


class Contact:
    """A contact point while a batch is saved."""

    __slots__ = (
        "city", "country", "id", "is_primary", "kind", "label", "normalised", "postcode", "region", "street",
        "value", "verified_at",
    )  # fmt: skip

    def __init__(self, kind: str, value: str, normalised: str, label: str, is_primary: bool) -> None:
        self.id = 0
        self.kind = kind
        self.value = value
        self.normalised = normalised
        self.label = label
        self.is_primary = is_primary
        self.verified_at: int | None = None
        self.street: str | None = None
        self.city: str | None = None
        self.postcode: str | None = None
        self.region: str | None = None
        self.country: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """By what it is told from the customer's others."""
        return self.kind, self.normalised

    def row(self, customer_id: int) -> Row:
        """Values of `CONTACT_COLUMNS`."""
        return (
            self.id, customer_id, self.kind, self.label, self.value, self.normalised, int(self.is_primary),
            self.verified_at, self.street, self.city, self.postcode, self.region, self.country,
        )  # fmt: skip

    def public(self) -> ContactPoint:
        """The value that callers get."""
        return ContactPoint(
            kind=self.kind, value=self.value, normalised=self.normalised, label=self.label,
            is_primary=self.is_primary, verified_at=self.verified_at, street=self.street, city=self.city,
            postcode=self.postcode, region=self.region, country=self.country, id=self.id,
        )  # fmt: skip


class Record:
    """One customer while a batch is saved; the attributes are the columns of the table `customer`.

    `stored` is the row in the database, empty for a customer that is not there yet; `is_found_anew` says that
    search must learn what has become of the customer.
    """

    __slots__ = (
        "archived_at", "choices", "contacts", "created_at", "customer_type", "family_name", "fields_stored",
        "fold", "given_name", "id", "identities", "is_found_anew", "is_organization", "lifecycle", "locale",
        "name", "owner_id", "preferences", "preferred_channel", "preferred_time", "restricted_at", "source",
        "stored", "tags", "timezone", "uid", "values", "version",
    )  # fmt: skip

    def __init__(self, id_: int, uid: str, created_at: int, source: str) -> None:
        self.id = id_
        self.uid = uid
        self.is_organization = False
        self.name = ""
        self.given_name = ""
        self.family_name = ""
        self.fold = ""
        self.lifecycle = "prospect"
        self.customer_type: str | None = None
        self.owner_id: int | None = None
        self.locale: str | None = None
        self.timezone: str | None = None
        self.preferred_channel: str | None = None
        self.preferred_time: str | None = None
        self.archived_at: int | None = None
        self.restricted_at: int | None = None
        self.version = 1
        self.created_at = created_at
        self.source = source
        self.stored: Row = ()
        self.is_found_anew = False
        self.fields_stored = False
        self.contacts: dict[tuple[str, str], Contact] = {}
        self.identities: dict[tuple[str, str], int] = {}
        self.tags: dict[str, int] = {}
        self.preferences: dict[tuple[str, str], list[Any]] = {}
        self.values: dict[str, Any] = {}
        self.choices: dict[str, tuple[str, ...]] = {}

    @property
    def stored_version(self) -> int:
        """The version in the database, 0 for a customer that is not there yet."""
        return self.stored[_VERSION] if self.stored else 0

    @property
    def stored_fold(self) -> str:
        """What search knows the customer by."""
        return self.stored[_FOLD] if self.stored else ""

    def row(self) -> Row:
        """Values of `CUSTOMER_COLUMNS`."""
        return (
            self.id, self.uid, int(self.is_organization), self.name, self.given_name, self.family_name,
            self.fold, self.lifecycle, self.customer_type, self.owner_id, self.locale, self.timezone,
            self.preferred_channel, self.preferred_time, self.archived_at, self.version, self.created_at,
            self.source, self.restricted_at,
        )  # fmt: skip

    def folded(self) -> str:
        """What search reads: names, addresses, numbers and identities, folded."""
        given, family = self.given_name, self.family_name
        names = [self.name]
        if given and given not in self.name:
            names.append(given)
        if family and family not in self.name:
            names.append(family)
        others: list[str] = []
        for contact in self.contacts.values():
            _searchable(contact, others)
        others.extend([value for _, value in self.identities])
        # Apart, because most of the others are ASCII, which folds at a fraction of the cost.
        return f"{fold(' '.join(names))} {fold(' '.join(others))}".strip()

    def shown_name(self) -> str:
        """The name, or what stands for one where there is none."""
        return self.name or next((c.value for c in self.contacts.values()), f"customer {self.id}")

    def public(self, fields: Mapping[str, Field], currency: str) -> Customer:
        """The value that callers get."""
        values = {
            name: from_driver(fields[name], kept, currency)
            for name, kept in self.values.items()
            if kept is not None and name in fields
        }
        values.update((name, chosen) for name, chosen in self.choices.items() if chosen and name in fields)
        return Customer(
            id=self.id, uid=self.uid, name=self.name,
            given_name=self.given_name, family_name=self.family_name,
            is_organization=self.is_organization, lifecycle=self.lifecycle, customer_type=self.customer_type,
            owner_id=self.owner_id, locale=self.locale, timezone=self.timezone,
            preferred_channel=self.preferred_channel, preferred_time=self.preferred_time,
            archived_at=self.archived_at, version=self.version, created_at=self.created_at,
            source=self.source, restricted_at=self.restricted_at,
            contact_points=tuple(contact.public() for contact in self.contacts.values()),
            identities=tuple(Identity(*key, id=id_) for key, id_ in sorted(self.identities.items())),
            preferences=tuple(
                Preference(topic=topic, value=value, origin=rest[1], source=rest[2], at=rest[3])
                for (topic, value), rest in self.preferences.items()
            ),
            tags=tuple(sorted(self.tags)),
            fields=values,
        )  # fmt: skip


def _searchable(contact: Contact, parts: list[str]) -> None:
    if contact.kind == "phone":
        digits = contact.normalised[1:]
        if not digits.isdecimal():
            digits = fold_digits(digits)
        parts.append(digits)
        if len(digits) > _NATIONAL_DIGITS:
            parts.append(digits[-_NATIONAL_DIGITS:])
    elif contact.kind == "address":
        parts.extend([part for part in (contact.street, contact.city, contact.postcode) if part])
    else:
        parts.append(contact.normalised)


def load_records(
    connection: sa.Connection,
    kernel: Kernel,
    ids: Collection[int],
    *,
    parts: Collection[str] = PARTS,
    lock: bool = False,
) -> dict[int, Record]:
    """The customers with these ids and all that hangs on them, in a handful of statements.

    Without all `PARTS` only those named are read; of who has no name the contact points always are. With
    `lock` nobody else changes them before the unit of work ends.
    """
    if not ids:
        return {}
    lock_clause = "ORDER BY id FOR UPDATE" if lock and connection.dialect.name == "postgresql" else ""
    columns = ", ".join(map(quoted, CUSTOMER_COLUMNS))
    rows = rows_among(connection, f"SELECT {columns} FROM customer WHERE id", sorted(ids), after=lock_clause)
    records = {row[0]: _record(row) for row in rows}
    if records:
        _load_parts(connection, kernel, records, parts)
    return records


def _load_parts(
    connection: sa.Connection, kernel: Kernel, records: dict[int, Record], parts: Collection[str]
) -> None:
    known = sorted(records)
    called = known if "contact_point" in parts else [id_ for id_ in known if not records[id_].name]
    _load_contacts(connection, records, called)
    if "identity" in parts:
        _load_identities(connection, records, known)
    if "customer_tag" in parts:
        _load_tags(connection, records, known)
    if "preference" in parts:
        _load_preferences(connection, records, known)
    if "customer_field" in parts:
        _load_fields(connection, kernel, records, known)


def _record(row: Row) -> Record:
    record = Record(row[0], row[1], row[16], row[17])
    record.is_organization = bool(row[2])
    record.name, record.given_name, record.family_name, record.fold, record.lifecycle = row[3:8]
    record.customer_type, record.owner_id, record.locale, record.timezone = row[8:12]
    record.preferred_channel, record.preferred_time, record.archived_at, record.version = row[12:16]
    record.restricted_at = row[18]
    record.stored = row
    return record


def _load_contacts(connection: sa.Connection, records: dict[int, Record], ids: list[int]) -> None:
    columns = ", ".join(map(quoted, CONTACT_COLUMNS))
    select = f"SELECT {columns} FROM contact_point WHERE customer_id"
    for row in rows_among(connection, select, ids, after="ORDER BY id"):
        contact = Contact(row[2], row[4], row[5], row[3], bool(row[6]))
        contact.id = row[0]
        contact.verified_at, contact.street, contact.city, contact.postcode = row[7:11]
        contact.region, contact.country = row[11:]
        records[row[1]].contacts[row[2], row[5]] = contact


def _load_identities(connection: sa.Connection, records: dict[int, Record], ids: list[int]) -> None:
    select = 'SELECT customer_id, scheme, "value", id FROM identity WHERE customer_id'
    for customer_id, scheme, value, id_ in rows_among(connection, select, ids):
        records[customer_id].identities[scheme, value] = id_


def _load_tags(connection: sa.Connection, records: dict[int, Record], ids: list[int]) -> None:
    select = "SELECT customer_id, tag, id FROM customer_tag WHERE customer_id"
    for customer_id, tag, id_ in rows_among(connection, select, ids):
        records[customer_id].tags[tag] = id_


def _load_preferences(connection: sa.Connection, records: dict[int, Record], ids: list[int]) -> None:
    select = 'SELECT customer_id, topic, "value", id, origin, source, "at" FROM preference WHERE customer_id'
    for customer_id, topic, value, *rest in rows_among(connection, select, ids, after="ORDER BY id"):
        records[customer_id].preferences[topic, value] = rest


def _load_fields(
    connection: sa.Connection, kernel: Kernel, records: dict[int, Record], ids: list[int]
) -> None:
    single, several = split_fields(kernel.words.fields)
    if single:
        columns = ", ".join(quoted(column_name(field)) for field in single)
        select = f"SELECT customer_id, {columns} FROM customer_field WHERE customer_id"
        names = [field.name for field in single]
        for customer_id, *values in rows_among(connection, select, ids):
            records[customer_id].fields_stored = True
            records[customer_id].values = dict(zip(names, values, strict=True))
    if several:
        _load_choices(connection, records, ids)


def _load_choices(connection: sa.Connection, records: dict[int, Record], ids: list[int]) -> None:
    select = 'SELECT customer_id, "field", "value" FROM customer_choice WHERE customer_id'
    for customer_id, name, value in rows_among(connection, select, ids, after="ORDER BY id"):
        choices = records[customer_id].choices
        choices[name] = (*choices.get(name, ()), value)


def split_fields(fields: Iterable[Field]) -> tuple[list[Field], list[Field]]:
    """The fields with a column of their own, and those with several values."""
    single: list[Field] = []
    several: list[Field] = []
    for field in fields:
        (several if field.type == "multi-choice" else single).append(field)
    return single, several
