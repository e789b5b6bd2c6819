"""Metrics as of an instant are what they were then: nothing that became known later shows."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Crm
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.model.interaction import InteractionDraft
from tests.core.metrics.conftest import at, day, open_crm
from tests.soaking import soaking

DAY = 86_400
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("revenue", {"by": "week"}),
    ("revenue", {"by": "type", "period": "2026-01"}),
    ("average_order_value", {"by": "channel"}),
    ("active", {"by": "month", "period": "all time"}),
    ("active(call, visit)", {}),
    ("new", {"by": "month", "period": "all time"}),
    ("repeat_rate", {"by": "lifecycle"}),
    ("retention", {}),
    ("retention(20 days)", {"segment": "fans"}),
    ("churn", {"where": "count(purchase, last 30 days) > 0"}),
    ("lapsed(1 week)", {}),
    ("interactions_per_customer", {"by": "outlet"}),
    ("interactions_per_employee", {}),
    ("overdue_contacts", {"by": "level"}),
    ("customers", {"by": "customer_type"}),
)


def live(crm: Crm, random: Random) -> None:
    """Forty days of a business: sales, refunds, history found late, corrections, voids, changes of hands."""
    crm.rates.set("EUR", "4.25", on=day("2025-01-01"))
    crm.rates.set("EUR", "4.40", on=day("2026-01-10"))
    ids = [crm.customers.save(CustomerDraft(name=f"C{n}", is_organization=n % 4 == 0)).id for n in range(8)]
    numbers: list[int] = []
    for _ in range(40):
        crm.clock.sleep(DAY * random.random() * 2)
        drafts = [_draft(crm, random, ids) for _ in range(random.randrange(4))]
        numbers += [_number(crm.interactions.record(draft)) for draft in drafts]
        if numbers and random.random() < 0.5:
            _change(crm, random, numbers, ids)


def _draft(crm: Crm, random: Random, ids: list[int]) -> InteractionDraft:
    type_ = random.choice(("purchase", "purchase", "refund", "payment", "call", "visit"))
    history = random.random() < 0.4
    back = random.randrange(60 * DAY) if history else random.choice((0, 0, 3 * DAY))
    has_amount = type_ in ("purchase", "refund", "payment")
    return InteractionDraft(
        customer=random.choice(ids),
        type=type_,
        at=crm.clock.now() - back * 1_000_000,
        amount=random.randrange(10_000) if has_amount else None,
        currency=random.choice(("PLN", "EUR")) if has_amount else None,
        channel=random.choice((None, "web", "phone")),
        outlet=random.choice((None, "Main")),
        history=history,
    )


def _change(crm: Crm, random: Random, numbers: list[int], ids: list[int]) -> None:
    """Correct, void or reassign something that is still in force."""
    seq = numbers.pop(random.randrange(len(numbers)))
    kind = random.choice(("correct", "void", "reassign", "move"))
    entry = crm.interactions.get(seq)
    if kind == "void":
        crm.interactions.void(seq, "never was")
        return
    if kind == "reassign":
        made = crm.interactions.reassign(
            seq, random.choice([each for each in ids if each != entry.customer_id])
        )
    elif kind == "correct" and entry.amount is not None:
        made = crm.interactions.correct(seq, amount=entry.amount + 1)
    else:
        made = crm.interactions.correct(seq, at=entry.occurred_at - 9 * DAY * 1_000_000)
    numbers.append(_number(made))


def _number(recorded: Any) -> int:
    return int(recorded.seq)


def cut(file: Path, target: Path, instant: int) -> str:
    """A copy of the database whose log ends at `instant`."""
    shutil.copy(file, target)
    engine = sa.create_engine(f"sqlite:///{target}")
    later = "(SELECT seq FROM interaction WHERE known_at > :at)"
    with engine.begin() as connection:
        for statement in (
            f"UPDATE interaction SET superseded_by = NULL WHERE superseded_by IN {later}",
            "DELETE FROM interaction WHERE known_at > :at",
        ):
            connection.execute(sa.text(statement), {"at": instant})
    engine.dispose()
    return str(target)


def answer(crm: Crm, name: str, options: dict[str, Any], as_of: int | None) -> Any:
    """Everything that a value says, save the instant."""
    value = crm.metrics.value(name, as_of=as_of, **options)
    return value.period, value.value, value.numerator, value.denominator, value.groups


@pytest.mark.parametrize("seed", range(soaking(2, 12)))
def test_as_of_metrics_equal_those_of_a_log_cut_then(seed: int, tmp_path: Path) -> None:
    """Every metric, over corrections, voids, reassignments and imported history."""
    random, file = Random(seed), tmp_path / "crm.db"
    (tmp_path / "then").mkdir()
    with open_crm(str(file), tmp_path, "2026-01-01 12:00") as crm:
        live(crm, random)
        end = crm.clock.now()
        instants = [random.randrange(at("2026-01-02 00:00"), end) for _ in range(3)]
        crm.kernel.store.close()
        for turn, instant in enumerate(instants):
            then = cut(file, tmp_path / "then" / f"{turn}.db", instant)
            with open_crm(then, tmp_path / "then") as past:
                past.clock.set(instant)  # type: ignore[attr-defined]
                for name, options in ASKED:
                    assert answer(crm, name, options, instant) == answer(past, name, options, None), name


def test_both_databases_give_the_same_numbers(crm: Crm, tmp_path: Path) -> None:
    """The same business on either kind of database, now and as of a past day."""
    crm.clock.set(at("2026-01-01 12:00"))  # type: ignore[attr-defined]
    live(crm, Random(7))
    (tmp_path / "lite").mkdir()
    with open_crm(str(tmp_path / "lite" / "lite.db"), tmp_path / "lite", "2026-01-01 12:00") as lite:
        live(lite, Random(7))
        for name, options in ASKED:
            for as_of in (None, at("2026-01-20 08:00")):
                assert answer(crm, name, options, as_of) == answer(lite, name, options, as_of), name
