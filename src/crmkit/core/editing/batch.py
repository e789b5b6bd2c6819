"""One batch of a mass edit: the same changes to many customers, by the path that every save takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import define, field

from crmkit.core.customers.drafts import Drafts, normalised_tags
from crmkit.core.customers.saving import UPDATED, Batch
from crmkit.core.editing.values import Changes, Skipped
from crmkit.core.phrase import as_phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction


@define
class Edited:
    """Who was changed, and who was refused."""

    changed: set[int] = field(factory=set)
    skipped: list[Skipped] = field(factory=list)


def edit_batch(
    kernel: Kernel, actor: Actor, tx: Transaction, ids: Sequence[int], changes: Changes, source: str
) -> Edited:
    """Change the customers with these ids; deciders are asked as for any save, and may refuse some."""
    done = Edited()
    if changes.saves:
        _save(kernel, actor, tx, ids, changes, source, done)
    if changes.untag or changes.archive is not None:
        refused = {each.customer_id for each in done.skipped}
        rest = [id_ for id_ in ids if id_ not in refused]
        _untag_and_archive(kernel, actor, tx, rest, changes, source, done)
    return done


def _save(
    kernel: Kernel,
    actor: Actor,
    tx: Transaction,
    ids: Sequence[int],
    changes: Changes,
    source: str,
    done: Edited,
) -> None:
    batch = Batch(kernel, actor, tx, Drafts(kernel), len(ids))
    saved = batch.save([changes.draft(id_) for id_ in ids], source)
    done.changed.update(id_ for id_, what in zip(ids, saved.done, strict=True) if what == UPDATED)
    for position, error in sorted(saved.errors.items()):
        done.skipped.append(
            Skipped(customer_id=ids[position], reason=as_phrase(error.message), code=error.code)
        )


def _untag_and_archive(
    kernel: Kernel,
    actor: Actor,
    tx: Transaction,
    ids: Sequence[int],
    changes: Changes,
    source: str,
    done: Edited,
) -> None:
    batch = Batch(kernel, actor, tx, Drafts(kernel), len(ids))
    tags = normalised_tags(changes.untag)
    at = tx.at if changes.archive else None
    for record in batch.load(ids):
        if tags and batch.changing.remove_tags(record, tags, source):
            done.changed.add(record.id)
        moves = changes.archive is not None and bool(record.archived_at) != changes.archive
        if moves and batch.changing.set_attribute(record, "archived_at", at, source):
            done.changed.add(record.id)
    batch.finish()
