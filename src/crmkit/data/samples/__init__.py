"""Sample data of the templates: businesses that were never there, the same ones each time."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmkit.data.samples.sample import Sample


def sample_of(template: str) -> Sample | None:
    """The sample data of a template, such as "bakery-chain"; None where there is none.

    They are in `crmkit.data.samples.bakery_chain`, as its `SAMPLE`.
    """
    name = f"{__name__}.{template.replace('-', '_')}"
    if find_spec(name) is None:
        return None
    found: Sample = import_module(name).SAMPLE
    return found
