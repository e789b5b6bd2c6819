"""A template to begin with: a text, and the HTML beside it, with all that marketing has to say."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from crmkit.core.errors import Conflict, CrmError, Invalid
from crmkit.core.files.refusals import refusal_of
from crmkit.core.messages.files import FOLDER, HTML, KINDS, MJML, TEXT, is_name
from crmkit.core.phrase import phrase

_TEXT: Final = """\
Subject: {{ customer.given_name or customer.name }}, a word from {{ business.name }}

Dear {{ customer.given_name or customer.name }},

write here what you have to say: one thing, in a few sentences.

{{ business.name }}
{% if business.address %}
{{ business.address }}
{% endif %}
{% if links.unsubscribe %}
No more of these: {{ links.unsubscribe }}
{% endif %}
"""
_HTML: Final = """\
<!DOCTYPE html>
<html>
<head>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>A word from {{ business.name }}</title>
  <style>
    body { margin: 0; background: #f4f4f2; font-family: Helvetica, Arial, sans-serif; }
    .letter { max-width: 600px; margin: 0 auto; padding: 24px; background: #ffffff; color: #222222;
      font-size: 16px; line-height: 1.5; }
    .foot { color: #595959; font-size: 13px; }
  </style>
</head>
<body>
  <div class="letter">
    <p>Dear {{ customer.given_name or customer.name }},</p>
    <p>write here what you have to say: one thing, in a few sentences.</p>
    <p>{{ business.name }}</p>
    <p class="foot">
      {% if business.address %}{{ business.address }}<br>{% endif %}
      {% if links.unsubscribe %}<a href="{{ links.unsubscribe }}">No more of these</a>{% endif %}
    </p>
  </div>
</body>
</html>
"""
_MJML: Final = """\
<mjml>
  <mj-head>
    <mj-title>A word from {{ business.name }}</mj-title>
    <mj-attributes>
      <mj-all font-family="Helvetica, Arial, sans-serif" />
      <mj-text font-size="16px" line-height="1.5" color="#222222" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#f4f4f2">
    <mj-section background-color="#ffffff">
      <mj-column>
        <mj-text>Dear {{ customer.given_name or customer.name }},</mj-text>
        <mj-text>write here what you have to say: one thing, in a few sentences.</mj-text>
        {% if business.website %}
        <mj-button href="{{ business.website }}" background-color="#8a4b08">See what is new</mj-button>
        {% endif %}
        <mj-text>{{ business.name }}</mj-text>
        <mj-text font-size="13px" color="#595959">
          {% if business.address %}{{ business.address }}<br />{% endif %}
          {% if links.unsubscribe %}<a href="{{ links.unsubscribe }}">No more of these</a>{% endif %}
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""


def begin(directory: Path, name: str, *, mjml: bool = False) -> tuple[Path, ...]:
    """Write the files of a new template beside `crm.toml`.

    Raises `Invalid` for a name that is none, and `Conflict` where there is such a template.
    """
    if not is_name(name):
        raise Invalid(
            phrase('"{name}" is no name for a template', name=name),
            hint="Use small letters, digits, - and _, such as spring-sale.",
        )
    folder = directory / FOLDER
    taken = [
        path for kind in KINDS for path in (*folder.glob(f"{name}.{kind}"), *folder.glob(f"{name}.*.{kind}"))
    ]
    if taken:
        raise Conflict(
            phrase(
                "There is a template {name}: {folder}/{value}", name=name, folder=FOLDER, value=taken[0].name
            ),
            hint="Choose another name.",
        )
    texts = {TEXT: _TEXT, MJML: _MJML} if mjml else {TEXT: _TEXT, HTML: _HTML}
    written = []
    try:
        folder.mkdir(exist_ok=True)
        for kind, text in texts.items():
            path = folder / f"{name}.{kind}"
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
            written.append(path)
    except OSError as error:
        raise CrmError(
            phrase("{folder}/ cannot be written to: {reason}", folder=FOLDER, reason=refusal_of(error))
        ) from None
    return tuple(written)
