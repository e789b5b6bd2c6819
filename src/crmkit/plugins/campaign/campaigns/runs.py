"""Runs on record: written when a campaign is confirmed, read as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugins.campaign.campaigns.model import Run
from crmkit.plugins.campaign.campaigns.tables import RECIPIENT, RUN

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction

Execute = Callable[..., Any]
_DAY = "$day"
# Whoever confirms a campaign waits until nobody else does.
_LOCK = 7_402_121


def newest_runs(crm: Crm, execute: Execute, names: Iterable[str] | None = None) -> dict[str, Run]:
    """The newest run of each campaign (of all, if None), by its name."""
    run = crm.plugins.table(RUN)
    newest = sa.select(sa.func.max(run.c.id)).group_by(run.c.campaign)
    if names is not None:
        newest = newest.where(run.c.campaign.in_(list(names)))
    return {row.campaign: _run(row) for row in execute(sa.select(run).where(run.c.id.in_(newest)))}


def one_at_a_time(tx: Transaction) -> None:
    """Let nobody else confirm a campaign until this unit of work ends; SQLite has one writer anyhow."""
    if tx.connection.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def runs_of(crm: Crm, execute: Execute, name: str) -> list[Run]:
    """Every run of a campaign, the newest first."""
    run = crm.plugins.table(RUN)
    rows = execute(sa.select(run).where(run.c.campaign == name).order_by(run.c.number.desc()))
    return [_run(row) for row in rows]


def add_run(crm: Crm, tx: Transaction, said: Any, **values: Any) -> Run:
    """Keep a new run of a campaign, numbered after the last."""
    run = crm.plugins.table(RUN)
    last = sa.select(sa.func.max(run.c.number)).where(run.c.campaign == values["campaign"])
    number = (tx.execute(last).scalar() or 0) + 1
    kept = run.insert().values(**values, number=number, said=_text(said)).returning(*run.c)
    return _run(tx.execute(kept).one())


def change_run(crm: Crm, tx: Transaction, run: Run, **values: Any) -> None:
    """Note how a run stands now."""
    table = crm.plugins.table(RUN)
    tx.execute(table.update().where(table.c.id == run.id).values(**values))


def add_recipients(crm: Crm, tx: Transaction, run: Run, turns: Sequence[tuple[int, str, int]]) -> int:
    """Keep these (customer, occasion, due at); how many were not there yet."""
    table = crm.plugins.table(RECIPIENT)
    there: set[Any] = set()
    if run.kind == "recurring":  # an event is looked at once, and a run that is sent once has just begun
        chosen = sa.select(table.c.customer_id, table.c.occasion).where(
            table.c.run_id == run.id, table.c.occasion.in_({occasion for _, occasion, _ in turns})
        )
        there = {tuple(row) for row in tx.execute(chosen)}
    fresh = {(id_, occasion): due_at for id_, occasion, due_at in reversed(turns)}
    rows = [
        {"run_id": run.id, "customer_id": id_, "occasion": occasion, "due_at": due_at}
        for (id_, occasion), due_at in sorted(fresh.items())
        if (id_, occasion) not in there
    ]
    if rows:
        tx.execute(table.insert(), rows)
    return len(rows)


def _run(row: Any) -> Run:
    said = json.loads(row.said, object_hook=_day)
    values = row._asdict() | {"said": said, "rehearsed": bool(row.rehearsed)}
    return Run(**values)


def _text(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    return dict(value)


def _day(value: dict[str, Any]) -> Any:
    return date.fromisoformat(value[_DAY]) if set(value) == {_DAY} else value
