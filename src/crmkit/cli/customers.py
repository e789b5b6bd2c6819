"""`crm customers`: the people and organisations on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.changes import for_people, history_columns, key, put_back, subject, told
from crmkit.cli.column import Column
from crmkit.cli.drafts import STAGES, describes_customer, draft
from crmkit.cli.duplicates import duplicates
from crmkit.cli.editing import changes_of, edit_many, of_many, one_or_many
from crmkit.cli.exporting import export_customers
from crmkit.cli.find import SUMMARY
from crmkit.cli.groups import Noun
from crmkit.cli.importing import import_customers
from crmkit.cli.look_alikes import noticed, warn_of, warn_of_new_name
from crmkit.cli.merging import merge, merges
from crmkit.cli.options import limited, lists, writes
from crmkit.cli.output import Output
from crmkit.cli.records import change_record, customer_record, summary_record
from crmkit.cli.review import review
from crmkit.cli.show import show
from crmkit.cli.state import State, needs, pass_state
from crmkit.cli.terminal import safe
from crmkit.cli.ties import forget, prefer, relate, unrelate
from crmkit.core.language import N_, _, pgettext
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.model.customer import Customer
    from crmkit.core.model.interaction import Change

_HISTORY = history_columns(Column("what"))
_SUMMARY_KEYS = {"id", "name", "lifecycle", "email", "phone", "city", "uid", "archived_at"}
_OVERDUE = "overdue_contact is not null"
_OVERDUE_COLUMNS = ("id", "name", "customer_type", "level", "overdue_contact")
_TYPES = (
    Column("type", fixed=True, style="bold"),
    Column("level"),
    Column("cadence"),
    Column("customers", right=True, fixed=True),
    Column("overdue", right=True, fixed=True),
    Column("who", "Condition", wrap=True),
    Column("doc", "Who they are", wrap=True),
)
_NO_TYPES = N_(
    'No customer types yet. Declare one in crm.toml:\n[customer_types.wholesale]\nwho = "is_organization"'
)
_NOBODY = N_(
    'No customers yet. Add one: crm customers add --name "Anna Nowak" --email anna@example.org\n'
    "Or many: crm customers import FILE.csv"
)


@click.group(cls=Noun)
def customers() -> None:
    """Add, list, change and import customers.

    REF is an id, a uid, an e-mail, a phone number, SCHEME:VALUE (shop:10042) or a name.
    """


@customers.command()
@click.argument("words", metavar="[NAME…]", nargs=-1)
@describes_customer
@writes
@pass_state
@needs("customers.read")
def add(state: State, words: tuple[str, ...], **described: Any) -> None:
    """Add a customer, or complete the one it matches.

    Such as: crm customers add Anna Nowak --email anna@example.org

    Incoming data finds its customer as [matching] in crm.toml says: by identities, then by e-mail.
    """
    if words and described["name"]:
        raise click.UsageError("The name is given twice: in front, and by --name")
    described["name"] = described["name"] or " ".join(words) or None
    if not any(
        described[key] for key in ("name", "given_name", "family_name", "emails", "phones", "identities")
    ):
        raise click.UsageError(
            'A customer needs a name or a way to be reached.\nSuch as: --name "Anna Nowak"'
        )
    crm = state.crm
    started = crm.clock.now()
    customer = crm.customers.save(draft(crm, described))
    if customer.created_at >= started:
        alike = noticed(state, customer)
        also = {"looks_like": [{"id": each.id, "reasons": each.reasons} for each in alike]}
        _receipt(
            state,
            customer,
            pgettext("receipt", "Added"),
            undo=f"crm customers archive {customer.id}",
            also=also,
        )
        warn_of(state, customer, alike)
    else:
        changes = _changed(state, customer, _("On record already:"), started)
        warn_of_new_name(state, customer, changes)


customers.add_command(show, "show")
customers.add_command(merge)
customers.add_command(merges)


@customers.command("list")
@click.option("--tag", metavar="TAG", help="Only those with this tag.")
@click.option("--lifecycle", type=click.Choice(STAGES), help="Only those who stand there.")
@click.option("--owner", metavar="EMPLOYEE", help="Only those whom EMPLOYEE looks after.")
@click.option("--archived", is_flag=True, help="Also those in the archive.")
@click.option(
    "--where", metavar="PREDICATE", help="Only those for whom it holds, such as: days_since(purchase) > 90"
)
@click.option(
    "--order", metavar="FIELD[:desc]", help="By a field or expression; :desc puts the largest first."
)
@click.option("--overdue", is_flag=True, help="Only those we should have been in touch with, longest first.")
@click.option("--view", metavar="NAME", help="The condition, columns and order of a saved view.")
@limited()
@click.option("--after", metavar="CURSOR", help="Go on where the last list ended.")
@lists
@pass_state
def list_(
    state: State,
    owner: str | None,
    limit: int,
    after: str | None,
    where: str | None,
    order: str | None,
    view: str | None,
    overdue: bool,
    **narrowed: Any,
) -> None:
    """List customers, in the order in which they came or in that of --order.

    --fields and --order take any field, trait or word, and expressions such as sum(purchase, last 90 days).
    """
    crm = state.crm
    owner_id = crm.people.get(owner).id if owner else None
    if overdue:
        where = f"({where}) and {_OVERDUE}" if where else _OVERDUE
        order = order or "overdue_contact:desc"
        state.output.chosen = state.output.chosen or _OVERDUE_COLUMNS
    if where or order or view or not set(state.output.chosen) <= _SUMMARY_KEYS:
        from crmkit.cli.views import show_page

        show_page(
            state, view, where=where, order=order, limit=limit, after=after, owner_id=owner_id, **narrowed
        )
        return
    found, cursor = crm.customers.list(limit, after, owner_id=owner_id, **narrowed)
    state.output.rows(
        SUMMARY,
        [summary_record(crm, summary) for summary in found],
        empty=_NOBODY if not any((owner, after, *narrowed.values())) else _("Nobody is like that."),
        footer=_("There are more; go on with: --after {cursor}", cursor=cursor) if cursor else "",
    )


@customers.command()
@lists
@pass_state
def types(state: State) -> None:
    """List the customer types with their levels, and how many of each are overdue for a contact."""
    rows = [
        {
            "type": each.type.name,
            "level": each.type.level,
            "cadence": each.type.cadence,
            "customers": each.customers,
            "overdue": each.overdue,
            "who": each.type.who,
            "doc": each.type.doc,
        }
        for each in state.crm.segments.types()
    ]
    state.output.rows(_TYPES, rows, empty=_NO_TYPES)


@customers.command()
@click.argument("ref", required=False)
@describes_customer
@click.option("--untag", metavar="TAG", multiple=True, help="Take a tag off.")
@click.option("--archive/--restore", default=None, help="Put into the archive, or take out of it.")
@click.option(
    "--remove", "removed", metavar="VALUE", multiple=True, help="Remove an e-mail, phone or address."
)
@click.option("--primary", metavar="VALUE", help="Make an e-mail or phone the first one to use.")
@click.option("--version", type=int, help="Refuse if somebody changed the customer since this version.")
@of_many
@writes
@pass_state
def update(
    state: State, ref: str | None, where: str | None, archived: bool, dry_run: bool, **described: Any
) -> None:
    """Change customer REF, or everybody for whom --where holds: what is given is set, what is not stays.

    Many are changed after a preview and a yes, and it can be taken back: crm undo.
    """
    one_or_many(ref, where, {"archived": archived, "dry_run": dry_run})
    if where is not None:
        edit_many(state, where, changes_of(state.crm, described), archived=archived, dry_run=dry_run)
    elif ref is not None:
        _update_one(state, ref, **described)


def _update_one(
    state: State,
    ref: str,
    removed: tuple[str, ...],
    primary: str | None,
    version: int | None,
    untag: tuple[str, ...],
    archive: bool | None,
    **described: Any,
) -> None:
    from attrs import evolve

    crm = state.crm
    started = crm.clock.now()
    customer = before = crm.customers.get(ref)
    wanted = evolve(draft(crm, described), version=version)
    with crm.transaction():
        if wanted != type(wanted)():
            customer = crm.customers.update(before.id, wanted)
        for value in removed:
            crm.customers.remove_contact_point(before.id, _contact_point(customer, value))
        if primary is not None:
            crm.customers.set_primary(before.id, _contact_point(customer, primary))
        if untag:
            crm.customers.untag(before.id, *untag)
        if archive is not None:
            (crm.customers.archive if archive else crm.customers.restore)(before.id)
    _changed(state, crm.customers.get(before.id), pgettext("receipt", "Changed"), started)


def _contact_point(customer: Customer, value: str) -> int:
    from crmkit.core.errors import NotFound
    from crmkit.core.normalise.text import quoted

    wanted = value.strip().casefold()
    for point in customer.contact_points:
        if point.id is not None and wanted in (
            point.value.casefold(),
            point.normalised.casefold(),
            str(point.id),
        ):
            return point.id
    known = ", ".join(point.value for point in customer.contact_points) or phrase("none")
    raise NotFound(
        phrase("{customer} has no contact point {value}", customer=customer.name, value=quoted(value)),
        hint=phrase("There are: {names}", names=known),
    )


@customers.command()
@click.argument("words", metavar="[REF] TAGS...", nargs=-1, required=True)
@of_many
@writes
@pass_state
def tag(state: State, words: tuple[str, ...], where: str | None, archived: bool, dry_run: bool) -> None:
    """Put tags on customer REF, or on everybody for whom --where holds."""
    if where is not None:
        from crmkit.core.editing import Changes

        edit_many(state, where, Changes(tags=words), archived=archived, dry_run=dry_run)
        return
    customer_id, tags = _tagged(state, words, archived=archived, dry_run=dry_run)
    state.crm.customers.tag(customer_id, *tags)
    customer = state.crm.customers.get(customer_id)
    _receipt(
        state,
        customer,
        _("Tagged {tags}:", tags=", ".join(tags)),
        undo=f"crm customers untag {customer_id} {_words(tags)}",
    )


@customers.command()
@click.argument("words", metavar="[REF] TAGS...", nargs=-1, required=True)
@of_many
@writes
@pass_state
def untag(state: State, words: tuple[str, ...], where: str | None, archived: bool, dry_run: bool) -> None:
    """Take tags off customer REF, or off everybody for whom --where holds."""
    if where is not None:
        from crmkit.core.editing import Changes

        edit_many(state, where, Changes(untag=words), archived=archived, dry_run=dry_run)
        return
    customer_id, tags = _tagged(state, words, archived=archived, dry_run=dry_run)
    state.crm.customers.untag(customer_id, *tags)
    customer = state.crm.customers.get(customer_id)
    _receipt(
        state,
        customer,
        _("Untagged {tags}:", tags=", ".join(tags)),
        undo=f"crm customers tag {customer_id} {_words(tags)}",
    )


def _tagged(
    state: State, words: tuple[str, ...], *, archived: bool, dry_run: bool
) -> tuple[int, tuple[str, ...]]:
    """Whom, and with which tags, where it is one customer."""
    one_or_many(words[0], None, {"archived": archived, "dry_run": dry_run})
    if len(words) == 1:
        raise click.UsageError("Which tags?\nSuch as: crm customers tag REF vip")
    return state.crm.customers.resolve(words[0]), words[1:]


def _words(texts: tuple[str, ...]) -> str:
    import shlex

    return " ".join(map(shlex.quote, texts))


@customers.command()
@click.argument("ref", required=False)
@of_many
@writes
@pass_state
def archive(state: State, ref: str | None, where: str | None, archived: bool, dry_run: bool) -> None:
    """Put customer REF, or everybody for whom --where holds, into the archive: out of lists, never lost."""
    one_or_many(ref, where, {"archived": archived, "dry_run": dry_run})
    if where is not None:
        from crmkit.core.editing import Changes

        edit_many(state, where, Changes(archive=True), archived=archived, dry_run=dry_run)
        return
    customer_id = state.crm.customers.resolve(str(ref))
    state.crm.customers.archive(customer_id)
    customer = state.crm.customers.get(customer_id)
    _receipt(state, customer, pgettext("receipt", "Archived"), undo=f"crm customers restore {customer_id}")


@customers.command()
@click.argument("ref", required=False)
@of_many
@writes
@pass_state
def restore(state: State, ref: str | None, where: str | None, archived: bool, dry_run: bool) -> None:
    """Take customer REF, or everybody for whom --where holds, out of the archive."""
    one_or_many(ref, where, {"archived": archived, "dry_run": dry_run})
    if where is not None:
        from crmkit.core.editing import Changes

        edit_many(state, where, Changes(archive=False), archived=archived, dry_run=dry_run)
        return
    customer_id = state.crm.customers.resolve(str(ref))
    state.crm.customers.restore(customer_id)
    customer = state.crm.customers.get(customer_id)
    _receipt(state, customer, pgettext("receipt", "Restored"), undo=f"crm customers archive {customer_id}")


@customers.command()
@click.argument("ref")
@limited()
@lists
@pass_state
def history(state: State, ref: str, limit: int) -> None:
    """Who changed what about customer REF, newest first."""
    crm = state.crm
    changes: Sequence[Change] = crm.customers.history(crm.customers.resolve(ref), limit)
    is_read = state.output.format == "table"
    if is_read:
        changes = for_people(crm, changes)
    rows = [change_record(crm, change) for change in changes]
    for row, change in zip(rows, changes, strict=True):
        row["what"] = subject(change) if is_read else key(change)
    state.output.rows(_HISTORY, rows, empty=_("Nothing has changed yet."))


for command in (relate, unrelate, prefer, forget, import_customers, export_customers, review, duplicates):
    customers.add_command(command)


def _changed(state: State, customer: Customer, done: str, started: int) -> Sequence[Change]:
    """The receipt of a change: what is different from before, and the command that puts it back; the
    changes."""
    changes = [change for change in state.crm.customers.history(customer.id) if change.at >= started]
    if not changes:
        _receipt(state, customer, _("On record already, nothing was different:"))
        return ()
    lines = [told(each) for each in for_people(state.crm, changes)]
    _receipt(state, customer, done, undo=put_back(customer, changes), lines=lines)
    return changes


def _receipt(
    state: State,
    customer: Customer,
    done: str,
    *,
    undo: str = "",
    lines: Sequence[str] = (),
    also: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    output: Output = state.output
    named = f"{done} {safe(customer.name) or _('somebody without a name')} (#{customer.id})"
    output.receipt(
        "\n".join([named, *(f"  {line}" for line in lines)]),
        undo=undo,
        reference=customer.id,
        record={"customer": customer_record(state.crm, customer), **also},
    )
