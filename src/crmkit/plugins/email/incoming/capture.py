"""Mail that employees wrote with their own programs: whether it is theirs, and so goes onto timelines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import define, field

from crmkit.plugins.email.incoming.headers import raw_headers
from crmkit.plugins.email.incoming.mail import Mail

if TYPE_CHECKING:
    from crmkit import Crm, Employee

_COMMENT: Final = re.compile(r"\([^()]*\)")
_PASSED: Final = re.compile(r"(dmarc|dkim|spf)\s*=\s*pass\b([^;]*)", re.IGNORECASE)
_DOMAIN: Final = re.compile(
    r"(?:header\.(?:from|d|i)|smtp\.mailfrom)\s*=\s*\"?(?:[^\s@;\"]*@)?([^\s;\"]+)", re.IGNORECASE
)


@define
class Colleagues:
    """The employees of the business by their addresses; those who have left are none."""

    _crm: Crm
    _by_address: dict[str, Employee] | None = field(default=None)

    def named(self, address: str) -> Employee | None:
        """The active employee with this address."""
        if self._by_address is None:
            everybody = self._crm.people.list()
            self._by_address = {each.email.lower(): each for each in everybody if each.email and each.active}
        return self._by_address.get(address)


def is_authentic(mail: Mail, authserv_id: str | None) -> bool:
    """Whether our own server found that the message is from whom it says (RFC 8601).

    Only the topmost header counts, and only if our server wrote it: any below may have come with the message.
    """
    top = next(raw_headers(mail.message, "authentication-results"), "")
    said = _COMMENT.sub(" ", top)
    server, _, results = said.partition(";")
    if not authserv_id or server.split()[:1] != [authserv_id]:
        return False
    domain = mail.sender.rpartition("@")[2]
    for method, properties in _PASSED.findall(results):
        named = {found.lower().rstrip(".") for found in _DOMAIN.findall(properties)}
        if domain in named or (method.lower() == "dmarc" and not named):
            return True
    return False
