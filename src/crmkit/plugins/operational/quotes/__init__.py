"""Quotes: what is offered to customers, for how much and until when; with the products they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Capability, Job, Service, lazily
from crmkit.plugins.operational.products.tables import add_product_tables
from crmkit.plugins.operational.quotes import price_lists, words
from crmkit.plugins.operational.quotes.model import QUOTE
from crmkit.plugins.operational.quotes.routes import routes
from crmkit.plugins.operational.quotes.settings import quote_settings
from crmkit.plugins.operational.quotes.tables import add_line_table

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit import Crm
    from crmkit.plugin import Tables
    from crmkit.plugins.operational.settings import Settings

_HOUR: Final = 3_600.0
_QUOTES: Final = "crmkit.plugins.operational.quotes.quotes:Quotes"


def _tables(tables: Tables, metadata: sa.MetaData) -> None:
    add_product_tables(tables, metadata)
    add_line_table(tables, metadata)


def _services(settings: Settings) -> Iterable[Service]:
    yield Service("crmkit.plugins.operational.products.products:Products")
    yield Service("crmkit.plugins.operational.products.prices:Prices")
    yield Service(_QUOTES, lambda crm: lazily(_QUOTES)(crm, quote_settings(settings)))


def _jobs(settings: Settings) -> Iterable[Job]:
    def expire(crm: Crm) -> None:
        lazily(_QUOTES)(crm, quote_settings(settings)).expire()

    yield Job(name="expire_quotes", every=_HOUR, run=expire, doc="Let quotes run out after their last day")


QUOTES = Capability(
    name="quotes",
    customer_words=words.record_types,
    interaction_words=words.interaction_types,
    strategy_words=words.strategy_words,
    tables=_tables,
    services=_services,
    jobs=_jobs,
    checks=lambda settings: [price_lists.check(quote_settings(settings))],
    routes=routes,
    deciding={QUOTE: lazily("crmkit.plugins.operational.quotes.deciding:decide")},
    today=lazily("crmkit.plugins.operational.quotes.showing:due_quotes"),
    profile=lazily("crmkit.plugins.operational.quotes.showing:open_quotes"),
)
