"""Notes: who is mentioned, who follows whom, what is pinned, and what is new for each of us."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Capability, Check, Job, Service, lazily

if TYPE_CHECKING:
    from crmkit.plugins.collaborative.settings import Settings

_HERE: Final = "crmkit.plugins.collaborative.notes"
_MINUTE: Final = 60.0


def _services(_settings: Settings) -> Iterable[Service]:
    for name in (f"{_HERE}.feed:Feed", f"{_HERE}.following:Following", f"{_HERE}.pins:Pins"):
        yield Service(name, lazily(name))


def _jobs(settings: Settings) -> Iterable[Job]:
    if settings.notes.digest is not None:
        yield Job(
            name="digest",
            every=_MINUTE,
            run=partial(lazily(f"{_HERE}.digest:send_due"), settings.notes.digest),
            doc="Tells employees by e-mail what they have not read",
        )


def _checks(settings: Settings) -> Iterable[Check]:
    if settings.notes.leave_out:
        yield Check(
            name="leave_out",
            doc="Whether what feeds leave out are types of interactions",
            run=partial(lazily(f"{_HERE}.checks:unknown"), settings.notes.leave_out),
            of_settings=True,
        )
    if settings.notes.digest is not None:
        yield Check(
            name="digest",
            doc="Whether a channel can write to employees",
            run=lazily(f"{_HERE}.checks:no_channel"),
        )


NOTES: Final = Capability(
    name="notes",
    tables=lazily(f"{_HERE}.tables:add_tables"),
    services=_services,
    jobs=_jobs,
    checks=_checks,
    after_interactions=lazily(f"{_HERE}.hearing:after_interactions"),
    remarks=lazily(f"{_HERE}.hearing:remarks"),
    today=lazily(f"{_HERE}.due:mentions"),
    profile=lazily(f"{_HERE}.shown:pinned"),
)
