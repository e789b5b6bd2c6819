"""Questions to the domain name system, each bounded in time: "there is none" is an answer, silence is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import define, field

from crmkit.plugin import phrase
from crmkit.plugins.email.settings import server_of

if TYPE_CHECKING:
    from dns.resolver import Resolver

T = TypeVar("T")

# Seconds for one question, all tries together.
_LIFETIME: Final = 3.0
# After so many questions without an answer nobody waits for the next.
_STRIKES: Final = 3
# Longer ones are nobody's policy.
_LONGEST: Final = 8_192


class NoAnswer(Exception):
    """Nobody knows what there is; the text says why."""


@define
class Names:
    """Asks the system's name servers, or the one at `server` (`10.0.0.2:53`), every question once."""

    server: str | None = None
    lifetime: float = _LIFETIME
    _strikes: int = 0
    _known: dict[tuple[str, str], list[Any] | NoAnswer] = field(factory=dict)
    _resolver: Resolver | None = None

    def texts(self, name: str) -> list[str]:
        """The TXT records at a name, each in one piece. Raises `NoAnswer`, as all of these do."""
        return self._asked(name, "TXT", _text)

    def mail_servers(self, name: str) -> list[str]:
        """The names of the mail servers that take mail for a domain; `.` where it takes none (RFC 7505)."""
        found = self._asked(name, "MX", lambda each: (each.preference, str(each.exchange)))
        return [host if host == "." else host.rstrip(".") for _, host in sorted(found)]

    def addresses(self, name: str) -> list[str]:
        """The addresses of a host, IPv4 and IPv6; of an address itself."""
        try:
            return [str(ip_address(name))]
        except ValueError:
            asked: Sequence[str] = ("A", "AAAA")
        return [address for kind in asked for address in self._asked(name, kind, lambda each: each.address)]

    def _asked(self, name: str, kind: str, read: Callable[[Any], T]) -> list[T]:
        key = (name.lower().rstrip("."), kind)
        if key not in self._known:
            try:
                self._known[key] = [read(each) for each in self._answer(key[0], kind)]
            except NoAnswer as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, NoAnswer):
            raise found
        return found

    def _answer(self, name: str, kind: str) -> Any:
        import dns.exception
        import dns.resolver

        if self._strikes >= _STRIKES:
            raise NoAnswer(
                phrase("the name server did not answer before, so {name} was not asked for", name=name)
            )
        try:
            answer = self._made_resolver().resolve(name, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return ()
        except dns.resolver.LifetimeTimeout:
            self._strikes += 1
            raise NoAnswer(
                phrase("the name server did not answer in time when asked for {name}", name=name)
            ) from None
        except dns.resolver.NoNameservers:
            raise NoAnswer(
                phrase("the name server could not find out about {name} (SERVFAIL)", name=name)
            ) from None
        except (dns.exception.DNSException, UnicodeError, OSError) as error:
            raise NoAnswer(
                phrase("{name} cannot be asked for: {error}", name=name, error=type(error).__name__)
            ) from None
        self._strikes = 0
        return answer.rrset or ()

    def _made_resolver(self) -> Resolver:
        from dns.resolver import NoResolverConfiguration
        from dns.resolver import Resolver as New

        if self._resolver is None:
            try:
                resolver = New(configure=self.server is None)
            except NoResolverConfiguration:
                raise NoAnswer(phrase("this machine names no name server")) from None
            if self.server is not None:
                host, port = server_of(self.server)
                resolver.nameservers, resolver.port = [host], int(port)
            resolver.lifetime = self.lifetime
            resolver.timeout = self.lifetime / 2
            self._resolver = resolver
        return self._resolver


def _text(record: Any) -> str:
    """A record's strings in one piece: they may be parted anywhere."""
    return b"".join(record.strings)[:_LONGEST].decode("utf-8", "replace")
