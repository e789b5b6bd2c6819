"""Identity resolution: the core's rules and Splink over data whose truth is known.

`python -m benchmarks.identity FOLDER` saves the records of `febrl1.csv`, `febrl2.csv` and `febrl3.csv` of
that folder as customers, and scans them once by each judge: one configuration of each for all three sets. The
truth is in `rec_id` and never given to the program. Without FOLDER the time is measured, on generated people.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.duplicates import FEBRL, PEOPLE, febrl, opened, people
from benchmarks.harness import Bench, Result, Scale, peak_megabytes, seconds

SPLINK = 'plugins = ["analytical"]\n{}\n[matching.duplicates]\njudge = "splink"\n'


def scanning(work: Path, scale: Scale) -> Iterator[Result]:
    """A scan of 20,000 customers by Splink, beside one by the rules."""
    count = scale.of(20_000)
    times = {}
    for judge, settings in (("rules", PEOPLE), ("splink", SPLINK.format(PEOPLE))):
        with opened(work / judge, settings) as crm:
            crm.customers.save_all(people(count))
            before = peak_megabytes()
            reports = []
            times[judge] = seconds(lambda: reports.append(crm.duplicates.scan()))  # noqa: B023 - called at once
            report = reports[0]
            after = peak_megabytes()
    yield Result(
        name=f"identity, {count:,} customers by splink",
        ours=times["splink"], raw=times["rules"], unit="s", goal="bounded",
        note=f"judged by {report.judge}: {report.compared:,} comparisons, {report.found:,} pairs; "
        f"memory {before:.0f} MB before, {after:.0f} MB after; raw is the scan by rules",
    )  # fmt: skip


BENCHES = (Bench(name="identity", run=scanning),)


def main() -> None:
    """Print the quality over FEBRL, or the time over generated people."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="where febrl1.csv to febrl3.csv are")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        if arguments.folder is None:
            for result in scanning(Path(work), Scale(full=True)):
                print(f"{result.name}: {result.ours:.1f} {result.unit} ({result.note})")
            return
        for judge, settings in (("rules", FEBRL), ("splink", SPLINK.format(FEBRL))):
            for file in sorted(arguments.folder.glob("febrl[123].csv")):
                score = febrl(file, Path(work) / judge / file.stem, settings)
                print(
                    f"| {score.name} | {judge} | {score.true:,} | {score.found:,} "
                    f"| {score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f} |"
                )


if __name__ == "__main__":
    main()
