"""Reading a mailbox on a mail server: what is new in it, in batches, without changing anything there."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import define, fields

from crmkit import Invalid
from crmkit.plugins.email.incoming.found import Found
from crmkit.plugins.email.incoming.imap_account import Unreachable, connected
from crmkit.plugins.email.incoming.imap_settings import ImapSettings
from crmkit.plugins.email.incoming.parking import forget_old, parked
from crmkit.plugins.email.incoming.progress import note_failure, note_read, position
from crmkit.plugins.email.incoming.reading import read_messages
from crmkit.plugins.email.incoming.report import ReadReport
from crmkit.plugins.email.settings import Settings

if TYPE_CHECKING:
    from imapclient import IMAPClient

    from crmkit import Crm

# A pass ends after so many seconds; the next one goes on where it ended.
_LONGEST_PASS: Final = 120.0
_BATCH: Final = 50
_BATCH_BYTES: Final = 20_000_000
_MEGABYTE: Final = 1_000_000
_WHOLE: Final = b"BODY[]"
_HEAD: Final = b"BODY[HEADER]"


def read_mailbox(crm: Crm) -> None:
    """The job: what is new on the mail server. A server that cannot be reached is asked again next time;
    doctor says since when that is so."""
    settings: Settings = crm.plugins.settings("email")
    if settings.imap is None:
        return
    try:
        poll(crm)
    except Unreachable:
        return
    finally:
        forget_old(crm)


def poll(crm: Crm, *, longest: float = _LONGEST_PASS) -> ReadReport:
    """Read what is new in the mailbox of the settings, for at most about `longest` seconds.

    Raises `Unreachable`, which is on record then, and `Invalid` where there is no mailbox to read, or who
    asks does not see all customers: mail of the others would count as that of strangers.
    """
    settings: Settings = crm.plugins.settings("email")
    imap = settings.imap
    if imap is None:
        raise Invalid(
            "There is no mailbox to read", hint="Set host, user and password under [plugins.email.imap]."
        )
    require_sight(crm)
    total = ReadReport()
    ends = time.monotonic() + longest
    folder = imap.folder
    try:
        with connected(imap) as client:
            for folder in filter(None, (imap.folder, imap.sent)):
                _Folder(crm, client, imap, folder).read(total, ends)
    except Unreachable as error:
        note_failure(crm, imap.account, folder, str(error))
        raise
    return total


def require_sight(crm: Crm) -> None:
    """Raise `Invalid` unless who asks sees all customers."""
    if crm.visible() is not None:
        raise Invalid(
            "Mail is read for the whole business, and you see only a part of its customers",
            hint="Leave it to crm worker, or run it as somebody who sees them all: crm --as NAME mail poll",
        )


def message_at(crm: Crm, place: str, key: str) -> Found | None:
    """A message that was parked: fetched again. None where it is gone. Raises `Unreachable`."""
    settings: Settings = crm.plugins.settings("email")
    imap = settings.imap
    if imap is None or not place.startswith(f"imap:{imap.account}/"):
        return None
    validity, _, uid = key.partition(":")
    with connected(imap) as client:
        name = place.removeprefix(f"imap:{imap.account}/")
        folder = _Folder(crm, client, imap, name)
        if folder.select() != int(validity):
            return None
        return next(folder.fetched(int(validity), [int(uid)]), None)


@define
class _Folder:
    """One folder, by a connection that is open."""

    crm: Crm
    client: IMAPClient
    settings: ImapSettings
    name: str

    def select(self) -> int:
        """Open it, for reading only unless the settings want something changed; its UIDVALIDITY."""
        is_changed = self.settings.mark_read or self._moves
        answer: dict[Any, Any] = self.client.select_folder(self.name, readonly=not is_changed)
        return int(answer.get(b"UIDVALIDITY", 0))

    def read(self, total: ReadReport, ends: float) -> None:
        """Read what is new; where each batch ends is on record before the next begins."""
        account = self.settings.account
        validity = self.select()
        last = position(self.crm, account, self.name, validity)
        # `N:*` names the last message also when its number is below N.
        new = sorted(uid for uid in self.client.search(["UID", f"{last + 1}:*"]) if uid > last)
        while new and time.monotonic() < ends:
            batch, new = new[:_BATCH], new[_BATCH:]
            self._take(batch, validity, total)
            note_read(self.crm, account, self.name, validity, batch[-1])
        if not new:
            note_read(self.crm, account, self.name, validity, last)

    def fetched(self, validity: int, uids: Sequence[int]) -> Iterator[Found]:
        """These messages; of one that is too large the headers only."""
        sizes = {
            uid: int(each.get(b"RFC822.SIZE", 0))
            for uid, each in self.client.fetch(uids, ["RFC822.SIZE"]).items()
        }
        limit = self.settings.largest * _MEGABYTE
        whole = sorted(uid for uid, size in sizes.items() if size <= limit)
        for some in _bounded(whole, sizes):
            # No more than was announced, whatever the server thinks of it by now.
            answers = self.client.fetch(some, [f"BODY.PEEK[]<0.{limit}>"])
            yield from self._found(validity, answers, _WHOLE)
        large = sorted(sizes.keys() - set(whole))
        if large:
            yield from self._found(validity, self.client.fetch(large, ["BODY.PEEK[HEADER]"]), _HEAD)

    def _found(self, validity: int, answers: Any, part: bytes) -> Iterator[Found]:
        for uid in sorted(answers):
            raw = next((value for name, value in answers[uid].items() if name.startswith(part)), None)
            if isinstance(raw, bytes):
                yield Found(
                    raw=raw, place=f"imap:{self.settings.account}/{self.name}", key=f"{validity}:{uid}",
                    headers_only=part == _HEAD, is_sent=self.name == self.settings.sent, has_come=True,
                )  # fmt: skip

    def _take(self, uids: Sequence[int], validity: int, total: ReadReport) -> None:
        found = self.fetched(validity, uids)
        report = read_messages(self.crm, found)
        for each in fields(ReadReport):
            setattr(total, each.name, getattr(total, each.name) + getattr(report, each.name))
        if self.settings.mark_read:
            self.client.add_flags(uids, [b"\\Seen"], silent=True)
        if self._moves:
            waiting = {each.key for each in parked(self.crm)}
            done = [uid for uid in uids if f"{validity}:{uid}" not in waiting]
            if done:
                self.client.move(done, self.settings.move_to)

    @property
    def _moves(self) -> bool:
        return self.settings.move_to is not None and self.name == self.settings.folder


def _bounded(uids: Sequence[int], sizes: dict[int, int]) -> Iterator[list[int]]:
    """The messages in groups that fit into memory together."""
    group: list[int] = []
    size = 0
    for uid in uids:
        if group and size + sizes[uid] > _BATCH_BYTES:
            yield group
            group, size = [], 0
        group.append(uid)
        size += sizes[uid]
    if group:
        yield group
