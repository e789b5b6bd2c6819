"""What can be said of a plugin without a database: its manifest, its imports, its commands."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import fields, has

from crmkit.core.model.deprecated import Deprecated
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    import click

    from crmkit.core.deprecated_uses import Going
    from crmkit.testing.contract.subject import Subject

PUBLIC: Final = re.compile(r"crmkit(\.plugin|\.charts|\.testing(\..+)?|\.plugins\.\w+\.api)?")
# What takes longer to import than all of crmkit, and is of no use before it is asked for.
HEAVY: Final = (
    "aiohttp", "boto3", "duckdb", "httpx", "litestar", "matplotlib", "numpy", "pandas", "pyarrow", "requests",
    "rich", "scipy", "sklearn", "torch",
)  # fmt: skip
_DISCOVER: Final = """
import sys
from pathlib import Path
from crmkit.core.plugins.discovery import discover
from crmkit.core.plugins.importing import import_module
found = discover([sys.argv[1]], Path(sys.argv[2])).found[0]
own = (found.module + ".", "sqlalchemy.")
print(*sorted(name for name in sys.modules if f"{name}.".startswith(own)))
import_module(found, found.module)
print(*sorted(set(sys.modules).intersection(sys.argv[3:])))
"""


def manifest(subject: Subject) -> Iterator[str]:
    """The manifest reads, and its sentences fit into lists."""
    found = subject.found.manifest
    yield from line_problems(f"{subject.found.path.name}: doc", found.doc)
    for name, entry in found.commands.items():
        yield from line_problems(f"{subject.found.path.name}: help of the command {name}", entry.help)
    if found.settings is not None:
        yield from _settings_problems(subject, found.settings)


def line_problems(what: str, line: str) -> Iterator[str]:
    """What is wrong with a line of documentation."""
    if not line.strip():
        yield phrase("{what} is empty; say in one line what it means", what=what)
    elif "\n" in line or line.rstrip().endswith("."):
        yield phrase(
            "{what} is {line!r}; write one line without a full stop, it is shown in lists",
            what=what,
            line=line,
        )


def _settings_problems(subject: Subject, target: str) -> Iterator[str]:
    from crmkit.core.plugins.importing import import_target

    cls: Any = import_target(subject.found, target)
    if not has(cls):
        yield phrase(
            "the settings {target} are not an attrs class; decorate it with attrs.frozen", target=target
        )
        return
    for each in fields(cls):
        if not each.metadata.get("doc"):
            yield phrase(
                'the setting {name} says nothing of itself; give it metadata={{"doc": "…"}}', name=each.name
            )
        if not isinstance(each.metadata.get("deprecated"), Deprecated | None):
            yield phrase(
                "the deprecated of the setting {name} is no Deprecated(since=…, instead=…)", name=each.name
            )


def public_imports(subject: Subject) -> Iterator[str]:
    """The plugin imports the public interface alone, which stays when crmkit changes inside."""
    for path in subject.sources:
        for line, module in _imports(ast.parse(path.read_text(encoding="utf-8"), path)):
            own = f"{module}.".startswith(f"{subject.found.module}.")
            if module.split(".")[0] == "crmkit" and not PUBLIC.fullmatch(module) and not own:
                yield phrase(
                    "{name}:{line} imports {module}; it is not public",
                    name=path.name,
                    line=line,
                    module=module,
                )


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)


def deprecated(subject: Subject) -> Iterator[str]:
    """The plugin uses nothing that will go."""
    from crmkit.core.deprecated_uses import uses_of
    from crmkit.core.plugins.importing import import_module

    for place, each in uses_of(import_module(subject.found, subject.found.module), subject.sources):
        yield used(place, each)


def used(place: str, each: Going) -> str:
    """The fault of using something that will go."""
    return phrase(
        "{place} uses {sentence}; use {instead}", place=place, sentence=each.sentence, instead=each.instead
    )


def start_up(subject: Subject) -> Iterator[str]:
    """Finding the plugin imports nothing of it, and loading it nothing heavy: `crm` starts quickly."""
    home = subject.found.file.parents[1] if subject.found.file else Path.cwd()
    run = subprocess.run(
        [sys.executable, "-c", _DISCOVER, subject.name, str(home), *HEAVY],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        with subject.business():  # what cannot be loaded here either is told as everywhere
            pass
        yield phrase("finding it in a new process failed: {error}", error=run.stderr.strip().splitlines()[-1])
        return
    found, loaded = run.stdout.split("\n")[:2]
    if found:
        yield phrase(
            "reading the manifest imports {module}; put it where no import is needed", module=found.split()[0]
        )
    for name in loaded.split():
        yield phrase("loading it imports {name}; import it in the function that needs it", name=name)


def commands(subject: Subject) -> Iterator[str]:
    """Every command that the manifest names is there and explains itself."""
    import click

    from crmkit.cli.commands import entries_by_name
    from crmkit.core.plugins.importing import import_target

    core = entries_by_name()
    for name, entry in subject.found.manifest.commands.items():
        if name in core:
            yield phrase("crm {name} is a command of crmkit; call yours otherwise", name=name)
        command = import_target(subject.found, entry.target)
        if not isinstance(command, click.Command):
            yield phrase(
                "{target} is no click command; decorate it with click.command or click.group",
                target=entry.target,
            )
            continue
        yield from _unexplained(name, command)


def _unexplained(name: str, command: click.Command) -> Iterator[str]:
    import click
    from click.testing import CliRunner

    if not command.help:
        yield phrase("crm {name} has no help; give its function a docstring", name=name)
    shown = CliRunner().invoke(command, ["--help"])
    if shown.exit_code:
        yield phrase("crm {name} --help fails: {exception!r}", name=name, exception=shown.exception)
    for option in command.params:
        if isinstance(option, click.Option) and not option.help:
            yield phrase("crm {name}: the option {option} has no help", name=name, option=option.opts[0])
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _unexplained(f"{name} {each.name}", each)
