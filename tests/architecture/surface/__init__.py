"""What strangers build on, written down: names, signatures, fields, hooks, the commands with their options.

`python -m tests.architecture.surface` writes the two lists anew. They change only in a commit that means it.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import attrs
import click

HERE: Final = Path(__file__).parent
PYTHON: Final = HERE / "python.txt"
COMMANDS: Final = HERE / "commands.txt"
_PLUGINS: Final = ("analytical", "campaign", "collaborative", "operational")
MODULES: Final = (
    "crmkit", "crmkit.plugin", "crmkit.charts", "crmkit.testing",
    *(f"crmkit.plugins.{name}.api" for name in _PLUGINS),
)  # fmt: skip
# Described elsewhere: the settings of crm.toml, the tables, the clock of tests.
_INSIDE: Final = ("clock", "config", "tables")


def python_now() -> str:
    """The list of what Python programs see, as its file has it."""
    return "".join(f"{line}\n" for line in _python())


def commands_now() -> str:
    """The list of all commands of the core and of the bundled plugins, as its file has it."""
    return "".join(
        " ".join((path, *sorted(_parameter(each) for each in command.params if each.name != "help"))) + "\n"
        for path, command in commands()
    )


def commands() -> list[tuple[str, click.Command]]:
    """(as it is called, what it is) of every command of the core and of the bundled plugins."""
    from crmkit.cli.root import crm
    from crmkit.cli.state import State

    with TemporaryDirectory() as folder:
        config = Path(folder) / "crm.toml"
        named = ", ".join(f'"{name}"' for name in (*_PLUGINS, "email"))
        config.write_text(f'[crs]\nname = "All"\nplugins = [{named}]\n', encoding="utf-8")
        context = click.Context(crm, info_name="crm", obj=State(config_path=str(config)))
        return list(_commands(crm, context))


def _python() -> Iterator[str]:
    """Every public name of the public modules, what `Crm` gives, and the hooks; a line each."""
    from crmkit import Crm
    from crmkit.core.hooks import HookSpecs

    told: dict[int, str] = {}
    for module in MODULES:
        home = import_module(module)
        for name in sorted(each for each in dir(home) if not each.startswith("_")):
            thing = getattr(home, name)
            if isinstance(thing, types.ModuleType):
                continue
            if callable(thing) and id(thing) in told:
                yield f"{module}.{name} is {told[id(thing)]}"
                continue
            told[id(thing)] = f"{module}.{name}"
            yield from _lines(f"{module}.{name}", thing)
    for name, service in sorted(_services(Crm)):
        if name not in _INSIDE:
            yield from _lines(f"crm.{name}", service)
    for name, hook in sorted(vars(HookSpecs).items()):
        if name.startswith("crmkit_"):
            yield f"hook {name}{_signature(hook)}"


def _commands(
    group: click.Command, context: click.Context, path: str = "crm"
) -> Iterator[tuple[str, click.Command]]:
    """Every command beneath a group, by the path to it."""
    if isinstance(group, click.Group):
        for name in sorted(group.list_commands(context)):
            command = group.get_command(context, name)
            assert command is not None
            below = click.Context(command, parent=context, info_name=name)
            yield from _commands(command, below, f"{path} {name}")
        return
    yield path, group


def _services(crm: type) -> Iterator[tuple[str, type]]:
    """What `crm.NAME` is, for each of its services."""
    for name, member in vars(crm).items():
        getter = getattr(member, "fget", None) or getattr(member, "func", None)
        if name.startswith("_") or getter is None:
            continue
        kind = str(inspect.signature(getter).return_annotation)
        found = _imported(crm, kind)
        if inspect.isclass(found) and found.__module__.startswith("crmkit.core"):
            yield name, found


def _imported(crm: type, name: str) -> Any:
    """What a name of an annotation means in the module that writes it, also under TYPE_CHECKING."""
    import ast

    source = Path(inspect.getfile(crm)).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return getattr(import_module(node.module), alias.name, None)
    return None


def _lines(name: str, thing: Any) -> Iterator[str]:
    if inspect.isclass(thing):
        yield f"class {name}({', '.join(base.__name__ for base in thing.__bases__ if base is not object)})"
        yield from (f"  {line}" for line in sorted({*_fields(thing), *_members(thing)}))
    elif callable(thing) and hasattr(thing, "__name__"):
        yield f"def {name}{_signature(thing)}"
    elif isinstance(thing, Mapping | frozenset):
        yield f"{name} = {{{', '.join(sorted(map(str, thing)))}}}"
    else:
        yield f"{name}: {type(thing).__name__}"


def _fields(kind: type) -> Iterator[str]:
    if attrs.has(kind):
        # As the source has them: attrs may have looked its own up by now.
        written = {name: text for owner in kind.__mro__[::-1] for name, text in _annotations(owner).items()}
        for each in attrs.fields(kind):
            if not each.name.startswith("_") and each.init:
                optional = "" if each.default is attrs.NOTHING else " = …"
                yield f"{each.name}: {written.get(each.name, '')}{optional}"


def _annotations(kind: type) -> Mapping[str, Any]:
    found: Mapping[str, Any] = vars(kind).get("__annotations__", {})
    return found


def _members(kind: type) -> Iterator[str]:
    owners = [each for each in kind.__mro__ if each.__module__.startswith("crmkit")]
    known = {each.name for each in attrs.fields(kind)} if attrs.has(kind) else set()
    for name in sorted({name for owner in owners for name in vars(owner)} - known):
        member = inspect.getattr_static(kind, name)
        if name.startswith("_"):
            continue
        if isinstance(member, classmethod | staticmethod):
            yield f"{type(member).__name__} {name}{_signature(member.__func__)}"
        elif inspect.isfunction(member):
            yield f"def {name}{_signature(member)}"
        elif isinstance(member, str | int):
            yield f"{name} = {member!r}"
        elif not isinstance(member, types.MemberDescriptorType):
            getter = getattr(member, "fget", None) or getattr(member, "func", None)
            kind_ = inspect.signature(getter).return_annotation if getter else type(member).__name__
            yield f"{name} -> {kind_}"


def _signature(function: Any) -> str:
    """The parameters with their types; that one has a default, not which."""
    found = inspect.signature(function)
    parts, bare = [], False
    for each in found.parameters.values():
        if each.kind is each.KEYWORD_ONLY and not bare:
            parts.append("*")
        bare = bare or each.kind in (each.KEYWORD_ONLY, each.VAR_POSITIONAL)
        stars = "*" * (each.kind is each.VAR_POSITIONAL) + "**" * (each.kind is each.VAR_KEYWORD)
        type_ = "" if each.annotation is each.empty else f": {each.annotation}"
        parts.append(f"{stars}{each.name}{type_}{'' if each.default is each.empty else ' = …'}")
        if each.kind is each.POSITIONAL_ONLY and "/" not in parts:
            parts.append("/")
    returned = "" if found.return_annotation is found.empty else f" -> {found.return_annotation}"
    return f"({', '.join(parts)}){returned}"


def _parameter(each: click.Parameter) -> str:
    if isinstance(each, click.Argument):
        return str(each.make_metavar(click.Context(click.Command("crm"))))
    return "/".join(sorted(each.opts + each.secondary_opts, key=len, reverse=True))
