"""What preflight asks the name system about whom messages are from: SPF, DKIM, DMARC, where answers go."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from ipaddress import ip_address

from crmkit.plugins.email.preflight.dkim import key_line
from crmkit.plugins.email.preflight.dmarc import BadPolicy, Policy, organisation_of, policy_of
from crmkit.plugins.email.preflight.line import ERROR, OK, UNKNOWN, WARNING, Line
from crmkit.plugins.email.preflight.names import Names, NoAnswer
from crmkit.plugins.email.preflight.spf import (
    ALLOWS,
    MOST_LOOKUPS,
    BadRecord,
    Judging,
    Lookups,
    Term,
    Undecided,
    parsed,
    record_of,
)
from crmkit.plugins.email.preflight.subject import Subject

_LATER = "Try again later; if it stays so, ask whoever runs the name server."


def answers(subject: Subject, names: Names) -> Iterator[Line]:
    """Whether what is answered, and what comes back, arrives somewhere."""
    yield _takes_mail(names, "from", subject.domain)
    if subject.return_domain != subject.domain:
        yield _takes_mail(names, "return path", subject.return_domain)


def _takes_mail(names: Names, check: str, domain: str) -> Line:
    try:
        servers = names.mail_servers(domain)
        addresses = names.addresses(domain) if not servers else []
    except NoAnswer as error:
        return Line(check=check, level=UNKNOWN, found=str(error), do=_LATER)
    if servers == ["."]:
        return Line(
            check=check, level=ERROR, found=f"{domain} says that it takes no mail (RFC 7505)",
            do="Use a domain that takes mail: many servers refuse what cannot be answered.",
        )  # fmt: skip
    if servers:
        return Line(check=check, level=OK, found=f"{domain} takes mail by {', '.join(servers[:3])}")
    if addresses:
        return Line(
            check=check, level=WARNING, found=f"{domain} has no MX record; its address stands in for one",
            do=f"Publish: {domain}. IN MX 10 mail.{domain}.",
        )  # fmt: skip
    return Line(
        check=check, level=ERROR, found=f"{domain} takes no mail: it has neither MX nor address",
        do=f"Publish: {domain}. IN MX 10 mail.{domain}.",
    )  # fmt: skip


def spf(subject: Subject, names: Names) -> Iterator[Line]:
    """Whether the domain lets our server send: of the return path, because that is what servers look at."""
    domain = subject.return_domain
    # A server on this machine is named by an address that means nothing elsewhere.
    is_name = subject.host is not None and "." in subject.host and subject.host[-1].isalpha()
    host = f"a:{subject.host} " if is_name else ""
    publish = f'Publish: {domain}. IN TXT "v=spf1 {host}~all", with what your provider asks to include.'
    try:
        terms = parsed(record_of(names, domain))
    except BadRecord as error:
        yield Line(check="spf", level=ERROR, found=str(error), do=publish)
        return
    except NoAnswer as error:
        yield Line(check="spf", level=UNKNOWN, found=str(error), do=_LATER)
        return
    yield Line(check="spf", level=OK, found=f"{domain} has one SPF record")
    yield from _all(domain, terms)
    try:
        yield _lookups(names, domain, terms)
    except BadRecord as error:
        out = f"Take it out of the record of {domain}, or ask whoever runs what it names."
        yield Line(check="spf look-ups", level=ERROR, found=str(error), do=out)
    except NoAnswer as error:
        yield Line(check="spf look-ups", level=UNKNOWN, found=str(error), do=_LATER)
    else:
        yield _server(subject, names)


def _all(domain: str, terms: list[Term]) -> Iterator[Line]:
    last = next((term for term in terms if term.name == "all"), None)
    line = partial(Line, check="spf all", do="End the record with ~all or -all.")
    if last is not None and last.qualifier == ALLOWS:
        yield line(level=ERROR, found=f"+all: {domain} lets everybody send its mail")
    elif last is None and not any(term.name == "redirect" for term in terms):
        yield line(level=WARNING, found=f"The record of {domain} does not say what of other servers")
    elif last is not None and last.qualifier == "?":
        yield line(level=WARNING, found=f"?all: {domain} says nothing of other servers")


def _lookups(names: Names, domain: str, terms: list[Term]) -> Line:
    count = Lookups(names).of(domain, terms)
    line = partial(Line, check="spf look-ups", found=f"{count} of at most {MOST_LOOKUPS} look-ups")
    if count <= MOST_LOOKUPS:
        return line(level=OK)
    return line(level=ERROR, do="Take out what is not used, or name addresses (ip4:) in its place.")


def _server(subject: Subject, names: Names) -> Line:
    """Whether the record covers the server that messages are handed to."""

    def line(level: str, found: str, do: str = "") -> Line:
        return Line(check="spf server", level=level, found=found, do=do)

    if subject.host is None:
        return line(UNKNOWN, "No mail server is named", "Set host under [plugins.email].")
    try:
        addresses = [ip_address(each) for each in names.addresses(subject.host)]
        public = [each for each in addresses if each.is_global]
        if not public:
            why = f"{subject.host} has no public address: which one mail comes from is not known here"
            return line(UNKNOWN, why, "See that the record names the address that it sends from.")
        outside = [each for each in public if Judging(names, each).result(subject.return_domain) != ALLOWS]
    except (NoAnswer, Undecided) as error:
        return line(UNKNOWN, f"Whether {subject.host} may send cannot be told: {error}")
    except BadRecord as error:
        return line(ERROR, str(error), "Put the record right, or ask whoever runs that domain.")
    if not outside:
        return line(OK, f"{subject.host} may send for {subject.return_domain}")
    shown = ", ".join(map(str, outside[:4]))
    return line(
        WARNING, f"The record does not name {subject.host} ({shown})",
        f"If it sends by itself, add {' '.join(f'ip{each.version}:{each}' for each in outside[:4])}; "
        "a provider that sends by other servers says what to include.",
    )  # fmt: skip


def dkim(subject: Subject, names: Names) -> Iterator[Line]:
    """Whether messages are signed, and everybody can verify it."""
    if subject.keys_fault:
        yield Line(check="dkim", level=ERROR, found=subject.keys_fault, do="Run: crm doctor")
    elif not subject.keys:
        yield Line(
            check="dkim", level=ERROR, found="Messages are not signed",
            do="Make a key, publish its record and name it under [plugins.email.dkim]: crm mail key",
        )  # fmt: skip
    for key in subject.keys:
        yield key_line(names, key)


def dmarc(subject: Subject, names: Names) -> Iterator[Line]:
    """Whether the domain has a policy, and our messages meet it."""
    domain = subject.domain
    publish = f'Publish: _dmarc.{domain}. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@{domain}"'
    try:
        policy = policy_of(names, domain)
        if policy is None:
            yield Line(check="dmarc", level=ERROR, found=f"{domain} has no DMARC record", do=publish)
        else:
            yield from _policy(policy, domain)
        yield _aligned(subject, names, policy)
    except BadPolicy as error:
        yield Line(check="dmarc", level=ERROR, found=str(error), do=publish)
    except NoAnswer as error:
        yield Line(check="dmarc", level=UNKNOWN, found=str(error), do=_LATER)


def _policy(policy: Policy, domain: str) -> Iterator[Line]:
    where = f"_dmarc.{policy.at}"
    watched = "" if policy.policy != "none" else ": mail that only pretends is let in, and reported"
    yield Line(check="dmarc", level=OK, found=f"{where} says {policy.policy} for {domain}{watched}")
    if "mailto:" not in policy.tags.get("rua", "").lower():
        yield Line(
            check="dmarc reports", level=WARNING, found=f"{where} asks for no reports",
            do=f"Add rua=mailto:dmarc@{policy.at}: they tell who sends in your name.",
        )  # fmt: skip


def _aligned(subject: Subject, names: Names, policy: Policy | None) -> Line:
    """Whether what SPF and DKIM vouch for is the domain that readers see."""

    def belongs(other: str, what: str) -> bool:
        if other == subject.domain:
            return True
        is_strict = policy is not None and policy.is_strict(what)
        return not is_strict and organisation_of(names, other) == organisation_of(names, subject.domain)

    signed = [key.domain for key in subject.keys if belongs(key.domain, "adkim")]
    returned = belongs(subject.return_domain, "aspf")
    by = [*(f"DKIM ({domain})" for domain in sorted(set(signed)))]
    by += [f"SPF ({subject.return_domain})"] if returned else []
    if signed:
        return Line(
            check="dmarc alignment", level=OK, found=f"{subject.domain} is vouched for by {', '.join(by)}"
        )
    if returned:
        return Line(
            check="dmarc alignment", level=WARNING, found=f"Only SPF vouches for {subject.domain}",
            do="Sign as this domain, too: forwarded mail keeps nothing else. crm mail key",
        )  # fmt: skip
    return Line(
        check="dmarc alignment", level=ERROR, found=f"Nothing vouches for {subject.domain}",
        do=f"Sign as {subject.domain} (crm mail key), or set return_path to an address of it.",
    )  # fmt: skip
