"""Headers of other people's messages: decoded as far as that can be done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final

from crmkit.plugins.email.incoming.characters import safe_line
from crmkit.plugins.email.incoming.parsing import Parsed

_LONGEST: Final = 16_384
_ADDRESSES: Final = 200
_ID: Final = re.compile(r"<[^<>\s]{1,500}>")
_IDS: Final = 100
# Encoded words, with nothing but blanks between them.
_WORDS: Final = re.compile(r"=\?[^?\s]+\?[bq]\?[^?]*\?=(?:\s+=\?[^?\s]+\?[bq]\?[^?]*\?=)*", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[^\s<>@\x00-\x1f]{1,128}@[^\s<>@\x00-\x1f]{1,253}")


def raw_headers(message: Parsed, name: str) -> Iterator[str]:
    """Every header of that name as it was written, on one line; bytes beyond ASCII are UTF-8, or guessed."""
    for given, value in message.raw_items():
        if given.lower() == name:
            text = str(value)[:_LONGEST]
            yield " ".join(text.split()) if text.isascii() else " ".join(_guessed(text).split())


def header(message: Parsed, name: str) -> str:
    """The first header of that name (in lower case), decoded; empty where there is none."""
    return safe_line(decoded(next(raw_headers(message, name), "")))


def parameter(message: Parsed, name: str) -> str:
    """A header of which only what comes before `;` matters, in lower case."""
    return next(raw_headers(message, name), "").partition(";")[0].strip().lower()


def addresses(message: Parsed, *names: str) -> list[str]:
    """The addresses in these headers, in lower case."""
    values = [value for name in names for value in raw_headers(message, name)]
    try:
        found = [address.strip().lower() for _, address in getaddresses(values)]
    except (RecursionError, ValueError, IndexError):
        found = [each.lower() for value in values for each in _ADDRESS.findall(value)]
    return list(dict.fromkeys(each for each in found if _ADDRESS.fullmatch(each)))[:_ADDRESSES]


def message_ids(message: Parsed, *names: str) -> list[str]:
    """The identifiers in these headers, `<left@right>` each."""
    return [each for name in names for value in raw_headers(message, name) for each in _ID.findall(value)][
        :_IDS
    ]


def instant(message: Parsed, name: str) -> int | None:
    """The date in microseconds UTC; None where there is none, or it is no date."""
    value = next(raw_headers(message, name), "")
    try:
        moment = parsedate_to_datetime(value) if value else None
        if moment is None:
            return None
        if moment.tzinfo is None:  # "-0000" is UTC of a sender who does not say where (RFC 5322, section 3.3)
            moment = moment.replace(tzinfo=UTC)
        return int(moment.timestamp() * 1_000_000)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def decoded_bytes(content: bytes, charset: str | None) -> str:
    """The text, in the encoding that is named, or else in the one that it looks like."""
    named = (charset or "").strip().lower()
    if named not in ("", "us-ascii", "ascii", "unknown-8bit", "idna", "punycode"):
        try:
            return content.decode(named, "replace")
        except (LookupError, ValueError):  # no such encoding, or none of text
            pass
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _guessed(text: str) -> str:
    return decoded_bytes(text.encode("utf-8", "surrogateescape"), None)


def decoded(text: str) -> str:
    """The text of a header with encoded words; what is damaged stays as it is written."""
    return _WORDS.sub(_words, text) if "=?" in text else text


def _words(found: re.Match[str]) -> str:
    try:
        parts = decode_header(found.group())
    except (HeaderParseError, ValueError):
        return found.group()
    return "".join(part if isinstance(part, str) else decoded_bytes(part, charset) for part, charset in parts)
