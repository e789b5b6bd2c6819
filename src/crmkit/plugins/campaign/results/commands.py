"""`crm campaigns results`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import asdict

from crmkit import Money
from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    lists,
    ngettext,
    number,
    pass_state,
    shown,
    shown_instant,
    translated,
    written_length,
    written_money,
    written_percent,
)
from crmkit.plugins.campaign import responses
from crmkit.plugins.campaign.counted import called, counted
from crmkit.plugins.campaign.results import charts
from crmkit.plugins.campaign.results.answer import incremental, sentence, warnings
from crmkit.plugins.campaign.results.recipients import ERASED, TO_COME
from crmkit.plugins.campaign.results.service import CampaignResults
from crmkit.plugins.campaign.results.settings import MODELS

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Chart
    from crmkit.plugins.campaign.results.model import MessageFigures, Results

_RATES: Final = (
    "delivered", "opened", "clicked", "click_to_open", "replied", "bounced", "complained", "unsubscribed",
)  # fmt: skip
_HEARD: Final = ("delivered", "opened", "clicked", "replied", "bounced", "complained", "unsubscribed")
# What a group brought beyond those left alone, by whether it is the one group that something was done for,
# and by whether it is known between which amounts that lies.
_BROUGHT: Final = {
    (True, True): N_("The {customers} it was done for brought {amount} more, between {low} and {high}."),
    (True, False): N_("The {customers} it was done for brought {amount} more; it may be chance."),
    (False, True): N_("The {customers} with {arm} brought {amount} more, between {low} and {high}."),
    (False, False): N_("The {customers} with {arm} brought {amount} more; it may be chance."),
}
_APART: Final = ("failed", "unconfirmed", "skipped", "withheld", "waiting", "undone")


@click.command("results")
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--by", metavar="G", help="Groups: step, variant, day, week, segment:NAME, a field and so on.")
@click.option("--since", metavar="DATE", help="Only messages from that day on.")
@click.option("--where", metavar="PREDICATE", help="Only customers for whom this condition holds.")
@click.option("--attribution", type=click.Choice(MODELS), help="How purchases are divided among messages.")
@lists
@pass_state
def results(
    state: CommandState, name: str | None, by: str | None, since: str | None, where: str | None,
    attribution: str | None,
) -> None:  # fmt: skip
    """Show what came of NAME: a campaign, journey or rule; without NAME, list all that write.

    First what it changed, by the customers who were left alone; then what was heard of its messages; last
    which purchases came after them (--attribution), which describes, and proves nothing.
    """
    period = f"since {since}" if since else "all time"
    if name is None:
        if by is not None:
            raise click.UsageError("--by goes with NAME: crm campaigns results NAME --by variant")
        _list(state, period, where, attribution)
        return
    found = state.crm.service(CampaignResults).of(
        name, by=by, period=period, where=where, model=attribution
    )  # fmt: skip
    if state.output.is_json:
        state.output.json(_document(found))
    elif state.output.format == "csv":
        _table(state, found)
    else:
        _show(state, found)


def _list(state: CommandState, period: str, where: str | None, model: str | None) -> None:
    crm = state.crm
    rows = _rows(crm, crm.service(CampaignResults).every(period=period, where=where, model=model))
    currency = crm.config.crs.currency

    def count(key: str, title: str | None = None) -> OutputColumn:
        return OutputColumn(key, title, right=True, shown=number, sparse=True)

    columns = [
        OutputColumn("name", "Campaign", style="bold", fixed=True),
        *(count(key) for key in ("sent", *_HEARD)),
        OutputColumn(
            "credited", right=True, shown=lambda minor: written_money(Money(minor, currency)), sparse=True
        ),
        count("customers", "Answered by"),
        count("responses", "Answers"),
        OutputColumn("last_at", "Last answer", shown=lambda at: shown_instant(crm, at), sparse=True),
        OutputColumn("doc", "What it is", sparse=True),
    ]  # fmt: skip
    state.output.rows(
        columns,
        rows,
        empty=N_(
            "Nothing was sent yet. See what there is: crm campaigns list. Answers to campaigns on paper "
            'count by name: spring = "Flyer in May" under [plugins.campaign.campaigns] in crm.toml'
        ),
        footer=N_("See one: crm campaigns results NAME"),
    )


def _rows(crm: Crm, found: Mapping[str, MessageFigures]) -> list[dict[str, Any]]:
    """Everything that wrote, and all campaigns that have answers of their own."""
    answers = {each.name: each for each in responses.results(crm, crm.plugins.settings("campaign"))}
    blank = {"doc": "", "responses": 0, "customers": 0, "last_at": None}
    rows = []
    for origin, figures in found.items():
        shown = origin.removeprefix("campaign:")
        counts = {key: value for key, value in asdict(figures).items() if key not in _WITHOUT}
        answered = asdict(answers.pop(shown)) if shown in answers else blank
        rows.append({"name": shown, "origin": origin} | counts | answered | {"name": shown})
    return [*rows, *({"origin": None} | asdict(each) for each in answers.values())]


_WITHOUT: Final = ("group", "customers", "reached", "revenue")


def _show(state: CommandState, found: Results) -> None:
    say = state.output.data
    say(f"{found.origin}: {shown(sentence(found))}")
    for line in (*_in_money(found), *map(shown, warnings(found))):
        say(line)
    say("")
    say(_counts(found))
    if found.whole.planned:
        say(_drawn(charts.course(found)))
        for line in _told(found):
            say(line)
        say("")
        say(_attributed(found))
    if found.groups:
        say("")
        _table(state, found)
        picture = charts.groups(found)
        if picture is not None and sys.stdout.isatty():
            say(_drawn(picture))


def _in_money(found: Results) -> Iterator[str]:
    """What each group brought beyond those left alone."""
    for each in incremental(found):
        said = {
            "arm": each.arm, "amount": _money(found, each.amount), "low": _money(found, each.low or 0),
            "high": _money(found, each.high or 0),
            "customers": ngettext("{count} customer", "{count} customers", each.customers),
        }  # fmt: skip
        is_known = each.low is not None and each.high is not None
        yield _(_BROUGHT[each.arm == "treated", is_known], **said)


def _counts(found: Results) -> str:
    """The audience, and where everybody in it went."""
    whole = found.whole
    parts = [counted(name, getattr(whole, name)) for name in ("sent", *_APART)]
    parts = [part for part, name in zip(parts, ("sent", *_APART), strict=True)
             if name == "sent" or getattr(whole, name)]  # fmt: skip
    parts += [_left_out(why, count) for why, count in found.left_out.items()]
    return ngettext(
        "{count} message: {parts}", "{count} messages: {parts}", found.audience, parts=", ".join(parts)
    )


def _left_out(why: str, count: int) -> str:
    if why == TO_COME:
        return _("{count} still to come", count=number(count))
    if why == ERASED:
        return _("{count} erased on request", count=number(count))
    return _("{count} left out ({gate})", count=number(count), gate=translated(why))


def _told(found: Results) -> Iterator[str]:
    whole = found.whole
    rates = {name: whole.rate(name) for name in _RATES}
    shares = [f"{called(name)} {_percent(rate)}" for name, rate in rates.items() if rate is not None]
    if shares:
        yield _("Rates: {shares}", shares=", ".join(shares))
    machines = {name: getattr(whole, f"{name}_by_machines") for name in ("opened", "clicked")}
    apart = [counted(name, count) for name, count in machines.items() if count]
    if apart:
        yield _("By machines alone, and counted as nothing: {counts}", counts=", ".join(apart))
    untold = [called(name) for name in _HEARD if getattr(whole, name) is None]
    if untold:
        yield _("Not known, for nobody tells: {names}", names=", ".join(untold))
    yield _(
        "Of {customers} customers who were written to, {reached} came to a {outcome} within {within}, and "
        "brought {amount}",
        customers=number(whole.customers), reached=number(whole.reached), outcome=found.outcome,
        within=written_length(found.within), amount=_money(found, whole.revenue),
    )  # fmt: skip


def _attributed(found: Results) -> str:
    whole = found.whole
    return ngettext(
        "Descriptive only ({model}): {amount} of {count} purchase that followed messages",
        "Descriptive only ({model}): {amount} of {count} purchases that followed messages",
        whole.purchases, model=found.model, amount=_money(found, whole.credited),
    )  # fmt: skip


def _table(state: CommandState, found: Results) -> None:
    def count(key: str) -> OutputColumn:
        return OutputColumn(key, right=True, shown=number)

    def money(key: str) -> OutputColumn:
        return OutputColumn(key, right=True, shown=lambda minor: _money(found, minor))

    rows = [asdict(each) for each in found.groups or (found.whole,)]
    used: tuple[str, ...] = ("planned", "sent", *_HEARD, "customers", "reached")
    if state.output.format == "table":
        # Of what nobody tells there is no number, not even zero.
        used = tuple(key for key in used if any(row[key] is not None for row in rows))
        rows = [row | {"group": _("(none)") if row["group"] is None else row["group"]} for row in rows]
    title = charts.grouping(found.by or "all")
    columns = [
        OutputColumn("group", title, style="bold", shown=str),
        *(count(key) for key in used),
        money("revenue"),
        money("credited"),
    ]
    state.output.rows(columns, rows)


def _drawn(chart: Chart) -> str:
    from shutil import get_terminal_size

    from crmkit.charts import terminal

    encoding = sys.stdout.encoding or "ascii"
    width = max(24, min(72, get_terminal_size().columns))
    return terminal(chart, width, ascii_only="utf" not in encoding.lower())


def _money(found: Results, minor: int) -> str:
    return written_money(Money(minor, found.currency))


def _percent(share: float) -> str:
    return written_percent(f"{share * 100:.1f}")


def _document(found: Results) -> dict[str, Any]:
    report = found.report
    return {
        "origin": found.origin,
        "answer": {
            "state": report.state if report else None,
            "says": sentence(found),
            "winner": report.verdict.winner if report and report.verdict else None,
            "warnings": list(warnings(found)),
            "incremental": [asdict(each) for each in incremental(found)],
        },
        "audience": found.audience,
        "left_out": dict(found.left_out),
        "outcome": found.outcome,
        "within": found.within,
        "currency": found.currency,
        "attribution": {"model": found.model, "descriptive": True},
        "whole": _figures(found.whole),
        "by": found.by,
        "groups": [_figures(each) for each in found.groups],
    }


def _figures(figures: MessageFigures) -> dict[str, Any]:
    return asdict(figures) | {"rates": {name: figures.rate(name) for name in _RATES}}
