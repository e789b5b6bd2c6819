"""Exchange rates: exact, dated, and explained where one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Crm
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.instants import day_bounds, local_date
from crmkit.core.model.money import currencies, minor_digits
from crmkit.core.rates.converting import converted
from crmkit.core.rates.files import rates_in
from crmkit.core.rates.local_days import iso_day, local_day
from crmkit.core.rates.rate import ExchangeRate, MissingRate
from tests.core.metrics.conftest import open_crm

CODES = st.sampled_from(["USD", "JPY", "KWD", "CLF", "IRR", "EUR"])
RATES = st.decimals(Decimal("0.000001"), 99_999, places=6).filter(bool).map(lambda rate: round(rate, 6))


@pytest.fixture
def crm(database: str, tmp_path: Path) -> Iterator[Crm]:
    """An empty business in Warsaw."""
    with open_crm(database, tmp_path) as crm:
        yield crm


def exact(minor: int, rate: Decimal, currency: str, base: str) -> int:
    """The amount by decimal arithmetic, rounded half away from zero."""
    worth = Decimal(minor).scaleb(minor_digits(base) - minor_digits(currency)) * rate
    return int(worth.quantize(Decimal(1), ROUND_HALF_UP))


@given(st.integers(-(10**15), 10**15), RATES, CODES, st.sampled_from(["PLN", "BHD", "KRW"]))
def test_sql_converts_exactly_as_decimal_arithmetic(
    minor: int, rate: Decimal, currency: str, base: str
) -> None:
    """No float on the way, whatever decimals the currencies have."""
    try:
        made = ExchangeRate.of(currency, rate, base=base, on=date(2026, 1, 1))
    except Invalid:
        return  # more digits than fit
    assert made.rate == rate
    assert made.convert(minor) == exact(minor, rate, currency, base)
    row = sa.values(
        sa.column("amount", sa.BigInteger),
        sa.column("mantissa", sa.BigInteger),
        sa.column("exponent", sa.BigInteger),
    ).data([(minor, made.mantissa, made.exponent)])
    table = row.cte("one")
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        found = connection.execute(sa.select(converted(table.c.amount, table.c))).scalar()
    engine.dispose()
    assert found == made.convert(minor)


def test_postgresql_and_sqlite_convert_what_a_hand_did(crm: Crm) -> None:
    """Halves are rounded up, of refunds down; large amounts stay exact."""
    made = ExchangeRate.of("JPY", "0.025515", base="PLN", on=date(2026, 1, 1))
    expected = {1000: 2552, 1: 3, -1000: -2552, 10**15: 2_551_500_000_000_000, 0: 0}
    rates = {
        "mantissa": sa.literal(made.mantissa, sa.BigInteger),
        "exponent": sa.literal(made.exponent, sa.BigInteger),
    }
    row = type("Row", (), rates)
    with crm.reading() as execute:
        for minor, worth in expected.items():
            assert execute(sa.select(converted(sa.literal(minor, sa.BigInteger), row))).scalar() == worth
    crm.close()


@pytest.mark.parametrize(
    "zone", ["Europe/Warsaw", "America/Santiago", "Africa/Casablanca", "Pacific/Apia", "UTC"]
)
def test_the_local_day_in_sql_is_the_one_of_the_calendar(zone: str) -> None:
    """At every edge of every day of two years, the days of 23, 25 and no hours among them."""
    tz, first = ZoneInfo(zone), date(2011, 1, 1)
    edges = []
    for offset in range(730):
        start, end = day_bounds(first + timedelta(days=offset), tz)
        edges += [start, (start + end) // 2, end - 1] if end > start else []
    table = sa.Table("edge", sa.MetaData(), sa.Column("at", sa.BigInteger))
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(sa.insert(table), [{"at": at} for at in edges])
        day = iso_day(local_day(table.c.at, first, first + timedelta(days=730), tz), "sqlite")
        found = connection.execute(sa.select(table.c.at, day)).all()
    engine.dispose()
    assert {row[0]: row[1] for row in found} == {at: local_date(at, tz).isoformat() for at in edges}


def test_a_rate_holds_until_the_next_of_its_currency(crm: Crm) -> None:
    """The latest day on or before the amount's; before the first the error says what to run."""
    crm.rates.set("EUR", "4.25", on=date(2026, 1, 1))
    crm.rates.set("EUR", "4.50", on=date(2026, 2, 1))
    assert crm.rates.convert(1000, "EUR", date(2026, 1, 31)) == 4250
    assert crm.rates.convert(1000, "EUR", date(2026, 2, 1)) == 4500
    assert crm.rates.convert(1000, "PLN", date(2000, 1, 1)) == 1000
    with pytest.raises(MissingRate, match="crm rates set EUR RATE --on 2025-12-31"):
        crm.rates.convert(1000, "EUR", date(2025, 12, 31))
    crm.rates.remove("EUR", date(2026, 2, 1))
    assert crm.rates.convert(1000, "EUR", date(2026, 2, 1)) == 4250
    with pytest.raises(NotFound, match="begins on 2026-02-01"):
        crm.rates.remove("EUR", date(2026, 2, 1))
    crm.close()


def test_setting_a_rate_again_changes_it_and_is_logged(crm: Crm) -> None:
    """Who set which rate is in the change log; the same rate again is no change."""
    crm.rates.set("EUR", "4,2500", on=date(2026, 1, 1))
    crm.rates.set("EUR", "4.25", on=date(2026, 1, 1))
    crm.rates.set("EUR", "4.3", on=date(2026, 1, 1))
    assert [str(each) for each in crm.rates.list()] == ["1 EUR = 4.3 PLN from 2026-01-01"]
    change = crm.tables.change
    with crm.reading() as execute:
        told = sa.select(change.c.action).where(change.c.entity == "exchange_rate").order_by(change.c.seq)
        actions = list(execute(told).scalars())
    assert actions == ["created", "changed"]
    crm.close()


@pytest.mark.parametrize("rate", ["", "0", "-1", "1e999", "NaN", "four", "1.2.3", "123456.7890123"])
def test_what_is_no_rate_is_refused(rate: str) -> None:
    """Nothing is guessed, and nothing that cannot be reckoned with exactly is kept."""
    with pytest.raises(Invalid):
        ExchangeRate.of("EUR", rate, base="PLN", on=date(2026, 1, 1))


def test_every_currency_can_have_a_rate() -> None:
    """Whatever decimals it has."""
    for code in currencies():
        if code != "PLN":
            made = ExchangeRate.of(code, "0.0123456", base="PLN", on=date(2026, 1, 1))
            assert made.rate == Decimal("0.0123456")


def test_a_file_of_rates_is_kept_whole_or_not_at_all(crm: Crm, tmp_path: Path) -> None:
    """Each line that is wrong is named with its number."""
    file = tmp_path / "rates.csv"
    file.write_text("Currency;Date;Rate\nEUR;2026-01-01;4,25\nusd;2026-01-01;3,9\n", encoding="utf-8")
    report = crm.rates.set_all(rates_in(file, crm.rates))
    assert (report.created, report.changed, report.unchanged) == (2, 0, 0)
    file.write_text(
        "currency,date,rate\nEUR,2026-02-01,4.3\nEUR,2026-02-30,4.3\nXXX,2026-02-01,1\n", encoding="utf-8"
    )
    with pytest.raises(Invalid, match=r"line 3: .*\nline 4: "):
        rates_in(file, crm.rates)
    assert len(crm.rates.list()) == 2
    file.write_text("currency,rate\nEUR,4.3\n", encoding="utf-8")
    with pytest.raises(Invalid, match='no column "date"'):
        rates_in(file, crm.rates)
    file.write_text("currency,date,rate\n" + "XXX,2026-02-01,1\n" * 7, encoding="utf-8")
    with pytest.raises(Invalid, match=r"line 6: .*\n… and 2 more"):
        rates_in(file, crm.rates)
    file.write_text(f"currency,date,rate\nEUR,2026-02-01,{'4' * 200_000}\n", encoding="utf-8")
    with pytest.raises(Invalid, match="damaged in line 2"):
        rates_in(file, crm.rates)
    with pytest.raises(NotFound):
        rates_in(tmp_path / "nowhere.csv", crm.rates)
    crm.close()
