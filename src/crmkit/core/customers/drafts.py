"""Drafts made ready: validated, normalised, and turned into what the database keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from crmkit.core.customers.fields import to_driver
from crmkit.core.customers.record import ADDRESS_PARTS, NAMES, Contact
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.ids import is_uid
from crmkit.core.instants import zone
from crmkit.core.model.customer import (
    CONTACT_KINDS,
    LIFECYCLE_STAGES,
    ContactPoint,
    CustomerDraft,
    Preference,
)
from crmkit.core.model.words import Field
from crmkit.core.nearest import nearest
from crmkit.core.normalise import clean_text, display_name, fold
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

W = TypeVar("W")
ORIGINS: Final = ("stated", "inferred")
# What a draft may begin, and never moves: those who are archived or restricted are so since they were.
ONCE: Final = ("archived_at", "restricted_at")
_FOUND_BY: Final = frozenset({"contact_point", "identity"})
_LONGEST_TEXT: Final = 1_000
# What a value is called where it is refused.
_IDENTITY: Final = phrase("identity")
_GIVEN_NAME: Final = phrase("given name")
_FAMILY_NAME: Final = phrase("family name")
_NAME: Final = phrase("name")
_STAGE: Final = phrase("lifecycle stage")
_CONTACT_KIND: Final = phrase("kind of contact point")
_LABEL: Final = phrase("label")
_TAG: Final = phrase("tag")
_TOPIC: Final = phrase("topic")
_PREFERENCE: Final = phrase("preference")
_ORIGIN: Final = phrase("origin of a preference")
_SOURCE: Final = phrase("source")
_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*").fullmatch


class Prepared:
    """A draft that is valid: normalised, and with fields as the database keeps them.

    `attributes` are columns of the table `customer`; `values` and `choices` are by the field's stored name.
    """

    __slots__ = (
        "attributes", "choices", "contacts", "draft", "identities", "name", "preferences", "tags", "uid",
        "values",
    )  # fmt: skip

    def __init__(self, draft: CustomerDraft) -> None:
        self.draft = draft
        self.uid: str | None = None
        self.name = ""
        self.attributes: dict[str, Any] = {}
        self.contacts: list[Contact] = []
        self.identities: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.preferences: list[Preference] = []
        self.values: dict[str, Any] = {}
        self.choices: dict[str, tuple[str, ...]] = {}


class Drafts:
    """Makes drafts ready for one call; remembers what many of them have in common."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._fields: dict[str, Field] = {}
        self._schemes: dict[str, str] = {}
        self._zones: set[str] = set()
        self._normalise_email = kernel.emails.normalise
        self._normalise_phone = kernel.phones.normalise

    def prepare(self, draft: CustomerDraft) -> Prepared:
        """`draft` made ready. Raises `Invalid` with the first thing that is wrong with it."""
        ready = Prepared(draft)
        if draft.uid:
            ready.uid = _uid(draft.uid)
        self._names(draft, ready)
        if draft.contact_points:
            ready.contacts = self.contacts(draft.contact_points)
        if draft.identities:
            ready.identities = [self.identity(each.scheme, each.value) for each in draft.identities]
        if draft.tags:
            ready.tags = normalised_tags(draft.tags)
        if draft.preferences:
            ready.preferences = [self.preference(each) for each in draft.preferences]
        if draft.fields:
            self._field_values(draft, ready)
        self._attributes(draft, ready)
        return ready

    def contacts(self, points: Iterable[ContactPoint]) -> list[Contact]:
        """Contact points made ready, each once; of several primary ones of a kind the first stays primary."""
        made = [self._contact(point) for point in points]
        if len({contact.kind for contact in made}) == len(made):
            return made
        by_key: dict[tuple[str, str], Contact] = {}
        primary: dict[str, tuple[str, str]] = {}
        for contact in made:
            key = (contact.kind, contact.normalised)
            if contact.is_primary:
                primary.setdefault(contact.kind, key)
            by_key.setdefault(key, contact)
        for key, contact in by_key.items():
            contact.is_primary = primary.get(contact.kind) == key
        return list(by_key.values())

    def identity(self, scheme: str, value: str) -> tuple[str, str]:
        """The stored scheme and the cleaned value. Raises `Invalid`."""
        known = self._schemes.get(scheme)
        if known is None:
            known = self._schemes[scheme] = _word(
                self._kernel.words.identity_schemes.__getitem__, scheme
            ).name
        cleaned = _short(value, _IDENTITY)
        if not cleaned:
            raise Invalid(phrase("The identity of the scheme {scheme} has no value", scheme=quoted(scheme)))
        return known, cleaned

    def preference(self, preference: Preference) -> Preference:
        """A preference made ready. Raises `Invalid`."""
        topic, value = (
            _short(preference.topic, _TOPIC),
            _short(preference.value, _PREFERENCE),
        )
        if not topic or not value:
            raise Invalid("A preference needs a topic and a value")
        origin = one_of(preference.origin, ORIGINS, _ORIGIN)
        source = _short(preference.source, _SOURCE)
        return Preference(topic=topic, value=value, origin=origin, source=source, at=preference.at)

    def _names(self, draft: CustomerDraft, ready: Prepared) -> None:
        given = _short(draft.given_name, _GIVEN_NAME) if draft.given_name else ""
        family = _short(draft.family_name, _FAMILY_NAME) if draft.family_name else ""
        name = _short(draft.name, _NAME) if draft.name else ""
        if given:
            ready.attributes["given_name"] = given
        if family:
            ready.attributes["family_name"] = family
        if name:
            ready.attributes["name"] = name
        ready.name = name or display_name(given, family)

    def _contact(self, point: ContactPoint) -> Contact:
        kind = point.kind
        value = clean_text(point.value, what=kind)
        if kind == "email":
            normalised = self._normalise_email(value)
        elif kind == "phone":
            normalised = self._normalise_phone(value)
        elif kind == "address":
            return _address(point, value)
        else:
            one_of(kind, CONTACT_KINDS, _CONTACT_KIND)
            normalised = _handle(point, value)
        label = _short(point.label, _LABEL) if point.label else ""
        contact = Contact(kind, value, normalised, label, point.is_primary)
        contact.verified_at = point.verified_at
        return contact

    def _field_values(self, draft: CustomerDraft, ready: Prepared) -> None:
        for name, value in draft.fields.items():
            field = self._fields.get(name)
            if field is None:
                field = self._fields[name] = _word(self._kernel.words.fields.__getitem__, name)
            kept = to_driver(field, value, self._kernel)
            if field.type == "multi-choice":
                ready.choices[field.name] = kept or ()
            else:
                ready.values[field.name] = kept

    def _attributes(self, draft: CustomerDraft, ready: Prepared) -> None:
        """What few drafts carry."""
        attributes = ready.attributes
        if draft.is_organization is not None:
            attributes["is_organization"] = bool(draft.is_organization)
        if draft.owner_id is not None:
            attributes["owner_id"] = draft.owner_id
        if draft.lifecycle:
            attributes["lifecycle"] = one_of(draft.lifecycle, LIFECYCLE_STAGES, _STAGE)
        if draft.timezone:
            attributes["timezone"] = self._zone(draft.timezone)
        if draft.locale:
            attributes["locale"] = _locale(draft.locale)
        if draft.preferred_channel:
            channel = _word(self._kernel.words.channels.__getitem__, draft.preferred_channel)
            attributes["preferred_channel"] = channel.name
        if draft.customer_type:
            attributes["customer_type"] = _short(draft.customer_type, phrase("customer type"))
        if draft.preferred_time:
            attributes["preferred_time"] = _short(draft.preferred_time, phrase("preferred time"))
        for name in ONCE:
            if (at := getattr(draft, name)) is not None:
                attributes[name] = _past(at, name, self._kernel.clock.now())

    def _zone(self, name: str) -> str:
        if name not in self._zones:
            zone(name)
            self._zones.add(name)
        return name


def mentioned(batch: Iterable[Prepared]) -> frozenset[str]:
    """The parts of a record, `PARTS`, that these drafts read or write.

    Whom a draft is about is told by contact points and identities, and search knows both along with names.
    """
    parts: set[str] = set()
    for each in batch:
        is_found = each.contacts or each.identities or not NAMES.isdisjoint(each.attributes)
        if is_found or each.draft.id is None:
            parts |= _FOUND_BY
        if each.tags:
            parts.add("customer_tag")
        if each.preferences:
            parts.add("preference")
        if each.values or each.choices:
            parts.add("customer_field")
    return frozenset(parts)


def normalised_tags(tags: Iterable[str]) -> list[str]:
    """Tags as they are kept: trimmed, in NFC and lower case, each once. Raises `Invalid`."""
    if isinstance(tags, str):
        raise Invalid("Tags are several", hint='Give a tuple of them, such as ("vip",).')
    made = [_short(tag, _TAG).casefold() for tag in tags]
    if "" in made:
        raise Invalid("A tag is empty", hint="Write a word such as vip.")
    return list(dict.fromkeys(made))


def one_of(value: str, allowed: Collection[str], what: str) -> str:
    """`value`, if it is `allowed`; else `Invalid` with the nearest."""
    if value in allowed:
        return value
    known = tuple(allowed)
    near = nearest(value, known)
    hint = phrase('Did you mean "{near}"? ', near=near) if near else ""
    raise Invalid(
        phrase("{value} is not a {what}", value=quoted(value), what=what),
        hint=phrase("{hint}It is one of: {known}.", hint=hint, known=", ".join(known)),
    )


def _word(find: Callable[[str], W], name: str) -> W:
    try:
        return find(name)
    except NotFound as error:
        raise Invalid(error.message, hint=error.hint, **error.details) from None


def _short(text: str, what: str) -> str:
    cleaned = clean_text(text, what=what)
    if len(cleaned) > _LONGEST_TEXT:
        raise Invalid(
            phrase(
                "The {what} {cleaned} is {count} characters long",
                what=what,
                cleaned=quoted(cleaned, 40),
                count=len(cleaned),
            ),
            hint=phrase("It may have {longest_text} at most.", longest_text=_LONGEST_TEXT),
        )
    return cleaned


def _uid(text: str) -> str:
    if not is_uid(text):
        raise Invalid(
            phrase("{text} is not a uid", text=quoted(text)),
            hint="It is a UUID of version 7, as exports write it.",
        )
    return text.lower()


def _past(at: int, name: str, now: int) -> int:
    if type(at) is not int or not 0 < at <= now:
        raise Invalid(
            phrase("{name} is {at}: no instant of the past", name=name, at=quoted(at)),
            hint="Correct the date.",
        )
    return at


def _locale(text: str) -> str:
    if not _LOCALE(text):
        raise Invalid(
            phrase("{text} is not a language or locale", text=quoted(text)),
            hint="Write one such as pl or en_GB.",
        )
    return text


def _handle(point: ContactPoint, value: str) -> str:
    bare = value.removeprefix("@").casefold()
    if not bare:
        raise Invalid("A handle is empty", hint="Write one such as @anna, with the network as its label.")
    label = clean_text(point.label, what=_LABEL).casefold()
    return f"{label}:{bare}" if label else bare


def _address(point: ContactPoint, value: str) -> Contact:
    parts = {part: _short(getattr(point, part) or "", part) or None for part in ADDRESS_PARTS}
    written = value or ", ".join(text for text in parts.values() if text)
    normalised = fold(" ".join([text for text in parts.values() if text] or [written]))
    if not normalised:
        raise Invalid("A postal address is empty", hint="Give a street, a city or the whole address as text.")
    contact = Contact("address", written, normalised, _short(point.label, _LABEL), point.is_primary)
    for part, text in parts.items():
        setattr(contact, part, text)
    contact.verified_at = point.verified_at
    return contact
