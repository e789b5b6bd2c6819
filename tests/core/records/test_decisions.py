"""Deciding about drafts of records one by one."""

from __future__ import annotations

from typing import Any, cast

import pytest
from attrs import evolve

from crmkit import Invalid
from crmkit.core.errors import CrmError, Rejected, TryAgain
from crmkit.plugin import Record, RecordDraft, Refusal, Replace, decisions

KNOWN = {7: cast("Record", object())}


def answers(*drafts: RecordDraft, error: CrmError | None = None) -> list[Any]:
    """What is decided where a draft of the flavour "rye" is completed, and one of "bad" meets the error."""

    def completed(draft: RecordDraft, before: Record | None) -> RecordDraft:
        if draft.fields.get("flavour") == "bad" and error is not None:
            raise error
        if draft.fields.get("flavour") != "rye":
            return evolve(draft)
        return evolve(draft, state="new" if before is None else "known")

    return list(decisions(drafts, KNOWN, completed))


def cake(flavour: str, id_: int | None = None) -> RecordDraft:
    """A draft of an order."""
    return RecordDraft(id=id_, fields={"flavour": flavour})


def test_each_is_replaced_that_becomes_another() -> None:
    """By what it comes to, with the record as it is; what stays equal needs no answer."""
    found = answers(cake("wheat"), cake("rye"), cake("rye", 7))
    assert [(each.index, each.item.state) for each in found] == [(1, "new"), (2, "known")]
    assert all(isinstance(each, Replace) for each in found)


def test_an_error_refuses_its_draft_alone() -> None:
    """With what to do about it, in one text; the others are decided."""
    found = answers(cake("bad"), cake("rye"), error=Invalid("It is bad", hint="Bake anew."))
    assert found[0] == Refusal(0, "It is bad. Bake anew.")
    assert (len(found), found[1].index) == (2, 1)


def test_a_record_that_does_not_exist_is_not_decided_about() -> None:
    """Whoever saves says that there is none."""
    assert answers(cake("rye", 99)) == []


@pytest.mark.parametrize("error", [Rejected("Closed today"), TryAgain("Somebody else was faster")])
def test_what_concerns_all_goes_on(error: CrmError) -> None:
    """Neither is a reason to refuse one draft: the one ends the unit of work, the other begins it anew."""
    with pytest.raises(type(error)):
        answers(cake("bad"), error=error)
