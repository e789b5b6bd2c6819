"""What a business can set under `[plugins.collaborative]`."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from crmkit.plugins.collaborative.surveys.settings import SurveySettings

_ALL: Final = ("reviews", "departments", "surveys")


@frozen(kw_only=True)
class Settings:
    """The settings of the collaborative plugin."""

    use: frozenset[str] = field(
        default=frozenset(_ALL), metadata={"doc": f"The capabilities to use: {', '.join(_ALL)}."}
    )
    own_customers_only: tuple[str, ...] = field(
        default=(), metadata={"doc": "Teams whose members see only customers owned by one of the team."}
    )
    surveys: SurveySettings = field(
        factory=SurveySettings, metadata={"doc": "How often customers are asked for their opinion."}
    )
