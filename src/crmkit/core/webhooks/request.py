"""A request to one of the webhooks of `crm.toml`, before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from crmkit.core.errors import NotFound
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config.webhooks import WebhookDeclaration
    from crmkit.core.crm import Crm


@frozen
class WebhookRequest:
    """What is sent: to which of `[webhooks]`, under which id, by which the other side knows a repetition."""

    webhook: str
    id: str
    body: bytes


def declared(crm: Crm, name: str) -> WebhookDeclaration:
    """The webhook with this name. Raises `NotFound`."""
    known = crm.config.webhooks
    if name not in known:
        there = (
            phrase("There are: {known}", known=", ".join(known))
            if known
            else phrase("Declare it: [webhooks.{name}]", name=name)
        )
        raise NotFound(
            phrase("There is no webhook {name}", name=quoted(name)),
            hint=did_you_mean(name, known, there),
        )
    return known[name]
