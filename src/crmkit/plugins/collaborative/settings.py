"""What a business can set under `[plugins.collaborative]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from crmkit.plugins.collaborative.experience.settings import ExperienceSettings
from crmkit.plugins.collaborative.handovers.settings import HandoverSettings
from crmkit.plugins.collaborative.inbox.settings import InboxSettings
from crmkit.plugins.collaborative.notes.settings import NotesSettings
from crmkit.plugins.collaborative.subscriptions.settings import Feed, Subscription
from crmkit.plugins.collaborative.surveys.settings import SurveySettings

_ALL: Final = (
    "notes", "handovers", "inbox", "surveys", "reviews", "experience", "departments", "subscriptions",
)  # fmt: skip


@frozen(kw_only=True)
class Settings:
    """The settings of the collaborative plugin."""

    use: frozenset[str] = field(
        default=frozenset(_ALL), metadata={"doc": f"The capabilities to use: {', '.join(_ALL)}."}
    )
    notes: NotesSettings = field(
        factory=NotesSettings, metadata={"doc": "Notes, followers and feeds, and the digest of them by mail."}
    )
    handovers: HandoverSettings = field(
        factory=HandoverSettings,
        metadata={"doc": "Promises to customers that one hands to another: how soon they are accepted."},
    )
    inbox: InboxSettings = field(
        factory=InboxSettings, metadata={"doc": "Conversations and who answers them."}
    )
    surveys: SurveySettings = field(
        factory=SurveySettings, metadata={"doc": "How often customers are asked for their opinion."}
    )
    experience: ExperienceSettings = field(
        factory=ExperienceSettings, metadata={"doc": "How a relationship is told as the customer lived it."}
    )
    own_customers_only: tuple[str, ...] = field(
        default=(), metadata={"doc": "Teams whose members see only customers owned by one of the team."}
    )
    subscriptions: Mapping[str, Subscription] = field(
        factory=dict, metadata={"doc": "What other programs are told as it happens."}
    )
    feeds: Mapping[str, Feed] = field(
        factory=dict, metadata={"doc": "What other programs may read of what happened."}
    )
