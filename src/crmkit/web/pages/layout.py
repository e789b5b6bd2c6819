"""The frame around every public page: no script, nothing from anywhere else, readable at any size.

A body may use what the stylesheet knows: `.field` around a label and its input, `.hint`, `.error` (with
`role="alert"`), `.what` for what the page is about, `.tick` for a label around a check box, `.soft`,
`.more` and `button.quiet` for what matters less.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from crmkit.core.model.web import Response
from crmkit.web.pages.style import style
from crmkit.web.pages.texts import best_of, every_language, spoken, texts_in

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.web import Request


def page(
    crm: Crm, language: str, title: str, body: Markup | str, *, status: int = 200, rehearses: bool = False
) -> Response:
    """A page in one of the languages that the pages speak. `body` is HTML if it is `Markup`, else plain text.

    The page ends with a choice of languages (`?lang=`), which its handler heeds by `language_of`. With
    `rehearses` it says that nothing on it has any effect.
    """
    web = crm.config.web
    values = {
        "title": title,
        "body": body,
        "rehearses": rehearses,
        "business": crm.config.crs.name,
        "contact": contact_link(web.contact),
        "privacy": web.privacy,
        "languages": every_language(),
        "style": Markup(style()),  # noqa: S704  # our own file
    }
    return Response(status=status, body=rendered("layout.html", language, **values))


def language_of(request: Request, crm: Crm, *first: str | None) -> str:
    """The language to answer in: that chosen on the page, else of the first of the locales `first` that the
    pages speak, else the reader's own (of their browser), else the business's."""
    chosen = (request.query.get("lang") or [""])[-1]
    return spoken(chosen) or best_of(*first, *request.languages, crm.config.crs.locale)


def rendered(template: str, language: str, /, **values: Any) -> Markup:
    """A template of the pages, with the texts of a language as `texts`."""
    html = environment().get_template(template).render(texts=texts_in(language), **values)
    return Markup(html)  # noqa: S704  # everything in it was escaped


def contact_link(contact: str | None) -> Markup | None:
    """How the business is reached: a link where it is an e-mail address."""
    if contact is None:
        return None
    if "@" in contact and " " not in contact:
        return Markup('<a href="mailto:{0}"><bdi>{0}</bdi></a>').format(contact)
    return Markup("<bdi>{}</bdi>").format(contact)


@cache
def environment() -> jinja2.Environment:
    """The templates, with everything that is put into them escaped, and nothing missed in silence."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("crmkit.web.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
