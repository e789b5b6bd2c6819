"""`crm.forms`: what strangers said, taken for what it is: a claim that nobody has checked."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import evolve, field, frozen

from crmkit.core.errors import CrmError, NotFound, StoreError, TryAgain
from crmkit.core.forms.questions import Answers, Question, draft_of, message_of, questions_of
from crmkit.core.language import N_
from crmkit.core.model.suppression import YIELDING
from crmkit.core.nearest import did_you_mean
from crmkit.core.phrase import phrase
from crmkit.core.store.locks import FORM_LOCK, one_at_a_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit.core.config.forms import FormDeclaration
    from crmkit.core.crm import Crm
    from crmkit.core.model.customer import CustomerDraft
    from crmkit.core.store.unit import Transaction

SUBMITTED: Final = "form.submitted"
_KIND: Final = "form"
_SECOND: Final = 1_000_000
_QUICKEST: Final = 2 * _SECOND
_OLDEST: Final = 86_400 * _SECOND
_DAY: Final = 86_400 * _SECOND
_MOST_A_DAY: Final = 5
_NONCE: Final = 12
_INSTANT: Final = 8
_log = logging.getLogger("crmkit.forms")


@frozen(kw_only=True)
class Submission:
    """What became of a form. `wrong` says what is wrong with answers, None for one that is missing; with
    nothing wrong and `is_stale` it is to be sent once more, from a new page. Whether the address was known
    is told to nobody."""

    wrong: Mapping[str, CrmError | None] = field(factory=dict)
    is_stale: bool = False

    @property
    def is_taken(self) -> bool:
        """Whether it is done with."""
        return not (self.wrong or self.is_stale)


class Forms:
    """The forms of `[forms]`."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def get(self, name: str) -> FormDeclaration:
        """A form. Raises `NotFound`."""
        found = self._crm.config.forms.get(name)
        if found is None:
            raise NotFound(
                phrase('There is no form "{name}"', name=name),
                hint=did_you_mean(name, self._crm.config.forms, ""),
            )
        return found

    def questions(self, name: str) -> list[Question]:
        """What a form asks. Raises `NotFound`, `Invalid`."""
        return questions_of(self._crm.kernel, self.get(name))

    def token(self, name: str) -> str:
        """What one page of a form is told by: from when it is, so that robots are known by their haste, and
        a number, so that what is sent twice counts once."""
        at = self._crm.clock.now().to_bytes(_INSTANT)
        return self._crm.tokens.issue(_KIND, at + secrets.token_bytes(_NONCE) + name.encode())

    def submit(
        self, name: str, answers: Answers, *, token: str, agrees: bool = False, language: str = ""
    ) -> Submission:
        """Take in what somebody sent. Raises `NotFound`.

        An address that nobody has makes a prospect; of a known customer nothing is changed: it is noted that
        somebody said so. With a purpose that is to be confirmed, the address is asked; without, a tick counts
        as consent of a new prospect only, and of none whose address stands on the suppression list because
        they objected. At most five a day are noted of one customer.
        """
        form = self.get(name)
        draft, wrong = draft_of(self._crm.kernel, self.questions(name), answers)
        number = self._number(name, token)
        if wrong or number is None:
            return Submission(wrong=wrong, is_stale=number is None)
        said = message_of(self.questions(name), answers)
        draft = evolve(draft, locale=language or None)
        try:
            with self._crm.transaction() as tx:
                one_at_a_time(tx.connection, FORM_LOCK)
                if not self._is_known(tx, name, number):
                    self._take_in(tx, name, form, draft, number, said, agrees=agrees and bool(form.purpose))
        except (TryAgain, StoreError):
            raise
        except CrmError as error:
            # Whoever sent it must not learn from an error what is on record.
            _log.warning(N_("The form %s was not taken in: %s"), name, type(error).__name__)
        return Submission()

    def _number(self, name: str, token: str) -> str | None:
        """The number of the page; None for one of another form, too old, or too young."""
        payload = self._crm.tokens.read(_KIND, token)
        if payload is None or payload[_INSTANT + _NONCE :] != name.encode():
            return None
        age = self._crm.clock.now() - int.from_bytes(payload[:_INSTANT])
        return payload[_INSTANT : _INSTANT + _NONCE].hex() if _QUICKEST <= age <= _OLDEST else None

    def _take_in(
        self, tx: Transaction, name: str, form: FormDeclaration, draft: CustomerDraft, number: str, said: str,
        *, agrees: bool,
    ) -> None:  # fmt: skip
        source = f"form:{name}"
        known = self._owners_of(tx, draft)
        if not known:
            customer = self._crm.customers.save(self._prospect(form, draft, source), source=source).id
        else:
            customer = known[0]
            if self._is_enough(tx, customer):
                return
        payload = {"form": name, "said": _told(draft, agrees=agrees), "text": said}
        self._crm.interactions.record(
            customer, SUBMITTED, channel="web", direction="in", payload=payload, source=source,
            source_ref=number,
        )  # fmt: skip
        if agrees:
            self._consent(form, customer, source, number, is_new=not known)

    def _prospect(self, form: FormDeclaration, draft: CustomerDraft, source: str) -> CustomerDraft:
        owner = self._crm.people.get(form.owner).id if form.owner else None
        # Of what only one may have, a stranger's word makes nobody the owner; it stays in what they said.
        words = self._crm.words.fields
        fields = {key: value for key, value in draft.fields.items() if not words[key].unique}
        return evolve(
            draft, fields=fields, lifecycle="prospect", owner_id=owner, tags=form.tags, source=source
        )

    def _consent(
        self, form: FormDeclaration, customer: int, source: str, number: str, *, is_new: bool
    ) -> None:
        assert form.purpose is not None
        evidence = f"page {number}"
        if self._crm.words.purposes[form.purpose].confirm:
            self._crm.consent.ask(
                customer, form.purpose, form.channel, source=source, evidence=evidence, hand_over=False
            )
        elif is_new and not self._objected(customer, form.purpose):
            self._crm.consent.grant(customer, form.purpose, form.channel, source=source, evidence=evidence)

    def _objected(self, customer: int, purpose: str) -> bool:
        """Whether somebody at their address asked not to be written to: a stranger's tick takes no such word
        back, though a later consent does."""
        standing = self._crm.suppressions.of_customers([customer]).get(customer, ())
        return any(each.reason in YIELDING and each.purpose in ("", purpose) for each in standing)

    def _owners_of(self, tx: Transaction, draft: CustomerDraft) -> list[int]:
        """Who has the address, the oldest first."""
        point = self._crm.tables.contact_point
        address = next(each.value for each in draft.contact_points if each.kind == "email")
        mine = sa.and_(
            point.c.kind == "email", point.c.normalised == self._crm.kernel.emails.normalise(address)
        )
        chosen = sa.select(point.c.customer_id).where(mine).distinct().order_by(point.c.customer_id)
        return list(tx.execute(chosen).scalars())

    def _is_known(self, tx: Transaction, name: str, number: str) -> bool:
        """Whether this very page was sent before."""
        interaction = self._crm.tables.interaction
        mine = sa.and_(interaction.c.source == f"form:{name}", interaction.c.source_ref == number)
        return tx.execute(sa.select(interaction.c.seq).where(mine).limit(1)).first() is not None

    def _is_enough(self, tx: Transaction, customer: int) -> bool:
        interaction = self._crm.tables.interaction
        mine = sa.and_(
            interaction.c.customer_id == customer,
            interaction.c.type == SUBMITTED,
            interaction.c.occurred_at > tx.at - _DAY,
        )
        chosen = sa.select(sa.func.count()).select_from(interaction).where(mine)
        return int(tx.execute(chosen).scalar_one()) >= _MOST_A_DAY


def _told(draft: CustomerDraft, *, agrees: bool) -> str:
    """What they said of themselves, for whoever reads it later."""
    names = {"name": draft.name, "given_name": draft.given_name, "family_name": draft.family_name}
    points = {each.kind: each.value for each in draft.contact_points}
    fields = {
        name: ", ".join(value) if isinstance(value, tuple) else str(value)
        for name, value in draft.fields.items()
    }
    said = {**names, **points, **fields, "agrees": "yes" if agrees else ""}
    return "\n".join(f"{name}: {value}" for name, value in said.items() if value)
