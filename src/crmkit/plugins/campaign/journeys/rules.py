"""A journey as a rule: the engine does what its steps do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from crmkit.plugins.campaign.journeys.graph import Graph

_OF_RULES = ("control_group", "outcome", "within", "priority", "cost")


def rule_said(newest: Graph, versions: Iterable[tuple[int, Graph]]) -> dict[str, Any]:
    """What would stand under `[rules.NAME]`: the steps of all these versions, measured as the newest says."""
    return {**head_of(newest), "do": list(_steps(versions))}


def head_of(graph: Graph) -> dict[str, Any]:
    """What a journey says as a rule does, beside its steps."""
    said = ((key, getattr(graph.declared, key)) for key in _OF_RULES)
    return {key: value for key, value in said if value not in (None, "", 0)}


def step_id(version: int, step: str) -> str:
    """The id of a version's step in the ledger."""
    return f"v{version}.{step}"


def key_of(step: str, variant: str) -> str:
    """What a variant of a step is pinned under."""
    return f"{step}.{variant}"


def parts_of(step: str) -> tuple[int, str]:
    """(version, id) of a step in the ledger."""
    version, _, id_ = step.partition(".")
    return int(version[1:]), id_


def _steps(versions: Iterable[tuple[int, Graph]]) -> Iterator[dict[str, Any]]:
    for number, graph in versions:
        for step in graph.acts:
            variants = {
                name: {**own, **graph.pinned.get(key_of(step.id, name), {})}
                for name, own in step.declared.variants.items()
            }
            own = {"variants": variants} if variants else {}
            pinned = graph.pinned.get(step.id, {})
            yield {"id": step_id(number, step.id), **own, **step.declared.said, **pinned}
