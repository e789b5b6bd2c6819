"""A journey as a rule: the engine does what its steps do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from crmkit.plugins.campaign.journeys.graph import Graph

_OF_RULES = ("control_group", "outcome", "within", "priority", "cost")


def rule_said(newest: Graph, versions: Iterable[tuple[int, Graph]]) -> dict[str, Any]:
    """What would stand under `[rules.NAME]`: the steps of all these versions, measured as the newest says."""
    said: dict[str, Any] = {
        key: value for key in _OF_RULES if (value := getattr(newest.declared, key)) not in (None, "", 0)
    }
    return {**said, "do": list(_steps(versions))}


def step_id(version: int, step: str) -> str:
    """The id of a version's step in the ledger."""
    return f"v{version}.{step}"


def parts_of(step: str) -> tuple[int, str]:
    """(version, id) of a step in the ledger."""
    version, _, id_ = step.partition(".")
    return int(version[1:]), id_


def _steps(versions: Iterable[tuple[int, Graph]]) -> Iterator[dict[str, Any]]:
    for number, graph in versions:
        for step in graph.acts:
            variants = {"variants": step.declared.variants} if step.declared.variants else {}
            yield {"id": step_id(number, step.id), **variants, **step.declared.said}
