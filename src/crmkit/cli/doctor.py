"""`crm doctor`: what is wrong with the machinery, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import click

from crmkit.cli.findings import show_findings
from crmkit.cli.options import shows
from crmkit.cli.state import State, pass_state
from crmkit.core.language import _, ngettext

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.jobs import Check, Finding

# Microseconds. What is no older is on its way: a worker looks every second, and a job of it may take some.
_FRESH: Final = 60_000_000


@click.command()
@shows
@pass_state
def doctor(state: State) -> None:
    """Find out what is wrong: with the installation, the database's place, plugins and what they check.

    Quick; crm db check reads the whole database. Exits with 6 when there is an error or a warning.
    """
    findings = list(_findings(state.crm))
    show_findings(state, findings, _("All is well."))


def _findings(crm: Crm) -> Iterator[Finding]:
    from crmkit.core.duplicates.checking import library_findings

    yield from _plugins(crm)
    yield from _observers(crm)
    yield from _jobs(crm)
    yield from _store(crm)
    yield from library_findings(crm.config)
    for check in crm.kernel.loaded.checks:
        yield from _asked(crm, check)


def _plugins(crm: Crm) -> Iterator[Finding]:
    from crmkit.core.deprecated_uses import findings_of_plugins
    from crmkit.core.jobs import Finding
    from crmkit.core.plugins.admin import statuses

    for status in statuses(crm.kernel):
        if status.state in ("missing", "broken", "set_aside"):
            yield Finding("error", status.reason, status.hint)
    yield from findings_of_plugins(crm.kernel)


def _observers(crm: Crm) -> Iterator[Finding]:
    """Observers that fail or have not seen all; those of plugins that are not loaded get nothing anyway."""
    unseen: Counter[str] = Counter()
    loaded = {(observer.plugin, observer.hook) for observer in crm.kernel.observers.all}
    for plugin, hook, behind, error, is_quarantined in crm.kernel.observers.lag():
        if is_quarantined or ((plugin, hook) in loaded and error):
            yield _observed(plugin, hook, behind, error, is_quarantined=is_quarantined)
        elif (plugin, hook) in loaded and behind > 0:
            unseen[plugin] += behind
    if unseen:
        since = crm.kernel.observers.unseen_since()
        yield _behind(unseen, is_fresh=since is None or crm.clock.now() - since < _FRESH)


def _behind(unseen: Mapping[str, int], *, is_fresh: bool) -> Finding:
    """All that wait for the worker, said once: one pass of it is for all of them."""
    from crmkit.core.jobs import Finding

    each = ", ".join(
        _("{plugin} has {entries} to see yet", plugin=plugin, entries=_entries(count))
        for plugin, count in unseen.items()
    )
    if is_fresh:
        return Finding("note", each, _("They are new, and seen at the next pass of crm worker."))
    return Finding("warning", each, _("Let it run: crm worker, or now and then crm worker --once"))


def _entries(count: int) -> str:
    return ngettext("{count} entry", "{count} entries", count)


def _observed(plugin: str, hook: str, behind: int, error: str | None, *, is_quarantined: bool) -> Finding:
    from crmkit.core.jobs import Finding

    who, unseen = _("{hook} of {plugin}", hook=hook, plugin=plugin), _entries(behind)
    why = f": {error}" if error else ""
    if is_quarantined:
        message = _("{who} is quarantined, {unseen} behind{why}", who=who, unseen=unseen, why=why)
        return Finding("warning", message, _("Bring it back: crm plugins resume {plugin}", plugin=plugin))
    message = _(
        "{who} failed and waits to be tried again, {unseen} behind{why}", who=who, unseen=unseen, why=why
    )
    return Finding(
        "warning", message, _("Try it now: crm plugins resume {plugin}, crm worker --once", plugin=plugin)
    )


def _jobs(crm: Crm) -> Iterator[Finding]:
    """What the worker could not do at its last turn."""
    from crmkit.core.jobs import Finding
    from crmkit.core.worker import Worker

    for name, times, error in Worker(crm.kernel).failing():
        again = ngettext(
            "Job {job} failed {count} time in a row: {error}",
            "Job {job} failed {count} times in a row: {error}",
            times,
            job=name,
            error=error,
        )
        said = (
            again if times > 1 else _("The last turn of the job {job} failed: {error}", job=name, error=error)
        )
        yield Finding("warning", said, _("It is tried again at its next turn: crm worker"))


def _store(crm: Crm) -> Iterator[Finding]:
    from crmkit.core.store.check import check_drive, check_sqlite_version
    from crmkit.core.store.readers import check_readers

    path = crm.kernel.store.path
    if path is not None:
        yield from check_drive(path)
        yield from check_readers(path)
        yield from check_sqlite_version()


def _asked(crm: Crm, check: Check) -> Iterator[Finding]:
    """What a check found; that it failed is itself a finding."""
    from crmkit.core.errors import NotAllowed
    from crmkit.core.jobs import Finding

    try:
        yield from list(check.run(crm))
    except NotAllowed as error:
        message = _(
            "The check {check} of {owner} is left out: {reason}",
            check=check.name,
            owner=check.owner,
            reason=error.message,
        )
        yield Finding("note", message, _("Whoever may do so can run: crm doctor"))
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
        yield Finding(
            "error",
            _(
                "The check {check} of {owner} failed: {name}: {error}",
                check=check.name,
                owner=check.owner,
                name=type(error).__name__,
                error=error,
            ),
        )
