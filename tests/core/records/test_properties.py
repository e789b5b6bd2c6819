"""Laws of records: states follow the allowed moves, and the history leads to what is there."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit.core.crm import Crm
from crmkit.core.errors import Invalid
from crmkit.core.model.record import RecordDraft
from crmkit.core.model.words import RecordType
from crmkit.core.records.history import replayed
from tests.soaking import soaking

T = "cake_order"
STATES = ("ordered", "baking", "ready", "collected", "cancelled")
MOVES = {"ordered": {"baking", "cancelled"}, "baking": {"ready", "cancelled"}, "ready": {"collected"}}
SETTINGS = settings(
    max_examples=soaking(15, 100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "occasion": st.none() | st.from_regex(r"[a-zżźćń]{1,20}", fullmatch=True),
    "wanted": st.none() | st.dates(),
    "tiers": st.none() | st.integers(-(10**15), 10**15),
    "weight": st.none() | st.decimals(-(10**9), 10**9, places=2),
    "glazed": st.none() | st.booleans(),
    "price": st.none() | st.decimals(0, 10**9, places=2),
}


@SETTINGS
@given(begun=st.sampled_from(STATES), wanted=st.lists(st.sampled_from(STATES), max_size=12))
def test_moves_never_reach_a_forbidden_state(crm: Crm, begun: str, wanted: list[str]) -> None:
    """Whatever is tried, one at a time or in a batch, a record only takes the moves that are allowed."""
    record = crm.records.add(T, 1, {"flavour": "cheese"}, begun)
    state = begun
    for to in wanted:
        allowed = to == state or to in MOVES.get(state, set())
        if allowed:
            state = to
            assert crm.records.move(T, record.id, to).state == state
        else:
            with pytest.raises(Invalid, match="cannot move"):
                crm.records.move(T, record.id, to)
    crm.records.save_all(T, [RecordDraft(id=record.id, state=to) for to in wanted])
    told = [each for each in crm.records.history(T, record.id, 100) if each.field == "state"]
    for change in told:
        assert change.new in MOVES[change.old]
    assert all(later.old == earlier.new for later, earlier in itertools.pairwise(told))
    assert crm.records.get(T, record.id).state == (told[0].new if told else begun)


@SETTINGS
@given(
    begun=st.fixed_dictionaries({}, optional=VALUES),
    changes=st.lists(st.fixed_dictionaries({}, optional=VALUES), max_size=6),
)
def test_history_leads_to_the_current_values(
    crm: Crm, begun: dict[str, Any], changes: list[dict[str, Any]]
) -> None:
    """The log, replayed from its first entry, gives the record as it is; read backwards, as it was."""
    record = crm.records.add(T, 1, {"flavour": "cheese", **begun})
    for change in changes:
        crm.records.update(T, record.id, change)
    history = list(reversed(crm.records.history(T, record.id, 1000)))
    (row,) = [each for each in crm.records.rows(T) if each["id"] == record.id]
    names = ["state", *(each.name for each in crm.words.record_types[T].fields)]
    current = {name: row[name] for name in names if row[name] is not None}
    assert replayed(history) == current
    for entry in reversed(history[1:]):
        assert current.get(entry.field) == entry.new
        current[entry.field] = entry.old
    assert {name: value for name, value in current.items() if value is not None} == history[0].new


names = st.sampled_from(("a", "b", "c", "d"))


@given(
    states=st.lists(names, min_size=1, unique=True),
    moves=st.dictionaries(names, st.lists(names)),
    data=st.data(),
)
def test_open_and_closed_states_are_all_states(
    states: list[str], moves: dict[str, list[str]], data: st.DataObject
) -> None:
    """Each state is either open or closed, and where `final` says nothing, no move leaves a closed one."""
    within = {s: tuple(to for to in into if to in states) for s, into in moves.items() if s in states}
    final = tuple(data.draw(st.lists(st.sampled_from(states), unique=True)))
    word = RecordType(name="x", doc="x", states=tuple(states), moves=within, final=final)
    assert sorted([*word.open_states, *word.closed_states]) == sorted(states)
    if any(within.values()) and not final:
        assert all(not word.leads_to(state) for state in word.closed_states)
