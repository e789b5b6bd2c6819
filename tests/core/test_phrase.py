"""Texts that are English where they are kept, and in the language spoken where they are shown."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from crmkit import CustomerDraft, InteractionDraft
from crmkit.core.errors import Invalid
from crmkit.core.language import _, speaking
from crmkit.core.phrase import Phrase, joined, nphrase, phrase, shown
from crmkit.testing import open_crm


def test_a_phrase_is_an_english_text_in_whatever_language_it_is_made() -> None:
    """Compared, cut, counted and written as JSON, it is the sentence with its values in place."""
    with speaking("pl_PL"):
        made = phrase("There is no plan {number:,}, {name!r}", number=12345, name="a{b}")
        assert made == "There is no plan 12,345, 'a{b}'"
        assert json.dumps({"why": made}) == json.dumps({"why": str(made)})
        assert type(str(made)) is str
        assert f"{made}." == str(made) + "."
        assert joined("; ", [made, "vip"]) == f"{made}; vip"
        assert [nphrase("{count} plan", "{count} plans", each) for each in (1, 1234)] == [
            "1 plan",
            "1,234 plans",
        ]


def test_a_phrase_within_a_sentence_is_told_in_its_language() -> None:
    """A sentence that is made in the language spoken has no English in the middle."""
    with speaking("pl"):
        assert _("The rule {rule} is left out: {reason}", rule="x", reason=phrase("Usage:")).endswith(
            ": Użycie:"
        )
    assert _("{where}: {what}", where="x", what=phrase("Usage:")) == "x: Usage:"


@pytest.mark.parametrize(
    "made",
    [
        phrase("There is no customer {name}", name='"Plan"'),
        phrase("{name}: {problem}", name="rye", problem=phrase("The name is empty")),
        joined("\n", [phrase("The name is empty"), "rye"]),
        nphrase("{count} plan of {name}", "{count} plans of {name}", 7, name="rye"),
    ],
)
def test_a_phrase_survives_a_process(made: Phrase) -> None:
    """It is carried to another process with what it is made from."""
    again = pickle.loads(pickle.dumps(made))
    assert (again, type(again)) == (made, type(made))
    with speaking("ur"):
        assert again.shown() == made.shown()


def test_the_texts_of_an_error_are_phrases_also_when_they_were_plain() -> None:
    """What an error says is shown in the language also where it is told within another sentence."""
    error = Invalid("Usage:", hint="")
    assert (str(error), error.message, error.hint) == ("Usage:", "Usage:", "")
    outer = Invalid(phrase("{name}: {problem}", name="Usage:", problem=error.message))
    assert str(outer) == "Usage:: Usage:"
    with speaking("pl"):
        assert shown(outer.message) == "Usage:: Użycie:"
        assert shown("Usage:") == "Użycie:"
        assert shown(phrase("{count:,} of {name}", count=12345, name="x")) == "12\u00a0345 of x"
    assert shown(outer.message) == "Usage:: Usage:"


def test_what_is_left_without_its_beginning_is_still_told_in_the_language() -> None:
    """`rule "x": ` is taken off where the place is named in another way; what is wrong is translated."""
    made = joined(": ", (phrase('rule "{name}"', name="x"), phrase("Usage:")))
    left = made.removeprefix('rule "x": ')
    assert left == "Usage:"
    with speaking("pl"):
        assert shown(left) == "Użycie:"
        assert shown(phrase("Usage:").removeprefix("rule")) == "Użycie:"


def test_a_phrase_is_kept_as_its_english(tmp_path: Path) -> None:
    """In the payload of an interaction, in a field, and in the change log of that: no encoder stumbles."""
    why = phrase("There is no segment {name}", name="vip")
    toml = '[interactions.left]\ndoc = "Left"\nfields.why = "text"\n[fields.why]\ntype = "text"\n'
    with open_crm(tmp_path, toml) as crm, speaking("pl"):
        draft = InteractionDraft(customer=CustomerDraft(name="Anna"), type="left", payload={"why": why})
        assert not crm.interactions.record_all([draft]).refused
        assert crm.interactions.list("left").interactions[0].payload["why"] == "There is no segment vip"
        crm.customers.save(CustomerDraft(id=1, fields={"why": why}))
        assert crm.customers.get(1).fields["why"] == "There is no segment vip"
