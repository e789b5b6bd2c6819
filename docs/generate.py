"""Writes the reference from the program itself, so that no list in the docs is kept by hand.

Each part is a function that returns Markdown; `write_all` puts them into one folder, from where the pages of
`docs/reference/` include them.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import json
import re
import sys
import tempfile
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

import attrs

from docs import interface
from docs.lifecycle import MOMENTS, anchor, lifecycle, moments_of

if TYPE_CHECKING:
    import click

    from crmkit import Crm
    from crmkit.plugin import Deprecated

SPEC_PARTS = ("Called", "Moments", "Arguments", "Returns", "Order", "On failure", "Since", "Example")


def write_all(folder: Path) -> None:
    """Write every generated part anew; a file that is already right is left alone: builds stay quick."""
    folder.mkdir(exist_ok=True)
    parts: dict[str, Callable[[], str]] = {
        "hooks": hooks,
        "lifecycle": lifecycle,
        "words": words,
        "actions": actions,
        "functions": functions,
        "attributes": attributes,
        "settings": settings,
        "commands": commands,
        "errors": errors,
        "permissions": permissions,
        "rights": rights,
        "manifest": manifest,
        "names": names,
        "programs": programs,
        "values": lambda: interface.module("crmkit"),
        "plugin-interface": lambda: interface.module("crmkit.plugin"),
        "charts-interface": lambda: interface.module("crmkit.charts"),
        "testing-interface": lambda: interface.module("crmkit.testing"),
        "targets": targets,
        "presets": presets,
    }
    for name, part in parts.items():
        path, text = folder / f"{name}.md", part()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


# ------------------------------------------------------------------------------------------------- hooks


def hooks() -> str:
    """One section for each hook specification, in the order of their file."""
    from crmkit.core.hooks import HookSpecs

    functions = [function for name, function in vars(HookSpecs).items() if name.startswith("crmkit_")]
    return "\n".join(line for function in functions for line in _hook(function))


def _hook(function: Callable[..., Any]) -> Iterator[str]:
    summary, parts = split_specification(inspect.getdoc(function) or "")
    yield f"## `{function.__name__}`\n\n{summary}\n"
    yield f"```python\n{_signature(function)}\n```\n"
    for name, text in parts.items():
        yield f"{name}\n: {_moments(function) if name == 'Moments' else text}\n"


def _moments(function: Callable[..., Any]) -> str:
    """The moments of a hook, each a way to its place in the order of all."""
    titles = {each.name: each.title for each in MOMENTS}
    named = dict.fromkeys(place.partition(".")[0] for place in moments_of(function))
    return ", ".join(f"[{titles[name]}](lifecycle.md#{anchor(titles[name])})" for name in named) + "."


def split_specification(doc: str) -> tuple[str, dict[str, str]]:
    """A specification's first sentence and its parts, each on one line."""
    heads = "|".join(SPEC_PARTS)
    pieces = re.split(rf"^({heads}):\s*", doc, flags=re.MULTILINE)
    texts = [" ".join(piece.split()) for piece in pieces]
    return texts[0], dict(zip(texts[1::2], texts[2::2], strict=True))


def _signature(function: Callable[..., Any]) -> str:
    signature = inspect.signature(function)
    arguments = [argument for argument in signature.parameters.values() if argument.name != "self"]
    named = "".join(f"    {argument.name}: {argument.annotation},\n" for argument in arguments)
    inside = f"\n{named}" if named else ""
    return f"def {function.__name__}({inside}) -> {signature.return_annotation}: ..."


# ---------------------------------------------------------------------------------------------- commands


def commands() -> str:
    """Every command of the program and of the bundled plugins, each noun a section."""
    import click

    from crmkit.cli.root import crm
    from crmkit.cli.state import State

    with bundled() as opened:
        assert isinstance(crm, click.Group)
        context = click.Context(crm, info_name="crm", obj=State(config_path=str(opened.config.path)))
        return "\n".join([*_global_options(crm, context), *_below(crm, context, 2)])


def _global_options(command: click.Command, context: click.Context) -> Iterator[str]:
    yield "## For every command\n"
    yield from _options(command, context)


def _below(group: click.Group, context: click.Context, level: int) -> Iterator[str]:
    import click

    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            inner = click.Context(command, info_name=name, parent=context, resilient_parsing=True)
            yield f"{'#' * level} `{inner.command_path}`\n"
            yield from _help(command.help or command.short_help or "")
            yield f"```text\n{' '.join([inner.command_path, *command.collect_usage_pieces(inner)])}\n```\n"
            yield from _options(command, inner)
            if isinstance(command, click.Group):
                yield from _below(command, inner, level + 1)


def _help(text: str) -> Iterator[str]:
    """A help text as paragraphs; click marks with a backspace what keeps its line breaks."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        kept = paragraph.removeprefix("\b\n")
        yield f"{_plain(paragraph)}\n" if kept == paragraph else f"```text\n{kept}\n```\n"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    records = (p.get_help_record(context) for p in command.get_params(context))
    rows = ((f"`{names}`", text) for names, text in filter(None, records) if text and "--help" not in names)
    yield from _table(("option", "what it does"), rows)


# -------------------------------------------------------------------------------------------------- words


def words() -> str:
    """Every word of the core and of the bundled plugins, by vocabulary."""
    kinds: dict[str, list[tuple[str, ...]]] = {}
    with bundled() as crm:
        for vocabulary, word in crm.words.all():
            doc = word.doc + _going(getattr(word, "deprecated", None))
            kinds.setdefault(vocabulary, []).append((f"`{word.name}`", word.owner, doc, _keys(word)))
    return "\n".join(line for kind, rows in kinds.items() for line in _vocabulary(kind, rows))


def actions() -> str:
    """Every action of the core and of the bundled plugins: how a rule says it, and how far it reaches."""
    from crmkit.cli.words import parameters_of

    with bundled() as crm:
        found = list(crm.words.actions)
    rows = (
        (
            f"`{each.name}`",
            f"`{each.shorthand}`" if each.shorthand else "",
            ", ".join(f"`{name}`" for name in parameters_of(each)),
            each.doc + _going(each.deprecated),
            "external" if each.prepare is not None else "internal",
            _undo(each),
        )
        for each in found
    )
    return "\n".join(
        _table(("action", "shorthand", "what it takes", "what it does", "reaches", "undo"), rows)
    )


def _going(deprecated: Deprecated | None) -> str:
    """What follows the line of a word or a setting that will go."""
    return f". *Deprecated since {deprecated.since}: use {deprecated.instead}*" if deprecated else ""


def _undo(action: Any) -> str:
    if action.undo is not None:
        return "takes back what nobody touched since"
    return "none: it has left the house" if action.prepare is not None else "puts the values back"


def _vocabulary(kind: str, rows: list[tuple[str, ...]]) -> Iterator[str]:
    heads = ("word", "whose", "what it means", "its keys")
    width = 4 if any(row[3] for row in rows) else 3
    yield f"## {kind.replace('_', ' ').capitalize()}\n"
    yield from _table(heads[:width], (row[:width] for row in rows))


def _keys(word: Any) -> str:
    """The keys of an interaction type's payload, as `crm log --set` takes them."""
    payload = getattr(word, "payload", None)
    return ", ".join(f"`{each.name}`" for each in attrs.fields(payload)) if payload else ""


# --------------------------------------------------------------------------------------------- predicates


def functions() -> str:
    """Every function of the predicate language, with an example of each."""
    from crmkit.core.predicates.signatures import SIGNATURES

    rows = ((f"`{each.written}`", each.gives, each.doc, f"`{each.example}`") for each in SIGNATURES)
    return "\n".join(_table(("function", "gives", "what it means", "for instance"), rows))


def attributes() -> str:
    """Every word that the core knows of a customer, with its type and whether its past is on record."""
    from crmkit.core.predicates.attributes import ATTRIBUTES, FOREVER, WITH_PAST
    from crmkit.core.predicates.types import called

    rows = (
        (
            f"`{name}`",
            ", ".join(f"`'{each}'`" for each in word.type.choices) or called(word.type),
            "any of several" if word.place == "contact" else "one",
            "never changes" if name in FOREVER else "yes" if name in WITH_PAST else "no",
        )
        for name, word in ATTRIBUTES.items()
    )
    return "\n".join(_table(("word", "its values", "how many", "past on record"), rows))


# ----------------------------------------------------------------------------------------------- settings


def settings() -> str:
    """Every key of `crm.toml` that the core and the bundled plugins know, section by section."""
    from crmkit.core.config.schema import Sections

    with bundled() as crm:
        plugins = [(each.name, type(each.settings)) for each in crm.plugins]
    own = [line for name, cls in plugins for line in _plugin_section(name, cls)]
    return "\n".join(["## Tables of names\n", *_section((), Sections), *own])


def _plugin_section(name: str, cls: type) -> Iterator[str]:
    keys = list(_section(("plugins", name), cls))
    if keys:
        yield f"## `[plugins.{name}]`\n\n{inspect.getdoc(cls)}\n"
        yield from keys


def _section(path: tuple[str, ...], cls: type) -> Iterator[str]:
    """A section's own keys as a table, then the sections beneath it."""
    hints = typing.get_type_hints(cls)
    keys, sections = [], []
    for attribute in attrs.fields(cls):
        if attribute.name == "said":  # what the other keys leave: an action with its parameters
            continue
        inner = _inner(hints[attribute.name])
        if (inner is None or not _is_table(hints[attribute.name])) and attribute.metadata.get("doc"):
            keys.append(_key(attribute, hints[attribute.name]))
        if inner is not None:
            sections.append(((*path, attribute.name, *inner[1]), inner[0], attribute))
    yield from _table(("key", "type", "without it", "what it means"), keys)
    for name, inside, attribute in sections:
        yield f"{'###' if path else '##'} `[{'.'.join(name)}]`\n\n{attribute.metadata.get('doc', '')}\n"
        yield from _section(name, inside)


def _inner(hint: Any) -> tuple[type, tuple[str, ...]] | None:
    """The class of a section, and `NAME` where there is one section for each name; None for a plain key."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if attrs.has(hint):
        return (hint, ()) if any(each.metadata.get("doc") for each in attrs.fields(hint)) else None
    if origin is Mapping:
        return (arguments[1], ("NAME",)) if attrs.has(arguments[1]) else None
    if origin in (tuple, typing.Union, types.UnionType):
        return next(filter(None, map(_inner, arguments)), None)
    return None


def _is_table(hint: Any) -> bool:
    """Whether a section is all that a key can be: not one of several, and not a text that says the same."""
    others = {each for each in typing.get_args(hint) if each is not type(None) and not attrs.has(each)}
    return typing.get_origin(hint) is Mapping or (not others and typing.get_origin(hint) is not tuple)


def _key(attribute: Any, hint: Any) -> tuple[str, str, str, str]:
    doc = attribute.metadata["doc"] + _going(attribute.metadata.get("deprecated"))
    return f"`{attribute.name.removesuffix('_')}`", _type(hint), _default(attribute.default), doc


def _type(hint: Any) -> str:
    """A type as the author of a text file thinks of it."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in (tuple, frozenset):
        return f"list of {_several(arguments[0])}"
    if origin is Mapping:
        return f"table of {_several(arguments[1])}"
    if origin in (typing.Union, types.UnionType):
        plain = (a for a in arguments if a is str or (a is not type(None) and not attrs.has(a)))
        return _type(next(plain, arguments[0]))
    return {str: "text", int: "number", bool: "true or false", Any: "as its type"}.get(hint, "value")


def _several(hint: Any) -> str:
    one = _type(hint)
    if hint is Any:
        return "values"
    return re.sub("^(list|table) of", r"\1s of", one) if " of " in one else f"{one}s"


def _default(value: Any) -> str:
    if value is attrs.NOTHING:
        return "needed"
    if value is None or isinstance(value, attrs.Factory) or value in ((), "", {}):  # type: ignore[arg-type]
        return ""
    if isinstance(value, frozenset):
        value = sorted(value)
    if isinstance(value, tuple | list):  # tables are told by their names
        value = [getattr(each, "name", each) for each in value]
    return f"`{json.dumps(value)}`"


# ------------------------------------------------------------------------------- errors, rights, manifests


def errors() -> str:
    """Every error by name, and every exit status of the program."""
    found = list(all_errors())
    rows = ((f"`{e.__name__}`", f"`{e.code}`", str(e.exit_status), _caught_as(e), _first(e)) for e in found)
    statuses: dict[int, str] = {}
    for error in found:
        statuses[error.exit_status] = ", ".join(
            filter(None, (statuses.get(error.exit_status), f"`{error.code}`"))
        )
    lines = ["## Errors\n", *_table(("error", "code", "exit status", "also a", "when"), rows)]
    return "\n".join([*lines, "## Exit statuses\n", *_table(("status", "meaning"), _statuses(statuses))])


def all_errors() -> Iterator[type[Any]]:
    """`CrmError` and every class below it that has a code of its own, wherever it lives; each after its
    parent."""
    import crmkit
    from crmkit.core.errors import CrmError

    for module in walk_packages(crmkit.__path__, "crmkit."):
        if "__main__" not in module.name and ".migrations" not in module.name:
            importlib.import_module(module.name)
    waiting: list[type[Any]] = [CrmError]
    while waiting:
        error = waiting.pop(0)
        if "code" in vars(error) and error.__module__.startswith("crmkit."):
            yield error
        waiting[:0] = sorted(error.__subclasses__(), key=lambda each: each.__name__)


def _caught_as(error: type[Any]) -> str:
    builtin = [base.__name__ for base in error.__bases__ if base.__module__ == "builtins"]
    return ", ".join(f"`{name}`" for name in builtin if name != "Exception")


def _statuses(of_errors: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    from crmkit.cli.errors import FINDINGS, INTERRUPTED, USAGE

    fixed = {
        0: "done",
        1: "something failed, expected or not",
        USAGE: "the command was written wrongly",
        FINDINGS: "a check found something; what it found is on stdout",
        INTERRUPTED: "interrupted",
    }
    for status in sorted({*fixed, *of_errors}):
        yield str(status), "; ".join(filter(None, (fixed.get(status), of_errors.get(status))))


def permissions() -> str:
    """What there is to be allowed, and what the built-in roles allow."""
    from crmkit.core.model.people import PERMISSIONS

    with bundled() as crm:
        roles = crm.people.roles()
    rows = (
        (f"`{name}`", doc, *("✓" if name in r.permissions else "" for r in roles))
        for name, doc in PERMISSIONS.items()
    )
    return "\n".join(_table(("permission", "what it allows", *(role.name for role in roles)), rows))


def rights() -> str:
    """What each command needs, by `docs/rights.toml`, which the tests hold against what commands do."""
    import tomllib

    told = tomllib.loads((Path(__file__).parent / "rights.toml").read_text(encoding="utf-8"))
    of = {name: needs for needs, names in told["needs"].items() for name in names}
    rows = (
        (
            f"`crm {name}`",
            ", ".join(f"`{each}`" for each in of[name].split(" + ") if each) or "nothing",
            told["more"].get(name, ""),
            told["everybody"].get(name, ""),
        )
        for name in sorted(of)
    )
    return "\n".join(_table(("command", "needs", "and more", "of all customers it tells"), rows))


def targets() -> str:
    """What a column of an imported file can mean, by what the file is about."""
    from crmkit.core.exchange.targets import MEANINGS

    lines: list[str] = []
    for what, meanings in MEANINGS.items():
        lines.append(f"## {what.capitalize()}\n")
        lines += _table(("target", "what it means"), ((f"`{name}`", doc) for name, doc in meanings.items()))
    return "\n".join(lines)


def presets() -> str:
    """How the exports of other products are read."""
    from crmkit.core.exchange.presets import PRESETS

    lines: list[str] = []
    for preset in PRESETS:
        own = (
            (f"{header}` of a file of companies", target) for header, target in preset.of_companies.items()
        )
        every = [*((f"{header}`", target) for header, target in preset.columns.items()), *own]
        columns = ((f"`{header}", f"`{target}`") for header, target in every)
        lines.append(f"### {preset.label} (`--preset {preset.name}`)\n")
        lines += _table(("column", "target"), columns)
        lines.append("Left out: " + ", ".join(f"`{header}`" for header in preset.ignored) + ".\n")
    return "\n".join(lines)


def manifest() -> str:
    """Every key of `plugin.toml`."""
    from crmkit.core.plugins.manifest import Manifest

    hints = typing.get_type_hints(Manifest)
    rows = (_key(attribute, hints[attribute.name]) for attribute in attrs.fields(Manifest))
    return "\n".join(_table(("key", "type", "without it", "what it means"), rows))


def programs() -> str:
    """What programs call: `Crm` and its parts."""
    with bundled() as crm:
        return interface.programs(crm)


def names() -> str:
    """The public names of the modules that programs, plugins and their tests import."""
    return "\n".join(
        line
        for module in ("crmkit", "crmkit.plugin", "crmkit.charts", "crmkit.testing")
        for line in _names(module)
    )


def _names(module: str) -> Iterator[str]:
    home = importlib.import_module(module)
    public = [name for name in dir(home) if not name.startswith("_")]
    yield f"## `{module}`\n"
    rows = ((f"`{name}`", _first(getattr(home, name)) or _comment(home, name)) for name in public)
    yield from _table(("name", "what it is"), rows)


def _comment(home: types.ModuleType, name: str) -> str:
    """What stands above a constant where it is made: a value has no docstring of its own."""
    package = getattr(home, "_HOME", {}).get(name, home.__name__)
    for module in [each for each in sys.modules.values() if each.__name__.startswith(package)]:
        above = re.search(
            rf"((?:^ *# .*\n)+)^ *{name}(?:: | = )", inspect.getsource(module), flags=re.MULTILINE
        )
        if above:
            return " ".join(above[1].replace("# ", "").split())
    return ""


def _first(thing: Any) -> str:
    """The first paragraph of a docstring; nothing for what has none of its own."""
    own = thing is not Any and (inspect.isclass(thing) or inspect.isroutine(thing))
    return (inspect.getdoc(thing) or "").split("\n\n")[0] if own else ""


# ----------------------------------------------------------------------------------------------- markdown


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table, or nothing when there are no rows."""
    lines = [" | ".join(_cell(cell) for cell in row) for row in rows]
    if lines:
        yield f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}"
        yield from (f"| {line} |" for line in lines)
        yield ""


def _cell(text: str) -> str:
    """Text on one line that a table can hold; what stands in backticks is code already."""
    return _plain(" ".join(text.split())).replace("|", "\\|")


def _plain(text: str) -> str:
    """Text in which nothing is taken for HTML."""
    return text if "`" in text else text.replace("<", "&lt;")


@contextmanager
def bundled() -> Iterator[Crm]:
    """A business that uses every bundled plugin and has no words of its own."""
    from crmkit.testing import open_crm

    with tempfile.TemporaryDirectory() as folder, open_crm(Path(folder), plugins=bundled_plugins()) as crm:
        yield crm


def bundled_plugins() -> list[str]:
    """The names of the plugins that come with crmkit."""
    entries = importlib.metadata.entry_points(group="crmkit.plugins")
    return sorted({entry.name for entry in entries if entry.value.startswith("crmkit.plugins.")})


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
