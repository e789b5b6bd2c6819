"""What a business can set under `[plugins.operational]`."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from crmkit.plugins.operational.cases.settings import CaseSettings


@frozen(kw_only=True)
class Settings:
    """The settings of the operational plugin."""

    use: frozenset[str] = field(
        default=frozenset({"tasks", "leads", "cases"}),
        metadata={"doc": "The capabilities to use: tasks, leads, cases."},
    )
    follow_up: Mapping[str, str] = field(
        factory=dict,
        metadata={"doc": 'Interaction type → task that it makes: { complaint = "Call back" }.'},
    )
    new_lead: str | None = field(
        default=None, metadata={"doc": "The task that is made when somebody becomes a lead."}
    )
    cases: CaseSettings = field(
        factory=CaseSettings,
        metadata={"doc": "Questions, faults and complaints: what is promised, and who answers them."},
    )
