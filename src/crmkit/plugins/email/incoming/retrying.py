"""Trying messages again that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit import NotFound
from crmkit.plugin import phrase
from crmkit.plugins.email.incoming import folders, polling
from crmkit.plugins.email.incoming.found import Found
from crmkit.plugins.email.incoming.parking import ParkedMail, parked, unpark
from crmkit.plugins.email.incoming.reading import read_messages
from crmkit.plugins.email.incoming.report import ReadReport

if TYPE_CHECKING:
    from crmkit import Crm


def retry(crm: Crm, ids: Sequence[int] = ()) -> tuple[ReadReport, int]:
    """Read parked messages again, all of them unless `ids` says which; (what came of it, how many are gone).

    Raises `NotFound`, and `Unreachable` where the mail server is.
    """
    polling.require_sight(crm)
    waiting = {each.id: each for each in parked(crm)}
    unknown = [each for each in ids if each not in waiting]
    if unknown:
        raise NotFound(
            phrase("There is no parked message {unknown}", unknown=unknown[0]),
            hint="See them: crm mail parked",
        )
    chosen = [waiting[each] for each in ids] if ids else list(waiting.values())
    found = [(each, _again(crm, each)) for each in chosen]
    report = read_messages(crm, [each for _, each in found if each is not None])
    still = {(each.place, each.key) for each in parked(crm) if each.tries > waiting.get(each.id, each).tries}
    unpark(crm, [each.id for each, _ in found if (each.place, each.key) not in still])
    return report, sum(each is None for _, each in found)


def _again(crm: Crm, each: ParkedMail) -> Found | None:
    if each.place.startswith("imap:"):
        return polling.message_at(crm, each.place, each.key)
    return folders.message_at(each.place, each.key)
