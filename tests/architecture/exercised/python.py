"""Reads what a module does: its calls, its texts, what it defines and expects to be raised."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.architecture.exercised.found import Done, Line


def read(found: Done, file: Path, code: str) -> None:
    """What the code of that file does."""
    nodes = list(ast.walk(ast.parse(code)))
    beginnings, lists, before = _beginnings(nodes), _lists(nodes), _taken_before(nodes)
    texts = _named_texts(nodes)
    silent = set(_silent(nodes))
    for node in nodes:
        match node:
            case ast.Call():
                _read_call(found, file, node, beginnings, before)
                found.given |= set(_given(node, lists))
            case ast.List(elts=args) | ast.Tuple(elts=args):
                found.lines.append(Line(file, "", _words(args, beginnings)))
                whole = (tuple(_text(each).split()) for each in args if " " in _text(each))
                found.lines += [Line(file, "", words) for words in whole]
            case ast.Compare():
                found.given.update(("==", text) for text in _texts(node, lists))
            case ast.For(iter=each) | ast.comprehension(iter=each):
                found.given.update(("for", text) for text in _texts(each, lists))
            case ast.ExceptHandler(type=type_) if type_ is not None:
                found.caught |= set(_identifiers(type_))
            case ast.FunctionDef(name=name):
                found.functions.add(name)
            case ast.BinOp(op=ast.Add()):
                found.add_text(_joined(node, texts))
            case ast.JoinedStr() | ast.Constant(value=str()) if id(node) not in silent:
                text = _text(node)
                found.add_text(text)
                found.functions.update(re.findall(r"^def (\w+)", text, flags=re.MULTILINE))


def _read_call(
    found: Done,
    file: Path,
    node: ast.Call,
    beginnings: Mapping[str, tuple[str, ...]],
    before: Mapping[str, int],
) -> None:
    called = _called(node)
    # A function stands for the words that it puts before its own.
    words = (*beginnings.get(called, ()), *_words(node.args[before.get(called, 0) :], beginnings))
    found.lines.append(Line(file, called, words))
    found.arguments.update((called, each.arg) for each in node.keywords if each.arg)
    if called == "raises":
        found.caught |= {name for arg in node.args for name in _identifiers(arg)}


def _given(node: ast.Call, lists: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """What a function is given, with its name: texts, lists that have one, and all that a test is repeated
    for."""
    called = _called(node)
    for each in (*node.args, *(keyword.value for keyword in node.keywords)):
        if called == "parametrize" or isinstance(each, ast.Name | ast.Starred):
            yield from ((called, text) for text in _texts(each, lists))
        else:
            yield called, _text(each)


def _silent(nodes: Sequence[ast.AST]) -> Iterator[int]:
    """Docstrings, which say and do nothing, and the parts of f-strings, which are read as one."""
    for node in nodes:
        match node:
            case ast.Expr(value=ast.Constant() as said):
                yield id(said)
            case ast.JoinedStr(values=parts):
                yield from map(id, parts)


def _identifiers(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name | ast.Attribute):
            yield each.id if isinstance(each, ast.Name) else each.attr


def _lists(nodes: Sequence[ast.AST]) -> dict[str, list[str]]:
    """The texts of lists, tuples, sets and tables by the names that the file keeps them under."""
    found: dict[str, list[str]] = {}
    for node in nodes:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if isinstance(value, ast.List | ast.Tuple | ast.Set | ast.Dict):
                found.setdefault(name, []).extend(_texts(value, {}))
    return found


def _texts(node: ast.AST, lists: Mapping[str, list[str]]) -> Iterator[str]:
    """Every text beneath, and those of the lists that are named there."""
    for each in ast.walk(node):
        match each:
            case ast.Constant(value=str() as text):
                yield text
            case ast.Name(id=name):
                yield from lists.get(name, ())


def _text(node: ast.AST) -> str:
    """A text with `?` for what is not known of it; "?" of what is none."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "?" for each in node.values)
    return str(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else "?"


def _named_texts(nodes: Sequence[ast.AST]) -> dict[str, str]:
    """The texts by the names that the file keeps them under."""
    found: dict[str, str] = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
                text := _joined(value, found)
            ) != "?":
                found[name] = text
    return found


def _joined(node: ast.AST, texts: Mapping[str, str]) -> str:
    """A text that is put together of others: by `+`, by name, by `format`."""
    match node:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _joined(left, texts) + _joined(right, texts)
        case ast.Call(func=ast.Attribute(attr="format", value=value)):
            return _joined(value, texts)
        case ast.Name(id=name):
            return texts.get(name, "?")
    return _text(node)


def _words(args: Sequence[ast.expr], beginnings: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The arguments as words of a command line; a function may be given a whole line as one text."""
    words: list[str] = []
    for each in args:
        if isinstance(each, ast.Starred):
            words += beginnings.get(_name_of(each.value), ("?",))
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


def _taken_before(nodes: Sequence[ast.AST]) -> dict[str, int]:
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


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else _name_of(node.func)


def _name_of(node: object) -> str:
    return node.id if isinstance(node, ast.Name) else ""
