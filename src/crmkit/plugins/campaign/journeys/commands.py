"""`crm journeys`: steps that people are led through."""

from __future__ import annotations

from typing import Any

import click
from attrs import asdict

from crmkit import Conflict
from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    asks,
    lists,
    ngettext,
    number,
    pass_state,
    phrase,
    shown,
    shown_instant,
    shown_safely,
    shows,
    translated,
    writes,
)
from crmkit.plugins.campaign.audiences.shown import reach_lines
from crmkit.plugins.campaign.files import JOURNEYS
from crmkit.plugins.campaign.journeys.files import named_well
from crmkit.plugins.campaign.journeys.journeys import Journeys
from crmkit.plugins.campaign.journeys.model import DRAFT, RUNNING, Intake, Journey, LetterReach, until
from crmkit.plugins.campaign.journeys.reasons import written_why
from crmkit.plugins.campaign.journeys.simulate_command import simulate
from crmkit.plugins.campaign.journeys.states import ACTIVE, FINISHED, GOAL, LEAVING, LEFT
from crmkit.plugins.campaign.journeys.why_command import why

_NEW = N_("""\
# A journey: who comes in, what happens step by step, and what ends it.
doc = "What it is for"
who = "days_since(purchase) > 90"
run = "daily at 09:00"
goal = "count(purchase, last 30 days) > 0"
re_enter = "after 180 days"

[[steps]]
id = "call"
tag = "to-call"

[[steps]]
id = "time-to-think"
wait = "7 days"

[[steps]]
id = "last-word"
note = "{{ customer.name }} has not come back"
""")


@click.group()
def journeys() -> None:
    """Journeys: steps that people are led through."""


journeys.add_command(simulate)
journeys.add_command(why)


@journeys.command("new")
@click.argument("name")
@writes
@pass_state
def new(state: CommandState, name: str) -> None:
    """Write a file for a journey NAME, to be changed."""
    file = state.crm.config.directory / JOURNEYS / f"{named_well(name)}.toml"
    if file.exists():
        raise Conflict(
            phrase("{journeys}/{file} is there already", journeys=JOURNEYS, file=file.name),
            hint=phrase("See it: crm journeys show {name}", name=name),
        )
    file.parent.mkdir(exist_ok=True)
    file.write_text(_(_NEW), encoding="utf-8")
    state.output.receipt(
        _(
            "Wrote {file}. Change it, then: {command}",
            file=f"{JOURNEYS}/{file.name}", command=f"crm journeys check {name}",
        ),
        reference=f"{JOURNEYS}/{file.name}", record={"file": f"{JOURNEYS}/{file.name}"},
    )  # fmt: skip


@journeys.command("list")
@lists
@pass_state
def list_journeys(state: CommandState) -> None:
    """List the journeys: which run, and how many people are in them or have left, and how."""
    crm = state.crm
    found = crm.service(Journeys).list()
    state.output.rows(
        (
            OutputColumn("name", "Journey", style="bold", fixed=True),
            OutputColumn("state", fixed=True, shown=translated),
            OutputColumn("version", right=True, fixed=True, shown=lambda number: number or ""),
            OutputColumn("active", "In it", right=True, fixed=True),
            OutputColumn("goal", "Goal", right=True, fixed=True),
            OutputColumn("finished", right=True, fixed=True),
            OutputColumn("left", right=True, fixed=True),
            OutputColumn("note", wrap=True),
        ),
        [{**asdict(each), "note": _note(each)} for each in found],
        empty=N_("No journeys yet. Make one: crm journeys new NAME"),
    )


def _note(journey: Journey) -> str:
    if journey.fault:
        return f"! {shown(journey.fault)}"
    if journey.edited:
        return "! " + _("its file has changed since it was started")
    if journey.edited_steps:
        steps = ", ".join(journey.edited_steps)
        return "! " + _("templates have changed since it was started: {steps}", steps=steps)
    return journey.doc


@journeys.command("show")
@click.argument("name")
@shows
@pass_state
def show(state: CommandState, name: str) -> None:
    """Show the steps of a journey, and how many people are at each."""
    service = state.crm.service(Journeys)
    journey, steps = service.get(name), service.steps(name)
    if state.output.is_json:
        state.output.json({**asdict(journey), "steps": [asdict(each) for each in steps]})
        return
    state.output.data(_headline(journey))
    versions = {each.version for each in steps}
    state.output.rows(
        (
            *((OutputColumn("version", right=True, fixed=True),) if len(versions) > 1 else ()),
            OutputColumn("id", "Step", style="bold", fixed=True),
            OutputColumn("does", wrap=True),
            OutputColumn("leads", "Then", wrap=True),
            OutputColumn("people", right=True, fixed=True),
        ),
        [asdict(each) for each in steps],
        empty=N_("It has no steps."),
        footer=_hint(journey),
    )


def _headline(journey: Journey) -> str:
    if journey.state == DRAFT:
        said = _("{name} is a draft", name=journey.name)
    else:
        said = _(
            "{name}: {state}; {active} in it, {goal} reached the goal, {finished} came to the end, "
            "{left} left",
            name=journey.name, state=translated(journey.state), active=number(journey.active),
            goal=number(journey.goal), finished=number(journey.finished), left=number(journey.left),
        )  # fmt: skip
    return shown_safely(f"{said}{f' · {journey.doc}' if journey.doc else ''}")


def _hint(journey: Journey) -> str:
    if journey.fault:
        return f"! {shown(journey.fault)}"
    name = journey.name
    if journey.state == DRAFT:
        return _("Try it: crm journeys simulate {name}. Start it: crm journeys start {name}", name=name)
    start_it = f"crm journeys start {name}"
    if journey.edited:
        return "! " + _("Its file has changed. For whoever comes in next: {command}", command=start_it)
    if journey.edited_steps:
        return "! " + _("Its templates have changed. For whoever comes in next: {command}", command=start_it)
    return ""


@journeys.command("check")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@lists
@pass_state
def check(state: CommandState, names: tuple[str, ...]) -> None:
    """Check the files of journeys, all of them or those named; exits with 6 when something is wrong."""
    found = state.crm.service(Journeys).check(*names)
    state.output.rows(
        (OutputColumn("message", "What is wrong", wrap=True), OutputColumn("hint", "What to do", wrap=True)),
        [asdict(each) for each in found],
        empty=N_("The files of the journeys are right."),
    )
    if found:
        click.get_current_context().exit(6)


@journeys.command("start")
@click.argument("name")
@click.option("--confirm", "expected", type=click.IntRange(0), metavar="N", help="Go ahead if N come in now.")
@asks
@writes
@pass_state
def start(state: CommandState, name: str, expected: int | None) -> None:
    """Have a journey run as its file says, after showing whom it takes in now.

    Whoever is in it keeps the version with which they began.
    """
    service = state.crm.service(Journeys)
    intake = service.intake(name)
    if expected is None:
        for line in (*_taken_in(intake), *_reached(service.reach(name))):
            state.output.say(line)
        state.confirm(_question(intake))
        expected = intake.people
    found = service.start(name, expected=expected)
    state.output.receipt(
        _("{name} runs, version {version}", name=name, version=found.version),
        undo=f"crm journeys stop {name}", reference=name, record=asdict(found),
    )  # fmt: skip


def _taken_in(intake: Intake) -> list[str]:
    if intake.people is None:
        return [_("{name}: people come in when it happens; nobody now.", name=intake.name)]
    said: dict[str, Any] = {"name": intake.name, "people": ", ".join(map(shown_safely, intake.sample))}
    if not intake.sample:
        return [_("{name} takes in 0 people now.", **said)]
    if intake.people > len(intake.sample):
        return [ngettext("{name} takes in {count} person now: {people} and others.",
                         "{name} takes in {count} people now: {people} and others.",
                         intake.people, **said)]  # fmt: skip
    return [ngettext("{name} takes in {count} person now: {people}.",
                     "{name} takes in {count} people now: {people}.", intake.people, **said)]  # fmt: skip


def _reached(found: LetterReach | None) -> list[str]:
    if found is None:
        return []
    head = _('Of them, the first letter, at "{step}", would reach as things stand now:', step=found.step)
    leave = _(" or ").join(translated(each.gate) for each in found.reach.losses if each.gate in LEAVING)
    last = [_("Whom {gates} leaves out leaves the journey there.", gates=leave)] if leave else []
    return [head, *map(shown_safely, reach_lines(found.reach, _("Come in"))), *last]


def _question(intake: Intake) -> str:
    if intake.people is None:
        return _("Start {name}?", name=intake.name)
    return ngettext("Take in {count} person?", "Take in {count} people?", intake.people)


@journeys.command("stop")
@click.argument("name")
@click.option("--now", is_flag=True, help="Have everybody leave who is in it.")
@asks
@writes
@pass_state
def stop(state: CommandState, name: str, *, now: bool) -> None:
    """Have nobody come into a journey any more; who is in it goes on to its end."""
    service = state.crm.service(Journeys)
    if now:
        state.confirm(
            ngettext(
                "Have {count} person leave {name}? What waits to be sent to them is cancelled.",
                "Have {count} people leave {name}? What waits to be sent to them is cancelled.",
                service.get(name).active, name=name,
            )
        )  # fmt: skip
    found = service.stop(name, now=now)
    stopped = _("{name} is stopped", name=name)
    if found.active:
        stopped = ngettext("{name} is stopped; {count} is still in it",
                           "{name} is stopped; {count} are still in it", found.active, name=name)  # fmt: skip
    state.output.receipt(
        stopped,
        undo="" if now else f"crm journeys start {name}", reference=name, record=asdict(found),
    )  # fmt: skip


@journeys.command("people")
@click.argument("name")
@click.option(
    "--state", "wanted", default=ACTIVE, show_default=True,
    type=click.Choice((ACTIVE, GOAL, FINISHED, LEFT, "all")), help="What became of them.",
)  # fmt: skip
@click.option("--step", metavar="STEP", help="Only those at this step.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="So many.")
@lists
@pass_state
def people(state: CommandState, name: str, wanted: str, step: str | None, limit: int) -> None:
    """List who is in a journey, at which step and until when."""
    crm, service = state.crm, state.crm.service(Journeys)
    found = service.people(name, state=None if wanted == "all" else wanted, step=step, limit=limit)
    state.output.rows(
        (
            OutputColumn("customer_id", "Id", right=True, fixed=True),
            OutputColumn("customer", style="bold"),
            OutputColumn("version", right=True, fixed=True),
            OutputColumn("state", fixed=True, shown=translated),
            OutputColumn("step", fixed=True),
            OutputColumn("arrived_at", "Since", fixed=True, shown=lambda at: shown_instant(crm, at)),
            OutputColumn("due_at", "Until", fixed=True, shown=lambda at: shown_instant(crm, at)),
            OutputColumn("why", shown=written_why),
        ),
        [{**asdict(each), "due_at": until(each)} for each in found],
        empty=_("Nobody is in it. People come in while the worker runs: crm worker")
        if wanted == ACTIVE and step is None and service.get(name).state == RUNNING
        else _("Nobody."),
    )
