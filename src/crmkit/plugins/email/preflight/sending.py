"""What preflight asks the name system about whom messages are from: SPF, DKIM, DMARC, where answers go."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from ipaddress import ip_address

from crmkit.plugin import N_, phrase
from crmkit.plugins.email.preflight.dkim import key_line
from crmkit.plugins.email.preflight.dmarc import BadPolicy, Policy, organisation_of, policy_of
from crmkit.plugins.email.preflight.line import ERROR, OK, UNKNOWN, WARNING, Line, reason_of
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

_LATER = phrase("Try again later; if it stays so, ask whoever runs the name server.")


def answers(subject: Subject, names: Names) -> Iterator[Line]:
    """Whether what is answered, and what comes back, arrives somewhere."""
    yield _takes_mail(names, "from", subject.domain)
    if subject.return_domain != subject.domain:
        yield _takes_mail(names, phrase("return path"), subject.return_domain)


def _takes_mail(names: Names, check: str, domain: str) -> Line:
    try:
        servers = names.mail_servers(domain)
        addresses = names.addresses(domain) if not servers else []
    except NoAnswer as error:
        return Line(check=check, level=UNKNOWN, found=reason_of(error), do=_LATER)
    if servers == ["."]:
        return Line(
            check=check,
            level=ERROR,
            found=phrase("{domain} says that it takes no mail (RFC 7505)", domain=domain),
            do=phrase("Use a domain that takes mail: many servers refuse what cannot be answered."),
        )
    if servers:
        return Line(
            check=check,
            level=OK,
            found=phrase("{domain} takes mail by {names}", domain=domain, names=", ".join(servers[:3])),
        )
    if addresses:
        return Line(
            check=check,
            level=WARNING,
            found=phrase("{domain} has no MX record; its address stands in for one", domain=domain),
            do=phrase("Publish: {domain}. IN MX 10 mail.{domain}.", domain=domain),
        )
    return Line(
        check=check,
        level=ERROR,
        found=phrase("{domain} takes no mail: it has neither MX nor address", domain=domain),
        do=phrase("Publish: {domain}. IN MX 10 mail.{domain}.", domain=domain),
    )


def spf(subject: Subject, names: Names) -> Iterator[Line]:
    """Whether the domain lets our server send: of the return path, because that is what servers look at."""
    domain = subject.return_domain
    # A server on this machine is named by an address that means nothing elsewhere.
    is_name = subject.host is not None and "." in subject.host and subject.host[-1].isalpha()
    host = f"a:{subject.host} " if is_name else ""
    publish = phrase(
        'Publish: {domain}. IN TXT "v=spf1 {host}~all", with what your provider asks to include.',
        domain=domain,
        host=host,
    )
    try:
        terms = parsed(record_of(names, domain))
    except BadRecord as error:
        yield Line(check="spf", level=ERROR, found=reason_of(error), do=publish)
        return
    except NoAnswer as error:
        yield Line(check="spf", level=UNKNOWN, found=reason_of(error), do=_LATER)
        return
    yield Line(check="spf", level=OK, found=phrase("{domain} has one SPF record", domain=domain))
    yield from _all(domain, terms)
    try:
        yield _lookups(names, domain, terms)
    except BadRecord as error:
        out = phrase(
            "Take it out of the record of {domain}, or ask whoever runs what it names.", domain=domain
        )
        yield Line(check=N_("spf look-ups"), level=ERROR, found=reason_of(error), do=out)
    except NoAnswer as error:
        yield Line(check=N_("spf look-ups"), level=UNKNOWN, found=reason_of(error), do=_LATER)
    else:
        yield _server(subject, names)


def _all(domain: str, terms: list[Term]) -> Iterator[Line]:
    last = next((term for term in terms if term.name == "all"), None)
    line = partial(Line, check=N_("spf all"), do=phrase("End the record with ~all or -all."))
    if last is not None and last.qualifier == ALLOWS:
        yield line(level=ERROR, found=phrase("+all: {domain} lets everybody send its mail", domain=domain))
    elif last is None and not any(term.name == "redirect" for term in terms):
        yield line(
            level=WARNING,
            found=phrase("The record of {domain} does not say what of other servers", domain=domain),
        )
    elif last is not None and last.qualifier == "?":
        yield line(level=WARNING, found=phrase("?all: {domain} says nothing of other servers", domain=domain))


def _lookups(names: Names, domain: str, terms: list[Term]) -> Line:
    count = Lookups(names).of(domain, terms)
    found = phrase("{count} of at most {most} look-ups", count=count, most=MOST_LOOKUPS)
    line = partial(Line, check=N_("spf look-ups"), found=found)
    if count <= MOST_LOOKUPS:
        return line(level=OK)
    return line(level=ERROR, do=phrase("Take out what is not used, or name addresses (ip4:) in its place."))


def _server(subject: Subject, names: Names) -> Line:
    """Whether the record covers the server that messages are handed to."""

    def line(level: str, found: str, do: str = "") -> Line:
        return Line(check=N_("spf server"), level=level, found=found, do=do)

    if subject.host is None:
        return line(UNKNOWN, phrase("No mail server is named"), phrase("Set host under [plugins.email]."))
    try:
        addresses = [ip_address(each) for each in names.addresses(subject.host)]
        public = [each for each in addresses if each.is_global]
        if not public:
            nowhere = phrase(
                "{host} has no public address: which one mail comes from is not known here", host=subject.host
            )
            return line(UNKNOWN, nowhere, phrase("See that the record names the address that it sends from."))
        outside = [each for each in public if Judging(names, each).result(subject.return_domain) != ALLOWS]
    except (NoAnswer, Undecided) as error:
        return line(
            UNKNOWN,
            phrase(
                "Whether {host} may send cannot be told: {error}", host=subject.host, error=reason_of(error)
            ),
        )
    except BadRecord as error:
        return line(ERROR, reason_of(error), phrase("Put the record right, or ask whoever runs that domain."))
    if not outside:
        return line(
            OK,
            phrase(
                "{host} may send for {return_domain}", host=subject.host, return_domain=subject.return_domain
            ),
        )
    shown = ", ".join(map(str, outside[:4]))
    return line(
        WARNING,
        phrase("The record does not name {host} ({shown})", host=subject.host, shown=shown),
        phrase(
            "If it sends by itself, add {terms}; "
            "a provider that sends by other servers says what to include.",
            terms=" ".join(f"ip{each.version}:{each}" for each in outside[:4]),
        ),
    )


def dkim(subject: Subject, names: Names) -> Iterator[Line]:
    """Whether messages are signed, and everybody can verify it."""
    if subject.keys_fault:
        yield Line(check="dkim", level=ERROR, found=subject.keys_fault, do=phrase("Run: crm doctor"))
    elif not subject.keys:
        yield Line(
            check="dkim",
            level=ERROR,
            found=phrase("Messages are not signed"),
            do=phrase("Make a key, publish its record and name it under [plugins.email.dkim]: crm mail key"),
        )
    for key in subject.keys:
        yield key_line(names, key)


def dmarc(subject: Subject, names: Names) -> Iterator[Line]:
    """Whether the domain has a policy, and our messages meet it."""
    domain = subject.domain
    publish = phrase(
        'Publish: _dmarc.{domain}. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@{domain}"', domain=domain
    )
    try:
        policy = policy_of(names, domain)
        if policy is None:
            yield Line(
                check="dmarc",
                level=ERROR,
                found=phrase("{domain} has no DMARC record", domain=domain),
                do=publish,
            )
        else:
            yield from _policy(policy, domain)
        yield _aligned(subject, names, policy)
    except BadPolicy as error:
        yield Line(check="dmarc", level=ERROR, found=reason_of(error), do=publish)
    except NoAnswer as error:
        yield Line(check="dmarc", level=UNKNOWN, found=reason_of(error), do=_LATER)


def _policy(policy: Policy, domain: str) -> Iterator[Line]:
    where = f"_dmarc.{policy.at}"
    told = {"where": where, "policy": policy.policy, "domain": domain}
    found = phrase("{where} says {policy} for {domain}", **told)
    if policy.policy == "none":
        found = phrase(
            "{where} says {policy} for {domain}: mail that only pretends is let in, and reported", **told
        )
    yield Line(check="dmarc", level=OK, found=found)
    if "mailto:" not in policy.tags.get("rua", "").lower():
        yield Line(
            check=N_("dmarc reports"),
            level=WARNING,
            found=phrase("{where} asks for no reports", where=where),
            do=phrase("Add rua=mailto:dmarc@{at}: they tell who sends in your name.", at=policy.at),
        )


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
            check=N_("dmarc alignment"),
            level=OK,
            found=phrase("{domain} is vouched for by {names}", domain=subject.domain, names=", ".join(by)),
        )
    if returned:
        return Line(
            check=N_("dmarc alignment"),
            level=WARNING,
            found=phrase("Only SPF vouches for {domain}", domain=subject.domain),
            do=phrase("Sign as this domain, too: forwarded mail keeps nothing else. crm mail key"),
        )
    return Line(
        check=N_("dmarc alignment"),
        level=ERROR,
        found=phrase("Nothing vouches for {domain}", domain=subject.domain),
        do=phrase(
            "Sign as {domain} (crm mail key), or set return_path to an address of it.", domain=subject.domain
        ),
    )
