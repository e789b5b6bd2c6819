"""Campaigns as rules: they go through the one engine, with its gates, groups, ledger and reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import LeftOut, SourcedRule
from crmkit.plugins.campaign.campaigns.model import CANCELLED, HELD, PAUSED, RUNNING, SCHEDULED, Run
from crmkit.plugins.campaign.campaigns.runs import newest_runs
from crmkit.plugins.campaign.campaigns.tables import RECIPIENT
from crmkit.plugins.campaign.campaigns.timing import untimed

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction

# So long after its end a campaign is still reported on as a rule: 400 days in microseconds.
_REPORTED: Final = 400 * 86_400_000_000


def rules(crm: Crm) -> Iterator[SourcedRule]:
    """The newest run of each campaign. One that is being cancelled, or was sent in a rehearsal that is over,
    is none: what of it still waits in the ledger is skipped."""
    is_rehearsing = crm.rehearsal.is_on
    since = crm.clock.now() - _REPORTED
    with crm.reading() as execute:
        runs = newest_runs(crm, execute)
    for run in runs.values():
        is_over = run.finished_at is not None
        if is_over and run.finished_at is not None and run.finished_at < since:
            continue
        if not is_over and (run.state == CANCELLED or (run.rehearsed and not is_rehearsing)):
            continue
        sends = run.state in (SCHEDULED, RUNNING, HELD) and run.rehearsed == is_rehearsing
        # A plan that an interrupted worker has left must not be gone on with once this has changed.
        stands = f", {run.state}" if run.state in (PAUSED, CANCELLED) else ""
        doc = str(run.said.get("doc") or run.campaign)
        said = {key: value for key, value in untimed(run.said).items() if key != "doc"}
        yield SourcedRule(
            name=run.campaign, said=said, turns=_turns(crm, run, sends=sends),
            doc=f"{doc} (run {run.number}{stands})",
        )  # fmt: skip


def left_out(turns: Sequence[LeftOut], crm: Crm, tx: Transaction) -> None:
    """Note which gate left somebody out: they are skipped, and asked about no more."""
    table = crm.plugins.table(RECIPIENT)
    names = {each.rule.partition(":")[2] for each in turns}
    runs = newest_runs(crm, tx.execute, names)
    noted = [
        {
            "b_run": runs[name].id, "b_occasion": each.occasion, "b_customer": each.customer_id,
            "b_gate": each.gate, "b_reason": each.reason,
        }
        for each in turns
        if (name := each.rule.partition(":")[2]) in runs
    ]  # fmt: skip
    theirs = table.update().where(
        table.c.run_id == sa.bindparam("b_run"), table.c.occasion == sa.bindparam("b_occasion"),
        table.c.customer_id == sa.bindparam("b_customer"), table.c.gate.is_(None),
    )  # fmt: skip
    if noted:
        tx.execute(theirs.values(gate=sa.bindparam("b_gate"), reason=sa.bindparam("b_reason")), noted)


def _turns(crm: Crm, run: Run, *, sends: bool) -> Callable[[str, int], sa.Select[Any]]:
    table = crm.plugins.table(RECIPIENT)
    theirs = sa.select(table.c.customer_id, table.c.occasion).where(table.c.run_id == run.id)

    def turns(_step: str, now: int) -> sa.Select[Any]:
        due = (table.c.due_at <= now, table.c.gate.is_(None), table.c.customer_id.is_not(None))
        return theirs.where(*due) if sends else theirs.where(sa.false())

    return turns
