"""What must always hold of tasks, whoever saves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from attrs import evolve

from crmkit import Invalid
from crmkit.plugin import decisions, phrase
from crmkit.plugins.operational.tasks.record import DONE
from crmkit.plugins.operational.tasks.repeating import parse_repeat
from crmkit.plugins.operational.tasks.when import parse_clock

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Record, RecordDraft, Refusal, Replace, Transaction
    from crmkit.plugins.operational.settings import Settings


def decide(
    drafts: Sequence[RecordDraft],
    records: Mapping[int, Record],
    crm: Crm,
    tx: Transaction,
    _settings: Settings,
) -> Iterator[Replace | Refusal]:
    """Times and rules are written in one way, teams exist, and it is noted when a task was done."""
    is_of_team = any(draft.fields.get("team") for draft in drafts)
    teams = {each.name.casefold(): each.name for each in crm.people.teams()} if is_of_team else {}

    def completed(draft: RecordDraft, before: Record | None) -> RecordDraft:
        fields = _settled(draft, before, teams)
        if draft.state == DONE and before is not None and before.state != DONE:
            fields.setdefault("done_at", tx.at)
        return draft if fields == draft.fields else evolve(draft, fields=fields)

    return decisions(drafts, records, completed)


def _settled(draft: RecordDraft, record: Record | None, teams: Mapping[str, str]) -> dict[str, Any]:
    fields = dict(draft.fields)
    if fields.get("due_time"):
        fields["due_time"] = parse_clock(str(fields["due_time"]))
    if team := fields.get("team"):
        fields["team"] = teams.get(str(team).strip().casefold())
        if fields["team"] is None:
            raise Invalid(phrase('There is no team "{team}"', team=team), hint="Run: crm people teams list")
    before = record.fields if record is not None else {}
    now = {**before, **fields}
    if not now.get("repeat"):
        return fields
    if not now.get("due"):
        raise Invalid("A task that comes again needs the day on which it is due", hint="Give it: due.")
    if fields.get("repeat"):
        fields["repeat"] = parse_repeat(str(fields["repeat"])).anchored(_day(now["due"])).text
    return fields


def _day(due: date | str) -> date:
    return due if isinstance(due, date) else date.fromisoformat(due.strip())
