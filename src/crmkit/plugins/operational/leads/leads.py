"""Leads: listed, qualified, assigned, converted into deals, or lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import evolve

from crmkit import Conflict, CustomerDraft, Invalid, Money, NotFound
from crmkit.plugin import phrase
from crmkit.plugins.operational.leads.assigning import Assigning
from crmkit.plugins.operational.leads.model import Assigned, Lead
from crmkit.plugins.operational.leads.payload import LeadMoved
from crmkit.plugins.operational.leads.tables import LEAD

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Record
    from crmkit.plugins.operational.settings import Settings

Ref = int | str
_AT_ONCE = 5_000
_KNOWN = ("need", "budget", "authority", "timeframe")
_KEPT = (
    *_KNOWN, "qualified_at", "rule", "assigned_at", "deal", "converted_at", "lost_reason", "lost_at",
)  # fmt: skip


class Leads:
    """The leads of one business, for whoever `crm` acts for: customers in the lifecycle stage `lead`."""

    def __init__(self, crm: Crm, settings: Settings) -> None:
        self._crm = crm
        self._settings = settings.leads
        self._table = crm.plugins.table(LEAD)

    def get(self, customer: Ref) -> Lead:
        """The lead that a customer is, or was. Raises `NotFound` for one who never was."""
        id_ = self._crm.customers.resolve(customer)
        found = list(self._found(self._crm.tables.customer.c.id == id_))
        if not found or (found[0].lifecycle != "lead" and found[0].qualified_at is None):
            name = self._crm.customers.get(id_).name
            raise NotFound(
                phrase("{name} is no lead", name=name),
                hint=phrase("Make them one: crm customers update {id} --lifecycle lead", id=id_),
            )
        return found[0]

    def list(self, *, unassigned: bool = False, limit: int = 200) -> Sequence[Lead]:
        """The open leads, the most promising first where `score` is set, else the newest."""
        self._crm.require("customers.read")
        customer = self._crm.tables.customer
        conditions = [customer.c.owner_id.is_(None)] if unassigned else []
        if not self._settings.score:
            return list(self._found(*self._open(), *conditions, limit=limit))
        return self._by_score(conditions, limit)

    def _by_score(self, conditions: Sequence[Any], limit: int) -> Sequence[Lead]:
        page = self._crm.views.page(
            lifecycle="lead", columns=["lead_score"], order="lead_score:desc", limit=limit
        )
        scores = {row.customer_id: row.values[0] for row in page.rows}
        customer = self._crm.tables.customer
        ids = list(scores)
        found = {
            each.customer_id: evolve(each, score=scores[each.customer_id])
            for start in range(0, len(ids), 500)
            for each in self._found(customer.c.id.in_(ids[start : start + 500]), *conditions)
        }
        return [found[id_] for id_ in ids if id_ in found]

    def qualify(
        self,
        customer: Ref,
        *,
        need: str | None = None,
        budget: str | Money | None = None,
        authority: str | None = None,
        timeframe: str | None = None,
    ) -> Lead:
        """Keep what is known: need, budget, authority, timeframe. Whoever is a prospect becomes a lead.

        Raises `Invalid` for nothing to keep and for no budget, `Conflict` for somebody who is neither.
        """
        own = self._crm.config.crs.currency
        money = Money.of(budget, own) if isinstance(budget, str) else budget
        if money is not None and (money.minor < 0 or money.currency != own):
            raise Invalid(
                phrase("{money} is no budget", money=money),
                hint=phrase("Give an amount of {own}, such as 1000.", own=own),
            )
        given = {"need": need, "authority": authority, "timeframe": timeframe}
        values: dict[str, Any] = {name: text.strip() for name, text in given.items() if text is not None}
        if money is not None:
            values["budget"] = money.minor
        if not values:
            raise Invalid("There is nothing to keep", hint='Such as: --need "An oven for the new shop"')
        self._crm.require("customers.write")
        with self._crm.transaction() as tx:
            id_ = self._crm.customers.resolve(customer)
            self._open_up(id_)
            self._keep(
                tx.execute, id_, {**values, "qualified_at": tx.at, "lost_at": None, "lost_reason": None}
            )
            return self.get(id_)

    def _open_up(self, id_: int) -> None:
        """A prospect becomes a lead."""
        found = self._crm.customers.get(id_)
        if found.lifecycle == "prospect":
            self._crm.customers.update(id_, CustomerDraft(lifecycle="lead"))
        elif found.lifecycle != "lead":
            raise Conflict(
                phrase(
                    '{name} is no prospect: their lifecycle stage is "{stage}"',
                    name=found.name,
                    stage=found.lifecycle,
                ),
                hint=phrase(
                    'Add a deal: crm deals add {id} "NAME". Or make them a lead: '
                    "crm customers update {id} --lifecycle lead",
                    id=id_,
                ),
            )

    def choose(self, customers: Sequence[Ref] | None = None) -> Sequence[Assigned]:
        """Whom leads would go to and why: these, or every open one without an owner. Nothing is written."""
        self._crm.require("customers.read")
        if customers is None:
            nobodys = self._crm.tables.customer.c.owner_id.is_(None)
            ids = sorted(each.customer_id for each in self._found(*self._open(), nobodys))
        else:
            ids = [self._crm.customers.resolve(each) for each in customers]
        return Assigning(self._crm, self._settings).choose(ids, self._crm.clock.now())

    def assign(self, customers: Sequence[Ref] | None = None, *, source: str = "") -> Sequence[Assigned]:
        """Give leads to whom the rules say: the employee becomes their owner, and their first task is the
        employee's where it was nobody's. Those of whom nobody is to have another stay without one."""
        from crmkit.plugins.operational.tasks.follow_up import give_first

        self._crm.require("customers.write")
        with self._crm.transaction() as tx:
            chosen = self.choose(customers)
            given = [each for each in chosen if each.employee_id is not None]
            drafts = [CustomerDraft(id=each.customer_id, owner_id=each.employee_id) for each in given]
            self._crm.customers.save_all(drafts, source=source).raise_refused()
            # The place keeps turns apart that fall into one moment.
            rows = [
                {
                    "customer_id": each.customer_id, "rule": each.rule, "assigned_to": each.employee_id,
                    "assigned_at": tx.at + place,
                }
                for place, each in enumerate(given)
            ]  # fmt: skip
            self._keep_all(tx.execute, rows)
            if given:
                owners = {
                    each.customer_id: each.employee_id for each in given if each.employee_id is not None
                }
                give_first(owners, self._crm, source=source)
            return chosen

    def unassign(self, customer_ids: Sequence[int]) -> None:
        """Forget to whom leads were given; their owner is put back by whoever takes the plan back."""
        with self._crm.transaction() as tx:
            for start in range(0, len(customer_ids), 500):
                here = self._table.c.customer_id.in_(customer_ids[start : start + 500])
                cleared = {"rule": None, "assigned_to": None, "assigned_at": None}
                tx.execute(sa.update(self._table).where(here).values(cleared))

    def convert(
        self, customer: Ref, name: str, value: Money | str | None = None, **deal: Any
    ) -> tuple[Lead, Record]:
        """Make a deal of a lead: what is known of it comes along, and the customer is a lead no longer.

        `deal` takes what `SalesDesk.add` takes. The lifecycle stage becomes `customer`.
        """
        from crmkit.plugins.operational.deals.desk import SalesDesk

        self._crm.require("customers.write")
        with self._crm.transaction() as tx:
            lead = self._open_lead(customer)
            found = self._crm.customers.get(lead.customer_id)
            source = found.fields.get("lead_source")
            fields = {"source": source} | dict(deal.pop("fields", None) or {})
            owner = deal.pop("owner", None) or found.owner_id
            made = self._crm.service(SalesDesk).add(
                lead.customer_id, name, value or lead.budget, owner=owner,
                fields={key: each for key, each in fields.items() if each is not None}, **deal,
            )  # fmt: skip
            self._keep(
                tx.execute,
                lead.customer_id,
                {"deal": made.ref, "converted_at": tx.at, "qualified_at": lead.qualified_at or tx.at},
            )
            self._crm.customers.update(lead.customer_id, CustomerDraft(lifecycle="customer"))
            self._tell(lead.customer_id, "lead.converted", LeadMoved(deal=made.ref))
            return self.get(lead.customer_id), made

    def lose(self, customer: Ref, reason: str) -> Lead:
        """The lead came to nothing, for one of the `lost_reasons`; the customer stays, as a prospect."""
        self._crm.require("customers.write")
        wanted = next((each for each in self._settings.lost_reasons if each == reason.strip().lower()), None)
        if wanted is None:
            raise Invalid(
                phrase('"{reason}" is no reason to lose a lead', reason=reason),
                hint=phrase("There are: {names}.", names=", ".join(self._settings.lost_reasons)),
            )
        with self._crm.transaction() as tx:
            lead = self._open_lead(customer)
            self._keep(
                tx.execute,
                lead.customer_id,
                {"lost_at": tx.at, "lost_reason": wanted, "qualified_at": lead.qualified_at or tx.at},
            )
            self._crm.customers.update(lead.customer_id, CustomerDraft(lifecycle="prospect"))
            self._tell(lead.customer_id, "lead.lost", LeadMoved(reason=wanted))
            return self.get(lead.customer_id)

    def _open_lead(self, customer: Ref) -> Lead:
        lead = self.get(customer)
        if lead.lifecycle != "lead":
            what = phrase("converted into {deal}", deal=lead.deal) if lead.converted_at else phrase("closed")
            raise Conflict(
                phrase("{lead} is a lead no longer: it was {what}", lead=lead.name, what=what),
                hint="See: crm leads list",
            )
        return lead

    def _tell(self, customer_id: int, type_: str, payload: LeadMoved) -> None:
        self._crm.interactions.record(customer_id, type_, payload=payload, source="operational.lead")

    def _keep_all(self, execute: Any, rows: Sequence[dict[str, Any]]) -> None:
        """Keep the same columns of many: those of whom something is kept are changed, the others added."""
        whose, known = self._table.c.customer_id, set[int]()
        ids = [row["customer_id"] for row in rows]
        for start in range(0, len(ids), _AT_ONCE):
            here = sa.select(whose).where(whose.in_(ids[start : start + _AT_ONCE]))
            known |= set(execute(here).scalars())
        changed = [
            {f"new_{name}": value for name, value in row.items()}
            for row in rows
            if row["customer_id"] in known
        ]
        if changed:
            values: dict[str, Any] = {
                name: sa.bindparam(f"new_{name}") for name in rows[0] if name != "customer_id"
            }
            mine = whose == sa.bindparam("new_customer_id")
            execute(sa.update(self._table).where(mine).values(values), changed)
        if fresh := [row for row in rows if row["customer_id"] not in known]:
            execute(sa.insert(self._table), fresh)

    def _keep(self, execute: Any, customer_id: int, values: dict[str, Any]) -> None:
        done = execute(sa.update(self._table).where(self._table.c.customer_id == customer_id).values(values))
        if not done.rowcount:
            execute(sa.insert(self._table).values(customer_id=customer_id, **values))

    def _open(self) -> tuple[Any, ...]:
        customer = self._crm.tables.customer
        return customer.c.lifecycle == "lead", customer.c.archived_at.is_(None)

    def _found(self, *conditions: Any, limit: int | None = None) -> Iterator[Lead]:
        customer, table, employee = self._crm.tables.customer, self._table, self._crm.tables.employee
        columns = [
            customer.c.id.label("customer_id"), customer.c.name, customer.c.lifecycle,
            employee.c.name.label("owner"), *(table.c[name] for name in _KEPT),
        ]  # fmt: skip
        query = (
            sa.select(*columns)
            .select_from(customer)
            .outerjoin(table, table.c.customer_id == customer.c.id)
            .outerjoin(employee, employee.c.id == customer.c.owner_id)
            .where(*conditions, *self._crm.seen())
            .order_by(customer.c.id.desc())
        )
        with self._crm.reading() as execute:
            rows = [dict(row) for row in execute(query.limit(limit)).mappings()]
        own = self._crm.config.crs.currency
        for row in rows:
            budget = row.pop("budget")
            yield Lead(**row, budget=None if budget is None else Money(budget, own))
