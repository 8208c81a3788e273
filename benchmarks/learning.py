"""What learning costs as rows grow: ``python -m benchmarks.learning [TABLE.csv] [--sizes N …] [--json FILE]``.

Processor seconds of one fit of the study's support vector machine and of two approximations of it that grow linearly.
More rows than the table has are drawn from it with noise.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from benchmarks.measuring import show_rows, write_figures
from src.models.data import read_training_data
from src.paths import Workspace

CLASSIFIERS = {
    "support vector machine": lambda: SVC(C=100, gamma=0.01),
    "logistic regression on products": lambda: make_pipeline(PolynomialFeatures(2), LogisticRegression(max_iter=200)),
    "Nyström approximation": lambda: make_pipeline(
        Nystroem(gamma=0.01, n_components=300, random_state=0), LogisticRegression(C=100, max_iter=200)
    ),
}


def measure(table: Path, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Fit each classifier to each number of rows."""
    data = read_training_data(table)
    generator = np.random.default_rng(0)
    rows = []
    for size in sizes:
        drawn = generator.integers(0, len(data.colours), size)
        noise = generator.normal(0, 1, (size, data.features.shape[1]))
        scaled = StandardScaler().fit_transform(data.features[drawn] + noise)
        row: dict[str, Any] = {"rows": size}
        for name, build in CLASSIFIERS.items():
            start = time.process_time()
            with threadpool_limits(1), warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # 200 iterations are measured, converged or not
                build().fit(scaled, data.colours[drawn])
            row[name] = time.process_time() - start
        rows.append(row)
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning", description=__doc__)
    parser.add_argument("table", nargs="?", type=Path, default=Workspace().processed_table, help="features and color")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 4_000, 16_000], metavar="N", help="rows")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    options = parser.parse_args(arguments)
    rows = measure(options.table, options.sizes)
    show_rows("processor seconds of one fit", rows)
    write_figures(rows, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
