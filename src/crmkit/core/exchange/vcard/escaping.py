"""Text inside a card's values and parameters (RFC 6350 section 3.4, RFC 6868)."""

from __future__ import annotations

import re
from typing import Final

_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL: Final = re.compile(r"\r\n|[\\,;\r\n]")
_QUOTED: Final = frozenset(':;,"')
_CARETS: Final = {"^n": "\n", "^'": '"', "^^": "^"}
_LINE_ENDS: Final = frozenset(("\r\n", "\r", "\n"))


def escaped(text: str) -> str:
    r"""`text` as a value: `\`, `,`, `;` get a backslash, a line end becomes `\n`."""
    return _SPECIAL.sub(lambda m: "\\n" if m[0] in _LINE_ENDS else f"\\{m[0]}", text)


def plain(value: str) -> str:
    """A value as text. A backslash that escapes nothing stays."""
    return _ESCAPED.sub(_unescape, value) if "\\" in value else value


def split(value: str, separator: str) -> list[str]:
    """The parts of a value between separators that are not escaped, each still escaped."""
    if "\\" not in value:
        return value.split(separator)
    parts, start, place = [], 0, 0
    while place < len(value):
        if value[place] == "\\":
            place += 1
        elif value[place] == separator:
            parts.append(value[start:place])
            start = place + 1
        place += 1
    return [*parts, value[start:]]


def parameter(value: str, version: str) -> str:
    """A parameter's value, quoted where it has to be.

    A quote and a line end have a form in 4.0 only; in 3.0 they become an apostrophe and a blank.
    """
    if version == "4.0":
        value = re.sub(r"\r\n?|\n", "^n", value.replace("^", "^^")).replace('"', "^'")
    else:
        value = re.sub(r"\s*[\r\n]+\s*", " ", value).replace('"', "'")
    return f'"{value}"' if _QUOTED & set(value) else value


def plain_parameter(value: str, version: str) -> str:
    """A parameter's value as text, its quotes taken off."""
    if version == "4.0" and "^" in value:
        return re.sub(r"\^[n'^]", lambda m: _CARETS[m[0]], value)
    return value


def _unescape(match: re.Match[str]) -> str:
    char = match[1]
    if char in "nN":
        return "\n"
    return char if char in "\\,;:" else match[0]
