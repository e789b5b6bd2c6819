"""What the specifications offer, and what tests and executed pages do with it.

`offered` are hooks, commands, options, words, settings and errors by name, read from the program. `done` is
read from the calls and texts of the tests and from the blocks of the pages that are run; what is only named
in a list of all is not done. Neither runs anything, so the comparison is quick.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from attrs import Factory, define

from tests.docs.blocks import read_blocks

ROOT: Final = Path(__file__).parents[3]
# They go through lists of all that there is: whoever is only there is done by nobody on purpose.
_LISTS: Final = ("tests/architecture/", "tests/acceptance/rights/", "tests/docs/test_reference.py")
_HEADER: Final = re.compile(r"^\s*\[\[?\s*([\w.\"'-]+)\s*\]\]?\s*$")
_KEY: Final = re.compile(r"""(?:^\s*|[{,]\s*)([A-Za-z_][\w-]*(?:\.[\w-]+)*)\s*=(?!=)""")
_NAME: Final = re.compile(r"[A-Za-z_][\w]*(?:\.[A-Za-z_][\w]*)*")


@define
class Done:
    """What was found: `calls` are the words of a command line, those not known as "?"."""

    calls: list[tuple[Path, tuple[str, ...]]] = Factory(list)
    keys: set[tuple[str, ...]] = Factory(set)
    texts: set[str] = Factory(set)
    functions: set[str] = Factory(set)
    caught: set[str] = Factory(set)


@cache
def done() -> Done:
    """What the tests, those of the examples, and the pages of the docs do."""
    found = Done()
    for folder in ("tests", "examples"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if not str(file.relative_to(ROOT)).startswith(_LISTS):
                _read_python(found, file, file.read_text(encoding="utf-8"))
    for file in sorted((ROOT / "examples").rglob("*.toml")):
        _read_toml(found, file.read_text(encoding="utf-8"))
    pages = [page for page in (ROOT / "docs").rglob("*.md") if not {"_build", "_generated"} & set(page.parts)]
    for page in sorted([*ROOT.glob("*.md"), *pages]):
        for block in read_blocks(page):
            if block.runs:
                _read_block(found, page, block.language, block.text)
    return found


def _read_block(found: Done, page: Path, language: str, text: str) -> None:
    if language in ("python", "pycon"):
        code = re.sub(r"^(?:>>>|\.\.\.) ?", "", text, flags=re.MULTILINE) if language == "pycon" else text
        try:
            _read_python(found, page, code)
        except SyntaxError:  # what `pycon` printed stands between
            found.texts.add(text)
        return
    found.texts.add(text)
    if language == "toml":
        _read_toml(found, text)
    else:
        for line in re.sub(r"\\?\n> ", " ", text).splitlines():
            for piece in re.findall(r"\bcrm (.*?)(?:[|;&]|$)", line) if line.startswith("$ ") else ():
                found.calls.append((page, tuple(re.findall(r"\"[^\"]*\"|'[^']*'|\S+", piece))))
            if "printf" in line or "sed" in line:
                _read_toml(found, line.replace("\\n", "\n"))


def _read_python(found: Done, file: Path, code: str) -> None:
    nodes = list(ast.walk(ast.parse(code)))
    known = _beginnings(nodes)
    taken = _taken(nodes)
    for node in nodes:
        match node:
            case ast.Call(args=args, keywords=keywords, func=func):
                called = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
                # A function stands for the words that it puts before its own, or for its name: `deals("add")`
                own = args[taken.get(called, 0) :]
                words = (*known.get(called, (called,)), *_words(own, known))
                found.calls.append((file, words))
                found.keys.update((called, each.arg) for each in keywords if each.arg)
                if called == "raises":
                    found.caught |= {name for arg in args for name in _identifiers(arg)}
            case ast.List(elts=args) | ast.Tuple(elts=args):
                found.calls.append((file, _words(args, known)))
                found.calls += [(file, tuple(_text(each).split())) for each in args if " " in _text(each)]
            case ast.ExceptHandler(type=type_) if type_ is not None:
                found.caught |= set(_identifiers(type_))
            case ast.FunctionDef(name=name):
                found.functions.add(name)
            case ast.JoinedStr() | ast.Constant(value=str()):
                _read_text(found, _text(node))


def _read_text(found: Done, text: str) -> None:
    found.texts.add(text)
    if "=" in text:
        _read_toml(found, text)
    found.functions.update(re.findall(r"^def (\w+)", text, flags=re.MULTILINE))


def _identifiers(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name | ast.Attribute):
            yield each.id if isinstance(each, ast.Name) else each.attr


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "?" for each in node.values)
    return str(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else "?"


def _words(args: Sequence[ast.expr], known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The arguments as words of a command line; a helper may be given a whole line as one text."""
    words: list[str] = []
    for each in args:
        if isinstance(each, ast.Starred):
            words += known.get(_name_of(each.value), ("?",))
        else:
            words.append(_text(each))
    return tuple(words[0].split() if len(words) == 1 else words)


def _beginnings(nodes: Sequence[ast.AST]) -> dict[str, tuple[str, ...]]:
    """The first words of command lines by the names that a file keeps them under: of a list, or of a function
    that puts its own arguments behind them."""
    found: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple(elts=args) | ast.List(elts=args)):
                found[name] = _words(args, {})
            case ast.FunctionDef(name=name, args=ast.arguments(vararg=ast.arg(arg=own))):
                found.update((name, words) for words in _before(node, own))
    return {name: words for name, words in found.items() if set(words) - {"?"}}


def _taken(nodes: Sequence[ast.AST]) -> dict[str, int]:
    """How many arguments a function of a file takes before those that it puts behind its words."""
    return {
        node.name: sum(each.arg != "self" for each in node.args.args)
        for node in nodes
        if isinstance(node, ast.FunctionDef) and node.args.vararg
    }


def _before(function: ast.FunctionDef, own: str) -> Iterator[tuple[str, ...]]:
    """The words of the calls in a function that come before its own arguments."""
    for call in ast.walk(function):
        if isinstance(call, ast.Call):
            places = [i for i, each in enumerate(call.args) if _name_of(getattr(each, "value", None)) == own]
            yield from (_words(call.args[:place], {}) for place in places)


def _name_of(node: object) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _read_toml(found: Done, text: str) -> None:
    """The paths of keys in a text that may be TOML, or a part of one."""
    section: tuple[str, ...] = ()
    outer: tuple[str, ...] = ()
    for line in text.splitlines():
        if header := _HEADER.match(line):
            section, outer = tuple(header[1].replace('"', "").split(".")), ()
            found.keys.add(section)
            continue
        for place, key in enumerate(_KEY.finditer(line)):
            name = tuple(key[1].split("."))
            if place == 0 and not line.lstrip().startswith(("{", ",")):
                outer = name
                found.keys.add((*section, *name))
            else:
                found.keys |= {(*section, *outer, *name), (*section, *name)}


@cache
def calls_with(word: str) -> tuple[tuple[Path, tuple[str, ...]], ...]:
    """The calls in which the word stands."""
    return tuple(_by_word().get(word, ()))


@cache
def _by_word() -> dict[str, list[tuple[Path, tuple[str, ...]]]]:
    found: dict[str, list[tuple[Path, tuple[str, ...]]]] = {}
    for file, words in done().calls:
        for word in {each.split("=")[0] if each.startswith("-") else each for each in words}:
            found.setdefault(word, []).append((file, words))
    return found


def names_in(texts: set[str]) -> set[str]:
    """Every name that stands in one of the texts."""
    return {name for text in texts for name in _NAME.findall(text)}
