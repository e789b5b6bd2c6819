"""Bodies of messages in seven bits: the bytes that the standard library makes, in a small part of its time.

The library builds the frame once for each shape of message. Lines that many messages share, as those of one
template do, are encoded once.
"""

from __future__ import annotations

from binascii import b2a_base64
from email.message import MIMEPart
from email.policy import SMTP
from email.quoprimime import body_encode
from typing import Final

from attrs import define, field

from crmkit import Invalid

# Lines are as long as RFC 2045 allows, and in seven bits, so that every server takes them as they are.
LONGEST: Final = 76
POLICY: Final = SMTP.clone(cte_type="7bit", max_line_length=LONGEST)
PLAIN, QUOTED, BASE64 = "7bit", "quoted-printable", "base64"
# The library looks at so many lines when it chooses how to encode.
_SNIFFED: Final = 10
# What is kept of lines that were encoded: so many, each of at most so many bytes.
_LINES_KEPT: Final = 4_000
_LINE_KEPT: Final = 1_000
_BOUNDARY: Final = "=_" + "0" * 40
_MARKS: Final = {"plain": "the-text", "html": "the-html"}


@define
class Bodies:
    """Writes bodies. May be shared by threads."""

    _lines: dict[bytes, bytes] = field(factory=dict)
    _frames: dict[tuple[str, str], bytes] = field(factory=dict)

    def body(self, text: str, html: str | None, boundary: str) -> bytes:
        """The headers that describe the content, an empty line and the content. `boundary` has 42 characters
        and occurs in no content. Raises `Invalid` for what is no character."""
        encoding, content = self._encoded(text)
        if html is None:
            return self._frame(encoding, "") % content
        html_encoding, html_content = self._encoded(html)
        frame = self._frame(encoding, html_encoding)
        mark = boundary.encode("ascii")
        return frame % (mark, mark, content, mark, html_content, mark)

    def _encoded(self, text: str) -> tuple[str, bytes]:
        """(how it is encoded, the content), both chosen as the library does."""
        try:
            lines = text.encode().splitlines()
        except UnicodeEncodeError:
            raise Invalid("the text holds what is no character") from None
        if text.isascii() and max(map(len, lines), default=0) <= LONGEST:
            return PLAIN, b"\r\n".join(lines) + b"\r\n"
        quoted = [self._quoted(line) for line in lines[:_SNIFFED]]
        size = sum(map(len, lines[:_SNIFFED])) + 2 * len(quoted)
        if sum(map(len, quoted)) + len(quoted) > (size + 2) // 3 * 4 + 1:
            return BASE64, _base64(b"\r\n".join(lines) + b"\r\n")
        quoted += [self._quoted(line) for line in lines[_SNIFFED:]]
        return QUOTED, b"\n".join(quoted).replace(b"\n", b"\r\n") + b"\r\n"

    def _quoted(self, line: bytes) -> bytes:
        found = self._lines.get(line)
        if found is None:
            found = body_encode(line.decode("latin-1"), LONGEST).encode("ascii")
            if len(line) <= _LINE_KEPT:
                if len(self._lines) >= _LINES_KEPT:
                    self._lines.clear()
                self._lines[line] = found
        return found

    def _frame(self, encoding: str, html_encoding: str) -> bytes:
        key = encoding, html_encoding
        if key not in self._frames:
            self._frames[key] = _frame(encoding, html_encoding)
        return self._frames[key]


def _frame(encoding: str, html_encoding: str) -> bytes:
    """What the library writes around the contents, with `%b` where they and the boundaries go."""
    part = MIMEPart(policy=POLICY)
    part.set_content(_MARKS["plain"], charset="utf-8", cte=encoding)
    if html_encoding:
        part.add_alternative(_MARKS["html"], subtype="html", charset="utf-8", cte=html_encoding)
        part.set_boundary(_BOUNDARY)
    raw = part.as_bytes().replace(b"%", b"%%").replace(_BOUNDARY.encode("ascii"), b"%b")
    for kind, used in (("plain", encoding), ("html", html_encoding)):
        mark = _MARKS[kind].encode("ascii") + b"\r\n"
        raw = raw.replace(_base64(mark) if used == BASE64 else mark, b"%b")
    return raw


def _base64(data: bytes) -> bytes:
    whole = b2a_base64(data, newline=False)
    lines = [whole[start : start + LONGEST] for start in range(0, len(whole), LONGEST)]
    return b"\r\n".join(lines) + b"\r\n"
