"""SPF (RFC 7208): which servers a domain lets send its mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from attrs import define, frozen

from crmkit.plugin import phrase
from crmkit.plugins.email.preflight.names import Names

ALLOWS: Final = "+"
# What servers evaluate, and no more (RFC 7208, 4.6.4).
MOST_LOOKUPS: Final = 10
_DEEPEST: Final = 12
_TERM: Final = re.compile(
    r"(?P<qualifier>[-+~?])?(?P<name>[a-z][a-z0-9_.-]*)(?P<mark>[:=])?(?P<value>[!-~]*?)"
    r"(?P<length>(?:/[0-9]{1,2})?(?://[0-9]{1,3})?)",
    re.IGNORECASE,
)
_ASKING: Final = ("include", "a", "mx", "ptr", "exists", "redirect")
_KNOWN: Final = (*_ASKING, "all", "ip4", "ip6", "exp")
_NEEDS_VALUE: Final = ("include", "exists", "ip4", "ip6", "redirect", "exp")
Address = IPv4Address | IPv6Address


class BadRecord(Exception):
    """No server can use the record; the text says why."""


class Undecided(Exception):
    """It cannot be told beforehand; the text says why."""


@frozen(kw_only=True)
class Term:
    """One term of a record: `include:_spf.example.org`, `-all`, `redirect=example.org`."""

    name: str
    qualifier: str = ALLOWS
    value: str = ""
    length: str = ""

    @property
    def asks(self) -> bool:
        """Whether servers have to ask the name system for it."""
        return self.name in _ASKING


@define
class Lookups:
    """How often servers have to ask for a record and for all that it includes."""

    names: Names
    count: int = 0

    def of(self, domain: str, terms: Sequence[Term], path: tuple[str, ...] = ()) -> int:
        """All of them. Raises `BadRecord` for what an included domain has none of, or leads in a circle, and
        `NoAnswer`."""
        path = (*path, domain)
        for term in terms:
            if not term.asks or (term.name == "redirect" and any(each.name == "all" for each in terms)):
                continue
            self.count += 1
            if self.count > 5 * MOST_LOOKUPS or len(path) > _DEEPEST:
                raise BadRecord(phrase("{domain} includes without end", domain=domain))
            if term.name in ("include", "redirect") and "%" not in term.value:
                if term.value.lower() in path:
                    raise BadRecord(
                        phrase(
                            "{domain} includes {value}, which includes {domain} again",
                            domain=domain,
                            value=term.value,
                        )
                    )
                self.of(term.value.lower(), parsed(record_of(self.names, term.value)), path)
        return self.count


def record_of(names: Names, domain: str) -> str:
    """The only record of a domain. Raises `BadRecord` where there is none or are several, and `NoAnswer`."""
    found = [
        text for text in names.texts(domain) if text.lower() == "v=spf1" or text[:7].lower() == "v=spf1 "
    ]
    if not found:
        raise BadRecord(phrase("{domain} has no SPF record", domain=domain))
    if len(found) > 1:
        raise BadRecord(
            phrase(
                "{domain} has {count} SPF records, and servers take none of them",
                domain=domain,
                count=len(found),
            )
        )
    return found[0]


def parsed(record: str) -> list[Term]:
    """The terms of a record. Raises `BadRecord`."""
    return [_term(text) for text in record.split()[1:]]


def _term(text: str) -> Term:
    found = _TERM.fullmatch(text)
    name = found["name"].lower() if found is not None else ""
    if found is None or (name not in _KNOWN and found["mark"] != "="):
        raise BadRecord(phrase('"{text}" is no term of SPF', text=text))
    value = found["value"].rstrip(".")
    is_modifier = found["mark"] == "="
    if (is_modifier and found["qualifier"]) or is_modifier != (
        name in ("redirect", "exp") or name not in _KNOWN
    ):
        raise BadRecord(phrase('"{text}" is no term of SPF', text=text))
    if (
        bool(value) != bool(found["mark"])
        or (name in _NEEDS_VALUE and not value)
        or (name == "all" and value)
    ):
        raise BadRecord(phrase('"{text}" is no term of SPF', text=text))
    term = Term(name=name, qualifier=found["qualifier"] or ALLOWS, value=value, length=found["length"])
    if name in ("ip4", "ip6"):
        _network(term)
    return term


def _network(term: Term) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(term.value + term.length, strict=False)
    except ValueError:
        network = None
    if network is None or network.version != int(term.name[2]):
        raise BadRecord(
            phrase(
                '"{name}:{value}{length}" names no network',
                name=term.name,
                value=term.value,
                length=term.length,
            )
        )
    return network


@frozen
class Judging:
    """What a record says of the mail of one server."""

    names: Names
    address: Address

    def result(self, domain: str, depth: int = 0) -> str:
        """The qualifier that counts: `+` lets it send, `-`, `~` and `?` do not. Raises `BadRecord`,
        `Undecided` and `NoAnswer`."""
        if depth > _DEEPEST:
            raise BadRecord(phrase("{domain} includes without end", domain=domain))
        terms = parsed(record_of(self.names, domain))
        for term in terms:
            if term.name not in ("redirect", "exp") and self._matches(term, domain, depth):
                return term.qualifier
        onward = next((term for term in terms if term.name == "redirect"), None)
        if onward is None:
            return "?"
        return self.result(_plain(onward), depth + 1)

    def _matches(self, term: Term, domain: str, depth: int) -> bool:
        if term.name in ("ip4", "ip6"):
            return self.address in _network(term)
        if term.name == "include":
            return self.result(_plain(term), depth + 1) == ALLOWS
        if term.name == "exists":
            return bool(self.names.addresses(_plain(term)))
        if term.name == "ptr":
            raise Undecided(phrase("it depends on the name of the address (ptr)"))
        if term.name in ("a", "mx"):
            return any(self.address in each for each in self._networks(term, _plain(term) or domain))
        return term.name == "all"

    def _networks(self, term: Term, host: str) -> Iterator[IPv4Network | IPv6Network]:
        four, _, six = term.length.partition("//")
        lengths = {4: four.strip("/") or "32", 6: six or "128"}
        hosts = [host] if term.name == "a" else self.names.mail_servers(host)[:MOST_LOOKUPS]
        for each in hosts:
            for address in map(ip_address, self.names.addresses(each) if each != "." else ()):
                try:
                    yield ip_network(f"{address}/{lengths[address.version]}", strict=False)
                except ValueError:
                    raise BadRecord(
                        phrase('"{length}" is no length of a network', length=term.length)
                    ) from None


def _plain(term: Term) -> str:
    """The value, where it is the same for every message. Raises `Undecided`."""
    if "%" in term.value:
        raise Undecided(
            phrase('it depends on the message ("{name}:{value}")', name=term.name, value=term.value)
        )
    return term.value
