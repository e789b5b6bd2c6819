"""People whom nobody knows and whom a program elsewhere reports: where the business wishes so, they become
prospects, so many in an hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, evolve

from crmkit.core.errors import Invalid, NotFound
from crmkit.core.interactions.finder import Finder
from crmkit.core.interactions.repeats import on_record
from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config.incoming import IncomingDeclaration
    from crmkit.core.crm import Crm
    from crmkit.core.exchange.runs import Run
    from crmkit.core.model.interaction import InteractionDraft
    from crmkit.core.store.unit import Transaction

PROSPECT: Final = "prospect"
_HOUR: Final = 3_600_000_000
_LONGEST_NAME: Final = 200
# The change log has no index by time: only its end is looked at.
_LATEST: Final = 100_000


@define(kw_only=True)
class Strangers:
    """Admits those whom one door reports and nobody knows. `headers` are the keys of what it sent."""

    crm: Crm
    door: str
    declared: IncomingDeclaration
    headers: Sequence[str]

    def admit(
        self, told: Mapping[int, tuple[InteractionDraft, Sequence[str]]], run: Run, tx: Transaction
    ) -> tuple[dict[int, InteractionDraft], dict[int, str]]:
        """By their places, the drafts of strangers with whom they are now, and why others are not let in;
        `told` are drafts with the cells that they were made of."""
        unknown = self._unknown(told, tx)
        if not unknown:
            return {}, {}
        left = max(0, self.declared.unknown_limit - self._of_the_last_hour(tx))
        drafts = {
            reference: made
            for reference, cells in unknown.items()
            if (made := self._draft(reference, cells)) is not None
        }
        references = list(drafts)[:left]
        saved = self.crm.customers.save_all([drafts[each] for each in references], source=run.ref)
        ids = {each: id_ for each, id_ in zip(references, saved.ids, strict=True) if id_ is not None}
        reasons = {references[each.index]: each.reason for each in saved.refused}
        reasons |= dict.fromkeys(list(drafts)[left:], self._too_many())
        admitted, refused = {}, {}
        for place, (draft, _) in told.items():
            reference = str(draft.customer)
            if reference in ids:
                admitted[place] = evolve(draft, customer=ids[reference])
            elif reference in reasons:
                refused[place] = reasons[reference]
        return admitted, refused

    def _unknown(
        self, told: Mapping[int, tuple[InteractionDraft, Sequence[str]]], tx: Transaction
    ) -> dict[str, Sequence[str]]:
        """Who is named and not on record, with the cells of where they are first named. What is recorded
        already makes nobody."""
        keys = {(each.source, each.source_ref) for each, _ in told.values()}
        before = on_record(tx.connection, keys)  # type: ignore[arg-type]  # rows always have both
        cells: dict[str, Sequence[str]] = {}
        for draft, said in told.values():
            if (draft.source, draft.source_ref) not in before:
                cells.setdefault(str(draft.customer), said)
        wanted = list(cells)
        answers = Finder(self.crm.kernel, tx).find(wanted) if wanted else []
        return {
            reference: cells[reference]
            for reference, answer in zip(wanted, answers, strict=True)
            if isinstance(answer, NotFound)
        }

    def _draft(self, reference: str, cells: Sequence[str]) -> CustomerDraft | None:
        """The prospect of a reference; None where it says too little, such as a number of ours."""
        text, kernel = reference.strip(), self.crm.kernel
        called, values = self._name(cells), dict[str, Any]()
        scheme, colon, value = text.partition(":")
        if colon and kernel.words.identity_schemes.get(scheme) is not None:
            values["identities"] = (Identity(scheme=scheme, value=value),)
            called = called or value
        elif "@" in text:
            values["contact_points"] = (ContactPoint(kind="email", value=text),)
            called = called or text.partition("@")[0]
        elif text.startswith(("+", "00")):
            with suppress(Invalid):
                number = kernel.phones.normalise(text)
                values["contact_points"] = (ContactPoint(kind="phone", value=number),)
                called = called or number
        if not values:
            return None
        return CustomerDraft(name=called[:_LONGEST_NAME], lifecycle=PROSPECT, **values)

    def _name(self, cells: Sequence[str]) -> str:
        key = self.declared.unknown_name
        if key is None or key not in self.headers:
            return ""
        written = cells[list(self.headers).index(key)]
        return " ".join("".join(each if each.isprintable() else " " for each in written).split())

    def _too_many(self) -> str:
        return phrase(
            "Nobody knows them, and {limit:,} others came by this door within an hour. "
            "Let more in: unknown_limit under [incoming.{door}]",
            limit=self.declared.unknown_limit,
            door=self.door,
        )

    def _of_the_last_hour(self, tx: Transaction) -> int:
        tables = self.crm.tables
        change, request = tables.change.c, tables.incoming.c
        newest = sa.select(sa.func.coalesce(sa.func.max(change.seq), 0)).scalar_subquery()
        source = sa.literal("import:") + sa.cast(request.run_id, sa.String)
        query = (
            sa.select(sa.func.count())
            .select_from(tables.change.join(tables.incoming, change.source == source))
            .where(
                change.seq > newest - _LATEST, change.entity == "customer", change.action == "created",
                change.at > tx.at - _HOUR, request.name == self.door,
            )
        )  # fmt: skip
        return int(tx.execute(query).scalar_one())
