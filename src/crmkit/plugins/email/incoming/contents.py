"""What is in a message: its text, and what came with it."""

from __future__ import annotations

from typing import Any, Final

from attrs import field, frozen

from crmkit.plugins.email.incoming.calendar import invitation
from crmkit.plugins.email.incoming.characters import safe_line, safe_text
from crmkit.plugins.email.incoming.headers import decoded, decoded_bytes
from crmkit.plugins.email.incoming.html_text import text_of_html
from crmkit.plugins.email.incoming.parsing import Parsed, leaves, type_of
from crmkit.plugins.email.incoming.trimming import trimmed

# A timeline shows what was said; the message itself stays in the mailbox.
TEXT_LIMIT: Final = 20_000
_LONGEST: Final = 400_000
_ATTACHMENTS: Final = 50
_NAME: Final = 200


@frozen(kw_only=True)
class Contents:
    """The text as the sender meant it, whether something was left out of it, and what came with it.

    `attachments` and `calendar` are as the payload of a message says them.
    """

    text: str = ""
    trimmed: bool = False
    attachments: tuple[dict[str, Any], ...] = ()
    calendar: dict[str, str] | None = field(default=None)


def contents(message: Parsed) -> Contents:
    """What is in the message, as far as it can be read."""
    plain = html = None
    attachments: list[dict[str, Any]] = []
    calendar = None
    for part in leaves(message):
        type_ = type_of(part)
        if calendar is None and _is_calendar(part, type_):
            calendar = invitation(_content(part))
        if _is_attached(part, type_):
            attachments.append(_attachment(part, type_))
        elif type_ == "text/plain" and plain is None:
            plain = _text(part)
        elif type_ == "text/html" and html is None:
            html = _text(part)
    text, is_cut = (plain, False) if plain and plain.strip() else text_of_html(html or "")
    text, was_trimmed = trimmed(safe_text(text))
    return Contents(
        text=text[:TEXT_LIMIT],
        trimmed=was_trimmed or is_cut or len(text) > TEXT_LIMIT,
        attachments=tuple(attachments[:_ATTACHMENTS]),
        calendar=calendar,
    )


def plain_text(message: Parsed, limit: int = 20_000) -> str:
    """All that the message says in words, for whoever looks for some in it."""
    said = [_text(part) for part in leaves(message) if type_of(part).startswith("text/")]
    return safe_text("\n".join(said)[:limit])


def _text(part: Parsed) -> str:
    try:
        charset = part.get_content_charset()
    except (LookupError, ValueError, TypeError, AttributeError):  # RFC 2231 gone wrong
        charset = None
    return decoded_bytes(_content(part)[:_LONGEST], charset)


def _content(part: Parsed) -> bytes:
    """The bytes; those of a message inside the message are none."""
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return b""
    return found if isinstance(found, bytes) else b""


def _is_attached(part: Parsed, type_: str) -> bool:
    if type_ in ("message/delivery-status", "text/rfc822-headers", "message/feedback-report"):
        return False
    disposition = str(part.get("Content-Disposition", ""))[:200].strip().lower()
    return disposition.startswith("attachment") or not type_.startswith("text/") or bool(_name(part))


def _is_calendar(part: Parsed, type_: str) -> bool:
    return type_ in ("text/calendar", "application/ics") or _name(part).lower().endswith(".ics")


def _attachment(part: Parsed, type_: str) -> dict[str, Any]:
    return {"name": _name(part), "type": safe_line(type_, 100), "size": len(_content(part))}


def _name(part: Parsed) -> str:
    """The file's name as text to show; it is no path, and nothing is written under it."""
    try:
        name = part.get_filename() or ""
    except (LookupError, ValueError, TypeError, AttributeError):
        name = ""
    return safe_line(decoded(name).replace("\\", "/").rpartition("/")[2], _NAME)
