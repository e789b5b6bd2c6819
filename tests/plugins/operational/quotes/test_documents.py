"""Quotes as customers read them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from crmkit import ConfigError, Crm, CustomerDraft, ExtraMissing, Invalid, PluginError
from crmkit.plugins.operational.api import Products, Quotes
from crmkit.plugins.operational.quotes.document import html_of, pdf_of
from crmkit.plugins.operational.quotes.model import Quote
from crmkit.plugins.operational.quotes.settings import QuoteSettings
from crmkit.testing import open_crm


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    """A server on a free port of this machine, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_port, asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _quote(crm: Crm, customer: int = 1) -> Quote:
    quotes = crm.service(Quotes)
    return quotes.send(quotes.new(customer, ["RYE x 2,5", "CAKE -10%"], subject="Wedding").id)


def _text(html: str) -> str:
    plain = re.sub(r"<style>.*?</style>|<[^>]+>|[\u2068\u2069]", " ", html, flags=re.DOTALL)
    return " ".join(plain.replace("\u00a0", " ").split())


def test_the_page_speaks_the_language_of_the_customer(bakery: Crm) -> None:
    """With amounts and days as they are written there; another can be asked for."""
    quote, settings = _quote(bakery), bakery.service(Quotes).settings
    polish = _text(html_of(bakery, settings, quote))
    for said in ("Oferta", "Łucja Żak", "1 stycznia 2026", "31 stycznia 2026", "2,5", "1 125,00",
                 "VAT 23%", "1 405,80 EUR", "Payment within 14 days."):  # fmt: skip
        assert said in polish
    assert "1,405.80 EUR" in _text(html_of(bakery, settings, quote, language="en"))
    urdu = html_of(bakery, settings, quote, language="ur")
    assert '<html lang="ur" dir="rtl">' in urdu
    assert "کل رقم" in urdu
    with pytest.raises(Invalid, match='do not speak "xx"'):
        html_of(bakery, settings, quote, language="xx")


def test_what_people_wrote_is_text(bakery: Crm) -> None:
    """Neither a name nor a product brings markup onto the page."""
    bakery.service(Products).save("X", "<script>alert(1)</script>")
    customer = bakery.customers.save(CustomerDraft(name="<b>Bold</b> & Sons")).id
    quote = bakery.service(Quotes).new(customer, ["X @ 1"], subject="{{ 7 * 7 }}<i>")
    html = html_of(bakery, bakery.service(Quotes).settings, quote)
    assert "<script" not in html
    assert "&lt;b&gt;Bold" in html
    assert "{{ 7 * 7 }}&lt;i&gt;" in html
    assert "(Draft)" in html


def test_a_template_of_ones_own(bakery: Crm) -> None:
    """A file beside crm.toml takes the place of ours; one that cannot be used is named."""
    folder = Path(bakery.config.path).parent
    quote, settings = _quote(bakery), QuoteSettings(template="mine.html")
    with pytest.raises(ConfigError, match=r"mine\.html"):
        html_of(bakery, settings, quote)
    (folder / "mine.html").write_text("{{ quote.number }} {{ texts.money(quote.totals.gross) }} {% if %}")
    with pytest.raises(ConfigError, match=r"mine\.html"):
        html_of(bakery, settings, quote)
    (folder / "mine.html").write_text("{{ quote.number }} {{ texts.money(quote.totals.gross) }}")
    assert _text(html_of(bakery, settings, quote)) == "Q-2026-0001 1 405,80 EUR"
    (folder / "mine.html").write_text("{{ ''.__class__.__mro__ }}{{ nothing }}")
    with pytest.raises(ConfigError, match=r"mine\.html"):
        html_of(bakery, settings, quote)


def test_a_pdf_is_made_without_a_network(bakery: Crm) -> None:
    """What a page asks for from elsewhere is left out."""
    pytest.importorskip("weasyprint")
    html = html_of(bakery, bakery.service(Quotes).settings, _quote(bakery), language="ur")
    assert pdf_of(html).startswith(b"%PDF-")
    with listening() as (port, asked):
        assert pdf_of(f'<img src="http://127.0.0.1:{port}/x.png"><img src="file:///etc/passwd">')
        assert asked == []


def test_without_the_package_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exact line that installs it."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(ExtraMissing) as caught:
        pdf_of("<p>")
    assert caught.value.hint == "Install it: pip install 'crmkit[pdf]'"


@pytest.mark.parametrize("pattern", ["Q", "Q-{year}", "{number.__class__}", "{number!r}", "{other}-{number}"])
def test_a_numbering_that_is_none(tmp_path: Path, pattern: str) -> None:
    """A pattern without a place for the number, or with another, is refused where it stands."""
    with pytest.raises(PluginError, match="needs the place"):
        open_crm(tmp_path, f'[plugins.operational.quotes]\nnumber = "{pattern}"', plugins=["operational"])


def test_numbers_as_the_business_writes_them() -> None:
    """A series that goes on through the years, if no year is in it."""
    settings = QuoteSettings(number="AN{number:06}")
    assert (settings.numbered(2026, 7), settings.series(2026)) == ("AN000007", "quote")
    assert QuoteSettings(number="{year}/{number}").series(2026) == "quote/2026"
