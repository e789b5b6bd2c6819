"""What the worker does of itself: recurring and triggered campaigns gather whose turn it is, runs come to an
end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.plugin import N_, phrase
from crmkit.plugins.campaign.campaigns.counting import is_waiting, ledger_of
from crmkit.plugins.campaign.campaigns.file import ONCE, RECURRING
from crmkit.plugins.campaign.campaigns.model import CANCELLED, DONE, HELD, RUNNING, SCHEDULED, Run
from crmkit.plugins.campaign.campaigns.reasons import TOO_MANY
from crmkit.plugins.campaign.campaigns.runs import Execute, add_recipients, change_run, newest_runs
from crmkit.plugins.campaign.campaigns.tables import RECIPIENT, RUN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit import Crm
    from crmkit.plugin import Transaction

_EVER: Final = "ever"
REHEARSED: Final = "rehearsal"


def advance(crm: Crm, tx: Transaction) -> None:
    """Bring every campaign's newest run up to this instant; twice the same as once."""
    is_rehearsing = crm.rehearsal.is_on
    for run in newest_runs(crm, tx.execute).values():
        if run.finished_at is not None:
            continue
        if run.rehearsed and not is_rehearsing:
            end(crm, tx, run, REHEARSED, N_("the rehearsal is over, and this was one"))
        elif run.state == CANCELLED:
            _finish(crm, tx, run)
        elif run.state in (SCHEDULED, RUNNING) and run.rehearsed == is_rehearsing:
            _go_on(crm, tx, run)


def next_at(crm: Crm, now: int) -> int | None:
    """When something is next to be sent or gathered."""
    table, found = crm.plugins.table(RECIPIENT), []
    with crm.reading() as execute:
        for run in newest_runs(crm, execute).values():
            if run.state not in (SCHEDULED, RUNNING):
                continue
            if run.kind == RECURRING:
                found.append(crm.strategy.draft(run.rule, run.said).next_turn(now))
            first = sa.select(sa.func.min(table.c.due_at)).where(
                table.c.run_id == run.id, table.c.due_at > now
            )
            found.append(execute(first).scalar())
    return min((each for each in found if each is not None), default=None)


def is_over(crm: Crm, execute: Execute, run: Run) -> bool:
    """Whether one that is sent once has nothing to do any more: its last message is settled."""
    return run.kind == ONCE and run.state in (SCHEDULED, RUNNING) and not is_waiting(crm, execute, run)


def end(crm: Crm, tx: Transaction, run: Run, gate: str, reason: str) -> None:
    """Send nothing more of a run: whoever the ledger does not know is left out, what waits there is
    cancelled."""
    _, effect, same = ledger_of(crm, run)
    table = crm.plugins.table(RECIPIENT)
    known = sa.select(effect.c.id).where(same).exists()
    rest = table.update().where(table.c.run_id == run.id, table.c.gate.is_(None), ~known)
    tx.execute(rest.values(gate=gate, reason=reason))
    change_run(crm, tx, run, state=CANCELLED, held=None)
    _finish(crm, tx, run)


def _go_on(crm: Crm, tx: Transaction, run: Run) -> None:
    if run.kind == ONCE:
        _settle(crm, tx, run)
    elif run.kind == RECURRING:
        draft = crm.strategy.draft(run.rule, run.said)
        if (draft.latest_turn() or 0) <= run.looked_at:
            return
        found = [(each.customer_id, each.occasion, each.due_at) for each in draft.turns(run.looked_at)]
        _gather(crm, tx, run, found, looked_at=tx.at)
    else:
        _upon_events(crm, tx, run)


def _settle(crm: Crm, tx: Transaction, run: Run) -> None:
    """A run that is sent once has begun with its first recipient, and is done with its last."""
    table = crm.plugins.table(RECIPIENT)
    if run.state == SCHEDULED:
        due = sa.select(table.c.id).where(table.c.run_id == run.id, table.c.due_at <= tx.at).limit(1)
        if tx.execute(due).first() is None:
            return
        change_run(crm, tx, run, state=RUNNING)
    if is_over(crm, tx.execute, run):
        change_run(crm, tx, run, state=DONE, finished_at=tx.at)


def _upon_events(crm: Crm, tx: Transaction, run: Run) -> None:
    """What has come in since somebody looked last."""
    interaction = crm.tables.interaction
    newest = tx.execute(sa.select(sa.func.max(interaction.c.seq))).scalar() or 0
    of_type = sa.func.coalesce(interaction.c.type, "") == run.said["on"]
    fresh = sa.select(interaction.c.seq).where(interaction.c.seq > run.looked_seq, of_type).limit(1)
    if newest == run.looked_seq or tx.execute(fresh).first() is None:
        return
    turns = crm.strategy.draft(run.rule, run.said).turns(0)
    found = [
        (each.customer_id, each.occasion, each.due_at)
        for each in turns
        if each.occasion == _EVER or int(each.occasion.partition(":")[2]) > run.looked_seq
    ]
    _gather(crm, tx, run, found, looked_at=tx.at, looked_seq=newest)


def _gather(
    crm: Crm, tx: Transaction, run: Run, turns: Sequence[tuple[int, str, int]], **looked: int
) -> None:
    """Add these recipients; where they are more than `max_audience`, none of them, and hold the run."""
    before = _met_ever(crm, tx, run)
    named = [
        (id_, run.occasion(occasion), due_at)
        for id_, occasion, due_at in turns
        if not (occasion == _EVER and id_ in before)
    ]
    most = run.max_audience
    if run.allowed is not None and most is not None:
        most = max(most, run.allowed)
    if most is not None and len(named) > most:
        held = str(phrase(TOO_MANY, number=f"{len(named):,}", most=f"{run.max_audience:,}"))
        change_run(crm, tx, run, state=HELD, held=held)
        return
    add_recipients(crm, tx, run, named)
    change_run(crm, tx, run, state=RUNNING, allowed=None if named else run.allowed, **looked)


def _met_ever(crm: Crm, tx: Transaction, run: Run) -> set[int]:
    """Whom the campaign has met in any run, where it meets everybody once."""
    if run.said.get("once") != _EVER:
        return set()
    table, runs = crm.plugins.table(RECIPIENT), crm.plugins.table(RUN)
    met = sa.select(table.c.customer_id).join(runs, runs.c.id == table.c.run_id)
    return set(tx.execute(met.where(runs.c.campaign == run.campaign)).scalars()) - {None}


def _finish(crm: Crm, tx: Transaction, run: Run) -> None:
    """Cancel what the ledger still has of it; it has come to its end when that is nothing."""
    effect = crm.tables.effect
    if not tx.is_trial:
        crm.effects.cancel(rule=run.rule)
    under_way = sa.select(effect.c.id).where(
        effect.c.origin == run.rule, effect.c.state.in_(("pending", "claimed", "handing_over"))
    )
    if tx.execute(under_way.limit(1)).first() is None:
        change_run(crm, tx, run, finished_at=tx.at)
