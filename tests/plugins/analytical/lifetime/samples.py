"""Published data, and customers drawn by the models themselves."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np

from crmkit.plugins.analytical.lifetime.histories import Histories
from crmkit.plugins.analytical.lifetime.purchase_log import PurchaseLog

CALIBRATION_END = date(1997, 9, 30)


def sample_file(folder: Path) -> Path:
    """The CDNOW sample as a file, unpacked."""
    packed = (files("crmkit.data") / "cdnow" / "cdnow_sample.csv.gz").read_bytes()
    path = folder / "cdnow_sample.csv"
    path.write_bytes(gzip.decompress(packed))
    return path


def donations_file() -> Path:
    """The donations."""
    return Path(str(files("crmkit.data") / "donations" / "donations_bgbb.csv"))


def cdnow_log(folder: Path) -> PurchaseLog:
    """The CDNOW sample as a log."""
    with sample_file(folder).open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    return PurchaseLog(
        customers=np.array([int(row["customer_id"]) for row in rows]),
        days=np.array([date.fromisoformat(row["date"]).toordinal() for row in rows]),
        amounts=np.array([float(row["dollar_value"]) for row in rows]),
    )


def drawn(model: str, rows: int, seed: int) -> Histories:
    """Histories with every corner in them: none, few and hundreds of purchases, the last one just now."""
    generator = np.random.default_rng(seed)
    age = generator.integers(1, 200, rows).astype(float)
    if model == "bg-bb":
        age = generator.integers(1, 12, rows).astype(float)
        recency = generator.integers(0, age + 1).astype(float)
        frequency = np.where(
            recency > 0, 1 + generator.binomial(np.maximum(recency - 1, 0).astype(int), 0.5), 0
        )
    else:
        frequency = np.where(generator.random(rows) < 0.4, 0, generator.geometric(0.05, rows)).astype(float)
        frequency[0] = 400
        recency = np.where(frequency > 0, age * generator.random(rows), 0.0)
        recency[1:4] = np.where(frequency[1:4] > 0, age[1:4], 0.0)
    return Histories(
        frequency=frequency,
        recency=recency,
        age=age,
        monetary=np.where(frequency > 0, generator.gamma(2, 20, rows), 0.0),
        weight=generator.integers(1, 4, rows),
    )
