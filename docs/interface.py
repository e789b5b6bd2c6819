"""Writes the reference of the Python interface from the signatures and docstrings of what is public."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

if TYPE_CHECKING:
    from crmkit import Crm

# Described elsewhere: the clock of tests, the settings of crm.toml, the tables.
APART: Final = ("clock", "config", "kernel", "random", "tables")
_WIDTH: Final = 100


def parts_of(crm: Crm) -> Iterator[tuple[str, object]]:
    """(name, value) of what an opened `Crm` has besides methods: the parts that programs work with."""
    for name, member in sorted(vars(type(crm)).items()):
        if not name.startswith("_") and not callable(member) and not isinstance(member, classmethod):
            yield name, getattr(crm, name)


def methods_of(kind: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """(name, function) of the public methods of a class, its bases' too, in the order of their names."""
    for name in sorted(name for name in dir(kind) if not name.startswith("_")):
        member = inspect.getattr_static(kind, name)
        function = getattr(member, "__func__", member)
        if inspect.isfunction(function) and function.__module__.startswith("crmkit"):
            yield name, function


def programs(crm: Crm) -> str:
    """What programs call: `Crm` and its parts, method by method."""
    lines = ["## `crm`", "", *_about(type(crm)), ""]
    for name, function in methods_of(type(crm)):
        lines += _entry(f"crm.{name}", function, 3)
    for name, part in parts_of(crm):
        if name in APART:
            continue
        lines += [f"## `crm.{name}`", "", *_about(type(part)), ""]
        for method, function in methods_of(type(part)):
            lines += _entry(f"crm.{name}.{method}", function, 3)
    lines += ["## What they give", "", "Besides [values](values.md) that programs make themselves.", ""]
    for name, kind in sorted(given(crm).items()):
        lines += [f"### `{name}`", "", "```python", signature(name, kind), "```", "", *_about(kind), ""]
    return "\n".join(lines)


def given(crm: Crm) -> dict[str, type]:
    """The classes that methods of `crm` and its parts return, and the values within them, by name; without
    those that have their own place in the reference."""
    known = _classes()
    public = {*dir(importlib.import_module("crmkit")), *dir(importlib.import_module("crmkit.plugin"))}
    kinds = [type(crm), *(type(part) for name, part in parts_of(crm) if name not in APART)]
    functions = [function for kind in kinds for _, function in methods_of(kind)]
    waiting = list(_named([inspect.signature(each).return_annotation for each in functions], known))
    found: dict[str, type] = {}
    while waiting:
        name = waiting.pop()
        if name not in public and name not in found:
            found[name] = known[name]
            within = _named([each.type for each in attrs.fields(known[name])], known)
            waiting += [each for each in within if known[each].__module__.startswith("crmkit.core.model.")]
    return found


def _named(annotations: Iterable[Any], known: Mapping[str, type]) -> Iterator[str]:
    """Those of the known classes that type annotations name."""
    for each in annotations:
        yield from (name for name in re.findall(r"\b[A-Z]\w+", str(each)) if name in known)


def _classes() -> dict[str, type]:
    """The attrs classes of the core by their names, where a name is that of one alone."""
    found: dict[str, list[type]] = {}
    for module in [each for name, each in sys.modules.items() if _gives(name)]:
        for name, thing in vars(module).items():
            own = getattr(thing, "__module__", "") == module.__name__
            if own and inspect.isclass(thing) and attrs.has(thing):
                found.setdefault(name, []).append(thing)
    return {name: things[0] for name, things in found.items() if len(things) == 1}


def module(name: str) -> str:
    """What a module offers: each class with what it is made of, each function with what it takes."""
    home = importlib.import_module(name)
    lines: list[str] = []
    for each in (each for each in dir(home) if not each.startswith("_")):
        thing = getattr(home, each)
        if inspect.isclass(thing) and each != "Crm":
            lines += _class(each, thing)
        elif inspect.isfunction(thing):
            lines += _entry(each, thing, 2)
    return "\n".join(lines)


def _gives(module: str) -> bool:
    """Whether methods may give a module's classes: where they say `Table`, it is SQLAlchemy's."""
    return module.startswith("crmkit.core.") and not module.startswith("crmkit.core.store.")


def signature(name: str, function: Any) -> str:
    """A function or a class as it is called: parameters with types and defaults, and what it returns."""
    try:
        found = inspect.signature(function)
    except (TypeError, ValueError):  # a class that is written in C
        return name
    parts = [_parameter(each) for each in _shown(found)]
    returned = "" if inspect.isclass(function) else _returned(function, found.return_annotation)
    line = f"{name}({', '.join(parts)}){returned}"
    if len(line) <= _WIDTH:
        return line
    inside = "".join(f"    {part},\n" for part in parts)
    return f"{name}(\n{inside}){returned}"


def _class(name: str, kind: type) -> Iterator[str]:
    yield from (f"## `{name}`", "", "```python", signature(name, kind), "```", "", *_about(kind), "")
    if issubclass(kind, BaseException):
        return
    for method, function in methods_of(kind):
        yield from _entry(f"{name}.{method}", function, 3)


def _entry(name: str, function: Callable[..., Any], level: int) -> Iterator[str]:
    called = name.rpartition(".")[2]
    ways = typing.get_overloads(function) or [function]
    yield from (f"{'#' * level} `{name}`", "", "```python")
    yield from (signature(called, way) for way in ways)
    yield from ("```", "", *_about(function), "")


def _about(thing: Any) -> list[str]:
    """A docstring as Markdown: what is set in by four blanks is code, and nothing else is taken for more than
    text and code."""
    return [
        line if line.startswith("    ") else "".join(map(_escaped, re.split(r"(`[^`]*`)", line)))
        for line in (inspect.getdoc(thing) or "").splitlines()
    ]


def _escaped(part: str) -> str:
    return part if part.startswith("`") else re.sub(r"([<*\[\]{}|$])", r"\\\1", part)


def _shown(found: inspect.Signature) -> Iterator[inspect.Parameter | str]:
    starred = False
    for place, each in enumerate(found.parameters.values()):
        if place == 0 and each.annotation is each.empty and each.name in ("self", "cls"):
            continue
        if each.kind is each.KEYWORD_ONLY and not starred:
            yield "*"
        starred = starred or each.kind in (each.KEYWORD_ONLY, each.VAR_POSITIONAL)
        yield each


def _parameter(each: inspect.Parameter | str) -> str:
    if isinstance(each, str):
        return each
    stars = "*" * (each.kind is each.VAR_POSITIONAL) + "**" * (each.kind is each.VAR_KEYWORD)
    type_ = "" if each.annotation is each.empty else f": {_type(each.annotation)}"
    if each.default is each.empty:
        return f"{stars}{each.name}{type_}"
    default = "..." if each.default is attrs.NOTHING else repr(each.default)
    if re.search(r"^<|mappingproxy| object at ", default):
        default = "..."
    return f"{each.name}{type_}{' = ' if type_ else '='}{default}"


def _returned(function: Any, annotation: Any) -> str:
    if annotation is inspect.Signature.empty:
        return ""
    said = _type(annotation)
    if hasattr(function, "__wrapped__"):  # a generator that `contextmanager` made something for `with`
        said = re.sub(r"^Iterator\[", "AbstractContextManager[", said)
    return f" -> {said}"


def _type(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
