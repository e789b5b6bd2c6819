"""E-mail on its way out: through the ledger, to a mail server that behaves or does not."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.plugin import Rate
from crmkit.testing import FakeClock, open_crm, run_crm
from tests.plugins.mail_business import RULE, Live, at, five, person, reasons, sent, states, toml
from tests.plugins.post_office import DROP, HANG, Mood, certificate, post_office


def test_a_plan_is_delivered(live_both: Live) -> None:
    """Planned, applied and taken by the server; the ledger and the timeline tell of it, and once is once."""
    with post_office() as office:
        crm = live_both(toml(office, reply_to="shop@rye.example"), [person("Łucja Żak", "lucja@example.org")])
        assert sent(crm) == {"done": 1}
        crm.effects.hand_over()
        (taken,) = office.taken
    assert (taken.sender, taken.to, taken.options) == ("post@rye.example", "lucja@example.org", "")
    message = taken.message
    assert message["From"] == "Rye Bakery <post@rye.example>"
    assert message["To"] == "Łucja Żak <lucja@example.org>"
    assert message["Reply-To"] == "shop@rye.example"
    assert message["Subject"] == "Hello, Łucja Żak!"
    assert message["Date"] == "Mon, 04 May 2026 10:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == "Dear Łucja Żak,\n.\n.dotted, żółć\n"
    (effect,) = crm.effects.list()
    assert (effect.state, effect.result, effect.recipient) == ("done", message["Message-ID"], taken.to)
    assert message["Message-ID"].startswith(f"<effect-{effect.number}.")
    assert message["Message-ID"].endswith("@rye.example>")
    (entry,) = [each for each in crm.interactions.timeline(1).interactions if each.type == "message"]
    assert (entry.direction, entry.payload.subject) == ("out", "Hello, Łucja Żak!")
    listed = run_crm("--config", crm.config.path, "effects", "list", "--json").json
    assert "done" in str(listed)
    assert "effect-" in run_crm("--config", crm.config.path, "effects", "show", "1").stdout


def test_everybody_gets_their_own(live: Live) -> None:
    """500 customers: 500 messages, each with the address, header and text of the same person, by few
    connections."""
    people = [person(f"Person №{n}", f"p{n}@example.org") for n in range(500)]
    with post_office() as office:
        crm = live(toml(office), people)
        assert sent(crm) == {"done": 500}
        assert office.connections <= 8
        taken = {each.to: each.message for each in office.taken}
        assert len(office.taken) == len(taken) == 500
    assert len({message["Message-ID"] for message in taken.values()}) == 500
    for n in range(500):
        message = taken[f"p{n}@example.org"]
        assert message["To"] == f"Person №{n} <p{n}@example.org>"
        assert message["Subject"] == f"Hello, Person №{n}!"
        assert message.get_content().startswith(f"Dear Person №{n},\r\n")


def test_two_with_one_address(live: Live) -> None:
    """One copy reaches an address that two customers have."""
    with post_office() as office:
        crm = live(toml(office), [person("Anna Nowak", "home@example.org"), CustomerDraft(name="Jan Nowak")])
        point = ContactPoint(kind="email", value="home@example.org")
        crm.customers.update(2, CustomerDraft(contact_points=(point,)))
        sent(crm)
        assert [each.to for each in office.taken] == ["home@example.org"] * len(office.taken)
        told = Counter(each.message["To"].addresses[0].display_name for each in office.taken)
        assert set(told.values()) == {1}


def test_one_address_is_refused(live: Live) -> None:
    """A refused recipient fails for good with the server's words; the others get theirs by the same
    connection."""
    with post_office(at("RCPT TO:<p2@", "550-no such\r\n550 person \x1b[31mhere")) as office:
        crm = live(toml(office, connections=1), five())
        assert sent(crm) == {"done": 4, "failed": 1}
        assert office.connections == 1
    assert reasons(crm, "failed") == ["550 no such person [31mhere"]


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "."])
@pytest.mark.parametrize(("code", "state"), [("452", "pending"), ("554", "failed")])
def test_what_the_server_says_decides(live: Live, stage: str, code: str, state: str) -> None:
    """4xx is tried again, 5xx never, wherever it is said; only that message is concerned."""
    with post_office(at(stage, f"{code} full", 3)) as office:
        crm = live(toml(office), five())
        assert sent(crm) == {"done": 4, state: 1}
        assert reasons(crm, state) == [f"{code} full"]
        assert len(office.taken) == 4


def test_what_was_put_off_is_sent_later(live: Live, clock: FakeClock) -> None:
    """A message that was not taken goes out at a later try, with the same identifier."""
    with post_office(at(".", "451 try later", 1)) as office:
        crm = live(toml(office), five()[:1])
        assert sent(crm) == {"pending": 1}
        clock.advance(hours=1)
        crm.effects.hand_over()
        assert states(crm) == {"done": 1}
        assert crm.effects.list()[0].result == office.taken[0].message["Message-ID"]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [DROP, "421 enough"])
def test_a_line_that_breaks_before_sending_is_made_again(live: Live, stage: str, answer: str) -> None:
    """A connection that the server closes between messages costs nothing: another carries on."""
    with post_office(at(stage, answer, 3)) as office:
        crm = live(toml(office, connections=1), five())
        assert sent(crm) == {"done": 5}
        assert sorted(each.to for each in office.taken) == [f"p{n}@example.org" for n in range(1, 6)]
        assert office.connections == 2


def test_a_line_that_breaks_after_sending_is_in_doubt(live: Live, clock: FakeClock) -> None:
    """A message whose answer never came is unconfirmed, and not sent again by itself; the others go out."""
    with post_office(at(".", DROP, 2)) as office:
        crm = live(toml(office), five())
        assert sent(crm) == {"done": 4, "unconfirmed": 1}
        clock.advance(days=1)
        crm.effects.hand_over()
        assert office.begun == 5
    (reason,) = reasons(crm, "unconfirmed")
    assert reason.startswith("the line broke after the message was sent, without an answer")


def test_a_server_that_always_breaks_costs_two(live: Live) -> None:
    """Where one line after the other breaks after sending, most messages are not put in doubt but wait."""
    with post_office(at(".", DROP)) as office:
        crm = live(toml(office), five())
        assert sent(crm) == {"unconfirmed": 2, "pending": 3}
        assert office.begun == 2


def test_a_server_that_does_not_answer(live: Live) -> None:
    """Silence ends with the timeout: in doubt after the message was sent, later before."""
    with post_office(at(".", HANG, 1)) as office:
        crm = live(toml(office, timeout=3), five())  # in which a busy machine answers the other four
        assert sent(crm) == {"done": 4, "unconfirmed": 1}
        assert reasons(crm, "unconfirmed")[0].endswith("it did not answer in time")


def test_nonsense_is_no_answer(live: Live) -> None:
    """What is not SMTP says nothing of the message: it is in doubt."""
    with post_office(at(".", "lovely weather", 1)) as office:
        crm = live(toml(office), five()[:1])
        assert sent(crm) == {"unconfirmed": 1}
        assert "the server said what is no answer" in reasons(crm, "unconfirmed")[0]


@pytest.mark.parametrize(
    ("mood", "reason"),
    [
        (at("CONNECT", "554 go away"), "does not serve us: 554 go away"),
        (at("CONNECT", "421 busy"), "does not serve us: 421 busy"),
        (at("CONNECT", DROP), "cannot be reached"),
        (at("MAIL", "550 who are you"), 'takes nothing from "post@rye.example": 550 who are you'),
        (at("RCPT", "530 log in first"), "wants another log-in: 530 log in first"),
        (
            at("RCPT", "554 5.7.1 Relay access denied"),
            "passes nothing on for us: 554 5.7.1 Relay access denied",
        ),
    ],
    ids=["refused", "busy", "dropped", "sender", "log-in", "relay"],
)
def test_out_of_reach_all_wait(live: Live, mood: Mood, reason: str) -> None:
    """What is no message's fault lets all of them wait, and is asked once."""
    with post_office(mood) as office:
        crm = live(toml(office), five())
        assert sent(crm) == {"pending": 5}
        assert all(reason in each for each in reasons(crm, "pending"))
        assert (office.connections, office.taken) == (1, [])


def test_nobody_listens(live: Live) -> None:
    """A server that is not there is said to be so."""
    with post_office() as office:
        port = office.port
    crm = live(toml(port), five())
    assert sent(crm) == {"pending": 5}
    assert reasons(crm, "pending")[0] == f"127.0.0.1:{port} cannot be reached: Connection refused"


def test_encrypted_and_logged_in(live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a certificate that is trusted and the right password, messages go out, and neither is told."""
    context, file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("MAIL_PASSWORD", "sesame-42")
    settings = {"host": "localhost", "security": "starttls", "user": "rye", "password": "env:MAIL_PASSWORD"}
    with post_office(tls=context, offers=("STARTTLS", "AUTH PLAIN"), log_in=("rye", "sesame-42")) as office:
        crm = live(toml(office, **settings), five())
        assert sent(crm) == {"done": 5}
        assert [said[:4] for said in office.said[:4]] == ["EHLO", "STAR", "EHLO", "AUTH"]
    assert "sesame" not in repr(crm.plugins.settings("email"))


@pytest.mark.parametrize("at_once", [False, True])
def test_a_certificate_that_is_not_trusted(live: Live, tmp_path: Path, at_once: bool) -> None:
    """Nothing is sent, and the reason is the certificate."""
    context, _ = certificate(tmp_path)
    with post_office(tls=context, at_once=at_once, offers=("STARTTLS",)) as office:
        crm = live(toml(office, host="localhost", security="tls" if at_once else "starttls"), five())
        assert sent(crm) == {"pending": 5}
        assert "its certificate is not valid: self-signed certificate" in reasons(crm, "pending")[0]
        assert office.begun == 0


@pytest.mark.parametrize(
    ("offers", "mood", "reason"),
    [
        ((), at("never", ""), "it does not offer encryption (STARTTLS)"),
        (("STARTTLS",), at("STARTTLS", "454 not now"), "does not serve us: 454 not now"),
        (("STARTTLS",), at("STARTTLS", DROP), "cannot be reached"),
    ],
    ids=["not-offered", "refused", "dropped"],
)
def test_without_encryption_nothing_is_said(
    live: Live, offers: tuple[str, ...], mood: Mood, reason: str
) -> None:
    """Where encryption fails, neither password nor message is sent in the clear."""
    with post_office(mood, offers=(*offers, "AUTH PLAIN"), log_in=("a", "b")) as office:
        crm = live(toml(office, security="starttls"), five())
        assert sent(crm) == {"pending": 5}
        assert reason in reasons(crm, "pending")[0]
        assert {said[:4] for said in office.said} <= {"EHLO", "STAR", "QUIT"}


@pytest.mark.parametrize("password", ["wrong", "żółć"])
def test_a_wrong_password(live: Live, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    """All wait, and the password is not in the reason."""
    monkeypatch.setenv("MAIL_PASSWORD", password)
    with post_office(offers=("AUTH PLAIN",), log_in=("rye", "right")) as office:
        crm = live(toml(office, user="rye", password="env:MAIL_PASSWORD"), five())
        assert sent(crm) == {"pending": 5}
        assert password not in reasons(crm, "pending")[0].replace("535 wrong password", "")
        assert "password" in reasons(crm, "pending")[0]


def test_a_password_that_is_not_there(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """The messages wait for it, and `crm doctor` says so."""
    monkeypatch.setenv("MAIL_PASSWORD", "there")
    with post_office() as office:
        crm = live(toml(office, user="rye", password="env:MAIL_PASSWORD"), five())
        monkeypatch.delenv("MAIL_PASSWORD")
        assert sent(crm) == {"pending": 5}
        assert office.connections == 0
    assert 'the environment variable "MAIL_PASSWORD" is not set' in reasons(crm, "pending")[0]
    doctor = run_crm("--config", crm.config.path, "doctor")
    assert 'the environment variable "MAIL_PASSWORD" is not set' in doctor.stdout + doctor.stderr


def test_addresses_in_other_scripts(live: Live) -> None:
    """A domain in any script goes out in ASCII; the part before the @ needs a server that takes it."""
    people = [person("Zofia", "zofia@żyto.pl"), person("Żółw", "żółw@example.org")]
    with post_office(offers=()) as office:
        crm = live(toml(office), people)
        assert sent(crm) == {"done": 1, "failed": 1}
        assert office.taken[0].to == "zofia@xn--yto-22a.pl"
        assert office.taken[0].raw.isascii()
    assert "SMTPUTF8" in reasons(crm, "failed")[0]


def test_a_server_for_other_scripts(live: Live) -> None:
    """Where the server takes it, the address goes out as it is, and only there SMTPUTF8 is asked for."""
    with post_office() as office:
        crm = live(toml(office), [person("Żółw", "żółw@example.org"), *five()[:1]])
        assert sent(crm) == {"done": 2}
        assert [(each.to, each.options) for each in office.taken] == [
            ("żółw@example.org", "SMTPUTF8"),
            ("p1@example.org", ""),
        ]
        assert "<żółw@example.org>\r\n".encode() in office.taken[0].raw


def test_unsubscribing_is_offered_for_marketing(live: Live) -> None:
    """The header stands in marketing messages alone, and only where there is an address for it."""
    with post_office() as office:
        crm = live(toml(office, unsubscribe="mailto:stop@rye.example"), five()[:1])
        crm.consent.grant(1, "offers", "email")
        crm.messages.send(1, "hello", purpose="offers")
        crm.messages.send(1, "hello", purpose="orders")
        headers = [each.message["List-Unsubscribe"] for each in office.taken]
    assert headers == ["<mailto:stop@rye.example>", None]


def test_a_slow_batch_is_put_off(live: Live, monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> None:
    """What does not begin in time waits for the next pass."""
    from crmkit.plugins.email import delivery

    monkeypatch.setattr(delivery, "_LONGEST_BATCH", 0.0)
    with post_office() as office:
        crm = live(toml(office), five())
        crm.strategy.apply(crm.strategy.plan().number)
        assert states(crm) == {"pending": 5}
        monkeypatch.undo()
        clock.advance(minutes=1)
        crm.effects.hand_over()
        assert (states(crm), len(office.taken)) == ({"done": 5}, 5)


class _TimeIsOver:
    """A connection's time, which is over as soon as the server has got the first message: on a busy machine
    a short one may be over before."""

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self.seconds: list[float] = []

    def monotonic(self) -> float:
        return time.monotonic() + 3_600 * self.is_over.is_set()

    def timer(self, seconds: float, function: Callable[..., None], words: tuple[Any, ...]) -> Any:
        """In place of a `threading.Timer`."""
        self.seconds.append(seconds)
        return threading.Timer(0.0, lambda: function(*words) if self.is_over.wait(60) else None)

    def __call__(self, said: str, _number: int) -> str | None:
        """The mood of a server that takes a message and says nothing to it."""
        if not said.startswith("."):
            return None
        self.is_over.set()
        return HANG


def test_a_server_that_drips_is_cut_off(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly a server answers, there is an end, before anybody else takes over."""
    from crmkit.plugins.email import delivery, relay

    over = _TimeIsOver()
    monkeypatch.setattr(relay, "time", over)
    monkeypatch.setattr(relay, "Timer", over.timer)
    with post_office(over) as office:
        crm = live(toml(office), five())
        assert sent(crm) == {"unconfirmed": 1, "pending": 4}
        assert len(office.taken) == 0
    (seconds,) = over.seconds
    assert 0 < seconds <= delivery._CUT_AFTER


def test_workers_at_the_same_time(live: Live) -> None:
    """Four workers, one ledger: each message goes out once."""
    with post_office() as office:
        crm = live(toml(office), [person(f"Person {n}", f"p{n}@example.org") for n in range(120)])
        number = crm.strategy.plan().number
        with crm.transaction():  # so that it is entered, and not handed over yet
            crm.strategy.apply(number)
        assert office.taken == []

        def work() -> None:
            with Crm.open(crm.config.path, clock=crm.clock) as mine:
                for _ in range(20):
                    mine.effects.hand_over(limit=15)

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert states(crm) == {"done": 120}
        assert sorted(each.to for each in office.taken) == sorted(f"p{n}@example.org" for n in range(120))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('from = "nobody"', "is not an address"),
        ('from = "Rye\\r\\nBcc: all@example.org <post@rye.example>"', "is not an address"),
        ('host = "mail.example"\nsecurity = "none"', "on this machine only"),
        ('host = "mail.example:25"', "is not the name of a mail server"),
        ('user = "rye"', "user and password belong together"),
        ('user = "rye"\npassword = "sesame"', 'must say where the secret is, "env:NAME" or "file:PATH"'),
        ("port = 0", "is not a port"),
        ("timeout = 0", "is not a number of seconds"),
        ("connections = 0", "is not a number from 1 to 32"),
        ("connections = 33", "is not a number from 1 to 32"),
        ("per_connection = 0", "is not a number from 1 to"),
        ('return_path = "Rye <a@rye.example>"', "is not an address such as bounces@"),
        ('return_path = "a-name-that-is-far-too-long-for-it@rye.example"', "at most 24 characters"),
        ('rate = "fast"', "is not a rate such as"),
        ('rate = "0/minute"', "is not a rate such as"),
        ('[plugins.email.rates]\n"gmail.com" = "9"', "is not a rate such as"),
        ('[plugins.email.rates]\n"anna@gmail.com" = "9/minute"', "is not a domain such as"),
        ('[plugins.email.dkim.k1]\nkey = "sesame"', "must say where the secret is"),
        ('[plugins.email.dkim.K_1]\nkey = "file:a"', "is not the name of a key"),
        ('unsubscribe = "https://rye.example"', "is not an address such as mailto:"),
    ],
)
def test_settings_that_cannot_be_right(tmp_path: Path, line: str, said: str) -> None:
    """`crm check` names them with their line, and repeats no password."""
    open_crm(tmp_path, plugins=("email",)).close()
    path = next(tmp_path.glob("crm.toml"))
    path.write_text(path.read_text(encoding="utf-8") + f"\n[plugins.email]\n{line}\n", encoding="utf-8")
    answer = run_crm("--config", path, "check")
    assert answer.status == 6
    assert said in answer.stdout.replace("\n         ", " ")
    assert "sesame" not in answer.stdout + answer.stderr


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    """`crm doctor` names what is missing once somebody wants to send; before, all is well."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "hello.txt").write_text("Subject: Hello\n\nBread.\n", encoding="utf-8")

    def doctor(toml: str) -> tuple[int, str]:
        with open_crm(tmp_path, toml, plugins=("email",)) as crm:
            said = run_crm("--config", crm.config.path, "doctor")
        return said.status, said.stdout

    assert doctor("")[0] == 0
    assert "no mail server to send it" in doctor(RULE)[1]
    assert "[plugins.email] has no from" in doctor('[plugins.email]\nhost = "mail.example"\n')[1]
    assert "[plugins.email] has no host" in doctor('[plugins.email]\nfrom = "post@rye.example"\n')[1]
    bad = doctor('[plugins.email]\nhost = "mail.example"\nfrom = "post@rye..example"\n')
    assert '"post@rye..example" is no address that mail can reach' in bad[1]
    good = '[plugins.email]\nhost = "mail.example"\nfrom = "post@rye.example"\n'
    assert doctor(RULE + good) == (0, "")


def test_going_live_names_what_delivers(live: Live) -> None:
    """The list says of each channel whether messages by it are delivered."""
    crm = live(toml(25), [])
    shown = run_crm("--config", crm.config.path, "go-live", "--dry-run")
    assert "Messages by email are delivered." in shown.stdout + shown.stderr


def test_rates_of_an_address(tmp_path: Path) -> None:
    """A message draws from the account's rate and from that of its domain; where there are none, it waits for
    nothing."""
    settings = '[plugins.email]\nfrom = "a@rye.example"\nhost = "localhost"\n'
    with open_crm(tmp_path, settings, plugins=("email",)) as crm:
        assert crm.words.channels["email"].rates is None
    more = 'rate = "600/minute"\n[plugins.email.rates]\n"gmail.com" = "90/minute"\n'
    with open_crm(tmp_path, settings + more, plugins=("email",)) as crm:
        channel = crm.words.channels["email"]
        assert channel.rates is not None
        assert channel.rates("anna@example.org") == (Rate(key="account", per_second=10.0, burst=10),)
        assert channel.rates("anna@GMAIL.com") == (
            Rate(key="account", per_second=10.0, burst=10),
            Rate(key="gmail.com", per_second=1.5, burst=2),
        )
        assert channel.at_once == 8


@pytest.mark.parametrize(
    ("name", "locale", "text"),
    [
        (
            "Żaneta Wójcik-Łęcka",
            "pl",
            "Zażółć gęślą jaźń, {{ customer.name }}!\n\n  wcięcie\n.\n..kropki\n\nKoniec  \n",
        ),
        ("فاطمہ خان", "ur", "محترمہ {{ customer.name }}،\n\nآپ کی روٹی تیار ہے 🍞\n" + "روٹی " * 60 + "\n"),
    ],
    ids=["polish", "urdu"],
)
def test_what_arrives_is_what_was_composed(
    live: Live, tmp_path: Path, name: str, locale: str, text: str
) -> None:
    """Subject, text and HTML of what the server got are those of the preview, letter for letter."""
    (tmp_path / "templates" / "hello.txt").write_text(
        f"Subject: {text.splitlines()[0]}\n\n{text}", encoding="utf-8"
    )
    (tmp_path / "templates" / "hello.html").write_text(
        f'<p dir="auto">{text}</p>\n<p>{"<b>&amp;</b>" * 90}</p>\n', encoding="utf-8"
    )
    with post_office() as office:
        crm = live(toml(office), [evolve(person(name, "to@example.org"), locale=locale)])
        preview = crm.messages.preview("hello", 1)
        assert sent(crm) == {"done": 1}
        message = office.taken[0].message
    assert (str(message["Subject"]), message["To"]) == (preview.subject, f"{name} <to@example.org>")
    plain, rich = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert rich is not None
    assert plain.get_content().replace("\r\n", "\n").rstrip("\n") == preview.text.rstrip("\n")
    assert preview.html is not None
    assert rich.get_content().replace("\r\n", "\n").rstrip("\n") == preview.html.rstrip("\n")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("550 5.1.1 no such person", "bounce"),
        ("554 5.7.1 your message looks like spam", None),
        ("452 4.2.2 mailbox full", None),
    ],
)
def test_a_refused_recipient_is_a_bounce(live: Live, said: str, reason: str | None) -> None:
    """Where the server knows that nobody is there, nothing goes there any more, and the timeline says why;
    what it says of the message or of now says nothing of the address."""
    with post_office(at("RCPT TO:<p2@", said), offers=("PIPELINING",)) as office:
        crm = live(toml(office), five())
        found = sent(crm)
        assert found["done"] == 4
        stands = [each.reason for each in crm.suppressions.state("email", "p2@example.org")]
        assert stands == ([reason] if reason else [])
        types = [each.type for each in crm.interactions.timeline(2).interactions]
        assert types.count("email.bounced") == (0 if said[0] == "4" else 1)
        assert "email.bounced" not in [each.type for each in crm.interactions.timeline(1).interactions]


def test_what_cannot_be_noted_hinders_nothing(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the bounce cannot be written down, the message has failed all the same, and the others go out."""
    from crmkit import TryAgain
    from crmkit.plugins.email import bounces

    def busy(*_: object, **__: object) -> bool:
        raise TryAgain("The database is busy")

    monkeypatch.setattr(bounces, "note_bounce", busy)
    with post_office(at("RCPT TO:<p2@", "550 5.1.1 no such person")) as office:
        crm = live(toml(office), five())
        assert sent(crm) == {"done": 4, "failed": 1}


def test_a_host_that_can_be_no_name(live: Live) -> None:
    """Nothing was sent, and nothing is in doubt: everybody's message waits until the setting is mended."""
    crm = live(toml(25, host="mail..rye.example", security="starttls"), five())
    assert sent(crm) == {"pending": 5}
    assert all("mail..rye.example:25 cannot be reached" in reason for reason in reasons(crm, "pending"))


def test_a_refusal_that_cannot_be_noted(live: Live) -> None:
    """It is a refusal all the same, and holds nobody else's message up."""
    with post_office(at("RCPT TO:<p2@", "550 5.1.1 no such user")) as office:
        crm = live(toml(office), five())
        with crm.transaction() as tx:
            tx.execute(
                sa.text(
                    "CREATE TRIGGER no_ink BEFORE INSERT ON suppression BEGIN SELECT RAISE(ABORT, 'x'); END"
                )
            )
        assert sent(crm) == {"done": 4, "failed": 1}


def test_replies_to_an_address_beyond_ascii(live: Live) -> None:
    """The server is told that the message's head is in UTF-8."""
    with post_office(offers=("SMTPUTF8",)) as office:
        crm = live(toml(office, reply_to="żółć@rye.example"), five()[:1])
        assert sent(crm) == {"done": 1}
        (taken,) = office.taken
    assert taken.options == "SMTPUTF8"
    assert "żółć@rye.example".encode() in taken.raw
