"""The action `webhook.call`: another program is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from crmkit.core.errors import NotFound
from crmkit.core.language import _
from crmkit.core.lazily import lazily
from crmkit.core.model.acting import ActionItem, Parcel
from crmkit.core.model.batches import Refusal
from crmkit.core.model.words import Action
from crmkit.core.strategy.actions.values import as_table
from crmkit.core.webhooks.request import WebhookRequest, declared

if TYPE_CHECKING:
    from crmkit.core.config.webhooks import WebhookDeclaration
    from crmkit.core.crm import Crm

NAME: Final = "webhook.call"


@frozen
class WebhookCall:
    """Which webhook, and what else it is told; values of `data` are templates."""

    webhook: str
    data: Mapping[str, Any] = field(factory=dict, converter=as_table)


def webhook_action() -> Action:
    """`webhook.call`, in rules as `webhook = "shop"`."""
    return Action(
        name=NAME, doc="Tells another program, by a signed request", params=WebhookCall,
        shorthand="webhook", rendered=("data",), check=_check, prepare=_prepare,
        perform=lazily("crmkit.core.webhooks.posting:post_all"),
        repeatable=True, says=lambda params: _("call the webhook {webhook}", webhook=params.webhook),
    )  # fmt: skip


def _check(params: WebhookCall, crm: Crm) -> None:
    declared(crm, params.webhook)


def _prepare(items: Sequence[ActionItem], crm: Crm) -> Iterator[Parcel | Refusal]:
    uids, entered = _known(items, crm)
    for index, item in enumerate(items):
        try:
            webhook = declared(crm, item.params.webhook)
        except NotFound as error:
            yield Refusal(index, error.message)
            continue
        occasion, at = entered.get(item.effect, ("", crm.clock.now()))
        said = {
            "id": item.key,
            "rule": item.rule,
            "occasion": occasion,
            "action": NAME,
            "at": _instant(at),
            "customer": uids.get(item.customer_id),
            "data": dict(item.params.data),
        }
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=str).encode()
        yield Parcel(
            index=index, to=f"webhook:{item.params.webhook}", says=_told(item, webhook, said),
            content=WebhookRequest(item.params.webhook, item.key, body),
        )  # fmt: skip


def _known(items: Sequence[ActionItem], crm: Crm) -> tuple[dict[int, str], dict[int, tuple[str, int]]]:
    """(uids of the customers, occasion and instant of the effects), by number."""
    from crmkit.core.customers.sets import rows_among

    with crm.kernel.reading() as connection:
        people = rows_among(
            connection, "SELECT id, uid FROM customer WHERE id", {item.customer_id for item in items}
        )
        uids = {row[0]: row[1] for row in people}
        effects = rows_among(
            connection,
            "SELECT id, occasion, created_at FROM effect WHERE id",
            {item.effect for item in items},
        )
        return uids, {row[0]: (row[1], row[2]) for row in effects}


def _instant(at: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at // 1_000_000, UTC).isoformat().replace("+00:00", "Z")


def _told(item: ActionItem, webhook: WebhookDeclaration, said: Mapping[str, Any]) -> str:
    from crmkit.core.webhooks.destination import parse_url

    # Behind the host there may be what only the other side should know.
    to = parse_url(webhook.url).shown if isinstance(webhook.url, str) else "an address that is kept secret"
    text = json.dumps(said, ensure_ascii=False, indent=2, default=str)
    return (
        f"Webhook: {item.params.webhook}, {to}\n\nPOST\ncontent-type: application/json\n"
        f"webhook-id: {item.key}\nwebhook-timestamp: when it is sent\nwebhook-signature: v1,…\n\n{text}\n"
    )
