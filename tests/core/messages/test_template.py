"""Which language of a template somebody gets."""

from __future__ import annotations

import pytest

from crmkit.core.messages.template import Template, Variant, canonical, template_of


def template(*languages: str) -> Template:
    """A template in these languages."""
    return Template(name="hello", variants={language: Variant(text=language) for language in languages})


@pytest.mark.parametrize(
    ("languages", "locales", "chosen"),
    [
        (("pt_BR", "pt", "en"), ("pt_BR", "en"), "pt_BR"),
        (("pt", "en"), ("pt_BR", "en"), "pt"),
        (("pt_BR", "en"), ("pt_PT", "en"), "pt_BR"),
        (("", "en"), ("pl", "en"), "en"),
        (("", "de"), ("pl", "en"), ""),
        (("ur",), ("pl", "en"), "ur"),
        (("de", "ur"), ("pl", "en"), None),
        (("pl", "en"), (None, "pl_PL"), "pl"),
        (("pl", "en"), ("PL-pl", "en"), "pl"),
        (("pl", "en"), ("pl_PL.UTF-8", "en"), "pl"),
        (("zh_Hant", "en"), ("zh_Hans_CN", "en"), "en"),
        (("zh_Hant", "en"), ("zh_Hant_HK", "en"), "zh_Hant"),
        (("sr_Latn", "en"), ("sr", "en"), "en"),
    ],
)
def test_everybody_gets_what_they_read_best(
    languages: tuple[str, ...], locales: tuple[str | None, ...], chosen: str | None
) -> None:
    """Their own, their language, another region's, the business's, the one for all, the only one; never
    another script."""
    assert template(*languages).language_for(*locales) == chosen


def test_languages_are_compared_in_one_spelling() -> None:
    """However they are written."""
    assert [canonical(each) for each in ("PT-br", "zh-hant-tw", "pl")] == ["pt_BR", "zh_Hant_TW", "pl"]


def test_what_is_kept_is_the_same_again() -> None:
    """A template that was kept has the same digest; one that says anything else has another."""
    one = Template(name="hello", variants={"": Variant(subject="Hi", text="سلام", html="<p>")})
    assert template_of("hello", one.content) == one
    assert template_of("hello", one.content).digest == one.digest
    assert Template(name="hello", variants={"": Variant(subject="Hi", text="سلام")}).digest != one.digest
