"""Why something was not done, as it is on record in English, told in the language spoken."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from crmkit.core.language import ENGLISH, N_, spoken
from crmkit.core.phrase import Phrase, joined, phrase
from crmkit.core.predicates.lengths import written_length

# What gates and the ledger say. One that says something else is shown as it said it.
_REASONS: Final = (
    N_("in the control group, which is left alone to compare with"),
    N_("in the group that all rules leave alone until {day}"),
    N_("done on {day}, not again for {length}"),
    N_("withheld on {day}, not again for {length}"),
    N_("begun on {day}, not again for {length}"),
    N_("once is enough for {length}"),
    N_("{number} at once, and max_acts is {most}"),
    N_("{number} automatic answer by {channel} in {length} is enough"),
    N_("{number} automatic answers by {channel} in {length} are enough"),
    N_('the rule "{rule}" does the same'),
    N_('the rule "{rule}" goes first, and decides {claim}'),
    N_('there is no purpose "{purpose}" that anybody could agree to'),
    N_("nothing about {purpose} by {channel} is left to confirm"),
    N_("withdrew {purpose} by {channel} on {day}"),
    N_("never agreed to {purpose} by {channel}"),
    N_("asked about {purpose} by {channel} on {day}, not confirmed"),
    N_("{number} in {length} is enough, the next is due on {day}"),
    N_("{number} in {length} is enough, the last on {day}"),
    N_("{number} in {length} are enough, the next is due on {day}"),
    N_("{number} in {length} are enough, the last on {day}"),
    N_("this address was asked {number} times within {days} days, and is not asked again yet"),
    N_("quiet hours, until {time} in {zone}"),
    N_('no plugin brings the channel "{channel}"'),
    N_('nobody has an address for the channel "{channel}"'),
    N_("no address for {channel}"),
    N_("the same address gets it already"),
    N_("the same address gets it as customer {id}"),
    N_("the plugin {plugin}: {reason}"),
    N_("somebody asked that this address not be written to"),
    N_("this address was erased on request, and is not written to again"),
    N_("somebody at this address reported a message as spam on {day}"),
    N_("messages to this address bounced on {day}, nothing goes there"),
    N_("messages to this address keep coming back, it is left alone until {until}"),
    N_("this address is on the list of those that are not written to, since {day}"),
    # What plugins say of what they could not do.
    N_("is to be asked on {day} by a survey, and {length} are to lie between any two surveys"),
    N_("was asked on {day} by a survey, and {length} are to lie between any two surveys"),
    N_("another survey in the same plan asks first"),
    N_("there is no open deal to move to {stage}"),
    N_("case {id} is opened by another of these"),
    # Why an address was not written to, or the mail server took nothing.
    N_('addresses at "{domain}" are refused by [plugins.email] refused_domains'),
    N_('"{domain}" is one of the refused_domains'),
    N_('"{address}" is no address that mail can reach'),
    N_("[plugins.email] cannot be used: {message}"),
    N_("its turn did not come in this pass"),
    N_("writing it failed: {error}"),
    N_("handing it over failed: {error}"),
    N_("not tried, because before it, twice: {reason}"),
    N_("the line broke after the message was sent, without an answer: {reason}"),
    N_("the line broke before a message was sent: {reason}"),
    N_("the server is closing: {answer}"),
    N_('the server takes nothing from "{sender}": {answer}'),
    N_("the server wants another log-in: {answer}"),
    N_("the server passes nothing on for us: {answer}"),
    N_("{where} refused the user or the password: {answer}"),
    N_("{where} does not serve us: {answer}"),
    N_("{where} cannot be reached: {reason}"),
    N_("it did not answer in time"),
    # What filling in a template objects to.
    N_("The text of {name} is empty for this customer"),
    N_("The subject of {name} is empty for this customer"),
    N_("{what} names {wanted}, which is not there"),
    N_("{what} cannot be rendered: {error}"),
    N_("The subject of {name}"),
    N_("The text of {name}"),
    N_("The HTML of {name}"),
    N_("the template {template}"),
    # What keeps rules and plans from acting.
    N_("the rule starts on {day}"),
    N_("the rule ended on {day}"),
    N_("there is no rule {rule} any more"),
    N_("the rule was set aside"),
    N_("done before, by another plan"),
    N_("no longer their turn"),
    N_("the same customer, merged since the plan was made"),
    N_("plan:{plan} was taken back"),
    N_("cancelled by {name}"),
    # What becomes of what reaches outside.
    N_("erased"),
    N_("restricted: what is kept of them must not be used"),
    N_("rehearsed before"),
    N_("waits for its turn: {rate} a second for {key}"),
    N_("waits for its turn: {rate} a minute for {key}"),
    N_("waits for its turn: {rate} an hour for {key}"),
    N_("waits for its turn: {rate} a day for {key}"),
    N_("{score} failed deliveries of late"),
    N_("settled by hand, by {name}"),
    N_("interrupted while it was handed over; nobody knows whether it arrived"),
    N_("given up after 1 try in 48 hours: {reason}"),
    N_("given up after {number} tries in 48 hours: {reason}"),
    N_("handed over, but it could not be noted: {reason}"),
    N_("waits for the plugin that brings the action {action}"),
    N_("the rates of {channel} cannot be told: {error}"),
    N_("{action} does not understand its parameters: {error}"),
    N_("the file of the rehearsal cannot be written: {error}"),
    N_('there is no channel "{channel}"'),
    N_('the channel "{channel}" has no means to deliver: no plugin hands its messages over'),
    N_("the channel {channel} took no message"),
    N_("there is no open {type} that can move to {state}"),
    N_("the record is gone"),
    N_("the record was changed since"),
    N_("the record was moved since"),
    N_("the note was corrected since"),
    N_('The webhook "{webhook}" cannot be called: {reason}'),
    N_("{host} cannot be found: {error}"),
    N_("{url} cannot be reached: {error}"),
    N_("{url} did not answer in time"),
    N_("{url} broke off: {error}"),
    N_("{url} answered {status}, a redirect to {other}: redirects are not followed"),
    N_("{url} answered {status}, a redirect: redirects are not followed"),
    N_("{url} answered {status}: it wants no more"),
    N_("{action} answered with {answer}"),
    N_("the time is over"),
    N_("its certificate is not valid: {message}"),
    N_("the address leads to {address}, which is not on the public Internet"),
    N_("{url} answered {status}"),
    N_("{action} has prepared nothing"),
    N_("{action} gave no answer"),
    N_("{action} took no more"),
    N_("{what}, until {until}"),
)
_NAME: Final = re.compile(r"\\\{(\w+)\\\}")


class _Length(Phrase):
    """A length of time within a reason."""

    __slots__ = ()

    def shown(self) -> str:
        return written_length(str(self))


def recorded_reason(reason: str, also: tuple[str, ...] = ()) -> Phrase:
    """The reason that is on record, as a phrase again. `also` are templates beside those of gates."""
    if isinstance(reason, Phrase):
        return reason
    for pattern, message in (*_patterns(_REASONS), *_patterns(also)):
        found = pattern.fullmatch(reason)
        if found is not None:
            return phrase(message, **{name: _part(name, text) for name, text in found.groupdict().items()})
    from crmkit.core.strategy.gates.verdict import NAMES

    gate, mark, rest = reason.partition(": ")
    if mark and gate in NAMES:
        return joined(": ", [phrase(gate), recorded_reason(rest, also)])
    return phrase(reason)


def told(reason: str | None, also: tuple[str, ...] = ()) -> str:
    """The reason for a person who reads a plan; empty where there is none."""
    if not reason or spoken() == ENGLISH:
        return reason or ""
    return recorded_reason(reason, also).shown()


def _part(name: str, text: str) -> str:
    if name in ("name", "what", "reason", "error"):
        return recorded_reason(text)
    return _Length(text) if name == "length" else text


@cache
def _patterns(messages: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(_NAME.sub(r"(?P<\1>.+?)", re.escape(message)), re.DOTALL), message)
        for message in messages
    )
