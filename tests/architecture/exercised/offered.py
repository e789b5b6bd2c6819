"""What the program offers: every name of each kind of specification."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import click

from docs import generate


@cache
def commands() -> tuple[tuple[tuple[str, ...], click.Command], ...]:
    """Every command, the words after `crm`; groups are not commands."""
    from crmkit.cli.root import crm
    from crmkit.cli.state import State

    with TemporaryDirectory() as folder:
        config = Path(folder) / "crm.toml"
        named = ", ".join(f'"{name}"' for name in generate.bundled_plugins())
        config.write_text(f'[crs]\nname = "All"\nplugins = [{named}]\n', encoding="utf-8")
        context = click.Context(crm, info_name="crm", obj=State(config_path=str(config)))
        return tuple(_below(crm, context, ()))


def _below(
    group: click.Command, context: click.Context, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(group, click.Group) or (path and group.invoke_without_command):
        yield path, group
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            below = click.Context(command, parent=context, info_name=name)
            yield from _below(command, below, (*path, name))


def hooks() -> list[str]:
    """Every hook."""
    from crmkit.core.hooks import HookSpecs

    return [name for name in vars(HookSpecs) if name.startswith("crmkit_")]


@cache
def words() -> tuple[tuple[str, Any], ...]:
    """(vocabulary, word) of the core and the bundled plugins."""
    with generate.bundled() as crm:
        return tuple(crm.words.all())


def errors() -> list[type[Any]]:
    """Every error with a code of its own."""
    return list(generate.all_errors())


def functions() -> list[str]:
    """Every function of conditions."""
    from crmkit.core.predicates.signatures import SIGNATURES

    return [each.name for each in SIGNATURES]


def settings() -> Iterator[tuple[tuple[str, ...], str]]:
    """Every key of crm.toml, with `NAME` where any name may stand, and the name of the class that has it."""
    from crmkit.core.config.schema import Sections

    yield from _keys((), Sections, ())
    with generate.bundled() as crm:
        for plugin in crm.plugins:
            yield from _keys(("plugins", plugin.name), type(plugin.settings), ())


def _keys(path: tuple[str, ...], cls: type, above: tuple[type, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    hints = typing.get_type_hints(cls)
    for attribute in attrs.fields(cls):
        name = attribute.name.removesuffix("_")
        if not attribute.metadata.get("doc") or name == "said":  # what is left of a rule, not a key
            continue
        inner = list(_inner(hints[attribute.name]))
        yield (*path, name), cls.__name__
        for inside, more in inner:
            if inside not in above:
                yield from _keys((*path, name, *more), inside, (*above, cls))


def _inner(hint: Any) -> Iterator[tuple[type, tuple[str, ...]]]:
    """The classes of sections within a type; `NAME` where there is one for each name."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if attrs.has(hint):
        if any(each.metadata.get("doc") for each in attrs.fields(hint)):
            yield hint, ()
    elif origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        yield from ((inside, ("NAME", *more)) for inside, more in _inner(arguments[1]))
    elif origin in (tuple, typing.Union, types.UnionType):
        for each in arguments:
            yield from _inner(each)
