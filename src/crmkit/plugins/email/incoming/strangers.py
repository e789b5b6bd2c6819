"""People whom nobody knows and who write: where the business wishes so, they become prospects."""

from __future__ import annotations

from email.utils import parseaddr
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import define, field

from crmkit import ContactPoint, CrmError, CustomerDraft, Invalid
from crmkit.plugin import nphrase
from crmkit.plugins.email.incoming.characters import safe_line
from crmkit.plugins.email.incoming.headers import decoded, raw_headers

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.email.incoming.mail import Mail
    from crmkit.plugins.email.settings import Settings

PROSPECT: Final = "prospect"
_SOURCE: Final = "incoming e-mail"
_HOUR: Final = 3_600_000_000
_LONGEST_NAME: Final = 200
# The change log has no index by time: only its end is looked at.
_LATEST: Final = 100_000
# What lists and newsletters have, and people's letters have not.
_OF_LISTS: Final = ("list-id", "list-unsubscribe", "list-post")


@define
class Strangers:
    """Admits senders who are not on record, so many in an hour."""

    _crm: Crm
    _settings: Settings
    _admitted: int | None = field(default=None, init=False)

    def admit(self, mail: Mail) -> int | None:
        """The sender as a new prospect, who has agreed to nothing; None where nobody is to become one.

        Raises `Invalid` where more came within an hour than the settings allow, so that the message waits.
        """
        if self._settings.unknown != PROSPECT or not mail.sender or _is_of_a_list(mail):
            return None
        with self._crm.transaction():
            found = self._crm.customers.find_by_email(mail.sender)
            if found:  # a shared address belongs to nobody in particular
                return found[0].id if len(found) == 1 else None
            self._refuse_floods()
            try:
                saved = self._crm.customers.save(_draft(mail))
            except CrmError:  # such as a throw-away address: it stays a stranger's
                return None
        self._admitted = (self._admitted or 0) + 1
        return saved.id

    def _refuse_floods(self) -> None:
        if self._admitted is None:
            self._admitted = self._of_the_last_hour()
        if self._admitted >= self._settings.unknown_limit:
            raise Invalid(
                nphrase(
                    "its sender is unknown, and {count} other wrote within an hour",
                    "its sender is unknown, and {count} others wrote within an hour",
                    self._admitted,
                ),
                hint="Let more in: unknown_limit under [plugins.email]; then: crm mail retry",
            )

    def _of_the_last_hour(self) -> int:
        c = self._crm.tables.change.c
        newest = sa.select(sa.func.coalesce(sa.func.max(c.seq), 0)).scalar_subquery()
        query = sa.select(sa.func.count()).where(
            c.seq > newest - _LATEST, c.entity == "customer", c.action == "created", c.source == _SOURCE,
            c.at > self._crm.clock.now() - _HOUR,
        )  # fmt: skip
        with self._crm.reading() as execute:
            return int(execute(query).scalar() or 0)


def _is_of_a_list(mail: Mail) -> bool:
    return any(next(raw_headers(mail.message, name), "") for name in _OF_LISTS)


def _draft(mail: Mail) -> CustomerDraft:
    written = parseaddr(decoded(next(raw_headers(mail.message, "from"), "")))[0]
    name = safe_line(written)[:_LONGEST_NAME].strip()
    return CustomerDraft(
        name=name if name and "@" not in name else mail.sender.partition("@")[0],
        contact_points=(ContactPoint(kind="email", value=mail.sender),),
        lifecycle=PROSPECT,
        source=_SOURCE,
    )
