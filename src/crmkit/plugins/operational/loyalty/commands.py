"""`crm loyalty`: points, stamp cards, tiers, rewards and coupons."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import asdict

from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    figures,
    lists,
    needs,
    ngettext,
    number,
    pass_state,
    reads_rows,
    rehearses,
    shown,
    shown_instant,
    shown_safely,
    shows,
    writes,
    zone_of,
)
from crmkit.plugins.operational.api import Loyalty, Moved, PointsImport
from crmkit.plugins.operational.loyalty.coupon_commands import coupons, day_option
from crmkit.plugins.operational.loyalty.days import shown_until

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.api import Statement


@click.group()
def loyalty() -> None:
    """Points, stamp cards, tiers, rewards and coupons."""


loyalty.add_command(coupons)


@loyalty.command()
@click.argument("ref")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many movements.")
@shows
@pass_state
def statement(state: CommandState, ref: str, limit: int) -> None:
    """Show what a customer has, and how it came, newest first."""
    crm = state.crm
    found = crm.service(Loyalty).statement(ref, limit=limit)
    name = crm.customers.get(found.customer_id).name
    if state.output.is_json:
        state.output.json({"customer": name, **asdict(found)})
        return
    for line in _summary(crm, name, found):
        state.output.data(line)
    if found.stamps and not found.lines:  # a business with stamp cards only
        return
    state.output.rows(
        (
            OutputColumn("id", "Movement", right=True, fixed=True),
            OutputColumn("at", "When", fixed=True, shown=lambda at: shown_instant(crm, at)),
            OutputColumn("what", style="bold", wrap=True),
            OutputColumn("points", right=True, fixed=True, shown=lambda points: f"{points:+,}"),
            OutputColumn("balance", right=True, fixed=True, shown=lambda points: f"{points:,}"),
        ),
        [asdict(line) for line in found.lines],
        empty=_("No points have moved yet."),
    )


def _summary(crm: Crm, name: str, found: Statement) -> list[str]:
    from crmkit.plugin import shown_safely

    tier = _(", tier {tier}", tier=found.tier) if found.tier else ""
    points = (
        ": " + ngettext("{count} point", "{count} points", found.balance) + tier
        if found.lines or not found.stamps
        else ""
    )
    lines = [shown_safely(name) + points]
    lines += [
        "  " + _("Stamps ({card})", card=card) + ": " + _("{part} of {whole}", part=has, whole=needs)
        for card, (has, needs) in found.stamps.items()
    ]
    lines += [
        "  "
        + ngettext(
            "{count} point expires on {day}",
            "{count} points expire on {day}",
            points,
            day=shown_until(crm, at),
        )
        for at, points in found.expiring[:3]
    ]
    return [
        *lines,
        *(
            "  " + _("Coupon {code}: {label}", code=each.code, label=shown_safely(each.label))
            for each in found.coupons
        ),
    ]


@loyalty.command()
@click.argument("ref")
@click.argument("points", type=click.IntRange(1))
@click.option("--reason", default="", help="Why; the customer may read it.")
@writes
@pass_state
def award(state: CommandState, ref: str, points: int, reason: str) -> None:
    """Give a customer points."""
    moved = state.crm.service(Loyalty).award(ref, points, reason)
    _receipt(state, moved, ngettext("{count} point for {{name}}", "{count} points for {{name}}", points))


@loyalty.command()
@click.argument("ref")
@click.argument("points", type=click.IntRange(1))
@click.option("--reason", default="", help="On what.")
@writes
@pass_state
def spend(state: CommandState, ref: str, points: int, reason: str) -> None:
    """Take points that a customer spends."""
    moved = state.crm.service(Loyalty).spend(ref, points, reason)
    _receipt(state, moved, ngettext("{{name}} spent {count} point", "{{name}} spent {count} points", points))


@loyalty.command()
@click.argument("ref")
@click.argument("reward")
@writes
@pass_state
def redeem(state: CommandState, ref: str, reward: str) -> None:
    """Exchange points for a reward of crm.toml."""
    moved = state.crm.service(Loyalty).redeem(ref, reward)
    got = (
        _("coupon {code}: {label}", code=moved.coupon.code, label=moved.coupon.label)
        if moved.coupon
        else reward
    )
    _receipt(
        state,
        moved,
        ngettext(
            "{{name}} spent {count} point: {got}",
            "{{name}} spent {count} points: {got}",
            -moved.points,
            got=got,
        ),
    )


@loyalty.command()
@click.argument("movement", type=int)
@writes
@pass_state
@needs("customers.read")
def cancel(state: CommandState, movement: int) -> None:
    """Take back a movement made by hand, by its number on the statement."""
    moved = state.crm.service(Loyalty).cancel(movement)
    name = state.crm.customers.get(moved.customer_id).name
    state.output.receipt(
        ngettext(
            "Cancelled movement {movement} of {name}; {count} point is left",
            "Cancelled movement {movement} of {name}; {count} points are left",
            moved.balance,
            movement=movement,
            name=name,
        ),
        reference=movement,
        record=asdict(moved),
    )


def _receipt(state: CommandState, moved: Moved, done: str) -> None:
    name = state.crm.customers.get(moved.customer_id).name
    state.output.receipt(
        ngettext(
            "{done}; {count} point now",
            "{done}; {count} points now",
            moved.balance,
            done=done.replace("{name}", name),
        ),
        undo=f"crm loyalty cancel {moved.id}",
        reference=moved.coupon.code if moved.coupon else moved.id,
        record={"customer": name, **asdict(moved)},
    )


@loyalty.command()
@lists
@pass_state
def tiers(state: CommandState) -> None:
    """List the tiers, and how many customers are in each."""
    found = state.crm.service(Loyalty).tiers()
    state.output.rows(
        (
            OutputColumn("tier", style="bold"),
            OutputColumn("points", "From points", right=True),
            OutputColumn("customers", right=True),
        ),
        [{"tier": name, "points": points, "customers": count} for name, points, count in found],
        empty=_(
            'No tiers. In crm.toml, under [plugins.operational.loyalty]: tiers = [{ name = "silver", '
            "points = 500 }]"
        ),
    )


@loyalty.command()
@writes
@pass_state
def expire(state: CommandState) -> None:
    """Take points that have expired, and tell new tiers: what `crm worker` does every hour."""
    state.crm.service(Loyalty).catch_up()
    state.output.receipt(_("Points and tiers are as of now"))


@loyalty.command()
@day_option("--since", N_("From which day on; from when each rule first gave something, if not given."))
@rehearses
@lists
@pass_state
def recalculate(state: CommandState, since: datetime | None, *, dry_run: bool) -> None:
    """Compare the ledger with the log, and enter what is lacking.

    After a rule of crm.toml was changed, this brings what was earned before in line with it.
    """
    crm = state.crm
    start = None if since is None else int(since.replace(tzinfo=zone_of(crm)).timestamp()) * 1_000_000
    found = crm.service(Loyalty).recalculate(since=start, dry_run=dry_run)
    rows = [asdict(each) for each in found.shown]
    names = {each.id: each.name for each in crm.customers.summaries({row["customer_id"] for row in rows})}
    looked = ngettext("Looked at {count} interaction.", "Looked at {count} interactions.", found.looked_at)
    said = (
        N_("{looked} {differences} differences would be entered: {points} points.")
        if dry_run
        else N_("{looked} {differences} differences were entered: {points} points.")
    )
    state.output.rows(
        (
            OutputColumn("customer", style="bold"),
            OutputColumn("about", "Interaction", right=True, fixed=True),
            OutputColumn("rule", fixed=True),
            OutputColumn("points", right=True, fixed=True, shown=lambda points: f"{points:+,}"),
        ),
        [{"customer": names.get(row["customer_id"], ""), **row} for row in rows],
        empty=_("{looked} The ledger agrees with the log.", looked=looked)
        if found.looked_at or since
        else _("No rule has given anything yet. To have them look back: --since DAY"),
        footer=_(
            said, looked=looked, differences=number(found.differences), points=figures(f"{found.points:+,}")
        ),
    )


@loyalty.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="Which system the points come from, such as old-till.")
@reads_rows
@rehearses
@writes
@pass_state
def import_balances(
    state: CommandState, file: Path, source: str, encoding: str | None, sheet: str | None, *, dry_run: bool
) -> None:
    """Bring balances along from another system.

    FILE is CSV, XLSX or NDJSON with the columns customer (number, reference or e-mail address) and points,
    and perhaps expires, ref and note. Importing it again enters nothing twice. crm undo takes it back.
    """
    imports = state.crm.service(PointsImport)
    report = imports.run(file, source, dry_run=dry_run, encoding=encoding, sheet=sheet)
    _said(state, asdict(report), dry_run=dry_run)


def _said(state: CommandState, report: dict[str, Any], *, dry_run: bool) -> None:
    for note in report["notes"]:
        state.output.say(shown_safely(shown(note)))
    for reject in report["rejects"]:
        state.output.warn(_("Line {line}: {reason}", line=reject["line"], reason=reject["reason"]))
    lines = ngettext("{count} line", "{count} lines", report["entered"])
    parts = [ngettext("{count} point on {lines}", "{count} points on {lines}", report["points"], lines=lines)]
    parts += (
        [_("{repeated} on record already", repeated=number(report["repeated"]))] if report["repeated"] else []
    )
    parts += [_("{rejects} left out", rejects=number(len(report["rejects"])))] if report["rejects"] else []
    text = ", ".join(parts)
    if dry_run:
        state.output.preview(_("It would enter {text}.", text=text), report)
        return
    entry = report["number"]
    undo = f"crm undo points:{entry}" if entry else ""
    state.output.receipt(_("Entered {text}", text=text), undo=undo, reference=entry or "", record=report)
