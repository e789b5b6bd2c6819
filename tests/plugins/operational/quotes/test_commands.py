"""`crm quotes`, as a person and as a program read it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft, Invalid
from crmkit.plugin import ContactPoint, today_of
from crmkit.testing import Answer, run_crm


def _asked(crm: Crm, *words: str) -> Answer:
    return run_crm("--config", crm.config.path, "quotes", *words)


def test_from_the_draft_to_the_answer(bakery_both: Crm, tmp_path: Path) -> None:
    """Each step says what it did, how to take it back, and prints the quote as JSON if asked."""
    new = _asked(bakery_both, "new", "lucja", "-l", "RYE x 30", "-l", "CAKE -10%", "--subject", "Wedding")
    assert "Draft 1 for Łucja Żak: 2 lines, 1632.60 EUR with tax" in new.stderr
    assert "crm records quote archive 1" in new.stderr
    added = _asked(bakery_both, "add-line", "1", "RYE x 1 @ 1")
    assert "crm quotes remove-line 1 3" in added.stderr
    assert "2 lines" in _asked(bakery_both, "remove-line", "1", "3").stderr
    shown = _asked(bakery_both, "show", "1").stdout
    assert shown.startswith("Draft 1   Łucja Żak (#1)\n")
    for said in ("for 30 days from when it is sent", "Wedding cake", "1125.00", "Tax 23%", "1632.60 EUR"):
        assert said in shown
    sent = _asked(bakery_both, "send", "1", "-o", str(tmp_path / "out"), "--json").json
    number = sent["quote"]["number"]
    assert re.fullmatch(r"Q-\d{4}-0001", number)  # commands go by the real clock
    assert sent["quote"]["gross"] == "1632.60 EUR"
    assert sent["link"].startswith("https://post.rye.example/quote/")
    page = tmp_path / "out" / f"{number}.html"
    assert "Oferta" in page.read_text(encoding="utf-8")
    assert page.stat().st_mode & 0o077 == 0
    assert "valid until" in _asked(bakery_both, "show", number).stdout
    assert "is accepted: 1632.60 EUR" in _asked(bakery_both, "accept", number).stderr
    assert "valid until" not in _asked(bakery_both, "show", number).stdout, "its day matters no more"
    again = _asked(bakery_both, "accept", "1")
    assert again.status
    assert f"{number} is accepted already" in again.stderr


def test_the_list_has_open_ones_first(bakery: Crm, tmp_path: Path) -> None:
    """What runs out soonest on top, then drafts, then the rest; what runs out soon is marked, and in
    `crm today`, with amounts as the language spoken writes them. Where there are none, the first is made;
    where none is like that, there are others."""
    assert "No quotes yet. Make one: crm quotes new" in _asked(bakery, "list").stderr
    assert _asked(bakery, "list", "--state", "sent").stderr == "No quote is like that.\n"
    with Crm.open(bakery.config.path) as real:  # commands go by the real clock
        today = today_of(real)
    for days in (90, 3, 60):
        until = today + timedelta(days=days)
        _asked(bakery, "new", "lucja", "-l", "RYE", "--valid-until", until.isoformat())
    _asked(bakery, "new", "shop", "-l", "RYE")
    for quote in "123":
        _asked(bakery, "send", quote, "-o", str(tmp_path))
    _asked(bakery, "decline", "3", "--reason", "Too dear")
    rows = _asked(bakery, "list", "--json").json
    assert [(row["id"], row["state"], row["soon"]) for row in rows] == [
        (2, "sent", True), (1, "sent", False), (4, "draft", False), (3, "declined", False),
    ]  # fmt: skip
    assert [row["id"] for row in _asked(bakery, "list", "--state", "draft", "--json").json] == [4]
    assert [row["id"] for row in _asked(bakery, "list", "--customer", "shop", "--json").json] == [4]
    assert "runs out in 3 days" in _asked(bakery, "list").stdout
    for words in (["quotes", "list"], ["today"], ["show", "1"]):
        answer = run_crm("--config", bakery.config.path, *words, env={"CRMKIT_LANGUAGE": "pl"})
        assert "8,82 EUR" in answer.stdout.replace("\xa0", " ")
    assert "Declined: Too dear" in _asked(bakery, "show", "3").stdout


def test_a_new_version_and_its_files(bakery: Crm, tmp_path: Path) -> None:
    """`revise` names what it replaces; `html` writes a page in any language, and says where."""
    _asked(bakery, "new", "lucja", "-l", "RYE", "--discount", "5")
    number = _asked(bakery, "send", "1", "-o", str(tmp_path), "--json").json["quote"]["number"]
    revised = _asked(bakery, "revise", number)
    assert f"Draft 2 takes the place of {number} when it is sent: 1 line" in revised.stderr
    shown = _asked(bakery, "show", "2").stdout
    assert f"Takes the place of {number}" in shown
    assert "Discount of 5% on every line" in shown
    path = tmp_path / "draft.html"
    written = _asked(bakery, "html", "2", "--language", "ur", "-o", str(path))
    assert f"Written: {path}" in written.stderr
    assert 'dir="rtl"' in path.read_text(encoding="utf-8")
    nowhere = _asked(bakery, "html", "2", "-o", str(tmp_path / "no" / "folder.html"))
    assert "cannot be written" in nowhere.stderr


def test_words_that_are_wrong(bakery: Crm) -> None:
    """They are refused with the way to write them."""
    wrong = _asked(bakery, "new", "lucja", "-l", "RYE three")
    assert 'Write the SKU, then what else there is to say: "RYE-1 x 3 @ 4.50 -10%".' in wrong.stderr
    assert wrong.status
    misspelt = _asked(bakery, "add-lines").stderr
    assert 'There is no command "add-lines".\nDid you mean: crm quotes add-line' in misspelt
    assert "There is no quote 7" in _asked(bakery, "show", "7").stderr
    assert "Make one: crm quotes new REF" in _asked(bakery, "list").stderr


def test_a_quote_is_written_to_the_customer(bakery: Crm, tmp_path: Path) -> None:
    """With the link to its page, through the ledger; whoever has no address leaves it a draft."""
    templates = Path(bakery.config.path).parent / "templates"
    templates.mkdir()
    (templates / "quote.txt").write_text("Subject: Our offer\n\nSee {{ links.quote }}\n", encoding="utf-8")
    assert "is right" in run_crm("--config", bakery.config.path, "templates", "check").stderr
    _asked(bakery, "new", "lucja", "-l", "RYE")
    refused = _asked(bakery, "send", "1", "--email")
    assert refused.status
    assert "no address" in refused.stderr
    assert bakery.records.get("quote", 1).state == "draft"
    bakery.customers.update(
        1, CustomerDraft(contact_points=(ContactPoint(kind="email", value="lucja@example.org"),))
    )
    sent = _asked(bakery, "send", "1", "--email", "-o", str(tmp_path), "--json").json
    (message,) = (Path(bakery.config.path).parent / "rehearsal").glob("*/*.txt")
    assert f"See {sent['link']}" in message.read_text(encoding="utf-8")
    before = _asked(bakery, "email", "1", "--dry-run")
    assert f"See {sent['link']}" in before.stdout + before.stderr
    assert "rehearsed a message" in _asked(bakery, "email", "1").stderr
    with pytest.raises(Invalid, match="none of our pages"):
        bakery.messages.send(1, "quote", purpose="orders", links={"quote": "https://elsewhere.example/x"})
    bakery.customers.remove_contact_point(1, bakery.customers.get(1).contact_points[0].id or 0)
    assert "crm quotes pdf 1" in _asked(bakery, "email", "1").stderr, "it is sent already"
