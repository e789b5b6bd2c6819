"""The models of lifetime value, against what was published and against themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp2f1

from crmkit.plugins.analytical.lifetime.fitting import fit
from crmkit.plugins.analytical.lifetime.histories import Histories
from crmkit.plugins.analytical.lifetime.models import MODELS, model_named
from tests.plugins.analytical.lifetime.samples import CALIBRATION_END, cdnow_log, drawn

PARAMS = {
    "bg-nbd": (0.2426, 4.4136, 0.7929, 2.4259),
    "pareto-nbd": (0.5533, 10.5777, 0.6062, 11.6687),
    "gamma-gamma": (6.25, 3.74, 15.44),
    "bg-bb": (1.2035, 0.7497, 0.6567, 2.7834),
}


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> Histories:
    """The CDNOW sample, calibrated as in the papers."""
    return cdnow_log(tmp_path_factory.mktemp("cdnow")).histories(CALIBRATION_END.toordinal())


def test_the_log_is_summarised_as_the_papers_have_it(cdnow: Histories) -> None:
    """Customers, repeat purchases on distinct days, and those without any, of the calibration half."""
    assert (len(cdnow), cdnow.frequency.sum(), (cdnow.frequency == 0).sum()) == (2_357, 2_457, 1_411)
    assert cdnow.monetary is not None
    assert (cdnow.age[0], cdnow.frequency[0], cdnow.recency[0]) == pytest.approx(
        (38.857, 2, 30.429), abs=1e-3
    )
    assert cdnow.monetary[0] == pytest.approx(22.35, abs=0.01)
    assert len(cdnow.grouped(("frequency", "recency", "age"))) < 1_100


@pytest.mark.parametrize(
    ("model", "published", "log_likelihood"),
    [
        ("bg-nbd", (0.2426, 4.4137, 0.7930, 2.4262), -9582.429),
        ("pareto-nbd", (0.553, 10.580, 0.606, 11.656), -9594.976),
        ("gamma-gamma", (6.25, 3.74, 15.44), None),
    ],
)
def test_a_fit_finds_what_was_published(
    cdnow: Histories, model: str, published: tuple[float, ...], log_likelihood: float | None
) -> None:
    """Parameters and log likelihood of the papers; Pareto/NBD's ridge is flat, so its likelihood judges."""
    found = fit(model_named(model), cdnow)
    assert found.status == "converged"
    assert found.customers == (946 if model == "gamma-gamma" else 2_357)
    assert tuple(found.params.values()) == pytest.approx(published, rel=2e-3)
    if log_likelihood is not None:
        assert found.log_likelihood == pytest.approx(log_likelihood, abs=5e-4)
    assert all(0 < found.standard_errors[name] < found.params[name] for name in found.params)


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.05, 20))
def test_the_gradient_is_that_of_the_likelihood(model: str, seed: int, scale: float) -> None:
    """Each row's derivatives are what differences of its log likelihood say, in every corner."""
    made = model_named(model)
    rows = made.prepared(drawn(model, 40, seed))
    params = np.array(PARAMS[model]) * scale ** np.linspace(-1, 1, len(PARAMS[model]))
    _, gradient = made.log_likelihood(params, rows)
    for index, value in enumerate(params):
        step = np.zeros(len(params))
        step[index] = 1e-4 * value
        ahead, behind = (made.log_likelihood(params + sign * step, rows)[0] for sign in (1, -1))
        slopes = (ahead - behind) / (2 * step[index])
        assert slopes == pytest.approx(gradient[index], rel=1e-4, abs=1e-5 / value)


def test_the_integral_is_the_papers_hypergeometric_function() -> None:
    """Pareto/NBD's second term equals the published difference of two 2F1, where that can be computed."""
    rows = drawn("pareto-nbd", 60, 7)
    rows = rows.chosen(rows.frequency < 30)
    made = model_named("pareto-nbd")
    x, last, age = rows.frequency, rows.recency, rows.age
    for r, alpha, s, beta in ((0.55, 10.6, 0.61, 11.7), (0.55, 11.7, 0.61, 10.6), (2.0, 3.0, 4.0, 90.0)):
        found, _ = made.log_likelihood(np.array([r, alpha, s, beta]), rows)
        k, most, gap = r + s + x, max(alpha, beta), abs(alpha - beta)
        second = s + 1 if alpha >= beta else r + x

        def part(time: Any, k: Any = k, most: Any = most, gap: Any = gap, second: Any = second) -> Any:
            return hyp2f1(k, second, k + 1, gap / (most + time)) / (most + time) ** k

        from scipy.special import gammaln

        inner = (alpha + age) ** -(r + x) * (beta + age) ** -s + s / k * (part(last) - part(age))
        wanted = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(inner)
        assert found == pytest.approx(wanted, rel=1e-7)


def test_what_is_expected_is_what_the_papers_integrate() -> None:
    """Expected purchases by the stable forms equal the hypergeometric ones and plain integrals."""
    rows = drawn("bg-nbd", 30, 3)
    rows = rows.chosen(rows.frequency < 40)
    x, age, t = rows.frequency, rows.age, 39.0
    for a in (0.7929, 1.0, 2.5):
        r, alpha, b = 0.2426, 4.4136, 2.4259
        params = np.array([r, alpha, a, b])
        made: Any = model_named("bg-nbd")
        found = made.expected_purchases(params, rows, t)
        # a = 1 is where the published form divides by nothing.
        near = a + (1e-7 if a == 1 else 0)
        function = hyp2f1(r + x, b + x, near + b + x - 1, t / (alpha + age + t))
        shrink = ((alpha + age) / (alpha + age + t)) ** (r + x)
        wanted = (near + b + x - 1) / (near - 1) * (1 - shrink * function) * made.p_alive(params, rows)
        assert found == pytest.approx(wanted, rel=1e-5)
    pareto: Any = model_named("pareto-nbd")
    params = np.array(PARAMS["pareto-nbd"])
    r, alpha, s, beta = params
    staying, _ = quad(lambda u: (beta / (beta + u)) ** s, 0, t)
    assert pareto.expected_by(params, np.array([t]))[0] == pytest.approx(r / alpha * staying)


@pytest.mark.parametrize("model", ["bg-nbd", "pareto-nbd", "bg-bb"])
def test_who_was_just_seen_is_there_and_who_was_not_fades(model: str) -> None:
    """P(alive) lies between 0 and 1, falls with silence, and expected purchases grow with the horizon."""
    made: Any = model_named(model)
    params = np.array(PARAMS[model])
    rows = drawn(model, 60, 11)
    alive = made.p_alive(params, rows)
    assert np.all((alive >= 0) & (alive <= 1 + 1e-12))
    later = Histories(frequency=rows.frequency, recency=rows.recency, age=rows.age + 5, monetary=None)
    assert np.all(made.p_alive(params, later) <= alive + 1e-12)
    soon, late = (made.expected_purchases(params, rows, each) for each in (4.0, 40.0))
    assert np.all((soon >= 0) & (soon <= late))
    new = made.expected_by(params, np.array([0.0, 4.0, 40.0]))
    assert new[0] == 0
    assert new[0] < new[1] < new[2]


def _customers(**columns: Any) -> Histories:
    return Histories(**{"recency": np.zeros(1), "age": np.full(1, 50.0), **columns})


def test_a_fit_that_says_nothing_gives_no_numbers() -> None:
    """Nobody, nobody twice, too few, all alike, nobody ever leaving, spend tied to frequency: it is said."""
    generator = np.random.default_rng(5)
    n = 700
    age = np.full(n, 50.0)
    # Poisson buying at different rates, and nobody ever leaves.
    count = generator.poisson(generator.gamma(2, 0.05, n) * age).astype(float)
    last = np.where(count > 0, age * generator.beta(np.maximum(count, 1), 1), 0.0)
    staying = Histories(frequency=count, recency=last, age=age)
    alike = Histories(frequency=np.full(n, 3.0), recency=np.full(n, 40.0), age=age)
    spend = Histories(frequency=1 + count, recency=last, age=age, monetary=10 * (1 + count))
    cases = {
        "nobody has bought": ("bg-nbd", staying.chosen(slice(0, 0))),
        "a second time": ("bg-nbd", staying.chosen(count == 0)),
        "only 5 customers": ("pareto-nbd", staying.chosen(np.flatnonzero(count > 0)[:5])),
        "too much alike": ("bg-nbd", alike),
        "nobody seems ever to leave": ("bg-nbd", staying),
        "nobody seems ever": ("pareto-nbd", staying),
        "go together": ("gamma-gamma", spend),
        "spends the same": ("gamma-gamma", Histories(
            frequency=1 + count, recency=last, age=age, monetary=np.full(n, 9.99)
        )),
    }  # fmt: skip
    for reason, (model, rows) in cases.items():
        found = fit(model_named(model), rows)
        assert (found.status, found.params, found.log_likelihood) == ("not identified", {}, None), reason
        assert reason in found.reason


def test_a_large_input_is_fitted_from_a_sample(monkeypatch: pytest.MonkeyPatch, cdnow: Histories) -> None:
    """Starting from a sample's fit, all rows lead to the same parameters; equal rows count by weight."""
    whole = fit(model_named("bg-nbd"), cdnow)
    monkeypatch.setattr("crmkit.plugins.analytical.lifetime.fitting._LARGE", 500)
    monkeypatch.setattr("crmkit.plugins.analytical.lifetime.fitting._SAMPLE", 300)
    by_sample = fit(model_named("bg-nbd"), cdnow)
    assert by_sample.params == pytest.approx(dict(whole.params), rel=1e-4)
    assert by_sample.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-5)
    grouped = fit(model_named("bg-nbd"), cdnow.grouped())
    assert grouped.params == pytest.approx(dict(whole.params), rel=1e-5)
