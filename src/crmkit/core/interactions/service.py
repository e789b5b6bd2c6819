"""`crm.interactions`: record what happened, put it right, read it back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Unpack, overload

from crmkit.core.errors import Invalid
from crmkit.core.interactions import correcting
from crmkit.core.interactions.batch import Batch
from crmkit.core.interactions.ingest import Ingest
from crmkit.core.interactions.reading import Filter, Reader, Window
from crmkit.core.interactions.recording import Recording, record_all, record_one
from crmkit.core.interactions.summary import summary_of
from crmkit.core.interactions.totals import TypeTotal
from crmkit.core.model.batches import RecordReport
from crmkit.core.model.interaction import Interaction, InteractionDraft, Page

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.customer import CustomerDraft
    from crmkit.core.model.people import Actor


class Interactions:
    """The record of every contact, for one actor. What is on record is never changed, only followed up."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    @overload
    def record(self, draft: InteractionDraft, /) -> Interaction | Recording: ...
    @overload
    def record(
        self,
        customer: int | str | CustomerDraft,
        type: str,
        *,
        at: int | None = None,
        amount: int | None = None,
        currency: str | None = None,
        payload: Any = None,
        channel: str | None = None,
        direction: str | None = None,
        outlet: str | None = None,
        employee: int | str | None = None,
        source: str | None = None,
        source_ref: str | None = None,
    ) -> Interaction | Recording: ...
    def record(self, customer: Any, type: str | None = None, **values: Any) -> Interaction | Recording:  # noqa: A002
        """Record one interaction, durably when this returns.

        Takes an `InteractionDraft`, or the customer (an id, a reference such as `shop:10042`, an e-mail
        address, a `CustomerDraft`), the type, and the rest by name; `at` is in microseconds UTC (now, when
        None), `amount` in minor units, `employee` an id, a name or an e-mail address (the acting one, when
        None).

        Returns the `Interaction`, the one on record when `(source, source_ref)` was recorded before. Inside
        `crm.transaction()` it returns a `Recording`, whose `seq` is known when the transaction has ended.
        Raises `Invalid`, `NotFound`, `Ambiguous`, `Rejected` (a plugin refused it) or `NotAllowed`.
        """
        self._require("interactions.record")
        if type is None and not values and isinstance(customer, InteractionDraft):
            draft = customer
        else:
            draft = self._draft(customer, type, values)
        return self._answer(record_one(self._kernel, self._actor, draft))

    def record_all(self, drafts: Iterable[InteractionDraft], *, source: str | None = None) -> RecordReport:
        """Record many, 10,000 to a unit of work; `source` is for drafts that name none.

        What is wrong with single items is in the report's `refused`, and does not hold the others up.
        Recording the same `(source, source_ref)` again is harmless, so after a crash the whole can be given
        again. Inside `crm.transaction()` everything is kept or nothing, and the numbers are known when it has
        ended.
        """
        self._require("interactions.record")
        return record_all(self._kernel, self._actor, drafts, source)

    def correct(self, seq: int, **changes: Any) -> Interaction | Recording:
        """Record interaction `seq` again as it should have been; the original stays on record.

        `changes` are keys of `InteractionDraft`, and `employee`; a new `payload` replaces the old one as a
        whole. Returns the new interaction. Raises `NotFound`, and `Conflict`, whose `details["successor"]` is
        the number of the interaction that corrected or voided it before.
        """
        self._require("interactions.correct")
        if "employee" in changes:
            changes["employee_id"] = self._employee(changes.pop("employee"))
        return self._answer(correcting.correct(self._kernel, self._actor, seq, changes))

    def void(self, seq: int, reason: str) -> Interaction | Recording:
        """Record that interaction `seq` never happened, and why. Raises as `correct` does."""
        self._require("interactions.correct")
        return self._answer(correcting.void(self._kernel, self._actor, seq, reason))

    def reassign(self, seq: int, customer: int | str) -> Interaction | Recording:
        """Record interaction `seq` again as another customer's. Raises as `correct` does."""
        return self.correct(seq, customer=customer)

    def get(self, seq: int) -> Interaction:
        """Interaction number `seq`. Raises `NotFound`."""
        return self._reader().get(seq)

    def timeline(
        self,
        customer: int | str,
        limit: int = 20,
        cursor: str | None = None,
        types: Sequence[str] | None = None,
        *,
        superseded: bool = False,
        with_people: bool = False,
    ) -> Page:
        """A customer's interactions, newest first; the page's `next_cursor` leads to older ones.

        What was corrected or voided is left out unless `superseded`. Of an organisation `with_people` has
        those of the people who belong to it as well, of whom the acting person sees.
        """
        from crmkit.core.customers import Customers

        reader, customers = self._reader(), Customers(self._kernel, self._actor)
        whose = [customers.resolve(customer)]
        if with_people:
            whose += customers.people_of(whose[0])
        return reader.timeline(whose, Filter(types=types or (), superseded=superseded), limit, cursor)

    def among(self, seqs: Collection[int]) -> Sequence[Interaction]:
        """Those of the interactions with these numbers that the acting person sees, the last recorded
        first."""
        return self._reader().among(seqs)

    def remarks(self, interaction: Interaction) -> tuple[str, ...]:
        """What there is to say to whoever recorded an interaction: that a refund gives back more than was
        paid, and what plugins add, such as who hears of it."""
        from crmkit.core.interactions.overpaid import more_than_paid

        doubt = more_than_paid(self._reader(), interaction)
        added = self._kernel.hooks.extend_receipt([interaction], self._kernel.crm(self._actor))
        return (*filter(None, (doubt,)), *added)

    def list(
        self,
        type: str | None = None,  # noqa: A002
        *,
        limit: int = 50,
        cursor: str | None = None,
        **window: Unpack[Window],
    ) -> Page:
        """Interactions of all customers, the last recorded first.

        `window` narrows them: `since` and `until` (instants; until is excluded), `employee`, `source`, and
        `superseded=True` for what was corrected or voided as well.
        """
        return self._reader().page(self._filter(type, window), limit, cursor)

    def count(self, type: str | None = None, **window: Unpack[Window]) -> int:  # noqa: A002
        """How many interactions `list` would show in all."""
        return self._reader().count(self._filter(type, window))

    def totals(self, type: str | None = None, **window: Unpack[Window]) -> Sequence[TypeTotal]:  # noqa: A002
        """The interactions that `list` would show by type: how many, and the sums of their amounts."""
        return self._reader().totals(self._filter(type, window))

    def summary(self, interaction: Interaction) -> str:
        """What an interaction was about, in one line."""
        return summary_of(interaction, self._kernel.words)

    def ingest(self, *, max_wait: float = 0.01, max_batch: int = 500) -> Ingest:
        """A context in which many threads record single interactions that are committed in groups.

        A group holds at most `max_batch` interactions and waits at most `max_wait` seconds for company.
        """
        self._require("interactions.record")
        return Ingest(self._kernel, self._actor, max_wait=max_wait, max_batch=max_batch)

    def _answer(self, batch: Batch) -> Interaction | Recording:
        if self._kernel.current is not None:
            return Recording(batch)
        return batch.interaction(0)

    def _draft(self, customer: Any, type_: str | None, values: dict[str, Any]) -> InteractionDraft:
        if type_ is None:
            raise Invalid(
                "Of what type is the interaction?", hint="See the types: crm words interaction_types"
            )
        if "employee" in values:
            values["employee_id"] = self._employee(values.pop("employee"))
        if values.get("payload") is None:
            values["payload"] = {}
        return InteractionDraft(customer=customer, type=type_, **values)

    def _filter(self, type_: str | None, window: Window) -> Filter:
        employee = self._employee(window.pop("employee", None))
        return Filter(types=() if type_ is None else (type_,), employee_id=employee, **window)  # type: ignore[misc]

    def _employee(self, employee: int | str | None) -> int | None:
        if employee is None or isinstance(employee, int):
            return employee
        from crmkit.core.people import People

        return People(self._kernel, self._actor).get(employee).id

    def _reader(self) -> Reader:
        self._require("customers.read")
        return Reader(self._kernel, self._actor)

    def _require(self, permission: str) -> None:
        self._kernel.require(self._actor, permission)
