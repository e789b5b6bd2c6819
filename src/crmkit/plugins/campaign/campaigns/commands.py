"""`crm campaigns`: made, counted, tested, sent, held, stopped, explained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click
from attrs import asdict

from crmkit import Invalid
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
    shown_instant,
    shown_safely,
    shows,
    translated,
    writes,
    written_reason,
)
from crmkit.plugins.campaign.audiences.audiences import Audiences
from crmkit.plugins.campaign.audiences.model import Audience, Reach
from crmkit.plugins.campaign.audiences.shown import reach_lines
from crmkit.plugins.campaign.campaigns.campaigns import Campaigns
from crmkit.plugins.campaign.campaigns.file import ONCE, RECURRING, TRIGGERED, campaign_file
from crmkit.plugins.campaign.campaigns.findings import file_findings
from crmkit.plugins.campaign.campaigns.model import CANCELLED, DONE, HELD, Campaign, Counts, Run, Why
from crmkit.plugins.campaign.campaigns.reasons import REASONS
from crmkit.plugins.campaign.counted import counted

_PARTS: Final = ("sent", "failed", "unconfirmed", "skipped", "withheld", "waiting")
_NUMBERS: Final = (
    OutputColumn("audience", right=True, fixed=True, sparse=True),
    OutputColumn("sent", right=True, fixed=True, sparse=True),
    OutputColumn("failed", right=True, fixed=True, sparse=True),
    OutputColumn("unconfirmed", right=True, fixed=True, sparse=True),
    OutputColumn("skipped", right=True, fixed=True, sparse=True),
    OutputColumn("withheld", right=True, fixed=True, sparse=True),
    OutputColumn("waiting", right=True, fixed=True, sparse=True),
)
# What somebody is asked who sends one, by its kind.
_TYPE: Final = {
    ONCE: N_("Type {count} to send it to them"),
    RECURRING: N_("Type {count} to send it to them now"),
    TRIGGERED: N_("Type {count} to send it to them if it happened to them now"),
}
_MARKS: Final = {"passed": "✓", "decided": "✗", "not asked": "·"}


@click.command("list")
@lists
@pass_state
def list_(state: CommandState) -> None:
    """List the campaigns: how each stands, and what has become of its audience."""
    crm = state.crm
    rows = [_row(each, is_live=not crm.rehearsal.is_on) for each in crm.service(Campaigns).list()]
    state.output.rows(
        (
            OutputColumn("name", "Campaign", style="bold", fixed=True),
            OutputColumn("state", fixed=True, shown=translated),
            OutputColumn("when", wrap=True),
            *_NUMBERS,
            OutputColumn("note", wrap=True),
        ),
        rows,
        empty=N_("No campaigns yet. Make one: crm campaigns new NAME"),
    )


@click.command("show")
@click.argument("name", metavar="CAMPAIGN")
@shows
@pass_state
def show(state: CommandState, name: str) -> None:
    """Show one CAMPAIGN: whom it is for, when, and what has become of each run."""
    service = state.crm.service(Campaigns)
    found = service.get(name)
    runs = service.runs(name)
    if state.output.is_json:
        state.output.json(
            _row(found) | {"runs": [asdict(run) | {"counts": asdict(counts)} for run, counts in runs]}
        )
        return
    for line in _shown(found):
        state.output.data(shown_safely(line))
    for run, counts in runs:
        state.output.data(shown_safely(_told_of_run(state, run)))
        state.output.data(f"  {_equation(counts)}")
        for reason, count in counts.skipped_for.items():
            said = {"count": number(count), "reason": shown_safely(written_reason(reason, REASONS))}
            state.output.data("    " + _("skipped {count}: {reason}", **said))


@click.command("new")
@click.argument("name", metavar="CAMPAIGN")
@click.option(
    "--template", default="", metavar="NAME", help="What it sends; the campaign's name, if not given."
)
@writes
@pass_state
def new(state: CommandState, name: str, template: str) -> None:
    """Make a file campaigns/CAMPAIGN.toml to begin with."""
    file = state.crm.service(Campaigns).new(name, template)
    shown = file.relative_to(state.crm.config.directory)
    state.output.receipt(
        _(
            "Wrote {file}. Next: write what it sends and for whom, then {command}",
            file=shown, command=f"crm campaigns count {name}",
        ),
        reference=shown, record={"campaign": name, "file": str(file)},
    )  # fmt: skip


@click.command("check")
@lists
@pass_state
def check(state: CommandState) -> None:
    """Check the campaigns' files: what is wrong, with file and line."""
    found = list(file_findings(state.crm))
    state.output.rows(
        (
            OutputColumn("level", fixed=True, shown=translated),
            OutputColumn("message", wrap=True),
            OutputColumn("hint", wrap=True),
        ),
        [asdict(each) for each in found],
        empty=N_("All campaigns can be sent."),
    )
    if any(each.level == "error" for each in found):
        raise click.exceptions.Exit(5)


@click.command("count")
@click.argument("name", metavar="[CAMPAIGN]", required=False)
@click.option("--who", default="", metavar="CONDITION", help="An audience without a campaign.")
@click.option("--segment", default="", metavar="NAME", help="The same by a segment.")
@click.option("--view", default="", metavar="NAME", help="The same by a saved view.")
@click.option("--list", "list_name", default="", metavar="NAME", help="The same by a list kept by hand.")
@click.option("--with", "other", metavar="CAMPAIGN", help="What it has in common with that one's audience.")
@click.option("--sample", type=click.IntRange(1, 1_000), metavar="N", help="Show N of them, by chance.")
@shows
@pass_state
def count(
    state: CommandState,
    name: str | None,
    who: str,
    segment: str,
    view: str,
    list_name: str,
    other: str | None,
    sample: int | None,
) -> None:
    """Count whom CAMPAIGN would reach now, and whom each gate would leave out. Nothing is sent or kept."""
    crm, audiences = state.crm, Audiences(state.crm)
    own = Audience(who=who, segment=segment, view=view, list=list_name)
    if (name is None) == (not own.said):
        raise click.UsageError("Name a campaign, or one of --who, --segment, --view and --list.")
    file = campaign_file(crm, name).required() if name else None
    audience = file.audience if file else own
    said: dict[str, Any] = {"campaign": name, "audience": str(audience)}
    if name is not None:
        reach = crm.service(Campaigns).count(name)
        said |= asdict(reach)
    else:
        reach = None
        said["count"] = audiences.count(audience)
    if other is not None:
        said["overlap"] = asdict(audiences.overlap(audience, campaign_file(crm, other).required().audience))
    if sample is not None:
        said["sample"] = [{"id": one.id, "name": one.name} for one in audiences.sample(audience, sample)]
    if state.output.is_json:
        state.output.json(said)
        return
    lines = reach_lines(reach) if reach is not None else [f"{_('Audience')}  {number(said['count'])}"]
    for line in (*lines, *_more(said, name or str(audience), other)):
        state.output.data(shown_safely(line))


@click.command("test")
@click.argument("name", metavar="CAMPAIGN")
@click.option(
    "--to",
    "employee",
    metavar="EMPLOYEE",
    required=True,
    help="Who works here: name, number or e-mail address.",
)
@click.option(
    "--as", "customer", metavar="CUSTOMER", help="Whose name and fields to use, not a made-up one's."
)
@writes
@pass_state
def test(state: CommandState, name: str, employee: str, customer: str | None) -> None:
    """Send CAMPAIGN's message to a colleague as a test, each variant once. No customer gets one."""
    sent = state.crm.service(Campaigns).test(name, employee, customer=customer)
    first = sent[0]
    to, subjects = first.message.to, ", ".join(f'"{each.message.subject}"' for each in sent)
    if first.file is not None:
        told = ngettext(
            "Rehearsed {count} test message to {to}: {subjects}",
            "Rehearsed {count} test messages to {to}: {subjects}",
            len(sent), to=to, subjects=subjects,
        )  # fmt: skip
    else:
        told = ngettext(
            "Sent {count} test message to {to}: {subjects}", "Sent {count} test messages to {to}: {subjects}",
            len(sent), to=to, subjects=subjects,
        )  # fmt: skip
    state.output.receipt(
        told,
        record={
            "campaign": name, "to": first.message.to, "subjects": [each.message.subject for each in sent],
            "files": [str(each.file) for each in sent if each.file is not None],
        },
    )  # fmt: skip


@click.command("send")
@click.argument("name", metavar="CAMPAIGN")
@click.option(
    "--confirm", type=click.IntRange(0), metavar="N", help="How many it is to reach; else you are asked."
)
@click.option("--no-input", is_flag=True, help="Never ask; fail instead.")
@writes
@pass_state
def send(state: CommandState, name: str, confirm: int | None, no_input: bool) -> None:
    """Send CAMPAIGN: see whom it reaches, and type how many they are.

    Whom one that goes out once is for is fixed from then on. The worker sends it when it is due; one with run
    or on goes out from now on, until it is cancelled.
    """
    service = state.crm.service(Campaigns)
    if confirm is None:
        reach = service.count(name)
        for line in reach_lines(reach):
            state.output.say(shown_safely(line))
        confirm = _typed(state, name, reach, no_input=no_input)
    found = service.send(name, confirm=confirm)
    assert found.run is not None
    state.output.receipt(
        _(
            "{name} is {state} (run {run}): {goes}",
            name=name, state=translated(found.state), run=found.run.number, goes=_goes(found),
        ),
        undo=f"crm campaigns cancel {name}", reference=found.run.number, record=_row(found),
    )  # fmt: skip


@click.command("pause")
@click.argument("name", metavar="CAMPAIGN")
@writes
@pass_state
def pause(state: CommandState, name: str) -> None:
    """Send nothing more of CAMPAIGN until it is resumed."""
    paused = state.crm.service(Campaigns).pause(name)
    _close(state, paused, N_("Paused {name}: {counts}"), undo=f"crm campaigns resume {name}")


@click.command("resume")
@click.argument("name", metavar="CAMPAIGN")
@click.option(
    "--confirm", type=click.IntRange(0), metavar="N", help="How many to let through, of one that is held."
)
@writes
@pass_state
def resume(state: CommandState, name: str, confirm: int | None) -> None:
    """Go on with CAMPAIGN after a pause, or let through what is held for being too many."""
    service = state.crm.service(Campaigns)
    resumed = service.resume(name, confirm=confirm)
    _close(state, resumed, N_("Resumed {name}: {counts}"), undo=f"crm campaigns pause {name}")


@click.command("cancel")
@click.argument("name", metavar="CAMPAIGN")
@asks
@writes
@pass_state
def cancel(state: CommandState, name: str) -> None:
    """Send nothing more of CAMPAIGN, for good. What is on its way at this moment may arrive."""
    service = state.crm.service(Campaigns)
    found = service.get(name)
    if found.run is not None and found.state not in (DONE, CANCELLED):
        waiting = number(found.counts.waiting)
        state.confirm(_("{count} still wait for {name}. Cancel it for good?", count=waiting, name=name))
    _close(state, service.cancel(name), N_("Cancelled {name}: {counts}"))


@click.command("why")
@click.argument("name", metavar="CAMPAIGN")
@click.argument("customer", metavar="CUSTOMER")
@shows
@pass_state
def why(state: CommandState, name: str, customer: str) -> None:
    """Show why CUSTOMER gets CAMPAIGN or does not: every gate in its order, and the one that decided."""
    found = state.crm.service(Campaigns).why(name, customer)
    if state.output.is_json:
        state.output.json(asdict(found))
        return
    who = state.crm.customers.summaries([found.customer_id])[0].name
    for line in _why_lines(state, found, who):
        state.output.data(shown_safely(line))


COMMANDS: Final = (list_, show, new, check, count, test, send, pause, resume, cancel, why)


def _note(found: Campaign, *, is_live: bool) -> str:
    """What its numbers do not say: above all what somebody has to do about it."""
    run = found.run
    if run is None:
        return _("cannot be read: crm check") if found.file is None else ""
    if found.is_changed:
        return _("the file is another than was confirmed")
    if run.state == HELD:
        return written_reason(run.held, REASONS)
    return _("only rehearsed: nobody was written to") if is_live and run.rehearsed else ""


def _row(found: Campaign, *, is_live: bool = False) -> dict[str, Any]:
    file, run = found.file, found.run
    return {
        "name": found.name, "state": found.state, "kind": file.kind if file else run.kind if run else None,
        "when": file.timing() if file else "", "audience": found.counts.audience,
        **{part: getattr(found.counts, part) for part in _PARTS},
        "run": run.number if run else None, "rehearsed": run.rehearsed if run else None,
        "note": _note(found, is_live=is_live), "doc": file.doc if file else "",
    }  # fmt: skip


def _shown(found: Campaign) -> Iterator[str]:
    file = found.file
    yield f"{(file and file.name) or found.name}: {translated(found.state)}"
    if file is not None:
        yield from filter(None, (file.doc,))
        whom = str(file.audience) if file.has_audience else _("everybody to whom it happens")
        yield _("When: {when}", when=file.timing())
        yield _("For:  {whom}", whom=whom)
    if found.run is not None and found.run.state == HELD:
        command = f"crm campaigns resume {found.name} --confirm N"
        reason = written_reason(found.run.held, REASONS)
        yield _("Held: {reason}. Let them through: {command}", reason=reason, command=command)
    if found.is_changed:
        yield _("The file is another than was confirmed; the run goes on with what was.")


def _told_of_run(state: CommandState, run: Run) -> str:
    said = {
        "run": run.number, "state": translated(run.state), "by": run.confirmed_by,
        "at": shown_instant(state.crm, run.confirmed_at),
    }  # fmt: skip
    if run.rehearsed:
        return _("Run {run} ({state}, rehearsed), confirmed {at} by {by}", **said)
    return _("Run {run} ({state}), confirmed {at} by {by}", **said)


def _equation(counts: Counts) -> str:
    parts = " + ".join(counted(part, getattr(counts, part)) for part in _PARTS)
    return f"{parts} = {number(counts.audience)}"


def _more(said: dict[str, Any], first: str, other: str | None) -> Iterator[str]:
    if "overlap" in said:
        each = said["overlap"]
        yield _("In both: {count}", count=number(each["both"]))
        yield _("Only in {audience}: {count}", audience=first, count=number(each["first"]))
        yield _("Only in {audience}: {count}", audience=other, count=number(each["second"]))
    for one in said.get("sample", ()):
        yield f"  {one['id']}  {one['name']}"


def _typed(state: CommandState, name: str, reach: Reach, *, no_input: bool) -> int:
    """The number that somebody types. Raises `UsageError` where nobody is there to."""
    import sys

    if no_input or state.no_input or not sys.stdin.isatty():
        raise click.UsageError(
            phrase(
                "{name} would reach {reached:,}.\nAdd --confirm {reached} to send it.",
                name=name,
                reached=reach.reached,
            )
        )
    file = campaign_file(state.crm, name).required()
    asked = _(_TYPE[file.kind], count=number(reach.reached))
    answer = str(click.prompt(asked, default="", show_default=False, err=True)).strip()
    answer = "".join(answer.replace(",", "").split())
    if not answer.isdecimal():
        raise Invalid(
            phrase('"{text}" is not the number', text=shown_safely(answer)),
            hint="Nothing was sent.",
        )
    return int(answer)


def _goes(found: Campaign) -> str:
    if found.run is not None and found.run.kind != ONCE:
        when = found.file.timing() if found.file else ""
        return _("it goes out {when} until you cancel it", when=when)
    when = found.file.timing() if found.file and found.file.at else _("with the worker's next pass")
    said = {"count": number(found.counts.audience), "when": when}
    if found.run and found.run.rehearsed:
        return _(
            "its audience of {count} is fixed, it goes out {when}, to files: the business rehearses", **said
        )
    return _("its audience of {count} is fixed, it goes out {when}", **said)


def _close(state: CommandState, found: Campaign, done: str, undo: str = "") -> None:
    said = _(done, name=found.name, counts=_equation(found.counts))
    state.output.receipt(said, undo=undo, reference=found.name, record=_row(found))


def _why_lines(state: CommandState, found: Why, who: str) -> Iterator[str]:
    since = f" ({shown_instant(state.crm, found.at)})" if found.at else ""
    reason = f": {written_reason(found.reason, REASONS)}" if found.reason else ""
    stands = f"{translated(found.state)}{since}{reason}"
    said = {"customer": who, "campaign": found.campaign, "run": found.run, "stands": stands}
    if found.run:
        yield _("{customer} and {campaign}, run {run}: {stands}", **said)
    else:
        yield _("{customer} and {campaign}: {stands}", **said)
    if found.arm:
        yield _("Group: {group}", group=found.arm)
    if found.is_now:
        yield _("The gates, asked at this moment:")
    for each in found.gates:
        why_ = f"  {written_reason(each.reason, REASONS)}" if each.answer == "decided" and each.reason else ""
        yield f"  {_MARKS[each.answer]} {translated(each.gate)}: {translated(each.answer)}{why_}"
