"""`crm.webhooks`: other programs, told by signed requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.acting import Later, Performed
    from crmkit.core.model.batches import Refusal
    from crmkit.core.webhooks.request import WebhookRequest


class Webhooks:
    """The webhooks of `crm.toml`. Whoever calls them by hand reaches the world outside, rehearsal or not."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    @property
    def names(self) -> tuple[str, ...]:
        """Those that are declared."""
        return tuple(self._crm.config.webhooks)

    def call(self, requests: Iterable[WebhookRequest]) -> Iterator[Performed | Refusal | Later]:
        """Send JSON bodies, a few at once, and yield what became of each as soon as it is known: `Performed`
        with the status, `Refusal` (never again), `Later`. `index` is the place in `requests`.

        Once a webhook is out of reach its others are `Later` at once. Outside of any unit of work. Raises
        `NotAllowed` without `messages.send`.
        """
        from crmkit.core.model.acting import Parcel
        from crmkit.core.webhooks.posting import post_all

        self._crm.require("messages.send")
        parcels = (
            Parcel(index=index, to=f"webhook:{each.webhook}", says="", content=each)
            for index, each in enumerate(requests)
        )
        yield from post_all(parcels, self._crm)
