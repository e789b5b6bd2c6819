"""The business of the year: the template `bakery-chain`, with its doors, surveys and webhooks opened."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Final

from crmkit.core.opening import upgrade_database
from crmkit.testing import run_crm

SECRET: Final = base64.b64encode(bytes(range(32))).decode()
WEB: Final = "https://post.zytnia.example"
TEAMS: Final = {"Market Square": "Ala Rynek", "Station": "Stefan Stacja", "Mill Lane": "Mila Młyn"}
CHECKED: Final = "tally"
_MORE: Final = """
[web]
url = "{web}"
proxies = 1

[purposes.orders]
type = "service"
doc = "Answers, quotes, and whether we did well"

[plugins.email]
from = "Piekarnie Żytnia <post@zytnia.example>"
host = "127.0.0.1"
port = {smtp}
security = "none"
timeout = 5
return_path = "bounces@zytnia.example"
own_addresses = ["post@zytnia.example", "bounces@zytnia.example"]
clicks = true

[plugins.email.imap]
host = "127.0.0.1"
port = {imap}
user = "shop"
password = "file:mail-password"
security = "none"
every = 3600

[plugins.analytical.report]
every = "month"
folder = "reports"
mail_to = ["halina@zytnia.example"]

[roles.counter]
permissions = ["customers.read", "customers.write", "interactions.record", "records.read", "records.write"]
sees = "team"

[incoming.chat]
what = "interactions"
secret = "file:secret"

[incoming.chat.map]
"user.mail" = "email"
"room" = "payload:thread"
"id" = "source_ref"
"said" = "payload:text"
"at" = "at"

[incoming.chat.defaults]
type = "message"
channel = "chat"
direction = "in"
source = "chat"

[incoming.till]
what = "interactions"
secret = "file:secret"
unknown = "ignore"

[incoming.till.map]
"type" = "type"
"card" = "identity:card"
"total" = "amount"
"shop" = "outlet"
"id" = "source_ref"
"at" = "at"

[incoming.till.defaults]
source = "till"

[forms.club]
title = "Join the bread club"
fields = ["name", "email", "message"]
purpose = "letters"

[webhooks.ledger]
url = "{sink}"
secret = "file:secret"
internal = true

[plugins.collaborative.subscriptions.ledger]
webhook = "ledger"
on = ["purchase", "refund", "customer.*"]

[rules.satisfied]
doc = "Whose complaint is over is asked whether we did well"
goal = "keep-regulars"
on = "case.resolved"
once = "per occasion"
survey = "csat"

[rules.new-card]
doc = "The till hears of everybody who becomes a regular"
goal = "keep-regulars"
who = "in(regulars)"
run = "daily at 06:00"
once = "ever"
webhook = "ledger"
"""
_SURVEY: Final = """
kind = "csat"
doc = "After a complaint"
purpose = "orders"
template = "survey-csat"
expires = "14 days"

[question]
en = "How satisfied are you with how we helped you?"
pl = "Jak oceniasz naszą pomoc?"

[[questions]]
id = "why"
type = "text"
text = { en = "Why did you choose this number?", pl = "Skąd taka ocena?" }
"""
_LETTER: Final = "Subject: Did we help, {{ customer.name }}?\n\nTell us: {{ links.survey }}\n"
_TALLY: Final = '''"""Counts every purchase and refund; while the file `broken` is there, it fails."""

import sqlalchemy as sa

from crmkit.plugin import hookimpl


@hookimpl
def crmkit_after_interactions_recorded(interactions, crm, tx):
    if (crm.config.directory / "broken").exists():
        raise RuntimeError("The tally is out of order")
    for each in interactions:
        said = sa.text("INSERT INTO setting (key, value) VALUES (:key, '1')")
        tx.execute(said, {"key": f"tally:{each.seq}"})
'''
_MANIFEST: Final = 'name = "tally"\ntitle = "Tally"\ndoc = "Counts what is recorded"\n'


def found_business(folder: Path, database: str, *, smtp: int, imap: int, sink: str) -> Path:
    """Begin the business in `folder` with a new database; the path of its `crm.toml`."""
    answer = run_crm(
        "init", folder, "--template", "bakery-chain", "--name", "Piekarnie Żytnia", "--currency", "PLN",
        "--timezone", "Europe/Warsaw", "--locale", "pl", "--database", database,
    )  # fmt: skip
    assert answer.status == 0, answer.stderr
    for name, text in {
        "mail-password": "secret words\n",
        "secret": f"{SECRET}\n",
        "surveys/csat.toml": _SURVEY,
        "templates/survey-csat.txt": _LETTER,
        f"plugins/{CHECKED}.py": _TALLY,
        f"plugins/{CHECKED}.toml": _MANIFEST,
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "crm.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('"collaborative"]', f'"collaborative", {json.dumps(CHECKED)}]')
    path.write_text(text + _MORE.format(web=WEB, smtp=smtp, imap=imap, sink=sink), encoding="utf-8")
    upgrade_database(path, strict=True)
    return path
