"""Messages in files and Maildirs."""

from __future__ import annotations

import mailbox
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Finding, phrase
from crmkit.plugins.email.incoming.found import Found
from crmkit.plugins.email.incoming.parking import parked
from crmkit.plugins.email.incoming.reading import read_messages
from crmkit.plugins.email.settings import Settings

if TYPE_CHECKING:
    from crmkit import Crm

_PARTS: Final = ("cur", "new", "tmp")


def messages_in(path: Path, leave: Collection[str] = ()) -> Iterator[Found]:
    """The messages in a file (one message, or an mbox) or in a Maildir, but those with the keys `leave`."""
    place = f"file:{path.absolute()}"
    box: mailbox.Maildir | mailbox.mbox
    if path.is_dir():
        box = mailbox.Maildir(str(path), create=False)
    elif _is_mbox(path):
        box = mailbox.mbox(str(path), create=False)
    else:
        yield Found(raw=path.read_bytes(), place=place, key="0")
        return
    try:
        for key in box.keys():  # noqa: SIM118 - a mailbox is not a mapping; iterating it parses every message
            if str(key) in leave:
                continue
            try:
                raw = box.get_bytes(key)
            except (KeyError, OSError):  # a mail program has moved it meanwhile
                continue
            yield Found(raw=raw, place=place, key=str(key))
    finally:
        box.close()


def message_at(place: str, key: str) -> Found | None:
    """The message that `messages_in` found under this key; None where it is gone."""
    path = Path(place.removeprefix("file:"))
    if not path.exists():
        return None
    return next((found for found in messages_in(path) if found.key == key), None)


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"From "


def read_maildir(crm: Crm) -> None:
    """The job: what is new in the Maildir of the settings."""
    path = maildir(crm)
    if path is not None and path.is_dir():
        place = f"file:{path.absolute()}"
        waiting = {each.key for each in parked(crm) if each.place == place}
        read_messages(crm, messages_in(path, waiting))


def maildir(crm: Crm) -> Path | None:
    """The Maildir of the settings as an absolute path."""
    settings: Settings = crm.plugins.settings("email")
    return crm.config.directory / settings.maildir if settings.maildir else None


def check_maildir(crm: Crm) -> Iterable[Finding]:
    """Whether the Maildir of the settings is there."""
    path = maildir(crm)
    if path is not None and not all((path / part).is_dir() for part in _PARTS):
        yield Finding(
            "error",
            phrase('[plugins.email] maildir: "{path}" is no Maildir', path=path),
            phrase("Correct the path in crm.toml, or make the folders cur, new and tmp there."),
        )
