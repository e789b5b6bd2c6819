"""The gate: what each reason keeps away, when a plan is made and at the very last moment."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm
from crmkit.core.model.suppression import REASONS, Suppression
from crmkit.core.strategy.gates.contacts import Contact, judge_contacts
from crmkit.core.suppressions.judging import against
from tests.core.suppressions.conftest import CHANNEL, DAY, NOW, Club


def judged(crm: Crm, customer: int, purpose: str) -> str | None:
    """Why somebody is not written to now, None where they are."""
    contact = Contact(
        customer_id=customer, channel=CHANNEL, purpose=purpose, origin="t", step="s", occasion="o"
    )
    with crm.kernel.reading() as connection:
        judge_contacts(crm.kernel, connection, [contact], crm.clock.now())
    return contact.reason if contact.state == "dropped" else None


@pytest.mark.parametrize(
    ("reason", "options", "kept_away"),
    [
        ("objection", {}, {"news", "offers"}),
        ("objection", {"purpose": "news"}, {"news"}),
        ("complaint", {}, {"news", "offers"}),
        ("bounce", {}, {"news", "offers", "orders"}),
        ("soft-bounces", {"until": NOW + 9 * DAY}, {"news", "offers", "orders"}),
        ("manual", {}, {"news", "offers"}),
        ("manual", {"scope": "all"}, {"news", "offers", "orders"}),
        ("manual", {"until": NOW + DAY // 2}, set()),
    ],
)
def test_each_reason_keeps_its_own_away(
    club: Club, reason: str, options: dict[str, Any], kept_away: set[str]
) -> None:
    """Neither of two customers at one address is written to; orders stop only where nothing arrives."""
    for customer in (1, 2):
        for purpose in ("news", "offers"):
            club.crm.consents.grant(customer, purpose, CHANNEL)
    club.crm.suppressions.add("email", "AB@example.org", reason=reason, **options)
    club.later()
    for customer in (1, 2):
        found = {purpose for purpose in ("news", "offers", "orders") if judged(club.crm, customer, purpose)}
        assert found == kept_away
    assert judged(club.crm, 3, "orders") is None


@pytest.mark.parametrize("reason", REASONS)
def test_who_agrees_anew_is_heard_after_an_objection_only(club: Club, reason: str) -> None:
    """A complaint, a bounce and what somebody put there by hand stand until they are lifted."""
    club.crm.suppressions.add("email", "celina@example.org", reason=reason)
    club.later()
    club.crm.consents.grant(3, "news", CHANNEL)
    assert (judged(club.crm, 3, "news") is None) == (reason in ("objection", "erased"))
    club.crm.suppressions.lift("email", "celina@example.org", because="They said so")
    assert judged(club.crm, 3, "news") is None


def test_the_reason_is_a_sentence(club: Club) -> None:
    """With the day, as whoever sends it needs it."""
    club.crm.suppressions.add("email", "celina@example.org", reason="bounce")
    assert (
        judged(club.crm, 3, "orders") == "messages to this address bounced on 2026-05-04, nothing goes there"
    )


def test_what_waits_is_stopped(club: Club) -> None:
    """A message in the ledger whose address is suppressed by another process is skipped, with the reason."""
    crm = club.crm
    crm.consents.grant(3, "news", CHANNEL)
    club.later(0.5)  # it is 22:00: it waits until the morning
    number = crm.messages.send(3, "hello", purpose="news", channel=CHANNEL).effect
    assert number is not None
    other = club.another()
    other.suppressions.add("email", "celina@example.org", reason="complaint")
    other.close()
    club.later(0.5)
    crm.effects.hand_over()
    effect = crm.effects.get(number)
    assert (effect.state, effect.reason) == (
        "skipped", "somebody at this address reported a message as spam on 2026-05-04"
    )  # fmt: skip
    assert club.delivered == []


END = 2**62


def entries() -> st.SearchStrategy[list[Suppression]]:
    """Lists of what stands or stood against one address."""
    entry = st.builds(
        Suppression, number=st.just(1), kind=st.just("email"), reason=st.sampled_from(list(REASONS)),
        scope=st.sampled_from(["all", "marketing"]), at=st.integers(0, 9),
        purpose=st.sampled_from(["", "news", "offers"]), until=st.none() | st.integers(1, 12),
        lifted_at=st.none() | st.integers(1, 12),
    )  # fmt: skip
    return st.lists(entry, max_size=5)


def kept_away(entries: list[Suppression], purpose: str, agreed: int | None, now: int) -> bool:
    """The rule as a person would say it, entry by entry."""
    for each in entries:
        if each.at > now or (each.until or END) <= now or (each.lifted_at or END) <= now:
            continue
        if each.scope == "all":
            return True
        if purpose == "orders" or each.purpose not in ("", purpose):
            continue
        if each.reason in ("objection", "erased") and agreed is not None and agreed > each.at:
            continue
        return True
    return False


@given(entries(), st.sampled_from(["news", "offers", "orders"]), st.none() | st.integers(0, 12))
def test_the_rule_is_as_a_person_says_it(
    entries: list[Suppression], purpose: str, agreed: int | None
) -> None:
    """For any entries, purpose and consent."""
    standing = [each for each in entries if each.stands(10)]
    found = against(standing, purpose, agreed, is_marketing=purpose != "orders")
    assert (found is not None) == kept_away(entries, purpose, agreed, 10)


WHOLE = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ADDRESS = st.sampled_from(["ab@example.org", "celina@example.org"])
STEP = st.one_of(
    st.tuples(st.just("add"), ADDRESS, st.sampled_from(list(REASONS)), st.sampled_from(["", "news"])),
    st.tuples(st.just("lift"), ADDRESS, st.just(""), st.just("")),
    st.tuples(st.just("grant"), st.integers(1, 3), st.sampled_from(["news", "offers"]), st.just("")),
    st.tuples(st.just("withdraw"), st.integers(1, 3), st.sampled_from(["news", "offers"]), st.just("")),
)


@WHOLE
@given(st.lists(STEP, max_size=12))
def test_whatever_happens_the_gate_reads_it_right(club: Club, steps: list[tuple[Any, ...]]) -> None:
    """After any history of entries, liftings, consents and withdrawals, it answers as they add up to."""
    crm, addresses = club.crm, {1: "ab@example.org", 2: "ab@example.org", 3: "celina@example.org"}
    with crm.transaction() as tx:
        tx.execute(crm.tables.suppression.delete())
        tx.execute(crm.tables.consent.delete())
    said: dict[tuple[int, str], tuple[str, int]] = {}
    listed: dict[tuple[str, str, str], int] = {}
    for verb, who, what, purpose in steps:
        now = club.later(0.01)
        if verb == "add":
            narrow = purpose if REASONS[what][1] == "marketing" else ""
            crm.suppressions.add("email", who, reason=what, purpose=narrow)
            again = (who, what, narrow) in listed and what not in ("objection", "erased")
            listed[who, what, narrow] = listed[who, what, narrow] if again else now
        elif verb == "lift":
            if mine := [key for key in listed if key[0] == who]:
                crm.suppressions.lift("email", who, because="so it is")
            for key in mine:
                del listed[key]
        else:
            getattr(crm.consents, verb)(who, what, CHANNEL)
            said[who, what] = verb, now
    club.later(0.01)
    for customer, address in addresses.items():
        for purpose in ("news", "offers", "orders"):
            verb, at = said.get((customer, purpose), ("", 0))
            standing = [
                Suppression(number=1, kind="email", reason=reason, scope=REASONS[reason][1], at=since,
                            purpose=narrow)
                for (where, reason, narrow), since in listed.items()
                if where == address
            ]  # fmt: skip
            agreed = at if verb == "grant" else None
            refused = purpose != "orders" and verb != "grant"
            refused = refused or kept_away(standing, purpose, agreed, club.clock.now())
            assert (judged(crm, customer, purpose) is not None) == refused, (customer, purpose)
