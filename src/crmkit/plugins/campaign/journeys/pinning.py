"""What the steps of a version are pinned to: the templates as they were when it was started."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from crmkit import CrmError
from crmkit.plugins.campaign.journeys.graph import Graph, Pins, Step
from crmkit.plugins.campaign.journeys.model import SOURCE
from crmkit.plugins.campaign.journeys.rules import head_of, key_of

if TYPE_CHECKING:
    from crmkit import Crm

_HEAD: Final = "\n[pinned]\n"


def pins_of(crm: Crm, name: str, graph: Graph) -> Pins:
    """What the actions of the steps fill in by themselves, by step and `step.variant`: the versions of
    templates as they are now, which are kept from here on."""
    found: dict[str, Mapping[str, Any]] = {}
    for step in graph.acts:
        said = _said(graph, step)
        pinned = _draft(crm, name, said).pinned()
        found[step.id] = {key: value for key, value in pinned.items() if key not in said}
        for variant, own in step.declared.variants.items():
            theirs = pinned["variants"][variant]
            found[key_of(step.id, variant)] = {key: theirs[key] for key in theirs if key not in own}
    return {key: pin for key, pin in found.items() if pin}


def edited_templates(crm: Crm, name: str, graph: Graph) -> Iterator[str]:
    """The steps of a version whose templates are others by now than it is pinned to, in their order."""
    for step in graph.acts:
        keys = [step.id, *(key_of(step.id, variant) for variant in step.declared.variants)]
        if not any(key in graph.pinned for key in keys):
            continue
        try:
            whole = _draft(crm, name, _said(graph, step)).rule().steps[0]
        except CrmError:
            yield step.id
            continue
        now = (whole, *(whole.of(variant) for variant in step.declared.variants))
        if any(
            each.given.get(one) != pin
            for key, each in zip(keys, now, strict=True)
            for one, pin in graph.pinned.get(key, {}).items()
        ):
            yield step.id


def pinned_text(text: str, pins: Pins) -> str:
    """The text of a file with these pins, as a version keeps it."""
    if not pins:
        return text
    lines = (f"{json.dumps(key)} = {{ {_inline(pin)} }}\n" for key, pin in sorted(pins.items()))
    return f"{text.rstrip()}\n{_HEAD}{''.join(lines)}"


def _inline(pin: Mapping[str, Any]) -> str:
    return ", ".join(f"{json.dumps(key)} = {json.dumps(value)}" for key, value in sorted(pin.items()))


def _said(graph: Graph, step: Step) -> dict[str, Any]:
    variants = {"variants": step.declared.variants} if step.declared.variants else {}
    return {**head_of(graph), **variants, **step.declared.said}


def _draft(crm: Crm, name: str, said: Mapping[str, Any]) -> Any:
    return crm.strategy.draft(f"{SOURCE}:{name}", said)
