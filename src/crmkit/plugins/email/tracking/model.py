"""What a timeline says of a click and of an open."""

from __future__ import annotations

from attrs import frozen

from crmkit.plugin import _, translated

CLICKED = "email.clicked"
OPENED = "email.opened"


@frozen(kw_only=True)
class Clicked:
    """A link of a message was followed. `machine` where no person did, for the reason `why`; `effect` is the
    message's number in the ledger."""

    url: str
    machine: bool = False
    why: str = ""
    effect: int = 0


@frozen(kw_only=True)
class Opened:
    """A message's pictures were fetched. As for `Clicked`."""

    machine: bool = False
    why: str = ""
    effect: int = 0


def click_line(payload: Clicked) -> str:
    """A click in one line of a timeline."""
    return payload.url + _by(payload.why)


def open_line(payload: Opened) -> str:
    """An open in one line of a timeline."""
    return f"effect:{payload.effect}{_by(payload.why)}"


def _by(why: str) -> str:
    return " " + _("(by a machine: {why})", why=translated(why)) if why else ""
