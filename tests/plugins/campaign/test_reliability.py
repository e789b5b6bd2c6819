"""What must never happen to a campaign: a copy too many, another's letter, a count that does not add up."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from crmkit import Conflict, ContactPoint, Crm, CrmError, CustomerDraft
from crmkit.plugins.campaign.api import Campaigns
from crmkit.testing import FakeClock, open_crm, run_crm
from tests.plugins.campaign.conftest import Open, Write, at, fill, work
from tests.plugins.campaign.test_campaigns import SPRING, adds_up
from tests.plugins.mail_business import toml
from tests.plugins.post_office import PostOffice, post_office
from tests.soaking import soaking

Mailing = Callable[[PostOffice, Sequence[CustomerDraft]], Crm]
_PEOPLE = soaking(500, 5_000)
_WORKERS = 4
_CAMPAIGN = 'who = "id > 0"\nsend_email = "hello"\npurpose = "orders"\n'
# One letter in a hundred cannot be written.
_LETTER = (
    "Subject: Hello, {{ customer.name }}!\n\nDear {{ customer.name }},"
    "{% if 'odd' in customer.tags %}{{ 1 / 0 }}{% endif %}\n"
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def mailing(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, write: Write
) -> Iterator[Mailing]:
    """Open a live business that sends by this mail server, with these customers and a campaign, "spring"."""
    server = request.getfixturevalue("crm_postgres") if request.param == "postgresql" else None
    address = server.create_database() if server else None
    opened: list[Crm] = []

    def open_(office: PostOffice, customers: Sequence[CustomerDraft]) -> Crm:
        at(clock, "2026-05-04 10:00")
        (tmp_path / "templates").mkdir(exist_ok=True)
        (tmp_path / "templates" / "hello.txt").write_text(_LETTER, encoding="utf-8")
        write("spring", _CAMPAIGN)
        settings = toml(office, '[matching]\nkeys = ["identities"]\n').replace(
            "once =", "enabled = false\nonce ="
        )
        crm = open_crm(tmp_path, settings, plugins=("campaign", "email"), database=address, clock=clock)
        opened.append(crm)
        assert not crm.customers.save_all(list(customers)).refused
        crm.rehearsal.end()
        return crm

    yield open_
    for crm in opened:
        crm.close()
    if server is not None:
        server.drop_database(address)


def person(name: str, address: str, *tags: str) -> CustomerDraft:
    """Somebody with an address."""
    return CustomerDraft(name=name, tags=tags, contact_points=(ContactPoint(kind="email", value=address),))


def everybody() -> Iterator[CustomerDraft]:
    """So many people, of whom one in a hundred is odd."""
    for n in range(_PEOPLE):
        yield person(f"Person {n:04}", f"p{n:04}@example.org", *(() if n % 100 else ("odd",)))


def together(*calls: Callable[[], object]) -> list[BaseException]:
    """Call all of these at once, each in a thread of its own; what they raised."""
    raised: list[BaseException] = []

    def one(call: Callable[[], object]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - it is looked at by whoever asked
            raised.append(error)

    threads = [threading.Thread(target=one, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    return raised


def test_each_gets_their_own_letter_once(mailing: Mailing) -> None:
    """Sent twice at the same moment, it is confirmed once. Several workers reach everybody once; each
    letter's recipient, header and text are of one person; whose letter cannot be written is skipped with the
    reason, and the others are sent. It is done as soon as the last is settled."""
    with post_office() as office:
        crm = mailing(office, list(everybody()))
        campaigns = crm.service(Campaigns)
        raised = together(*[lambda: campaigns.send("spring", confirm=_PEOPLE)] * 2)
        assert [type(each) for each in raised] == [Conflict]
        crm.strategy.run_due()

        def worker() -> None:
            while crm.effects.hand_over().done or campaigns.get("spring").counts.waiting:
                pass

        assert not together(*[worker] * _WORKERS)
        found = campaigns.get("spring")
        failing = _PEOPLE // 100
        assert (found.state, found.counts.sent) == ("done", _PEOPLE - failing)
        assert (found.counts.skipped, adds_up(found.counts)) == (failing, True)
        (reason,) = found.counts.skipped_for
        assert "zero" in reason
        assert len(office.taken) == _PEOPLE - failing
        assert len({each.to for each in office.taken}) == len(office.taken)
        for each in office.taken:
            number, message = each.to[1:5], each.message
            body = message.get_body(("plain",))
            assert body is not None
            assert each.to in str(message["To"])
            assert str(message["Subject"]) == f"Hello, Person {number}!"
            assert body.get_content().startswith(f"Dear Person {number},")
        with pytest.raises(Conflict, match="is done"):
            campaigns.cancel("spring")
        assert campaigns.send("spring", confirm=_PEOPLE).run.number == 2  # type: ignore[union-attr]
        assert [run.state for run, _ in campaigns.runs("spring")] == ["scheduled", "done"]


def test_what_a_mail_server_says(mailing: Mailing, clock: FakeClock) -> None:
    """What is refused for now is tried again and is not done before; what is refused for good is not. Two who
    share an address get one copy."""
    is_full = [True]

    def mood(said: str, number: int) -> str | None:
        if "p2@" in said and said.startswith("RCPT"):
            return "550 5.1.1 no such user"
        return "451 4.3.0 later" if is_full[0] and "p3@" in said and said.startswith("RCPT") else None

    with post_office(mood) as office:
        names = ("p1", "p2", "p3", "shared", "shared")
        crm = mailing(office, [person(f"P{n}", f"{name}@example.org") for n, name in enumerate(names)])
        campaigns = crm.service(Campaigns)
        campaigns.send("spring", confirm=campaigns.count("spring").reached)
        work(crm)
        found = campaigns.get("spring")
        assert (found.state, found.counts.waiting, adds_up(found.counts)) == ("running", 1, True)
        assert (found.counts.sent, found.counts.failed, found.counts.skipped) == (2, 1, 1)
        assert Counter(each.to for each in office.taken)["shared@example.org"] == 1
        is_full[0] = False
        clock.advance(hours=2)
        crm.effects.hand_over()
        found = campaigns.get("spring")
        assert (found.state, found.counts.sent, found.counts.failed) == ("done", 3, 1)
        (failed,) = crm.effects.list(state="failed")
        crm.effects.retry(failed.number)
        assert campaigns.get("spring").counts.waiting == 1
        work(crm)
        counts = campaigns.get("spring").counts
        assert (counts.failed, adds_up(counts)) == (0, True)
        assert any("bounced" in reason for reason in counts.skipped_for)  # it was, and nothing goes there
        assert set(Counter(each.to for each in office.taken).values()) == {1}


def test_left_out_while_it_waits(bakery: Open, write: Write) -> None:
    """Who objects, is blocked, erased, archived or merged while their letter waits gets none, or one between
    them; each is told with the reason, and the count holds all the while."""
    crm = bakery()
    write("spring", SPRING)
    names = fill(crm, "Anna", "Bea", "Celina", "Dora", "Ewa", "Ewa too")
    campaigns = crm.service(Campaigns)
    campaigns.send("spring", confirm=6)
    crm.effects.pause(channel="pigeon")
    crm.strategy.run_due()
    assert campaigns.get("spring").counts.waiting == 6
    crm.consent.withdraw(names["Anna"], "news", "pigeon")
    crm.suppressions.add("email", "bea@example.org", reason="complaint")
    crm.privacy.erase(names["Celina"])
    crm.customers.archive(names["Dora"])
    crm.merging.merge(names["Ewa"], names["Ewa too"])
    assert adds_up(campaigns.get("spring").counts)
    crm.effects.resume(channel="pigeon")
    crm.effects.hand_over()
    found = campaigns.get("spring")
    assert (found.state, found.counts.sent, adds_up(found.counts)) == ("done", 1, True)
    assert found.counts.audience == 5  # two of the six are one
    assert len(found.counts.skipped_for) == 4
    letters = crm.interactions.list("message", limit=10).interactions
    assert [each.customer_id for each in letters] == [names["Ewa"]]


def test_a_segment_that_explodes(bakery: Open, write: Write) -> None:
    """Who confirms a count that is another by now sends nothing; above `max_audience` nothing can be sent,
    whatever is confirmed; and who comes after the confirmation is not in it."""
    crm = bakery()
    write("spring", SPRING + "max_audience = 10\n")
    fill(crm, "Anna", "Bea")
    campaigns = crm.service(Campaigns)
    seen = campaigns.count("spring").reached
    fill(crm, *(f"Sudden {n}" for n in range(6)))
    with pytest.raises(Conflict, match="reaches 8 now, and 2 were confirmed"):
        campaigns.send("spring", confirm=seen)
    campaigns.send("spring", confirm=8)
    fill(crm, *(f"Later {n}" for n in range(6)))
    work(crm)
    assert (campaigns.get("spring").counts.sent, campaigns.get("spring").state) == (8, "done")
    with pytest.raises(Conflict, match="has an audience of 14, and max_audience is 10"):
        campaigns.send("spring", confirm=14)
    assert len(crm.effects.list(limit=100)) == 8


def test_the_number_is_typed(bakery: Open, write: Write, clock: FakeClock) -> None:
    """At a terminal `crm campaigns send` shows the loss at each gate and asks for the number: another one, or
    a word, sends nothing."""
    crm = bakery()
    write("spring", SPRING)
    fill(crm, "Anna", "Bea", "Celina", silent=("Bea",))
    campaigns = crm.service(Campaigns)
    for typed, status, state in (("yes", 2, "draft"), ("3", 5, "draft"), ("2", 0, "scheduled")):
        answer, said = _typed(crm.config.path, typed, "campaigns", "send", "spring")
        assert "Type 2 to send it to them" in said
        assert ("consent" in said, "Reached" in said) == (True, True)
        assert (answer == 0) == (status == 0), said
        assert campaigns.get("spring").state == state
    at(clock, "2050-05-04 12:00")  # the command goes by the machine's clock
    work(crm)
    assert campaigns.get("spring").counts.sent == 2


def _typed(config: Path, line: str, *words: str) -> tuple[int, str]:
    """(exit code, what was said) of a command at a terminal, where somebody types this line."""
    ours, theirs = pty.openpty()
    with closing(os.fdopen(ours, "wb", buffering=0)) as keyboard:
        process = subprocess.Popen(
            [sys.executable, "-m", "crmkit", "--config", str(config), *words],
            stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        os.close(theirs)
        keyboard.write(f"{line}\n".encode())
        said, _ = process.communicate(timeout=120)
    return process.returncode, said


def test_a_test_of_each_variant(mailing: Mailing, write: Write, tmp_path: Path) -> None:
    """`crm campaigns test` sends a colleague each variant once, and no customer anything."""
    variants = 'outcome = "purchase"\nwithin = "14 days"\n[variants.plain]\n[variants.other]\n'
    with post_office() as office:
        crm = mailing(office, [person("Anna", "anna@example.org")])
        (tmp_path / "templates" / "other.txt").write_text("Subject: Other\n\nOther\n", encoding="utf-8")
        write("spring", _CAMPAIGN + variants + 'send_email = "other"\n')
        crm.people.add("Maria Nowak", email="maria@example.org")
        told = run_crm("--config", crm.config.path, "campaigns", "test", "spring", "--to", "Maria")
        assert told.status == 0, told.stderr
        assert "2 test messages to maria@example.org" in told.stdout + told.stderr
        assert {each.to for each in office.taken} == {"maria@example.org"}
        subjects = sorted(str(each.message["Subject"]) for each in office.taken)
        assert ["Hello" in subjects[0], "Other" in subjects[1]] == [True, True]
        assert crm.effects.list() == ()
        assert crm.service(Campaigns).get("spring").state == "draft"
        with pytest.raises(CrmError):
            crm.service(Campaigns).test("spring", "Nobody")
