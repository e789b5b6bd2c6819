"""The knowledge base: files beside `crm.toml`, found by what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit.plugins.operational.api import Articles

FILES = {
    "cold": "Title: The oven stays cold\nTags: oven, heating\n\nCheck the fuse first.",
    "bills": "# Bills and invoices\n\nAn invoice of an oven comes by e-mail, and again by e-mail.",
    "zimno": "Title: Piec jest zimny\nTags: piec\nLanguage: pl\n\nSprawdź bezpiecznik łódzki.",
}


@pytest.fixture
def articles(tmp_path: Path) -> Articles:
    """Three articles."""
    (tmp_path / "knowledge").mkdir()
    for name, text in FILES.items():
        (tmp_path / "knowledge" / f"{name}.md").write_text(text, encoding="utf-8")
    return Articles(tmp_path)


def _names(articles: Articles, text: str, language: str = "") -> list[str]:
    return [each.article.name for each in articles.search(text, language=language)]


def test_articles_are_read_with_their_heads(articles: Articles) -> None:
    """The first line is the title where nothing else is said."""
    bills, cold, zimno = articles.all()
    assert (bills.title, bills.tags, bills.language) == ("Bills and invoices", (), "")
    assert (cold.title, cold.tags, cold.text) == (
        "The oven stays cold",
        ("oven", "heating"),
        "Check the fuse first.",
    )
    assert (zimno.language, list(articles.faults())) == ("pl", [])


def test_heads_between_dashes(articles: Articles) -> None:
    """As other programs write them: lists in brackets, values in quotes, no blank line."""
    written = '---\ntitle: "Clean it"\ntags: [oven, water]\n---\nWith a cloth.'
    (articles.directory / "knowledge" / "clean.md").write_text(written, encoding="utf-8")
    (found,) = [each for each in articles.all() if each.name == "clean"]
    assert (found.title, found.tags, found.text) == ("Clean it", ("oven", "water"), "With a cloth.")


def test_titles_and_tags_count_for_more_than_texts(articles: Articles) -> None:
    """And rare words for more than common ones."""
    assert _names(articles, "oven") == ["cold", "bills"]
    assert _names(articles, "bills and invoice of an oven") == ["bills", "cold"]
    assert _names(articles, "nothing fits") == []


def test_case_accents_and_endings_do_not_matter(articles: Articles) -> None:
    """A word is found by how it begins."""
    assert _names(articles, "LODZ") == ["zimno"]
    assert _names(articles, "Inv") == ["bills"]
    assert _names(articles, "in") == []


def test_only_one_language(articles: Articles) -> None:
    """Articles that name no language are in every one."""
    assert sorted(_names(articles, "oven piec", "pl")) == ["bills", "cold", "zimno"]
    assert "zimno" not in _names(articles, "oven piec", "en")


def test_what_cannot_be_read_is_named(articles: Articles) -> None:
    """The others are found all the same."""
    (articles.directory / "knowledge" / "odd.md").write_bytes(b"\xff\xfe\xff")
    (articles.directory / "knowledge" / "empty.md").write_text("Title: Nothing\n\n ")
    assert [each.split()[0] for each in articles.faults()] == ["knowledge/empty.md", "knowledge/odd.md"]
    assert len(articles.all()) == 3


def test_no_folder_is_no_article(tmp_path: Path) -> None:
    """Nothing is found, and nothing is wrong."""
    assert (Articles(tmp_path).all(), Articles(tmp_path).search("oven")) == ([], [])
