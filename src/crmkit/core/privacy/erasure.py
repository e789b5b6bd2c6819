"""Erasing one person: agreed to by everybody, in one unit of work, with the ledger on the disk before it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NoReturn

import sqlalchemy as sa

from crmkit.core.access import record_access
from crmkit.core.customers.references import resolve
from crmkit.core.customers.sets import rows_among
from crmkit.core.effects.rehearsal import FOLDER, files_about
from crmkit.core.errors import Conflict, CrmError, Invalid, TryAgain
from crmkit.core.language import N_
from crmkit.core.model.people import Actor
from crmkit.core.model.privacy import (
    ERASE_REASONS,
    Elsewhere,
    ErasurePreview,
    ErasureReceipt,
    LegalHold,
)
from crmkit.core.people.current import allowed
from crmkit.core.phrase import joined, nphrase, phrase
from crmkit.core.privacy.erasing import Erased, counted, erase_rows, hashes_of, people_of
from crmkit.core.privacy.holds import holds
from crmkit.core.privacy.locking import hold, until_it_succeeds
from crmkit.core.privacy.register import DONE, get_request, open_requests, settle_request
from crmkit.core.privacy.scrubbing import scrub, to_rewrite
from crmkit.core.privacy.traces import impersonal_fields
from crmkit.core.store.ledger import Entry, Ledger, default_ledger
from crmkit.core.store.suppression import ensure_key, fingerprint

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

MANAGE: Final = "privacy.manage"


def ledger_of(kernel: Kernel) -> Ledger:
    """Where this business remembers who was erased."""
    named = kernel.config.privacy.ledger
    if named is not None:
        return Ledger(kernel.config.directory / named)
    return default_ledger(kernel.store) or Ledger(kernel.config.directory / "erasures.jsonl")


def preview(kernel: Kernel, actor: Actor, ref: int | str) -> ErasurePreview:
    """What erasing a customer would do. Nothing is kept of looking but an entry of the access log."""
    with kernel.unit(actor) as tx:
        able = allowed(kernel, tx.connection, actor, MANAGE)
        customer_id = resolve(tx.connection, kernel, able, ref)
        uids, _ = people_of(tx.connection, customer_id)
        record_access(tx, "read", N_("erasure preview"), customers=1, customer_id=customer_id)
        key = ensure_key(tx.connection)
        return ErasurePreview(
            customer_id=customer_id,
            uid=uids[0],
            tables=counted(tx.connection, customer_id),
            merged=len(uids) - 1,
            elsewhere=tuple(each.what for each in _would_agree(kernel, actor, customer_id)),
            holds=tuple(holds(kernel, tx.connection, customer_id=customer_id, at=tx.at)),
            suppressed=len(hashes_of(tx.connection, key, customer_id)),
        )


def erase(
    kernel: Kernel, actor: Actor, ref: int | str, *, reason: str, request: int | None = None
) -> ErasureReceipt:
    """Erase a customer for good; see `Privacy.erase`."""
    receipt, values = erase_one(kernel, actor, ref, reason=reason, request=request)
    return _scrubbed(kernel, receipt, values)


def erase_one(
    kernel: Kernel, actor: Actor, ref: int | str, *, reason: str, request: int | None = None
) -> tuple[ErasureReceipt, set[str]]:
    """As `erase`, and leaves scrubbing the files to the caller, who gets the values that were erased."""
    if reason not in ERASE_REASONS:
        raise Invalid(
            phrase('"{reason}" is no reason to erase somebody', reason=reason),
            hint=phrase("There are: {erase_reasons}", erase_reasons=", ".join(ERASE_REASONS)),
        )
    if kernel.current is not None:
        raise Invalid(
            "Somebody is erased in a unit of work of its own, because it cannot be undone",
            hint="Call it outside of crm.transaction().",
        )
    done = until_it_succeeds(
        kernel, lambda urgent: _in_one_unit(kernel, actor, ref, reason, request, urgent=urgent), ref
    )
    if not kernel.store.is_sqlite:
        # Not as the end of the unit: what fails after the commit must not have the erasure tried again.
        with suppress(TryAgain):
            kernel.observers.catch_up()
    return done


def _in_one_unit(
    kernel: Kernel, actor: Actor, ref: int | str, reason: str, request: int | None, *, urgent: bool
) -> tuple[ErasureReceipt, set[str]]:
    ledger = ledger_of(kernel)
    entry: Entry | None = None
    try:
        with kernel.unit(actor, deliver=kernel.store.is_sqlite) as tx:
            able = allowed(kernel, tx.connection, actor, MANAGE)
            customer_id = hold(tx.connection, kernel, able, ref, urgent=urgent)
            _require_free(kernel, tx, customer_id)
            elsewhere = _agreed(kernel, actor, tx, customer_id)
            request = _settled(kernel, tx, customer_id, reason, request)
            record_access(tx, "erase", N_("erasure"), customers=1, detail={"reason": reason})
            impersonal = impersonal_fields(kernel.words)
            erased = erase_rows(tx, customer_id, reason=reason, request=request, impersonal=impersonal)
            tx.flush()
            for each in elsewhere:
                each.erase()
            entry = _entry(tx, erased)
            # On the disk before the commit: a crash in between leaves a line for somebody who is still here,
            # and whoever restores a backup erases them then.
            ledger.append([entry])
    except BaseException:
        if entry is not None and _still_here(kernel, entry.uids[0]):
            ledger.withdraw(entry.uids)
        raise
    return _receipt(erased, tx.at, reason, elsewhere), erased.values


def _still_here(kernel: Kernel, uid: str) -> bool:
    """Whether a customer is surely there. A failure may come after the commit, or hide whether there was one;
    they stay in the ledger then."""
    try:
        with kernel.reading() as connection:
            return bool(list(rows_among(connection, "SELECT id FROM customer WHERE uid", [uid])))
    except (CrmError, sa.exc.SQLAlchemyError):
        return False


def _require_free(kernel: Kernel, tx: Transaction, customer_id: int) -> None:
    found = holds(kernel, tx.connection, customer_id=customer_id, at=tx.at)
    if found:
        _refuse_held(customer_id, found)


def _refuse_held(customer_id: int, found: Sequence[LegalHold]) -> NoReturn:
    reasons = joined(
        "; ",
        [
            phrase(
                "{reason} (hold {id}, until {until})" if hold.until else "{reason} (hold {id})",
                reason=hold.reason,
                id=hold.id,
                until=hold.until,
            )
            for hold in found
        ],
    )
    raise Conflict(
        phrase("Customer {customer_id} must be kept: {reasons}", customer_id=customer_id, reasons=reasons),
        hint=phrase(
            "When it no longer holds: crm privacy holds lift {value}. Until then: crm privacy "
            "restrict {customer_id}",
            value=found[0].id,
            customer_id=customer_id,
        ),
        holds=[hold.id for hold in found],
    )


def _agreed(kernel: Kernel, actor: Actor, tx: Transaction, customer_id: int) -> list[Elsewhere]:
    """What plugins will erase outside the database. Raises `Conflict` when one refuses."""
    customer = kernel.crm().customers.get(customer_id)
    with kernel.acting_in(tx, actor) as (crm, own):
        elsewhere, refused = kernel.hooks.before_customers_erased([customer], crm, own)
    if refused:
        reasons = joined("; ", [refusal.reason for refusal in refused])
        raise Conflict(
            phrase(
                "Customer {customer_id} cannot be erased: {reasons}", customer_id=customer_id, reasons=reasons
            )
        )
    return [*elsewhere, *_rehearsed(kernel, tx, customer_id)]


def _rehearsed(kernel: Kernel, tx: Transaction, customer_id: int) -> Iterator[Elsewhere]:
    """The letters to them that a rehearsal wrote to files."""
    files = files_about(kernel, tx.connection, customer_id)

    def erase_them() -> None:
        for path in files:
            path.unlink(missing_ok=True)

    if files:
        what = nphrase(
            "{count} of the files in {folder}/",
            "{count} of the files in {folder}/",
            len(files),
            folder=FOLDER,
        )
        yield Elsewhere(0, what, erase_them)


class _Undone(Exception):
    """Undoes what hooks wrote for a preview."""


def _would_agree(kernel: Kernel, actor: Actor, customer_id: int) -> list[Elsewhere]:
    """As `_agreed`, and nothing that a plugin writes meanwhile is kept."""
    elsewhere: list[Elsewhere] = []
    try:
        with kernel.unit(actor) as part:
            elsewhere = _agreed(kernel, actor, part, customer_id)
            raise _Undone
    except _Undone:
        return elsewhere


def _settled(
    kernel: Kernel, tx: Transaction, customer_id: int, reason: str, request: int | None
) -> int | None:
    """The request that this answers, settled; all else they asked is settled by it."""
    if request is not None and get_request(kernel, tx.connection, request).customer_id != customer_id:
        raise Invalid(
            phrase(
                "Request {request} is not customer {customer_id}'s", request=request, customer_id=customer_id
            ),
            hint="See: crm privacy requests",
        )
    waiting = open_requests(kernel, tx.connection, customer_id)
    if request is None and reason == "request":
        request = next((each.id for each in waiting if each.kind == "erasure"), None)
    for each in waiting:
        settle_request(kernel, tx, tx.actor, each.id, state=DONE, outcome="")
    return request


def _entry(tx: Transaction, erased: Erased) -> Entry:
    key = fingerprint(ensure_key(tx.connection))
    return Entry(uids=erased.uids, at=tx.at, hashes=tuple(erased.hashes), key=key)


def _receipt(erased: Erased, at: int, reason: str, elsewhere: Sequence[Elsewhere]) -> ErasureReceipt:
    return ErasureReceipt(
        number=erased.number,
        uid=erased.uids[0],
        at=at,
        reason=reason,
        tables=erased.tables,
        merged=len(erased.uids) - 1,
        elsewhere=tuple(each.what for each in elsewhere),
        suppressed=len(erased.hashes),
    )


def _scrubbed(kernel: Kernel, receipt: ErasureReceipt, values: set[str]) -> ErasureReceipt:
    from attrs import evolve

    if kernel.store.is_sqlite:
        return evolve(receipt, scrubbed=scrub(kernel, values if not receipt.merged else None))
    return evolve(receipt, rewrite=tuple(to_rewrite(kernel)))


def erased_among(kernel: Kernel, connection: sa.Connection, uids: Collection[str]) -> dict[str, int]:
    """Those of `uids` whose customers were erased, each with when; the ledger may know more than the
    database, which may have been restored."""
    found = {uid: entry.at for entry in ledger_of(kernel).entries() for uid in entry.uids if uid in uids}
    select = 'SELECT uid, "at" FROM erasure WHERE uid'
    return found | {row[0]: row[1] for row in rows_among(connection, select, sorted(uids))}


def unfinished(kernel: Kernel) -> list[str]:
    """Uids that the ledger says were erased and that are still here: their erasure was cut short."""
    uids = [uid for entry in ledger_of(kernel).entries() for uid in entry.uids]
    with kernel.reading() as connection:
        return [row[0] for row in rows_among(connection, "SELECT uid FROM customer WHERE uid", uids)]
