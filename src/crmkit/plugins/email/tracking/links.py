"""The pages that tracked links lead to: each is kept once, under a number."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import sqlalchemy as sa

from crmkit.plugins.email.tables import LINK

if TYPE_CHECKING:
    from crmkit import Crm

# A header of an answer has to hold it.
_LONGEST = 2_000


class Links:
    """The kept addresses, for one pass of delivery: what was looked up once is not looked up again."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.plugins.table(LINK)
        self._known: dict[str, int] = {}

    def number(self, url: str, together: Collection[str]) -> int | None:
        """The number of an address; new ones are kept, with all others of the message that are `together`
        with it. None for what nobody is redirected to."""
        if url not in self._known:
            wanted = [each for each in together if each not in self._known and is_page(each)]
            self._known |= self._kept(wanted)
        return self._known.get(url)

    def _kept(self, urls: Collection[str]) -> dict[str, int]:
        digests = {sha256(url.encode()).hexdigest(): url for url in urls}
        if not digests:
            return {}
        chosen = sa.select(self._table.c.digest, self._table.c.id).where(self._table.c.digest.in_(digests))
        with self._crm.reading() as execute:
            there = {row.digest: row.id for row in execute(chosen)}
        missing = [(digest, url) for digest, url in digests.items() if digest not in there]
        if missing:
            with self._crm.transaction() as tx:
                for digest, url in missing:
                    tx.execute(self._unless_there(digest, url))
                there = {row.digest: row.id for row in tx.execute(chosen)}
        return {url: there[digest] for digest, url in digests.items()}

    def _unless_there(self, digest: str, url: str) -> sa.Insert:
        """Two workers may come upon the same address at once."""
        table = self._table
        mine = sa.select(sa.literal(url), sa.literal(digest)).where(
            ~sa.exists().where(table.c.digest == digest)
        )
        return sa.insert(table).from_select(["url", "digest"], mine)


def is_page(url: str) -> bool:
    """Whether it is a plain address of a page, to which somebody may be redirected."""
    if len(url) > _LONGEST or not url.isprintable() or any(char.isspace() for char in url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port, (parts.hostname or "").encode("idna")
    except ValueError:
        return False
    is_named = bool(parts.hostname) and parts.username is None
    return parts.scheme.lower() in ("http", "https") and is_named and "\\" not in url


def url_of(crm: Crm, number: int) -> str | None:
    """The address with this number."""
    table = crm.plugins.table(LINK)
    with crm.reading() as execute:
        found = execute(sa.select(table.c.url).where(table.c.id == number)).scalar()
    return str(found) if found is not None and is_page(found) else None
