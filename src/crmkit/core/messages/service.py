"""`crm.messages`: templates, what a customer would read, and sending by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from crmkit.core.customers.record import load_records
from crmkit.core.customers.references import resolve
from crmkit.core.errors import CrmError, Invalid
from crmkit.core.messages.action import checked, reaching
from crmkit.core.messages.addressing import address_of
from crmkit.core.messages.asking import faults_of_purposes
from crmkit.core.messages.checking import faults_of, links_of
from crmkit.core.messages.composing import Composed
from crmkit.core.messages.folder import TextFolder
from crmkit.core.messages.linting import advice_of
from crmkit.core.messages.params import Letter, Sending
from crmkit.core.messages.previewing import page_of
from crmkit.core.messages.sending import PERMISSION, Dispatch, Sent
from crmkit.core.messages.trying import Tested, Trial
from crmkit.core.messages.versions import version_number
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.customers.record import Record
    from crmkit.core.jobs import Finding
    from crmkit.core.messages.template import Template

READ: Final = "customers.read"
_USUAL: Final = "email"
_MARKETING: Final = "marketing"


@frozen(kw_only=True)
class Listed:
    """A template in a list: `languages` has `""` for a variant that names none; `version` is the number of
    what it says now, None where nothing was planned or sent by that yet; `problem` is why it cannot be
    used."""

    name: str
    languages: tuple[str, ...] = ()
    subject: str = ""
    has_html: bool = False
    version: int | None = None
    problem: str | None = None


class Messages:
    """Messages to customers, for one actor."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._kernel = crm.kernel

    def templates(self) -> Sequence[Listed]:
        """Every template, also those that are broken, by name."""
        return tuple(self._listed(name) for name in self._kernel.templates.names)

    def template(self, name: str) -> Template:
        """One template. Raises `NotFound` with the nearest name, and what is wrong with a broken one."""
        return self._kernel.templates.get(name)

    def filled(self, text: str, customers: Sequence[int]) -> Mapping[int, str | Invalid]:
        """A short text of one's own, such as `Call {{ customer.name }}`, for each of these customers whom the
        actor sees: with its places filled in, or why that cannot be done."""
        from crmkit.core.people.visibility import seen_among
        from crmkit.core.strategy.rendering import Letters

        with self._kernel.reading() as connection:
            actor = allowed(self._kernel, connection, self._crm.actor, READ)
            seen = seen_among(connection, self._kernel, actor, customers)
            letters = Letters(self._kernel, connection)
            each = letters.each([(id_, "") for id_ in seen], {"text": text})
            return {due[0]: said if isinstance(said, Invalid) else said["text"] for due, said in each}

    def folder(self, name: str) -> TextFolder:
        """Texts of a plugin's people in a folder of that name beside `crm.toml`: written, chosen by language
        and filled in as templates are, but sent by nobody. They are read anew each time this is called."""
        return TextFolder(self._crm, name)

    def preview(self, name: str, customer: int | str, *, language: str | None = None) -> Composed:
        """What a customer would read, in their language unless another is asked for.

        Raises `NotFound`, and `Invalid` where the template cannot be filled in for them.
        """
        template = self.template(name)
        record = self._record(customer, READ)
        links = links_of(self._kernel, name)[0]
        return self._kernel.composing.compose(template, record, links, language)

    def preview_all(self, name: str, customer: int | str) -> Mapping[str, Composed]:
        """What a customer would read in each language of the template, by the language.

        Raises as `preview`.
        """
        template, record = self.template(name), self._record(customer, READ)
        links = links_of(self._kernel, name)[0]
        return {
            language: self._kernel.composing.in_variant(template, record, links, language)
            for language in template.variants
        }

    def page(self, name: str, customer: int | str, messages: Iterable[Composed]) -> str:
        """A page for a browser that shows these messages of a template, as `preview` gave them."""
        to = self._record(customer, READ).shown_name()
        return page_of(name, to, [(said, said.language or self._kernel.locale) for said in messages])

    def test(
        self,
        name: str,
        to: str | int,
        *,
        customer: int | str | None = None,
        language: str | None = None,
        channel: str = "email",
    ) -> Tested:
        """Send a template to an employee who works here, marked as a test; to a file in a rehearsal.

        It says what `customer` would read, or a made-up one, and its links lead nowhere. It is in no ledger
        and on no timeline; the access log has it. Raises `NotFound`, `NotAllowed`, `Invalid`, `Conflict`
        after too many, and `CrmError` where it was not taken.
        """
        return Trial(self._crm, name, to, customer, language, channel).send()

    def check(self) -> Iterator[Finding]:
        """What is wrong with the templates, filled in for made-up customers, and with asking for consent; and
        what could be better."""
        yield from faults_of(self._kernel)
        yield from faults_of_purposes(self._kernel)
        yield from advice_of(self._kernel)

    def send(
        self,
        customer: int | str,
        template: str,
        *,
        purpose: str,
        channel: str | None = None,
        links: Mapping[str, str] | None = None,
        dry_run: bool = False,
    ) -> Sent:
        """Write to one customer, through the gates and the ledger; with `dry_run` only see what would be.

        `channel` is the customer's preferred one where there is an address for it, else e-mail, else any that
        reaches them. `links` are addresses of pages that are the reader's own, by the `link` of their route:
        the template has them as `links.NAME`. Raises `NotFound` and `Invalid` for what does not exist,
        `NotAllowed`, and `Conflict` inside a transaction.
        """
        way = channel or self._channel(self._record(customer, PERMISSION))
        params = checked(Sending(template=template, channel=way, purpose=purpose), self._crm)
        params = evolve(params, links=self._kernel.links.given(links or {}))
        dispatch = Dispatch(self._kernel, self._crm.actor, customer, params)
        return dispatch.look() if dry_run else dispatch.send()

    def send_by(
        self, action: str, customer: int | str, given: Mapping[str, Any], *, dry_run: bool = False
    ) -> Sent:
        """Do by hand what a rule would do by an action that writes to a customer, such as `survey.send`; with
        `dry_run` only see what would be. `given` are its parameters.

        Plugins are asked about it as about what rules propose, where `ProposedAct.rule` is empty. Raises as
        `send`, and `Invalid` for an action that writes no message.
        """
        word = self._kernel.words.actions[action]
        if not issubclass(word.params, Sending) or word.check is None:
            raise Invalid(
                phrase("{word} writes no message", word=word.name), hint="See what it does: crm words actions"
            )
        params = word.check(word.params(**given), self._crm)
        dispatch = Dispatch(self._kernel, self._crm.actor, customer, params, word.name)
        return dispatch.look() if dry_run else dispatch.send()

    def write(
        self,
        customer: int | str,
        text: str,
        *,
        purpose: str,
        subject: str = "",
        channel: str | None = None,
        references: Sequence[str] = (),
        thread: str = "",
        dry_run: bool = False,
    ) -> Sent:
        """Write to one customer without a template, through the same gates and ledger as `send`: an answer.

        `text` and `subject` are what is read, and no templates. `references` are the messages that it answers
        (for e-mail the `Message-ID`s), the nearest first; `thread` names the conversation where the channel
        has a name for it, and stands for the address of whoever has none. Marketing needs a template, for the
        way to unsubscribe. Raises as `send`.
        """
        letter = Letter(
            text=text, subject=subject, references=tuple(references), thread=thread,
            employee_id=self._crm.actor.id,
        )  # fmt: skip
        way = channel or self._channel(self._record(customer, PERMISSION))
        params = reaching(Sending(channel=way, purpose=purpose, letter=letter), self._crm)
        if self._kernel.words.purposes[params.purpose].type == _MARKETING:
            raise Invalid(
                phrase(
                    "{purpose} is marketing, which is written by templates only: they say how to unsubscribe",
                    purpose=params.purpose,
                ),
                hint="Use a purpose of the type service or contract.",
            )
        dispatch = Dispatch(self._kernel, self._crm.actor, customer, params)
        return dispatch.look() if dry_run else dispatch.send()

    def _listed(self, name: str) -> Listed:
        try:
            template = self.template(name)
        except CrmError as error:
            return Listed(name=name, problem=error.message)
        with self._kernel.reading() as connection:
            version = version_number(self._kernel, connection, template)
        variants = list(template.variants.values())
        return Listed(
            name=name, languages=tuple(template.variants), subject=variants[0].subject,
            has_html=any(each.html is not None for each in variants), version=version,
        )  # fmt: skip

    def _record(self, customer: int | str, permission: str) -> Record:
        kernel = self._kernel
        with kernel.reading() as connection:
            actor = allowed(kernel, connection, self._crm.actor, permission)
            id_ = resolve(connection, kernel, actor, customer)
            return load_records(connection, kernel, {id_})[id_]

    def _channel(self, record: Record) -> str:
        """By which channel to write to somebody when nobody has said."""
        reached = [
            each
            for each in self._kernel.words.channels
            if each.contact_kind and address_of(record, each.contact_kind)
        ]
        names = [each.name for each in reached]
        wanted = [
            record.preferred_channel,
            _USUAL,
            *(each.name for each in reached if each.deliver is not None),
        ]
        found = next((name for name in [*wanted, *names] if name in names), None)
        if found is None:
            raise Invalid(
                phrase("There is no address for {name}", name=record.shown_name()),
                hint=phrase("Add one: crm customers update {record} --email ADDRESS", record=record.id),
            )
        return found
