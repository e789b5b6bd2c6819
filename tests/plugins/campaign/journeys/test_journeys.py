"""Journeys: who comes in, what is done, and what ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from crmkit import Conflict, Crm, CustomerDraft, Invalid
from crmkit.core.instants import format_instant
from crmkit.plugins.campaign.api import Journeys
from crmkit.testing import run_crm
from tests.plugins.campaign.journeys.conftest import DAY, HOUR, Open

Passing = Callable[..., None]
_HEAD = 'who = "count(purchase) >= 1"\ngoal = "count(purchase) >= 2"\n'
_MAIL = '[[steps]]\nid = "hello"\nsend_email = "hello"\npurpose = "newsletter"\n'
_TAG = '[[steps]]\nid = "first"\ntag = "first"\n'
_WAIT = '[[steps]]\nid = "rest"\nwait = "3 days"\n'
_LAST = '[[steps]]\nid = "last"\ntag = "last"\n'


def buy(crm: Crm, *ids: int) -> None:
    """Each of them buys something."""
    for id_ in ids:
        crm.interactions.record(id_, "purchase", amount=1000)


def tagged(crm: Crm, tag: str) -> list[int]:
    """Who has that tag."""
    return list(crm.predicates.members(f"has_tag('{tag}')"))


def test_from_beginning_to_end(shop: Open, passing: Passing) -> None:
    """Whoever meets the condition comes in, once a person has said so; a wait keeps them, the goal takes them
    out, and a control group has nothing done for it but goes along. Every way is on record."""
    crm = shop({"welcome": _HEAD + _TAG + _WAIT + _LAST})
    buy(crm, 1, 2)
    journeys = crm.service(Journeys)
    assert journeys.intake("welcome").people == 2
    passing(crm)
    assert journeys.get("welcome").state == "draft"
    with pytest.raises(Conflict, match="would take in 2 people now, not 1"):
        journeys.start("welcome", expected=1)
    journeys.start("welcome", expected=2)
    passing(crm)
    passing(crm)
    assert (tagged(crm, "first"), journeys.get("welcome").active) == ([1, 2], 2)
    assert [each.people for each in journeys.steps("welcome")] == [0, 2, 0]
    assert list(crm.predicates.members("in_journey('welcome')")) == [1, 2]
    buy(crm, 2, 3)
    passing(crm, DAY)
    assert list(crm.predicates.members("in_journey('welcome')")) == [1, 3]
    passing(crm, 2 * DAY)
    assert (tagged(crm, "first"), tagged(crm, "last")) == ([1, 2, 3], [1])
    found = journeys.get("welcome")
    assert (found.active, found.goal, found.finished) == (1, 1, 1)
    way = [what for _, what in journeys.why("welcome", 1).way]
    assert way == [
        "came in, to first", "first: tag first, done", "to rest", "to last", "last: tag last, done",
        "left: came to the end",
    ]  # fmt: skip
    crm.customers.save(CustomerDraft(name="Dora"))
    assert journeys.why("welcome", 4).way == ()
    assert not journeys.why("welcome", 4).would_enter
    assert journeys.why("welcome", 2).passage.why == "reached the goal"  # type: ignore[union-attr]


def test_a_version_for_whoever_comes_next(shop: Open, passing: Passing) -> None:
    """A changed file does nothing until it is started again; then those who are in keep the steps with which
    they began. Stopped, nobody comes in, and the others go on; stopped now, everybody leaves."""
    crm = shop({"welcome": _HEAD + _TAG + _WAIT + _LAST})
    journeys = crm.service(Journeys)
    buy(crm, 1)
    journeys.start("welcome")
    passing(crm)
    crm = shop({"welcome": _HEAD + _TAG + _WAIT + _LAST.replace('tag = "last"', 'tag = "other"')})
    journeys = crm.service(Journeys)
    assert journeys.get("welcome").edited
    buy(crm, 2)
    passing(crm, DAY)
    assert journeys.start("welcome").version == 2
    buy(crm, 3)
    passing(crm)
    assert {(each.version, each.people) for each in journeys.steps("welcome")} == {
        (1, 0),
        (1, 2),
        (2, 0),
        (2, 1),
    }
    passing(crm, 3 * DAY)
    assert (tagged(crm, "last"), tagged(crm, "other")) == ([1, 2], [3])
    assert journeys.stop("welcome").state == "stopped"
    journeys.start("welcome")
    journeys.enter("welcome", [1])
    assert journeys.get("welcome").active == 0  # once is enough: re_enter says never


def test_stopped(shop: Open, passing: Passing) -> None:
    """Stopped, nobody comes in and the others go on; stopped now, everybody leaves, and may come in again
    when the file says so."""
    crm = shop(
        {"welcome": 'who = "count(purchase) >= 1"\nre_enter = "after 5 days"\n' + _TAG + _WAIT + _LAST}
    )
    journeys = crm.service(Journeys)
    buy(crm, 1)
    journeys.start("welcome")
    passing(crm)
    journeys.stop("welcome")
    buy(crm, 2)
    passing(crm, DAY)
    assert [each.customer_id for each in journeys.people("welcome")] == [1]
    journeys.start("welcome")
    passing(crm)
    assert journeys.stop("welcome", now=True).left == 2
    passing(crm, 4 * DAY)
    assert tagged(crm, "last") == []
    journeys.start("welcome")
    passing(crm, DAY)
    again = journeys.people("welcome")
    assert [(each.customer_id, each.entries) for each in again] == [(1, 2), (2, 2)]
    passing(crm, 3 * DAY)
    assert tagged(crm, "last") == [1, 2]


def test_waiting_for_what_happens(shop: Open, passing: Passing) -> None:
    """Whoever calls in time goes one way, and whoever does not the other; a call from before does not count,
    nor one that comes too late. A branch asks the condition."""
    steps = (
        _TAG + '[[steps]]\nid = "call"\nwait_for = "call"\nwithin = "2 days"\nyes = "thanks"\n'
        '[[steps]]\nid = "big"\nbranch = "sum(purchase) >= 20"\nno = "end"\n'
        '[[steps]]\nid = "ring"\ntag = "ring"\nnext = "end"\n[[steps]]\nid = "thanks"\ntag = "thanks"\n'
    )
    crm = shop({"ask": 'on = "purchase"\nwhere = "amount >= 10"\n' + steps}, people=4)
    crm.service(Journeys).start("ask")
    crm.interactions.record(2, "call")
    passing(crm, HOUR)
    for id_, amount in ((1, 1000), (2, 1000), (3, 2500), (4, 500)):
        crm.interactions.record(id_, "purchase", amount=amount)
    passing(crm, HOUR)
    assert tagged(crm, "first") == [1, 2, 3]
    crm.interactions.record(1, "call")
    passing(crm, DAY)
    assert (tagged(crm, "thanks"), tagged(crm, "ring")) == ([1], [])
    passing(crm, 3 * DAY)
    assert (tagged(crm, "thanks"), tagged(crm, "ring")) == ([1], [3])
    crm.interactions.record(2, "call")
    passing(crm, DAY)
    assert tagged(crm, "thanks") == [1]


def test_merged_erased_archived(shop: Open, passing: Passing) -> None:
    """Of two who turn out to be one, one way is left, and nothing is done twice; the erased are gone; the
    archived leave."""
    crm = shop({"welcome": _HEAD + _TAG + _WAIT + _LAST}, people=5)
    journeys = crm.service(Journeys)
    buy(crm, 1, 3, 4, 5)
    journeys.start("welcome")
    passing(crm)
    crm.merging.merge(1, 3)
    crm.privacy.erase(4)
    crm.customers.archive(5)
    passing(crm, DAY)
    everybody = {each.customer_id: each.state for each in journeys.people("welcome", state=None)}
    assert everybody == {1: "goal", 5: "left"}  # together, the first has bought twice
    passing(crm, 3 * DAY)
    assert tagged(crm, "last") == []


def test_a_control_group_goes_along(shop: Open, passing: Passing) -> None:
    """Of a journey that is measured, some have nothing done for them, at any step of theirs; they go the same
    way, and the report compares them."""
    head = _HEAD.replace(">= 2", ">= 9") + 'control_group = "50%"\noutcome = "purchase"\nwithin = "30 days"\n'
    crm = shop({"welcome": head + _TAG + _WAIT + _LAST}, people=12)
    buy(crm, *range(1, 13))
    crm.service(Journeys).start("welcome")
    passing(crm)
    passing(crm, 3 * DAY)
    treated = tagged(crm, "last")
    assert tagged(crm, "first") == treated
    assert 0 < len(treated) < 12
    assert crm.service(Journeys).get("welcome").finished == 12
    arms = {
        (each.customer_id, each.state, each.arm)
        for each in crm.effects.list(rule="journey:welcome", limit=99)
    }
    assert len(arms) == 12
    assert crm.strategy.report("journey:welcome").rule == "journey:welcome"


def test_tried_before_it_is_started(shop: Open, passing: Passing) -> None:
    """A simulation has everybody go through it as if it were started now, by each one's own clock; nothing of
    it is done, and what does happen then is the same."""
    wait = '[[steps]]\nid = "rest"\nwait = "2 days"\nat = "09:30"\n'
    crm = shop({"welcome": _HEAD + _TAG + wait + _LAST, "other": _HEAD + _LAST})
    crm.customers.update(2, CustomerDraft(name="Bea", timezone="Asia/Tokyo"))
    buy(crm, 1, 2)
    journeys = crm.service(Journeys)
    found = journeys.simulate("welcome", until=date(2026, 6, 30), keep=True)
    told = [(each.step, each.customer_id, format_instant(each.at, crm.kernel.tz)) for each in found.acts]
    assert told == [
        ("v1.first", 1, "2026-05-04 10:00"), ("v1.first", 2, "2026-05-04 10:00"),
        ("v1.last", 2, "2026-05-06 02:30"), ("v1.last", 1, "2026-05-06 09:30"),
    ]  # fmt: skip
    assert journeys.get("welcome").state == "draft"
    assert crm.effects.list() == ()
    assert crm.strategy.simulate(until=date(2026, 6, 30)).total == 0  # nobody has started them
    journeys.start("welcome")
    passing(crm)
    assert crm.strategy.simulate(until=date(2026, 6, 30)).total == 2
    passing(crm, 44 * HOUR)
    assert tagged(crm, "last") == [2]


def test_rules_take_in_and_out(shop: Open, passing: Passing) -> None:
    """A rule has people come into a journey, whatever its condition, and leave it."""
    rules = (
        '[rules.in]\nwho = "count(call) > 0"\nrun = "daily at 09:00"\nenter_journey = "welcome"\n'
        '[rules.out]\nwho = "count(meeting) > 0"\nrun = "daily at 09:00"\nexit_journey = "welcome"\n'
    )
    crm = shop({"welcome": _HEAD + _TAG + _WAIT + _LAST}, rules)
    crm.service(Journeys).start("welcome")
    crm.interactions.record(3, "call")
    passing(crm)
    crm.strategy.apply(crm.strategy.plan("in").number)
    passing(crm)
    assert [each.customer_id for each in crm.service(Journeys).people("welcome")] == [3]
    crm.interactions.record(3, "meeting")
    crm.strategy.apply(crm.strategy.plan("out").number)
    assert crm.service(Journeys).get("welcome").left == 1


_WRONG = (
    (_TAG + _TAG, '"first" is the id of several steps'),
    (_TAG + '[[steps]]\nid = "x"\nbranch = "count(purchas) > 1"\nno = "end"\n', "purchas"),
    (_TAG + '[[steps]]\nid = "x"\nwait_for = "purchase"\n', "for how long at most"),
    (_TAG + '[[steps]]\nid = "x"\nwait = "3 moons"\n', "3 moons"),
    (_TAG + '[[steps]]\nid = "x"\ntag = "y"\nnext = "first"\n', "comes back to it without any wait"),
    (_TAG.replace("tag =", 'next = "end"\ntag =') + _LAST, 'nobody ever comes to the step "last"'),
    (_TAG + '[[steps]]\nid = "x"\ntagg = "y"\n', "tagg"),
    (_TAG + '[[steps]]\nid = "x"\nbranch = "count(purchase) > 1"\nno = "lst"\n' + _LAST, 'no step "lst"'),
)


def test_what_is_wrong_with_a_file(shop: Open) -> None:
    """Each mistake is told with its line, by `crm check` too, and such a journey cannot be started; others
    can."""
    wrong = {f"wrong-{number}": _HEAD + steps for number, (steps, _) in enumerate(_WRONG)}
    crm = shop({**wrong, "right": _HEAD + _TAG})
    journeys = crm.service(Journeys)
    for name, (_, said) in zip(wrong, _WRONG, strict=True):
        assert any(said in each.message for each in journeys.check(name)), (name, said)
        with pytest.raises(Invalid):
            journeys.start(name)
    journeys.start("right")
    told = run_crm("--config", crm.config.path, "check")
    assert all(f"journeys/{name}.toml" in told.stdout + told.stderr for name in wrong)
