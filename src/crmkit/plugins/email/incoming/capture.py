"""Mail that employees wrote with their own programs: whether it is theirs, and so goes onto timelines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import define, field

from crmkit.plugins.email.incoming.headers import raw_headers
from crmkit.plugins.email.incoming.mail import Mail

if TYPE_CHECKING:
    from crmkit import Crm, Employee

_PASSED: Final = re.compile(r"\s*(dmarc|dkim|spf)\s*(?:/\s*\d+\s*)?=\s*pass(?![^\s])(.*)", re.IGNORECASE)
# By which property each method says whose mail it is about.
_DOMAIN: Final = {
    "dmarc": re.compile(r"\sheader\.from\s*=\s*(\S+)", re.IGNORECASE),
    "dkim": re.compile(r"\sheader\.(?:d|i)\s*=\s*(\S+)", re.IGNORECASE),
    "spf": re.compile(r"\ssmtp\.mailfrom\s*=\s*(\S+)", re.IGNORECASE),
}


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
    server, *results = _bare(top).split(";")
    if not authserv_id or server.split()[:1] != [authserv_id]:
        return False
    domain = mail.sender.rpartition("@")[2]
    for found in filter(None, map(_PASSED.match, results)):
        method = found[1].lower()
        named = _DOMAIN[method].search(found[2])
        if named is None and method == "dmarc":
            return True
        if named is not None and named[1].rpartition("@")[2].lower().rstrip(".") == domain:
            return True
    return False


def _bare(text: str) -> str:
    """The header without its comments, and with nothing in its quoted strings: both may hold what the sender
    chose, such as a return path."""
    kept: list[str] = []
    depth, is_quoted, signs = 0, False, iter(text)
    for sign in signs:
        if sign == "\\":
            next(signs, "")
        elif is_quoted or (sign == '"' and not depth):
            is_quoted = is_quoted != (sign == '"')
            kept.append('"' if sign == '"' else "")
        elif sign in "()":
            depth = max(0, depth + (1 if sign == "(" else -1))
            kept.append(" ")
        elif not depth:
            kept.append(sign)
    return "".join(kept)
