"""Messages on their way: planned by a rule or sent by hand, rehearsed, delivered and noted."""

from __future__ import annotations

import pytest

from crmkit import Conflict, Crm, CrmError, CustomerDraft, NotAllowed
from tests.core.messages.conftest import NOW, TOML, Bakery

ANNA = (
    "To: Anna <anna@example.org>\nSubject: Dear Anna\nSent: by post.pigeon, for orders, in en\n\nWe bake.\n"
)


def messages(crm: Crm, customer: int) -> list[tuple[str, str | None, str, str]]:
    """(channel, direction, subject, text) of the messages on a timeline."""
    return [
        (each.channel or "", each.direction, each.payload.subject, each.payload.text)
        for each in crm.interactions.timeline(customer).interactions
        if each.type == "message"
    ]


def test_a_rehearsal_writes_files(bakery: Bakery) -> None:
    """One for each message, which a person can read; nothing is delivered, and no timeline tells of it."""
    crm = bakery.filled()
    plan = crm.strategy.plan()
    assert [act.says for act in crm.strategy.acts(plan.number, states=["act"])] == ['post.pigeon "hello"'] * 2
    assert bakery.apply(crm).rehearsed == 2
    assert list(bakery.rehearsed) == [
        "2026-05-04/1-post.pigeon-anna@example.org.txt", "2026-05-04/2-post.pigeon-bea@example.org.txt",
    ]  # fmt: skip
    assert bakery.rehearsed["2026-05-04/1-post.pigeon-anna@example.org.txt"] == ANNA
    assert (bakery.delivered, messages(crm, 1)) == ([], [])


def test_once_live_it_is_delivered_and_noted(bakery_both: Bakery) -> None:
    """What was rehearsed counts for nothing; each message is delivered once, and is on the timeline once."""
    crm = bakery_both.filled()
    bakery_both.apply(crm)
    crm.rehearsal.end()
    assert bakery_both.apply(crm).done == 2
    assert bakery_both.delivered == [
        "effect-3 anna@example.org Dear Anna We bake.", "effect-4 bea@example.org Dear Bea We bake.",
    ]  # fmt: skip
    assert messages(crm, 1) == [("post.pigeon", "out", "Dear Anna", "We bake.")]
    assert not crm.strategy.plan().acts
    crm.effects.hand_over()
    assert len(bakery_both.delivered) == 2


def test_what_was_planned_is_what_is_sent(bakery_both: Bakery) -> None:
    """An edited template changes nothing that was entered before, and each version is numbered."""
    crm = bakery_both.filled()
    crm.rehearsal.end()
    crm.strategy.apply(crm.strategy.plan().number)
    bakery_both.write("hello.txt", "Subject: New\n\nWe fry.")
    crm = bakery_both.open()
    assert crm.messages.templates()[0].version is None
    crm.effects.hand_over()
    assert [line[-8:] for line in bakery_both.delivered] == ["We bake."] * 2
    bakery_both.clock.advance(days=1)
    bakery_both.apply(crm)
    assert [line[-7:] for line in bakery_both.delivered[2:]] == ["We fry."] * 2
    assert crm.messages.templates()[0].version == 2


@pytest.mark.parametrize("file", ["hello.txt", "hello.de.txt", "hello.html"])
def test_a_changed_template_is_drift(bakery: Bakery, file: str) -> None:
    """A plan that was read with another text is refused, and the rule asks anew; other templates do not
    matter."""
    crm = bakery.filled()
    number, before = crm.strategy.plan().number, crm.strategy.rule("hello").digest
    bakery.write("bye.txt", "Bye")
    assert bakery.open().strategy.plan().number == number
    bakery.write(file, "Other")
    crm = bakery.open()
    with pytest.raises(Conflict, match="has changed since plan 1"):
        crm.strategy.apply(number)
    assert crm.strategy.rule("hello").digest != before


def test_everybody_reads_their_language(bakery: Bakery) -> None:
    """Theirs, else the one for all."""
    crm = bakery.filled()
    bakery.write("hello.pl.txt", "Subject: Cześć\n\nPieczemy.")
    crm = bakery.open()
    bakery.apply(crm)
    said = list(bakery.rehearsed.values())
    assert said[0] == ANNA
    assert "Subject: Cześć\nSent: by post.pigeon, for orders, in pl\n\nPieczemy.\n" in said[1]


def test_nobody_is_written_to_in_half(bakery: Bakery) -> None:
    """A text that cannot be filled in for one customer fails for that one, with the reason."""
    bakery.write("hello.txt", "{% if customer.name == 'Bea' %}{{ customer.shoe }}{% endif %}Hi")
    crm = bakery.filled()
    bakery.write("hello.txt", "{% if customer.name == 'Bea' %}{{ customer.shoe }}{% endif %}Hi")
    crm = bakery.open()
    bakery.apply(crm)
    assert len(bakery.rehearsed) == 1
    (failed,) = crm.effects.list(state="failed")
    assert (failed.customer_id, failed.reason) == (
        2, 'The text of the template "hello" names "shoe", which is not there',
    )  # fmt: skip


def test_an_erased_person_is_in_no_file_of_the_rehearsal(bakery: Bakery) -> None:
    """The letters that a rehearsal wrote to somebody go with them, and the receipt counts them."""
    crm = bakery.filled()
    bakery.apply(crm)
    assert len(bakery.rehearsed) == 2
    assert crm.privacy.preview(1).elsewhere == ("1 of the files in rehearsal/",)
    assert crm.privacy.erase(1).elsewhere == ("1 of the files in rehearsal/",)
    assert len(bakery.rehearsed) == 1
    assert "anna" not in str(bakery.rehearsed).lower()


def test_a_rehearsed_plan_can_be_undone(bakery: Bakery) -> None:
    """What only went to files is taken back with them, and the occasion is spent; what went out stays."""
    crm = bakery.filled()
    number = crm.strategy.plan().number
    crm.strategy.apply(number)
    assert crm.undo.preview(f"plan:{number}").will == ("throw 2 of the files in rehearsal/ away",)
    assert len(bakery.rehearsed) == 2
    assert crm.undo.undo(f"plan:{number}").left == ()
    assert bakery.rehearsed == {}
    assert [each.state for each in crm.strategy.acts(number)[:2]] == ["undone", "undone"]


def test_a_channel_without_means_says_so(bakery: Bakery) -> None:
    """In a rehearsal it does not matter; once live, the message fails and says why."""
    bakery.filled()
    crm = bakery.open(TOML.replace("send_pigeon", "send_smoke"))
    assert bakery.apply(crm).rehearsed == 2
    assert crm.rehearsal.readiness().channels == (("post.smoke", False),)
    crm.rehearsal.end()
    assert bakery.apply(crm).failed == 2
    assert "has no means to deliver" in (crm.effects.list(state="failed")[0].reason or "")
    assert messages(crm, 1) == []


def test_a_rule_does_not_answer_itself(bakery: Bakery) -> None:
    """What a rule has sent is no message upon which a rule acts; what came in is."""
    bakery.filled()
    crm = bakery.open(TOML.replace('run = "daily at 09:00"', 'on = "message"'))
    crm.rehearsal.end()
    crm.interactions.record(1, "message", direction="in")
    assert bakery.apply(crm).done == 1
    assert len(messages(crm, 1)) == 2
    assert not crm.strategy.plan().acts


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ('send_pigeon = "helo"', 'rule "hello": There is no template "helo"\nDid you mean "hello"'),
        ('send_pigeon = "broken"', "templates/broken.txt is empty"),
        ('send_owl = "hello"', 'none of its keys is an action: "send_owl"'),
        ('send_pigean = "hello"', 'Did you mean "send_pigeon"'),
        ('send_web = "hello"', 'none of its keys is an action: "send_web"'),
        ('action = "message.send"\ntemplate = "hello"\nchannel = "web"', "Nobody has an address"),
        ('action = "message.send"\ntemplate = "hello"\nchannel = "pigean"', "There is no channel"),
        ('send_pigeon = "hello"\nversion = "1"', "Take version out"),
    ],
)
def test_a_rule_that_cannot_send_is_found_early(bakery: Bakery, said: str, problem: str) -> None:
    """When crm.toml is read, with the nearest name."""
    bakery.write("broken.txt", "")
    bakery.filled()
    crm = bakery.open(TOML.replace('send_pigeon = "hello"', said))
    with pytest.raises(CrmError) as raised:
        crm.strategy.rule("hello")
    assert problem in str(raised.value)


def test_a_message_needs_a_purpose(bakery: Bakery) -> None:
    """One that is declared."""
    bakery.filled()
    for purpose, problem in (("", "needs a purpose"), ('purpose = "order"', 'Did you mean "orders"')):
        crm = bakery.open(TOML.replace('purpose = "orders"', purpose))
        with pytest.raises(CrmError) as raised:
            crm.strategy.rule("hello")
        assert problem in str(raised.value)


def test_by_hand_it_goes_the_same_way(bakery_both: Bakery) -> None:
    """Looked at first, then rehearsed or delivered, entered in the ledger and told on the timeline."""
    crm = bakery_both.filled()
    seen = crm.messages.send("anna@example.org", "hello", purpose="orders", channel="pigeon", dry_run=True)
    assert (seen.text, seen.state, seen.effect) == (ANNA, "act", None)
    assert crm.effects.list() == ()
    sent = crm.messages.send(1, "hello", purpose="orders", channel="pigeon")
    assert (sent.state, sent.is_rehearsal) == ("done", True)
    assert list(bakery_both.rehearsed.values()) == [ANNA]
    crm.rehearsal.end()
    sent = crm.messages.send(1, "hello", purpose="orders", channel="pigeon")
    assert (sent.state, sent.is_rehearsal) == ("done", False)
    assert messages(crm, 1) == [("post.pigeon", "out", "Dear Anna", "We bake.")]
    assert [each.rule for each in crm.strategy.why(1)] == ["by hand"] * 2
    crm.messages.send(1, "hello", purpose="orders", channel="pigeon")
    assert len(bakery_both.delivered) == 2


def test_by_hand_the_gates_decide_too(bakery_both: Bakery) -> None:
    """Without consent or an address nothing is entered; in quiet hours it waits; others' work is left."""
    crm = bakery_both.filled()
    assert "never agreed" in (
        crm.messages.send(1, "hello", purpose="greetings", channel="pigeon").reason or ""
    )
    assert "no address" in (crm.messages.send(3, "hello", purpose="orders", channel="pigeon").reason or "")
    assert crm.effects.list() == ()
    crm = bakery_both.open(TOML + '[limits]\nquiet_hours = "09:00-11:00"\n')
    crm.consent.grant(1, "greetings", "post.pigeon")
    _enter(crm)
    sent = crm.messages.send(1, "hello", purpose="greetings", channel="pigeon")
    assert (sent.state, sent.until) == ("pending", NOW + 3_600_000_000)
    assert bakery_both.rehearsed == {}
    bakery_both.clock.advance(hours=1)
    assert crm.effects.hand_over().rehearsed == 3


def test_who_may_not_write_does_not(bakery: Bakery) -> None:
    """A viewer sends nothing, nor goes live; nobody writes to whom they do not see."""
    crm = bakery.filled()
    crm.people.add("Vera", role="viewer")
    vera = crm.acting_as("Vera")
    for attempt in (
        lambda: vera.messages.send(1, "hello", purpose="orders", channel="pigeon"),
        lambda: vera.messages.send(1, "hello", purpose="orders", channel="pigeon", dry_run=True),
        vera.rehearsal.end,
        vera.rehearsal.readiness,
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert crm.rehearsal.is_on


def test_going_live_shows_what_becomes_real(bakery_both: Bakery) -> None:
    """Rules, purposes without wording, what was rehearsed and what waits; there and back."""
    bakery_both.filled()
    crm = bakery_both.open(TOML.replace('purpose = "orders"', 'purpose = "greetings"'))
    crm.consent.grant(1, "greetings", "post.pigeon")
    crm.strategy.apply(crm.strategy.plan().number)
    found = crm.rehearsal.readiness()
    assert (found.rules, found.unworded) == ((("hello", 'post.pigeon "hello"'),), ("greetings",))
    assert (found.pending, found.rehearsed, found.is_rehearsing) == (0, 1, True)
    crm.rehearsal.end()
    with pytest.raises(Conflict, match="live already"):
        crm.rehearsal.end()
    crm.rehearsal.begin_again()
    with pytest.raises(Conflict, match="rehearsing already"):
        crm.rehearsal.begin_again()
    assert crm.rehearsal.is_on


def test_a_clock_is_for_rehearsals(bakery: Bakery) -> None:
    """Nobody goes live with it, and nobody who is live can set it."""
    bakery.filled()
    wrong = 'clock = "1998-07-01T09:00"' + TOML
    crm = bakery.open(wrong)
    with pytest.raises(Conflict, match="sets the clock"):
        crm.rehearsal.end()
    bakery.open().rehearsal.end()
    with pytest.raises(CrmError, match="this business is live"):
        bakery.open(wrong)


def test_what_holds_is_what_holds_when_it_is_handed_over(bakery: Bakery) -> None:
    """Who was restricted since gets nothing, and a new name is the one that is used."""
    crm = bakery.filled()
    _enter(crm)
    crm.customers.save(CustomerDraft(id=1, name="Anna Lis"))
    crm.privacy.restrict(2)
    crm.effects.hand_over()
    (said,) = bakery.rehearsed.values()
    assert said.startswith("To: Anna Lis <anna@example.org>\nSubject: Dear Anna Lis\n")


def _enter(crm: Crm) -> None:
    """Plan and apply inside a transaction, which leaves it to the worker to hand anything over."""
    number = crm.strategy.plan().number
    with crm.transaction():
        assert crm.strategy.apply(number).pending == 2
