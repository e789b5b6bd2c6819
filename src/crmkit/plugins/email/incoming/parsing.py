"""Messages as the standard library reads them, within bounds: whoever wrote them may have meant harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any, Final

# Of a longer message only the headers are read.
LONGEST: Final = 30_000_000
_HEAD: Final = 256 * 1024
_HEAD_LINES: Final = 2_000
_PARTS: Final = 200
# Lines that may be the edge of a part; texts have some as well.
_EDGES: Final = 4_000
_DEPTH: Final = 30
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
# Each block of a report on deliveries becomes a message of its own.
_BLOCKS: Final = 10_000
_REPORT: Final = re.compile(rb"message/delivery-status", re.IGNORECASE)
_BLANK: Final = re.compile(rb"\n\r?(?=\n)")
_PART: Final = re.compile(rb"^content-type:", re.IGNORECASE | re.MULTILINE)

# With the default policy each header is parsed when it is looked at, which damaged ones survive badly; this
# one keeps them as they are.
Parsed = Message


def parsed(raw: bytes) -> Parsed:
    """The message, however damaged. What has too many parts, or too much in it, has headers only."""
    raw = _with_a_bounded_head(raw)
    if len(raw) > LONGEST or len(_PART.findall(raw)) > _PARTS or raw.count(b"\n--") > _EDGES:
        return head_of(raw)
    if _REPORT.search(raw) and len(_BLANK.findall(raw)) > _BLOCKS:
        return head_of(raw)
    try:
        return message_from_bytes(raw)
    except RecursionError:
        return head_of(raw)


def head_of(raw: bytes) -> Parsed:
    """The headers of a message, without anything in it."""
    message = BytesHeaderParser().parsebytes(_head(raw))
    message.set_payload("")
    return message


def leaves(message: Parsed) -> Iterator[Parsed]:
    """The parts that are no containers, in their order; a message inside the message is one of them."""
    yield from _leaves(message, _DEPTH)


def type_of(part: Parsed) -> str:
    """The media type of a leaf; a container that could not be opened is read as text."""
    return "text/plain" if part.get_content_maintype() == "multipart" else part.get_content_type()


def _leaves(part: Parsed, depth: int) -> Iterator[Parsed]:
    inside: Any = part.get_payload() if part.get_content_maintype() == "multipart" else None
    if not isinstance(inside, list):
        yield part
    elif depth:
        for each in inside:
            yield from _leaves(each, depth - 1)


def _head(raw: bytes) -> bytes:
    end = _END_OF_HEAD.search(raw)
    return raw[:_HEAD] if end is None else raw[: min(end.start(), _HEAD)]


def _with_a_bounded_head(raw: bytes) -> bytes:
    end = _END_OF_HEAD.search(raw)
    length = len(raw) if end is None else end.start()
    if length <= _HEAD and raw.count(b"\n", 0, length) <= _HEAD_LINES:
        return raw
    lines = raw[: min(length, _HEAD)].split(b"\n")[:_HEAD_LINES]
    return b"\n".join(lines) + (b"" if end is None else raw[length:])
