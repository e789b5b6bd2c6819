"""`crm campaigns results`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import asdict

from crmkit import Money
from crmkit.plugin import CommandState, OutputColumn, lists, pass_state, shown_instant
from crmkit.plugins.campaign import responses
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

    def count(key: str, title: str = "") -> OutputColumn:
        return OutputColumn(key, title, right=True, shown=lambda number: f"{number:,}")

    columns = [
        OutputColumn("name", "Campaign", style="bold", fixed=True),
        *(count(key) for key in ("sent", *_HEARD)),
        OutputColumn(
            "credited", right=True, shown=lambda minor: str(Money(minor, currency))
        ),
        count("customers", "Answered by"),
        count("responses", "Answers"),
        OutputColumn("last_at", "Last answer", shown=lambda at: shown_instant(crm, at)),
        OutputColumn("doc", "What it is"),
    ]  # fmt: skip
    used = [each for each in columns if each.key == "name" or any(row.get(each.key) for row in rows)]
    state.output.rows(
        used if state.output.format == "table" else columns,
        rows,
        empty="Nothing was sent yet. See what there is: crm campaigns list. Answers to campaigns on paper "
        'count by name: spring = "Flyer in May" under [plugins.campaign.campaigns] in crm.toml',
        footer="See one: crm campaigns results NAME",
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
    say(f"{found.origin}: {sentence(found)}")
    for line in (*_in_money(found), *warnings(found)):
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
        who = "it was done for" if each.arm == "treated" else f"with {each.arm}"
        amount = _money(found, each.amount)
        if each.low is None or each.high is None:
            yield f"The {each.customers:,} customers {who} brought {amount} more; it may be chance."
        else:
            ends = f"between {_money(found, each.low)} and {_money(found, each.high)}"
            yield f"The {each.customers:,} customers {who} brought {amount} more, {ends}."


def _counts(found: Results) -> str:
    """The audience, and where everybody in it went."""
    whole = found.whole
    parts = [f"{getattr(whole, name):,} {name}" for name in _APART if getattr(whole, name)]
    parts += [
        f"{count:,} {why}" if why in (TO_COME, ERASED) else f"{count:,} left out ({why})"
        for why, count in found.left_out.items()
    ]
    parts = [f"{whole.sent:,} sent", *parts]
    return f"{found.audience:,} {'message' if found.audience == 1 else 'messages'}: {', '.join(parts)}"


def _told(found: Results) -> Iterator[str]:
    whole = found.whole
    shares = [
        f"{name.replace('_', ' ')} {_percent(whole.rate(name))}"
        for name in _RATES
        if whole.rate(name) is not None
    ]
    if shares:
        yield f"Rates: {', '.join(shares)}"
    machines = {name: getattr(whole, f"{name}_by_machines") for name in ("opened", "clicked")}
    apart = [f"{count:,} {name}" for name, count in machines.items() if count]
    if apart:
        yield f"By machines alone, and counted as nothing: {', '.join(apart)}"
    untold = [name for name in _HEARD if getattr(whole, name) is None]
    if untold:
        yield f"Not known, for nobody tells: {', '.join(untold)}"
    yield (
        f"Of {whole.customers:,} customers who were written to, {whole.reached:,} came to a {found.outcome} "
        f"within {found.within}, and brought {_money(found, whole.revenue)}"
    )


def _attributed(found: Results) -> str:
    whole = found.whole
    return (
        f"Descriptive only ({found.model}): {_money(found, whole.credited)} of {whole.purchases:,} "
        f"{'purchase' if whole.purchases == 1 else 'purchases'} that followed messages"
    )


def _table(state: CommandState, found: Results) -> None:
    def count(key: str) -> OutputColumn:
        return OutputColumn(key, right=True, shown=lambda number: f"{number:,}")

    def money(key: str) -> OutputColumn:
        return OutputColumn(key, right=True, shown=lambda minor: _money(found, minor))

    rows = [asdict(each) for each in found.groups or (found.whole,)]
    keys = ("planned", "sent", *_HEARD, "customers", "reached")
    used = [key for key in keys if any(row[key] is not None for row in rows)]
    title = (found.by or "all").replace("segment:", "In ").capitalize()
    columns = [
        OutputColumn("group", title, style="bold", shown=str),
        *(count(key) for key in used),
        money("revenue"),
        money("credited"),
    ]
    if state.output.format == "table":
        rows = [row | {"group": "(none)" if row["group"] is None else row["group"]} for row in rows]
    state.output.rows(columns, rows)


def _drawn(chart: Chart) -> str:
    from shutil import get_terminal_size

    from crmkit.charts import terminal

    encoding = sys.stdout.encoding or "ascii"
    width = max(24, min(72, get_terminal_size().columns))
    return terminal(chart, width, ascii_only="utf" not in encoding.lower())


def _money(found: Results, minor: int) -> str:
    return str(Money(minor, found.currency))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.1f} %"


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
