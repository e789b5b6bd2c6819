"""The manifest: what a plugin says of itself in `plugin.toml`, readable without importing the plugin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from attrs import field, fields, frozen

from crmkit.core.phrase import phrase

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PREFIX: Final = re.compile(r"[a-z][a-z0-9_]{0,39}_")
_COMMAND: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TARGET: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_CORE: Final = "core"
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@frozen
class CommandEntry:
    """A command that the plugin adds to `crm`: `target` is `module:attribute`, `help` one line.

    With `anywhere` it is offered where there is no `crm.toml` too, by every installed plugin: it has work to
    do on files alone.
    """

    target: str
    help: str
    anywhere: bool = False


@frozen(kw_only=True)
class CheckNotes:
    """What `crm plugins check` is told: the rules that do not hold for the plugin, with the reason, and what
    its businesses have in `crm.toml` and in what cannot be made up."""

    exempt: Mapping[str, str] = _NOTHING
    config: str = ""
    samples: Mapping[str, Mapping[str, Any]] = _NOTHING


@frozen(kw_only=True)
class Manifest:
    """What a plugin says of itself. Each attribute's `doc` metadata is its line in the reference."""

    name: str = field(metadata={"doc": "The name under [crs] plugins, which its words begin with."})
    title: str = field(metadata={"doc": "What people call it."})
    doc: str = field(metadata={"doc": "One line on what it is for."})
    requires: tuple[str, ...] = field(
        default=(), metadata={"doc": "Plugins without which it does not work; they come before it."}
    )
    after: tuple[str, ...] = field(
        default=(), metadata={"doc": "Plugins that come before it where they are in use."}
    )
    table_prefix: str | None = field(
        default=None, metadata={"doc": "What the names of its tables begin with; ends in _."}
    )
    extra: str | None = field(
        default=None, metadata={"doc": "The extra of its distribution that brings what it imports."}
    )
    personal_data_elsewhere: bool = field(
        default=False, metadata={"doc": "Whether it keeps data about people outside of the database."}
    )
    capabilities: tuple[str, ...] = field(
        default=(), metadata={"doc": "Its parts, which `use` in [plugins.NAME] can pick."}
    )
    words: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "The words that it brings, and short forms of its actions: where one is missed, the error "
            "says that this plugin has it."
        },
    )
    commands: Mapping[str, CommandEntry] = field(
        default=_NOTHING,
        metadata={
            "doc": "Commands: NAME = { target = module:attribute, help = one line }; with "
            "anywhere = true it is offered without a crm.toml too."
        },
    )
    settings: str | None = field(
        default=None, metadata={"doc": "module:Class of its settings, a frozen attrs class."}
    )
    check: CheckNotes | None = field(
        default=None,
        metadata={
            "doc": "For crm plugins check: exempt = { CK15 = reason }, config (what crm.toml has besides), "
            "samples (by word or table, what cannot be made up)."
        },
    )

    @property
    def prefix(self) -> str:
        """What the names of its tables begin with."""
        return self.table_prefix or f"{self.name}_"


def read_manifest(path: Path) -> Manifest:
    """The manifest in a file. Raises ConfigError with every problem, each with its line."""
    from crmkit.core.config.problems import config_error, located, problem
    from crmkit.core.config.raw import RawConfig
    from crmkit.core.config.read import Unreadable, parse, read_text

    try:
        text = read_text(path)
        data = parse(text)
    except Unreadable as unreadable:
        raise config_error(path, [problem(path, unreadable.line, unreadable.message)]) from None
    faults = list(_faults(data))
    if faults:
        raise config_error(path, located(RawConfig(path, (path,), data, {path: text}), faults))
    return _made(data)


def _made(data: Mapping[str, Any]) -> Manifest:
    given: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data.items()
    }
    commands = {
        name: CommandEntry(each["target"], each["help"], each.get("anywhere", False))
        for name, each in data.get("commands", {}).items()
    }
    notes = CheckNotes(**data["check"]) if "check" in data else None
    return Manifest(**{**given, "commands": MappingProxyType(commands), "check": notes})


def _faults(data: Mapping[str, Any]) -> Iterator[Any]:
    from crmkit.core.config.faults import Fault
    from crmkit.core.nearest import nearest

    for key in data:
        if key not in _CHECKS:
            yield Fault(
                (key,),
                phrase("is not known here; known are {checks}", checks=", ".join(_CHECKS)),
                nearest(key, _CHECKS),
            )
    for attribute in fields(Manifest):
        if attribute.name in data:
            for keys, message in _CHECKS[attribute.name](data[attribute.name]):
                yield Fault((attribute.name, *keys), message)
        elif attribute.name in ("name", "title", "doc"):
            yield Fault((attribute.name,), phrase("is missing"))


_Faults = Iterator[tuple[tuple[str | int, ...], str]]


def _text(value: Any) -> _Faults:
    if not isinstance(value, str) or not value.strip() or "\n" in value:
        yield (), phrase("is one line of text")


def _spelled(pattern: re.Pattern[str], described: str) -> Callable[[Any], _Faults]:
    def check(value: Any) -> _Faults:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            yield (), described

    return check


def _plugin_name(value: Any) -> _Faults:
    yield from _spelled(_NAME, phrase("is a lower-case letter followed by letters a-z, digits and _"))(value)
    if value == _CORE:
        yield (), phrase("is taken by the core")


def _names(value: Any) -> _Faults:
    if not isinstance(value, list):
        yield (), phrase("is an array of names")
        return
    for position, each in enumerate(value):
        if not isinstance(each, str) or not each:
            yield (position,), phrase("is a name")


def _truth(value: Any) -> _Faults:
    if not isinstance(value, bool):
        yield (), phrase("is true or false")


def _commands(value: Any) -> _Faults:
    if not isinstance(value, dict):
        yield (), phrase("is a table of commands")
        return
    for name, entry in value.items():
        if not _COMMAND.fullmatch(name):
            yield (name,), phrase("a command is lower-case letters, digits and -")
        if not isinstance(entry, dict) or set(entry) - {"anywhere"} != {"target", "help"}:
            yield (name,), phrase("has target = module:attribute and help = one line")
            continue
        yield from (((name, "target"), message) for _, message in _target(entry["target"]))
        yield from (((name, "help"), message) for _, message in _text(entry["help"]))
        yield from (((name, "anywhere"), message) for _, message in _truth(entry.get("anywhere", False)))


def _check(value: Any) -> _Faults:
    if not isinstance(value, dict):
        yield (), phrase("is a table with exempt, config and samples")
        return
    for key in value.keys() - {"exempt", "config", "samples"}:
        yield (key,), phrase("is not known here; known are exempt, config, samples")
    if not isinstance(value.get("config", ""), str):
        yield ("config",), phrase("is text as in crm.toml")
    for key in ("exempt", "samples"):
        held = value.get(key, {})
        if not isinstance(held, dict):
            yield (key,), phrase("is a table")
            continue
        for name, each in held.items():
            if key == "exempt":
                yield from (((key, name), phrase("is the reason, in one line")) for _ in _text(each))
            elif not isinstance(each, dict):
                yield (key, name), phrase("is a table of values")


_target = _spelled(_TARGET, phrase('is "module:attribute"'))
_CHECKS: Final[Mapping[str, Callable[[Any], _Faults]]] = {
    "name": _plugin_name,
    "title": _text,
    "doc": _text,
    "requires": _names,
    "after": _names,
    "table_prefix": _spelled(_PREFIX, phrase("is lower-case letters, digits and _, and ends in _")),
    "extra": _text,
    "personal_data_elsewhere": _truth,
    "capabilities": _names,
    "words": _names,
    "commands": _commands,
    "settings": _target,
    "check": _check,
}
