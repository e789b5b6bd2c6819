"""Which of the promises that a business makes holds for a case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit.plugins.operational.cases.settings import CaseSettings, Promise
from crmkit.plugins.operational.cases.working_time import working_time

if TYPE_CHECKING:
    from crmkit import Crm

_AT_ONCE: Final = 10_000


@frozen(kw_only=True)
class Promises:
    """The promises, and which of the customers at hand are of the types that they name."""

    crm: Crm
    settings: CaseSettings
    of_type: Mapping[str, frozenset[int]]

    @classmethod
    def to(cls, customer_ids: Collection[int], crm: Crm, settings: CaseSettings) -> Promises:
        """Those to these customers: one statement for each type that is named, and 10,000 of them."""
        types = {each.customer_type for each in settings.sla.values()} - {None}
        of_type = {
            str(name): frozenset(members(crm, f"customer_type = '{name}'", customer_ids)) for name in types
        }
        return cls(crm=crm, settings=settings, of_type=of_type)

    def named(self, customer_id: int | None, priority: str | None) -> str | None:
        """The name of the first that fits."""
        for name, each in self.settings.sla.items():
            is_of_type = each.customer_type is None or customer_id in self.of_type[each.customer_type]
            if is_of_type and each.priority in (None, priority):
                return name
        return None

    def times(self, customer_id: int | None, priority: str | None) -> tuple[int | None, int | None]:
        """(first response, resolution) in microseconds of working time, None for what is not promised."""
        name = self.named(customer_id, priority)
        promise = self.settings.sla[name] if name is not None else Promise()
        return self._amount(promise.first_response), self._amount(promise.resolution)

    def _amount(self, text: str | None) -> int | None:
        return None if text is None else working_time(text).microseconds(self.crm.hours)


def members(crm: Crm, condition: str, customer_ids: Iterable[int]) -> Iterator[int]:
    """Those of the customers for whom a condition holds."""
    remaining = iter({*customer_ids})
    while chunk := list(islice(remaining, _AT_ONCE)):
        yield from crm.predicates.members(condition, among=chunk)
