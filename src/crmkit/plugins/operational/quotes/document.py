"""A quote as the customer reads it: a page of HTML in their language, and a PDF of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crmkit import ConfigError, ExtraMissing, Invalid
from crmkit.plugin import day_of, phrase, today_of
from crmkit.plugins.operational.quotes.quotes import Quotes
from crmkit.plugins.operational.quotes.texts import LANGUAGES, texts_for, texts_in

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.quotes.model import Quote
    from crmkit.plugins.operational.quotes.settings import QuoteSettings

_PACKAGE: Final = "crmkit.plugins.operational.quotes"


def html_of(
    crm: Crm, settings: QuoteSettings, quote: Quote, *, language: str | None = None, answer: str = ""
) -> str:
    """The quote as one page that needs nothing else, in the language of the customer, else of the business.

    `answer` is `ask` for a button that accepts, or the state in which to tell that there is none. Errors:
    `Invalid` for a language that quotes do not speak, `ConfigError` for a template that cannot be read.
    """
    if language is not None and language not in LANGUAGES:
        raise Invalid(
            phrase('Quotes do not speak "{language}"', language=language),
            hint=phrase("They speak: {languages}.", languages=", ".join(LANGUAGES)),
        )
    customer, crs, fields = crm.customers.get(quote.customer_id), crm.config.crs, quote.record.fields
    texts = texts_in(language) if language else texts_for(customer.locale, crs.locale)
    sent, before = fields.get("sent_at"), fields.get("version_of")
    values = {
        "quote": quote,
        "texts": texts,
        "customer": customer.name,
        "business": crs,
        "subject": fields.get("subject", ""),
        "on": day_of(crm, sent) if sent else today_of(crm),
        "replaces": Quotes(crm, settings).get(before).number if before else None,
        "terms": settings.terms,
        "answer": answer,
    }
    return _rendered(crm, settings, values)


def pdf_of(html: str) -> bytes:
    """The page as a PDF, made on this machine alone. Raises `ExtraMissing` without the package for it."""
    try:
        import weasyprint
    except ImportError:
        raise ExtraMissing(
            "A PDF needs the package weasyprint, which is not installed",
            hint="Install it: pip install 'crmkit[pdf]'",
        ) from None
    except OSError as error:
        raise ExtraMissing(
            phrase("A PDF needs the library Pango, which is not there: {error}", error=error),
            hint="Install it, on Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0",
        ) from None
    # What a template asks for from elsewhere is left out: nobody is told that the quote was made.
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",))
    written: bytes = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf()
    return written


def apart(text: object) -> str:
    """Text that keeps its own direction among text of another, also where `<bdi>` is not understood: each of
    its lines between the marks of Unicode for that."""
    return "\n".join(f"\u2068{line}\u2069" for line in str(text).splitlines())


def _rendered(crm: Crm, settings: QuoteSettings, values: Mapping[str, Any]) -> str:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.PackageLoader(_PACKAGE, "."), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["apart"] = apart
    if settings.template is None:
        return environment.get_template("quote.html").render(values)
    path = Path(crm.config.path).parent / settings.template
    try:
        return environment.from_string(path.read_text(encoding="utf-8")).render(values)
    except (OSError, ValueError, TypeError, jinja2.TemplateError) as error:
        raise ConfigError(
            phrase("The template of quotes cannot be used: {path}: {error}", path=path, error=error),
            hint="See template under [plugins.operational.quotes] in crm.toml.",
        ) from None
