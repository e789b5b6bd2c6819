"""`crm journeys`: steps that people are led through."""

from __future__ import annotations

import click
from attrs import asdict

from crmkit import Conflict
from crmkit.plugin import (
    CommandState,
    OutputColumn,
    _,
    asks,
    lists,
    pass_state,
    phrase,
    shown_instant,
    shown_safely,
    shows,
    writes,
)
from crmkit.plugins.campaign.audiences.shown import reach_lines
from crmkit.plugins.campaign.files import JOURNEYS
from crmkit.plugins.campaign.journeys.files import named_well
from crmkit.plugins.campaign.journeys.journeys import Journeys
from crmkit.plugins.campaign.journeys.model import DRAFT, RUNNING, Intake, Journey, LetterReach, until
from crmkit.plugins.campaign.journeys.simulate_command import simulate
from crmkit.plugins.campaign.journeys.states import ACTIVE, FINISHED, GOAL, LEAVING, LEFT
from crmkit.plugins.campaign.journeys.why_command import why

_NEW = """\
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
"""


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
    file.write_text(_NEW, encoding="utf-8")
    state.output.receipt(
        f"Wrote {JOURNEYS}/{file.name}. Change it, then: crm journeys check {name}",
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
            OutputColumn("state", fixed=True),
            OutputColumn("version", right=True, fixed=True, shown=lambda number: number or ""),
            OutputColumn("active", "In it", right=True, fixed=True),
            OutputColumn("goal", "Goal", right=True, fixed=True),
            OutputColumn("finished", right=True, fixed=True),
            OutputColumn("left", right=True, fixed=True),
            OutputColumn("note"),
        ),
        [{**asdict(each), "note": _note(each)} for each in found],
        empty="No journeys yet. Make one: crm journeys new NAME",
    )


def _note(journey: Journey) -> str:
    if journey.fault:
        return f"! {journey.fault}"
    if journey.edited:
        return "! its file has changed since it was started"
    if journey.edited_steps:
        return f"! templates have changed since it was started: {', '.join(journey.edited_steps)}"
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
        empty="It has no steps.",
        footer=_hint(journey),
    )


def _headline(journey: Journey) -> str:
    said = f"{journey.name} is a draft" if journey.state == DRAFT else f"{journey.name}: {journey.state}"
    counts = (
        f"{journey.active:,} in it, {journey.goal:,} reached the goal, {journey.finished:,} came to the end"
    )
    told = "" if journey.state == DRAFT else f"; {counts}, {journey.left:,} left"
    return shown_safely(f"{said}{told}{f' · {journey.doc}' if journey.doc else ''}")


def _hint(journey: Journey) -> str:
    if journey.fault:
        return f"! {journey.fault}"
    if journey.state == DRAFT:
        return f"Try it: crm journeys simulate {journey.name}. Start it: crm journeys start {journey.name}"
    if journey.edited or journey.edited_steps:
        what = "file has" if journey.edited else "templates have"
        return f"! Its {what} changed. For whoever comes in next: crm journeys start {journey.name}"
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
        empty="The files of the journeys are right.",
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
        f"{name} runs, version {found.version}",
        undo=f"crm journeys stop {name}", reference=name, record=asdict(found),
    )  # fmt: skip


def _taken_in(intake: Intake) -> list[str]:
    if intake.people is None:
        return [f"{intake.name}: people come in when it happens; nobody now."]
    some = ", ".join(map(shown_safely, intake.sample))
    more = " and others" if intake.people > len(intake.sample) else ""
    return [f"{intake.name} takes in {intake.people:,} people now{f': {some}{more}' if some else ''}."]


def _reached(found: LetterReach | None) -> list[str]:
    if found is None:
        return []
    head = f'Of them, the first letter, at "{found.step}", would reach as things stand now:'
    leave = [each.gate for each in found.reach.losses if each.gate in LEAVING]
    last = [f"Whom {' or '.join(leave)} leaves out leaves the journey there."] if leave else []
    return [head, *map(shown_safely, reach_lines(found.reach, "Come in")), *last]


def _question(intake: Intake) -> str:
    return f"Start {intake.name}?" if intake.people is None else f"Take in {intake.people:,} people?"


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
        inside = service.get(name).active
        state.confirm(f"Have {inside:,} people leave {name}? What waits to be sent to them is cancelled.")
    found = service.stop(name, now=now)
    rest = f"; {found.active:,} are still in it" if found.active else ""
    state.output.receipt(
        f"{name} is stopped{rest}",
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
            OutputColumn("state", fixed=True),
            OutputColumn("step", fixed=True),
            OutputColumn("arrived_at", "Since", fixed=True, shown=lambda at: shown_instant(crm, at)),
            OutputColumn("due_at", "Until", fixed=True, shown=lambda at: shown_instant(crm, at)),
            OutputColumn("why"),
        ),
        [{**asdict(each), "due_at": until(each)} for each in found],
        empty=_("Nobody is in it. People come in while the worker runs: crm worker")
        if wanted == ACTIVE and step is None and service.get(name).state == RUNNING
        else _("Nobody."),
    )
