"""Calendar entries that came with a message."""

from __future__ import annotations

from typing import Any, Final

from crmkit.plugins.email.incoming.characters import safe_line

_LONGEST: Final = 200_000
_LINES: Final = 5_000


def invitation(content: bytes) -> dict[str, str] | None:
    """What the calendar file asks for, as the payload of a message says it; None where it cannot be read."""
    if len(content) > _LONGEST or content.count(b"\n") > _LINES:
        return None
    from icalendar import Calendar

    try:
        calendar = Calendar.from_ical(content)
        event = next(iter(calendar.walk("VEVENT")), None)
        if event is None:
            return None
        start = event.get("DTSTART")
        return {
            "method": _text(calendar.get("METHOD")).upper(),
            "uid": _text(event.get("UID")),
            "summary": _text(event.get("SUMMARY")),
            "start": start.dt.isoformat() if start is not None else "",
            "organizer": _text(event.get("ORGANIZER")).removeprefix("mailto:").removeprefix("MAILTO:"),
        }
    except Exception:  # noqa: BLE001 - it is somebody else's file, and the message counts without it
        return None


def _text(value: Any) -> str:
    return safe_line(str(value)) if value is not None else ""
