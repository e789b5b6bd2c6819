"""Rows of a file into customer drafts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.customers.drafts import Drafts
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.exchange.mapping import FileMapping
from crmkit.core.exchange.targets import ADDRESS, ATTRIBUTES
from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity, Preference
from crmkit.core.normalise.text import quoted

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

_YES: Final = frozenset(("yes", "y", "true", "t", "1", "on", "x"))
_NO: Final = frozenset(("no", "n", "false", "f", "0", "off"))


class CustomerRows:
    """Makes drafts of rows; where each value stands was found out once."""

    def __init__(self, crm: Crm, mapping: FileMapping) -> None:
        self._people = crm.people
        self._drafts = Drafts(crm.kernel)
        self._keys = crm.config.matching.keys
        self._owners: dict[str, int] = {}
        readers = self._readers()
        columns = [(name, mapping.column(name)) for name in ATTRIBUTES]
        self._attributes = [
            (i, *readers.get(name, (name, str.strip))) for name, i in columns if i is not None
        ]
        self._points = [(i, kind) for kind in ("email", "phone", "handle") for i in mapping.columns(kind)]
        self._whole_addresses = mapping.columns("address")
        parts = [(part, mapping.column(f"address.{part}")) for part in ADDRESS]
        self._address = [(part, i) for part, i in parts if i is not None]
        self._identities = mapping.named("identity")
        self._fields = mapping.named("field")
        self._preferences = mapping.named("preference")
        self._tags = mapping.columns("tag")
        _require_something(mapping)

    def draft(self, cells: list[str]) -> CustomerDraft:
        """The draft of one row; empty cells say nothing. Raises `Invalid`."""
        values: dict[str, Any] = {}
        for i, attribute, read in self._attributes:
            if text := cells[i]:
                values[attribute] = read(text)
        if self._points:
            values["contact_points"] = [
                ContactPoint(kind=kind, value=text) for i, kind in self._points if (text := cells[i].strip())
            ]
        if self._identities:
            values["identities"] = tuple(
                [Identity(scheme, text) for i, scheme in self._identities if (text := cells[i].strip())]
            )
        if self._fields:
            values["fields"] = {name: text for i, name in self._fields if (text := cells[i].strip())}
        self._add_rest(values, cells)
        return CustomerDraft(**values)

    def has_key(self, draft: CustomerDraft) -> bool:
        """Whether there is anything by which the customer could be found again."""
        if draft.identities and "identities" in self._keys:
            return True
        return "email" in self._keys and any(point.kind == "email" for point in draft.contact_points)

    def check(self, draft: CustomerDraft) -> None:
        """Raise `Invalid` where saving the draft would."""
        self._drafts.prepare(draft)

    def _add_rest(self, values: dict[str, Any], cells: list[str]) -> None:
        points = values.get("contact_points", [])
        if self._address and (
            parts := {part: text for part, i in self._address if (text := cells[i].strip())}
        ):
            points.append(_address(parts))
        for i in self._whole_addresses:
            if text := cells[i].strip():
                points.append(ContactPoint(kind="address", value=text))
        values["contact_points"] = tuple(points)
        if self._preferences:
            values["preferences"] = tuple(
                Preference(topic=topic, value=text)
                for i, topic in self._preferences
                if (text := cells[i].strip())
            )
        if self._tags:
            written = ",".join([cells[i] for i in self._tags]).replace(";", ",")
            values["tags"] = tuple(tag for tag in written.split(",") if tag.strip())

    def _readers(self) -> dict[str, tuple[str, Callable[[str], Any]]]:
        """Attributes of a draft that are called otherwise, or are no text."""
        return {
            "organization": ("is_organization", _yes_or_no),
            "owner": ("owner_id", self._owner),
            "lifecycle": ("lifecycle", lambda text: text.strip().lower()),
        }

    def _owner(self, text: str) -> int | None:
        if not text.strip():
            return None
        if text not in self._owners:
            try:
                self._owners[text] = self._people.get(text.strip()).id
            except NotFound as error:
                raise Invalid(error.message, hint=error.hint) from None
        return self._owners[text]


def _address(parts: dict[str, Any]) -> ContactPoint:
    return ContactPoint(kind="address", value="", **parts)


def _yes_or_no(text: str) -> bool | None:
    word = text.strip().casefold()
    if word and word not in _YES and word not in _NO:
        raise Invalid(f"{quoted(text)} is neither yes nor no")
    return word in _YES if word else None


def _require_something(mapping: FileMapping) -> None:
    by = ("name", "given_name", "family_name", "email", "phone", "identity", "handle")
    if not any(mapping.columns(kind) for kind in by):
        raise Invalid(
            "No column says who the customers are",
            hint="Map one to name, email, phone or identity:SCHEME, such as: --map 'Customer=name'",
        )
