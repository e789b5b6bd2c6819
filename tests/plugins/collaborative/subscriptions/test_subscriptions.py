"""Subscriptions: other programs are told in order, at least once, and of no more than they asked for."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, NotFound
from crmkit.plugins.collaborative.subscriptions.subscriptions import Subscriptions
from crmkit.testing import Answer, FakeClock, Public, open_crm, run_crm
from tests.core.webhooks.listening import Listener, answer, listening

SECRET = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def sink() -> Iterator[Listener]:
    """A program that takes everything."""
    with listening(answer(200)) as found:
        yield found


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["collaborative"]


@pytest.fixture
def crm_toml(sink: Listener, monkeypatch: pytest.MonkeyPatch) -> str:
    """A shop that is told of purchases and changes of those who have a tag, and one that may read."""
    monkeypatch.setenv("SHOP_SECRET", SECRET)
    monkeypatch.setenv("FEED_SECRET", "a-secret-of-the-warehouse")
    return f"""
[webhooks.shop]
url = "{sink.url}"
secret = "env:SHOP_SECRET"
internal = true

[plugins.collaborative.subscriptions.regulars]
webhook = "shop"
on = ["visit", "customer.*"]
where = "has_tag('regular')"

[plugins.collaborative.feeds.warehouse]
secret = "env:FEED_SECRET"
on = ["visit"]
"""


def begun(crm: Crm) -> Crm:
    """The business, live, with the subscription begun."""
    with crm.transaction() as tx:
        tx.execute(sa.text("INSERT INTO setting (key, value) VALUES ('live_at', '1')"))
    crm.service(Subscriptions).run()
    return crm


@pytest.fixture
def live(crm_both: Crm) -> Crm:
    """The business on each database."""
    return begun(crm_both)


@pytest.fixture
def quick(crm: Crm) -> Crm:
    """The business on SQLite."""
    return begun(crm)


def regular(crm: Crm, name: str) -> int:
    """A customer of whom the shop wants to hear."""
    return crm.customers.save(CustomerDraft(name=name, tags=("regular",))).id


def told(sink: Listener) -> list[dict[str, Any]]:
    """What came, in its order."""
    return [json.loads(body) for _, _, body in sink.received]


def finish(crm: Crm) -> None:
    """Passes until nothing is due."""
    while crm.service(Subscriptions).run():
        pass


def test_told_in_order_of_each_customer_and_of_no_others(live: Crm, sink: Listener) -> None:
    """Events of those for whom the condition holds arrive once, signed, under a stable id, with no name."""
    anna, other = regular(live, "Anna Nowak"), live.customers.save(CustomerDraft(name="Jan Wilk")).id
    for _ in range(3):
        live.interactions.record(anna, "visit")
        live.interactions.record(other, "visit")
    finish(live)
    bodies = told(sink)
    assert [body["type"] for body in bodies] == ["customer.created", "visit", "visit", "visit"]
    assert {body["customer"] for body in bodies} == {live.customers.get(anna).uid}
    assert "Anna" not in json.dumps(bodies)
    ids = [headers["webhook-id"] for _, headers, _ in sink.received]
    assert ids == [f"regulars:{body['id']}" for body in bodies]
    assert all(headers["webhook-signature"].startswith("v1,") for _, headers, _ in sink.received)
    (standing,) = live.service(Subscriptions).list()
    assert (standing.waiting, standing.parked) == (0, 0)
    finish(live)
    assert len(sink.received) == 4


FULL = """
[plugins.collaborative.subscriptions.till]
webhook = "shop"
on = ["visit"]
full = true
doc = "The till shows what was said"

[plugins.collaborative.feeds.accountant]
secret = "env:ACCOUNTANT_SECRET"
on = ["visit"]
full = true
"""


def test_who_may_know_all_hears_what_was_said(
    tmp_path: Path, crm_toml: str, sink: Listener, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `full` what is in an interaction comes along, to a program that is told and to one that reads,
    and to no other; the list says what a subscription is for."""
    monkeypatch.setenv("ACCOUNTANT_SECRET", "a-secret-of-the-accountant")
    with open_crm(tmp_path, crm_toml + FULL, plugins=["collaborative"], clock=clock) as crm:
        crm.rehearsal.end()
        crm.service(Subscriptions).run()
        crm.interactions.record(regular(crm, "Anna Nowak"), "visit", payload={"text": "A loaf"})
        finish(crm)
        said = {headers["webhook-id"].split(":")[0]: b"A loaf" in body for _, headers, body in sink.received}
        assert said == {"regulars": False, "till": True}
        public = Public(crm)
        for name, knows in (("warehouse", False), ("accountant", True)):
            shown = {"Authorization": f"Bearer a-secret-of-the-{name}"}
            assert (b"A loaf" in public.ask("GET", f"/feed/{name}", headers=shown).body) == knows
        listed = run_crm("--config", crm.config.path, "webhooks", "list", "--json").json
        assert {each["name"]: each["doc"] for each in listed} == {
            "regulars": "",
            "till": "The till shows what was said",
        }


def test_what_fails_waits_with_its_customer_and_others_go_on(
    live: Crm, sink: Listener, clock: FakeClock
) -> None:
    """A customer's later events wait behind the one that failed; others' do not; after its pause it all
    arrives, in order."""
    anna, jan = regular(live, "Anna Nowak"), regular(live, "Jan Wilk")
    finish(live)
    sink.received.clear()
    failing = live.customers.get(anna).uid

    def behave(handler: Any) -> None:
        *_, body = sink.received[-1]
        answer(500 if json.loads(body)["customer"] == failing else 200)(handler)

    sink.behave = behave
    for who in (anna, jan, anna, jan):
        live.interactions.record(who, "visit")
    finish(live)
    of_jan = [body for body in told(sink) if body["customer"] != failing]
    assert len(of_jan) == 2
    assert len(told(sink)) == 3
    (standing,) = live.service(Subscriptions).list()
    assert standing.waiting == 2
    assert "answered 500" in standing.reason
    sink.behave = answer(200)
    sink.received.clear()
    clock.advance(minutes=2)
    finish(live)
    assert [body["id"] for body in told(sink)] == sorted(body["id"] for body in told(sink))
    assert len(told(sink)) == 2


def test_what_is_refused_is_parked_shown_and_sent_again(live: Crm, sink: Listener, clock: FakeClock) -> None:
    """A refusal parks one event and the next goes on; so does failing for two days; `retry` sends again."""
    anna = regular(live, "Anna Nowak")
    finish(live)
    sink.received.clear()
    sink.behave = answer(400)
    live.interactions.record(anna, "visit")
    finish(live)
    service = live.service(Subscriptions)
    (parked,) = service.deliveries("regulars", state="parked")
    assert "answered 400" in parked.reason
    sink.behave = answer(503)
    live.interactions.record(anna, "visit")
    for _ in range(20):
        finish(live)
        clock.advance(hours=6)
    finish(live)
    assert len(service.deliveries("regulars", state="parked")) == 2
    config = ("--config", live.config.path)
    assert "2 events were not taken by regulars" in run_crm(*config, "doctor").stdout
    sink.behave = answer(200)
    sink.received.clear()
    assert service.retry("regulars") == 2
    finish(live)
    assert len(told(sink)) == 2
    assert service.deliveries("regulars", state="parked") == []


def test_a_killed_worker_leaves_its_deliveries_to_the_next(
    live: Crm, sink: Listener, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was claimed and not answered is sent again when the lease is over, under the same id."""
    anna = regular(live, "Anna Nowak")
    service = live.service(Subscriptions)
    with monkeypatch.context() as patched:
        patched.setattr(type(live.webhooks), "call", lambda *_: iter(()))
        service.run()
    finish(live)
    assert told(sink) == []
    clock.advance(minutes=16)
    live.interactions.record(anna, "visit")
    finish(live)
    assert [body["type"] for body in told(sink)] == ["customer.created", "visit"]


def test_erased_while_waiting(live: Crm, sink: Listener) -> None:
    """What waited of somebody erased is gone; that they are erased is told, by their uid alone."""
    anna = regular(live, "Anna Nowak")
    finish(live)
    uid = live.customers.get(anna).uid
    service = live.service(Subscriptions)
    service.pause("regulars")
    live.interactions.record(anna, "visit", payload={"text": "canary"})
    service.resume("regulars")
    live.privacy.erase(anna, reason="request")
    sink.received.clear()
    finish(live)
    assert [(body["type"], body["customer"]) for body in told(sink)] == [("customer.erased", uid)]


def test_pausing_rehearsing_and_replaying(live: Crm, sink: Listener, clock: FakeClock) -> None:
    """Paused, nothing is sent and nothing lost; rehearsing, nothing is sent; what was is sent again."""
    anna = regular(live, "Anna Nowak")
    service = live.service(Subscriptions)
    service.pause("regulars")
    live.interactions.record(anna, "visit")
    finish(live)
    assert told(sink) == []
    service.resume("regulars")
    finish(live)
    first = [body["id"] for body in told(sink)]
    assert len(first) == 2
    clock.advance(days=1)
    since = clock.now()
    live.interactions.record(anna, "visit")
    finish(live)
    sink.received.clear()
    assert service.replay("regulars", since=0) == 3
    finish(live)
    assert [body["id"] for body in told(sink)][:2] == first
    assert service.replay("regulars", since=since) == 1
    with pytest.raises(NotFound, match="no subscription"):
        service.pause("other")
    with live.transaction() as tx:
        tx.execute(sa.text("DELETE FROM setting WHERE key = 'live_at'"))
    sink.received.clear()
    live.interactions.record(anna, "visit")
    finish(live)
    assert told(sink) == []


def test_a_feed_for_whoever_shows_its_secret(live: Crm) -> None:
    """With the secret the pages of the stream; without, or of another feed, the same refusal."""
    anna = regular(live, "Anna Nowak")
    live.interactions.record(anna, "visit")
    public = Public(live)
    shown = {"authorization": "Bearer a-secret-of-the-warehouse"}
    page = public.ask("GET", "/feed/warehouse?limit=1", headers=shown).json
    found = list(page["events"])
    while not page["is_end"]:
        page = public.ask("GET", f"/feed/warehouse?after={page['cursor']}&limit=1", headers=shown).json
        found += page["events"]
    assert [event["name"] for event in found] == ["visit"]
    assert "customer_id" not in found[0]
    assert public.ask("GET", "/feed/warehouse?after=nonsense", headers=shown).status == 400
    wrong = {"authorization": "Bearer a-secret-of-the-warehouseX"}
    refusals = [
        public.ask("GET", "/feed/warehouse", headers=wrong),
        public.ask("GET", "/feed/warehouse"),
        public.ask("GET", "/feed/other", headers=shown),
    ]
    assert {(each.status, each.text) for each in refusals} == {(401, refusals[0].text)}


def test_by_hand(live: Crm, sink: Listener) -> None:
    """The commands list, send, show and write the stream; what names nothing is found by `crm check`."""
    config = ("--config", live.config.path)
    regular(live, "Anna Nowak")
    assert "wait" in run_crm(*config, "webhooks", "run").stderr
    assert len(sink.received) == 1
    (row,) = run_crm(*config, "webhooks", "list", "--json").json
    assert (row["name"], row["webhook"], row["waiting"]) == ("regulars", "shop", 0)
    (sent,) = run_crm(*config, "webhooks", "show", "regulars", "--json").json
    assert (sent["name"], sent["state"]) == ("customer.created", "delivered")
    lines = run_crm(*config, "webhooks", "events", "--on", "customer.created").stdout.splitlines()
    assert json.loads(lines[0])["name"] == "customer.created"
    assert json.loads(lines[-1])["is_end"]
    text = (
        live.config.path.read_text()
        .replace('"visit", "customer.*"', '"vist"')
        .replace('webhook = "shop"', 'webhook = "shp"')
    )
    live.config.path.write_text(text)
    checked = run_crm(*config, "check").stdout
    assert 'no webhook "shp"' in checked
    assert '"vist" is no event' in checked


def test_paused_refused_and_sent_again_by_hand(quick: Crm, sink: Listener) -> None:
    """What was held back, was not taken, or is wanted once more goes out when it is told to."""

    def webhooks(*words: object) -> Answer:
        return run_crm("--config", quick.config.path, "webhooks", *words)

    anna = regular(quick, "Anna Nowak")
    assert "crm webhooks resume regulars" in webhooks("pause", "regulars").stderr
    webhooks("run")
    assert told(sink) == []
    sink.behave = answer(400)
    webhooks("resume", "regulars")
    assert "0 events wait, 1 was not taken" in webhooks("run").stderr
    sink.behave = answer(200)
    quick.interactions.record(anna, "visit")
    webhooks("run")
    (refused,) = webhooks("show", "regulars", "--parked", "--json").json
    assert (refused["name"], refused["state"]) == ("customer.created", "parked")
    sink.received.clear()
    assert "1 event is tried again" in webhooks("retry", "regulars").stderr
    webhooks("run")
    assert [each["type"] for each in told(sink)] == ["customer.created"]
    assert "2 events are sent again" in webhooks("replay", "regulars", "--since", "2026-01-01").stderr
    assert "0 events are sent again" in webhooks("replay", "regulars", "--since", "2026-01-02").stderr


def test_the_stream_goes_on_where_it_ended(quick: Crm) -> None:
    """Page after page, and with what was said where all is wanted."""

    def events(*words: object) -> list[Any]:
        printed = run_crm("--config", quick.config.path, "webhooks", "events", *words).stdout
        return [json.loads(line) for line in printed.splitlines()]

    anna = regular(quick, "Anna Nowak")
    _, page = events("--limit", 1)
    quick.interactions.record(anna, "note", payload={"text": "Wants rye"})
    (event, end) = events("--after", page["cursor"])
    assert (event["name"], "payload" in event["data"], end["is_end"]) == ("note", False, True)
    (event, _) = events("--after", page["cursor"], "--full")
    assert event["data"]["payload"]["text"] == "Wants rye"


def test_only_who_sees_everybody_sends(live: Crm, sink: Listener) -> None:
    """Somebody who sees few customers would leave out the others' events for good: they are refused."""
    live.people.add_team("shop")
    live.people.add("Olga", role="manager", teams=["shop"])
    live.people.add("Piotr", role="manager")
    regular(live, "Anna Nowak")
    text = live.config.path.read_text()
    live.config.path.write_text(
        text.replace(
            "[plugins.collaborative.sub",
            '[plugins.collaborative]\nown_customers_only = ["shop"]\n\n[plugins.collaborative.sub',
            1,
        )
    )
    refused = run_crm("--config", live.config.path, "--as", "Olga", "webhooks", "run")
    assert refused.status == 4
    assert "does not see all customers" in refused.stderr
    assert sink.received == []
    allowed = run_crm("--config", live.config.path, "--as", "Piotr", "webhooks", "run")
    assert allowed.status == 0
    assert len(sink.received) == 1
