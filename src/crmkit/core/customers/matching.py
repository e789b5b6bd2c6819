"""Finding the customer that incoming data is about, by the keys of `[matching]`; it never guesses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.customers.drafts import Prepared
from crmkit.core.customers.record import Record
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import Ambiguous, Conflict, Invalid
from crmkit.core.instants import format_instant
from crmkit.core.normalise.text import quoted
from crmkit.core.people.visibility import visible_among
from crmkit.core.phrase import joined, phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

IDENTITIES: Final = "identities"
_BY_UID: Final = (
    "SELECT uid, id FROM customer WHERE uid",
    "SELECT uid, customer_id FROM customer_alias WHERE uid",
)
_NAMED: Final = 5


class Matches:
    """Who has which uid, identity and e-mail address: on record, and by what the batch has done so far.

    `source` is where the batch comes from. Two rows of one file with different uids are two customers, also
    where they share an address: `by_email_elsewhere` leaves out whom the same file has brought.
    """

    def __init__(self, kernel: Kernel, actor: Actor, connection: sa.Connection) -> None:
        self._keys = kernel.config.matching.keys
        self._kernel = kernel
        self._connection = connection
        self._condition = kernel.visible(actor)
        self.source = ""
        self.by_uid: dict[str, int] = {}
        self.erased: dict[str, int] = {}
        self.by_identity: dict[tuple[str, str], int] = {}
        self.by_email: dict[str, list[int]] = {}
        self.by_email_elsewhere: dict[str, list[int]] = {}
        self.records: dict[int, Record] = {}
        self.unseen: set[int] = set()

    @property
    def is_narrowed(self) -> bool:
        """Whether there can be customers whom the actor does not see."""
        return self._condition is not None

    def look_up(self, batch: Iterable[Prepared]) -> set[int]:
        """Learn who on record has what the batch mentions; ids of the customers that it may be about."""
        batch = list(batch)
        uids = sorted({each.uid for each in batch if each.uid is not None and each.draft.id is None})
        if uids:
            self._uids(uids)
        self._identities(batch)
        self._emails(batch)
        if uids:
            self._elsewhere()
        ids = {prepared.draft.id for prepared in batch if prepared.draft.id is not None}
        ids.update(self.by_identity.values(), self.by_uid.values())
        for owners in (*self.by_email.values(), *self.by_email_elsewhere.values()):
            ids.update(owners[:_NAMED])
        return ids - self._hide(ids)

    def learn(self, address: str, record: Record) -> None:
        """A customer has an e-mail address since now."""
        self.by_email.setdefault(address, []).append(record.id)
        if record.source != self.source:
            self.by_email_elsewhere.setdefault(address, []).append(record.id)

    def now_of(self, ids: set[int]) -> dict[int, int]:
        """Who those of `ids` are now that were merged into somebody whom the actor sees."""
        select = "SELECT id, customer_id FROM customer_alias WHERE id"
        found: dict[int, int] = dict(rows_among(self._connection, select, ids))
        if self._condition is None or not found:
            return found
        seen = visible_among(self._connection, self._kernel, self._condition, set(found.values()))
        return {former: id_ for former, id_ in found.items() if id_ in seen}

    def find(self, prepared: Prepared) -> Record | None:
        """The customer that the draft is about, None for a new one.

        Raises `Ambiguous` and `Conflict`; `Invalid` for somebody who was erased.
        """
        if prepared.uid is not None and (found := self._by_uid(prepared.uid)) is not None:
            return found
        for key in self._keys:
            found = self._by_identities(prepared) if key == IDENTITIES else self._by_email(prepared)
            if found is not None:
                return found
        return None

    def require_new(self, uid: str | None) -> None:
        """Raise `Conflict` unless no customer has this uid, `Invalid` where its customer was erased."""
        if uid is not None and (found := self._by_uid(uid)) is not None:
            raise taken(("uid", uid), found)

    def _by_uid(self, uid: str) -> Record | None:
        holder = self.by_uid.get(uid)
        if holder is not None:
            if holder in self.unseen:
                raise taken(("uid", uid), None)
            return self.records[holder]
        if (at := self.erased.get(uid)) is not None:
            raise Invalid(
                phrase(
                    "The customer {uid} was erased on {moment} and does not come back with a file",
                    uid=uid,
                    moment=format_instant(at, self._kernel.tz)[:10],
                ),
                hint="Who is a customer anew gets a new number: leave the uid out of the row.",
            )
        return None

    def _uids(self, uids: list[str]) -> None:
        """Who has these uids, or was merged into whom; which of them were erased."""
        for select in _BY_UID:
            wanted = [uid for uid in uids if uid not in self.by_uid]
            self.by_uid.update((row[0], row[1]) for row in rows_among(self._connection, select, wanted))
        unknown = {uid for uid in uids if uid not in self.by_uid}
        if unknown:
            from crmkit.core.privacy.erasure import erased_among

            self.erased.update(erased_among(self._kernel, self._connection, unknown))

    def _elsewhere(self) -> None:
        """Who has the addresses, without those whom the same file has brought."""
        owners = sorted({owner for owners in self.by_email.values() for owner in owners})
        select = "SELECT id FROM customer WHERE source = ? AND id"
        same = {row[0] for row in rows_among(self._connection, select, owners, self.source)}
        for address, each in self.by_email.items():
            self.by_email_elsewhere[address] = [owner for owner in each if owner not in same]

    def _identities(self, batch: list[Prepared]) -> None:
        wanted: dict[str, set[str]] = {}
        for prepared in batch:
            for scheme, value in prepared.identities:
                wanted.setdefault(scheme, set()).add(value)
        select = 'SELECT "value", customer_id FROM identity WHERE scheme = ? AND "value"'
        for scheme, values in wanted.items():
            for value, customer_id in rows_among(self._connection, select, sorted(values), scheme):
                self.by_identity[scheme, value] = customer_id

    def _emails(self, batch: list[Prepared]) -> None:
        if "email" not in self._keys:
            return
        settled = self.by_identity.keys() if self._keys[0] == IDENTITIES else frozenset()
        wanted = {
            contact.normalised
            for prepared in batch
            if prepared.draft.id is None
            and prepared.uid not in self.by_uid
            and settled.isdisjoint(prepared.identities)
            for contact in prepared.contacts
            if contact.kind == "email"
        }
        select = "SELECT normalised, customer_id FROM contact_point WHERE kind = 'email' AND normalised"
        for address, customer_id in rows_among(self._connection, select, sorted(wanted)):
            self.by_email.setdefault(address, []).append(customer_id)

    def _hide(self, ids: set[int]) -> set[int]:
        """Those of `ids` whom the actor does not see; to them an address leads nowhere."""
        if self._condition is None or not (ids or self.by_email):
            return set()
        everybody = ids.union(*self.by_email.values())
        seen = visible_among(self._connection, self._kernel, self._condition, everybody)
        self.unseen = everybody - seen
        for known in (self.by_email, self.by_email_elsewhere):
            for address, owners in list(known.items()):
                known[address] = [owner for owner in owners if owner in seen]
        return self.unseen

    def _by_identities(self, prepared: Prepared) -> Record | None:
        found: dict[int, tuple[str, str]] = {}
        for identity in prepared.identities:
            holder = self.by_identity.get(identity)
            if holder is not None:
                found.setdefault(holder, identity)
        if not found:
            return None
        for holder, identity in found.items():
            if holder in self.unseen:
                raise taken(identity, None)
        if len(found) > 1:
            names = joined(phrase(" and "), (f"{scheme}:{value}" for scheme, value in found.values()))
            raise self._ambiguous(phrase("{names} belong to different customers", names=names), list(found))
        return self.records[next(iter(found))]

    def _by_email(self, prepared: Prepared) -> Record | None:
        known = self.by_email if prepared.uid is None else self.by_email_elsewhere
        candidates: dict[int, str] = {}
        for contact in prepared.contacts:
            if contact.kind == "email":
                for owner in known.get(contact.normalised, ()):
                    candidates.setdefault(owner, contact.normalised)
        if not candidates:
            return None
        if len(candidates) > 1:
            address = next(iter(candidates.values()))
            raise self._ambiguous(
                phrase("{address} belongs to several customers", address=quoted(address)), list(candidates)
            )
        record = self.records[next(iter(candidates))]
        return None if _contradicts(record, prepared) else record

    def _ambiguous(self, what: str, ids: list[int]) -> Ambiguous:
        ids.sort()
        named = [f"{self.records[id_].shown_name()} ({id_})" for id_ in ids[:_NAMED] if id_ in self.records]
        told = ", ".join(named)
        if more := len(ids) - len(named):
            told = phrase("{named} and {count} more", named=told, count=more)
        return Ambiguous(
            phrase("{what}: {named}", what=what, named=told),
            hint="Say which customer is meant, by an id or an identity that only one has.",
            candidates=ids,
        )


def _contradicts(record: Record, prepared: Prepared) -> bool:
    """Whether another number in the same scheme says that an address is shared by two different customers."""
    schemes = {scheme for scheme, _ in record.identities}
    return any(scheme in schemes for scheme, _ in prepared.identities)


def taken(identity: tuple[str, str], holder: Record | None) -> Conflict:
    """The error for an identity that somebody else has."""
    scheme, value = identity
    who = (
        phrase("{name} ({holder})", name=holder.shown_name(), holder=holder.id)
        if holder
        else phrase("a customer whom you do not see")
    )
    return Conflict(
        phrase("{value} belongs to {who}", value=quoted(f"{scheme}:{value}"), who=who),
        hint=phrase("See who has it: crm show {scheme}:{value}", scheme=scheme, value=value),
        holder=holder.id if holder else None,
    )
