"""Whom and what the records of a batch refer to: their customers, owners, and the values of references."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import CrmError, Invalid, NotFound
from crmkit.core.interactions.finder import Finder
from crmkit.core.interactions.found import Answer, Found
from crmkit.core.model.people import Employee
from crmkit.core.model.words import Field, RecordType
from crmkit.core.people.employees import employees, find_employee
from crmkit.core.phrase import phrase
from crmkit.core.records.drafts import Prepared
from crmkit.core.records.reading import Reader

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

_AT_ONCE: Final = 500


class Links:
    """Looks up, for a whole batch at once, what its drafts refer to."""

    def __init__(self, kernel: Kernel, tx: Transaction, type_: RecordType) -> None:
        self._kernel = kernel
        self._tx = tx
        self._references = [each for each in type_.fields if each.type == "reference"]
        self._customers: Mapping[int | str, Answer] = {}
        self._uids: Mapping[int, str] = {}
        self._employees: dict[str, Employee | CrmError] = {}

    def look_up(self, batch: Iterable[Prepared]) -> None:
        """Learn who the customers are whom the batch names, and the employees that it names by their ids."""
        wanted: set[int | str] = set()
        owners: set[int] = set()
        for each in batch:
            if isinstance(each.draft.owner, int) and str(each.draft.owner) not in self._employees:
                owners.add(each.draft.owner)
            if each.draft.customer is not None:
                wanted.add(each.draft.customer)
            for field in self._references:
                if field.to == "customer" and each.values.get(field.name) is not None:
                    wanted.add(each.values[field.name])
        named = list(wanted)
        self._customers = dict(zip(named, Finder(self._kernel, self._tx).find(named), strict=True))
        if self._references:
            ids = [found.customer_id for found in self._customers.values() if isinstance(found, Found)]
            rows = rows_among(self._tx.connection, "SELECT id, uid FROM customer WHERE id", ids)
            self._uids = {row[0]: row[1] for row in rows}
        self._look_up_owners(owners)

    def _look_up_owners(self, ids: Collection[int]) -> None:
        table = self._kernel.tables.employee
        for start in range(0, len(ids), _AT_ONCE):
            here = table.c.id.in_(sorted(ids)[start : start + _AT_ONCE])
            for each in employees(self._tx.connection, self._kernel.tables, here):
                self._employees[str(each.id)] = _working(each)

    def customer_of(self, ready: Prepared) -> int | str | None:
        """The id of the customer whom a draft names, or what it says where nobody is found."""
        named = ready.draft.customer
        answer = self._customers.get(named) if named is not None else None
        return answer.customer_id if isinstance(answer, Found) else named

    def settle(self, ready: Prepared) -> None:
        """Put ids in the place of references. Raises what says that somebody or something is not there."""
        if ready.draft.customer is not None:
            ready.customer_id = self._customer(ready.draft.customer)
        if ready.draft.owner not in (None, ""):
            ready.employee_id = self._employee(str(ready.draft.owner)).id
        for field in self._references:
            text = ready.values.get(field.name)
            if text is not None:
                ready.values[field.name] = self._settled(field, text)

    def _settled(self, field: Field, text: str) -> Any:
        try:
            if field.to == "customer":
                return self._uids[self._customer(text)]
            if field.to == "employee":
                return self._employee(text).uid
            other = self._kernel.words.record_types[field.to]
            return f"{other.name}:{Reader(self._kernel, self._tx.actor, other).resolve(text)}"
        except (NotFound, LookupError) as error:
            told = error if isinstance(error, CrmError) else NotFound(str(error))
            raise Invalid(
                phrase("{field}: {problem}", field=field.name, problem=told.message),
                hint=told.hint,
                **told.details,
            ) from None

    def _customer(self, reference: int | str) -> int:
        answer = self._customers[reference]
        if not isinstance(answer, Found):
            raise answer
        return answer.customer_id

    def _employee(self, named: int | str) -> Employee:
        key = str(named)
        if key not in self._employees:
            self._employees[key] = self._found(key)
        answer = self._employees[key]
        if isinstance(answer, CrmError):
            raise answer
        return answer

    def _found(self, named: str) -> Employee | CrmError:
        try:
            employee = find_employee(self._tx.connection, self._kernel.tables, named)
        except CrmError as error:
            return error
        return _working(employee)


def _working(employee: Employee) -> Employee | CrmError:
    if not employee.active:
        return Invalid(
            phrase("{employee} no longer works here", employee=employee.name), hint="Name somebody else."
        )
    return employee
