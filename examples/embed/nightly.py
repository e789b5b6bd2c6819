"""What cron runs every night: the till's file of the day is recorded, and a few numbers are printed.

    10 2 * * *  cd shop && .venv/bin/python nightly.py till/today.csv

The columns of the file are receipt, email, at (2026-05-04T10:00:00Z) and cents. It may be run again, and
twice at once: a receipt that is on record already is left alone. What could not be recorded is told on
stderr, which cron sends by mail, and the exit status is 6.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from crmkit import Crm, CrmError, InteractionDraft, TryAgain
from crmkit.plugin import parse_instant, zone_of

FINDINGS, TRY_AGAIN, FAILED = 6, 75, 1


def drafts(file: Path, crm: Crm) -> Iterator[InteractionDraft]:
    """A purchase for each line; a time without an offset is the business's own."""
    zone, now = zone_of(crm), crm.clock.now()
    with file.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            yield InteractionDraft(
                customer=line["email"],
                type="purchase",
                at=parse_instant(line["at"], zone, now),
                amount=int(line["cents"]),
                source="till",
                source_ref=line["receipt"],
            )


def main(file: str, config: str | None = None) -> int:
    """Record the file; the exit status."""
    try:
        with Crm.open(config) as crm:
            report = crm.interactions.record_all(drafts(Path(file), crm))
            bought = crm.metrics.value("active(purchase)", "last 30 days")
    except TryAgain as error:
        print(error.message, file=sys.stderr)
        return TRY_AGAIN
    except (CrmError, OSError) as error:
        print(error, file=sys.stderr)
        return FAILED
    print(f"{report.recorded} recorded, {report.repeated} known, {bought.numerator} customers in 30 days")
    for refusal in report.refused:
        print(f"line {refusal.index + 2}: {refusal.reason}", file=sys.stderr)
    return FINDINGS if report.refused else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
