"""Results: what came of messages, in groups, beside the answer of those who were left alone."""

from __future__ import annotations

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft, InteractionDraft, NotFound
from crmkit.plugin import Duration
from crmkit.plugins.campaign.results.answer import incremental
from crmkit.plugins.campaign.results.service import CampaignResults
from crmkit.testing import FakeClock, run_crm
from tests.plugins.campaign.results.letters import DAY, heard, wrote


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["campaign", "email"]


@pytest.fixture
def crm_toml() -> str:
    """A rule with two variants and a control group, a segment, and a campaign on paper."""
    return """
[fields.size]
type = "choice"
choices = ["small", "large"]
[segments.large]
who = "size = 'large'"
[purposes.news]
type = "marketing"
wording = "Tell me what is new."
[rules.hello]
run = "daily at 00:00"
once = "ever"
tag = "greeted"
control_group = "20%"
outcome = "purchase"
within = "10 days"
[plugins.campaign.campaigns]
spring = "Flyer in May"
"""


def people(crm: Crm, number: int = 6) -> list[int]:
    """Customers, every other one large."""
    drafts = [
        CustomerDraft(
            name=f"Person {n}",
            fields={"size": "small" if n % 2 else "large"},
            contact_points=(ContactPoint(kind="email", value=f"p{n}@example.org"),),
        )
        for n in range(number)
    ]
    assert not crm.customers.save_all(drafts).refused
    return list(range(1, number + 1))


def filled(crm: Crm, clock: FakeClock) -> None:
    """Ten messages in every state, some of which came back, were opened, followed, answered."""
    start = clock.now()
    clock.advance(days=20)
    ids = people(crm)
    first = [wrote(crm, id_, start, arm="a" if id_ < 4 else "b") for id_ in ids]
    later = start + 7 * DAY
    wrote(crm, 1, later, step="second", state="failed", attempts=1)
    wrote(crm, 2, later, step="second", state="skipped")
    wrote(crm, 3, later, step="second", state="withheld", arm="control")
    wrote(crm, 4, later, step="second", state="claimed", settled_at=None)
    wrote(crm, 5, later, rehearsed=1, occasion="to a file")
    one, two, three, four, five, _ = first
    heard(crm, 1, "email.bounced", one, start, kind="hard")
    heard(crm, 2, "email.opened", two, start + DAY, machine=False)
    heard(crm, 2, "email.opened", two, start + 2 * DAY, machine=False)
    heard(crm, 2, "email.clicked", two, start + DAY, url="https://rye.example/", machine=False)
    heard(crm, 3, "email.opened", three, start, machine=True, why="a scanner")
    heard(crm, 3, "email.clicked", three, start, url="https://rye.example/", machine=True)
    heard(crm, 4, "email.clicked", four, start + DAY, url="https://rye.example/", machine=False)
    heard(crm, 4, "email.complained", four, start + DAY, sort="abuse")
    reply = {"in_reply_to": f"effect:{five}", "text": "Thanks"}
    crm.interactions.record_all(
        [InteractionDraft(customer=5, type="message", direction="in", at=start + DAY, payload=reply)]
    )
    for id_, number in ((5, five), (6, first[5])):
        crm.consent.grant(id_, "news", "email")
        crm.consent.withdraw_by_effect(number)
    crm.consent.restore_by_effect(five)
    crm.interactions.record(2, "purchase", amount=1_000, at=start + 2 * DAY)
    bought = crm.interactions.record(4, "purchase", amount=5_000, at=start + 3 * DAY)
    crm.interactions.record(4, "refund", amount=500, at=start + 15 * DAY, payload={"purchase": bought.seq})
    crm.interactions.record(1, "purchase", amount=300, at=start + DAY)


def test_what_came_of_a_campaign(crm_both: Crm, clock: FakeClock) -> None:
    """Every message counts once, in its state, with what was heard of it; machines apart. In groups the
    counts add up to the whole; what went to a file counts only while everything does."""
    crm = crm_both
    filled(crm, clock)
    crm.rehearsal.end()
    results = crm.service(CampaignResults)
    whole = results.of("spring").whole
    states = [whole.sent, whole.failed, whole.skipped, whole.withheld, whole.waiting, whole.unconfirmed]
    assert (whole.planned, states) == (10, [6, 1, 1, 1, 1, 0])
    assert (whole.bounced, whole.delivered, whole.complained, whole.replied) == (1, 5, 1, 1)
    assert (whole.opened, whole.opened_by_machines) == (3, 1)  # read, followed without pictures, answered
    assert (whole.clicked, whole.clicked_by_machines) == (2, 1)
    assert whole.unsubscribed == 1  # another was a mistake
    assert (whole.customers, whole.reached, whole.revenue) == (6, 3, 1_000 + 4_500 + 300)
    assert (whole.credited, whole.purchases) == (5_500, 2)  # nothing by what came back
    assert whole.rate("opened") == 3 / 5
    for by, names in {
        "step": ["do", "second"],
        "variant": ["a", "b", "control", None],
        "day": ["2026-01-01", "2026-01-08"],
        "size": ["large", "small"],
        "segment:large": ["large", None],
    }.items():
        groups = results.of("campaign:spring", by=by).groups
        assert [each.group for each in groups] == names
        for name in ("planned", "sent", "delivered", "opened", "clicked_by_machines", "credited"):
            assert sum(getattr(each, name) for each in groups) == getattr(whole, name), (by, name)
    (week,) = results.of("spring", period="since 2026-01-08", by="step").groups
    assert (week.group, week.planned, week.sent) == ("second", 4, 0)
    with pytest.raises(NotFound, match="sprong"):
        results.of("sprong")


def test_results_as_they_were(crm_both: Crm, clock: FakeClock) -> None:
    """As of a day nothing counts that became known later."""
    crm = crm_both
    start = clock.now()
    people(crm)
    number = wrote(crm, 1, start)
    clock.advance(days=5)
    heard(crm, 1, "email.opened", number, start + DAY, machine=False)
    crm.interactions.record(1, "purchase", amount=700, at=start + 2 * DAY)
    results = crm.service(CampaignResults)
    clock.advance(days=5)
    assert results.of("spring").whole.opened == 1
    before = results.of("spring", as_of=start + 3 * DAY).whole
    assert (before.sent, before.opened, before.credited) == (1, 0, 0)
    assert results.of("spring", as_of=start + 6 * DAY).whole.credited == 700


def test_the_answer_comes_first(crm: Crm, clock: FakeClock) -> None:
    """What those who were left alone did in the same time is told before anything else, with what the
    messages brought beyond it and between which amounts."""
    ids = people(crm, 400)
    crm.strategy.apply(crm.strategy.plan("hello").number)
    results = crm.service(CampaignResults)
    assert results.of("hello").whole.planned == 0  # a tag is no message
    effect = crm.tables.effect
    with crm.reading() as execute:
        arms = {row.customer_id: row.arm for row in execute(effect.select())}
    clock.advance(days=1)
    bought = [id_ for id_ in ids if arms[id_] == "treated" and id_ % 2]
    crm.interactions.record_all(
        [InteractionDraft(customer=id_, type="purchase", amount=1_000, at=clock.now()) for id_ in bought]
    )
    clock.advance(days=10)
    found = results.of("hello")
    (more,) = incremental(found)
    assert more.amount == 1_000 * len(bought)
    assert more.low is not None
    assert 0 < more.low < more.amount < (more.high or 0)
    assert crm.metrics.value("revenue_incremental(rule:hello, 10 days)").value == more.amount
    said = run_crm("--config", crm.config.path, "campaigns", "results", "hello").stdout
    assert said.startswith("rule:hello: It works:")
    assert "brought" in said.splitlines()[1]


def test_results_on_the_command_line(crm: Crm, clock: FakeClock) -> None:
    """All that write are listed beside campaigns on paper; one is told with rates, groups, and attribution
    called descriptive; what nobody tells is said to be unknown."""
    filled(crm, clock)

    def run(*words: str) -> str:
        return run_crm("--config", crm.config.path, "campaigns", "results", *words).stdout

    crm.interactions.record(1, "campaign.response", payload={"campaign": "spring"})
    (row,) = run_crm("--config", crm.config.path, "campaigns", "results", "--json").json
    assert (row["name"], row["sent"], row["responses"], row["doc"]) == ("spring", 7, 1, "Flyer in May")
    told = run("spring", "--by", "variant", "--attribution", "last")
    assert told.startswith("campaign:spring: What it changed is not known: There is no rule")
    assert "11 messages: 7 sent, 1 failed, 1 skipped, 1 withheld, 1 waiting" in told
    assert "By machines alone, and counted as nothing: 1 opened, 1 clicked" in told
    assert "Descriptive only (last): 55.00" in told
    document = run_crm("--config", crm.config.path, "campaigns", "results", "spring", "--json").json
    assert document["whole"]["rates"]["bounced"] == pytest.approx(1 / 7)


def test_metrics_and_traits_count_the_same(crm_both: Crm, clock: FakeClock) -> None:
    """Rates are those of the results, whole and in groups; money that is put down to messages as well. Of one
    customer it is known what they were sent lately, and whether they took notice."""
    crm = crm_both
    filled(crm, clock)
    crm.rehearsal.end()
    whole = crm.service(CampaignResults).of("spring").whole
    for name, rate in {
        "delivery_rate": "delivered",
        "open_rate": "opened",
        "machine_open_rate": "opened_by_machines",
        "click_rate": "clicked",
        "click_to_open": "click_to_open",
        "reply_rate": "replied",
        "bounce_rate": "bounced",
        "complaint_rate": "complained",
        "unsubscribe_rate": "unsubscribed",
    }.items():
        value = crm.metrics.value(f"{name}(campaign:spring)", by="variant").value
        assert value is not None
        assert float(value) == whole.rate(rate), name
    attributed = crm.metrics.value("revenue_attributed(campaign:spring, last)", by="segment:large")
    assert attributed.value == 5_500
    assert {each.group: each.value for each in attributed.groups} == {None: 5_500}
    assert crm.metrics.value("revenue_attributed", as_of=clock.now() - DAY).value == 0  # known since today
    people = crm.predicates.members
    assert set(people("messages_received(30 days) >= 1")) == {1, 2, 3, 4, 5, 6}
    assert set(people("messages_received(14 days) >= 1")) == set()
    assert set(people("engaged(30 days)")) == {2, 4, 5}
    assert crm.trait("messages_received", 1, as_of=clock.now() - 18 * DAY, window=Duration(7, "day")) == 1


def test_the_report_has_a_section(crm: Crm, clock: FakeClock) -> None:
    """Campaigns are in the report on the business, with what describes told apart; nothing where nobody was
    written to."""
    people(crm)
    assert "campaigns" not in {each.name for each in crm.report("this month").sections}
    for id_ in (1, 2):
        wrote(crm, id_, clock.now() - DAY)
    clock.advance(days=1)
    sections = {each.name: each for each in crm.report("all time").sections}
    section = sections["campaigns"]
    assert {each.label: each.value for each in section.figures}["Messages sent"] == "2"
    assert [row["name"] for row in section.tables[0].rows] == ["spring"]
    assert "describes" in section.text[-1]
