"""Reading interactions back."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from crmkit.core.errors import Invalid, NotFound
from crmkit.core.interactions.asof import current_as_of, known_and_current
from crmkit.core.interactions.service import Interactions
from crmkit.core.kernel import Kernel
from crmkit.core.model.interaction import Interaction, InteractionDraft
from crmkit.core.words.payloads import Call, Line, Purchase
from tests.core.interactions.conftest import DAY

TYPES = ("purchase", "refund", "visit", "note")


@pytest.fixture
def story(interactions: Interactions, kernel: Kernel) -> list[Interaction]:
    """A hundred interactions, many at the same instant, some corrected, some voided."""
    random, now = Random(5), kernel.clock.now()
    drafts = []
    for i in range(100):
        type_ = random.choice(TYPES)
        money: dict[str, Any] = {"amount": random.randrange(1000), "currency": random.choice(("PLN", "EUR"))}
        drafts.append(
            InteractionDraft(
                customer=random.randrange(1, 4), type=type_, at=now - random.randrange(20) * DAY,
                history=i % 2 == 0, source=random.choice(("till", "web")),
                **(money if type_ in TYPES[:2] else {}),
            )
        )  # fmt: skip
    seqs = [seq or 0 for seq in interactions.record_all(drafts).seqs]
    for seq in random.sample(seqs, 20):
        kernel.clock.sleep(3600)
        if random.random() < 0.5:
            interactions.void(seq, "x")
        else:
            interactions.correct(seq, outlet="Main", at=now - random.randrange(20) * DAY)
    with kernel.reading() as connection:
        every = connection.execute(sa.select(kernel.tables.interaction.c.seq)).scalars().all()
    return [interactions.get(seq) for seq in every]


def in_force(story: list[Interaction]) -> list[Interaction]:
    """What is neither superseded nor a void."""
    return [each for each in story if each.superseded_by is None and each.type != "voided"]


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_the_pages_of_a_timeline_are_the_whole(
    interactions: Interactions, story: list[Interaction], limit: int
) -> None:
    """Page after page gives every interaction of the customer once, newest first."""
    pages, cursor = list[Interaction](), None
    while True:
        page = interactions.timeline(2, limit, cursor)
        assert len(page.interactions) <= limit
        pages += page.interactions
        cursor = page.next_cursor
        if cursor is None:
            break
    hers = [each for each in in_force(story) if each.customer_id == 2]
    assert pages == sorted(hers, key=lambda each: (each.occurred_at, each.seq), reverse=True)


def test_a_timeline_can_show_everything_or_some_types(
    interactions: Interactions, story: list[Interaction]
) -> None:
    """With `superseded` nothing is left out; `types` narrows; labels come with the page."""
    everything = interactions.timeline("shop:1", 1000, superseded=True)
    assert {each.seq for each in everything.interactions} == {e.seq for e in story if e.customer_id == 1}
    visits = interactions.timeline(1, 1000, types=["visit", "note"])
    assert {each.type for each in visits.interactions} == {"visit", "note"}
    assert visits.labels["visit"] == "Visit"


def test_pages_of_the_list_are_the_whole(interactions: Interactions, story: list[Interaction]) -> None:
    """The list of all customers pages by the order of the log, the last recorded first."""
    seen, cursor = list[int](), None
    while True:
        page = interactions.list(limit=9, cursor=cursor)
        seen += [each.seq for each in page.interactions]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == sorted((each.seq for each in in_force(story)), reverse=True)
    assert interactions.count() == len(seen)


def test_filters_narrow_lists_counts_and_totals_alike(
    interactions: Interactions, kernel: Kernel, story: list[Interaction]
) -> None:
    """Type, window and source mean the same to the list, the count and the totals."""
    since, until = kernel.clock.now() - 15 * DAY, kernel.clock.now() - 5 * DAY
    wanted = [
        e for e in in_force(story)
        if e.type == "purchase" and since <= e.occurred_at < until and e.source == "till"
    ]  # fmt: skip
    found = interactions.list("purchase", limit=1000, since=since, until=until, source="till").interactions
    assert {each.seq for each in found} == {each.seq for each in wanted}
    assert interactions.count("purchase", since=since, until=until, source="till") == len(wanted)
    total = interactions.totals("purchase", since=since, until=until, source="till")[0]
    assert (total.count, sum(total.sums.values())) == (len(wanted), sum(e.amount or 0 for e in wanted))


def test_totals_equal_plain_sql(interactions: Interactions, kernel: Kernel, story: list[Interaction]) -> None:
    """Count and sum by type and currency are those of the rows in force."""
    with kernel.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT type, currency, sum(amount) FROM interaction "
            "WHERE superseded_by IS NULL AND amount IS NOT NULL GROUP BY type, currency"
        ).all()
    totals = interactions.totals()
    assert {(t.type, currency, amount) for t in totals for currency, amount in t.sums.items()} == {
        (row[0], row[1], int(row[2])) for row in rows
    }
    assert sum(total.count for total in totals) == len(in_force(story))


def test_as_of_is_what_was_on_record_then(kernel: Kernel, story: list[Interaction]) -> None:
    """Both as-of statements give, for any instant, what was known and not yet replaced by something known."""
    by_seq = {each.seq: each for each in story}
    seq = kernel.tables.interaction.c.seq
    instants = {each.known_at for each in story} | {each.known_at - 1 for each in story}
    for instant in sorted(instants):
        expected = {
            each.seq for each in story
            if each.known_at <= instant
            and (each.superseded_by is None or by_seq[each.superseded_by].known_at > instant)
        }  # fmt: skip
        with kernel.reading() as connection:
            condition = known_and_current(kernel.tables, instant)
            found = connection.execute(sa.select(seq).where(condition)).scalars().all()
            union = (
                connection.execute(sa.select(current_as_of(kernel.tables, instant, seq).c.seq))
                .scalars()
                .all()
            )
        assert set(found) == expected
        assert sorted(union) == sorted(expected)


def test_as_of_uses_the_index_of_the_type(kernel: Kernel, story: list[Interaction], database: str) -> None:
    """On SQLite the as-of statement of one type never scans the log."""
    if not kernel.store.is_sqlite:
        pytest.skip("the planner of PostgreSQL scans small tables")
    column = kernel.tables.interaction.c
    rows = current_as_of(kernel.tables, 0, column.customer_id, column.amount, type_="purchase")
    statement = sa.select(rows.c.customer_id, sa.func.sum(rows.c.amount)).group_by(rows.c.customer_id)
    text = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with kernel.reading() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    assert not [line for line in plan if line.startswith("SCAN interaction")]


def test_a_foreign_cursor_is_refused(interactions: Interactions) -> None:
    """A cursor that is damaged, or of another list, is said to be one."""
    interactions.record_all([InteractionDraft(customer=1, type="visit")] * 3)
    of_list = interactions.list(limit=1).next_cursor
    for cursor in ("", "x", "żółw", "!!!!", of_list, "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5LjE"):
        with pytest.raises(Invalid, match="not a cursor"):
            interactions.timeline(1, cursor=cursor)
    with pytest.raises(Invalid):
        interactions.timeline(1, limit=0)


def test_what_is_not_there_is_said_so(interactions: Interactions) -> None:
    """Unknown numbers, customers and types are named, with the nearest type."""
    with pytest.raises(NotFound, match="no interaction 5"):
        interactions.get(5)
    with pytest.raises(NotFound):
        interactions.timeline("shop:99")
    with pytest.raises(NotFound, match='Did you mean "visit"'):
        interactions.list("visits")


def test_the_record_of_a_vanished_type_stays_readable(interactions: Interactions, kernel: Kernel) -> None:
    """What a plugin recorded that is gone now reads as a mapping, and can be asked for by its name."""
    seq = interactions.record(1, "note", payload={"text": "kept"}).seq or 0
    with kernel.store.writing() as connection:
        connection.exec_driver_sql("UPDATE interaction SET type = 'gone.thing'")
    found = interactions.list("gone.thing").interactions[0]
    assert (found.seq, found.payload) == (seq, {"text": "kept"})
    assert interactions.summary(found) == "kept"


def test_summaries_say_it_in_one_line(interactions: Interactions) -> None:
    """A summary is the type's own, or what the payload says."""
    bread = Purchase(lines=(Line(product="rye"), Line(product="wheat")))
    made = [
        interactions.record(1, "purchase", payload=bread),
        interactions.record(1, "call", payload=Call(text="asked\nabout rye")),
        interactions.record(1, "tasting", payload={"text": "liked  it"}),
        interactions.record(1, "visit"),
    ]
    lines = [interactions.summary(interactions.get(each.seq or 0)) for each in made]
    assert [*lines[:2], lines[2].removeprefix("text: "), lines[3]] == [
        "rye, wheat",
        "asked about rye",
        "liked it",
        "",
    ]
