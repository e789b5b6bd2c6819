"""The action `message.send`: rules that write to customers, as `send_email = "happy-birthday"`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from crmkit.core.errors import CrmError, Invalid, NotFound
from crmkit.core.language import _
from crmkit.core.messages.params import Letter, Sending
from crmkit.core.model.acting import ASKING, ActionItem, Later, Parcel, Touch
from crmkit.core.model.batches import Refusal
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.model.words import Action
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.customers.record import Record
    from crmkit.core.messages.template import Template
    from crmkit.core.model.acting import Message
    from crmkit.core.model.words import Channel
    from crmkit.core.store.unit import Transaction
    from crmkit.core.words.registry import Words

SEND: Final = "message.send"
# What the interactions of messages that rules have sent name as their source.
SOURCE: Final = "effect"
_PREFIX: Final = "send_"
# So many characters of a message go onto the timeline; the whole of it can be made again from its version.
_NOTED: Final = 20_000
# The channel says how many may be on their way at once.
_AT_ONCE: Final = 1_000


def message_action() -> Action:
    """`message.send`."""
    return Action(
        name=SEND, doc="Writes to the customer, by a template", params=Sending, check=checked,
        touches=lambda params: Touch(params.channel, params.purpose), prepare=prepare, perform=hand_over,
        at_once=_AT_ONCE, arrived=note_sent, says=_says,
    )  # fmt: skip


def sending_action(
    name: str,
    doc: str,
    params: type[Sending],
    *,
    says: Callable[[Any], str],
    fill: Callable[[Any, Crm], Any],
    arrived: Callable[..., Any],
    shorthand: str = "",
) -> Action:
    """An action of a plugin that writes to customers as `message.send` does, and means something more by it.

    `params` is a class made of `Sending`. `fill(params, crm)` gives them with template, channel and purpose;
    it raises `Invalid` for what could not be sent. `arrived` is as an action's: messages are on the timelines
    without it.
    """

    def check(given: Any, crm: Crm) -> Any:
        return checked(fill(given, crm), crm)

    def note(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> None:
        note_sent(items, crm, tx)
        arrived(items, crm, tx)

    return evolve(
        message_action(), name=name, doc=doc, params=params, check=check, arrived=note, says=says,
        shorthand=shorthand,
    )  # fmt: skip


def _says(params: Sending) -> str:
    if params.letter is None:
        return f'{params.channel} "{params.template}"'
    return _("{channel}, a letter", channel=params.channel)


def shorthands(words: Words) -> Mapping[str, tuple[Action, Mapping[str, Any]]]:
    """(action, parameters that are settled by it) of every shorthand that rules may use, by its name: those
    of the actions, and `send_CHANNEL` for each channel by which somebody has an address."""
    send = words.actions[SEND]
    found: dict[str, tuple[Action, Mapping[str, Any]]] = {
        f"{_PREFIX}{words.channels.shown(channel)}": (send, {"channel": channel.name})
        for channel in words.channels
        if channel.contact_kind
    }
    found.update((each.shorthand, (each, {})) for each in words.actions if each.shorthand)
    return found


def checked(params: Sending, crm: Crm) -> Sending:
    """The parameters with the names as they are stored and the version of the template. Raises `Invalid` and
    `NotFound` for what does not exist."""
    if params.letter is not None:
        raise Invalid("Rules write by templates", hint="Take letter out.")
    template = _meant(params, crm)
    params = reaching(params, crm)
    if params.links:
        raise Invalid("Links are for each reader alone, and no rule has them", hint="Take links out.")
    return evolve(params, version=template.digest)


def reaching(params: Sending, crm: Crm) -> Sending:
    """The parameters with the names of channel and purpose as they are stored. Raises `Invalid` and
    `NotFound`."""
    channel = crm.words.channels[params.channel]
    if channel.contact_kind is None:
        reached = ", ".join(each.name for each in crm.words.channels if each.contact_kind)
        raise Invalid(
            phrase('Nobody has an address for the channel "{channel}"', channel=channel.name),
            hint=phrase("Use one of: {reached}", reached=reached),
        )
    purposes = ", ".join(crm.words.purposes.names)
    if not params.purpose:
        hint = phrase('Say so: purpose = "NAME". There are: {purposes}', purposes=purposes)
        raise Invalid(
            phrase(
                'The message "{template}" needs a purpose: what customers agreed to be written to for',
                template=params.template or phrase("by hand"),
            ),
            hint=hint if purposes else 'Declare one: [purposes.news] with type = "marketing"',
        )
    purpose = crm.words.purposes[params.purpose]
    return evolve(params, channel=channel.name, purpose=purpose.name)


def _meant(params: Sending, crm: Crm) -> Template:
    """The template of that name; the version that somebody has agreed to, where what sends it says which."""
    if not params.version:
        return crm.kernel.templates.get(params.template)
    try:
        return _template(crm, params, {})
    except NotFound:
        raise Invalid(
            "The version of a template is not for anybody to say", hint="Take version out."
        ) from None


def prepare(items: Sequence[ActionItem], crm: Crm) -> Iterator[Parcel | Refusal]:
    """A message for each customer who can be reached: rendered by the version that was planned."""
    from crmkit.core.customers.record import load_records
    from crmkit.core.messages.addressing import as_read

    kernel = crm.kernel
    with kernel.reading() as connection:
        records = load_records(connection, kernel, {item.customer_id for item in items})
    templates: dict[tuple[str, str], Template | CrmError] = {}
    for index, item in enumerate(items):
        try:
            message = _message(crm, item, records.get(item.customer_id), templates)
        except CrmError as error:
            yield Refusal(index, error.message)
        else:
            yield Parcel(index=index, to=message.to, says=as_read(message), content=message)


def hand_over(parcels: Iterable[Parcel], crm: Crm) -> Iterator[Any]:
    """The messages, which are all of one channel, by its own means, as they are taken."""
    messages = _Messages(iter(parcels))
    name = messages.channel
    channel = crm.words.channels.get(name) if name is not None else None
    if name is None:
        return
    if channel is None or channel.deliver is None:
        for index, _ in enumerate(messages):
            yield Refusal(index, why_undelivered(name, channel))
        return
    try:
        yield from channel.deliver(messages, crm) or ()
    except Exception as error:
        if not messages.begun:  # it was looked at here only
            yield Later(0, f"{type(error).__name__}: {error}")
        raise
    if not messages.begun:
        yield Later(0, f"the channel {name} took no message")


class _Messages:
    """The messages in parcels, as they are taken."""

    def __init__(self, parcels: Iterator[Parcel]) -> None:
        self._parcels = parcels
        self._first = next(parcels, None)
        self.begun = False

    @property
    def channel(self) -> str | None:
        """By which channel they go; None where there are none."""
        return None if self._first is None else self._first.content.channel

    def __iter__(self) -> Iterator[Message]:
        return self

    def __next__(self) -> Message:
        parcel, self._first = self._first, None
        self.begun = True
        message: Message = (next(self._parcels) if parcel is None else parcel).content
        return message


def why_undelivered(name: str, channel: Channel | None) -> str:
    """Why nothing goes out by a channel."""
    if channel is None:
        return f'there is no channel "{name}"'
    return f'the channel "{name}" has no means to deliver: no plugin hands its messages over'


def note_sent(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> None:
    """Put what was sent onto the timelines; what is there already stays once."""
    # The words import this module for their action: whichever is imported first must find the other.
    from crmkit.core.words.payloads import Message as Noted

    drafts = []
    for item in items:
        # What a template would say today is not what was sent: without the letter itself only its name.
        letter: Letter | None = item.params.letter
        said = Noted(subject=item.params.template)
        if letter is not None:
            said = Noted(
                subject=letter.subject, text=_cut(letter.text), references=letter.references,
                thread=letter.thread or None,
            )  # fmt: skip
        elif item.parcel is not None:
            said = Noted(subject=item.parcel.content.subject, text=_cut(item.parcel.content.text))
        drafts.append(
            InteractionDraft(
                customer=item.customer_id, type="message", channel=item.params.channel, direction="out",
                payload=said, source=SOURCE, source_ref=item.key,
                employee_id=letter.employee_id if letter is not None else None,
            )
        )  # fmt: skip
    crm.interactions.record_all(drafts).raise_refused()


def _cut(text: str) -> str:
    """As much of a text as a timeline keeps."""
    return text if len(text) <= _NOTED else text[: _NOTED - 1] + "…"


def _message(
    crm: Crm,
    item: ActionItem,
    record: Record | None,
    templates: dict[tuple[str, str], Template | CrmError],
) -> Message:
    """The message of one item. Raises `CrmError` with the reason why there is none."""
    from crmkit.core.messages.addressing import message_to

    if record is None:
        raise Invalid("the customer is no longer on record")
    template = None if item.params.letter else _template(crm, item.params, templates)
    return message_to(
        crm.kernel, item.params, template, record, key=item.key, effect=item.effect,
        asks=item.rule.startswith(ASKING),
    )  # fmt: skip


def _template(crm: Crm, params: Sending, templates: dict[tuple[str, str], Template | CrmError]) -> Template:
    """The pinned version of a template, looked up once; what is found never changes."""
    from crmkit.core.messages.versions import kept_version

    key = params.template, params.version
    kept = crm.kernel.composing.versions.get(key)
    if kept is not None:
        return kept
    if key not in templates:
        with crm.kernel.reading() as connection:
            try:
                templates[key] = kept_version(crm.kernel, connection, *key)
            except CrmError as error:
                templates[key] = error
    found = templates[key]
    if isinstance(found, CrmError):
        raise found
    crm.kernel.composing.keep(key, found)
    return found
