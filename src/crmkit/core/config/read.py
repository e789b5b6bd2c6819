"""One file of configuration: its text and its tables, or the reason why not."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crmkit.core.config.faults import Fault, Keys
from crmkit.core.phrase import phrase

LARGEST = 1024 * 1024
DEEPEST = 32
_INTEGERS = range(-(2**63), 2**63)


class Unreadable(ValueError):
    """The file gives no tables; `line` counts from 1, None where the file as a whole is the problem."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def read_text(path: Path) -> str:
    """The text of a file; Unreadable if it is missing, a directory, too large or not UTF-8."""
    content = _content(path).removeprefix(b"\xef\xbb\xbf")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            phrase(
                "byte 0x{content:02x} is not UTF-8; save the file in that encoding",
                content=content[error.start],
            ),
            line,
        ) from None


def parse(text: str) -> dict[str, Any]:
    """The tables of a TOML text; Unreadable with the line if it is not TOML."""
    import tomli

    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise _syntax_error(text, error.msg, error.lineno, error.colno) from None
    except RecursionError:
        from crmkit.core.config.locate import deepest_line

        raise Unreadable(phrase("values are nested too deeply"), deepest_line(text)) from None
    except ValueError:
        raise Unreadable(*_unparsable_number(text)) from None


def implausible(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of values that TOML can write and no setting can mean: nested too deeply, beyond 64 bits."""
    waiting: list[tuple[Keys, Any]] = [((), data)]
    while waiting:
        keys, value = waiting.pop()
        if isinstance(value, int) and value not in _INTEGERS:
            yield Fault(keys, phrase("the number does not fit into 64 bits"))
        elif isinstance(value, (dict, list)):
            if len(keys) > DEEPEST:
                yield Fault(
                    keys[:DEEPEST], phrase("is nested more than {deepest} levels deep", deepest=DEEPEST)
                )
                continue
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            waiting.extend(((*keys, key), each) for key, each in inner)


def _content(path: Path) -> bytes:
    try:
        kind = path.stat()
        if stat.S_ISDIR(kind.st_mode):
            raise Unreadable(phrase("is a directory, not a file"))
        # Anything but a regular file (a pipe, a device) could keep the reader waiting for ever.
        if not stat.S_ISREG(kind.st_mode):
            raise Unreadable(phrase("is not a regular file"))
        if kind.st_size > LARGEST:
            raise Unreadable(
                phrase("is larger than {largest} KiB; split it with include", largest=LARGEST // 1024)
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise Unreadable(phrase("does not exist")) from None
    except (OSError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(
            phrase("cannot be read: {reason}", reason=phrase(getattr(error, "strerror", None) or str(error)))
        ) from None


def _syntax_error(text: str, reason: str, line: int, column: int) -> Unreadable:
    line = _within(text, line)
    # Where a line ends within a text, the parser calls its end an illegal character.
    if reason.endswith(repr("\n")):
        return Unreadable(phrase("a text begins here and has no quotation mark at its end"), line)
    if not reason.startswith("Cannot "):
        return Unreadable(
            phrase("is not valid TOML at column {column}: {reason}", column=column, reason=reason), line
        )
    # The parser notices a key that is given twice at the end of its value.
    from crmkit.core.config.locate import statement_line

    again = reason == "Cannot overwrite a value"
    return Unreadable(
        phrase("the key is given already") if again else phrase("is not valid TOML: {reason}", reason=reason),
        statement_line(text, line),
    )


def _within(text: str, line: int) -> int:
    """The line, or the last one with text in it where the parser ran off the end."""
    return min(line, text.rstrip().count("\n") + 1)


def _unparsable_number(text: str) -> tuple[str, int | None]:
    match = re.search(r"[0-9_]{1000,}", text)
    if match is None:
        return phrase("is not valid TOML"), 1
    return phrase("the number has too many digits"), text.count("\n", 0, match.start()) + 1
