"""`crm customers duplicates`: customers who may be the same, for a person to settle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.groups import Listed
from crmkit.cli.options import asks, lists, rehearses, shows, writes
from crmkit.cli.output import Column, safe
from crmkit.cli.records import moment, summary_record
from crmkit.cli.state import State, pass_state
from crmkit.core.language import _

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.duplicates.values import Comparison, Duplicate, LookAlike, MergeReport, ScanReport
    from crmkit.core.model.customer import Customer

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
_NOBODY = "Nobody waits to be looked at. Look for duplicates: crm customers duplicates scan"
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
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="At most so many."
)
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
    more = _("There are more; go on with: --after {cursor}", cursor=cursor)
    footer = more if cursor else _next_steps(found, wanted)
    rows = _pair_rows(crm, found)
    state.output.rows(
        _PAIRS, rows, empty="None." if dismissed or min_score or customer else _NOBODY, footer=footer
    )


def _next_steps(found: Sequence[Duplicate], state: str) -> str:
    if state != "open" or not found:
        return ""
    a, b = found[0].customer_id, found[0].other_id
    return f"Look closer: crm customers duplicates show {a} {b}"


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
                "why": [_words(reason) for reason in each.reasons],
                "doubts": [_words(doubt) for doubt in each.doubts],
                "against": [_words(reason) for reason in each.against],
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


def _words(reason: str) -> str:
    """`family_name:similar` as `similar family name`."""
    rule, _, level = reason.partition(":")
    if rule == "household":
        return "may be one household"
    if rule == "letters":
        return "look-alike letters"
    return f"{level} {rule.replace('_', ' ')}"


@duplicates.command()
@click.option("--where", metavar="PREDICATE", help="Compare only those for whom it holds, with everybody.")
@writes
@pass_state
def scan(state: State, where: str | None) -> None:
    """Look for customers who may be the same, and bring the list up to date.

    Nothing is merged. Pairs that were dismissed stay so; pairs that no longer match leave the list. The rules
    stand in [matching.duplicates] of crm.toml.
    """
    with state.progress("Comparing customers") as advance:
        report = state.crm.duplicates.scan(where, progress=advance)
    output = state.output
    if output.is_json:
        output.json(_scan_record(report))
    elif output.quiet:
        output.data(str(report.open))
    else:
        output.say(_scan_text(report, state.crm.config.matching.duplicates.judge))


def _scan_record(report: ScanReport) -> dict[str, Any]:
    from attrs import asdict

    return asdict(report) | {"seconds": round(report.seconds, 3)}


def _scan_text(report: ScanReport, judge: str) -> str:
    waiting = "pair waits" if report.open == 1 else "pairs wait"
    news = f"{report.added:,} new, {report.updated:,} with another score, {report.removed:,} no longer alike"
    who = _counted(report.customers)
    lines = [
        f"✓ Looked at {who} ({report.compared:,} comparisons) in {report.seconds:.1f} s",
        f"  {report.open:,} {waiting} to be looked at ({news})",
    ]
    if report.judge != judge:
        lines.append(
            f"  Judged by the rules: there are too few customers or duplicates for {judge} to learn from"
        )
    if report.expected_precision is not None:
        lines.append(
            f"  Judged by {report.judge}: {report.expected_precision:.2%} of them are expected to be one"
        )
    if report.dismissed:
        lines.append(f"  {report.dismissed:,} more dismissed before: that holds")
    if report.left_out:
        named = ", ".join(f"{count:,} by {block}" for block, count in report.left_out.items())
        said = "only neighbours were" if report.judge == "rules" else "nobody was for that alone"
        lines.append(f"  In large groups {said} compared: {named} (largest_block in crm.toml)")
    if not report.is_complete:
        lines.append("  It ended at most_pairs of [matching.duplicates]: raise threshold, or merge and go on")
    lines.append("  See them: crm customers duplicates" if report.open else "  Nothing is to be done.")
    return "\n".join(lines)


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
    for id_, side in ((found.customer_id, "One"), (found.other_id, "Other")):
        output.data(f"{side + ':':6} {safe(_line(people.get(id_), id_))}")
    output.data("")
    output.rows(_RULES, [_rule_row(each) for each in found.rules])
    judge = crm.config.matching.duplicates.judge
    if found.judge != judge:
        output.data(f"\n{judge} has not suggested them: these are the points of the rules.")
    output.data("")
    output.data(_verdict(found))
    for doubt in found.doubts:
        output.data(f"Look twice: {_words(doubt)}. It keeps them out of a merge of many.")
    if found.state != "dismissed":
        output.say(_choices(found))


def _rule_row(each: Any) -> dict[str, Any]:
    level = each.level or ("household" if each.rule == "household" else "not known of both")
    return {
        "rule": each.rule.replace("_", " "), "ours": each.ours, "theirs": each.theirs,
        "level": "" if level == "household" else level, "points": each.points,
    }  # fmt: skip


def _comparison_record(found: Comparison) -> dict[str, Any]:
    from attrs import asdict

    return asdict(found) | {"suggested": found.is_suggested}


def _verdict(found: Comparison) -> str:
    said = "they are suggested" if found.is_suggested else "too few to be suggested"
    state = ". Somebody said that they are two" if found.state == "dismissed" else ""
    if found.probability is not None:
        odds = f"By {found.judge}, they are one with a probability of {_percent(found.probability)}"
        return f"{odds}. {found.score:g} points; {found.threshold:g} are needed: {said}{state}."
    return f"{found.score:g} points; {found.threshold:g} are needed: {said}{state}."


def _percent(probability: float) -> str:
    return f"{probability:.2%}" if probability < _NEARLY_SURE else "over 99.99%"


def _choices(found: Comparison) -> str:
    a, b = found.customer_id, found.other_id
    return f"The same: crm customers merge {a} {b}\nTwo people: crm customers duplicates dismiss {a} {b}"


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
    people = crm.customers.summaries([a, b])
    named = " and ".join(f"{safe(each.name)} (#{each.id})" for each in people)
    done = (
        f"{named} are two; they are not suggested again" if verb == "dismiss" else f"{named} are open again"
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
        state.confirm(f"Merge {_counted(plan.customers)} into {len(plan.groups):,}?")
    done = crm.duplicates.merge(min_score)
    state.output.receipt(
        f"Merged {_counted(done.customers)} into {len(done.groups):,} as {', '.join(done.refs)}{_left(done)}",
        undo="; ".join(f"crm undo {ref}" for ref in reversed(done.refs)),
        reference=" ".join(done.refs), record=_merge_record(done),
    )  # fmt: skip


def _merge_preview(state: State, plan: MergeReport, *, dry_run: bool) -> None:
    if not plan.groups:
        text = f"No pair of {plan.min_score:g} points or more can be merged without a look{_left(plan)}."
        if state.output.is_json:
            state.output.json(({"dry_run": True} if dry_run else {}) | _merge_record(plan))
        else:
            state.output.say(text)
        return
    if not state.output.is_json:
        _merge_table(state, plan)
    done = f"Would be merged: {_counted(plan.customers)} into {len(plan.groups):,}{_left(plan)}."
    state.output.preview(done, _merge_record(plan))


def _merge_table(state: State, plan: MergeReport) -> None:
    shown = plan.groups[:_SHOWN]
    ids = [id_ for group in shown for id_ in (group.survivor, *group.losers)]
    people = {each.id: each for each in state.crm.customers.summaries(ids)}
    rows = [
        {
            "survivor": _line(people.get(group.survivor), group.survivor),
            "losers": [_line(people.get(id_), id_) for id_ in group.losers],
            "why": group.why, "score": group.score,
        }
        for group in shown
    ]  # fmt: skip
    more = len(plan.groups) - len(shown)
    state.output.rows(_GROUPS, rows, footer=f"… and {more:,} more" if more > 0 else "")


def _left(report: MergeReport) -> str:
    parts = []
    if report.doubtful:
        wait = "waits" if report.doubtful == 1 else "wait"
        parts.append(f"{report.doubtful:,} in doubt {wait} for a look")
    if report.apart:
        parts.append(f"{report.apart:,} in groups where not everybody is alike")
    return f"; {', '.join(parts)}" if parts else ""


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


def _counted(customers: int) -> str:
    return f"{customers:,} {'customer' if customers == 1 else 'customers'}"


def noticed(state: State, customer: Customer) -> Sequence[LookAlike]:
    """Whom a customer just added looks like; nobody where `crm.toml` does not want it said."""
    crm = state.crm
    if not crm.config.matching.duplicates.warn:
        return ()
    return crm.duplicates.look_alikes(customer.id)


def warn_of(state: State, customer: Customer, alike: Sequence[LookAlike]) -> None:
    """Say whom a customer looks like, and what to do about it; on stderr, and not under `--json`."""
    if not alike or state.output.is_json or state.output.quiet:
        return
    state.output.warn("! Looks like " + "; ".join(safe(str(each)) for each in alike))
    first = alike[0].id
    state.output.warn(
        f"  Compare them: crm customers duplicates show {first} {customer.id}. "
        f"The same: crm customers merge {first} {customer.id}"
    )
