"""One content line as a property, for all versions: 4.0, 3.0 and what 2.1 does otherwise."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from typing import Final

from crmkit.core.errors import Invalid
from crmkit.core.exchange.vcard.card import Property
from crmkit.core.exchange.vcard.escaping import plain_parameter
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

_HEAD: Final = re.compile(r'((?:[^":;]|"[^"]*")*)([:;])')
_NAME: Final = re.compile(r"(?:([\w-]+)\.)?([\w-]+)", re.ASCII)
_LINE_END: Final = re.compile(r"\r\n?|\n")
_ENCODINGS: Final = frozenset(("QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT", "B", "Q"))
_TRANSPORT: Final = frozenset(("ENCODING", "CHARSET"))
Params = list[tuple[str, str]]


def parse_property(octets: bytes, version: str) -> Property:
    """The property that a content line holds. Raises `Invalid` where it is none."""
    line = octets.decode("utf-8", "surrogateescape")
    pieces, value = _head(line)
    name = _NAME.fullmatch(pieces[0].strip())
    if name is None:
        raise Invalid(phrase("{piece} is not the name of a property", piece=quoted(pieces[0], limit=40)))
    params = [pair for piece in pieces[1:] for pair in _params(piece, version)]
    value = _decoded(value, params)
    if version == "2.1":
        # There a backslash before a letter is a backslash: C:\notes
        value = re.sub(r"\\(?![;,:\\])", r"\\\\", value)
    value = _LINE_END.sub(r"\\n", value)
    _refuse_unreadable(value)
    kept = tuple(pair for pair in params if pair[0] not in _TRANSPORT)
    return Property(name[2].upper(), value, kept, name[1] or "")


def _head(line: str) -> tuple[list[str], str]:
    """The pieces before the value (name and parameters), and the value."""
    pieces: list[str] = []
    place = 0
    while match := _HEAD.match(line, place):
        pieces.append(match[1])
        place = match.end()
        if match[2] == ":":
            return pieces, line[place:]
    raise Invalid(phrase("{line} is not a property: it has no colon", line=quoted(line, limit=40)))


def _params(piece: str, version: str) -> list[tuple[str, str]]:
    name, equals, values = piece.partition("=")
    name = name.strip().upper()
    if not equals:  # 2.1 writes TEL;WORK;VOICE
        return [("ENCODING" if name in _ENCODINGS else "TYPE", piece.strip())] if name else []
    parts = re.findall(r'"[^"]*"|[^",]+', values) or [""]
    return [(name, plain_parameter(part.strip().strip('"'), version)) for part in parts]


def _decoded(value: str, params: Params) -> str:
    encoding = next((text.upper() for name, text in params if name == "ENCODING"), "")
    charset = next((text for name, text in params if name == "CHARSET"), "")
    if encoding in ("QUOTED-PRINTABLE", "Q"):
        octets = quopri.decodestring(value.encode("utf-8", "surrogateescape"))
    elif encoding in ("BASE64", "B"):
        octets = _base64(value)
    elif charset:
        octets = value.encode("utf-8", "surrogateescape")
    else:
        return value
    return _text(octets, charset)


def _base64(value: str) -> bytes:
    try:
        return base64.b64decode(re.sub(r"\s+", "", value), validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("A value says that it is in base64 and is not") from None


def _text(octets: bytes, charset: str) -> str:
    try:
        return octets.decode(charset or "utf-8", "surrogateescape")
    except (LookupError, UnicodeError):
        raise Invalid(
            phrase("The character set {charset} is not known", charset=quoted(charset, limit=40))
        ) from None


def _refuse_unreadable(value: str) -> None:
    if value.isascii() and value.isprintable():
        return
    if "\0" in value:
        raise Invalid("A value holds a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        byte = ord(value[error.start]) & 0xFF
        raise Invalid(phrase("A value is not UTF-8: it has the byte 0x{byte:02X}", byte=byte)) from None
