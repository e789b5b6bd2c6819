"""Subscriptions: what other programs are told as it happens, and feeds that they may read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Capability, Check, Job, Route, Service, lazily

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.settings import Settings

_HERE: Final = "crmkit.plugins.collaborative.subscriptions"
_DAY: Final = 86_400.0
_OFTEN: Final = 5.0


def _services(settings: Settings) -> Iterable[Service]:
    def subscriptions(crm: Crm) -> object:
        from crmkit.plugins.collaborative.subscriptions.subscriptions import Subscriptions

        return Subscriptions(crm, settings.subscriptions)

    yield Service(f"{_HERE}.subscriptions:Subscriptions", subscriptions)


def _jobs(settings: Settings) -> Iterable[Job]:
    if not settings.subscriptions:
        return
    yield Job(
        name="subscriptions",
        every=_OFTEN,
        run=partial(lazily(f"{_HERE}.passing:run"), settings.subscriptions),
        doc="Tells other programs what happened",
    )
    yield Job(
        name="subscriptions.prune",
        every=_DAY,
        run=partial(lazily(f"{_HERE}.passing:prune"), settings.subscriptions),
        doc="Forgets what other programs were told a month ago",
    )


def _checks(settings: Settings) -> Iterable[Check]:
    yield Check(
        name="subscriptions",
        doc="What other programs are told names what there is",
        run=partial(lazily(f"{_HERE}.checks:wrong"), settings.subscriptions, settings.feeds),
        of_settings=True,
    )
    yield Check(
        name="subscriptions.parked",
        doc="Whether other programs take what they are told",
        run=partial(lazily(f"{_HERE}.checks:parked"), settings.subscriptions),
    )


def _routes(settings: Settings) -> Iterable[Route]:
    if settings.feeds:
        yield Route(
            method="GET",
            path="/feed/{name}",
            handle=partial(lazily(f"{_HERE}.feeds:answer"), settings.feeds),
            doc="What happened, for a program that shows the secret of its feed",
        )


SUBSCRIPTIONS: Final = Capability(
    name="subscriptions",
    tables=lazily(f"{_HERE}.tables:add_tables"),
    services=_services,
    jobs=_jobs,
    checks=_checks,
    routes=_routes,
)
