"""Several connections at once: nothing is lost, nothing goes out twice, and a server gets no more than it
takes."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from attrs import evolve

from crmkit import Crm, CustomerDraft
from crmkit.plugin import Later, Message
from crmkit.plugins.email.delivery import deliver
from crmkit.testing import FakeClock
from tests.plugins.mail_business import Live, at, person, reasons, sent, states, toml
from tests.plugins.post_office import DROP, HANG, PostOffice, post_office

_PIPED = ("SMTPUTF8", "PIPELINING")
_MESSAGE = Message(
    key="effect-1@abc", effect=1, customer_id=1, channel="email", purpose="orders", to="p@example.org",
    name="Person", text="Bread", subject="Hello",
)  # fmt: skip


def messages(count: int) -> list[Message]:
    """As many messages, to one address each."""
    return [evolve(_MESSAGE, key=f"effect-{n}@abc", effect=n, to=f"p{n}@example.org") for n in range(count)]


def people(count: int) -> list[CustomerDraft]:
    """As many customers."""
    return [person(f"Person {n}", f"p{n}@example.org") for n in range(count)]


def slowly(said: str, _number: int) -> str | None:
    """Takes every message, after a while."""
    if said.startswith(". "):
        time.sleep(0.05)
    return None


def serving() -> list[threading.Thread]:
    """Threads of connections."""
    return [thread for thread in threading.enumerate() if thread.name == "crmkit-email"]


@pytest.mark.parametrize("offers", [(), _PIPED], ids=["one-by-one", "pipelined"])
def test_several_at_once(live: Live, offers: tuple[str, ...]) -> None:
    """As many messages are on their way as there are connections, each goes out once, and all connections are
    closed with a goodbye."""
    with post_office(slowly, offers=offers) as office:
        crm = live(toml(office, connections=4), people(40))
        assert sent(crm) == {"done": 40}
        assert 1 < office.most_open <= 4
        assert sorted(each.to for each in office.taken) == sorted(f"p{n}@example.org" for n in range(40))
        assert office.said.count("QUIT") == office.connections <= 4
    assert not serving()


def test_one_message_needs_one_connection(live: Live) -> None:
    """Connections are made when they are needed."""
    with post_office(slowly) as office:
        crm = live(toml(office), people(1))
        assert sent(crm) == {"done": 1}
        assert office.connections == 1


@pytest.mark.parametrize(
    ("stage", "code", "state"),
    [
        ("RCPT TO:<p3@", "550 no such person", "failed"),
        ("RCPT TO:<p3@", "450 later", "pending"),
        ("DATA", "451 later", "pending"),
        (". p3@", "452 full", "pending"),
        (". p3@", "554 no", "failed"),
    ],
)
def test_answers_that_come_together_are_told_apart(live: Live, stage: str, code: str, state: str) -> None:
    """With pipelining, what the server says to one message concerns that one, and the connection goes on."""

    def mood(said: str, number: int) -> str | None:
        if stage == "DATA":
            return code if said == "DATA" and number == 4 else None
        return code if said.startswith(stage) else None

    with post_office(mood, offers=_PIPED) as office:
        crm = live(toml(office, connections=1), people(8))
        assert sent(crm) == {"done": 7, state: 1}
        assert reasons(crm, state) == [code]
        assert office.connections == 1
        assert len(office.taken) == 7


def test_a_refused_recipient_gets_no_message(live: Live) -> None:
    """A server that waits for a message although nobody is to have it gets an empty one."""
    with post_office(at("RCPT TO:<p0@", "550 no such person"), offers=_PIPED) as office:
        crm = live(toml(office, connections=1), people(2))
        assert sent(crm) == {"done": 1, "failed": 1}
        assert [each.to for each in office.taken if each.raw] == ["p1@example.org"]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [DROP, "421 enough"])
def test_a_pipelined_line_that_breaks_before_sending(live: Live, stage: str, answer: str) -> None:
    """A connection that the server closes between messages costs nothing, also with pipelining."""
    with post_office(at(stage, answer, 3), offers=_PIPED) as office:
        crm = live(toml(office, connections=1), people(5))
        assert sent(crm) == {"done": 5}
        assert sorted(each.to for each in office.taken) == [f"p{n}@example.org" for n in range(5)]


def test_a_pipelined_line_that_breaks_after_sending(live: Live) -> None:
    """What was sent without an answer is in doubt, once."""
    with post_office(at(". p2@", DROP), offers=_PIPED) as office:
        crm = live(toml(office, connections=4), people(12))
        assert sent(crm) == {"done": 11, "unconfirmed": 1}
        assert Counter(each.to for each in office.taken).most_common(1)[0][1] == 1


def test_a_server_that_takes_few_connections(live: Live) -> None:
    """A further connection that the server refuses is done without: its message goes by another."""
    offices: list[PostOffice] = []

    def mood(said: str, number: int) -> str | None:
        if said == "CONNECT" and offices[0].open > 2:
            return "421 too many connections"
        return slowly(said, number)

    with post_office(mood) as office:
        offices.append(office)
        crm = live(toml(office), people(30))
        assert sent(crm) == {"done": 30}
        assert office.connections > 2
        assert len({each.to for each in office.taken}) == len(office.taken) == 30


def test_a_connection_carries_so_many(live: Live) -> None:
    """After `per_connection` messages another connection is made, and the server told goodbye."""
    with post_office() as office:
        crm = live(toml(office, connections=1, per_connection=3), people(10))
        assert sent(crm) == {"done": 10}
        assert office.connections == office.said.count("QUIT") == 4


def test_a_server_that_fails_in_the_middle(live: Live) -> None:
    """Where all lines break after sending, no more is in doubt than was on its way, on each of the three and
    on what was opened in its place; the rest waits."""
    with post_office(lambda said, n: DROP if said.startswith(". ") and n > 10 else None) as office:
        crm = live(toml(office, connections=3), people(60))
        found = sent(crm)
        assert found["done"] == len(office.taken)
        assert 2 <= found["unconfirmed"] <= 6
        assert sum(found.values()) == 60
        assert found["pending"] == 60 - found["done"] - found["unconfirmed"]


def test_a_server_that_goes_away(live: Live, clock: FakeClock) -> None:
    """A server that refuses everything from some moment on loses nothing: the rest goes out later."""
    is_down = threading.Event()

    def mood(said: str, number: int) -> str | None:
        if number >= 20:
            is_down.set()
        return "421 closing" if is_down.is_set() and said[:4] in ("CONN", "MAIL") else None

    with post_office(mood) as office:
        crm = live(toml(office, connections=4), people(50))
        found = sent(crm)
        assert found["pending"] > 0
        assert set(found) == {"done", "pending"}
    with post_office() as other:
        config = crm.config.path
        config.write_text(
            config.read_text(encoding="utf-8").replace(f"port = {office.port}", f"port = {other.port}"),
            encoding="utf-8",
        )
        clock.advance(hours=3)
        with Crm.open(config, clock=clock) as later:
            later.effects.hand_over()
            assert states(later) == {"done": 50}
    assert sorted(each.to for each in (*office.taken, *other.taken)) == sorted(
        f"p{n}@example.org" for n in range(50)
    )


def test_a_wrong_password_is_tried_once(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong passwords lock accounts: the first connection is made alone."""
    monkeypatch.setenv("MAIL_PASSWORD", "wrong")
    with post_office(offers=("AUTH PLAIN",), log_in=("rye", "right")) as office:
        crm = live(toml(office, user="rye", password="env:MAIL_PASSWORD"), people(20))
        assert sent(crm) == {"pending": 20}
        assert len([said for said in office.said if said.startswith("AUTH")]) == 1


def test_messages_are_asked_for_as_they_are_answered(live: Live) -> None:
    """Messages come from the thread that delivers, and never more than there are connections unanswered."""
    taken, answered, most = 0, 0, 0
    asked: set[int] = set()

    def stream() -> Iterator[Message]:
        nonlocal taken, most
        for message in messages(60):
            asked.add(threading.get_ident())
            taken += 1
            most = max(most, taken - answered)
            yield message

    with post_office(slowly) as office:
        crm = live(toml(office, connections=3), [])
        places = []
        for answer in deliver(stream(), crm):
            answered += 1
            places.append(answer.index)
    assert sorted(places) == list(range(60))
    assert asked == {threading.get_ident()}
    assert most == 3


def test_stopped_in_the_middle(live: Live) -> None:
    """Whoever stops asking leaves no connection and no thread behind, whatever the server is doing."""
    with post_office(lambda said, n: HANG if said.startswith(". ") and n > 2 else None) as office:
        crm = live(toml(office, connections=3), [])
        answers = deliver(messages(20), crm)
        next(iter(answers))
        answers.close()  # type: ignore[attr-defined]
        assert not serving()
        assert len(office.taken) <= 2


def test_what_cannot_be_written_concerns_itself_only(live: Live) -> None:
    """A message over which the delivery itself stumbles has not left, and waits; the others go out."""

    broken: Any = None

    def stream() -> Iterable[Message]:
        for message in messages(9):
            yield evolve(message, text=broken) if message.effect == 4 else message

    with post_office() as office:
        crm = live(toml(office, connections=2), [])
        answers = {answer.index: answer for answer in deliver(stream(), crm)}
    assert isinstance(answers[4], Later)
    assert len(answers) == 9
    assert len(office.taken) == 8


def test_a_machine_that_starts_no_more_threads(live: Live) -> None:
    """The connections that there are do it alone."""

    def mood(said: str, number: int) -> str | None:
        if said.startswith(". ") and number == 1:
            threading.stack_size(1 << 46)  # more than any machine gives
        return None

    before = threading.stack_size()
    try:
        with post_office(mood) as office:
            crm = live(toml(office, connections=4), people(10))
            assert sent(crm) == {"done": 10}
            assert office.connections == 1
    finally:
        threading.stack_size(before)
