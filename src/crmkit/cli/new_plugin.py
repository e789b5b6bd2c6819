"""`crm plugins new`: a plugin that works, to be made one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmkit.cli.options import writes
from crmkit.cli.prompts import ask
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import is_terminal, safe
from crmkit.core.language import _, translated

if TYPE_CHECKING:
    from crmkit.cli.scaffold.names import Names
    from crmkit.cli.scaffold.parts import Part


@click.command()
@click.argument("name")
@click.option(
    "--with",
    "wanted",
    metavar="PART",
    multiple=True,
    help="field, record, interaction, trait, metric, action, channel, table, observer, gate, job, command, "
    "route, or all; repeat it, or separate them by commas.",
)
@click.option("--local", is_flag=True, help="One file beside crm.toml, for this business alone.")
@click.option("--title", metavar="TEXT", help="What people call it; otherwise made of NAME.")
@click.option(
    "--licence",
    type=click.Choice(["mit", "proprietary"]),
    help="Of the package; mit unless told.",
)
@click.option(
    "--into",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the package's folder goes; otherwise here.",
)
@click.option("--no-input", is_flag=True, help="Never ask.")
@writes
@pass_state
def new(
    state: State,
    name: str,
    wanted: tuple[str, ...],
    local: bool,
    title: str | None,
    licence: str | None,
    into: Path | None,
    no_input: bool,
) -> None:
    """Write a new plugin NAME that works: a package with tests, or with --local a file beside crm.toml.

    Parts bring those that they need. Without --with it asks on a terminal, and otherwise takes trait, action,
    observer and command. Nothing that exists is written over.
    """
    from crmkit.cli.scaffold.names import named
    from crmkit.cli.scaffold.parts import chosen

    if local and into is not None:
        raise click.UsageError("--local writes beside crm.toml, so --into cannot go with it.")
    if local and licence is not None:
        raise click.UsageError(
            "--local writes one file for this business alone, which needs no licence: leave --licence out."
        )
    parts = chosen(_named_parts(wanted) or _asked(state, may_ask=not no_input))
    has_command = any(part.name == "command" for part in parts)
    names = named(name, title, local=local, command=has_command)
    if local:
        _write_local(state, names, parts)
    else:
        _write_package(state, names, parts, licence or "mit", into or Path())


def _named_parts(wanted: tuple[str, ...]) -> list[str]:
    return [each.strip() for text in wanted for each in text.split(",") if each.strip()]


def _asked(state: State, *, may_ask: bool) -> list[str]:
    """The parts that somebody at the terminal wants; the usual ones where nobody is there."""
    from crmkit.cli.scaffold.parts import PARTS, USUAL

    silent = state.output.quiet or state.output.is_json
    if not may_ask or silent or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return list(USUAL)
    state.output.say(_("A plugin can bring:"))
    state.output.say("\n".join(f"  {part.name:<12} {translated(part.adds)}" for part in PARTS))
    return ask(_("Which, separated by commas"), ", ".join(USUAL), lambda answer: _named_parts((answer,)))


def _write_package(state: State, names: Names, parts: tuple[Part, ...], licence: str, parent: Path) -> None:
    from datetime import date

    from crmkit.cli.scaffold.composing import package_files
    from crmkit.cli.scaffold.names import require_absent

    home = parent / names.distribution
    require_absent([home])
    year = date.today().year  # noqa: DTZ011 - the calendar of whoever writes it
    files = package_files(names, parts, licence, year)
    _write(home, files)
    _tell(
        state,
        names,
        parts,
        home,
        sorted(files),
        f"cd {_quoted(home)} && python -m pytest",
        "pip install -e .",
    )


def _write_local(state: State, names: Names, parts: tuple[Part, ...]) -> None:
    from crmkit.cli.scaffold.composing import local_files
    from crmkit.cli.scaffold.names import require_absent

    home = state.config_file.parent
    files = local_files(names, parts)
    require_absent([home / place for place in files])
    _write(home, files)
    steps = [f"crm plugins check {names.plugin}", f"crm plugins enable {names.plugin}"]
    if any(part.name in ("field", "record", "table") for part in parts):
        steps[1] += " && crm db upgrade"
    _tell(state, names, parts, home, sorted(files), *steps)


def _write(home: Path, files: dict[str, str]) -> None:
    for place, text in files.items():
        path = home / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _tell(
    state: State, names: Names, parts: tuple[Part, ...], home: Path, files: list[str], *following: str
) -> None:
    brings = ", ".join(part.name for part in parts)
    record = {
        "plugin": names.plugin,
        "folder": str(home),
        "parts": [part.name for part in parts],
        "files": files,
        "next": following,
    }
    state.output.receipt(
        _("Wrote plugin {plugin} with {brings}: {home}", plugin=names.plugin, brings=brings, home=safe(home)),
        reference=home,
        record=record,
    )
    state.output.detail("\n".join(f"  {place}" for place in files))
    state.output.say(
        "\n".join(
            "  " + _("Then: {command}", command=each) if place else "  " + _("Next: {command}", command=each)
            for place, each in enumerate(following)
        )
    )


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
