"""Cases as rows of lists, and as the lines of their own page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict

from crmkit.plugin import N_, OutputColumn, _, shown_instant, shown_safely, translated
from crmkit.plugins.operational.cases.articles import FOLDER, Article
from crmkit.plugins.operational.cases.model import Case
from crmkit.plugins.operational.cases.shown import clock_in_words, is_overdue

if TYPE_CHECKING:
    from crmkit import Crm

COLUMNS: Final = (
    OutputColumn("case", right=True, fixed=True),
    OutputColumn("clock"),
    OutputColumn("customer", style="bold"),
    OutputColumn("subject"),
    OutputColumn("state", fixed=True, shown=translated),
    OutputColumn("priority", fixed=True),
    OutputColumn("queue"),
    OutputColumn("owner"),
)
ROUTES: Final = (
    OutputColumn("case", right=True, fixed=True),
    OutputColumn("subject", style="bold"),
    OutputColumn("queue"),
    OutputColumn("owner"),
    OutputColumn("rule"),
    OutputColumn("why", wrap=True),
)
ARTICLES: Final = (
    OutputColumn("article", fixed=True),
    OutputColumn("title", style="bold"),
    OutputColumn("tags"),
    OutputColumn("language"),
)
_HEAD: Final = {
    "customer": N_("Customer"),
    "state": N_("State"),
    "clock": N_("Clock"),
    "priority": N_("Priority"),
    "queue": N_("Queue"),
    "category": N_("Category"),
    "owner": N_("Owner"),
    "channel": N_("Channel"),
}
_TIED: Final = {
    "satisfaction": N_("Satisfaction"),
    "parent": N_("Parent"),
    "merged_into": N_("Merged into"),
}
_INSTANTS: Final = {
    "opened_at": N_("Opened"),
    "respond_by": N_("Answer by"),
    "responded_at": N_("Answered"),
    "resolve_by": N_("Resolve by"),
    "resolved_at": N_("Resolved"),
}


def case_rows(cases: Sequence[Case], crm: Crm) -> list[dict[str, Any]]:
    """What lists and programs get: two statements however many there are."""
    customers = {each.id: each.name for each in crm.customers.summaries({case.customer_id for case in cases})}
    owners = employee_names(cases, crm)
    now = crm.clock.now()
    return [
        {
            "case": case.id,
            "clock": clock_in_words(case, crm),
            "customer": customers.get(case.customer_id, ""),
            "subject": case.subject,
            "state": case.state,
            "priority": case.priority,
            "queue": case.queue,
            "owner": owners.get(case.employee_id or 0),
            "is_overdue": is_overdue(case, now),
            "category": case.category,
            "channel": case.channel,
            "text": case.text,
            "satisfaction": case.satisfaction,
            "parent": case.parent,
            "merged_into": case.merged_into,
            "routed_by": case.routed_by,
            **asdict(case.clock),
            "customer_id": case.customer_id,
            "employee_id": case.employee_id,
            "version": case.version,
        }
        for case in cases
    ]


def employee_names(cases: Sequence[Case], crm: Crm) -> Mapping[int, str]:
    """The names of those who have cases, by id; also of those who left."""
    if not any(case.employee_id for case in cases):
        return {}
    return {each.id: each.name for each in crm.people.list(left=True)}


def shown_case(
    case: Case, row: Mapping[str, Any], children: Sequence[int], articles: Sequence[Article], crm: Crm
) -> Iterator[str]:
    """The lines of a case's page."""
    yield shown_safely(_("Case {id}", id=case.id) + f"  {case.subject}")
    pairs = list(_pairs(case, row, children, crm))
    wide = max(len(title) for title, _value in pairs)
    for title, value in pairs:
        yield f"  {title.ljust(wide)}  {shown_safely(str(value))}"
    if case.text:
        yield ""
        yield shown_safely(case.text, lines=True)
    if articles:
        yield ""
        yield _("May help")
        for each in articles:
            yield shown_safely(f"  {each.title}: {FOLDER}/{each.name}.md")


def _pairs(
    case: Case, row: Mapping[str, Any], children: Sequence[int], crm: Crm
) -> Iterator[tuple[str, Any]]:
    """What a page says of a case, line by line."""
    for key, title in _HEAD.items():
        if row[key]:
            yield translated(title), translated(row[key]) if key == "state" else row[key]
    for key, title in _INSTANTS.items():
        if (at := getattr(case.clock, key)) is not None:
            yield translated(title), shown_instant(crm, at)
    for key, title in _TIED.items():
        if row[key]:
            yield translated(title), row[key]
    if children:
        yield _("Parts"), ", ".join(map(str, children))
