"""What `crm check` and the doctor ask of subscriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from crmkit import Invalid
from crmkit.plugin import Finding, joined, nphrase, phrase
from crmkit.plugins.collaborative.subscriptions.subscriptions import Subscriptions

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.subscriptions.settings import Feed, Subscription


def wrong(
    subscriptions: Mapping[str, Subscription], feeds: Mapping[str, Feed], crm: Crm
) -> Iterator[Finding]:
    """Names of webhooks and events, and conditions, that mean nothing."""
    where = "[plugins.collaborative.{}.{}]"
    for name, each in subscriptions.items():
        here = where.format("subscriptions", name)
        if each.webhook not in crm.config.webhooks:
            yield Finding(
                "error",
                phrase('{place} webhook: there is no webhook "{name}"', place=here, name=each.webhook),
                phrase("Declare it: [webhooks.{name}]", name=each.webhook),
            )  # fmt: skip
        yield from _wrong_names(crm, here, each.on)
        if each.where:
            try:
                crm.predicates.parse(each.where)
            except Invalid as error:
                yield Finding("error", joined("", (f"{here} where: ", error.message)), error.hint)
    for name, feed in feeds.items():
        yield from _wrong_names(crm, where.format("feeds", name), feed.on)


def _wrong_names(crm: Crm, here: str, names: tuple[str, ...]) -> Iterator[Finding]:
    for name in names:
        try:
            crm.events.check(name)
        except Invalid as error:
            yield Finding("error", joined("", (f"{here} on: ", error.message)), error.hint)


def parked(wanted: Mapping[str, Subscription], crm: Crm) -> Iterator[Finding]:
    """Events that nobody took."""
    for each in Subscriptions(crm, wanted).list():
        if each.parked:
            yield Finding(
                "warning",
                nphrase("{count} event was not taken by {name}", "{count} events were not taken by {name}",
                        each.parked, name=each.name),
                phrase("Look: crm webhooks show {name} --parked; again: crm webhooks retry {name}",
                       name=each.name),
            )  # fmt: skip
