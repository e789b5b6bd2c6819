"""`crm segments`: groups of customers, who is in them, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.find import SUMMARY
from crmkit.cli.groups import Noun
from crmkit.cli.options import limited, lists, shows, writes
from crmkit.cli.plain import plain
from crmkit.cli.reads import read_record
from crmkit.cli.records import local_time, moment, summary_record
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.language import N_, _, ngettext, number, translated

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.words import Segment
    from crmkit.core.predicates.sql.explaining import Clause

_KINDS = {"dynamic": N_("dynamic"), "static": N_("static")}


def _kind(name: str) -> str:
    return _(_KINDS.get(name, name))


_COLUMNS = (
    Column("segment", fixed=True, style="bold"),
    Column("members", right=True, fixed=True),
    Column("kind", shown=_kind),
    Column("doc", "Who they are", wrap=True, shown=translated),
    Column("who", "Condition", wrap=True),
    Column("owner"),
)
_HISTORY = (
    Column("entered_at", "Entered", fixed=True, shown=local_time),
    Column("left_at", "Left", fixed=True, shown=local_time),
    Column("customer_id", "Id", right=True, fixed=True, style="dim"),
    Column("name", style="bold"),
)
_AT = (
    Column("at", "When", fixed=True, shown=local_time),
    Column("member", "In it"),
)
_IN = N_("{somebody} (#{customer_id}) is in {segment}")
_NOT_IN = N_("{somebody} (#{customer_id}) is not in {segment}")
_NONE = N_('No segments yet. Declare one in crm.toml:\n[segments]\nnew = "days_since(purchase) <= 30"')
_limit = click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True, help="At most so many."
)
_as_of = click.option("--as-of", metavar="DATE", help="As it was then, by what was known then.")


@click.group(cls=Noun)
def segments() -> None:
    """Groups of customers: who is in them, why, and since when.

    Segments are declared in crm.toml, by a condition or, with kind = "static", as a list kept by hand.
    """


@segments.command("list")
@_as_of
@lists
@pass_state
def list_(state: State, as_of: str | None) -> None:
    """List the segments, each with how many members it has."""
    from crmkit.core.errors import Invalid

    crm = state.crm
    words = crm.segments.list()
    at = instant_of(crm, as_of)
    counts: dict[str, int] = {}
    try:
        counts.update(crm.segments.counts(as_of=at))
    except Invalid:
        # One of them is broken: it is named, and the others are counted all the same.
        counts.update(_counted_singly(state, words, at))
    rows = [{"segment": word.name, "members": counts.get(word.name), **_said(word)} for word in words]
    state.output.rows(_COLUMNS, rows, empty=_NONE)


def _counted_singly(state: State, words: Sequence[Segment], at: int | None) -> Iterator[tuple[str, int]]:
    from crmkit.core.errors import Invalid

    for word in words:
        try:
            yield word.name, state.crm.segments.count(word.name, at)
        except Invalid as error:
            state.output.warn(safe(error.message, lines=True))


def _said(word: Segment) -> dict[str, Any]:
    return {"kind": word.kind, "doc": word.doc, "who": word.who, "owner": word.owner}


@segments.command()
@click.argument("name")
@shows
@pass_state
def show(state: State, name: str) -> None:
    """Show what segment NAME says, in words too, and how many members it has."""
    from crmkit.core.predicates.formatting import format as formatted
    from crmkit.core.predicates.sentences import sentence

    crm = state.crm
    word = crm.segments.get(name)
    predicate = crm.segments.predicate(name)
    record = {
        "segment": word.name,
        **_said(word),
        "condition": None if word.is_static else formatted(predicate),
        "sentence": _("A list kept by hand.") if word.is_static else sentence(predicate),
        "needs": list(crm.segments.needs(name)),
        "members": crm.segments.count(name),
    }
    if state.output.is_json:
        state.output.json(record)
        return
    state.output.data(f"{safe(word.name)}: {safe(translated(word.doc))}")
    state.output.data(f"  {safe(record['sentence'])}")
    if record["condition"]:
        state.output.data(f"  {safe(record['condition'])}")
    if record["needs"]:
        state.output.data("  " + _("Needs: {words}", words=", ".join(map(safe, record["needs"]))))
    state.output.data("  " + _("Members: {members}", members=number(record["members"])))
    state.output.say(_("Who they are: crm segments members {word}", word=safe(word.name)))


@segments.command()
@click.argument("name", required=False)
@click.option("--where", metavar="PREDICATE", help="Only those for whom it holds; of everybody without NAME.")
@_as_of
@shows
@pass_state
def count(state: State, name: str | None, where: str | None, as_of: str | None) -> None:
    """Count the members of segment NAME, or whoever meets a condition."""
    crm = state.crm
    at = instant_of(crm, as_of)
    if name is None and where is None:
        raise click.UsageError("Name a segment, or a condition: --where 'days_since(purchase) > 90'")
    word = None if name is None else crm.segments.get(name).name
    with crm.noted_reads() as reads:
        found = crm.segments.count_where(_meant(word, where), at)
    asked = moment(crm, crm.clock.now() if at is None else at)
    if state.output.is_json:
        said = {"segment": word, "where": where, "count": found, "as_of": asked}
        state.output.json(said | read_record(reads))
    else:
        state.output.data(str(found))


def _meant(segment: str | None, condition: str | None) -> str:
    """Both together, as one condition."""
    said = [f"in({segment})" if segment else "", f"({condition})" if condition else ""]
    return " and ".join(filter(None, said))


@segments.command()
@click.argument("name")
@_as_of
@limited(most=1_000_000)
@click.option("--after", type=int, metavar="ID", help="Go on after the customer with this id.")
@lists
@pass_state
def members(state: State, name: str, as_of: str | None, limit: int, after: int | None) -> None:
    """List the members of segment NAME, in the order of their ids."""
    crm = state.crm
    ids = crm.segments.members(name, instant_of(crm, as_of), limit=limit + 1, after=after)
    rows = [summary_record(crm, each) for each in crm.customers.summaries(ids[:limit])]
    more = (
        _("There are more; go on with: --after {cursor}", cursor=ids[limit - 1]) if len(ids) > limit else ""
    )
    state.output.rows(SUMMARY, rows, empty=_("Nobody is in it."), footer=more)


@segments.command()
@click.argument("name")
@click.argument("ref")
@_as_of
@shows
@pass_state
def explain(state: State, name: str, ref: str, as_of: str | None) -> None:
    """Show why customer REF is in segment NAME, or is not: each clause with what it found."""
    crm = state.crm
    word = crm.segments.get(name)
    found = crm.segments.explain(name, ref, instant_of(crm, as_of))
    if state.output.is_json:
        state.output.json(
            {
                "segment": word.name,
                "customer_id": found.customer_id,
                "as_of": moment(crm, found.as_of),
                "member": found.is_member,
                "clause": _clause_record(crm, found.clause),
            }
        )
        return
    somebody = next(iter(crm.customers.summaries([found.customer_id]))).name
    state.output.data(
        _(
            _IN if found.is_member else _NOT_IN,
            somebody=safe(somebody),
            customer_id=found.customer_id,
            segment=word.name,
        )
    )
    for line in _clause_lines(crm, found.clause, 1):
        state.output.data(line)


def _clause_lines(crm: Crm, clause: Clause, depth: int) -> Iterator[str]:
    mark = {True: "✓", False: "✗", None: "?"}[clause.truth]
    said = ", ".join(
        _("{what} is {value}", what=safe(text), value=_shown(crm, value)) for text, value in clause.values
    )
    yield "  " * depth + f"{mark} {safe(clause.text)}" + (f"   ({said})" if said else "")
    for each in clause.clauses:
        yield from _clause_lines(crm, each, depth + 1)


def _clause_record(crm: Crm, clause: Clause) -> dict[str, Any]:
    return {
        "text": clause.text,
        "truth": clause.truth,
        "values": {text: plain(value) for text, value in clause.values},
        "clauses": [_clause_record(crm, each) for each in clause.clauses],
    }


def _shown(crm: Crm, value: Any) -> str:
    if value is None:
        return _("not known")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int) and not isinstance(value, bool) and value > _LIKE_AN_INSTANT:
        return local_time(str(moment(crm, value)))
    return safe(value)


# No count, amount or age of a customer is so large; microseconds since 1970 are.
_LIKE_AN_INSTANT = 10**14


@segments.command()
@click.argument("name")
@click.argument("ref", required=False)
@click.option(
    "--at", "instants", metavar="DATE", multiple=True, help="Work out anew whether REF was in it then."
)
@limited()
@lists
@pass_state
def history(state: State, name: str, ref: str | None, instants: tuple[str, ...], limit: int) -> None:
    """List who entered segment NAME and left it, latest first; of customer REF alone, if given.

    What enters and leaves by a condition is noticed once a day by crm worker, or by crm segments snapshot.
    With --at the answer is computed from the records instead.
    """
    crm = state.crm
    if instants:
        if ref is None:
            raise click.UsageError("--at is about one customer: name them too.")
        asked = [instant_of(crm, text) or crm.clock.now() for text in instants]
        found = crm.segments.recomputed(name, ref, asked)
        state.output.rows(_AT, [{"at": moment(crm, at), "member": found[at]} for at in asked])
        return
    stays = crm.segments.history(name, ref, limit)
    names = {each.id: each.name for each in crm.customers.summaries({stay.customer_id for stay in stays})}
    rows = [
        {
            "segment": stay.segment,
            "customer_id": stay.customer_id,
            "name": names.get(stay.customer_id),
            "entered_at": moment(crm, stay.entered_at),
            "left_at": moment(crm, stay.left_at),
        }
        for stay in stays
    ]
    nothing = _("Nothing is on record. Look who is in it now: crm segments snapshot")
    state.output.rows(_HISTORY, rows, empty=nothing)


@segments.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@writes
@pass_state
def snapshot(state: State, names: tuple[str, ...]) -> None:
    """Note who has entered and left each segment since the last look; crm worker does it once a day."""
    moved = state.crm.segments.snapshot(names or None)
    lines = [
        "  "
        + _(
            "{name}: {entered} entered, {left} left",
            name=name,
            entered=number(each.entered),
            left=number(each.left),
        )
        for name, each in moved.items()
    ]
    record = {name: {"entered": each.entered, "left": each.left} for name, each in moved.items()}
    state.output.receipt(
        "\n".join(
            [ngettext("Looked at {count} segment.", "Looked at {count} segments.", len(moved)), *lines]
        ),
        record={"segments": record},
    )


@segments.command()
@click.argument("name")
@click.argument("refs", metavar="REF...", nargs=-1, required=True)
@writes
@pass_state
def add(state: State, name: str, refs: tuple[str, ...]) -> None:
    """Put customers on the list of the static segment NAME."""
    ids = state.crm.segments.add(name, *refs)
    _receipt(state, name, ids, _("Put {people} on the list {name}", people=_people(ids), name=name), "remove")


@segments.command()
@click.argument("name")
@click.argument("refs", metavar="REF...", nargs=-1, required=True)
@writes
@pass_state
def remove(state: State, name: str, refs: tuple[str, ...]) -> None:
    """Take customers off the list of the static segment NAME."""
    ids = state.crm.segments.remove(name, *refs)
    _receipt(state, name, ids, _("Took {people} off the list {name}", people=_people(ids), name=name), "add")


def _receipt(state: State, name: str, ids: Sequence[int], done: str, back: str) -> None:
    undo = f"crm segments {back} {name} {' '.join(map(str, ids))}" if ids else ""
    record = {"segment": name, "customers": list(ids)}
    state.output.receipt(f"{done}.", undo=undo, reference=len(ids), record=record)


def _people(ids: Sequence[int]) -> str:
    return ngettext("{count} customer", "{count} customers", len(ids))


def instant_of(crm: Crm, text: str | None) -> int | None:
    """The instant as of which is asked: the end of a bare day, which for today is now; None for None."""
    from crmkit.cli.values import today, until
    from crmkit.core.instants import parse_date

    at = until(crm, text)
    if text is None or at is None:
        return None
    try:
        day = parse_date(text, today(crm))
    except ValueError:
        return at
    return min(at - 1, crm.clock.now()) if day <= today(crm) else at - 1
