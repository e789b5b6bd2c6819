"""Experience: the relationship as the customer lived it, told from the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit.plugin import Capability, Service, lazily

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Action, Metric, Trait
    from crmkit.plugins.collaborative.settings import Settings

_HERE: Final = "crmkit.plugins.collaborative.experience"
_SERVICE: Final = f"{_HERE}.experiences:Experiences"


def _words(settings: Settings) -> Iterator[Trait | Metric | Action]:
    from crmkit.plugins.collaborative.experience.metrics import experience_metrics

    yield from experience_metrics(settings.experience)


def _services(settings: Settings) -> Iterable[Service]:
    def experiences(crm: Crm) -> Any:
        return lazily(_SERVICE)(crm, settings.experience)

    yield Service(_SERVICE, experiences)


EXPERIENCE: Final = Capability(name="experience", strategy_words=_words, services=_services)
