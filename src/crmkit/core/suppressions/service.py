"""`crm.suppressions`: addresses that are not written to, for what reason and until when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from crmkit.core.access import record_access
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.language import N_
from crmkit.core.model.suppression import (
    ALL,
    REASONS,
    SCOPES,
    SOFT_BOUNCES,
    Strike,
    Suppression,
    SuppressionCount,
)
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise import quoted
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase
from crmkit.core.store.suppression import Listing, ensure_key, keyed_hash, suppression_key
from crmkit.core.suppressions.addresses import nameless, normalised, owned_addresses
from crmkit.core.suppressions.entries import all_entries, end, enter, entries_of
from crmkit.core.suppressions.strikes import LIMIT, REST, add_strike, clear_strikes

if TYPE_CHECKING:
    from pathlib import Path

    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

WRITE: Final = "consent.write"
READ: Final = "customers.read"
EXPORT: Final = "customers.export"


@frozen(kw_only=True)
class Suppressed:
    """An address to be put on the list, as `Suppressions.add` takes it.

    With `renews` an objection counts from `at` on, also where one stands already: who agreed meanwhile does
    not any more.
    """

    kind: str
    address: str
    reason: str
    purpose: str = ""
    scope: str | None = None
    until: int | None = None
    note: str = ""
    at: int | None = None
    renews: bool = True


class Suppressions:
    """The list of addresses that are not written to, for one actor.

    A kind is that of a contact point: `email`, `phone`, `address` or `handle`. The list keeps keyed hashes,
    so nobody can read addresses from it; an address need not be a customer's. Whatever it says is asked when
    a plan is made, when it is applied and when each message is handed over: it holds at once.
    """

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def add(
        self,
        kind: str,
        address: str,
        *,
        reason: str,
        purpose: str = "",
        scope: str | None = None,
        until: int | None = None,
        note: str = "",
        at: int | None = None,
    ) -> Suppression:
        """Put an address on the list; the entry that stands then, which may have stood before.

        `reason` is one of `REASONS`; `purpose` narrows it to one purpose; `scope` is `all` or `marketing`, by
        the reason when None. It holds from `at` (now) until `until` (for ever), instants. Addresses in `note`
        are left out. Needs consent.write. Raises `Invalid`, and `NotFound` for the purpose.
        """
        given = Suppressed(
            kind=kind, address=address, reason=reason, purpose=purpose, scope=scope, until=until, note=note,
            at=at,
        )  # fmt: skip
        return self.add_all([given])[0][0]

    def add_all(self, given: Iterable[Suppressed]) -> Sequence[tuple[Suppression, bool]]:
        """Put many on the list, all or none: (the entry that stands, whether it is new) of each."""
        with self._kernel.unit(self._actor) as tx:
            actor = allowed(self._kernel, tx.connection, self._actor, WRITE)
            key = ensure_key(tx.connection)
            found = []
            for each in given:
                address = normalised(self._kernel, each.kind, each.address)
                listing = self._listing(tx, actor, each, keyed_hash(key, each.kind, address), address)
                found.append(enter(tx, listing, address, renews=each.renews))
            return found

    def lift(
        self, kind: str, address: str, *, because: str, reason: str | None = None, purpose: str | None = None
    ) -> Sequence[Suppression]:
        """Take an address off the list, for all reasons and purposes or for one; what was lifted.

        Why is kept. It gives no consent back. Needs consent.write. Raises `Invalid`, and `NotFound` where
        nothing stands.
        """
        if not because.strip():
            raise Invalid("Why is it lifted?", hint='Say so: --because "They wrote that it works again"')
        if reason is not None:
            _known(reason)
        with self._kernel.unit(self._actor) as tx:
            allowed(self._kernel, tx.connection, self._actor, WRITE)
            point = kind, normalised(self._kernel, kind, address)
            standing = [
                each
                for each in entries_of(tx.connection, [point], tx.at).get(point, [])
                if reason in (None, each.reason) and purpose in (None, each.purpose)
            ]
            if not standing:
                raise NotFound(
                    phrase(
                        "{address} is not on the list for {reason}", address=quoted(point[1]), reason=reason
                    )
                    if reason
                    else phrase("{address} is not on the list", address=quoted(point[1])),
                    hint=phrase("What stands: crm suppressions show {point}", point=point[1]),
                )
            why = nameless(kind, because, point[1])
            for each in standing:
                end(tx, each, why)
            done = {"lifted_at": tx.at, "lifted_by": tx.actor.name, "because": why}
            return tuple(evolve(each, **done) for each in standing)  # type: ignore[arg-type]

    def state(self, kind: str, address: str, *, at: int | None = None) -> tuple[Suppression, ...]:
        """What stands against an address now, or stood at an instant, oldest first. Raises `Invalid`."""
        now = self._kernel.clock.now() if at is None else at
        return tuple(self._entries(kind, address, now))

    def history(self, kind: str, address: str) -> tuple[Suppression, ...]:
        """All that ever stood against an address, oldest first. Raises `Invalid`."""
        return tuple(self._entries(kind, address, None))

    def _entries(self, kind: str, address: str, now: int | None) -> Sequence[Suppression]:
        point = kind, normalised(self._kernel, kind, address)
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            return entries_of(connection, [point], now).get(point, [])

    def list(
        self, *, reason: str | None = None, kind: str | None = None, all_: bool = False
    ) -> Sequence[Suppression]:
        """The list, newest first; with `all_` also what was lifted or is over.

        `address` is known only where a customer whom the actor sees has it. Entries of addresses that only
        others have are left out.
        """
        conditions = {"reason": _known(reason) if reason else None, "kind": kind}
        given = {name: value for name, value in conditions.items() if value}
        with self._kernel.reading() as connection:
            actor = allowed(self._kernel, connection, self._actor, READ)
            key = suppression_key(connection)
            standing_at = None if all_ else self._kernel.clock.now()
            entries = all_entries(connection, given, standing_at=standing_at)
            if key is None or not entries:
                return ()
            kinds = {each.kind for _, each in entries}
            owned = owned_addresses(self._kernel, connection, actor, key, kinds)
            if self._kernel.visible(actor) is not None:
                anybodys = owned_addresses(self._kernel, connection, self._kernel.house, key, kinds)
                entries = [each for each in entries if each[0] in owned or each[0] not in anybodys]
        return tuple(
            evolve(each, address=owned[digest].address, customer_id=owned[digest].customer_id)
            if digest in owned
            else each
            for digest, each in entries
        )

    def export(self, path: Path) -> tuple[int, int]:
        """Write what stands against customers' addresses to a CSV file: (how many, how many are left out).

        Left out is what nobody on record, or nobody whom the actor sees, has the address of. The access log
        notes it. Needs customers.export. Raises `StoreError` for a file that cannot be written.
        """
        from crmkit.core.suppressions.taking_out import write_csv

        with self._kernel.unit(self._actor) as tx:
            allowed(self._kernel, tx.connection, self._actor, EXPORT)
            entries = self.list()
            known = [each for each in entries if each.address is not None]
            people = len({each.customer_id for each in known})
            record_access(tx, "export", N_("suppressions"), customers=people)
        write_csv(path, known, self._kernel.tz)
        return len(known), len(entries) - len(known)

    def counts(self) -> Sequence[SuppressionCount]:
        """How many addresses stand on the list, by kind, reason, scope and purpose; most first."""
        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            entries = all_entries(connection, {}, standing_at=self._kernel.clock.now())
        found = Counter((each.kind, each.reason, each.scope, each.purpose) for _, each in entries)
        return tuple(
            SuppressionCount(kind=key[0], reason=key[1], scope=key[2], purpose=key[3], addresses=number)
            for key, number in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        )

    def strike(self, kind: str, address: str, weight: float = 1.0, *, at: int | None = None) -> Strike:
        """Count a delivery that failed for a reason that may pass.

        Each adds `weight` to a score that halves every seven days; at 3.0 the address is left alone for
        fourteen days (`soft-bounces`). Needs consent.write. Raises `Invalid`.
        """
        if not 0 < weight <= LIMIT:
            raise Invalid(
                phrase("The weight {weight} is not above 0 and at most {limit:g}", weight=weight, limit=LIMIT)
            )
        with self._kernel.unit(self._actor) as tx:
            allowed(self._kernel, tx.connection, self._actor, WRITE)
            name = normalised(self._kernel, kind, address)
            when = tx.at if at is None else min(at, tx.at)
            digest = keyed_hash(ensure_key(tx.connection), kind, name)
            score = add_strike(tx, kind, digest, weight, when)
            if score < LIMIT:
                return Strike(score=score)
            note = f"{score:.1f} failed deliveries of late"
            found = self.add(kind, name, reason=SOFT_BOUNCES, until=when + REST, note=note, at=when)
            return Strike(score=score, suppression=found)

    def clear_strikes(self, kind: str, address: str) -> bool:
        """A message arrived: forget the failures before; whether there were any. Needs consent.write."""
        with self._kernel.unit(self._actor) as tx:
            allowed(self._kernel, tx.connection, self._actor, WRITE)
            name = normalised(self._kernel, kind, address)
            return clear_strikes(tx, keyed_hash(ensure_key(tx.connection), kind, name))

    def of_customers(self, ids: Collection[int]) -> dict[int, tuple[Suppression, ...]]:
        """What stands now against the addresses of customers, by id; those with nothing are left out."""
        from crmkit.core.suppressions.reading import standing_of

        with self._kernel.reading() as connection:
            allowed(self._kernel, connection, self._actor, READ)
            return standing_of(connection, ids, self._kernel.clock.now())

    def _listing(
        self, tx: Transaction, actor: Actor, given: Suppressed, digest: str, address: str
    ) -> Listing:
        reason = _known(given.reason)
        purpose = self._kernel.words.purposes[given.purpose].name if given.purpose else ""
        scope = given.scope or (REASONS[reason][1] if not purpose else "marketing")
        if scope not in SCOPES:
            raise Invalid(
                phrase("{scope} is no scope", scope=quoted(scope)),
                hint=phrase("There are: {scopes}", scopes=", ".join(SCOPES)),
            )
        if purpose and scope == ALL:
            raise Invalid("What keeps everything away is not for one purpose", hint="Leave the purpose out.")
        at = tx.at if given.at is None else given.at
        if at > tx.at:
            raise Invalid("An address cannot be on the list since the future", hint="Check the date.")
        if given.until is not None and given.until <= at:
            raise Invalid("It would be over before it begins", hint="Check the date.")
        return Listing(
            kind=given.kind, digest=digest, reason=reason, at=at, actor=actor.name, purpose=purpose,
            scope=scope, until=given.until, note=nameless(given.kind, given.note, address),
        )  # fmt: skip


def _known(reason: str) -> str:
    if reason not in REASONS:
        raise NotFound(
            phrase("There is no reason {reason}", reason=quoted(reason)),
            hint=did_you_mean(reason, REASONS),
        )
    return reason
