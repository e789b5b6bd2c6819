"""Campaigns: looked at, confirmed, held, stopped, explained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import evolve

from crmkit import Conflict, Invalid
from crmkit.plugin import DeclaredFile, phrase
from crmkit.plugins.campaign.audiences.audiences import Audiences
from crmkit.plugins.campaign.audiences.model import Reach
from crmkit.plugins.campaign.campaigns.advancing import end, is_over
from crmkit.plugins.campaign.campaigns.counting import counts_of
from crmkit.plugins.campaign.campaigns.file import (
    ONCE,
    ORIGIN,
    RECURRING,
    TRIGGERED,
    CampaignFile,
    campaign_file,
    campaign_files,
    faults_of,
)
from crmkit.plugins.campaign.campaigns.model import (
    CANCELLED,
    DONE,
    HELD,
    PAUSED,
    RUNNING,
    SCHEDULED,
    Campaign,
    Counts,
    Run,
    Why,
)
from crmkit.plugins.campaign.campaigns.reasons import CANCELLED_BY
from crmkit.plugins.campaign.campaigns.runs import (
    add_recipients,
    add_run,
    change_run,
    newest_runs,
    one_at_a_time,
    runs_of,
)
from crmkit.plugins.campaign.campaigns.starting import template_of, written
from crmkit.plugins.campaign.campaigns.timing import at_of, dues
from crmkit.plugins.campaign.campaigns.why import why
from crmkit.plugins.campaign.files import CAMPAIGNS

if TYPE_CHECKING:
    from crmkit import Crm

READ = "customers.read"
SEND = "strategy.apply"


class Campaigns:
    """The campaigns of one business, for whoever `crm` acts for."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def list(self) -> Sequence[Campaign]:
        """Every campaign, by name: those that have a file, and those that were ever sent."""
        self._crm.require(READ)
        files = campaign_files(self._crm)
        with self._crm.reading() as execute:
            runs = newest_runs(self._crm, execute)
            return [
                self._campaign(execute, name, files.get(name), runs.get(name))
                for name in sorted({*files, *runs})
            ]

    def get(self, name: str) -> Campaign:
        """One campaign. Raises `NotFound`."""
        self._crm.require(READ)
        files = campaign_files(self._crm)
        with self._crm.reading() as execute:
            run = newest_runs(self._crm, execute, [name]).get(name)
            if run is None:
                campaign_file(self._crm, name)
            return self._campaign(execute, name, files.get(name), run)

    def runs(self, name: str) -> Sequence[tuple[Run, Counts]]:
        """Each time it was sent, the newest first, with what became of it."""
        self._crm.require(READ)
        with self._crm.reading() as execute:
            runs = (self._as_it_is(execute, run) for run in runs_of(self._crm, execute, name))
            return [(run, counts_of(self._crm, execute, run)) for run in runs]

    def count(self, name: str) -> Reach:
        """Whom it would reach now, and whom each gate would leave out. Of a recurring one those whose turn it
        would be now; of one upon an event those who could have one now. Nothing is kept.

        Raises `ConfigError` and `Invalid` for a file with anything wrong in it.
        """
        self._crm.require(READ)
        reach, _ = self._counted(name, self._file(name))
        return reach

    def send(self, name: str, *, confirm: int) -> Campaign:
        """Confirm it: whom it reaches is fixed from now on, and the worker sends it when it is due. `confirm`
        is how many `count` said it reaches.

        Raises `Conflict` where they are others by now, where it is sent already, or where there would be more
        than its `max_audience`; `Invalid` where its hour has passed; `NotAllowed`.
        """
        self._crm.require(SEND)
        file = self._file(name)
        self._refuse_while_open(name)
        self._refuse_late(file)
        reach, members = self._counted(name, file)
        if reach.reached != confirm:
            raise Conflict(
                phrase(
                    '"{name}" reaches {reached:,} now, and {confirm:,} were confirmed',
                    name=name,
                    reached=reach.reached,
                    confirm=confirm,
                ),
                hint=phrase("Look at it: crm campaigns count {name}", name=name),
            )
        most = file.max_audience
        if most is not None and reach.audience > most and file.kind == ONCE:
            raise Conflict(
                phrase(
                    '"{name}" has an audience of {audience:,}, and max_audience is {most:,}',
                    name=name,
                    audience=reach.audience,
                    most=most,
                ),
                hint=phrase(
                    "Set max_audience in {campaigns}/{name}.toml, or narrow whom it is for.",
                    campaigns=CAMPAIGNS,
                    name=name,
                ),
            )
        self._confirm(name, file, members)
        return self.get(name)

    def pause(self, name: str) -> Campaign:
        """Send nothing more of it until it is resumed; also what is in the ledger waits."""
        self._crm.require(SEND)
        with self._crm.transaction() as tx:
            run = self._open(tx, name)
            if run.state == PAUSED:
                raise Conflict(
                    phrase('"{name}" is paused', name=name),
                    hint=phrase("Go on: crm campaigns resume {name}", name=name),
                )
            change_run(self._crm, tx, run, state=PAUSED)
            self._crm.effects.pause(rule=run.rule)
            self._told(tx, run, "paused")
        return self.get(name)

    def resume(self, name: str, *, confirm: int | None = None) -> Campaign:
        """Go on after a pause; or let through what is held for being too many, of which `confirm` is how many
        they are. Raises `Conflict`."""
        self._crm.require(SEND)
        with self._crm.transaction() as tx:
            run = self._open(tx, name)
            if run.state == HELD:
                wanted = self.held(name)
                if confirm != wanted:
                    raise Conflict(
                        phrase(
                            '"{name}" is held: {held}. They are {wanted:,} now',
                            name=name,
                            held=run.held,
                            wanted=wanted,
                        ),
                        hint=phrase(
                            "Let them through: crm campaigns resume {name} --confirm {wanted}",
                            name=name,
                            wanted=wanted,
                        ),
                    )
                change_run(self._crm, tx, run, state=RUNNING, held=None, allowed=wanted)
            elif run.state == PAUSED:
                change_run(self._crm, tx, run, state=HELD if run.held else RUNNING)
                if any(each.what == f"the rule {run.rule}" for each in self._crm.effects.paused()):
                    self._crm.effects.resume(rule=run.rule)
            else:
                raise Conflict(
                    phrase('"{name}" is {state}', name=name, state=run.state),
                    hint=phrase("See: crm campaigns show {name}", name=name),
                )
            self._told(tx, run, "resumed")
        return self.get(name)

    def held(self, name: str) -> int:
        """How many would be let through, of one that is held for being too many."""
        with self._crm.reading() as execute:
            run = newest_runs(self._crm, execute, [name]).get(name)
        if run is None or run.kind == ONCE:
            return 0
        turns = self._crm.strategy.draft(run.rule, run.said).turns(run.looked_at)
        fresh = [
            each
            for each in turns
            if run.kind == RECURRING
            or _seq(each.occasion) is None
            or (_seq(each.occasion) or 0) > run.looked_seq
        ]
        return len(fresh)

    def cancel(self, name: str) -> Campaign:
        """Send nothing more of it, for good: whoever waits is left out. What is on its way may arrive."""
        self._crm.require(SEND)
        with self._crm.transaction() as tx:
            run = self._open(tx, name)
            if run.state == PAUSED and any(
                each.what == f"the rule {run.rule}" for each in self._crm.effects.paused()
            ):
                self._crm.effects.resume(rule=run.rule)
            end(self._crm, tx, run, CANCELLED, str(phrase(CANCELLED_BY, name=self._crm.actor.name)))
            self._told(tx, run, CANCELLED)
        return self.get(name)

    def test(self, name: str, to: str | int, *, customer: int | str | None = None) -> Sequence[Any]:
        """Send its message to an employee, each variant, as `Messages.test` does. Raises `Invalid` for one
        that writes no message."""
        self._crm.require("messages.send")
        rule = self._crm.strategy.draft(f"{ORIGIN}:{name}", self._file(name).rule()).rule()
        templates = template_of(rule.steps[0])
        if not templates:
            raise Invalid(
                phrase('"{name}" writes no message', name=name),
                hint=phrase("Look at it: crm campaigns show {name}", name=name),
            )
        test = self._crm.messages.test
        return [test(template, to, customer=customer) for template in templates]

    def why(self, name: str, customer: int | str) -> Why:
        """How a customer stands in it: the gates in their order, with the one that decided."""
        self._crm.require(READ)
        id_ = self._crm.customers.resolve(customer)
        return why(self._crm, self.get(name), id_)

    def new(self, name: str, template: str = "") -> Path:
        """Write a file to begin with; where it is. Raises `Conflict` where there is one, `Invalid`."""
        self._crm.require(SEND)
        return written(self._crm, name, template)

    def _counted(self, name: str, file: CampaignFile) -> tuple[Reach, Sequence[int]]:
        audiences = Audiences(self._crm)
        has_nobody = file.kind == TRIGGERED and not file.has_audience
        members = () if has_nobody else audiences.members(file.audience)
        return audiences.reach(f"{ORIGIN}:{name}", file.rule(), members, "count"), members

    def _confirm(self, name: str, file: CampaignFile, members: Sequence[int]) -> None:
        crm = self._crm
        rule = f"{ORIGIN}:{name}"
        with crm.transaction() as tx:
            one_at_a_time(tx)  # somebody may have pressed twice
            self._refuse_while_open(name)
            said = file.rule() if file.kind == ONCE else file.timed(crm)
            newest = tx.execute(sa.select(sa.func.max(crm.tables.interaction.c.seq))).scalar()
            run = add_run(
                crm, tx, crm.strategy.draft(rule, said).pinned(), campaign=name, kind=file.kind,
                state=SCHEDULED if file.kind == ONCE else RUNNING, rehearsed=int(crm.rehearsal.is_on),
                digest=campaign_file(crm, name).digest, max_audience=file.max_audience,
                confirmed_at=tx.at, confirmed_by=tx.actor.name, looked_at=tx.at, looked_seq=newest or 0,
            )  # fmt: skip
            if file.kind == ONCE:
                turns = [(id_, run.occasion(), due_at) for id_, due_at in dues(crm, file, members)]
                add_recipients(crm, tx, run, turns)
            self._told(tx, run, "confirmed")

    def _refuse_while_open(self, name: str) -> None:
        with self._crm.transaction() as tx:
            run = newest_runs(self._crm, tx.execute, [name]).get(name)
            run = run and self._settled(tx, run)
        if run is not None and (run.is_open or run.finished_at is None):
            raise Conflict(
                phrase('"{name}" is {state} (run {run})', name=name, state=run.state, run=run.number),
                hint=phrase("It goes on by itself; to end it: crm campaigns cancel {name}", name=name),
            )

    def _refuse_late(self, file: CampaignFile) -> None:
        if file.at is not None and at_of(self._crm, file) < self._crm.clock.now():
            raise Invalid(
                phrase("at has passed: {at:%Y-%m-%d %H:%M}", at=file.at),
                hint="Set another, or take it out to send it at once.",
            )

    def _file(self, name: str) -> CampaignFile:
        """The file, without fault."""
        found = campaign_file(self._crm, name)
        file = found.required()
        for keys, message, hint in faults_of(self._crm, name, file):
            raise Invalid(phrase("{place}: {problem}", place=found.place(*keys), problem=message), hint=hint)
        return file

    def _open(self, tx: Any, name: str) -> Run:
        """Its newest run, which nothing has ended. Raises `NotFound` and `Conflict`."""
        run = newest_runs(self._crm, tx.execute, [name]).get(name)
        if run is None:
            campaign_file(self._crm, name)
            raise Conflict(
                phrase('"{name}" was not sent yet', name=name),
                hint=phrase("Send it: crm campaigns send {name}", name=name),
            )
        run = self._settled(tx, run)
        if not run.is_open:
            raise Conflict(
                phrase('"{name}" is {state}', name=name, state=run.state),
                hint=phrase("See: crm campaigns show {name}", name=name),
            )
        return run

    def _as_it_is(self, execute: Any, run: Run) -> Run:
        """The run, done as soon as its last message is settled, whether or not the worker has noted it."""
        return evolve(run, state=DONE) if is_over(self._crm, execute, run) else run

    def _settled(self, tx: Any, run: Run) -> Run:
        """The same, noted."""
        if not is_over(self._crm, tx.execute, run):
            return run
        change_run(self._crm, tx, run, state=DONE, finished_at=tx.at)
        return evolve(run, state=DONE, finished_at=tx.at)

    def _campaign(
        self, execute: Any, name: str, file: DeclaredFile[CampaignFile] | None, run: Run | None
    ) -> Campaign:
        run = run and self._as_it_is(execute, run)
        return Campaign(
            name=name,
            file=file.value if file else None,
            run=run,
            counts=counts_of(self._crm, execute, run) if run else Counts(),
            is_changed=bool(run and run.is_open and (file is None or file.digest != run.digest)),
        )

    def _told(self, tx: Any, run: Run, what: str) -> None:
        """The change log says who did it."""
        tx.append_change((what, "campaign_run", run.id, None, run.campaign, None, None, "", ""))


def _seq(occasion: str) -> int | None:
    kind, _, number = occasion.partition(":")
    return int(number) if kind == "seq" else None
