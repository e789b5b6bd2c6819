"""`crm check`: is crm.toml right, and what does it mean?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from attrs import evolve

from crmkit.cli.findings import show_findings
from crmkit.cli.options import shows
from crmkit.cli.parts import opened_store
from crmkit.cli.state import State, pass_state
from crmkit.core.language import _, ngettext, translated

if TYPE_CHECKING:
    from crmkit.cli.parts import Parts
    from crmkit.core.jobs import Finding
    from crmkit.core.store.schema import SchemaState


@click.command()
@shows
@pass_state
def check(state: State) -> None:
    """Check crm.toml, the plugins and their words, and whether the database fits them.

    All problems are listed at once, each with its file and line. Exits with 5 when crm.toml cannot be used,
    with 6 when something else is wrong.
    """
    config = state.config
    with opened_store(state) as parts:
        from crmkit.core.segments.checking import predicate_error

        # What a plugin would have brought is missed everywhere: the plugin is what is wrong.
        error = None if any(_broken(parts)) else predicate_error(parts.kernel)
        if error is not None:
            raise error
        findings = list(_findings(parts))
        counts = (len(parts.words.fields), len(parts.words.interaction_types), len(parts.plugins.loaded))
    fields, types, plugins = counts
    said = _(
        "{path} is right: {fields}, {types}, {plugins}.",
        path=config.path.name,
        fields=ngettext("{count} field", "{count} fields", fields),
        types=ngettext("{count} interaction type", "{count} interaction types", types),
        plugins=ngettext("{count} plugin", "{count} plugins", plugins),
    )
    show_findings(state, findings, said)


def _findings(parts: Parts) -> Iterator[Finding]:
    from crmkit.core.deprecated_uses import findings_of_file, findings_of_plugins
    from crmkit.core.jobs import Finding
    from crmkit.core.store.schema import schema_state

    broken = [*_broken(parts)]
    yield from broken
    schema = schema_state(parts.store, parts.migrations, parts.fields, parts.record_types)
    if schema.foreign or schema.newer:
        yield from _unusable(schema)
    elif not schema.ready:
        missing = [f"{step.owner} {step.revision}" for step in schema.pending]
        missing += [_("the field {name}", name=name) for name in schema.fields]
        missing += [_("the records {name}", name=name) for name in schema.records]
        yield Finding(
            "warning", _("The database lacks {things}", things=", ".join(missing)), "crm db upgrade"
        )
    if not broken:
        yield from _notes(parts, ready=schema.ready)
    yield from findings_of_plugins(parts.kernel)
    yield from findings_of_file(parts.kernel)


def _broken(parts: Parts) -> Iterator[Finding]:
    """The plugins that crm.toml names and that cannot be used."""
    from crmkit.core.jobs import Finding

    for status in parts.plugins.status():
        if status.state in ("missing", "broken", "set_aside"):
            yield Finding(
                "error",
                status.reason
                or _(
                    "Plugin {plugin} is {state}",
                    plugin=status.name,
                    state=translated(status.state.replace("_", " ")),
                ),
                status.hint,
            )


def _notes(parts: Parts, *, ready: bool) -> Iterator[Finding]:
    """What is odd about the strategy; whom rules reach only a database that fits can tell."""
    from crmkit.core.duplicates.checking import library_findings
    from crmkit.core.messages.asking import faults_of_purposes
    from crmkit.core.messages.checking import faults_of, faults_of_rules
    from crmkit.core.messages.linting import advice_of
    from crmkit.core.public.checking import findings_of
    from crmkit.core.records.checking import faults_of_records
    from crmkit.core.strategy import checking

    yield from library_findings(parts.kernel.config)
    yield from faults_of(parts.kernel)
    yield from faults_of_purposes(parts.kernel)
    yield from faults_of_rules(parts.kernel)
    yield from (evolve(each, level="note") for each in advice_of(parts.kernel) if each.level != "note")
    yield from findings_of(parts.kernel)
    yield from checking.notes_on_goals(parts.kernel)
    yield from faults_of_records(parts.kernel)
    yield from _of_settings(parts)
    yield from checking.notes_on_collisions(parts.kernel)
    yield from checking.notes_on_purposes(parts.kernel)
    if ready:
        yield from checking.notes_on_reach(parts.kernel)
        yield from checking.notes_on_groups(parts.kernel)


def _of_settings(parts: Parts) -> Iterator[Finding]:
    """What plugins find wrong with their settings, once they know all words."""
    from crmkit.core.crm import Crm

    crm = Crm(parts.kernel, parts.kernel.house)
    for each in parts.kernel.loaded.checks:
        if each.of_settings:
            yield from each.run(crm)


def _unusable(schema: SchemaState) -> Iterator[Finding]:
    from crmkit.core.errors import SchemaError
    from crmkit.core.jobs import Finding

    try:
        schema.require_known()
    except SchemaError as error:
        yield Finding("error", error.message, error.hint)
