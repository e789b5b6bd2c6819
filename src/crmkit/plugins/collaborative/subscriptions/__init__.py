"""Subscriptions: what other programs are told as it happens, and feeds that they may read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Capability, Check, Job, Route, Service
from crmkit.plugins.collaborative.subscriptions.tables import add_tables

if TYPE_CHECKING:
    from crmkit.plugins.collaborative.settings import Settings


def _services(settings: Settings) -> Iterable[Service]:
    from crmkit.plugins.collaborative.subscriptions.subscriptions import Subscriptions

    yield Service(Subscriptions, lambda crm: Subscriptions(crm, settings.subscriptions))


def _jobs(settings: Settings) -> Iterable[Job]:
    from crmkit.plugins.collaborative.subscriptions.words import jobs

    return jobs(settings.subscriptions)


def _checks(settings: Settings) -> Iterable[Check]:
    from crmkit.plugins.collaborative.subscriptions.words import parked_check, settings_check

    yield settings_check(settings.subscriptions, settings.feeds)
    yield parked_check(settings.subscriptions)


def _routes(settings: Settings) -> Iterable[Route]:
    from crmkit.plugins.collaborative.subscriptions.words import feed_routes

    return feed_routes(settings.feeds)


SUBSCRIPTIONS: Final = Capability(
    name="subscriptions", tables=add_tables, services=_services, jobs=_jobs, checks=_checks, routes=_routes
)
