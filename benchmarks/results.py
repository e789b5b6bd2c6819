"""Results of 100,000 messages with 300,000 events, against the SQL that a good author would write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale, cpu_seconds, in_turn
from benchmarks.rig import customers, opened
from crmkit import Crm
from crmkit.plugins.campaign.results.credits import Division, credited
from crmkit.plugins.campaign.results.messages import Whose, counted

_DAY = 86_400_000_000
_START = 1_700_000_000_000_000
_GROUPS = ("customer", "time", "step", "variant")
_COUNTED = """
WITH told AS MATERIALIZED (
    SELECT type, coalesce(json_extract(payload, '$.machine'), 0) AS machine, CAST(coalesce(
      json_extract(payload, '$.effect'), substr(json_extract(payload, '$.in_reply_to'), 8)) AS INTEGER) AS id
    FROM interaction
    WHERE superseded_by IS NULL AND (
      type IN ('email.opened', 'email.clicked', 'email.bounced', 'email.complained')
      OR type = 'message' AND direction = 'in' AND json_extract(payload, '$.in_reply_to') LIKE 'effect:%')
), heard AS (
    SELECT id, max(type = 'message') AS replied,
      max(type = 'email.opened' AND NOT machine) AS opened, max(type = 'email.opened') AS opened_any,
      max(type = 'email.clicked' AND NOT machine) AS clicked, max(type = 'email.clicked') AS clicked_any,
      max(type = 'email.bounced' AND NOT machine) AS bounced,
      max(type = 'email.complained' AND NOT machine) AS complained
    FROM told GROUP BY id
), quit AS (
    SELECT CAST(substr(evidence, 8) AS INTEGER) AS id, 1 AS unsubscribed FROM consent
    WHERE source IN ('unsubscribed', 'unsubscribed by mistake') AND evidence LIKE 'effect:%' GROUP BY 1
    HAVING max(id) = max(CASE source WHEN 'unsubscribed' THEN id ELSE 0 END)
)
SELECT arm, count(*), count(DISTINCT customer_id), sum(state = 'done'), sum(state = 'unconfirmed'),
  sum(state = 'failed' AND attempts > 0), sum(state = 'skipped' OR state = 'failed' AND attempts = 0),
  sum(state = 'withheld'), sum(state IN ('pending', 'claimed', 'handing_over')), sum(state = 'undone'),
  sum(gone AND coalesce(bounced, 0)), sum(state = 'done' AND NOT coalesce(bounced, 0)),
  sum(gone AND coalesce(opened OR clicked OR replied, 0)),
  sum(gone AND coalesce(opened_any AND NOT (opened OR clicked OR replied), 0)),
  sum(gone AND coalesce(clicked, 0)), sum(gone AND coalesce(clicked_any AND NOT clicked, 0)),
  sum(gone AND coalesce(replied, 0)), sum(gone AND coalesce(complained, 0)),
  sum(gone AND coalesce(unsubscribed, 0))
FROM (SELECT *, state IN ('done', 'unconfirmed') AS gone FROM effect) AS effect
LEFT JOIN heard USING (id) LEFT JOIN quit USING (id)
WHERE origin = 'campaign:spring' AND channel IS NOT NULL AND rehearsed = 0 GROUP BY arm
"""
_CREDITED = """
WITH returned AS (
    SELECT CAST(json_extract(payload, '$.purchase') AS INTEGER) AS seq, sum(amount) AS amount
    FROM interaction WHERE type = 'refund' AND superseded_by IS NULL GROUP BY 1
), pair AS (
    SELECT s.seq, s.amount - coalesce(returned.amount, 0) AS amount, e.origin, e.arm,
      row_number() OVER (PARTITION BY s.seq ORDER BY e.settled_at, e.id) AS place,
      count(*) OVER (PARTITION BY s.seq) AS places
    FROM effect AS e JOIN interaction AS s ON s.type = 'purchase' AND s.customer_id = e.customer_id
      AND s.occurred_at > e.settled_at AND s.occurred_at <= e.settled_at + 30 * 86400000000
      AND s.superseded_by IS NULL LEFT JOIN returned ON returned.seq = s.seq
    WHERE e.state IN ('done', 'unconfirmed') AND e.channel IS NOT NULL AND e.rehearsed = 0
      AND e.id NOT IN (SELECT CAST(json_extract(payload, '$.effect') AS INTEGER) FROM interaction
        WHERE type = 'email.bounced' AND superseded_by IS NULL)
)
SELECT arm, sum(amount / places + (place <= amount % places)), count(DISTINCT seq), 0 FROM pair
WHERE origin = 'campaign:spring' GROUP BY arm
"""


def results(work: Path, scale: Scale) -> Iterator[Result]:
    """Counting what was heard by variant, and dividing purchases among messages."""
    people = scale.of(50_000)
    with opened(work, plugins=("email", "campaign")) as crm:
        for start in range(0, people, 10_000):
            crm.customers.save_all(customers(min(10_000, people - start), start))
    _fill(work / "crm.db", people)
    path = work / "crm.toml"
    with Crm.open(path) as crm, closing(sqlite3.connect(work / "crm.db")) as raw:
        raw.execute("PRAGMA cache_size=-65536")
        raw.execute("PRAGMA mmap_size=1073741824")
        crm.rehearsal.end()
        whose = Whose(origin="campaign:spring")
        division = Division(model="linear", window=30 * _DAY, half_life=7 * _DAY)
        for name, compute, sql in (
            ("counts by variant", partial(counted, whose=whose), _COUNTED),
            ("credits by variant", partial(credited, whose=whose, division=division), _CREDITED),
        ):
            ours = partial(crm.metrics.figures, compute, by="variant", groups=_GROUPS)
            found = [tuple(row.values())[1:] for row in ours()]
            if found != (by_hand := _fetched(raw, sql)):
                raise RuntimeError(f"{name}: {found}, and {by_hand} by hand")
            pair = in_turn(ours, partial(_fetched, raw, sql), scale.rounds, cpu_seconds)
            yield Result(
                name=f"results, {people * 2:,} messages, {people * 6:,} events: {name}",
                ours=pair.ours,
                raw=pair.raw,
                unit="s of CPU",
                goal="≤ 2 × SQL by hand",
            )


def _fetched(raw: sqlite3.Connection, sql: str) -> list[tuple[object, ...]]:
    return raw.execute(sql).fetchall()


def _fill(path: Path, people: int) -> None:
    """Two messages for each customer, four things heard of them, and two purchases, as rows."""
    effects = [
        (
            number, "campaign:spring", "do", f"run:{number % 2}", number // 2 + 1, "message.send", "{}",
            "done" if number % 50 else "failed", "bench", at, at, "email", "news", at, "ab"[number % 3 == 0],
        )
        for number in range(1, people * 2)
        for at in (_START + number * 1_000_000,)
    ]  # fmt: skip
    with closing(sqlite3.connect(path)) as target, target:
        target.executemany(
            "INSERT INTO effect (id, origin, step, occasion, customer_id, action, params, state, "
            "actor, created_at, settled_at, channel, purpose, contact_at, arm) "
            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            [row for row in effects if row[4] <= people],
        )
        target.executemany(
            "INSERT INTO interaction (customer_id, type, occurred_at, recorded_at, known_at, amount, "
            "currency, payload, payload_version, actor) VALUES (?,?,?,?,?,?,?,?,1,'bench')",
            _events(people),
        )


def _events(people: int) -> Iterator[tuple[object, ...]]:
    for number in range(people * 4):
        effect = number // 2 + 1
        type_ = ("email.opened", "email.opened", "email.clicked", "email.bounced")[
            3 if number % 97 == 0 else number % 3
        ]
        at = _START + effect * 1_000_000 + _DAY
        machine = "true" if number % 5 == 0 else "false"
        customer = min(people, effect // 2 + 1)
        yield customer, type_, at, at, at, None, None, f'{{"effect":{effect},"machine":{machine}}}'
    for number in range(people * 2):
        at = _START + number * 1_000_000 + (number % 40) * _DAY
        yield number // 2 + 1, "purchase", at, at, at, 100 + number * 37 % 9_900, "EUR", "{}"


BENCHES = (Bench(name="results", run=results),)
