"""A flat file of deals as other systems export it, by a fixed seed, and what it comes to in plain Python."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from attrs import define, field

AGENTS = ("Ewa Lis", "Jan Wilk", "Ola Żak", "Piotr Nowy")
ACCOUNTS = tuple(f"Account {number}" for number in range(1, 41))
CHANCES = {"new": 10, "qualified": 25, "proposal": 50, "negotiation": 75}
TODAY = date(2026, 1, 1)
_HEADERS = ("Sales Agent", "ACCOUNT", "product", "Deal Stage", "Engage_Date", "close date", "Close Value")
_STAGES = (
    "new",
    "Qualified",
    "PROPOSAL ",
    "negotiation",
    "won",
    "Won",
    "WON",
    "lost",
    "Lost",
    "Engaging",
    "",
)


def write_deals(path: Path, many: int, seed: int = 7) -> None:
    """Blanks, dates that nobody can read, amounts in several styles, stages that there are not."""
    random = Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADERS)
        for _ in range(many):
            writer.writerow(_row(random))


def _row(random: Random) -> list[str]:
    stage = random.choice(_STAGES)
    opened = TODAY - timedelta(days=random.randrange(30, 700))
    closed = stage.strip().lower() in ("won", "lost")
    reach = (TODAY - opened).days
    closes = opened + timedelta(days=random.randrange(0, reach if closed else reach + 300))
    if random.random() < 0.02:
        closes = opened - timedelta(days=5)
    return [
        random.choice((*AGENTS, f" {AGENTS[0]} ")),
        random.choice((*ACCOUNTS, ACCOUNTS[0].upper())) if random.random() > 0.02 else "Nobody Knows Them",
        random.choice(("Ovens", "Mixers", "")),
        stage,
        _dirty_day(random, opened),
        _dirty_day(random, closes),
        _dirty_amount(random),
    ]


def _dirty_day(random: Random, day: date) -> str:
    chance = random.random()
    return "" if chance < 0.03 else day.strftime("%m/%d/%Y") if chance < 0.05 else day.isoformat()


def _dirty_amount(random: Random) -> str:
    cents = random.randrange(0, 5_000_000)
    whole, rest = divmod(cents, 100)
    styles = (f"{whole}.{rest:02}", f"{whole:,}.{rest:02}", f"{whole:,}".replace(",", " ") + f",{rest:02}")
    return random.choice((*styles, "", "n/a") if random.random() < 0.1 else styles)


@define
class Expected:
    """What the file comes to. Amounts in minor units; `weighted` in hundredths of them."""

    accepted: int = 0
    rejected: int = 0
    won: dict[str, int] = field(factory=lambda: defaultdict(int))
    lost: dict[str, int] = field(factory=lambda: defaultdict(int))
    days: dict[str, list[int]] = field(factory=lambda: defaultdict(list))
    pipeline: dict[str, int] = field(factory=lambda: defaultdict(int))
    won_value: dict[str, int] = field(factory=lambda: defaultdict(int))
    weighted: dict[str, int] = field(factory=lambda: defaultdict(int))
    by_quarter: dict[str | None, list[int]] = field(factory=lambda: defaultdict(lambda: [0, 0]))

    def cycle(self, agent: str) -> float:
        """The median of the days that deals of an agent took."""
        return float(median(self.days[agent]))


def expected(path: Path) -> Expected:
    """Read the file with nothing of crmkit."""
    found = Expected()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            read = _read({key.lower().replace("_", " "): text.strip() for key, text in row.items()})
            if read is None:
                found.rejected += 1
            else:
                found.accepted += 1
                _add(found, *read)
    return found


def _read(row: dict[str, str]) -> tuple[str, str, date | None, date | None, int] | None:
    stage = row["deal stage"].lower() or "new"
    if stage not in {*CHANCES, "won", "lost"} or row["account"].lower() not in map(str.lower, ACCOUNTS):
        return None
    try:
        opened, closes = (
            date.fromisoformat(row[name]) if row[name] else None for name in ("engage date", "close date")
        )
    except ValueError:
        return None
    is_closed = stage in ("won", "lost")
    opened = opened if opened or is_closed else TODAY
    if (is_closed and closes is None) or (opened and closes and closes < opened):
        return None
    if row["close value"] == "n/a":
        return None
    return row["sales agent"], stage, opened, closes, _cents(row["close value"])


def _cents(text: str) -> int:
    bare = text.replace(" ", "")
    bare = bare.replace(",", "") if "." in bare else bare.replace(",", ".")
    assert re.fullmatch(r"[0-9]*\.?[0-9]*", bare)
    return int(Decimal(bare or "0") * 100)


def _add(found: Expected, agent: str, stage: str, opened: Any, closes: Any, cents: int) -> None:
    quarter = found.by_quarter[f"{closes.year}-Q{(closes.month + 2) // 3}" if closes else None]
    if stage == "lost":
        found.lost[agent] += 1
        return
    if stage == "won":
        found.won[agent] += 1
        found.won_value[agent] += cents
        quarter[0] += cents
        if opened:
            found.days[agent].append((closes - opened).days)
        return
    found.pipeline[agent] += cents
    found.weighted[agent] += cents * CHANCES[stage]
    quarter[1] += cents
