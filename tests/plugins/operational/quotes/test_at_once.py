"""Many who send, accept and edit at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from crmkit import Conflict, Crm, Invalid
from crmkit.plugins.operational.api import Quotes


def _together(calls: list[Callable[[], Any]]) -> list[Any]:
    """What each call returns, or the error that it raises."""

    def one(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (Conflict, Invalid) as error:
            return error

    with ThreadPoolExecutor(max_workers=6) as pool:
        return list(pool.map(one, calls))


def test_numbers_have_no_gaps_when_many_send(bakery_both: Crm) -> None:
    """Twelve sent at once, of which some cannot be, are numbered one after the other."""
    quotes = bakery_both.service(Quotes)
    drafts = [quotes.new(1, ["RYE"] if place % 3 else []).id for place in range(12)]
    sent = _together([lambda id_=id_: quotes.send(id_) for id_ in drafts])  # type: ignore[misc]
    numbers = sorted(each.number for each in sent if not isinstance(each, Exception))
    assert numbers == [f"Q-2026-{number:04}" for number in range(1, 9)]


def test_one_of_many_accepts(bakery_both: Crm) -> None:
    """The others are told that it is accepted; it stands on the timeline once."""
    quotes = bakery_both.service(Quotes)
    sent = quotes.send(quotes.new(1, ["RYE"]).id)
    answers = _together([lambda: quotes.accept(sent.id)] * 6 + [lambda: quotes.decline(sent.id)] * 3)
    refused = [each for each in answers if isinstance(each, Exception)]
    assert len(refused) == 8
    assert all("already" in str(each) for each in refused)
    assert bakery_both.interactions.count() == 2


def test_no_line_slips_into_what_is_being_sent(bakery_both: Crm) -> None:
    """A line comes before the quote is sent, and then counts, or it is refused."""
    quotes = bakery_both.service(Quotes)
    for _ in range(4):
        draft = quotes.new(1, ["RYE x 1 @ 10"]).id
        calls = [
            lambda id_=draft: quotes.add_lines(id_, ["RYE x 1 @ 10"]),
            lambda id_=draft: quotes.send(id_),
        ]
        _together(calls)  # type: ignore[arg-type]
        quote = quotes.get(draft)
        assert quote.state == "sent"
        assert quote.record.fields["total_gross"] == quote.totals.gross
