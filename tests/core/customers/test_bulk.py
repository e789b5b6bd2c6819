"""Saving many customers: what becomes of each does not depend on the company it comes in."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit.core.crm import Crm
from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity, Preference
from crmkit.core.normalise import fold

NAMES = ("Anna", "Łucja Żak", "Straße GmbH", "محمد", "O'Neill")
few = st.integers(0, 3)


@st.composite
def drafts(draw: st.DrawFn) -> CustomerDraft:
    """Drafts out of so few values that they meet each other often."""
    emails = tuple(
        ContactPoint(kind="email", value=f"p{n}@example.org", is_primary=draw(st.booleans()))
        for n in draw(st.lists(few, max_size=2))
    )
    identities = tuple(Identity("shop", str(n)) for n in draw(st.lists(few, max_size=1)))
    return CustomerDraft(
        name=draw(st.sampled_from((None, "", *NAMES))),
        contact_points=emails,
        identities=identities,
        tags=tuple(draw(st.lists(st.sampled_from(("a", "B", "b")), max_size=2))),
        fields=draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "card": st.sampled_from((None, "1", "2")),
                    "size": st.sampled_from((None, "1.5", "2")),
                    "allergies": st.sampled_from((None, "nuts", "milk;nuts")),
                },
            )
        ),
    )


def state(crm: Crm) -> list[Any]:
    """Everything on record about everybody, without what depends on chance."""
    everybody = []
    for summary in crm.customers.list(1000)[0]:
        customer = crm.customers.get(summary.id)
        changes = [
            (c.action, c.entity, c.field, c.old, c.new) for c in crm.customers.history(summary.id, 1000)
        ]
        points = [(p.kind, p.normalised, p.is_primary) for p in customer.contact_points]
        names = [str(identity) for identity in customer.identities]
        everybody.append(
            (customer.name, customer.version, points, names, customer.tags, dict(customer.fields), changes)
        )
    return everybody


def saved_in(crm: Crm, batch: list[CustomerDraft], size: int) -> list[str]:
    """Save in batches of `size`; what was refused, and why."""
    refused = []
    for start in range(0, len(batch), size):
        report = crm.customers.save_all(batch[start : start + size])
        assert report.created + report.updated + report.unchanged + len(report.refused) == len(report.ids)
        refused += [f"{start + each.index} {each.code} {each.reason}" for each in report.refused]
    return refused


class Undone(Exception):
    """Ends a unit of work so that nothing of it stays."""


def tried(crm: Crm, work: Callable[[], Any]) -> Any:
    """What `work` gives, on a business that is left as it was."""
    result = None
    try:
        with crm.transaction() as tx:
            result = work()
            tx.flush()
            result = (result, state(crm))
            raise Undone
    except Undone:
        return result


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=st.lists(drafts(), max_size=8), size=st.integers(1, 8))
def test_batch_size_does_not_matter(crm: Crm, batch: list[CustomerDraft], size: int) -> None:
    """One by one, in small batches or all at once: the same customers, versions, histories and refusals."""
    alone = tried(crm, lambda: saved_in(crm, batch, 1))
    together = tried(crm, lambda: saved_in(crm, batch, size))
    first, second = _numbered_alike(alone), _numbered_alike(together)
    assert first == second


def _numbered_alike(result: Any) -> Any:
    """Ids in messages start where the rolled back try left the sequence on PostgreSQL."""
    refused, everybody = result
    return [line.split(" ")[:2] for line in refused], everybody


@pytest.mark.parametrize(
    "draft",
    [
        CustomerDraft(tags=("vip", "new"), lifecycle="former"),
        CustomerDraft(given_name="Hanna"),
        CustomerDraft(
            contact_points=(ContactPoint(kind="email", value="hanna@example.org", is_primary=True),)
        ),
        CustomerDraft(identities=(Identity("till", "7"),)),
        CustomerDraft(preferences=(Preference(topic="bread", value="rye", origin="inferred"),)),
        CustomerDraft(fields={"size": "2", "allergies": "milk"}),
    ],
    ids=["tag", "name", "contact", "identity", "preference", "field"],
)
def test_among_many_a_known_customer_is_saved_as_alone(crm: Crm, draft: CustomerDraft) -> None:
    """What a draft does not mention stays, and search goes on finding the customer by it."""
    anna = crm.customers.save(
        CustomerDraft(
            given_name="Anna", family_name="Nowak", tags=("vip",), identities=(Identity("shop", "10042"),),
            contact_points=(ContactPoint(kind="email", value="anna@example.org"),),
            preferences=(Preference(topic="bread", value="rye"),),
            fields={"size": "1.5", "allergies": "nuts;milk", "card": "1"},
        )
    )  # fmt: skip

    def found() -> list[list[int]]:
        words = ("anna", "hanna", "nowak", "anna@example.org", "hanna@example.org", "10042", "7")
        return [[each.id for each in crm.customers.find(word)] for word in words]

    alone = tried(crm, lambda: (crm.customers.update(anna.id, draft).version, found()))
    among = tried(crm, lambda: (crm.customers.save_all([evolve(draft, id=anna.id)]).updated, found()))
    assert among[0][1] == alone[0][1]
    assert among[1] == alone[1]
    assert [anna.id] in alone[0][1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=st.lists(drafts(), max_size=6))
def test_saving_twice_is_saving_once(crm: Crm, batch: list[CustomerDraft]) -> None:
    """A customer known by an identity is unchanged when the same comes again, and search finds them."""

    def twice() -> None:
        with_identity = [draft for draft in batch if draft.identities]
        for draft in with_identity:
            report = crm.customers.save_all([draft])
            again = crm.customers.save_all([draft])
            if not report.refused:
                assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
        for summary in crm.customers.list(1000)[0]:
            name = fold(crm.customers.get(summary.id).name)
            assert not name or summary.id in [each.id for each in crm.customers.find(name)]

    tried(crm, twice)


def test_report_counts_and_places_everything(crm: Crm) -> None:
    """Each item is created, updated, unchanged or refused with its position, a code and a sentence."""
    anna = CustomerDraft(name="Anna", identities=(Identity("shop", "1"),))
    batch: Iterable[CustomerDraft] = iter(
        [
            anna,
            CustomerDraft(name="Bad", contact_points=(ContactPoint(kind="email", value="bad"),)),
            anna,
            CustomerDraft(name="Hanna", identities=(Identity("shop", "1"),)),
            CustomerDraft(name="Jan", fields={"card": "1"}),
            CustomerDraft(name="Ola", fields={"card": "1"}),
        ]
    )
    report = crm.customers.save_all(batch, source="import:1")
    assert (report.created, report.updated, report.unchanged) == (2, 1, 1)
    assert [(each.index, each.code) for each in report.refused] == [(1, "invalid"), (5, "conflict")]
    assert report.ids[0] == report.ids[2] == report.ids[3] is not None
    assert report.ids[1] is report.ids[5] is None


def test_more_than_one_inner_batch(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands are saved in bounded batches, and the collector works again afterwards."""
    from crmkit.core.customers import customers

    monkeypatch.setattr(customers, "BATCH", 100)
    many = [CustomerDraft(name=f"N{n}", identities=(Identity("shop", str(n % 240)),)) for n in range(250)]
    report = crm.customers.save_all(many)
    assert (report.created, report.updated) == (240, 10)
    assert crm.customers.count() == 240
    assert gc.isenabled()


def test_required_fields_and_defaults(opened: Callable[..., Crm]) -> None:
    """New customers need what is required and get defaults; what is required cannot be taken away."""
    crm = opened(
        '[fields.club]\ntype = "text"\nrequired = true\n[fields.level]\ntype = "choice"\n'
        'choices = ["gold", "none"]\ndefault = "none"\n'
    )
    report = crm.customers.save_all([CustomerDraft(name="A"), CustomerDraft(name="B", fields={"club": "x"})])
    assert [each.reason for each in report.refused] == ["A lacks the required club"]
    assert crm.customers.get("B").fields == {"club": "x", "level": "none"}
    report = crm.customers.save_all([CustomerDraft(id=report.ids[1], fields={"club": None})])
    assert "cannot be without it" in report.refused[0].reason


def test_everything_or_nothing_in_a_transaction(crm: Crm) -> None:
    """A unit of work that fails leaves no customer, no history and no trace in search."""

    def save() -> list[str]:
        crm.customers.save_all([CustomerDraft(name="Anna"), CustomerDraft(name="Jan")])
        return [each.name for each in crm.customers.find("anna")]

    assert tried(crm, save)[0] == ["Anna"]
    assert crm.customers.count() == 0
    assert crm.customers.find("anna") == []


PLUGIN = '''
"""The shop's rules."""
from attrs import evolve

from crmkit.plugin import Refusal, Replace, hookimpl


@hookimpl
def crmkit_before_customers_saved(drafts):
    for index, draft in enumerate(drafts):
        if draft.name == "Nobody":
            yield Refusal(index, "nobody is nobody")
        if draft.name == "anna":
            yield Replace(index, evolve(draft, name="Anna"))
        if draft.name == "worse":
            yield Replace(index, evolve(draft, lifecycle="dead"))
'''


def test_deciders_refuse_and_replace(opened: Callable[..., Crm], tmp_path: Any) -> None:
    """A plugin corrects one draft and refuses another; what it corrects is judged again."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "rules.py").write_text(PLUGIN)
    (tmp_path / "plugins" / "rules.toml").write_text(
        'name = "rules"\ntitle = "Rules"\ndoc = "Rules"\ntable_prefix = "rules_"\n'
    )
    from tests.core.customers.conftest import CONFIG

    crm = opened(config=CONFIG.replace('locale = "pl_PL"', 'locale = "pl_PL"\nplugins = ["rules"]'))
    names = ("Jan", "Nobody", "anna", "worse")
    report = crm.customers.save_all([CustomerDraft(name=name) for name in names])
    assert [each.name for each in crm.customers.list()[0]] == ["Jan", "Anna"]
    assert [(each.index, each.code) for each in report.refused] == [(1, "refused"), (3, "invalid")]


def test_many_changes_at_once_are_those_of_one_by_one(crm: Crm) -> None:
    """Thirty changed in one batch, of every kind that is written in place, end as if each came alone."""

    def before(n: int) -> CustomerDraft:
        return CustomerDraft(
            name=f"P{n}",
            identities=(Identity("shop", str(n)),),
            contact_points=(ContactPoint(kind="email", value=f"p{n}@example.org"),),
            preferences=(Preference(topic="bread", value="rye", origin="inferred"),),
            tags=("old",),
        )

    def after(n: int) -> CustomerDraft:
        return CustomerDraft(
            identities=(Identity("shop", str(n)),),
            lifecycle="former",
            is_organization=True,
            contact_points=(
                ContactPoint(kind="email", value=f"p{n}@example.org", label="home", verified_at=n + 1),
                ContactPoint(kind="email", value=f"q{n}@example.org", is_primary=True),
            ),
            preferences=(Preference(topic="bread", value="rye", at=n),),
            fields={"size": "1.5", "nickname": None, "wholesale": True, "allergies": "nuts"},
        )

    crm.customers.save_all([before(n) for n in range(60)])
    assert crm.customers.save_all([after(n) for n in range(30)]).updated == 30
    for n in range(30, 60):
        crm.customers.save(after(n))
    everybody = [crm.customers.get(id_) for id_ in range(1, 61)]
    together, singly = everybody[:30], everybody[30:]
    for n, customer in enumerate(together):
        mine, theirs = (
            (
                each.lifecycle,
                each.is_organization,
                each.version,
                dict(each.fields),
                [(point.label, point.is_primary) for point in each.contact_points],
                [preference.origin for preference in each.preferences],
            )
            for each in (customer, singly[n])
        )
        assert mine == theirs
        assert customer.contact_points[0].verified_at == n + 1
        assert customer.preferences[0].at == n
