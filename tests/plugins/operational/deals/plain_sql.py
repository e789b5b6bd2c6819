"""What a flat file of deals comes to in plain SQL, over the file as it is, without anything of crmkit."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.plugins.operational.deals.flat_file import ACCOUNTS, CHANCES, TODAY

_COLUMNS = ("agent", "account", "product", "stage", "opened", "closes", "value")
_DEALS = """
CREATE VIEW deal AS
WITH trimmed AS (
    SELECT trim(agent) AS agent, lower(trim(account)) AS account, trim(opened) AS opened,
        trim(closes) AS closes, coalesce(nullif(lower(trim(stage)), ''), 'new') AS stage,
        replace(replace(trim(value), ' ', ''), char(160), '') AS value
    FROM raw
),
read AS (
    SELECT agent, account, stage, closes, stage IN ('won', 'lost') AS is_closed,
        CASE WHEN opened = '' AND stage NOT IN ('won', 'lost') THEN :today ELSE opened END AS opened,
        CASE WHEN instr(value, '.') THEN replace(value, ',', '') ELSE replace(value, ',', '.') END AS value
    FROM trimmed
)
SELECT agent, stage, is_closed, nullif(opened, '') AS opened, nullif(closes, '') AS closes,
    CAST(round(100 * CAST(value AS REAL)) AS INTEGER) AS cents,
    substr(nullif(closes, ''), 1, 4) || '-Q' || ((CAST(substr(closes, 6, 2) AS INTEGER) + 2) / 3) AS quarter,
    CAST(julianday(closes) - julianday(nullif(opened, '')) AS INTEGER) AS days
FROM read
WHERE stage IN (SELECT name FROM stage) AND account IN (SELECT name FROM account) AND value <> 'n/a'
    AND (opened = '' OR opened LIKE '____-__-__') AND (closes = '' OR closes LIKE '____-__-__')
    AND NOT (is_closed AND closes = '') AND NOT (opened <> '' AND closes <> '' AND closes < opened)
"""
_NUMBERS = """
WITH place AS (
    SELECT agent, quarter, days, row_number() OVER same AS place,
        count(*) OVER (PARTITION BY agent, quarter) AS many
    FROM deal WHERE stage = 'won' AND days IS NOT NULL
    WINDOW same AS (PARTITION BY agent, quarter ORDER BY days)
),
cycle AS (
    SELECT agent, quarter, avg(days) AS days FROM place
    WHERE place * 2 BETWEEN many AND many + 2 GROUP BY agent, quarter
)
SELECT deal.agent, deal.quarter, sum(deal.stage = 'won'), sum(deal.stage = 'lost'), cycle.days AS cycle,
    sum(CASE WHEN deal.stage = 'won' THEN cents ELSE 0 END) AS won_value,
    sum(CASE WHEN is_closed THEN 0 ELSE cents END) AS pipeline,
    sum(CASE WHEN is_closed THEN 0 ELSE cents * stage.chance END) AS weighted
FROM deal JOIN stage ON stage.name = deal.stage
    LEFT JOIN cycle ON cycle.agent = deal.agent AND cycle.quarter IS deal.quarter
GROUP BY deal.agent, deal.quarter ORDER BY deal.agent, deal.quarter
"""


class Numbers(NamedTuple):
    """Of an agent in a quarter. Amounts in minor units; `weighted` in hundredths of them, `cycle` in days."""

    agent: str
    quarter: str | None
    won: int
    lost: int
    cycle: float | None
    won_value: int
    pipeline: int
    weighted: int


def numbers_of(path: Path) -> Sequence[Numbers]:
    """By agent and quarter; without a quarter, those that nobody knows when they close."""
    with sqlite3.connect(":memory:") as database, path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        database.execute(f"CREATE TABLE raw ({', '.join(f'{name} TEXT' for name in _COLUMNS)})")
        database.executemany(f"INSERT INTO raw VALUES ({', '.join('?' * len(_COLUMNS))})", rows)
        database.execute("CREATE TABLE account (name TEXT)")
        database.executemany("INSERT INTO account VALUES (?)", [(name.lower(),) for name in ACCOUNTS])
        database.execute("CREATE TABLE stage (name TEXT, chance INTEGER)")
        chances = {**CHANCES, "won": 100, "lost": 0}
        database.executemany("INSERT INTO stage VALUES (?, ?)", chances.items())
        database.execute(_DEALS.replace(":today", f"'{TODAY}'"))
        found = [Numbers(*row) for row in database.execute(_NUMBERS)]
    database.close()
    return found
