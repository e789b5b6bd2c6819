"""`crm db`: the database behind the record."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.findings import show_findings
from crmkit.cli.groups import Noun
from crmkit.cli.options import asks, rehearses, shows, writes
from crmkit.cli.parts import opened_store, require_manager
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.cldr import figures
from crmkit.core.language import N_, _, ngettext, number, translated
from crmkit.core.phrase import phrase, shown

if TYPE_CHECKING:
    from crmkit.core.store.restore import RestoreReport
    from crmkit.core.store.schema import SchemaState, Step
    from crmkit.core.store.upgrade import UpgradeReport

_ROWS = (
    Column("table", fixed=True),
    Column("rows", right=True, fixed=True, shown=number),
)
# What crmkit notes about itself; shown under -v.
_BOOKKEEPING = ("job", "observer", "ownership", "plugin", "setting")


@click.group(cls=Noun)
def db() -> None:
    """Upgrade, check, back up, restore and copy the database."""


@db.command()
@rehearses
@writes
@pass_state
def upgrade(state: State, dry_run: bool) -> None:
    """Bring the database to what this program and crm.toml need: tables, and a column for each new field."""
    report = upgrade_database(state, dry_run=dry_run)
    for reason in report.left_out.values():
        state.output.warn(safe(shown(reason), lines=True))
    record = {
        "steps": [{"owner": step.owner, "revision": step.revision, "doc": step.doc} for step in report.steps],
        "fields": list(report.fields),
        "records": list(report.records),
    }
    if report.nothing:
        state.output.receipt(_("The database is up to date; there was nothing to do."), record=record)
    elif dry_run:
        state.output.preview("\n".join([_("An upgrade would do this:"), *_upgraded(report)]), record)
    else:
        state.output.receipt(
            "\n".join([_("The database is up to date now:"), *_upgraded(report)]), record=record
        )


def upgrade_database(state: State, *, dry_run: bool) -> UpgradeReport:
    """Upgrade the database of this run."""
    from crmkit.core.opening import upgrade_database as run

    if not dry_run:
        require_manager(state)
    return run(
        state.config_file,
        dry_run=dry_run,
        strict=state.strict,
        progress=lambda step: state.output.detail(_step(step)),
    )


def _upgraded(report: UpgradeReport) -> list[str]:
    steps = [_step(step) for step in report.steps]
    new = {sentence.split('"')[1] for sentence in report.records if sentence.endswith("was added")}
    # Of a type that is new all fields are: they are counted.
    about = [sentence for sentence in report.fields if _type_of(sentence) not in new]
    counts = Counter(_type_of(sentence) for sentence in report.fields)
    records = [_of_type(sentence, counts) for sentence in report.records]
    return steps + records + ["  " + _("field {sentence}", sentence=shown(sentence)) for sentence in about]


def _step(step: Step) -> str:
    """A revision, and what it is for."""
    return f"  {step.owner} {step.revision}: {translated(step.doc, step.owner)}"


def _type_of(sentence: str) -> str:
    """The record type of a sentence about its field; empty for a customer's."""
    name = sentence.split('"')[1]
    return name.rpartition(".")[0]


def _of_type(sentence: str, counts: Counter[str]) -> str:
    count = counts[sentence.split('"')[1]] if sentence.endswith("was added") else 0
    if count < 2:
        return "  " + _("record type {sentence}", sentence=shown(sentence))
    return "  " + ngettext(
        "record type {sentence}, with {count} field",
        "record type {sentence}, with {count} fields",
        count,
        sentence=shown(sentence),
    )


@db.command()
@shows
@pass_state
def status(state: State) -> None:
    """Show where the database is, how big it is, and whether it is up to date."""
    from crmkit.core.store.status import store_status

    with opened_store(state) as parts:
        found = store_status(parts.store, parts.migrations, parts.fields, parts.record_types)
    output = state.output
    if output.is_json:
        output.json(
            {
                "address": found.address,
                "engine": found.engine,
                "size": found.size,
                "rows": dict(found.rows),
                "versions": dict(found.schema.versions),
                "ready": found.schema.ready,
                "missing": _missing(found.schema),
            }
        )
        return
    counts = {table: count for table, count in found.rows.items() if count and table not in _BOOKKEEPING}
    rows = [
        {"table": table, "rows": count} for table, count in (found.rows if output.verbose else counts).items()
    ]
    output.data(_("Database  {address}", address=safe(found.address)))
    output.data(_("Engine    {engine}, {size}", engine=safe(found.engine), size=_megabytes(found.size)))
    ready = _("up to date") if found.schema.ready else "; ".join(map(shown, _missing(found.schema)))
    output.data(_("Schema    {state}", state=ready))
    output.data("")
    output.rows(_ROWS, rows, empty=_("It holds no rows yet."))
    if not found.schema.ready:
        output.say(_("Bring it up to date: crm db upgrade"))


def _missing(schema: SchemaState) -> list[str]:
    if schema.foreign:
        return [phrase("it belongs to another program")]
    return [
        *(
            phrase("{owner} {revision} is newer than this program", owner=owner, revision=revision)
            for owner, revision in schema.newer
        ),
        *(
            phrase("{owner} {revision} is missing", owner=step.owner, revision=step.revision)
            for step in schema.pending
        ),
        *(phrase('the field "{name}" is missing', name=name) for name in schema.fields),
        *(phrase('the records "{name}" are missing', name=name) for name in schema.records),
    ]


def _megabytes(size: int) -> str:
    return figures(f"{size / 1_000_000:,.1f} MB" if size >= 100_000 else f"{size / 1_000:,.0f} kB")


@db.command()
@click.option("--repair", is_flag=True, help="Rebuild the search index first.")
@click.option("--audit", is_flag=True, help="Verify the change log alone, and print its head.")
@click.option("--expect", metavar="HEAD", help="A head noted earlier, which the change log must still hold.")
@shows
@pass_state
def check(state: State, repair: bool, audit: bool, expect: str | None) -> None:
    """Look for damage: lost rows, gaps in the logs, altered history. Reads everything.

    Exits with 6 when there is something wrong.
    """
    from crmkit.core.store.check import check_store

    if audit or expect:
        from crmkit.cli.auditing import verify_log

        verify_log(state, expect or "")
        return
    with opened_store(state, managing=repair) as parts:
        if repair:
            from crmkit.core.store.search_index import rebuild_search

            with parts.store.writing() as connection:
                rebuild_search(connection)
            state.output.say(_("The search index was rebuilt."))
        findings = list(check_store(parts.store, parts.tables))
    show_findings(state, findings, _("The database is sound."))


@db.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@writes
@pass_state
def backup(state: State, file: Path | None, force: bool) -> None:
    """Write a consistent copy to FILE while others go on working.

    Without FILE it goes to backups/ beside crm.toml, named by date and time.
    """
    from crmkit.core.privacy.erasure import ledger_of
    from crmkit.core.store.backup import backup as run

    with opened_store(state, managing=True) as parts:
        target = file.absolute() if file else _backup_name(state, is_sqlite=parts.store.is_sqlite)
        with state.progress(_("Backing up")) as advance:
            report = run(parts.store, target, force=force, progress=advance, ledger=ledger_of(parts.kernel))
    state.output.receipt(
        _(
            "Backed up to {path}, {size} in {seconds} s",
            path=safe(report.path),
            size=_megabytes(report.size),
            seconds=figures(f"{report.seconds:.1f}"),
        ),
        reference=report.path,
        record={"path": str(report.path), "size": report.size, "seconds": round(report.seconds, 3)},
    )
    state.output.say(
        "  " + _("Keep {name} with it: it remembers who was erased.", name=safe(report.ledger.name))
    )
    state.output.say(
        "  " + _("To put this state back: crm db restore --force {path}", path=_word(report.path))
    )


def _backup_name(state: State, *, is_sqlite: bool) -> Path:
    from datetime import datetime

    folder = state.config.directory / "backups"
    folder.mkdir(exist_ok=True)
    now = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    return folder / f"{now}.{'db' if is_sqlite else 'pgdump'}"


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--force", is_flag=True, help="Also when the database is not empty; what is there is set aside."
)
@click.option(
    "--without-ledger", is_flag=True, help="Also when nothing says who was erased since; they come back."
)
@rehearses
@asks
@writes
@pass_state
def restore(state: State, file: Path, force: bool, without_ledger: bool, dry_run: bool) -> None:
    """Put a backup FILE in the place of the database.

    Whoever was erased since is erased from it first, by FILE.erasures beside it and the database's own.
    """
    from crmkit.core.privacy.erasure import ledger_of
    from crmkit.core.store.restore import restore as run
    from crmkit.core.store.status import address

    with opened_store(state, managing=True) as parts:
        where = address(parts.store)
        if dry_run:
            _preview_restore(state, file, parts)
            return
        if force:
            state.confirm(
                _("Set aside what is in {where} and put {name} in its place?", where=where, name=file.name)
            )
        with state.progress("Restoring") as advance:
            report = run(
                file,
                parts.store,
                parts.migrations,
                force=force,
                progress=advance,
                ledger=ledger_of(parts.kernel),
                without_ledger=without_ledger,
                upgrade=parts.upgrade,
            )
    state.output.receipt(
        _restored(file, where, report),
        reference=file,
        record={
            "versions": dict(report.versions),
            "replaced": report.replaced,
            "erased": report.erased,
            "merged": list(report.merged),
            "objections": report.objections,
            "unconfirmed": report.unconfirmed,
            "rehearses": report.rehearses,
        },
    )
    _tell_held_back(state, report)
    state.output.say("  " + _("Then: crm db upgrade, if the backup is of an older version."))


def _restored(file: Path, where: str, report: RestoreReport) -> str:
    if not report.replaced:
        return _("Restored {file} to {where}", file=safe(file), where=safe(where))
    return _(
        "Restored {file} to {where}; what was there is kept as {replaced}",
        file=safe(file),
        where=safe(where),
        replaced=safe(report.replaced),
    )


def _tell_held_back(state: State, report: RestoreReport) -> None:
    """What was kept from coming back, and what nobody knows since the backup."""
    if report.erased:
        state.output.say(
            "  "
            + _("Erased again, because they were erased since the backup: {erased}", erased=report.erased)
        )
    for uid in report.merged:
        state.output.warn(
            "  " + _("{uid} was erased since; the backup has them merged into somebody else.", uid=uid)
        )
    if report.objections:
        state.output.say(
            "  "
            + _(
                "Kept, because people objected since the backup: {objections}",
                objections=number(report.objections),
            )
        )
    elif report.objections is None:
        state.output.warn(
            "  "
            + _(
                "Who unsubscribed since the backup is not known here. Before you go live, enter them: "
                "crm suppressions import FILE"
            )
        )
    if report.unconfirmed:
        state.output.warn(
            "  "
            + ngettext(
                "{count} effect that was open is unconfirmed now: it may have reached people since the "
                "backup. See it: crm effects list --state unconfirmed",
                "{count} effects that were open are unconfirmed now: they may have reached people since the "
                "backup. See them: crm effects list --state unconfirmed",
                report.unconfirmed,
            )
        )
    if report.rehearses:
        state.output.warn(
            "  " + _("It rehearses again, and nothing reaches anybody, until you say: crm go-live")
        )


def _preview_restore(state: State, file: Path, parts: Any) -> None:
    from crmkit.core.store.schema import schema_state
    from crmkit.core.store.status import address

    there = schema_state(parts.store, parts.migrations)
    full = not there.empty
    sentence = (
        N_(
            "{file} would be restored to {where}, which is not empty: what is there would be set aside "
            "(needs --force)"
        )
        if full
        else N_("{file} would be restored to {where}, which is empty")
    )
    state.output.preview(
        _(sentence, file=file, where=address(parts.store)),
        {"file": str(file), "needs_force": full},
    )


@db.command()
@click.argument("target")
@rehearses
@writes
@pass_state
def copy(state: State, target: str, dry_run: bool) -> None:
    """Copy the whole record, row for row, to the empty database TARGET: an SQLite file or postgresql://…

    crm.toml stays as it is: change [crs] database when the copy is to be used.
    """
    from crmkit.cli.copying import copy_to

    copy_to(state, target, dry_run=dry_run)


def _word(text: object) -> str:
    import shlex

    return shlex.quote(str(text))
