"""Finds what crmkit and its plugins say to people, for Babel: `crmkit = crmkit.testing.catalogue:extract`.

Beside what is marked as gettext has it (`_`, `ngettext`, `pgettext`, `N_`) and by `phrase` and `nphrase`,
these need no mark: the docstrings and `help` of click's commands, groups and options; the titles of a
table's columns, also those that follow from the key; the message and the `hint` of an error where it is
made, and of a finding; `doc` and `label` of words, also through a function of the same file that takes a
`doc`; the lines of commands in a list of entries; `formula` and `reading` of metrics; titles, captions and
labels of what a report is made of; the first line of a migration; what each check of `crm plugins check`
asks; `title`, `doc` and `help` in a `plugin.toml`; and what the files of `crm init` say.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import IO, Any, Final

from attrs import define, field

from crmkit.core import errors

Found = tuple[int, str | None, str | tuple[str, ...], list[str]]

_MARKS: Final = {"_": 1, "N_": 1, "gettext": 1, "ngettext": 2, "pgettext": 2}
# How many texts they take, and what Babel knows that means the same.
_PHRASES: Final = {"phrase": (1, "_"), "nphrase": (2, "ngettext")}
_ERRORS: Final = frozenset(
    name
    for name, each in vars(errors).items()
    if isinstance(each, type) and issubclass(each, errors.CrmError)
)
_SAID: Final = {"help": "help", "short_help": "help", "epilog": "help", "doc": "word", "label": "label"}
# What of a report is said in its page: the calls that make its parts, and what names them.
_PARTS: Final = ("Axis", "Chart", "Figure", "ReportSection", "ReportTable")
_NAMES: Final = ("title", "caption", "label")
# What a metric says of how it counts.
_COUNTED: Final = ("formula", "reading")
_ENTRY_HELP: Final = 2
# A file without any of these says nothing, and need not be understood.
_SIGNS: Final = (
    "help=",
    "doc=",
    "label=",
    "doc: str",
    "_(",
    "gettext(",
    "Column(",
    ".command",
    ".group",
    "Entry(",
    "phrase(",
    "Finding(",
    "down_revision",
    "subject: Subject",
    "raise ",
    *(f"{name}(" for name in sorted(_ERRORS)),
    "Axis(",
    "Figure(",
    "ReportSection(",
    "ReportTable(",
)


def extract(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:  # noqa: ARG001 - as Babel calls it
    """What a file says, as Babel's extraction methods give it: line, mark, text, notes for translators."""
    text = fileobj.read().decode("utf-8")
    if getattr(fileobj, "name", "").endswith(".toml"):
        return _of_manifest(text)
    return iter(_Reading.of(text).found() if any(each in text for each in _SIGNS) else ())


def _of_manifest(text: str) -> Iterator[Found]:
    import tomli

    def walk(table: Mapping[str, Any]) -> Iterator[Found]:
        for key, value in table.items():
            if isinstance(value, Mapping):
                yield from walk(value)
            elif key in ("title", "doc", "help") and isinstance(value, str):
                yield 1, None, value, ["plugin"]

    data = tomli.loads(text)
    return walk({key: value for key, value in data.items() if key != "settings"})


def extract_template(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:  # noqa: ARG001
    """What a file of `crm init` says, and what its names are called where they have no label."""
    from crmkit.cli.template_words import texts

    text = fileobj.read().decode("utf-8")
    return ((1, None, each, ["template"]) for each in (*texts(text), *_called(text)))


def _called(text: str) -> Iterator[str]:
    """What the names that a template's crm.toml declares are called, where it does not say."""
    from string import Template

    import tomli

    from crmkit.core.words.declared import called

    values = dict.fromkeys(Template(text).get_identifiers(), '""')
    data = tomli.loads(Template(text).substitute(values, by="2030-01-01"))
    for kind in ("fields", "records", "segments", "customer_types", "goals"):
        yield from map(called, data.get(kind, {}))
    for record in data.get("records", {}).values():
        yield from map(called, record.get("fields", {}))


@define
class _Reading:
    tree: ast.Module
    constants: Mapping[str, str]
    columns: frozenset[str]
    passing: Mapping[str, Mapping[str, int]] = field(factory=dict)
    errors: frozenset[str] = _ERRORS

    @classmethod
    def of(cls, text: str) -> _Reading:
        tree = ast.parse(text)
        reading = cls(tree, {}, frozenset(_columns(tree)))
        constants: dict[str, str] = {}
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                constants[node.targets[0].id] = reading.text(node.value)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                constants[node.target.id] = reading.text(node.value)
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        passing = {each.name: _passed(each) for each in functions}
        return cls(tree, constants, reading.columns, passing, errors_of(tree))

    def found(self) -> Iterator[Found]:
        doc = ast.get_docstring(self.tree)
        if doc and "down_revision" in self.constants:
            yield 1, None, doc.partition("\n")[0], ["migration"]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                yield from self._docstring(node)
            elif isinstance(node, ast.Call):
                yield from self._call(node)

    def text(self, node: ast.expr | None) -> str:
        """A text as it will be: a constant, the name of one, or one with the names of some in it."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
            return self.text(node.args[0])
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.Name):
            return self.constants.get(node.id, "")
        if isinstance(node, ast.JoinedStr):
            parts = [self.text(_inside(each)) for each in node.values]
            return "".join(parts) if all(parts) else ""
        return ""

    def _docstring(self, node: ast.FunctionDef) -> Iterator[Found]:
        marks = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
        doc = ast.get_docstring(node)
        if doc and _is_check(node):
            yield node.lineno, None, " ".join(doc.split()), ["check"]
        if doc and any(
            isinstance(each, ast.Attribute) and each.attr in ("command", "group") for each in marks
        ):
            yield node.lineno, None, inspect.cleandoc(doc), ["help"]

    def _call(self, node: ast.Call) -> Iterator[Found]:
        name = _name(node.func)
        if name in _MARKS or name in _PHRASES:
            yield from self._marked(node, name)
            return
        if name in self.columns:
            yield from self._column(node)
            return
        if is_error(_last(node.func), self.errors):
            yield from self._explained(node, node.args[:1])
        if name == "Finding":
            yield from self._explained(node, node.args[1:])
        if name == "Entry" and len(node.args) > _ENTRY_HELP:
            yield from self._plain(node, self.text(node.args[_ENTRY_HELP]), "help")
        for keyword in node.keywords:
            if name in _PARTS and keyword.arg in _NAMES:
                yield from self._plain(node, self.text(keyword.value), "report")
            elif name == "Metric" and keyword.arg in _COUNTED:
                yield from self._plain(node, self.text(keyword.value), "word")
            elif keyword.arg in _SAID:
                yield from self._plain(node, self.text(keyword.value), _SAID[keyword.arg])
        for said, place in self.passing.get(name, {}).items():
            if len(node.args) > place:
                yield from self._plain(node, self.text(node.args[place]), _SAID[said])

    def _marked(self, node: ast.Call, name: str) -> Iterator[Found]:
        count, mark = _PHRASES[name] if name in _PHRASES else (_MARKS[name], name)
        notes = ["error"] if name in _PHRASES else []
        if count == 1 and node.args:
            texts = map(self.text, chosen(node.args[0]))
            yield from ((node.lineno, mark, text, notes) for text in texts if text)
            return
        several = tuple(self.text(each) for each in node.args[:count])
        if len(several) == count and all(several):
            yield node.lineno, mark, several, notes

    def _column(self, node: ast.Call) -> Iterator[Found]:
        titles = [each.value for each in node.keywords if each.arg == "title"] + node.args[1:2]
        key = self.text(node.args[0]) if node.args else ""
        title = self.text(titles[0]) if titles else key.replace("_", " ").capitalize()
        yield from self._plain(node, title, "column")

    def _explained(self, node: ast.Call, texts: Sequence[ast.expr]) -> Iterator[Found]:
        """The message and the hint of an error or a finding."""
        hints = [each.value for each in node.keywords if each.arg == "hint"]
        for each in [*texts, *hints]:
            for text in chosen(each):
                yield from self._plain(node, self.text(text), "error")

    def _plain(self, node: ast.Call, text: str, note: str) -> Iterator[Found]:
        if any(char.isalpha() for char in text):
            yield node.lineno, None, inspect.cleandoc(text), [note]


def _is_check(function: ast.FunctionDef) -> bool:
    """Whether it is one of those that look at a plugin for `crm plugins check`."""
    takes = [each.arg for each in function.args.args]
    gives = ast.unparse(function.returns) if function.returns else ""
    return takes == ["subject"] and gives == "Iterator[str]" and not function.name.startswith("_")


def _inside(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.FormattedValue) else node


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""


def errors_of(tree: ast.Module) -> frozenset[str]:
    """What a file calls errors that are explained to people: crmkit's own, and those it makes of them."""
    found = set(_ERRORS)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(is_error(_last(base), found) for base in node.bases):
            found.add(node.name)
    return frozenset(found)


def is_error(name: str, known: Collection[str]) -> bool:
    """Whether a class of that name is an error with a message for people: no builtin one."""
    return name in known or (name.endswith("Error") and not hasattr(builtins, name))


def chosen(node: ast.expr) -> list[ast.expr]:
    """What an expression may be: both sides of `x if y else z`, each of `x or y`."""
    if isinstance(node, ast.IfExp):
        return [*chosen(node.body), *chosen(node.orelse)]
    if isinstance(node, ast.BoolOp):
        return [found for each in node.values for found in chosen(each)]
    return [node]


def _last(function: ast.expr) -> str:
    """The name of a class, without that of its module."""
    return function.attr if isinstance(function, ast.Attribute) else _name(function)


def _columns(tree: ast.Module) -> Iterator[str]:
    """What a file calls the columns of a table."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("crmkit.cli.column", "crmkit.plugin"):
            for each in node.names:
                if each.name in ("Column", "OutputColumn"):
                    yield each.asname or each.name


def _passed(function: ast.FunctionDef) -> Mapping[str, int]:
    """Which of a function's arguments by place is a `doc`, a `help` or a `label`."""
    names = [each.arg.rstrip("_") for each in function.args.args]
    return {name: place for place, name in enumerate(names) if name in _SAID}
