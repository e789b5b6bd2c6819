"""The models, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from crmkit.plugins.analytical.lifetime.model import LifetimeModel

MODELS: Final = ("bg-nbd", "pareto-nbd", "gamma-gamma", "bg-bb")


def model_named(name: str) -> LifetimeModel:
    """The model with one of the names in `MODELS`."""
    from crmkit.plugins.analytical.lifetime.models.bg_bb import BgBb
    from crmkit.plugins.analytical.lifetime.models.bg_nbd import BgNbd
    from crmkit.plugins.analytical.lifetime.models.gamma_gamma import GammaGamma
    from crmkit.plugins.analytical.lifetime.models.pareto_nbd import ParetoNbd

    classes: dict[str, Any] = {
        "bg-nbd": BgNbd,
        "pareto-nbd": ParetoNbd,
        "gamma-gamma": GammaGamma,
        "bg-bb": BgBb,
    }
    model: LifetimeModel = classes[name]()
    return model
