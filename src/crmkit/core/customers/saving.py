"""Saving customers: the one path that every change to a customer takes, for one of them and for a million.

A batch is decided in memory against what is on record and what the batch itself has done before, then written
table by table. What a batch leads to does not depend on where one batch ends and the next begins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from crmkit.core.customers.changing import Changing, as_json
from crmkit.core.customers.drafts import ONCE, Drafts, Prepared, mentioned
from crmkit.core.customers.fields import to_driver
from crmkit.core.customers.links import Links
from crmkit.core.customers.matching import Matches, taken
from crmkit.core.customers.pen import Pen
from crmkit.core.customers.record import PARTS, Record, load_records
from crmkit.core.customers.sets import rows_among
from crmkit.core.customers.unique import UniqueValues
from crmkit.core.errors import Ambiguous, Conflict, CrmError, Invalid, NotFound, Unwanted
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.phrase import joined, phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

CREATED: Final = "created"
UPDATED: Final = "updated"
UNCHANGED: Final = "unchanged"
REFUSED: Final = "refused"
MATCH: Final = "match"


def _fresh_uids(kernel: Kernel, size: int) -> Iterator[str]:
    """So many uids, made when the first of them is wanted."""
    yield from kernel.uids.batch(size)


@define
class Saved:
    """What became of a batch, by position: the record and what was done, or why the item was refused."""

    records: list[Record | None]
    done: list[str]
    errors: dict[int, CrmError] = field(factory=dict)


class Batch:
    """One batch of drafts within a unit of work."""

    def __init__(self, kernel: Kernel, actor: Actor, tx: Transaction, drafts: Drafts, size: int) -> None:
        self._kernel = kernel
        self._actor = actor
        self._tx = tx
        self._drafts = drafts
        self._required = [word.name for word in kernel.words.fields if word.required]
        self._defaults = [
            (word, to_driver(word, word.default, kernel))
            for word in kernel.words.fields
            if word.default is not None
        ]
        self._matches = Matches(kernel, actor, tx.connection)
        self._unique = UniqueValues(kernel, tx.connection)
        # Former ids of those who were merged, with whom they are now.
        self._former: dict[int, int] = {}
        self._links = Links(kernel, actor, tx.connection)
        self._pen = Pen(kernel, tx.connection, size)
        self._uids = _fresh_uids(kernel, size)
        self.changing = Changing(tx, self._pen, self._matches, self._unique, size)

    def save(
        self,
        drafts: Sequence[CustomerDraft],
        source: str,
        *,
        update: bool = True,
        new: bool = False,
        whole: bool = True,
    ) -> Saved:
        """Decide and write `drafts`; `source` is where those come from that do not say it themselves.

        Without `update`, customers that are known stay as they are. With `new` each is a new customer,
        whoever has the same address; an identity that somebody has is a conflict all the same. Without
        `whole` the records of `Saved` may lack what no draft mentions, and cost less to read.
        """
        saved = Saved([None] * len(drafts), [REFUSED] * len(drafts))
        self._matches.source = source
        ready = self._decided(drafts, self._prepared(drafts, saved), saved)
        self._look_up([prepared for prepared in ready if prepared is not None], whole=whole)
        for position, prepared in enumerate(ready):
            if prepared is None:
                continue
            try:
                saved.records[position], saved.done[position] = self._one(
                    prepared, prepared.draft.source or source, update=update, new=new
                )
            except CrmError as error:
                saved.errors[position] = error
                if isinstance(error, Ambiguous):
                    self._for_review(prepared.draft, prepared.draft.source or source, error)
        self._write()
        return saved

    def known(self, id_: int) -> Record:
        """The customer with this id, locked, for changes made through `changing`. Raises `NotFound`."""
        if id_ not in self._matches.records:
            self._matches.records.update(self._records([id_]))
            self._redirect({id_}, PARTS)
        return self._named(id_)

    def load(self, ids: Sequence[int]) -> list[Record]:
        """The customers with these ids that there are, locked, for changes made through `changing`."""
        found = self._records(ids)
        self._matches.records.update(found)
        return list(found.values())

    def finish(self) -> None:
        """Write what was done through `changing`."""
        self._write()

    def _write(self) -> None:
        self._pen.write()
        if self._pen.contacts:
            from crmkit.core.privacy.objecting import heed_suppressions

            heed_suppressions(self._kernel, self._tx, self._pen.contacts, self._matches.records)

    def _prepared(self, drafts: Sequence[CustomerDraft], saved: Saved) -> list[Prepared | None]:
        return [self._prepare(draft, position, saved) for position, draft in enumerate(drafts)]

    def _prepare(self, draft: CustomerDraft, position: int, saved: Saved) -> Prepared | None:
        try:
            return self._drafts.prepare(draft)
        except Invalid as error:
            saved.errors[position] = error
        except (AttributeError, TypeError) as error:
            from crmkit.core.customers.misfit import misfit

            found = misfit(draft)
            if found is None:
                raise
            found.__cause__ = error
            saved.errors[position] = found
        return None

    def _decided(
        self, drafts: Sequence[CustomerDraft], ready: list[Prepared | None], saved: Saved
    ) -> list[Prepared | None]:
        """What the deciding plugins leave of the batch; drafts that they replaced are judged again."""
        positions = [position for position, prepared in enumerate(ready) if prepared is not None]
        if not positions:
            return ready
        shown = [drafts[position] for position in positions]
        with self._kernel.acting_in(self._tx, self._actor) as (crm, tx):
            items, refusals = self._kernel.hooks.before_customers_saved(shown, crm, tx)
        refused = {refusal.index: refusal.reason for refusal in refusals}
        remaining = iter(items)
        for index, position in enumerate(positions):
            if index in refused:
                saved.errors[position] = Unwanted(refused[index])
                ready[position] = None
            elif (item := next(remaining)) is not drafts[position]:
                ready[position] = self._prepare(item, position, saved)
        return ready

    def _look_up(self, batch: list[Prepared], *, whole: bool) -> None:
        ids = self._matches.look_up(batch)
        parts = PARTS if whole or not ids else mentioned(batch)
        self._matches.records = self._records(ids, parts)
        self._redirect({prepared.draft.id for prepared in batch if prepared.draft.id is not None}, parts)
        self._unique.look_up(batch)
        self._links.look_up(batch)

    def _records(self, ids: Collection[int], parts: Collection[str] = PARTS) -> dict[int, Record]:
        return load_records(self._tx.connection, self._kernel, ids, parts=parts, lock=True)

    def _redirect(self, wanted: set[int], parts: Collection[str]) -> None:
        """Let the ids of those who were merged lead to whom they are now, also when that was this moment."""
        missing = wanted - self._matches.records.keys() - self._matches.unseen
        if not missing:
            return
        now = self._matches.now_of(missing)
        survivors = set(now.values()) - self._matches.records.keys()
        self._matches.records.update(self._records(survivors, parts))
        for former, id_ in now.items():
            if id_ in self._matches.records:
                self._former[former] = id_

    def _one(self, prepared: Prepared, source: str, *, update: bool, new: bool) -> tuple[Record, str]:
        self._links.settle(prepared)
        id_ = prepared.draft.id
        if new:
            self._matches.require_new(prepared.uid)
        record = None if new else self._matches.find(prepared) if id_ is None else self._named(id_)
        if record is not None and not update:
            return record, UNCHANGED
        self._require_free(prepared, record)
        if record is None:
            self._complete(prepared)
            return self.changing.create(prepared, prepared.uid or next(self._uids), source), CREATED
        self._require_version(prepared.draft.version, record, id_)
        self._require_kept(prepared, record)
        for name in ONCE:
            if name in prepared.attributes and getattr(record, name) is not None:
                del prepared.attributes[name]
        return record, UPDATED if self.changing.apply(record, prepared, source) else UNCHANGED

    def _named(self, id_: int) -> Record:
        record = self._matches.records.get(self._former.get(id_, id_))
        if record is None:
            raise NotFound(phrase("There is no customer {id}", id=id_), hint="Find customers: crm find NAME")
        return record

    def _require_free(self, prepared: Prepared, record: Record | None) -> None:
        """Raise unless every identity and unique value is free, or the customer's own."""
        own = record.id if record else None
        for identity in prepared.identities:
            holder = self._matches.by_identity.get(identity)
            if holder is not None and holder != own:
                raise taken(identity, self._matches.records.get(holder))
        self._unique.require_free(prepared, own, self._matches.records)

    def _require_version(self, version: int | None, record: Record, id_: int | None) -> None:
        if version is not None and id_ in self._former:
            raise Conflict(
                phrase(
                    "Customer {id} was merged into {name} ({record}) in the meantime",
                    id=id_,
                    name=record.shown_name(),
                    record=record.id,
                ),
                hint=phrase("Look again: crm show {record}", record=record.id),
                version=record.version,
            )
        if version is not None and version != record.version:
            raise Conflict(
                phrase(
                    "{name} ({record}) was changed in the meantime: you saw version {version}, now it is "
                    "{record_version}",
                    name=record.shown_name(),
                    record=record.id,
                    version=version,
                    record_version=record.version,
                ),
                hint=phrase("Look again: crm show {record}", record=record.id),
                version=record.version,
            )

    def _require_kept(self, prepared: Prepared, record: Record) -> None:
        for name in self._required:
            cleared = (name in prepared.values and prepared.values[name] is None) or (
                name in prepared.choices and not prepared.choices[name]
            )
            if cleared:
                raise Invalid(
                    phrase(
                        "{field} is required: {name} cannot be without it",
                        field=name,
                        name=record.shown_name(),
                    )
                )

    def _complete(self, prepared: Prepared) -> None:
        """Give a new customer the defaults; raise `Invalid` when it lacks something it cannot be without."""
        if not prepared.name and not prepared.contacts and not prepared.identities:
            raise Invalid(
                "The customer has neither a name nor an address, number or identity",
                hint="Give at least one of them.",
            )
        if prepared.draft.version is not None:
            raise Conflict("A version was given, but there is no such customer yet", hint="Leave it out.")
        if self._matches.is_narrowed and "owner_id" not in prepared.attributes:
            # Whom nobody looks after, somebody who sees their own would never see again.
            prepared.attributes["owner_id"] = self._actor.id
        for word, value in self._defaults:
            kept: dict[str, Any] = prepared.choices if word.type == "multi-choice" else prepared.values
            kept.setdefault(word.name, value)
        missing = [
            name for name in self._required
            if prepared.values.get(name) is None and not prepared.choices.get(name)
        ]  # fmt: skip
        if missing:
            raise Invalid(
                phrase(
                    "{name} lacks the required {missing}",
                    name=prepared.name or phrase("The customer"),
                    missing=joined(phrase(" and "), missing),
                ),
                hint=phrase("Give it: --set {missing}=…", missing=missing[0]),
                missing=missing,
            )

    def _for_review(self, draft: CustomerDraft, source: str, error: Ambiguous) -> None:
        """Put an ambiguous item on the review list, unless it waits there already."""
        item, ids = as_json(draft), error.details["candidates"]
        waiting = "SELECT id FROM review WHERE kind = ? AND settled_at IS NULL AND item"
        rows = self._pen.reviews
        if any(row[3] == item for row in rows) or any(
            rows_among(self._tx.connection, waiting, [item], MATCH)
        ):
            return
        # Erasing the first candidate takes the item with it.
        rows.append((ids[0], MATCH, source, item, as_json(ids), self._tx.at))
