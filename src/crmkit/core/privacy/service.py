"""`crm.privacy`: people's requests, what is kept of them, holds, restriction, erasure and retention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Final

from crmkit.core.access import record_access
from crmkit.core.customers.references import resolve
from crmkit.core.instants import local_date
from crmkit.core.language import N_
from crmkit.core.model.people import Actor
from crmkit.core.model.privacy import (
    ErasurePreview,
    ErasureReceipt,
    LegalHold,
    PrivacyRequest,
    RetentionDue,
    RetentionReceipt,
)
from crmkit.core.people.current import allowed
from crmkit.core.privacy import holds as holding
from crmkit.core.privacy import register

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.privacy.values import PrivacyExport
    from crmkit.core.store.unit import Transaction

MANAGE: Final = "privacy.manage"
Ref = int | str


class Privacy:
    """What people may ask about their data, for one actor; everything needs `privacy.manage`.

    A reference is an id, a uid, an e-mail address, a phone number, `scheme:value` or a name. Methods that
    take one raise `NotFound` or `Ambiguous`.
    """

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def requests(self, *, all_: bool = False, overdue: bool = False) -> Sequence[PrivacyRequest]:
        """Open requests, those due first at the top; with `all_` also those that were settled.

        Who does not see everybody reads those of customers whom they see.
        """
        table = self._kernel.tables.privacy_request
        with self._unit() as (tx, actor):
            conditions = [*self._kernel.seen(actor, table.c.customer_id)]
            if not all_ or overdue:
                conditions.append(table.c.state == register.OPEN)
            if overdue:
                conditions.append(table.c.due_on < local_date(tx.at, self._kernel.tz).isoformat())
            found = register.requests(self._kernel, tx.connection, *conditions)
            record_access(tx, "read", N_("privacy requests"), customers=len({each.uid for each in found}))
            return found

    def request(
        self,
        customer: Ref,
        kind: str,
        *,
        received_at: int | None = None,
        channel: str = "",
        note: str = "",
        due_on: date | None = None,
    ) -> PrivacyRequest:
        """Enter what a customer asked: `access`, `erasure`, `restriction`, `objection` or `portability`.

        It is due one month after `received_at` (now, when None), or as `[privacy] days` says. An objection
        withdraws all marketing at once, and keeps their addresses from it should they come back. Raises
        `Invalid`.
        """
        with self._unit() as (tx, actor):
            customer_id = resolve(tx.connection, self._kernel, actor, customer)
            request = register.add_request(
                self._kernel, tx, customer_id, kind,
                received_at=received_at, channel=channel, note=note, due=due_on,
            )  # fmt: skip
            if kind == "objection":
                self._object(tx, request)
            return request

    def _object(self, tx: Transaction, request: PrivacyRequest) -> None:
        from crmkit.core.privacy.erasing import hashes_of
        from crmkit.core.privacy.objecting import object_to_marketing
        from crmkit.core.store.suppression import ensure_key, suppress

        assert request.customer_id is not None
        source = f"request:{request.id}"
        object_to_marketing(
            self._kernel, tx, request.customer_id, request.uid, source=source, evidence=request.channel
        )
        hashes = hashes_of(tx.connection, ensure_key(tx.connection), request.customer_id)
        suppress(tx.connection, hashes, reason="objection", at=tx.at, actor=tx.actor.name, renew=True)

    def settle(self, number: int, *, refused: bool = False, outcome: str = "") -> PrivacyRequest:
        """Close request `number` as done, or as refused for the reason `outcome`.

        Raises `NotFound`, `Conflict` when it was settled before, `Invalid` for a refusal without a reason.
        """
        state = register.REFUSED if refused else register.DONE
        with self._unit() as (tx, actor):
            return register.settle_request(self._kernel, tx, actor, number, state=state, outcome=outcome)

    def holds(self, *, all_: bool = False) -> Sequence[LegalHold]:
        """Holds that are in force; with `all_` also those that were lifted or ran out."""
        with self._unit() as (tx, actor):
            theirs = self._kernel.seen(actor, self._kernel.tables.legal_hold.c.customer_id)
            found = holding.holds(self._kernel, tx.connection, *theirs, at=None if all_ else tx.at)
            record_access(tx, "read", N_("legal holds"), customers=len({each.customer_id for each in found}))
            return found

    def hold(self, customer: Ref, reason: str, *, until: date | None = None) -> LegalHold:
        """Keep a customer from being erased, until a day or until the hold is lifted. Raises `Invalid`."""
        with self._unit() as (tx, actor):
            customer_id = resolve(tx.connection, self._kernel, actor, customer)
            return holding.add_hold(self._kernel, tx, customer_id, reason, until)

    def lift_hold(self, number: int) -> LegalHold:
        """End hold `number`. Raises `NotFound`, and `Conflict` when it was lifted before."""
        with self._unit() as (tx, actor):
            return holding.lift_hold(self._kernel, tx, actor, number)

    def restrict(self, customer: Ref, *, lift: bool = False, request: int | None = None) -> int:
        """Keep a customer's data but do not use it, or lift that; the customer's id.

        While it lasts nobody writes to them and exports leave them out. `request` is settled by it. Raises
        `Conflict` when it is so already.
        """
        from crmkit.core.privacy.restricting import set_restricted

        with self._unit() as (tx, actor):
            customer_id = resolve(tx.connection, self._kernel, actor, customer)
            set_restricted(self._kernel, tx, customer_id, restricted=not lift)
            self._answered(tx, actor, request)
            return customer_id

    def export(self, customer: Ref, *, request: int | None = None) -> PrivacyExport:
        """Everything that is kept of a customer, for themselves: `to_json()` and `to_html()` make documents.

        `request` is settled by it. Raises `PluginError` when a plugin cannot hand out what it keeps outside
        of the database.
        """
        from crmkit.core.privacy import exporting

        found = exporting.export(self._kernel, self._actor, customer)
        if request is not None:
            with self._unit() as (tx, actor):
                self._answered(tx, actor, request)
        return found

    def preview(self, customer: Ref) -> ErasurePreview:
        """What erasing a customer would do, table by table; nothing is erased."""
        from crmkit.core.privacy import erasure

        return erasure.preview(self._kernel, self._actor, customer)

    def erase(self, customer: Ref, *, reason: str = "request", request: int | None = None) -> ErasureReceipt:
        """Erase a customer for good: all that is theirs, and of everybody who was merged into them.

        What happened stays, without who and what was said; their addresses are remembered as keyed hashes,
        so that marketing leaves them alone should they come back. `reason` is one of `ERASE_REASONS`;
        `request` (their open request for erasure, when None) is settled by it. Cannot be undone, and is a
        unit of work of its own. Raises `Conflict` while a legal hold is in force or when a plugin refuses,
        `TryAgain` when others keep writing to the customer.
        """
        from crmkit.core.privacy import erasure

        return erasure.erase(self._kernel, self._actor, customer, reason=reason, request=request)

    def scrub(self) -> bool:
        """Rid the database's files of what was erased, if that was not possible yet; whether it is done.

        On PostgreSQL it looks whether the tables were rewritten; `rewrite` does that.
        """
        from crmkit.core.privacy import scrubbing

        with self._unit():
            pass
        return scrubbing.scrub(self._kernel)

    def rewrite(self) -> Sequence[str]:
        """On PostgreSQL: rewrite the tables whose files still hold what was erased; their names.

        Each is locked meanwhile.
        """
        from crmkit.core.privacy import scrubbing

        with self._unit():
            pass
        return scrubbing.rewrite_files(self._kernel)

    def retention(self) -> Sequence[RetentionDue]:
        """What the periods of `[retention]` say is due."""
        from crmkit.core.privacy import retention

        return retention.due(self._kernel, self._actor)

    def apply_retention(self) -> RetentionReceipt:
        """Blank interactions whose period is over, and erase customers of whom nothing was heard."""
        from crmkit.core.privacy import retention

        return retention.apply(self._kernel, self._actor)

    def _answered(self, tx: Transaction, actor: Actor, request: int | None) -> None:
        if request is not None:
            register.settle_request(self._kernel, tx, actor, request, state=register.DONE, outcome="")

    @contextmanager
    def _unit(self) -> Iterator[tuple[Transaction, Actor]]:
        with self._kernel.unit(self._actor) as tx:
            yield tx, allowed(self._kernel, tx.connection, self._actor, MANAGE)
