"""Random predicates, as text, and random rows to ask them of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

from hypothesis import strategies as st

from tests.core.predicates.house import BREADS, DAY, NOW, change, customer, interaction

# Clocks in Warsaw went forward on 2025-03-30 and back on 2024-10-27.
EDGES = (
    NOW,
    NOW - DAY,
    NOW - 30 * DAY,
    NOW - 60 * DAY,
    NOW - 90 * DAY,
    1_729_987_200_000_000,
    1_730_000_000_000_000,
)
NAMES = (
    "",
    "Łódź",
    "łodz",
    "İstanbul",
    "Straße",
    "STRASSE",
    "emoji 🥐",
    "a%b_c",
    "[x]*?",
    "O'Neil",
    "Ζωή",
    "e\u0301",
    "zażółć",
)
# Exact as binary fractions, so that a sum is the same in whatever order it is added up.
RATES = (
    ("EUR", date(2020, 1, 1), Decimal("4.25")),
    ("EUR", date(2024, 10, 27), Decimal("4.5")),
    ("EUR", date(2025, 2, 28), Decimal("3.75")),
    ("JPY", date(2020, 1, 1), Decimal("0.03125")),
    ("KWD", date(2020, 1, 1), Decimal("12.5")),
    ("KWD", date(2024, 12, 31), Decimal(15)),
)
FOREIGN = ("EUR", "JPY", "KWD")
DATES = ("2000-02-29", "2000-02-28", "1999-12-31", "2025-03-30", "2025-02-28", "1990-03-01")
WINDOWS = (
    "",
    ", last 90 days",
    ", last 1 day",
    ", last 24 hours",
    ", last 2 months",
    ", last 1 year",
    ", this month",
    ", this week",
    ", since 2024-10-27",
    ", from 2024-10-27 to 2024-10-28",
    ", until 2025-01-01",
    ", last 3 weeks",
    ", since 2025-02-27T12:00",
)
WHERES = (
    "",
    " where outlet = 'Main'",
    " where amount > 10",
    " where amount between 1 and 50.5",
    " where not outlet = 'Main'",
    " where channel is null or amount = 0",
    " where outlet in ('Main', 'Łódź')",
    " where outlet contains 'lod'",
    " where employee = 'Zoe'",
    " where direction = 'in' and amount / 2 > 3",
    " where at > 30 days ago",
)
PAYLOADS = (
    " where wine = 'rye'",
    " where glasses > 2",
    " where glasses * 2 >= price",
    " where liked",
    " where not liked",
    " where tags contains 'dry'",
    " where tags != 'dry'",
    " where wine is null",
    " where wine contains 'LOD'",
)
LINES = (
    " where item = 'rye'",
    " where lines.quantity > 1",
    " where product starts with 'R'",
    " where not item = 'rye'",
    " where item is null",
)
DEALS = ("", " where stage = 'open'", " where value >= 100.5", " where stage != 'open' and value < 500")
OPERATORS = st.sampled_from(("=", "!=", "<", "<=", ">", ">="))
numbers = st.sampled_from(("0", "1", "2", "2.5", "-1", "10", "100", "0.01", "99999", "1000000000000"))


def texts(values: Any = NAMES) -> Any:
    """A text constant."""
    return st.sampled_from(values).map(lambda text: "'" + text.replace("'", "''") + "'")


@st.composite
def rows_of(draw: Any, log_only: bool) -> str:
    """What stands in an aggregate's brackets."""
    type_ = draw(st.sampled_from(("purchase", "visit", "tasting", "gift")))
    wheres = WHERES[:5] if log_only else WHERES
    if log_only:
        return f"{type_}{draw(st.sampled_from(wheres))}{draw(st.sampled_from(WINDOWS))}"
    extra = {"tasting": PAYLOADS, "purchase": LINES, "gift": (" where anything = 'x'", " where anything > 3")}
    where = draw(st.sampled_from((*wheres, *extra.get(type_, ()))))
    return f"{type_}{where}{draw(st.sampled_from(WINDOWS))}"


@st.composite
def aggregates(draw: Any, log_only: bool) -> str:
    """A number about a customer's interactions or records."""
    if not log_only and draw(st.integers(0, 5)) == 0:
        function = draw(st.sampled_from(("count(deal", "sum(deal.value", "max(deal.value")))
        return f"{function}{draw(st.sampled_from(DEALS))}{draw(st.sampled_from(WINDOWS))})"
    function = draw(st.sampled_from(("count", "sum", "avg", "min", "max", "days_since")))
    if not log_only and function in ("sum", "avg", "min", "max") and draw(st.integers(0, 4)) == 0:
        return f"{function}(tasting.glasses{draw(st.sampled_from(WINDOWS))})"
    return f"{function}({draw(rows_of(log_only))})"


@st.composite
def values(draw: Any, log_only: bool, depth: int = 2) -> str:
    """A number."""
    if depth and draw(st.integers(0, 3)) == 0:
        left, right = draw(values(log_only, depth - 1)), draw(values(log_only, depth - 1))
        return f"({left} {draw(st.sampled_from('+-*/'))} {right})"
    choices = [aggregates(log_only), aggregates(log_only), numbers]
    if not log_only:
        choices += [st.sampled_from(("points", "weight", "credit", "average_order"))]
    return str(draw(st.one_of(*choices)))


def leaves(log_only: bool, past: bool) -> Any:
    """A condition without and, or, not."""
    each = [
        st.tuples(values(log_only), OPERATORS, values(log_only)).map(" ".join),
        st.tuples(aggregates(log_only), st.just("between"), numbers, st.just("and"), numbers).map(" ".join),
        st.tuples(
            aggregates(log_only), st.just("in"), st.just("("), numbers, st.just(","), numbers, st.just(")")
        ).map(" ".join),
        aggregates(log_only).map(lambda text: f"{text} is null"),
        rows_of(log_only).map(lambda text: f"exists({text})"),
        rows_of(log_only).map(lambda text: f"count({text}) = 0"),
        st.tuples(
            st.sampled_from(("first", "last")),
            rows_of(log_only),
            OPERATORS,
            st.sampled_from((*DATES, "30 days ago", "today")),
        ).map(lambda p: f"{p[0]}({p[1]}) {p[2]} {p[3]}"),
        st.sampled_from(
            ("is_organization", "archived = true", "lifecycle in ('lead', 'former')", "created < 2025-01-01")
        ),
        st.sampled_from(("in(regulars)", "was_in(regulars, 60 days ago)", "was_in(regulars, 1 month ago)")),
    ]
    if log_only:
        return st.one_of(*each)
    each += [
        st.tuples(st.sampled_from(("remark", "name")), OPERATORS, texts()).map(" ".join),
        st.tuples(
            st.sampled_from(("remark", "name")),
            st.sampled_from(("contains", "starts with")),
            texts(NAMES[1:]),
        ).map(" ".join),
        st.tuples(st.just("favourite_bread"), st.sampled_from(("=", "!=", "<")), texts(BREADS)).map(" ".join),
        st.tuples(
            st.sampled_from(("birthday", "met")), OPERATORS, st.sampled_from((*DATES, "30 days ago", "today"))
        ).map(" ".join),
        st.tuples(st.sampled_from(("points", "weight", "credit")), OPERATORS, numbers).map(" ".join),
        st.sampled_from(
            (
                "vegan",
                "vegan = false",
                "vegan is null",
                "is_birthday(birthday)",
                "is_birthday(birthday, 7 days)",
            )
        ),
        st.sampled_from(("has_tag('vip')", "owner = 'Zoe'", "owner != 'zoe@example.org'", "owner is null")),
    ]
    if not past:
        each += [
            st.tuples(st.just("city"), OPERATORS, texts()).map(" ".join),
            st.sampled_from(
                ("city is null", "not city in ('Łódź', 'x')", "city contains 'lodz'", "in(northern)")
            ),
            st.sampled_from(("interests contains 'cake'", "interests != 'tea'", "interests is null")),
            st.sampled_from(
                (
                    "consent('offers', 'email')",
                    "any(works_at, is_organization)",
                    "none(works_at, city = 'Łódź')",
                )
            ),
            st.just("any(works_at, count(purchase) > 1 and points > 0)"),
        ]
    return st.one_of(*each)


def predicates(*, log_only: bool = False, past: bool = False) -> Any:
    """The text of a predicate; as of the past only of words that have one."""
    return st.recursive(
        leaves(log_only, past),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=4).map(lambda parts: "(" + " and ".join(parts) + ")"),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " or ".join(parts) + ")"),
            inner.map(lambda text: f"not ({text})"),
        ),
        max_leaves=6,
    )


def worlds(
    random: Any, people: int = 40, events: int = 300, currencies: tuple[str, ...] = FOREIGN
) -> dict[str, list[dict[str, Any]]]:
    """Rows of a small business: NULLs, odd texts, window edges, corrections, late news, changed fields,
    amounts in several currencies."""
    pick, chance = random.choice, random.random
    ids = range(1, people + 1)
    tags, tag_changes = _taggings(random, ids)
    payload: dict[str, Any] = {
        "purchase": lambda: {
            "lines": [
                {"product": pick(("rye", "wheat", "Rolls")), "quantity": str(pick((1, 2)))}
                for _ in range(pick((0, 1, 2)))
            ]
        },
        "tasting": lambda: {
            k: v
            for k, v in {
                "wine": pick(("rye", "Łódź", None)),
                "glasses": pick((1, 2, 5)),
                "price": pick(("1.5", "4", "10.25")),
                "liked": pick((True, False)),
                "tags": pick((["dry"], ["dry", "red"], [])),
            }.items()
            if v is not None and chance() < 0.7
        },
        "gift": lambda: {"anything": pick(("x", 5, None, True))},
    }
    log = []
    for seq in range(1, events + 1):
        type_ = pick(("purchase", "purchase", "visit", "tasting", "gift"))
        at = pick(EDGES) + pick((-1, 0, 1)) if chance() < 0.3 else NOW - random.randrange(-5 * DAY, 400 * DAY)
        log.append(
            interaction(
                seq,
                pick(ids),
                type_,
                at,
                known_at=at + pick((0, 0, 0, DAY, 70 * DAY)),
                outlet=pick((None, "", "Main", "Łódź")),
                channel=pick((None, "phone")),
                direction=pick((None, "in", "out")),
                employee_id=pick((None, 1, 2)),
                amount=pick((None, 0, 1, 1000, 1050, 999_999)),
                currency=pick((None, "PLN", "PLN", *currencies)),
                payload=payload[type_]() if type_ in payload else {},
            )
        )
    for number in range(events // 10):
        original = pick(log[:events])
        if original["superseded_by"] is None:
            seq = events + number + 1
            at = original["known_at"] + random.randrange(0, 200 * DAY)
            log.append(
                {
                    **original,
                    "seq": seq,
                    "corrects": original["seq"],
                    "known_at": at,
                    "amount": 500,
                    "customer_id": pick(ids),
                }
            )
            original["superseded_by"] = seq
    return {
        "employee": [
            {
                "id": n,
                "uid": f"e{n}",
                "name": name,
                "fold": name.lower(),
                "email": f"{name.lower()}@example.org",
                "role": "clerk",
                "active": 1,
                "created_at": 0,
            }
            for n, name in ((1, "Zoe"), (2, "Anna"))
        ],
        "customer": [
            customer(
                n,
                name=pick(NAMES),
                is_organization=pick((0, 1)),
                owner_id=pick((None, 1, 2)),
                created_at=NOW - random.randrange(300 * DAY),
                lifecycle=pick(("prospect", "lead", "customer", "former")),
                archived_at=pick((None, NOW - 40 * DAY)),
            )
            for n in ids
        ],
        "customer_field": [
            {
                "customer_id": n,
                "favourite_bread": pick((None, *BREADS)),
                "birthday": pick((None, *DATES)),
                "points": pick((None, 0, -1, 2, 10**12)),
                "weight": pick((None, 250, 1)),
                "credit": pick((None, 0, 1000)),
                "remark": pick((None, *NAMES)),
                "vegan": pick((None, 0, 1)),
                "met": pick((None, *EDGES)),
            }
            for n in ids
            if chance() < 0.8
        ],
        "customer_tag": tags,
        "customer_choice": [
            {"customer_id": n, "field": "interests", "value": v}
            for n in ids
            for v in ("cake", "tea")
            if chance() < 0.4
        ],
        "contact_point": [
            {
                "customer_id": n,
                "kind": "address",
                "label": "",
                "value": "",
                "normalised": str(k),
                "is_primary": 0,
                "city": pick((None, *NAMES)),
            }
            for n in ids
            for k in range(pick((0, 1, 2)))
        ],
        "relationship": [
            {
                "customer_id": n,
                "other_id": pick(ids),
                "kind": "works_at",
                "since": pick((None, "2025-02-28", "2025-03-01")),
                "until": pick((None, "2025-02-28")),
            }
            for n in ids
            if chance() < 0.5
        ],
        "consent": [
            {
                "customer_id": n,
                "purpose": "offers",
                "channel": "email",
                "state": pick(("granted", "withdrawn")),
                "at": NOW - k * DAY,
                "source": "",
                "wording_version": None,
                "evidence": "",
                "actor": "",
                "id": n * 10 + k,
            }
            for n in ids
            for k in range(pick((0, 1, 2)))
        ],
        "deal": [
            {
                "id": k,
                "customer_id": pick(ids),
                "created_at": NOW - random.randrange(200 * DAY),
                "stage": pick((None, "open", "won")),
                "value": pick((None, 5000, 10050, 99999)),
            }
            for k in range(1, 40)
        ],
        "interaction": log,
        "change": [
            {**row, "seq": seq}
            for seq, row in enumerate(sorted(_changes(random, ids) + tag_changes, key=itemgetter("at")), 1)
        ],
    }


def _taggings(random: Any, ids: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(tags there now, changes): who carried `vip` from when to when, some of them twice."""
    now: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    for tagging in range(1, 40):
        who = random.choice(ids)
        since, until = sorted(NOW - random.randrange(-DAY, 120 * DAY) for _ in range(2))
        if random.random() < 0.7:  # else it was there from the start
            changes.append(change(0, who, since, "tag", "", None, "vip", action="created", entity_id=tagging))
        if random.random() < 0.4 and not any(row["customer_id"] == who for row in now):
            now.append({"id": tagging, "customer_id": who, "tag": "vip"})
        else:
            changes.append(change(0, who, until, "tag", "", "vip", None, action="removed", entity_id=tagging))
    return now, changes


def _changes(random: Any, ids: Any) -> list[dict[str, Any]]:
    pick = random.choice
    words = {
        ("field", "points"): (None, 0, 5),
        ("field", "remark"): (None, "old Łódź", "x"),
        ("field", "vegan"): (None, 0, 1),
        ("field", "birthday"): (None, "2000-02-29"),
        ("customer", "lifecycle"): ("lead", "former"),
        ("customer", "owner_id"): (None, 1),
        ("customer", "is_organization"): (False, True),
        ("customer", "archived_at"): (None, 5),
        ("field", "favourite_bread"): (None, "rye"),
        ("customer", "name"): ("", "Straße"),
    }
    found = []
    for seq in range(1, 120):
        at = NOW - random.randrange(-DAY, 120 * DAY)
        entity, name = pick(list(words))
        found.append(change(seq, pick(ids), at, entity, name, pick(words[entity, name]), None))
    return found
