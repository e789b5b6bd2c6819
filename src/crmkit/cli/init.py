"""`crm init`: a new CRM in a folder, with a crm.toml to read and a database to fill."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmkit.cli.options import writes
from crmkit.cli.output import safe
from crmkit.cli.state import State, pass_state

if TYPE_CHECKING:
    from datetime import date

_TEMPLATES = ("blank", "online-shop")
_HERE = Path(__file__).parent / "templates"
_IGNORED = """\
# Facts stay out of version control; policy (crm.toml, templates/) goes in.
*.db
*.db-*
backups/
rehearsal/
"""


@click.command()
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--template",
    type=click.Choice(_TEMPLATES),
    default="blank",
    show_default=True,
    help="What to start from.",
)
@click.option("--name", metavar="TEXT", help="The business's name; otherwise the folder's.")
@click.option(
    "--database",
    metavar="DATABASE",
    default="crm.db",
    show_default=True,
    help="A file, postgresql://…, env:NAME.",
)
@click.option("--currency", metavar="CODE", default="EUR", show_default=True, help="ISO 4217.")
@click.option("--timezone", metavar="ZONE", help="IANA name; otherwise this machine's.")
@click.option("--locale", metavar="LOCALE", default="en", show_default=True, help="Such as pl or ur_PK.")
@writes
@pass_state
def init(
    state: State,
    directory: Path,
    template: str,
    name: str | None,
    database: str,
    currency: str,
    timezone: str | None,
    locale: str,
) -> None:
    """Start a new CRM in DIR: write its crm.toml and create its database."""
    from crmkit.core.model.money import minor_digits

    file = directory.absolute() / "crm.toml"
    _refuse_if_there(file)
    minor_digits(currency.upper())  # refuses what is no currency
    text = filled(
        template,
        name=name or _named_after(file.parent),
        database=database,
        currency=currency.upper(),
        timezone=timezone or machine_zone(),
        locale=locale,
        by=_in_half_a_year(),
    )
    _write(state, file, text)
    lay_out(template, file.parent)
    _create_database(state, file)
    where = "" if file.parent == Path.cwd() else f"cd {_quoted(directory)} && "
    state.output.receipt(
        f"Started {safe(file.parent.name)}: {safe(file)}",
        reference=file,
        record={"config": str(file), "template": template},
    )
    state.output.say(f'  Read crm.toml, then add somebody: {where}crm customers add --name "Anna Nowak"')


def filled(template: str, *, by: date, **values: str) -> str:
    """The text of a template with its values, each as a TOML string; goals are to be reached `by` a day."""
    import json
    from string import Template

    text = (_HERE / f"{template}.toml").read_text(encoding="utf-8")
    quoted = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
    return Template(text).substitute(quoted, by=by.isoformat())


def lay_out(template: str, folder: Path) -> None:
    """Copy what a template has beside its crm.toml, such as letters; files that are there stay."""
    from shutil import copyfile

    origin = _HERE / template
    for source in sorted(origin.rglob("*.*")):
        target = folder / source.relative_to(origin)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            copyfile(source, target)


def _in_half_a_year() -> date:
    """The end of this half of the year, or of the next where this one is nearly over."""
    from datetime import date

    now = date.today()  # noqa: DTZ011 - the day on the calendar of whoever starts
    halves = (date(now.year, 6, 30), date(now.year, 12, 31), date(now.year + 1, 6, 30))
    return next(day for day in halves if (day - now).days > 90)


def machine_zone() -> str:
    """The time zone that this machine is set to, UTC where that cannot be told."""
    from crmkit.core.errors import Invalid
    from crmkit.core.instants import zone

    link = os.path.realpath("/etc/localtime")
    for candidate in (os.environ.get("TZ", ""), link.partition("zoneinfo/")[2]):
        try:
            return zone(candidate).key.removeprefix("Etc/")
        except Invalid:
            continue
    return "UTC"


def _refuse_if_there(file: Path) -> None:
    from crmkit.core.errors import Conflict

    if file.exists():
        raise Conflict(
            f"There is a CRM already: {safe(file)}", hint=f"Look at it: crm --config {safe(file)} check"
        )


def _named_after(folder: Path) -> str:
    return folder.name.replace("-", " ").replace("_", " ").strip().capitalize() or "My business"


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
        ignore.write_text(_IGNORED, encoding="utf-8")
    state.output.detail("\n".join(f"Made {safe(path)}" for path in (*reversed(made), file, ignore)))


def _create_database(state: State, file: Path) -> None:
    """Bring the new database to this program's schema. Where that fails, the file stays to be corrected."""
    from crmkit.cli.db import upgrade_database
    from crmkit.core.errors import CrmError

    state.config_path = str(file)
    try:
        upgrade_database(state, dry_run=False)
    except CrmError as error:
        state.output.warn(f"{safe(file)} is written, its database is not. Then: crm db upgrade")
        raise error from None


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
