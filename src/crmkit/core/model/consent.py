"""Double opt-in and unsubscribing: what came of them."""

from __future__ import annotations

from attrs import frozen

from crmkit.core.model.customer import Consent


@frozen(kw_only=True)
class Asked:
    """What came of asking somebody to confirm a consent.

    `state` is `asked` (a message is on its way: `effect` is its number in the ledger), `granted` where they
    agreed before, or `refused` for the `reason`, and then nothing is on record.
    """

    state: str
    customer_id: int
    purpose: str
    channel: str
    effect: int | None = None
    reason: str | None = None
    consent: Consent | None = None


@frozen(kw_only=True)
class Confirmed:
    """What came of following the link in such a message.

    `state` is `granted`; `again` where that was so already; `withdrawn` where they took it back after they
    were asked; `expired`, also where the address is theirs no more; `rehearsed`, of a message that nobody
    got; or `unknown`, where no such message is on record, or its customer was erased. Only with the first two
    is there a `consent`.
    """

    state: str
    customer_id: int | None = None
    purpose: str | None = None
    channel: str | None = None
    consent: Consent | None = None

    @property
    def is_granted(self) -> bool:
        """Whether they agree now."""
        return self.state in ("granted", "again")


@frozen(kw_only=True)
class Unsubscribed:
    """What came of unsubscribing by a message.

    `state` is `withdrawn`; `again` where it was so already; `not marketing` where the message served a
    contract or a service, which nothing stops; `unknown` where no such message is on record. `customer_id` is
    None where they were erased. `withdrawn` are the (purpose, channel) that end with it.
    """

    state: str
    customer_id: int | None = None
    purpose: str | None = None
    channel: str | None = None
    withdrawn: tuple[tuple[str, str], ...] = ()
