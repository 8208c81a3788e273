"""What a million and ten million artworks would need: ``python -m benchmarks.estimate [--summary FILE]``.

Rates are those of ``runs/benchmarks/summary.json`` where it is there, else those that ``references/scaling.md`` states.
Prices are assumptions: change them by options.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from src.paths import PROJECT_ROOT


@dataclass(frozen=True)
class Rates:
    """Costs of one artwork.

    Attributes
    ----------
    listed_per_second
        Artworks that one polite browser lists: the site gives 30 a scroll, and 2.5 s are kept between scrolls.
    fetched_per_second
        Thumbnails a second that we allow ourselves to fetch from the image host.
    measured_per_core_second
        Pictures whose features one core measures in a second, tables included.
    thumbnail_bytes, csv_bytes, parquet_bytes
        Storage.
    """

    listed_per_second: float = 30 / 2.5
    fetched_per_second: float = 20.0
    measured_per_core_second: float = 1_400.0
    thumbnail_bytes: float = 18_600.0
    csv_bytes: float = 560.0
    parquet_bytes: float = 190.0


@dataclass(frozen=True)
class Prices:
    """Assumed prices in US dollars: list prices of a large cloud in a cheap region, rounded up."""

    core_hour: float = 0.05
    storage_gigabyte_month: float = 0.023
    thousand_writes: float = 0.005
    thousand_reads: float = 0.0004


def read_rates(summary: Path) -> Rates:
    """Take what was measured on this machine, where it was."""
    rates = Rates()
    if not summary.is_file():
        return rates
    results = json.loads(summary.read_text("utf-8"))["results"]
    growth = (results.get("growth") or {}).get("figures")
    if growth:
        rates = replace(rates, measured_per_core_second=growth["sizes"][-1]["images_per_processor_second"])
    tables = (results.get("tables") or {}).get("figures")
    if tables:
        last = tables["slices"][-1]
        rates = replace(
            rates,
            csv_bytes=last["csv_megabytes"] * 1e6 / last["rows"],
            parquet_bytes=last["parquet_megabytes"] * 1e6 / last["rows"],
        )
    return rates


def estimate(artworks: int, rates: Rates, prices: Prices, cores: int) -> dict[str, str]:
    """Return the needs of a collection, as text by name."""
    gigabytes = artworks * (rates.thumbnail_bytes + rates.csv_bytes + rates.parquet_bytes) / 1e9
    core_hours = artworks / rates.measured_per_core_second / 3600
    scrape_hours = artworks * (1 / rates.listed_per_second + 1 / rates.fetched_per_second) / 3600
    requests = artworks / 1000 * (prices.thousand_writes + 2 * prices.thousand_reads)  # a HEAD and a GET each
    return {
        "listing and fetching, one polite browser": f"{scrape_hours:,.0f} h ({scrape_hours / 24:,.1f} days)",
        "  its machine (2 cores)": f"${2 * scrape_hours * prices.core_hour:,.2f}",
        f"features on {cores} cores": _show_minutes(core_hours / cores * 60),
        "  processors": f"{core_hours:,.2f} core hours, ${core_hours * prices.core_hour:,.2f}",
        "thumbnails": f"{artworks * rates.thumbnail_bytes / 1e9:,.1f} GB",
        "tables, CSV and Parquet": f"{artworks * (rates.csv_bytes + rates.parquet_bytes) / 1e9:,.2f} GB",
        "storage a month": f"${gigabytes * prices.storage_gigabyte_month:,.2f}",
        "requests to write and read once": f"${requests:,.2f}",
    }


def _show_minutes(minutes: float) -> str:
    return f"{minutes:,.1f} min" if minutes >= 1 else f"{60 * minutes:.0f} s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.estimate", description=__doc__)
    parser.add_argument("--summary", type=Path, default=PROJECT_ROOT / "runs" / "benchmarks" / "summary.json")
    parser.add_argument("--artworks", type=int, nargs="+", default=[64_509, 1_000_000, 10_000_000])
    parser.add_argument("--cores", type=int, default=16, help="of the machine or cluster that measures (%(default)s)")
    parser.add_argument("--core-hour", type=float, default=Prices.core_hour, help="dollars (%(default)s)")
    parser.add_argument("--gigabyte-month", type=float, default=Prices.storage_gigabyte_month, help="dollars")
    options = parser.parse_args(arguments)
    rates = read_rates(options.summary)
    prices = Prices(core_hour=options.core_hour, storage_gigabyte_month=options.gigabyte_month)
    needs = [estimate(artworks, rates, prices, options.cores) for artworks in options.artworks]
    table = Table("need", *(f"{artworks:,} artworks" for artworks in options.artworks))
    for name in needs[0]:
        table.add_row(name, *(need[name] for need in needs))
    console = Console()
    console.print(table)
    console.print(f"{rates}\n{prices}", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
