"""`crm inbox`: conversations that wait for an answer."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

import click

from crmkit.plugin import (
    N_,
    CommandState,
    _,
    lists,
    pass_state,
    phrase,
    rehearses,
    shown_instant,
    shows,
    translated,
    writes,
    written_reason,
)

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.inbox.answering import Answered, Answering
    from crmkit.plugins.collaborative.inbox.conversations import Conversations
    from crmkit.plugins.collaborative.inbox.model import Conversation
    from crmkit.plugins.collaborative.inbox.onlookers import Onlookers

_AHEAD = re.compile(r"\+([0-9]{1,4})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}
_CONVERSATION = click.argument("conversation", metavar="CONVERSATION", type=int)


@click.group(invoke_without_command=True)
@click.option("--mine", "whose", flag_value="mine", help="Only your own.")
@click.option("--unassigned", "whose", flag_value="unassigned", help="Only those that are nobody's.")
@click.option("--all", "whose", flag_value="all", help="Everybody's.")
@click.option("--team", help="Only those of a team.")
@click.option(
    "--state",
    type=click.Choice(["open", "waiting", "closed", "snoozed"]),
    default="open",
    show_default=True,
    help="Only those that wait for us, for the customer, are closed, or are put off.",
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many.")
@click.option("--after", metavar="CURSOR", help="Go on where the last list ended.")
@lists
@click.pass_context
def inbox(
    context: click.Context, *, whose: str | None, team: str | None, state: str, limit: int, after: str | None
) -> None:
    """Conversations that wait for an answer, whoever has waited longest first.

    Without an option: your own, those of your teams, and nobody's.
    """
    if context.invoked_subcommand is not None:
        return
    from crmkit.plugins.collaborative.inbox.conversations import Conversations
    from crmkit.plugins.collaborative.inbox.rows import COLUMNS, REHEARSING, conversation_rows

    run: CommandState = context.find_object(CommandState)  # type: ignore[assignment]
    crm = run.crm
    if whose == "mine" and crm.actor.id is None:
        raise click.UsageError("--mine needs somebody: crm --as EMPLOYEE inbox --mine")
    page = crm.service(Conversations).list(
        whose or ("all" if team or crm.actor.id is None else "usual"), team=team, state=state, limit=limit,
        cursor=after,
    )  # fmt: skip
    footer = [translated(REHEARSING)] if page.conversations and crm.rehearsal.is_on else []
    footer += (
        [_("There are more; go on with: --after {cursor}", cursor=page.next_cursor)]
        if page.next_cursor
        else []
    )
    run.output.rows(
        COLUMNS, conversation_rows(page.conversations, crm),
        empty=_("Nobody waits for an answer.")
        if state == "open"
        else _("No conversation is {state}.", state=translated(state)),
        footer="\n".join(footer),
    )  # fmt: skip


@inbox.command("show")
@_CONVERSATION
@shows
@pass_state
def show(state: CommandState, conversation: int) -> None:
    """Show what was said, the newest last. Your colleagues see that you look at it."""
    from crmkit.plugins.collaborative.inbox.rows import conversation_rows, message_rows, shown_conversation

    crm = state.crm
    service = _conversations(state)
    found, thread = service.get(conversation), service.thread(conversation)
    onlookers = _onlookers(state)
    others = onlookers.others(conversation)
    if crm.actor.id is not None:
        onlookers.look(found)
    row, messages = conversation_rows([found], crm)[0], message_rows(thread, crm)
    if state.output.is_json:
        looking = [
            {"employee": each.name, "at": each.at, "is_answering": each.is_answering} for each in others
        ]
        state.output.json(row | {"messages": messages, "looking": looking})
        return
    for line in shown_conversation(row, messages, others, crm):
        state.output.data(line)


@inbox.command("take")
@_CONVERSATION
@writes
@pass_state
def take(state: CommandState, conversation: int) -> None:
    """It is yours from now on."""
    service = _conversations(state)
    before = service.get(conversation)
    _receipt(
        state,
        _("Conversation {n} with {customer} is yours"),
        service.take(conversation),
        _back(state, before),
    )


@inbox.command("assign")
@_CONVERSATION
@click.option("--to", "employee", metavar="EMPLOYEE", help="Who answers it.")
@click.option("--team", help="The team whose it is.")
@click.option("--nobody", is_flag=True, help="Take it from whoever has it.")
@writes
@pass_state
def assign(
    state: CommandState, conversation: int, employee: str | None, team: str | None, *, nobody: bool
) -> None:
    """Give it to somebody, or to a team."""
    if not (employee or team or nobody) or (employee and nobody):
        raise click.UsageError("Say --to EMPLOYEE, --team TEAM or --nobody.")
    service = _conversations(state)
    before = service.get(conversation)
    kept = before.employee_id if employee is None and not nobody else None
    found = service.assign(conversation, employee or kept, team=team)
    names = {each.id: each.name for each in state.crm.people.list()}
    who = names.get(found.employee_id or 0, _("nobody"))
    whose = _("{employee} of {team}", employee=who, team=found.team) if found.team else who
    done = _("Conversation {n} with {customer} is with {whose}")
    _receipt(state, done, found, _back(state, before), whose=whose)


@inbox.command("snooze")
@_CONVERSATION
@click.argument("when")
@writes
@pass_state
def snooze(state: CommandState, conversation: int, when: str) -> None:
    """Put it off; it is back at WHEN, or as soon as the customer writes.

    WHEN is such as "2026-05-06 09:00", tomorrow, +3h or +2d.
    """
    crm = state.crm
    found = _conversations(state).snooze(conversation, _instant(crm, when))
    until = shown_instant(crm, found.snoozed_until)
    done = _("Conversation {n} with {customer} is put off until {until}")
    _receipt(state, done, found, f"crm inbox reopen {conversation}", until=until)


@inbox.command("close")
@_CONVERSATION
@writes
@pass_state
def close(state: CommandState, conversation: int) -> None:
    """It is over, until the customer writes again."""
    found = _conversations(state).close(conversation)
    done = _("Conversation {n} with {customer} is closed")
    _receipt(state, done, found, f"crm inbox reopen {conversation}")


@inbox.command("reopen")
@_CONVERSATION
@writes
@pass_state
def reopen(state: CommandState, conversation: int) -> None:
    """It goes on: it was closed, put off, or waited for the customer."""
    found = _conversations(state).reopen(conversation)
    done = _("Conversation {n} with {customer} is open")
    _receipt(state, done, found, f"crm inbox close {conversation}")


@inbox.command("move")
@_CONVERSATION
@click.option("--to", "customer", required=True, metavar="REF", help="Whose messages these are.")
@writes
@pass_state
def move(state: CommandState, conversation: int, customer: str) -> None:
    """Give its messages to the customer who wrote them; the timelines are corrected."""
    service = _conversations(state)
    numbers = service.move(conversation, customer)
    found = service.get(numbers[-1]) if numbers else service.get(conversation)
    done = _("The messages of conversation {former} are with {customer} now")
    _receipt(state, done, found, former=conversation)


@inbox.command("answer")
@_CONVERSATION
@click.option("--text", metavar="TEXT", help="What you answer; without it your editor is opened.")
@click.option("--reply", metavar="NAME", help="A canned reply, from replies/NAME.txt.")
@click.option("--language", help="The canned reply in this language, rather than the customer's.")
@click.option(
    "--said", is_flag=True, help="It was said by telephone or elsewhere: note it, and send nothing."
)
@click.option("--anyway", is_flag=True, help="Although more was said since you looked.")
@rehearses
@writes
@pass_state
def answer(
    state: CommandState,
    conversation: int,
    *,
    text: str | None,
    reply: str | None,
    language: str | None,
    said: bool,
    anyway: bool,
    dry_run: bool,
) -> None:
    """Answer by the channel that the customer wrote by, through the ledger."""
    if text is not None and reply is not None:
        raise click.UsageError("--text and --reply cannot go together.")
    found = _conversations(state).get(conversation)
    seen: int | None = None
    if reply is not None:
        text = state.crm.messages.folder("replies").filled(reply, found.customer_id, language=language).text
    if text is None:
        text, seen = _edited(state, found)
    answered = _answering(state).answer(
        conversation, text, seen=seen, anyway=anyway, said=said, dry_run=dry_run
    )
    if dry_run:
        state.output.preview(answered.text, {"state": answered.state, "reason": answered.reason})
        return
    done = _("Conversation {n} with {customer}: {outcome}")
    _receipt(state, done, answered.conversation, outcome=_became(answered))


@inbox.group("replies")
def replies() -> None:
    """Canned replies, from the folder replies beside crm.toml."""


@replies.command("list")
@lists
@pass_state
def list_replies(state: CommandState) -> None:
    """List the canned replies."""
    from crmkit import CrmError
    from crmkit.plugins.collaborative.inbox.rows import REPLIES

    folder = state.crm.messages.folder("replies")
    rows: list[dict[str, Any]] = []
    for name in folder.names:
        try:
            found = folder.get(name)
        except CrmError as error:
            wrong = phrase("cannot be used: {reason}", reason=error.message)
            rows.append({"reply": name, "languages": "", "begins": wrong})
            continue
        first = next(iter(found.variants.values())).text.strip().partition("\n")[0]
        spoken = ", ".join(each or _("any") for each in found.variants)
        rows.append({"reply": name, "languages": spoken, "begins": first})
    empty = N_("There is none. Write one: replies/NAME.txt, or replies/NAME.pl.txt, beside crm.toml")
    state.output.rows(REPLIES, rows, empty=empty)


@replies.command("preview")
@click.argument("name")
@click.argument("ref")
@click.option("--language", help="In this language, rather than the customer's.")
@shows
@pass_state
def preview(state: CommandState, name: str, ref: str, language: str | None) -> None:
    """Show what a canned reply says to a customer."""
    said = state.crm.messages.folder("replies").filled(name, ref, language=language)
    if state.output.is_json:
        state.output.json({"reply": name, "language": said.language or None, "text": said.text})
        return
    state.output.data(said.text)


def _instant(crm: Crm, text: str) -> int:
    """When it is: `2026-05-06 09:00`, `tomorrow`, or `+3h` and `+2d` from now."""
    from crmkit.plugin import parse_instant, zone_of

    now = crm.clock.now()
    ahead = _AHEAD.fullmatch(text.strip().lower())
    if ahead is not None:
        return now + int(ahead[1]) * _HOURS[ahead[2]] * 3_600_000_000
    return parse_instant(text, zone_of(crm), now)


def _edited(state: CommandState, found: Conversation) -> tuple[str, int | None]:
    """(what was written in the editor, the newest message that was seen)."""
    from crmkit.plugins.collaborative.inbox.answering import draft_of, text_of
    from crmkit.plugins.collaborative.inbox.rows import notice

    crm, onlookers = state.crm, _onlookers(state)
    for each in onlookers.others(found.id):
        state.output.warn(notice(each, crm))
    seen = onlookers.look(found, answering=True)
    written = click.edit(draft_of(_conversations(state).thread(found.id), ""), extension=".txt")
    text = text_of(written or "")
    if not text:
        onlookers.release(found, answered=False)
        raise click.UsageError("Nothing was written, and nothing is sent.")
    return text, seen


def _became(answered: Answered) -> str:
    if answered.state == "said":
        return _("noted, nothing was sent")
    if answered.state == "done":
        if answered.is_rehearsal:
            return _(
                "an answer to {address} was rehearsed, into the folder rehearsal; nothing has left",
                address=answered.to,
            )
        return _("answered, to {address}", address=answered.to)
    state = translated(answered.state)
    if answered.reason:
        return _("the answer is {state}: {reason}", state=state, reason=written_reason(answered.reason))
    return _("the answer is {state}", state=state)


def _conversations(state: CommandState) -> Conversations:
    from crmkit.plugins.collaborative.inbox.conversations import Conversations

    return state.crm.service(Conversations)


def _answering(state: CommandState) -> Answering:
    from crmkit.plugins.collaborative.inbox.answering import Answering

    return state.crm.service(Answering)


def _onlookers(state: CommandState) -> Onlookers:
    from crmkit.plugins.collaborative.inbox.onlookers import Onlookers

    return state.crm.service(Onlookers)


def _back(state: CommandState, before: Conversation) -> str:
    names = {each.id: each.name for each in state.crm.people.list(left=True)}
    words = ["crm", "inbox", "assign", str(before.id)]
    words += ["--to", names[before.employee_id]] if before.employee_id in names else ["--nobody"]
    words += ["--team", before.team] if before.team else []
    return shlex.join(words)


def _receipt(state: CommandState, done: str, found: Conversation, undo: str = "", **values: object) -> None:
    """Close a write by a text with places for the number, the customer and the values given."""
    from crmkit.plugins.collaborative.inbox.rows import conversation_rows

    row = conversation_rows([found], state.crm)[0]
    said = done.format(n=found.id, customer=row["customer"], **values)
    state.output.receipt(said, undo=undo, reference=found.id, record=row)
