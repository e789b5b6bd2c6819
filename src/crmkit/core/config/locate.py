"""Line numbers of keys in TOML that has already been parsed; used only where something is wrong.

The parser gives values without places. This scanner walks the tokens once and notes where each key path
begins; it trusts the text to be valid TOML and never fails on one that is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import define, field

from crmkit.core.config.faults import Keys

# Paths deeper than any valid configuration are not noted: their prefixes would cost quadratic memory.
_DEEPEST = 40

_TOKEN = re.compile(
    r'''(?P<string>"""(?:[^\\]|\\.)*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:'{0,2})|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')'''
    r"""|(?P<comment>\#[^\n]*)|(?P<newline>\n)|(?P<mark>[][{},=.])|(?P<bare>[^][{},=."'\#\s]+)""",
    re.DOTALL,
)


class Locations:
    """Where key paths are, over several files."""

    def __init__(self, texts: Mapping[Path, str]) -> None:
        self._lines = {file: lines_of(text) for file, text in texts.items()}

    def at(self, keys: Keys) -> tuple[Path, int]:
        """File and line of the path, or of the nearest table around it."""
        for length in range(min(len(keys), _DEEPEST), 0, -1):
            for file, lines in self._lines.items():
                if keys[:length] in lines:
                    return file, lines[keys[:length]]
        return next(iter(self._lines)), 1


def lines_of(text: str) -> dict[Keys, int]:
    """The line (from 1) on which each key path, table and array element begins."""
    scanner = _Scanner()
    for kind, piece, line in _tokens(text):
        scanner.take(kind, piece, line)
    return scanner.lines


def statement_line(text: str, line: int) -> int:
    """The line on which the header or key begins whose statement includes the given line."""
    scanner, found = _Scanner(), 1
    for kind, piece, at in _tokens(text):
        if at > line:
            break
        if kind != "newline" and not scanner.in_value:
            found = at
        scanner.take(kind, piece, at)
    return found


def deepest_line(text: str) -> int:
    """The line on which brackets nest most deeply."""
    depth, deepest, found = 0, 0, 1
    for kind, piece, line in _tokens(text):
        if kind == "mark":
            depth += (piece in "[{") - (piece in "]}")
            if depth > deepest:
                deepest, found = depth, line
    return found


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line, counted = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        kind = match.lastgroup or ""
        if kind != "comment":
            yield kind, match.group(), line


@define
class _Container:
    """An array or inline table that is still open."""

    path: Keys
    is_array: bool
    position: int = 0


@define
class _Scanner:
    lines: dict[Keys, int] = field(factory=dict)
    table: Keys = ()
    key: list[str] = field(factory=list)
    path: Keys = ()
    in_value: bool = False
    in_header: int = 0
    fresh: bool = True
    open: list[_Container] = field(factory=list)
    tables: dict[Keys, int] = field(factory=dict)

    def take(self, kind: str, piece: str, line: int) -> None:
        if self.in_value:
            self._in_value(kind, piece, line)
        elif kind == "newline":
            self._end_statement()
        elif self.in_header:
            self._in_header(kind, piece, line)
        elif piece == "[" and not self.key:
            self.in_header = 1
        else:
            self._in_key(kind, piece, line, self.table)

    def _end_statement(self) -> None:
        self.key, self.in_header = [], 0

    def _in_header(self, kind: str, piece: str, line: int) -> None:
        if piece == "[":
            self.in_header = 2
        elif piece == "]":
            if self.key:
                self._open_table(line)
        elif kind != "mark":
            self.key.append(_name(kind, piece))

    def _open_table(self, line: int) -> None:
        path: Keys = ()
        for at, part in enumerate(self.key[:_DEEPEST]):
            path += (part,)
            is_last = at == len(self.key) - 1
            if is_last and self.in_header == 2:
                self.lines.setdefault(path, line)
                self.tables[path] = self.tables.get(path, -1) + 1
            if path in self.tables:
                path += (self.tables[path],)
            self.lines.setdefault(path, line)
        self.table, self.key = path, []

    def _in_key(self, kind: str, piece: str, line: int, within: Keys) -> None:
        if piece == "=" and kind == "mark":
            self.path = (within + tuple(self.key))[:_DEEPEST]
            for length in range(len(within) + 1, len(self.path) + 1):
                self.lines.setdefault(self.path[:length], line)
            self.key, self.in_value, self.fresh = [], True, False
        elif kind != "mark":
            self.key.append(_name(kind, piece))

    def _in_value(self, kind: str, piece: str, line: int) -> None:
        if kind == "newline":
            self.in_value = bool(self.open)
            return
        inside = self.open[-1] if self.open else None
        if inside is not None and self.fresh and piece not in {"]", "}", ","}:
            if not inside.is_array:
                self._in_key(kind, piece, line, inside.path)
                return
            self._begin_element(inside, line)
        if kind == "mark":
            self._in_brackets(piece)

    def _begin_element(self, inside: _Container, line: int) -> None:
        self.path = (*inside.path, inside.position)[:_DEEPEST]
        self.lines.setdefault(self.path, line)
        self.fresh = False

    def _in_brackets(self, piece: str) -> None:
        if piece in "[{":
            self.open.append(_Container(self.path, is_array=piece == "["))
            self.fresh = True
        elif piece in "]}" and self.open:
            self.open.pop()
            self.fresh = False
        elif piece == "," and self.open:
            self.open[-1].position += 1
            self.fresh = True


def _name(kind: str, piece: str) -> str:
    if kind != "string":
        return piece
    if piece.startswith('"') and "\\" in piece:
        import tomli

        try:
            return str(tomli.loads(f"key = {piece}")["key"])
        except ValueError:
            return piece[1:-1]
    return piece[1:-1]
