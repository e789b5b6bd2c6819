"""The feed: whose entries are in it, in which order, what is unread, and the digest of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, InteractionDraft, Invalid
from crmkit.plugins.collaborative.api import Feed, FeedPage, Following
from crmkit.plugins.collaborative.notes import digest, looking
from crmkit.testing import FakeClock, run_crm

HOUR = 3_600_000_000
DAY = 24 * HOUR


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["collaborative"]


@pytest.fixture
def crm_toml() -> str:
    """Digests at eight, and a type that nobody wants to hear of."""
    return (
        '[roles.driver]\npermissions = ["customers.read", "interactions.record"]\nsees = "own"\n'
        '[interactions.opened]\ndoc = "Opened something"\n'
        '[plugins.collaborative.notes]\ndigest = "daily at 08:00"\nleave_out = ["opened"]\n'
    )


def staff(crm: Crm) -> None:
    """Anna, Jan of the counter, and Olga, a driver, who sees her own customers."""
    crm.people.add_team("counter")
    crm.people.add("Anna Nowak", "anna@rye.example")
    crm.people.add("Jan Wilk", "jan@rye.example", teams=["counter"])
    crm.people.add("Olga Lis", "olga@rye.example", role="driver")


def note(crm: Crm, customer: int, text: str = "Something") -> int:
    """The number of a new note."""
    return int(crm.interactions.record(customer, "note", payload={"text": text}).seq or 0)


def numbers(page: FeedPage) -> list[int]:
    """The numbers of a page's entries."""
    return [each.interaction.seq for each in page.entries]


def all_pages(feed: Feed, size: int, **given: Any) -> Iterator[int]:
    """The numbers on all pages of one's feed."""
    page = feed.mine(limit=size, **given)
    yield from numbers(page)
    while page.next_cursor:
        page = feed.mine(limit=size, cursor=page.next_cursor, **given)
        yield from numbers(page)


@pytest.mark.parametrize("few", [looking._FEW, 0], ids=["by customers", "by the log"])
def test_a_feed_has_each_entry_once(
    crm_both: Crm, clock: FakeClock, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page by page, whichever way it is read, a feed is what one follows, owns or is mentioned at, and sees,
    newest number first; without what is old history, corrected, void, or of a type that nobody wants."""
    monkeypatch.setattr(looking, "_FEW", few)
    monkeypatch.setattr(looking, "_NEWEST", 25)
    crm, random = crm_both, Random(11)
    staff(crm)
    owners = {each.name: each.id for each in crm.people.list()}
    ids = [
        crm.customers.save(CustomerDraft(name=f"C{n}", owner_id=owners[random.choice(list(owners))])).id
        for n in range(12)
    ]
    jan = crm.acting_as("Jan")
    followed = set(random.sample(ids, 4))
    for id_ in followed:
        jan.service(Following).follow(id_)
    drafts = []
    for n in range(60):
        at = clock.now() - random.choice((0, DAY, 30 * DAY))
        type_ = random.choice(("note", "call", "call", "opened"))
        text = random.choice(("", "@jan", "@anna"))
        drafts.append(
            InteractionDraft(
                customer=random.choice(ids), type=type_, at=at, history=n % 3 == 0,
                payload={"text": text} if type_ != "opened" else {},
            )
        )  # fmt: skip
    crm.interactions.record_all(drafts)
    crm.interactions.void(5, "wrong")
    crm.interactions.correct(8, at=clock.now())
    owned = {each for each in ids if crm.customers.get(each).owner_id == owners["Jan Wilk"]}
    expected = [
        each.seq
        for each in crm.interactions.list(limit=200).interactions
        if (each.type == "note" and each.payload.text == "@jan")
        or (
            each.customer_id in followed | owned
            and each.type != "opened"
            and each.known_at >= each.recorded_at - 7 * DAY
        )
    ]
    assert len(expected) > 20
    for size in (1, 7, 100):
        assert list(all_pages(jan.service(Feed), size)) == expected
    # A role that sees its own customers has nothing of others, whatever it follows.
    with crm.transaction() as tx:
        tx.execute(
            sa.update(crm.tables.employee)
            .where(crm.tables.employee.c.name == "Jan Wilk")
            .values(role="driver")
        )
    theirs = {each.seq for each in crm.interactions.list(limit=200).interactions if each.customer_id in owned}
    assert list(all_pages(crm.acting_as("Jan").service(Feed), 7)) == [s for s in expected if s in theirs]


def test_what_is_unread(crm_both: Crm, clock: FakeClock) -> None:
    """Unread is what others recorded since one last said so; saying how far takes it back."""
    crm = crm_both
    staff(crm)
    lucja = crm.customers.save(CustomerDraft(name="Łucja Żak")).id
    jan, anna = crm.acting_as("Jan"), crm.acting_as("Anna")
    jan.service(Following).follow(lucja)
    first, own = note(anna, lucja), note(jan, lucja)
    feed = jan.service(Feed)
    assert [(e.interaction.seq, e.is_new) for e in feed.mine().entries] == [(own, False), (first, True)]
    assert numbers(feed.mine(unread=True)) == [first]
    assert feed.read().read_to == own
    assert feed.mine(unread=True).entries == ()
    clock.advance(hours=3)
    called = note(anna, lucja, "@jan")
    assert numbers(feed.mine(unread=True)) == [called]
    assert numbers(feed.mine(since=clock.now() - HOUR)) == [called]
    assert numbers(feed.everything(since=clock.now())) == [called]
    assert feed.everything(since=clock.now() + 1).entries == ()
    assert feed.unread_mentions() == 1
    back = feed.read()
    assert (feed.unread_mentions(), feed.mine(unread=True).entries) == (0, ())
    feed.read(back.before)
    assert (feed.unread_mentions(), numbers(feed.mine(unread=True))) == (1, [called])
    with pytest.raises(Invalid, match="Whose feed"):
        crm.service(Feed).mine()


def test_a_team_and_a_company(crm_both: Crm) -> None:
    """A team's feed is what its members follow and what mentions it; a company's has its people's."""
    crm = crm_both
    staff(crm)
    acme = crm.customers.save(CustomerDraft(name="ACME", is_organization=True)).id
    lucja, other = (crm.customers.save(CustomerDraft(name=name)).id for name in ("Łucja Żak", "Jan Kot"))
    crm.customers.relate(lucja, "works_at", acme)
    crm.acting_as("Jan").service(Following).follow(acme)
    anna = crm.acting_as("Anna")
    entries = note(anna, acme), note(anna, lucja, "@counter"), note(anna, other, "@jan")
    assert numbers(anna.service(Feed).team("Counter")) == [entries[1], entries[0]]
    assert numbers(anna.service(Feed).customer(acme)) == [entries[1], entries[0]]
    assert numbers(anna.service(Feed).customer(lucja)) == [entries[1]]


def test_the_command(crm: Crm) -> None:
    """`crm feed` shows one's own feed with why, who and what, goes on at a cursor, and marks as read."""
    staff(crm)
    lucja = crm.customers.save(CustomerDraft(name="Łucja Żak")).id
    crm.acting_as("Jan").service(Following).follow(lucja)
    for text in ("One", "Two @jan"):
        note(crm.acting_as("Anna"), lucja, text)
    config = ("--config", crm.config.path)
    as_jan = ("--config", crm.config.path, "--as", "Jan", "feed")
    shown = run_crm(*as_jan, "--limit", "1")
    assert shown.stdout.split()[-7:] == ["note", "Anna", "Nowak", "Two", "@jan", "mentioned,", "follows"]
    (row,) = run_crm(*as_jan, "--after", shown.stderr.split()[-1], "--json").json
    assert (row["summary"], row["is_new"], row["because"]) == ("One", True, ["follows"])
    other = crm.customers.save(CustomerDraft(name="Bo Kot")).id
    note(crm, other, "Three")
    mine = run_crm(*as_jan, "--mine", "--json").json
    assert [each["summary"] for each in mine] == ["Two @jan", "One"]
    of_bo = run_crm(*as_jan, "--customer", other, "--json").json
    assert [each["summary"] for each in of_bo] == ["Three"]
    assert run_crm(*as_jan, "--mine", "--since", "2026-01-02", "--json").json == []
    followed = run_crm(*config, "follow", other, "--for", "Jan", "--json").json
    assert (followed["employee"], followed["changed"]) == ("Jan Wilk", True)
    assert followed["undo"] == f'crm unfollow {other} --for "Jan Wilk"'
    assert run_crm(*as_jan, "--json").json[0]["summary"] == "Three"
    assert run_crm(*config, "follow", other, "--for", "Olga").status, "she does not see them"
    assert run_crm(*as_jan, "--read", "--json").json["undo"] == "crm feed --read 0"
    assert run_crm(*as_jan, "--unread").stderr.strip() == "You have read everything."
    assert run_crm(*as_jan, "--team", "counter", "--all").status == 2
    assert run_crm(*as_jan, "digest", "off", "--json").json["undo"] == "crm feed digest on"


def mails(crm: Crm) -> dict[str, str]:
    """What employees were told in the rehearsal, by address."""
    folder = Path(crm.config.directory) / "rehearsal" / "employees"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    for path in folder.glob("*.txt"):
        path.unlink()
    assert len({text.splitlines()[0] for text in texts}) == len(texts), "one each"
    return {text.partition("<")[2].partition(">")[0]: text for text in texts}


def test_digests(crm_both: Crm, clock: FakeClock) -> None:
    """Once a day, who has unread entries is told of those that they see and were not told of before; who
    wants none, or sees nothing, is not."""
    crm = crm_both
    staff(crm)
    lucja, acme = (crm.customers.save(CustomerDraft(name=name)).id for name in ("Łucja Żak", "ACME"))
    for name in ("Anna", "Jan"):
        crm.acting_as(name).service(Following).follow(lucja)
    crm.customers.update(acme, CustomerDraft(owner_id=crm.people.get("Olga").id))
    note(crm, acme, "@olga only yours")
    note(crm, lucja, "Wants rye")
    crm.customers.update(acme, CustomerDraft(owner_id=crm.people.get("Jan").id))
    crm.acting_as("Anna").service(Feed).digest(False)
    digest.send_due("daily at 08:00", crm)
    told = mails(crm)
    assert list(told) == ["jan@rye.example"]
    assert "Subject: " in told["jan@rye.example"]
    assert "2 unread entries" in told["jan@rye.example"]
    assert "Łucja Żak (#1)\n  2026-01-01 12:00  note: Wants rye\n" in told["jan@rye.example"]
    note(crm, lucja, "@jan again")
    digest.send_due("daily at 08:00", crm)
    assert mails(crm) == {}
    clock.advance(days=1)
    digest.send_due("daily at 08:00", crm)
    digest.send_due("daily at 08:00", crm)
    (again,) = mails(crm).values()
    assert "1 unread entry, 1 for you by name" in again
    assert "Wants rye" not in again
    clock.advance(days=1)
    crm.acting_as("Jan").service(Feed).read()
    digest.send_due("daily at 08:00", crm)
    assert mails(crm) == {}


def test_a_digest_that_was_killed(crm_both: Crm, clock: FakeClock) -> None:
    """Killed after a turn was taken, before or after it was told, it is told again later, the same and under
    the same key, and then no more."""
    crm = crm_both
    staff(crm)
    lucja = crm.customers.save(CustomerDraft(name="Łucja Żak")).id
    crm.acting_as("Jan").service(Following).follow(lucja)
    note(crm, lucja, "Wants rye")
    turn = digest._taken(crm, crm.people.get("Jan"), "2026-01-01")
    assert turn is not None
    note(crm, lucja, "Later")
    digest.send_due("daily at 08:00", crm)
    assert mails(crm) == {}, "somebody is at it"
    clock.advance(minutes=6)
    digest.send_due("daily at 08:00", crm)
    (text,) = mails(crm).values()
    assert "1 unread entry" in text
    assert "Later" not in text
    clock.advance(minutes=6)
    digest.send_due("daily at 08:00", crm)
    assert mails(crm) == {}
    clock.advance(days=1)
    digest.send_due("daily at 08:00", crm)
    (text,) = mails(crm).values()
    assert "Later" in text
    assert "Wants rye" not in text
