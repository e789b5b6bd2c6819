"""Campaigns: counted before, confirmed by number, sent once, and accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import Conflict, Invalid
from crmkit.plugins.campaign.api import Audience, Audiences, Campaigns, Counts
from crmkit.testing import FakeClock, run_crm
from tests.plugins.campaign.conftest import Open, Write, at, born, customer, fill, work

SPRING = """
segment = "friends"
send_pigeon = "news"
purpose = "news"
"""
_PARTS = ("sent", "failed", "unconfirmed", "skipped", "withheld", "waiting")


def adds_up(counts: Counts) -> bool:
    """Whether every member of the audience is accounted for, once."""
    return bool(sum(getattr(counts, part) for part in _PARTS) == counts.audience)


def test_from_the_count_to_the_last_recipient(bakery: Open, write: Write, tmp_path: Path) -> None:
    """The loss at each gate is known before anything is sent, in the gates' order; who confirms another
    number sends nothing; then each of the audience is accounted for, and the second time is another run."""
    crm = bakery()
    write("spring", SPRING)
    names = fill(
        crm, "Anna", "Bea, the second", "Celina refused", "Dora doubtful", "Ewa", "Fela", silent=("Ewa",)
    )
    crm.customers.archive(names["Fela"])
    campaigns = crm.service(Campaigns)
    reach = campaigns.count("spring")
    assert (reach.audience, reach.reached) == (6, 4)
    assert [(each.gate, each.count) for each in reach.losses] == [("archived", 1), ("consent", 1)]
    with pytest.raises(Conflict, match="reaches 4 now, and 5 were confirmed"):
        campaigns.send("spring", confirm=5)
    assert campaigns.get("spring").state == "draft"
    campaigns.send("spring", confirm=4)
    assert campaigns.get("spring").counts == Counts(waiting=6, audience=6)
    with pytest.raises(Conflict, match="scheduled"):
        campaigns.send("spring", confirm=4)
    # Who comes later is not of this audience, and what the template says later is not this letter.
    fill(crm, "Gosia")
    template = tmp_path / "templates" / "news.txt"
    template.write_text("Subject: Other\n\nOther\n", encoding="utf-8")
    work(bakery())
    found = campaigns.get("spring")
    assert (found.state, found.counts.audience, adds_up(found.counts)) == ("done", 6, True)
    assert [getattr(found.counts, part) for part in _PARTS] == [1, 1, 1, 3, 0, 0]
    assert {"archived", "consent"} < set(found.counts.skipped_for)
    (letter,) = crm.interactions.timeline(names["Anna"]).interactions
    assert (letter.payload.subject, letter.payload.text.strip()) == ("News", "Dear Anna!")
    why = {name: campaigns.why("spring", name) for name in ("Anna", "Ewa", "Gosia")}
    assert [why[name].state for name in why] == ["sent", "skipped", "would be sent"]
    answers = {each.gate: each.answer for each in why["Ewa"].gates}
    assert (answers["archived"], answers["consent"], answers["limits"]) == ("passed", "decided", "not asked")
    campaigns.send("spring", confirm=campaigns.count("spring").reached)
    work(crm)
    assert [run.number for run, _ in campaigns.runs("spring")] == [2, 1]
    assert [counts.audience for _, counts in campaigns.runs("spring")] == [7, 6]
    assert all(adds_up(counts) for _, counts in campaigns.runs("spring"))


def test_audiences(bakery: Open) -> None:
    """An audience is a condition, a segment, a view or a list; two are compared, some of one are shown."""
    crm = bakery()
    names = fill(crm, "Anna", "Bea", "Celina")
    crm.segments.add("handpicked", names["Bea"])
    audiences = crm.service(Audiences)
    friends = (
        Audience(who="has_tag('friend')"), Audience(segment="friends"), Audience(view="of_friends"),
    )  # fmt: skip
    assert [audiences.count(each) for each in friends] == [3, 3, 3]
    chosen = Audience(list="handpicked")
    overlap = audiences.overlap(friends[0], chosen)
    assert (overlap.both, overlap.first, overlap.second) == (1, 2, 0)
    assert [each.name for each in audiences.sample(chosen, 5)] == ["Bea"]
    for wrong in (Audience(list="friends"), Audience(), Audience(who="true", segment="friends")):
        with pytest.raises(Invalid):
            audiences.condition(wrong)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('segment = "friends"\nsend_pigeon = "nws"\npurpose = "news"', 2, "nws"),
        ('segment = "freinds"\nsend_pigeon = "news"\npurpose = "news"', 1, "freinds"),
        ('who = "has_tag(1"\nsend_pigeon = "news"\npurpose = "news"', 1, "has_tag"),
        ('segment = "friends"\nmax_audience = "many"\nsend_pigeon = "news"', 2, "whole number"),
        ('segment = "friends"\nsend_pigeon = "news"\npurpose = "news"\ncontrol_group = "lots"', 4, "share"),
        ('segment = "friends"\nat = 2026-06-01T09:00:00\nrun = "daily at 09:00"\ntag = "x"', 3, "cannot go"),
        ('segment = "friends"\n\nwho = "has_tag(\'x\')"\ntag = "x"', 3, "cannot go together"),
        ('segment = "friends"\ntag = ', 2, ""),
    ],
)
def test_files_with_mistakes(bakery: Open, write: Write, text: str, line: int, said: str) -> None:
    """`crm check` names the file and the line, and what is wrong there; nothing of it can be sent."""
    crm = bakery()
    write("spring", text)
    found = run_crm("--config", crm.config.path, "check", "--json")
    said_of = [each["message"] for each in found.json["findings"]]
    (message,) = [each for each in said_of if "campaigns/spring.toml" in each]
    assert message.startswith(f"campaigns/spring.toml:{line}:")
    assert said in message
    with pytest.raises(Invalid):
        crm.service(Campaigns).send("spring", confirm=0)


def test_by_each_customers_clock(bakery: Open, write: Write, clock: FakeClock) -> None:
    """At nine where the customer is: on the day on which clocks go forward over the hour, at the first moment
    after; and never twice where they show it twice."""
    crm = bakery()
    zones = {"Auckland": "Pacific/Auckland", "Warsaw": "", "New York": "America/New_York"}
    for name, zone in zones.items():
        crm.consent.grant(crm.customers.save(customer(name, timezone=zone or None)).id, "news", "pigeon")
    write("spring", SPRING + "at = 2027-03-28T02:30:00\nin_their_time = true\n")
    campaigns = crm.service(Campaigns)
    campaigns.send("spring", confirm=3)
    seen: list[str] = []
    for hour in ("27 13:29", "27 13:31", "28 00:59", "28 01:01", "28 06:29", "28 06:31", "28 07:31"):
        at(clock, f"2027-03-{hour}", "UTC")
        work(crm, 2)
        sent = campaigns.get("spring").counts.sent
        if sent != len(seen):
            seen.append(hour)
    # In Warsaw clocks go from 02:00 to 03:00, which is 01:00 UTC.
    assert seen == ["27 13:31", "28 01:01", "28 06:31"]
    assert campaigns.get("spring").state == "done"


def test_greetings_hold_at_more_than_they_may(bakery: Open, write: Write, clock: FakeClock) -> None:
    """A recurring campaign greets whoever's day it is, once; where suddenly there are more than it may, it is
    held and says so, until somebody types how many they are."""
    crm = bakery()
    write(
        "birthday",
        'who = "is_birthday(born)"\nrun = "daily at 09:00"\nmax_audience = 2\nsend_pigeon = "news"\n'
        'purpose = "news"\n',
    )
    for name, month in (("Anna", 5), ("Bea", 6), ("Celina", 6), ("Dora", 6)):
        id_ = crm.customers.save(customer(name, fields=born(1990, month, 5))).id
        crm.consent.grant(id_, "news", "pigeon")
    campaigns = crm.service(Campaigns)
    assert campaigns.send("birthday", confirm=0).state == "running"
    for hour in ("08:59", "09:01", "12:00"):
        at(clock, f"2026-05-05 {hour}")
        work(crm)
        assert campaigns.get("birthday").counts.sent == (hour > "09:00")
    at(clock, "2026-06-05 09:01")
    work(crm)
    found = campaigns.get("birthday")
    assert (found.state, found.counts.audience) == ("held", 1)
    assert "held: 3 at once" in run_crm("--config", crm.config.path, "doctor").stdout
    with pytest.raises(Conflict, match="3 now"):
        campaigns.resume("birthday", confirm=2)
    refused = run_crm("--config", crm.config.path, "campaigns", "resume", "birthday", "--confirm", 7)
    assert (refused.status, campaigns.get("birthday").state) == (5, "held")
    assert "They are" in refused.stderr
    campaigns.resume("birthday", confirm=3)
    work(crm)
    counts = campaigns.get("birthday").counts
    assert (counts.sent, counts.audience, campaigns.get("birthday").state) == (4, 4, "running")
    at(clock, "2027-05-05 09:01")
    work(crm)
    assert campaigns.get("birthday").counts.sent == 5


def test_receipts_upon_purchases(bakery: Open, write: Write) -> None:
    """A triggered campaign answers each event once, from its confirmation on; one that carries out a contract
    asks for no consent."""
    crm = bakery()
    write("receipt", 'on = "purchase"\nsend_pigeon = "news"\npurpose = "receipts"\n')
    names = fill(crm, "Anna", "Bea", silent=("Anna", "Bea"))
    crm.interactions.record(names["Anna"], "purchase", amount=100)
    campaigns = crm.service(Campaigns)
    campaigns.send("receipt", confirm=0)
    work(crm)
    assert campaigns.get("receipt").counts.audience == 0
    bought = crm.interactions.record(names["Bea"], "purchase", amount=100)
    crm.interactions.record(names["Anna"], "purchase", amount=200)
    work(crm)
    assert campaigns.get("receipt").counts == Counts(sent=2, audience=2)
    assert bought.seq is not None
    crm.interactions.correct(bought.seq, amount=300)
    work(crm)
    assert campaigns.get("receipt").counts.sent == 2
    assert campaigns.cancel("receipt").state == "cancelled"
    crm.interactions.record(names["Anna"], "purchase", amount=200)
    work(crm)
    assert campaigns.get("receipt").counts == Counts(sent=2, audience=2)


def test_paused_changed_cancelled(bakery: Open, write: Write, clock: FakeClock) -> None:
    """Nothing goes out during a pause; the run goes on with what was confirmed when its file is edited; what
    is cancelled is skipped for good, also where a plan was made already."""
    crm = bakery()
    write("spring", SPRING + "at = 2026-05-05T09:00:00\n")
    fill(crm, "Anna", "Bea")
    campaigns = crm.service(Campaigns)
    campaigns.send("spring", confirm=2)
    write("spring", SPRING + 'at = 2026-05-05T09:00:00\ndoc = "Another"\n')
    assert campaigns.get("spring").is_changed
    assert "another than was confirmed" in run_crm("--config", crm.config.path, "check").stdout
    campaigns.pause("spring")
    at(clock, "2026-05-05 09:01")
    work(crm)
    assert campaigns.get("spring").counts == Counts(waiting=2, audience=2)
    campaigns.resume("spring")
    plan = crm.strategy.plan("campaign:spring")
    assert plan.acts == 2
    campaigns.cancel("spring")
    with pytest.raises(Conflict):
        crm.strategy.apply(plan.number)
    work(crm)
    found = campaigns.get("spring")
    assert (found.state, found.counts.skipped, found.counts.audience) == ("cancelled", 2, 2)
    assert found.counts.skipped_for == {"cancelled": 2}
    again = run_crm("--config", crm.config.path, "campaigns", "cancel", "spring", "--no-input")
    assert again.stderr.startswith('Error: "spring" is cancelled'), "it does not ask what it would refuse"


def test_results_of_one_that_is_being_cancelled(bakery: Open, write: Write) -> None:
    """While a worker still has some of it in hand, nobody is told that there is no such rule."""
    crm = bakery()
    write("spring", SPRING)
    fill(crm, "Anna", "Bea")
    campaigns = crm.service(Campaigns)
    campaigns.send("spring", confirm=2)
    crm.strategy.apply(crm.strategy.plan("campaign:spring").number)
    with crm.transaction() as tx:
        tx.execute(crm.tables.effect.update().values(state="claimed"))
    campaigns.cancel("spring")
    told = run_crm("--config", crm.config.path, "campaigns", "results", "spring").stdout.splitlines()
    assert "it is being cancelled, and the worker has not done with it" in told[0]
    assert told[1] == "Look again when it has run: crm worker --once"


def test_a_rehearsal_never_becomes_real(bakery: Open, write: Write) -> None:
    """What was confirmed in a rehearsal goes to files, and is over when the business goes live."""
    crm = bakery(live=False)
    write("spring", SPRING)
    fill(crm, "Anna", "Bea")
    campaigns = crm.service(Campaigns)
    campaigns.send("spring", confirm=2)
    work(crm)
    run, counts = campaigns.runs("spring")[0]
    assert (run.rehearsed, run.state, counts.sent) == (True, "done", 2)
    campaigns.send("spring", confirm=2)
    crm.rehearsal.end()
    work(crm)
    (listed,) = run_crm("--config", crm.config.path, "campaigns", "list", "--json").json
    assert listed["note"] == "only rehearsed: nobody was written to"
    run, counts = campaigns.runs("spring")[0]
    assert (run.state, counts) == (
        "cancelled", Counts(skipped=2, audience=2, skipped_for={"rehearsal": 2}),
    )  # fmt: skip
    campaigns.send("spring", confirm=2)
    work(crm)
    assert campaigns.runs("spring")[0][1].sent == 2


def test_groups(bakery: Open, write: Write) -> None:
    """Variants and a control group are the engine's: the count names them, those withheld are accounted for,
    and a test goes to a colleague in each variant."""
    crm = bakery()
    write(
        "spring",
        SPRING + 'control_group = "30%"\noutcome = "purchase"\nwithin = "14 days"\n'
        '[variants.plain]\n[variants.other]\nsend_pigeon = "news"\n',
    )
    fill(crm, *(f"Person {n}" for n in range(30)))
    campaigns = crm.service(Campaigns)
    reach = campaigns.count("spring")
    assert reach.withheld + reach.reached == 30
    assert set(reach.arms) == {"control", "plain", "other"}
    campaigns.send("spring", confirm=reach.reached)
    work(crm)
    counts = campaigns.get("spring").counts
    assert counts == Counts(sent=reach.reached, withheld=reach.withheld, audience=30)
    assert crm.strategy.report("campaign:spring").state == "waiting"


def test_by_command(bakery: Open, write: Write, tmp_path: Path) -> None:
    """A campaign is made, checked, counted, sent, listed, shown and explained at the command line."""
    crm = bakery()
    fill(crm, "Anna", "Bea", silent=("Bea",))

    def said(*words: str) -> str:
        found = run_crm("--config", crm.config.path, "campaigns", *words)
        assert found.status == 0, found
        return str(found.stdout)

    said("new", "spring", "--template", "news")
    assert run_crm("--config", crm.config.path, "campaigns", "check").status == 5
    write("spring", SPRING)
    said("check")
    text = said("count", "spring", "--sample", "1", "--with", "spring")
    assert [line.split()[:2] for line in text.splitlines()[:3]] == [
        ["Audience", "2"], ["consent", "-1"], ["Reached", "1"],
    ]  # fmt: skip
    assert "In both: 2" in text
    crm.segments.add("handpicked", "Bea")
    by_each = [
        said("count", "--who", "name = 'Anna'", "--sample", "1"),
        said("count", "--segment", "friends"),
        said("count", "--view", "of_friends"),
        said("count", "--list", "handpicked"),
    ]
    assert [each.split()[:2] for each in by_each] == [["Audience", many] for many in "1221"]
    assert "Anna" in by_each[0]
    refused = run_crm("--config", crm.config.path, "campaigns", "send", "spring")
    assert "--confirm 1" in refused.stderr
    said("send", "spring", "--confirm", "1")
    for _ in range(2):
        run_crm("--config", crm.config.path, "worker", "--once")
    assert "1 sent + 0 failed + 0 unconfirmed + 1 skipped + 0 withheld + 0 waiting = 2" in said(
        "show", "spring"
    )
    assert "✗ consent: decided" in said("why", "spring", "Bea")
    heading, row = said("list").splitlines()[:2]
    assert row.split()[:2] == ["spring", "done"]
    assert "Failed" not in heading, "none has"
    assert said("list", "--csv").startswith(
        "name,state,when,audience,sent,failed,unconfirmed,skipped,withheld,waiting,note,"
    )
