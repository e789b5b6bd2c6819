"""`crm init`: a new CRM in a folder, with a crm.toml to read and a database to fill."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmkit.cli.beginning import Beginning, asked
from crmkit.cli.kinds import kinds
from crmkit.cli.laying_out import filled, lay_out
from crmkit.cli.options import writes
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import is_terminal, safe
from crmkit.core.language import N_, _, ngettext
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from datetime import date

    from crmkit.data.samples.sample import Sample

# The template whose sample is made by crm demo.
_DEMO = "online-shop"
_IGNORED_BECAUSE = N_("Facts stay out of version control; policy (crm.toml, templates/) goes in.")
_IGNORED = ("*.db", "*.db-*", "backups/", "rehearsal/")


@click.command()
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--template",
    type=click.Choice([kind.name for kind in kinds()]),
    help="What to start from; otherwise it asks, or begins with nothing (blank).",
)
@click.option("--sample", is_flag=True, help="With invented customers and their history, to look around in.")
@click.option("--name", metavar="TEXT", help="The business's name; otherwise the folder's.")
@click.option(
    "--database",
    metavar="DATABASE",
    help="A file, postgresql://…, env:NAME; otherwise crm.db.",
)
@click.option("--currency", metavar="CODE", help="ISO 4217; otherwise EUR.")
@click.option("--timezone", metavar="ZONE", help="IANA name; otherwise this machine's.")
@click.option("--locale", metavar="LOCALE", help="Such as pl or ur_PK; otherwise en.")
@click.option("--no-input", is_flag=True, help="Never ask.")
@writes
@pass_state
def init(state: State, directory: Path, sample: bool, no_input: bool, **said: str | None) -> None:
    """Start a new CRM in DIR: write its crm.toml and create its database.

    On a terminal it asks what kind of business it is and how many computers will use it, unless --template
    says so.
    """
    from crmkit.core.model.money import minor_digits

    file = directory.absolute() / "crm.toml"
    _refuse_if_there(file)
    known = Beginning(**{key: value for key, value in said.items() if value})
    if sample and known.template == _DEMO:
        _make_demo(directory, known)
        return
    invented = _sample(known.template) if sample else None
    if not known.template and not no_input and _somebody_is_there(state):
        known = asked(known, file.parent)
    if invented is not None:
        known = known.otherwise(**invented.business)
    begin = known.completed(file.parent)
    minor_digits(begin.currency.upper())  # refuses what is no currency
    text = filled(
        begin.template,
        name=begin.name,
        database=begin.database,
        currency=begin.currency.upper(),
        timezone=begin.timezone,
        locale=begin.locale,
        by=_in_half_a_year(invented),
    )
    _write(state, file, text)
    lay_out(begin.template, file.parent)
    _create_database(state, file)
    for team in next(kind.teams for kind in kinds() if kind.name == begin.template):
        state.crm.people.add_team(team)
    if invented is not None:
        with state.progress(_("Inventing what happened")) as advance:
            invented.fill(file, advance)
    _tell(state, directory, file, begin, invented)


def _make_demo(directory: Path, known: Beginning) -> None:
    """The sample data of the online shop are the demo's, whose shop is what it is."""
    from crmkit.cli.demo import demo

    if known != Beginning(template=_DEMO):
        raise click.UsageError(
            phrase(
                "The sample of {demo} is a shop of its own, with its name, currency and database.\n"
                "Leave them out, or leave out --sample.",
                demo=_DEMO,
            )
        )
    click.get_current_context().invoke(demo, directory=directory)


def _sample(template: str) -> Sample:
    """The sample data of a template. Raises `click.UsageError` where there are none."""
    from crmkit.data.samples import sample_of

    found = sample_of(template) if template else None
    if found is None:
        names = [kind.name for kind in kinds() if kind.name == _DEMO or sample_of(kind.name)]
        raise click.UsageError(
            phrase("--sample needs a --template that has sample data: {names}", names=", ".join(names))
        )
    return found


def _somebody_is_there(state: State) -> bool:
    return (
        not (state.output.quiet or state.output.is_json)
        and is_terminal(sys.stdin)
        and is_terminal(sys.stderr)
    )


def _tell(state: State, directory: Path, file: Path, begin: Beginning, invented: Sample | None) -> None:
    from crmkit.core.cldr import written_full_day

    state.output.receipt(
        _("Started {folder}: {file}", folder=safe(file.parent.name), file=safe(file)),
        reference=file,
        record={"config": str(file), "template": begin.template},
    )
    where = "" if file.parent == Path.cwd() else f"cd {_quoted(directory)} && "
    if invented is not None:
        its = ngettext(
            "Its {count} person and all they did are invented.",
            "Its {count} people and all they did are invented.",
            invented.people,
        )
        at = f"{written_full_day(invented.now.date())} {invented.now:%H:%M}"
        now = _("It is {at} there.", at=at)
        state.output.say(f"  {its} {now}")
        state.output.say("  " + _("Look around: {command}", command=f"{where}crm today"))
        return
    first = f'{where}crm customers add --name "Anna Nowak"'
    state.output.say("  " + _("Read crm.toml, then add somebody: {command}", command=first))


def _in_half_a_year(invented: Sample | None) -> date:
    """The end of this half of the year, or of the next where this one is nearly over."""
    from datetime import date

    now = invented.now.date() if invented else date.today()  # noqa: DTZ011 - the calendar of whoever starts
    halves = (date(now.year, 6, 30), date(now.year, 12, 31), date(now.year + 1, 6, 30))
    return next(day for day in halves if (day - now).days > 90)


def _refuse_if_there(file: Path) -> None:
    from crmkit.core.errors import Conflict

    if file.exists():
        raise Conflict(
            phrase("There is a CRM already: {file}", file=safe(file)),
            hint=phrase("Look at it: crm --config {file} check", file=safe(file)),
        )


def _write(state: State, file: Path, text: str) -> None:
    """Write the file once it is known to be a good one."""
    from crmkit.core.config.loading import load_with

    load_with(file, {file: text})
    made = [folder for folder in (file.parent, *file.parent.parents) if not folder.exists()]
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as out:
        out.write(text)
    ignore = file.parent / ".gitignore"
    if not ignore.exists():
        ignore.write_text("\n".join((f"# {_(_IGNORED_BECAUSE)}", *_IGNORED, "")), encoding="utf-8")
    state.output.detail(
        "\n".join(_("Made {path}", path=safe(path)) for path in (*reversed(made), file, ignore))
    )


def _create_database(state: State, file: Path) -> None:
    """Bring the new database to this program's schema. Where that fails, the file stays to be corrected."""
    from crmkit.cli.db import upgrade_database
    from crmkit.core.errors import CrmError

    state.config_path = str(file)
    try:
        upgrade_database(state, dry_run=False)
    except CrmError as error:
        state.output.warn(_("{file} is written, its database is not. Then: crm db upgrade", file=safe(file)))
        raise error from None


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
