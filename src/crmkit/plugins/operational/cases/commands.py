"""`crm cases`: questions, faults and complaints that are to be answered."""

from __future__ import annotations

import shlex
from typing import Any

import click

from crmkit.plugin import (
    CommandState,
    _,
    lists,
    needs,
    number,
    pass_state,
    rehearses,
    shown,
    shows,
    translated,
    writes,
)
from crmkit.plugins.operational.api import Articles, Case, Cases, Route
from crmkit.plugins.operational.cases.rows import (
    ARTICLES,
    COLUMNS,
    ROUTES,
    case_rows,
    employee_names,
    shown_case,
)

_CASE = click.argument("case", metavar="CASE", type=int)
_SUGGESTED = 3


@click.group()
def cases() -> None:
    """Questions, faults and complaints that are to be answered."""


@cases.command("list")
@click.option("--mine", is_flag=True, help="Only your own.")
@click.option("--for", "employee", metavar="EMPLOYEE", help="Only those of an employee.")
@click.option("--queue", help="Only those in this queue.")
@click.option("--overdue", is_flag=True, help="Only those that are overdue.")
@click.option("--all", "all_", is_flag=True, help="Also those that are resolved or closed, newest first.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many.")
@lists
@pass_state
def list_cases(
    state: CommandState,
    *,
    mine: bool,
    employee: str | None,
    queue: str | None,
    overdue: bool,
    all_: bool,
    limit: int,
) -> None:
    """List the cases that are not resolved, whatever is to be done first on top."""
    crm = state.crm
    if mine and crm.actor.id is None:
        raise click.UsageError("--mine needs somebody: crm --as EMPLOYEE cases list --mine")
    owner = crm.actor.id if mine else crm.people.get(employee).id if employee else None
    found = crm.service(Cases).list(owner_id=owner, queue=queue, overdue=overdue, all=all_, limit=limit)
    state.output.rows(
        COLUMNS,
        case_rows(found, crm),
        empty=_('No case is open. Open one: crm cases open REF "What it is about"'),
        footer=_("The first {limit}; there may be more: --limit {more}", limit=limit, more=limit * 10)
        if len(found) == limit
        else "",
    )


@cases.command("open")
@click.argument("ref")
@click.argument("subject")
@click.option("--text", help="What the customer said.")
@click.option("--queue", help="The queue in which it waits.")
@click.option("--category", help="What kind it is.")
@click.option("--priority", help="How urgent it is.")
@click.option("--channel", help="By which channel it came.")
@click.option("--part-of", "parent", metavar="CASE", type=int, help="The case that it is part of.")
@click.option("--for", "employee", metavar="EMPLOYEE", help="Whose it is; routing decides, if not given.")
@writes
@pass_state
@needs("customers.read")
def open_case(
    state: CommandState,
    ref: str,
    subject: str,
    parent: int | None,
    employee: str | None,
    **fields: str | None,
) -> None:
    """Open a case for a customer."""
    part_of = None if parent is None else f"case:{parent}"
    case = state.crm.service(Cases).open(ref, subject, owner=employee, parent=part_of, **fields)
    _receipt(
        state,
        _('Case {id} for {{customer}}: "{subject}"', id=case.id, subject=case.subject),
        case,
        f"crm records case archive {case.id}",
    )


@cases.command("solve")
@click.argument("ref")
@click.argument("subject")
@click.option("--answer", required=True, metavar="TEXT", help="What you answered.")
@click.option("--channel", default="phone", show_default=True, help="How you were in contact.")
@click.option("--queue", help="The queue it belongs to.")
@click.option("--category", help="What kind it was.")
@click.option("--priority", help="How urgent it was.")
@writes
@pass_state
@needs("customers.read")
def solve(
    state: CommandState, ref: str, subject: str, answer: str, channel: str, **fields: str | None
) -> None:
    """Open and resolve a case in one: it was solved on the spot."""
    case = state.crm.service(Cases).solve(ref, subject, answer=answer, channel=channel, **fields)
    done = _('Case {id} for {{customer}} is solved: "{subject}"', id=case.id, subject=case.subject)
    _receipt(state, done, case, f"crm cases reopen {case.id}")


@cases.command("show")
@_CASE
@click.option("--language", default="", help="Suggest only articles in this language.")
@shows
@pass_state
def show(state: CommandState, case: int, language: str) -> None:
    """Show a case, and the articles that may answer it."""
    crm = state.crm
    service = crm.service(Cases)
    found = service.get(case)
    asked = " ".join(filter(None, (found.subject, found.category, found.text)))
    nearest = crm.service(Articles).search(asked, language=language, limit=_SUGGESTED)
    row = case_rows([found], crm)[0]
    children = [each.id for each in service.children(case)]
    if state.output.is_json:
        state.output.json(row | {"parts": children, "articles": [each.article.name for each in nearest]})
        return
    for line in shown_case(found, row, children, [each.article for each in nearest], crm):
        state.output.data(line)


@cases.command("answer")
@_CASE
@click.argument("text")
@click.option("--channel", help="By which channel; the case's own, if not given.")
@click.option("--wait", is_flag=True, help="Now it is the customer's turn.")
@click.option("--resolve", is_flag=True, help="With that it is resolved.")
@writes
@pass_state
@needs("customers.read")
def answer(
    state: CommandState, case: int, text: str, *, channel: str | None, wait: bool, resolve: bool
) -> None:
    """Note what you answered. It is put on record, not sent."""
    if wait and resolve:
        raise click.UsageError("--wait and --resolve cannot go together.")
    found = state.crm.service(Cases).answer(case, text, channel=channel, wait=wait, resolve=resolve)
    undo = f"crm cases reopen {case}" if wait or resolve else ""
    _receipt(
        state,
        _("Case {case} of {{customer}} is answered, and {state}", case=case, state=found.state),
        found,
        undo,
    )


@cases.command("wait")
@_CASE
@writes
@pass_state
@needs("customers.read")
def wait(state: CommandState, case: int) -> None:
    """It is the customer's turn: the clock stands still."""
    service = state.crm.service(Cases)
    before = service.get(case)
    _moved(state, before, service.wait(case), _("Case {case} waits for {{customer}}", case=case))


@cases.command("resolve")
@_CASE
@click.option("--answer", "text", metavar="TEXT", help="What you answered, if you did.")
@writes
@pass_state
@needs("customers.read")
def resolve(state: CommandState, case: int, text: str | None) -> None:
    """It is solved."""
    service = state.crm.service(Cases)
    before = service.get(case)
    found = service.resolve(case) if text is None else service.answer(case, text, resolve=True)
    _moved(state, before, found, _("Case {case} of {{customer}} is resolved", case=case))


@cases.command("close")
@_CASE
@writes
@pass_state
@needs("customers.read")
def close(state: CommandState, case: int) -> None:
    """It is over. What is resolved is closed by itself after a while."""
    service = state.crm.service(Cases)
    before = service.get(case)
    _moved(state, before, service.close(case), _("Case {case} of {{customer}} is closed", case=case))


@cases.command("reopen")
@_CASE
@writes
@pass_state
@needs("customers.read")
def reopen(state: CommandState, case: int) -> None:
    """It goes on, and so does its clock: it was resolved, closed, merged, or waited for the customer."""
    found = state.crm.service(Cases).reopen(case)
    _receipt(state, _("Case {case} of {{customer}} is open", case=case), found)


@cases.command("assign")
@_CASE
@click.argument("employee", required=False)
@click.option("--nobody", is_flag=True, help="Take it from whoever has it.")
@click.option("--queue", help="Put it into this queue as well.")
@writes
@pass_state
@needs("customers.read")
def assign(state: CommandState, case: int, employee: str | None, *, nobody: bool, queue: str | None) -> None:
    """Give a case to somebody."""
    if (employee is None) is not nobody:
        raise click.UsageError("Name somebody, or say --nobody.")
    service = state.crm.service(Cases)
    before = service.get(case)
    found = service.assign(case, employee, queue=queue)
    names = employee_names([before, found], state.crm)
    owner = names.get(found.employee_id or 0)
    done = _("Case {case} of {{customer}} is with {owner}", case=case, owner=owner)
    done = done if owner else _("Case {case} of {{customer}} is nobody's", case=case)
    back = ["crm", "cases", "assign", str(case), names.get(before.employee_id or 0, "--nobody")]
    back += ["--queue", before.queue] if queue and before.queue else []
    is_same = (found.employee_id, found.queue) == (before.employee_id, before.queue)
    _receipt(state, done, found, "" if is_same else shlex.join(back))


@cases.command("merge")
@_CASE
@click.argument("duplicate", type=int)
@writes
@pass_state
@needs("customers.read")
def merge(state: CommandState, case: int, duplicate: int) -> None:
    """DUPLICATE is closed, and goes on in CASE."""
    service = state.crm.service(Cases)
    found, other = service.merge(case, duplicate), service.get(duplicate)
    done = _(
        'Case {duplicate} goes on in case {case}: "{subject}"',
        duplicate=duplicate,
        case=case,
        subject=found.subject,
    )
    if found.customer_id != other.customer_id:
        whose = state.crm.customers.get(other.customer_id).name
        done = _(
            "Case {duplicate} of {whose} goes on in case {case}, which is of another customer: {{customer}}",
            duplicate=duplicate,
            whose=whose,
            case=case,
        )
    _receipt(state, done, found, f"crm cases reopen {duplicate}")


@cases.command("rate")
@_CASE
@click.argument("satisfaction", type=click.IntRange(1, 5))
@writes
@pass_state
@needs("customers.read")
def rate(state: CommandState, case: int, satisfaction: int) -> None:
    """Note how content the customer was, from 1 to 5."""
    service = state.crm.service(Cases)
    before = service.get(case).satisfaction
    found = service.rate(case, satisfaction)
    undo = f"crm records case update {case} --set satisfaction={'' if before is None else before}"
    _receipt(
        state,
        _("Case {case}: {{customer}} gives it {satisfaction} of 5", case=case, satisfaction=satisfaction),
        found,
        undo,
    )


@cases.command("route")
@rehearses
@lists
@pass_state
def route(state: CommandState, *, dry_run: bool) -> None:
    """Give the cases that are nobody's to queues and people, as the rules of crm.toml say."""
    routes = state.crm.service(Cases).route(dry_run=dry_run)
    said = (
        _("Nothing was written.")
        if dry_run
        else _("Routed {count}.", count=number(sum(each.rule is not None for each in routes)))
    )
    state.output.rows(
        ROUTES,
        _route_rows(routes, state),
        empty=_("Every case is somebody's."),
        footer=said if routes else "",
    )


@cases.command("why")
@_CASE
@lists
@pass_state
def why(state: CommandState, case: int) -> None:
    """Say where routing would put a case as it is now, and why."""
    found = state.crm.service(Cases).why(case)
    rows = [{"rule": name, "why": shown(reason)} for name, reason in found.why]
    (told,) = _route_rows([found], state)
    where = told["queue"] or _("no queue")
    if told["owner"]:
        where = _("{queue} to {owner}", queue=where, owner=told["owner"])
    state.output.rows(
        ROUTES[-2:], rows, empty=_("Nothing is declared: [plugins.operational.cases.routing.NAME]"),
        footer=_("It goes into {where}.", where=where) if found.rule else _("It stays where it is."),
    )  # fmt: skip


@cases.command("articles")
@click.argument("text", required=False)
@click.option("--language", default="", help="Only articles in this language.")
@lists
@pass_state
def articles(state: CommandState, text: str | None, language: str) -> None:
    """List the articles of the folder `knowledge`, or those that fit a text best."""
    service = state.crm.service(Articles)
    if text:
        found = [each.article for each in service.search(text, language=language)]
    else:
        found = [each for each in service.all() if not language or each.language in ("", language)]
    rows = [
        {"article": each.name, "title": each.title, "tags": each.tags, "language": each.language}
        for each in found
    ]
    empty = (
        _("No article fits.")
        if text or language
        else _("There is none. Write one: knowledge/NAME.md beside crm.toml")
    )
    state.output.rows(ARTICLES, rows, empty=empty)


def _route_rows(routes: Any, state: CommandState) -> list[dict[str, Any]]:
    crm = state.crm
    names = {each.id: each.name for each in crm.people.list()}
    return [_route_row(each, names) for each in routes]


def _route_row(each: Route, names: dict[int, str]) -> dict[str, Any]:
    return {
        "case": each.case.id,
        "subject": each.case.subject,
        "queue": each.queue,
        "owner": names.get(each.owner_id or 0),
        "rule": each.rule,
        "why": "; ".join(f"{name}: {shown(reason)}" for name, reason in each.why) or _("no rule is declared"),
    }


def _moved(state: CommandState, before: Case, after: Case, done: str) -> None:
    """The receipt of a case that stands still now; there is no way back where nothing has changed."""
    if after.version == before.version:
        state_now = translated(after.state)
        done = _("Case {case} of {{customer}} is {state} already", case=after.id, state=state_now)
    _receipt(state, done, after, f"crm cases reopen {after.id}" if after.version != before.version else "")


def _receipt(state: CommandState, done: str, case: Case, undo: str = "") -> None:
    row = case_rows([case], state.crm)[0]
    state.output.receipt(
        done.replace("{customer}", str(row["customer"])), undo=undo, reference=case.id, record=row
    )
