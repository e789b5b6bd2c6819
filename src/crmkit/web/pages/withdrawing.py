"""What the link for unsubscribing does to the record, and what takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crmkit.core.customers.consent import GRANTED, WITHDRAWN, latest
from crmkit.core.privacy.objecting import object_to_marketing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit.core.crm import Crm
    from crmkit.core.model.customer import Consent
    from crmkit.web.pages.letter import Letter

SOURCE: Final = "unsubscribe page"
# Long enough for whoever sees what they did; too short for whom the message is forwarded to.
_MISTAKE: Final = 3_600_000_000


def stop(crm: Crm, letter: Letter, *, how: str) -> None:
    """Withdraw the consent that the message was sent by, once."""
    if crm.consent.state(letter.customer_id, letter.purpose, letter.channel) != WITHDRAWN:
        crm.consent.withdraw(
            letter.customer_id, letter.purpose, letter.channel, source=SOURCE, evidence=f"{letter.ref}, {how}"
        )


def stop_all(crm: Crm, letter: Letter, *, how: str, source: str = SOURCE) -> None:
    """Withdraw all marketing by every channel."""
    with crm.transaction() as tx:
        uid = crm.customers.get(letter.customer_id).uid
        object_to_marketing(
            crm.kernel, tx, letter.customer_id, uid, source=source, evidence=f"{letter.ref}, {how}"
        )


def is_fresh(crm: Crm, letter: Letter) -> bool:
    """Whether this message's link withdrew something so lately that it can be taken back."""
    return bool(_lately(crm, letter, crm.consent.show(letter.customer_id)))


def take_back(crm: Crm, letter: Letter, *, how: str) -> bool:
    """Grant again what this message's link withdrew within the last hour, and nothing else; whether it did.

    Who withdrew in another way, or had never agreed, stays as they are.
    """
    with crm.transaction():
        history = crm.consent.show(letter.customer_id)
        lately = _lately(crm, letter, history)
        for consent in lately:
            before = _before(history, consent)
            if before is not None and before.state == GRANTED:
                crm.consent.grant(
                    letter.customer_id, consent.purpose, consent.channel, source=SOURCE,
                    wording_version=before.wording_version, evidence=f"{letter.ref}, {how}",
                )  # fmt: skip
    return bool(lately)


def _lately(crm: Crm, letter: Letter, history: Sequence[Consent]) -> list[Consent]:
    since = crm.clock.now() - _MISTAKE
    return [
        consent
        for consent in latest(history).values()
        if consent.state == WITHDRAWN
        and consent.source == SOURCE
        and consent.evidence.partition(",")[0] == letter.ref
        and consent.at >= since
    ]


def _before(history: Sequence[Consent], last: Consent) -> Consent | None:
    """What was said before on the same purpose and channel."""
    same = [each for each in history if (each.purpose, each.channel) == (last.purpose, last.channel)]
    earlier = same[: same.index(last)]
    return earlier[-1] if earlier else None
