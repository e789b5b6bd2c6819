"""`crm effects`: what was done for whom, what is due, what failed and what is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Noun
from crmkit.cli.options import asks, limited, lists, shows, writes
from crmkit.cli.prompts import confirm
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.cli.tables import padded, width
from crmkit.cli.terminal import safe
from crmkit.cli.values import shown_end, shown_instant, until
from crmkit.core.language import N_, _, ngettext, number, translated
from crmkit.core.phrase import phrase, shown
from crmkit.core.strategy.reasons import told
from crmkit.core.strategy.states import written_state

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.effects.holding import Hold
    from crmkit.core.model.strategy import Effect


def _shortly(of: str) -> str:
    """Where an effect is from, in a table: each sending has a long number of its own, which tells nobody
    anything."""
    from crmkit.core.ids import is_uid

    kind, _mark, key = of.partition(":")
    return kind if is_uid(key) else of


_LISTED = (
    Column("effect", right=True, fixed=True, style="bold"),
    Column("created_at", "Entered", fixed=True, shown=local_time),
    Column("customer", wrap=True),
    Column("of", "Of", shown=_shortly),
    Column("says", "What", wrap=True),
    Column("state", fixed=True),
    Column("reason", "Why", wrap=True),
)
_STATES = (
    "pending", "claimed", "handing_over", "done", "rehearsed", "failed", "unconfirmed", "skipped", "withheld",
    "undone",
)  # fmt: skip
_LINES = (
    (N_("what:"), "says"), (N_("for:"), "customer"), (N_("of:"), "of"), (N_("state:"), "state"),
    (N_("why:"), "reason"), (N_("entered:"), "created_at"), (N_("by:"), "actor"), (N_("due:"), "due_at"),
    (N_("handed over:"), "contact_at"), (N_("settled:"), "settled_at"), (N_("to:"), "recipient"),
    (N_("channel:"), "channel"), (N_("purpose:"), "purpose"), (N_("tries:"), "attempts"),
    (N_("result:"), "result"), (N_("plan:"), "plan"),
)  # fmt: skip
_ONE_IS = {
    "retry": N_("Effect {number} is due again"),
    "done": N_("Effect {number} is done now"),
    "failed": N_("Effect {number} is failed now"),
}
_MANY_ARE = {
    "retry": N_("{count} effects are due again"),
    "done": N_("{count} effects are done now"),
    "failed": N_("{count} effects are failed now"),
}
_INSTANTS = ("created_at", "due_at", "contact_at", "settled_at")


@click.group(cls=Noun)
def effects() -> None:
    """The ledger: what was done for whom, what is due, what failed and what is in doubt."""


@effects.command("list")
@click.option("--state", "states", type=click.Choice(_STATES), multiple=True, help="Only in this state.")
@click.option("--rule", metavar="RULE", help="Only of this rule.")
@click.option("--customer", metavar="REF", help="Only for this customer.")
@click.option("--plan", "number", metavar="PLAN", type=int, help="Only of this plan.")
@limited()
@click.option("--after", type=int, help="Go on where the last list ended.")
@lists
@pass_state
def list_(
    state: State,
    states: tuple[str, ...],
    rule: str | None,
    customer: str | None,
    number: int | None,
    limit: int,
    after: int | None,
) -> None:
    """List the effects, the newest first."""
    crm = state.crm
    found = crm.effects.list(
        state=states, rule=rule, customer=customer, plan=number, limit=limit + 1, after=after
    )
    last = found[limit - 1].number if len(found) > limit else None
    more = _("There are more; go on with: --after {cursor}", cursor=last) if last else ""
    names = _names(crm, found[:limit])
    state.output.rows(
        _LISTED,
        [_told(_record(crm, each, names)) for each in found[:limit]],
        empty=_("No such effects.")
        if after or states or rule or customer or number
        else N_("No effects yet."),
        footer=more,
    )
    for said in paused(crm):
        state.output.say(said)


@effects.command()
@click.argument("number", metavar="EFFECT", type=int)
@shows
@pass_state
def show(state: State, number: int) -> None:
    """Show one effect: what it is, how it is to reach whom, and what became of it."""
    crm = state.crm
    found = crm.effects.get(number)
    record = _record(crm, found, _names(crm, [found]))
    if state.output.is_json:
        state.output.json(record)
        return
    state.output.data(_("Effect {number}", number=number))
    record = _told(record)
    room = max(width(translated(label)) for label, _key in _LINES) + 1
    for label, key in _LINES:
        if record[key] not in (None, "", 0):
            value = local_time(record[key]) if key in _INSTANTS else record[key]
            state.output.data(safe(f"  {padded(translated(label), room)}{value}"))
    if hint := _next(found):
        state.output.say(f"\n{hint}")


@effects.command()
@click.argument("numbers", metavar="EFFECT...", type=int, nargs=-1, required=True)
@writes
@pass_state
def retry(state: State, numbers: tuple[int, ...]) -> None:
    """Have what has failed tried again, with 48 hours to succeed."""
    crm = state.crm
    with crm.transaction():
        found = [crm.effects.retry(number) for number in numbers]
    _receipt(state, found, "retry")
    state.output.say("  " + _("crm worker hands it over; at once: crm worker --once"))


@effects.command()
@click.argument("numbers", metavar="EFFECT...", type=int, nargs=-1, required=True)
@click.option(
    "--as",
    "answer",
    type=click.Choice(("done", "failed", "retry")),
    required=True,
    help="It has arrived, it has not, or it is to be tried again although it may have.",
)
@writes
@pass_state
def resolve(state: State, numbers: tuple[int, ...], answer: str) -> None:
    """Say what has become of what is unconfirmed."""
    crm = state.crm
    with crm.transaction():
        found = [crm.effects.resolve(number, answer) for number in numbers]
    _receipt(state, found, answer)


@effects.command()
@click.argument("channel", required=False)
@click.option("--rule", metavar="RULE", help="Only what this rule sends.")
@click.option(
    "--until",
    "until_",
    metavar="TIME",
    help="It goes on by itself after that: 2026-05-01 14:00; a day is meant as a whole.",
)
@writes
@pass_state
def pause(state: State, channel: str | None, rule: str | None, until_: str | None) -> None:
    """Hand nothing over for now: by CHANNEL, of a rule, or at all.

    What is on its way at this moment goes on; what is planned and due meanwhile waits.
    """
    crm = state.crm
    hold = crm.effects.pause(channel=channel, rule=rule, until=until(crm, until_))
    what, end = shown(hold.what), shown_end(crm, hold.until)
    done = _("Paused {what} until {until}", what=what, until=end) if end else _("Paused {what}", what=what)
    named = f" --rule {rule}" if rule else f" {channel}" if channel else ""
    state.output.receipt(
        done, undo=f"crm effects resume{named}", reference=hold.what,
        record={"paused": hold.what, "until": moment(crm, hold.until)},
    )  # fmt: skip


@effects.command()
@click.argument("channel", required=False)
@click.option("--rule", metavar="RULE", help="What this rule sends.")
@writes
@pass_state
def resume(state: State, channel: str | None, rule: str | None) -> None:
    """Let go on what was paused: say the same as when it was."""
    hold = state.crm.effects.resume(channel=channel, rule=rule)
    named = f" --rule {rule}" if rule else f" {channel}" if channel else ""
    state.output.receipt(
        _("Resumed {what}", what=shown(hold.what)), undo=f"crm effects pause{named}", reference=hold.what,
        record={"resumed": hold.what},
    )  # fmt: skip
    state.output.say("  " + _("crm worker hands over what is due; at once: crm worker --once"))


@effects.command()
@click.argument("what", metavar="[EFFECT|plan:N]...", nargs=-1)
@click.option("--rule", metavar="RULE", help="All that waits of this rule.")
@asks
@writes
@pass_state
def cancel(state: State, what: tuple[str, ...], rule: str | None) -> None:
    """Never hand over what still waits: single effects, all of a plan or of a rule. It is final."""
    crm = state.crm
    numbers, plan = _wanted(what)
    if plan is not None or rule is not None:
        question = _("Cancel all that waits of the rule {rule}? It cannot be taken back.", rule=rule)
        if plan is not None:
            question = _("Cancel all that waits of plan:{plan}? It cannot be taken back.", plan=plan)
        confirm(question, yes=state.yes, no_input=state.no_input)
    found = crm.effects.cancel(numbers, plan=plan, rule=rule)
    state.output.receipt(
        ngettext("{count} effect is cancelled", "{count} effects are cancelled", found.count),
        reference=found.count, record={"cancelled": found.count, "on_their_way": found.on_their_way},
    )  # fmt: skip
    if found.on_their_way:
        on_way = number(found.on_their_way)
        state.output.warn(
            "  " + _("{count} on the way at this moment may arrive all the same.", count=on_way)
        )


def _wanted(what: tuple[str, ...]) -> tuple[list[int], int | None]:
    """(effects, plan) that are named."""
    plans = [text.removeprefix("plan:") for text in what if text.startswith("plan:")]
    numbers = [text.removeprefix("effect:") for text in what if not text.startswith("plan:")]
    for text in (*plans, *numbers):
        if not (text.isascii() and text.isdecimal()):
            raise click.UsageError(phrase("{text} is neither the number of an effect nor plan:N.", text=text))
    if len(plans) > 1 or (plans and numbers):
        raise click.UsageError("One plan, or any number of effects.")
    return [int(text) for text in numbers], int(plans[0]) if plans else None


def _receipt(state: State, found: list[Effect], answer: str) -> None:
    """What effects are now, by what was answered: done, failed, or to be tried again (retry)."""
    one = len(found) == 1
    if one:
        said = _(_ONE_IS[answer], number=found[0].number)
    else:
        said = _(_MANY_ARE[answer], count=number(len(found)))
    record = {"effects": [{"effect": each.number, "state": each.state} for each in found]}
    state.output.receipt(said, reference=found[0].ref if one else "", record=record)


def paused(crm: Crm) -> list[str]:
    """A sentence for each that is paused, with the command that lets it go on."""
    return [_paused(crm, each) for each in crm.effects.paused()]


def _paused(crm: Crm, hold: Hold) -> str:
    named = {"all": "", "channel": f" {hold.name}", "rule": f" --rule {hold.name}"}[hold.kind]
    said = {
        "what": shown(hold.what), "actor": hold.actor, "since": shown_instant(crm, hold.at),
        "until": shown_end(crm, hold.until), "command": f"crm effects resume{named}",
    }  # fmt: skip
    if hold.until is None:
        return _("Paused: {what}, by {actor} since {since}. Let it go on: {command}", **said)
    return _("Paused: {what} until {until}, by {actor} since {since}. Let it go on: {command}", **said)


def _names(crm: Crm, found: Any) -> dict[int, str]:
    ids = {each.customer_id for each in found if each.customer_id is not None}
    return {each.id: each.name for each in crm.customers.summaries(sorted(ids))}


def _record(crm: Crm, effect: Effect, names: dict[int, str]) -> dict[str, Any]:
    id_ = effect.customer_id
    return {
        "effect": effect.number, "created_at": moment(crm, effect.created_at), "customer_id": id_,
        "customer": names.get(id_, "") if id_ is not None else _("(erased)"),
        "of": effect.rule or effect.origin, "origin": effect.origin, "step": effect.step,
        "occasion": effect.occasion, "plan": effect.plan, "action": effect.action,
        "params": dict(effect.params), "says": effect.says,
        "arm": effect.arm,
        "state": effect.state,
        "reason": effect.reason, "result": effect.result, "channel": effect.channel,
        "purpose": effect.purpose, "recipient": effect.recipient,
        "contact_at": moment(crm, effect.contact_at), "due_at": moment(crm, effect.due_at),
        "settled_at": moment(crm, effect.settled_at), "attempts": effect.attempts,
        "rehearsed": effect.rehearsed, "actor": effect.actor,
    }  # fmt: skip


def _told(record: dict[str, Any]) -> dict[str, Any]:
    """As `_record`, with the state in a person's words, and the reason in their language."""
    is_rehearsal = record["rehearsed"] and record["state"] == "done"
    state = written_state("rehearsed" if is_rehearsal else record["state"])
    return {**record, "state": state, "reason": told(record["reason"]) or None}


def _next(effect: Effect) -> str:
    """What a person can do about it."""
    if effect.state == "failed" and effect.attempts:
        return _("Try it again: crm effects retry {number}", number=effect.number)
    if effect.state == "unconfirmed":
        return _(
            "Look whether it has arrived, then say so: crm effects resolve {number} --as done\n"
            "It has not: --as failed, or --as retry to send it once more.",
            number=effect.number,
        )
    return ""
