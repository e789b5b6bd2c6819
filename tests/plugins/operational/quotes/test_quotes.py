"""Quotes from the draft to the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crmkit import Conflict, Crm, CustomerDraft, Invalid, Money, NotAllowed, NotFound, RecordDraft
from crmkit.core.clock import FakeClock
from crmkit.plugins.operational.api import LineDraft, Prices, Products, Quotes
from crmkit.testing import open_crm

LUCJA, SHOP = 1, 2


def told(crm: Crm, customer: int = LUCJA) -> list[tuple[str, str]]:
    """What the timeline says of quotes, oldest first, with amounts."""
    found = crm.interactions.timeline(customer).interactions
    return [(each.type, str(Money(each.amount or 0, each.currency or ""))) for each in reversed(found)]


def test_a_quote_from_draft_to_accepted(bakery_both: Crm) -> None:
    """It has a number once it is sent; both are told on the timeline, with what it comes to."""
    quotes = bakery_both.service(Quotes)
    draft = quotes.new(LUCJA, ["RYE x 30", "CAKE -10%"], subject="Wedding")
    assert (draft.state, draft.number, draft.valid_until) == ("draft", None, None)
    assert [str(line.net) for line in draft.lines] == ["237.00 EUR", "1125.00 EUR"]
    assert str(draft.totals.gross) == "1632.60 EUR"
    sent = quotes.send(draft.id)
    assert (sent.number, sent.valid_until) == ("Q-2026-0001", date(2026, 1, 31))
    accepted = quotes.accept("Q-2026-0001")
    assert accepted.state == "accepted"
    assert accepted.record.fields["accepted_at"] == bakery_both.clock.now()
    assert accepted.record.fields["total_gross"] == Money.of("1632.60", "EUR")
    assert told(bakery_both) == [("quote.sent", "1632.60 EUR"), ("quote.accepted", "1632.60 EUR")]


def test_lines_have_the_prices_of_the_customer(bakery: Crm) -> None:
    """Of their price list, else by the quantity, else as it was agreed."""
    quotes = bakery.service(Quotes)
    shop = quotes.new(SHOP, ["rye x 30", "CAKE"])
    assert [str(line.unit_price) for line in shop.lines] == ["6.10 EUR", "1250.00 EUR"]
    agreed = quotes.new(LUCJA, ["RYE x 2 @ 8,00"])
    assert str(agreed.lines[0].unit_price) == "8.00 EUR"


def test_prices_with_the_tax_in_them(bakery_both: Crm) -> None:
    """What they say is what is paid; the quote keeps what its prices are, and so does its new version."""
    quotes = bakery_both.service(Quotes)
    net = quotes.new(LUCJA, ["RYE x 10", "CAKE"])
    assert not net.with_tax
    bakery_both.records.update("quote", net.id, {"prices": "gross"})
    draft = quotes.get(net.id)
    assert [str(line.gross) for line in draft.lines] == ["84.00 EUR", "1250.00 EUR"]
    assert [str(each.tax) for each in draft.totals.by_rate] == ["233.74 EUR", "4.00 EUR"]
    assert draft.record.fields["total_gross"] == Money.of("1334.00", "EUR")
    back = bakery_both.records.update("quote", draft.id, {"prices": "net"})
    assert str(quotes.get(back.id).totals.net) == "1334.00 EUR"
    bakery_both.records.update("quote", draft.id, {"prices": "gross"})
    sent = quotes.send(draft.id)
    assert str(sent.totals.gross) == "1334.00 EUR"
    with pytest.raises(Invalid, match="prices"):
        bakery_both.records.update("quote", draft.id, {"prices": "net"})
    assert str(quotes.revise(sent.id).totals.gross) == "1334.00 EUR"


@pytest.mark.parametrize(
    ("prices", "net", "gross"), [("net", "123.00", "151.29"), ("gross", "100.00", "123.00")]
)
def test_the_business_says_what_its_prices_are(tmp_path: Path, prices: str, net: str, gross: str) -> None:
    """A shop that sells to people has the tax in its prices, and each quote begins like that."""
    toml = f'[plugins.operational.quotes]\nprices = "{prices}"\n'
    with open_crm(tmp_path, toml, plugins=["operational"]) as crm:
        crm.customers.save(CustomerDraft(name="Anna"))
        crm.service(Products).save("CAKE", "Wedding cake", tax_rate=23)
        crm.service(Prices).set("CAKE", "123")
        totals = crm.service(Quotes).new(1, ["CAKE"]).totals
        assert (str(totals.net), str(totals.gross)) == (f"{net} EUR", f"{gross} EUR")


def test_a_draft_is_edited(bakery_both: Crm) -> None:
    """Lines come and go, a discount is taken off each, and the totals follow, whoever sets it."""
    quotes = bakery_both.service(Quotes)
    draft = quotes.new(LUCJA, ["RYE x 10"])
    assert len(quotes.add_lines(draft.id, ["CAKE", "RYE x 1 @ 1"]).lines) == 3
    assert [line.position for line in quotes.remove_line(draft.id, 2).lines] == [1, 3]
    bakery_both.records.update("quote", draft.id, {"discount": "10"})
    quote = quotes.get(draft.id)
    assert [str(line.net) for line in quote.lines] == ["75.60 EUR", "0.90 EUR"]
    assert quote.record.fields["total_net"] == quote.totals.net == Money.of("76.50", "EUR")
    assert quote.record.fields["total_gross"] == quote.totals.gross
    with pytest.raises(NotFound, match="no line 2"):
        quotes.remove_line(draft.id, 2)


def test_totals_are_nobodys_to_write(bakery: Crm) -> None:
    """What is written into them is what the lines come to; a number is not given by hand."""
    quotes, records = bakery.service(Quotes), bakery.records
    draft = quotes.new(LUCJA, ["RYE"])
    records.update("quote", draft.id, {"total_gross": "1"})
    assert quotes.get(draft.id).record.fields["total_gross"] == Money.of("8.82", "EUR")
    for name, value in (("number", "Q-9"), ("sent_at", "2026-01-01")):
        with pytest.raises(Invalid, match=f"{name} of quote:1 is given"):
            records.update("quote", draft.id, {name: value})
    with pytest.raises(Invalid, match="A draft has no number"):
        records.add("quote", LUCJA, {"number": "Q-9"})


def test_what_was_sent_is_not_edited(bakery_both: Crm) -> None:
    """Neither its lines nor its fields, by no way; the deal that it belongs to can be noted."""
    quotes, records = bakery_both.service(Quotes), bakery_both.records
    sent = quotes.send(quotes.new(LUCJA, ["RYE"], discount="5").id)
    changes: list[Callable[[], object]] = [
        lambda: quotes.add_lines(sent.id, ["RYE"]),
        lambda: quotes.remove_line(sent.id, 1),
    ]
    for change in changes:
        with pytest.raises(Conflict, match="Q-2026-0001 has been sent and is not edited"):
            change()
    for name, value in (
        ("discount", "6"), ("valid_until", "2027-01-01"), ("currency", "USD"), ("number", "Q-1"),
        ("total_gross", "1"), ("accepted_at", "2026-01-01"), ("subject", "Other"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=f"{name} of Q-2026-0001 is not edited"):
            records.update("quote", sent.id, {name: value})
    records.update("quote", sent.id, {"deal": "deal:12", "discount": "5.0", "valid_until": "2026-01-31"})
    assert quotes.get(sent.id).record.fields["deal"] == "deal:12"


def test_a_quote_without_lines_is_not_sent(bakery: Crm) -> None:
    """Nor one that is over before it is sent; and no number is lost by that."""
    quotes = bakery.service(Quotes)
    empty = quotes.new(LUCJA)
    late = quotes.new(LUCJA, ["RYE"], valid_until=date(2025, 12, 31))
    with pytest.raises(Invalid, match="has no lines"):
        quotes.send(empty.id)
    with pytest.raises(Invalid, match="has no lines"):
        bakery.records.move("quote", empty.id, "sent")
    with pytest.raises(Invalid, match="which is over"):
        quotes.send(late.id)
    report = bakery.records.save_all(
        "quote", [RecordDraft(id=each, state="sent") for each in (empty.id, late.id)]
    )
    assert len(report.refused) == 2
    assert bakery.numbers.last("quote/2026") == 0
    quotes.add_lines(empty.id, ["RYE"])
    assert quotes.send(empty.id).number == "Q-2026-0001"


def test_a_quote_is_answered_once(bakery: Crm) -> None:
    """Accepting, declining or sending it again is a conflict that says what it is."""
    quotes = bakery.service(Quotes)
    first, second = (quotes.new(LUCJA, ["RYE"]).id for _ in range(2))
    with pytest.raises(Conflict, match="Draft 1 has not been sent"):
        quotes.accept(first)
    quotes.send(first)
    with pytest.raises(Conflict, match="was sent before"):
        quotes.send(first)
    quotes.accept(first)
    for answer in (quotes.accept, quotes.decline):
        with pytest.raises(Conflict, match="Q-2026-0001 is accepted already"):
            answer(first)
    quotes.send(second)
    assert quotes.decline(second, "Too dear").record.fields["decline_reason"] == "Too dear"
    with pytest.raises(Conflict, match="is declined already"):
        quotes.accept(second)
    with pytest.raises(Invalid, match="cannot move"):
        bakery.records.move("quote", second, "accepted")


def test_numbers_begin_anew_each_year(bakery: Crm, clock: FakeClock) -> None:
    """Without gaps: drafts that are never sent take none."""
    quotes = bakery.service(Quotes)
    drafts = [quotes.new(LUCJA, ["RYE @ 1"]).id for _ in range(4)]
    assert [quotes.send(drafts[place]).number for place in (3, 1)] == ["Q-2026-0001", "Q-2026-0002"]
    clock.advance(366 * 86_400)
    assert quotes.send(drafts[0]).number == "Q-2027-0001"


def test_quotes_of_the_past_bring_their_numbers(bakery: Crm) -> None:
    """One from elsewhere keeps its number and totals, and is passed over by the numbering."""
    fields = {"number": "Q-2026-0001", "total_gross": "120"}
    old = bakery.records.add("quote", LUCJA, fields, "accepted")
    assert old.fields["total_gross"] == Money.of("120", "EUR")
    with pytest.raises(Invalid, match="without number"):
        bakery.records.add("quote", LUCJA, {}, "accepted")
    quotes = bakery.service(Quotes)
    assert quotes.send(quotes.new(LUCJA, ["RYE"]).id).number == "Q-2026-0002"


def test_a_new_version_takes_the_place_of_the_old(bakery_both: Crm) -> None:
    """With the lines as they were; the old one stands until the new one is sent."""
    quotes = bakery_both.service(Quotes)
    old = quotes.send(quotes.new(LUCJA, ["RYE x 30", "CAKE"], discount="5").id)
    bakery_both.service(Prices).set("RYE", "99")
    new = quotes.revise(old.id)
    assert (new.state, new.totals, new.record.fields["version_of"]) == ("draft", old.totals, "quote:1")
    with pytest.raises(Conflict, match="has a new version already: quote:2"):
        quotes.revise(old.id)
    assert quotes.get(old.id).state == "sent"
    quotes.remove_line(new.id, 2)
    assert quotes.send(new.id).number == "Q-2026-0002"
    assert quotes.get(old.id).state == "superseded"
    with pytest.raises(Conflict, match="Q-2026-0001 is superseded already"):
        quotes.accept(old.id)
    assert quotes.accept(new.id).state == "accepted"


def test_an_accepted_quote_is_not_replaced(bakery: Crm) -> None:
    """Neither after it was accepted, nor while a new version was being written."""
    quotes = bakery.service(Quotes)
    old = quotes.send(quotes.new(LUCJA, ["RYE"]).id)
    new = quotes.revise(old.id)
    with pytest.raises(Invalid, match="not sent yet"):
        quotes.revise(new.id)
    quotes.accept(old.id)
    with pytest.raises(Invalid, match="has been accepted"):
        quotes.send(new.id)
    with pytest.raises(Conflict, match="has been accepted"):
        quotes.revise(old.id)
    assert bakery.numbers.last("quote/2026") == 1


def test_quotes_run_out(bakery_both: Crm, clock: FakeClock) -> None:
    """The day after their last one, by the worker's job, once; they cannot be accepted then, nor before."""
    quotes = bakery_both.service(Quotes)
    late = quotes.send(quotes.new(LUCJA, ["RYE"], valid_until=date(2026, 1, 3)).id)
    quotes.send(quotes.new(LUCJA, ["RYE"]).id)
    clock.advance(2 * 86_400)
    assert quotes.expire() == 0
    with pytest.raises(Invalid, match="is valid until"):
        bakery_both.records.move("quote", late.id, "expired")
    clock.advance(86_400)
    with pytest.raises(Invalid, match="was valid until 2026-01-03"):
        quotes.accept(late.id)
    assert (quotes.expire(), quotes.expire()) == (1, 0)
    assert quotes.get(late.id).state == "expired"
    assert told(bakery_both)[-1] == ("quote.expired", "8.82 EUR")
    assert quotes.revise(late.id).state == "draft"


def test_a_quote_in_another_currency(bakery: Crm) -> None:
    """Its lines and totals are in its own; its record has what that is worth, by a rate."""
    quotes = bakery.service(Quotes)
    dollars = quotes.new(LUCJA, ["CAKE"], currency="usd")
    assert str(dollars.totals.gross) == "1599.00 USD"
    assert "total_gross" not in dollars.record.fields
    with pytest.raises(Invalid, match="USD"):
        quotes.send(dollars.id)
    with pytest.raises(NotFound, match="RYE has no price in USD"):
        quotes.add_lines(dollars.id, ["RYE"])
    with pytest.raises(Invalid, match="one currency"):
        bakery.records.update("quote", dollars.id, {"currency": "EUR"})
    bakery.rates.set("USD", "0.5")
    sent = quotes.send(dollars.id)
    assert sent.record.fields["total_gross"] == Money.of("799.50", "EUR")
    assert sent.record.fields["total_net"].minor + sent.record.fields["total_tax"].minor == 79_950
    assert told(bakery)[-1] == ("quote.sent", "799.50 EUR")


@pytest.mark.parametrize(("currency", "gross"), [("JPY", "1 JPY"), ("KWD", "0.500 KWD")])
def test_currencies_have_their_own_decimals(bakery: Crm, currency: str, gross: str) -> None:
    """Half a yen is rounded up, half a dinar is 500 fils."""
    draft = LineDraft(
        sku="X", name="X", quantity=Decimal("0.5"), unit_price=1 if currency == "JPY" else 1_000
    )
    assert str(bakery.service(Quotes).new(LUCJA, [draft], currency=currency).totals.gross) == gross


def test_what_cannot_be_a_quote(bakery: Crm) -> None:
    """Unknown customers, products, currencies, discounts; nothing is left of it."""
    quotes = bakery.service(Quotes)
    bakery.service(Products).archive("CAKE")
    cases: list[tuple[Callable[[], object], str]] = [
        (lambda: quotes.new("Nobody At All"), "Nobody At All"),
        (lambda: quotes.new(LUCJA, ["RYE", "TEA"]), 'no product "TEA"'),
        (lambda: quotes.new(LUCJA, ["CAKE"]), "sold no more"),
        (lambda: quotes.new(LUCJA, currency="XXQ"), "not a currency"),
        (lambda: quotes.new(LUCJA, ["RYE"], discount="101"), "discount: 101 is out of range"),
        (lambda: quotes.new(LUCJA, ["RYE @ 8.4045"]), "decimals"),
        (lambda: quotes.new(LUCJA, ["RYE x 1000000000 @ 999999999999999"]), "too large"),
    ]
    for wrong, said in cases:
        with pytest.raises((Invalid, NotFound), match=said):
            wrong()
    assert bakery.records.count("quote") == 0


def test_an_old_quote_stays_readable(bakery: Crm) -> None:
    """Whatever becomes of its products."""
    quotes, products = bakery.service(Quotes), bakery.service(Products)
    sent = quotes.send(quotes.new(LUCJA, ["RYE"]).id)
    products.save("RYE", "Rye, renamed", tax_rate=23)
    products.archive("RYE")
    line = quotes.get(sent.id).lines[0]
    assert (line.name, str(line.tax_rate), str(line.gross)) == ("Rye bread", "5", "8.82 EUR")


def test_quotes_of_unseen_customers_stay_unseen(bakery: Crm) -> None:
    """Whoever may only look can look, and changes nothing."""
    bakery.people.add("Boss")
    bakery.people.add("Vera", role="viewer")
    boss, vera = bakery.acting_as("Boss").service(Quotes), bakery.acting_as("Vera").service(Quotes)
    draft = boss.new(LUCJA, ["RYE"])
    assert len(vera.list()) == 1
    changes: list[Callable[[], object]] = [
        lambda: vera.new(LUCJA),
        lambda: vera.add_lines(1, ["RYE"]),
        lambda: vera.send(draft.id),
    ]
    for change in changes:
        with pytest.raises(NotAllowed):
            change()


def test_a_merge_takes_quotes_along_and_an_erasure_their_lines(bakery_both: Crm) -> None:
    """Lines go where their quote goes."""
    crm, quotes = bakery_both, bakery_both.service(Quotes)
    quotes.new(SHOP, ["RYE"])
    crm.merging.merge(LUCJA, SHOP)
    assert [quote.customer_id for quote in quotes.list(LUCJA)] == [LUCJA]
    table = crm.plugins.table("operational_quote_line")
    with crm.reading() as execute:
        assert [row.customer_id for row in execute(table.select())] == [LUCJA]
    crm.privacy.erase(LUCJA)
    with crm.reading() as execute:
        assert execute(table.select()).all() == []


def test_open_quotes_and_acceptance(bakery_both: Crm) -> None:
    """The trait counts what waits for an answer, the metric what became of the answered."""
    crm, quotes = bakery_both, bakery_both.service(Quotes)
    for answer in (quotes.accept, quotes.decline, quotes.accept, None):
        sent = quotes.send(quotes.new(LUCJA, ["RYE"]).id)
        if answer:
            answer(sent.id)
    quotes.new(LUCJA, ["RYE"])
    assert crm.trait("open_quotes", LUCJA) == 1
    assert crm.trait("open_quotes", SHOP) == 0
    assert crm.predicates.members("open_quotes >= 1") == [LUCJA]
    found = crm.metrics.value("quote_acceptance")
    assert (found.numerator, found.denominator) == (2, 3)


def test_quotes_are_seen_in_the_morning_and_on_the_page(bakery: Crm) -> None:
    """Those that run out within a week are due; the page has those that wait."""
    quotes = bakery.service(Quotes)
    soon = quotes.send(quotes.new(LUCJA, ["RYE"], valid_until=date(2026, 1, 5)).id)
    quotes.send(quotes.new(LUCJA, ["RYE"]).id)
    quotes.new(LUCJA, ["CAKE"], subject="Wedding")
    (due,) = bakery.today().groups["Quotes that run out"]
    assert (due.what, due.on) == ("Q-2026-0001, 8.82 EUR, runs out in 4 days", soon.valid_until)
    (section,) = bakery.customers.profile(LUCJA).sections
    assert section.lines == (
        ("Q-2026-0001", "8.82 EUR · runs out in 4 days"),
        ("Q-2026-0002", "8.82 EUR · valid until 2026-01-31"),
        ("Draft 3", "1537.50 EUR · Wedding"),
    )
