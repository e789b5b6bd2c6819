"""Applying a draft to a record: what differs changes, and each change is an entry of the change log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from crmkit.core.customers.drafts import Prepared
from crmkit.core.customers.pen import Pen
from crmkit.core.customers.record import NAMES, Contact, Record
from crmkit.core.customers.sets import Numbers
from crmkit.core.language import N_
from crmkit.core.model.customer import Preference
from crmkit.core.normalise import display_name
from crmkit.core.phrase import kept

if TYPE_CHECKING:
    from crmkit.core.customers.matching import Matches
    from crmkit.core.customers.unique import UniqueValues
    from crmkit.core.store.unit import Transaction

CREATED: Final = N_("created")
CHANGED: Final = N_("changed")
REMOVED: Final = N_("removed")


def as_json(value: Any) -> str | None:
    """`value` as the change log keeps it."""
    return None if value is None else msgspec.json.encode(value, enc_hook=kept).decode()


class Changing:
    """Applies drafts to records within one batch; what is to be written goes to the pen."""

    def __init__(self, tx: Transaction, pen: Pen, matches: Matches, unique: UniqueValues, size: int) -> None:
        self._tx = tx
        self._pen = pen
        self._matches = matches
        self._unique = unique
        self._customers = Numbers(tx.connection, "customer", size)
        self._contacts = Numbers(tx.connection, "contact_point", 2 * size)
        self._tags = Numbers(tx.connection, "customer_tag", size)
        self._preferences = Numbers(tx.connection, "preference", size)
        self._said: dict[str, str | None] = {}
        # True while a new customer is filled: a creation is one entry, not one for each of its parts.
        self._silent = False
        self._source = ""
        self._changes = 0

    def create(self, prepared: Prepared, uid: str, source: str) -> Record:
        """A new customer; one entry in the change log."""
        record = Record(self._customers.take(), uid, self._tx.at, source)
        for name, value in prepared.attributes.items():
            setattr(record, name, value)
        record.name = prepared.name
        self._silent = True
        self._parts(record, prepared)
        self._silent = False
        self._pen.created.append(record)
        self._matches.records[record.id] = record
        if prepared.uid is not None:
            self._matches.by_uid[uid] = record.id
        if source not in self._said:
            self._said[source] = as_json(source)
        self._tx.append_change(
            (CREATED, "customer", record.id, record.id, "", None, self._said[source], source, uid)
        )
        return record

    def apply(self, record: Record, prepared: Prepared, source: str) -> bool:
        """What the draft says on a known customer; whether that changed anything."""
        self._source, self._changes = source, 0
        self._attributes(record, prepared)
        self._parts(record, prepared)
        return self._settled(record)

    def _settled(self, record: Record) -> bool:
        if self._changes:
            record.version += 1
            if record.stored_version:
                self._pen.changed[record.id] = record
        return bool(self._changes)

    def remove_tags(self, record: Record, tags: list[str], source: str) -> bool:
        """Take tags off; whether the customer had any of them."""
        self._source, self._changes = source, 0
        for tag in tags:
            id_ = record.tags.pop(tag, None)
            if id_ is not None:
                self._pen.removed.append(("customer_tag", id_))
                self._log(record, REMOVED, "tag", id_, "", tag, None)
        return self._settled(record)

    def remove_preferences(self, record: Record, keys: list[tuple[str, str]], source: str) -> bool:
        """Forget preferences, by (topic, value); whether there was any of them."""
        self._source, self._changes = source, 0
        for key in keys:
            rest = record.preferences.pop(key, None)
            if rest is not None:
                self._pen.removed.append(("preference", rest[0]))
                self._log(record, REMOVED, "preference", rest[0], key[0], key[1], None)
        return self._settled(record)

    def remove_identity(self, record: Record, identity: tuple[str, str], source: str) -> bool:
        """Forget by which number another system knows the customer; whether there was such."""
        self._source, self._changes = source, 0
        id_ = record.identities.pop(identity, None)
        if id_ is not None:
            record.is_found_anew = True
            self._pen.removed.append(("identity", id_))
            self._log(record, REMOVED, "identity", id_, identity[0], identity[1], None)
        return self._settled(record)

    def remove_contact(self, record: Record, contact: Contact, source: str) -> bool:
        """Remove a contact point; the oldest other one of its kind takes over as primary."""
        self._source, self._changes = source, 0
        del record.contacts[contact.key]
        record.is_found_anew = True
        self._pen.removed.append(("contact_point", contact.id))
        self._log(record, REMOVED, "contact_point", contact.id, contact.kind, contact.value, None)
        if contact.is_primary:
            heir = next((other for other in record.contacts.values() if other.kind == contact.kind), None)
            if heir is not None:
                self._mark_primary(record, heir, True)
        return self._settled(record)

    def set_primary(self, record: Record, contact: Contact, source: str) -> bool:
        """Make a contact point the primary one of its kind."""
        self._source, self._changes = source, 0
        if not contact.is_primary:
            self._move_primary(record, contact)
        return self._settled(record)

    def set_attribute(self, record: Record, name: str, value: Any, source: str) -> bool:
        """Set one column of the table `customer`."""
        self._source, self._changes = source, 0
        self._attribute(record, name, value)
        return self._settled(record)

    def _attribute(self, record: Record, name: str, value: Any) -> None:
        old = getattr(record, name)
        if old != value:
            setattr(record, name, value)
            record.is_found_anew |= name in NAMES
            self._log(record, CHANGED, "customer", record.id, name, old, value)

    def _attributes(self, record: Record, prepared: Prepared) -> None:
        follows = prepared.name and "name" not in prepared.attributes and _is_composed(record)
        for name, value in prepared.attributes.items():
            self._attribute(record, name, value)
        if follows:
            self._attribute(record, "name", display_name(record.given_name, record.family_name))

    def _parts(self, record: Record, prepared: Prepared) -> None:
        for contact in prepared.contacts:
            self._contact(record, contact)
        for identity in prepared.identities:
            self._identity(record, identity)
        for tag in prepared.tags:
            self._tag(record, tag)
        for preference in prepared.preferences:
            self._preference(record, preference)
        if prepared.values:
            self._values(record, prepared.values)
        for name, chosen in prepared.choices.items():
            self._choices(record, name, chosen)

    def _contact(self, record: Record, contact: Contact) -> None:
        key = (contact.kind, contact.normalised)
        known = record.contacts.get(key)
        if known is not None:
            self._known_contact(record, known, contact)
            return
        contact.id = self._contacts.take()
        kind, wanted = contact.kind, contact.is_primary
        contact.is_primary = True
        for other, _ in record.contacts:
            if other == kind:
                contact.is_primary = False
        record.contacts[key] = contact
        record.is_found_anew = True
        self._pen.contacts.append((record.id, contact))
        if kind == "email":
            self._matches.learn(contact.normalised, record)
        if not self._silent:
            self._log(record, CREATED, "contact_point", contact.id, kind, None, contact.value)
        if wanted and not contact.is_primary:
            self._move_primary(record, contact)

    def _known_contact(self, record: Record, known: Contact, contact: Contact) -> None:
        for name in ("label", "verified_at"):
            old, new = getattr(known, name), getattr(contact, name)
            if new and new != old:
                setattr(known, name, new)
                self._pen.changed_contacts[known.id] = known
                self._log(record, CHANGED, "contact_point", known.id, name, old, new)
        if contact.is_primary and not known.is_primary:
            self._move_primary(record, known)

    def _move_primary(self, record: Record, contact: Contact) -> None:
        for other in record.contacts.values():
            if other.kind == contact.kind and other.is_primary:
                self._mark_primary(record, other, False)
        self._mark_primary(record, contact, True)

    def _mark_primary(self, record: Record, contact: Contact, primary: bool) -> None:
        contact.is_primary = primary
        self._pen.changed_contacts[contact.id] = contact
        self._log(record, CHANGED, "contact_point", contact.id, "is_primary", not primary, primary)

    def _identity(self, record: Record, identity: tuple[str, str]) -> None:
        if identity in record.identities:
            return
        self._matches.by_identity[identity] = record.id
        if self._silent:
            record.identities[identity] = 0
            self._pen.unnumbered.append((identity, record))
            return
        record.is_found_anew = True
        id_ = record.identities[identity] = self._pen.identity_ids.take()
        self._pen.identities.append((id_, record.id, *identity))
        self._log(record, CREATED, "identity", id_, identity[0], None, identity[1])

    def _tag(self, record: Record, tag: str) -> None:
        if tag not in record.tags:
            id_ = record.tags[tag] = self._tags.take()
            self._pen.tags.append((id_, record.id, tag))
            self._log(record, CREATED, "tag", id_, "", None, tag)

    def _preference(self, record: Record, preference: Preference) -> None:
        key = (preference.topic, preference.value)
        known = record.preferences.get(key)
        if known is not None:
            self._known_preference(record, known, preference)
            return
        id_ = self._preferences.take()
        at = self._tx.at if preference.at is None else preference.at
        record.preferences[key] = [id_, preference.origin, preference.source, at]
        self._pen.preferences.append((id_, record.id, *key, preference.origin, preference.source, at))
        self._log(record, CREATED, "preference", id_, preference.topic, None, preference.value)

    def _known_preference(self, record: Record, known: list[Any], preference: Preference) -> None:
        """What was concluded becomes stated when the customer says so, and never the other way."""
        id_, origin = known[:2]
        if preference.origin == "stated" and origin == "inferred":
            at = self._tx.at if preference.at is None else preference.at
            known[1:] = ["stated", preference.source, at]
            self._pen.changed_preferences[id_] = ("stated", preference.source, at, id_)
            self._log(record, CHANGED, "preference", id_, preference.topic, origin, "stated")

    def _values(self, record: Record, values: dict[str, Any]) -> None:
        for name, value in values.items():
            old = record.values.get(name)
            if old != value:
                record.values[name] = value
                self._unique.move(name, old, value, record.id)
                self._pen.changed_values[record.id] = record
                self._log(record, CHANGED, "field", record.id, name, old, value)

    def _choices(self, record: Record, name: str, chosen: tuple[str, ...]) -> None:
        old = record.choices.get(name, ())
        if set(old) != set(chosen):
            record.choices[name] = chosen
            self._pen.changed_choices[record.id, name] = record
            self._log(record, CHANGED, "field", record.id, name, list(old) or None, list(chosen) or None)

    def _log(
        self, record: Record, action: str, entity: str, entity_id: int, field: str, old: Any, new: Any
    ) -> None:
        if self._silent:
            return
        self._changes += 1
        self._tx.append_change(
            (
                action,
                entity,
                entity_id,
                record.id,
                field,
                as_json(old),
                as_json(new),
                self._source,
                record.uid,
            )
        )


def _is_composed(record: Record) -> bool:
    """Whether the name was put together from its parts, which it then follows."""
    return record.name in ("", display_name(record.given_name, record.family_name))
