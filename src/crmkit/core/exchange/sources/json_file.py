"""NDJSON: one object a line. What is nested becomes columns of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.exchange.lines import bounded_lines
from crmkit.core.exchange.lists import Single, joined
from crmkit.core.exchange.sources.table import MOST_COLUMNS, Row, Table, Wanted, refuse_width
from crmkit.core.exchange.sources.texts import TextFile, text_file, with_digest
from crmkit.core.files.faults import json_fault
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import nphrase, phrase

LONGEST_LINE: Final = 4 << 20  # bytes
DEEPEST: Final = 16
_ONE_A_LINE: Final = phrase(
    "NDJSON has one object a line. To make it so of one list: jq -c '.[]' FILE > NEW; of anything else: "
    "jq -c . FILE > NEW"
)
Flat = dict[str, str]
# Keys whose objects stay one cell, as JSON.
Whole = Collection[str]


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


@frozen
class JsonFormat:
    """One JSON object a line."""

    name: str = "ndjson"
    suffixes: tuple[str, ...] = (".ndjson", ".jsonl", ".json", ".ldjson")

    def recognises(self, start: bytes) -> bool:
        """It begins with a brace, or with a bracket, which is then refused with what to do."""
        start = start.lstrip()
        return start[:1] == b"{" or (start[:1] == b"[" and start[1:].lstrip()[:1] in (b"{", b"[", b"]"))

    def open(self, path: Path, wanted: Wanted) -> Table:
        """The file as a table; its columns are all keys that occur."""
        text = text_file(path, wanted.encoding)
        if text.encoding != "utf-8":
            text = with_digest(text, text.encoding)
        _refuse_other_json(text)
        headers = _headers(text, wanted.whole)
        return Table(
            path=path,
            format=self.name,
            headers=headers,
            survey=text.survey,
            taken_for=phrase("NDJSON in {encoding}", encoding=text.says),
            notes=text.notes,
            open_rows=lambda: _rows(text, headers, wanted.whole),
        )


class _Line(NamedTuple):
    """A line of the file: what is in it, or why it cannot be used."""

    number: int
    flat: Flat
    reason: str | None = None


def _headers(text: TextFile, whole: Whole) -> tuple[str, ...]:
    headers: dict[str, None] = {}
    first_reason = ""
    known: Flat = {}
    with _lines(text, whole) as lines:
        for line in lines:
            if line.reason is not None:
                first_reason = first_reason or phrase(
                    ": line {line}: {reason}", line=line.number, reason=line.reason
                )
            elif line.flat.keys() != known.keys():
                known = line.flat
                headers.update(dict.fromkeys(known))
                if len(headers) > MOST_COLUMNS:
                    refuse_width(text.path, len(headers), _worst(headers))
    if not headers:
        raise Invalid(
            phrase(
                "{path} holds no object that can be read{first_reason}",
                path=quoted(text.path.name),
                first_reason=first_reason,
            ),
            hint=_ONE_A_LINE,
        )
    return tuple(headers)


@contextmanager
def _rows(text: TextFile, headers: tuple[str, ...], whole: Whole) -> Iterator[Iterator[Row]]:
    with _lines(text, whole) as lines:
        yield _as_rows(lines, headers)


def _as_rows(lines: Iterator[_Line], headers: tuple[str, ...]) -> Iterator[Row]:
    for line in lines:
        if line.reason is not None:
            yield Row(line.number, [], line.reason)
        else:
            get = line.flat.get
            yield Row(line.number, [get(header, "") for header in headers], None)


@contextmanager
def _lines(text: TextFile, whole: Whole) -> Iterator[Iterator[_Line]]:
    with text.opened() as file:
        yield (
            _line(number, octets, cut, text, whole)
            for number, octets, cut in bounded_lines(file, LONGEST_LINE)
            if octets.strip()
        )


def _line(number: int, octets: bytes, cut: bool, text: TextFile, whole: Whole) -> _Line:
    if cut:
        return _Line(number, {}, phrase("The line is longer than {size} MB", size=LONGEST_LINE >> 20))
    try:
        return _Line(number, _flat(_decode()(octets.decode("utf-8")), text, whole))
    except _Refused as error:
        return _Line(number, {}, error.reason)
    except json.JSONDecodeError as error:
        why = phrase(
            "The line is no JSON: {error} (at character {place})",
            error=json_fault(error),
            place=error.pos + 1,
        )
        return _Line(number, {}, why)
    except UnicodeDecodeError as error:
        why = phrase("The line is not UTF-8: it has the byte 0x{byte:02X}", byte=octets[error.start])
        return _Line(number, {}, why)
    except RecursionError:
        return _Line(number, {}, _too_deep())


class _Refused(Exception):
    """A line that cannot be used, with the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@cache
def _decode() -> Callable[[str], Any]:
    """Numbers stay as they are written: a long one keeps its digits, `1.50` its zero."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for i, key in enumerate(keys) if key in keys[:i])
            raise _Refused(phrase("The key {key} is there twice", key=quoted(twice)))
        return found

    def no_number(name: str) -> Any:
        raise _Refused(phrase("{name} is no number of JSON", name=name))

    return json.JSONDecoder(
        object_pairs_hook=once, parse_int=_Number, parse_float=_Number, parse_constant=no_number
    ).decode


def _flat(found: Any, text: TextFile, whole: Whole) -> Flat:
    if type(found) is not dict:
        raise _Refused(phrase("The line is no JSON object"))
    flat: Flat = {}
    for key, value in found.items():
        if type(value) is str:  # most are
            _put(flat, _key(key), value)
        elif key in whole and type(value) is dict:
            _put(flat, _key(key), _written(value))
        else:
            _flatten(flat, _key(key), value, 1)
    for value in flat.values():
        if not (value.isascii() and "\0" not in value) and (reason := text.unfit(value)):
            raise _Refused(reason)
    return flat


def _flatten(flat: Flat, path: str, value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise _Refused(_too_deep())
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(flat, f"{path}.{_key(key)}", inner, depth + 1)
    elif isinstance(value, list):
        plain = [_text(each) for each in value if not isinstance(each, dict | list)]
        if plain:
            # One cell, as a list in a table is: other columns would depend on who has most of them.
            _put(flat, path, Single(plain[0]) if len(plain) == 1 else joined(filter(None, plain)))
        nested = [each for each in value if isinstance(each, dict | list)]
        for number, inner in enumerate(nested, 1):
            _flatten(flat, path if number == 1 else f"{path} {number}", inner, depth + 1)
    else:
        _put(flat, path, _text(value))


def _written(value: Any) -> str:
    """A value as JSON, its numbers as they were."""
    if isinstance(value, dict):
        return "{" + ",".join([f"{json.dumps(key)}:{_written(inner)}" for key, inner in value.items()]) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def _put(flat: Flat, path: str, text: str) -> None:
    if path in flat:
        raise _Refused(phrase("Two values are called {path}", path=quoted(path)))
    flat[path] = text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else "true" if value else "false"


def _key(key: str) -> str:
    return key if key.isprintable() and key and key == key.strip() else " ".join(key.split()) or "column"


def _too_deep() -> str:
    return phrase("The line is nested deeper than {depth} times", depth=DEEPEST)


def _refuse_other_json(text: TextFile) -> None:
    start = text.start.lstrip()
    first = start.partition("\n")[0].strip()
    if start.startswith("[") or first == "{":
        what = phrase("one list") if start.startswith("[") else phrase("an object over several lines")
        raise Invalid(
            phrase("{path} is JSON with {what}", path=quoted(text.path.name), what=what), hint=_ONE_A_LINE
        )


def _worst(headers: dict[str, None]) -> str:
    """Where most of too many columns come from."""
    parents: dict[str, int] = {}
    for header in headers:
        parent = header.rpartition(".")[0]
        parents[parent] = parents.get(parent, 0) + 1
    worst = max(parents, key=lambda parent: parents[parent])
    if not worst:
        return ""
    return nphrase(
        "; {key} alone has {count} key", "; {key} alone has {count} keys", parents[worst], key=quoted(worst)
    )
