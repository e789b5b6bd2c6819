"""Starting and stopping: from a file to what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.plugins.campaign.journeys.files import File, journey_files
from crmkit.plugins.campaign.journeys.graph import graph_of
from crmkit.plugins.campaign.journeys.kept import newest_of_logs
from crmkit.plugins.campaign.journeys.model import RUNNING, SOURCE
from crmkit.plugins.campaign.journeys.pinning import pinned_text, pins_of
from crmkit.plugins.campaign.journeys.tables import JOURNEY, VERSION

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction


def start(crm: Crm, tx: Transaction, file: File, seen: tuple[int, int]) -> int:
    """Have the journey of a file run from now on, whose log is looked at from `seen` on; as which version."""
    journey = crm.plugins.table(JOURNEY)
    version = version_of(crm, tx, file)
    values = {
        "state": RUNNING, "version": version, "started_at": tx.at, "started_by": tx.actor.name,
        "seen_seq": seen[0], "seen_change": seen[1], "taken_in_for": None,
    }  # fmt: skip
    if not tx.execute(journey.update().where(journey.c.name == file.name).values(values)).rowcount:
        tx.execute(journey.insert().values(name=file.name, **values))
    return version


def version_of(crm: Crm, tx: Transaction, file: File) -> int:
    """The number of the file's content among the journey's versions, with its templates as they are now; a
    new one, if it is not the newest."""
    pins = {} if tx.is_trial else pins_of(crm, file.name, graph_of(file.required()))
    content = pinned_text(file.text, pins)
    table = crm.plugins.table(VERSION)
    mine = sa.select(table.c.number, table.c.content).where(table.c.journey == file.name)
    last = tx.execute(mine.order_by(table.c.number.desc()).limit(1)).first()
    if last is not None and last.content == content:
        return int(last.number)
    number = 1 if last is None else last.number + 1
    tx.execute(
        table.insert().values(journey=file.name, number=number, digest=file.digest, content=content, at=tx.at)
    )
    return number


def start_for_trial(crm: Crm, tx: Transaction) -> None:
    """A trial that asks for a journey by name sees it run, also if nobody has started it."""
    wanted = {name.partition(":")[2] for name in tx.tried if name.startswith(f"{SOURCE}:")}
    if not wanted:
        return
    journey = crm.plugins.table(JOURNEY)
    running = sa.select(journey.c.name).where(journey.c.state == RUNNING, journey.c.name.in_(wanted))
    missing = wanted - set(tx.execute(running).scalars())
    files = journey_files(crm) if missing else {}
    for name in sorted(missing & set(files)):
        if files[name].value is not None:
            start(crm, tx, files[name], newest_of_logs(crm, tx.execute))
