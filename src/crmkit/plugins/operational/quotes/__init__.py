"""Quotes: what is offered to customers, for how much and until when; with the products they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crmkit.plugin import Capability, Job, Service
from crmkit.plugins.operational.products.prices import Prices
from crmkit.plugins.operational.products.products import Products
from crmkit.plugins.operational.products.tables import add_product_tables
from crmkit.plugins.operational.quotes import pages, price_lists, showing, words
from crmkit.plugins.operational.quotes.deciding import decide
from crmkit.plugins.operational.quotes.model import QUOTE
from crmkit.plugins.operational.quotes.quotes import Quotes
from crmkit.plugins.operational.quotes.settings import quote_settings
from crmkit.plugins.operational.quotes.tables import add_line_table

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit import Crm
    from crmkit.plugin import Tables
    from crmkit.plugins.operational.settings import Settings

_HOUR = 3_600.0


def _tables(tables: Tables, metadata: sa.MetaData) -> None:
    add_product_tables(tables, metadata)
    add_line_table(tables, metadata)


def _services(settings: Settings) -> Iterable[Service]:
    yield Service(Products, Products)
    yield Service(Prices, Prices)
    yield Service(Quotes, lambda crm: Quotes(crm, quote_settings(settings)))


def _jobs(settings: Settings) -> Iterable[Job]:
    def expire(crm: Crm) -> None:
        Quotes(crm, quote_settings(settings)).expire()

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
    routes=pages.routes,
    deciding={QUOTE: decide},
    today=showing.due_quotes,
    profile=showing.open_quotes,
)
