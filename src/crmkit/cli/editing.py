"""Mass edits on the command line: one change to everybody for whom a condition holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crmkit.cli.changes import for_people, told
from crmkit.cli.options import asks, rehearses, writes
from crmkit.cli.plain import plain
from crmkit.cli.records import change_record
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.cli.values import fields
from crmkit.core.language import _, ngettext, number
from crmkit.core.phrase import Phrase, as_phrase, joined, nphrase, phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit.core.crm import Crm
    from crmkit.core.editing import Changes, EditReport, Skipped
    from crmkit.core.editing.mass import Progress

F = TypeVar("F", bound=Callable[..., Any])
_SHOWN = 10
# What only one customer can have, by the option's name.
_OF_ONE = {
    "name": "--name",
    "given_name": "--given-name",
    "family_name": "--family-name",
    "emails": "--email",
    "phones": "--phone",
    "street": "--street",
    "postcode": "--postcode",
    "city": "--city",
    "country": "--country",
    "identities": "--identity",
    "source": "--source",
    "removed": "--remove",
    "primary": "--primary",
    "version": "--version",
}


def of_many(command: F) -> F:
    """The options with which a command changes many customers at once."""
    command = rehearses(asks(command))
    command = click.option("--archived", is_flag=True, help="With --where: also those in the archive.")(
        command
    )
    return click.option(
        "--where",
        metavar="PREDICATE",
        help="Everybody for whom it holds, instead of REF, such as: lifecycle = 'lead'",
    )(command)


def changes_of(crm: Crm, described: Mapping[str, Any]) -> Changes:
    """The changes that the options of a customer describe. Raises UsageError for what only one can have."""
    from crmkit.core.editing import Changes

    for key, option in _OF_ONE.items():
        if described.get(key):
            raise click.UsageError(
                phrase(
                    "{option} cannot be given to many at once.\n"
                    "Name one customer: crm customers update REF …",
                    option=option,
                )
            )
    owner = described["owner"]
    same = ("lifecycle", "customer_type", "is_organization", "locale", "timezone")
    return Changes(
        fields=fields(crm, described["values"]),
        tags=described["tags"],
        untag=described["untag"],
        archive=described["archive"],
        owner_id=crm.people.get(owner).id if owner else None,
        **{key: described[key] for key in (*same, "preferred_channel", "preferred_time")},
    )


def one_or_many(ref: str | None, where: str | None, many: Mapping[str, Any]) -> None:
    """Raise UsageError unless either a customer or a condition was given, and each with its own options."""
    if (ref is None) == (where is None):
        raise click.UsageError("Who is to change?\nName one customer (REF), or many by --where PREDICATE.")
    for name, given in many.items():
        if ref is not None and given:
            raise click.UsageError(phrase("--{name} goes with --where.", name=name.replace("_", "-")))


def edit_many(state: State, where: str, changes: Changes, *, archived: bool, dry_run: bool) -> None:
    """Preview an edit, ask, do it, and say what came of it."""
    editing = state.crm.editing
    run_edit(
        state,
        lambda progress: editing.preview(where, changes, archived=archived, progress=progress),
        lambda progress: editing.apply(where, changes, archived=archived, progress=progress),
        dry_run=dry_run,
    )


def run_edit(
    state: State,
    preview: Callable[[Progress], EditReport],
    apply: Callable[[Progress], EditReport],
    *,
    dry_run: bool,
) -> None:
    """Show what an edit would do, ask, do it; with `--yes` it is done at once."""
    expected = None
    if dry_run or not state.yes:
        with state.progress(_("Looking")) as advance:
            expected = preview(advance)
        text = "\n".join(_would(state.crm, expected))
        if dry_run:
            state.output.preview(text, _record(state.crm, expected))
            return
        state.output.say(text)
        if not (expected.changed or expected.records or expected.rows):
            state.output.receipt(_("There is nothing to change."), record=_record(state.crm, expected))
            return
        state.confirm(_question(expected))
    with state.progress(_("Changing")) as advance:
        report = apply(advance)
    _receipt(state, report, expected)


def _receipt(state: State, report: EditReport, expected: EditReport | None) -> None:
    crm, output = state.crm, state.output
    lines = [_("There was nothing to change.") if report.ref is None else _done(report)]
    if expected is not None and expected.matched != report.matched:
        lines.append(
            "  "
            + ngettext(
                "It was about {count} customer; the preview had found {expected}.",
                "It was about {count} customers; the preview had found {expected}.",
                report.matched,
                expected=number(expected.matched),
            )
        )
    lines += _left(crm, report, _("Left as they were:"))
    output.receipt(
        "\n".join(lines),
        undo=f"crm undo {report.ref}" if report.ref else "",
        reference=report.ref or "",
        record=_record(crm, report),
    )


def _would(crm: Crm, report: EditReport) -> list[str]:
    lines = [
        ngettext("{count} customer: {counts} ({what}).", "{count} customers: {counts} ({what}).",
                 report.matched, counts=_(", ").join(_counts(report)), what=safe(report.what))
    ]  # fmt: skip
    lines += ["  " + _("{what} would change hands.", what=safe(each)) for each in _others(report)]
    names = {
        each.id: each.name for each in crm.customers.summaries({c.customer_id or 0 for c in report.samples})
    }
    by_customer: dict[int, list[str]] = {}
    for change in for_people(crm, report.samples):
        by_customer.setdefault(change.customer_id or 0, []).append(told(change))
    lines += [f"  {safe(names.get(id_))} (#{id_})  {'; '.join(each)}" for id_, each in by_customer.items()]
    if report.changed > len(by_customer):
        lines.append("  …")
    return lines + _left(crm, report, _("Would be left as they are:"))


def _counts(report: EditReport) -> Iterator[str]:
    """How many would be changed, are so already, would be refused."""
    yield ngettext("{count} would change", "{count} would change", report.changed)
    if report.unchanged:
        yield ngettext("{count} is so already", "{count} are so already", report.unchanged)
    if report.refused:
        yield ngettext("{count} would be refused", "{count} would be refused", report.refused)


def _left(crm: Crm, report: EditReport, title: str) -> list[str]:
    lines = [f"  {title}"] if report.skipped else []
    shown: Sequence[Skipped] = report.skipped[:_SHOWN]
    names = {each.id: each.name for each in crm.customers.summaries([each.customer_id for each in shown])}
    lines += [
        f"    {safe(names.get(each.customer_id))} (#{each.customer_id}): {safe(as_phrase(each.reason))}"
        for each in shown
    ]
    if report.refused > len(shown):
        more = report.refused - len(shown)
        lines.append(
            "    "
            + ngettext(
                "… and {count} more (all of them with --json)",
                "… and {count} more (all of them with --json)",
                more,
            )
        )
    return lines + ["  " + _("Stays with whom it is: {what}", what=safe(each)) for each in report.left]


def _question(report: EditReport) -> str:
    """What is asked before an edit is done."""
    others = _others(report)
    if not others:
        return ngettext("Change {count} customer?", "Change {count} customers?", report.changed)
    return _("Change all of this ({changed})?", changed=_listed(report.changed, others))


def _done(report: EditReport) -> str:
    """What was done, and by which number it can be taken back."""
    others, what = _others(report), safe(report.what)
    if not others:
        return ngettext(
            "Changed {count} customer as {ref}: {what}",
            "Changed {count} customers as {ref}: {what}",
            report.changed,
            ref=report.ref,
            what=what,
        )
    changed = _listed(report.changed, others)
    return _("Changed all of this ({changed}) as {ref}: {what}", changed=changed, ref=report.ref, what=what)


def _listed(customers: int, others: Sequence[Phrase]) -> str:
    """`3 customers, 1 record, 2 rows of operational_task`."""
    some = [nphrase("{count} customer", "{count} customers", customers)] if customers else []
    return safe(joined(phrase(", "), [*some, *others]))


def _others(report: EditReport) -> list[Phrase]:
    """The records, and the rows of plugins' tables, that change hands."""
    from crmkit.core.merging.wording import rows_of

    records = [nphrase("{count} record", "{count} records", report.records)] if report.records else []
    return [*records, *(rows_of(name, count) for name, count in report.rows.items())]


def _record(crm: Crm, report: EditReport) -> dict[str, Any]:
    return {
        "edit": report.ref,
        "what": report.what,
        "matched": report.matched,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "records": report.records,
        "rows": dict(report.rows),
        "skipped": [plain(each) for each in report.skipped],
        "samples": [change_record(crm, each) for each in report.samples],
        "left": list(report.left),
    }


@click.command()
@click.argument("leaving", metavar="FROM")
@click.argument("to", metavar="TO")
@rehearses
@asks
@writes
@pass_state
def handover(state: State, leaving: str, to: str, dry_run: bool) -> None:
    """Give the customers, open records and open tasks of FROM, who leaves, to TO."""
    editing, people = state.crm.editing, state.crm.people
    run_edit(
        state,
        lambda progress: editing.preview_handover(leaving, to, progress=progress),
        lambda progress: editing.handover(leaving, to, progress=progress),
        dry_run=dry_run,
    )
    found = people.get(leaving)
    if found.active and not dry_run:
        left = _(
            "If {name} has left: crm people employees deactivate {id}", name=safe(found.name), id=found.id
        )
        state.output.say(f"  {left}")
