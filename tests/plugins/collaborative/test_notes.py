"""Notes: who is mentioned and hears of it, what is pinned, and what becomes of both."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import Crm, CustomerDraft, Interaction, Invalid, NotAllowed, NotFound
from crmkit.core.interactions.recording import Recording
from crmkit.plugins.collaborative.api import Feed, Following, Pins
from crmkit.plugins.collaborative.notes.naming import Directory, names_in
from crmkit.testing import FakeClock, run_crm

DAY = 86_400_000_000
TABLES = ("collaborative_follow", "collaborative_pin", "collaborative_mention")


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["collaborative"]


@pytest.fixture
def crm_toml() -> str:
    """Wholesale sees its own customers only; drivers look nobody up."""
    return (
        '[plugins.collaborative]\nown_customers_only = ["wholesale"]\n'
        '[roles.driver]\npermissions = ["interactions.record"]\n'
    )


def staff(crm: Crm) -> None:
    """Anna, who manages; Jan and Piotr at the counter; Olga, who sees what wholesale owns."""
    crm.people.add_team("counter")
    crm.people.add_team("wholesale")
    crm.people.add("Anna Nowak", "anna@rye.example", role="manager")
    crm.people.add("Jan Wilk", "jan.wilk@rye.example", teams=["counter"])
    crm.people.add("Piotr Nowak", "p@rye.example", teams=["counter"])
    crm.people.add("Olga Lis", "olga@rye.example", teams=["wholesale"])


def add(crm: Crm, name: str, **values: Any) -> int:
    """A new customer's id."""
    return crm.customers.save(CustomerDraft(name=name, **values)).id


def number(recorded: Interaction | Recording) -> int:
    """The number of what was recorded."""
    assert recorded.seq is not None
    return recorded.seq


def rows(crm: Crm) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the tables about customers."""
    with crm.reading() as execute:
        return {name: sorted(map(tuple, execute(sa.select(crm.plugins.table(name))))) for name in TABLES}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@anna, and @anna again", ["anna"]),
        ('ask @"Anna Nowak" or @“Jan Wilk”.', ["Anna Nowak", "Jan Wilk"]),
        ("write to mail@anna.example or a.b@c", []),
        ("(@jan.wilk) @łukasz-żak. @@x @", ["jan.wilk", "łukasz-żak"]),
    ],
)
def test_names_after_an_at(text: str, names: list[str]) -> None:
    """A name stands after an @ that is in no word, bare or in quotation marks, and counts once."""
    assert names_in(text) == names


@settings(max_examples=50)
@given(st.text("@\"“”.-'aż \n", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever is written, names are words without an @, none of them empty."""
    assert all(name and "@" not in name and "\n" not in name for name in names_in(text))


def test_whom_names_mean(crm: Crm) -> None:
    """A whole name, a team or an address comes before a part of a name; what is not clear means nobody."""
    staff(crm)
    crm.people.deactivate(crm.people.add("Ewa Zych").id)
    directory = Directory(crm)

    def meant(name: str) -> list[str]:
        return [each.name for each in directory.meant(name).employees]

    assert meant("JAN") == meant("jan wilk") == meant("jan.wilk") == ["Jan Wilk"]
    assert meant("counter") == ["Jan Wilk", "Piotr Nowak"]
    assert meant("nowak") == meant("ewa zych") == meant("ewa") == meant("ja") == []
    assert directory.meant("nowak").problem == (
        '"nowak" could be Anna Nowak or Piotr Nowak; write @"Anna Nowak"'
    )
    assert directory.meant("Ewa Zych").problem == "Ewa Zych no longer works here"
    assert directory.meant("home").problem == '"home" is nobody here'


def test_who_hears_of_a_note(crm_both: Crm) -> None:
    """Who is mentioned and sees the customer hears of it, who follows them too; the receipt says who, who
    does not see them, and who is nobody; who may not look hears nothing."""
    crm = crm_both
    staff(crm)
    crm.people.add("Karol Drozd", role="driver")
    lucja = add(crm, "Łucja Żak")
    crm.acting_as("Piotr").service(Following).follow(lucja)
    text = 'Moved, @jan! @"Olga Lis" @karol @home tell a@anna.pl'
    receipt = run_crm("--config", crm.config.path, "--as", "Anna", "note", lucja, text, "--json").json
    assert receipt["remarks"] == [
        "Jan Wilk will see it in the feed",
        "Piotr Nowak will see it, as a follower",
        "Olga Lis does not see this customer, and will not hear of it",
        "Karol Drozd does not see this customer, and will not hear of it",
        '"home" is nobody here',
    ]
    (entry,) = crm.acting_as("Jan").service(Feed).mine(unread=True).entries
    assert (entry.because, entry.employee, entry.customer) == (("mentioned",), "Anna Nowak", "Łucja Żak")
    (followed,) = crm.acting_as("Piotr").service(Feed).mine(unread=True).entries
    assert followed.because == ("follows",)
    assert crm.acting_as("Olga").service(Feed).mine().entries == ()
    assert [each[2:4] for each in rows(crm)["collaborative_mention"]] == [(1, 2)]
    with pytest.raises(NotAllowed):
        crm.acting_as("Karol").service(Feed).everything()
    assert [due.what for due in crm.acting_as("Jan").today().due] == ["1 entry mentions you"]
    # What customers and other programs say mentions nobody.
    crm.interactions.record(lucja, "message", direction="in", source="web", payload={"text": "@jan"})
    assert len(rows(crm)["collaborative_mention"]) == 1


def test_a_right_that_is_lost(crm_both: Crm) -> None:
    """Who sees a customer no longer sees no entry of theirs, no pin, no count; with the right it is back."""
    crm = crm_both
    staff(crm)
    acme = add(crm, "ACME", owner_id=crm.people.get("Olga").id)
    olga = crm.acting_as("Olga")
    seq = number(
        crm.acting_as("Anna").interactions.record(acme, "note", payload={"text": "@olga @wholesale"})
    )
    olga.service(Following).follow(acme)
    crm.acting_as("Jan").service(Pins).pin(acme, seq)

    def seen() -> tuple[int, ...]:
        feed = olga.service(Feed)
        pages = feed.mine(), feed.mine(unread=True), feed.everything(), feed.team("wholesale")
        return (
            *(len(page.entries) for page in pages),
            feed.unread_mentions(),
            len(olga.service(Pins).list()),
        )

    assert seen() == (1, 1, 1, 1, 1, 1)
    crm.customers.update(acme, CustomerDraft(owner_id=crm.people.get("Jan").id))
    assert seen() == (0, 0, 0, 0, 0, 0)
    with pytest.raises(NotFound):
        olga.service(Feed).customer(acme)
    crm.customers.update(acme, CustomerDraft(owner_id=crm.people.get("Olga").id))
    assert seen() == (1, 1, 1, 1, 1, 1)


def test_pins_are_kept_in_sight(crm: Crm, clock: FakeClock) -> None:
    """A pin stands on the page until its day is over; corrected it goes along, voided it is off."""
    staff(crm)
    lucja, other = add(crm, "Łucja Żak"), add(crm, "ACME")
    first = number(crm.interactions.record(lucja, "note", payload={"text": "Alergic to nuts"}))
    second = number(crm.interactions.record(lucja, "note", payload={"text": "Away"}))
    pins = crm.acting_as("Jan").service(Pins)
    pins.pin(lucja, first)
    pins.pin(lucja, second, until=clock.now() + DAY)
    with pytest.raises(Invalid, match="another customer"):
        pins.pin(other, first)
    (section,) = crm.customers.profile(lucja).sections
    assert [line[0] for line in section.lines] == ["No. 2", "No. 1"]
    third = number(crm.interactions.correct(first, payload={"text": "Allergic to nuts"}))
    clock.advance(days=1)
    (section,) = crm.customers.profile(lucja).sections
    assert section.lines == ((f"No. {third}", "2026-01-01 note: Allergic to nuts"),)
    crm.interactions.void(third, "wrong person")
    assert crm.customers.profile(lucja).sections == ()
    with pytest.raises(NotFound, match="not pinned"):
        pins.unpin(lucja, third)
    crm.people.add("Viewer", role="viewer")
    with pytest.raises(NotAllowed):
        crm.acting_as("Viewer").service(Pins).pin(lucja, second)


def test_merged_taken_back_and_erased(crm_both: Crm) -> None:
    """A merge brings followers, pins and mentions along, each follower once; taken back all is as before; an
    erasure leaves nothing of them."""
    crm = crm_both
    staff(crm)
    one, two = add(crm, "Łucja Żak"), add(crm, "Lucja Zak")
    jan = crm.acting_as("Jan")
    for customer in (one, two):
        seq = number(crm.interactions.record(customer, "note", payload={"text": "@jan @anna"}))
        jan.service(Following).follow(customer)
        jan.service(Pins).pin(customer, seq)
    before = rows(crm)
    merged = crm.merging.merge(one, two)
    assert [len(each) for each in rows(crm).values()] == [1, 2, 4]
    assert {entry.customer for entry in jan.service(Feed).mine().entries} == {"Łucja Żak"}
    assert [each.employee.name for each in crm.service(Following).followers(two)] == ["Jan Wilk"]
    crm.merging.unmerge(merged.number)
    assert rows(crm) == before
    crm.privacy.erase(one)
    crm.privacy.erase(two)
    assert all(each == [] for each in rows(crm).values())
    assert jan.service(Feed).mine().entries == crm.service(Feed).everything().entries == ()


def test_following_for_others(crm: Crm) -> None:
    """Only who manages people has somebody follow, and nobody follows whom they do not see."""
    staff(crm)
    lucja = add(crm, "Łucja Żak")
    with pytest.raises(NotAllowed):
        crm.acting_as("Jan").service(Following).follow(lucja, "Anna")
    with pytest.raises(NotFound):
        crm.service(Following).follow(lucja, "Olga")
    with pytest.raises(Invalid, match="Who is to follow"):
        crm.service(Following).follow(lucja)
    assert crm.service(Following).follow(lucja, "Jan") is True
    assert crm.service(Following).follow(lucja, "Jan") is False
    assert crm.service(Following).unfollow(lucja, "Jan") is True
    assert crm.service(Following).followers(lucja) == []


def test_entries_outlive_their_plugin(crm: Crm) -> None:
    """What a plugin recorded is readable without it: what it was and all that it says, on every list."""
    lucja = add(crm, "Łucja Żak")
    crm.interactions.record(lucja, "review.posted", payload={"rating": 4, "site": "maps", "text": "Good"})
    crm.interactions.record(lucja, "review.posted", payload={"rating": 3})
    config = ("--config", crm.config.path)
    assert run_crm(*config, "plugins", "disable", "collaborative").status == 0
    listed = run_crm(*config, "interactions", "list", lucja, "--json").json
    assert [(row["type"], row["summary"]) for row in listed] == [
        ("review.posted", "rating: 3"),
        ("review.posted", "Good (rating: 4, site: maps)"),
    ]
    shown = run_crm(*config, "show", lucja).stdout
    assert "review.posted" in shown
    assert "Good (rating: 4, site: maps)" in shown
