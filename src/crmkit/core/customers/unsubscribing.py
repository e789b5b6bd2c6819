"""Unsubscribing by a message: its link names the effect, and the effect says whom, what for and where to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define

from crmkit.core.customers.asking import effect_note, effect_row
from crmkit.core.customers.consent import (
    GRANTED,
    WITHDRAWN,
    consents_of,
    last_words,
    latest,
    write_consent,
)
from crmkit.core.errors import Invalid
from crmkit.core.language import N_
from crmkit.core.messages.addressing import address_of
from crmkit.core.model.consent import Unsubscribed
from crmkit.core.model.customer import Consent
from crmkit.core.model.suppression import OBJECTION, ONLY_MARKETING, Suppression
from crmkit.core.normalise import clean_text
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase
from crmkit.core.privacy.objecting import object_to_marketing, withdraw
from crmkit.core.store.suppression import RENEWED, Listing, ensure_key, keyed_hash
from crmkit.core.suppressions.entries import end, enter, entries_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

PURPOSE: Final = "purpose"
MARKETING: Final = "marketing"
SCOPES: Final = (PURPOSE, MARKETING)
SOURCE: Final = N_("unsubscribed")
RESTORED: Final = N_("unsubscribed by mistake")
# Within which time somebody can say that they did not mean it.
REGRET: Final = 3_600_000_000
_PERMISSION: Final = "consent.write"


@define
class Unsubscribe:
    """Somebody follows the link in the message that is effect `number`, and wants no more of it."""

    kernel: Kernel
    actor: Actor
    number: int
    evidence: str

    def withdraw(self, scope: str) -> Unsubscribed:
        """End marketing of this purpose by this channel, or all of it, for them and for their address."""
        if scope not in SCOPES:
            raise Invalid(
                phrase('There is no scope "{scope}"', scope=scope),
                hint=phrase("There are: {scopes}", scopes=", ".join(SCOPES)),
            )
        with self.kernel.unit(self.actor) as tx:
            allowed(self.kernel, tx.connection, self.actor, _PERMISSION)
            row = effect_row(self.kernel, tx.connection, self.number)
            if row is None or row.channel is None or row.purpose is None:
                return Unsubscribed(state="unknown")
            word = self.kernel.words.purposes.get(row.purpose)
            # A purpose that is no longer declared was one that somebody could be written to for.
            if scope == PURPOSE and word is not None and word.type != "marketing":
                return Unsubscribed(state="not marketing", **_of(row))
            ended = self._end(tx, row, scope)
            listed = self._suppress(tx, row, scope, is_news=bool(ended))
            state = WITHDRAWN if ended or listed else "again"
            return Unsubscribed(state=state, withdrawn=tuple(ended), **_of(row))

    def restore(self) -> Unsubscribed:
        """Take back what this link ended within the last hour, where nothing was said since."""
        with self.kernel.unit(self.actor) as tx:
            actor = allowed(self.kernel, tx.connection, self.actor, _PERMISSION)
            row = effect_row(self.kernel, tx.connection, self.number)
            if row is None or row.channel is None:
                return Unsubscribed(state="unknown")
            for entry in self._listed(tx, row):
                is_ours = entry.reason == OBJECTION and entry.note == effect_note(self.number)
                if is_ours and tx.at - entry.at <= REGRET:
                    end(tx, entry, RESTORED)
                    self._stand_again(tx, row, entry)
            given = [] if row.customer_id is None else self._given_back(tx, actor, row)
            return Unsubscribed(state=GRANTED if given else "again", withdrawn=tuple(given), **_of(row))

    def _stand_again(self, tx: Transaction, row: Any, ended: Suppression) -> None:
        """What the link renewed stands as it did before: others at the address may have meant it."""
        point = self._point(tx, row)
        assert point is not None
        before = [
            each
            for each in entries_of(tx.connection, [point], None).get(point, [])
            if (each.reason, each.purpose) == (ended.reason, ended.purpose)
            and (each.because, each.lifted_at) == (RENEWED, ended.at)
        ]
        for each in before[-1:]:
            listing = Listing(
                kind=point[0], digest=keyed_hash(ensure_key(tx.connection), *point), reason=each.reason,
                at=each.at, actor=each.actor, purpose=each.purpose, scope=each.scope, until=each.until,
                note=each.note,
            )  # fmt: skip
            enter(tx, listing, point[1])

    def _end(self, tx: Transaction, row: Any, scope: str) -> list[tuple[str, str]]:
        """Withdraw what stands; (purpose, channel) of it."""
        if row.customer_id is None:
            return []
        table = self.kernel.tables.customer
        uid = tx.execute(sa.select(table.c.uid).where(table.c.id == row.customer_id)).scalar_one()
        before = latest(consents_of(tx.connection, [row.customer_id]))
        evidence = effect_note(self.number, clean_text(self.evidence, lines=True, what=phrase("evidence")))
        if scope == MARKETING:
            object_to_marketing(self.kernel, tx, row.customer_id, uid, source=SOURCE, evidence=evidence)
            after = latest(consents_of(tx.connection, [row.customer_id]))
            return sorted(key for key in after if after[key] != before.get(key))
        key = row.purpose, row.channel
        if key in before and before[key].state == WITHDRAWN:
            return []
        withdraw(
            self.kernel, tx, [(row.customer_id, *key)], {row.customer_id: uid}, source=SOURCE,
            evidence=evidence,
        )  # fmt: skip
        return [key]

    def _suppress(self, tx: Transaction, row: Any, scope: str, *, is_news: bool) -> bool:
        """Keep it from the address as well, whoever else has it; whether that is new."""
        point = self._point(tx, row)
        if point is None:
            return False
        purpose = row.purpose if scope == PURPOSE else ""
        standing = [
            each
            for each in self._listed(tx, row)
            if each.reason == OBJECTION and each.purpose in ("", purpose)
        ]
        if standing and not is_news:
            return False
        listing = Listing(
            kind=point[0], digest=keyed_hash(ensure_key(tx.connection), *point), reason=OBJECTION, at=tx.at,
            actor=tx.actor.name, purpose=purpose, scope=ONLY_MARKETING, note=effect_note(self.number),
        )  # fmt: skip
        return enter(tx, listing, point[1])[1]

    def _listed(self, tx: Transaction, row: Any) -> Sequence[Suppression]:
        point = self._point(tx, row)
        return entries_of(tx.connection, [point], tx.at).get(point, []) if point else []

    def _point(self, tx: Transaction, row: Any) -> tuple[str, str] | None:
        """(kind, address) to which it went, or would go now."""
        channel = self.kernel.words.channels.get(row.channel)
        kind = channel.contact_kind if channel else None
        if kind is None:
            return None
        if row.recipient:
            return kind, row.recipient
        if row.customer_id is None:
            return None
        from crmkit.core.customers.record import load_records

        record = load_records(tx.connection, self.kernel, {row.customer_id}).get(row.customer_id)
        found = address_of(record, kind) if record is not None else None
        return (kind, found.normalised) if found else None

    def _given_back(self, tx: Transaction, actor: Actor, row: Any) -> list[tuple[str, str]]:
        history = consents_of(tx.connection, [row.customer_id])
        found = []
        for key, last in sorted(latest(history).items()):
            before = self._before(history, last)
            if before is not None and tx.at - last.at <= REGRET:
                evidence = effect_note(
                    self.number, clean_text(self.evidence, lines=True, what=phrase("evidence"))
                )
                write_consent(
                    self.kernel, tx,
                    {
                        "customer_id": row.customer_id, "purpose": key[0], "channel": key[1],
                        "state": GRANTED, "at": max(tx.at, last.at), "source": RESTORED,
                        "evidence": evidence, "wording_version": before.wording_version, "actor": actor.name,
                    },
                )  # fmt: skip
                found.append(key)
        return found

    def _before(self, history: Sequence[Consent], last: Consent) -> Consent | None:
        """The consent that this link ended by `last`, if it did."""
        note = effect_note(self.number)
        is_ours = last.source == SOURCE and (last.evidence == note or last.evidence.startswith(f"{note}, "))
        if last.state != WITHDRAWN or not is_ours:
            return None
        earlier = [each for each in history if (each.at, each.id or 0) < (last.at, last.id or 0)]
        found = last_words(earlier).get((last.purpose, last.channel))
        return found if found is not None and found.state == GRANTED else None


def _of(row: Any) -> dict[str, Any]:
    return {"customer_id": row.customer_id, "purpose": row.purpose, "channel": row.channel}
