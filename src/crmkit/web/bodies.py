"""What a request brings: its body, read no further than its route allows, and the fields of a form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from crmkit.core.model.web import FORM, MULTIPART

if TYPE_CHECKING:
    from litestar.types import Receive

_MOST_FIELDS: Final = 200
_SECONDS: Final = 15.0
_LONGEST_HEAD: Final = 1_000
_BOUNDARY: Final = re.compile(r";\s*boundary\s*=\s*(?:\"([^\"]{1,70})\"|([^\s\";,]{1,70}))", re.IGNORECASE)
_NAME: Final = re.compile(
    r"^content-disposition:[^\r\n]*?;[ \t]*name=\"?([^\";\r\n]*)", re.IGNORECASE | re.MULTILINE
)
_FILE: Final = re.compile(r";\s*filename\*?=", re.IGNORECASE)
Fields = Mapping[str, Sequence[str]]


class Refused(Exception):
    """The request ends here, with this status."""

    def __init__(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.headers = dict(headers or {})


def check_length(headers: Mapping[str, str], limit: int) -> None:
    """Raise `Refused` for a body that says itself that it is too long, before any of it is read."""
    text = headers.get("content-length", "0")
    if not (text.isascii() and text.isdecimal()):
        raise Refused(400)
    if len(text) > len(str(limit)) + 1 or int(text) > limit:
        raise Refused(413)


async def read_body(receive: Receive, limit: int, seconds: float = _SECONDS) -> bytes:
    """The body, at most `limit` bytes in `seconds`, in however many parts it comes. Raises `Refused`."""
    import asyncio

    parts, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message: Any = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400)
                part = message.get("body", b"")
                size += len(part)
                if size > limit:
                    raise Refused(413)
                parts.append(part)
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError:
        raise Refused(408) from None


def kind_of(headers: Mapping[str, str]) -> str:
    """The type of the body, without its parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def form_of(headers: Mapping[str, str], body: bytes) -> Fields:
    """The fields of a form; none for other types. Raises `Refused` for what is damaged."""
    kind = kind_of(headers)
    if kind == FORM:
        return fields_of(body)
    if kind == MULTIPART:
        return _parts(headers["content-type"], body)
    return {}


def fields_of(text: bytes) -> Fields:
    """The fields of a query or of a form. Raises `Refused` for damage in them, and for too many."""
    try:
        found = parse_qs(
            text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise Refused(400) from None
    return _sound(found)


def _parts(content_type: str, body: bytes) -> Fields:
    """By hand: the standard library's parser takes a minute over 60 kB that somebody wrote for it."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Refused(400)
    edge = b"\r\n--" + (found[1] or found[2]).encode("latin-1")
    whole = body if b"\r\n" in body else body.replace(b"\n", b"\r\n")
    parts = (b"\r\n" + whole).split(edge, _MOST_FIELDS + 2)[1:]
    if not parts or len(parts) > _MOST_FIELDS + 1:
        raise Refused(400)
    fields: dict[str, list[str]] = {}
    for part in parts:
        if part.startswith(b"--"):  # that was the last
            break
        name, value = _field(part)
        if name is not None:
            fields.setdefault(name, []).append(value)
    return _sound(fields)


def _field(part: bytes) -> tuple[str | None, str]:
    """(name, value) of a part; without a name where it is a file, which is nothing that a page asks for."""
    head, blank, content = part.partition(b"\r\n\r\n")
    if not blank or len(head) > _LONGEST_HEAD:
        raise Refused(400)
    try:
        said, value = head.decode(), content.decode()
    except UnicodeDecodeError:
        if b"filename" in head.lower():
            return None, ""
        raise Refused(400) from None
    named = _NAME.search(said)
    return (None, "") if named is None or _FILE.search(said) else (named[1], value)


def _sound(found: dict[str, list[str]]) -> Fields:
    if any("\0" in text for name, values in found.items() for text in (name, *values)):
        raise Refused(400)
    return found
