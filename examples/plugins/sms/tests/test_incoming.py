"""What the gateway reports: arrivals, failures, and STOP."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft

Hello = Callable[..., dict[str, Any]]
Report = Callable[..., Any]
ANNA, JAN = "+48600100200", "+48600100201"


def test_an_arrival_settles_a_doubt(crm_both: Crm, gateway: Any, say_hello: Hello, report: Report) -> None:
    """A message that the gateway did not answer for is settled by its report, repeated or not."""
    gateway.moods[ANNA] = "silent"
    assert say_hello(crm_both, ANNA)[ANNA].state == "unconfirmed"
    key = gateway.taken[0]["id"]
    for _ in range(2):
        assert report(crm_both, type="report", id=key, status="delivered").json == {"known": True}
    assert [each.state for each in crm_both.effects.list()] == ["done"]
    assert report(crm_both, type="report", id="other", status="delivered").json == {"known": False}


def test_a_number_that_is_nobodys_is_left_alone(
    crm: Crm, gateway: Any, say_hello: Hello, report: Report
) -> None:
    """The timeline tells that the message did not arrive, once, and nothing goes there any more."""
    effect = say_hello(crm, ANNA)[ANNA]
    for _ in range(2):
        report(crm, type="report", id=gateway.taken[0]["id"], status="undelivered", reason="unknown-number")
    assert crm.interactions.count("sms.undelivered") == 1
    assert [each.reason for each in crm.suppressions.state("phone", ANNA)] == ["bounce"]
    assert effect.customer_id == 1


@pytest.mark.parametrize("text", ["STOP", " stop. ", "Rezygnuje"])
def test_stop_ends_marketing(crm: Crm, report: Report, text: str) -> None:
    """Of everybody who has the number, however it is spelled; what they ordered is still told to them."""
    points = (ContactPoint(kind="phone", value=ANNA),)
    for name in ("Anna Nowak", "Jan Nowak"):
        customer = crm.customers.save(CustomerDraft(name=name, contact_points=points)).id
        crm.consent.grant(customer, "offers", "sms", source="form")
    for _ in range(2):
        answer = report(crm, type="received", id="in-1", **{"from": ANNA}, text=text)
        assert answer.json == {"customers": 2}
    assert {crm.consent.state(each, "offers", "sms") for each in (1, 2)} == {"withdrawn"}
    assert [(each.reason, each.scope) for each in crm.suppressions.state("phone", ANNA)] == [
        ("objection", "marketing")
    ]
    assert crm.interactions.count("sms.stopped") == 2


def test_an_answer_is_on_the_timeline(crm: Crm, report: Report) -> None:
    """Of whoever has the number alone; one that could be anybody's is nobody's."""
    points = (ContactPoint(kind="phone", value=ANNA),)
    crm.customers.save(CustomerDraft(name="Anna Nowak", contact_points=points))
    assert report(crm, type="received", id="in-1", **{"from": ANNA}, text="Do you stop at six?").json == {
        "customers": 1
    }
    (message,) = crm.interactions.timeline(1).interactions
    assert (message.type, message.payload.text) == ("message", "Do you stop at six?")
    assert report(crm, type="received", id="in-2", **{"from": JAN}, text="Hello").json == {"customers": 0}


def test_only_the_gateway_is_heard(crm: Crm, report: Report) -> None:
    """Without its signature nothing is taken in; what cannot be read says so."""
    other = base64.b64encode(b"another secret of the same length").decode()
    assert report(crm, secret=other, type="received", id="1", **{"from": ANNA}, text="STOP").status == 401
    assert report(crm, type="weather", id="1").status == 400
    assert crm.suppressions.state("phone", ANNA) == ()
