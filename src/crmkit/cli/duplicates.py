"""`crm customers duplicates`: customers who may be the same, for a person to settle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.duplicate_scans import scan_record, scan_text
from crmkit.cli.groups import Listed
from crmkit.cli.options import asks, limited, lists, rehearses, shows, writes
from crmkit.cli.records import moment, summary_record
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.cldr import figures
from crmkit.core.duplicates.saying import called, said_of
from crmkit.core.language import N_, _, ngettext, number
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.duplicates.values import (
        Compared,
        Comparison,
        Duplicate,
        MergeReport,
    )

_PAIRS = (
    Column("score", right=True, fixed=True, style="bold", shown=lambda value: f"{value:g}"),
    Column("one", "One", wrap=True),
    Column("other", "Other", wrap=True),
    Column("why", "Why", wrap=True),
    Column("doubts", "Look twice", wrap=True),
)
_RULES = (
    Column("rule", fixed=True),
    Column("ours", "One", wrap=True),
    Column("theirs", "Other", wrap=True),
    Column("level", "They are"),
    Column("points", right=True, fixed=True, shown=lambda value: f"{value:+g}" if value else "0"),
)
_GROUPS = (
    Column("survivor", "Stays", wrap=True),
    Column("losers", "Goes into them", wrap=True),
    Column("why", "Because"),
    Column("score", right=True, fixed=True, shown=lambda value: f"{value:g}"),
)
_NOBODY = N_("Nobody waits to be looked at. Look for duplicates: crm customers duplicates scan")
_SHOWN = 20
_NEARLY_SURE = 0.9999


@click.group(cls=Listed)
def duplicates() -> None:
    """Customers who may be the same: find them, compare them, merge them or say no.

    Without a command the pairs that wait are listed, the surest first.
    """


@duplicates.command("list")
@click.option("--min-score", type=float, metavar="POINTS", help="Only pairs of so many points or more.")
@click.option("--customer", metavar="REF", help="Only pairs with this customer.")
@click.option("--dismissed", is_flag=True, help="Instead the pairs of whom somebody said that they are two.")
@limited(20)
@click.option("--after", metavar="CURSOR", help="Go on where the last list ended.")
@lists
@pass_state
def list_(
    state: State,
    min_score: float | None,
    customer: str | None,
    dismissed: bool,
    limit: int,
    after: str | None,
) -> None:
    """List pairs of customers who may be the same, the surest first.

    POINTS add up what agrees and differs; one point more doubles the odds that they are one.
    """
    crm = state.crm
    wanted = "dismissed" if dismissed else "open"
    found, cursor = crm.duplicates.list(limit, after, state=wanted, min_score=min_score, customer=customer)
    more = _("There are more; go on with: --after {cursor}", cursor=cursor) if cursor else ""
    state.output.rows(
        _PAIRS,
        _pair_rows(crm, found),
        empty=_("None.") if dismissed or min_score or customer else _NOBODY,
        footer=more or _next_steps(found, wanted),
    )


def _next_steps(found: Sequence[Duplicate], state: str) -> str:
    if state != "open" or not found:
        return ""
    a, b = found[0].customer_id, found[0].other_id
    return _("Look closer: crm customers duplicates show {a} {b}", a=a, b=b)


def _pair_rows(crm: Crm, found: Sequence[Duplicate]) -> list[dict[str, Any]]:
    ids = [id_ for each in found for id_ in (each.customer_id, each.other_id)]
    people = {each.id: each for each in crm.customers.summaries(dict.fromkeys(ids))}
    rows = []
    for each in found:
        one, other = (people.get(id_) for id_ in (each.customer_id, each.other_id))
        rows.append(
            {
                "score": each.score,
                "one": _line(one, each.customer_id),
                "other": _line(other, each.other_id),
                "why": [said_of(reason) for reason in each.reasons],
                "doubts": [said_of(doubt) for doubt in each.doubts],
                "against": [said_of(reason) for reason in each.against],
                "state": each.state,
                "customers": [summary_record(crm, side) for side in (one, other) if side is not None],
                "found_at": moment(crm, each.found_at),
            }
        )
    return rows


def _line(summary: Any, id_: int) -> str:
    if summary is None:
        return f"#{id_}"
    reach = (summary.email, summary.phone, summary.city)
    return ", ".join([f"{summary.name} (#{summary.id})", *filter(None, reach)])


@duplicates.command()
@click.option("--where", metavar="PREDICATE", help="Compare only those for whom it holds, with everybody.")
@writes
@pass_state
def scan(state: State, where: str | None) -> None:
    """Look for customers who may be the same, and bring the list up to date.

    Nothing is merged. Pairs that were dismissed stay so; pairs that no longer match leave the list. The rules
    stand in [matching.duplicates] of crm.toml.
    """
    with state.progress(_("Comparing customers")) as advance:
        report = state.crm.duplicates.scan(where, progress=advance)
    output = state.output
    if output.is_json:
        output.json(scan_record(report))
    elif output.quiet:
        output.data(str(report.open))
    else:
        output.say(scan_text(report, state.crm.config.matching.duplicates.judge))


@duplicates.command("show")
@click.argument("one")
@click.argument("other")
@shows
@pass_state
def show_(state: State, one: str, other: str) -> None:
    """Compare customers ONE and OTHER: every rule, what it says and what that is worth."""
    crm = state.crm
    found = crm.duplicates.compare(one, other)
    output = state.output
    if output.is_json:
        output.json(_comparison_record(found))
        return
    people = {each.id: each for each in crm.customers.summaries([found.customer_id, found.other_id])}
    sides = (_("One:"), found.customer_id), (_("Other:"), found.other_id)
    width = max(len(label) for label, _id in sides)
    for label, id_ in sides:
        output.data(f"{label:{width}} {safe(_line(people.get(id_), id_))}")
    output.data("")
    output.rows(_RULES, [_rule_row(each) for each in found.rules])
    judge = crm.config.matching.duplicates.judge
    if found.judge != judge:
        output.data("")
        output.data(_("{judge} has not suggested them: these are the points of the rules.", judge=judge))
    output.data("")
    output.data(_verdict(found))
    for doubt in found.doubts:
        output.data(
            _("Look twice: {doubt}. It keeps them out of a merge of many.", doubt=safe(said_of(doubt)))
        )
    if found.state != "dismissed":
        output.say(_choices(found))


def _rule_row(each: Compared) -> dict[str, Any]:
    level = each.level or ("" if each.rule == "household" else N_("not known of both"))
    return {
        "rule": called(each.rule), "ours": each.ours, "theirs": each.theirs,
        "level": phrase(level), "points": each.points,
    }  # fmt: skip


def _comparison_record(found: Comparison) -> dict[str, Any]:
    from attrs import asdict

    return asdict(found) | {"suggested": found.is_suggested}


def _verdict(found: Comparison) -> str:
    said = [_points(found)]
    if found.probability is not None:
        odds = _("By {judge}, they are one with a probability of {share}.", judge=found.judge,
                 share=_percent(found.probability))  # fmt: skip
        said.insert(0, odds)
    if found.state == "dismissed":
        said.append(_("Somebody said that they are two."))
    return " ".join(said)


def _points(found: Comparison) -> str:
    points, needed = figures(f"{found.score:g}"), figures(f"{found.threshold:g}")
    if found.is_suggested:
        return _("{points} points; {needed} are needed: they are suggested.", points=points, needed=needed)
    return _("{points} points; {needed} are needed: too few to be suggested.", points=points, needed=needed)


def _percent(probability: float) -> str:
    if probability < _NEARLY_SURE:
        return figures(f"{probability:.2%}")
    return _("over {share}", share=figures(f"{_NEARLY_SURE:.2%}"))


def _choices(found: Comparison) -> str:
    a, b = found.customer_id, found.other_id
    return "\n".join(
        [
            _("The same: crm customers merge {a} {b}", a=a, b=b),
            _("Two people: crm customers duplicates dismiss {a} {b}", a=a, b=b),
        ]
    )


@duplicates.command()
@click.argument("one")
@click.argument("other")
@writes
@pass_state
def dismiss(state: State, one: str, other: str) -> None:
    """Say that customers ONE and OTHER are two: they are not suggested again, whatever becomes of them."""
    _settled(state, one, other, "dismiss")


@duplicates.command()
@click.argument("one")
@click.argument("other")
@writes
@pass_state
def reopen(state: State, one: str, other: str) -> None:
    """Take back that ONE and OTHER are two; the next scan judges them again."""
    _settled(state, one, other, "reopen")


def _settled(state: State, one: str, other: str, verb: str) -> None:
    crm = state.crm
    a, b = (crm.customers.resolve(each) for each in (one, other))
    getattr(crm.duplicates, verb)(a, b)
    one_name, other_name = (f"{safe(each.name)} (#{each.id})" for each in crm.customers.summaries([a, b]))
    done = (
        _("{one} and {other} are two; they are not suggested again", one=one_name, other=other_name)
        if verb == "dismiss"
        else _("{one} and {other} are open again", one=one_name, other=other_name)
    )
    back = "reopen" if verb == "dismiss" else "dismiss"
    state.output.receipt(
        done, undo=f"crm customers duplicates {back} {a} {b}", reference=f"{a} {b}",
        record={"customers": [a, b], "state": "dismissed" if verb == "dismiss" else "open"},
    )  # fmt: skip


@duplicates.command("merge")
@click.option(
    "--min-score",
    type=float,
    metavar="POINTS",
    help="Only pairs of so many points; `sure` of crm.toml, if not given.",
)
@rehearses
@asks
@writes
@pass_state
def merge_(state: State, min_score: float | None, dry_run: bool) -> None:
    """Merge all suggested pairs from POINTS on, but for those in doubt.

    Who has most on record stays, then who has been there longest. Pairs with look-alike letters, other given
    names, birthdays or numbers are never merged this way: look at them with `show`, one by one.
    """
    crm = state.crm
    plan = crm.duplicates.merge(min_score, dry_run=True)
    if dry_run or not plan.groups:
        _merge_preview(state, plan, dry_run=dry_run)
        return
    if not state.yes:
        _merge_table(state, plan)
        state.confirm(
            ngettext(
                "Merge {count} customer into {into}?",
                "Merge {count} customers into {into}?",
                plan.customers,
                into=number(len(plan.groups)),
            )
        )
    done = crm.duplicates.merge(min_score)
    merged = ngettext(
        "Merged {count} customer into {into} as {refs}",
        "Merged {count} customers into {into} as {refs}",
        done.customers,
        into=number(len(done.groups)),
        refs=", ".join(done.refs),
    )
    state.output.receipt(
        _("; ").join([merged, *_left(done)]),
        undo="; ".join(f"crm undo {ref}" for ref in reversed(done.refs)),
        reference=" ".join(done.refs), record=_merge_record(done),
    )  # fmt: skip


def _merge_preview(state: State, plan: MergeReport, *, dry_run: bool) -> None:
    if not plan.groups:
        none = _(
            "No pair of {points} points or more can be merged without a look",
            points=figures(f"{plan.min_score:g}"),
        )
        if state.output.is_json:
            state.output.json(({"dry_run": True} if dry_run else {}) | _merge_record(plan))
        else:
            state.output.say(_sentence(none, *_left(plan)))
        return
    if not state.output.is_json:
        _merge_table(state, plan)
    would = ngettext(
        "Would be merged: {count} customer into {into}",
        "Would be merged: {count} customers into {into}",
        plan.customers,
        into=number(len(plan.groups)),
    )
    state.output.preview(_sentence(would, *_left(plan)), _merge_record(plan))


def _merge_table(state: State, plan: MergeReport) -> None:
    shown = plan.groups[:_SHOWN]
    ids = [id_ for group in shown for id_ in (group.survivor, *group.losers)]
    people = {each.id: each for each in state.crm.customers.summaries(ids)}
    rows = [
        {
            "survivor": _line(people.get(group.survivor), group.survivor),
            "losers": [_line(people.get(id_), id_) for id_ in group.losers],
            "why": phrase(group.why), "score": group.score,
        }
        for group in shown
    ]  # fmt: skip
    more = len(plan.groups) - len(shown)
    state.output.rows(_GROUPS, rows, footer=_more(more))


def _sentence(*clauses: str) -> str:
    """Clauses that each could stand alone, with a full stop."""
    return _("{clauses}.", clauses=_("; ").join(clauses))


def _more(count: int) -> str:
    return ngettext("… and {count} more", "… and {count} more", count) if count > 0 else ""


def _left(report: MergeReport) -> Iterator[str]:
    if report.doubtful:
        yield ngettext(
            "{count} in doubt waits for a look", "{count} in doubt wait for a look", report.doubtful
        )
    if report.apart:
        yield ngettext(
            "{count} in groups where not everybody is alike",
            "{count} in groups where not everybody is alike",
            report.apart,
        )


def _merge_record(report: MergeReport) -> dict[str, Any]:
    return {
        "merge": report.refs[0] if report.refs else None,
        "merges": report.refs, "min_score": report.min_score, "customers": report.customers,
        "doubtful": report.doubtful, "apart": report.apart,
        "groups": [
            {"survivor": each.survivor, "losers": each.losers, "why": each.why, "score": each.score}
            for each in report.groups
        ],
    }  # fmt: skip
