"""The SMS plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from crmkit.plugin import (
    JSON,
    Channel,
    Check,
    InteractionType,
    PluginTables,
    Rate,
    Route,
    Tables,
    hookimpl,
    lazily,
)
from crmkit_sms.model import Stopped, Undelivered

if TYPE_CHECKING:
    from crmkit_sms.settings import Settings


@hookimpl
def crmkit_register_interaction_words(settings: Settings) -> Iterable[Channel | InteractionType]:
    """The channel, which delivers once there is a gateway, and what is heard of messages."""
    yield Channel(
        name="sms",
        doc="Text messages to a phone",
        label="SMS",
        contact_kind="phone",
        deliver=lazily("crmkit_sms.delivery:deliver") if settings.delivers else None,
        at_once=1,
        rates=partial(_rates, settings.rate),
        ready=lazily("crmkit_sms.checks:check_gateway"),
    )
    yield InteractionType(
        name="undelivered",
        doc="A text message did not arrive",
        label="SMS not delivered",
        payload=Undelivered,
        summary=lambda payload: payload.reason,
        contact=False,
    )
    yield InteractionType(
        name="stopped",
        doc="The customer wants no more text messages",
        label="SMS stopped",
        payload=Stopped,
        summary=lambda payload: payload.text,
    )


@hookimpl
def crmkit_register_tables(tables: Tables) -> PluginTables:
    """What was sent, and what it costs."""
    from crmkit_sms.tables import build

    return PluginTables(build(tables), Path(__file__).parent / "migrations", fresh=True)


@hookimpl
def crmkit_register_routes() -> Iterable[Route]:
    """The door at which the gateway reports."""
    receive = lazily("crmkit_sms.incoming:receive")
    yield Route(
        method="POST", path="/sms/gateway", handle=receive, doc="Reports of the SMS gateway", accepts=(JSON,),
        per_minute=3_000,
    )  # fmt: skip


@hookimpl
def crmkit_register_checks() -> Iterable[Check]:
    """Whether messages can be sent."""
    check = lazily("crmkit_sms.checks:check_gateway")
    yield Check(name="gateway", doc="Text messages can be sent", run=check)


def _rates(per_second: float, _address: str) -> tuple[Rate, ...]:
    """One rate for all numbers: the gateway's. At once goes what would go within a second."""
    return (Rate(key="gateway", per_second=per_second, burst=max(1, ceil(per_second))),)
