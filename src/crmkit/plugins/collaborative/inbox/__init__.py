"""The inbox: conversations by mail, chat and telephone, who answers them, and how soon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crmkit.plugin import Action, Capability, Check, Job, Metric, RecordType, Service, Trait, lazily
from crmkit.plugins.collaborative.inbox.record_type import conversation_type
from crmkit.plugins.collaborative.inbox.words import assigning_action, inbox_metrics, inbox_traits

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.settings import Settings

_HERE: Final = "crmkit.plugins.collaborative.inbox"
_HOUR: Final = 3_600.0
_CONVERSATIONS: Final = f"{_HERE}.conversations:Conversations"
_ANSWERING: Final = f"{_HERE}.answering:Answering"
_ONLOOKERS: Final = f"{_HERE}.onlookers:Onlookers"


def _record_types(_settings: Settings) -> Iterable[RecordType]:
    yield conversation_type()


def _words(_settings: Settings) -> Iterator[Trait | Metric | Action]:
    yield from inbox_traits()
    yield from inbox_metrics()
    yield assigning_action()


def _services(settings: Settings) -> Iterable[Service]:
    def conversations(crm: Crm) -> Any:
        return lazily(_CONVERSATIONS)(crm, settings.inbox)

    yield Service(_CONVERSATIONS, conversations)
    yield Service(_ANSWERING, lambda crm: lazily(_ANSWERING)(crm, conversations(crm)))
    yield Service(_ONLOOKERS, lazily(_ONLOOKERS))


def _jobs(settings: Settings) -> Iterable[Job]:
    yield Job(
        name="close_conversations",
        every=_HOUR,
        run=partial(lazily(f"{_HERE}.jobs:close_silent"), settings=settings),
        doc="Closes the conversations that we have answered, and that nobody has gone on with",
    )


def _checks(settings: Settings) -> Iterable[Check]:
    yield Check(
        name="inbox",
        doc="Canned replies can be filled in, and what the inbox names exists",
        run=partial(lazily(f"{_HERE}.checks:findings"), settings=settings),
        of_settings=True,
    )


INBOX: Final = Capability(
    name="inbox",
    customer_words=_record_types,
    strategy_words=_words,
    tables=lazily(f"{_HERE}.tables:add_tables"),
    services=_services,
    jobs=_jobs,
    checks=_checks,
    after_interactions=lazily(f"{_HERE}.following:follow"),
    today=lazily(f"{_HERE}.shown:conversations_due"),
    profile=lazily(f"{_HERE}.shown:open_conversations"),
)
