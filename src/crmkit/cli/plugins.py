"""`crm plugins`: what extends this CRM, and taking it in and out of use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from crmkit.cli.column import Column
from crmkit.cli.db import upgrade_database
from crmkit.cli.groups import Noun
from crmkit.cli.new_plugin import new
from crmkit.cli.options import asks, lists, rehearses, shows, writes
from crmkit.cli.plain import plain
from crmkit.cli.plugin_checks import check
from crmkit.cli.plugin_names import unknown
from crmkit.cli.state import State, pass_state
from crmkit.cli.tables import padded, width
from crmkit.cli.terminal import safe
from crmkit.core.language import N_, _, ngettext, number, translated
from crmkit.core.phrase import shown

if TYPE_CHECKING:
    from crmkit.core.plugins.plugins import PluginStatus
    from crmkit.core.store.upgrade import UpgradeReport

_STATES: Final = {
    "loaded": N_("loaded"),
    "disabled": N_("disabled"),
    "set_aside": N_("set aside"),
    "broken": N_("broken"),
    "missing": N_("missing"),
    "available": N_("available"),
    "uninstalled": N_("uninstalled"),
}
_COLUMNS = (
    Column("name", "Plugin", style="bold", fixed=True),
    Column("state", fixed=True, shown=lambda state: translated(_STATES.get(state, state))),
    Column("version"),
    Column("about", wrap=True),
)


@click.group(cls=Noun)
def plugins() -> None:
    """What extends this CRM. A plugin that does not work is set aside and named; the rest goes on."""


@plugins.command("list")
@lists
@pass_state
def list_(state: State) -> None:
    """List every plugin: in use, set aside, installed or gone."""
    rows = [_row(status) for status in _statuses(state)]
    state.output.rows(_COLUMNS, rows, empty=_("No plugin is installed."))
    if state.rescued.plugins.safe and not state.no_plugins:
        state.output.say(_("They were not imported: the database lacks what they need. Run: crm db upgrade"))


def _statuses(state: State) -> list[PluginStatus]:
    from crmkit.core.plugins.admin import statuses

    return statuses(state.rescued.kernel)


def _row(status: PluginStatus) -> dict[str, Any]:
    row: dict[str, Any] = plain(status)
    stopped = _("quarantined: {hooks}", hooks=", ".join(status.quarantined)) if status.quarantined else ""
    row["about"] = stopped or shown(status.reason or "") or translated(status.title, status.name)
    return row


@plugins.command()
@click.argument("name")
@shows
@pass_state
def info(state: State, name: str) -> None:
    """Show what plugin NAME is, brings and keeps."""
    status = _status(state, name)
    if state.output.is_json:
        state.output.json(plain(status))
        return
    lines = [(translated(label), value) for label, value in _described(status) if value]
    widest = max(width(label) for label, _value in lines)
    for label, value in lines:
        state.output.data(f"{padded(label, max(widest + 2, 12))}{safe(value)}")


def _described(status: PluginStatus) -> tuple[tuple[str, Any], ...]:
    """What is known of a plugin, line by line."""
    return (
        (N_("Plugin"), f"{status.name} {status.version}".strip()),
        (N_("Title"), translated(status.title, status.name)),
        (N_("State"), translated(_STATES.get(status.state, status.state))),
        (N_("Why"), shown(status.reason or "")),
        (N_("What to do"), shown(status.hint or "")),
        (N_("Words"), status.words),
        (N_("Hooks"), status.hooks),
        (N_("Quarantined"), status.quarantined),
        (N_("Tables"), status.tables),
    )


def _status(state: State, name: str) -> PluginStatus:
    found = {status.name: status for status in _statuses(state)}
    if name not in found:
        raise unknown(name, found)
    return found[name]


plugins.add_command(check)
plugins.add_command(new)


@plugins.command()
@click.argument("name")
@writes
@pass_state
def enable(state: State, name: str) -> None:
    """Put plugin NAME into use, in crm.toml, and add its tables to an SQLite database.

    Where more is to be done, or other programs are at work on PostgreSQL, it names the command.
    """
    from crmkit.core.config import ConfigEdit
    from crmkit.core.plugins.admin import enable as run

    crm = state.rescued
    changed = run(crm.kernel, crm.actor, ConfigEdit(state.config_file), name)
    said = N_("{name} is in use now") if changed else N_("{name} was in use already")
    found = _would_do(state)
    lacking = None if found is None or found.nothing else found
    can_add = crm.kernel.store.is_sqlite and crm.actor.may("database.manage")
    is_added = can_add and lacking is not None and _is_all_of(lacking, name)
    if is_added:
        upgrade_database(state, dry_run=False)
    state.output.receipt(
        _(said, name=name),
        undo=f"crm plugins disable {name}" if changed else "",
        reference=name,
        record={"plugin": name, "upgraded": is_added},
    )
    if found is not None and name in found.left_out:
        state.output.warn(safe(shown(found.left_out[name]), lines=True))
    if is_added:
        state.output.say("  " + _("Its tables were added to the database."))
    elif lacking is not None:
        state.output.say("  " + _("The database lacks what it needs: {command}", command="crm db upgrade"))


def _would_do(state: State) -> UpgradeReport | None:
    """What an upgrade would do now; None where it cannot be told."""
    from crmkit.core.errors import CrmError

    try:
        return upgrade_database(state, dry_run=True)
    except CrmError:
        return None


def _is_all_of(lacking: UpgradeReport, plugin: str) -> bool:
    """Whether nothing is lacking but tables of the plugin, and things that are new in those of others."""
    return all(step.owner == plugin for step in lacking.steps) and all(
        sentence.endswith("was added") for sentence in (*lacking.fields, *lacking.records)
    )


@plugins.command()
@click.argument("name")
@writes
@pass_state
def disable(state: State, name: str) -> None:
    """Set plugin NAME aside, in crm.toml; its place, settings and data stay."""
    from crmkit.core.config import ConfigEdit
    from crmkit.core.plugins.admin import disable as run

    crm = state.rescued
    changed = run(crm.kernel, crm.actor, ConfigEdit(state.config_file), name)
    done = (
        _("{name} is disabled now; its data stays", name=name)
        if changed
        else _("{name} was disabled already", name=name)
    )
    _receipt(state, name, done, f"crm plugins enable {name}" if changed else "")


@plugins.command()
@click.argument("name")
@writes
@pass_state
def uninstall(state: State, name: str) -> None:
    """Take plugin NAME out of crm.toml; its data stays, readable and exportable."""
    from crmkit.core.config import ConfigEdit
    from crmkit.core.plugins.admin import uninstall as run

    crm = state.rescued
    run(crm.kernel, crm.actor, ConfigEdit(state.config_file), name)
    _receipt(
        state, name, _("{name} is no longer in use; its data stays", name=name), f"crm plugins enable {name}"
    )
    state.output.say("  " + _("To delete its data too: crm plugins purge {name}", name=name))


@plugins.command()
@click.argument("name")
@writes
@pass_state
def resume(state: State, name: str) -> None:
    """Bring the hooks of plugin NAME back from quarantine; they get what they missed."""
    from crmkit.core.plugins.admin import resume as run

    lifted = run(state.crm.kernel, state.crm.actor, name)
    if not lifted:
        _receipt(state, name, _("No hook of {name} was quarantined", name=name), "")
        return
    _receipt(
        state,
        name,
        _(
            "{name} is back; what it missed is delivered with the next write, or by: crm worker --once",
            name=name,
        ),
        "",
    )


@plugins.command()
@click.argument("name")
@asks
@rehearses
@writes
@pass_state
def purge(state: State, name: str, dry_run: bool) -> None:
    """Delete everything that plugin NAME keeps here; it must be out of use. Only a backup brings it back."""
    from crmkit.core.plugins.admin import preview_purge
    from crmkit.core.plugins.admin import purge as run

    crm = state.rescued
    found = preview_purge(crm.kernel, crm.actor, name)
    contents = _contents(found)
    record = {"purge": plain(found)}
    if dry_run:
        state.output.preview("\n".join([_("A purge would delete:"), *contents, *_kept(found)]), record)
        return
    state.output.say("\n".join([_("To be deleted with {name}:", name=safe(name)), *contents, *_kept(found)]))
    state.confirm(
        ngettext(
            "Delete {count} row or value for good?", "Delete {count} rows and values for good?", found.rows
        )
    )
    run(crm.kernel, crm.actor, name)
    state.output.receipt(
        ngettext(
            "Purged {name}: {count} row or value deleted",
            "Purged {name}: {count} rows and values deleted",
            found.rows,
            name=name,
        ),
        reference=name,
        record=record,
    )


def _contents(found: Any) -> list[str]:
    lines = [
        "  " + ngettext("table {table}: {count} row", "table {table}: {count} rows", rows, table=safe(table))
        for table, rows in found.tables
    ]
    lines += [
        "  "
        + ngettext("field {field}: {count} value", "field {field}: {count} values", values, field=safe(field))
        for field, values in found.fields
    ]
    return lines or ["  " + _("nothing but what is remembered of it")]


def _kept(found: Any) -> list[str]:
    kept = found.interactions_kept
    return [_("The log keeps its interactions: {kept}", kept=number(kept))] if kept else []


@plugins.command()
@click.argument("name")
@writes
@pass_state
def replay(state: State, name: str) -> None:
    """Let the observers of plugin NAME start again at the beginning of the logs."""
    from crmkit.core.plugins.admin import replay as run

    run(state.crm.kernel, state.crm.actor, name)
    _receipt(state, name, _("{name} starts over; it is delivered by: crm worker --once", name=name), "")


def _receipt(state: State, name: str, done: str, undo: str) -> None:
    state.output.receipt(done, undo=undo, reference=name, record={"plugin": name})
