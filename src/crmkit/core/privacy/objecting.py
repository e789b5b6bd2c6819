"""Marketing that somebody does not want: withdrawn at once, also for an address that comes back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from crmkit.core.customers.changing import as_json
from crmkit.core.customers.consent import WITHDRAWN, consents_of, latest
from crmkit.core.language import N_
from crmkit.core.model.suppression import YIELDING
from crmkit.core.store.bulk import Row, insert_rows, reserve
from crmkit.core.store.suppression import HASHED_KINDS
from crmkit.core.suppressions.entries import any_listed, entries_of

if TYPE_CHECKING:
    from crmkit.core.customers.record import Contact, Record
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

SUPPRESSION: Final = "suppression"
_ASKED: Final = N_("asked not to be contacted")
_COLUMNS: Final = (
    "id", "customer_id", "purpose", "channel", "state", "at", "source", "wording_version", "evidence",
    "actor",
)  # fmt: skip
# (customer id, purpose, channel)
Way = tuple[int, str, str]


def heed_suppressions(
    kernel: Kernel,
    tx: Transaction,
    contacts: Sequence[tuple[int, Contact]],
    records: Mapping[int, Record],
) -> None:
    """Withdraw marketing to new addresses of which somebody asked that they not be written to, or that were
    erased. What else is on the list stands whatever anybody agrees to.

    The address may have come back by an import or by hand after its owner was erased, or objected. Who
    agrees anew is heard: the later word on a purpose counts.
    """
    if not any_listed(tx.connection):
        return
    points = {(each.kind, each.normalised) for _, each in contacts if each.kind in HASHED_KINDS}
    listed = entries_of(tx.connection, points, tx.at)
    ways = sorted(
        {
            (id_, purpose, channel)
            for id_, each in (contacts if listed else ())
            for entry in listed.get((each.kind, each.normalised), ())
            if entry.reason in YIELDING
            for purpose, channel in marketing_ways(kernel, (each.kind,))
            if entry.purpose in ("", purpose)
        }
    )
    uids = {id_: records[id_].uid for id_, _, _ in ways}
    withdraw(kernel, tx, ways, uids, source=SUPPRESSION, evidence=_ASKED)


def marketing_ways(kernel: Kernel, kinds: Collection[str]) -> list[tuple[str, str]]:
    """(purpose, channel) of all marketing that reaches people at contact points of these kinds."""
    return [
        (purpose.name, channel.name)
        for purpose in kernel.words.purposes
        if purpose.type == "marketing"
        for channel in kernel.words.channels
        if channel.contact_kind in kinds
    ]


def object_to_marketing(
    kernel: Kernel, tx: Transaction, customer_id: int, uid: str, *, source: str, evidence: str
) -> int:
    """Withdraw all marketing to a customer by every channel; how many consents that took."""
    kinds = {channel.contact_kind for channel in kernel.words.channels if channel.contact_kind}
    current = latest(consents_of(tx.connection, [customer_id]))
    marketing = {purpose.name for purpose in kernel.words.purposes if purpose.type == "marketing"}
    ways = {*marketing_ways(kernel, kinds), *(key for key in current if key[0] in marketing)}
    stand = {key for key, consent in current.items() if consent.state == WITHDRAWN}
    left = [(customer_id, purpose, channel) for purpose, channel in sorted(ways - stand)]
    withdraw(kernel, tx, left, {customer_id: uid}, source=source, evidence=evidence)
    return len(left)


def withdraw(
    kernel: Kernel,
    tx: Transaction,
    ways: Sequence[Way],
    uids: Mapping[int, str],
    *,
    source: str,
    evidence: str,
) -> None:
    """Append to the consent history that these customers do not agree, with an entry of the change log
    each."""
    if not ways:
        return
    numbers = reserve(tx.connection, "consent", "id", len(ways))
    insert_rows(tx.connection, "consent", _COLUMNS, list(_rows(kernel, tx, ways, numbers, source, evidence)))
    for number, (customer_id, purpose, channel) in zip(numbers, ways, strict=True):
        said = as_json({"purpose": purpose, "channel": channel, "state": WITHDRAWN})
        origin = uids[customer_id]
        tx.append_change(("created", "consent", number, customer_id, purpose, None, said, source, origin))


def _rows(
    kernel: Kernel,
    tx: Transaction,
    ways: Sequence[Way],
    numbers: Iterable[int],
    source: str,
    evidence: str,
) -> Iterable[Row]:
    for number, (customer_id, purpose, channel) in zip(numbers, ways, strict=True):
        word = kernel.words.purposes.get(purpose)
        yield (
            number, customer_id, purpose, channel, WITHDRAWN, tx.at, source,
            word.wording_version if word else None, evidence, tx.actor.name,
        )  # fmt: skip
