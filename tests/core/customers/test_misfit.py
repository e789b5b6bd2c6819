"""Drafts and references that a program filled in from elsewhere, with values of other types."""

from __future__ import annotations

from typing import Any

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft, Identity, Invalid, NotFound

ADDRESS = ContactPoint(kind="email", value="anna@example.org")
# As a program without a type checker makes them.
DRAFT: Any = CustomerDraft
POINT: Any = ContactPoint
IDENTITY: Any = Identity


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        ({"name": "Anna"}, "dict is no CustomerDraft"),
        (None, "NoneType is no CustomerDraft"),
        (DRAFT(name=5), "name is int, and not str"),
        (DRAFT(name="Anna", locale=5), "locale is int, and not str"),
        (DRAFT(name="Anna", contact_points=ADDRESS), "a tuple of ContactPoint"),
        (DRAFT(name="Anna", contact_points=({"kind": "email"},)), "contact_points[0] is dict"),
        (
            DRAFT(name="Anna", contact_points=(POINT(kind="email", value=None),)),
            "contact_points[0].value is NoneType, and not str",
        ),
        (DRAFT(name="Anna", identities={"shop": "5"}), "identities is dict"),
        (
            CustomerDraft(name="Anna", identities=(IDENTITY(scheme=1, value="5"),)),
            "identities[0].scheme is int",
        ),
        (DRAFT(name="Anna", fields=["shoe_size"]), "fields is list, and not a mapping"),
        (DRAFT(name="Anna", tags=(5,)), "tags[0] is int, and not str"),
        (DRAFT(name="Anna", tags="vip"), "Tags are several"),
    ],
)
def test_a_draft_of_other_types_is_refused_by_itself(crm: Crm, draft: Any, said: str) -> None:
    """Of a batch, the item with a value of another type is refused and says which; the others are saved."""
    report = crm.customers.save_all([draft, CustomerDraft(name="Jan Wilk")])
    assert report.created == 1
    (refused,) = report.refused
    assert refused.index == 0
    assert said in refused.reason


def test_a_single_draft_of_other_types_raises(crm: Crm) -> None:
    """Saved by itself it is `Invalid`, with the error that it came from."""
    wrong: Any = 5
    with pytest.raises(Invalid, match="name is int, and not str") as caught:
        crm.customers.save(CustomerDraft(name=wrong))
    assert isinstance(caught.value.__cause__, AttributeError)


def test_a_defect_of_our_own_is_not_taken_for_one_of_the_draft(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the draft is of the right types, an error while it is read stays what it is."""
    from crmkit.core.customers.drafts import Drafts

    def broken(*_: object) -> None:
        raise TypeError("a defect")

    monkeypatch.setattr(Drafts, "prepare", broken)
    with pytest.raises(TypeError, match="a defect"):
        crm.customers.save(CustomerDraft(name="Anna", contact_points=(ADDRESS,), tags=("vip",)))


@pytest.mark.parametrize("reference", [None, 1.5, b"anna@example.org", ["anna"]])
def test_a_reference_of_another_type(crm: Crm, reference: Any) -> None:
    """What is neither text nor a number leads to nobody, by an error that says so."""
    with pytest.raises(Invalid, match="no reference to a customer"):
        crm.customers.get(reference)


@pytest.mark.parametrize("text", ["9" * 5_000, "x" * 60_000, "a@" + "b" * 60_000, "%" * 60_000])
def test_endless_text_finds_nobody(crm: Crm, text: str) -> None:
    """What no name, number or address can be is nobody's: whoever searches for it sees no failure."""
    crm.customers.save(CustomerDraft(name="Anna", contact_points=(ADDRESS,)))
    assert crm.customers.find(text) == []
    with pytest.raises(NotFound):
        crm.customers.get(text)
    with pytest.raises(NotFound):
        crm.acting_as(text)
