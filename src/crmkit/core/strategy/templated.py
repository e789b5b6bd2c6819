"""Parameters of actions that hold templates: a text, or a table or an array with texts in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


def is_template(value: Any) -> bool:
    """Whether a value differs from customer to customer."""
    if isinstance(value, Mapping):
        return any(map(is_template, value.values()))
    if isinstance(value, list | tuple):
        return any(map(is_template, value))
    return isinstance(value, str) and "{" in value


def texts_in(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """(where it stands, template) of each template in a parameter: `fields.flavour`."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from texts_in(each, f"{name}.{key}")
    elif isinstance(value, list | tuple):
        for at, each in enumerate(value):
            yield from texts_in(each, f"{name}[{at}]")
    elif is_template(value):
        yield name, value


def filled_in(value: Any, name: str, render: Callable[[str, str], str]) -> Any:
    """The same parameter with every template rendered by `render(text, where it stands)`."""
    if isinstance(value, Mapping):
        return {key: filled_in(each, f"{name}.{key}", render) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [filled_in(each, f"{name}[{at}]", render) for at, each in enumerate(value)]
    return render(value, name) if is_template(value) else value
