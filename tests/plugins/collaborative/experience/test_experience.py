"""The relationship as customers lived it: one customer's story, and the same in numbers over many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm, CustomerDraft, InteractionDraft, NotFound
from crmkit.plugins.collaborative.api import Experience, Experiences
from crmkit.testing import FakeClock, run_crm

HOUR = 3_600_000_000
DAY = 24 * HOUR
# Monday 4 May 2026, 09:00 UTC.
NINE = 1_777_885_200_000_000
START = NINE - 300 * DAY
LAST = "last 90 days"


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["operational", "collaborative"]


@pytest.fixture
def crm_toml() -> str:
    """Somebody who sees only their own, and a segment."""
    role = '[roles.narrow]\npermissions = ["customers.read"]\nsees = "own"\n'
    return role + "[segments]\newas = \"name contains 'Ewa'\"\n"


@pytest.fixture
def clock() -> FakeClock:
    """Monday morning."""
    return FakeClock(NINE)


def staffed(crm: Crm) -> tuple[list[int], list[int]]:
    """The ids of three customers and of three employees."""
    crm.people.add_team("Fitters")
    anna = crm.people.add("Anna")
    piotr = crm.people.add("Piotr", teams=["Fitters"])
    jan = crm.people.add("Jan", role="narrow")
    people = [crm.customers.save(CustomerDraft(name=name)).id for name in ("Ewa", "Ida")]
    people.append(crm.customers.save(CustomerDraft(name="Ola", owner_id=jan.id)).id)
    return people, [anna.id, piotr.id, jan.id]


def log(crm: Crm, customer: int, *entries: tuple[float, str, str | None, int | None, dict[str, Any]]) -> None:
    """Entries in days before now, with type, direction, employee and payload."""
    for ago, type_, direction, employee, payload in entries:
        crm.interactions.record(
            InteractionDraft(
                customer=customer, type=type_, direction=direction, employee_id=employee, payload=payload,
                at=NINE - int(ago * DAY), history=True,
            )
        )  # fmt: skip


def test_one_customers_story(crm: Crm) -> None:
    """Waits run from the first question to the first answer of a person; who asks again, who is handed on,
    how they rate us, and after what they bought less, is told on the page and in JSON."""
    (ewa, ida, _), (anna, piotr, _) = staffed(crm)
    log(
        crm, ewa,
        (300, "visit", None, None, {}),
        *((each, "purchase", None, None, {}) for each in (190, 180, 170, 160, 150, 140)),
        (130, "enquiry", None, None, {"text": "Cold oven"}),
        (129, "message", "in", None, {"text": "Anybody?"}),
        (128, "call", "out", anna, {"text": "Soon"}),
        (127, "meeting", None, piotr, {}),
        (123, "call", "in", None, {"text": "Cold again"}),
        (122, "feedback", None, None, {"rating": 1, "text": "Slow"}),
        (10, "message", "in", None, {"text": "One more thing"}),
    )  # fmt: skip
    found = crm.service(Experiences).story(ewa)
    assert [each.minutes for each in found.waits] == [2 * 1440, 0, None]
    assert found.waiting_since == NINE - 10 * DAY
    assert (found.askings, len(found.matters), found.asked_again) == (4, 2, 1)
    assert [each.askings for each in found.matters] == [3, 1]
    assert found.hand_offs == (NINE - 127 * DAY,)
    (turn,) = found.turns
    assert (turn.type, turn.before, turn.after, turn.days_after) == ("feedback", 6, 0, 90)
    config = ("--config", crm.config.path)
    page = run_crm(*config, "experience", "Ewa").stdout
    assert "waited 2 d" in page
    assert "6 times" in page, "purchases in a row are one line"
    assert "1 of 5: not content" in page
    assert "fewer purchases after it, 0 in 90 days, than before, 6 in 90 days" in page
    document = run_crm(*config, "experience", "Ewa", "--json").json
    assert (document["effort"], document["hand_offs"], document["asked_again"]) == (2, 1, 1)
    assert [each["employee"] for each in document["contacts"] if each["employee"]] == ["Anna", "Piotr"]
    assert "Nothing has happened yet" in run_crm(*config, "experience", "Ida").stderr
    assert run_crm(*config, "experience").status == 2
    assert crm.service(Experiences).story(ida) == Experience(customer_id=ida)


def test_what_one_does_not_see_is_not_counted(crm_both: Crm) -> None:
    """A story of a customer whom one does not see is not found; nor does it count among many, or
    everybody."""
    (ewa, _, ola), (anna, piotr, _) = staffed(crm_both)
    for customer, days, employee in ((ewa, 4, anna), (ola, 2, piotr)):
        log(crm_both, customer, (9, "complaint", None, None, {}), (9 - days, "call", "out", employee, {}))
    narrow = crm_both.acting_as("Jan").service(Experiences)
    with pytest.raises(NotFound):
        narrow.story(ewa)
    assert narrow.story(ola).usual_wait == 2 * 1440
    mine = {each.metric: each for each in narrow.compare(where="name contains 'a'")}
    assert (mine["wait"].group, mine["wait"].everybody) == (48, 48)
    every = {each.metric: each for each in crm_both.service(Experiences).compare(where="name contains 'Ewa'")}
    assert (every["wait"].group, every["wait"].everybody) == (96, 72)
    assert crm_both.metrics.value("effort", LAST).value == 1
    by_team = crm_both.metrics.value("wait", LAST, by="team").groups
    assert {each.group: each.value for each in by_team} == {"Fitters": 48, None: 96}
    asked = ("--where", "name contains 'Ewa'", "--period", "from 2026-04-01 to 2026-05-10")
    shown = run_crm("--config", crm_both.config.path, "experience", *asked)
    assert "Hours until answered" in shown.stdout
    of_segment = ("experience", "--segment", "ewas", *asked[2:], "--json")
    found = run_crm("--config", crm_both.config.path, *of_segment).json["metrics"]
    wait = next(each for each in found if each["metric"] == "wait")
    assert (wait["group"], wait["everybody"]) == (96, 72)


_ENTRY = st.tuples(
    st.integers(0, 2),
    st.integers(0, 600),
    st.sampled_from(
        ["enquiry", "complaint", "message", "message", "call", "call", "meeting", "case.resolved", "purchase",
         "handover.accepted", "ledger"]
    ),
    st.sampled_from(["in", "out", None]),
    st.integers(-1, 1),
)  # fmt: skip


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(entries=st.lists(_ENTRY, min_size=4, max_size=30), voided=st.integers(0, 3))
def test_metrics_are_the_stories_taken_together(
    crm_both: Crm, entries: list[tuple[int, int, str, str | None, int]], voided: int
) -> None:
    """On any history, with entries void and messages sent by the ledger, by hand or not, each metric is what
    the stories come to: in a period and of all time, in all and for each customer."""
    _forget(crm_both)
    people, staff = _known(crm_both)
    for number, entry in enumerate(entries):
        _record(crm_both, people, staff, number, entry)
    for each in crm_both.interactions.list(limit=100).interactions[:voided]:
        crm_both.interactions.void(each.seq, "never")
    stories = [crm_both.service(Experiences).story(each) for each in people]
    for period in ("all time", LAST):
        start = crm_both.metrics.question(period).start
        assert _metrics(crm_both, period, None) == _expected(stories, start)
        for found, name in zip(stories, ("Ewa", "Ida", "Ola"), strict=True):
            assert _metrics(crm_both, period, f"name = '{name}'") == _expected([found], start)


def _metrics(crm: Crm, period: str, where: str | None) -> dict[str, Any]:
    names = ("wait", "wait(mean)", "asked_again", "effort", "hand_offs")
    found = {name: crm.metrics.value(name, period, where=where).value for name in names}
    return {name: None if value is None else float(value) for name, value in found.items()}


def _expected(stories: Sequence[Experience], start: int) -> dict[str, Any]:
    from statistics import median

    waits = [
        (each.answered_at - each.asked_at) // 60_000_000
        for found in stories for each in found.answered
        if each.answered_at is not None and each.answered_at >= start
    ]  # fmt: skip
    matters = [each for found in stories for each in found.matters if each.began >= start]
    met = sum(any((c.asks or c.answers) and c.at >= start for c in found.contacts) for found in stories)
    moved = sum(at >= start for found in stories for at in found.hand_offs)
    return {
        "wait": pytest.approx(median(waits) / 60) if waits else None,
        "wait(mean)": pytest.approx(sum(waits) / len(waits) / 60) if waits else None,
        "asked_again": pytest.approx(sum(m.askings > 1 for m in matters) / len(matters)) if matters else None,
        "effort": pytest.approx(sum(m.askings for m in matters) / len(matters)) if matters else None,
        "hand_offs": pytest.approx(moved / met) if met else None,
    }


def _known(crm: Crm) -> tuple[list[int], list[int]]:
    if not crm.customers.count():
        staffed(crm)
    people = [crm.customers.resolve(name) for name in ("Ewa", "Ida", "Ola")]
    return people, [crm.people.get(name).id for name in ("Anna", "Piotr")]


def _forget(crm: Crm) -> None:
    """No entry from the example before: each is void."""
    for each in crm.interactions.list(limit=1_000).interactions:
        crm.interactions.void(each.seq, "another example")


def _record(
    crm: Crm, people: list[int], staff: list[int], number: int, entry: tuple[int, int, str, str | None, int]
) -> None:
    who, hours, type_, direction, employee = entry
    at, ref = START + hours * 12 * HOUR, None
    if type_ == "ledger":  # sent by Piotr, by a rule, or by a name that is nobody's
        ref, type_, direction = _enter(crm, people[who], number, employee), "message", "out"
    payload: dict[str, Any] = {"record": "case:1"} if "." in type_ else {}
    if type_ == "call" and hours % 3 == 0:
        payload = {"missed": True}
    crm.interactions.record(
        InteractionDraft(
            customer=people[who], type=type_, at=at, direction=direction, payload=payload,
            employee_id=None if ref or employee < 0 else staff[employee],
            source=None if ref is None else "effect", source_ref=ref, history=True,
        )
    )  # fmt: skip


def _enter(crm: Crm, customer: int, number: int, kind: int) -> str:
    origin = "rule:spring" if kind < 0 else f"send:{number}"
    with crm.kernel.unit(crm.kernel.house) as tx:
        effect = crm.tables.effect
        last = tx.connection.execute(sa.select(sa.func.max(effect.c.id))).scalar() or 0
        tx.connection.execute(
            effect.insert().values(
                id=last + 1, origin=origin, step="1", occasion=str(last), customer_id=customer,
                action="send", params="{}", state="done", actor="Piotr" if kind else "x", created_at=1,
            )
        )  # fmt: skip
    return f"effect-{last + 1}@mark"
