"""What becomes of messages, counted: `3 sent`, and what it is called."""

from __future__ import annotations

from typing import Final

from crmkit.plugin import N_, _, number

_COUNTED: Final = {
    "sent": N_("{count} sent"),
    "failed": N_("{count} failed"),
    "unconfirmed": N_("{count} unconfirmed"),
    "skipped": N_("{count} skipped"),
    "withheld": N_("{count} withheld"),
    "waiting": N_("{count} waiting"),
    "undone": N_("{count} undone"),
    "delivered": N_("{count} delivered"),
    "opened": N_("{count} opened"),
    "clicked": N_("{count} clicked"),
    "replied": N_("{count} replied"),
}
_CALLED: Final = {
    "delivered": N_("delivered"),
    "opened": N_("opened"),
    "clicked": N_("clicked"),
    "click_to_open": N_("click to open"),
    "replied": N_("replied"),
    "bounced": N_("bounced"),
    "complained": N_("complained"),
    "unsubscribed": N_("unsubscribed"),
}


def counted(name: str, count: int) -> str:
    """So many of what is called `name` in the figures of messages."""
    return _(_COUNTED[name], count=number(count))


def called(name: str) -> str:
    """What a figure of messages is called."""
    return _(_CALLED[name])
