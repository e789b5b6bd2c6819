"""`crm show`: one customer on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from crmkit.cli.column import Column
from crmkit.cli.options import shows
from crmkit.cli.output import Output
from crmkit.cli.plain import plain
from crmkit.cli.records import (
    change_record,
    consent_record,
    customer_record,
    interaction_record,
    local_day,
    local_time,
    moment,
    with_currency,
)
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.cli.values import tz
from crmkit.core.cldr import written_day
from crmkit.core.language import _, ngettext, number, translated

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.customers import Profile
    from crmkit.core.model.customer import Customer, Preference, Relationship

_INTERACTIONS = (
    Column("seq", "No.", right=True, fixed=True, style="dim"),
    Column("at", "When", fixed=True, shown=local_time),
    Column("type"),
    Column("amount", right=True, fixed=True, sparse=True),
    Column("channel", sparse=True),
    Column("summary", "What", sparse=True),
)
_RECORDS = (
    Column("ref", "Record", fixed=True, style="dim"),
    Column("title", style="bold"),
    Column("state"),
    Column("owner"),
    Column("changed", fixed=True, shown=local_day),
)
# The labels' column is at least so wide, that it does not move from one customer to the next.
_LABEL = 12
_TOGETHER = 8
_YEAR, _MONTH = 365, 30
Line = tuple[str, str]


@click.command()
@click.argument("ref", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 200), help="So many last contacts, instead of a few.")
@shows
@pass_state
def show(state: State, ref: tuple[str, ...], limit: int | None) -> None:
    """Show customer REF on one screen: who, last contact, what they like, may we write.

    REF is an id, a uid, an e-mail, a phone number, SCHEME:VALUE or a name.
    """
    crm = state.crm
    profile = crm.customers.profile(" ".join(ref))
    if limit is not None:
        page = crm.interactions.timeline(profile.customer.id, limit)
        profile = evolve(profile, last=page.interactions)
    if state.output.is_json:
        state.output.json(profile_record(crm, profile))
        return
    _page(state.output, crm, profile, limit or 0)


def profile_record(crm: Crm, profile: Profile) -> dict[str, Any]:
    """Everything that the page shows, for programs."""
    from crmkit.cli.record_rows import record_json

    return {
        "customer": customer_record(crm, profile.customer) | {"owner": profile.owner},
        "may_write": dict(profile.may_write),
        "consents": [consent_record(crm, consent) for consent in profile.consents.values()],
        "suppressions": [
            plain(each) | {name: moment(crm, getattr(each, name)) for name in ("at", "until")}
            for each in profile.suppressions
        ],
        "relationships": [
            {
                "kind": tie.kind,
                "customer_id": tie.customer_id,
                "other_id": tie.other_id,
                "since": plain(tie.since),
            }
            for tie in profile.relationships
        ],
        "counts": dict(profile.counts),
        "interactions": [interaction_record(crm, each) for each in profile.last],
        "records": [record_json(crm, crm.words.record_types[each.type], each) for each in profile.records],
        "record_changes": [change_record(crm, each) for each in profile.record_changes],
        "sections": {section.title: dict(section.lines) for section in profile.sections},
    }


def _page(output: Output, crm: Crm, profile: Profile, limit: int) -> None:
    customer = profile.customer
    output.data(_title(customer))
    print_lines(output, list(_about(crm, profile)))
    for section in profile.sections:
        output.data("")
        output.data(heading(safe(translated(section.title))))
        print_lines(output, [(safe(label), safe(text)) for label, text in section.lines])
    if rows := _records(crm, profile):
        output.data("")
        output.data(heading(_("Open")))
        output.rows(_RECORDS, rows)
    output.data("")
    output.data(heading(_("What happened last") if profile.record_changes else _("Last contacts")))
    rows = [interaction_record(crm, each) for each in profile.last]
    for row in rows:
        row["amount"] = with_currency(row)
    rows = _with_events(crm, profile, rows, limit)
    none_yet = _("None yet. Write one down: crm log {id} purchase 12.50", id=customer.id)
    output.rows(_INTERACTIONS, rows, empty=none_yet)
    for warning in profile.warnings:
        output.warn(safe(warning))


def _records(crm: Crm, profile: Profile) -> list[dict[str, Any]]:
    """The open records in a line each, without those that a section lists."""
    listed = {section.lists for section in profile.sections}
    return [
        {
            "ref": each.ref,
            "title": each.title,
            "state": each.state,
            "owner": profile.employees.get(each.owner_id) if each.owner_id else None,
            "changed": moment(crm, each.updated_at),
        }
        for each in profile.records
        if each.type not in listed
    ]


def _with_events(crm: Crm, profile: Profile, rows: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """Contacts and what happened to records, newest first: as many as fit where both are shown. What a
    record has told by itself is not said twice."""
    if not profile.record_changes:
        return rows
    from crmkit.cli.record_rows import event_row

    told = {(each.recorded_at, str(each.source_ref).partition("@")[0]) for each in profile.last}
    changes = [
        each
        for each in profile.record_changes
        if (each.at, f"{each.entity.removeprefix('record:')}:{each.entity_id}") not in told
    ]
    both = [*rows, *(event_row(crm, each, profile.record_titles) for each in changes)]
    both.sort(key=lambda row: str(row["at"]), reverse=True)
    return both[: max(limit, len(rows), _TOGETHER)]


def _title(customer: Customer) -> str:
    what = _("organisation") if customer.is_organization else customer.customer_type
    state = [_("restricted")] if customer.restricted_at else []
    state += [_("archived")] if customer.archived_at else []
    parts = [f"#{customer.id}", customer.lifecycle, what, *state]
    name = safe(customer.name) or _("(no name)")
    return f"{heading(name)}   {_dim(' · '.join(safe(part) for part in parts if part))}"


def _about(crm: Crm, profile: Profile) -> Iterator[Line]:
    customer = profile.customer
    yield from _labelled(_("Reach"), _contact_points(crm, profile))
    likes_to = (customer.preferred_channel, customer.preferred_time, customer.locale, customer.timezone)
    yield from _labelled(_("Prefers"), [", ".join(safe(each) for each in likes_to if each)])
    yield from _labelled(_("Known as"), [", ".join(safe(each) for each in customer.identities)])
    yield from _labelled(_("Tags"), [safe(customer.tags)])
    yield from _labelled(_("Looked after"), [safe(profile.owner)])
    yield from _fields(crm, customer)
    yield from _labelled(_("Likes"), (_preference(each) for each in customer.preferences))
    yield from _labelled(_("Related"), (_tie(crm, profile, each) for each in profile.relationships))
    yield from _labelled(_("May we write"), _may_write(crm, profile))
    yield _("Contacts"), _contacts(crm, profile)


def _labelled(label: str, texts: Iterable[str]) -> Iterator[Line]:
    """Lines of which the first has the label."""
    for text in texts:
        if text:
            yield label, text
            label = ""


def _contact_points(crm: Crm, profile: Profile) -> Iterator[str]:
    from crmkit.core.suppressions.judging import in_short

    customer = profile.customer
    kinds = [point.kind for point in customer.contact_points]
    for point in customer.contact_points:
        first = _("first") if point.is_primary and kinds.count(point.kind) > 1 else ""
        notes = [
            safe(note) for note in (point.label, first, _("verified") if point.verified_at else "") if note
        ]
        against = [each for each in profile.suppressions if each.address == point.value]
        why = "; ".join(dict.fromkeys(in_short(each, tz(crm)) for each in against))
        yield safe(point.value) + (f"  ({', '.join(notes)})" if notes else "") + _not_written(why)


def _not_written(why: str) -> str:
    return f"  {_dim(_('not written to: {why}', why=why))}" if why else ""


def _fields(crm: Crm, customer: Customer) -> Iterator[Line]:
    from crmkit.core.customers.fields import show_field

    for name, value in customer.fields.items():
        word = crm.words.fields.get(name)
        if value is not None:
            label = (word.label if word else "") or name.rpartition(".")[2].replace("_", " ").capitalize()
            yield translated(label), safe(show_field(word, value, tz(crm)) if word else value)


def _preference(preference: Preference) -> str:
    inferred = "" if preference.origin == "stated" else f"  ({_('inferred')})"
    return f"{safe(preference.topic)}: {safe(preference.value)}{inferred}"


def _tie(crm: Crm, profile: Profile, tie: Relationship) -> str:
    """`works at ACME (#4)`, or as seen from the other end, `Anna (#2) works at them`."""
    kind = safe(_kind(crm, tie.kind))
    since = _(", since {day}", day=written_day(tie.since)) if tie.since else ""
    other = tie.other_id if tie.customer_id == profile.customer.id else tie.customer_id
    named = f"{safe(profile.others.get(other))} (#{other})"
    said = (
        f"{kind} {named}"
        if tie.customer_id == profile.customer.id
        else _("{named} {kind} them", named=named, kind=kind)
    )
    return said + since


def _kind(crm: Crm, kind: str) -> str:
    """What `[relationships]` calls it, as it stands within a line; else the words of the kind itself."""
    from crmkit.core.customers.ties import kind_in_words

    label = translated(crm.config.relationships.get(kind, ""))
    if not label:
        return kind_in_words(kind)
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _may_write(crm: Crm, profile: Profile) -> list[str]:
    """`offers by phone, post: no, never asked`: the ways to which one answer applies in one line."""
    ways: dict[tuple[str, str], list[str]] = {}
    for what, answer in profile.may_write:
        purpose, channel = what.rsplit(" by ", 1)
        ways.setdefault((purpose, answer), []).append(channel)
    if ways:
        return [
            _(
                "{purpose} by {channels}: {answer}",
                purpose=safe(purpose),
                channels=safe(each),
                answer=safe(answer),
            )
            for (purpose, answer), each in ways.items()
        ]
    if len(crm.words.purposes):
        return [_("no way to reach them is on record")]
    return [_("no purposes are declared; see [purposes] in crm.toml")]


def _contacts(crm: Crm, profile: Profile) -> str:
    if not profile.last:
        return _("none on record")
    last = profile.last[0]
    often = sorted(profile.counts.items(), key=lambda each: (-each[1], each[0]))
    counts = ", ".join(f"{number(count)}\u00a0×\u00a0{safe(name)}" for name, count in often)
    if len(often) == 1:
        return _(
            "last {when} ({ago}); in all {counts}",
            when=local_time(moment(crm, last.occurred_at) or ""),
            ago=_ago(crm, last.occurred_at),
            counts=counts,
        )
    return _(
        "last {when} ({ago}); {total} in all: {counts}",
        when=local_time(moment(crm, last.occurred_at) or ""),
        ago=_ago(crm, last.occurred_at),
        total=number(sum(profile.counts.values())),
        counts=counts,
    )


def _ago(crm: Crm, instant: int) -> str:
    from crmkit.core.instants import local_date

    days = (local_date(crm.clock.now(), tz(crm)) - local_date(instant, tz(crm))).days
    if -1 <= days <= 1:
        return (_("today"), _("yesterday"), _("tomorrow"))[days]
    if days < 0:
        return ngettext("in {count} day", "in {count} days", -days)
    if days >= 2 * _YEAR:
        return ngettext("{count} year ago", "{count} years ago", days // _YEAR)
    if days >= 2 * _MONTH:
        return ngettext("{count} month ago", "{count} months ago", days // _MONTH)
    return ngettext("{count} day ago", "{count} days ago", days)


def print_lines(output: Output, lines: Sequence[Line]) -> None:
    """Print labels and texts in two columns."""
    from crmkit.cli.tables import folded, padded, steady, width

    room = max([_LABEL, *(width(label) for label, _ in lines)])
    for label, text in lines:
        start = padded(label, room)
        line = folded(f"{start}  {steady(text)}", room + 2)
        output.data(_dim(start) + line.removeprefix(start))


def heading(text: str) -> str:
    """A text that stands above others."""
    return _styled(text, bold=True)


def _dim(text: str) -> str:
    return _styled(text, dim=True)


def _styled(text: str, **style: bool) -> str:
    import sys

    from crmkit.cli.tables import coloured

    return click.style(text, **style) if coloured(sys.stdout) else text
