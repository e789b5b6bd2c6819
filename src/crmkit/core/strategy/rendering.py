"""Templates filled in for one customer after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.fields import plain_value
from crmkit.core.customers.record import load_records
from crmkit.core.errors import Invalid
from crmkit.core.lazily import lazily
from crmkit.core.phrase import phrase
from crmkit.core.strategy.templated import filled_in

if TYPE_CHECKING:
    from crmkit.core.customers.record import Record
    from crmkit.core.kernel import Kernel

_AT_ONCE = 1_000
# Where nothing is a template, nothing that renders one is imported.
_render: Final = lazily("crmkit.core.strategy.sandbox:render")
Due = tuple[int, str]


class Letters:
    """Renders templates over the data of customers, loaded many at once."""

    def __init__(self, kernel: Kernel, connection: sa.Connection) -> None:
        self._kernel = kernel
        self._connection = connection
        self._business = shown_business(kernel)

    def each(
        self, due: Sequence[Due], templates: Mapping[str, Any]
    ) -> Iterator[tuple[Due, dict[str, Any] | Invalid]]:
        """For each customer the parameters by name, their templates filled in; or why there are none."""
        for start in range(0, len(due), _AT_ONCE):
            part = due[start : start + _AT_ONCE]
            records = load_records(self._connection, self._kernel, {one[0] for one in part})
            for one in part:
                given = {
                    "customer": shown_customer(self._kernel, records[one[0]]),
                    "business": self._business,
                }
                yield one, _rendered(templates, given)


def shown_business(kernel: Kernel) -> dict[str, Any]:
    """What a template sees of the business; None for what `[crs]` does not say."""
    said = kernel.config.crs
    return {
        "name": said.name,
        "currency": kernel.currency,
        "address": said.address or None,
        "phone": said.phone or None,
        "website": said.website or None,
    }


def shown_customer(kernel: Kernel, record: Record) -> dict[str, Any]:
    """What a template sees of a customer: plain values, None for what is not known."""
    shown: dict[str, Any] = {}
    values, currency = record.values, kernel.currency
    for word in kernel.words.fields:
        if word.type == "multi-choice":
            shown[word.name] = list(record.choices.get(word.name, ()))
        else:
            kept = values.get(word.name)
            shown[word.name] = None if kept is None else plain_value(word, kept, currency)
    return {
        **shown,
        "id": record.id,
        "name": record.shown_name(),
        "given_name": record.given_name,
        "family_name": record.family_name,
        "lifecycle": record.lifecycle,
        "locale": record.locale,
        "tags": sorted(record.tags),
    }


def _rendered(templates: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any] | Invalid:
    def rendered(text: str, place: str) -> str:
        filled: str = _render(text, given, phrase("the template of {place}", place=place))
        return filled

    try:
        return {name: filled_in(value, name, rendered) for name, value in templates.items()}
    except Invalid as error:
        return error
