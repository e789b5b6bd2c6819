"""Rows of a file into customer drafts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from crmkit.core.customers.drafts import Drafts
from crmkit.core.errors import CrmError, Invalid
from crmkit.core.exchange.consents import ConsentRows, Said
from crmkit.core.exchange.formulas import unguarded
from crmkit.core.exchange.lists import parted
from crmkit.core.exchange.mapping import FileMapping, require_somebody
from crmkit.core.exchange.marks import with_primary, with_verified
from crmkit.core.exchange.reading_words import language, stage, yes_or_no
from crmkit.core.exchange.targets import ADDRESS, ATTRIBUTES
from crmkit.core.exchange.tie_words import SaidTie, read_tie
from crmkit.core.exchange.written import day_as_written, is_month_first, moment_as_written
from crmkit.core.ids import is_uid
from crmkit.core.instants import parse_instant
from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity, Preference
from crmkit.core.phrase import as_phrase, phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

# The bound keeps a hostile file from filling the memory.
_REMEMBERED: Final = 20_000


class Beside(NamedTuple):
    """What a row says beside the customer: an employer, ties to others, consents."""

    organization: str = ""
    ties: tuple[SaidTie, ...] = ()
    consents: tuple[Said, ...] = ()


NOTHING = Beside()


class CustomerRows:
    """Makes drafts of rows; where each value stands was found out once."""

    def __init__(self, crm: Crm, mapping: FileMapping) -> None:
        self._people = crm.people
        self._drafts = Drafts(crm.kernel)
        self._keys = crm.config.matching.keys
        self._owners: dict[str, int | CrmError] = {}
        readers = self._readers()
        columns = [(name, mapping.column(name)) for name in ATTRIBUTES]
        self._attributes = [
            (i, *readers.get(name, (name, str.strip))) for name, i in columns if i is not None
        ]
        self._points = [
            (i, kind, label) for kind in ("email", "phone", "handle") for i, label in mapping.named(kind)
        ]
        self._addresses = _addresses(mapping)
        self._identities = mapping.named("identity")
        self._month_first = is_month_first(crm.config.crs)
        ways = {"date": day_as_written, "datetime": moment_as_written}
        days = {each.name: ways[each.type] for each in crm.words.fields if each.type in ways}
        self._fields = [(i, name) for i, name in mapping.named("field") if name not in days]
        self._days = [(i, name, days[name]) for i, name in mapping.named("field") if name in days]
        self._preferences = [
            (i, topic, origin)
            for kind, origin in (("preference", "stated"), ("inferred", "inferred"))
            for i, topic in mapping.named(kind)
        ]
        self._tags = mapping.columns("tag")
        self._primary = mapping.column("primary")
        self._verified = mapping.column("verified")
        self._tz, self._clock = crm.kernel.tz, crm.clock
        # How many rows had a uid of some other make, since somebody asked last.
        self.strange_uids = 0
        self._consents = ConsentRows(crm, mapping)
        self._organization = mapping.column("organization")
        self._ties = mapping.named("relationship")
        self.says_more = bool(self._consents or self._ties or self._organization is not None)
        require_somebody(mapping)

    def draft(self, cells: list[str]) -> CustomerDraft:
        """The draft of one row; empty cells say nothing. Raises `Invalid`."""
        values: dict[str, Any] = {}
        for i, attribute, read in self._attributes:
            if text := cells[i]:
                values[attribute] = read(text)
        points = self._contact_points(cells)
        if self._addresses:
            points += self._postal(cells)
        if self._primary is not None and (text := cells[self._primary]):
            points = with_primary(points, parted(text))
        if self._verified is not None and (text := cells[self._verified]):
            points = with_verified(points, parted(text), self._instant)
        values["contact_points"] = tuple(points)
        if self._identities:
            values["identities"] = tuple(
                [Identity(scheme, text) for i, scheme in self._identities if (text := cells[i].strip())]
            )
        if self._fields:
            values["fields"] = {name: text for i, name in self._fields if (text := cells[i].strip())}
        if self._days:
            said = {
                name: as_written(text, self._month_first)
                for i, name, as_written in self._days
                if (text := cells[i].strip())
            }
            values["fields"] = {**values.get("fields", {}), **said}
        if self._preferences:
            values["preferences"] = tuple(
                Preference(topic=topic, value=value, origin=origin)
                for i, topic, origin in self._preferences
                for value in parted(cells[i])
            )
        if self._tags:
            values["tags"] = tuple([tag for i in self._tags for tag in parted(cells[i])])
        return CustomerDraft(**values)

    def beside(self, cells: list[str]) -> Beside:
        """What a row says beside the customer. Raises `Invalid`."""
        organization = "" if self._organization is None else cells[self._organization].strip()
        ties = tuple([read_tie(kind, text) for i, kind in self._ties for text in parted(cells[i])])
        consents = self._consents.said(cells) if self._consents else ()
        return Beside(organization, ties, consents) if organization or ties or consents else NOTHING

    def has_key(self, draft: CustomerDraft) -> bool:
        """Whether there is anything by which the customer could be found again."""
        if draft.uid or (draft.identities and "identities" in self._keys):
            return True
        return "email" in self._keys and any(point.kind == "email" for point in draft.contact_points)

    def check(self, draft: CustomerDraft) -> None:
        """Raise `Invalid` where saving the draft would."""
        self._drafts.prepare(draft)

    def _contact_points(self, cells: list[str]) -> list[ContactPoint]:
        points: list[ContactPoint] = []
        for i, kind, label in self._points:
            text = cells[i].strip()
            if not text:
                continue
            if kind == "email" and text.count("@") > 1:
                points += [ContactPoint(kind=kind, value=each, label=label) for each in parted(text)]
            else:
                points.append(ContactPoint(kind=kind, value=text, label=label))
        return points

    def _postal(self, cells: list[str]) -> list[ContactPoint]:
        points = []
        for label, parts in self._addresses:
            said = {part: text for part, i in parts if (text := cells[i].strip())}
            if said:
                value = said.pop("value", "")
                points.append(_address(label, value, said))
        return points

    def _readers(self) -> dict[str, tuple[str, Callable[[str], Any]]]:
        """Attributes of a draft that are called otherwise, or are no text."""
        return {
            "is_organization": ("is_organization", yes_or_no),
            "owner": ("owner_id", self._owner),
            "lifecycle": ("lifecycle", stage),
            "locale": ("locale", language),
            "uid": ("uid", self._uid),
            "archived_at": ("archived_at", self._since),
            "restricted_at": ("restricted_at", self._since),
        }

    def _uid(self, text: str) -> str | None:
        plain = text.strip()
        if is_uid(plain):
            return plain
        self.strange_uids += bool(plain)
        return None

    def _since(self, text: str) -> int | None:
        """An instant; now for yes, and nothing for no."""
        try:
            return self._clock.now() if yes_or_no(text) else None
        except Invalid:
            return self._instant(text)

    def _instant(self, text: str) -> int:
        return parse_instant(moment_as_written(text, self._month_first), self._tz, self._clock.now())

    def _owner(self, text: str) -> int | None:
        if not text.strip():
            return None
        found = self._owners.get(text)
        if found is None:
            if len(self._owners) >= _REMEMBERED:
                self._owners.clear()
            found = self._owners[text] = self._employee(text.strip())
        if isinstance(found, CrmError):
            raise found
        return found

    def _employee(self, name: str) -> int | CrmError:
        try:
            return self._people.get(name).id
        except CrmError as error:
            hint = phrase(
                '{hint}; add them: crm people employees add "{name}"', hint=as_phrase(error.hint), name=name
            )
            return Invalid(error.message, hint=hint)


def plain_cells(cells: list[str]) -> list[str]:
    """The cells without the apostrophe by which an export keeps a spreadsheet from working them out."""
    return [unguarded(cell) if cell[:1] == "'" else cell for cell in cells]


def _addresses(mapping: FileMapping) -> list[tuple[str, list[tuple[str, int]]]]:
    """The postal addresses of a row: label, and where each part stands; `value` is the whole as text."""
    found: dict[str, list[tuple[str, int]]] = {}
    for part, kind in (("value", "address"), *((part, f"address.{part}") for part in ADDRESS)):
        for i, name in mapping.named(kind):
            # Several whole addresses are several, several parts are one.
            key = name if part != "value" or (part, name) not in _taken(found) else f"{name}#{i}"
            found.setdefault(key, []).append((part, i))
    # In the order of the file: the first one becomes the primary one.
    ordered = sorted(found.items(), key=lambda each: min(i for _, i in each[1]))
    return [(key.partition("#")[0], parts) for key, parts in ordered]


def _taken(found: dict[str, list[tuple[str, int]]]) -> set[tuple[str, str]]:
    return {(part, key) for key, parts in found.items() for part, _ in parts}


def _address(label: str, value: str, parts: dict[str, Any]) -> ContactPoint:
    return ContactPoint(kind="address", label=label, value=value, **parts)
