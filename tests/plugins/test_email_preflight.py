"""Preflight: what a real name server says of a domain, and what has to be done about it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crmkit import Crm
from crmkit.plugins.email.preflight.dmarc import organisation_of
from crmkit.plugins.email.preflight.line import Line
from crmkit.plugins.email.preflight.names import Names, NoAnswer
from crmkit.plugins.email.preflight.sending import answers, dkim, dmarc, spf
from crmkit.plugins.email.preflight.spf import BadRecord, parsed
from crmkit.plugins.email.preflight.subject import Key, Subject
from crmkit.plugins.email.settings import Settings, server_of
from crmkit.testing import FakeClock, open_crm, run_crm
from tests.plugins.name_server import SERVFAIL, SILENCE, NameServer, Zone, name_server

_SUBJECT = Subject(domain="rye.example", return_domain="rye.example", host="smtp.rye.example")
_GOOD: Mapping[str, list[str]] = {
    "rye.example MX": ["10 mx.rye.example."],
    "rye.example TXT": ['"some-site-verification=1"', '"v=spf1 ip4:9.9.9.9 include:_spf.host.example -all"'],
    "_spf.host.example TXT": ['"v=spf1 a:out.host.example" " ~all"'],
    "smtp.rye.example A": ["9.9.9.9"],
    "_dmarc.rye.example TXT": ['"v=DMARC1; p=quarantine; rua=mailto:dmarc@rye.example"'],
}


def told(lines: list[Line]) -> dict[str, tuple[str, str]]:
    """(level, what was found) by check; each was made once."""
    found = {line.check: (line.level, line.found) for line in lines}
    assert len(found) == len(lines), lines
    return found


def names_of(server: NameServer) -> Names:
    """Asks the test's server, without much patience."""
    return Names(server.address, lifetime=1.0)


def of_spf(zone: Zone, subject: Subject = _SUBJECT) -> dict[str, tuple[str, str]]:
    """What is told of SPF."""
    with name_server({**_GOOD, **zone}) as server:
        return told(list(spf(subject, names_of(server))))


def of_dmarc(zone: Zone, subject: Subject = _SUBJECT) -> dict[str, tuple[str, str]]:
    """What is told of DMARC."""
    with name_server({**_GOOD, **zone}) as server:
        return told(list(dmarc(subject, names_of(server))))


def test_a_domain_that_is_right() -> None:
    """Everything published, in pieces and beside other records: nothing to do."""
    found = of_spf({})
    assert found["spf"] == ("ok", "rye.example has one SPF record")
    assert found["spf look-ups"] == ("ok", "2 of at most 10 look-ups")
    assert found["spf server"] == ("ok", "smtp.rye.example may send for rye.example")
    assert of_dmarc({})["dmarc"][0] == "ok"
    with name_server(_GOOD) as server:
        assert [line.level for line in answers(_SUBJECT, names_of(server))] == ["ok"]


@pytest.mark.parametrize(
    ("zone", "level", "found"),
    [
        ({"rye.example MX": ["0 ."]}, "error", "takes no mail (RFC 7505)"),
        ({"rye.example MX": [], "rye.example A": ["9.9.9.9"]}, "warning", "has no MX record"),
        ({"rye.example MX": SERVFAIL}, "unknown", "SERVFAIL"),
        ({"rye.example MX": SILENCE}, "unknown", "did not answer in time"),
    ],
)
def test_whether_answers_arrive(zone: Zone, level: str, found: str) -> None:
    """Where answers go is told from where they cannot go, and from what nobody knows."""
    records = {name: value for name, value in {**_GOOD, **zone}.items() if value}
    with name_server(records) as server:
        (line,) = answers(_SUBJECT, names_of(server))
    assert line.level == level
    assert found in line.found


def test_a_domain_that_is_not() -> None:
    """No such domain: each check says so, and none fails."""
    with name_server({"other.example A": ["9.9.9.9"]}) as server:
        names = names_of(server)
        (line,) = answers(_SUBJECT, names)
        assert (line.level, line.do) == ("error", "Publish: rye.example. IN MX 10 mail.rye.example.")
        (line,) = spf(_SUBJECT, names)
        assert (line.level, line.found) == ("error", "rye.example has no SPF record")
        assert 'rye.example. IN TXT "v=spf1 a:smtp.rye.example ~all"' in line.do
        found = {line.check: line for line in dmarc(_SUBJECT, names)}
        assert '_dmarc.rye.example. IN TXT "v=DMARC1; p=none' in found["dmarc"].do


@pytest.mark.parametrize(
    ("record", "check", "level", "found"),
    [
        ("v=spf1 +all", "spf all", "error", "lets everybody send"),
        ("v=spf1 all", "spf all", "error", "lets everybody send"),
        ("v=spf1 ip4:9.9.9.9", "spf all", "warning", "does not say"),
        ("v=spf1 ip4:9.9.9.9 ?all", "spf all", "warning", "says nothing"),
        ("v=spf1 ip4:8.8.8.0/24 -all", "spf server", "warning", "does not name smtp.rye.example (9.9.9.9)"),
        ("v=spf1 ip4:9.9.9.0/24 -all", "spf server", "ok", "may send"),
        ("v=spf1 -ip4:9.9.9.9 ip4:9.9.9.0/24 -all", "spf server", "warning", "does not name"),
        ("v=spf1 a:smtp.rye.example/24 -all", "spf server", "ok", "may send"),
        ("v=spf1 redirect=_spf.rye.example", "spf server", "ok", "may send"),
        ("v=spf1 mx -all", "spf server", "ok", "may send"),
        ("v=spf1 exists:%{i}.rye.example -all", "spf server", "unknown", "depends on the message"),
        ("v=spf1 ptr -all", "spf server", "unknown", "the name of the address"),
        ("v=spf1 include:no.example -all", "spf look-ups", "error", "no.example has no SPF record"),
        ("v=spf1 include:lost.example -all", "spf look-ups", "unknown", "SERVFAIL"),
        ("v=spf1 include:loop.example -all", "spf look-ups", "error", "again"),
        ("v=spf1 include:rye.example -all", "spf look-ups", "error", "again"),
        ("v=spf1 include:wide.example -all", "spf look-ups", "error", "13 of at most 10"),
        ("v=spf1 ip4:999.1.1.1 -all", "spf", "error", "names no network"),
        ("v=spf1 ipv4:9.9.9.9 -all", "spf", "error", "is no term of SPF"),
        ("v=spf1 ip4:9.9.9.9 \\027[31mall", "spf", "error", "is no term of SPF"),
        ("v=spf1 unknown=modifier ip4:9.9.9.9 -all", "spf server", "ok", "may send"),
    ],
)  # fmt: skip
def test_what_spf_says(record: str, check: str, level: str, found: str) -> None:
    """Each fault is named; whether our server may send is worked out as servers do."""
    zone = {
        "rye.example TXT": [f'"{record}"'],
        "_spf.rye.example TXT": ['"v=spf1 ip4:9.9.9.9 -all"'],
        "mx.rye.example A": ["9.9.9.9"],
        "lost.example TXT": SERVFAIL,
        "loop.example TXT": ['"v=spf1 include:back.example -all"'],
        "back.example TXT": ['"v=spf1 include:loop.example -all"'],
        "wide.example TXT": ['"v=spf1 ' + " ".join(f"a:h{n}.example" for n in range(12)) + ' -all"'],
    }
    told_level, told_found = of_spf(zone)[check]
    assert told_level == level
    assert found in told_found
    assert "\x1b" not in parsed_safely(told_found)


def parsed_safely(text: str) -> str:
    """As the command shows it."""
    from crmkit.plugin import shown_safely

    return shown_safely(text)


def test_two_records_are_none() -> None:
    """Servers take none of several records."""
    zone = {"rye.example TXT": ['"v=spf1 -all"', '"v=spf1 ~all"']}
    assert of_spf(zone)["spf"] == ("error", "rye.example has 2 SPF records, and servers take none of them")


def test_a_record_that_does_not_fit() -> None:
    """What is too long for one datagram is fetched whole; an alias is followed."""
    long = " ".join(f'"ip4:8.8.{n}.0/24 "' for n in range(100))
    zone = {"big.example TXT": [f'"v=spf1 " {long} "ip4:9.9.9.9 -all"'], "al.example CNAME": ["big.example."],
            "rye.example TXT": ['"v=spf1 include:al.example -all"']}  # fmt: skip
    assert of_spf(zone)["spf server"] == ("ok", "smtp.rye.example may send for rye.example")


@pytest.mark.parametrize("host", ["localhost.example", "127.0.0.1", "10.0.0.8"])
def test_a_server_inside(host: str) -> None:
    """From which address a server of our own sends nobody can tell from here."""
    subject = Subject(domain="rye.example", return_domain="rye.example", host=host)
    assert of_spf({}, subject)["spf server"][0] == "unknown"


@pytest.mark.parametrize(
    "term",
    ["include:", "include", "all:x", "+redirect=a", "ip4", "ip6:9.9.9.9", "-", "a b:", "a=b:c d:e",
     "ip4:1.2.3.4/99", "exists", "redirect", "redirect:a.example", "é"],
)  # fmt: skip
def test_what_is_no_term(term: str) -> None:
    """No server takes a record with such a term."""
    with pytest.raises(BadRecord):
        parsed(f"v=spf1 {term}")


def rsa(bits: int = 2_048) -> str:
    """The public half of a new key, as it is published."""
    key = generate_private_key(public_exponent=65_537, key_size=bits).public_key()
    return b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def of_dkim(published: list[str], value: str) -> Line:
    """What is told of a key with this value, where this is published."""
    key = Key(domain="rye.example", name="crm._domainkey.rye.example", value=value)
    subject = Subject(domain="rye.example", return_domain="rye.example", keys=[key])
    zone = {"crm._domainkey.rye.example TXT": published} if published else dict(_GOOD)
    with name_server(zone) as server:
        (line,) = dkim(subject, names_of(server))
    assert line.check == "dkim"
    return line


def test_keys_that_are_published() -> None:
    """Our key, whole, in pieces and with spaces in it, is recognised; another or a revoked one is not."""
    public = rsa()
    value = f"v=DKIM1; k=rsa; p={public}"
    pieces = " ".join(f'"{value[at : at + 200]}"' for at in range(0, len(value), 200))
    line = of_dkim([pieces], value)
    assert (line.level, line.found) == ("ok", "crm._domainkey.rye.example publishes our key (rsa, 2048 bits)")
    assert of_dkim([f'"p={public[:99]} " "{public[99:200]}" "{public[200:]}"'], value).level == "ok"
    for published, level, found in [
        ([], "error", "has no record"),
        ([f'"v=DKIM1; k=rsa; p={public[:100]}"'], "error", "Another key"),
        (['"v=DKIM1; p="'], "error", "revoked"),
        (['"v=DKIM2; p=AAAA"'], "error", "cannot be read"),
        (['"nonsense"'], "error", "cannot be read"),
        ([pieces, '"v=DKIM1; p="'], "error", "2 records"),
        ([pieces + ' "; t=s:y"'], "warning", "t=y"),
        ([pieces + ' "; h=sha1"'], "error", "forbids"),
    ]:
        line = of_dkim(published, value)
        assert (line.level, found in line.found) == (level, True), line
        assert "crm._domainkey.rye.example. IN TXT " in line.do
    record = Key(domain="rye.example", name="crm._domainkey.rye.example", value=value).record
    assert all(len(part) <= 255 for part in record.split('"')[1::2])


@pytest.mark.parametrize(("bits", "level"), [(1_024, "warning"), (2_048, "ok")])
def test_how_long_a_key_is(bits: int, level: str) -> None:
    """A short key is warned of."""
    value = f"v=DKIM1; k=rsa; p={rsa(bits)}"
    assert (
        of_dkim([" ".join(f'"{value[at : at + 250]}"' for at in range(0, len(value), 250))], value).level
        == level
    )


def test_what_is_no_key_at_all() -> None:
    """A value that is no key is none, though both sides have it; without keys nothing is signed."""
    assert of_dkim(['"v=DKIM1; p=AAAA"'], "v=DKIM1; p=AAAA").level == "error"
    with name_server(_GOOD) as server:
        (line,) = dkim(_SUBJECT, names_of(server))
    assert (line.level, line.found) == ("error", "Messages are not signed")


@pytest.mark.parametrize(
    ("records", "check", "level", "found"),
    [
        (["v=DMARC1; p=none"], "dmarc", "ok", "none for rye.example: mail that only pretends is let in"),
        (["v=DMARC1; p=none"], "dmarc reports", "warning", "asks for no reports"),
        (["v=DMARC1; p=maybe"], "dmarc", "error", "has no policy"),
        (["v=DMARC1; rua=mailto:a@rye.example"], "dmarc", "ok", "says none"),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "dmarc", "error", "is there 2 times"),
        (["v=DMARC1; p=none; p=reject"], "dmarc", "error", "cannot be read"),
        (["v=spf1 -all"], "dmarc", "error", "has no DMARC record"),
    ],
)
def test_what_dmarc_says(records: list[str], check: str, level: str, found: str) -> None:
    """The policy, or why servers see none."""
    told_level, told_found = of_dmarc({"_dmarc.rye.example TXT": [f'"{each}"' for each in records]})[check]
    assert told_level == level
    assert found in told_found


def test_who_vouches() -> None:
    """DKIM or SPF of the same organisation vouch for the domain that readers see; a strict policy wants the
    very same one."""
    key = Key(domain="mail.rye.example", name="x._domainkey.mail.rye.example", value="")
    other = Key(domain="host.example", name="x._domainkey.host.example", value="")

    def aligned(keys: list[Key], returned: str, more: str = "") -> tuple[str, str]:
        subject = Subject(domain="rye.example", return_domain=returned, keys=keys)
        record = {"_dmarc.rye.example TXT": [f'"v=DMARC1; p=none; {more}"']}
        return of_dmarc(record, subject)["dmarc alignment"]

    assert aligned([key], "b.rye.example") == (
        "ok", "rye.example is vouched for by DKIM (mail.rye.example), SPF (b.rye.example)"
    )  # fmt: skip
    assert aligned([other], "b.rye.example") == ("warning", "Only SPF vouches for rye.example")
    assert aligned([other], "host.example") == ("error", "Nothing vouches for rye.example")
    assert aligned([key], "b.rye.example", "adkim=s; aspf=s")[0] == "error"


def test_which_organisation() -> None:
    """The walk up the names: the highest record counts, unless one says that it is a registry's, or not."""
    zone = {
        "_dmarc.rye.example TXT": ['"v=DMARC1; p=reject; sp=none"'],
        "_dmarc.a.b.rye.example TXT": ['"v=DMARC1; p=none"'],
        "_dmarc.gov.example TXT": ['"v=DMARC1; p=none; psd=y"'],
        "_dmarc.own.rye.example TXT": ['"v=DMARC1; p=none; psd=n"'],
    }
    with name_server(zone) as server:
        names = names_of(server)
        assert organisation_of(names, "a.b.rye.example") == "rye.example"
        assert organisation_of(names, "x.city.gov.example") == "city.gov.example"
        assert organisation_of(names, "x.own.rye.example") == "own.rye.example"
        assert organisation_of(names, "nowhere.test") == "nowhere.test"
        server.asked.clear()
        organisation_of(names, ".".join("abcdefghijkl") + ".rye.example")
        assert len(server.asked) <= 8
        subject = Subject(domain="news.rye.example", return_domain="news.rye.example")
        found = told(list(dmarc(subject, names)))
        assert found["dmarc"][1].startswith("_dmarc.rye.example says none for news.rye.example")


def test_silence_is_bounded() -> None:
    """A name server that says nothing is waited for three times, and not for every question."""
    silent = {f"n{n}.example TXT": SILENCE for n in range(9)}
    with name_server({**silent, "last.example TXT": ["v=x"]}) as server:
        names = Names(server.address, lifetime=0.2)
        for n in range(9):
            with pytest.raises(NoAnswer):
                names.texts(f"n{n}.example")
        # Whoever answers this has taken what came before, however busy they are.
        assert Names(server.address).texts("last.example") == ["v=x"]
        assert len({each.split()[0] for each in server.asked} - {"last.example"}) == 3
    for bad in ("a..b", "x" * 64 + ".example", "ż" * 80 + ".example"):
        with pytest.raises(NoAnswer):
            Names(server.address).texts(bad)


_TOML = """
[web]
url = "https://post.rye.example"
[plugins.email]
from = "Rye Bakery <post@rye.example>"
host = "smtp.rye.example"
resolver = "{}"
[purposes.news]
type = "marketing"
wording = "Tell me what is new."
[rules.hello]
run = "daily at 00:00"
once = "ever"
send_email = "hello"
purpose = "news"
"""


def business(folder: Path, clock: FakeClock, server: NameServer) -> Crm:
    """A business that writes, and asks the test's server for names."""
    (folder / "templates").mkdir()
    (folder / "templates" / "hello.txt").write_text("Subject: Hello\n\nHello!\n", encoding="utf-8")
    return open_crm(folder, _TOML.format(server.address), plugins=("email",), clock=clock)


def test_the_command(tmp_path: Path, clock: FakeClock) -> None:
    """Each check is a line, with what to do; hostile records are shown safely; the last run is remembered."""
    zone = dict(_GOOD) | {"rye.example TXT": ['"v=spf1 \\027[2J\\226\\128\\174 -all"']}
    with name_server(zone) as server, business(tmp_path, clock, server) as crm:
        assert "never looked at" in run_crm("--config", crm.config.path, "go-live", "--dry-run").stderr
        answer = run_crm("--config", crm.config.path, "mail", "preflight")
        assert answer.status == 6
        assert "\x1b" not in answer.stdout + answer.stderr
        assert "\u202e" not in answer.stdout
        lines = [line.split(maxsplit=1) for line in answer.stdout.splitlines()]
        assert ["error", "dkim                   Messages are not signed"] in lines
        assert "Mail from rye.example: " in answer.stderr
        document = run_crm("--config", crm.config.path, "mail", "preflight", "--json").json
        assert (document["ok"], document["domain"]) == (False, "rye.example")
        checks = {each["check"]: each for each in document["checks"]}
        assert checks["from"]["level"] == "ok"
        assert checks["one-click unsubscribe"]["level"] == "ok"
        assert checks["spf"]["level"] == "error"
        assert checks["postal address"]["do"].startswith("Set it under [crs]")
        assert "dkim" in run_crm("--config", crm.config.path, "go-live", "--dry-run").stderr
        assert "preflight" not in run_crm("--config", crm.config.path, "doctor").stdout.lower()
        crm.rehearsal.end()
        told_by_doctor = run_crm("--config", crm.config.path, "doctor").stdout
        assert "Preflight found something wrong with mail from rye.example, today:" in told_by_doctor
        other = run_crm(
            "--config", crm.config.path, "mail", "preflight", "--domain", "other.example", "--json"
        )
        assert other.json["domain"] == "other.example"


def test_a_key_of_our_own(tmp_path: Path, clock: FakeClock) -> None:
    """The record that `crm mail key` prints is the one that preflight wants."""
    zone = dict(_GOOD)
    with name_server(zone) as server, business(tmp_path, clock, server) as crm:
        config = crm.config.path
        made = run_crm("--config", config, "mail", "key", "--selector", "one", "--json").json
        with config.open("a", encoding="utf-8") as file:
            file.write(f"[plugins.email.dkim.one]\nkey = 'file:{made['file']}'\n")

        def dkim_line() -> dict[str, str]:
            document = run_crm("--config", config, "mail", "preflight", "--json").json
            return next(each for each in document["checks"] if each["check"] == "dkim")

        missing = dkim_line()
        assert missing["level"] == "error"
        value = "".join(missing["do"].partition("TXT ")[2].split('"')[1::2])
        assert value == made["value"]
        zone[f"{made['name']} TXT"] = [missing["do"].partition("TXT ")[2]]
        assert dkim_line()["level"] == "ok"


def test_without_a_domain(tmp_path: Path, clock: FakeClock) -> None:
    """A business without a sender is told what to say."""
    with open_crm(tmp_path, plugins=("email",), clock=clock) as crm:
        answer = run_crm("--config", crm.config.path, "mail", "preflight")
        assert answer.status == 5
        assert "crm mail preflight --domain rye.example" in answer.stderr
        bad = run_crm("--config", crm.config.path, "mail", "preflight", "--domain", "a b")
        assert bad.status == 5


@pytest.mark.parametrize(
    ("text", "parts"),
    [("10.0.0.2", ("10.0.0.2", "53")), ("10.0.0.2:5353", ("10.0.0.2", "5353")), ("::1", ("::1", "53")),
     ("[::1]:5353", ("::1", "5353"))],
)  # fmt: skip
def test_name_servers(text: str, parts: tuple[str, str]) -> None:
    """An address, with a port or without."""
    assert server_of(text) == parts
    assert Settings(resolver=text).resolver == text
    for bad in ("dns.example", "10.0.0.2:0", "10.0.0.2:x", "[::1"):
        with pytest.raises(ValueError, match="is not a name server"):
            Settings(resolver=bad)
