"""`crm.consent`: who agreed to be written to, for what, by which channel; only ever appended to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit.core.customers.asking import Answer, Ask
from crmkit.core.customers.consent import GRANTED, WITHDRAWN, Key, consents_of, latest, write_consent
from crmkit.core.customers.references import resolve
from crmkit.core.customers.unsubscribing import Unsubscribe
from crmkit.core.errors import Invalid
from crmkit.core.normalise import clean_text
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.consent import Asked, Confirmed, Unsubscribed
    from crmkit.core.model.customer import Consent
    from crmkit.core.model.people import Actor
    from crmkit.core.model.words import Purpose


class Consents:
    """Consents of customers, for one actor."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def grant(
        self,
        customer: int | str,
        purpose: str,
        channel: str,
        *,
        source: str = "",
        wording_version: int | None = None,
        evidence: str = "",
        at: int | None = None,
    ) -> Consent:
        """Record that a customer agreed, at an instant (now, when None).

        `wording_version` is of the text agreed to (the purpose's own, when None). Errors: NotFound for the
        customer, the purpose or the channel, with the nearest name; Invalid for an instant in the future, and
        for a version of the text that there never was.
        """
        return self._append(customer, purpose, channel, GRANTED, source, wording_version, evidence, at)

    def withdraw(
        self,
        customer: int | str,
        purpose: str,
        channel: str,
        *,
        source: str = "",
        wording_version: int | None = None,
        evidence: str = "",
        at: int | None = None,
    ) -> Consent:
        """Record that a customer does not agree, or no longer. Errors as for `grant`."""
        return self._append(customer, purpose, channel, WITHDRAWN, source, wording_version, evidence, at)

    def show(self, customer: int | str) -> tuple[Consent, ...]:
        """A customer's whole history of consent, oldest first."""
        with self._kernel.reading() as connection:
            actor = allowed(self._kernel, connection, self._actor, "customers.read")
            id_ = resolve(connection, self._kernel, actor, customer)
            return tuple(consents_of(connection, [id_]))

    def current(self, customer: int | str) -> dict[Key, Consent]:
        """The last word on each (purpose, channel)."""
        return latest(self.show(customer))

    def state(self, customer: int | str, purpose: str, channel: str) -> str | None:
        """`granted`, `withdrawn`, `asked` (and not confirmed), or None where nothing was ever said."""
        words = self._kernel.words
        consent = self.current(customer).get((words.purposes[purpose].name, words.channels[channel].name))
        return consent.state if consent else None

    def _append(
        self,
        customer: int | str,
        purpose: str,
        channel: str,
        state: str,
        source: str,
        wording_version: int | None,
        evidence: str,
        at: int | None,
    ) -> Consent:
        word, way = self._kernel.words.purposes[purpose], self._kernel.words.channels[channel]
        with self._kernel.unit(self._actor) as tx:
            actor = allowed(self._kernel, tx.connection, self._actor, "consent.write")
            if at is not None and at > tx.at:
                raise Invalid("A consent cannot be given in the future", hint="Check the date and the year.")
            values: dict[str, Any] = {
                "customer_id": resolve(tx.connection, self._kernel, actor, customer),
                "purpose": word.name,
                "channel": way.name,
                "state": state,
                "at": tx.at if at is None else at,
                "source": clean_text(source, what=phrase("source")),
                "wording_version": _version_of(word, wording_version),
                "evidence": clean_text(evidence, lines=True, what=phrase("evidence")),
                "actor": actor.name,
            }
            return write_consent(self._kernel, tx, values)

    def ask(
        self,
        customer: int | str,
        purpose: str,
        channel: str = "email",
        *,
        source: str = "",
        evidence: str = "",
        hand_over: bool = True,
    ) -> Asked:
        """Ask a customer by a message to confirm what they entered: it is no consent until they do.

        The message goes through the ledger, never to an address on the suppression list, and at most three
        times to one within 30 days; inside a transaction, or without `hand_over`, the worker sends it. Needs
        consent.write. Raises `NotFound`, and `Invalid` where the purpose has no `confirm`.
        """
        ask = Ask(self._kernel, self._actor, customer, purpose, channel, source, evidence)
        return ask.put(hand_over=hand_over)

    def confirm(self, effect: int, *, evidence: str = "") -> Confirmed:
        """Enter that somebody followed the link in the message that asked them: an effect of the ledger.

        Once is enough, and again changes nothing. Whoever withdrew since they were asked does not agree.
        Needs consent.write.
        """
        return Answer(self._kernel, self._actor, effect, evidence).hear()

    def withdraw_by_effect(self, effect: int, *, scope: str = "purpose", evidence: str = "") -> Unsubscribed:
        """Enter that somebody unsubscribed by the message that is effect `effect` of the ledger.

        With the scope `purpose` that ends its purpose and channel, with `marketing` all marketing by every
        channel: for the customer, and for the address that the message went to, whoever has it. What serves a
        contract or a service goes on. Needs consent.write. Raises `Invalid` for the scope.
        """
        return Unsubscribe(self._kernel, self._actor, effect, evidence).withdraw(scope)

    def restore_by_effect(self, effect: int, *, evidence: str = "") -> Unsubscribed:
        """Take back, within an hour, what `withdraw_by_effect` ended by this message: it was a mistake.

        `withdrawn` are the (purpose, channel) they agree to again; what they had not agreed to before, and
        what they said something else on since, is left as it is. Needs consent.write.
        """
        return Unsubscribe(self._kernel, self._actor, effect, evidence).restore()


def _version_of(purpose: Purpose, version: int | None) -> int:
    """The version of the text that was agreed to. Raises `Invalid` for one that there never was."""
    newest = purpose.wording_version
    if version is None:
        return newest
    if not 1 <= version <= newest:
        there_are = str(newest) if newest == 1 else f"1–{newest}"
        raise Invalid(
            phrase(
                'The wording of the purpose "{purpose}" has no version {version}',
                purpose=purpose.name,
                version=version,
            ),
            hint=phrase(
                "Its versions: {versions}. For a new text raise wording_version in [purposes.{purpose}].",
                versions=there_are,
                purpose=purpose.name,
            ),
        )
    return version
