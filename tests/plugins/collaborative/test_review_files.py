"""Reviews and posts from files, and bad ones among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.testing import run_crm

CSV = """Review ID,Date,Reviewer,Author email,Stars,Site,Review text,Link
r1,2025-01-02,anna_n,anna@example.org,5,maps,Best rye,https://maps.example/1
r2,2025-01-03,Ben,ben@example.org,1,maps,Dry bread,
r3,2025-01-04,Nobody,who@example.org,4,maps,Nice,
r4,2025-01-05,anna_n,anna@example.org,9,maps,Too many stars,
"""
POSTS = """{"id": 7, "date": "2025-01-05", "email": "anna@example.org", "network": "fedi", "content": "Mmm"}
"""


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["collaborative"]


@pytest.fixture
def crm_toml() -> str:
    """Nobody is sent a survey here."""
    return '[plugins.collaborative]\nuse = ["reviews"]'


def test_reviews_and_posts_of_a_file(crm_both: Crm, tmp_path: Path) -> None:
    """Columns are known by their headers; whoever is not on record, and what cannot be, is told in the
    rejects' file; the same file again adds nothing, and bad reviews are bad feedback."""
    for name in ("Anna", "Ben"):
        point = ContactPoint(kind="email", value=f"{name.lower()}@example.org")
        crm_both.customers.save(CustomerDraft(name=name, contact_points=(point,)))
    reviews, posts = tmp_path / "maps.csv", tmp_path / "posts.ndjson"
    reviews.write_text(CSV, encoding="utf-8")
    posts.write_text(POSTS, encoding="utf-8")
    crm = ("--config", crm_both.config.path, "reviews")
    for _ in range(2):
        assert run_crm(*crm, "import", reviews, "--source", "maps").status == 0
        assert run_crm(*crm, "import", posts, "--as", "post", "--source", "mastodon").status == 0
    rejects = (tmp_path / "maps.rejects.csv").read_text(encoding="utf-8")
    assert ("who@example.org" in rejects, "Too many stars" in rejects, "Best rye" in rejects) == (
        True,
        True,
        False,
    )
    rows = run_crm(*crm, "list", "--json").json
    assert [(each["customer"], each["rating"], each["text"]) for each in rows] == [
        ("Ben", 1, "Dry bread"), ("Anna", 5, "Best rye"),
    ]  # fmt: skip
    assert crm_both.trait("rating_last", 2) == 1
    crm_both.kernel.observers.catch_up()
    (bad,) = crm_both.interactions.list(type="feedback.bad").interactions
    assert (bad.customer_id, bad.payload.where, bad.payload.score) == (2, "review:maps", 1)
    assert bad.known_at < bad.recorded_at
    (post,) = crm_both.interactions.list(type="social.post").interactions
    assert (post.payload.site, post.payload.text, post.source_ref) == ("fedi", "Mmm", "7")
    crm_both.interactions.record(1, "review.posted", payload={"rating": 2, "text": "Burnt"})
    assert crm_both.interactions.count("feedback.bad") == 2
