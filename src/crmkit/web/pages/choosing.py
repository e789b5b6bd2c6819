"""What the page of preferences does to the record: only what somebody changed on it, with where that was."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from attrs import define, field

from crmkit.core.customers.consent import GRANTED
from crmkit.core.customers.drafts import Drafts
from crmkit.core.customers.saving import Batch

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.customer import Customer
    from crmkit.web.pages.letter import Letter
    from crmkit.web.pages.offers import Key

SOURCE: Final = "preference page"
# A link proves for so long that whoever has it reads the mail at the address: later the message may have
# been forwarded, and whoever turns something on is asked there.
_PROOF: Final = 30 * 86_400_000_000


@define
class Outcome:
    """How many `changes` were made, and what was `asked`, or could not be (`refused`)."""

    changes: int = 0
    asked: list[Key] = field(factory=list)
    refused: list[Key] = field(factory=list)

    def add(self, other: Outcome) -> None:
        """Count in what else was done."""
        self.changes += other.changes
        self.asked += other.asked
        self.refused += other.refused


def choose(crm: Crm, letter: Letter, *, on: Collection[Key], off: Collection[Key], evidence: str) -> Outcome:
    """Grant and withdraw; what stands so already is left as it is."""
    outcome, current = Outcome(), crm.consent.current(letter.customer_id)
    granted = {key for key, said in current.items() if said.state == GRANTED}
    wanted = sorted(set(on) - granted)
    asking = [key for key in wanted if _needs_asking(crm, letter, *key)]
    for key in asking:
        outcome.add(_asked(crm, letter, key, evidence))
    note = f"{letter.ref}, {evidence}"
    for key in (key for key in wanted if key not in asking):
        crm.consent.grant(letter.customer_id, *key, source=SOURCE, evidence=note)
        outcome.changes += 1
    for key in sorted(set(off) & granted):
        crm.consent.withdraw(letter.customer_id, *key, source=SOURCE, evidence=note)
        outcome.changes += 1
    return outcome


def _asked(crm: Crm, letter: Letter, key: Key, evidence: str) -> Outcome:
    note = f"{letter.ref}, {evidence}"
    asked = crm.consent.ask(letter.customer_id, *key, source=SOURCE, evidence=note)
    if asked.effect is None:
        return Outcome(refused=[key])
    return Outcome(changes=1, asked=[key])


def _needs_asking(crm: Crm, letter: Letter, purpose: str, channel: str) -> bool:
    """Whether a purpose that wants to be confirmed is not proved to be wanted by the link itself.

    Whoever has the link reads the mail at the address to which it went: that is all that a message with
    another link would prove. So it counts for that channel, while the address is theirs and the message new.
    """
    if not crm.words.purposes[purpose].confirm:
        return False
    kind = crm.words.channels[channel].contact_kind
    points = crm.customers.get(letter.customer_id).contact_points
    is_theirs = any(point.kind == kind and point.normalised == letter.address for point in points)
    is_new = crm.clock.now() - letter.sent_at <= _PROOF
    return not (channel == letter.channel and is_theirs and is_new)


def set_attributes(crm: Crm, customer: Customer, values: dict[str, str | None]) -> int:
    """Note how somebody wants to be written to; how much of it is new."""
    with crm.transaction() as tx:
        batch = Batch(crm.kernel, crm.actor, tx, Drafts(crm.kernel), 1)
        record = batch.known(customer.id)
        changes = sum(
            batch.changing.set_attribute(record, name, value, SOURCE) for name, value in values.items()
        )
        batch.finish()
    return changes
