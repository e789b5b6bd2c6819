"""`crm journeys why`: why somebody is where they are in a journey, or not in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click
from attrs import asdict

from crmkit.plugin import CommandState, _, pass_state, shown_instant, shown_safely, shows
from crmkit.plugins.campaign.journeys.journeys import Journeys
from crmkit.plugins.campaign.journeys.model import Passage, Standing, until
from crmkit.plugins.campaign.journeys.reasons import written_why
from crmkit.plugins.campaign.journeys.states import ACTIVE

if TYPE_CHECKING:
    from crmkit import Crm

_MARKS = {True: "✓", False: "✗", None: "?"}


@click.command()
@click.argument("name")
@click.argument("ref")
@shows
@pass_state
def why(state: CommandState, name: str, ref: str) -> None:
    """Show why customer REF is where they are in journey NAME: their way, and what was done or left out; or
    why they are not in it."""
    crm = state.crm
    found = crm.service(Journeys).why(name, ref)
    if state.output.is_json:
        state.output.json(asdict(found))
        return
    for line in _lines(crm, name, found):
        state.output.data(shown_safely(line))


def _lines(crm: Crm, name: str, found: Standing) -> Iterator[str]:
    passage = found.passage
    yield _state(crm, name, found.customer, passage)
    for at, what in found.way:
        yield f"  {shown_instant(crm, at)}  {what}"
    if passage is None or passage.state != ACTIVE:
        yield f"{_MARKS[found.would_enter]} {_('comes in: {condition}', condition=found.condition)}"
        yield from (f"  {_MARKS[truth]} {text}" for text, truth in found.clauses)


def _state(crm: Crm, name: str, customer: str, passage: Passage | None) -> str:
    said: dict[str, Any] = {"customer": customer, "journey": name}
    if passage is None:
        return _("{customer} was never in {journey}", **said)
    if passage.state != ACTIVE:
        ended, why_ = shown_instant(crm, _known(passage.ended_at)), written_why(passage.why)
        return _("{customer} left {journey} on {when}: {reason}", **said, when=ended, reason=why_)
    said |= {"version": passage.version, "step": passage.step}
    due = until(passage)
    if due:
        said["when"] = shown_instant(crm, due)
        return _("{customer} is in {journey}, version {version}, at {step}, until {when}", **said)
    return _("{customer} is in {journey}, version {version}, at {step}", **said)


def _known(at: Any) -> int:
    assert at is not None
    return int(at)
